"""Rules about texts and stillness over time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from explainers.check.finding import Finding
from explainers.check.geometry import SEEN, css_width, frame_of, texts_of, use_of
from explainers.check.rules import rule
from explainers.check.rules.frames.placement import SMALLEST
from explainers.check.subject import Pictures
from explainers.timing import reading_s

_SLACK_S = 0.1


@rule("brief-text", "warning", needs=("geometry",))
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
            yield subject.at_box(
                "brief-text", "warning", message, shot, start, box, text=words, until=end, fix=fix
            )


def _stays(start: float, end: float, length: float) -> bool:
    """Whether a text is there from the first to the last moment: the shot's own length is its rule's."""
    return start <= 0.6 and end >= length - 0.1


STILL_S = 8.0


@rule("still-long", "warning", needs=("geometry",))
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
                yield subject.at_box("still-long", "warning", message, shot, start, box, until=end, fix=fix)


def _rests(geometry: Mapping[str, Any]) -> Iterator[tuple[float, float]]:
    at, length = 0.0, geometry["frames"] / geometry["fps"]
    for start, end in geometry["motion"]:
        yield at, start
        at = end
    yield at, length


def _reading(geometry: Mapping[str, Any], start: float, end: float) -> float:
    """Reading time of all words that are seen in a stretch."""
    words = {
        text.words
        for text in texts_of(geometry)
        if text.opacity >= SEEN and start - 0.1 <= text.t <= end + 0.1
    }
    return reading_s(" ".join(sorted(words)))


_WORDS = {"simulated": ("simulat", "model"), "illustration": ("illustrat", "example", "made up", "made-up")}


@rule("said-in-frame", "error", needs=("geometry",))
def said_in_frame(subject: Pictures) -> Iterator[Finding]:
    """A simulated or illustrated shot that does not say so in the frame.

    The footer's first word is not enough: what did not happen says so at the size of a label, in the
    picture, where a screenshot keeps it.
    """
    for shot, geometry in subject.geometries():
        words = _WORDS.get(shot.provenance or "")
        if words is None:
            continue
        ratio = css_width(geometry) / frame_of(geometry)[0]
        large = [
            text
            for text in texts_of(geometry)
            if text.opacity >= SEEN and text.size * ratio >= SMALLEST["label"] - 0.03
        ]
        if any(word in text.words.casefold() for text in large for word in words):
            continue
        message = f"the shot is {_a(shot.provenance)} and says so in its footer alone"
        fix = f"a label or a statement with the word {shot.provenance!r}"
        loc = (*subject.words.shot_locs[shot.id], "id")
        yield subject.words.found("said-in-frame", "error", message, loc, shot=shot.id, fix=fix)


def _a(word: str | None) -> str:
    return "an illustration" if word == "illustration" else str(word)
