"""`--variants`: all themes and shapes in one command, where a player looks for them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from explainers.cli import run
from explainers.errors import UsageError
from explainers.plan import load, storyboard_of, variants
from explainers.site.videos import load_video

from small import SMALL, write_project  # isort: skip

UPRIGHT_PAPER = SMALL.replace("size: 320x180", "size: 180x320").replace(
    "storyboard: 1", "storyboard: 1\ntheme: paper"
)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_project(tmp_path, SMALL)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("storyboard", "wanted", "folders"),
    [
        (SMALL, "all", ["", "paper", "square", "square-paper", "upright", "upright-paper"]),
        (SMALL, "paper", ["", "paper"]),
        (SMALL, "paper, 9:16", ["", "paper", "upright", "upright-paper"]),
        (SMALL, "ink,16:9", [""]),
        (UPRIGHT_PAPER, "all", ["", "ink", "wide", "wide-ink", "square", "square-ink"]),
        (SMALL.replace("kind: title", "kind: 3", 1).replace("title: ", "titel: "), "all", [""]),
    ],
)
def test_each_theme_comes_in_each_shape_and_only_what_differs_is_in_the_folder_s_name(
    tmp_path: Path, storyboard: str, wanted: str, folders: list[str]
) -> None:
    project = write_project(tmp_path, storyboard)
    assert [one.folder for one in variants(project, storyboard_of(project, "small"), wanted)] == folders


def test_a_word_that_is_neither_is_told_with_the_nearest(tmp_path: Path) -> None:
    project = write_project(tmp_path, SMALL)
    with pytest.raises(
        UsageError, match=r"ink, paper, 16:9, 1:1, 9:16, all; not 'papier'; did you mean 'paper'"
    ):
        variants(project, storyboard_of(project, "small"), "9:16,papier")


def test_all_variants_are_where_the_player_looks_and_a_second_run_draws_nothing(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["render", "small", "--variants", "all", "-j1", "--no-check", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["video"] for row in rows][:2] == ["small", "small/paper"]
    video = load_video(root / "renders/small")
    looks = {(one.manifest.theme, one.shape) for one in (video, *video.variants)}
    assert looks == {(theme, shape) for theme in ("ink", "paper") for shape in ("wide", "square", "upright")}
    alone = root / "alone"
    arguments = ["--theme", "paper", "--aspect", "9:16", "--out", str(alone), "--no-check", "-j1"]
    assert run(["render", "small", *arguments]) == 0
    assert "nothing drawn" in capsys.readouterr().out
    for path in alone.iterdir():
        assert path.read_bytes() == (root / "renders/small/upright-paper" / path.name).read_bytes(), path.name
    reads, read = list[Path](), load.read_document
    monkeypatch.setattr(load, "read_document", lambda path, *more: reads.append(path) or read(path, *more))
    assert run(["render", "small", "--variants", "all", "-j1", "--no-check"]) == 0
    assert len(reads) == 1, "the storyboard is read once for all of its variants"
    said = capsys.readouterr().out
    assert said.count("nothing drawn") == 6 and "6 of 6 variants" in said and "renders/small" in said


def test_a_batch_makes_them_too_and_its_page_shows_each(root: Path) -> None:
    write_project(root, SMALL.replace("First card", "One more"), "other")
    assert run(["batch", "--variants", "paper", "-j1", "--no-check"]) == 0
    page = (root / "renders/index.html").read_text()
    for name in ("small", "small/paper", "other", "other/paper"):
        assert (root / "renders" / name / "video.mp4").is_file()
        assert f'href="{name}/video.mp4"' in page and f"<h2>{name}</h2>" in page


@pytest.mark.parametrize("more", [["--theme", "ink"], ["--aspect", "1:1"]])
def test_variants_and_a_theme_or_shape_of_the_command_are_refused(
    root: Path, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["render", "small", "--variants", "all", *more]) == 2
    assert "leave --theme and --aspect out" in capsys.readouterr().err


def test_the_first_variant_that_fails_ends_the_command_with_its_code(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "scenes/small/storyboard.yaml").write_text(SMALL.replace("kind: title", "kind: titel"))
    assert run(["render", "small", "--variants", "all", "-j1"]) == 3
    assert capsys.readouterr().err.count("did you mean 'title'") == 2
