"""Rules about where texts stand, and how large they are."""

from __future__ import annotations

from collections.abc import Iterator

from explainers.check.finding import Finding
from explainers.check.geometry import SEEN, SeenText, css_width, first_of_each, frame_of, texts_of, use_of
from explainers.check.rules import rule
from explainers.check.subject import Pictures

COVERED = 0.1
"""Share of the ink that may be covered."""


@rule("hidden-text", "error", needs=("geometry",))
def hidden_text(subject: Pictures) -> Iterator[Finding]:
    """A shape in front of text.

    A tenth of a text's ink covered by something that is painted after it is a word that can't be read.
    """
    for shot, geometry in subject.geometries():
        told = set()
        for text in texts_of(geometry):
            if text.opacity < SEEN or text.hidden <= COVERED or text.layer in told:
                continue
            told.add(text.layer)
            message = f"{text.hidden:.0%} of {text.words!r} is behind {text.hidden_by}"
            fix = "move one of them, or draw the text above"
            yield subject.at_box(
                "hidden-text", "error", message, shot, text.t, text.box, text=text.words, fix=fix
            )


_THERE = 0.3
"""From this opacity on a text disturbs another."""


@rule("overlap", "error", needs=("geometry",))
def overlap(subject: Pictures) -> Iterator[Finding]:
    """Texts that lie on each other.

    Judged from the ink of each text at every rest of every beat: letters that touch, or boxes of which a
    good part is shared.
    """
    for shot, geometry in subject.geometries():
        told = set()
        by_moment: dict[float, dict[int, SeenText]] = {}
        texts = list(texts_of(geometry))
        for text in texts:
            by_moment.setdefault(text.t, {})[text.layer] = text
        for text in texts:
            for other, _ in text.touches:
                above = by_moment[text.t].get(other)
                pair = frozenset((text.layer, other))
                if above is None or pair in told or min(text.opacity, above.opacity) < _THERE:
                    continue
                told.add(pair)
                box = _common(text.box, above.box)
                message = f"{text.words!r} and {above.words!r} lie on each other"
                fix = "move one, or shorten it"
                yield subject.at_box("overlap", "error", message, shot, text.t, box, text=text.words, fix=fix)


def _common(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> tuple[float, float, float, float]:
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])


MARGIN_X, MARGIN_Y = 96.0, 54.0
_SLACK = 1.5
"""Units that rounding to whole pixels may take."""


@rule("safe-area", "error", needs=("geometry",))
def safe_area(subject: Pictures) -> Iterator[Finding]:
    """Text outside the safe area.

    Players round corners and lay their controls over edges; nothing but backgrounds stands within 96 units
    of the sides and 54 of top and bottom.
    """
    for shot, geometry in subject.geometries():
        width, height = frame_of(geometry)
        slack = max(_SLACK, 1.5 / float(geometry["scale"]))
        told = set()
        for text in texts_of(geometry):
            left, top, right, bottom = text.design
            over = {
                "left": MARGIN_X - left,
                "top": MARGIN_Y - top,
                "right": right - (width - MARGIN_X),
                "bottom": bottom - (height - MARGIN_Y),
            }
            side, by = max(over.items(), key=lambda pair: pair[1])
            if by <= slack or text.opacity < SEEN or text.layer in told:
                continue
            told.add(text.layer)
            off = left < 0 or top < 0 or right > width or bottom > height
            where = f"is cut off at the {side}" if off else f"stands {by:.0f} units outside the {side} margin"
            message = f"{_short(text.words)} {where}"
            fix = "shorten it, or give it another place"
            yield subject.at_box(
                "safe-area", "error", message, shot, text.t, text.box, text=text.words, fix=fix
            )


def _short(words: str) -> str:
    return repr(words if len(words) <= 40 else words[:37] + "...")


SMALLEST = {"body": 16.0, "label": 12.5, "footer": 10.0}
"""CSS pixels, by what a text is."""
_text_small_SLACK = 0.03


@rule("text-small", "error", needs=("geometry",))
def text_small(subject: Pictures) -> Iterator[Finding]:
    """Text too small where it is shown.

    A 16:9 video is judged in a column of 700 CSS pixels, a square one at 480, a portrait one on a phone of
    360: titles and statements need 16 pixels there, labels 12.5, footers and tensor sizes 10. That is 44, 35
    and 28 units of a 1920-wide frame.
    """
    for shot, geometry in subject.geometries():
        column = css_width(geometry)
        ratio = column / frame_of(geometry)[0]
        told: set[tuple[str, float]] = set()
        for text in first_of_each(text for text in texts_of(geometry) if text.opacity >= SEEN):
            use = use_of(text.words, shot)
            size = text.size * ratio
            key = text.words, round(size, 1)
            if text.size <= 0 or size >= SMALLEST[use] - _text_small_SLACK or key in told:
                continue
            told.add(key)
            message = f"{text.words!r} is {size:.1f} CSS px high in a column of {column:.0f}; a {use} needs "
            message += f"{SMALLEST[use]:g}"
            fix = f"at least {SMALLEST[use] / ratio:.0f} units, or fewer words in its room"
            yield subject.at_box(
                "text-small", "error", message, shot, text.t, text.box, text=text.words, fix=fix
            )
