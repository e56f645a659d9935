"""Logs of the right shape with wrong content: what can't be a measurement is unknown, the rest adds up."""

import json
import math
from math import nan

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explainers.errors import InvalidInput
from explainers.runs import Run, load_run, save_run
from explainers.runs.model import CANCELLED, NEVER_FINISHED, REST_STEADY, TOTALS_ONLY, Provenance, Totals
from explainers.runs.reconcile import reconciled


def saved(tmp_path, value, name="log.dat"):
    path = tmp_path / name
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    return path


def vllm(**changes):
    """Four requests, one after the other: 3 tokens each, half a second to the first and between them."""
    result = {
        "model_id": "org/m", "num_prompts": 4, "request_rate": "inf", "max_concurrency": 1,
        "duration": 6.1, "completed": 4, "failed": 0, "total_output_tokens": 12,
        "output_throughput": 12 / 6.1, "input_lens": [9, 9, 9, 9], "output_lens": [3, 3, 3, 3],
        "ttfts": [0.5, 0.5, 0.5, 0.5],
        "itls": [[0.5, 0.5]] * 4, "start_times": [100.0, 101.5, 103.0, 104.5],
        "generated_texts": ["", "", "", ""], "errors": ["", "", "", ""],
    }  # fmt: skip
    return result | changes


def sglang(**changes):
    extra = {"total_output_tokens_retokenized": 12, "mean_e2e_latency_ms": 1500.0, "accept_length": None}
    result = vllm() | extra | changes
    for name in ("model_id", "num_prompts", "failed", "start_times"):
        result.pop(name, None)
    return result


def aiperf(*rows):
    lines = []
    for start, end, ttft, gaps, prompt in rows:
        metrics = {
            "time_to_first_token": {"value": ttft, "unit": "s"},
            "inter_chunk_latency": {"value": gaps, "unit": "s"},
            "output_sequence_length": {"value": 3, "unit": "tokens"},
            "input_sequence_length": {"value": prompt, "unit": "tokens"},
        }
        metadata = {"request_start_ns": start, "request_end_ns": end}
        lines.append(json.dumps({"metadata": metadata, "metrics": metrics}))
    return "\n".join(lines)


def guidellm(successful=(), errored=(), incomplete=(), duration=8.0, totals=None):
    requests = {"successful": list(successful), "errored": list(errored), "incomplete": list(incomplete)}
    benchmark = {"duration": duration, "requests": requests, "metrics": {"request_totals": totals or {}}}
    return {"metadata": {"guidellm_version": "0.5.0"}, "benchmarks": [benchmark]}


def asked(name, start=1000.0, end=1006.0, first=1001.0, last=1006.0, **more):
    times = {"request_start_time": start, "request_end_time": end}
    times |= {"first_token_iteration": first, "last_token_iteration": last}
    return {"request_id": name, "prompt_tokens": 5, "output_tokens": 6} | times | more


METRICS = (
    "Request Id,request_e2e_time,request_scheduling_delay,prefill_e2e_time,request_inter_arrival_delay,"
    "request_num_prefill_tokens,request_num_decode_tokens\n"
)


def check_possible(run: Run, tmp_path) -> None:
    """Everything that is left can be true at once, fits the totals, and comes back from a file as it is."""
    end = run.end_s
    if run.requests is not None:
        times = (run.requests.arrival_s, run.requests.first_token_s, run.requests.finish_s)
        for before, after in ((times[0], times[1]), (times[1], times[2]), (times[0], times[2])):
            known = np.isfinite(before) & np.isfinite(after)
            assert (after[known] >= before[known]).all()
        assert all((each[np.isfinite(each)] <= end).all() for each in times)
        assert all((each[np.isfinite(each)] >= 0).all() for each in times)
        assert (run.requests.prompt_tokens != 0).all()
    if run.tokens is not None:
        for row in range(len(run.requests)):
            at_s = run.tokens.of(row)
            assert (np.diff(at_s) >= 0).all()
            assert not at_s.size or at_s[-1] <= end
            assert not at_s.size or not at_s[0] < run.requests.arrival_s[row]
    found = run.outcomes
    if run.knows_completed:
        assert run.completed_at(end) == pytest.approx(found.completed)
    if run.totals.output_tokens is not None and run.totals.total_time_s is not None:
        assert run.output_tokens_at(end) == pytest.approx(run.totals.output_tokens)
        assert run.throughput_at(end) == pytest.approx(run.totals.throughput_tok_s, rel=0.02)
    if run.request_count is not None and found.completed is not None:
        assert found.completed + found.lost == run.request_count
    again = load_run(save_run(run, tmp_path / "again.run.jsonl"))
    assert (again.totals, again.caveats, again.outcomes) == (run.totals, run.caveats, run.outcomes)


