"""What an author writes of a terminal recording."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from explainers.kinds.base import KindBeat, KindParams
from explainers.kinds.capture.params import Factor, Pace
from explainers.storyboard.types import AssetPath, Boolean, Label, Seconds


def _in_order(lines: tuple[int, int]) -> tuple[int, int]:
    if not 1 <= lines[0] <= lines[1]:
        raise ValueError("the first and the last line, counted from 1")
    return lines


Lines = Annotated[tuple[int, int], AfterValidator(_in_order)]
"""First and last line of the screen, counted from 1."""


def _size(size: str) -> str:
    columns, _, rows = size.partition("x")
    if not all(side.isdecimal() and 1 <= int(side) <= 1000 for side in (columns, rows)):
        raise ValueError("columns x rows, such as 80x24")
    return size


TerminalSize = Annotated[str, AfterValidator(_size), Field(pattern=r"^\d+x\d+$")]
"""Columns x rows of a terminal, such as `80x24`."""


class Params(KindParams):
    """A terminal recording, alone in its frame."""

    file: AssetPath
    """An asciinema cast, version 1, 2 or 3."""
    from_: Annotated[Seconds, Field(alias="from")] = 0.0
    """Where in it to begin, pauses already shortened."""
    until: Seconds | None = None
    """Where in it to end; its end where nothing is written."""
    speed: Factor = 1.0
    """How many times real time it plays; every other factor than 1 is shown."""
    paces: tuple[Pace, ...] = ()
    """Stretches with another speed."""
    idle_limit: Annotated[Seconds, Field(gt=0)] | None = None
    """The longest pause; the recording's own limit where nothing is written. Shortened pauses are said."""
    size: TerminalSize | None = None
    """The terminal's size at first, such as `80x24`; the recording's own where nothing is written."""
    label: Label | None = None
    """What it is, above it."""


class BeatParams(KindBeat):
    """What is pointed at during a beat."""

    freeze: Boolean = False
    """The recording stands still for as long as the beat lasts."""
    lines: Annotated[tuple[Lines, ...], Field(max_length=4)] = ()
    """Lines of the screen with a white outline: look here."""
