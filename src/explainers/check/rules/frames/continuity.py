"""Rules about the order in which things are seen: cuts, what carries on, verdicts after their evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from explainers.check.claims import last_digit, leaves, read_number, shape_of
from explainers.check.finding import Finding
from explainers.check.geometry import (
    FAINT,
    SEEN,
    Box,
    Sampled,
    Samples,
    first_by,
    joined,
    samples_of,
    texts_of,
)
from explainers.check.rules import rule
from explainers.check.subject import Drawn, Pictures
from explainers.facts.templates import Piece
from explainers.kinds.base import ShotPlan
from explainers.plan.resolve import Text
from explainers.theme import CHROME

LEAST, LATER_S, NOTHING = 1 / 3, 1.0, 0.04


@rule("cut-to-empty", "warning")
def cut_to_empty(subject: Pictures) -> Iterator[Finding]:
    """A shot that begins with an empty page.

    The first frame of a shot is a composition: without title, statement and source it holds at least a
    third of the area that it holds a second later. A shot that carries on the one before begins with all
    that both of them name.
    """
    before: tuple[ShotPlan, Samples] | None = None
    for shot, samples in _in_a_row(subject):
        if samples is None:
            before = None
            continue
        later = min(samples.filled, key=lambda one: abs(one[0] - LATER_S * samples.fps))
        # A shot of words alone is judged by its words.
        use = 2 if later[2] > NOTHING else 1
        first = samples.filled[0][use]
        if first < LEAST * later[use]:
            lacking = [
                one
                for one in _standing(samples, later[0])
                if one.at(0).opacity < SEEN and one.name not in CHROME
            ]
            names = ", ".join(
                list(dict.fromkeys(one.name or one.words for one in lacking if one.name or one.words))[:3]
            )
            fix = f"let {names or 'the picture'} stand from the first frame on"
            yield subject.at_box(
                f"it begins with {first:.0%} of the safe area in use, and holds {later[use]:.0%} after "
                f"{later[0] / samples.fps:.1f} s",
                shot,
                0.0,
                (0, 0, *samples.size),
                until=later[0] / samples.fps,
                fix=f"{fix}: {LEAST * later[use]:.0%} at least",
            )
        if shot.carry is not None and before is not None:
            yield from _not_carried(subject, shot, samples, before[1])
        before = shot, samples


def _in_a_row(subject: Pictures) -> Iterator[tuple[ShotPlan, Samples | None]]:
    """Every shot in order, with its samples where it is drawn."""
    for shot in subject.plan.shots:
        geometry = subject.drawn.get(shot.id, Drawn()).geometry
        yield shot, samples_of(geometry) if geometry is not None else None


def _standing(samples: Samples, frame: int) -> list[Sampled]:
    return [layer for layer in samples.layers if layer.at(frame).opacity >= SEEN]


def _not_carried(subject: Pictures, shot: ShotPlan, samples: Samples, before: Samples) -> Iterator[Finding]:
    """Things that both shots name and that are not there when the second one begins."""
    last = {one.name for one in _standing(before, before.frames - 1) if not one.pinned}
    here = {one.name for one in _standing(samples, 0)}
    for name in samples.names:
        if name not in here and (shot.carry or {}).get(name, name) in last:
            comes = min(
                (first for one in samples.named(name) for first, _ in one.when(SEEN, samples.frames)),
                default=0,
            )
            yield subject.at_box(
                f"{name!r} stands in the shot before, and comes here only after {comes / samples.fps:.1f} s",
                shot,
                0.0,
                samples.named(name)[0].at(comes).box,
                fix=f"let it stand from the first frame on, {comes / samples.fps:.1f} s earlier",
            )


@rule("carry-pop", "warning")
def carry_pop(subject: Pictures) -> Iterator[Finding]:
    """A seam that is seen where a shot carries on the one before.

    The first frame of a shot that carries is the last one of the shot before, but for what is moving:
    whatever was seen is where it was, as large and as opaque, and nothing is there that was not. Things go by
    name and part.
    """
    before: Samples | None = None
    for shot, samples in _in_a_row(subject):
        if shot.carry is not None and before is not None and samples is not None:
            last = _things(before, before.frames - 1, {})
            first = _things(samples, 0, shot.carry)
            seams = (
                (thing, _seam(last.get(thing), first.get(thing), before, samples))
                for thing in sorted({*last, *first})
            )
            for (name, _), seam in first_by((one for one in seams if one[1]), lambda one: one[0][0]):
                what, fix, box = seam or ("", "", (0, 0, 0, 0))
                yield subject.at_box(f"{name!r} {what} at the cut", shot, 0.0, box, fix=fix)
        before = samples


Thing = tuple[str, str]


def _things(samples: Samples, frame: int, names: Mapping[str, str]) -> dict[Thing, tuple[Box, float, float]]:
    """What is seen of each thing's parts at a frame: its box, its opacity, and how far it moves a sample."""
    found: dict[Thing, list[Sampled]] = {}
    for layer in samples.layers:
        if layer.name and not layer.pinned and layer.name not in CHROME and layer.at(frame).opacity >= FAINT:
            found.setdefault((names.get(layer.name, layer.name), layer.part), []).append(layer)
    beside = samples.every if frame == 0 else frame - samples.every
    return {
        thing: (
            joined([part.at(frame).box for part in parts]),
            max(part.at(frame).opacity for part in parts),
            max(
                _distance(part.at(frame).box, part.at(beside).box)
                for part in parts
                if part.at(beside).opacity
            )
            if any(part.at(beside).opacity for part in parts)
            else 0.0,
        )
        for thing, parts in found.items()
    }


