"""The files of a rendered video, read for the rules that judge them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from explainers.check.subject import Rendered, Words
from explainers.manifest import Manifest, manifest_in


def read_delivered(words: Words) -> Rendered | None:
    """The delivered files of a video; None where there is no readable manifest."""
    folder = words.plan.project.renders_dir(words.plan.name)
    manifest = manifest_in(folder, Manifest)
    return Rendered(words, folder, manifest) if manifest else None


@dataclass(frozen=True)
class Probed:
    """What a video file says of itself. Frame numbers count from 0; `tags` are FFmpeg's numbers."""

    codec: str
    pixels: str
    width: int
    height: int
    fps: Fraction
    frames: int
    steady: bool
    keyframes: tuple[int, ...]
    tags: Mapping[str, int]
    index_first: bool
    streams: int
    metadata: Mapping[str, str]


def probe(path: Path) -> Probed:
    """Look at a file's packets without decoding them. OSError or ValueError where it is no video."""
    import av

    with av.open(str(path)) as container:
        if not container.streams.video:
            raise ValueError(f"{path.name} holds no video")
        stream = container.streams.video[0]
        fps = Fraction(stream.average_rate or 0)
        times, keys = [], []
        for packet in container.demux(stream):
            if packet.pts is not None:
                times.append(packet.pts)
                if packet.is_keyframe:
                    keys.append(packet.pts)
        tick = Fraction(1, fps) / Fraction(stream.time_base or 1) if fps else Fraction(1)
        numbers = {pts: number for number, pts in enumerate(sorted(times))}
        context = stream.codec_context
        tags = {
            name: int(getattr(context, name) or 0)
            for name in ("color_primaries", "color_trc", "colorspace", "color_range")
        }
        return Probed(
            codec=context.name,
            pixels=str(context.pix_fmt),
            width=context.width,
            height=context.height,
            fps=fps,
            frames=len(times),
            steady=all(pts == number * tick for pts, number in numbers.items()),
            keyframes=tuple(numbers[pts] for pts in sorted(keys)),
            tags=tags,
            index_first=_index_first(path),
            streams=len(container.streams),
            metadata=dict(container.metadata),
        )


def _index_first(path: Path) -> bool:
    """Whether an MP4's index (moov) stands before its data (mdat), so that it plays while it loads."""
    with path.open("rb") as file:
        while head := file.read(8):
            if len(head) < 8:
                return False
            size, name = int.from_bytes(head[:4], "big"), head[4:]
            if name in (b"moov", b"mdat"):
                return name == b"moov"
            if size == 1:
                size = int.from_bytes(file.read(8), "big") - 8
            if size < 8:
                return False
            file.seek(size - 8, 1)
    return False


def videos_of(rendered: Rendered) -> list[str]:
    """Names of the manifest's renditions whose files are there."""
    return [one.file for one in rendered.manifest.renditions if rendered.file(one.file).is_file()]
