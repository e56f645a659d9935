"""Every field of every kind does something: a legal value changes the picture, or it is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fields import Fields
from PIL import Image

from explainers import ffmpeg
from explainers.compositor.patches import scene_labels, scene_pixels
from explainers.kinds import discover
from explainers.kinds._example_pictures import CLASSES, PICTURES

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
_SPLIT = {
    "value": None,
    "cut": None,
    "bracket": None,
    "beside": {"value": "score", "heading": "Score", "roles": ["exit", "warn"], "signs": ["under", "over"]},
    "parts": [
        {"value": "tokens_per_s", "label": "written"},
        {"value": "plus_minus", "label": "unsure", "role": "stay", "hatched": "true"},
    ],
    "beats": [
        {"id": "stand", "duration": "2s", "show": ["plain"]},
        {"id": "ours", "duration": "3s", "show": ["ours"], "highlight": ["ours"]},
    ],
}
_STROKES = {
    "value": None,
    "strokes": [
        {"value": "tokens_per_s", "label": "mean", "hatched": "true"},
        {"value": "tokens_per_s + plus_minus", "label": "most"},
    ],
}
_ERRORS = {"error": "plus_minus", "n": "plus_minus", "reference": {"at": "100", "label": "plain"}}
_MARKED = [{"id": "grid", "duration": "4s"}, {"id": "best", "duration": "2s", "mark": "true"}]
CHANGES: dict[str, list[dict[str, Any]]] = {
    "chart": [_GAINS, _CLOUD],
    "bars": [_SPLIT, _STROKES, _ERRORS],
    "sweep": [{"beats": _MARKED}],
    "side-by-side": [{"compared": "false", "clock": "own", "panes": _UNEQUAL, "beats": _HELD}],
    "quad": [{"compared": "false", "clock": "own", "panes": [*_UNEQUAL, *_UNEQUAL], "beats": _HELD}],
}
"""Other shots of a kind, where its example does not use what it has."""


CAPTURES = {
    "frames": {"video": "drive.mp4", "picture": "frame.jpg", "labels": "frame-labels.png"},
    "mask-wipe": {"picture": "bay.jpg", "labels": "bay-labels.png"},
}
"""Files that an example names and does not have, without which fields that name them show nothing."""


def _put_captures(folder: Path, names: dict[str, str]) -> None:
    """The drawn bay as the files that an example waits for: a picture, its label map, and a short video."""
    rows = [line.split(",") for line in CLASSES.strip().splitlines()[1:]]
    colors = np.array([[int(value) for value in row[1:]] for row in rows], np.uint8)
    folder.mkdir(parents=True, exist_ok=True)
    for what, name in names.items():
        if what == "video":
            source = ["-f", "lavfi", "-i", "testsrc=size=320x180:rate=10:duration=8"]
            ffmpeg.run([*source, "-pix_fmt", "yuv420p", "-y", folder / name], "a short video")
        elif what == "picture":
            Image.fromarray(scene_pixels(PICTURES["bay"], 0.0, 288, 192)).save(folder / name)
        else:
            codes = scene_labels(PICTURES["bay"], 0.0, tuple(row[0] for row in rows), 288, 192)
            Image.fromarray(colors[codes]).save(folder / name)


KINDS = (
    "bars",
    "capture",
    "chart",
    "figure",
    "frames",
    "illustration",
    "mask-wipe",
    "network",
    "phone",
    "quad",
    "race",
    "side-by-side",
    "sweep",
    "terminal",
    "title",
)
"""Those of which every field is looked at so far."""


@pytest.mark.parametrize("name", KINDS)
def test_every_field_changes_the_picture_or_is_refused(name: str, tmp_path: Path) -> None:
    idle = _without_effect(name, tmp_path / "as-it-is", {})
    if name in CAPTURES:
        # What stands for missing files does nothing where they are there, and the other way round.
        there = _without_effect(name, tmp_path / "with-files", CAPTURES[name])
        idle = {field: verdict for field, verdict in idle.items() if field in there}
    assert idle == {}


def _without_effect(name: str, folder: Path, captures: dict[str, str]) -> dict[str, str]:
    """The fields that do nothing, with what was tried."""
    folder.mkdir()
    fields = Fields(discover()[name], folder, CHANGES.get(name, ()))
    _put_captures(folder / "assets" / name / "captures", captures)
    found = {field: tried.verdict for field, tried in fields.outcomes().items()}
    assert found
    return {field: verdict for field, verdict in found.items() if verdict}
