"""Plausible logs of every format that is read, and what each says, worked out here in a few plain lines.

A `Format` makes a log as plain data, writes it as files, and reads the numbers that must be shown off the
data itself. What it finds wrong (a placeholder, an impossible order, a sum that does not fit a total) it
only names: such a log has to be refused, or read with a caveat.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

Data = dict[str, Any]
Files = dict[str, str]
SLACK = 1.02
"""Stated ends and rates are rounded; what misses by more contradicts."""


@dataclass
class Row:
    """One request: seconds from the run's start, None where the log does not say."""

    arrival: float | None
    first: float | None
    finish: float | None
    tokens: list[float] | None
    count: int | None
    failed: bool = False

    @property
    def completed(self) -> bool:
        return not self.failed and self.finish is not None


@dataclass
class Truth:
    """What has to be shown; None where it is not for this log to say. `wrong` names what can't be so."""

    requests: int | None = None
    completed: int | None = None
    failed: int | None = None
    tokens: int | None = None
    end: float | None = None
    rows: list[Row] = field(default_factory=list)
    wrong: str | None = None
    placed: bool = True
    """Whether the log says when requests arrived; what a run shows half-way is else assumed."""


@dataclass(frozen=True)
class Format:
    """`rows` are the places of the data whose entries are requests (or lines of them), side by side."""

    reader: str
    make: Callable[[Random], Data]
    files: Callable[[Data], Files]
    truth: Callable[[Data], Truth]
    rows: tuple[str, ...]


@dataclass
class Request:
    """A request as it was: `gaps` between its tokens, all in whole milliseconds."""

    arrival: float
    ttft: float
    gaps: list[float]
    prompt: int
    failed: bool

    @property
    def moments(self) -> list[float]:
        return [round(self.arrival + self.ttft + sum(self.gaps[:n]), 3) for n in range(len(self.gaps) + 1)]

    @property
    def finish(self) -> float:
        return self.moments[-1]


def load(random: Random) -> list[Request]:
    """Two to seven requests in the order of their arrival, the first at 0; some fail."""
    found, at = [], 0.0
    fails = random.choice((0.0, 0.0, 0.3))
    for _ in range(random.randint(2, 7)):
        gaps = [random.randint(10, 200) / 1000 for _ in range(random.randint(1, 8))]
        failed = random.random() < fails
        found.append(
            Request(round(at, 3), random.randint(50, 500) / 1000, gaps, random.randint(5, 90), failed)
        )
        at += random.randint(50, 800) / 1000
    found[-1].failed = False
    return found


def known(value: Any) -> float | None:
    """A finite number as a float, whatever it is written as."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def judged(rows: Sequence[Row], wrong: str | None = None, **stated: Any) -> Truth:
    """What rows and stated totals say together: the totals where they are stated, else the rows' sums."""
    ok = [row for row in rows if not row.failed]
    counts = [row.count for row in rows if row.count is not None and not (row.failed and stated)]
    moments = [at for row in rows for at in (row.finish, *(row.tokens or ())) if at is not None]
    wrong = wrong or next((slip for row in ok if (slip := slip_in(row))), None)
    found = Truth(len(rows), len([row for row in rows if row.completed]), len(rows) - len(ok), sum(counts))
    found.rows, found.end = list(rows), max(moments, default=None)
    for name, value in stated.items():
        total = known(value)
        if total is None or total < 0 or (total == 0 and name in ("end", "rate")):
            # As good as not stated: what the rows say has to be shown.
            continue
        if name == "rate":
            if found.tokens and found.end and not 1 / SLACK < total * found.end / found.tokens < SLACK:
                wrong = wrong or f"a rate of {total} for {found.tokens} tokens in {found.end} s"
        elif name == "end":
            if found.end is not None and total * SLACK < found.end:
                wrong = wrong or f"it ends at {total}, its last request at {found.end}"
            found.end = total
        elif total != getattr(found, name):
            wrong = wrong or f"{name}: {total} stated, {getattr(found, name)} found"
    found.wrong = wrong
    return found


def slip_in(row: Row) -> str | None:
    """What can't be so in a request that did not fail; a request without a finish was not completed."""
    moments = [row.arrival, row.first, *(row.tokens or ()), row.finish]
    times = [at for at in moments if at is not None]
    if any(after < before - 3e-6 for before, after in itertools.pairwise(times)):
        return "times out of order"
    if row.count is not None and row.count <= 0:
        return f"{row.count} tokens"
    return None


# -- vLLM and SGLang --------------------------------------------------------------------------------

LISTS = ("input_lens", "output_lens", "ttfts", "itls", "start_times", "generated_texts", "errors")


