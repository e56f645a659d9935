"""Rules about how the frame is filled over time, and what lies on or across each other in motion."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from statistics import median

import numpy as np

from explainers.check.finding import Finding
from explainers.check.geometry import (
    AT_REST,
    SEEN,
    Box,
    Sampled,
    Samples,
    area,
    common,
    first_by,
    frame_of,
    joined,
    samples_of,
)
from explainers.check.rules import rule
from explainers.check.rules.frames.placement import MARGIN_X, MARGIN_Y, lying_on_each_other
from explainers.check.subject import Pictures
from explainers.theme import CHROME, PLATES

USED, LONG_S = 0.5, 1.5


@rule("empty-frame", "warning")
def empty_frame(subject: Pictures) -> Iterator[Finding]:
    """More than half of the safe area left untouched.

    A frame of which over half is further than 54 units from everything that is seen, for longer than 1.5 s,
    is a page with a small drawing on it. Words take up as much around them as their size, so that a large
    word fills its surroundings; a large outline fills only what is near its line.
    """
    for shot, geometry in subject.geometries():
        samples = samples_of(geometry)
        for first, until in _stretches_below(samples, USED):
            if (until - first) / samples.fps <= LONG_S:
                continue
            used = median(share for frame, share, _ in samples.filled if first <= frame < until)
            subject_box = _subject(samples, (first + until) // 2)
            wide, high = (subject_box[2] - subject_box[0]), (subject_box[3] - subject_box[1])
            width, height = frame_of(geometry)
            across = wide / samples.scale / (width - 2 * MARGIN_X)
            down = high / samples.scale / (height - 2 * MARGIN_Y)
            yield subject.at_box(
                f"{1 - used:.0%} of the safe area is untouched for {(until - first) / samples.fps:.1f} s",
                shot,
                first / samples.fps,
                (0, 0, geometry["width"], geometry["height"]),
                until=until / samples.fps,
                fix=f"the picture reaches over {across:.0%} of the safe area's width and {down:.0%} of "
                f"its height; {_larger(across, down, used)}",
            )
            break


def _larger(across: float, down: float, used: float) -> str:
    """What would fill the frame: a larger picture, or more in it where it reaches far already."""
    if max(across, down) < 0.65:
        return f"{0.7 / max(across, down, 0.05):.1f} times as large it takes 70% of one of them"
    return f"fill {USED - used:.0%} more: larger words and shapes, or what is to come earlier"


def _stretches_below(samples: Samples, share: float) -> Iterator[tuple[int, int]]:
    """First and exclusive last frame of each stretch in which less of the safe area is in use."""
    first: int | None = None
    for frame, used, _ in samples.filled:
        if used < share and first is None:
            first = frame
        elif used >= share and first is not None:
            yield first, frame
            first = None
    if first is not None:
        yield first, samples.frames


def _subject(samples: Samples, frame: int) -> Box:
    """The box around all that is seen at a frame but title, statement and source, inside the frame."""
    boxes = [
        layer.at(frame).box
        for layer in samples.layers
        if layer.name not in CHROME and layer.at(frame).opacity >= SEEN
    ]
    whole = (0.0, 0.0, float(samples.size[0]), float(samples.size[1]))
    return (common(joined(boxes), whole) if boxes else None) or (0.0, 0.0, 0.0, 0.0)


THERE, SHARED, SAME = 0.3, 0.12, 0.7
"""Opacity from which a text disturbs another, the share of the smaller one's box that they have in common,
and the share from which two texts of the same words are looks of one thing."""


@rule("text-over-text", "warning")
def text_over_text(subject: Pictures) -> Iterator[Finding]:
    """Words that pass over words.

    Texts never dissolve into one another, and none travels across another: at no tenth of a second, nor
    between two of them, may an eighth of a text's box lie on another text. What lies on each other at rest
    is `overlap`. A text on a plate of its own, such as a token, may pass over others: it hides them.
    """
    for shot, geometry in subject.geometries():
        samples, resting = samples_of(geometry), lying_on_each_other(geometry)
        texts = [layer for layer in samples.layers if layer.kind == "text"]
        reported: set[frozenset[str | int]] = set()
        changed = {state.frame for text in texts for state in text.states}
        for earlier, frame in pairwise([0, *samples.grid]):
            for place, further in _over_each_other(texts, earlier, frame) if frame in changed else ():
                one, other = texts[place], texts[further]
                words = frozenset((one.words or one.layer, other.words or other.layer))
                if words in reported or frozenset((one.layer, other.layer)) in resting:
                    continue
                lower, upper = sorted((one, other), key=lambda each: each.layer)
                if _on_a_plate(samples, lower, upper, frame):
                    continue
                reported.add(words)
                names = " and ".join(repr(each.words) if each.words else "a number" for each in (one, other))
                yield subject.at_box(
                    f"{names} lie on each other while they move or change",
                    shot,
                    frame / samples.fps,
                    common(one.ink_at(frame), other.ink_at(frame)) or one.ink_at(frame),
                    one.words,
                    fix=_apart(one, other, frame, samples),
                )


def _over_each_other(texts: list[Sampled], earlier: int, frame: int) -> Iterator[tuple[int, int]]:
    """Pairs of texts, by their places in the list, of which one lies on the other at a frame, or came across
    it since an earlier one."""
    now = [index for index, text in enumerate(texts) if text.at(frame).opacity >= THERE]
    both = [index for index in now if texts[index].at(earlier).opacity >= THERE]
    for there, since in ((now, frame), (both, earlier)):
        if len(there) < 2:
            continue
        boxes = np.array([[texts[index].ink_at(each) for index in there] for each in (since, frame)]).mean(0)
        low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
        high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
        sizes = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
        least = np.maximum(1.0, np.minimum(sizes[:, None], sizes[None, :]))
        shares = np.clip(high - low, 0, None).prod(axis=2) / least
        for row, column in np.argwhere(np.triu(shares >= SHARED, 1)).tolist():
            one, other = there[row], there[column]
            # The looks of one thing say the same in the same place.
            if texts[one].words != texts[other].words or shares[row, column] < SAME:
                yield one, other


def _on_a_plate(samples: Samples, lower: Sampled, upper: Sampled, frame: int) -> bool:
    """Whether the upper text stands on something of its own thing that hides the lower one there."""
    shared = common(lower.ink_at(frame), upper.ink_at(frame)) or upper.ink_at(frame)
    x, y = (shared[0] + shared[2]) / 2, (shared[1] + shared[3]) / 2
    for plate in samples.layers:
        if not lower.layer < plate.layer <= upper.layer or not upper.name or plate.name != upper.name:
            continue
        chip = "chip" in plate.part
        solid = chip or plate.kind in ("shape", "frame", "data") or plate.part in PLATES
        # Of a chip that changes its look both are seen in part, and together they hide what is under them.
        if solid and plate.at(frame).opacity >= (0.5 if chip else AT_REST):
            left, top, right, bottom = plate.ink_at(frame)
            if left <= x <= right and top <= y <= bottom:
                return True
    return False


def _apart(one: Sampled, other: Sampled, frame: int, samples: Samples) -> str:
    """The fix: how far to move one of them, or when to let it come."""
    a, b = one.ink_at(frame), other.ink_at(frame)
    up = min(a[3], b[3]) - max(a[1], b[1])
    across = min(a[2], b[2]) - max(a[0], b[0])
    units = max(0.0, min(up, across)) / samples.scale + 16
    late = next((until for first, until in one.when(THERE, samples.frames) if first <= frame < until), frame)
    if late < samples.frames:
        clean = f"let it come after {late / samples.fps:.1f} s, on a clean frame"
        return f"{units:.0f} units further apart, or {clean}"
    return f"a way that passes {units:.0f} units further off"


CUT_S, OUT = 0.5, 4.0
"""Seconds for which something may be cut, and units that it may stick out."""


@rule("clipped", "warning")
def clipped(subject: Pictures) -> Iterator[Finding]:
    """Something cut by the edge of what holds it.

    Words, and things with a name, that stand for more than half a second across the edge they are clipped at,
    and words that stick out of the plate of their own thing. What is on its way in or out is not meant.
    """
    for shot, geometry in subject.geometries():
        samples = samples_of(geometry)
        # Words first: a thing is reported once, by what can't be read of it.
        found = sorted((*_cut_off(samples), *_sticking_out(samples)), key=lambda one: one[0].kind != "text")
        for one, first, until, by, what in first_by(
            found, lambda each: (each[0].name or each[0].words, each[4])
        ):
            name = one.words or one.name
            message = f"{name!r} {what} for {(until - first) / samples.fps:.1f} s"
            where = {
                "until": until / samples.fps,
                "fix": f"{by / samples.scale:.0f} units more room, or less to hold",
            }
            yield subject.at_box(message, shot, first / samples.fps, one.ink_at(first), one.words, **where)


def _cut_off(samples: Samples) -> Iterator[tuple[Sampled, int, int, float, str]]:
    """What is clipped at an edge that runs through it, the frames, and by how many pixels."""
    for layer in samples.layers:
        if layer.cut is None or not (layer.kind == "text" or layer.name):
            continue
        for state, until in layer.stretches(samples.frames):
            ink = layer.ink_at(state.frame)
            inside = common(ink, layer.cut)
            if state.opacity < SEEN or inside is None or (until - state.frame) / samples.fps <= CUT_S:
                continue
            by = max(abs(a - b) for a, b in zip(ink, inside, strict=True))
            if by > OUT / 2 * samples.scale:
                yield layer, state.frame, until, by, "is cut by the edge of what holds it"


def _sticking_out(samples: Samples) -> Iterator[tuple[Sampled, int, int, float, str]]:
    """Words that stand mostly on the plate of their own thing, and partly beside it."""
    for layer in samples.layers:
        plates = [
            other for other in samples.named(layer.name) if other.part in PLATES and other.kind != "text"
        ]
        if not layer.name or layer.kind != "text":
            continue
        for state, until in layer.stretches(samples.frames):
            ink = layer.ink_at(state.frame)
            there = [plate for plate in plates if plate.at(state.frame).opacity >= SEEN]
            if state.opacity < SEEN or not there or (until - state.frame) / samples.fps <= CUT_S:
                continue
            inside = common(ink, joined([plate.ink_at(state.frame) for plate in there]))
            if inside is None or area(inside) < 0.5 * area(ink):
                continue
            by = max(abs(a - b) for a, b in zip(ink, inside, strict=True))
            if by > OUT * samples.scale:
                yield layer, state.frame, until, by, "sticks out of its plate"


ALIKE, ALIKE_S, FAR = 5, 1.0, 24.0
"""Things, seconds and units from which on moving alike is noticed."""


@rule("in-unison", "warning")
def in_unison(subject: Pictures) -> Iterator[Finding]:
    """Five or more like things that move at the same time.

    Things of a kind follow one another by 60 to 120 ms. Five or more of the same part and size that begin and
    end a move together, for over a second, move as a machine does. Camera and carrying on take less.
    """
    for shot, geometry in subject.geometries():
        samples = samples_of(geometry)
        moves = [
            (layer, *move) for layer in samples.layers if not layer.pinned for move in _moves(layer, samples)
        ]
        moves = [each for each in moves if (each[2] - each[1]) / samples.fps > ALIKE_S]
        reported: set[tuple[int, int]] = set()
        for lead, first, until in moves:
            together = [
                each
                for each in moves
                if _alike(lead, each[0]) and _at_once(each[1:], (first, until), samples)
            ]
            things = {each[0].name or each[0].layer for each in together}
            key = min(each[1] for each in together), max(each[2] for each in together)
            if len(things) < ALIKE or key in reported:
                continue
            reported.add(key)
            seconds = (until - first) / samples.fps
            middle = (first + until) // 2
            box = joined([each[0].at(middle).box for each in together])
            yield subject.at_box(
                f"{len(things)} like things move together for {seconds:.1f} s",
                shot,
                first / samples.fps,
                box,
                until=until / samples.fps,
                fix=f"let each begin 60 to 120 ms after the one before: {len(things) - 1} times 80 ms are "
                f"{0.08 * (len(things) - 1):.2f} s",
            )


def _moves(layer: Sampled, samples: Samples) -> Iterator[tuple[int, int]]:
    """First and last frame of each move of a layer: its box is another one at every sample of it."""
    start: int | None = None
    states = layer.states
    for before, after in pairwise(states):
        moving = (
            min(before.opacity, after.opacity) > 0
            and max(abs(a - b) for a, b in zip(before.box, after.box, strict=True)) > 1
        )
        close = after.frame - before.frame <= samples.every or start is None
        if moving and close:
            start = max(before.frame, after.frame - samples.every) if start is None else start
            continue
        if start is not None and _far(layer, start, before.frame, samples):
            yield start, before.frame
        start = max(before.frame, after.frame - samples.every) if moving else None
    if start is not None and _far(layer, start, states[-1].frame, samples):
        yield start, states[-1].frame


def _far(layer: Sampled, first: int, last: int, samples: Samples) -> bool:
    pairs = zip(layer.at(first).box, layer.at(last).box, strict=True)
    return max(abs(a - b) for a, b in pairs) >= FAR * samples.scale


def _alike(one: Sampled, other: Sampled) -> bool:
    return (one.part, one.kind) == (other.part, other.kind)


def _at_once(move: tuple[int, int], other: tuple[int, int], samples: Samples) -> bool:
    return all(abs(a - b) < samples.every for a, b in zip(move, other, strict=True))
