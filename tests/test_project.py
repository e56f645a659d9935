from pathlib import Path

import pytest

from explainers.errors import InvalidInput, UsageError
from explainers.project import Project, find_project


def make(root: Path, settings: str = "[tool.explainers]\n", *videos: str) -> Project:
    (root / "pyproject.toml").write_text(settings, encoding="utf-8")
    for video in videos:
        (root / "scenes" / video).mkdir(parents=True)
        (root / "scenes" / video / "storyboard.yaml").write_text("storyboard: 1\n", encoding="utf-8")
    return find_project(root)


def test_the_project_is_the_nearest_folder_that_says_so(tmp_path: Path) -> None:
    make(tmp_path, "[tool.explainers]\ntheme = 'paper'\n")
    inner = tmp_path / "scenes" / "deep"
    inner.mkdir(parents=True)
    (inner / "pyproject.toml").write_text("[tool.other]\n", encoding="utf-8")
    project = find_project(inner)
    assert (project.root, project.settings.theme, project.settings.quality) == (tmp_path, "paper", "final")


def test_no_project_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no pyproject.toml with \[tool.explainers\]"):
        find_project(tmp_path)


def test_videos_are_folders_with_a_storyboard(tmp_path: Path) -> None:
    project = make(tmp_path, "[tool.explainers]\n", "drex", "bandung")
    (tmp_path / "scenes" / "notes").mkdir()
    assert project.videos() == ("bandung", "drex")


def test_every_folder_of_a_video_is_found_from_the_root(tmp_path: Path) -> None:
    project = make(tmp_path, "[tool.explainers]\n", "drex")
    assert project.storyboard_path("drex") == tmp_path / "scenes/drex/storyboard.yaml"
    assert project.assets_dir("drex") == tmp_path / "assets/drex"
    assert project.renders_dir("drex") == tmp_path / "renders/drex"
    assert project.store_dir == tmp_path / "renders/.store"
    assert project.shown(tmp_path / "assets/drex/assets.yaml") == "assets/drex/assets.yaml"


def test_an_unknown_video_is_met_with_the_nearest(tmp_path: Path) -> None:
    project = make(tmp_path, "[tool.explainers]\n", "drex")
    with pytest.raises(UsageError, match="did you mean 'drex'"):
        project.storyboard_path("derx")


@pytest.mark.parametrize("video", ["../drex", "a/b", "", "..", "a\\b"])
def test_a_video_is_one_name_and_no_path(tmp_path: Path, video: str) -> None:
    with pytest.raises(UsageError):
        make(tmp_path).assets_dir(video)


@pytest.mark.parametrize(
    ("setting", "code", "line"),
    [
        ("them = 'ink'", "unknown-key", 2),
        ("theme = 'pink'", "wrong-type", 2),
        ("allow_code = 1", "wrong-type", 2),
    ],
)
def test_a_wrong_setting_has_a_place_and_a_suggestion(
    tmp_path: Path, setting: str, code: str, line: int
) -> None:
    with pytest.raises(InvalidInput) as caught:
        make(tmp_path, f"[tool.explainers]\n{setting}\n")
    [problem] = caught.value.problems
    assert problem.place
    assert (problem.code, problem.place.line) == (code, line)


def test_the_site_table_is_passed_on(tmp_path: Path) -> None:
    project = make(tmp_path, "[tool.explainers.site]\nbase_url = 'https://x.org'\n")
    assert project.settings.site == {"base_url": "https://x.org"}
