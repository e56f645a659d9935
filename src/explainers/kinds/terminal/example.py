"""A short recorded session, written here: a prompt, a command, a bar that fills, a table."""

from __future__ import annotations

import json

EXAMPLE = """
storyboard: 1
title: A terminal
shots:
  - id: session
    kind: terminal
    title: One command starts the comparison
    file: casts/session.cast
    label: Terminal
    speed: 2x
    idle_limit: 1s
    statement: The log is written while it runs.
    beats:
      - {id: run, duration: 4.5s}
      - {id: table, duration: 2.5s, lines: [[6, 7]]}
"""

_ASSETS = """
sources:
  session: {kind: illustration, citation: A session made up for this example, label: a made-up session}
files:
  casts/session.cast: {shows: A run and its table, from: session}
"""


def _events() -> list[list[object]]:
    events: list[list[object]] = [[0.2, "o", "\x1b[32m~/drex\x1b[0m $ "]]
    at = 0.8
    for letter in "explainers render drex":
        events.append([round(at, 3), "o", letter])
        at += 0.07
    events.append([round(at + 0.4, 3), "o", "\r\n\x1b[?25l"])
    at += 3.4
    for step in range(41):
        bar = "█" * step + "░" * (40 - step)
        events.append([round(at, 3), "o", f"\r\x1b[36m{bar}\x1b[0m {step * 100 // 40:3d} %"])
        at += 0.1
    rows = ["shot      frames  outcome", "\x1b[2m" + "─" * 26 + "\x1b[0m"]
    rows += ["design       480  \x1b[33mdrawn\x1b[0m", "race        1080  \x1b[32mreused\x1b[0m"]
    events.append([round(at + 0.3, 3), "o", "\r\n\r\n" + "\r\n".join(rows) + "\r\n\x1b[?25h"])
    events.append([round(at + 0.6, 3), "o", "\r\n\x1b[32m~/drex\x1b[0m $ "])
    return events


def _cast() -> str:
    header = {"version": 2, "width": 64, "height": 14}
    return "\n".join(json.dumps(line, ensure_ascii=False) for line in (header, *_events())) + "\n"


EXAMPLE_FILES = {"assets.yaml": _ASSETS, "casts/session.cast": _cast()}
