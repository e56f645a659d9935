"""Size and clearness of a finished video's renditions, measured against the frames as they are drawn.

    python benchmarks/renditions.py drex [--samples 90]

Draws sampled frames of the video anew, without any encoder, and compares the crops that hold text with
the same frames of each rendition. Exit 1 where a rendition is over its bytes a minute or under its SSIM.
Run `explainers render` and `explainers embed renditions` before.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np

from explainers.compositor.layer import Rect
from explainers.compositor.picture import Painter
from explainers.compositor.yuv import YuvFrame
from explainers.plan import Plan, load_plan
from explainers.project import find_project
from explainers.render.drawing import picture_of
from explainers.render.planner import Clip, ShotProducts, products_of
from explainers.render.rendition_encoder import MIB, crop_ssim, text_crops
from explainers.render.renditions import CODECS
from explainers.render.store import Store
from explainers.render.tasks import PackedShot


def main() -> int:
    """Print a line a rendition; the exit code says whether all are within their bounds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("video")
    parser.add_argument("--folder", type=Path, help="the finished video; renders/<video> by default")
    parser.add_argument("--samples", type=int, default=90)
    arguments = parser.parse_args()
    project = find_project(Path.cwd())
    folder = arguments.folder or project.renders_dir(arguments.video)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    web = json.loads((folder / "web" / "manifest.json").read_bytes())
    plan = load_plan(project, arguments.video, manifest["quality"], manifest["theme"])
    if products_of(plan).content_id != manifest["content_id"] or web["made_from"] != manifest["content_id"]:
        print("the render or its renditions are not those of today's storyboard; render again")
        return 1
    drawn = dict(drawn_lumas(plan, max(1, plan.total_frames // arguments.samples)))
    files = [(folder / "web", one) for one in web["renditions"] if not one["for_phones"]] + [
        (folder, one) for one in web["kept"]
    ]
    good = [report(place / one["file"], one["codecs"], manifest["duration_s"], drawn) for place, one in files]
    return 0 if all(good) else 1


def drawn_lumas(plan: Plan, step: int) -> Iterator[tuple[int, np.ndarray]]:
    """Frame number in the video and luma, uint8 of shape (height, width), of each `step`-th frame.

    Frames inside cross-fades are left out.
    """
    products, store = products_of(plan), Store(plan.project.store_dir)
    shots: dict[str, ShotProducts] = {one.clip.key: one for one in products.shots}
    start = 0
    for part in products.joined:
        if isinstance(part, Clip):
            picture = picture_of(PackedShot.of(shots[part.key].shot, shots[part.key].code_folder), store)
            painter = Painter(picture)
            yuv = YuvFrame(painter.pixels)
            everything = [Rect(0, 0, picture.width, picture.height)]
            for number in range(-start % step, part.frames, step):
                painter.paint(part.first + number)
                yuv.update(everything)
                yield start + number, luma(yuv.frame)
        start += part.frames


def luma(frame: av.VideoFrame) -> np.ndarray:
    """The luma plane as uint8 of shape (height, width)."""
    plane = frame.planes[0]
    rows = np.frombuffer(bytes(plane), np.uint8).reshape(frame.height, plane.line_size)
    return rows[:, : frame.width].copy()


def text_ssim(path: Path, drawn: dict[int, np.ndarray]) -> np.ndarray:
    """SSIM of every crop with text of a file's frames that are in `drawn`, against these; float32."""
    values = []
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for number, frame in enumerate(container.decode(stream)):
            if number in drawn:
                values.append(crop_ssim(drawn[number], luma(frame))[text_crops(drawn[number])])
    return np.concatenate(values)


def report(path: Path, codecs: str, duration_s: float, drawn: dict[int, np.ndarray]) -> bool:
    """Print size and SSIM of one file; whether it is within the bounds of its codec."""
    codec = next(one for one in CODECS if codecs.startswith({"AV1": "av01", "H.264": "avc1"}[one.name]))
    found = text_ssim(path, drawn)
    rate = path.stat().st_size / MIB / (duration_s / 60)
    good = rate <= codec.mib_per_minute and found.min() >= codec.least_ssim
    size = f"{path.stat().st_size / MIB:.2f} MiB, {rate:.2f} a minute (at most {codec.mib_per_minute:g})"
    clear = f"SSIM of text: mean {found.mean():.4f}, least {found.min():.4f} (at least {codec.least_ssim:g})"
    crops = f"{found.size} crops of {len(drawn)} frames"
    print(f"{codec.name}: {size}; {clear}, {crops}; {'ok' if good else 'NOT WITHIN BOUNDS'}")
    return bool(good)


if __name__ == "__main__":
    sys.exit(main())
