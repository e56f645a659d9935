"""Rules about where texts stand, how large they are, and what lies over them."""

from __future__ import annotations

from collections.abc import Iterator

from explainers.check.finding import Finding
from explainers.check.geometry import (
    AT_REST,
    SEEN,
    SeenText,
    css_width,
    first_by,
    first_of_each,
    frame_of,
    texts_of,
    use_of,
)
from explainers.check.rules import rule
from explainers.check.subject import Geometry, Pictures

COVERED = 0.1
"""Share of the ink that may be covered."""


@rule("hidden-text", "error")
def hidden_text(subject: Pictures) -> Iterator[Finding]:
    """A shape in front of text.

    A tenth of a text's ink covered by something that is painted after it is a word that can't be read.
    """
    for shot, geometry in subject.geometries():
        hidden = (text for text in texts_of(geometry) if text.opacity >= SEEN and text.hidden > COVERED)
        for text in first_by(hidden, lambda one: one.layer):
            message = f"{text.hidden:.0%} of {text.words!r} is behind {text.hidden_by}"
            yield subject.at_text(message, shot, text, fix="move one of them, or draw the text above")


_THERE = 0.3
"""From this opacity on a text disturbs another."""


@rule("overlap", "error")
def overlap(subject: Pictures) -> Iterator[Finding]:
    """Texts that lie on each other.

    Judged from the ink of each text at every rest of every beat: letters that touch, or boxes of which a
    good part is shared.
    """
    for shot, geometry in subject.geometries():
        for text, other in lying_on_each_other(geometry).values():
            (left, top, right, bottom), box = text.box, other.box
            common = max(left, box[0]), max(top, box[1]), min(right, box[2]), min(bottom, box[3])
            message = f"{text.words!r} and {other.words!r} lie on each other"
            yield subject.at_box(message, shot, text.t, common, text.words, fix="move one, or shorten it")


def lying_on_each_other(geometry: Geometry) -> dict[frozenset[int], tuple[SeenText, SeenText]]:
    """The pairs of texts that lie on each other at a rest, at the first one, by their layers."""
    at = {(text.t, text.layer): text for text in texts_of(geometry)}
    found: dict[frozenset[int], tuple[SeenText, SeenText]] = {}
    for text in at.values():
        for layer, _ in text.touches:
            other = at.get((text.t, layer))
            if other is not None and min(text.opacity, other.opacity) >= _THERE:
                found.setdefault(frozenset((text.layer, layer)), (text, other))
    return found


@rule("crossed-text", "warning")
def crossed_text(subject: Pictures) -> Iterator[Finding]:
    """Words that an edge of a diagram runs through, or that lie across the border of a frame.

    Judged from what is painted: an edge that passes under a box, or in a gap beside the words, crosses
    nothing.
    """
    for shot, geometry in subject.geometries():
        resting = (text for text in texts_of(geometry) if text.opacity >= AT_REST)
        crossed = ((text, kind, name) for text in resting for kind, name in text.crossed)
        for text, kind, name in first_by(crossed, lambda one: (one[0].words, *one[1:])):
            if kind == "edge":
                message = f"the edge {name!r} runs through {text.words!r}"
                fix = "give it another side with `leave` or `enter`, or the words another with `label_at`"
            else:
                message = f"{text.words!r} lies across the frame of {name!r}"
                fix = "shorten it, break its line, or widen the gap it stands in"
            yield subject.at_text(message, shot, text, fix=fix)


MARGIN_X, MARGIN_Y = 96.0, 54.0
_SLACK = 1.5
"""Units that rounding to whole pixels may take."""


@rule("safe-area", "error")
def safe_area(subject: Pictures) -> Iterator[Finding]:
    """Text outside the safe area.

    Players round corners and lay their controls over edges; nothing but backgrounds stands within 96 units
    of the sides and 54 of top and bottom. Words that the camera left wholly outside of the frame, and that
    stand in it at another time, are not there to be read.
    """
    for shot, geometry in subject.geometries():
        frame, slack = frame_of(geometry), max(_SLACK, 1.5 / float(geometry["scale"]))
        filmed = any(beat.camera for beat in shot.beats)
        texts = [text for text in texts_of(geometry) if text.opacity >= SEEN]
        come = {text.layer for text in texts if filmed and not _gone(text, frame)}
        outside = (
            text
            for text in texts
            if _outside(text, frame)[1] > slack and not (text.layer in come and _gone(text, frame))
        )
        for text in first_by(outside, lambda one: one.layer):
            side, by = _outside(text, frame)
            left, top, right, bottom = text.design
            off = left < 0 or top < 0 or right > frame[0] or bottom > frame[1]
            where = f"is cut off at the {side}" if off else f"stands {by:.0f} units outside the {side} margin"
            words = text.words if len(text.words) <= 40 else text.words[:37] + "..."
            yield subject.at_text(
                f"{words!r} {where}", shot, text, fix="shorten it, or give it another place"
            )


def _gone(text: SeenText, frame: tuple[float, float]) -> bool:
    """Whether nothing of a text is in the frame."""
    left, top, right, bottom = text.design
    return right <= 0 or bottom <= 0 or left >= frame[0] or top >= frame[1]


def _outside(text: SeenText, frame: tuple[float, float]) -> tuple[str, float]:
    """The side on which a text stands furthest outside the margins, and by how many units."""
    left, top, right, bottom = text.design
    over = {
        "left": MARGIN_X - left,
        "top": MARGIN_Y - top,
        "right": right - (frame[0] - MARGIN_X),
        "bottom": bottom - (frame[1] - MARGIN_Y),
    }
    return max(over.items(), key=lambda pair: pair[1])


SMALLEST = {"body": 16.0, "label": 12.5, "footer": 10.0}
"""CSS pixels, by what a text is."""
SMALLEST_SLACK = 0.03


@rule("text-small", "error")
def text_small(subject: Pictures) -> Iterator[Finding]:
    """Text too small where it is shown.

    A 16:9 video is judged in a column of 700 CSS pixels, a square one at 480, a portrait one on a phone of
    360: titles and statements need 16 pixels there, labels 12.5, footers and tensor sizes 10. That is 44, 35
    and 28 units of a 1920-wide frame.
    """
    for shot, geometry in subject.geometries():
        column = css_width(geometry)
        ratio = column / frame_of(geometry)[0]
        texts = (text for text in texts_of(geometry) if text.opacity >= SEEN and text.size > 0)
        sizes = (
            (text, use_of(text.words, shot, text.role), text.size * ratio) for text in first_of_each(texts)
        )
        small = (one for one in sizes if one[2] < SMALLEST[one[1]] - SMALLEST_SLACK)
        for text, use, size in first_by(small, lambda one: (one[0].words, round(one[2], 1))):
            message = f"{text.words!r} is {size:.1f} CSS px high in a column of {column:.0f}; a {use} needs "
            fix = f"at least {SMALLEST[use] / ratio:.0f} units, or fewer words in its room"
            yield subject.at_text(f"{message}{SMALLEST[use]:g}", shot, text, fix=fix)
