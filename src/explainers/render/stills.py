"""Single frames, by the video's own path: stills, loops, and the gallery of scene kinds."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from explainers.errors import RenderFailed, UsageError, did_you_mean
from explainers.kinds.base import SceneKind, ShotPlan
from explainers.plan import Plan, load_plan
from explainers.render.drawing import faded, picture_of
from explainers.render.pipeline import known_shot
from explainers.render.planner import beat_frames, code_folder
from explainers.render.store import Store
from explainers.render.tasks import PackedShot

if TYPE_CHECKING:
    import numpy as np

    from explainers.compositor.carry import Pair
    from explainers.compositor.picture import Picture


def still(plan: Plan, frame: int) -> np.ndarray:
    """One frame of the video as RGB, uint8 of shape (height, width, 3), as the video shows it.

    IndexError outside the video. Only conformed captures are read from or written to the store.
    """
    shot, number = plan.shot_at(frame)
    for transition in plan.transitions:
        into = transition.after == shot.id and number < transition.frames
        if into or (transition.before == shot.id and number >= shot.duration_frames - transition.frames):
            within = (
                number + transition.frames if into else number - (shot.duration_frames - transition.frames)
            )
            pair = _picture(plan, plan.shot(transition.before)), _picture(plan, plan.shot(transition.after))
            return next(islice(faded(*pair, transition.frames), within, None))
    from explainers.compositor.picture import still as frame_of

    return frame_of(_picture(plan, shot), number)


def frame_of(plan: Plan, written: str) -> int:
    """The frame of SHOT or SHOT:BEAT at its fullest; UsageError, with the nearest name, for no such."""
    shot_id, _, beat = written.partition(":")
    frames = beat_frames(known_shot(plan, shot_id))
    if beat and beat not in frames:
        hint = did_you_mean(beat, frames, f"beats: {', '.join(filter(None, frames)) or 'none'}")
        raise UsageError(f"the shot {shot_id!r} has no beat {beat!r}; {hint}")
    return plan.start_frames[shot_id] + (frames[beat] if beat else max(frames.values()))


def picture_at(plan: Plan, frame: int) -> tuple[Picture, int]:
    """The picture that is on screen at a frame of the video, and the frame's number in it; a cross-fade is
    left out. IndexError outside the video."""
    shot, number = plan.shot_at(frame)
    return _picture(plan, shot), number


def _picture(plan: Plan, shot: ShotPlan, carry: bool = True) -> Picture:
    packed = PackedShot.of(shot, code_folder(plan, shot), before=plan.carried_by(shot) if carry else None)
    return picture_of(packed, Store(plan.project.store_dir))


def travels(plan: Plan) -> dict[str, list[Pair]]:
    """What each shot that carries on takes over from the one before it, by the shot's id."""
    from explainers.compositor.carry import pairs

    found = {}
    for shot in plan.shots:
        before = plan.carried_by(shot)
        if before is not None:
            alone = _picture(plan, before, carry=False), _picture(plan, shot, carry=False)
            found[shot.id] = pairs(*alone, shot.carry or {})
    return found


LOOPS = ("webp", "gif")
"""Forms of pictures that move."""
LONGEST_S = 40.0
_SMALLER, _QUALITIES = (1.0, 0.83, 0.67, 0.5), (80, 65, 50, 35)
"""What is tried, one after another, until a loop is small enough."""


