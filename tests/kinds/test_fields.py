"""Every field of every kind does something: a legal value changes the picture, or it is refused."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
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
    "bracket": {"from": "8", "to": "32", "words": "more"},
    "beats": [
        {"id": "one", "duration": "2s", "show": ["gain"]},
        {"id": "two", "duration": "2s", "show": ["claim", "half", "8"], "highlight": ["8"]},
        {
            "id": "three",
            "duration": "1s",
            "show": ["beside", "bracket"],
            "note": {"row": "4", "text": "least"},
        },
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
_UNSURE = {
    "id": "unsure",
    "series": [
        {"id": "ours", "x": "batch", "y": "ours", "low": "plain", "high": "ours + 20", "step": "true"},
        {"id": "plain", "x": "batch", "y": "plain"},
    ],
    "x": {"names": "true"},
    "beats": None,
    "duration": "3s",
}
_RUNGS = {
    "id": "rungs",
    "mark": "grouped",
    "y": None,
    "x": None,
    "series": [
        {"id": "ours", "label": "Ours", "value": "ours", "low": "plain", "high": "ours + 20", "role": "ours"},
        {"id": "plain", "label": "Plain", "value": "plain"},
    ],
    "beats": None,
    "duration": "3s",
}
_SHARES = {
    "id": "shares",
    "mark": "histogram",
    "table": "waits",
    "key": None,
    "x": None,
    "y": None,
    "bins": "6",
    "series": [{"id": "ours", "label": "Ours", "x": "wait", "where": {"system": "ours"}}],
    "beats": None,
    "duration": "3s",
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
_DIAGRAM = r"""
- nodes:
    source:
      {shape: tray, slots: 4, columns: 2, holds: [a, b, c], label: "in $n$", label_at: top, counter: true,
       role: cache}
    gate: {label: Gate, text: "opens when sure", shape: diamond, role: ramp, slots: 4}
    out: {shape: tray, slots: 2, small: true, beside: gate, side: right, apart: 40, label: o, label_at: right}
    worker: {label: Worker, width: "0.2", height: "0.2", slots: 6, holds: [w], columns: 3, bare: true}
    rule: {shape: formula, terms: {left: x, right: "= y"}, roles: {left: accent}, align: start}
    costs: {shape: table, text: Costs, rows: {one: {label: One, value: "a s", role: warn}, two: {label: Two}}}
    notes: {shape: text, text: Some words, align: end, width: "0.15"}
    long: {shape: bar, length: "3", label: long}
    short: {shape: bar, length: "1", label: short}
  tokens: {a: {text: "A\nx", role: warn}, b: B, c: {text: C, small: true}, e: E}
  place:
    - {column: left, nodes: [source, gate], gap: "30", share: "0.3", label: Left, role: cache}
    - {space: "0.04"}
    - {column: middle, lane: true, label: Lane, nodes: [worker, rule]}
    - {grid: right, columns: 2, nodes: [costs, notes, long, short]}
  edges:
    - {from: source, to: gate, lanes: true, label: feeds, role: exit}
    - {from: gate, to: out, badge: 1, leave: bottom, enter: bottom, heads: both}
    - {from: gate, to: worker, dashed: true, badge: 2}
    - worker -> costs
  beats:
    - {id: one, duration: 2s, reveal: [notes, rule.right], hide: short, highlight: gate, mark: 1, write: rule}
    - id: two
      duration: 2s
      move: {tokens: [a, b], along: [source, gate], role: exit}
      relabel: {out: "o $k$"}
      recolor: {out: warn}
      pulse: {along: [worker, costs], role: warn}
    - {id: three, duration: 2s, split: {at: gate, leave: [a], to: out, rest: worker, role: warn}}
    - id: four
      duration: 2s
      fill: {node: gate, with: [e, f], from: worker, slots: [2, 1]}
      map: {from: [c], to: [worker], role: warn}
    - {id: five, duration: 2s, unmap: [c], reorder: {node: gate, order: [e, f]}, transform: {long: short}}
    - id: six
      duration: 2s
      merge: {node: gate, along: [worker], role: exit}
      empty: source
      then: [{highlight: [costs.one], transform: {short: long}, pulse: {along: [worker, costs]}}]
- nodes:
    heap: {shape: memory, slots: 6, holds: [a, b, c], at: [5, 2, 3], label: Heap, role: buffer}
    list: {shape: index, of: heap, slots: 4, heads: [one, two], picks: [c], label: List}
    spent: {shape: bar, length: "7", times: "3", each: [x, y, z], format: .1f, unit: ms, label: Spent}
    saved: {shape: bar, length: "20", times: "2", format: .1f, against: spent, label: Saved, label_at: top}
  tokens: {}
  place: [{column: all, nodes: [heap, list, spent, saved]}]
  edges: []
  beats:
    - {id: one, duration: 2s, pick: {index: list, tokens: [a, b], role: warn}, times: {spent: "2"}}
    - {id: two, duration: 2s, strike: [c], then: [{times: {spent: "3"}, unmap: [list]}]}
