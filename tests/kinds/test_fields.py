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
_GAINS = {
    "mark": "dots",
    "y": None,
    "n": "ours",
    "label": "plain",
    "rows": [{"row": "4", "label": "Four", "role": "ours"}, {"row": "8"}, {"row": "32"}],
    "series": [
        {
            "id": "gain",
            "value": "ours / plain - 1",
            "hollow": ["8"],
            "values": {"format": ".2f", "rows": ["4"]},
        }
    ],
    "bands": [{"id": "claim", "low": "0.1", "high": "0.15", "label": "expected"}],
    "lines": [{"id": "half", "at": "0.05", "label": "half"}],
    "beside": {"value": "plain", "heading": "Plain", "unit": "s", "warn": ["8"]},
    "beats": [
        {"id": "one", "duration": "2s", "show": ["gain"]},
        {"id": "two", "duration": "2s", "show": ["claim", "half", "8"], "highlight": ["8"]},
        {"id": "three", "duration": "1s", "show": ["beside"], "note": {"row": "4", "text": "least"}},
    ],
}
_CLOUD = {
    "id": "cloud",
    "mark": "scatter",
    "series": [
        {"id": "ours", "x": "plain", "y": "ours", "path": "true", "values": {"side": "above"}},
        {"x": "100", "y": "300", "table": "parts", "role": "accent"},
    ],
    "bands": [{"axis": "y", "low": "100", "high": "200", "label": "expected"}],
    "lines": [{"axis": "y", "at": "250", "label": "most"}],
    "beats": [
        {"id": "one", "duration": "2s"},
        {"id": "two", "duration": "2s", "show": ["ours"], "note": {"text": "here", "x": "100", "y": "200"}},
    ],
}
_MARKED = [{"id": "grid", "duration": "4s"}, {"id": "best", "duration": "2s", "mark": "true"}]
CHANGES: dict[str, list[dict[str, Any]]] = {
    "chart": [_GAINS, _CLOUD],
    "sweep": [{"beats": _MARKED}],
    "side-by-side": [{"compared": "false", "clock": "own", "panes": _UNEQUAL, "beats": _HELD}],
    "quad": [{"compared": "false", "clock": "own", "panes": [*_UNEQUAL, *_UNEQUAL], "beats": _HELD}],
}
"""Other shots of a kind, where its example does not use what it has."""


KINDS = (
    "bars",
    "capture",
    "chart",
    "figure",
    "illustration",
    "quad",
    "side-by-side",
    "sweep",
    "terminal",
    "title",
)
"""Those of which every field is looked at so far."""


@pytest.mark.parametrize("name", KINDS)
def test_every_field_changes_the_picture_or_is_refused(name: str, tmp_path: Path) -> None:
    fields = Fields(discover()[name], tmp_path, CHANGES.get(name, ()))
    found = {field: tried.verdict for field, tried in fields.outcomes().items()}
    assert found
    assert {field: verdict for field, verdict in found.items() if verdict} == {}
