"""vLLM, SGLang, AIPerf and GenAI-Perf exports, written small here in their layouts."""

import json
from math import inf

import numpy as np
import pytest

from explainers.errors import InvalidInput
from explainers.runs import load_run
from explainers.runs.load import read_log
from explainers.runs.model import CUT_SHORT, NO_START_TIMES, TOTALS_ONLY
from explainers.runs.reading import number

VLLM = {
    "backend": "vllm",
    "model_id": "org/model",
    "num_prompts": 3,
    "request_rate": "inf",
    "duration": 4.0,
    "completed": 2,
    "total_input_tokens": 60,
    "total_output_tokens": 5,
    "output_throughput": 1.25,
}
DETAIL = {
    "input_lens": [10, 20, 30],
    "output_lens": [3, 2, 0],
    "ttfts": [0.5, 1.0, 0.0],
    "itls": [[0.25, 0.25], [2.0], []],
    "start_times": [100.0, 101.0, 101.5],
    "generated_texts": ["a b c", "d e", ""],
    "errors": ["", "", "Traceback\nTimeoutError"],
}


def saved(tmp_path, value, name="anything.dat"):
    path = tmp_path / name
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    return path


@pytest.mark.parametrize(("limit", "placed"), [({}, True), ({"max_concurrency": 2}, False)])
def test_a_silent_request_leaves_the_others_in_time_unless_they_waited_for_each_other(
    tmp_path, limit, placed
):
    detail = {key: value for key, value in DETAIL.items() if key != "start_times"}
    silent = {"completed": 3, "duration": 3.0, "errors": ["", "", ""]}
    run = load_run(saved(tmp_path, VLLM | detail | silent | limit))
    assert np.isfinite(run.requests.finish_s[:2]).all() == placed and np.isnan(run.requests.finish_s[2])


def test_vllm_detail_gives_every_token_from_the_first_start(tmp_path):
    run = load_run(saved(tmp_path, VLLM | DETAIL))
    assert run.requests.arrival_s.tolist() == [0.0, 1.0, 1.5]
    np.testing.assert_allclose(run.tokens.of(0), [0.5, 0.75, 1.0])
    np.testing.assert_allclose(run.tokens.of(1), [2.0, 4.0])
    assert run.requests.errors == (None, None, "TimeoutError")
    assert run.requests.texts[0] == "a b c"
    assert run.end_s == 4.0
    assert (run.completed_at(1.0), run.completed_at(4.0)) == (1, 2)
    assert run.caveats == ()


def test_vllm_without_detail_is_its_totals(tmp_path):
    run = load_run(saved(tmp_path, VLLM))
    assert run.caveats == (TOTALS_ONLY,)
    assert run.throughput_at(2.0) == pytest.approx(1.25)
    assert run.request_count == 3


def older(**changes):
    layout = VLLM | DETAIL | changes
    del layout["start_times"]
    return layout


def test_an_older_vllm_layout_says_that_all_are_assumed_to_arrive_at_once(tmp_path):
    run = load_run(saved(tmp_path, older()))
    assert run.caveats == (NO_START_TIMES,)
    assert run.requests.arrival_s.tolist() == [0, 0, 0]


def test_an_older_vllm_layout_with_a_rate_spreads_arrivals_and_says_so(tmp_path):
    run = load_run(saved(tmp_path, older(request_rate=2.0)))
    assert run.caveats == ("no start times: arrivals assumed even at 2 requests/s",)
    assert run.requests.arrival_s.tolist() == [0, 0.5, 1.0]


def test_an_older_vllm_layout_with_a_limit_starts_the_next_when_one_is_done(tmp_path):
    run = load_run(saved(tmp_path, older(max_concurrency=1)))
    assert run.requests.arrival_s.tolist() == [0, 1.0, 4.0]


def test_several_tokens_in_a_chunk_are_spread_and_said(tmp_path):
    detail = DETAIL | {"output_lens": [6, 2, 0], "total_output_tokens": 8, "output_throughput": 2.0}
    run = load_run(saved(tmp_path, VLLM | detail))
    np.testing.assert_allclose(run.tokens.of(0), [0.5, 0.5, 0.5, 0.75, 0.75, 1.0])
    assert run.caveats == ("tokens interpolated in 1 of 3 requests: several tokens in a chunk",)


