"""Where there is no footage: a slate that says how to supply it, and the mark of what is drawn instead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from explainers.film.layer import Note
from explainers.stage import shapes
from explainers.stage.box import Box
from explainers.stage.handle import Group, Handle
from explainers.theme import LABEL, STRONG

if TYPE_CHECKING:
    from explainers.stage.stage import Stage

ILLUSTRATION = "illustration"
PAD, PILL = 20.0, 56.0


class Awaited(Protocol):
    """A file that is not there: its path, what it would show, how to get it."""

    @property
    def path(self) -> str: ...
    @property
    def shows(self) -> str: ...
    @property
    def how(self) -> str: ...


def illustration_mark(
    stage: Stage, box: Box, z: float = 9.0, word: str = ILLUSTRATION, at: str = "left"
) -> Handle:
    """The word on a plate in the lower corner (`left` or `right`) of a drawn picture, at label size."""
    style = stage.style(LABEL, role="#FFFFFF")
    width = stage.text_width(word, LABEL) + 2 * PAD
    left = box.left + 16 if at == "left" else box.right - 16 - width
    plate = stage.snapped(Box(left, box.bottom - 16 - PILL, left + width, box.bottom - 16))
    inks = [shapes.panel(plate, fill=PLATE, radius=PILL / 2), stage.middle_run(word, *plate.center, style)]
    return stage.mobject(*inks, z=z, note=Note("text", word, LABEL, "#FFFFFF", PLATE, "text"))


PLATE = "#16202E"
"""Under words on pictures, in every theme."""


def slate(stage: Stage, box: Box, missing: Sequence[Awaited], z: float = 4.0) -> Group:
    """A hatched card in `box` that names the first missing file, what it shows and how to supply it."""
    theme = stage.theme
    card = shapes.panel(stage.snapped(box), theme.color("muted"), theme.panel, dashed=True)
    parts: list[Handle | Group] = [stage.mobject(card, z=z, note=Note("shape", "slate"))]
    one = missing[0]
    more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
    inner = box.inset(36, 28)
    size = float(LABEL)
    blocks = [
        ("Missing" + more, STRONG, "text", False),
        (one.path, 400, "text", True),
        (one.shows, 400, "muted", False),
        (one.how, 400, "muted", False),
    ]
    lines = [
        (line, weight, role, mono)
        for text, weight, role, mono in blocks
        for line in _broken(stage, text, inner.width, size, weight, mono)
    ]
    step = size * 1.3
    room = max(1, int(inner.height // step))
    lines = lines[:room]
    y = box.center[1] - step * len(lines) / 2 + size * 0.95
    for line, weight, role, mono in lines:
        parts.append(
            stage.words(line, box.center[0], y, size, weight, role, "center", mono, z=z + 1, over=theme.panel)
        )
        y += step
    return Group(parts)


def _broken(stage: Stage, text: str, width: float, size: float, weight: int, mono: bool) -> list[str]:
    """Lines of at most `width`; a path or an address may be broken anywhere."""
    found = []
    for line in stage.lines(text, width, size, weight, mono):
        while len(line) > 4 and stage.text_width(line, size, weight, mono) > width:
            cut = max(4, int(len(line) * width / stage.text_width(line, size, weight, mono)) - 1)
            found.append(line[:cut])
            line = line[cut:]
        found.append(line)
    return found
