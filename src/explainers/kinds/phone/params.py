"""What a storyboard writes of a phone shot."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from explainers.kinds._pairs import Mapped
from explainers.kinds.base import KindBeat
from explainers.storyboard.types import (
    AssetPath,
    Boolean,
    Frozen,
    Label,
    Name,
    PictureName,
    ShownText,
    TableName,
)

Color = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]
"""A colour of the app that is shown; the video's own colours are roles."""


PAIR = ("image", "labels", "overlay")
"""The parts' pictures that are of the shot's picture and its label map."""


class Part(Frozen):
    """One piece of a drawn screen, below the one before it; exactly one of its contents is written."""

    id: Name | None = None
    """Its name in beats."""
    heading: Label | None = None
    """Large words."""
    text: Label | None = None
    """Words."""
    button: Label | None = None
    """A button as wide as the screen."""
    choice: Label | None = None
    """An option; it shows that it is chosen once it was tapped."""
    picture: Literal["image", "labels", "overlay"] | PictureName | None = None
    """The shot's picture, its label map, both laid over each other, or the name of a drawn picture."""
    legend: Boolean = False
    """The classes with their colours."""
    space: Annotated[float, Field(gt=0, le=600)] | None = None
    """Nothing, so many pixels of the screen high."""
    color: Color | None = None
    """Colour of the words."""
    fill: Color | None = None
    """Colour of a button or an option."""
    opacity: Annotated[float, Field(gt=0, le=1)] = 0.3
    """The map's opacity in an overlay."""

    @model_validator(mode="after")
    def _one_content(self) -> Part:
        words = (self.heading, self.text, self.button, self.choice)
        contents = (*words, self.picture, self.space, self.legend or None)
        if sum(one is not None for one in contents) != 1:
            raise ValueError("one of heading, text, button, choice, picture, legend or space")
        return self


class Screen(Frozen):
    """What the device shows: a screenshot, or a drawn screen where that is missing."""

    id: Name
    """Its name in beats."""
    label: Label | None = None
    """Its name below the words, bright while it is seen."""
    image: AssetPath | None = None
    """The screenshot."""
    background: Annotated[tuple[Color, ...], Field(min_length=1, max_length=2)] = ("#FFFFFF",)
    """The drawn screen's colour; two make a gradient from left to right."""
    parts: tuple[Part, ...] = ()
    """The drawn screen."""


class Packet(Frozen):
    """What travels between the device and the service."""

    id: Name
    """Its name in beats."""
    code: Label
    """A line of code: the call, or how the answer is written."""
    text: ShownText | None = None
    """Words below it."""
    picture: Literal["image", "labels", "overlay"] | None = None
    """What it carries: the shot's picture, its label map, or both laid over each other."""
    to: Literal["service", "device"] = "service"
    """Where it goes."""


class Params(Mapped):
    """A device, its screens, and the service that it asks."""

    classes: TableName | None = None  # type: ignore[assignment]
    """The class table, where a drawn screen shows a label map or its legend."""
    screens: Annotated[tuple[Screen, ...], Field(min_length=1, max_length=8)]
    """The screens; the first is seen at the start."""
    service: Label = "Service"
    """The name of what answers, beside the device."""
    packets: Annotated[tuple[Packet, ...], Field(max_length=3)] = ()
    """What travels between the two, from the upper lane to the lower one."""
    width: Annotated[int, Field(ge=200, le=800)] = 400
    """Width of the screen in its own pixels."""


class BeatParams(KindBeat):
    """What happens, in this order: a tap, what is sent, another screen, a scroll."""

    tap: Name | None = None
    """A part of the screen that is seen."""
    screen: Name | None = None
    """The screen to go to."""
    scroll: Name | None = None
    """The part to scroll to."""
    send: Name | None = None
    """A packet that travels now."""
