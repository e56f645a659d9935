"""What makes shots a film: where their words stand, what the camera looks at, what carries on, what is
expected to happen."""

from __future__ import annotations

from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from explainers.storyboard.types import Frozen, ShortForm

ZOOM = 2.5
"""How far the camera goes in at most."""

FrameShape = Literal["wide", "square", "upright"]


def shape_of(width: float, height: float) -> FrameShape:
    """The shape of a frame; a little wider than high is still square."""
    return "wide" if width > height * 1.2 else "square" if width > height * 0.8 else "upright"


Place = Literal["top", "left", "right", "corner", "bleed", "picture", "number"]
PLACES: tuple[Place, ...] = get_args(Place)


class Layout(Frozen):
    """How a shot divides the frame between its words and its picture."""

    place: Place = "top"
    """`top`: title at the top left, statement at the bottom. `left`, `right`: the statement in a column
    beside the picture. `corner`: the statement at the top right, the whole frame is the picture's. `bleed`:
    the picture fills the frame, the statement stands on a gradient. `picture`: no words. `number`: words
    under a number."""
    share: Annotated[float, Field(ge=0.15, le=0.9)] | None = None
    """The share of the frame's width that the words may take."""


class Camera(Frozen):
    """What the camera goes to in a beat, and stays with until another beat sends it elsewhere."""

    to: Annotated[tuple[str, ...], ShortForm(None)]
    """Names of what is seen (nodes, groups, tracks, bars), or `all` for the whole picture."""
    zoom: Annotated[float, Field(ge=1.0, le=ZOOM)] = ZOOM
    """How far it goes in at most; what is named fills 88 % of the frame at most."""
    shape: FrameShape | None = None
    """The shape of frame in which it goes there; in all of them without it."""


IN_FRAME = "in-frame"
"""Stands for the frame where a thing is named."""


class Expectation(Frozen):
    """What a named thing does in a shot. `check` follows it through the drawn picture, as it is seen.

    A thing is in another when its middle is. `in-frame` stands for the whole frame.
    """

    lands: str | None = None
    """What it comes to rest in, having been outside of it."""
    leaves: str | None = None
    """What it goes out of, having been in it; it may also fade there."""
    stays: str | None = None
    """What it is in from when it is first seen to the shot's end; `in-frame`: no part of it is cut off."""
    moves: Literal["left", "right", "up", "down", "any", "never"] | None = None
    """Which way it goes, by 24 units at least; `never`: it stands still."""
    before: str | None = None
    """A beat before whose start it has happened, or another thing that comes, or does what is expected of it,
    later."""
    after: str | None = None
    """A beat from whose start on it happens, or another thing that comes, or does what is expected of it,
    first."""

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        happens = [self.lands, self.leaves, None if self.moves == "never" else self.moves]
        if not any((*happens, self.stays, self.moves)):
            raise ValueError("what it does: lands, leaves, stays or moves")
        if (self.before or self.after) and not any(happens):
            raise ValueError("something that happens beside before and after: lands, leaves or moves")
        return self
