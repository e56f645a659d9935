"""What makes shots a film: where their words stand, what the camera looks at, what carries on."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from explainers.storyboard.types import Frozen, ShortForm

ZOOM = 2.5
"""How far the camera goes in at most."""


class Layout(Frozen):
    """How a shot divides the frame between its words and its picture."""

    place: Literal["top", "left", "right", "corner", "bleed", "picture", "number"] = "top"
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
