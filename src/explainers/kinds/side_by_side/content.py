"""What can be in a pane, made ready alike: captures, terminal recordings, figures. Needs no Manim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Protocol

from explainers.kinds.figure.source import Figure, sheet_color
from explainers.kinds.side_by_side.params import BeatParams, Pane

from explainers.film.layer import Rect
from explainers.footage.conform import Request
from explainers.footage.timeline import Timeline
from explainers.kinds.base import BeatPlan, ShotPlan
from explainers.kinds.capture.layout import centered
from explainers.kinds.capture.source import Capture, capture_of
from explainers.kinds.terminal.source import Terminal, terminal_of

if TYPE_CHECKING:
    from explainers.stage import Stage

TERMINALS, FIGURES = (".cast", ".json"), (".pdf", ".svg")


class Content(Protocol):
    """One pane's content."""

    @property
    def clock(self) -> Timeline | None:
        """Its clock; None of what stands still."""

    @property
    def pauses(self) -> str | None:
        """What must be said of pauses that were shortened."""

    def fitted(self, area: Rect, scale: float) -> Rect:
        """The pixels it takes of an area."""

    def requests(self, pane: Rect) -> Sequence[Request]:
        """What must be conformed for it."""

    def show(self, stage: Stage, shot: ShotPlan, pane: Rect) -> None:
        """Put it on stage."""


@dataclass(frozen=True)
class Footage:
    """A capture; a screenshot has no clock."""

    capture: Capture
    label: str
    pauses: str | None = None

    @property
    def clock(self) -> Timeline | None:
        return None if self.capture.media.kind == "still" else self.capture.clock

    def fitted(self, area: Rect, scale: float) -> Rect:
        return centered(area, self.capture.aspect)

    def requests(self, pane: Rect) -> Sequence[Request]:
        return self.capture.requests((pane.right - pane.left, pane.bottom - pane.top))

    def show(self, stage: Stage, shot: ShotPlan, pane: Rect) -> None:
        from explainers.kinds.capture.drawing import show

        clip = self.capture.clip((pane.right - pane.left, pane.bottom - pane.top), shot.media)
        show(stage, clip, pane, self.label)


@dataclass(frozen=True)
class Session:
    """A terminal recording."""

    terminal: Terminal

    @property
    def clock(self) -> Timeline | None:
        return self.terminal.clock

    @property
    def pauses(self) -> str | None:
        return self.terminal.pauses

    def fitted(self, area: Rect, scale: float) -> Rect:
        return self.terminal.fitted(area, scale)[0]

    def requests(self, pane: Rect) -> Sequence[Request]:
        return ()

    def show(self, stage: Stage, shot: ShotPlan, pane: Rect) -> None:
        from explainers.kinds.terminal.drawing import show

        window, cell = self.terminal.fitted(pane, stage.scale)
        show(stage, shot, self.terminal, window, cell)


@dataclass(frozen=True)
class Sheet:
    """A figure, whole."""

    figure: Figure
    clock: Timeline | None = None
    pauses: str | None = None

    def fitted(self, area: Rect, scale: float) -> Rect:
        pad = round(26 * scale)
        inner = centered(
            Rect(area.left + pad, area.top + pad, area.right - pad, area.bottom - pad), self.figure.aspect
        )
        return Rect(inner.left - pad, inner.top - pad, inner.right + pad, inner.bottom + pad)

    def requests(self, pane: Rect) -> Sequence[Request]:
        return ()

    def show(self, stage: Stage, shot: ShotPlan, pane: Rect) -> None:
        from explainers.kinds.figure.drawing import show

        pad = round(26 * stage.scale)
        show(stage, self.figure, Rect(pane.left + pad, pane.top + pad, pane.right - pad, pane.bottom - pad))


def kind_of(pane: Pane) -> str:
    """`capture`, `terminal` or `figure`, by the file's ending."""
    suffix = PurePosixPath(pane.file).suffix.lower()
    return "terminal" if suffix in TERMINALS else "figure" if suffix in FIGURES else "capture"


def content_of(pane: Pane, shot: ShotPlan) -> Content:
    """A pane's content. InvalidInput, naming the file, where it can't be shown."""
    kind = kind_of(pane)
    if kind == "terminal":
        return Session(terminal_of(pane, shot, freezes(shot.beats)))
    if kind == "figure":
        return Sheet(_figure(pane, shot))
    return Footage(capture_of(pane, shot, shot.beats), pane.label)


def _figure(pane: Pane, shot: ShotPlan) -> Figure:
    from explainers.footage.views import views
    from explainers.kinds.figure.source import area_in

    from explainers.footage.art import open_art

    ground = sheet_color(True, shot.theme)
    art = open_art(shot.assets[pane.file], pane.page, ground)
    whole = area_in(art, pane.crop)
    return Figure(art, whole, views(whole, (), shot.duration_s), (), ground, shot.canvas.fps, shot.duration_s)


def freezes(beats: Sequence[BeatPlan]) -> list[tuple[float, float]]:
    """When all panes stand still, in seconds of the shot."""
    return [(beat.start_s, beat.end_s) for beat in beats if own_of(beat).freeze]


def own_of(beat: Any) -> BeatParams:
    return beat.params if isinstance(beat.params, BeatParams) else BeatParams()
