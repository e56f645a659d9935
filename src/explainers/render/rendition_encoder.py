"""One codec at a time: encode, look at size and quality, and choose the next quality until both fit."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any, Protocol

from explainers import ffmpeg
from explainers.digest import digest_file, digest_value
from explainers.errors import RenderFailed
from explainers.film import join as joining
from explainers.manifest import Manifest, Rendition, TextQuality, WebRendition
from explainers.render.rendition_parts import Part, Quality, cut, parts_of, text_quality, together

MIB = 2**20


class Kept(Protocol):
    """What is kept under a key: files by name, and what was noted of them."""

    @property
    def files(self) -> Mapping[str, Path]: ...

    @property
    def notes(self) -> Mapping[str, Any]: ...


class Shelf(Protocol):
    """Keeps files by key; the project's store is one."""

    def find(self, key: str) -> Kept | None: ...

    def making(self, key: str) -> AbstractContextManager[Path]: ...

    def keep(self, key: str, folder: Path, notes: Mapping[str, Any] | None = None) -> Kept: ...


@dataclass(frozen=True)
class _Held:
    files: Mapping[str, Path]
    notes: Mapping[str, Any]


@dataclass
class Unkept:
    """A shelf for one run, in `folder`, where there is no store."""

    folder: Path
    _held: dict[str, _Held] = field(default_factory=dict)

    def find(self, key: str) -> Kept | None:
        """See Shelf."""
        return self._held.get(key)

    @contextmanager
    def making(self, key: str) -> Iterator[Path]:
        """See Shelf."""
        yield Path(mkdtemp(prefix=key[:16], dir=self.folder))

    def keep(self, key: str, folder: Path, notes: Mapping[str, Any] | None = None) -> Kept:
        """See Shelf."""
        files = {path.name: path for path in sorted(folder.iterdir())}
        return self._held.setdefault(key, _Held(files, dict(notes or {})))


