"""Speeds in a kind's params, however they are written: 110, "110x", "0.5×"."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel

FIELD = "speed"
_WRITTEN = re.compile(r"(\d+(?:\.\d+)?)\s*[x×]?")


def speed_of(part: Any) -> tuple[str, float] | None:
    """The field that sets a part's speed, and its factor; None where it has no speed of its own."""
    if not isinstance(part, BaseModel):
        return None
    value = getattr(part, FIELD, None)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return FIELD, float(value)
    if isinstance(value, str) and (match := _WRITTEN.fullmatch(value.strip())):
        return FIELD, float(match[1])
    return None
