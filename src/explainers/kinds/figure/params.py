"""What an author writes of a figure."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from explainers.kinds.base import KindBeat, KindParams
from explainers.kinds.capture.params import Callout, Region
from explainers.storyboard.types import AssetPath, Boolean, Label, Name

Part = Region | Name
"""A part of the figure: one of its `regions`, or a region."""


class Params(KindParams):
    """A paper's figure, alone in its frame."""

    file: AssetPath
    """A PDF, an SVG, or a picture."""
    page: Annotated[int, Field(ge=1)] = 1
    """The page of a PDF."""
    crop: Region | None = None
    """The part of it that is seen."""
    regions: dict[Name, Region] = Field(default_factory=dict)
    """Parts with names, for beats to call."""
    white: Boolean = True
    """It lies on a white sheet; else on the film's own panel, for figures drawn for a dark ground."""
    label: Label | None = None
    """What it is, above it."""


class BeatParams(KindBeat):
    """What happens to the figure in a beat."""

    show: tuple[Part, ...] = ()
    """Parts that appear; until then they are not there."""
    zoom: Part | Literal["all"] | None = None
    """The part that fills the sheet from now on; `all` goes back."""
    box: tuple[Part, ...] = ()
    """Parts with an outline during the beat."""
    spotlight: Part | None = None
    """The part that stays bright while the rest is dimmed."""
    callout: Annotated[tuple[Callout, ...], Field(max_length=4)] = ()
    """Words with a line to what they are about."""
