"""The recipes of the documentation: each is drawn and passes the referee, and its page's commands work."""

from __future__ import annotations

import csv
import json
import re
import shlex
import shutil
from pathlib import Path

import cairo
import numpy as np
import pytest

from explainers.cli import run

RECIPES = Path(__file__).parents[1] / "docs" / "recipes"
PAGES = sorted(RECIPES.glob("*.md"))
NAMES = sorted(path.name for path in (RECIPES / "scenes").iterdir())
OTHERS = sorted({*NAMES} - {page.stem for page in PAGES})
TRANSLATED = [(path.parent.name, path.suffixes[0][1:]) for path in RECIPES.glob("scenes/*/storyboard.*.yaml")]


def test_no_recipe_allows_itself_a_finding_or_brings_code() -> None:
    for name in NAMES:
        text = (RECIPES / "scenes" / name / "storyboard.yaml").read_text(encoding="utf-8")
        assert "allow" not in text and not list((RECIPES / "scenes" / name).glob("*.py"))


@pytest.mark.parametrize(("name", "language"), [*((name, "en") for name in OTHERS), *TRANSLATED])
def test_a_recipe_passes_check(name: str, language: str, tmp_path: Path, monkeypatch, capsys) -> None:
    for folder in ("scenes", "assets"):
        if (RECIPES / folder / name).exists():
            shutil.copytree(RECIPES / folder / name, tmp_path / folder / name)
    shutil.copy(RECIPES / "pyproject.toml", tmp_path)
    monkeypatch.chdir(tmp_path)
    assert run(["render", name, "--quality", "draft", "-j1", "--no-check", "--language", language]) == 0
    capsys.readouterr()
    run(["check", name, "--quality", "draft", "--json", "--language", language])
    (video,) = json.loads(capsys.readouterr().out)["videos"]
    assert not video["not_checked"] and video["findings"] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_commands_of_a_page_do_what_it_says(page: Path, tmp_path: Path, monkeypatch, capsys) -> None:
    for folder in ("scenes", "assets"):
        shutil.copytree(RECIPES / folder / page.stem, tmp_path / folder / page.stem)
    shutil.copy(RECIPES / "pyproject.toml", tmp_path)
    monkeypatch.chdir(tmp_path)
    text = page.read_text(encoding="utf-8")
    commands = [
        shlex.split(line)
        for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
        for line in block.splitlines()
    ]
    assert ["explainers", "check", page.stem, "--quality", "draft"] in commands
    for name, *arguments in commands:
        assert name == "explainers" and run([*arguments, *(["-j1"] if arguments[0] == "render" else [])]) == 0
        if arguments[0] == "check":
            said = capsys.readouterr().out
            assert "0 errors, 0 warnings" in said and "not checked" not in said.rpartition("renders/")[2]
    if "new draft" in text:
        assert (tmp_path / "scenes/draft/storyboard.yaml").read_text().count("\n  - id: ") >= 4


def test_the_numbers_of_vision_are_those_of_its_maps() -> None:
    folder = RECIPES / "assets" / "segmentation"

    def pixels(name: str) -> np.ndarray:
        surface = cairo.ImageSurface.create_from_png(str(folder / f"captures/{name}.png"))
        rows = np.ndarray((surface.get_height(), surface.get_stride()), np.uint8, surface.get_data())
        return rows.reshape(len(rows), -1, 4)[:, : surface.get_width(), 2::-1]

    with (folder / "data/classes.csv").open(encoding="utf-8") as file:
        colors = {row["name"]: [int(row[key]) for key in "rgb"] for row in csv.DictReader(file)}
    exact, coarse = pixels("exact"), pixels("stride-32")
    true, found = ({name: (map_ == of).all(-1) for name, of in colors.items()} for map_ in (exact, coarse))
    with (folder / "data/iou.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            both, either = (
                how(true[row["name"]], found[row["name"]]).sum() for how in (np.logical_and, np.logical_or)
            )
            assert float(row["stride_32"]) == pytest.approx(both / either, abs=1e-6)
    with (folder / "data/confusion.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            of = true[row["truth"]]
            share = (of & found[row["predicted"]]).sum() / of.sum()
            assert float(row["share"]) == pytest.approx(share, abs=1e-6)
