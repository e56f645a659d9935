"""Finished videos, as `renders/<video>/manifest.json` describes them: what every embed is made from.

What a page says of them too: numbers in the transcript lead to the list of numbers, and the list leads into
the video.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from explainers.errors import Diagnostic, InvalidInput, Place, UsageError, nearest
from explainers.inputs import outside
from explainers.manifest import (
    MANIFEST,
    SHOTS,
    WEB,
    Fact,
    Manifest,
    Number,
    PosterSize,
    Rendition,
    Result,
    Shot,
    Web,
    WebRendition,
    read_manifest,
)
from explainers.theme import INK, THEMES

TRANSCRIPT = "transcript.md"
RACES, RACE = "races", "race.json"
"""The folder in a video's folder that has a folder for each race made for pages, and what is in that."""


@dataclass(frozen=True)
class Video:
    """A manifest, its folder, what was made for the web, its other themes and shapes, and the same video in
    other languages. Such a one is `inside` a folder of the video's, by its name."""

    manifest: Manifest
    folder: Path
    web: Web | None = None
    variants: tuple[Video, ...] = ()
    translations: tuple[Video, ...] = ()
    inside: str = ""

    @property
    def name(self) -> str:
        return self.manifest.video

    @property
    def tone(self) -> str:
        """Whether its theme belongs on a `dark` or a `light` page."""
        return "dark" if THEMES.get(self.manifest.theme, INK).dark else "light"

    @property
    def shape(self) -> str:
        """`wide`, `square` or `upright`."""
        m = self.manifest
        return "wide" if m.width > m.height else "upright" if m.width < m.height else "square"

    @cached_property
    def sources_in_order(self) -> tuple[Rendition, ...]:
        """Renditions as a page lists them: the one for phones before larger files, AV1 first, H.264 last.

        A rendition for the web takes the place of the joined video of the same codec; one with captions
        in the picture is none for a page, whose track would show them twice.
        """
        made = self.web.renditions if self.web else ()
        families = {one.codecs.split(".")[0] for one in made if not one.for_phones}
        own = [rendition for rendition in self.manifest.renditions if rendition.captions != "burned"]
        kept = [*made, *(one for one in own if one.codecs.split(".")[0] not in families)]
        listed = sorted(kept or own, key=lambda one: (not one.is_av1, -one.width * one.height))
        phone = self.phone_source
        at = next((i for i, one in enumerate(listed) if phone and one.bytes > phone.bytes), 0)
        others = [one for one in listed if one is not phone]
        return (*others[:at], phone, *others[at:]) if phone else tuple(listed)

    @property
    def phone_source(self) -> WebRendition | None:
        """The smaller rendition, for narrow screens."""
        return (
            next((rendition for rendition in self.web.renditions if rendition.for_phones), None)
            if self.web
            else None
        )

    @property
    def smallest_source(self) -> Rendition | None:
        """What is played where data is to be saved; None where there is too little to choose from."""
        sources = self.sources_in_order
        return min(sources, key=lambda source: source.bytes) if len(sources) > 2 else None

    @property
    def poster_file(self) -> str:
        """The picture before play, as small as a phone wants it."""
        jpegs = (
            [poster.file for poster in self.web.posters if poster.type == "image/jpeg"] if self.web else []
        )
        return jpegs[-1] if jpegs else self.manifest.poster.jpg

    @property
    def posters_by_type(self) -> dict[str, list[PosterSize]]:
        """The poster's sizes, small before large, by format, the smallest files first."""
        found: dict[str, list[PosterSize]] = {}
        for poster in self.web.posters if self.web else ():
            found.setdefault(poster.type, []).append(poster)
        return found

    @property
    def linked_poster(self) -> str:
        """The picture for a link; its play mark is in it once the renditions are made."""
        return (self.web.linked if self.web else None) or self.manifest.poster.jpg

    @cached_property
    def races(self) -> dict[str, dict[str, Any]]:
        """What `race.json` says of each race made for pages, by shot; those of other renders are left out."""
        found = {}
        for shot in self.manifest.shots:
            path = self.folder / RACES / shot.id / RACE
            if not path.is_file():
                continue
            data = json.loads(path.read_text(encoding="utf-8"))
            film = data["film"]
            start_s = film["first_frame"] / film["fps"] - film["lead_s"]
            if abs(shot.start_s - start_s) < 1 / film["fps"]:
                found[shot.id] = data
        return found

    def path(self, name: str) -> Path:
        """Where a file of the video is: made for the web, or beside the manifest."""
        made = self.folder / WEB / name
        return made if self.web and made.is_file() else self.folder / name

    def files(self) -> list[str]:
        """Every file a page of the video can ask for."""
        web = self.web
        wanted = [*self.player_files(), self.manifest.poster.webp]
        if web:
            wanted += [poster.file for poster in web.posters]
            wanted += [web.linked, web.social, web.loop, web.animated]
        for shot in self.races:
            made = sorted((self.folder / RACES / shot).glob("*.json"))
            wanted += [path.relative_to(self.folder).as_posix() for path in made]
        if (self.folder / TRANSCRIPT).is_file():
            wanted.append(TRANSCRIPT)
        return list(dict.fromkeys(name for name in wanted if name))

    def player_files(self) -> list[str]:
        """What its player alone asks for: all that a variant brings to a page."""
        m = self.manifest
        wanted = [
            *(one.file for one in self.sources_in_order),
            self.poster_file,
            m.poster.jpg,
            m.chapters_file,
            m.words_file,
        ]
        wanted += [*(track.file for track in m.captions), self.web.descriptions if self.web else None]
        return list(dict.fromkeys(name for name in wanted if name))


