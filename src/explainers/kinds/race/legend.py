"""A row below a view that says what its colours mean, each with its swatch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from explainers.kinds.race.pen import ENTER_AT_S, Pen
from explainers.stage import Box
from explainers.theme import LABEL

SWATCH, SWATCH_GAP, ENTRY_GAP = 24.0, 12.0, 34.0
ROW = 52.0
"""Height of the row, in design units, with the air above it."""


@dataclass(frozen=True)
class Entry:
    """A swatch of `color` (`#RRGGBB`) and what it stands for; a `short` one is as low as its mark."""

    color: str
    words: str
    short: bool = False


def draw_legend(pen: Pen, box: Box, entries: Sequence[Entry], notes: Sequence[str] = ()) -> None:
    """Entries from the left, the first of `notes` that has room at the right; else the last entries go."""
    entries = list(entries)
    note = next((one for one in notes if _needs(pen, entries, one) <= box.width), "")
    while len(entries) > 1 and _needs(pen, entries, note) > box.width:
        entries.pop()
    x, y = box.left, box.bottom - LABEL * 0.5
    for entry in entries:
        tall = SWATCH * (0.55 if entry.short else 1.0)
        swatch = Box(x, y + SWATCH / 2 - tall, x + SWATCH, y + SWATCH / 2)
        pen.stage.panel(swatch, fill=entry.color, radius=4, z=9).enter(ENTER_AT_S, dy=0)
        pen.words(entry.words, x + SWATCH + SWATCH_GAP, y, role="muted")
        x += _width(pen, entry) + ENTRY_GAP
    if note:
        pen.words(note, box.right, y, role="muted", anchor="right")


def _width(pen: Pen, entry: Entry) -> float:
    return SWATCH + SWATCH_GAP + pen.stage.text_width(entry.words, LABEL)


def _needs(pen: Pen, entries: Sequence[Entry], note: str) -> float:
    whole = sum(_width(pen, entry) for entry in entries) + ENTRY_GAP * max(0, len(entries) - 1)
    return whole + (ENTRY_GAP + pen.stage.text_width(note, LABEL) if note else 0.0)
