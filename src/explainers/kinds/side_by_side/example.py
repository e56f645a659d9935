"""Two recorded sessions beside each other, written here: the same steps, one of them quicker."""

from __future__ import annotations

import json

EXAMPLE = """
storyboard: 1
title: Side by side
shots:
  - id: race
    kind: side-by-side
    title: The same steps, two ways
    panes:
      - {file: casts/slow.cast, label: One by one, speed: 2x}
      - {file: casts/quick.cast, label: In batches, speed: 2x, role: accent}
    statement: Batches are done while the other still works.
"""

QUAD = """
storyboard: 1
title: Four panes
shots:
  - id: four
    kind: quad
    title: Four runs, one clock
    panes:
      - {file: casts/slow.cast, label: One by one, speed: 2x}
      - {file: casts/quick.cast, label: In batches, speed: 2x, role: accent}
      - {file: casts/slow.cast, label: One by one again, speed: 2x}
      - {file: casts/quick.cast, label: In batches again, speed: 2x, role: accent}
    statement: Batches are done while the others still work.
"""

_ASSETS = """
sources:
  sessions: {kind: illustration, citation: Sessions made up for this example, label: made-up sessions}
files:
  casts/slow.cast: {shows: Ten steps one by one, from: sessions}
  casts/quick.cast: {shows: Ten steps in batches, from: sessions}
"""


def _cast(step_s: float, batch: int) -> str:
    lines: list[object] = [
        {"version": 2, "width": 40, "height": 14},
        [0.0, "o", "\x1b[1mten steps\x1b[0m\r\n"],
    ]
    at = 0.4
    for first in range(1, 11, batch):
        steps = range(first, min(first + batch, 11))
        text = "".join(f"step {step:2d}  \x1b[32mdone\x1b[0m\r\n" for step in steps)
        at += step_s
        lines.append([round(at, 3), "o", text])
    return "\n".join(json.dumps(line) for line in lines) + "\n"


EXAMPLE_FILES = {"assets.yaml": _ASSETS, "casts/slow.cast": _cast(1.1, 1), "casts/quick.cast": _cast(1.4, 2)}
