"""One codec at a time: encode, look at size and quality, and choose the next quality until both fit."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import av

from explainers import ffmpeg
from explainers.deliver.renditions_quality import Quality, text_quality
from explainers.digest import digest_file
from explainers.errors import RenderFailed

MIB = 2**20
TAGGED = "setparams=color_primaries=bt709:color_trc=iec61966-2-1:colorspace=bt709:range=tv"
"""The filter that labels frames as what they are. Options of the encoder are overruled by the frames' own."""

BITEXACT = ("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-movflags", "+faststart")
_ATTEMPTS = 4
_MARGIN = 0.003
"""Quality is measured against the joined video, which itself is not lossless."""


@dataclass(frozen=True)
class Codec:
    """An encoder and its range of quality. `crf` is where it starts; larger is smaller and worse.

    `halving` is by how much crf grows for half the bytes, roughly.
    """

    name: str
    file: str
    arguments: tuple[str, ...]
    crf: int
    best_crf: int
    worst_crf: int
    halving: float
    mib_per_minute: float
    least_ssim: float = 0.98


AV1 = Codec(
    "AV1",
    "video.av1.mp4",
    ("-c:v", "libsvtav1", "-preset", "8", "-svtav1-params", "scm=1:film-grain=0:tune=0"),
    crf=32,
    best_crf=16,
    worst_crf=60,
    halving=9,
    mib_per_minute=5,
)
H264 = Codec(
    "H.264",
    "video.h264.mp4",
    # A fixed number of threads: the bytes must not depend on the machine's cores.
    (
        "-c:v",
        "libx264",
        "-preset",
        "slow",
        "-tune",
        "animation",
        "-profile:v",
        "high",
        "-refs",
        "4",
        "-threads",
        "4",
    ),
    crf=20,
    best_crf=14,
    worst_crf=40,
    halving=6,
    mib_per_minute=8,
)


@dataclass(frozen=True)
class Encoded:
    """A file of the video with its quality, which is None for the joined video itself."""

    path: Path
    codec: str
    codecs: str
    width: int
    height: int
    fps: float
    bytes: int
    sha256: str
    crf: int | None = None
    quality: Quality | None = None

    def as_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {
            "file": self.path.name,
            "type": "video/mp4",
            "codecs": self.codecs,
            "captions": "track",
        }
        body |= {"width": self.width, "height": self.height, "fps": self.fps}
        body |= {"bytes": self.bytes, "sha256": self.sha256}
        if self.quality:
            body |= {"crf": self.crf, "ssim_text": {"mean": self.quality.mean, "min": self.quality.minimum}}
        return body

    def told(self, minutes: float) -> str:
        """One line: size, rate, achieved quality."""
        mib = self.bytes / MIB
        size = f"{self.codec}: {self.path.name} {mib:.2f} MiB, {mib / minutes:.2f} MiB a minute"
        if self.quality is None:
            return f"{size}, the joined video itself"
        least = f"SSIM of text {self.quality.mean:.4f}, at least {self.quality.minimum:.4f}"
        return f"{size}, crf {self.crf}, {least} ({self.quality.crops} crops)"


def kept(
    source: Path, codec: Codec, joined: Mapping[str, Any], minutes: float, max_mib: float
) -> Encoded | None:
    """The joined video as it is, where it is of this codec and within the budget: nothing beats no loss."""
    size = source.stat().st_size
    family = {"AV1": "av01", "H.264": "avc1"}[codec.name]
    fits = size <= min(max_mib, codec.mib_per_minute * minutes) * MIB
    if not fits or not joined["codecs"].startswith(family):
        return None
    size_of = joined["width"], joined["height"], joined["fps"]
    return Encoded(source, codec.name, joined["codecs"], *size_of, size, joined["sha256"])


