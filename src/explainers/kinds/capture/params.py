"""What an author writes of footage: a file, what of it is seen, and how fast."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from explainers.kinds.base import KindBeat, KindParams
from explainers.storyboard.types import AssetPath, Boolean, Frozen, Label, Seconds, ShownText

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

Spot = tuple[float, float]
"""A point: shares of the picture where neither is above 1, else its pixels."""


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


class Played(Frozen):
    """Footage in a pane."""

    file: AssetPath
    """A video, a GIF, a screenshot, or a folder of pictures; in a side by side also a cast or a figure."""
    from_: Annotated[Seconds, Field(alias="from")] = 0.0
    """Where in it to begin."""
    until: Seconds | None = None
    """Where in it to end; its end where nothing is written."""
    crop: Region | None = None
    """The part of it that is seen."""
    speed: Factor = 1.0
    """How many times real time it plays; every other factor than 1 is shown."""
    paces: tuple[Pace, ...] = ()
    """Stretches with another speed."""
    frames_fps: Annotated[float, Field(gt=0, le=240)] = 10.0
    """Of a folder of pictures, how many of them make a second."""


class Click(Frozen):
    """A ring where something was clicked."""

    at: Seconds
    """When, in the capture."""
    point: Spot
    """Where."""


class Callout(Frozen):
    """A few words with a line to a point."""

    point: Spot
    """What they are about."""
    text: ShownText
    """The words."""
    side: Literal["left", "right", "above", "below"] = "right"
    """On which side of the point they stand."""


class Params(KindParams, Played):
    """Footage, alone in its frame."""

    label: Label | None = None
    """What it is, above it."""
    clicks: tuple[Click, ...] = ()
    """Where it was clicked."""


class BeatParams(KindBeat):
    """What is pointed at during a beat."""

    zoom: Region | Literal["all"] | None = None
    """The part that fills the pane from now on; `all` goes back."""
    freeze: Boolean = False
    """The footage stands still for as long as the beat lasts."""
    box: Annotated[tuple[Region, ...], Field(max_length=8)] = ()
    """Parts with a white outline: look here."""
    spotlight: Region | None = None
    """The part that stays bright while everything else is dimmed."""
    callout: Annotated[tuple[Callout, ...], Field(max_length=4)] = ()
    """Words with a line to what they are about."""