def load_video(folder: Path) -> Video:
    """The video in `folder`, with its variants and translations: the same video in another theme, shape or
    language, in folders of it.

    InvalidInput where a manifest is broken or a file is missing.
    """
    video = _load(folder)
    variants = [_load(path.parent) for path in sorted(folder.glob(f"*/{MANIFEST}")) if _may_vary(path.parent)]
    kept: dict[tuple[str, str], Video] = {}
    spoken: dict[str, Video] = {}
    for variant in variants:
        look, language = (variant.manifest.theme, variant.shape), variant.manifest.language
        if variant.name == video.name and language != video.manifest.language:
            spoken.setdefault(language, replace(variant, inside=variant.folder.name))
        elif variant.name == video.name and look != (video.manifest.theme, video.shape):
            kept.setdefault(look, variant)
    others = [
        replace(one, translations=(video, *(each for each in spoken.values() if each is not one)))
        for one in spoken.values()
    ]
    return replace(video, variants=tuple(kept.values()), translations=tuple(others))


def _may_vary(folder: Path) -> bool:
    return folder.name not in (WEB, SHOTS) and not folder.name.startswith(".")


def _load(folder: Path) -> Video:
    path, made = folder / MANIFEST, folder / WEB / MANIFEST
    manifest = read_manifest(path, Manifest)
    web = read_manifest(made, Web) if made.is_file() else None
    if web and web.made_from != manifest.content_id:
        web = None
    video = Video(manifest, folder, web)
    place, problems = Place(str(path), 1, 1), []
    for name in video.files():
        # A video that came with a project may show whatever its links lead to.
        if strange := outside(video.path(name), folder):
            problems.append(Diagnostic("outside-project", f"{name} {strange} the video's folder", place))
        elif not video.path(name).is_file():
            problems.append(Diagnostic("missing-file", f"{name} is not there", place))
    if problems:
        raise InvalidInput(problems)
    return video


def load_videos(renders: Path, names: Sequence[str] = ()) -> tuple[Video, ...]:
    """The videos in `renders`, sorted by name; only `names` where some are given.

    UsageError where a named video has not been rendered.
    """
    found = {path.parent.name: path.parent for path in sorted(renders.glob(f"*/{MANIFEST}"))}
    for name in names:
        if name not in found:
            near = nearest(name, found)
            hint = f"; did you mean {near!r}?" if near else f"; rendered: {', '.join(found) or 'none yet'}"
            raise UsageError(f"no finished video {name!r} in {renders}{hint}")
    return tuple(load_video(folder) for name, folder in found.items() if not names or name in names)


# -- what a page says of a video: its transcript, and every number with moment, origin and source ---------

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
        marks = [number for number in m.numbers if shot.start_s - 0.01 <= number.start_s < shot.end_s - 0.01]
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
    # Captions are written with plain spaces, where a picture has narrow ones that don't break.
    plain = words.replace("\u202f", " ")
    for one in sorted(numbers, key=lambda each: -len(each.text)):
        sentence, number = (text.replace("\u202f", " ") for text in (one.words, one.text))
        if not sentence or not (plain in sentence or sentence.rstrip(".") in plain):
            continue
        for found in re.finditer(rf"(?<![\w.,]){re.escape(number)}(?!\w|[.,]\d)", plain):
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
    for number in m.numbers:
        wanted.setdefault(number.expression, []).append(number)
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
        else [name for each in found for fact in each.facts if fact in facts for name in facts[fact].sources]
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