def fitted(
    source: Path,
    codec: Codec,
    manifest: Mapping[str, Any],
    folder: Path,
    max_mib: float,
    told: Callable[[str], None] = lambda _: None,
) -> Encoded:
    """The best of at most four encodes: within `max_mib`, then text at least as clear as the codec's least.

    RenderFailed where even the worst quality is over the budget.
    """
    crf, tried = codec.crf, dict[int, Encoded]()
    while crf not in tried and len(tried) < _ATTEMPTS:
        told(f"{codec.name}: encoding at crf {crf}")
        tried[crf] = one = encode(source, codec, crf, manifest, folder / f"{crf}-{codec.file}")
        over = one.bytes / MIB / max_mib
        if over > 1:
            # Larger steps each time, and the last try is the smallest there is.
            step = len(tried) * max(1, math.ceil(codec.halving * math.log2(over * 1.05)))
            crf = codec.worst_crf if len(tried) == _ATTEMPTS - 1 else min(codec.worst_crf, crf + step)
        elif one.quality and one.quality.minimum < codec.least_ssim + _MARGIN:
            room = codec.halving * math.log2(1 / over)
            crf = max(codec.best_crf, crf - max(1, min(6, int(room))))
    fitting = [one for one in tried.values() if one.bytes <= max_mib * MIB]
    if not fitting:
        least = min(one.bytes for one in tried.values()) / MIB
        raise RenderFailed(
            f"{codec.file}: {least:.3g} MiB at its smallest, over the budget of {max_mib:g} MiB"
        )
    clear = [one for one in fitting if one.quality and one.quality.minimum >= codec.least_ssim + _MARGIN]
    best = min(clear, key=lambda one: one.bytes) if clear else max(fitting, key=lambda one: one.bytes)
    for one in tried.values():
        if one is not best:
            one.path.unlink()
    return replace(best, path=best.path.rename(folder / codec.file))


def encode(source: Path, codec: Codec, crf: int, manifest: Mapping[str, Any], out: Path) -> Encoded:
    """Encode once, look at what came out, and measure it: ffmpeg's exit code alone says too little."""
    fps = manifest["fps"]
    starts = ",".join(f"{chapter['start_s']:.6f}" for chapter in manifest["chapters"]) or "0"
    keyframes = ["-force_key_frames", starts, "-g", str(round(5 * fps))]
    # The video is BT.709 already: converting again would only cost.
    picture = ["-an", "-vf", TAGGED, "-pix_fmt", "yuv420p"]
    ffmpeg.run(
        ["-y", "-i", source, *picture, *codec.arguments, "-crf", str(crf), *keyframes, *BITEXACT, out],
        f"{codec.name} at crf {crf}",
    )
    with av.open(str(out)) as made:
        stream = made.streams.video[0]
        frames = stream.frames
        extradata = bytes(stream.codec_context.extradata or b"")
        size = stream.width, stream.height, float(stream.average_rate or 0)
    if frames != manifest["frames"]:
        raise RenderFailed(f"{out.name} has {frames} frames where the video has {manifest['frames']}")
    quality = text_quality(source, out)
    names = codec_string(codec.name, extradata)
    return Encoded(out, codec.name, names, *size, out.stat().st_size, digest_file(out), crf, quality)


def codec_string(name: str, extradata: bytes) -> str:
    """RFC 6381 name from the file's own configuration record: `avc1.640028` or `av01.0.08M.08`."""
    if name == "H.264" and len(extradata) >= 4 and extradata[0] == 1:
        return "avc1." + extradata[1:4].hex()
    if name == "AV1" and len(extradata) >= 3 and extradata[0] == 0x81:
        profile, level = extradata[1] >> 5, extradata[1] & 31
        tier = "H" if extradata[2] & 0x80 else "M"
        depth = 8 if not extradata[2] & 0x40 else 12 if extradata[2] & 0x20 else 10
        return f"av01.{profile}.{level:02d}{tier}.{depth:02d}"
    raise RenderFailed(f"the {name} file carries no configuration that could be read")
