"""Newer tables from their origins: what they do is shown first, and nothing runs that is not trusted."""

import json
import sys

import pytest

from explainers import cli, trust
from explainers.digest import digest_bytes, digest_file
from explainers.errors import InvalidInput, RenderFailed, UsageError
from explainers.review.refresh import RECORD, accept, effect, outdated

from repositories import ASSETS, TABLE, commit, edit, git  # isort: skip

ENTRY = "runs: {file: data/runs.csv, source: logs}"
NEWER = "run,tok\nbefore,100\nafter,92\n"


def from_(repository, origin: str) -> None:
    edit(repository.root, ASSETS, ENTRY, f"runs: {{file: data/runs.csv, source: logs, from: {origin}}}")


def test_what_a_newer_table_does_is_shown_and_then_taken_in(repository):
    from_(repository, "bench/latest.csv")
    origin = repository.root / "bench/latest.csv"
    origin.parent.mkdir()
    origin.write_text(NEWER)
    commit(repository.root)
    head = git(repository.root, "rev-parse", "HEAD").strip()
    (newer,) = outdated(repository, "small")
    assert (newer.commit, newer.dirty) == (head, False) and newer.sha256 == digest_bytes(NEWER.encode())
    found = effect(repository, "small", [newer], "draft", None)
    assert [one.code for one in found.claims] == ["claim-sign"]
    assert ("gain", "+8.0\u202f%", "−8.0\u202f%") in [
        (one.name, one.before, one.after) for one in found.numbers
    ]
    # Looking changed nothing.
    assert not git(repository.root, "status", "--porcelain")
    record = json.loads(accept(repository, "small", [newer]).read_text())
    assert (repository.root / TABLE).read_text() == NEWER and not outdated(repository, "small")
    day = git(repository.root, "log", "-1", "--format=%cs").strip()
    expected = {"origin": "bench/latest.csv", "sha256": newer.sha256, "date": day, "commit": head}
    assert record == {"tables/runs": expected}


def test_a_declared_digest_follows(repository):
    before = digest_file(repository.root / TABLE)
    edit(
        repository.root,
        ASSETS,
        ENTRY,
        f"runs: {{file: data/runs.csv, source: logs, from: new.csv, sha256: {before}}}",
    )
    (repository.root / "new.csv").write_text(NEWER)
    accept(repository, "small", outdated(repository, "small"))
    text = (repository.root / ASSETS).read_text()
    assert before not in text and digest_bytes(NEWER.encode()) in text and "from: new.csv" in text


def test_a_file_that_git_does_not_know_has_its_own_date(repository):
    from_(repository, "new.csv")
    (repository.root / "new.csv").write_text(NEWER)
    (newer,) = outdated(repository, "small")
    assert newer.commit is None and newer.date.count("-") == 2


COMMAND = f"{{command: ['{sys.executable}', bench.py]}}"


def test_no_command_runs_that_is_not_trusted(repository):
    from_(repository, COMMAND)
    (repository.root / "bench.py").write_text("open('ran', 'w')\nprint('run,tok\\nbefore,100\\nafter,109')\n")
    with pytest.raises(UsageError, match=r"assets\.yaml:4:\d+: `.*bench\.py` would run with your rights"):
        outdated(repository, "small")
    # A pin is for code that was looked at, and does not let a command run.
    trust.trust(repository.root, pin=True)
    with pytest.raises(UsageError, match="would run"):
        outdated(repository, "small")
    assert not (repository.root / "ran").exists()
    trust.trust(repository.root)
    (newer,) = outdated(repository, "small")
    assert newer.data == b"run,tok\nbefore,100\nafter,109\n" and (repository.root / "ran").exists()
    trust.revoke(repository.root)
    assert outdated(repository, "small", allowed=True)


def test_a_command_that_fails_says_how(repository):
    from_(repository, COMMAND)
    (repository.root / "bench.py").write_text("raise SystemExit('no GPU here')\n")
    with pytest.raises(RenderFailed, match="ended with 1\nno GPU here"):
        outdated(repository, "small", allowed=True)


def test_no_file_outside_of_the_repository_is_read_untrusted(repository):
    (repository.root.parent / "secret.csv").write_text(NEWER)
    from_(repository, "../secret.csv")
    with pytest.raises(UsageError, match="would be read from outside of the repository"):
        outdated(repository, "small")
    assert outdated(repository, "small", allowed=True)


WRONG = {
    "neither": ("{command: []}", InvalidInput, "an origin is a file or a command"),
    "both": ("{file: a.csv, command: [b]}", InvalidInput, "an origin is a file or a command"),
    "gone": ("bench/gone.csv", UsageError, r"there is no file 'bench/gone\.csv'"),
    "misspelt": ("{comand: [a]}", InvalidInput, "did you mean 'command'"),
}


@pytest.mark.parametrize("case", WRONG, ids=str)
def test_a_wrong_origin_is_shown_at_its_place(repository, case):
    origin, error, words = WRONG[case]
    from_(repository, origin)
    with pytest.raises(error, match=words) as raised:
        outdated(repository, "small")
    assert "assets.yaml:4:" in str(raised.value)


def test_the_command_asks_and_ends_with_1_where_nothing_was_taken_in(repository, monkeypatch, capsys):
    from_(repository, "new.csv")
    (repository.root / "new.csv").write_text(NEWER)
    monkeypatch.chdir(repository.root)
    assert cli.run(["assets", "update"]) == 1
    captured = capsys.readouterr()
    assert "claim-sign" in captured.out and "nothing was taken in" in captured.err
    assert cli.run(["assets", "update", "small", "--accept", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row["accepted"] and not row["effect"]["holds"]
    assert (repository.assets_dir("small") / RECORD).is_file()
    # The listing is what it was.
    assert cli.run(["assets", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["present"] == 1
