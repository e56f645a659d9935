"""Results of vLLM's and SGLang's serving benchmarks: an object a run, lists with an entry a request.

vLLM (`vllm bench serve --save-result`, `benchmark_serving.py`) writes an object a run, appended one a line
with `--append-result`. With `--save-detailed` it holds lists with an entry a request (`start_times`,
`ttfts`, `itls`, all seconds); the layouts before that held them always, without `start_times`. A request's
chunks come at start + ttft + running sum of itls.

SGLang's `bench_serving` writes a run a line, with lists (`input_lens`, `output_lens`, `ttfts`, `itls`,
`generated_texts`, `errors`) under `--output-details`. The totals are as seen in files; the lists, which
hold no start times, are read as SGLang's documentation and source give them, as no public file with them
was found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import isfinite, nan
from typing import Any

import numpy as np

from explainers.runs.model import (
    CUT_SHORT,
    DATASET_SETTINGS,
    NO_START_TIMES,
    TOKENS_INTERPOLATED,
    TOTALS_ONLY,
    Provenance,
    Run,
    Totals,
)
from explainers.runs.reading import (
    LoggedRequest,
    Refused,
    Source,
    assembled,
    clock_times,
    number,
    placed_starts,
    reader,
    spread_tokens,
    totals_of,
    whole,
)

Result = dict[str, Any]
STATISTICS = ("mean", "p50", "p90", "p95", "p99", "max")
"""What is stated of each wait in a result, if anything."""

PLACED = (0.6, 1.02)
"""Requests placed by assumed starts must end within these shares of the stated duration."""


def bench_run(result: Result, provenance: Provenance, caveats: tuple[str, ...]) -> Run:
    """A run of one result: per request where it has `ttfts` and `output_lens`, else totals only."""
    completed, planned = whole(result.get("completed")), whole(result.get("num_prompts"))
    failed = whole(result.get("failed"))
    if failed is None and planned is not None and completed is not None:
        # The client waits for every request: what it did not complete has failed.
        failed = max(0, planned - completed)
    # Both clients count the prompts of completed requests only.
    prompts = whole(result.get("total_input_tokens", result.get("total_input"))) or None
    totals = Totals(
        total_time_s=number(result.get("duration")),
        requests=planned if planned is not None or completed is None else completed + (failed or 0),
        output_tokens=whole(result.get("total_output_tokens", result.get("total_output"))),
        throughput_tok_s=number(result.get("output_throughput")),
        completed=completed,
        failed=failed,
        prompt_tokens=prompts if not failed and completed is not None else None,
    )
    if not result.get("ttfts") or not result.get("output_lens"):
        return Run(provenance, totals, (*caveats, TOTALS_ONLY), stated=_stated(result))
    if result.get("num_prompts") is None:
        # Counted from `completed` alone, the total would miss the failed requests of the lists.
        totals = replace(totals, requests=len(result["ttfts"]))
    rows, notes = _rows(result, completed)
    requests, tokens = assembled(rows, span_s=totals.total_time_s)
    return Run(provenance, totals_of(requests, totals), (*caveats, *notes), requests=requests, tokens=tokens)


def _stated(result: Result) -> dict[str, float]:
    """Seconds of the waits that a result without lists sums up, by metric: in both tools milliseconds, whose
    median is the 50th percentile."""
    found = {}
    waits = {"ttft": ("ttft",), "tpot": ("tpot",), "itl": ("itl",), "e2e": ("e2el", "e2e_latency")}
    for wait, names in waits.items():
        for statistic in STATISTICS:
            for name in names:
                value = number(result.get(f"{'median' if statistic == 'p50' else statistic}_{name}_ms"))
                if value is not None and value > 0:
                    found[f"{wait}.{statistic}"] = value / 1e3
    return found


def settings_of(result: Result, *names: str) -> dict[str, str]:
    """The settings of these names, and those that say what the requests were, as text."""
    kept = (*names, *DATASET_SETTINGS)
    return {name: str(result[name]) for name in kept if result.get(name) not in (None, "")}


def _rows(result: Result, completed: int | None) -> tuple[list[LoggedRequest], list[str]]:
    ttfts = [_time(ttft) for ttft in result["ttfts"]]
    count = len(ttfts)
    names = ("input_lens", "output_lens", "itls", "errors", "generated_texts")
    columns = {name: _column(result, name, count) for name in names}
    lengths = [_length(length) for length in columns["output_lens"]]
    chunks = [_chunks(ttft, gaps) for ttft, gaps in zip(ttfts, columns["itls"], strict=True)]
    errors = _errors(columns["errors"], lengths, ttfts, completed)
    starts, note = _starts(result, [chunk[-1] for chunk in chunks], errors)
    rows, uneven = [], 0
    for index, (start, length, chunk) in enumerate(zip(starts, lengths, chunks, strict=True)):
        row = LoggedRequest(
            str(index), start, prompt_tokens=_length(columns["input_lens"][index]), output_tokens=length
        )
        row.error, row.text = errors[index], columns["generated_texts"][index] or None
        if row.error is None:
            chunk_s = start + chunk
            row.first_token_s, row.finish_s = float(chunk_s[0]), float(chunk_s[-1])
            # An answer in one chunk has a finish, and no token times.
            if result.get("itls") and length > 0 and (chunk_s.size > 1 or length == 1):
                row.token_s = chunk_s if chunk_s.size == length else spread_tokens(chunk_s, length)
                uneven += chunk_s.size != length and bool(np.isfinite(chunk_s).all())
            elif not result.get("itls") or ttfts[index] <= 0:
                row.finish_s = nan
        rows.append(row)
    notes = [note] if note else []
    if not result.get("itls"):
        notes.append("no token times: only arrivals and first tokens")
    elif uneven:
        notes.append(f"{TOKENS_INTERPOLATED} in {uneven} of {count} requests: several tokens in a chunk")
    return rows, notes


def _column(result: Result, name: str, count: int) -> list[Any]:
    column = result.get(name) or [None] * count
    if len(column) != count:
        raise ValueError(f"{count} ttfts for {len(column)} {name}")
    return list(column)


def _time(value: Any) -> float:
    found = number(value)
    return nan if found is None else found


def _length(value: Any) -> int:
    found = whole(value)
    return -1 if found is None else found


def _chunks(ttft: float, gaps: Any) -> np.ndarray:
    """When each chunk came after the start, the first one first; the last is NaN where gaps are no times."""
    steps = np.array([_time(gap) for gap in gaps or ()])
    if steps.size and not (steps.min() >= 0 and steps.max() > 0 and ttft > 0):
        return np.array([ttft, nan])
    return ttft + np.concatenate(([0.0], np.cumsum(steps)))


def _errors(
    said: list[Any], lengths: list[int], ttfts: list[float], completed: int | None
) -> list[str | None]:
    """What went wrong with each request. One without text of its own failed only where the totals miss it.

    A server that streams its reasoning elsewhere completes requests that have no first token and no length.
    """
    errors = [str(each or "").strip().splitlines()[-1:] for each in said]
    found = [error[0] if error else None for error in errors]
    lost = len(said) - completed if completed is not None else 0
    missing = lost - sum(error is not None for error in found)
    silent = [row for row, error in enumerate(found) if error is None and lengths[row] <= 0]
    for rows in ([row for row in silent if not ttfts[row] > 0], silent):
        if missing > 0 and len(rows) == missing:
            return ["no output" if row in set(rows) else error for row, error in enumerate(found)]
    return found


def _starts(
    result: Result, latencies: list[float], errors: list[str | None]
) -> tuple[list[float], str | None]:
    """When each request was sent (NaN where that can't be told), and what had to be assumed for it."""
    count, duration = len(latencies), number(result.get("duration"))
    stated = result.get("start_times")
    if stated:
        if len(stated) != count:
            raise ValueError(f"{count} ttfts for {len(stated)} start_times")
        starts = clock_times([_time(start) for start in stated], duration)
        if count == 1 or (starts > 0).any():
            return starts.tolist(), None
    waits = [nan if error is not None else wait for wait, error in zip(latencies, errors, strict=True)]
    known = [isfinite(wait) and wait > 0 for wait in waits]
    rate, limit = number(result.get("request_rate")), whole(result.get("max_concurrency"))
    limited = limit is not None and 0 < limit < count
    all_known = all(there or error is not None for there, error in zip(known, errors, strict=True))
    if not any(known) or (limited and not all_known):
        # Under a limit a request is sent when others are done; else no other's wait matters.
        return [nan] * count, "no start times, and not all waits measured: requests not placed in time"
    every_s = 1 / rate if rate and rate > 0 else 0.0
    starts = placed_starts(waits, limit if limited and limit else count, every_s)
    last = max(
        (start + wait for start, wait in zip(starts, waits, strict=True) if isfinite(wait)), default=nan
    )
    if duration and not PLACED[0] * duration <= last <= PLACED[1] * duration:
        said = f"placed requests would end at {last:.1f} s, and the run at {duration:.1f} s"
        return [nan] * count, f"no start times: {said}, so none is placed"
    note = NO_START_TIMES
    if every_s:
        note = f"no start times: arrivals assumed even at {rate:g} requests/s"
        note += f", at most {limit} at once" if limited else ""
    elif limited:
        note = f"no start times: placed in order by the limit of {limit} at once"
    return starts.tolist(), note


def _chosen(source: Source, results: list[Result], provenance: Callable[[Result, Source], Provenance]) -> Run:
    """The run of the result that the source names, or of the last one."""
    result, caveats = source.chosen(results)
    if source.objects_cut:
        caveats = (*caveats, CUT_SHORT)
    return bench_run(result, provenance(result, source), caveats)


@reader("vLLM benchmark JSON")
def vllm_bench(source: Source) -> Run:
    """Raises Refused where no object has a duration, completed requests and a vLLM result's keys."""
    needed, totals = {"duration", "completed", "model_id"}, {"total_output_tokens", "total_output"}
    results = [each for each in source.objects if needed <= set(each) and totals & set(each)]
    if not results:
        raise Refused("no JSON object with model_id, duration, completed and total_output_tokens")
    return _chosen(source, results, _vllm)


def _vllm(result: Result, source: Source) -> Provenance:
    server = result.get("server_config")
    server = server if isinstance(server, dict) else {}
    version = server.get("vllm_version")
    names = ("request_rate", "burstiness", "max_concurrency", "num_prompts", "backend", "date")
    return source.provenance(
        f"vLLM {version}" if version else "vLLM benchmark client",
        model=str(server.get("model_root") or result["model_id"]),
        hardware=str(server.get("gpu_type") or ""),
        dataset=str(result.get("dataset_name") or ""),
        settings=settings_of(result, *names),
    )


@reader("SGLang bench JSONL")
def sglang_bench(source: Source) -> Run:
    """Raises Refused where no line is a SGLang result."""
    needed = {"duration", "completed", "total_output_tokens"}
    marks = {"total_output_tokens_retokenized", "mean_e2e_latency_ms", "accept_length"}
    results = [each for each in source.objects if needed <= set(each) and len(marks & set(each)) >= 2]
    if not results:
        raise Refused("no JSON line with duration, completed and total_output_tokens_retokenized")
    return _chosen(source, results, _sglang)


def _sglang(result: Result, source: Source) -> Provenance:
    info = result.get("server_info")
    info = info if isinstance(info, dict) else {}
    states = info.get("internal_states")
    state = states[0] if isinstance(states, list) and states and isinstance(states[0], dict) else {}
    version = info.get("version") or state.get("version")
    return source.provenance(
        f"SGLang {version}" if version else "SGLang",
        label=str(result.get("tag") or ""),
        model=str(info.get("model_path") or state.get("model_path") or ""),
        dataset=str(result.get("dataset_name") or ""),
        settings=settings_of(result, "request_rate", "max_concurrency"),
    )
