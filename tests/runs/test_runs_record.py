"""The recorder against real HTTP servers on loopback."""

import asyncio
import json
import os
import signal
from dataclasses import replace

import aiohttp  # noqa: F401  (the recorder needs it: its tests fail without, and are never skipped)
import numpy as np
import pytest

from explainers.errors import InvalidInput
from explainers.record import Recording, Side, record
from explainers.record.dataset import arrivals_s, read_prompts
from explainers.record.endpoint import EndpointUnreachable, public_url
from explainers.runs import load_run
from explainers.runs.summary import compare

KEY = "sk-very-secret-0123456789"


@pytest.fixture(autouse=True)
def hears_ctrl_c():
    """Tests started in the background are deaf to Ctrl-C; those below press it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def dataset(tmp_path, *prompts, chat=False):
    path = tmp_path / "prompts.jsonl"
    bodies = [
        {"messages": [{"role": "user", "content": each}]} if chat else {"prompt": each} for each in prompts
    ]
    lines = [{"id": f"p{number}"} | body for number, body in enumerate(bodies)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def recording(tmp_path, server, *prompts, chat=False, **settings):
    known = {"warmup": 0, "stall_s": 1.0, "retries": 1}
    sides = (Side(server.url, "left"),)
    tmp_path.mkdir(exist_ok=True)
    return Recording(dataset(tmp_path, *prompts, chat=chat), sides, tmp_path / "runs", **(known | settings))


def recorded(*arguments, **settings):
    return record(recording(*arguments, **settings)).runs[0][1]


@pytest.mark.parametrize("chat", [False, True])
def test_token_times_are_when_the_server_wrote_them(tmp_path, server, chat):
    # A busy machine can only make a recording worse: the best of a few shows whether the clock is right.
    late_s = []
    for attempt in range(5):
        script = f"first=0.05 gap=0.03 tokens=8 n={attempt}"
        run = recorded(tmp_path / str(attempt), server, script, chat=chat)
        late_s.append(np.abs(np.diff(run.tokens.of(0)) - np.diff(server.written[script])).max())
        if late_s[-1] < 0.012:
            break
    assert min(late_s) < 0.012
    assert 0.05 <= run.requests.first_token_s[0] < 0.5
    assert run.requests.output_tokens.tolist() == [8]
    assert run.requests.texts == ("t0 t1 t2 t3 t4 t5 t6 t7 ",)
    assert run.provenance.model == "served-model"
    assert (run.provenance.kind, run.caveats) == ("measured", ())


def test_both_sides_get_the_same_prompts_arrivals_and_sampling(tmp_path, server, second_server):
    prompts = [f"tokens=2 n={n}" for n in range(6)]
    sides = (Side(server.url, "a", label="Left"), Side(second_server.url, "b"))
    both = record(
        replace(recording(tmp_path, server, *prompts, rate=100, seed=3), sides=sides, together=True)
    )
    (_, left), (_, right) = both.runs
    assert left.label == "Left"
    np.testing.assert_array_equal(left.requests.arrival_s, right.requests.arrival_s)
    assert sorted(map(str, server.asked)) == sorted(map(str, second_server.asked))
    assert server.asked[0]["seed"] == 3
    assert compare(left, right).same_dataset is True


def test_a_difference_in_token_rate_is_recorded_as_it_is(tmp_path, server, second_server):
    second_server.slow = 1.2
    sides = (Side(server.url, "a"), Side(second_server.url, "b"))
    ratios = []
    for attempt in range(5):
        prompts = [f"first=0.02 gap=0.02 tokens=30 n={n}" for n in range(3)]
        both = record(replace(recording(tmp_path / str(attempt), server, *prompts), sides=sides))
        (_, fast), (_, slow) = both.runs
        ratios.append(slow.end_s / fast.end_s)
        if abs(ratios[-1] - 1.2) < 0.03:
            break
    assert min(abs(ratio - 1.2) for ratio in ratios) < 0.03


def test_several_tokens_in_a_chunk_are_counted_by_the_server_and_spread(tmp_path, server):
    run = recorded(tmp_path, server, "tokens=6 pack=2")
    assert run.requests.output_tokens.tolist() == [6]
    assert run.tokens.of(0).size == 6
    assert "tokens interpolated in 1 of 1 requests" in run.caveats[0]


def test_a_server_without_token_counts_is_said(tmp_path, server):
    run = recorded(tmp_path, server, "tokens=4 silent")
    assert run.requests.output_tokens.tolist() == [4]
    assert run.caveats == ("the server gave no token counts: one token a chunk assumed",)


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ("tokens=6 cut=3", "connection cut after 3 pieces"),
        ("tokens=6 stall=2", "stalled after 2 pieces: nothing for 1 s"),
        ("tokens=6 bad=2", "malformed chunk after 2 pieces"),
        ("status=429", "HTTP 429"),
        ("status=500", "HTTP 500"),
        ("status=404", "HTTP 404"),
    ],
)
def test_what_fails_is_recorded_with_its_error_and_what_came_before(tmp_path, server, script, error):
    run = recorded(tmp_path, server, script, "tokens=3")
    assert run.requests.errors[0].startswith(error)
    assert run.requests.errors[1] is None
    assert run.completed_at(99.0) == 1
    assert "1 requests ended in an error" in run.caveats
    assert run.request_count == 2


def test_a_busy_server_is_asked_again_and_that_is_said(tmp_path, server):
    run = recorded(tmp_path, server, "status=429 times=1 tokens=3")
    assert run.requests.errors is None
    assert "1 requests were sent again" in run.caveats
    assert run.counters["retries"].value.tolist() == [1.0]
    assert run.requests.first_token_s[0] > 0.05


def test_the_limit_of_requests_at_once_is_kept(tmp_path, server):
    run = recorded(tmp_path, server, *[f"tokens=3 n={n}" for n in range(4)], concurrency=1)
    starts, finishes = run.requests.start_s, run.requests.finish_s
    assert (starts[1:] >= finishes[:-1] - 0.005).all()
    assert run.requests.arrival_s.tolist() == [0, 0, 0, 0]


def test_warm_up_requests_are_sent_and_left_out(tmp_path, server):
    run = recorded(tmp_path, server, "tokens=2 n=0", "tokens=2 n=1", warmup=1)
    assert len(server.asked) == 3
    assert len(run.requests) == 2


def test_the_key_comes_from_the_environment_and_is_written_nowhere(tmp_path, server, monkeypatch):
    monkeypatch.setenv("EXPLAINERS_LEFT_API_KEY", KEY)
    seen = []
    record(recording(tmp_path, server, "status=500", "tokens=2"), seen.append)
    assert any(f"Bearer {KEY}" in each for each in server.headers)
    files = [each for each in tmp_path.rglob("*") if each.is_file()]
    assert len(files) == 2
    assert all(KEY not in each.read_text() for each in files)
    assert KEY not in repr(seen)
    assert "key was ***" in load_run(tmp_path / "runs" / "left").requests.errors[0]


def test_a_url_is_written_without_user_password_and_query():
    assert (
        public_url("https://me:secret@host:8000/v1/completions?key=x") == "https://host:8000/v1/completions"
    )


def ctrl_c_after(done):
    """Presses Ctrl-C, once, when that many requests are done."""
    pressed = []

    def on_update(update):
        if update.done >= done and not pressed:
            pressed.append(True)
            os.kill(os.getpid(), signal.SIGINT)

    return on_update


def test_ctrl_c_keeps_what_was_recorded_and_resume_goes_on(tmp_path, server):
    prompts = [f"tokens=3 n={n}" for n in range(3)] + ["first=20 tokens=2"]
    job = recording(tmp_path, server, *prompts, stall_s=30.0)
    first = record(job, ctrl_c_after(3))
    assert first.interrupted
    assert "interrupted: 3 of 4 requests" in first.runs[0][1].caveats
    with pytest.raises(InvalidInput, match="already recorded"):
        record(job)
    server.slow = 0.005
    again = record(replace(job, resume=True))
    run = again.runs[0][1]
    assert not again.interrupted
    assert run.requests.ids == ("p0", "p1", "p2", "p3")
    assert run.completed_at(run.end_s) == 4
    assert run.requests.arrival_s[3] == pytest.approx(first.runs[0][1].end_s, abs=0.01)
    assert "recorded in 2 sessions, one after the other" in run.caveats
    assert len(server.asked) == 5
    assert [each.name for each in (tmp_path / "runs").iterdir()] == ["left.run.jsonl"]


def test_resuming_with_other_settings_is_refused(tmp_path, server):
    job = recording(tmp_path, server, "tokens=2 n=0", "first=20", stall_s=30.0)
    record(job, ctrl_c_after(1))
    with pytest.raises(InvalidInput, match="was recorded with max_tokens '128', not '5'"):
        record(replace(job, resume=True, max_tokens=5))


def test_a_server_that_is_not_there_is_named(tmp_path, server):
    job = replace(recording(tmp_path, server, "x"), sides=(Side("http://127.0.0.1:9", "left"),))
    with pytest.raises(EndpointUnreachable, match=r"left: http://127.0.0.1:9/v1/models gave"):
        record(job)
    named = replace(job, sides=(Side("http://127.0.0.1:9", "left", model="m"),), warmup=1)
    with pytest.raises(EndpointUnreachable, match="did not answer"):
        record(named)
    assert not list((tmp_path / "runs").glob("*"))


def test_progress_is_told_while_it_runs(tmp_path, server):
    seen = []
    record(recording(tmp_path, server, "tokens=20 gap=0.03"), seen.append)
    assert len(seen) >= 2
    assert (seen[-1].requests, seen[-1].done, seen[-1].tokens) == (1, 1, 20)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rate": 0}, "rate is 0"),
        ({"concurrency": 0}, "concurrency is 0"),
        ({"max_tokens": 0}, "max_tokens is 0"),
        ({"sides": (Side("http://x", "a"), Side("http://y", "a"))}, "names of their own"),
        ({"sides": (Side("ftp://x", "a"),)}, "does not start with http"),
    ],
)
def test_bad_settings_are_refused_before_anything_is_sent(tmp_path, server, changes, message):
    with pytest.raises(InvalidInput, match=message):
        record(replace(recording(tmp_path, server, "x"), **changes))
    assert not server.asked


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no prompt"),
        ("{oops", "prompts.jsonl:1:1: this line is not JSON"),
        ('{"id": 1}', "this line has no prompt"),
        ('{"prompt": "a", "id": 1}\n{"prompt": "b", "id": 1}', "prompts.jsonl:2:1: a second '1'"),
        ('{"prompt": "a", "max_tokens": 0}', "max_tokens is 0"),
    ],
)
def test_a_bad_dataset_is_named_with_its_line(tmp_path, text, message):
    path = tmp_path / "prompts.jsonl"
    path.write_text(text)
    with pytest.raises(InvalidInput) as caught:
        read_prompts(path)
    assert message in str(caught.value)


def test_arrivals_are_drawn_from_the_seed():
    assert arrivals_s(3, float("inf"), 0).tolist() == [0, 0, 0]
    drawn = arrivals_s(4000, 20.0, 1)
    assert drawn[0] == 0
    assert (np.diff(drawn) > 0).all()
    assert drawn[-1] == pytest.approx(200, rel=0.1)
    assert (drawn == arrivals_s(4000, 20.0, 1)).all()


def test_recording_works_where_an_event_loop_runs_already(tmp_path, server):
    async def notebook():
        return recorded(tmp_path, server, "tokens=3")

    assert asyncio.run(notebook()).requests.output_tokens.tolist() == [3]
