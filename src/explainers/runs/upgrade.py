"""Older `run/N` files become the newest one here: one function a step, none ever removed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

VERSION = 1
FORMAT = f"run/{VERSION}"

Records = list[dict[str, Any]]

UPGRADES: dict[int, Callable[[Records], Records]] = {}
"""From version N to N + 1: takes the file's lines as JSON values, gives back the newer lines."""


def version_of(record: Any) -> int | None:
    """The version a header line names, or None where it is no header of a run."""
    name = record.get("format") if isinstance(record, dict) else None
    found = re.fullmatch(r"run/(\d+)", name) if isinstance(name, str) else None
    return int(found[1]) if found else None


def upgraded(records: Records) -> Records:
    """`records` as of VERSION. Raises ValueError for a file that is newer, or that has no header."""
    version = version_of(records[0]) if records else None
    if version is None:
        raise ValueError(f'its first line has no "format": "{FORMAT}"')
    if version > VERSION:
        raise ValueError(f"it is run/{version}, and this version reads up to {FORMAT}; update explainers")
    while version < VERSION:
        if version not in UPGRADES:
            raise ValueError(f"run/{version} is not known")
        records = UPGRADES[version](records)
        version += 1
    return records
