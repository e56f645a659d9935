"""A program's lines, coloured by Pygments: what a beat speaks of stays bright, a pointer follows a machine.

The text stands in the storyboard or in a file. Beats `focus` on lines, move the `pointer` from line to line,
and change to another of the `versions`: lines that both have travel, others leave and come. Lines have names
in `parts`, for beats; the camera knows every line as `line 7`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from explainers.errors import Diagnostic, InvalidInput, Place, RenderFailed, nearest
from explainers.inputs import read_bytes
from explainers.kinds.base import KindBeat, KindParams, SceneKind, ShotPlan
from explainers.storyboard.mistakes import Loc, Mistake, without_effect
from explainers.storyboard.types import AssetPath, Boolean, Frozen, Label, Name, ShortForm
from explainers.theme import LABEL, STRONG, mix

if TYPE_CHECKING:
    from explainers.stage import Handle, Stage

SIZES = (60.0, 56.0, 52.0, 48.0, 44.0, 41.0, 38.0, 36.0)
LEAST_COLUMNS = 28
"""Fewer characters in a row than that break every line of a program."""
LEADING, PAD, EDGE, GUTTER = 1.42, 30.0, 20.0, 30.0
"""Line spacing; inside of the sheet, above and beside; between line numbers and code."""
MOST_BYTES = 1_000_000
"""Of a file of code."""
CHANGE_S, MOVE_S = 0.7, 0.45
"""What a change of version takes, and the pointer's way."""
ROLES = {
    "Keyword": "accent", "Operator.Word": "accent", "Name.Function": "ours", "Name.Class": "ours",
    "Name.Builtin": "stay", "Name.Decorator": "stay", "Literal.String": "exit", "Literal.Number": "warn",
    "Comment.Preproc": "stay", "Comment": "muted", "Generic.Deleted": "warn", "Generic.Inserted": "exit",
}  # fmt: skip
"""Colours of Pygments' tokens; all others are text."""

Range = Annotated[str, Field(pattern=r"^(\d+(-\d+)?|[A-Za-z_][A-Za-z0-9_.-]*)$")]
"""A line's number, a first and a last one, `4-7`, or the name of a part."""


class Version(Frozen):
    """A text of the program."""

    file: AssetPath | None = None
    """The file it stands in, below the video's assets."""
    text: str | None = None
    """The program itself."""
    lines: Annotated[tuple[int, int], Field(min_length=2, max_length=2)] | None = None
    """The first and the last line that are shown; else all."""


class Params(Version, KindParams):
    """A program."""

    versions: dict[Name, Version] = Field(default_factory=dict)
    """Later texts, for beats to change to."""
    language: str | None = None
    """Pygments' name of the language; else by the file's name."""
    label: Label | None = None
    """What it is, above it."""
    numbers: Boolean = True
    """Whether lines are numbered, as in their file."""
    parts: dict[Name, Range] = Field(default_factory=dict)
    """Names for lines, `{search: 4-7}`, by their numbers in the first text."""


class BeatParams(KindBeat):
    """What a beat speaks of."""

    focus: Annotated[tuple[Range, ...], ShortForm(None)] = ()
    """Lines that stay bright from this beat on while the rest is dimmed; `all` ends it."""
    pointer: Range | None = None
    """The line that is executed now: its first one, of a part."""
    to: Name | None = None
    """The version that it changes to."""


def shown(version: Version, shot: ShotPlan) -> list[tuple[int, str]]:
    """The lines of a version with their numbers; none while its file is missing.

    InvalidInput where it is no text.
    """
    if version.file is not None:
        path = shot.assets.get(version.file)
        data = read_bytes(path, version.file, MOST_BYTES) if path else b""
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            problem = Diagnostic("not-text", f"{version.file} is not UTF-8 text", Place(version.file, 1, 1))
            raise InvalidInput([problem]) from None
    else:
        text = version.text or ""
    lines = list(enumerate(text.expandtabs(4).rstrip("\n").split("\n"), 1))
    if version.lines:
        lines = [(number, line) for number, line in lines if version.lines[0] <= number <= version.lines[1]]
    return lines


