"""Numbers of runs and tables of runs in a storyboard, as the plan works them out."""

import itertools
import json
from pathlib import Path

import pytest
from small import write_project

from explainers.errors import InvalidInput
from explainers.plan import Plan, load_plan

STORYBOARD = """\
storyboard: 1
title: "Two runs"
facts:
  slow: {run: plain, value: itl.p99, unit: ms, format: .1f}
  mean: {run: plain, value: itl.mean}
  first: {run: fast, value: ttft.max}
  per_gpu: {run: fast, value: throughput / gpus, unit: tok/s per GPU}
  good: {run: plain, value: goodput, slo: {ttft: 600ms, e2e: 2s}, unit: req/s}
  lost: {run: plain, value: failed}
  gain: {value: slow / 1000 - mean}
  row: {table: both, where: {run: fast}, value: itl.p50}
  best: {table: both, over: max, value: throughput}
  stem: {table: logs, where: {run: plain}, value: requests}
shots:
  - id: opening
    kind: title
    heading: Card
    title: "{slow} {mean} {first} {per_gpu} {good} {lost} {gain} {row} {best} {stem}"
"""
ASSETS = """\
sources:
  logs: {kind: measured, citation: The run logs of the system}
  more: {kind: measured, citation: Other logs}
runs:
  plain: {file: logs/plain.json, source: logs}
  fast: {file: logs/fast.json, source: more, gpus: 4, model: M 7B, label: Fast}
tables:
  both: {runs: [plain, fast], units: {itl.p50: ms}}
  logs: {folder: logs, source: logs}
"""


def log(first: float, gap: float, lost: int = 0) -> str:
    """A benchmark's result of two requests at the same moment: three tokens, and two."""
    return json.dumps(
        {
            **{"model_id": "/data/models/m", "num_prompts": 2 + lost, "duration": 4.0, "completed": 2},
            **{"total_output_tokens": 5, "total_input_tokens": 30, "input_lens": [10, 20, 5][: 2 + lost]},
            **{"output_lens": [3, 2, 0][: 2 + lost], "ttfts": [first, 1.0, 0.0][: 2 + lost]},
            **{"itls": [[gap, gap], [2.0], []][: 2 + lost], "start_times": [100.0] * (2 + lost)},
            "errors": ["", "", "timeout"][: 2 + lost],
        }
    )


def planned(root: Path, storyboard: str = STORYBOARD, assets: str = ASSETS) -> Plan:
    project = write_project(root, storyboard)
    folder = root / "assets" / "small"
    (folder / "assets.yaml").write_text(assets)
    (folder / "logs").mkdir(exist_ok=True)
    (folder / "logs" / "plain.json").write_text(log(0.5, 0.25, lost=1))
    (folder / "logs" / "fast.json").write_text(log(0.25, 0.125))
    return load_plan(project, "small", "draft")


def test_what_runs_measured_are_facts_and_tables(tmp_path: Path) -> None:
    facts = planned(tmp_path).facts.facts
    values = {name: fact.value for name, fact in facts.items()}
    # The waits between tokens of the first run are 0.25, 0.25 and 2 s.
    assert values["slow"] == pytest.approx(1965.0)
    assert values["mean"] == pytest.approx(2.5 / 3)
    assert values["first"] == 1.0
    assert values["per_gpu"] == pytest.approx(5 / 4 / 4)
    assert values["good"] == pytest.approx(1 / 4)
    assert (values["lost"], values["row"], values["best"], values["stem"]) == (1, 125.0, 1.25, 3)
    assert values["gain"] == pytest.approx(1.965 - 2.5 / 3)
    assert facts["slow"].unit == "ms" and facts["row"].unit == "ms" and facts["mean"].unit == "s"
    assert facts["gain"].sources == ("logs",) and facts["best"].sources == ("logs", "more")
    assert (facts["first"].run, facts["first"].sources) == ("fast", ("more",))
    assert (facts["first"].origin or "").startswith("assets/small/logs/fast.json, sha256 ")


def test_a_runs_words_are_those_of_the_manifest_and_no_path_of_a_server(tmp_path: Path) -> None:
    library = planned(tmp_path).library
    rows = library.table("both").rows
    assert [(row["label"], row["model"]) for row in rows] == [("plain", "m"), ("Fast", "M 7B")]


