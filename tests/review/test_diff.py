"""Two states of a video compared: reasons, numbers, claims, pictures, and what is never run."""

import json
import re

import numpy as np
import pytest

from explainers import cli
from explainers.errors import UsageError
from explainers.project import find_project
from explainers.review.compare import compare, new_findings
from explainers.review.state import checked_out, code_at, of_files, of_manifest
from explainers.review.stills import differences

from repositories import STORYBOARD, TABLE, commit, edit, git  # isort: skip


def states(project, revision: str = "HEAD"):
    """A revision and the files here, compared in words."""
    with checked_out(project, revision) as there:
        return compare(of_files(there, "small", "draft", revision), of_files(project, "small", "draft"))


def test_nothing_changed(repository):
    found = states(repository)
    assert not found.differs and found.holds and found.judged
    assert "worktree" not in git(repository.root, "worktree", "list", "--porcelain").replace(
        "worktree ", "", 1
    )


CASES = {
    "a cell": (TABLE, "after,108", "after,112", {("fact", "gain"), ("table row", "runs, run = after, tok")}),
    "a sentence": (STORYBOARD, "more tokens per", "more words per", {("text", "gain statement")}),
    "a title": (STORYBOARD, "title: Throughput\n", "title: Tokens\n", {("text", "title")}),
    "a parameter": (STORYBOARD, "label: After, role: ours", "label: After", {("storyboard", "bars")}),
    "a length": (
        STORYBOARD,
        "{id: rise, duration: 2s,",
        "{id: rise, duration: 1.5s,",
        {("storyboard", "beat rise"), ("storyboard", "beat gain")},
    ),
}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_why_a_shot_changed(repository, case):
    path, before, after, expected = CASES[case]
    edit(repository.root, path, before, after)
    (shot,) = states(repository).shots
    assert shot.id == "bars" and {(one.cause, one.name) for one in shot.reasons} == expected


def test_captions_change_no_picture_and_are_told(repository):
    edit(repository.root, STORYBOARD, "From {before} to {after}.", "Up to {after}.")
    found = states(repository)
    assert not found.shots
    (said,) = found.words
    assert (said.how, said.before, said.after) == ("said", "From 100.0 to 108.0.", "Up to 108.0.")


def test_a_number_is_told_with_where_it_is_seen_and_said(repository):
    edit(repository.root, TABLE, "after,108", "after,112")
    numbers = {one.name: one for one in states(repository).numbers}
    assert set(numbers) == {"after", "gain", "runs, run = after, tok"}
    assert (numbers["gain"].before, numbers["gain"].after) == ("+8.0\u202f%", "+12.0\u202f%")
    (use,) = numbers["gain"].uses
    assert (str(use.place), use.how, use.at_s) == ("bars:gain statement", "seen", 4.0)
    (use,) = numbers["after"].uses
    assert (str(use.place), use.how) == ("bars:rise cue", "said")
    assert [each.how for each in numbers["runs, run = after, tok"].uses] == ["drawn"]


def test_a_claim_that_a_new_table_breaks(repository):
    edit(repository.root, TABLE, "after,108", "after,92")
    found = states(repository)
    assert [one.code for one in found.claims] == ["claim-sign"] and not found.holds
    commit(repository.root)
    # It does not hold since then, and is not new after it.
    assert not states(repository).claims


def test_a_storyboard_that_can_not_be_planned_any_more(repository):
    edit(repository.root, TABLE, "after,108", "later,108")
    found = states(repository)
    assert {one.code for one in found.claims} >= {"no-such-row"} and not found.holds


def test_shots_that_came_and_went(repository):
    edit(repository.root, STORYBOARD, "id: opening", "id: card")
    changes = {one.id: one.change for one in states(repository).shots}
    assert changes == {"card": "added", "opening": "removed"}


def test_findings_are_known_by_their_words_and_not_by_their_lines(repository):
    edit(repository.root, TABLE, "after,108", "after,92")
    old = of_files(repository, "small", "draft").findings
    edit(repository.root, STORYBOARD, "storyboard: 1\n", "storyboard: 1\n# a line\n")
    edit(repository.root, TABLE, "after,92", "after,91")
    new = of_files(repository, "small", "draft").findings
    assert old and not new_findings(old, new)
    assert len(new_findings(old, (*new, new[0]))) == 1