def vllm(random: Random) -> Data:
    requests = load(random)
    ok = [each for each in requests if not each.failed]
    end = round(max(each.finish for each in requests) + 0.01, 3)
    tokens = sum(len(each.moments) for each in ok)
    return {
        **{"backend": "vllm", "model_id": "m", "num_prompts": len(requests), "request_rate": "inf"},
        **{"duration": end, "completed": len(ok), "failed": len(requests) - len(ok)},
        **{"total_input_tokens": sum(each.prompt for each in ok), "total_output_tokens": tokens},
        "output_throughput": tokens / end,
        "input_lens": [each.prompt for each in requests],
        "output_lens": [0 if each.failed else len(each.moments) for each in requests],
        "ttfts": [0.0 if each.failed else each.ttft for each in requests],
        "itls": [[] if each.failed else each.gaps for each in requests],
        "start_times": [1000.0 + each.arrival for each in requests],
        "generated_texts": ["" for _ in requests],
        "errors": ["Traceback\nTimeoutError" if each.failed else "" for each in requests],
    }


def sglang(random: Random) -> Data:
    """Without start times; all were sent at once."""
    data = vllm(random)
    for name in ("num_prompts", "failed", "start_times", "model_id"):
        del data[name]
    pairs = zip(data["ttfts"], data["itls"], strict=True)
    data["duration"] = round(max(ttft + sum(gaps) for ttft, gaps in pairs) + 0.01, 3)
    tokens = data["total_output_tokens"]
    data |= {"output_throughput": tokens / data["duration"], "total_output_tokens_retokenized": tokens}
    return {**data, "mean_e2e_latency_ms": 1.0, "accept_length": None, "max_concurrency": None}


def bench_truth(data: Data) -> Truth:
    lists = [data[name] for name in LISTS if data.get(name)]
    count = len(data["ttfts"])
    if not (data["ttfts"] and data["output_lens"] and data["itls"]):
        return Truth(wrong="no list of times")
    # Without errors, what wrote nothing and the totals miss has failed.
    data = {
        **data,
        "errors": data["errors"] or ["" if length else "failed" for length in data["output_lens"]],
    }
    if any(len(each) != count for each in lists):
        return Truth(wrong="lists of different lengths")
    starts = data.get("start_times", [None] * count)
    placed = [known(each) for each in starts]
    rows, wrong, zero = [], None, min((at for at in placed if at is not None and at > 0), default=0.0)
    there = [not at or at <= 0 for at, error in zip(placed, data["errors"], strict=True) if not error]
    if "start_times" in data and any(there):
        wrong = "a start time that is none"
    for index in range(count):
        failed = bool(str(data["errors"][index] or "").strip())
        ttft, gaps = known(data["ttfts"][index]), [known(gap) for gap in data["itls"][index]]
        length = known(data["output_lens"][index])
        if failed:
            rows.append(Row(None, None, None, None, None, failed=True))
            continue
        if (
            not ttft
            or ttft < 0
            or length is None
            or length < 1
            or any(gap is None or gap < 0 for gap in gaps)
        ):
            return Truth(wrong="a placeholder for a time or a length")
        at = 0.0 if placed[index] is None else placed[index] - zero
        moments = [at + ttft + sum(gaps[:n]) for n in range(len(gaps) + 1)]
        # Several tokens in a chunk are no contradiction, but interpolated, which has to be said.
        wrong = wrong or (None if length == len(moments) else "tokens that share a chunk")
        rows.append(Row(at, moments[0], moments[-1], moments, int(length)))
    stated = {"requests": "num_prompts", "completed": "completed", "failed": "failed"}
    stated |= {"tokens": "total_output_tokens", "end": "duration", "rate": "output_throughput"}
    found = judged(rows, wrong, **{name: data[key] for name, key in stated.items() if key in data})
    found.placed = "start_times" in data
    return found


# -- AIPerf and GenAI-Perf --------------------------------------------------------------------------

BASE_NS = 1_785_304_510_530_000_000


def ns(seconds: float) -> int:
    return BASE_NS + round(seconds * 1e9)


def aiperf(random: Random) -> Data:
    records = []
    for index, each in enumerate(load(random)):
        metadata = {"x_request_id": f"q{index}", "request_start_ns": ns(each.arrival)}
        metadata |= {"request_end_ns": ns(each.finish), "benchmark_phase": "profiling"}
        metrics = {
            "time_to_first_token": {"value": each.ttft * 1000, "unit": "ms"},
            "inter_chunk_latency": {"value": [gap * 1000 for gap in each.gaps], "unit": "ms"},
            "output_sequence_length": {"value": len(each.moments), "unit": "tokens"},
            "input_sequence_length": {"value": each.prompt, "unit": "tokens"},
        }
        failure = {"error": {"code": 500, "message": "no"}} if each.failed else {}
        records.append({"metadata": metadata, "metrics": {} if each.failed else metrics, **failure})
    return {"records": records}


def placed_ns(stamps: Sequence[Any]) -> tuple[float, list[float | None]]:
    """The first of these times of day, and each in seconds behind it; None where it is none."""
    real = [each if known(each) is not None and each > 1e18 else None for each in stamps]
    zero = min((each for each in real if each is not None), default=0)
    return zero, [None if each is None else (each - zero) / 1e9 for each in real]