@pytest.mark.parametrize(
    ("old", "new", "words", "expected"),
    [
        ("value: itl.p99", "value: itl.p9", "there is no column 'itl.p9'", "itl.p99"),
        ("run: plain, value: itl.p99", "run: plian, value: itl.p99", "no run 'plian'", "plain"),
        ("value: goodput, slo: {ttft: 600ms, e2e: 2s}", "value: goodput", "no `slo` is written", "ttft"),
        ("throughput / gpus, unit", "early_exit_share, unit", "its log does not say", ""),
        ("run: fast, value: throughput / gpus", "run: plain, value: throughput / gpus", "`gpus` is not", ""),
        ("run: fast, value: ttft", "run: fast, table: both, value: ttft", "a table and a run", "one of both"),
        ("{value: slow / 1000 - mean}", "{value: slow, slo: {ttft: 1s}}", "an `slo` and no run", "run:"),
    ],
)
def test_what_a_run_can_not_say_is_a_mistake_at_its_place(
    tmp_path: Path, old: str, new: str, words: str, expected: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        planned(tmp_path, STORYBOARD.replace(old, new))
    problem = caught.value.problems[0]
    assert words in problem.message and problem.place is not None and problem.place.line > 3
    assert expected in str(problem)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("runs: [plain, fast]", "runs: [plain, fst]", "no run 'fst'"),
        ("runs: [plain, fast]", "runs: [plain], file: x.csv", "has file and runs"),
        ("{runs: [plain, fast], units: {itl.p50: ms}}", "{source: logs}", "has no file"),
        ("folder: logs, source: logs", "folder: logs", "names no source"),
        ("folder: logs,", "folder: lgs,", "there is no file 'lgs'"),
        ("itl.p50: ms", "itl.p5: ms", "no metric with a unit"),
        ("itl.p50: ms", "itl.p50: tok", "no unit of time"),
        ("gpus: 4", "gpus: 0", "gpus"),
    ],
)
def test_a_table_of_runs_says_what_is_wrong_with_it(tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        planned(tmp_path, assets=ASSETS.replace(old, new))
    assert any(words in str(problem) for problem in caught.value.problems), caught.value


def test_a_table_of_runs_has_a_row_a_wait_or_a_moment(tmp_path: Path) -> None:
    more = "  gaps: {runs: [plain, fast], of: itl, units: {itl: ms}}\n"
    more += "  moments: {folder: logs, source: logs, of: timeline}\n"
    library = planned(tmp_path, assets=ASSETS + more).library
    gaps, moments = library.table("gaps"), library.table("moments")
    assert gaps.columns == ("run", "label", "itl") and gaps.units == {"itl": "ms"}
    assert gaps.column("itl", {"run": "plain"}) == (250.0, 250.0, 2000.0)
    assert gaps.sources == ("logs", "more") and gaps.runs == ("plain", "fast")
    at = moments.column("time", {"run": "fast"})
    assert at[0] == 0.0 and at[-1] == 4.0 and moments.units["throughput"] == "tok/s"
    tokens = moments.column("throughput", {"run": "fast"})
    steps = [later - one for one, later in itertools.pairwise(at)]
    assert sum(rate * step for rate, step in zip(tokens, steps, strict=False)) == pytest.approx(5)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("{runs: [plain, fast],", "{runs: [plain, fast], of: itls,", "of"),
        ("itl.p50: ms}}", "itl: mss}, of: itl}", "no unit of time"),
        ("itl.p50: ms}}", "ttft: ms}, of: itl}", "no metric with a unit"),
        ("units: {itl.p50: ms}", "of: itl, slo: {ttft: 1s}", "moment by moment"),
    ],
)
def test_a_table_of_waits_says_what_is_wrong_with_it(tmp_path: Path, old: str, new: str, words: str) -> None:
    test_a_table_of_runs_says_what_is_wrong_with_it(tmp_path, old, new, words)


def test_a_file_in_the_folder_that_is_no_log_is_named(tmp_path: Path) -> None:
    planned(tmp_path)
    (tmp_path / "assets" / "small" / "logs" / "notes.txt").write_text("nothing")
    with pytest.raises(InvalidInput, match=r"no reader knows notes\.txt"):
        planned(tmp_path)
