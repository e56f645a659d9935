"""What the pictures of a video say beside their captions, read from where everything stands in them.

The geometry that is stored with each clip knows every text at every beat: sentences that a picture worked
out, such as a race's result, for the text alternative; and where captions hide nothing that is to be read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import ceil, floor
from typing import Any, NamedTuple

import numpy as np

from explainers.check.geometry import Samples, samples_of
from explainers.kinds.base import ShotPlan, Stretch
from explainers.manifest import Result
from explainers.plan import CuePlan, Plan
from explainers.theme import design_scale

Geometries = Mapping[str, Mapping[str, Any]]
"""Geometry, as `compositor.geometry` describes it, by shot."""

LINE_SHARE = 6.0
"""Percent of the frame's shorter side that players give a caption line."""
FOOT = 192.0
"""Design units at the frame's bottom that belong to statement and footer, where nothing else is known."""
_WIDTHS = {
    letter: width
    for letters, width in (("ijl.,:;'’|! ", 0.32), ("frt()[]-“”", 0.42), ("mwMW%", 0.95))
    for letter in letters
}
"""Widths of letters in the font's size; of all others 0.62."""
_FIRST, _LAST = 3, 97
_SHORT = 42
_STAYS_S, _WORTH, _LITTLE, _EQUAL = 1.0, 0.6, 5.0, 0.01
"""How long a part of a cue stays, how much less two parts have to cover than one, what one may cover (as much
as moves by in a moment), and what is nothing."""
_FOOTER = 30.0
"""Design units up to which words are a footer's, and matter less than data."""
_READABLE = 0.5


class _Text(NamedTuple):
    """A text at rest, in design units, from when in its shot it is there."""

    left: float
    top: float
    right: float
    bottom: float
    size: float
    words: str
    role: str
    since_s: float

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def _texts(geometry: Mapping[str, Any], moment: Mapping[str, Any], samples: Samples) -> list[_Text]:
    at = round(moment["t"] * samples.fps)
    since = {
        layer.layer: start / samples.fps
        for layer in samples.layers
        for start, until in layer.when(_READABLE, samples.frames)
        if start <= at < until
    }
    scale, layers = float(geometry["scale"]), {layer["layer"]: layer for layer in geometry["layers"]}
    found = []
    for text in moment["texts"]:
        layer = layers[text["layer"]]
        if text["opacity"] < _READABLE or text["hidden"] > _READABLE or not text["text"].strip():
            continue
        left, top, right, bottom = (edge / scale for edge in text["box"])
        size, role = layer["size"] * text["grown"], layer.get("role") or ""
        since_s = since.get(text["layer"], moment["t"])
        found.append(_Text(left, top, right, bottom, size, text["text"], role, since_s))
    return found


# -- sentences that a picture worked out ---------------------------------------------------------------


def results_of(shot: ShotPlan, geometry: Mapping[str, Any]) -> tuple[Result, ...]:
    """The sentences with numbers that the picture put together, each at the time in the shot when it comes.

    They stand in several texts beside each other, because their numbers change; of a sentence whose numbers
    changed only the last look is given.
    """
    known = {_plain(text) for text in (shot.title, shot.footer, *_statements(shot)) if text}
    found: dict[str, Result] = {}
    samples = samples_of(geometry)
    for moment in geometry["moments"]:
        for words, since_s in _sentences(_texts(geometry, moment, samples)):
            if not any(_plain(words) in text for text in known):
                found[re.sub(r"[\d.,:]+", "0", words)] = Result(start_s=round(since_s, 3), text=words)
    return tuple(sorted(found.values(), key=lambda one: (one.start_s, one.text)))


def _statements(shot: ShotPlan) -> Iterator[str]:
    yield from (text for text in (shot.statement, *(beat.statement for beat in shot.beats)) if text)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _sentences(texts: Iterable[_Text]) -> Iterator[tuple[str, float]]:
    """Lines of several texts with words and numbers, with lines of the same width below them as one."""
    lines: list[list[_Text]] = []
    for text in sorted(texts, key=lambda text: (text.left, text.top)):
        line = next((each for each in lines if _goes_on(each[-1], text)), None)
        if line is None:
            lines.append([text])
        else:
            line.append(text)
    joined = [line for line in lines if len(line) > 1 and max(one.size for one in line) > _FOOTER]
    joined.sort(key=lambda line: (line[0].middle, line[0].left))
    while joined:
        block = [joined.pop(0)]
        for line in list(joined):
            if _is_below(block[-1], line):
                block.append(line)
                joined.remove(line)
        words = _plain(" ".join(one.words for line in block for one in line))
        words = re.sub(r"\s+([,.;:!?%])", r"\1", words)
        if re.search(r"\d", words) and len(re.findall(r"[^\W\d_]{2,}", words)) > 2:
            yield words, max(one.since_s for line in block for one in line)