def aiperf_truth(data: Data) -> Truth:
    rows, wrong = [], None
    zero, starts = placed_ns([each["metadata"]["request_start_ns"] for each in data["records"]])
    names = [each["metadata"]["x_request_id"] for each in data["records"]]
    if len(set(names)) < len(names):
        return Truth(wrong="one request twice")
    for record, at in zip(data["records"], starts, strict=True):
        if at is None and not record.get("error"):
            return Truth(wrong="a start that is none")
        end = known(record["metadata"]["request_end_ns"])
        if record.get("error"):
            # What it wrote before it failed, it wrote.
            count = record["metrics"].get("output_sequence_length", {}).get("value")
            rows.append(Row(at, None, (end - zero) / 1e9 if end else None, None, count, True))
            continue
        metrics = record["metrics"]
        if not end:
            # A client that had its answer would have written when.
            rows.append(Row(at, None, None, None, metrics["output_sequence_length"]["value"]))
            continue
        ttft = known(metrics["time_to_first_token"]["value"])
        gaps = [known(gap) for gap in metrics["inter_chunk_latency"]["value"]]
        count = known(metrics["output_sequence_length"]["value"])
        if not ttft or ttft < 0 or count is None or count < 1 or any(gap is None or gap < 0 for gap in gaps):
            return Truth(wrong="a placeholder for a time or a length")
        moments = [at + (ttft + sum(gaps[:n])) / 1000 for n in range(len(gaps) + 1)]
        early = bool(end) and end > 0 and (end - zero) / 1e9 < moments[-1] - 0.004
        if count != len(moments) or early:
            wrong = "an end before its last chunk, or tokens that share a chunk"
        rows.append(Row(at, moments[0], moments[-1], moments, int(count)))
    if not any(row.finish for row in rows):
        wrong = "no request that ends"
    return judged(rows, wrong)


def genai_perf(random: Random) -> Data:
    requests = [
        {
            "timestamp": ns(each.arrival),
            "response_timestamps": [] if each.failed else [ns(at) for at in each.moments],
            "response_outputs": [] if each.failed else [{"text_output": "a"} for _ in each.moments],
        }
        for each in load(random)
    ]
    return {"requests": requests}


def genai_perf_files(data: Data) -> Files:
    export = {"service_kind": "openai", "experiments": [{"experiment": {"mode": "x"}, **data}]}
    return {"log": json.dumps(export)}


def genai_perf_truth(data: Data) -> Truth:
    zero, starts = placed_ns([each["timestamp"] for each in data["requests"]])
    rows = []
    for each, at in zip(data["requests"], starts, strict=True):
        if at is None and each["response_timestamps"]:
            return Truth(wrong="a timestamp that is none")
        moments = [known(moment) for moment in each["response_timestamps"]]
        if any(moment is None for moment in moments) or len(moments) != len(each["response_outputs"]):
            return Truth(wrong="a response at no time, or without its text")
        tokens = [(moment - zero) / 1e9 for moment in moments]
        if any(moment > 80_000 for moment in tokens):
            return Truth(wrong="a response a day later")
        if not tokens:
            rows.append(Row(at, None, None, None, None, failed=True))
            continue
        rows.append(Row(at, tokens[0], tokens[-1], tokens, len(tokens)))
    return judged(rows)


def guidellm(random: Random) -> Data:
    """Tokens are even between the first and the last; incomplete requests were under way at the end."""
    listed = []
    requests = load(random)
    for index, each in enumerate(requests):
        times = {"request_start_time": 1000 + each.arrival, "request_end_time": 1000 + each.finish}
        times |= {"first_token_iteration": 1000 + each.moments[0], "last_token_iteration": 1000 + each.finish}
        counts = {"prompt_tokens": each.prompt, "output_tokens": len(each.moments)}
        failure = {"output_tokens": None, "first_token_iteration": None, "info": {"error": "no"}}
        listed.append({"request_id": f"r{index}", **times, **counts, **(failure if each.failed else {})})
    ok = [one for one, each in zip(listed, requests, strict=True) if not each.failed]
    return {"successful": ok, "errored": [one for one in listed if one not in ok], "incomplete": []}


def guidellm_files(data: Data) -> Files:
    ends = [known(each["request_end_time"]) for each in (*data["successful"], *data["errored"])]
    duration = max((end - 1000 for end in ends if end is not None), default=1.0)
    return {"log": json.dumps({"benchmarks": [{"duration": duration, "requests": data}]})}


def guidellm_truth(data: Data) -> Truth:
    rows = []
    listed = [(each, failed) for failed, name in enumerate(("successful", "errored")) for each in data[name]]
    names = ("request_start_time", "first_token_iteration", "last_token_iteration", "request_end_time")
    zero = min((at for each, _ in listed if (at := known(each[names[0]]) or 0) > 0), default=0.0)
    for each, failed in listed:
        start, first, last, end = (known(each[name]) for name in names)
        count = known(each["output_tokens"])
        if failed:
            rows.append(Row(None, None, None, None, None, failed=True))
            continue
        if not start or start < 0 or not end or zero < 900:
            return Truth(wrong="a request at no time")
        if any(value is not None and value <= 0 for value in (first, last, count)) or (count or 0) % 1:
            return Truth(wrong="a placeholder for a time or a length")
        tokens = None
        if first and last and count:
            step = (last - first) / max(count - 1, 1)
            tokens = [first - zero + step * n for n in range(int(count))]
        first = None if first is None else first - zero
        rows.append(Row(start - zero, first, end - zero, tokens, None if count is None else int(count)))
    found = judged(rows)
    found.end = None
    if any(row.count is None for row in rows if not row.failed):
        found.tokens = None
    return found


