"""Delivered files: a good render passes, and each way of going wrong is found at its file."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bad_cases import VIDEO, project_of
from small import SMALL as STORYBOARD

from small import render  # isort: skip

from explainers import cli
from explainers.check import check
from explainers.check.delivered import verify
from explainers.errors import UsageError
from explainers.plan import load_plan
from explainers.project import Project, find_project
from explainers.render.judging import drawn_of
from explainers.render.planner import products_of

SMALL = (
    f"\n-- storyboard.yaml --\n{STORYBOARD}"
    + """\
-- assets.yaml --
sources:
  logs: {kind: measured, citation: The run logs, label: run logs, url: "https://example.org/logs"}
tables:
  runs: {file: data/runs.csv, source: logs}
-- data/runs.csv --
run,tok
before,100
after,108
"""
)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A rendered project; tests work on copies of it."""
    root = tmp_path_factory.mktemp("finished")
    render(load_plan(project_of(SMALL, root), VIDEO), jobs=1)
    return root


@pytest.fixture
def project(finished: Path, tmp_path: Path) -> Project:
    shutil.copytree(finished, tmp_path / "copy", symlinks=True)
    return find_project(tmp_path / "copy")


def codes(project: Project) -> list[str]:
    """The codes of findings about delivered files."""
    report = check(project, VIDEO, rendered=True)
    about_words = {"ratio-base", "captions-complete", "reading-time"}
    return sorted({one.code for one in report.findings} - about_words)


def edited(project: Project, change: Callable[[dict[str, Any]], None]) -> None:
    path = project.renders_dir(VIDEO) / "manifest.json"
    manifest = json.loads(path.read_text())
    change(manifest)
    path.write_text(json.dumps(manifest))


def test_a_good_render_has_nothing_against_it(project: Project) -> None:
    report = check(project, VIDEO, rendered=True, drawn_of=drawn_of)
    assert [one.code for one in report.errors] == []
    assert report.not_checked == ()
    assert {"frame-count", "file-tags", "flash", "overlap"} <= set(report.rules_run)


def test_without_a_render_the_files_are_not_checked_and_not_passed(tmp_path: Path) -> None:
    report = check(project_of(SMALL, tmp_path), VIDEO, rendered=True, drawn_of=drawn_of)
    assert {gap.what for gap in report.not_checked} == {"the delivered files", "its picture"}
    assert "frame-count" not in report.rules_run and "flash" not in report.rules_run


def test_a_table_that_changed_since_the_render_is_found_at_its_facts(project: Project) -> None:
    table = project.assets_dir(VIDEO) / "data" / "runs.csv"
    table.write_text(table.read_text().replace("108", "109"))
    report = check(project, VIDEO, rendered=True)
    found = [one for one in report.findings if one.code == "table-changed"]
    assert [
        (one.place.line, "108.0" in one.message or "8.0" in one.message) for one in found if one.place
    ] == [(7, True), (8, True)]


def test_a_fact_that_is_gone_is_found(project: Project) -> None:
    edited(project, lambda manifest: manifest["facts"].append({"name": "old", "value": 1.0}))
    assert codes(project) == ["table-changed"]


@pytest.mark.parametrize("name", ["video.mp4", "poster.jpg"])
def test_a_file_that_was_replaced_or_lost_is_found(project: Project, name: str) -> None:
    path = project.renders_dir(VIDEO) / name
    path.write_bytes(path.read_bytes() + b"more")
    assert codes(project) == ["file-changed"]
    path.unlink()
    assert codes(project) == ["file-changed"]


def test_frames_that_do_not_add_up_are_found(project: Project) -> None:
    edited(project, lambda manifest: manifest["shots"][0].update(frames=3))
    assert codes(project) == ["frame-count"]


def test_a_video_of_another_length_than_the_storyboard_is_found(project: Project) -> None:
    path = project.storyboard_path(VIDEO)
    path.write_text(path.read_text().replace("duration: 2s", "duration: 4s"))
    assert "frame-count" in codes(project)


def test_a_size_over_the_budget_is_found(project: Project) -> None:
    settings = "[tool.explainers.site]\nmax_mib = 0.001\n"
    (project.root / "pyproject.toml").write_text("[tool.explainers]\n" + settings)
    assert codes(find_project(project.root)) == ["size-budget"]


def test_tags_index_and_keyframes_are_looked_at(project: Project) -> None:
    import av

    path = project.renders_dir(VIDEO) / "video.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream(
            "libx264", rate=10, options={"g": "300", "x264-params": "keyint=300:scenecut=0"}
        )
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv444p"
        for number in range(50):
            frame = av.VideoFrame(320, 180, "yuv444p")
            frame.pts = number
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    report = check(project, VIDEO, rendered=True)
    said = " ".join(one.message for one in report.findings if one.code == "file-tags")
    for words in ("yuv444p", "color_primaries", "index at the end", "chapter"):
        assert words in said