def test_appended_results_give_the_last_unless_one_is_chosen(tmp_path):
    lines = [json.dumps(VLLM | {"total_output_tokens": count}) for count in (1, 2, 3)]
    path = saved(tmp_path, "\n".join(lines) + "\n")
    assert load_run(path).totals.output_tokens == 3
    assert load_run(path).caveats[0] == "result 3 of 3 in the file"
    assert read_log(path, part=1).totals.output_tokens == 1
    with pytest.raises(InvalidInput, match=r"part 4 of anything.dat: it holds 3 results"):
        read_log(path, part=4)


def test_an_appended_result_that_was_cut_is_left_out_with_a_warning(tmp_path):
    path = saved(tmp_path, json.dumps(VLLM) + "\n" + json.dumps(VLLM)[:60])
    assert CUT_SHORT in load_run(path).caveats


@pytest.mark.parametrize("name", ["output_lens", "itls", "errors", "start_times"])
def test_lists_of_different_lengths_are_named(tmp_path, name):
    broken = VLLM | DETAIL | {name: DETAIL[name][:1]}
    with pytest.raises(
        InvalidInput, match=rf"looks like vLLM benchmark JSON, but can't be read: 3 ttfts for 1 {name}"
    ):
        load_run(saved(tmp_path, broken))


SGLANG = {
    "tag": "agg",
    "backend": "sglang",
    "dataset_name": "random",
    "request_rate": inf,
    "max_concurrency": 2,
    "duration": 2.0,
    "completed": 3,
    "total_output_tokens": 6,
    "total_output_tokens_retokenized": 6,
    "output_throughput": 3.0,
    "mean_e2e_latency_ms": 600.0,
    "server_info": {"version": "0.5", "internal_states": [{"model_path": "org/m"}]},
}


def test_sglang_totals_are_told_from_vllm_ones(tmp_path):
    run = load_run(saved(tmp_path, json.dumps(SGLANG) + "\n"))
    assert (run.provenance.system, run.provenance.model, run.label) == ("SGLang 0.5", "org/m", "agg")
    assert run.caveats == (TOTALS_ONLY,)


def test_sglang_details_are_placed_by_the_limit_of_requests_at_once(tmp_path):
    detail = {"input_lens": [1, 2, 3], "output_lens": [2, 2, 2], "ttfts": [0.1, 0.2, 0.1]}
    detail |= {"itls": [[0.4], [0.8], [0.4]], "errors": ["", "", ""], "generated_texts": ["", "", ""]}
    detail |= {"duration": 1.02, "output_throughput": 5.88}
    run = load_run(saved(tmp_path, json.dumps(SGLANG | detail) + "\n"))
    np.testing.assert_allclose(run.requests.arrival_s, [0, 0, 0.5])
    assert run.caveats == ("no start times: placed in order by the limit of 2 at once",)


def aiperf(index, start_ns, ttft_ms=100.0, gaps_ms=(50.0, 50.0), tokens=3, **metadata):
    metrics = {
        "time_to_first_token": {"value": ttft_ms, "unit": "ms"},
        "inter_chunk_latency": {"value": list(gaps_ms), "unit": "ms"},
        "output_sequence_length": {"value": tokens, "unit": "tokens"},
        "input_sequence_length": {"value": 9, "unit": "tokens"},
    }
    known = {"x_request_id": f"q{index}", "request_start_ns": start_ns, "request_end_ns": start_ns + 10**9}
    return {"metadata": known | {"benchmark_phase": "profiling"} | metadata, "metrics": metrics}


BASE_NS = 1785304510530453714


def test_aiperf_records_keep_their_nanoseconds(tmp_path):
    lines = [aiperf(0, BASE_NS), aiperf(1, BASE_NS + 123_456, tokens=4)]
    run = load_run(saved(tmp_path, "\n".join(map(json.dumps, lines))))
    assert run.requests.arrival_s[1] == pytest.approx(123_456e-9, abs=1e-12)
    np.testing.assert_allclose(run.tokens.of(0), [0.1, 0.15, 0.2])
    assert run.tokens.of(1).size == 4
    assert run.caveats == ("tokens interpolated in 1 of 2 requests",)


