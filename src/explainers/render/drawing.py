"""Drawing what a task asks for of a shot: segments, stills, where everything stands, and cross-fades."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from explainers.plan import CuePlan
from explainers.render.assembly import with_media
from explainers.render.fingerprint import code_digest, encoding_versions, key_of
from explainers.render.planner import CLIP, GEOMETRY, LUMINANCE, STILL, Segment, Still
from explainers.render.store import Store
from explainers.render.tasks import Done, DrawTask, FadeTask, OnFrames, PackedShot
from explainers.theme import LABEL

if TYPE_CHECKING:
    from explainers.compositor.encoder import Counters
    from explainers.compositor.layer import Layer
    from explainers.compositor.luminance import LuminanceWatch
    from explainers.compositor.picture import Picture
    from explainers.kinds.base import ShotPlan
    from explainers.stage import Stage

_LAID_OUT: dict[tuple[PackedShot, str | None, bool], Picture] = {}
"""The picture this process laid out last: the next task is often of the same shot."""


def picture_of(packed: PackedShot, store: Store, alone: bool = False) -> Picture:
    """The picture of a packed shot, with the captions that are drawn in; captures are in `store`.

    `alone` leaves out what it carries on: its frames are the same from `ARRIVED_S` on.
    """
    from explainers import kinds
    from explainers.compositor.carry import carried

    known = kinds.discover(packed.code_folder)
    shot, burned, before = packed.unpacked()
    with kinds.own_code(packed.code_folder, drawing=True):
        picture = kinds.draw(with_media(shot, known[shot.kind], store), known)
        if before is not None and not alone:
            earlier = kinds.draw(with_media(before, known[before.kind], store), known)
            picture = carried(earlier, picture, shot.carry or {})
    if burned:
        layers = caption_layers(shot, burned)
        picture = replace(picture, layers=(*picture.layers, *layers))
    return picture


def draw(task: DrawTask, store: Store, on_frames: OnFrames | None) -> Done:
    """Draw what a task asks for, from a picture that is laid out once for tasks that follow each other."""
    from explainers.kinds import own_code

    started = perf_counter()
    picture = _laid_out(task.packed, store, task.alone)
    done = Done(task.shot_id, seconds={"laying out": perf_counter() - started})
    with own_code(task.packed.code_folder, drawing=True):
        if task.segment is not None:
            _segment(picture, task.segment, task.known, store, done, on_frames)
        if task.geometry is not None:
            _describe(picture, task.packed, task.geometry, store, done)
        _stills(picture, task.stills, store, done)
    return done


def _laid_out(packed: PackedShot, store: Store, alone: bool = False) -> Picture:
    from explainers.kinds import discover

    # Code beside a storyboard may change while this process lives.
    version = discover(packed.code_folder).version
    # A picture that shows what it carries on serves as well.
    if (whole := _LAID_OUT.get((packed, version, False))) is not None:
        return whole
    key = packed, version, alone
    if key not in _LAID_OUT:
        _LAID_OUT.clear()
        _LAID_OUT[key] = picture_of(packed, store, alone)
    return _LAID_OUT[key]


def _segment(
    picture: Picture,
    segment: Segment,
    known: bool,
    store: Store,
    done: Done,
    on_frames: OnFrames | None,
) -> None:
    """Encode a segment, or find its pixels encoded, and point to them under the segment's key."""
    from explainers.compositor.encoder import seal_of

    key = None
    if known:
        started = perf_counter()
        key = _pixels_key(seal_of(picture, segment.first, segment.end_exclusive), segment)
        done.seconds["comparing"] = perf_counter() - started
    if key is None or store.find(key) is None:
        key = _encode(picture, segment, store, done, on_frames)
        done.counts["segments"] = 1
    else:
        done.counts["segments_as_before"] = 1
    with store.making(segment.key) as folder:
        store.keep(segment.key, folder, {"frames": segment.frames}, uses=[key])


def _pixels_key(seal: str | None, segment: Segment) -> str | None:
    """The key of encoded pixels: the same for every shot that looks the same for that long."""
    if seal is None:
        return None
    keyframes = [frame - segment.first for frame in segment.keyframes]
    how = code_digest("compositor")
    return key_of("pixels", seal, segment.frames, keyframes, how, encoding_versions())


def _encode(picture: Picture, segment: Segment, store: Store, done: Done, on_frames: OnFrames | None) -> str:
    from explainers.compositor.encoder import Counters, frames_of, record
    from explainers.compositor.luminance import LuminanceWatch
    from explainers.compositor.yuv import Seal

    counters, seal = Counters(), Seal()
    with store.making(segment.key) as folder:
        watch = LuminanceWatch(picture.width, picture.height, picture.fps)
        frames = frames_of(picture, segment.first, segment.end_exclusive, counters, watch, seal)
        keyframes = [frame - segment.first for frame in segment.keyframes]
        size = picture.width, picture.height
        record(frames, folder / CLIP, size, picture.fps, keyframes, counters, on_frames)
        # A summary counts from its own first frame: the same pixels may come at another time.
        watch.summary().shifted(-segment.first).save(folder / LUMINANCE)
        note(counters, done)
        # Footage has no digest of its own: its pixels go by the segment that shows them.
        key = _pixels_key(seal.digest(), segment) or key_of("pixels of", segment.key)
        store.keep(key, folder, {"frames": segment.frames})
    return key


