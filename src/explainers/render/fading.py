"""Drawing the cross-fade between two shots."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from explainers.render.drawing import note, picture_of
from explainers.render.pieces import CLIP, LUMINANCE
from explainers.render.store import Store
from explainers.render.tasks import Done, FadeTask, Told

if TYPE_CHECKING:
    from explainers.film.luminance import LuminanceWatch
    from explainers.film.picture import Picture


def draw_fade(task: FadeTask, store: Store, told: Told | None) -> Done:
    """Draw and encode a cross-fade."""
    from explainers.film.encoder import Counters
    from explainers.film.luminance import LuminanceWatch
    from explainers.film.record import as_video_frames, record

    pictures = picture_of(task.before, store), picture_of(task.after, store)
    first, counters, done = pictures[0], Counters(), Done(task.shot_id)
    with store.making(task.key) as folder:
        watch = LuminanceWatch(first.width, first.height, first.fps)
        seen = _watched(faded(*pictures, task.half), watch)
        frames = as_video_frames(seen, first.width, first.height)
        made = record(frames, folder / CLIP, (first.width, first.height), first.fps, (), counters, told)
        watch.summary().save(folder / LUMINANCE)
        counters.frames = counters.drawn = made
        note(counters, done)
        store.keep(task.key, folder, {"frames": made, "counts": done.counts})
    return done


def _watched(frames: Iterator[np.ndarray], watch: LuminanceWatch) -> Iterator[np.ndarray]:
    """RGB frames as they come, every one of them seen by the watch."""
    from explainers.film.region import Rect

    for number, frame in enumerate(frames):
        height, width = frame.shape[:2]
        pixels = np.full((height, width, 4), 255, np.uint8)
        pixels[:, :, 2::-1] = frame
        watch.see(number, pixels, [Rect(0, 0, width, height)])
        yield frame


def faded(before: Picture, after: Picture, half: int) -> Iterator[np.ndarray]:
    """The frames of a cross-fade as RGB arrays, uint8 of shape (height, width, 3)."""
    from explainers.footage.transition import crossfade

    leaving = _frames_from(before, before.duration_frames - half)
    return crossfade(leaving, _frames_from(after, 0), half, before.fps)


def _frames_from(picture: Picture, first: int) -> Callable[[int], np.ndarray]:
    """Frames by number, counted from `first`; the last one asked for is kept, since it is asked for again."""
    from explainers.film.picture import Painter

    painter = Painter(picture)
    kept: dict[int, np.ndarray] = {}

    def frame_at(number: int) -> np.ndarray:
        if number not in kept:
            painter.paint(first + number)
            kept.clear()
            kept[number] = np.ascontiguousarray(painter.pixels[:, :, 2::-1])
        return kept[number]

    return frame_at