def lexer_of(params: Params) -> Any:
    """Pygments' lexer; None for a name that it does not know."""
    from pygments.lexers import TextLexer, get_lexer_by_name, get_lexer_for_filename
    from pygments.util import ClassNotFound

    try:
        if params.language:
            return get_lexer_by_name(params.language, stripnl=False)
        return get_lexer_for_filename(params.file, stripnl=False) if params.file else TextLexer(stripnl=False)
    except ClassNotFound:
        return None if params.language else TextLexer(stripnl=False)


@lru_cache(maxsize=1)
def _languages() -> tuple[str, ...]:
    from pygments.lexers import get_all_lexers

    return tuple(sorted({alias for _, aliases, _, _ in get_all_lexers() for alias in aliases}))


def numbers_of(text: str, parts: Mapping[str, str]) -> range:
    """The lines that a range or the name of a part means."""
    first, _, last = parts.get(text, text).partition("-")
    return range(int(first), int(last or first) + 1)


class CodeKind(SceneKind):
    params = Params
    beat_params = BeatParams

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """The sheet with its lines, then what the beats do."""
        if shot.missing:
            from explainers.stage.chrome import slate

            slate(stage, stage.body, shot.missing)
            return
        _Drawing(shot, stage).draw()

    def beat_s(self, beat: BeatParams) -> float:
        """A change is to be followed, a focus to be read."""
        return 3.2 if beat.to else 2.2 if beat.focus or beat.pointer else 0.0

    def file_texts(self, shot: ShotPlan) -> Iterator[tuple[Loc, str]]:
        for loc, version in _versions(shot.params):
            if not version.file or version.file in shot.assets:
                key = "file" if version.file else "text"
                yield (*loc, key), "".join(line for _, line in shown(version, shot))

    def mistakes(self, shot: ShotPlan) -> Iterator[Mistake]:
        """Texts that are not there or given twice, and lines, parts, versions and languages of that sort."""
        params: Params = shot.params
        count = 0
        for loc, version in _versions(params):
            if (version.file is None) == (version.text is None):
                expected = "one of file and text"
                yield Mistake(loc, "wrong-value", "a program stands in a file or in the storyboard", expected)
                return
            if version.file is not None and version.file not in shot.assets:
                return
            try:
                lines = shown(version, shot)
            except InvalidInput as error:
                yield Mistake((*loc, "file"), "not-text", error.problems[0].message, "a text in UTF-8")
                return
            count += len(lines)
            if not any(line.strip() for _, line in lines):
                key = "lines" if version.lines else "file" if version.file else "text"
                yield Mistake((*loc, key), "no-lines", "there is no line to show", "lines that the text has")
        if lexer_of(params) is None:
            message, known = f"Pygments knows no language {params.language!r}", _languages()
            near = nearest(params.language or "", known)
            yield Mistake(("language",), "unknown-name", message, "a name such as c, python, rust", near)
        first = [number for number, _ in shown(params, shot)]
        for name, written in params.parts.items():
            yield from _wrong_range(written, first, {}, ("parts", name))
        yield from self._wrong_beats(shot)

    def _wrong_beats(self, shot: ShotPlan) -> Iterator[Mistake]:
        params: Params = shot.params
        current: Version = params
        for index, beat in enumerate(shot.beats):
            loc: Loc = ("beats", index)
            if (to := beat.params.to) is not None:
                if to not in params.versions:
                    known = ", ".join(params.versions) or "one of `versions`"
                    message = f"there is no version {to!r}"
                    yield Mistake((*loc, "to"), "unknown-name", message, known, nearest(to, params.versions))
                    return
                if params.versions[to] is current:
                    yield from without_effect(beat.params, ("to",), f"a beat that begins with {to!r}", loc)
                current = params.versions[to]
            lines = [number for number, _ in shown(current, shot)]
            for place, written in enumerate(beat.params.focus):
                if written != "all":
                    yield from _wrong_range(written, lines, params.parts, (*loc, "focus", place))
            if beat.params.pointer is not None:
                yield from _wrong_range(beat.params.pointer, lines, params.parts, (*loc, "pointer"))