def _goes_on(last: _Text, text: _Text) -> bool:
    """Whether a text follows another on its line, a space or less away."""
    size = max(last.size, text.size)
    near = -0.1 * size <= text.left - last.right <= 0.5 * size
    return near and abs(last.middle - text.middle) < 0.35 * size and min(last.size, text.size) > 0.7 * size


def _is_below(line: Sequence[_Text], other: Sequence[_Text]) -> bool:
    size = line[0].size
    apart = other[0].middle - line[0].middle
    centred = abs((line[0].left + line[-1].right) - (other[0].left + other[-1].right)) < 2 * size
    return 0 < apart < 1.8 * size and (centred or abs(line[0].left - other[0].left) < size)


# -- where captions hide nothing -----------------------------------------------------------------------


class Band(NamedTuple):
    """A part of the frame that is not to be covered, in percent of its size, with the seconds of its shot
    from which and until when it is there, and how much it matters."""

    left: float
    top: float
    right: float
    bottom: float
    weight: float
    start_s: float = 0.0
    end_s: float = 1.0


class Room(NamedTuple):
    """Where a cue of a shot may stand: what is in its way, the frame's width by its height, and the line, in
    percent of the height, at which it stands where nothing is."""

    bands: Sequence[Band]
    ratio: float
    lowest: int


class CaptionPlace(NamedTuple):
    """Where a cue's first line begins and where its middle is, in percent of the frame's height and width."""

    line: int
    position: int = 50

    @property
    def settings(self) -> str:
        """As WebVTT writes it."""
        return f" line:{self.line}%" + (f" position:{self.position}%" if self.position != 50 else "")


def placed_cues(plan: Plan, geometries: Geometries) -> tuple[list[CuePlan], list[CaptionPlace]]:
    """The cues and for each the place where it covers the least of what is in the picture while it is shown.

    A cue stays where the one before stood if nothing is in its way there. Where something always would be,
    its lines are broken elsewhere, or it moves once, as the picture changes: then it is two cues.
    """
    cues: list[CuePlan] = []
    places: list[CaptionPlace] = []
    bands: dict[str, list[Band]] = {}
    for cue in plan.cues:
        shot, geometry = plan.shot(cue.shot_id), geometries.get(cue.shot_id)
        lowest = above_foot(cue.text, plan.canvas)
        if geometry is None:
            cues.append(cue)
            places.append(CaptionPlace(lowest))
            continue
        if shot.id not in bands:
            bands[shot.id] = list(_bands(geometry))
        usual = places[-1] if cues and cues[-1].shot_id == cue.shot_id else None
        offset, ratio = plan.start_frames[shot.id] / plan.canvas.fps, geometry["width"] / geometry["height"]
        shown = cue.start_s - offset, cue.end_s - offset
        room = Room(bands[shot.id], ratio, lowest)
        for start, end, text, place in _moved(cue.text, room, usual, shown):
            cues.append(CuePlan(start + offset, end + offset, text, cue.shot_id))
            places.append(place)
    return cues, places


def above_foot(words: str, canvas: Stretch) -> int:
    """The line above statement and footer, which a second row of words pushes up."""
    height = canvas.height / design_scale(canvas.width, canvas.height)
    row = LINE_SHARE * min(1, canvas.width / canvas.height)
    return int((1 - FOOT / height) * 100 - row * (words.count("\n") + 1))


def _bands(geometry: Mapping[str, Any]) -> Iterator[Band]:
    """Words and data of a shot with when they are there; words that are covered where they rest are none."""
    samples = samples_of(geometry)
    covered = {
        (text["layer"], text["hidden"] < _READABLE) for each in geometry["moments"] for text in each["texts"]
    }
    wide, high = samples.size[0] / 100, samples.size[1] / 100
    for layer in samples.layers:
        hidden = (layer.layer, False) in covered and (layer.layer, True) not in covered
        if layer.kind not in ("text", "data") or hidden:
            continue
        weight = 2.0 if layer.kind == "data" else 1.0 if layer.size <= _FOOTER else 3.0
        for state, until in layer.stretches(samples.frames):
            if state.opacity >= _READABLE:
                left, top, right, bottom = layer.ink_at(state.frame)
                edges = left / wide, top / high, right / wide, bottom / high
                yield Band(*edges, weight, state.frame / samples.fps, until / samples.fps)


