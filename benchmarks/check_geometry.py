"""Precision and recall of the geometric checks on generated layouts with known answers.

Each layout is a frame of texts on a lattice, in which faults are planted at random: two texts on each
other, a text outside the margins, too little contrast, a shape in front, type too small. What was planted
is known; what the rules find is compared text by text.

    python benchmarks/check_geometry.py [LAYOUTS] [SEED]
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from explainers.check.finding import Finding
from explainers.check.rules import rules_of
from explainers.compositor import geometry
from explainers.kinds.base import ShotPlan, Stretch
from explainers.stage import Box, Stage
from explainers.theme import INK, PAPER
from explainers.theme import contrast as ratio

JUDGED = ("contrast", "hidden-text", "overlap", "safe-area", "text-small")
RULES = {rule.code: rule for rule in rules_of("frames") if rule.code in JUDGED}
GOAL = 0.98

_SIZES = ((1920, 1080), (1280, 720), (1080, 1920), (1080, 1080))
_SYLLABLES = [consonant + vowel for consonant in "bcdfghjklmnpqrstv" for vowel in "aeiou"]


@dataclass
class Layout:
    """A shot, its geometry, and the faults planted in it: code and words."""

    shot: ShotPlan
    geometry: dict[str, Any]
    planted: set[tuple[str, str]]
    found: set[tuple[str, str]] = field(default_factory=set)

    # What a rule asks of its subject.

    def geometries(self) -> Iterator[tuple[ShotPlan, dict[str, Any]]]:
        yield self.shot, self.geometry

    def at_box(self, message: str, shot: Any, t: float, box: Any, words: str = "", **more: Any) -> Finding:
        return Finding("", "error", message, fix=words)

    def at_text(self, message: str, shot: Any, text: Any, **more: Any) -> Finding:
        return self.at_box(message, shot, text.t, text.box, text.words)


def judge(layout: Layout) -> Layout:
    """The layout with what the rules find in it."""
    for code, rule in RULES.items():
        layout.found |= {(code, finding.fix or "") for finding in rule.find(layout)}  # type: ignore[arg-type]
    return layout


def layout_of(chance: random.Random) -> Layout:
    """A layout with faults at random."""
    size = chance.choice(_SIZES)
    theme = chance.choice((INK, PAPER))
    canvas = Stretch(*size, 30)
    stage = Stage(canvas, theme, 1.0)
    planted: set[tuple[str, str]] = set()
    safe, portrait = stage.safe, stage.height > stage.width
    rows = chance.randint(3, 7 if portrait else 5)
    smallest = 38.0 if stage.width < 1100 else 36.0
    smallest = 30.0 if stage.width == stage.height else smallest
    for row in range(rows):
        words = _words(chance)
        text_size = chance.uniform(smallest + 1, smallest + 14)
        if _happens(chance):
            text_size = chance.uniform(smallest * 0.55, smallest * 0.9)
            planted.add(("text-small", words))
        width = stage.text_width(words, text_size)
        y = safe.top + 90 + (safe.height - 130) * row / rows
        x = chance.uniform(safe.left + 3, max(safe.left + 4, safe.right - width - 3))
        if _happens(chance) or x + width > safe.right:
            x = safe.right - width + chance.uniform(6, 150)
            planted.add(("safe-area", words))
        # Enough on the darkest and on the lightest ground, or too little on both.
        color = _color(chance, theme.ground, low := _happens(chance))
        if low:
            planted.add(("contrast", words))
        stage.words(words, x, y, text_size, role=color)
        if _happens(chance):
            covered = width * chance.uniform(0.3, 0.8)
            start = x + chance.uniform(0, width - covered)
            stage.panel(
                Box(start, y - text_size, start + covered, y + 0.4 * text_size), fill=theme.panel, z=20
            )
            planted.add(("hidden-text", words))
        elif _happens(chance):
            # A line of another text through the first one's middle.
            other = _words(chance)
            shift = chance.uniform(-0.45, 0.45) * text_size
            stage.words(other, x + chance.uniform(0, width * 0.4), y + shift, text_size, role=color)
            planted.add(("overlap", words))
            if low:
                planted.add(("contrast", other))
            if ("text-small", words) in planted:
                planted.add(("text-small", other))
            _if_outside(stage, other, planted)
        elif chance.random() < 0.4:
            # A line close below is a paragraph, not a fault.
            other = _words(chance)
            stage.words(other, x, y + 1.2 * text_size, text_size, role=color)
            for code in ("contrast", "text-small"):
                if (code, words) in planted:
                    planted.add((code, other))
            _if_outside(stage, other, planted)
        elif chance.random() < 0.3:
            # A plate under a text hides nothing, a panel beside it neither.
            stage.panel(
                Box(x - 20, y - text_size, x + width + 20, y + 0.4 * text_size), fill=theme.background, z=1
            )
    shot = ShotPlan("layouts", "layout", "raw", 30, canvas, theme, None)
    return Layout(shot, geometry.describe(stage.picture(), [0.5]), planted)


def _if_outside(stage: Stage, words: str, planted: set[tuple[str, str]]) -> None:
    """A second text may stick out where the first did not."""
    layer: Any = stage.layers[-1]
    right = (layer.tile.x + layer.tile.width - 2) / stage.scale
    if right > stage.safe.right + 1.5 / stage.scale:
        planted.add(("safe-area", words))


def _words(chance: random.Random) -> str:
    """Words that are never twice the same, and never those of a title or a tensor."""
    return " ".join(
        "".join(chance.choices(_SYLLABLES, k=chance.randint(2, 3))) for _ in range(chance.randint(1, 3))
    )


def _happens(chance: random.Random) -> bool:
    return chance.random() < 0.12


def _color(chance: random.Random, grounds: Sequence[str], low: bool) -> str:
    """A colour with clearly too little contrast on each of the grounds, or clearly enough."""
    while True:
        color = f"#{chance.randrange(1 << 24):06X}"
        values = [ratio(color, ground) for ground in grounds]
        if (min(values) > 1.2 and max(values) < 4.35) if low else min(values) > 4.65:
            return color


def main(count: int = 200, seed: int = 7) -> bool:
    """Print the table; whether every rule reaches the goal."""
    chance = random.Random(seed)
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for _ in range(count):
        layout = judge(layout_of(chance))
        right.update(code for code, _ in layout.planted & layout.found)
        wrong.update(code for code, _ in layout.found - layout.planted)
        missed.update(code for code, _ in layout.planted - layout.found)
    print(f"{count} layouts, seed {seed}")
    print(f"{'rule':<14}{'planted':>9}{'found':>8}{'precision':>11}{'recall':>8}")
    good = True
    for code in sorted(RULES):
        precision = right[code] / max(1, right[code] + wrong[code])
        recall = right[code] / max(1, right[code] + missed[code])
        good &= precision >= GOAL and recall >= GOAL
        total = right[code] + missed[code]
        print(f"{code:<14}{total:>9}{right[code] + wrong[code]:>8}{precision:>11.3f}{recall:>8.3f}")
    return good


if __name__ == "__main__":
    sys.exit(0 if main(*map(int, sys.argv[1:])) else 1)
