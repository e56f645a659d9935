"""What every shot has in the same place: title, statement and footer; slates and marks on stand-ins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from explainers.compositor.layer import Note
from explainers.stage import material, shapes
from explainers.stage.handle import Group, Handle
from explainers.stage.shapes import Box
from explainers.stage.stage import Stage
from explainers.theme import BODY, FOOTER, LABEL, REGULAR, STRONG, TITLE, mix

TITLE_BASELINE = 128.0
STATEMENT_RISE, STATEMENT_LEADING, FOOTER_RISE = 122.0, 1.2, 66.0
"""Heights of the last baselines of statement and footer over the frame's bottom edge; line spacing."""

SMALLEST_TITLE, TWO_LINES = 46.0, 48.0
"""The size of a title under which it is broken, and its size on two lines."""

FOOTER_LEADING, SMALLEST_FOOTER = 1.25, 27.5
"""Line spacing of the footer, and the size under which it is broken: 10 CSS pixels at 700 wide."""


ILLUSTRATION = "illustration"
CHIP_WORDS = {ILLUSTRATION: "drawn"}
"""What the chip says of where a picture comes from, where it is not the plan's own word."""
CHIP_PAD, CHIP_GAP, CHIP_HEIGHT = 17.0, 16.0, 44.0
COLUMN, LEADING = 64.0, 1.18
"""The size of a statement in a column of its own, and its line spacing."""
PLATE = "#16202E"
"""Under words on pictures, in every theme."""
PAD, PILL = 20.0, 56.0


class Placing(Protocol):
    """Where the words of a shot stand, and the share of the frame's width that they may take."""

    @property
    def place(self) -> str: ...
    @property
    def share(self) -> float | None: ...


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
    @property
    def layout(self) -> Placing: ...


def chrome(stage: Stage, shot: Shot) -> None:
    """Draw the title, the statement in force at each beat, and the footer, as the shot's layout places them.

    `stage.body` is what the layout leaves to the picture, `stage.column` the words' own part of the frame.
    """
    place = shot.layout.place
    with stage.named("source", pinned=True):
        if shot.footer or shot.provenance:
            _footer(stage, shot)
    if place != "top":
        stage.column, stage.body = _regions(stage, shot)
        _column_statements(stage, shot)
        return
    if shot.title:
        with stage.named("title", pinned=True):
            _title(stage, shot.title)
    for text, start_s, end_s in _statements(shot, stage.duration_s):
        with stage.named("statement", pinned=True):
            lines = _statement(stage, text, _rise(stage, shot)).enter(start_s or 0.25, dy=16)
        if end_s < stage.duration_s:
            lines.leave(end_s - 0.25, duration_s=0.25)


def _words_width(stage: Stage, shot: Shot) -> float:
    """The width that the layout gives the words in a wide frame."""
    layout = shot.layout
    return stage.width * (layout.share or {"corner": 0.42, "bleed": 0.6}.get(layout.place, 0.34))


def _regions(stage: Stage, shot: Shot) -> tuple[Box, Box]:
    """The words' column and the picture's body; in a frame that is not wide, words stand over the picture."""
    layout = shot.layout
    safe, whole = stage.safe, Box(0.0, 0.0, stage.width, stage.height)
    above_source = stage.height - FOOTER_RISE - 60.0
    if stage.width <= stage.height and layout.place in ("left", "right", "corner"):
        # A high frame is so narrow that a fifth of its height would be more than four lines need.
        bottom = safe.top + (0.16 if stage.height > 1.2 * stage.width else 0.2) * stage.height
        return Box(safe.left, safe.top, safe.right, bottom), Box(0.0, bottom, stage.width, above_source)
    wide = _words_width(stage, shot)
    match layout.place:
        case "left":
            column = Box(safe.left, safe.top, safe.left + wide, above_source)
            return column, whole._replace(left=column.right + 48.0)
        case "right":
            bottom = above_source - footer_lift(stage, shot)
            column = Box(safe.right - wide, safe.top, safe.right, bottom)
            return column, whole._replace(right=column.left - 48.0)
        case "corner":
            return Box(safe.right - wide, safe.top, safe.right, safe.top + 0.24 * stage.height), whole
        case "bleed":
            right = safe.right if stage.width <= stage.height else safe.left + wide
            return Box(safe.left, safe.top, right, source_top(stage, shot) - 12.0), whole
        case "number":
            return Box(safe.left, stage.height * 0.66, safe.right, above_source), whole
    return safe, whole


