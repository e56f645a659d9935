"""Sarathi-Serve folders, Chrome traces and plain events, written small here in their layouts."""

import json

import numpy as np
import pytest

from explainers.errors import InvalidInput
from explainers.runs import load_run
from explainers.runs.model import CUT_SHORT, REST_STEADY

METRICS = (
    "Request Id,request_e2e_time,request_scheduling_delay,prefill_e2e_time,request_inter_arrival_delay,"
    "request_num_prefill_tokens,request_num_decode_tokens\n"
)
ROWS = "0_1,2.0,0.1,0.5,,10,3\n0_10,1.0,0.1,0.2,0.25,30,1\n0_2,1.5,0.1,0.4,1.0,20,2\n"


def passes():
    def event(ts, requests, chunks):
        args = {"batch_size": len(requests), "request_ids": requests, "prompt_chunk_lens": chunks}
        return {"name": str(requests), "ph": "X", "ts": ts, "dur": 50_000.0, "pid": 0, "tid": 0, "args": args}

    base = 9e11
    return [
        event(base, [0], [10]),
        event(base + 0.9e6, [1], [20]),
        event(base + 0.95e6, [2], [30]),
        event(base + 1.3e6, [0, 1, 2], [0, 0, 0]),
        event(base + 1.4e6, [0, 1], [0, 0]),
        event(base + 1.5e6, [0], [0]),
    ]


def folder(tmp_path, trace=None, rows=ROWS):
    replica = tmp_path / "out" / "replica_0"
    replica.mkdir(parents=True)
    (replica / "sequence_metrics.csv").write_text(METRICS + rows)
    if trace is not None:
        (replica / "chrome_trace.json").write_text(trace)
    return tmp_path / "out"


def test_a_sarathi_folder_without_a_trace_interpolates_and_says_so(tmp_path):
    run = load_run(folder(tmp_path))
    assert run.requests.ids == ("0_1", "0_2", "0_10")
    assert run.requests.arrival_s.tolist() == [0.0, 1.0, 1.25]
    assert run.requests.finish_s.tolist() == [2.0, 2.5, 2.25]
    assert run.caveats == ("tokens interpolated between prefill and finish",)
    assert run.output_tokens_at(99.0) == pytest.approx(6)


def test_a_sarathi_trace_gives_every_token_and_every_pass(tmp_path):
    run = load_run(folder(tmp_path, json.dumps(passes())))
    assert np.diff(run.tokens.offsets).tolist() == run.requests.output_tokens.tolist() == [3, 2, 1]
    np.testing.assert_allclose(run.tokens.of(0), [1.45, 1.55, 1.65])
    assert run.iterations.start_s[0] == pytest.approx(0.1)
    assert run.iterations.batch.tolist() == [1, 1, 1, 3, 2, 1]
    assert run.iterations.members.tolist() == [0, 1, 2, 0, 1, 2, 0, 1, 0]
    assert run.iterations.kinds.tolist() == [0, 0, 0, 1, 1, 1]
    assert run.caveats == ()


def test_the_folder_the_replica_and_the_table_are_all_read(tmp_path):
    out = folder(tmp_path)
    finishes = [
        load_run(path).requests.finish_s.tolist()
        for path in (out, out / "replica_0", out / "replica_0" / "sequence_metrics.csv")
    ]
    assert finishes[0] == finishes[1] == finishes[2]


def test_two_replicas_ask_for_one(tmp_path):
    out = folder(tmp_path)
    (out / "replica_1").mkdir()
    (out / "replica_1" / "sequence_metrics.csv").write_text(METRICS + ROWS)
    with pytest.raises(InvalidInput, match="holds 2 replicas; name one"):
        load_run(out)


def test_a_trace_that_was_cut_is_read_as_far_as_it_goes(tmp_path):
    run = load_run(folder(tmp_path, json.dumps(passes())[:-40]))
    assert run.caveats == ("log cut short: the trace ends early", REST_STEADY)
    assert run.tokens.of(0).size == 2


def test_a_table_that_was_cut_in_a_row_gives_the_rows_before(tmp_path):
    run = load_run(folder(tmp_path, rows=ROWS[:-8]))
    assert CUT_SHORT in run.caveats
    assert len(run.requests) == 2