# -- Chrome traces ----------------------------------------------------------------------------------


def passes(random: Random) -> Data:
    """Passes of a batch: a prefill a request, then decode passes of all that have tokens left."""
    requests, now, events = load(random), 5e6, []

    def add(ids: list[int], chunks: list[int]) -> None:
        nonlocal now
        duration = float(random.randint(10_000, 60_000))
        args = {"batch_size": len(ids), "request_ids": ids, "prompt_chunk_lens": chunks}
        events.append(
            {"name": "pass", "ph": "X", "ts": now, "dur": duration, "pid": 0, "tid": 0, "args": args}
        )
        now += duration + random.randint(0, 5000)

    for index, each in enumerate(requests):
        add([index], [each.prompt])
    for step in range(max(len(each.moments) for each in requests)):
        ids = [index for index, each in enumerate(requests) if step < len(each.moments)]
        add(ids, [0] * len(ids))
    return {"events": events}


def passes_truth(data: Data) -> Truth:
    rows: dict[Any, Row] = {}
    starts = [known(event["ts"]) for event in data["events"]]
    if None in starts or min(starts) < 0:
        return Truth(wrong="a pass at no time")
    for event in sorted(data["events"], key=lambda each: each["ts"]):
        duration = known(event["dur"])
        if duration is None or duration <= 0:
            return Truth(wrong="a pass of no length")
        start = (event["ts"] - min(starts)) / 1e6
        end = start + duration / 1e6
        chunks = [known(chunk) for chunk in event["args"]["prompt_chunk_lens"]]
        if any(chunk is None or chunk < 0 for chunk in chunks):
            return Truth(wrong="a prompt chunk of no length")
        for request, chunk in zip(event["args"]["request_ids"], chunks, strict=True):
            row = rows.setdefault(request, Row(start, None, end, [], 0))
            row.finish = max(end, row.finish)
            if not chunk:
                row.first, row.count = (end if row.first is None else row.first), row.count + 1
                row.tokens.append(end)
    return judged(list(rows.values()))


def spans(random: Random) -> Data:
    """Async events: `b` and `e` around each request, an `n` a token; what failed never ends."""
    events = []
    for index, each in enumerate(load(random)):
        moments = [("b", each.arrival), *(("n", at) for at in each.moments)]
        moments += [] if each.failed else [("e", each.finish)]
        events += [
            {"ph": phase, "cat": "r", "id": index, "name": "r", "ts": at * 1e6 + 5e6, "pid": 0, "tid": 0}
            for phase, at in moments
        ]
    return {"events": events}


def spans_truth(data: Data) -> Truth:
    stamps = [known(event["ts"]) for event in data["events"]]
    if None in stamps or min(stamps) < 0:
        return Truth(wrong="an event at no time")
    begun = [event["ts"] for event in data["events"] if event["ph"] == "b"]
    rows = []
    for name in dict.fromkeys(event["id"] for event in data["events"]):
        of = {
            phase: sorted(
                (each["ts"] - min(begun, default=0)) / 1e6
                for each in data["events"]
                if (each["ph"], each["id"]) == (phase, name)
            )
            for phase in "bne"
        }
        if not of["b"]:
            return Truth(wrong="a request that never begins")
        # Spans of one id may stand in each other: the outer ones count.
        tokens, end = of["n"], next(iter(of["e"][::-1]), None)
        rows.append(Row(of["b"][0], next(iter(tokens), None), end, tokens, len(tokens)))
    return judged(rows)


def stretches(random: Random) -> Data:
    events = []
    for index, each in enumerate(load(random)):
        start, end = (each.arrival + 5) * 1e6, (each.finish + 5) * 1e6
        middle = round((start + end) / 2)
        for at, until in ((start, middle), (middle, end)):
            events.append(
                {"ph": "X", "name": "w", "ts": at, "dur": until - at, "args": {"request_id": f"r{index}"}}
            )
    return {"events": events}


def stretches_truth(data: Data) -> Truth:
    rows: dict[str, Row] = {}
    stamps = [(known(event["ts"]), known(event["dur"])) for event in data["events"]]
    if any(at is None or at < 0 or length is None or length <= 0 for at, length in stamps):
        return Truth(wrong="work at no time, or of no length")
    zero = min(at for at, _ in stamps)
    for event, (at, length) in zip(data["events"], stamps, strict=True):
        start, end = (at - zero) / 1e6, (at + length - zero) / 1e6
        row = rows.setdefault(event["args"]["request_id"], Row(start, None, end, None, None))
        row.arrival, row.finish = min(start, row.arrival), max(end, row.finish)
    found = judged(list(rows.values()))
    found.tokens = None
    return found


# -- Sarathi-Serve ----------------------------------------------------------------------------------