def test_where_two_pictures_differ():
    before = np.zeros((90, 160, 3), np.uint8)
    after = before.copy()
    after[10:20, 20:40] = 200
    after[70:75, 100:140] = 90
    regions, share = differences(before, after)
    assert [tuple(one.box) for one in regions] == [(20, 10, 40, 20), (100, 70, 140, 75)]
    assert share == pytest.approx(400 / (90 * 160)) and regions[0].share == pytest.approx(200 / (90 * 160))
    assert differences(before, before + 3) == ((), 0.0)


def test_the_command_shows_changed_beats_alone(repository, monkeypatch, capsys, tmp_path):
    edit(repository.root, STORYBOARD, "more tokens per", "more words per")
    monkeypatch.chdir(repository.root)
    page, words = tmp_path / "page.html", tmp_path / "words.md"
    code = cli.run(
        ["diff", "HEAD", "--json", "--html", str(page), "--markdown", str(words), "--fail", "-j", "1"]
    )
    told = json.loads(capsys.readouterr().out)["videos"][0]
    assert code == 0 and told["holds"]
    assert [(one["shot"], one["beat"]) for one in told["pictures"]] == [("bars", "gain")]
    assert 0 < told["pictures"][0]["share"] < 0.1 and told["pictures"][0]["regions"]
    html = page.read_text()
    # It needs no network, and says nothing of a shot that did not change.
    assert not re.search(r'(?:src|href)="(?!data:)', html) and "opening" not in html
    assert html.count('src="data:image/webp;base64,') == 2
    assert (
        "(words/small-bars-gain.webp)" in words.read_text()
        and (tmp_path / "words/small-bars-gain.webp").is_file()
    )


def test_a_published_video_is_compared_with_the_files(repository, monkeypatch, capsys):
    monkeypatch.chdir(repository.root)
    assert cli.run(["render", "small", "--quality", "draft", "-j", "1"]) == 0
    path = repository.renders_dir("small") / "manifest.json"
    assert of_manifest(path, "then").shots["bars"].parts
    capsys.readouterr()
    assert cli.run(["diff", "renders/small", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["videos"][0]["shots"] == []
    edit(repository.root, TABLE, "after,108", "after,92")
    assert cli.run(["diff", "renders/small", "--json", "--fail"]) == 1
    told = json.loads(capsys.readouterr().out)["videos"][0]
    assert {one["beat"] for one in told["pictures"]} == {"rise", "gain"} and not told["judged"]
    assert {one["cause"] for one in told["shots"][0]["reasons"]} >= {"fact", "table row"} - {"table row"}
    assert [one["code"] for one in told["claims"]] == ["claim-sign"]


@pytest.mark.parametrize("revision", ["nowhere", "-h", "HEAD~7", "--output=x"])
def test_what_is_no_revision(repository, revision):
    with pytest.raises(UsageError, match="is no revision"), checked_out(repository, revision):
        pass


def test_code_of_a_revision_is_not_run_because_other_code_is_trusted(repository):
    drawn = repository.root / "scenes/small/draw.py"
    (repository.root / "pyproject.toml").write_text("[tool.explainers]\nallow_code = true\n")
    drawn.write_text("A = 1\n")
    commit(repository.root)
    drawn.write_text("A = 2\n")
    commit(repository.root)
    from explainers import trust

    trust.trust(repository.root)
    project = find_project(repository.root)
    with checked_out(project, "HEAD") as there:
        assert code_at(project, there, ["small"], "HEAD", None) is True
    with checked_out(project, "HEAD~1") as there:
        with pytest.raises(UsageError, match=r"scenes/small/draw\.py at HEAD~1 would run with your rights"):
            code_at(project, there, ["small"], "HEAD~1", None)
        assert code_at(project, there, ["small"], "HEAD~1", True) is True


def test_check_against_a_revision_tells_what_is_new(repository, monkeypatch, capsys):
    monkeypatch.chdir(repository.root)
    assert cli.run(["check", "--against", "HEAD", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["videos"][0]["findings"] == []
    edit(repository.root, TABLE, "after,108", "after,92")
    assert cli.run(["check", "--against", "HEAD", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)["videos"][0]["findings"]
    assert [one["code"] for one in found] == ["claim-sign"]
    assert cli.run(["check", "--against", "HEAD", "--rendered"]) == 2