def _describe(picture: Picture, packed: PackedShot, key: str, store: Store, done: Done) -> None:
    """Leave what checking needs: where everything stands."""
    from explainers.compositor import geometry

    started = perf_counter()
    shot, _, _ = packed.unpacked()
    with store.making(key) as folder:
        geometry.save(picture, [beat.end_s for beat in shot.beats], folder / GEOMETRY)
        store.keep(key, folder)
    done.seconds["describing"] = perf_counter() - started


def _stills(picture: Picture, stills: tuple[Still, ...], store: Store, done: Done) -> None:
    from explainers.compositor.picture import Painter

    if not stills:
        return
    started = perf_counter()
    painter = Painter(picture)
    for still in sorted(stills, key=lambda still: still.frame):
        painter.paint(still.frame)
        with store.making(still.key) as folder:
            save_png(painter.pixels[:, :, 2::-1], folder / STILL, still.width)
            store.keep(still.key, folder)
    done.counts["stills"] = len(stills)
    done.seconds["stills"] = perf_counter() - started


def save_png(pixels: np.ndarray, path: Path, width: int | None = None) -> None:
    """Write RGB pixels, uint8 of shape (height, width, 3), as PNG, made `width` pixels wide."""
    import numpy as np
    from PIL import Image

    image = Image.fromarray(np.ascontiguousarray(pixels))
    if width is not None and width != image.width:
        image = image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)
    image.save(path, "PNG", compress_level=1)


def note(counters: Counters, done: Done) -> None:
    """Add what encoding did to what a task did."""
    done.counts |= {name: value for name, value in vars(counters).items() if isinstance(value, int)}
    done.seconds |= counters.seconds


def draw_fade(task: FadeTask, store: Store, on_frames: OnFrames | None) -> Done:
    """Draw and encode a cross-fade."""
    from explainers.compositor.encoder import Counters, as_video_frames, record
    from explainers.compositor.luminance import LuminanceWatch

    pictures = picture_of(task.before, store), picture_of(task.after, store)
    first, counters, done = pictures[0], Counters(), Done(task.shot_id)
    with store.making(task.key) as folder:
        watch = LuminanceWatch(first.width, first.height, first.fps)
        watched = _watched(faded(*pictures, task.half), watch)
        frames = as_video_frames(watched, first.width, first.height)
        made = record(frames, folder / CLIP, (first.width, first.height), first.fps, (), counters, on_frames)
        watch.summary().save(folder / LUMINANCE)
        counters.frames = counters.drawn = made
        note(counters, done)
        store.keep(task.key, folder, {"frames": made, "counts": done.counts})
    return done


def _watched(frames: Iterator[np.ndarray], watch: LuminanceWatch) -> Iterator[np.ndarray]:
    """RGB frames as they come, each of them shown to the watch."""
    from explainers.compositor.layer import Rect

    for number, frame in enumerate(frames):
        height, width = frame.shape[:2]
        pixels = np.full((height, width, 4), 255, np.uint8)
        pixels[:, :, 2::-1] = frame
        watch.see(number, pixels, [Rect(0, 0, width, height)])
        yield frame


def faded(before: Picture, after: Picture, half: int) -> Iterator[np.ndarray]:
    """The frames of a cross-fade as RGB arrays, uint8 of shape (height, width, 3)."""
    from explainers.footage.clips import crossfade

    leaving = _frames_from(before, before.duration_frames - half)
    return crossfade(leaving, _frames_from(after, 0), half, before.fps)


def _frames_from(picture: Picture, first: int) -> Callable[[int], np.ndarray]:
    """Frames by number, counted from `first`; the last is kept, since it is often needed twice."""
    from explainers.compositor.picture import Painter

    painter = Painter(picture)
    kept: dict[int, np.ndarray] = {}

    def frame_at(number: int) -> np.ndarray:
        if number not in kept:
            painter.paint(first + number)
            kept.clear()
            kept[number] = np.ascontiguousarray(painter.pixels[:, :, 2::-1])
        return kept[number]

    return frame_at


ABOVE_STATEMENT = 208.0
"""Design units from the frame's bottom edge to the caption's."""

_SIZE, _LEADING, _PADDING, _Z = LABEL + 4.0, 1.3, 18.0, 1000.0


def caption_layers(shot: ShotPlan, cues: Iterable[CuePlan]) -> Sequence[Layer]:
    """Layers that show each cue, with times in the shot, on a panel above the statement."""
    from explainers.stage import Stage

    stage = Stage(shot.canvas, shot.theme, max((cue.end_s for cue in cues), default=0.0), shot.letters)
    for cue in cues:
        _caption(stage, cue)
    return tuple(stage.layers)


def _caption(stage: Stage, cue: CuePlan) -> None:
    from explainers.stage import Box

    lines = cue.text.split("\n")
    width = max(stage.text_width(line, _SIZE) for line in lines)
    height = len(lines) * _SIZE * _LEADING
    bottom = stage.height - ABOVE_STATEMENT
    left, right = (stage.width - width) / 2 - _PADDING, (stage.width + width) / 2 + _PADDING
    box = Box(left, bottom - height - _PADDING, right, bottom)
    shown = [stage.panel(box, stage.theme.line, stage.theme.panel, radius=10, stroke=2, z=_Z)]
    for number, line in enumerate(lines):
        middle = box.top + _PADDING / 2 + (number + 0.5) * _SIZE * _LEADING
        shown.append(stage.middle(line, stage.width / 2, middle, _SIZE, z=_Z + 1, over=stage.theme.panel))
    for handle in shown:
        handle.hide().fade(cue.start_s, 1.0, duration_s=0.0).fade(cue.end_s, 0.0, duration_s=0.0)