def write_loop(
    plan: Plan,
    shot: ShotPlan,
    within_s: tuple[float, float],
    path: Path,
    width: int,
    fps: int,
    max_mib: float,
) -> dict[str, int]:
    """Write a stretch of a shot, in seconds from its start, as a loop that is `width` pixels across; what was
    made: its `pictures`, its `width` and its `bytes`.

    Its quality, and then its width, is lowered until it has at most `max_mib`; RenderFailed where that does
    not help. UsageError for a stretch that is too long. Pictures that are alike are one that stays longer.
    The shot before is never seen: where it carries on, the loop begins when what travels has arrived.
    """
    from explainers.compositor.carry import TRAVEL_S
    from explainers.compositor.picture import Painter

    start_s, end_s = within_s
    if shot.carry is not None and start_s < TRAVEL_S < end_s:
        start_s = TRAVEL_S
    if end_s - start_s > LONGEST_S:
        raise UsageError(
            f"a loop lasts {LONGEST_S:g} s at most, {shot.id} {end_s - start_s:.1f} s: name a beat"
        )
    painter, rate = Painter(_picture(plan, shot)), plan.canvas.fps
    last, every_ms = shot.duration_frames - 1, round(1000 / fps)
    pictures: list[Image.Image] = []
    shown_ms: list[int] = []
    before = None
    for index in range(max(1, round((end_s - start_s) * fps))):
        painter.paint(min(last, round((start_s + index / fps) * rate)))
        seen = painter.pixels[:, :, 2::-1].tobytes()
        if seen == before:
            shown_ms[-1] += every_ms
            continue
        before, size = seen, (plan.canvas.width, plan.canvas.height)
        wide = min(width, size[0])
        small = Image.frombytes("RGB", size, seen)
        pictures.append(small.resize((wide, round(wide * size[1] / size[0])), Image.Resampling.LANCZOS))
        shown_ms.append(every_ms)
    data = b""
    for share in _SMALLER:
        scaled = [_scaled(picture, share) for picture in pictures]
        for quality in _QUALITIES if path.suffix == ".webp" else (0,):
            data = _animated(scaled, shown_ms, quality)
            if len(data) <= max_mib * 2**20:
                path.write_bytes(data)
                return {"pictures": len(scaled), "width": scaled[0].width, "bytes": len(data)}
    mib = len(data) / 2**20
    raise RenderFailed(
        f"{path.name}: {mib:.2f} MiB at its smallest, over {max_mib:g}: name a shorter beat or fewer --fps"
    )


def _scaled(picture: Image.Image, share: float) -> Image.Image:
    size = round(picture.width * share), round(picture.height * share)
    return picture if share == 1.0 else picture.resize(size, Image.Resampling.LANCZOS)


def _animated(pictures: list[Image.Image], shown_ms: list[int], quality: int) -> bytes:
    """The pictures as WebP of a quality, or as GIF where that is 0; without end."""
    data = BytesIO()
    if quality:
        look: dict[str, Any] = {"format": "WEBP", "quality": quality, "method": 4}
    else:
        # One palette for all, so that what stands still does not flicker.
        palette = pictures[-1].quantize(256)
        pictures = [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures]
        look = {"format": "GIF", "optimize": False}
    pictures[0].save(data, save_all=True, append_images=pictures[1:], duration=shown_ms, loop=0, **look)
    return data.getvalue()


COLUMNS, CELL = 3, (480, 270)
"""Stills a row, and the size of each in pixels."""


def write_gallery(kinds: Mapping[str, SceneKind], page: Path) -> list[Path]:
    """Write the Markdown page and, in a folder of its name beside it, a sheet a kind; all paths written."""
    folder = page.with_suffix("")
    folder.mkdir(parents=True, exist_ok=True)
    written = [page]
    parts = ["# Scene kinds", "Made by `explainers kinds --docs`; each sheet is the kind's own example."]
    for name, kind in kinds.items():
        sheet = folder / f"{name}.webp"
        _sheet(kind).save(sheet, quality=82, method=6)
        written.append(sheet)
        title = f"## [{name}]({folder.name}/{name}.md)"
        parts += [title, kind.doc.split("\n\n")[0], f"![The example of {name}]({folder.name}/{sheet.name})"]
    page.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    return written


def _sheet(kind: SceneKind) -> Image.Image:
    """Stills of the example's shots: one a beat, or three where a shot has no beats."""
    with tempfile.TemporaryDirectory(prefix="explainers-gallery-") as root:
        project = kind.write_example(Path(root))
        plan = load_plan(project, kind.name, "standard")
        frames = [plan.start_frames[shot.id] + frame for shot in plan.shots for frame in _moments(plan, shot)]
        cells = [Image.fromarray(still(plan, frame)) for frame in frames]
    rows = -(-len(cells) // COLUMNS)
    width, height = CELL
    sheet = Image.new("RGB", (min(COLUMNS, len(cells)) * width, rows * height), plan.theme.background)
    for index, cell in enumerate(cells):
        small = cell.copy()
        small.thumbnail(CELL, Image.Resampling.LANCZOS)
        sheet.paste(small, (index % COLUMNS * width, index // COLUMNS * height))
    return sheet


def _moments(plan: Plan, shot: ShotPlan) -> list[int]:
    """Frames of the shot at which something has just come to rest."""
    last = shot.duration_frames - 1
    if not shot.beats:
        return [round(last * share) for share in (0.3, 0.65, 1.0)]
    # A little before a beat's end: its statement has not begun to leave.
    return [min(last, max(0, round((beat.end_s - 0.35) * plan.canvas.fps))) for beat in shot.beats]
