"""The codecs of renditions, and what is known of a file that was encoded with one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from explainers.manifest import Rendition, TextQuality, WebRendition
from explainers.render.rendition_quality import Quality

MIB = 2**20


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
    ("-c:v", "libsvtav1", "-preset", "8", "-svtav1-params", "scm=1:film-grain=0:tune=0:lp=1"),
    crf=32,
    best_crf=16,
    worst_crf=60,
    halving=9,
    mib_per_minute=5,
)
H264 = Codec(
    "H.264",
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

    def told(self, minutes: float) -> str:
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
    family = {"AV1": "av01", "H.264": "avc1"}[codec.name]
    fits = size <= min(max_mib, codec.mib_per_minute * minutes) * MIB
    if not fits or not joined.codecs.startswith(family):
        return None
    size_of = joined.width, joined.height, joined.fps
    return Encoded(source, codec.name, joined.codecs, *size_of, size, joined.sha256)