def test_a_completion_series_is_a_timeline_and_other_series_are_refused(tmp_path):
    path = tmp_path / "series"
    path.write_text("Time (sec),request_completion\n1.5,1\n2.5,2\n")
    assert load_run(path).completed_at(np.array([1.5, 2.0, 2.5])).tolist() == [1, 1.5, 2]
    path.write_text("Time (sec),prefill_completion\n1.5,994\n")
    with pytest.raises(InvalidInput, match="prefill_completion, not of finished requests"):
        load_run(path)
    path.write_text('[{"id": 1, "arrived_at": 1.0, "num_prefill_tokens": 9, "num_decode_tokens": 2}]')
    with pytest.raises(InvalidInput, match="no time of service"):
        load_run(path)


def trace(tmp_path, value):
    path = tmp_path / "t.bin"
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    return path


@pytest.mark.parametrize("wrap", [lambda events: events, lambda events: {"traceEvents": events}])
def test_a_trace_of_passes_stands_alone(tmp_path, wrap):
    run = load_run(trace(tmp_path, wrap(passes())))
    assert run.requests.output_tokens.tolist() == [3, 2, 1]
    assert run.requests.prompt_tokens.tolist() == [10, 20, 30]
    assert run.requests.arrival_s.tolist() == pytest.approx([0, 0.9, 0.95])
    assert "no arrivals in the trace" in run.caveats[0]


def test_a_trace_without_its_closing_bracket_is_read(tmp_path):
    run = load_run(trace(tmp_path, json.dumps(passes())[:-1] + ","))
    assert run.requests.output_tokens.tolist() == [3, 2, 1]


def test_async_pairs_are_requests_and_their_instants_tokens(tmp_path):
    def event(phase, name, ts):
        return {"ph": phase, "cat": "req", "id": name, "ts": ts, "name": "r"}

    events = [
        event("b", "x", 1e6),
        event("n", "x", 2e6),
        event("b", "y", 2e6),
        event("n", "x", 3e6),
        event("e", "x", 3e6),
    ]
    run = load_run(trace(tmp_path, events))
    assert run.requests.ids == ("x", "y")
    assert run.tokens.of(0).tolist() == [1.0, 2.0]
    assert run.completed_at(10.0) == 1


def test_a_trace_that_names_no_request_is_refused(tmp_path):
    with pytest.raises(InvalidInput, match="a trace, but no event has request_ids"):
        load_run(trace(tmp_path, [{"ph": "X", "ts": 1, "dur": 2, "name": "kernel"}]))


def test_events_of_a_csv_become_a_run(tmp_path):
    path = tmp_path / "e"
    path.write_text(
        "event,request,time,text,layer,prompt_tokens\n"
        "token,a,11.5, there,,\narrive,a,10,,,7\nexit,a,11,Hi,50,\nfinish,a,11.5,,,\n"
        "arrive,b,10.5,,,\nerror,b,12,gone,,\n"
    )
    run = load_run(path)
    assert run.tokens.of(0).tolist() == [1.0, 1.5]
    assert run.tokens.exit_layers.tolist() == [50, 0]
    assert run.tokens.pieces == ("Hi", " there")
    assert run.requests.errors == (None, "gone")
    assert run.requests.prompt_tokens.tolist() == [7, -1]
    assert run.early_exit_share_at(1.0) == 1.0


def test_events_of_json_lines_may_be_in_milliseconds(tmp_path):
    path = tmp_path / "e"
    path.write_text(
        '{"time_ms": 5, "request": 1, "event": "token"}\n{"time_ms": 9, "request": 1, "event": "finish"}\n'
    )
    run = load_run(path)
    assert run.requests.finish_s.tolist() == pytest.approx([0.004])
    assert run.caveats[0] == "no start times: all assumed to arrive at 0"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("x,a,token", "time is 'x', not a number"),
        ("1,a,tokn", "'tokn' is no event"),
        ("1,a,tokn", "did you mean 'token'"),
    ],
)
def test_a_bad_event_is_named_with_its_line(tmp_path, row, message):
    path = tmp_path / "e.csv"
    path.write_text(f"time,request,event\n0,a,arrive\n{row}\n")
    with pytest.raises(InvalidInput) as caught:
        load_run(path)
    assert message in str(caught.value)
    assert "e.csv:3:1" in str(caught.value)