def _column_statements(stage: Stage, shot: Shot) -> None:
    """The statements of every layout but `top`: large, in their column, one after another."""
    place, column = shot.layout.place, stage.column
    if place == "picture":
        return
    anchor = {"corner": "right", "number": "center"}.get(place, "left")
    if place == "corner" and stage.width <= stage.height:
        anchor = "left"
    if place == "bleed":
        _under_words(stage, shot)
    for text, start_s, end_s in _statements(shot, stage.duration_s):
        lines = _column_lines(stage, text, column, 0.74 if place == "corner" else 1.0)
        x = {"left": column.left, "right": column.right, "center": column.center[0]}[anchor]
        first = column.top + lines[0][2] * 0.78
        high = sum(size * LEADING for _, _, size in lines[1:])
        if place == "bleed":
            first = column.bottom - high
        elif place == "left" and stage.width > stage.height:
            first = column.center[1] - high / 2
        with stage.named("statement", pinned=True):
            # `\n` in a statement parts a strong line from a quieter one.
            words = Group(
                stage.words(
                    line,
                    x,
                    first + sum(one[2] * LEADING for one in lines[1 : i + 1]),
                    size,
                    weight,
                    anchor=anchor,
                    z=60.0,
                )
                for i, (line, weight, size) in enumerate(lines)
            )
        words.enter(start_s or 0.25, dy=16)
        if end_s < stage.duration_s:
            words.leave(end_s - 0.25, duration_s=0.25)


def _column_lines(stage: Stage, text: str, column: Box, quiet: float = 1.0) -> list[tuple[str, int, float]]:
    """The lines of a statement in its column with their weights and sizes: four lines at most.

    The quieter part is `quiet` times as large as the strong one, but no smaller than the body's text.
    """
    size, parts = COLUMN, text.split("\n")
    while True:
        looks = [(STRONG, size), *[(REGULAR, max(BODY, size * quiet))] * (len(parts) - 1)]
        lines = [
            (line, weight, of)
            for part, (weight, of) in zip(parts, looks, strict=True)
            for line in stage.lines(part, column.width, of, weight)
        ]
        high = sum(of * LEADING for _, _, of in lines)
        if size <= BODY or (len(lines) <= 4 and high <= column.height):
            return lines
        size -= 2.0


def _under_words(stage: Stage, shot: Shot) -> None:
    """Shades of the ground's edge on a picture that fills the frame: under the source as long as the shot,
    and under statements, one for those that follow one another; a wide frame is free beside them."""
    runs: list[tuple[float, float, float, float]] = []
    for text, start_s, end_s in _statements(shot, stage.duration_s):
        _, top, right, _ = _words_box(stage, text)
        if runs and runs[-1][3] >= start_s:
            high, wide, start_s, _ = runs.pop()
            top, right = min(top, high), max(right, wide)
        runs.append((top, right, start_s, end_s))
    with stage.named("statement", pinned=True):
        if shot.footer or shot.provenance:
            shaded(stage, source_top(stage, shot) + 10.0, 8.5)
        for top, right, start_s, end_s in runs:
            wide = stage.width > stage.height
            handle = shaded(stage, top, 8.5, *((right, 0.2 * stage.width) if wide else ()))
            if start_s:
                handle.hide().fade(start_s, 1.0)
            if end_s < stage.duration_s:
                handle.fade(end_s - 0.25, 0.0, 0.25)


SHADE, SHADE_ON_PAPER = 0.85, 0.9
"""How much of a picture the shade under words covers."""


