"""A Manim `Scene` as a layer: Manim keeps its own clock, and its frames are taken over as they come.

The scene runs in a thread of its own and stands still between frames. Frames come in order only; asking
for an earlier one starts the scene again, which is how a still of the end of a long scene gets there too.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import cairo
import manim
import numpy as np
from manim.renderer.cairo_renderer import CairoRenderer

from explainers.compositor.layer import Layer, Note, Rect, Span, blank
from explainers.errors import RenderFailed
from explainers.stage import ink
from explainers.theme import SANS, Theme


class _Stopped(BaseException):
    """Raised inside the scene's thread when nobody wants its frames any more."""


class _HandOver(CairoRenderer):
    """Manim's Cairo renderer, which hands each frame over instead of writing a file."""

    def __init__(self, give: Callable[[np.ndarray, int], None], **kwargs: Any):
        super().__init__(**kwargs)
        self._give = give

    def add_frame(self, frame: np.ndarray, num_frames: int = 1) -> None:
        if self.skip_animations:
            return
        self.time += num_frames / self.camera.frame_rate
        self._give(frame, num_frames)

    def get_frame(self) -> np.ndarray:
        # The surface itself: it is read before Manim goes on, so no copy is needed.
        return self.camera.pixel_array


def settings(width: int, height: int, fps: int, theme: Theme) -> dict[str, Any]:
    """Manim's settings for a scene: the film's size, rate and ground, and a fixed seed.

    The frame's shorter side is 8 of Manim's units, as in Manim's own wide frame.
    """
    unit = min(width, height) / 8.0
    return {
        "pixel_width": width,
        "pixel_height": height,
        "frame_width": width / unit,
        "frame_height": height / unit,
        "frame_rate": fps,
        "background_color": theme.background,
        "disable_caching": True,
        "write_to_movie": False,
        "dry_run": True,
        "progress_bar": "none",
        "seed": 0,
    }


@contextmanager
def _configured(values: Mapping[str, Any]) -> Iterator[None]:
    """Manim with these settings, and with the house's font for words that name none."""
    ink.setup()
    before = manim.Text.__init__
    manim.Text.set_default(font=SANS)
    try:
        with manim.tempconfig(dict(values)):
            yield
    finally:
        manim.Text.__init__ = before


def camera_of(scene_class: type[manim.Scene]) -> type[manim.Camera]:
    """The camera that a scene class brings: `MovingCameraScene`'s moves, `ThreeDScene`'s turns."""
    for one in scene_class.__mro__:
        init = vars(one).get("__init__")
        parameter = inspect.signature(init).parameters.get("camera_class") if init else None
        if parameter is not None and isinstance(parameter.default, type):
            return parameter.default
    return manim.Camera


def themed(
    scene_class: type[manim.Scene], theme: Theme, begin: Callable[[manim.Scene, str], None]
) -> type[manim.Scene]:
    """The scene with `self.theme`, whose `color(role)` is a colour, and with sections that are reported."""

    def next_section(self: Any, name: str = "unnamed", *args: Any, **kwargs: Any) -> None:
        begin(self, name)
        scene_class.next_section(self, name, *args, **kwargs)

    members: dict[str, Any] = {"next_section": next_section, "__module__": scene_class.__module__}
    if not hasattr(scene_class, "theme"):
        members["theme"] = theme
    return type(scene_class.__name__, (scene_class,), members)


def sections_of(
    scene_class: type[manim.Scene], width: int, height: int, fps: int, theme: Theme
) -> list[tuple[str, float]]:
    """The sections of a scene with their starts in seconds, found without drawing a frame; the last entry has
    no name and is the scene's end."""
    found: list[tuple[str, float]] = []
    with _configured(settings(width, height, fps, theme)):
        renderer = CairoRenderer(camera_class=camera_of(scene_class), skip_animations=True)
        themed(scene_class, theme, lambda _, name: found.append((name, renderer.time)))(
            renderer=renderer
        ).render()
    return [*found, ("", renderer.time)]


