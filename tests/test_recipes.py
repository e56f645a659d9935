"""The recipes of the documentation: every one is drawn and passes the referee as it stands."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from explainers.cli import run

RECIPES = Path(__file__).parents[1] / "docs" / "recipes"
NAMES = sorted(path.name for path in (RECIPES / "scenes").iterdir())
TRANSLATED = [(path.parent.name, path.suffixes[0][1:]) for path in RECIPES.glob("scenes/*/storyboard.*.yaml")]


@pytest.mark.parametrize(("name", "language"), [*((name, "en") for name in NAMES), *TRANSLATED])
def test_a_recipe_passes_check(name: str, language: str, tmp_path: Path, monkeypatch, capsys) -> None:
    for folder in ("scenes", "assets"):
        if (RECIPES / folder / name).exists():
            shutil.copytree(RECIPES / folder / name, tmp_path / folder / name)
    shutil.copy(RECIPES / "pyproject.toml", tmp_path)
    text = (RECIPES / "scenes" / name / "storyboard.yaml").read_text(encoding="utf-8")
    assert "allow" not in text and not list((RECIPES / "scenes" / name).glob("*.py"))
    monkeypatch.chdir(tmp_path)
    assert run(["render", name, "--quality", "draft", "-j1", "--no-check", "--language", language]) == 0
    capsys.readouterr()
    run(["check", name, "--quality", "draft", "--json", "--language", language])
    (video,) = json.loads(capsys.readouterr().out)["videos"]
    assert not video["not_checked"] and video["findings"] == []
