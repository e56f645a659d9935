"""The page that teaches scene kinds: what stands on it is true."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explainers.cli import run
from explainers.errors import InvalidInput
from explainers.plan import load_plan
from explainers.project import find_project

DOCS = Path(__file__).parents[1] / "docs"
PAGE = (DOCS / "write-a-kind.md").read_text(encoding="utf-8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return runpy.run_path(str(DOCS / "write_a_kind.py"))["written"](tmp_path)


def test_the_pages_own_test_passes(root: Path) -> None:
    runpy.run_path(str(root / "tests/test_dots.py"))["test_the_beat_fills_the_dots"](root)


def test_the_mistake_on_the_page_is_said_as_it_stands_there(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = root / "scenes/demo/dots.py"
    file.write_text(file.read_text().replace("stage.body.left,", "stage.body.lefft,"))
    monkeypatch.chdir(root)
    assert run(["still", "demo", "--shot", "dots", "--quality", "draft", "--allow-code"]) == 5
    shown = re.search(r"^```\n(scenes/demo/dots\.py:.*?)\n```", PAGE, re.M | re.S)
    assert shown and shown[1] in capsys.readouterr().err


def test_a_share_that_is_none_is_refused_by_the_kind(root: Path) -> None:
    board = root / "scenes/demo/storyboard.yaml"
    board.write_text(board.read_text().replace("share: early", "share: early * 3"))
    with pytest.raises(InvalidInput, match=r"1\.11 is no share"):
        load_plan(find_project(root), "demo", allow_code=True)


def test_the_picture_of_the_stage_is_the_one_its_code_draws(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    look = ["--shot", "stage", "--quality", "standard", "--allow-code", "--output", "stage.png"]
    assert run(["still", "demo", *look]) == 0
    with Image.open("stage.png") as made, Image.open(DOCS / "stills/stage.png") as kept:
        assert np.array_equal(np.asarray(made), np.asarray(kept))


def test_every_name_that_the_page_says_is_there(root: Path) -> None:
    import inspect

    from explainers.kinds.base import SceneKind
    from explainers.storyboard import types

    hooks = re.findall(r"^\| `(.*?)` \|", PAGE.split("## What a kind can read")[0], re.M)
    named = {name for cell in hooks for name in re.findall(r"\w+(?=\(|`|$|,)", cell)} - {
        "beat",
        "shot",
        "stage",
    }
    members = {*dir(SceneKind), *inspect.get_annotations(SceneKind)}
    assert named and named <= members | {"params", "beats"}
    assert all(hasattr(types, name) for name in re.findall(r"^\| `([A-Z]\w+)` \|", PAGE, re.M))