class SceneFrames:
    """The frames of a scene, one after the other: RGBA, uint8 of shape (height, width, 4)."""

    def __init__(
        self,
        scene_class: type[manim.Scene],
        width: int,
        height: int,
        fps: int,
        theme: Theme,
        starts: Mapping[str, int] | None = None,
    ):
        self._settings = settings(width, height, fps, theme)
        self._scene_class, self._theme, self._starts = scene_class, theme, dict(starts or {})
        self._given = 0
        self._wanted, self._ready = threading.Semaphore(0), threading.Semaphore(0)
        self._frame: np.ndarray | None = None
        self._repeat = 0
        self._error: BaseException | None = None
        self._stopping = self._finished = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def next(self) -> tuple[np.ndarray | None, bool]:
        """The next frame and whether it is new; the last one again when the scene is over.

        Raises RenderFailed with the scene's own message where it fails.
        """
        if self._repeat > 0 or self._finished:
            self._repeat -= 1
            return self._frame, False
        self._wanted.release()
        self._ready.acquire()
        if self._error is not None:
            raise RenderFailed(f"the scene {self._scene_class.__name__} failed: {self._error!r}")
        return self._frame, not self._finished

    def close(self) -> None:
        """End the scene's thread."""
        self._stopping = True
        self._wanted.release()
        self._thread.join(timeout=5)

    def _begin(self, scene: manim.Scene, section: str) -> None:
        """A section begins in its frame: until then the last one stays."""
        if (wait := self._starts.pop(section, 0) - self._given) > 0:
            if self._frame is None:
                scene.renderer.update_frame(scene)
                self._frame = scene.renderer.get_frame()
            self._give(self._frame, wait)

    def _give(self, frame: np.ndarray, count: int) -> None:
        self._frame, self._repeat = frame, count - 1
        self._given += count
        self._ready.release()
        self._wanted.acquire()
        if self._stopping:
            raise _Stopped

    def _run(self) -> None:
        self._wanted.acquire()
        if self._stopping:
            return
        try:
            with _configured(self._settings):
                themed(self._scene_class, self._theme, self._begin)(
                    renderer=_HandOver(self._give, camera_class=camera_of(self._scene_class))
                ).render()
        except _Stopped:
            return
        except Exception as error:
            self._error = error
        self._finished = True
        self._ready.release()


@dataclass(eq=False)
class SceneLayer(Layer):
    """The `count` frames of a scene as a film layer that fills the frame."""

    scene_class: type[manim.Scene]
    width: int
    height: int
    fps: int
    count: int
    theme: Theme
    starts: Mapping[str, int] = field(default_factory=dict)
    """The frames in which sections of the scene begin, by their names."""
    z: float = -1.0
    note: Note | None = field(default_factory=lambda: Note("picture", role="scene"))

    def __post_init__(self) -> None:
        self._tile = blank(self.width, self.height)
        self._source: SceneFrames | None = None
        self._at, self._version = -1, 0

    def state(self, t: float) -> Hashable | None:
        wanted = min(self.count - 1, max(0, round(t * self.fps)))
        if self._source is None or wanted < self._at:
            if self._source is not None:
                self._source.close()
            size = self.width, self.height, self.fps
            self._source = SceneFrames(self.scene_class, *size, self.theme, self.starts)
            self._at = -1
        while self._at < wanted:
            frame, new = self._source.next()
            self._at += 1
            if new and frame is not None:
                self._version += 1
                self._tile.pixels[:, :, :3] = frame[:, :, 2::-1]
                self._tile.pixels[:, :, 3] = 255
                self._tile.surface.mark_dirty()
        return self._version

    def box(self, state: Any) -> Rect:
        return Rect(0, 0, self.width, self.height)

    def paint(self, ctx: cairo.Context, state: Any) -> None:
        ctx.set_source_surface(self._tile.surface, 0, 0)
        ctx.paint()

    def spans(self) -> list[Span]:
        return [(0.0, self.count / self.fps)]
