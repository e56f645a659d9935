"""The referee at the door of `render`: what stops it, what is only told, and what insists."""

import json
import re

import pytest

from explainers import check, cli

from small import SMALL, write_project  # isort: skip

TYPED = SMALL.replace("heading: Another", "heading: Another of 7")
LOST = '''
"""Words that stand half outside the frame."""
from explainers.kinds.base import KindParams, SceneKind


class Params(KindParams):
    pass


class Own(SceneKind):
    params = Params

    def picture(self, shot, stage):
        stage.words("Words that nobody reads to their end", stage.width - 300, 500)
'''
ASTRAY = SMALL.replace(
    "    kind: title\n    duration: 2s\n    heading: First card", "    kind: lost\n    duration: 2s"
)
FADING = SMALL.replace("  - id: second\n", "  - id: second\n    transition: {fade: 0.8s}\n")


def here(tmp_path, monkeypatch, storyboard):
    project = write_project(tmp_path, storyboard)
    (project.scene_dir("small") / "lost.py").write_text(LOST, encoding="utf-8")
    monkeypatch.chdir(project.root)
    return project


def output(capsys, *arguments):
    code = cli.run([*arguments, "-j1", "--allow-code"])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def published(project):
    return (project.renders_dir("small") / "video.mp4").exists()


def test_wrong_words_stop_a_render_before_anything_is_drawn(tmp_path, monkeypatch, capsys):
    project = here(tmp_path, monkeypatch, TYPED)
    code, out, err = output(capsys, "render", "small", "--quality", "standard", "--json")
    assert (code, out) == (1, "")
    assert "scenes/small/storyboard.yaml:18:25: error:" in err and "[typed-digit]" in err
    assert "--no-check insists" in err
    assert not published(project) and not list(project.store_dir.rglob("clip.mp4"))
    code, _, err = output(capsys, "batch", "small")
    assert code == 1 and "[typed-digit]" in err


def test_who_insists_gets_a_video_that_is_not_called_checked(tmp_path, monkeypatch, capsys):
    project = here(tmp_path, monkeypatch, TYPED)
    code, out, err = output(capsys, "render", "small", "--no-check", "--json")
    assert code == 0 and published(project)
    assert set(json.loads(out)) == {"video", "directory", "duration_s", "frames", "shots", "elapsed_s"}
    assert err == "small: not checked, as --no-check says\n"


def test_what_is_let_pass_is_told_with_its_reason(tmp_path, monkeypatch, capsys):
    allowed = TYPED.replace("  - id: second\n", "  - id: second\n    allow: {typed-digit: a name}\n")
    project = here(tmp_path, monkeypatch, allowed)
    code, _, err = output(capsys, "render", "small")
    assert code == 0 and published(project)
    assert "let pass:" in err and "because: a name" in err


def test_a_wrong_picture_is_told_of_a_draft_and_stops_a_final(tmp_path, monkeypatch, capsys):
    project = here(tmp_path, monkeypatch, ASTRAY)
    code, out, err = output(capsys, "render", "small", "--quality", "draft")
    assert code == 0 and "[safe-area]" in err and "[safe-area]" not in out
    before = (project.renders_dir("small") / "video.mp4").read_bytes()
    for _ in range(2):
        code, out, err = output(capsys, "render", "small", "--quality", "final")
        assert (code, out) == (1, "") and "is cut off at the right" in err
        assert (project.renders_dir("small") / "video.mp4").read_bytes() == before
    assert output(capsys, "render", "small", "--quality", "final", "--no-check")[0] == 0


def test_what_was_judged_is_not_judged_again_until_it_changes(tmp_path, monkeypatch, capsys):
    project = here(tmp_path, monkeypatch, SMALL)
    judged = []
    monkeypatch.setattr(check, "judge", lambda *a, judge=check.judge, **k: judged.append(k) or judge(*a, **k))

    def pictures():
        judged.clear()
        assert output(capsys, "render", "small")[0] == 0
        return sum("drawn_of" in one for one in judged)

    assert [pictures(), pictures()] == [1, 0]
    project.storyboard_path("small").write_text(SMALL.replace("A statement.", "Another statement."))
    assert [pictures(), pictures()] == [1, 0]


@pytest.mark.parametrize("storyboard", [SMALL, FADING])
def test_all_of_a_rendered_video_has_been_looked_at(tmp_path, monkeypatch, capsys, storyboard):
    here(tmp_path, monkeypatch, storyboard)
    assert output(capsys, "render", "small")[2] == ""
    assert cli.run(["check", "small", "--json"]) == 0
    (report,) = json.loads(capsys.readouterr().out)["videos"]
    assert report["not_checked"] == [] and "flash" in report["rules"]


def test_the_check_that_a_draft_points_to_finds_the_same(tmp_path, monkeypatch, capsys):
    brief = SMALL.replace(
        "heading: First card", "heading: First card of many words that nobody reads in time"
    )
    here(tmp_path, monkeypatch, brief)
    code, out, _ = output(
        capsys, "render", "small", "--quality", "draft", "--theme", "paper", "--aspect", "1:1"
    )
    count, command = re.search(r"(\d+) warnings?: explainers (.+)", out).groups()
    assert code == 0 and command == "check small --quality draft --theme paper --aspect 1:1 --allow-code"
    assert cli.run([*command.split(), "--json"]) == 0
    (report,) = json.loads(capsys.readouterr().out)["videos"]
    assert len(report["findings"]) == int(count) > 0 and report["not_checked"] == []
