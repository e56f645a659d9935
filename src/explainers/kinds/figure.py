"""A paper's figure: a page of a PDF, an SVG or a picture, shown part by part.

`regions` name parts of it (shares of the figure, or its own points or pixels); beats let them appear, zoom
into one, outline it, or dim the rest. Vector figures are drawn anew for every place they come to rest at, so
that a part is as sharp close up as the whole was. Figures lie on a white sheet, since that is what they were
drawn for.
"""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from explainers.kinds._panes import PaneKind
from explainers.kinds._panes.params import Callout, Part, Printed, Region
from explainers.kinds._panes.places import Placed
from explainers.kinds._panes.sheet import PADDING, SheetPane
from explainers.kinds.base import KindBeat, KindParams, ShotPlan
from explainers.storyboard.types import Label, Name
from explainers.theme import LABEL, STRONG, mix

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


def _svg() -> str:
    """A figure made up for the example: two losses, each with its spread, and what each layer gains."""

    def loss(floor: float, fall: float) -> list[tuple[float, float]]:
        return [
            (70 + 5.4 * i, 268 - 210 * (floor + (1 - floor) * math.exp(-fall * i / 30))) for i in range(91)
        ]

    parts = [f'<path d="M70 {y} H556" stroke="#DDE3EC"/>' for y in (58, 128, 198)]
    for name, color, points in (("plain", "#5B6B8C", loss(0.42, 1.6)), ("ours", "#0B6AA8", loss(0.2, 1.9))):
        band = [(x, y - 16) for x, y in points] + [(x, y + 16) for x, y in reversed(points)]
        line, area = (" ".join(f"{x:.1f},{y:.1f}" for x, y in some) for some in (points, band))
        parts += [
            f'<polygon points="{area}" fill="{color}" opacity="0.18"/>',
            f'<polyline points="{line}" fill="none" stroke="{color}" stroke-width="4"/>',
            f'<text x="566" y="{points[-1][1] + 7:.0f}" font-size="22" fill="{color}">{name}</text>',
        ]
    for row, column in product(range(4), range(24)):
        share = math.exp(-(((column - 16.5 - row) / 4.0) ** 2)) * (0.55 + 0.15 * row)
        cell = f'x="{70 + 20.25 * column:.1f}" y="{372 + 24 * row}" width="19" height="22.5"'
        parts.append(f'<rect {cell} fill="{mix("#E6EDF6", "#0B6AA8", share)}"/>')
    parts.append('<path d="M70 40 V268 H556" fill="none" stroke="#16202E" stroke-width="2"/>')
    for x, y, words in (
        (70, 28, "loss on validation"),
        (500, 296, "steps"),
        (70, 358, "gain by layer and head"),
    ):
        parts.append(f'<text x="{x}" y="{y}" font-size="22" fill="#16202E">{words}</text>')
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 500">{"".join(parts)}</svg>'


_ASSETS = """
sources:
  made-up: {kind: illustration, citation: A figure made up for this example, label: a made-up figure}
files:
  figures/loss.svg: {shows: Two losses and a map, from: made-up}
"""

EXAMPLE_FILES = {"assets.yaml": _ASSETS, "figures/loss.svg": _svg()}


class FigureKind(PaneKind):
    params = Params
    beat_params = BeatParams
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
