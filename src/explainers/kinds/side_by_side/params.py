"""What an author writes of panes beside each other."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from explainers.kinds.base import KindBeat, KindParams
from explainers.kinds.capture.params import Played
from explainers.kinds.terminal.params import TerminalSize
from explainers.storyboard.types import Boolean, Label, Role, Seconds


class Pane(Played):
    """One pane: footage, a terminal recording or a figure, by its file's ending."""

    label: Label
    """What it is."""
    role: Role = "baseline"
    """Its colour by meaning."""
    idle_limit: Annotated[Seconds, Field(gt=0)] | None = None
    """Of a terminal recording: the longest pause."""
    size: TerminalSize | None = None
    """Of a terminal recording: its size at first, such as `80x24`, in place of its own."""
    page: Annotated[int, Field(ge=1)] = 1
    """Of a PDF: the page."""


class Panes(KindParams):
    """What side by side and quad have in common."""

    panes: tuple[Pane, ...]
    """The panes, the baseline first."""
    clock: Literal["shared", "own"] = "shared"
    """One clock above all panes, or each pane's own time in its header."""
    compared: Boolean = True
    """Whether the panes are compared; then they play at one speed, or it is an error."""


class Params(Panes):
    """Two or three panes beside each other."""

    panes: Annotated[tuple[Pane, ...], Field(min_length=2, max_length=3)]
    """The panes, the baseline first."""


class Quad(Panes):
    """Four panes as a square."""

    panes: Annotated[tuple[Pane, ...], Field(min_length=4, max_length=4)]
    """The panes, row by row, the baseline first."""


class BeatParams(KindBeat):
    """What happens to the panes in a beat."""

    freeze: Boolean = False
    """All panes stand still for as long as the beat lasts."""
    highlight: tuple[Annotated[int, Field(ge=1, le=4)], ...] = ()
    """Panes with a white outline, counted from 1."""
