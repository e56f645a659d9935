"""The steps of CI, end to end, in a throwaway repository: a claim that a new table breaks, and publishing."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from repositories import TABLE, commit, edit, git  # isort: skip

CI = Path(__file__).parents[2] / "ci"


def film(root: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    command = root / "explainers"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m explainers "$@"\n')
    command.chmod(0o755)
    environment = {**os.environ, "EXPLAINERS": str(command), "EXPLAINERS_OUT": str(root / "film-ci"), **more}
    script = ["bash", str(CI / "film.sh"), *arguments]
    return subprocess.run(script, cwd=root, env=environment, capture_output=True, text=True)


def test_a_pull_request_whose_table_breaks_a_claim_fails(repository, tmp_path):
    root = repository.root
    git(root, "checkout", "--quiet", "-b", "newer-runs")
    edit(root, TABLE, "after,108", "after,92")
    commit(root, "The benchmark again")
    summary = tmp_path / "summary.md"
    done = film(root, "review", "main", GITHUB_STEP_SUMMARY=str(summary))
    assert done.returncode == 1, done.stderr
    assert "1 claim no longer holds" in done.stdout and "'more' is said of" in summary.read_text()
    told = json.loads((root / "film-ci/diff.json").read_text())["videos"][0]
    assert [one["code"] for one in told["claims"]] == ["claim-sign"]
    assert {one["shot"] for one in told["pictures"]} == {"bars"}
    assert "data:image/webp" in (root / "film-ci/diff.html").read_text()
    # The store is kept: what was drawn is not drawn again, and what did not change was never drawn.
    drawn = {path.name for path in repository.store_dir.rglob("*.mp4")}
    assert film(root, "review", "main").returncode == 1
    assert {path.name for path in repository.store_dir.rglob("*.mp4")} == drawn
    # Turned round, the sentence is true.
    edit(root, "scenes/small/storyboard.yaml", "{gain:.1%} more", "{-gain:.1%} fewer")
    commit(root, "What the table says")
    done = film(root, "review", "main")
    assert done.returncode == 0 and "no longer holds" not in done.stdout, done.stdout


def test_the_main_branch_is_published(repository):
    done = film(repository.root, "publish", EXPLAINERS_QUALITY="draft")
    assert done.returncode == 0, done.stderr
    site = repository.root / "film-ci/site"
    assert (site / "index.html").is_file() and list(site.rglob("video.mp4"))


@pytest.mark.parametrize("arguments", [[], ["review"], ["publish", "x"], ["clean"]], ids=str)
def test_wrong_usage(repository, arguments):
    assert film(repository.root, *arguments).returncode == 2


def test_only_the_flag_that_is_meant_reaches_the_command(repository):
    done = film(repository.root, "review", "main", EXPLAINERS_CODE="--project=/")
    assert done.returncode == 2 and "EXPLAINERS_CODE" in done.stderr


def test_the_action_is_pinned_and_puts_no_input_into_a_script():
    text = (CI / "action.yml").read_text(encoding="utf-8")
    steps = yaml.safe_load(text)["runs"]["steps"]
    for step in steps:
        if "uses" in step:
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step["uses"])
        # What a pull request says reaches a script as a variable of the environment alone.
        assert "${{" not in step.get("run", "")
    assert any("film.sh" in step.get("run", "") for step in steps)
