"""What an author writes of a pane: a file, what of it is seen, how fast, and what is pointed at."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from explainers.storyboard.types import (
    AssetPath,
    Boolean,
    Frozen,
    Label,
    Name,
    OptionalAsset,
    Role,
    RunName,
    Seconds,
    ShownText,
)

_FACTOR = re.compile(r"(\d+(?:\.\d+)?)\s*[x×]?")


def _factor(value: Any) -> Any:
    match = _FACTOR.fullmatch(str(value).strip())
    if match is None or not 0.01 <= float(match[1]) <= 10_000:
        raise ValueError("a speed such as 4x, from 0.01x to 10000x")
    return float(match[1])


Factor = Annotated[
    float,
    BeforeValidator(_factor),
    WithJsonSchema({"type": ["string", "number"], "description": "how many times real time: 4x"}),
]
"""How many times real time footage plays."""


def _sane(region: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    if region[2] <= 0 or region[3] <= 0 or min(region[:2]) < 0:
        raise ValueError("left, top, width and height, all from 0 up and with an area")
    if max(region) <= 1 and max(region[:2]) == 1:
        raise ValueError("shares of the picture that begin inside of it, or pixels")
    return region


Region = Annotated[tuple[float, float, float, float], AfterValidator(_sane)]
"""Left, top, width and height: shares of the picture where none is above 1, else its pixels."""

Part = Region | Name
"""A part of the figure: one of its `regions`, or a region."""

Spot = tuple[float, float]
"""A point: shares of the picture where neither is above 1, else its pixels."""


def _size(size: str) -> str:
    columns, _, rows = size.partition("x")
    if not all(side.isdecimal() and 1 <= int(side) <= 1000 for side in (columns, rows)):
        raise ValueError("columns x rows, such as 80x24")
    return size


TerminalSize = Annotated[str, AfterValidator(_size), Field(pattern=r"^\d+x\d+$")]
"""Columns x rows of a terminal, such as `80x24`."""


class Pace(Frozen):
    """A stretch of the capture that has a speed of its own."""

    from_: Annotated[Seconds, Field(alias="from")]
    """Where it begins, in the capture."""
    until: Seconds
    """Where it ends, in the capture."""
    speed: Factor
    """How many times real time."""

    @model_validator(mode="after")
    def _in_order(self) -> Pace:
        if self.until <= self.from_:
            raise ValueError("an until after its from")
        return self


class Timed(Frozen):
    """A file in which time passes."""

    file: AssetPath
    """The file."""
    from_: Annotated[Seconds, Field(alias="from")] = 0.0
    """Where in it to begin; in a terminal recording with its pauses already shortened."""
    until: Seconds | None = None
    """Where in it to end; its end where nothing is written."""
    speed: Factor = 1.0
    """How many times real time it plays; every other factor than 1 is shown."""
    paces: tuple[Pace, ...] = ()
    """Stretches with another speed."""


class Played(Timed):
    """Footage in a pane."""

    file: AssetPath
    """A video, a GIF, a screenshot, or a folder of pictures."""
    crop: Region | None = None
    """The part of it that is seen."""
    frames_fps: Annotated[float, Field(gt=0, le=240)] = 10.0
    """Of a folder of pictures, how many of them make a second."""


class Recorded(Timed):
    """A terminal recording in a pane."""

    file: AssetPath
    """An asciinema cast, version 1, 2 or 3."""
    idle_limit: Annotated[Seconds, Field(gt=0)] | None = None
    """Of a terminal recording: the longest pause, in place of its own limit. Shortened pauses are said."""
    size: TerminalSize | None = None
    """Of a terminal recording: its size at first, such as `80x24`, in place of its own."""


class Printed(Frozen):
    """A figure in a pane."""

    file: AssetPath
    """A PDF, an SVG, or a picture."""
    page: Annotated[int, Field(ge=1)] = 1
    """Of a PDF: the page."""
    crop: Region | None = None
    """The part of it that is seen."""
    white: Boolean = True
    """A figure lies on a white sheet; else on the film's own panel, for those drawn for a dark ground."""


class Pane(Printed, Recorded, Played):
    """One pane of several: footage, a terminal recording or a figure, by its file's ending."""

    file: AssetPath
    """A video, a GIF, a screenshot, a folder of pictures, a cast, or a figure (PDF or SVG)."""
    label: Label
    """What it is."""
    role: Role = "baseline"
    """Its colour by meaning."""
    run: RunName | None = None
    """The run that it shows: its `counters` stand under the pane. It starts with the pane, at `from`."""
    captured: OptionalAsset | None = None
    """A recording of the session itself, which takes the place of `file` as soon as it is there."""


class Callout(Frozen):
    """A few words with a line to a point."""

    point: Spot
    """What they are about."""
    text: ShownText
    """The words."""
    side: Literal["left", "right", "above", "below"] = "right"
    """On which side of the point they stand."""


def _first_and_last(lines: tuple[int, int]) -> tuple[int, int]:
    if not 1 <= lines[0] <= lines[1]:
        raise ValueError("the first and the last line, counted from 1")
    return lines


Lines = Annotated[tuple[int, int], AfterValidator(_first_and_last)]
"""First and last line of the screen, counted from 1."""


class LineCallout(Frozen):
    """A few words with a line to the end of a line of the screen."""

    line: Annotated[int, Field(ge=1)]
    """The line, counted from 1."""
    column: Annotated[int, Field(ge=1)] = 40
    """The column that the line ends in, counted from 1."""
    text: ShownText
    """The words."""
    side: Literal["left", "right", "above", "below"] = "right"
    """On which side of it they stand."""


class PaneLines(Frozen):
    """Lines of the screen of one pane of several."""

    pane: Annotated[int, Field(ge=1, le=4)]
    """The pane with a terminal recording, counted from 1."""
    lines: Lines
    """First and last line, counted from 1."""


class PaneCallout(LineCallout):
    """A few words with a line to the end of a line of the screen of one pane of several."""

    pane: Annotated[int, Field(ge=1, le=4)]
    """The pane with a terminal recording, counted from 1."""
