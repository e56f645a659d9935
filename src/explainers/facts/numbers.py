"""How a number is written: Python's own formats, typographic signs, clocks and number words.

A number is rounded here, once, and nowhere before.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

MINUS = "\u2212"
THIN = "\u202f"
"""Narrow no-break space, before a percent sign."""

_SPEC = re.compile(
    r"(?P<sign>[+ ])?(?P<zeros>0\d{1,2})?(?P<comma>,)?(?P<precision>\.\d{1,2})?(?P<type>[fFeEgGd%])?"
)
_CLOCK = re.compile(r"clock(?:\.(\d))?")
_NAMES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty"
)
_WORDS = tuple(_NAMES.split())

KNOWN = ".1f, ,.0f, +.1%, d, clock, clock.1, words or Words"
"""The formats, as messages name them."""


def _fits_any(spec: str) -> str:
    if spec in ("", "words", "Words"):
        raise ValueError(KNOWN.removesuffix(", words or Words"))
    written(0.5, spec)
    return spec


NumberFormat = Annotated[str, AfterValidator(_fits_any)]
"""A format that every number can be written in: the names of small whole numbers are not among them."""


def written(value: float, spec: str | None = None) -> str:
    """`value` in the format `spec`; ValueError, saying what was expected, where it has no meaning.

    `clock` writes seconds as M:SS or H:MM:SS (`clock.1` with tenths), `words` writes a small whole
    number as a word. Without a format a whole number has separators, any other six digits at most.
    """
    if not spec:
        return _signed(_plain(value))
    if match := _CLOCK.fullmatch(spec):
        return _clock(value, int(match[1] or 0))
    if spec in ("words", "Words"):
        return _in_words(value, spec == "Words")
    match = _SPEC.fullmatch(spec)
    if match is None:
        raise ValueError(KNOWN)
    if match["type"] == "d":
        if match["precision"]:
            raise ValueError("d without digits after the point")
        spec = spec[:-1] + ".0f"
    elif match["type"] is None:
        spec += "f" if match["precision"] else "g"
    sign = match["sign"] or ""
    text = format(value, f"{sign}z{spec[len(sign) :]}")
    return _signed(text.replace("%", f"{THIN}%"))


def _signed(text: str) -> str:
    return text.replace("-", MINUS)


def _plain(value: float) -> str:
    if value == int(value) and abs(value) < 1e15:
        return f"{value:z,.0f}"
    return f"{value:,.6g}"


def _clock(value: float, decimals: int) -> str:
    scale = 10**decimals
    ticks = round(abs(value) * scale)
    seconds, rest = divmod(ticks, scale)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    text = f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
    if decimals:
        text += f".{rest:0{decimals}d}"
    return f"{MINUS}{text}" if value < 0 and ticks else text


def _in_words(value: float, capital: bool) -> str:
    if value != int(value) or not 0 <= value < len(_WORDS):
        raise ValueError(
            f"a whole number from 0 to {len(_WORDS) - 1} to write as a word, not {_plain(value)}"
        )
    word = _WORDS[int(value)]
    return word.capitalize() if capital else word