def _seam(
    last: tuple[Box, float, float] | None,
    first: tuple[Box, float, float] | None,
    before: Samples,
    samples: Samples,
) -> tuple[str, str, Box] | None:
    """What is seen of a seam at a thing, how to mend it, and where; None where there is no seam."""
    if last is None or first is None:
        there = last or first
        if there is None or there[1] < SEEN:
            return None
        if last is None:
            return "appears", "let it enter after the first frame, over 300 to 500 ms", there[0]
        return "vanishes", "let it leave after the first frame, over 250 ms", there[0]
    # A thing in motion is a frame's way further.
    slack = 3.0 + max(last[2], first[2]) / min(before.every, samples.every)
    by = _distance(last[0], first[0])
    if by > slack:
        units = by / samples.scale
        return (
            f"jumps by {units:.0f} units",
            f"begin {units:.0f} units back, where it ended, and let it travel",
            first[0],
        )
    if abs(last[1] - first[1]) > 0.15:
        return f"goes from opacity {last[1]:.2f} to {first[1]:.2f}", f"begin at {last[1]:.2f}", first[0]
    return None


def _distance(one: Box, other: Box) -> float:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


# -- evidence first ----------------------------------------------------------------------------------------

COMPARED = ("gain", "drop", "ratio", "difference")
_NUMBER = re.compile(r"(?<![\w.])[+\-−]?\d[\d,]*(?:\.\d+)?(?::\d\d)*(?!\w*:\d)")
_SOON_S = 0.15
_MARK = 8.0
"""Units of width and height from which a mark is seen."""


@rule("verdict-first", "warning")
def verdict_first(subject: Pictures) -> Iterator[Finding]:
    """A verdict in words before its evidence.

    A comparison that is computed (`a / b - 1`, `a - b`, `a / b`) waits until one of the values it is made of
    was seen: as a number, in the same words or before, or as a mark of a picture that shows their table.
    """
    evidence: list[tuple[float, float, float]] = []
    marks: list[tuple[float, frozenset[str]]] = []
    for shot, samples in _in_a_row(subject):
        if samples is None:
            return
        start = subject.plan.start_frames[shot.id] / shot.canvas.fps
        evidence += _numbers_seen(samples, subject.drawn[shot.id].geometry or {}, start)
        data = [
            state.frame
            for layer in samples.layers
            for state in layer.states
            if layer.kind == "data" and state.opacity >= SEEN and _is_seen(state.box, samples.scale)
        ]
        if data:
            marks.append((start + min(data) / samples.fps, frozenset((*shot.tables, *shot.runs))))
        verdicts = _verdicts(subject.words.of_shot(shot.id), samples, subject)
        for text, piece, frame in first_by(verdicts, lambda one: one[1].source):
            at = start + frame / samples.fps
            facts = [subject.words.facts[name] for name in leaves(piece.source, subject.words.facts)]
            later = [t for value in facts for t, number, step in evidence if _is(value.value, number, step)]
            later += [t for t, tables in marks if any(value.table in tables for value in facts)]
            if not facts or any(t <= at + _SOON_S for t in later):
                continue
            names = " and ".join(f"{value.name} ({value.text})" for value in facts[:2])
            when = (
                f"let it come after {min(later) - start:.1f} s of the shot, with a beat"
                if later
                else "show one first"
            )
            yield subject.words.at_text(
                f"{piece.shown!r} stands before any of its values is seen: {names}",
                text,
                piece,
                start_s=round(at, 3),
                fix=f"{when}, or write the values beside it",
            )


def _is_seen(mark: Box, scale: float) -> bool:
    """Whether a mark is more than a bar of no length."""
    return min(mark[2] - mark[0], mark[3] - mark[1]) >= _MARK * scale


def _verdicts(
    texts: Iterable[Text], samples: Samples, subject: Pictures
) -> Iterator[tuple[Text, Piece, int]]:
    """Comparisons in words that are seen, each with the frame from which on."""
    for text in texts:
        for piece in text.pieces if text.on_screen else ():
            if piece.value is None or shape_of(piece.source, subject.words.facts).kind not in COMPARED:
                continue
            plain = " ".join(text.text.split())
            frames = [
                first
                for layer in samples.layers
                if layer.kind == "text"
                and piece.shown in layer.words
                and " ".join(layer.words.split()) in plain
                for first, _ in layer.when(SEEN, samples.frames)
            ]
            if frames:
                yield text, piece, min(frames)


def _numbers_seen(samples: Samples, geometry: Mapping, start: float) -> Iterator[tuple[float, float, float]]:
    """Numbers in words, each with its time in the video, its value and the worth of its last digit."""
    words = [
        (first, layer.words)
        for layer in samples.layers
        if layer.kind == "text"
        for first, _ in layer.when(SEEN, samples.frames)[:1]
    ]
    words += [
        (round(text.t * samples.fps), text.words) for text in texts_of(geometry) if text.opacity >= SEEN
    ]
    for frame, text in dict.fromkeys(words):
        for match in _NUMBER.finditer(text):
            number, step = _value(match[0])
            yield start + frame / samples.fps, number, step


def _value(written: str) -> tuple[float, float]:
    """The value of a number as written, a clock's in seconds, and the worth of its last digit."""
    if ":" in written:
        seconds = 0.0
        for part in written.split(":"):
            seconds = seconds * 60 + read_number(part)
        return seconds, 1.0
    return read_number(written), last_digit(written)


def _is(value: float, number: float, step: float) -> bool:
    """Whether a number in words is a value, as it is or in per cent, in thousands or in millions, rounded."""
    # In another unit, a few digits have to be there: any small number is 0 millions.
    factors = (1.0, 100.0, 1e-3, 1e-6, 1000.0) if step <= 0.05 * abs(number) else (1.0, 100.0)
    return any(abs(value * factor - number) <= 0.51 * step for factor in factors)
