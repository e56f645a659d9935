"""Every field of every kind does something: a legal value changes the picture, or it is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fields import Fields

from explainers.kinds import discover

_PACES = [{"from": "0s", "until": "2s", "speed": "4x"}]
_UNEQUAL = [
    {"file": "casts/slow.cast", "label": "A", "speed": "2x", "paces": _PACES},
    {"file": "casts/quick.cast", "label": "B"},
]
_HELD = [
    {"id": "one", "duration": "2s", "freeze": "true"},
    {"id": "two", "duration": "2s", "highlight": ["1"]},
]
CHANGES: dict[str, list[dict[str, Any]]] = {
    "side-by-side": [{"compared": "false", "clock": "own", "panes": _UNEQUAL, "beats": _HELD}],
    "quad": [{"compared": "false", "clock": "own", "panes": [*_UNEQUAL, *_UNEQUAL], "beats": _HELD}],
}
"""Other shots of a kind, where its example does not use what it has."""


KINDS = ("bars", "capture", "figure", "illustration", "quad", "side-by-side", "terminal", "title")
"""Those of which every field is looked at so far."""


@pytest.mark.parametrize("name", KINDS)
def test_every_field_changes_the_picture_or_is_refused(name: str, tmp_path: Path) -> None:
    fields = Fields(discover()[name], tmp_path, CHANGES.get(name, ()))
    found = {field: tried.verdict for field, tried in fields.outcomes().items()}
    assert found
    assert {field: verdict for field, verdict in found.items() if verdict} == {}
