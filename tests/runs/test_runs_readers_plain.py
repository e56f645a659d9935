"""Progress tables, mapping files, llama.cpp's outputs and lists of results, written small here."""

import json
from pathlib import Path

import numpy as np
import pytest

from explainers.errors import InvalidInput
from explainers.runs import Run, load_run
from explainers.runs.load import read_log
from explainers.runs.metrics import metrics


def saved(folder: Path, name: str, value: object) -> Path:
    path = folder / name
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    return path


def test_counts_over_time_are_a_timeline(tmp_path: Path) -> None:
    run = load_run(saved(tmp_path, "p.csv", "time,completed,tokens\n5,0,0\n7,2,100\n9,3,300\n"))
    assert (run.end_s, run.request_count, run.totals.output_tokens) == (4.0, 3, 300)
    assert (run.completed_at(1.0), run.output_tokens_at(3.0)) == (1, 200)
    assert run.totals.throughput_tok_s == 75.0
    tokens = load_run(saved(tmp_path, "t.csv", "time_ms,tokens\n0,0\n2000,50\n"))
    assert (tokens.end_s, tokens.output_tokens_at(1.0), tokens.request_count) == (2.0, 25, None)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [("time,tokens\n0,1\n1,0\n", 3, "0 after 1"), ("time,completed\n0,one\n", 2, "'one', not a number")],
)
def test_a_count_that_falls_is_refused_with_its_line(
    tmp_path: Path, text: str, line: int, words: str
) -> None:
    with pytest.raises(InvalidInput, match=words) as caught:
        load_run(saved(tmp_path, "p.csv", text))
    assert caught.value.problems[0].place.line == line


BENCH = {"build_commit": "abc1", "model_filename": "/srv/m.gguf", "model_type": "m 8B Q4", "gpu_info": "GPU"}
TESTS = [
    BENCH | {"n_prompt": 512, "n_gen": 0, "avg_ns": 10**9, "avg_ts": 512.0, "samples_ns": [10**9, 10**9]},
    BENCH
    | {
        "n_prompt": 0,
        "n_gen": 100,
        "avg_ns": 3 * 10**9,
        "avg_ts": 33.3,
        "samples_ns": [2 * 10**9, 4 * 10**9],
    },
]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(TESTS),
        "\n".join(map(json.dumps, TESTS)),
        "build_commit,model_filename,model_type,gpu_info,n_prompt,n_gen,avg_ns,avg_ts\n"
        "abc1,m.gguf,m 8B Q4,GPU,512,0,1000000000,512\nabc1,m.gguf,m 8B Q4,GPU,0,100,3000000000,33.3\n",
    ],
)
def test_a_test_of_llama_bench_is_its_repetitions(tmp_path: Path, text: str) -> None:
    run = load_run(saved(tmp_path, "bench.out", text))
    count = 1 if text.startswith("build") else 2
    assert (run.request_count, run.end_s, run.totals.output_tokens) == (count, 3.0 * count, 100 * count)
    assert metrics(run).known["throughput"] == pytest.approx(100 / 3)
    assert (run.provenance.system, run.provenance.model, run.provenance.hardware) == (
        *("llama.cpp abc1", "m 8B Q4"),
        "GPU",
    )
    prompts = read_log(tmp_path / "bench.out", 1)
    assert prompts.totals.output_tokens is None and prompts.requests.prompt_tokens[0] == 512


def timings(task: int, prompt: float, generated: float, stamp: str = "") -> str:
    mark = f"slot print_timing: id  {task % 2} | task {task} | "
    return (
        f"{stamp}{mark}\n"
        f"prompt eval time = {prompt:10.2f} ms /    20 tokens (    1.00 ms per token)\n"
        f"       eval time = {generated:10.2f} ms /     5 tokens (    1.00 ms per token)\n"
        f"      total time = {prompt + generated:10.2f} ms /    25 tokens\n"
    )


def test_a_server_log_with_its_clock_gives_every_request_its_place(tmp_path: Path) -> None:
    text = (
        "0.10.000.000 I srv start\n"
        + timings(2, 500, 1000, "1.02.500.000 I ")
        + timings(3, 250, 2000, "1.04.000.000 I ")
    )
    run = load_run(saved(tmp_path, "server.log", text))
    np.testing.assert_allclose(run.requests.arrival_s, [0.0, 0.75])
    np.testing.assert_allclose(run.requests.finish_s, [1.5, 3.0])
    assert run.requests.output_tokens.tolist() == [5, 5] and run.requests.prompt_tokens.tolist() == [20, 20]
    assert metrics(run).known["ttft.max"] == pytest.approx(0.5)
    assert "itl.p99" in metrics(run).lacking