@pytest.mark.parametrize("placeholder", [0, 0.0, -1, nan, None, ""])
@pytest.mark.parametrize("make", [vllm, sglang])
def test_waits_that_were_not_measured_are_unknown_and_leave_the_totals(tmp_path, make, placeholder):
    run = load_run(saved(tmp_path, make(ttfts=[placeholder] * 4, itls=[[]] * 4)))
    assert not np.isfinite(run.requests.first_token_s).any()
    assert run.tokens is None
    assert run.outcomes.completed == 4
    assert run.output_tokens_at(run.end_s / 2) == pytest.approx(6)
    assert TOTALS_ONLY in run.caveats
    check_possible(run, tmp_path)


@pytest.mark.parametrize("gaps", [[0, 0], [-1, -1], [nan, nan], [0.5, -0.5], [None, 0.5], [99.0, 1.0]])
def test_gaps_that_are_no_times_leave_one_request_s_tokens_at_a_steady_rate(tmp_path, gaps):
    run = load_run(saved(tmp_path, vllm(itls=[[0.5, 0.5], gaps, [0.5, 0.5], [0.5, 0.5]])))
    assert [run.tokens.of(row).size for row in range(4)] == [3, 0, 3, 3]
    assert np.isfinite(run.requests.finish_s).tolist() == [True, False, True, True]
    assert REST_STEADY in run.caveats
    assert not run.knows_token_times
    check_possible(run, tmp_path)


def test_an_answer_in_one_piece_has_a_finish_and_no_first_token(tmp_path):
    run = load_run(saved(tmp_path, vllm(ttfts=[1.5] * 4, itls=[[]] * 4)))
    assert not np.isfinite(run.requests.first_token_s).any()
    np.testing.assert_allclose(run.requests.finish_s, [1.5, 3.0, 4.5, 6.0])
    assert "times not known: first token in 4 of 4 requests" in run.caveats
    check_possible(run, tmp_path)


@pytest.mark.parametrize(
    ("starts", "arrivals"),
    [
        ([0, 0, 0, 0], [0, 1.5, 3.0, 4.5]),
        ([-1, -1, -1, -1], [0, 1.5, 3.0, 4.5]),
        ([0, 101.5, 103.0, 104.5], [nan, 0, 1.5, 3.0]),
        ([100.0, -1, 103.0, 104.5], [0, nan, 3.0, 4.5]),
        ([100.0, None, 103.0, 104.5], [0, nan, 3.0, 4.5]),
        ([100_000.0, 101_500.0, 103_000.0, 104_500.0], [0, nan, nan, nan]),
    ],
)
def test_start_times_that_are_no_moments_are_unknown_or_placed(tmp_path, starts, arrivals):
    run = load_run(saved(tmp_path, vllm(start_times=starts)))
    np.testing.assert_allclose(run.requests.arrival_s, arrivals)
    assert run.caveats
    check_possible(run, tmp_path)


def test_requests_are_not_placed_where_their_waits_do_not_fit_the_run(tmp_path):
    run = load_run(saved(tmp_path, vllm(start_times=None, duration=60.0, output_throughput=0.2)))
    assert not np.isfinite(run.requests.arrival_s).any()
    assert "end at 6.0 s, and the run at 60.0 s" in run.caveats[0]
    check_possible(run, tmp_path)