def shaded(
    stage: Stage, top: float, z: float, right: float | None = None, soft: float = 0.0, left: float = 0.0
) -> Handle:
    """A shade of the ground's edge on a picture, for words that begin at `top`: it comes in over 150 units
    above them, and covers all below, from `left` to `right` and in part some 200 units farther at the left,
    `soft` at the right."""
    edge, color = right or stage.width, stage.theme.ground[2]
    most = SHADE if stage.theme.dark else SHADE_ON_PAPER
    begin, end = max(0.0, top - 150.0), max(1.0, top)
    first = max(0.0, left - 200.0)
    box = Box(first, begin, min(stage.width, edge + 1.5 * soft), stage.height)

    def alpha_at(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        down = np.clip((y - begin) / (end - begin), 0.0, 1.0)
        across = np.clip((edge + 1.5 * soft - x) / soft, 0.0, 1.0) if soft else 1.0
        across = across * (np.clip((x - first) / 200.0, 0.0, 1.0) if first else 1.0)
        return most * down * down * (3 - 2 * down) * across * across * (3 - 2 * across)

    return stage.mobject(material.Field(box, color, alpha_at), z=z)


def words_top(stage: Stage, shot: Shot) -> float:
    """The upper edge of the words that stand on a picture that fills the frame; the source's, where there are
    none."""
    tops = [source_top(stage, shot)]
    if shot.layout.place == "bleed":
        tops += [_words_box(stage, text).top for text, _, _ in _statements(shot, stage.duration_s)]
    return min(tops)


def words_right(stage: Stage, shot: Shot) -> float:
    """The right edge of the words that stand on a picture that fills the frame; 0 where there are none."""
    if shot.layout.place != "bleed":
        return 0.0
    texts = [text for text, _, _ in _statements(shot, stage.duration_s)]
    return max((_words_box(stage, text).right for text in texts), default=0.0)


def _words_box(stage: Stage, text: str) -> Box:
    """Where a statement stands at the foot of its column."""
    column, lines = stage.column, _column_lines(stage, text, stage.column)
    high = lines[0][2] + sum(size * LEADING for _, _, size in lines[1:])
    wide = max(stage.text_width(line, size, weight) for line, weight, size in lines)
    return Box(column.left, column.bottom - high, column.left + wide, column.bottom)


def column_bottom(stage: Stage, shot: Shot) -> float:
    """Where the words end in a column of their own, beginning at its top."""
    ends = [stage.column.top]
    for text, _, _ in _statements(shot, stage.duration_s):
        lines = _column_lines(stage, text, stage.column)
        high = sum(size * LEADING for _, _, size in lines[1:])
        ends.append(stage.column.top + high + lines[0][2] * 1.08)
    return max(ends)


def body_over(stage: Stage, shot: Shot) -> Box:
    """The stage's body, ending higher where a statement of two lines needs the room."""
    if shot.layout.place != "top" or stage.is_pane:
        return stage.body
    counts = [len(_statement_lines(stage, text)) for text, _, _ in _statements(shot, stage.duration_s)]
    rise = _rise(stage, shot) + (max(counts, default=1) - 1) * BODY * STATEMENT_LEADING + BODY * 0.74
    return stage.body._replace(bottom=min(stage.body.bottom, stage.height - rise - 40.0))


def plot_body(stage: Stage, shot: Shot) -> Box:
    """The part of the stage's body that a plot may fill: inside the margins, clear of the shot's words."""
    body, safe, place = body_over(stage, shot), stage.safe, shot.layout.place
    if place == "top" or stage.is_pane:
        return body
    bottom = min(body.bottom, source_top(stage, shot))
    texts = [text for text, _, _ in _statements(shot, stage.duration_s)]
    if place == "number":
        bottom = min(bottom, stage.column.top - 20.0)
    top = max(body.top, safe.top - 6.0)
    if place in ("bleed", "corner") and texts:
        share = 0.74 if place == "corner" else 1.0
        laid = [_column_lines(stage, text, stage.column, share) for text in texts]
        high = max(sum(size * LEADING for _, _, size in lines) for lines in laid)
        if place == "bleed":
            bottom = min(bottom, stage.column.bottom - high - 16)
        else:
            # A plot's heading stands left of the statement's last line, and in narrow frames below it.
            top = stage.column.top + max(0.0, high + (-60.0 if stage.width > stage.height else 44.0))
    return Box(max(body.left, safe.left), top, min(body.right, safe.right), bottom)


def source_top(stage: Stage, shot: Shot) -> float:
    """The height above which a picture is clear of the source's lines."""
    if stage.is_pane:
        return stage.height
    return stage.height - _rise(stage, shot)


def source_left(stage: Stage, shot: Shot, chip: bool = False) -> float:
    """Where the source's words begin, right of their chip, or their `chip` begins."""
    lines, size = _footer_lines(stage, shot)
    words = max((stage.text_width(line, size) for line in lines), default=0.0)
    return stage.safe.right - words - (_chip_room(stage, shot.provenance) if chip else 0.0)


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


def footer_lift(stage: Stage, shot: Shot) -> float:
    """How much higher what stands over the footer stands where it has several lines."""
    lines, size = _footer_lines(stage, shot)
    return max(0, len(lines) - 1) * size * FOOTER_LEADING


def _rise(stage: Stage, shot: Shot) -> float:
    """How high the statement's last baseline stands over the frame's bottom: above all of the footer."""
    return STATEMENT_RISE + footer_lift(stage, shot)


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


def _footer(stage: Stage, shot: Shot) -> None:
    """One chip that says where the picture comes from, and the sources in words, at the lower right."""
    lines, size = _footer_lines(stage, shot)
    word = shot.provenance
    for above, line in enumerate(reversed(lines)):
        baseline = stage.height - FOOTER_RISE - above * size * FOOTER_LEADING
        stage.words(line, stage.safe.right, baseline, size, role="muted", anchor="right", z=60.0)
    if word:
        style = stage.style(FOOTER, STRONG)
        width = max((stage.text_width(line, size) for line in lines), default=0.0)
        right = stage.safe.right - width - (CHIP_GAP if lines else 0.0)
        said = CHIP_WORDS.get(word, word)
        y = stage.height - FOOTER_RISE - 10.0 - max(0, len(lines) - 1) * size * FOOTER_LEADING / 2
        left = right - stage.text_width(said, FOOTER, STRONG) - 2 * CHIP_PAD
        box = Box(left, y - CHIP_HEIGHT / 2, right, y + CHIP_HEIGHT / 2)
        fill = mix(stage.theme.background, stage.theme.color("accent"), 0.2)
        inks = [material.plate(box, fill, stage.theme.color("accent"), CHIP_HEIGHT / 2, 2.5, 0.03)]
        note = Note("text", said, FOOTER, style.color, fill, "source")
        with stage.named("source", "chip"):
            stage.mobject(*inks, stage.middle_run(said, *box.center, style), z=60.0, note=note)


def _chip_room(stage: Stage, word: str | None) -> float:
    """The width that the chip takes of the footer's line."""
    if not word:
        return 0.0
    return stage.text_width(CHIP_WORDS.get(word, word), FOOTER, STRONG) + 2 * CHIP_PAD + CHIP_GAP


def _footer_lines(stage: Stage, shot: Shot) -> tuple[list[str], float]:
    """The footer's lines and their size: a little smaller to stay on one line, and then several.

    Under a column at the right it is no wider than the column, so that it does not lie across the picture's
    edge."""
    text, room = shot.footer or "", stage.safe.width
    if shot.layout.place == "right" and stage.width > stage.height:
        room = _words_width(stage, shot)
    elif shot.layout.place == "left" and stage.width > stage.height:
        room *= stage.source_share
    room -= _chip_room(stage, shot.provenance)
    size = stage.fitting_size(text, room, FOOTER, SMALLEST_FOOTER, step=0.5)
    if stage.text_width(text, size) > room:
        size = float(FOOTER)
    return (stage.lines(text, room, size) if text else []), size


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


def pill(
    stage: Stage,
    text: str,
    left: float,
    top: float,
    size: float = LABEL,
    z: float = 9.0,
    anchor: str = "left",
) -> Handle:
    """Words on a dark pill, to stand on a picture; `anchor` says which part of its top is at `left`."""
    style = stage.style(size, role="#FFFFFF")
    width, height = stage.text_width(text, size) + 2 * PAD, PILL * size / LABEL
    left -= {"left": 0.0, "center": 0.5, "right": 1.0}[anchor] * width
    plate = stage.snapped(Box(left, top, left + width, top + height))
    inks = [material.plate(plate, PLATE, radius=height / 2, lift=0.04, alpha=0.94)]
    note = Note("text", text, size * stage.zoom, "#FFFFFF", PLATE, "text")
    return stage.mobject(*inks, stage.middle_run(text, *plate.center, style), z=z, note=note)


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
