"""Every kind's example passes the referee, in each shape and theme.

Each shape is judged here in one theme, another for each kind; `python test_examples.py` judges all variants,
or those of the kinds it is given, and says whose stills in the docs are of another time. Geometry and motion
are judged without encoding anything.
"""

from __future__ import annotations

import sys
import tempfile
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from small import judged

from explainers.errors import ExplainersError
from explainers.kinds import discover
from explainers.plan import load_plan
from explainers.plan.load import ASPECTS
from explainers.render.stills import write_gallery
from explainers.theme import THEMES

KINDS = sorted(discover())
VARIANTS = list(product(THEMES, ASPECTS))
FILM = {"empty-frame", "cut-to-empty", "carry-pop", "dim-words", "dead-hold", "text-over-text", "clipped"}
FILM |= {"in-unison", "verdict-first", "same-layout"}
"""Rules about films, whose warnings count too."""


def found(root: Path, kind: str, theme: str, aspect: str) -> list[str]:
    """What the referee finds in the example, as lines; nothing where it passes."""
    project = discover()[kind].write_example(root)
    report = judged(load_plan(project, kind, "draft", theme=theme, aspect=aspect))
    wrong = [one for one in report.findings if one.severity == "error" or one.code in FILM]
    return [f"{one.severity}: {one.code}: {one.shot}: {one.message}; {one.fix}" for one in wrong]


SHAPES = list(product(enumerate(KINDS), enumerate(ASPECTS)))


@pytest.mark.parametrize(
    ("kind", "aspect", "theme"),
    [(kind, aspect, [*THEMES][(i + j) % len(THEMES)]) for (i, kind), (j, aspect) in SHAPES],
)
def test_an_example_passes_the_referee(tmp_path: Path, kind: str, aspect: str, theme: str) -> None:
    assert found(tmp_path, kind, theme, aspect) == []


def stale(root: Path, kind: str) -> bool:
    """Whether the docs' stills of the kind differ from those that its example gives now."""
    write_gallery({kind: discover()[kind]}, root / "kinds.md")
    folders = (root / "kinds", Path(__file__).parents[2] / "docs/kinds")
    new, old = (np.asarray(Image.open(one / f"{kind}.webp").convert("RGB"), int) for one in folders)
    return new.shape != old.shape or float(np.abs(new - old).mean()) > 0.2


@pytest.mark.parametrize("kind", ["sweep", "taps"])
def test_stills_in_the_docs_are_those_of_today_s_example(tmp_path: Path, kind: str) -> None:
    assert not stale(tmp_path, kind)


def main(kinds: list[str]) -> int:
    """Judge all variants of the kinds, and the docs' stills; whether anything was found."""
    failed = 0
    for kind, (theme, aspect) in product(kinds or KINDS, VARIANTS):
        with tempfile.TemporaryDirectory() as root:
            try:
                lines = found(Path(root), kind, theme, aspect)
            except ExplainersError as error:
                lines = [str(error)]
        failed += bool(lines)
        print(kind, theme, aspect, *(f"\n  {line}" for line in lines or ["passes"]), flush=True)
    for kind in kinds or KINDS:
        with tempfile.TemporaryDirectory() as root:
            if stale(Path(root), kind):
                failed += 1
                print(kind, "other stills in the docs: explainers kinds --docs docs/kinds.md", flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