def sarathi(random: Random) -> Data:
    table, before = [], 0.0
    for index, each in enumerate(load(random)):
        table.append(
            {
                **{"Request Id": f"0_{index}", "request_e2e_time": round(each.finish - each.arrival, 3)},
                **{"request_scheduling_delay": 0.01, "prefill_e2e_time": each.ttft},
                "request_inter_arrival_delay": round(each.arrival - before, 3) if index else None,
                **{"request_num_prefill_tokens": each.prompt, "request_num_decode_tokens": len(each.moments)},
                "request_num_ignored": int(each.failed),
            }
        )
        before = each.arrival
    return {"table": table}


def sarathi_truth(data: Data) -> Truth:
    rows, at = [], 0.0
    names = [cells["Request Id"] for cells in data["table"]]
    for index, cells in enumerate(sorted(data["table"], key=lambda each: int(each["Request Id"][2:]))):
        value = {name: known(cell) for name, cell in cells.items()}
        delay = value["request_inter_arrival_delay"]
        if (delay is None and index) or (delay or 0) < 0:
            return Truth(wrong="an arrival at no time")
        at += delay or 0.0
        length, first = value["request_e2e_time"], value["prefill_e2e_time"]
        count = value["request_num_decode_tokens"]
        failed = bool(value["request_num_ignored"])
        if not failed and not (length and length > 0 and first and first > 0 and count and count > 0):
            return Truth(wrong="a placeholder for a time or a length")
        finish = None if length is None else at + length
        row = Row(at, None if first is None else at + first, finish, None, int(count or 0), failed)
        rows.append(row)
    return judged(rows, "one request twice" if len(set(names)) < len(names) else None)


def csv_of(table: Iterable[Data], header: Sequence[str]) -> str:
    lines = [",".join("" if row[name] is None else str(row[name]) for name in header) for row in table]
    return "\n".join([",".join(header), *lines]) + "\n"


def series(random: Random) -> Data:
    finishes = sorted(each.finish for each in load(random))
    return {"table": [{"Time (sec)": at, "request_completion": n} for n, at in enumerate(finishes, start=1)]}


def series_truth(data: Data) -> Truth:
    pairs = [(known(row["Time (sec)"]), known(row["request_completion"])) for row in data["table"]]
    if any(at is None or at < 0 or count is None or count < 0 for at, count in pairs):
        return Truth(wrong="a count or a time that is none")
    pairs.sort()
    if any(after[1] < before[1] for before, after in itertools.pairwise(pairs)):
        return Truth(wrong="counts that fall")
    return Truth(requests=int(pairs[-1][1]), completed=int(pairs[-1][1]), end=pairs[-1][0])


# -- DREX -------------------------------------------------------------------------------------------


def drex_csv(random: Random) -> Data:
    requests, time = load(random), random.randint(20, 900) / 10
    tokens = random.randint(50, 900)
    early = random.randint(0, tokens)
    durations = [random.randint(10, 99) / 10 for _ in requests]
    mean = sum(durations) / len(durations)
    table = [
        {
            **{"seq_id": index, "output": "words", "time": time, "throughput": tokens / time},
            **{"num_output_tokens": tokens, "num_ee_tokens": early, "num_no_ee_tokens": tokens - early},
            **{"request_duration": duration, "request_duration_avg": mean},
        }
        for index, duration in enumerate(durations)
    ]
    return {"table": table}


def drex_csv_truth(data: Data) -> Truth:
    table = data["table"]
    totals = [tuple(str(row[name]) for name in [*list(row)[2:7], "request_duration_avg"]) for row in table]
    if len(set(totals)) > 1:
        return Truth(wrong="rows that state different totals")
    first = {name: known(value) for name, value in table[0].items()}
    time, tokens, rate, early = (
        first[name] for name in ("time", "num_output_tokens", "throughput", "num_ee_tokens")
    )
    if not (time and time > 0):
        return Truth(wrong="no length")
    tokens, rate = (each if each and each > 0 else None for each in (tokens, rate))
    if tokens and rate and not 1 / SLACK < rate * time / tokens < SLACK:
        return Truth(wrong="a rate that does not fit")
    late = first["num_no_ee_tokens"]
    if tokens and early and late and min(early, late) > 0 and abs(early + late - tokens) > 8:
        return Truth(wrong="shares that do not fit")
    durations = [known(row["request_duration"]) for row in table]
    there = [each for each in durations if each is not None]
    mean = first["request_duration_avg"]
    if mean is not None and there and not abs(sum(there) / len(there) - mean) <= 1e-6 * mean:
        return Truth(wrong="requests that are not in the table")
    names = {row["seq_id"] for row in table}
    tokens = None if tokens is None else int(tokens)
    return Truth(requests=len(names), completed=len(names), tokens=tokens, end=time)


def drex_log(random: Random) -> Data:
    finishes = sorted(each.finish * 10 for each in load(random))
    time = round(finishes[-1] + 0.4, 2)
    tokens = random.randint(50, 900)
    early = random.randint(0, tokens)
    bars = [{"count": n, "of": len(finishes), "at": int(at)} for n, at in enumerate([0.0, *finishes])]
    done = {"processed": len(finishes), "time": time, "tokens": tokens, "rate": round(tokens / time, 2)}
    return {"bars": bars, "done": {**done, "early": early, "late": tokens - early}}