def _moved(
    words: str, room: Room, usual: CaptionPlace | None, shown: tuple[float, float]
) -> list[tuple[float, float, str, CaptionPlace]]:
    """A cue at its place; or in two parts, one after the other, where it covers more as a whole."""
    cost, text, place = _free(words, room, usual, shown)
    best = [(*shown, text, place)]
    for parts in _parts(words, room.bands, shown) if cost > _LITTLE else ():
        ways = []
        for first, cut, then in parts:
            before = _free(first, room, usual, (shown[0], cut))
            after = _free(then, room, before[2], (cut, shown[1]))
            ways.append((before[0] + after[0], (shown[0], cut, *before[1:]), (cut, shown[1], *after[1:])))
        least, *halves = min(ways, default=(cost,))
        if least < _WORTH * cost:
            cost, best = least, halves
    return best


def _parts(
    words: str, bands: Sequence[Band], shown: tuple[float, float]
) -> Iterator[list[tuple[str, float, str]]]:
    """Ways to show a cue in two parts, the second of which follows at a time: twice its words, which move as
    something comes; one half of its words and then the other, by sense; and the same at any word."""
    start_s, end_s = shown
    first, last = start_s + _STAYS_S, end_s - _STAYS_S
    yield [
        (words, cut, words) for cut in sorted({one.start_s for one in bands if first <= one.start_s <= last})
    ]
    plain = words.replace("\n", " ")
    for pattern in (r"(?<=[.;!?]) ", r"(?<=[,:]) ", " "):
        cuts = [
            (start_s + (end_s - start_s) * one.start() / len(plain), one.span())
            for one in re.finditer(pattern, plain)
        ]
        yield [(plain[:left], cut, plain[right:]) for cut, (left, right) in cuts if first <= cut <= last]


def _free(
    words: str, room: Room, usual: CaptionPlace | None, shown: tuple[float, float]
) -> tuple[float, str, CaptionPlace]:
    """What the words cover at the best place, in percent of the frame times seconds; the words with their
    lines broken for it; and the place: of equals with the lines as they are, the usual, then the one in the
    middle of the width and nearest to the room's lowest line."""
    bands, ratio, lowest = room
    taken = np.zeros((2 * 100 + 1, 2 * 100 + 1))
    for one in bands:
        seconds = min(shown[1], one.end_s) - max(shown[0], one.start_s)
        if seconds > 0 and one.right > one.left and one.bottom > one.top:
            rows = slice(max(0, floor(2 * one.top)) + 1, max(0, ceil(2 * one.bottom)) + 1)
            columns = slice(max(0, floor(2 * one.left)) + 1, max(0, ceil(2 * one.right)) + 1)
            taken[rows, columns] += one.weight * seconds / 4
    sums = taken.cumsum(0).cumsum(1)
    found = []
    for text in _broken(words):
        widths = [_width(line) * min(1, 1 / ratio) for line in text.split("\n")]
        # The player breaks lines that are wider than the frame.
        height = LINE_SHARE * min(1, ratio) * sum(ceil(width / 96) for width in widths)
        half = min(48.0, max(widths) / 2)
        lines = np.arange(_FIRST, int(_LAST - height) + 1)
        middles = np.array(
            [50, *(at for at in range(4, 97, 2) if half <= min(at, 100 - at) - 2 and at != 50)]
        )
        top, bottom = 2 * lines[:, None], np.ceil(2 * (lines[:, None] + height)).astype(int)
        left, right = np.floor(2 * (middles - half)).astype(int), np.ceil(2 * (middles + half)).astype(int)
        costs = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
        least = float(costs.min())
        far = 1000 * abs(middles - 50) + abs(lines[:, None] - lowest)
        if usual is not None:
            far[(lines[:, None] == usual.line) & (middles == usual.position)] = -1
        row, column = divmod(int(np.where(costs <= least + _EQUAL, far, np.inf).argmin()), len(middles))
        found.append((round(least, 2), text, CaptionPlace(int(lines[row]), int(middles[column]))))
        if least <= _EQUAL:
            break
    return min(found, key=lambda each: each[0])


def _broken(words: str) -> Iterator[str]:
    """The words as they are, and in other lines: in one if they are short, or broken at another space."""
    yield words
    plain = words.replace("\n", " ")
    if len(plain) <= _SHORT:
        yield plain
    for at, letter in enumerate(plain):
        first, rest = plain[:at], plain[at + 1 :]
        if letter == " " and max(len(first), len(rest)) <= min(_SHORT, 1.6 * min(len(first), len(rest))):
            yield f"{first}\n{rest}"


def _width(line: str) -> float:
    """How wide a line is, with its box, in percent of the shorter side of the frame, in a font as wide as any
    that players use."""
    wide = (1.05 if unicodedata.east_asian_width(each) in "WF" else _WIDTHS.get(each, 0.62) for each in line)
    return 5.0 * (0.6 + sum(wide))
