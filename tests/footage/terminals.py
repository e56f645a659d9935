"""Screens of recordings beside those of xterm.js, and seeded sequences for both."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from explainers.footage.screen import Cell, Screen
from explainers.footage.stream import Stream

NODE = Path(__file__).parent / "node"
Step = str | tuple[int, int]
Case = tuple[int, int, list[Step]]
"""Columns, rows, and what is written or the size that the terminal becomes."""


def reference(cases: Sequence[Case]) -> list[dict[str, Any]]:
    """What xterm.js shows after each case."""
    node = shutil.which("node")
    assert node and (NODE / "node_modules").is_dir(), "tests/site/setup.sh installs what this needs"
    asked = {"cases": [{"columns": c, "rows": r, "steps": steps} for c, r, steps in cases]}
    command = [node, str(NODE / "screens.js")]
    done = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, check=True)
    return list(json.loads(done.stdout))


def ours(case: Case) -> dict[str, Any]:
    """What our screen shows, in the same form."""
    columns, rows, steps = case
    screen = Screen(columns, rows)
    stream = Stream(screen)
    for step in steps:
        stream.feed(step) if isinstance(step, str) else screen.resize(step[1], step[0])
    cells = [[plain(cell) for cell in line] for line in screen.lines]
    cursor = [min(screen.x, screen.columns - 1), screen.y] if screen.visible else None
    return {"cells": cells, "cursor": cursor}


def plain(cell: Cell) -> list[str]:
    style = cell.style
    flags = (style.bold, style.dim, style.italic, style.underline, style.inverse, style.strike)
    colors = ["default" if hue is None else str(hue) for hue in (style.fg, style.bg)]
    text = " " if style.hidden and cell.text else cell.text
    return [text, *colors, "".join(letter for letter, on in zip("bdiurs", flags, strict=True) if on)]


def differences(case: Case, theirs: dict[str, Any]) -> list[str]:
    mine = ours(case)
    found = []
    for y, (one, other) in enumerate(zip(mine["cells"], theirs["cells"], strict=True)):
        for x, (a, b) in enumerate(zip(one, other, strict=True)):
            if a != [unicodedata.normalize("NFC", b[0]), *b[1:]]:
                found.append(f"row {y}, column {x}: {a} instead of {b}")
    if mine["cursor"] != theirs["cursor"]:
        found.append(f"cursor {mine['cursor']} instead of {theirs['cursor']}")
    return found


E = "\x1b"


def pieces(seeded: random.Random, columns: int, rows: int) -> dict[str, Any]:
    """What programs write, by the name of its kind."""
    n = lambda most: seeded.randint(1, most)  # noqa: E731
    maybe = lambda most: seeded.choice(["", str(seeded.randint(0, most))])  # noqa: E731
    colors = [
        *(n for n in range(30, 108) if n not in (38, 48, 58)),
        "38;5;7",
        "48;5;9",
        "38;5;100",
        "48;5;250",
        "1;38;2;9;20;30",
    ]
    colors += ["48;2;99;2;3;7", "38:2::1:2:3", "48:5:77", "4:3", "4:0", "58;5;3", "21", "5", "8", "28"]
    sets = [f"{E}(0", f"{E}(B", f"{E}(A", f"{E})0", f"{E})B", "\x0e", "\x0f", f"{E}*0", f"{E}n", f"{E}o"]
    unseen = ["]0;title\x07", "]2;two\x1b\\", "P1$r\x1b\\", "[c", "[6n", "[?1h", "=", "[>4;1m", "[<u", "[2 q"]
    letters = "abcdefghij klmno pqrstuvwxyz~{}|_`"
    return {
        "text": lambda: "".join(seeded.choices(letters, k=n(columns))),
        "line": lambda: seeded.choice(["\r\n", "\r", "\n", "\x0b", "\x0c"]),
        "move": lambda: f"{E}[{maybe(max(rows, columns))}{seeded.choice('ABCDEFGad`e')}",
        "place": lambda: f"{E}[{maybe(rows + 1)};{maybe(columns + 1)}{seeded.choice('Hf')}",
        "back": lambda: "\b" * n(3),
        "tab": lambda: seeded.choice(["\t", f"{E}[{maybe(3)}Z", f"{E}[{maybe(3)}I"]),
        "tabstop": lambda: seeded.choice([f"{E}H", f"{E}[g", f"{E}[3g"]),
        "erase": lambda: f"{E}[{seeded.choice(['', '0', '1', '2'])}{seeded.choice('JK')}",
        "lines": lambda: f"{E}[{maybe(rows)}{seeded.choice('LM')}",
        "cells": lambda: f"{E}[{maybe(columns)}{seeded.choice('P@X')}",
        "scroll": lambda: f"{E}[{maybe(rows)}{seeded.choice('ST')}",
        "margins": lambda: f"{E}[{maybe(rows)};{maybe(rows)}r",
        "index": lambda: f"{E}{seeded.choice('DME')}",
        "style": lambda: f"{E}[{seeded.choice([0, 1, 2, 3, 4, 7, 9, 22, 23, 24, 27, 29])}m",
        "color": lambda: f"{E}[{seeded.choice(['0', '', *colors])}m",
        "save": lambda: seeded.choice([f"{E}7", f"{E}8", f"{E}[s", f"{E}[u"]),
        "alternate": lambda: f"{E}[?{seeded.choice([47, 1047, 1049])}{seeded.choice('hl')}",
        "mode": lambda: f"{E}[{seeded.choice(['4', '20', '?25'])}{seeded.choice('hl')}",
        "origin": lambda: f"{E}[?6{seeded.choice('hl')}",
        "nowrap": lambda: f"{E}[?7{seeded.choice('hl')}",
        "charset": lambda: seeded.choice(sets),
        "wide": lambda: "".join(seeded.choices("日本語한글xy", k=n(5))),
        "emoji": lambda: "".join(seeded.choices("😀🚀🎉ab", k=n(4))),
        "combining": lambda: seeded.choice(["e\u0301", "n\u0303o", "a\u0308\u0323"]),
        "repeat": lambda: seeded.choice("abc") + f"{E}[{maybe(columns)}b",
        "reset": lambda: seeded.choice([f"{E}c{E}[?25h{E}[20l", f"{E}[!p", f"{E}#8"]),
        "unseen": lambda: E + seeded.choice(unseen),
    }


APART = (
    # Where xterm.js differs from DEC's terminals and xterm, and so from us: see docs/storyboard.md.
    {"charset", "save"},  # saving the cursor keeps only the set in use
    {"charset", "alternate"},
    {"origin", "move"},  # steps within margins begin at the margin
    {"nowrap", "wide"},  # a wide character that does not fit erases half of another
    {"nowrap", "emoji"},
)


def mixed(seed: int) -> list[str]:
    """Kinds that may be written together, as many as can be."""
    seeded, kept = random.Random(seed), []
    kinds = list(pieces(seeded, 1, 1))
    for kind in seeded.sample(kinds, len(kinds)):
        if not any(pair <= {*kept, kind} for pair in APART):
            kept.append(kind)
    return kept


def generated(seed: int, kinds: Sequence[str], length: int = 30, resized: bool = False) -> Case:
    """A case of such pieces, split anywhere between two writes."""
    seeded = random.Random(seed)
    columns, rows = first = seeded.randint(4, 24), seeded.randint(2, 8)
    made = pieces(seeded, columns, rows)
    steps: list[Step] = []
    for _ in range(length):
        written = "".join(made[seeded.choice(["text", "line", *kinds])]() for _ in range(3))
        cut = seeded.randint(0, len(written))
        steps += [written[:cut], written[cut:]]
        if resized and len(steps) == length // 2 * 2:
            steps.append((seeded.randint(4, 24), seeded.randint(2, 8)))
    return *first, steps
