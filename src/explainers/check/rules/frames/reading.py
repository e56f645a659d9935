"""Rules about texts, marks and stillness over time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from explainers.check.finding import Finding
from explainers.check.geometry import SEEN, SeenText, css_width, frame_of, texts_of, use_of
from explainers.check.rules import rule
from explainers.check.rules.frames.placement import SMALLEST, SMALLEST_SLACK
from explainers.check.subject import Pictures, parts_of, speed_of
from explainers.timing import reading_s

_SLACK_S = 0.1


@rule("brief-text", "warning")
def brief_text(subject: Pictures) -> Iterator[Finding]:
    """Words in the picture that come and go too fast.

    A label that is seen for less than its reading time (0.8 s and 15 characters a second) is noise.
    Changing numbers are not judged: they are watched, not read. Statements have their own rule.
    """
    for shot, geometry in subject.geometries():
        boxes = {one["layer"]: one["box"] for moment in geometry["moments"] for one in moment["texts"]}
        standing: dict[str, float] = {}
        spans: dict[str, tuple[float, float, int]] = {}
        for layer in geometry["layers"]:
            words = layer["text"].strip()
            if layer["kind"] != "text" or not any(letter.isalpha() for letter in words):
                continue
            if use_of(words, shot) == "body":
                continue
            # Looks of one thing take turns: its words are there as long as any of them is.
            visible = layer.get("visible", [])
            standing[words] = standing.get(words, 0.0) + sum(end - start for start, end in visible)
            if visible:
                spans.setdefault(words, (visible[0][0], visible[-1][1], layer["layer"]))
        for words, (start, end, index) in spans.items():
            needed = reading_s(words)
            if standing[words] + _SLACK_S >= needed or _stays(start, end, shot.duration_s):
                continue
            message = f"{words!r} is seen {standing[words]:.1f} s and takes {needed:.1f} s to read"
            box = boxes.get(index, (0, 0, geometry["width"], geometry["height"]))
            fix = "a longer beat, or fewer words"
            yield subject.at_box(message, shot, start, box, words, until=end, fix=fix)


def _stays(start: float, end: float, length: float) -> bool:
    """Whether a text is there from the first to the last moment: the shot's own length is its rule's."""
    return start <= 0.6 and end >= length - 0.1


STILL_S = 8.0


@rule("still-long", "warning")
def still_long(subject: Pictures) -> Iterator[Finding]:
    """A shot that stands still with nothing left to read.

    Eight seconds in which nothing moves, and whose words were read long ago, are time a viewer leaves in.
    """
    for shot, geometry in subject.geometries():
        for start, end in _rests(geometry):
            reading = _reading(geometry, start, end)
            if end - start > max(STILL_S, reading):
                message = f"nothing moves for {end - start:.1f} s, and its words are read in {reading:.1f} s"
                box = (0, 0, geometry["width"], geometry["height"])
                fix = "a shorter shot, or a beat that shows something"
                yield subject.at_box(message, shot, start, box, until=end, fix=fix)


def _rests(geometry: Mapping[str, Any]) -> Iterator[tuple[float, float]]:
    at, length = 0.0, geometry["frames"] / geometry["fps"]
    for start, end in geometry["motion"]:
        yield at, start
        at = end
    yield at, length


def _reading(geometry: Mapping[str, Any], start: float, end: float) -> float:
    """Reading time of all words that are readable in a stretch."""
    words = {text.words for text in _seen(geometry) if start - 0.1 <= text.t <= end + 0.1}
    return reading_s(" ".join(sorted(words)))


_WORDS = {"simulated": ("simulat", "model"), "illustration": ("illustrat", "example", "made up", "made-up")}


@rule("said-in-frame", "error")
def said_in_frame(subject: Pictures) -> Iterator[Finding]:
    """A simulated or illustrated shot that does not say so in the frame.

    The footer's first word is not enough: what did not happen says so at the size of a label, in the
    picture, where a screenshot keeps it.
    """
    for shot, geometry in subject.geometries():
        words = _WORDS.get(shot.provenance or "")
        least = (SMALLEST["label"] - SMALLEST_SLACK) * frame_of(geometry)[0] / css_width(geometry)
        large = [one.words.casefold() for one in _seen(geometry) if one.size >= least]
        if words and not any(word in text for text in large for word in words):
            what = "an illustration" if shot.provenance == "illustration" else shot.provenance
            message = f"the shot is {what} and says so in its footer alone"
            fix = f"a label or a statement with the word {shot.provenance!r}"
            yield subject.words.found(message, shot=shot.id, fix=fix)


_FACTOR = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s?[x×]")


@rule("speed-mark", "error")
def speed_mark(subject: Pictures) -> Iterator[Finding]:
    """A change of speed that is not marked.

    Every stretch that does not run at 1x shows its factor in the frame: "110x", "shown at 110x".
    """
    for shot, geometry in subject.geometries():
        # A factor that changes names all that it is in its note; at the ends of beats it is one of them.
        texts = [text.words for text in _seen(geometry)]
        texts += [layer["text"] for layer in geometry["layers"] if layer["kind"] == "text"]
        factors = (one for words in texts for one in _FACTOR.findall(words))
        marked = {float(one.replace(",", "")) for one in factors}
        for path, part in parts_of(shot.params):
            loc, speed = subject.words.loc(shot.id, *path, "speed"), speed_of(part)
            if not marked and getattr(part, "speed", None) == "auto":
                message = "it runs at a speed of its own choosing, and the frame shows no factor"
                yield subject.words.found(message, loc, shot=shot.id, fix="show the factor beside the clock")
            if speed is None or speed == 1:
                continue
            if not any(abs(mark - speed) < 0.006 for mark in marked):
                message = f"it runs at {speed:g}x, and the frame does not say so"
                fix = f"show {speed:g}x beside the clock"
                yield subject.words.found(message, loc, shot=shot.id, fix=fix)


def _seen(geometry: Mapping[str, Any]) -> Iterator[SeenText]:
    return (text for text in texts_of(geometry) if text.opacity >= SEEN)