@dataclass(frozen=True)
class Codec:
    """An encoder and its range of quality. `crf` is where it starts; larger is smaller and worse.

    `family` begins its RFC 6381 string. `halving` is by how much crf grows for half the bytes, roughly.
    """

    name: str
    family: str
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
    "av01",
    "video.av1.mp4",
    ("-c:v", "libsvtav1", "-preset", "8", "-svtav1-params", "scm=1:film-grain=0:tune=0:lp=1"),
    crf=32,
    best_crf=16,
    worst_crf=60,
    halving=9,
    mib_per_minute=5,
)
H264 = Codec(
    "H.264",
    "avc1",
    "video.h264.mp4",
    # One thread: parts are encoded side by side, and the bytes must not depend on the machine's cores.
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
        "1",
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

    def record(self) -> WebRendition:
        """What the manifest says of it."""
        quality = self.quality and TextQuality(mean=self.quality.mean, min=self.quality.minimum)
        return WebRendition(
            file=self.path.name,
            codecs=self.codecs,
            width=self.width,
            height=self.height,
            fps=self.fps,
            bytes=self.bytes,
            sha256=self.sha256,
            crf=self.crf if quality else None,
            ssim_text=quality or None,
        )

    def summary(self, minutes: float) -> str:
        """One line: size, rate, achieved quality."""
        mib = self.bytes / MIB
        size = f"{self.codec}: {self.path.name} {mib:.2f} MiB, {mib / minutes:.2f} MiB a minute"
        if self.quality is None:
            return f"{size}, the joined video itself"
        least = f"SSIM of text {self.quality.mean:.4f}, at least {self.quality.minimum:.4f}"
        return f"{size}, crf {self.crf}, {least} ({self.quality.crops} crops)"


def kept(source: Path, codec: Codec, joined: Rendition, minutes: float, max_mib: float) -> Encoded | None:
    """The joined video as it is, where it is of this codec and within the budget: nothing beats no loss."""
    size = source.stat().st_size
    fits = size <= min(max_mib, codec.mib_per_minute * minutes) * MIB
    if not fits or not joined.codecs.startswith(codec.family):
        return None
    size_of = joined.width, joined.height, joined.fps
    return Encoded(source, codec.name, joined.codecs, *size_of, size, joined.sha256)


TAGGED = "setparams=color_primaries=bt709:color_trc=iec61966-2-1:colorspace=bt709:range=tv"
"""The filter that labels frames as what they are. Options of the encoder are overruled by the frames' own."""

BITEXACT = ("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-movflags", "+faststart")
PARTS = "1"
"""Version of how parts are encoded and measured."""
_ATTEMPTS = 4
_MARGIN = 0.003
"""Quality is measured against the joined video, which itself is not lossless."""


def fitted(encoding: Encoding, codec: Codec, max_mib: float, say: Callable[[str], None]) -> Encoded:
    """The best of at most four encodes: within `max_mib`, then text at least as clear as the codec's least.

    RenderFailed where even the worst quality is over the budget.
    """
    crf, tried = codec.crf, dict[int, Encoded]()
    while crf not in tried and len(tried) < _ATTEMPTS:
        say(f"{codec.name}: encoding at crf {crf}")
        tried[crf] = one = encoding.encode(codec, crf)
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
    return replace(best, path=best.path.rename(encoding.folder / codec.file))


@dataclass
class Encoding:
    """A joined video to be encoded into `folder`, part by part, `jobs` of them at a time.

    Parts that are on the `shelf` are not encoded again: they are `reused`, and the others `encoded`.
    """

    source: Path
    manifest: Manifest
    folder: Path
    shelf: Shelf
    jobs: int
    encoded: int = 0
    reused: int = 0

    @cached_property
    def parts(self) -> list[Part]:
        return parts_of(self.source, self.manifest)

    def encode(self, codec: Codec, crf: int) -> Encoded:
        """Encode once, look at what came out, and measure it: ffmpeg's exit code alone says too little."""
        kept = self._encoded_parts(codec, crf)
        out = self.folder / f"{crf}-{codec.file}"
        joined = joining.join([joining.Part(one.files[codec.file], part.frames) for one, part in kept], out)
        if joined.frames != self.manifest.frames:
            raise RenderFailed(
                f"{out.name} has {joined.frames} frames where {self.manifest.frames} were sent"
            )
        qualities = [one.notes["text"] for one, _ in kept if one.notes["text"]]
        qualities = qualities or [one.notes["everywhere"] for one, _ in kept]
        quality = together([Quality(**one) for one in qualities])
        size = joined.width, joined.height, float(joined.fps)
        return Encoded(
            out, codec.name, joined.codec, *size, out.stat().st_size, digest_file(out), crf, quality
        )

    def _encoded_parts(self, codec: Codec, crf: int) -> list[tuple[Kept, Part]]:
        keys = {part: self._key(part, codec, crf) for part in self.parts}
        found = {part: self.shelf.find(key) for part, key in keys.items()}
        missing = [part for part, one in found.items() if one is None]
        self.encoded += len(missing)
        self.reused += len(found) - len(missing)
        with TemporaryDirectory(dir=self.folder) as aside, _pool(self.jobs) as pool:
            cuts = dict(cut(self.source, missing, Path(aside)))
            # The longest first, so that none is left alone at the end.
            longest = sorted(missing, key=lambda part: -part.frames)
            made = pool.map(lambda part: self._made(part, cuts[part], keys[part], codec, crf), longest)
            found |= dict(zip(longest, made, strict=True))
        return [(one, part) for part, one in found.items() if one is not None]

    def _key(self, part: Part, codec: Codec, crf: int) -> str:
        told = part.digest, part.frames, part.keyframes, codec.arguments, crf, self.manifest.fps
        return digest_value(["rendition part", PARTS, ffmpeg.version(), *told])

    def _made(self, part: Part, source: Path, key: str, codec: Codec, crf: int) -> Kept:
        fps = self.manifest.fps
        starts = ",".join(f"{frame / fps:.6f}" for frame in (0, *part.keyframes))
        keyframes = ["-force_key_frames", starts, "-g", str(round(5 * fps))]
        # The video is BT.709 already: converting again would only cost.
        picture = ["-an", "-vf", TAGGED, "-pix_fmt", "yuv420p"]
        with self.shelf.making(key) as folder:
            out = folder / codec.file
            arguments = [*picture, *codec.arguments, "-crf", str(crf), *keyframes, *BITEXACT]
            ffmpeg.run(["-y", "-i", source, *arguments, out], f"{codec.name} at crf {crf}")
            text, everywhere = text_quality(source, out, fps)
            notes = {"text": asdict(text) if text else None, "everywhere": asdict(everywhere)}
            return self.shelf.keep(key, folder, notes)


@contextmanager
def _pool(jobs: int) -> Iterator[ThreadPoolExecutor]:
    """Threads that are not waited for where something fails: what they have begun is killed."""
    pool = ThreadPoolExecutor(jobs)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        ffmpeg.stop()
        raise
    pool.shutdown()