def drex_log_files(data: Data) -> Files:
    lines = [
        "Replica 0 processed requests:  25%|##        | {count}/{of} ".format(**bar)
        + (
            f"[{int(bar['at']) // 60:02d}:{int(bar['at']) % 60:02d}<?, ?it/s]"
            if known(bar["at"]) is not None
            else "["
        )
        for bar in data["bars"]
    ]
    tail = (
        "Replica 0 exiting after processing {processed} (16 iterations), Total time taken: {time} seconds\n"
        "Replica 0 processed {tokens} output tokens. Time taken: {time} seconds. Throughput: {rate} "
        "tokens/sec. Exited rates(#tokens generated via ee vs. non-ee): [{early}, {late}].\n"
    )
    return {"log": "\n".join(lines) + "\n" + tail.format(**data["done"])}


def printed(bar: Data) -> bool:
    """Whether a bar looks like one: a count of a number, at a time; others are no lines of the log's."""
    at = known(bar["at"])
    whole = all(isinstance(bar[name], int) and bar[name] >= 0 for name in ("count", "of"))
    return whole and at is not None and at >= 0


def drex_log_truth(data: Data) -> Truth:
    bars = [tuple(known(bar[name]) for name in ("count", "of", "at")) for bar in data["bars"] if printed(bar)]
    done = {name: known(value) for name, value in data["done"].items()}
    early, late = done.pop("early"), done.pop("late")
    whole = [*(each for bar in bars for each in bar), *done.values()]
    if any(each is None or each < 0 for each in whole) or not (
        done["time"] and done["tokens"] and done["rate"]
    ):
        return Truth(wrong="a number that is none")
    count = done["processed"]
    if count % 1 or done["tokens"] % 1:
        return Truth(wrong="a part of a request")
    ordered = bars == sorted(bars) and all(at <= done["time"] + 1 for _, _, at in bars)
    if not ordered or any(of != count or shown > count for shown, of, _ in bars):
        return Truth(wrong="bars that do not fit the end")
    if not 1 / SLACK < done["rate"] * done["time"] / done["tokens"] < SLACK:
        return Truth(wrong="a rate that does not fit")
    if (
        all(isinstance(data["done"][name], int) for name in ("early", "late"))
        and early > 0 <= late
        and (abs(early + late - done["tokens"]) > 8)
    ):
        return Truth(wrong="shares that do not fit")
    return Truth(requests=int(count), completed=int(count), tokens=int(done["tokens"]), end=done["time"])


# -- llama.cpp --------------------------------------------------------------------------------------


def llama_server(random: Random) -> Data:
    """Timings that the server prints of each task when it ends; `at` is seconds since the server's start."""
    tasks = [
        {
            **{"id": index, "at": round(each.finish + 5, 3)},
            **{"prompt_ms": round(each.ttft * 1000, 2), "prompt_tokens": each.prompt},
            **{"eval_ms": round(sum(each.gaps) * 1000, 2), "tokens": len(each.moments)},
        }
        for index, each in enumerate(load(random))
    ]
    return {"tasks": tasks}


def llama_server_files(data: Data) -> Files:
    lines = []
    for task in data["tasks"]:
        lines.append(f"{stamp(task['at'])}slot print_timing: id  0 | task {task['id']} | ")
        for name, time, count in (
            ("prompt eval", task["prompt_ms"], task["prompt_tokens"]),
            ("       eval", task["eval_ms"], task["tokens"]),
        ):
            shown = time if known(time) is None else f"{time:10.2f}"
            lines.append(f"{name} time = {shown} ms / {count!s:>5} tokens (    1.00 ms per token)")
    return {"log": "\n".join(lines) + "\n"}


def stamp(at: Any) -> str:
    """Minutes, seconds, thousandths and millionths; nothing for a time that is none."""
    micros = -1 if known(at) is None else round(at * 1e6)
    if micros < 0:
        return ""
    seconds, rest = divmod(micros, 10**6)
    return f"{seconds // 60}.{seconds % 60:02d}.{rest // 1000:03d}.{rest % 1000:03d} I "


def timed(task: Data, time: str, count: str) -> tuple[float, int] | None:
    """A timing of a task, where it is one that a server prints; another is no line of the log's."""
    length, tokens = known(task[time]), task[count]
    # A time is printed with two decimals, and a sign where it has one.
    if length is None or f"{length:.2f}".startswith("-") or not isinstance(tokens, int) or tokens < 0:
        return None
    return round(length, 2) / 1000, tokens