def test_completed_requests_without_a_length_are_completed(tmp_path):
    silent = vllm(
        output_lens=[0] * 4, ttfts=[0.0] * 4, itls=[[]] * 4, total_output_tokens=0, output_throughput=0.0
    )
    run = load_run(saved(tmp_path, silent))
    assert (run.outcomes.completed, run.outcomes.lost) == (4, 0)
    assert (run.totals.output_tokens, run.totals.throughput_tok_s) == (None, None)
    assert not run.knows_tokens
    check_possible(run, tmp_path)


def test_requests_without_words_of_their_own_failed_where_the_totals_miss_them(tmp_path):
    half = vllm(
        completed=2, failed=2, output_lens=[3, 0, 3, 0], ttfts=[0.5, 0.0, 0.5, 0.0],
        itls=[[0.5, 0.5], [], [0.5, 0.5], []], total_output_tokens=6, output_throughput=6 / 6.1,
    )  # fmt: skip
    run = load_run(saved(tmp_path, half))
    assert run.requests.errors == (None, "no output", None, "no output")
    assert run.outcomes.words == "2 failed"
    check_possible(run, tmp_path)


@pytest.mark.parametrize(
    ("changes", "numbers"),
    [
        ({"completed": 3}, "4 requests listed as completed, 3 stated"),
        ({"errors": ["", "lost", "", ""]}, "3 requests listed as completed, 4 stated"),
        ({"num_prompts": 3}, "4 requests completed or failed, of 3"),
        ({"failed": 2}, "6 requests completed or failed, of 4"),
        ({"total_output_tokens": 90, "output_throughput": 90 / 6.1}, "12 output tokens listed, 90 stated"),
        ({"total_output_tokens": 7}, "12 output tokens listed, 7 stated"),
    ],
)
def test_a_log_that_contradicts_itself_is_refused_with_both_numbers(tmp_path, changes, numbers):
    with pytest.raises(InvalidInput, match=rf"log.dat contradicts itself: {numbers}"):
        load_run(saved(tmp_path, vllm(**changes)))


def test_a_rate_that_does_not_fit_tokens_and_time_is_said_with_both(tmp_path):
    run = load_run(saved(tmp_path, vllm(output_throughput=40.0)))
    assert run.totals.throughput_tok_s == pytest.approx(12 / 6.1)
    assert "40.00 tok/s stated, 1.97 by its own tokens and time, which are shown" in run.caveats
    check_possible(run, tmp_path)


def test_all_failed_is_none_done_and_no_tokens(tmp_path):
    totals = {name: value for name, value in vllm().items() if not isinstance(value, list)}
    totals |= {"completed": 0, "failed": 4, "total_output_tokens": 0, "output_throughput": 0.0}
    run = load_run(saved(tmp_path, totals))
    assert (run.completed_at(run.end_s), run.output_tokens_at(run.end_s)) == (0, 0)
    assert run.outcomes.words == "all failed"
    check_possible(run, tmp_path)


def test_an_older_result_whose_client_failed_some_says_so_without_a_count(tmp_path):
    totals = {name: value for name, value in vllm(completed=3).items() if not isinstance(value, list)}
    del totals["failed"]
    assert load_run(saved(tmp_path, totals)).outcomes.words == "1 failed"


SECOND = 1_000_000_000


@pytest.mark.parametrize(
    ("row", "first", "finish"),
    [
        ((5 * SECOND, 8 * SECOND, 1.0, [1.0, 1.0], 4), 1.0, 3.0),
        ((5 * SECOND, 8 * SECOND, 0.0, [1.0, 1.0], 4), nan, 3.0),
        ((5 * SECOND, 8 * SECOND, None, [1.0, 1.0], 4), nan, 3.0),
        ((5 * SECOND, 8 * SECOND, 1.0, [0.0, 0.0], 4), 1.0, 3.0),
        ((5 * SECOND, 4 * SECOND, 1.0, [-1.0, 1.0], 4), 1.0, nan),
        ((0, 8 * SECOND, 1.0, [1.0, 1.0], 4), nan, nan),
    ],
)
def test_aiperf_records_with_placeholders(tmp_path, row, first, finish):
    run = load_run(saved(tmp_path, aiperf((5 * SECOND, 9 * SECOND, 1.0, [1.0, 1.0], 0), row)))
    found = (run.requests.first_token_s[1], run.requests.finish_s[1])
    np.testing.assert_allclose(found, (first, finish))
    assert run.requests.prompt_tokens.tolist() == [-1, 4]
    check_possible(run, tmp_path)