- canvas: {size: "360x360"}
  square:
    place: [{row: low, nodes: [visitors, proxy, cache]}, {row: high, nodes: [answers, database]}]
    nodes:
      visitors: {label: "asks", label_at: bottom, columns: 2}
      database: {width: "0.3", height: "0.2"}
    edges: {"proxy -> answers": {leave: left, enter: bottom}}
- canvas: {size: "360x640"}
  upright:
    place: [visitors, proxy, answers, database]
    nodes: {cache: {beside: proxy, side: right, apart: 30, label: kept}}
    edges: {"proxy -> answers": {leave: left, enter: left}}
"""
"""A shot with what the example has not, all verbs in its beats; and the example's in other frames."""
_OUTAGE = {
    "steps": [
        {"id": "ask", "from": "client", "to": "cache", "text": "read"},
        {"id": "more", "from": "client", "to": "disk", "at_once": "true", "lost": "true"},
        {"id": "answer", "from": "cache", "to": "client", "text": "page", "reply": "true"},
        {"id": "note", "over": ["cache", "disk"], "text": "quiet"},
        {"id": "off", "stop": "disk", "text": "stops"},
        {"id": "on", "start": "disk", "text": "is back", "role": "ours"},
    ],
    "frames": {"loop": {"label": "again", "first": "ask", "last": "answer"}},
    "beats": [
        {"id": "one", "show": ["ask", "more"]},
        {"id": "two", "show": ["answer"], "highlight": ["disk"]},
    ],
}
_OVERLAID = [
    {
        "id": "pick",
        "parts": [{"picture": "overlay"}, {"id": "large", "choice": "L"}, {"id": "go", "button": "Go"}],
    },
    {"id": "result", "parts": [{"id": "overlay", "picture": "overlay"}]},
]
# Names of code are legal values only where the file has them.
CHANGES: dict[str, list[dict[str, Any]]] = {
    "manim": [{"scene": "slopes.py:Other"}],
    "matplotlib": [{"figure": "plots.py:points"}],
    "phone": [{"screens": _OVERLAID}],
    "sequence": [_OUTAGE],
    "chart": [_GAINS, _CLOUD, _UNSURE, _RUNGS, _SHARES],
    "bars": [_SPLIT, _STROKES, _ERRORS],
    "sweep": [{"beats": _MARKED}],
    "side-by-side": [{"compared": "false", "clock": "own", "panes": _UNEQUAL, "beats": _HELD}],
    "diagram": yaml.load(_DIAGRAM, Loader=yaml.BaseLoader),
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
    "code",
    "diagram",
    "figure",
    "frames",
    "illustration",
    "manim",
    "mask-wipe",
    "matplotlib",
    "network",
    "phone",
    "quad",
    "race",
    "sequence",
    "side-by-side",
    "split",
    "sweep",
    "terminal",
    "timeline",
    "title",
)
"""Those of which every field is looked at."""

PARTS = {"diagram": "Edge."}
"""The models whose fields stand for all of a kind that has too many for every run of the tests."""


@pytest.mark.parametrize("name", KINDS)
def test_every_field_changes_the_picture_or_is_refused(name: str, tmp_path: Path) -> None:
    assert idle(name, tmp_path, PARTS.get(name, "")) == {}


def idle(name: str, folder: Path, only: str = "") -> dict[str, str]:
    """The fields of a kind that do nothing, with what was tried; of those that begin with `only`."""
    found = _without_effect(name, folder / "as-it-is", {}, only)
    if name in CAPTURES:
        # What stands for missing files does nothing where they are there, and the other way round.
        there = _without_effect(name, folder / "with-files", CAPTURES[name], only)
        found = {field: verdict for field, verdict in found.items() if field in there}
    return found


def _without_effect(name: str, folder: Path, captures: dict[str, str], only: str) -> dict[str, str]:
    folder.mkdir()
    fields = Fields(discover()[name], folder, CHANGES.get(name, ()))
    _put_captures(folder / "assets" / name / "captures", captures)
    found = {field: tried.verdict for field, tried in fields.outcomes(only).items()}
    assert found
    return {field: verdict for field, verdict in found.items() if verdict}


def main() -> int:
    """Look at all fields of all kinds, or of those named on the command line: `make fields`."""
    failed = 0
    for name in sys.argv[1:] or KINDS:
        with tempfile.TemporaryDirectory() as folder:
            found = idle(name, Path(folder))
        print(f"{name}: {len(found)} fields without effect")
        for field, verdict in found.items():
            print(f"  {field} {verdict}")
        failed += len(found)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
