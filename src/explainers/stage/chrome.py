"""What every shot has in the same place: title, statement and footer; slates and marks on stand-ins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from explainers.compositor.layer import Note
from explainers.stage import shapes
from explainers.stage.handle import Group, Handle
from explainers.stage.shapes import Box
from explainers.stage.stage import Stage
from explainers.theme import BODY, FOOTER, LABEL, REGULAR, STRONG, TITLE

TITLE_BASELINE, OVER_TITLE = 128.0, 81.0
STATEMENT_RISE, STATEMENT_LEADING, FOOTER_RISE = 122.0, 1.2, 62.0
"""Heights of the last baselines of statement and footer over the frame's bottom edge; line spacing."""

SMALLEST_TITLE, TWO_LINES = 46.0, 48.0
"""The size of a title under which it is broken, and its size on two lines."""

FOOTER_LEADING, SMALLEST_FOOTER = 1.25, 27.5
"""Line spacing of the footer, and the size under which it is broken: 10 CSS pixels at 700 wide."""


ILLUSTRATION = "illustration"
PLATE = "#16202E"
"""Under words on pictures, in every theme."""
PAD, PILL = 20.0, 56.0


class Shot(Protocol):
    """The parts of a shot that the chrome shows."""

    @property
    def title(self) -> str | None: ...
    @property
    def statement(self) -> str | None: ...
    @property
    def footer(self) -> str | None: ...
    @property
    def provenance(self) -> str | None: ...
    @property
    def beats(self) -> tuple: ...


def chrome(stage: Stage, shot: Shot) -> None:
    """Draw the title, the statement in force at each beat, and the footer."""
    if shot.title:
        _title(stage, shot.title)
    for text, start_s, end_s in _statements(shot, stage.duration_s):
        lines = _statement(stage, text, _rise(stage, shot)).enter(start_s or 0.25, dy=16)
        if end_s < stage.duration_s:
            lines.leave(end_s - 0.25, duration_s=0.25)
    if shot.footer:
        _footer(stage, shot.footer)


def provenance_tag(stage: Stage, shot: Shot) -> None:
    """Say `illustration` or `simulated` at the top right, unless the picture says it large enough."""
    word = shot.provenance
    if word not in ("illustration", "simulated"):
        return
    notes = (layer.note for layer in stage.layers if layer.note and layer.note.kind == "text")
    if any(word in note.text.casefold() and note.size >= LABEL for note in notes):
        return
    free = stage.safe.width - (stage.text_width(shot.title, TITLE, STRONG) if shot.title else 0.0)
    # Beside the title where there is room, else over it.
    baseline = TITLE_BASELINE if free > stage.text_width(word, LABEL) + 60 else OVER_TITLE
    stage.words(word, stage.safe.right, baseline, LABEL, role="muted", anchor="right")


def body_over(stage: Stage, shot: Shot) -> Box:
    """The stage's body, ending higher where a statement of two lines needs the room."""
    counts = [len(_statement_lines(stage, text)) for text, _, _ in _statements(shot, stage.duration_s)]
    rise = _rise(stage, shot) + (max(counts, default=1) - 1) * BODY * STATEMENT_LEADING + BODY * 0.74
    return stage.body._replace(bottom=min(stage.body.bottom, stage.height - rise - 40.0))


def _title(stage: Stage, text: str) -> None:
    size = stage.fitting_size(text, stage.safe.width, TITLE, SMALLEST_TITLE, STRONG)
    if stage.text_width(text, size, STRONG) <= stage.safe.width:
        stage.words(text, stage.safe.left, TITLE_BASELINE, size, STRONG)
        return
    # Too long for a narrow frame: two lines where one of the full size would be.
    lines = stage.lines(text, stage.safe.width, TWO_LINES, STRONG)
    for above, line in enumerate(reversed(lines)):
        baseline = TITLE_BASELINE + 16 - above * TWO_LINES * 1.15
        stage.words(line, stage.safe.left, baseline, TWO_LINES, STRONG)


def _rise(stage: Stage, shot: Shot) -> float:
    """How high the statement's last baseline stands over the frame's bottom: above all of the footer."""
    lines, size = _footer_lines(stage, shot.footer or "")
    return STATEMENT_RISE + (len(lines) - 1) * size * FOOTER_LEADING


def _statement(stage: Stage, text: str, rise: float) -> Group:
    lines, leading = _statement_lines(stage, text), BODY * STATEMENT_LEADING
    # The last line's baseline never moves: one line stands where the second of two would.
    first = stage.height - rise - (len(lines) - 1) * leading
    return Group(
        stage.words(line, stage.width / 2, first + i * leading, BODY, anchor="center")
        for i, line in enumerate(lines)
    )