def test_records_that_were_written_twice_are_said(tmp_path):
    rows = [(start * SECOND, (start + 4) * SECOND, 1.0, [1.0, 1.0], 4) for start in (5, 6, 6)]
    records = [json.loads(line) for line in aiperf(*rows).splitlines()]
    for name, record in zip("abb", records, strict=True):
        record["metadata"]["x_request_id"] = name
    run = load_run(saved(tmp_path, "\n".join(map(json.dumps, records))))
    assert "1 of 3 requests are listed twice: same id, arrival and finish" in run.caveats
    check_possible(run, tmp_path)


def test_requests_that_a_report_lists_twice_are_said(tmp_path):
    run = load_run(
        saved(tmp_path, guidellm([asked("a"), asked("b", start=1000.5), asked("b", start=1000.5)]))
    )
    assert "1 of 3 requests are listed twice: same id, arrival and finish" in run.caveats
    check_possible(run, tmp_path)


def test_an_aiperf_record_without_an_end_never_finished(tmp_path):
    rows = [(5 * SECOND, end, 1.0, [1.0, 1.0], 4) for end in (9 * SECOND, None)]
    run = load_run(saved(tmp_path, aiperf(*rows)))
    assert run.requests.errors == (None, NEVER_FINISHED)
    check_possible(run, tmp_path)


def test_a_guidellm_report_gives_every_request_by_its_outcome(tmp_path):
    report = guidellm(
        [asked("a"), asked("b", start=1000.5)],
        [asked("c", info={"error": "Traceback\nReadTimeout"}, output_tokens=None)],
        [asked("d", end=None, last=None), asked("e", info={"status": "cancelled"})],
        totals={"successful": 2, "errored": 1, "incomplete": 2},
    )  # fmt: skip
    run = load_run(saved(tmp_path, report))
    assert dict(zip(run.requests.ids, run.requests.errors, strict=True)) == {
        "a": None, "b": None, "c": "ReadTimeout", "d": NEVER_FINISHED, "e": CANCELLED,
    }  # fmt: skip
    assert (run.outcomes.completed, run.outcomes.words) == (2, "1 failed, 1 cancelled, 1 unfinished")
    np.testing.assert_allclose(run.tokens.of(0), [1, 2, 3, 4, 5, 6])
    assert run.completed_at(run.end_s) == 2
    assert run.provenance.system == "GuideLLM 0.5.0 client"


def test_a_guidellm_report_of_the_second_schema_names_its_model_in_the_scenario(tmp_path):
    spec = {"backend": {"kind": "openai_http", "model": "org/m"}, "data": [{"kind": "hf", "source": "org/d"}]}
    report = guidellm([asked("a")]) | {"config": {"metadata": {}, "spec": spec}}
    report["benchmarks"][0]["config"] = {"strategy": {"type_": "constant", "rate": 2.0}}
    words = load_run(saved(tmp_path, report)).provenance
    assert (words.model, words.dataset.endswith("d")) == ("org/m", True)
    assert words.settings["strategy"] == "constant" and words.settings["rate"] == "2.0"


def test_an_older_guidellm_report_names_its_times_otherwise(tmp_path):
    old = {"request_id": "a", "prompt_tokens": 5, "output_tokens": 2, "start_time": 10.0, "end_time": 12.0}
    new = {"request_id": "b", "info": {"timings": {"request_start": 10.5, "request_end": 12.5}}}
    new |= {"input_metrics": {"text_tokens": 7}, "output_metrics": {"total_tokens": 3}}
    new["info"]["timings"] |= {"first_token_iteration": 11.5, "last_token_iteration": 12.5}
    old |= {"first_token_time": 11.0, "last_token_time": 12.0}
    run = load_run(saved(tmp_path, guidellm([old, new], duration=2.5)))
    np.testing.assert_allclose(run.requests.first_token_s, [1.0, 1.5])
    assert run.requests.prompt_tokens.tolist() == [5, 7]
    assert run.requests.output_tokens.tolist() == [2, 3]
    check_possible(run, tmp_path)