def test_a_server_log_without_a_clock_says_how_its_tasks_were_placed(tmp_path: Path) -> None:
    run = load_run(
        saved(tmp_path, "server.log", timings(2, 500, 1000) + timings(4, 500, 500) + timings(3, 1, 1))
    )
    assert run.caveats[0].startswith("no times in the log")
    assert sorted(run.requests.arrival_s.tolist()) == [0.0, 0.0, 1.5]


def test_a_list_of_vllm_results_is_chosen_from_by_part(tmp_path: Path) -> None:
    result = {
        "model_id": "m",
        "duration": 2.0,
        "completed": 1,
        "total_output_tokens": 10,
        "output_throughput": 5.0,
    }
    path = saved(
        tmp_path,
        "summary.json",
        [result | {"run_number": 0}, result | {"total_output_tokens": 8, "output_throughput": 4.0}],
    )
    assert load_run(path).totals.output_tokens == 8
    assert read_log(path, 1).totals.output_tokens == 10
    assert load_run(path).caveats[0] == "result 2 of 2 in the file"


MAP = (
    "map: 1\nlog: log.json\nrequests: data.all\nid: name\nstart: at_ms ms\n"
    "ttft: of.ttft\nitls: of.gaps ms\nerror: why\n"
)
LOG = {
    "data": {
        "all": [
            {"name": "a", "at_ms": 1000, "of": {"ttft": 0.5, "gaps": [250, 250]}},
            {"name": "b", "at_ms": 2000, "of": {"ttft": 1.0, "gaps": [500]}, "why": ""},
            {"name": "c", "at_ms": 2500, "of": {}, "why": "timeout"},
        ]
    }
}


def mapped(folder: Path, text: str, log: object = LOG) -> Run:
    saved(folder, "log.json", log)
    return load_run(saved(folder, "any.map.yaml", text))


def test_a_mapping_says_where_a_log_holds_its_waits(tmp_path: Path) -> None:
    run = mapped(tmp_path, MAP)
    assert run.requests.ids == ("a", "b", "c") and run.requests.errors == (None, None, "timeout")
    np.testing.assert_allclose(run.tokens.of(0), [0.5, 0.75, 1.0])
    np.testing.assert_allclose(run.tokens.of(1), [2.0, 2.5])
    assert (run.outcomes.failed, run.provenance.source) == (1, "log.json")


@pytest.mark.parametrize(
    ("text", "log"),
    [
        (
            "map: 1\nlog: log.json\nttft: waits\ne2e: ends\noutput_tokens: n\n",
            {"waits": [0.5, 1.0], "ends": [1.0, 2.0], "n": [3, 5]},
        ),
        ("map: 1\nlog: log.json\nttft: t ms\nfinish: e\noutput_tokens: n\n", "t,e,n\n500,1,3\n1000,2,5\n"),
        (
            "map: 1\nlog: log.json\nttft: t ms\ne2e: e\noutput_tokens: n\n",
            '{"t": 500, "e": 1, "n": 3}\n{"t": 1000, "e": 2, "n": 5}\n',
        ),
    ],
)
def test_lists_tables_and_lines_are_mapped_alike(tmp_path: Path, text: str, log: object) -> None:
    known = metrics(mapped(tmp_path, text, log)).known
    assert (known["ttft.max"], known["e2e.max"], known["tokens"]) == (1.0, 2.0, 8)
    assert known["tpot.mean"] == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("old", "new", "line", "words", "near"),
    [
        ("of.ttft", "of.tft", 6, "no request has 'of.tft'", "of.ttft"),
        ("data.all", "data.al", 3, "no list of objects 'data.al'", None),
        ("log.json", "lg.json", 2, "no file 'lg.json'", "log.json"),
        ("gaps ms", "gaps mm", 7, "a unit of time", None),
        ("ttft:", "tft:", 6, "tft", "ttft"),
        ("map: 1", "map: 2", 1, "1", None),
    ],
)
def test_a_wrong_mapping_is_an_error_at_its_place(
    tmp_path: Path, old: str, new: str, line: int, words: str, near: str | None
) -> None:
    with pytest.raises(InvalidInput) as caught:
        mapped(tmp_path, MAP.replace(old, new))
    problem = caught.value.problems[0]
    assert words in str(problem) and problem.place.line == line
    assert near is None or problem.did_you_mean == near


def test_a_refusal_names_the_ways_out(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        load_run(saved(tmp_path, "log.txt", "nothing of use"))
    assert "plain events" in (caught.value.problems[0].expected or "")
    assert "map.yaml" in (caught.value.problems[0].expected or "")
