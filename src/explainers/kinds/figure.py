"""A paper's figure: a page of a PDF, an SVG or a picture, shown part by part.

`regions` name parts of it (shares of the figure, or its own points or pixels); beats let them appear, zoom
into one, outline it, or dim the rest. Vector figures are drawn anew for every place they come to rest at, so
that a part is as sharp close up as the whole was. Figures lie on a white sheet, since that is what they were
drawn for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from explainers.kinds._panes import PaneKind
from explainers.kinds._panes.params import Callout, Part, Printed, Region
from explainers.kinds._panes.places import Placed
from explainers.kinds._panes.sheet import PADDING, SheetPane
from explainers.kinds.base import KindBeat, KindParams, ShotPlan
from explainers.storyboard.types import Label, Name
from explainers.theme import LABEL, STRONG

if TYPE_CHECKING:
    from explainers.stage import Stage


class Params(KindParams, Printed):
    """A paper's figure, alone in its frame."""

    regions: dict[Name, Region] = Field(default_factory=dict)
    """Parts with names, for beats to call."""
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


EXAMPLE = """
storyboard: 1
title: A figure
shots:
  - id: figure
    kind: figure
    title: Where the time goes
    file: figures/time.svg
    regions:
      left: [0, 0, 0.5, 1]
      right: [0.5, 0, 0.5, 1]
      top: [0.6, 0.1, 0.3, 0.4]
      peak: [0.66, 0.14, 0.1, 0.12]
    statement: Waiting shrinks, computing stays.
    beats:
      - {id: before, show: [left], duration: 2s}
      - {id: after, show: [right], duration: 2s}
      - {id: close, zoom: top, box: [peak], duration: 3s}
      - {id: whole, zoom: all, duration: 2s}
"""

_BARS = [(60, 150, "#5B6B8C"), (130, 210, "#0B6AA8"), (200, 96, "#5B6B8C"), (360, 150, "#5B6B8C")]
_BARS += [(430, 236, "#0B6AA8"), (500, 60, "#5B6B8C")]

SVG = "\n".join(
    [
        '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="340" viewBox="0 0 640 340">',
        *(
            f'<rect x="{x}" y="{290 - h}" width="46" height="{h}" rx="3" fill="{color}"/>'
            for x, h, color in _BARS
        ),
        '<path d="M40 290 H290 M340 290 H600" stroke="#16202E" stroke-width="2"/>',
        *(f'<path d="M{x} 30 V290" stroke="#16202E" stroke-width="2"/>' for x in (40, 340)),
        '<path d="M320 20 V320" stroke="#C8D0DE" stroke-width="1" stroke-dasharray="4 5"/>',
        "</svg>",
    ]
)

_ASSETS = """
sources:
  made-up: {kind: illustration, citation: A figure made up for this example, label: a made-up figure}
files:
  figures/time.svg: {shows: Two groups of bars, from: made-up}
"""

EXAMPLE_FILES = {"assets.yaml": _ASSETS, "figures/time.svg": SVG}


class FigureKind(PaneKind):
    params = Params
    beat_params = BeatParams
    example = EXAMPLE
    example_files = EXAMPLE_FILES

    def contents(self, shot: ShotPlan) -> tuple[SheetPane]:
        params: Params = shot.params
        return (SheetPane(params, shot, beats=shot.beats, regions=params.regions),)

    def has_header(self, shot: ShotPlan) -> bool:
        return shot.params.label is not None

    def draw(self, shot: ShotPlan, stage: Stage, placed: Placed) -> None:
        """The label, and what the beats do with the figure."""
        from explainers.kinds._panes import marks

        (content,), (pane,) = placed.contents, placed.panes
        assert isinstance(content, SheetPane)
        window = marks.Window(content.inner(pane, stage.scale), content.views, stage.scale)
        if shot.params.label:
            left, baseline = window.box.left - PADDING, window.box.top - PADDING - marks.LINE_RISE
            stage.words(shot.params.label, left, baseline, LABEL, STRONG)
        for beat in shot.beats:
            for part in beat.params.show:
                stage.drawn(marks.Cover(window, content.area(part), content.ground, beat.start_s))
        marks.point_at_parts(stage, shot, content, window)

    def beat_s(self, beat: BeatParams) -> float:
        """A zoom or an appearance, and time to look."""
        return 2.4 if beat.zoom is not None else 1.8