def test_aiperf_leaves_warm_up_out_and_keeps_errors(tmp_path):
    failed = aiperf(2, BASE_NS + 5, was_cancelled=True)
    refused = aiperf(3, BASE_NS + 6) | {"error": {"code": 429, "message": "busy"}}
    lines = [aiperf(0, BASE_NS - 10**9, benchmark_phase="warmup"), aiperf(1, BASE_NS), failed, refused]
    run = load_run(saved(tmp_path, "\n".join(map(json.dumps, lines))))
    assert run.requests.errors == (None, "cancelled", "429 busy")
    assert run.requests.arrival_s[0] == 0.0
    assert "1 warm-up requests left out" in run.caveats


def test_aiperf_with_an_unknown_unit_is_an_error(tmp_path):
    record = aiperf(0, BASE_NS)
    record["metrics"]["time_to_first_token"]["unit"] = "fortnights"
    with pytest.raises(InvalidInput, match="time_to_first_token is in 'fortnights'"):
        load_run(saved(tmp_path, json.dumps(record)))


def test_genai_perf_counts_the_responses_that_carry_text(tmp_path):
    def event(content):
        return {"response": "data: " + json.dumps({"choices": [{"delta": {"content": content}}]}) + "\n\n"}

    request = {
        "timestamp": 1_000_000_000,
        "response_timestamps": [1_100_000_000, 1_200_000_000, 1_300_000_000, 1_400_000_000],
        "response_outputs": [event(""), event("Hi"), event(" you"), {"response": "data: [DONE]\n\n"}],
    }
    triton = {
        "timestamp": 1_500_000_000,
        "response_timestamps": [1_600_000_000],
        "response_outputs": [{"text_output": "dogs"}],
    }
    silent = {"timestamp": 1_500_000_000, "response_timestamps": [], "response_outputs": []}
    experiment = {"experiment": {"mode": "concurrency", "value": 2}, "requests": [request, triton, silent]}
    export = {"service_kind": "openai", "endpoint": "v1/chat/completions", "experiments": [experiment]}
    run = load_run(saved(tmp_path, export))
    np.testing.assert_allclose(run.tokens.of(0), [0.2, 0.3])
    assert run.requests.texts[:2] == ("Hi you", "dogs")
    assert run.requests.errors == (None, None, "no response")
    assert "one token a streamed response assumed" in run.caveats[0]


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ({"load_summary": {"count": 2}, "successes": {}, "failures": {}}, "inference-perf"),
        (
            {"request_latency": {"unit": "ms", "avg": 1}, "request_throughput": {"unit": "r/s", "avg": 2}},
            "GenAI-Perf or AIPerf summary",
        ),
    ],
)
def test_distributions_are_refused_with_that_reason(tmp_path, value, what):
    with pytest.raises(InvalidInput, match=f"{what}.*distributions only"):
        load_run(saved(tmp_path, value))


@pytest.mark.parametrize(
    "text", ["", "hello", "{}", "[]", "null", '{"a": 1', "a,b\n1,2\n", "\x00\x01\x02", "[1, 2]"]
)
def test_a_wrong_file_says_which_readers_were_tried_and_why(tmp_path, text):
    with pytest.raises(InvalidInput) as caught:
        load_run(saved(tmp_path, text))
    message = str(caught.value)
    for name in ("vLLM benchmark JSON", "Sarathi-Serve output folder", "DREX run log", "Chrome trace JSON"):
        assert f"{name}: " in message


def test_an_empty_folder_is_refused_too(tmp_path):
    with pytest.raises(InvalidInput, match=r"no sequence_metrics.csv in the folder"):
        load_run(tmp_path)


@pytest.mark.parametrize("value", [1e308, -1e300, "1e999", 10**400, float("nan")])
def test_what_no_sum_stays_finite_with_is_no_number(value: object) -> None:
    assert number(value) is None
