"""What the pictures of a video say beside their captions, read from where everything stands in them.

The geometry that is stored with each clip knows every text at every beat: sentences that a picture worked
out, such as a race's result, for the text alternative; and where captions hide nothing that is to be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from explainers.kinds.base import ShotPlan, Stretch
from explainers.manifest import Result
from explainers.plan import Plan
from explainers.theme import design_scale

Geometries = Mapping[str, Mapping[str, Any]]
"""Geometry, as `compositor.geometry` describes it, by shot."""

LINE_SHARE = 6.0
"""Percent of the frame's height that players give a caption line."""
FOOT = 192.0
"""Design units at the frame's bottom that belong to statement and footer, where nothing else is known."""
_LETTER_SHARE = 2.75
"""Percent of the frame's height that a letter of a caption is wide, at most."""
_FIRST, _LAST = 3, 97
_POSITIONS = 50, 60, 40, 70, 30
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


def _texts(geometry: Mapping[str, Any], moment: Mapping[str, Any]) -> list[_Text]:
    scale, layers = float(geometry["scale"]), {one["layer"]: one for one in geometry["layers"]}
    found = []
    for one in moment["texts"]:
        layer = layers[one["layer"]]
        if one["opacity"] < _READABLE or one["hidden"] > _READABLE or not one["text"].strip():
            continue
        since = max(
            (start for start, _ in layer.get("visible", ()) if start <= moment["t"]), default=moment["t"]
        )
        left, top, right, bottom = (edge / scale for edge in one["box"])
        size, role = layer["size"] * one["grown"], layer.get("role") or ""
        found.append(_Text(left, top, right, bottom, size, one["text"], role, since))
    return found


# -- sentences that a picture worked out ---------------------------------------------------------------


def results_of(shot: ShotPlan, geometry: Mapping[str, Any]) -> tuple[Result, ...]:
    """The sentences with numbers that the picture put together, each at the time in the shot when it comes.

    They stand in several texts beside each other, because their numbers change; of a sentence whose numbers
    changed only the last look is given.
    """
    known = {_plain(text) for text in (shot.title, shot.footer, *_statements(shot)) if text}
    found: dict[str, Result] = {}
    for moment in geometry["moments"]:
        for words, since_s in _sentences(_texts(geometry, moment)):
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
    for text in sorted(texts, key=lambda one: (one.left, one.top)):
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
    """A part of the frame that is not to be covered, in percent of its size, and how much it matters."""

    left: float
    top: float
    right: float
    bottom: float
    weight: float


class CaptionPlace(NamedTuple):
    """Where a cue's first line begins and where its middle is, in percent of the frame's height and width."""

    line: int
    position: int = 50

    @property
    def settings(self) -> str:
        """As WebVTT writes it."""
        return f" line:{self.line}%" + (f" position:{self.position}%" if self.position != 50 else "")


def caption_places(plan: Plan, geometries: Geometries) -> list[CaptionPlace]:
    """For each cue the place where it covers the least of what is in the picture while it is shown.

    A cue stays where the one before stood if nothing is in its way there.
    """
    places: list[CaptionPlace] = []
    for cue in plan.cues:
        usual = places[-1] if places and plan.cues[len(places) - 1].shot_id == cue.shot_id else None
        shot, geometry = plan.shot(cue.shot_id), geometries.get(cue.shot_id)
        lowest = above_foot(cue.text, plan.canvas)
        if geometry is None:
            places.append(CaptionPlace(lowest))
            continue
        start_s = plan.start_frames[shot.id] / plan.canvas.fps
        bands = list(_bands(shot, geometry, cue.start_s - start_s, cue.end_s - start_s))
        places.append(_free(cue.text, bands, geometry["width"] / geometry["height"], lowest, usual))
    return places


def above_foot(words: str, canvas: Stretch) -> int:
    """The line above statement and footer, which a second row of words pushes up."""
    height = canvas.height / design_scale(canvas.width, canvas.height)
    return int((1 - FOOT / height) * 100 - LINE_SHARE * (words.count("\n") + 1))


def _bands(shot: ShotPlan, geometry: Mapping[str, Any], start_s: float, end_s: float) -> Iterator[Band]:
    """What is in the picture while a cue is shown: the rests of its beats, and the one before."""
    ends = [beat.end_s for beat in shot.beats] or [shot.duration_s]
    moments = geometry["moments"]
    wide, high = geometry["width"] / 100, geometry["height"] / 100
    for index, moment in enumerate(moments):
        began = ends[index - 1] if 0 < index <= len(ends) else 0.0
        ended = ends[index] if index < len(ends) else shot.duration_s
        if began >= end_s or ended <= start_s:
            continue
        layers = {one["layer"]: one for one in geometry["layers"]}
        scale = float(geometry["scale"])
        for one in moment["texts"]:
            if one["opacity"] >= _READABLE and one["hidden"] < _READABLE:
                left, top, right, bottom = one["box"]
                small = layers[one["layer"]]["size"] * one["grown"] * scale <= _FOOTER * scale
                yield Band(left / wide, top / high, right / wide, bottom / high, 1.0 if small else 3.0)
        for one in moment["shapes"]:
            if layers[one["layer"]]["kind"] == "data" and one["opacity"] >= _READABLE:
                left, top, right, bottom = one["box"]
                yield Band(left / wide, top / high, right / wide, bottom / high, 2.0)


def _free(
    words: str, bands: Sequence[Band], ratio: float, lowest: int, usual: CaptionPlace | None
) -> CaptionPlace:
    """The place where the words cover the least; of equals the usual, then the one in the middle of the width
    and nearest to the line `lowest`."""
    rows = words.split("\n")
    height = LINE_SHARE * len(rows)
    half = min(48.0, (max(map(len, rows)) * _LETTER_SHARE / ratio) / 2 + 1.5)

    def covered(place: CaptionPlace) -> float:
        left, right = place.position - half, place.position + half
        return sum(
            max(0.0, min(right, one.right) - max(left, one.left))
            * max(0.0, min(place.line + height, one.bottom) - max(place.line, one.top))
            * one.weight
            for one in bands
        )

    positions = [at for at in _POSITIONS if at == 50 or half <= min(at, 100 - at) - 2]
    lines = range(_FIRST, int(_LAST - height) + 1)
    costs = {
        place: round(covered(place), 2)
        for line in lines
        for at in positions
        for place in [CaptionPlace(line, at)]
    }
    least = min(costs.values())
    if usual is not None and costs.get(usual, least + 1) <= least:
        return usual
    free = (place for place, cost in costs.items() if cost <= least)
    return min(free, key=lambda each: (abs(each.position - 50), abs(each.line - lowest), each))
