"""One file, whatever its name looks like on the disk: found, or said with what the disk has."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from explainers.assets.manifest import missing_file, statuses
from explainers.check import check
from explainers.errors import InvalidInput
from explainers.inputs import on_disk
from explainers.plan import load_plan
from explainers.plan.library import Library
from explainers.project import Project, find_project

STORYBOARD = """\
storyboard: 1
title: A test
facts:
  first: {table: runs, where: {run: café}, value: tok}
shots:
  - id: one
    kind: capture
    title: A file
    file: PICTURE
    cue: What is in the file.
    statement: "It has {first:.0f}."
    source: own
    duration: 4s
"""
ASSETS = """\
sources:
  own: {kind: measured, citation: Made up, label: made up, url: "https://example.org"}
tables:
  runs: {file: TABLE, source: own}
files:
  KEY: {shows: A test, from: own}
"""


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def project(root: Path, on_the_disk: str, picture: str, key: str, table: str = "data/größe.csv") -> Project:
    (root / "pyproject.toml").write_text("[tool.explainers]\n")
    for name, text in {
        "scenes/v/storyboard.yaml": STORYBOARD.replace("PICTURE", picture),
        "assets/v/assets.yaml": ASSETS.replace("KEY", key).replace("TABLE", table),
        nfd("assets/v/data/größe.csv"): nfd("run,tok\ncafé,3\n"),
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    path = root / "assets/v" / on_the_disk
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (64, 36), "navy").save(path)
    return find_project(root)


NAME = "captures/café/screen.png"


@pytest.mark.parametrize("disk", [NAME, nfd(NAME)])
@pytest.mark.parametrize("picture", [NAME, nfd(NAME)])
@pytest.mark.parametrize("key", [NAME, nfd(NAME)])
def test_accents_are_the_same_however_they_are_composed(
    tmp_path: Path, disk: str, picture: str, key: str
) -> None:
    made = project(tmp_path, disk, picture, key)
    plan = load_plan(made, "v", allow_slates=False)
    assert [path.name for path in plan.shots[0].assets.values()] == ["screen.png"]
    assert all(path.exists() for path in plan.shots[0].assets.values())
    assert plan.facts.values["first"] == 3.0
    codes = {one.code for one in check(made, "v").findings}
    assert not codes & {"asset-missing", "unused", "provenance"}
    manifest = Library(made, "v").manifest
    assert {one.state for one in statuses(manifest, made.assets_dir("v"))} == {"present"}


@pytest.mark.parametrize(
    ("written", "how"),
    [
        ("captures\\café\\screen.png", "is written with / and not \\"),
        ("Captures/café/screen.png", "is spelled otherwise on the disk"),
        ("captures/Café/screen.PNG", "is spelled otherwise on the disk"),
        ("captures\\Café\\screen.png", "is spelled otherwise on the disk"),
    ],
)
def test_another_case_or_a_backslash_is_said_with_what_the_disk_has(
    tmp_path: Path, written: str, how: str
) -> None:
    made = project(tmp_path, NAME, written, f"'{written}'")
    with pytest.raises(InvalidInput) as caught:
        load_plan(made, "v")
    [problem] = caught.value.problems
    assert (problem.code, problem.expected) == ("wrong-path", f'"{NAME}"')
    assert problem.message == f"the path {written} {how}"
    [status, _] = statuses(Library(made, "v").manifest, made.assets_dir("v"))
    assert (status.state, status.how) == ("missing", f"on the disk it is spelled {NAME}")


def test_a_table_in_another_case_is_said_too(tmp_path: Path) -> None:
    made = project(tmp_path, NAME, NAME, NAME, table="Data/größe.csv")
    with pytest.raises(InvalidInput) as caught:
        load_plan(made, "v")
    [problem] = caught.value.problems
    assert problem.code == "wrong-path" and str(problem.place).startswith("assets/v/assets.yaml:4:")


def test_a_declared_file_that_no_shot_shows_is_said_too(tmp_path: Path) -> None:
    made = project(tmp_path, NAME, NAME, NAME)
    path = tmp_path / "assets/v/assets.yaml"
    path.write_text(path.read_text() + "  Captures/other.png: {shows: Another, from: own}\n")
    Image.new("RGB", (8, 8)).save(tmp_path / "assets/v/captures/other.png")
    [found] = [one for one in check(made, "v").findings if one.code == "asset-missing"]
    assert found.fix == 'expected "captures/other.png"'


def test_a_run_is_found_without_its_ending_and_with_other_accents(tmp_path: Path) -> None:
    made = project(tmp_path, NAME, NAME, NAME)
    (tmp_path / "assets/v" / nfd("läufe.run.jsonl")).write_text('{"format": "run/1"}\n')
    path = tmp_path / "assets/v/assets.yaml"
    path.write_text(path.read_text() + "runs:\n  a: {file: läufe, source: own}\n")
    library = Library(made, "v")
    assert library.problems == []
    assert library.run("a") is None
    assert {problem.code for problem in library.problems} != {"no-such-run"}


def test_a_tab_that_a_backslash_became_is_called_that(tmp_path: Path) -> None:
    mistake = missing_file((), "data\test.csv", tmp_path)
    assert mistake is not None and "holds a tab" in mistake.message


def test_a_video_is_found_by_its_name(tmp_path: Path) -> None:
    for folder in ("scenes", "assets"):
        (tmp_path / folder / nfd("größe")).mkdir(parents=True)
    (tmp_path / "scenes" / nfd("größe") / "storyboard.yaml").write_text("storyboard: 1\n")
    made = Project(tmp_path)
    assert made.storyboard_path("größe").is_file()
    assert made.assets_dir("größe").is_dir()


_NAMES = st.lists(st.text("aeé\u0301öÖAE._- ß", min_size=1, max_size=5), min_size=1, max_size=3)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(_NAMES, st.sampled_from(["NFC", "NFD"]), st.sampled_from(["NFC", "NFD"]))
def test_a_name_is_found_in_either_form_and_in_no_other_case(tmp_path_factory, parts, disk, asked) -> None:
    parts = [f"x{part.strip(' .')}" for part in parts]
    folder = tmp_path_factory.mktemp("names")
    path = folder / unicodedata.normalize(disk, "/".join(parts))
    path.mkdir(parents=True)
    name = unicodedata.normalize(asked, "/".join(parts))
    assert on_disk(folder, name) == path
    other = name.swapcase()
    if unicodedata.normalize("NFC", other) != unicodedata.normalize("NFC", name):
        assert on_disk(folder, other) is None
        same = unicodedata.normalize("NFC", other).casefold() == unicodedata.normalize("NFC", name).casefold()
        assert (on_disk(folder, other, alike=True) == path) is same
        assert (on_disk(folder, name.replace("/", "\\"), alike=True) == path) is True
