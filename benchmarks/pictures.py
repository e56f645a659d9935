"""The pictures of `manim_pictures.py` as storyboards: same motion, same 8 s at 1920x1080 and 60 fps."""

from __future__ import annotations

from pathlib import Path

PROJECT = "[tool.explainers]\n"

BARS = """
storyboard: 1
title: Four bars
shots:
  - id: bars
    kind: bars
    duration: 8s
    table: speedups
    key: system
    value: speedup
    unit: times
    format: .1f
    grow: 6s
    bars: [{row: a, label: A}, {row: b, label: B}, {row: c, label: C}, {row: d, label: D, role: ours}]
"""

BOXES = """
storyboard: 1
title: Five boxes
shots:
  - id: boxes
    kind: diagram
    duration: 8s
    nodes:
      l0: {label: Layer 0}
      l1: {label: Layer 1}
      l2: {label: Layer 2}
      l3: {label: Layer 3}
      l4: {label: Layer 4}
      end: {shape: tray, slots: 1}
    place: [{row: all, nodes: [l0, l1, l2, l3, l4, end]}]
    edges: [l0 -> l1, l1 -> l2, l2 -> l3, l3 -> l4, l4 -> end]
    beats:
      - {id: boxes, duration: 2s, reveal: [l0, l1, l2, l3, l4]}
      - {id: arrows, duration: 2s, highlight: [l0, l1, l2, l3, l4]}
      - {id: travel, duration: 4s, fill: {node: end, with: [x], from: l0}}
"""

ASSETS = """
sources:
  made-up: {kind: illustration, label: made-up numbers, citation: Numbers made up for this benchmark}
tables:
  speedups: {file: data/speedups.csv, source: made-up}
"""

SPEEDUPS = "system,speedup\na,1.0\nb,2.1\nc,3.5\nd,5.2\n"


def write_project(root: Path) -> Path:
    """A project in `root` with the videos `bars` and `boxes`."""
    files = {
        "pyproject.toml": PROJECT,
        "scenes/bars/storyboard.yaml": BARS,
        "scenes/boxes/storyboard.yaml": BOXES,
        "assets/bars/assets.yaml": ASSETS,
        "assets/bars/data/speedups.csv": SPEEDUPS,
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root
