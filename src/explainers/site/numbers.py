"""What a page says of a video: its transcript, and every number with when it comes, how it was worked
out and from which source. Numbers in the transcript lead to that list, and the list leads into the video.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from explainers.manifest import Fact, Manifest, Number, Result, Shot
from explainers.site.videos import Video

Parts = tuple[tuple[str, str | None], ...]
"""A text in pieces, each with the id of the row that it leads to, or None."""

_NAME = re.compile(r"[^\W\d]\w*")
_DIGITS = re.compile(r"[+\u2212]?\d[\d.,:]*(?:(?<=\d)|(?=\s))(?:\u202f?%)?")
_SIGNS = {" * ": " × ", " - ": " \u2212 "}


@dataclass(frozen=True)
class Line:
    """A line of the transcript; `in_picture` is False for captions."""

    start_s: float
    parts: Parts
    in_picture: bool

    @property
    def words(self) -> str:
        return "".join(words for words, _ in self.parts)


@dataclass(frozen=True)
class Row:
    """A number: how it is written, the moments and words it stands in, how it was worked out, its sources.

    `origin` is the column of a table that it is, `terms` the numbers it was worked out from.
    """

    id: str
    shown: str
    readings: tuple[tuple[float, str], ...]
    terms: Parts = ()
    origin: str = ""
    sources: tuple[str, ...] = ()


def transcript(video: Video) -> list[Line]:
    """Everything the video says, in order, its numbers marked with their rows.

    A silent video's text alternative must hold what is visible: titles, statements and results are in it too.
    """
    m = video.manifest
    results = {(shot.id, result.text): row for shot, result, row in _results(m)}
    lines = []
    for shot in m.shots:
        marks = [one for one in m.numbers if shot.start_s - 0.01 <= one.start_s < shot.end_s - 0.01]
        for at_s, words in shot.words():
            worked_out = next(
                (row for (of, text), row in results.items() if of == shot.id and text in words), None
            )
            lines.append(Line(at_s, _whole(words, worked_out) if worked_out else _marked(words, marks), True))
        for cue in m.cues:
            if shot.start_s - 0.01 <= cue.start_s < shot.end_s - 0.01:
                lines.append(Line(cue.start_s, _marked(cue.line, marks), False))
    inside = {line.start_s for line in lines if not line.in_picture}
    lines += [Line(cue.start_s, ((cue.line, None),), False) for cue in m.cues if cue.start_s not in inside]
    return sorted(lines, key=lambda line: (line.start_s, not line.in_picture))


def _marked(words: str, numbers: Sequence[Number]) -> Parts:
    """The words with those numbers marked whose sentence they are, or are a part of."""
    places: dict[int, tuple[int, str]] = {}
    for one in sorted(numbers, key=lambda each: -len(each.text)):
        if not one.words or not (words in one.words or one.words.rstrip(".") in words):
            continue
        for found in re.finditer(rf"(?<![\w.,]){re.escape(one.text)}(?!\w|[.,]\d)", words):
            if not any(found.start() < end and at < found.end() for at, (end, _) in places.items()):
                places[found.start()] = found.end(), row_id(one.expression)
                break
    parts: list[tuple[str, str | None]] = []
    position = 0
    for at, (end, row) in sorted(places.items()):
        parts += [(words[position:at], None), (words[at:end], row)]
        position = end
    return tuple(part for part in (*parts, (words[position:], None)) if part[0])


def _whole(words: str, row: str) -> Parts:
    """The words with every number in them marked with the same row."""
    parts: list[tuple[str, str | None]] = []
    position = 0
    for found in _DIGITS.finditer(words):
        parts += [(words[position : found.start()], None), (found[0], row)]
        position = found.end()
    return tuple(part for part in (*parts, (words[position:], None)) if part[0])


def _results(m: Manifest) -> Iterator[tuple[Shot, Result, str]]:
    for shot in m.shots:
        for index, result in enumerate(shot.results, 1):
            yield shot, result, f"number-{shot.id}-{index}"


def row_id(expression: str) -> str:
    """The anchor of a number's row: the fact's name, or its expression in letters an address may hold."""
    letters = {"+": "plus", "-": "minus", "*": "times", "/": "by"}
    words = re.sub(r"[-+*/]", lambda sign: f"_{letters[sign[0]]}_", expression)
    return "number-" + re.sub(r"\W+", "_", words).strip("_")


def numbers(video: Video) -> list[Row]:
    """Every number that is to be read, in the order in which they come; then those they were worked out from.

    A number without a sentence of its own stands with what its shot says.
    """
    m = video.manifest
    facts = {fact.name: fact for fact in m.facts}
    wanted: dict[str, list[Number]] = {}
    for one in m.numbers:
        wanted.setdefault(one.expression, []).append(one)
    if not m.numbers:
        wanted = {name: [] for name in facts}
    for expression in wanted.copy():
        for name in _leaned_on(expression, facts):
            wanted.setdefault(name, [])
    rows = [_row(m, expression, found, facts) for expression, found in wanted.items()]
    for shot, result, row in _results(m):
        shown = ", ".join(found[0] for found in _DIGITS.finditer(result.text))
        reading = (shot.start_s + result.start_s, result.text)
        rows.append(Row(row, shown, (reading,), origin="read off the picture", sources=shot.sources))
    return sorted(rows, key=lambda row: row.readings[0][0] if row.readings else m.duration_s)


def _leaned_on(expression: str, facts: Mapping[str, Fact]) -> Iterator[str]:
    """The facts in an expression, and those they are worked out from."""
    for name in _NAME.findall(expression):
        if name in facts:
            yield name
            if facts[name].table is None and facts[name].expression not in (None, name):
                yield from _leaned_on(facts[name].expression or "", facts)


def _row(m: Manifest, expression: str, found: Sequence[Number], facts: Mapping[str, Fact]) -> Row:
    fact = facts.get(expression)
    read = sorted({(one.start_s, one.words) for one in found if one.words not in ("", one.text)})
    bare = sorted({one.start_s for one in found if one.words in ("", one.text)})
    read += [(at_s, _said(m, at_s)) for at_s in bare if not read]
    firsts = {words: (at_s, words) for at_s, words in reversed(read)}
    readings = tuple(sorted(firsts.values()))
    shown = fact_text(fact) if fact else found[0].text
    if fact and fact.table:
        return Row(row_id(expression), shown, readings, origin=_origin(fact), sources=fact.sources)
    worked_out = (fact.expression or "") if fact else expression
    terms = _terms(worked_out, facts)
    sources = (
        fact.sources
        if fact
        else [name for each in found for one in each.facts if one in facts for name in facts[one].sources]
    )
    return Row(row_id(expression), shown, readings, terms, "", tuple(dict.fromkeys(sources)))


def _said(m: Manifest, at_s: float) -> str:
    """What stands in the picture with a number that has no words of its own."""
    for shot in m.shots:
        if shot.start_s - 0.01 <= at_s < shot.end_s - 0.01:
            spoken = next((cue.line for cue in m.cues if shot.start_s - 0.01 <= cue.start_s < shot.end_s), "")
            return shot.statement or shot.title or spoken
    return ""


def _terms(expression: str, facts: Mapping[str, Fact]) -> Parts:
    """An expression with its facts as numbers that lead to their rows; empty where it names none."""
    if not any(name in facts for name in _NAME.findall(expression)):
        return ()
    parts: list[tuple[str, str | None]] = []
    position = 0
    for found in _NAME.finditer(expression):
        if fact := facts.get(found[0]):
            parts += [
                (_signs(expression[position : found.start()]), None),
                (fact_text(fact), row_id(fact.name)),
            ]
            position = found.end()
    return tuple(part for part in (*parts, (_signs(expression[position:]), None)) if part[0])


def _signs(text: str) -> str:
    for typed, sign in _SIGNS.items():
        text = text.replace(typed, sign)
    return text


def fact_text(fact: Fact) -> str:
    """The number with its unit."""
    written = fact.text or (f"{fact.value:g}" if isinstance(fact.value, float) else str(fact.value))
    return written if not fact.unit or fact.unit in written else f"{written} {fact.unit}"


def _origin(fact: Fact) -> str:
    parts = [fact.expression or "rows", f"in {fact.table}"]
    if fact.where:
        found = [f"{name} = {v if isinstance(v, str) else json.dumps(v)}" for name, v in fact.where.items()]
        parts.append("where " + ", ".join(found))
    return " ".join(parts)
