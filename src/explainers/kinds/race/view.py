"""What every view of a race is, and the row below a view that says what its colours mean."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import cairo

from explainers.theme import LABEL, channels

if TYPE_CHECKING:
    from explainers.compositor.layer import Layer
    from explainers.kinds.race.measures import Race
    from explainers.kinds.race.pane import Pen
    from explainers.runs.model import Run
    from explainers.stage import Box

GAP, STRIP_GAP = 30.0, 32.0
"""Room between views, and above one of a fixed height, in design units."""
LEGEND = 52.0
"""Height of the row of a legend, in design units, with the air above it."""
SWATCH, SWATCH_GAP, ENTRY_GAP = 24.0, 12.0, 34.0


class View(ABC):
    """A part of every pane in which its run is seen to move; one object draws it for all panes of a race,
    because they share its scales.

    The class methods are called while a storyboard is only planned or checked, so Manim is imported nowhere
    but where something is drawn.
    """

    weight: ClassVar[float] = 1.0
    """Its share of the room that a pane has for its views."""
    height: ClassVar[float | None] = None
    """Design units of a view that always has the same height, below the others."""
    fields: ClassVar[tuple[str, ...]] = ()
    """Fields of the race that this view alone uses."""

    @classmethod
    def meaning(cls, race: Race) -> str | None:
        """What is seen, as a sentence begins."""
        return None

    @classmethod
    def footnotes(cls, race: Race) -> Sequence[str]:
        """What a viewer must know to read the view rightly, for the footer."""
        return ()

    @classmethod
    def lacks(cls, race: Race, run: Run) -> str | None:
        """What the run does not say that the view needs; None where all is there."""
        return None

    @classmethod
    def text(cls, race: Race, run: Run) -> str | None:
        """The text of the run that is seen, so that fonts are checked for it."""
        return None

    def __init__(self, pens: Sequence[Pen]):
        self.pens, self.stage, self.race, self.clock = pens, pens[0].stage, pens[0].race, pens[0].clock

    @abstractmethod
    def layers(self, pen: Pen, box: Box) -> Sequence[Layer]:
        """Puts the words of the view into `box` of a pane, and gives the layers of what moves there.

        Layers are in pixels of the pane's picture; see `Pen.pixels`.
        """


def placed(room: Box, views: Mapping[str, type[View]]) -> dict[str, Box]:
    """The box of each view: those of a fixed height at the bottom, the others share the rest in order."""
    boxes: dict[str, Box] = {}
    for name, view in views.items():
        if view.height is not None:
            boxes[name] = room._replace(top=room.bottom - view.height)
            room = room._replace(bottom=boxes[name].top - STRIP_GAP)
    sharing = {name: view.weight for name, view in views.items() if view.height is None}
    if sharing:
        boxes |= zip(sharing, room.rows(list(sharing.values()), GAP), strict=True)
    return {name: boxes[name] for name in views}


@dataclass(frozen=True)
class Entry:
    """A swatch of `color` (`#RRGGBB`) and what it stands for; a `short` one is as low as its mark."""

    color: str
    words: str
    short: bool = False


def draw_legend(pen: Pen, box: Box, entries: Sequence[Entry], notes: Sequence[str] = ()) -> None:
    """Entries from the left, the first of `notes` that has room at the right; else the last entries go."""
    text_width, entries = pen.stage.text_width, list(entries)

    def width(entry: Entry) -> float:
        return SWATCH + SWATCH_GAP + text_width(entry.words, LABEL)

    def fits(note: str) -> bool:
        needed = sum(map(width, entries)) + ENTRY_GAP * max(0, len(entries) - 1)
        return needed + (ENTRY_GAP + text_width(note, LABEL) if note else 0.0) <= box.width

    note = next((note for note in notes if fits(note)), "")
    while len(entries) > 1 and not fits(note):
        entries.pop()
    x, y = box.left, box.bottom - LABEL * 0.5
    for entry in entries:
        bottom = y + SWATCH / 2
        swatch = box._replace(
            left=x, top=bottom - SWATCH * (0.55 if entry.short else 1.0), right=x + SWATCH, bottom=bottom
        )
        pen.stage.panel(swatch, fill=entry.color, radius=4, z=9)
        pen.words(entry.words, x + SWATCH + SWATCH_GAP, y, role="muted")
        x += width(entry) + ENTRY_GAP
    if note:
        pen.words(note, box.right, y, role="muted", anchor="right")


def draw_curve(
    ctx: cairo.Context,
    points: Sequence[tuple[float, float]],
    bottom: float,
    color: str,
    width: float,
    join: cairo.LineJoin,
) -> None:
    """A line of `color` (`#RRGGBB`) through `points`, and a breath of it down to `bottom`; all in pixels."""
    red, green, blue = (channel / 255 for channel in channels(color))
    ctx.move_to(points[0][0], bottom)
    for x, y in [*points, (points[-1][0], bottom)]:
        ctx.line_to(x, y)
    ctx.set_source_rgba(red, green, blue, 0.16)
    ctx.fill()
    for x, y in points:
        ctx.line_to(x, y)
    ctx.set_source_rgb(red, green, blue)
    ctx.set_line_width(width)
    ctx.set_line_join(join)
    ctx.stroke()