def _versions(params: Params) -> Iterator[tuple[Loc, Version]]:
    yield (), params
    for name, version in params.versions.items():
        yield ("versions", name), version


def _wrong_range(written: str, lines: list[int], parts: Mapping[str, str], loc: Loc) -> Iterator[Mistake]:
    try:
        wanted = numbers_of(written, parts)
    except ValueError:
        known = ", ".join(parts) or "a line's number, 4-7"
        yield Mistake(loc, "unknown-name", f"there is no part {written!r}", known, nearest(written, parts))
        return
    if not len(wanted) or not set(wanted) <= set(lines):
        expected = f"lines from {lines[0]} to {lines[-1]}" if lines else "lines that are shown"
        yield Mistake(loc, "out-of-range", f"{written!r} is not among the lines shown here", expected)


@dataclass
class _Line:
    """A line of the program through its versions: where it was drawn, and its handles."""

    text: str
    number: int
    top: float
    code: Handle | None = None
    numbers: list[Handle] = field(default_factory=list)


class _Drawing:
    """Lays the versions out and puts them on stage."""

    def __init__(self, shot: ShotPlan, stage: Stage):
        from explainers.stage.chrome import plot_body
        from explainers.stage.ink import font_measures
        from explainers.theme import MONO

        self.shot, self.stage, self.params = shot, stage, shot.params
        self.lexer, self.advance = lexer_of(shot.params), font_measures(MONO)[1]
        body = plot_body(stage, shot)
        if self.params.label:
            body = body._replace(top=body.top + 58)
        texts = [shown(version, shot) for _, version in _versions(self.params)]
        longest = max(len(line) for lines in texts for _, line in lines)
        self.digits = len(str(max(n for lines in texts for n, _ in lines))) if self.params.numbers else 0
        least = min(SIZES[-1], stage.least_label)
        for whole, self.size in ((whole, size) for whole in (True, False) for size in (*SIZES, least)):
            margin = (self.digits * self.size * self.advance + GUTTER) if self.digits else 18.0
            self.columns = int((body.width - 2 * EDGE - 20 - margin) / (self.size * self.advance))
            if longest > self.columns if whole else self.columns < LEAST_COLUMNS:
                continue
            count = max(self._starts(lines)[-1] for lines in texts)
            high = 2 * PAD + count * self.size * LEADING
            if high <= body.height:
                break
        else:
            lines = "`lines` shows fewer, or a wider frame has more room"
            raise RenderFailed(f"{shot.id}: {count} rows have no room at a readable size: {lines}")
        self.starts: list[int] = []
        self.sheet = body._replace(bottom=min(body.bottom, body.top + max(high, body.height * 0.86)))
        self.first = self.sheet.top + (self.sheet.height - high) / 2 + PAD
        self.left = self.sheet.left + EDGE + 20 + margin

    @property
    def step(self) -> float:
        return self.size * LEADING

    def draw(self) -> None:
        from explainers.compositor.layer import Note
        from explainers.stage import material

        stage, theme, name = self.stage, self.stage.theme, "code"
        with stage.named(name, "panel"):
            inks = (
                material.Shadow(self.sheet, 18, 20, 8, 0.4 if theme.dark else 0.14),
                material.plate(self.sheet, theme.panel, theme.line, 18, 2.5, 0.03),
            )
            stage.mobject(*inks, z=1, note=Note("frame", name))
        if self.params.label:
            with stage.named(name, "label"):
                stage.words(self.params.label, self.sheet.left, self.sheet.top - 20, LABEL, STRONG)
        lines = self._new(shown(self.params, self.shot), None, {})
        spots: list[tuple[float, float | None]] = []
        for beat in self.shot.beats:
            t = beat.start_s + (0.15 if beat.start_s else 0.0)
            if beat.params.to:
                lines = self._change(lines, self.params.versions[beat.params.to], t)
            if beat.params.focus:
                self._focus(lines, beat, t + (CHANGE_S if beat.params.to else 0.0))
            if beat.params.pointer:
                numbers = numbers_of(beat.params.pointer, self.params.parts)
                at = next(place for place, line in enumerate(lines) if line.number == numbers[0])
                spots.append((t, self._top(at)))
            elif beat.params.to:
                spots.append((t, None))
        self._point(spots)

    def _rows(self, text: str) -> list[tuple[int, int, int]]:
        """A line as rows that fit, broken at spaces: first and last character of each, and its column."""
        hang = min(len(text) - len(text.lstrip()) + 4, self.columns // 2)
        rows, start, column = [], 0, 0
        while len(text) - start > (room := self.columns - column):
            least = start + len(text[start:]) - len(text[start:].lstrip()) + 1
            cut = text.rfind(" ", least, start + room + 1)
            cut = cut if cut > start else start + room
            rows.append((start, cut, column))
            start, column = cut + len(text[cut:]) - len(text[cut:].lstrip()), hang
        return [*rows, (start, len(text), column)]

    def _starts(self, lines: list[tuple[int, str]]) -> list[int]:
        """The row in which each line begins, and how many there are."""
        return list(accumulate((len(self._rows(text)) for _, text in lines), initial=0))

    def _top(self, place: int) -> float:
        return self.first + self.starts[place] * self.step

    def _new(self, lines: list[tuple[int, str]], t: float | None, kept: Mapping[int, _Line]) -> list[_Line]:
        """The lines of a text in their places; those that are `kept`, by place, stay what they are."""
        self.starts = self._starts(lines)
        colours = self._coloured([line for _, line in lines])
        found = []
        for place, (number, text) in enumerate(lines):
            line = kept.get(place) or _Line(text, number, self._top(place))
            if place not in kept:
                with self.stage.named(f"line {number}", "code"):
                    line.code = self._code(colours[place], text, line.top)
                if line.code is not None and t is not None:
                    line.code.enter(t + 0.35 + 0.06 * (place % 8), 24, 0)
            if self.digits and (place not in kept or line.number != number):
                with self.stage.named(f"line {number}", "number"):
                    x = self.left - GUTTER
                    y = self._top(place) + self.step * 0.7
                    look: dict[str, Any] = {
                        "role": "muted",
                        "anchor": "right",
                        "over": self.stage.theme.panel,
                    }
                    words = self.stage.words(str(number), x, y, self.size, mono=True, **look)
                if t is not None:
                    words.enter(t + CHANGE_S, 0, 0, 0.2)
                line.numbers.append(words)
            line.number = number
            found.append(line)
        return found

    def _coloured(self, lines: list[str]) -> list[list[tuple[str, str]]]:
        """Each line as pieces of text with their roles."""
        found: list[list[tuple[str, str]]] = [[]]
        for token, text in self.lexer.get_tokens("\n".join(lines)):
            kind = str(token).removeprefix("Token.")
            role = next((role for name, role in ROLES.items() if kind.startswith(name)), "text")
            for index, piece in enumerate(text.split("\n")):
                if index:
                    found.append([])
                if piece:
                    found[-1].append((piece, role))
        return found + [[] for _ in range(len(lines) - len(found))]

    def _code(self, pieces: list[tuple[str, str]], text: str, top: float) -> Handle | None:
        """A line as one tile with two looks: in its colours, and dimmed to words that can still be read."""
        from explainers.compositor.layer import Note
        from explainers.stage.text import TextRun

        if not text.strip():
            return None
        looks: dict[str, list[Any]] = {"quiet": [], "plain": []}
        for row, (start, stop, column) in enumerate(self._rows(text)):
            at = 0
            for piece, role in pieces:
                part = piece[max(0, start - at) : max(0, stop - at)]
                if bare := part.strip(" "):
                    first = max(at, start) - start + len(part) - len(part.lstrip(" "))
                    pen = self.left + (column + first) * self.size * self.advance
                    for look, color in (("plain", role), ("quiet", "muted")):
                        style = self.stage.style(self.size, role=color, mono=True)
                        run = TextRun(bare, style, 0.0, top + (row + 0.7) * self.step)
                        place = pen + run.line.ink[0] * self.size
                        looks[look].append(TextRun(bare, style, place, run.baseline))
                at += len(piece)
        theme = self.stage.theme
        note = Note(
            "text", text.strip(), self.size * self.stage.zoom, theme.color("muted"), theme.panel, "code"
        )
        return self.stage.looks(looks, "plain", 10.0, note)

    def _change(self, old: list[_Line], version: Version, t: float) -> list[_Line]:
        """Lines that both versions have travel; the others leave first, and come last."""
        new = shown(version, self.shot)
        match = difflib.SequenceMatcher(
            a=[line.text for line in old], b=[text for _, text in new], autojunk=False
        )
        kept = {b + i: old[a + i] for a, b, size in match.get_matching_blocks() for i in range(size)}
        self.starts = self._starts(new)
        for line in old:
            if line not in kept.values():
                for handle in (line.code, *line.numbers[-1:]):
                    if handle is not None:
                        handle.leave(t, -24, 0)
        for place, line in kept.items():
            away = self._top(place) - line.top
            if line.code is not None:
                line.code.move(t + 0.2, 0, away, CHANGE_S)
            if line.numbers:
                drawn = line.numbers[-1]
                if new[place][0] == line.number:
                    continue
                drawn.leave(t)
        found = self._new(new, t, kept)
        fresh = [place for place in range(len(new)) if place not in kept]
        for first, last in _runs(fresh):
            self._band(first, last, "exit", t + 0.3, t + CHANGE_S + 1.6)
        return found

    def _band(self, first: int, last: int, role: str, t: float, until: float | None = None) -> Handle:
        """A bar of light behind lines, by their places."""
        from explainers.stage import material

        box = self.sheet._replace(top=self._top(first) + 2, bottom=self._top(last + 1) - 2).inset(10, 0)
        color = self.stage.theme.color(role)
        edge = box._replace(right=box.left + 7)
        with self.stage.named("code", "band"):
            fill = mix(self.stage.theme.panel, color, 0.45)
            bar = material.plate(box, fill, None, 8, alpha=0.2 if self.stage.theme.dark else 0.32)
            band = self.stage.mobject(bar, material.plate(edge, color, None, 3), z=2)
        band.hide().fade(t, 1.0)
        if until is not None:
            band.fade(until, 0.0)
        return band

    def _focus(self, lines: list[_Line], beat: Any, t: float) -> None:
        """The lines in focus stay in their colours on a bar of light; the rest is dimmed."""
        whole = "all" in beat.params.focus
        wanted = {n for one in beat.params.focus if one != "all" for n in numbers_of(one, self.params.parts)}
        places = [place for place, line in enumerate(lines) if line.number in wanted]
        for place, line in enumerate(lines):
            if line.code is not None:
                line.code.become(t, "plain" if whole or place in places else "quiet")
        if not whole:
            following = [
                one.start_s
                for one in self.shot.beats
                if one.start_s > beat.start_s and (one.params.focus or one.params.to)
            ]
            for first, last in _runs(places):
                self._band(first, last, "accent", t, min(following, default=None))

    def _point(self, spots: list[tuple[float, float | None]]) -> None:
        """The pointer beside the line that is executed: it travels, and goes when its version does."""
        from explainers.stage import material, shapes

        arrow, start = None, 0.0
        x, color = self.sheet.left + 20, self.stage.theme.color("ours")
        for t, top in spots:
            if top is None:
                if arrow is not None:
                    arrow.leave(t)
                arrow = None
            elif arrow is not None:
                arrow.move(t, 0, top - start, MOVE_S)
            else:
                start, y = top, top + self.step / 2
                with self.stage.named("pointer"):
                    inks: list[Any] = [shapes.arrow([(x - 38, y), (x + 17, y)], color, 7)]
                    if self.stage.theme.dark:
                        inks.insert(0, material.glow((x, y), 60, 40, color, 0.4, False))
                    arrow = self.stage.mobject(*inks, z=12).enter(t, -30, 0)


def _runs(places: list[int]) -> Iterator[tuple[int, int]]:
    """Neighbours together: first and last of each run of ascending places."""
    start = None
    for index, place in enumerate(places):
        start = place if start is None else start
        if index + 1 == len(places) or places[index + 1] != place + 1:
            yield start, place
            start = None
