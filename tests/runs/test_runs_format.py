import json
from dataclasses import fields, is_dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainers.errors import InvalidInput
from explainers.runs import (
    Counter,
    Iterations,
    Progress,
    Provenance,
    Requests,
    Run,
    Tokens,
    Totals,
    load_run,
    save_run,
)
from explainers.runs import format as run_format
from explainers.runs.format import read_run
from explainers.runs.model import CUT_SHORT, REST_STEADY


def full_run(count: int = 3) -> Run:
    lengths = 1 + np.arange(count) % 3
    offsets = np.concatenate(([0], np.cumsum(lengths)))
    at_s = np.concatenate(
        [row + np.arange(1, n + 1) * 0.25 for row, n in enumerate(lengths)] or [np.zeros(0)]
    )
    unknown, written = np.full(count, np.nan), int(offsets[-1])
    return Run(
        Provenance("sys", "rebatching", "DREX", "m", "A100", "d", {"batch": "8"}, "log@1", "ab", "simulated"),
        Totals(count + 3.0, count, written, written / (count + 3.0), 1, written - 1, 0, None),
        ("a caveat",),
        Progress(np.array([0.0, 1.0, 1.0]), np.array([0, 0, 1]), 1.0),
        Requests(
            tuple(f"r{row}" for row in range(count)),
            np.arange(count) * 1.0,
            np.arange(count) + 0.25,
            unknown,
            np.full(count, 7),
            lengths,
            np.arange(count) + 0.1,
            tuple("bad" if row == 1 else None for row in range(count)),
            tuple(f"té{row}" for row in range(count)),
        ),
        Tokens(offsets, at_s, np.arange(at_s.size) % 2, tuple("x" * at_s.size)),
        Iterations(
            np.array([0.0, 1.0]), np.array([0.5, 0.5]), np.array([1, 2]), np.array([0, 1]),
            np.array([0, 1, 3]), np.array([0, 0, 1]), np.array([0, 1]),
        ),
        {"running": Counter(np.array([0.0, 2.0]), np.array([1.0, 3.5]), "requests")},
    )  # fmt: skip


def assert_same(left, right):
    assert type(left) is type(right)
    if is_dataclass(left):
        for each in fields(left):
            assert_same(getattr(left, each.name), getattr(right, each.name))
    elif isinstance(left, np.ndarray):
        np.testing.assert_allclose(left, right, atol=6e-7)
        assert left.dtype == right.dtype
    elif isinstance(left, dict):
        assert left.keys() == right.keys()
        for key in left:
            assert_same(left[key], right[key])
    else:
        assert left == right


@pytest.mark.parametrize("count", [1, 3, 1000, 1001, 2500])
def test_a_run_comes_back_as_it_was_saved(tmp_path, count):
    run = full_run(count)
    assert_same(load_run(save_run(run, tmp_path / "a.run.jsonl")), run)


@given(steps=st.lists(st.lists(st.integers(0, 10**9), max_size=5), min_size=1, max_size=6))
def test_token_times_survive_packing_whatever_the_requests_are(tmp_path_factory, steps):
    count = len(steps)
    times = [np.cumsum(each) / 1e6 for each in steps]
    offsets = np.concatenate(([0], np.cumsum([each.size for each in times])))
    zero, unknown = np.zeros(count), np.full(count, -1)
    requests = Requests(tuple(map(str, range(count))), zero, zero, zero, unknown, unknown)
    run = Run(Provenance(), Totals(), requests=requests, tokens=Tokens(offsets, np.concatenate(times)))
    path = save_run(run, tmp_path_factory.mktemp("t") / "a.run.jsonl")
    back = read_run(path, path.read_text())
    assert back.tokens.offsets.tolist() == offsets.tolist()
    np.testing.assert_allclose(back.tokens.at_s, run.tokens.at_s, atol=1e-9, rtol=1e-12)


def test_the_suffix_may_be_left_out(tmp_path):
    save_run(full_run(), tmp_path / "a100-0.9.run.jsonl")
    assert load_run(tmp_path / "a100-0.9").label == "DREX"


def test_a_missing_run_is_named(tmp_path):
    with pytest.raises(InvalidInput, match=r"there is no run at .*nowhere"):
        load_run(tmp_path / "nowhere")


def test_the_first_line_says_what_it_is(tmp_path):
    path = save_run(full_run(), tmp_path / "a.run.jsonl")
    assert json.loads(path.read_text().splitlines()[0])["format"] == "run/1"


def test_a_file_cut_in_the_middle_of_a_line_gives_what_it_has(tmp_path):
    path = save_run(full_run(2500), tmp_path / "a.run.jsonl")
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:4]) + lines[4][:50])
    run = load_run(path)
    assert len(run.requests) == 1000
    assert CUT_SHORT in run.caveats


def test_a_file_that_ends_between_two_lines_is_known_to_be_cut(tmp_path):
    path = save_run(full_run(2500), tmp_path / "a.run.jsonl")
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:5]))
    run = load_run(path)
    assert run.caveats == ("a caveat", CUT_SHORT, REST_STEADY)
    assert run.outcomes.unfinished == run.totals.requests - len(run.requests)
    assert run.tokens.offsets.size == len(run.requests) + 1


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (['{"format":"run/1"}'], "has no 'provenance'"),
        (['{"format":"run/99","provenance":{},"totals":{}}'], "run/99, and this version reads up to run/1"),
        (['{"format":"run/1","provenance":{"colour":1},"totals":{}}'], "'colour' is not a field of its prov"),
        (['{"format":"run/1","provenance":{},"totals":{}}', "nonsense", "{}"], "bad-json"),
        (['{"format":"run/1","provenance":{},"totals":{}}', "[1]", "{}"], "not a JSON object"),
        (
            [
                '{"format":"run/1","provenance":{},"totals":{}}',
                '{"progress":{"elapsed_us":[2,1],"completed_requests":[0,1]}}',
            ],
            "do not ascend",
        ),
        (
            ['{"format":"run/1","provenance":{},"totals":{}}', '{"tokens":{"count":[2],"step_us":[1]}}'],
            "1 token times for 2 tokens",
        ),
    ],
)  # fmt: skip
def test_a_broken_file_says_what_is_wrong(tmp_path, lines, message):
    path = tmp_path / "a.run.jsonl"
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(InvalidInput) as caught:
        load_run(path)
    assert message in str(caught.value)


def test_an_older_file_goes_through_every_upgrade(tmp_path, monkeypatch):
    monkeypatch.setattr(run_format, "VERSION", 3)
    monkeypatch.setattr(run_format, "UPGRADES", {1: add_word("b"), 2: add_word("c")})
    path = tmp_path / "old.run.jsonl"
    path.write_text('{"format":"run/1","provenance":{"system":"a"},"totals":{}}\n')
    assert load_run(path).provenance.system == "abc"


def add_word(word):
    def upgraded(records):
        records[0]["provenance"]["system"] += word
        return records

    return upgraded


def test_saving_leaves_the_old_file_when_it_fails(tmp_path):
    path = save_run(full_run(), tmp_path / "a.run.jsonl")
    before = path.read_bytes()
    broken = Run(Provenance(), Totals(total_time_s=float("nan")))
    with pytest.raises(ValueError, match="JSON"):
        save_run(broken, path)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["a.run.jsonl"]
