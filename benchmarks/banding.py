"""Banding of lit grounds, as CAMBI measures it (0: none, 5: seen), in masters and in web renditions.

    python -m benchmarks.banding [VIDEO SHOT ...]

Without a shot, the ground alone. Each picture is encoded as shots are, and that video as pages play it.
CAMBI is libvmaf's, in imageio-ffmpeg's binary. `explainers embed renditions` measures whole films.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from explainers import ffmpeg
from explainers.compositor.encoder import Counters, frames_of, record
from explainers.compositor.picture import Picture
from explainers.kinds import draw
from explainers.plan import load_plan
from explainers.project import find_project
from explainers.render.rendition_encoder import AV1, H264, cambi
from explainers.stage import material
from explainers.theme import THEMES

SECONDS, EVERY = 2.0, 15
"""How much of a shot is measured, and which frames of it."""


@dataclass(frozen=True)
class Banding:
    """The mean CAMBI of a file over the frames measured, None where ffmpeg can't say, and its size."""

    file: str
    mean: float | None
    mib: float


def measured(picture: Picture, first: int = 0) -> Iterator[Banding]:
    """The picture from frame `first` on, as a master and as renditions of their first quality."""
    end = min(picture.duration_frames, first + round(SECONDS * picture.fps))
    with tempfile.TemporaryDirectory() as folder:
        master = Path(folder) / "master.mp4"
        record(
            frames_of(picture, first, end, Counters()), master, (picture.width, picture.height), picture.fps
        )
        files = [master]
        for codec in (AV1, H264):
            files.append(Path(folder) / codec.file)
            ffmpeg.run(
                ["-i", str(master), *codec.arguments, "-crf", str(codec.crf), str(files[-1])], "encode"
            )
        for file in files:
            yield Banding(file.name, cambi(file, EVERY), file.stat().st_size / 2**20)


def pictures(names: list[str]) -> Iterator[tuple[str, Picture]]:
    """The shots named, or the ground of each theme."""
    for name, theme in THEMES.items() if not names else ():
        ground = material.ground(1920, 1080, theme.ground)
        yield f"ground, {name}", Picture(1920, 1080, 60, 120, ground, ())
    if names:
        plan = load_plan(find_project(Path.cwd()), names[0], "final", allow_code=True)
        for shot in names[1:]:
            yield shot, draw(plan.shot(shot), plan.kinds)


def main() -> None:
    for name, picture in pictures(sys.argv[1:]):
        for one in measured(picture, min(120, picture.duration_frames // 2)):
            print(f"{name:14} {one.file:16} CAMBI {one.mean}; {one.mib:.2f} MiB", flush=True)


if __name__ == "__main__":
    main()
