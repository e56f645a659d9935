"""A Manim `Scene` as a layer: Manim keeps its own clock, and its frames are taken over as they come.

The scene runs in a thread of its own and stands still between frames. Frames come in order only; asking
for an earlier one starts the scene again, which is how a still of the end of a long scene gets there too.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

import cairo
import manim
import numpy as np
from manim.renderer.cairo_renderer import CairoRenderer

from explainers.compositor.layer import Layer, Note, Rect, Span, blank
from explainers.errors import RenderFailed
from explainers.stage import ink


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


class SceneFrames:
    """The frames of a scene, one after the other: RGBA, uint8 of shape (height, width, 4)."""

    def __init__(self, scene_class: type[manim.Scene], width: int, height: int, fps: int, background: str):
        self._settings = {
            "pixel_width": width,
            "pixel_height": height,
            "frame_rate": fps,
            "background_color": background,
            "disable_caching": True,
            "write_to_movie": False,
            "dry_run": True,
            "progress_bar": "none",
        }
        self._scene_class = scene_class
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

    def _give(self, frame: np.ndarray, count: int) -> None:
        self._frame, self._repeat = frame, count - 1
        self._ready.release()
        self._wanted.acquire()
        if self._stopping:
            raise _Stopped

    def _run(self) -> None:
        self._wanted.acquire()
        if self._stopping:
            return
        try:
            ink.setup()
            with manim.tempconfig(self._settings):
                self._scene_class(renderer=_HandOver(self._give)).render()
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
    background: str
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
            self._source = SceneFrames(self.scene_class, self.width, self.height, self.fps, self.background)
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