def llama_server_truth(data: Data) -> Truth:
    """Work on a prompt, then on its tokens, up to when the timings were printed; tokens are even."""
    tasks: dict[int, Data] = {}
    for task in data["tasks"]:
        # The timings of one task that are printed again are those of the same task.
        last = tasks.setdefault(task["id"], {})
        found = {
            "prompt": timed(task, "prompt_ms", "prompt_tokens"),
            "eval": timed(task, "eval_ms", "tokens"),
            "at": task["at"] if stamp(task["at"]) else None,
        }
        last |= {name: value for name, value in found.items() if value is not None}
    whole = [task for task in tasks.values() if "prompt" in task and "eval" in task]
    if len(whole) < len(tasks):
        return Truth(wrong="a task without its timings")
    if any("at" not in task for task in whole):
        return Truth(wrong="timings printed at no time")
    ends = [round(task["at"], 6) for task in whole]
    starts = [end - task["prompt"][0] - task["eval"][0] for end, task in zip(ends, whole, strict=True)]
    if min(starts) < 0:
        return Truth(wrong="work before the server's start")
    rows = []
    for start, end, task in zip(starts, ends, whole, strict=True):
        at, first, finish = (each - min(starts) for each in (start, start + task["prompt"][0], end))
        count = task["eval"][1]
        step = (finish - first) / max(count - 1, 1)
        rows.append(Row(at, first, finish, [first + step * n for n in range(count)], count))
    return judged(rows)