def _statement_lines(stage: Stage, text: str) -> list[str]:
    return stage.lines(text, stage.safe.width * (1.0 if len(text) <= 60 else 0.78), BODY)


def _footer(stage: Stage, text: str) -> None:
    lines, size = _footer_lines(stage, text)
    for above, line in enumerate(reversed(lines)):
        baseline = stage.height - FOOTER_RISE - above * size * FOOTER_LEADING
        stage.words(line, stage.safe.right, baseline, size, role="muted", anchor="right")


def _footer_lines(stage: Stage, text: str) -> tuple[list[str], float]:
    """The footer's lines and their size: a little smaller to stay on one line, and then several."""
    size = stage.fitting_size(text, stage.safe.width, FOOTER, SMALLEST_FOOTER, step=0.5)
    if stage.text_width(text, size) > stage.safe.width:
        size = float(FOOTER)
    return stage.lines(text, stage.safe.width, size), size


def _statements(shot: Shot, duration_s: float) -> list[tuple[str, float, float]]:
    """Each statement with the time it comes and the time it goes; equal neighbours are one."""
    if not shot.beats:
        return [(shot.statement, 0.0, duration_s)] if shot.statement else []
    stretches: list[tuple[str, float, float]] = []
    for beat in shot.beats:
        text = beat.statement if beat.statement is not None else shot.statement
        if not text:
            continue
        if stretches and stretches[-1][0] == text and stretches[-1][2] == beat.start_s:
            stretches[-1] = (text, stretches[-1][1], beat.end_s)
        else:
            stretches.append((text, beat.start_s, beat.end_s))
    if stretches and stretches[-1][2] >= shot.beats[-1].end_s:
        stretches[-1] = (*stretches[-1][:2], duration_s)
    return stretches


class Awaited(Protocol):
    """A file that is not there: its path, what it would show, how to get it."""

    @property
    def path(self) -> str: ...
    @property
    def shows(self) -> str: ...
    @property
    def how(self) -> str: ...


def illustration_mark(stage: Stage, box: Box, z: float = 9.0, word: str = ILLUSTRATION) -> Handle:
    """The word on a plate in the lower left corner of a drawn picture, at label size."""
    style = stage.style(LABEL, role="#FFFFFF")
    width, left = stage.text_width(word, LABEL) + 2 * PAD, box.left + 16
    plate = stage.snapped(Box(left, box.bottom - 16 - PILL, left + width, box.bottom - 16))
    inks = [shapes.panel(plate, fill=PLATE, radius=PILL / 2), stage.middle_run(word, *plate.center, style)]
    return stage.mobject(*inks, z=z, note=Note("text", word, LABEL, "#FFFFFF", PLATE, "text"))


def slate(stage: Stage, box: Box, missing: Sequence[Awaited], z: float = 4.0) -> Group:
    """A hatched card in `box` that names the first missing file, what it shows and how to supply it."""
    theme = stage.theme
    card = shapes.panel(stage.snapped(box), theme.color("muted"), theme.panel, dashed=True)
    parts: list[Handle | Group] = [stage.mobject(card, z=z, note=Note("shape", "slate"))]
    first, inner, step = missing[0], box.inset(36, 28), LABEL * 1.3
    more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
    lines = [
        (line, weight, role, mono)
        for text, weight, role, mono in (
            ("Missing" + more, STRONG, "text", False),
            (first.path, REGULAR, "text", True),
            (first.shows, REGULAR, "muted", False),
            (first.how, REGULAR, "muted", False),
        )
        for line in _broken(stage, text, inner.width, weight, mono)
    ][: max(1, int(inner.height // step))]
    y = box.center[1] - step * len(lines) / 2 + LABEL * 0.95
    for line, weight, role, mono in lines:
        look = (LABEL, weight, role, "center", mono, z + 1, theme.panel)
        parts.append(stage.words(line, box.center[0], y, *look))
        y += step
    return Group(parts)


def _broken(stage: Stage, text: str, width: float, weight: int, mono: bool) -> list[str]:
    """Lines of at most `width`; a path or an address may be broken anywhere."""
    found = []
    for line in stage.lines(text, width, LABEL, weight, mono):
        while len(line) > 4 and stage.text_width(line, LABEL, weight, mono) > width:
            cut = max(4, int(len(line) * width / stage.text_width(line, LABEL, weight, mono)) - 1)
            found.append(line[:cut])
            line = line[cut:]
        found.append(line)
    return found