def test_a_slate_in_a_final_video_is_found_at_its_shot(project: Project) -> None:
    edited(project, lambda manifest: manifest["shots"][1].update(slates=["captures/drive.mp4"]))
    (found,) = [one for one in check(project, VIDEO, rendered=True).findings if one.code == "slate"]
    assert found.shot == "second" and found.place is not None and found.place.line == 15
    edited(project, lambda manifest: manifest.update(quality="draft"))
    assert codes(project) == []


def test_captions_and_transcript_that_leave_something_out_are_found(project: Project) -> None:
    captions = project.renders_dir(VIDEO) / "captions.en.vtt"
    captions.write_text(captions.read_text().replace("Beat two.", "Beat to."))
    transcript = project.renders_dir(VIDEO) / "transcript.md"
    transcript.write_text(transcript.read_text().replace("A statement.", ""))
    found = [one for one in check(project, VIDEO, rendered=True).findings if one.code == "tracks-complete"]
    assert [one.place.file.rpartition("/")[2] for one in found if one.place] == [
        "captions.en.vtt",
        "transcript.md",
    ]
    edited(project, lambda manifest: manifest["poster"].update(alt=""))
    messages = [one.message for one in check(project, VIDEO, rendered=True).findings]
    assert "the poster has no alternative text" in messages


def test_verify_traces_a_file_to_its_storyboard_and_numbers(project: Project) -> None:
    found = verify(
        project.renders_dir(VIDEO) / "video.mp4", project, lambda plan: products_of(plan).content_id
    )
    assert (found.video, found.same_file, found.same_inputs) == (VIDEO, True, True)
    assert [(one.name, one.text) for one in found.numbers][:2] == [
        ("before", "100.0 tok/s"),
        ("after", "108.0 tok/s"),
    ]
    assert "run logs" in found.numbers[0].sources[0]


def test_verify_says_what_changed(project: Project) -> None:
    video = project.renders_dir(VIDEO) / "video.mp4"
    table = project.assets_dir(VIDEO) / "data" / "runs.csv"
    table.write_text(table.read_text().replace("108", "109"))
    found = verify(video, project, lambda plan: products_of(plan).content_id)
    assert found.same_inputs is False
    assert any(
        "after was 108.0, as the manifest claims; today it is 109.0" in reason for reason in found.reasons
    )
    assert f"assets/{VIDEO}/data/runs.csv has changed" in found.reasons
    video.write_bytes(video.read_bytes() + b"\0" * 8)
    assert verify(video, project).same_file is False


def test_verify_refuses_files_without_an_origin(project: Project, tmp_path: Path) -> None:
    for content in (b"not a video", b""):
        path = tmp_path / "other.mp4"
        path.write_bytes(content)
        with pytest.raises(UsageError):
            verify(path, project)
    copy = tmp_path / "copy.mp4"
    shutil.copy(project.renders_dir(VIDEO) / "video.mp4", copy)
    (project.renders_dir(VIDEO) / "manifest.json").unlink()
    with pytest.raises(UsageError, match="no manifest"):
        verify(copy, project)


def test_the_commands_end_with_the_right_codes(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project.root)
    assert cli.run(["check", VIDEO, "--allow-code"]) == 0
    assert cli.run(["verify", f"renders/{VIDEO}/video.mp4"]) == 0
    assert cli.run(["check", "vidoe"]) == 2
    capsys.readouterr()
    path = project.storyboard_path(VIDEO)
    path.write_text(path.read_text().replace("heading: Another", "heading: Another 7"))
    assert cli.run(["check", "--json", "--sarif", "log.sarif", "--allow-code"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert data["passes"] is False
    (error,) = [one for one in data["videos"][0]["findings"] if one["severity"] == "error"]
    assert (error["code"], error["line"], error["column"]) == ("typed-digit", 18, 22)
    log = json.loads(Path("log.sarif").read_text())
    result = next(one for one in log["runs"][0]["results"] if one["ruleId"] == "typed-digit")
    region = result["locations"][0]["physicalLocation"]["region"]
    assert (log["version"], region["startLine"], region["startColumn"]) == ("2.1.0", 18, 22)


def test_a_sheet_shows_the_findings_that_are_in_the_picture(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from PIL import Image

    monkeypatch.chdir(project.root)
    path = project.storyboard_path(VIDEO)
    path.write_text(path.read_text().replace("statement: A statement.", "statement: A statement of 7."))
    assert cli.run(["check", VIDEO, "--sheet", "--allow-code"]) == 1
    assert "check.png shows them" in capsys.readouterr().out
    with Image.open(project.renders_dir(VIDEO) / "check.png") as sheet:
        assert sheet.width > 600 and len(sheet.getcolors(1 << 20) or []) > 20
