"""Tasks: what one worker does in one go, and what it tells when it is done."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from explainers.build.media import made, with_media
from explainers.build.products import CLIP, GEOMETRY, LUMINANCE, STILL, Clip, Still
from explainers.store import Store

if TYPE_CHECKING:
    import numpy as np

    from explainers.build.products import Drawable
    from explainers.film.encoder import Counters
    from explainers.film.luminance import LuminanceWatch
    from explainers.film.picture import Picture
    from explainers.footage.conform import Request

Told = Callable[[int], None]
"""Hears how many frames of a task are done."""


@dataclass(frozen=True)
class Source:
    """A packed `Drawable` and the folder whose kinds must be loaded to unpack it."""

    packed: bytes = field(repr=False)
    code_folder: Path | None

    @staticmethod
    def of(drawable: Drawable) -> Source:
        return Source(drawable.packed(), drawable.code_folder)


@dataclass(frozen=True)
class DrawTask:
    """Draw a shot: its clip where `clip` is given, and stills."""

    shot_id: str
    source: Source
    store: Path
    clip: Clip | None
    stills: tuple[Still, ...]
    needs: tuple[str, ...] = ()

    @property
    def frames(self) -> int:
        return self.clip.frames if self.clip else 0

    @property
    def makes(self) -> tuple[str, ...]:
        return (*([self.clip.key] if self.clip else []), *(still.key for still in self.stills))


@dataclass(frozen=True)
class FadeTask:
    """Draw the cross-fade into a shot, `half` frames on either side of the cut."""

    shot_id: str
    before: Source
    after: Source
    store: Path
    key: str
    half: int
    needs: tuple[str, ...] = ()

    @property
    def frames(self) -> int:
        return 2 * self.half

    @property
    def makes(self) -> tuple[str, ...]:
        return (self.key,)


@dataclass(frozen=True)
class ConformTask:
    """Conform a capture that a shot shows."""

    shot_id: str
    request: Request
    store: Path
    key: str
    needs: tuple[str, ...] = ()

    @property
    def frames(self) -> int:
        return 0

    @property
    def makes(self) -> tuple[str, ...]:
        return (self.key,)


Task = DrawTask | FadeTask | ConformTask
"""Each names the products it `makes` and those it `needs`, by key. With its store, a task is all a worker
needs."""


@dataclass
class Done:
    """What a task did. `clip` says whether it encoded the shot itself, so that its time is worth learning
    from. `counts` are the same on every machine; `seconds` are where its time went."""

    shot_id: str
    clip: bool = False
    elapsed_s: float = 0.0
    counts: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


def perform(task: Task, told: Told | None = None) -> Done:
    """Do a task, in this process; its products are in the store afterwards."""
    started = perf_counter()
    if isinstance(task, ConformTask):
        made(task.request, Store(task.store), task.key)
        done = Done(task.shot_id, counts={"conformed": 1})
    else:
        done = _draw(task, told) if isinstance(task, DrawTask) else _fade(task, told)
    done.elapsed_s = perf_counter() - started
    return done


def picture_of(source: Source, store: Store) -> Picture:
    """The picture of a packed shot, with the captions that are drawn in; captures are in `store`."""
    from explainers import kinds

    known = kinds.discover(source.code_folder)
    drawable: Drawable = pickle.loads(source.packed)
    picture = kinds.draw(with_media(drawable.shot, known[drawable.shot.kind], store), known)
    if drawable.burned:
        from explainers.build.burned import caption_layers

        layers = caption_layers(drawable.shot.canvas, drawable.shot.theme, drawable.burned)
        picture = replace(picture, layers=(*picture.layers, *layers))
    return picture


def _draw(task: DrawTask, told: Told | None) -> Done:
    from explainers.film.encoder import Counters, frames_of
    from explainers.film.luminance import LuminanceWatch
    from explainers.film.record import record

    started = perf_counter()
    picture = picture_of(task.source, Store(task.store))
    done = Done(task.shot_id, task.clip is not None, seconds={"laying out": perf_counter() - started})
    store, counters = Store(task.store), Counters()
    if task.clip is not None:
        clip = task.clip
        with store.making(clip.key) as folder:
            watch = LuminanceWatch(picture.width, picture.height, picture.fps)
            frames = frames_of(picture, clip.first, clip.end_exclusive, counters, watch)
            keyframes = [frame - clip.first for frame in clip.keyframes]
            record(
                frames, folder / CLIP, (picture.width, picture.height), picture.fps, keyframes, counters, told
            )
            _note(counters, done)
            _describe(picture, task.source, watch, folder, done)
            store.keep(clip.key, folder, {"frames": clip.frames, "counts": done.counts})
    _stills(picture, task.stills, store, done)
    return done


def _describe(picture: Picture, source: Source, watch: LuminanceWatch, folder: Path, done: Done) -> None:
    """Leave beside the clip what checking needs: where everything stands, and how bright each frame was."""
    from explainers.film import geometry

    started = perf_counter()
    drawable: Drawable = pickle.loads(source.packed)
    geometry.save(picture, [beat.end_s for beat in drawable.shot.beats], folder / GEOMETRY)
    watch.summary().save(folder / LUMINANCE)
    done.seconds["describing"] = perf_counter() - started


def _stills(picture: Picture, stills: tuple[Still, ...], store: Store, done: Done) -> None:
    from explainers.film.picture import Painter

    if not stills:
        return
    started = perf_counter()
    painter = Painter(picture)
    for still in sorted(stills, key=lambda one: one.frame):
        painter.paint(still.frame)
        with store.making(still.key) as folder:
            save_png(painter.pixels[:, :, 2::-1], folder / STILL, still.width)
            store.keep(still.key, folder)
    done.counts["stills"] = len(stills)
    done.seconds["stills"] = perf_counter() - started


def _fade(task: FadeTask, told: Told | None) -> Done:
    from explainers.film.encoder import Counters
    from explainers.film.luminance import LuminanceWatch
    from explainers.film.record import as_video_frames, record

    store = Store(task.store)
    pictures = picture_of(task.before, store), picture_of(task.after, store)
    first, counters, done = pictures[0], Counters(), Done(task.shot_id)
    with store.making(task.key) as folder:
        watch = LuminanceWatch(first.width, first.height, first.fps)
        seen = _watched(faded(*pictures, task.half), watch)
        frames = as_video_frames(seen, first.width, first.height)
        made = record(frames, folder / CLIP, (first.width, first.height), first.fps, (), counters, told)
        watch.summary().save(folder / LUMINANCE)
        counters.frames = counters.drawn = made
        _note(counters, done)
        store.keep(task.key, folder, {"frames": made, "counts": done.counts})
    return done


def _watched(frames: Iterator[np.ndarray], watch: LuminanceWatch) -> Iterator[np.ndarray]:
    """RGB frames as they come, every one of them seen by the watch."""
    import numpy as np

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
    import numpy as np

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


def save_png(pixels: np.ndarray, path: Path, width: int | None = None) -> None:
    """Write RGB pixels, uint8 of shape (height, width, 3), as PNG, made `width` pixels wide."""
    import numpy as np
    from PIL import Image

    image = Image.fromarray(np.ascontiguousarray(pixels))
    if width is not None and width != image.width:
        image = image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)
    image.save(path, "PNG", compress_level=1)


def _note(counters: Counters, done: Done) -> None:
    done.counts |= {name: value for name, value in vars(counters).items() if isinstance(value, int)}
    done.seconds |= counters.seconds
