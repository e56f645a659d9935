"""Rules about texts, marks and stillness over time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from explainers.check.finding import Finding
from explainers.check.geometry import (
    SEEN,
    Samples,
    SeenText,
    css_width,
    frame_of,
    samples_of,
    texts_of,
    use_of,
)
from explainers.check.rules import rule
from explainers.check.rules.frames.placement import COVERED, SMALLEST, SMALLEST_SLACK
from explainers.check.subject import Pictures, parts_of, speed_of
from explainers.kinds.base import ShotPlan
from explainers.timing import READING_CHARACTERS_PER_S, READING_LEAD_S, reading_s

_SLACK_S = 0.1


@rule("brief-text", "warning")
def brief_text(subject: Pictures) -> Iterator[Finding]:
    """Words in the picture that come and go too fast.

    A label that is seen for less than its reading time (0.8 s and 15 characters a second) is noise.
    Changing numbers are not judged: they are watched, not read. Statements have their own rule.
    """
    for shot, geometry in subject.geometries():
        boxes = {text["layer"]: text["box"] for moment in geometry["moments"] for text in moment["texts"]}
        standing: dict[str, float] = {}
        spans: dict[str, tuple[float, float, int]] = {}
        samples = samples_of(geometry)
        for layer in samples.layers:
            words = layer.words
            if layer.kind != "text" or not any(letter.isalpha() for letter in words):
                continue
            if use_of(words, shot) == "body":
                continue
            # Looks of one thing take turns: its words are there as long as any of them is.
            visible = [(a / samples.fps, b / samples.fps) for a, b in layer.when(SEEN, samples.frames)]
            standing[words] = standing.get(words, 0.0) + sum(end - start for start, end in visible)
            if visible:
                spans.setdefault(words, (visible[0][0], visible[-1][1], layer.layer))
        for words, (start, end, index) in spans.items():
            needed = reading_s(words)
            # What a shot carries on was read before.
            if shot.carry is not None and start <= 0:
                continue
            if standing[words] + _SLACK_S >= needed or _stays(start, end, shot.duration_s):
                continue
            message = f"{words!r} is seen {standing[words]:.1f} s and takes {needed:.1f} s to read"
            box = boxes.get(index, (0, 0, geometry["width"], geometry["height"]))
            fix = "a longer beat, or fewer words"
            yield subject.at_box(message, shot, start, box, words, until=end, fix=fix)


def _stays(start: float, end: float, length: float) -> bool:
    """Whether a text is there from the first to the last moment: the shot's own length is its rule's."""
    return start <= 0.6 and end >= length - 0.1


HOLD_S = 1.2
"""Seconds of stillness after reading."""


@rule("dead-hold", "warning")
def dead_hold(subject: Pictures) -> Iterator[Finding]:
    """A picture that stands still with nothing left to read.

    Stillness is for reading: 0.8 s to look, 15 characters a second of what has come to be read, or the
    caption's time where that is longer, and 1.2 s more. After that something moves, or the shot is over. What
    was read while something moved is not read again; the source line and digits that change are not counted.
    """
    for shot, geometry in subject.geometries():
        samples, start = samples_of(geometry), subject.plan.start_frames[shot.id] / shot.canvas.fps
        captions = [
            (cue.start_s - start, cue.start_s - start + reading_s(cue.text)) for cue in subject.plan.cues
        ]
        arrivals = _arrivals(samples, shot)
        for first, until in samples.rests():
            since, end = first / samples.fps, until / samples.fps
            read = max((done for begins, done in captions if begins < end), default=0.0)
            read = max(since + READING_LEAD_S, read, _read_by(arrivals, since))
            if end - read > HOLD_S + 0.1:
                message = f"nothing moves for {end - since:.1f} s, and all is read after {read - since:.1f} s"
                box = (0, 0, geometry["width"], geometry["height"])
                fix = f"end it {end - read - HOLD_S:.1f} s sooner, or let something happen by then"
                yield subject.at_box(message, shot, since, box, until=end, fix=fix)


def _arrivals(samples: Samples, shot: ShotPlan) -> list[tuple[float, int]]:
    """When new words come to be read, and how many characters they are, in order of time."""
    first: dict[str, int] = {}
    for layer in samples.layers:
        stretches = layer.when(SEEN, samples.frames) if layer.kind == "text" and layer.words else ()
        if stretches and use_of(layer.words, shot) != "footer":
            first[layer.words] = min(stretches[0][0], first.get(layer.words, samples.frames))
    return sorted((frame / samples.fps, len(words)) for words, frame in first.items())


def _read_by(arrivals: Sequence[tuple[float, int]], until: float) -> float:
    """When everything that has come by a time is read, one after another."""
    at = 0.0
    for t, characters in arrivals:
        if t <= until + 0.1:
            at = max(at, t + READING_LEAD_S) + characters / READING_CHARACTERS_PER_S
    return at


_WORDS = {"simulated": ("simulat", "model"), "illustration": ("illustrat", "example", "made up", "made-up")}


@rule("said-in-frame", "error")
def said_in_frame(subject: Pictures) -> Iterator[Finding]:
    """A simulated or illustrated shot that does not say so in the frame.

    The chip before the footer says it in every shot (`simulated`, or `drawn` for an illustration), where a
    screenshot keeps it. A picture that covers the chip says it itself, at the size of a label.
    """
    for shot, geometry in subject.geometries():
        words = _WORDS.get(shot.provenance or "")
        least = (SMALLEST["label"] - SMALLEST_SLACK) * frame_of(geometry)[0] / css_width(geometry)
        large = [one.words.casefold() for one in _seen(geometry) if one.size >= least]
        chip = any(one.role == "source" and one.hidden <= COVERED for one in _seen(geometry))
        if words and not chip and not any(word in text for text in large for word in words):
            what = "an illustration" if shot.provenance == "illustration" else shot.provenance
            message = f"the shot is {what}, and its chip, which says so, is covered"
            fix = f"leave the chip free, or a label or a statement with the word {shot.provenance!r}"
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