@pytest.mark.parametrize(
    "changes",
    [
        {"first": 0},
        {"first": 900.0},
        {"end": 0},
        {"end": 5000.0},
        {"last": None},
        {"start": 0},
        {"first": nan},
    ],
)
def test_a_guidellm_request_with_a_placeholder_keeps_what_can_be(tmp_path, changes):
    run = load_run(saved(tmp_path, guidellm([asked("a"), asked("b", **changes)])))
    assert run.outcomes.completed == 2
    assert len(run.caveats) > 1
    check_possible(run, tmp_path)


@pytest.mark.parametrize(
    ("duration", "caveat"),
    [(8.0, "no finishes in the log: requests completed at a steady rate"), (None, "no finishes in the log")],
)
def test_a_report_without_any_finish_says_so(tmp_path, duration, caveat):
    report = guidellm([asked("a", end=None), asked("b", start=1000.5, end=None)], duration=duration)
    run = load_run(saved(tmp_path, report))
    assert np.isnan(run.requests.finish_s).all() and not run.knows_finishes
    assert caveat in run.caveats
    check_possible(run, tmp_path)


def test_events_without_any_finish_say_so(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("time,request,event\n0,a,arrive\n1,a,token\n2,a,token\n")
    assert any(each.startswith("no finishes in the log") for each in load_run(path).caveats)


def test_a_guidellm_sample_is_refused_with_both_numbers(tmp_path):
    with pytest.raises(InvalidInput, match="lists 1 of 500 successful requests"):
        load_run(saved(tmp_path, guidellm([asked("a")], totals={"successful": 500})))


@pytest.mark.parametrize(
    ("row", "known"),
    [
        ("r_2,1.5,0.1,0.4,1.0,20,2", (True, True)),
        ("r_2,0,0.1,0.4,1.0,20,2", (True, False)),
        ("r_2,-1,0.1,0.4,1.0,20,2", (True, False)),
        ("r_2,,0.1,0.4,1.0,20,2", (True, False)),
        ("r_2,1.5,0.1,0,1.0,20,2", (False, True)),
        ("r_2,1.5,0.1,nan,1.0,20,2", (False, True)),
        ("r_2,1.5,0.1,9.0,1.0,20,2", (False, True)),
        ("r_2,1.5,0.1,0.4,-1,20,2", (False, False)),
    ],
)
def test_sarathi_rows_with_placeholders(tmp_path, row, known):
    run = load_run(saved(tmp_path, f"{METRICS}r_1,2.0,0.1,0.5,,10,3\n{row}\n"))
    found = (run.requests.first_token_s[1], run.requests.finish_s[1])
    assert tuple(math.isfinite(each) for each in found) == known
    assert run.outcomes.completed == 2
    check_possible(run, tmp_path)


@pytest.mark.parametrize(
    ("lines", "unknown"), [("3,b,finish", "tokens"), ("-1,b,finish", "finish"), ("0.2,b,finish", "finish")]
)
def test_events_that_cannot_be_are_unknown(tmp_path, lines, unknown):
    text = "time,request,event\n0,a,arrive\n1,a,token\n2,a,token\n2,a,finish\n0.5,b,arrive\n0.1,b,token\n"
    run = load_run(saved(tmp_path, text + lines + "\n"))
    assert unknown in "".join(run.caveats)
    assert run.outcomes.completed == 2
    check_possible(run, tmp_path)


def test_events_without_a_finish_never_finished_where_others_did(tmp_path):
    text = "time,request,event\n0,a,arrive\n1,a,token\n2,a,finish\n0.5,b,arrive\n1.5,b,token\n"
    run = load_run(saved(tmp_path, text))
    assert run.outcomes.words == "1 unfinished"
    assert run.completed_at(9.0) == 1
    check_possible(run, tmp_path)


@pytest.mark.parametrize("time", ["0", "-5", "nan", ""])
def test_a_drex_csv_without_a_time_has_no_steady_rate(tmp_path, time):
    text = f"seq_id,output,time,throughput,num_output_tokens\n1,x,{time},0,90\n2,y,{time},0,90\n"
    run = load_run(saved(tmp_path, text))
    assert (run.totals.total_time_s, run.knows_tokens) == (None, False)


@pytest.mark.parametrize(
    ("totals", "message"),
    [
        ({"requests": "many"}, "requests is 'many', not a number"),
        ({"requests": 2, "completed": 2, "failed": 1}, "3 requests completed or failed, of 2"),
    ],
)
def test_totals_of_a_run_file_are_held_to_the_same(tmp_path, totals, message):
    header = {"format": "run/1", "provenance": {}, "totals": totals, "caveats": []}
    with pytest.raises(InvalidInput, match=message):
        load_run(saved(tmp_path, header, "a.run.jsonl"))


def test_progress_that_falls_or_outlives_its_run_is_refused(tmp_path):
    header = {
        "format": "run/1",
        "provenance": {},
        "totals": {"total_time_s": 5.0, "requests": 4},
        "caveats": [],
    }
    for moments, counts, message in (
        ([0, 1, 2], [0, 3, 2], "falls from 3 requests to 2"),
        ([0, 1, 9], [0, 3, 4], "ends at 9.00 s, and the run at 5.00 s"),
        ([0, 1, 2], [0, 3, 7], "counts 7 requests, its totals 4"),
    ):
        body = {"elapsed_us": [1_000_000 * each for each in moments], "completed_requests": counts}
        lines = json.dumps(header) + "\n" + json.dumps({"progress": {"resolution_s": 0.0} | body})
        with pytest.raises(InvalidInput, match=message):
            load_run(saved(tmp_path, lines, "a.run.jsonl"))


BAD = st.sampled_from([0, 0.0, -1, nan, None, 1e9, "", -0.5])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_plausible_log_is_refused_or_its_numbers_are_those_of_its_lists(tmp_path, data):
    """Random runs with random holes; what is shown at the end is what a few lines count."""
    count = data.draw(st.integers(1, 6))
    failed = data.draw(st.lists(st.booleans(), min_size=count, max_size=count))
    lengths = [0 if lost else data.draw(st.integers(1, 5)) for lost in failed]
    result = vllm(
        num_prompts=count, completed=count - sum(failed), failed=sum(failed), duration=2.0 * count,
        total_output_tokens=sum(lengths), output_throughput=sum(lengths) / (2.0 * count),
        input_lens=[7] * count, output_lens=lengths,
        ttfts=[0.0 if lost else 0.3 for lost in failed],
        itls=[[0.2] * max(0, length - 1) for length in lengths],
        start_times=[50.0 + 2.0 * row for row in range(count)],
        generated_texts=[""] * count, errors=["boom" if lost else "" for lost in failed],
    )  # fmt: skip
    for _ in range(data.draw(st.integers(0, 3))):
        name = data.draw(st.sampled_from(["ttfts", "start_times", "input_lens", "itls", "output_lens"]))
        row, bad = data.draw(st.integers(0, count - 1)), data.draw(BAD)
        result[name] = list(result[name])
        result[name][row] = [bad] * 2 if name == "itls" else bad
    try:
        run = load_run(saved(tmp_path, result))
    except InvalidInput as refused:
        assert "contradicts itself" in str(refused) or "can't be read" in str(refused)
        return
    assert run.completed_at(run.end_s) == count - sum(failed)
    assert run.outcomes.lost == sum(failed)
    if run.knows_tokens:
        assert run.output_tokens_at(run.end_s) == pytest.approx(sum(lengths))
    check_possible(run, tmp_path)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("/mnt/nas/models/Llama-3-8B/", "Llama-3-8B"),
        ("~/.cache/huggingface/hub/models--org--Some-7B/snapshots/0a1b", "org/Some-7B"),
        ("C:\\models\\m.gguf", "m.gguf"),
        ("org/model", "org/model"),
        ("a model / b", "a model / b"),
    ],
)
def test_a_servers_folders_are_no_part_of_a_models_name(written, shown):
    run = Run(Provenance(model=written, dataset=written), Totals(1.0, 1, 1))
    assert (reconciled(run, "log").provenance.model, reconciled(run, "log").provenance.dataset) == (
        shown,
        shown,
    )
