"""Speeds in a kind's params, however they are written: 110, "110x", "0.5×"."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel

_FIELDS = ("speed", "rate", "factor")
_WRITTEN = re.compile(r"(\d+(?:\.\d+)?)\s*[x×]?")


def speed_of(part: Any) -> tuple[str, float] | None:
    """The field that sets a part's speed, and its factor; None where it has no speed of its own."""
    if not isinstance(part, BaseModel):
        return None
    for name in _FIELDS:
        if name not in type(part).model_fields:
            continue
        value = getattr(part, name)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return name, float(value)
        if isinstance(value, str) and (match := _WRITTEN.fullmatch(value.strip())):
            return name, float(match[1])
    return None