def llama_bench(random: Random) -> Data:
    """A test of prompts, then one of tokens: the last that generates is read."""
    tests = []
    for prompt, tokens in ((random.randint(100, 900), 0), (0, random.randint(16, 256))):
        samples = [random.randint(800, 1200) * 10**6 for _ in range(random.randint(2, 5))]
        rates = [(prompt + tokens) * 1e9 / each for each in samples]
        tests.append(
            {
                **{
                    "build_commit": "b1",
                    "model_filename": "m.gguf",
                    "model_type": "m 7B",
                    "n_prompt": prompt,
                },
                **{"n_gen": tokens, "avg_ns": sum(samples) // len(samples)},
                **{"avg_ts": sum(rates) / len(rates), "samples_ns": samples},
            }
        )
    return {"tests": tests}


def llama_bench_truth(data: Data) -> Truth:
    """Repetitions stand one behind the other; the mean of their rates is not the rate of them all."""
    counts = [max(0, round(known(test["n_gen"]) or 0)) for test in data["tests"]]
    test, count = next(
        (pair for pair in zip(data["tests"][::-1], counts[::-1], strict=True) if pair[1]),
        (data["tests"][-1], 0),
    )
    # Without the repetitions (as in CSV) there is one, as long as their mean.
    lengths = [known(each) for each in test["samples_ns"] or [test["avg_ns"]]]
    if any(length is None or length <= 0 for length in lengths):
        return Truth(wrong="a repetition of no length")
    ends = list(itertools.accumulate(length / 1e9 for length in lengths))
    pairs = zip([0.0, *ends], ends, strict=False)
    found = judged([Row(start, None, end, None, count or None) for start, end in pairs])
    found.tokens = count * len(ends) or None
    return found


# -- mapping files ----------------------------------------------------------------------------------

MAP = """\
map: 1
log: results.json
requests: data.requests
id: request_id
start: sent_ms ms
ttft: first_token_latency
itls: token_gaps ms
output_tokens: usage.completion_tokens
error: error
"""


def mapping(random: Random) -> Data:
    requests = [
        {
            **{"request_id": f"r{index}", "sent_ms": 5000 + round(each.arrival * 1000)},
            "first_token_latency": None if each.failed else each.ttft,
            "token_gaps": [] if each.failed else [round(gap * 1000) for gap in each.gaps],
            "usage": {"completion_tokens": 0 if each.failed else len(each.moments)},
            "error": "reset" if each.failed else "",
        }
        for index, each in enumerate(load(random))
    ]
    return {"requests": requests}


def mapping_truth(data: Data) -> Truth:
    rows, wrong = [], None
    starts = [known(each["sent_ms"]) for each in data["requests"]]
    names = [each["request_id"] for each in data["requests"]]
    if len(set(names)) < len(names):
        return Truth(wrong="one request twice")
    # On the log's own clock 0 is a time.
    zero = min((at for at in starts if at is not None and at >= 0), default=0.0)
    for each, start in zip(data["requests"], starts, strict=True):
        failed = bool(each["error"])
        if start is None or start < 0:
            if not failed:
                return Truth(wrong="a start that is none")
            start = zero
        at = (start - zero) / 1000
        ttft, gaps = known(each["first_token_latency"]), [known(gap) for gap in each["token_gaps"]]
        # Without a length (or with one below 1, which is none) there are as many tokens as moments.
        count = round(known(each["usage"]["completion_tokens"]) or 0)
        count = count if count > 0 else len(gaps) + 1
        if failed and ttft is None:
            rows.append(Row(at, None, None, None, 0, failed=True))
            continue
        if not ttft or ttft < 0 or not count or count < 1 or any(gap is None or gap < 0 for gap in gaps):
            return Truth(wrong="a placeholder for a time or a length")
        moments = [at + ttft + sum(gaps[:n]) / 1000 for n in range(len(gaps) + 1)]
        # Several tokens in a chunk are interpolated, which has to be said.
        wrong = wrong or (None if count == len(moments) else "tokens that share a chunk")
        rows.append(Row(at, moments[0], moments[-1], moments, int(count), failed))
    return judged(rows, wrong)


# -- plain events -----------------------------------------------------------------------------------


def events(random: Random) -> Data:
    table = []
    for index, each in enumerate(load(random)):
        moments = [("arrive", each.arrival), *(("token", at) for at in each.moments)]
        moments.append(("error" if each.failed else "finish", each.finish))
        table += [{"time": at, "request": f"r{index}", "event": event} for event, at in moments]
    return {"table": table}


def events_truth(data: Data) -> Truth:
    if any(known(row["time"]) is None for row in data["table"]):
        return Truth(wrong="an event at no time")
    arrivals = [known(row["time"]) for row in data["table"] if row["event"] == "arrive"]
    rows = []
    for name in dict.fromkeys(row["request"] for row in data["table"]):
        of: dict[str, list[float]] = {"arrive": [], "token": [], "finish": [], "error": []}
        for row in data["table"]:
            if row["request"] == name:
                of[row["event"]].append(known(row["time"]) - min(arrivals, default=0.0))
        ends = of["finish"] + of["error"]
        if len(of["arrive"]) != 1 or len(ends) > 1:
            return Truth(wrong="a request that arrives never or twice, or ends twice")
        tokens = sorted(of["token"])
        first, finish = next(iter(tokens), None), next(iter(ends), None)
        rows.append(Row(of["arrive"][0], first, finish, tokens, len(tokens), failed=bool(of["error"])))
    return judged(rows)


def progress(random: Random) -> Data:
    """Counts so far, a line each time a request ends."""
    requests = sorted(load(random), key=lambda each: each.finish)
    table, tokens = [{"time": 0.0, "completed": 0, "tokens": 0}], 0
    for count, each in enumerate(requests, start=1):
        tokens += len(each.moments)
        table.append({"time": each.finish, "completed": count, "tokens": tokens})
    return {"table": table}


def progress_truth(data: Data) -> Truth:
    lines = [[known(row[name]) for name in ("time", "completed", "tokens")] for row in data["table"]]
    if any(value is None or value < 0 for line in lines for value in line):
        return Truth(wrong="a count or a time that is none")
    if any(b < a for pair in itertools.pairwise(lines) for a, b in zip(*pair, strict=True)):
        return Truth(wrong="counts that fall")
    (begin, *_), (end, done, tokens) = lines[0], lines[-1]
    if end == begin:
        return Truth(wrong="no length")
    # A part of a request, or of a token, is none yet.
    return Truth(requests=int(done), completed=int(done), tokens=int(tokens), end=end - begin)


def one_line(data: Data) -> Files:
    return {"log": json.dumps(data) + "\n"}


def array(data: Data) -> Files:
    return {"log": json.dumps(data["events"])}


def table(*header: str) -> Callable[[Data], Files]:
    return lambda data: {"log": csv_of(data["table"], header)}


SARATHI = (
    *("Request Id", "request_e2e_time", "request_scheduling_delay", "prefill_e2e_time"),
    *("request_inter_arrival_delay", "request_num_prefill_tokens", "request_num_decode_tokens"),
    "request_num_ignored",
)
DREX = (
    *("seq_id", "output", "time", "throughput", "num_output_tokens", "num_ee_tokens", "num_no_ee_tokens"),
    *("request_duration", "request_duration_avg"),
)

FORMATS = {
    "vllm": Format("vllm_bench", vllm, one_line, bench_truth, LISTS),
    "sglang": Format("sglang_bench", sglang, one_line, bench_truth, LISTS),
    "aiperf": Format(
        "aiperf", aiperf, lambda data: {"log": "\n".join(map(json.dumps, data["records"]))}, aiperf_truth,
        ("records",),
    ),
    "genai-perf": Format("genai_perf", genai_perf, genai_perf_files, genai_perf_truth, ("requests",)),
    "guidellm": Format("guidellm", guidellm, guidellm_files, guidellm_truth, ("successful",)),
    "passes": Format("chrome_trace", passes, array, passes_truth, ("events",)),
    "spans": Format("chrome_trace", spans, array, spans_truth, ("events",)),
    "stretches": Format("chrome_trace", stretches, array, stretches_truth, ("events",)),
    "sarathi": Format("sarathi", sarathi, table(*SARATHI), sarathi_truth, ("table",)),
    "series": Format(
        "sarathi_series", series, table("Time (sec)", "request_completion"), series_truth, ("table",)
    ),
    "drex-csv": Format("drex_csv", drex_csv, table(*DREX), drex_csv_truth, ("table",)),
    "drex-log": Format("drex_log", drex_log, drex_log_files, drex_log_truth, ("bars",)),
    "llama-server": Format(
        "llama_server", llama_server, llama_server_files, llama_server_truth, ("tasks",)
    ),
    "llama-bench": Format(
        "llama_bench", llama_bench, lambda data: {"log": json.dumps(data["tests"])}, llama_bench_truth,
        ("tests",),
    ),
    "mapping": Format(
        "mapping", mapping, lambda data: {"log.map.yaml": MAP, "results.json": json.dumps({"data": data})},
        mapping_truth, ("requests",),
    ),
    "progress": Format(
        "progress", progress, table("time", "completed", "tokens"), progress_truth, ("table",)
    ),
    "events": Format("events", events, table("time", "request", "event"), events_truth, ("table",)),
}  # fmt: skip
