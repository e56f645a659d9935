"""The page that a batch leaves: it tells what was made also where the batch ended before its time."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import unescape
from pathlib import Path
from time import perf_counter

import pytest

from explainers.cli import run
from explainers.cli.batch import BatchReport
from explainers.errors import RenderFailed
from explainers.render.pipeline import Outcome

from small import SMALL, write_project  # isort: skip

BROKEN = SMALL.replace("kind: title", "kind: titel")


def page(root: Path) -> str:
    return unescape((root / "renders/index.html").read_text(encoding="utf-8"))


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for video in ("one", "two"):
        write_project(tmp_path, SMALL, video)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_after_a_failure_the_rest_is_not_rendered_or_an_earlier_render_is_there(root: Path) -> None:
    assert run(["batch", "-j1"]) == 0
    write_project(root, BROKEN, "a-broken")
    (root / "scenes/two/storyboard.yaml").write_text(SMALL.replace("Two small", "Three small"))
    write_project(root, SMALL, "zebra")
    assert run(["batch", "-j1"]) == 3
    said = page(root)
    assert "there is no scene kind 'titel'" in said and '<pre class="error">' in said
    assert "not rendered; the video that is there is of an earlier render" in said
    assert '<p class="note">not rendered</p>' in said
    assert "0 of 4 videos" in said


def test_with_keep_going_the_others_are_told_with_their_posters(root: Path) -> None:
    write_project(root, BROKEN, "broken")
    assert run(["batch", "-j1", "--keep-going"]) == 3
    said = page(root)
    assert "2 of 3 videos" in said and 'src="one/poster.jpg"' in said and "not rendered" not in said


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        (
            lambda: RenderFailed("the Dask scheduler at x has gone"),
            "stopped: the Dask scheduler at x has gone",
        ),
        (KeyboardInterrupt, "The batch was interrupted."),
    ],
)
def test_what_ends_a_batch_in_the_middle_is_on_its_page(
    root: Path, ends: Callable[[], BaseException], words: str
) -> None:
    from explainers.project import find_project

    report = BatchReport(find_project(root), ["one", "two"], perf_counter())
    with pytest.raises(type(ends())), report.written():
        report.outcomes["one"] = Outcome("one", error=RenderFailed("shot a: out of memory"))
        raise ends()
    said = page(root)
    assert words in said and "shot a: out of memory" in said
    assert '<p class="note">not rendered</p>' in said


TEMPLATE = SMALL.replace("storyboard: 1\n", "storyboard: 1\nparameters:\n  run: {type: text}\n").replace(
    "where: {run: before}", 'where: {run: "${run}"}'
)


def test_templates_that_lack_a_value_are_left_out_of_a_batch_of_all(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_project(root, TEMPLATE, "compare")
    assert run(["batch", "-j1"]) == 0
    words = "left out, since run has no value: explainers batch compare --matrix FILE"
    assert f"compare  {words}" in capsys.readouterr().out
    assert words in page(root) and "2 of 3 videos" in page(root)
    assert run(["batch", "-j1", "--json"]) == 0
    row = json.loads(capsys.readouterr().out)[-1]
    assert row == {"video": "compare", "exit_code": None, "error": words}


def test_a_template_that_is_named_is_rendered_with_a_matrix_or_says_what_it_lacks(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_project(root, TEMPLATE, "compare")
    assert run(["batch", "compare", "-j1"]) == 3
    assert "the parameter 'run' has no value" in capsys.readouterr().err
    (root / "runs.csv").write_text("name,run\nold,before\nnew,after\n")
    assert run(["batch", "compare", "--matrix", str(root / "runs.csv"), "-j1"]) == 0
    assert (root / "renders/compare-new/video.mp4").is_file()
