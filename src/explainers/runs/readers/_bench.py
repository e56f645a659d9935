"""What vLLM's and SGLang's benchmark results share: one object a run, lists with an entry a request."""

from __future__ import annotations

from math import nan
from typing import Any

import numpy as np

from explainers.runs.assemble import Seen, assembled, placed_starts, spread_tokens, totals_of
from explainers.runs.model import NO_START_TIMES, TOKENS_INTERPOLATED, TOTALS_ONLY, Provenance, Run, Totals
from explainers.runs.parts import DATASET_SETTINGS
from explainers.runs.readers._source import number, whole

Result = dict[str, Any]


def bench_run(result: Result, provenance: Provenance, caveats: tuple[str, ...]) -> Run:
    """A run of one result: per request where it has `ttfts` and `output_lens`, else totals only."""
    totals = Totals(
        total_time_s=number(result.get("duration")),
        requests=_request_count(result),
        output_tokens=whole(result.get("total_output_tokens", result.get("total_output"))),
        throughput_tok_s=number(result.get("output_throughput")),
        prompt_tokens=_prompt_tokens(result),
    )
    if not result.get("ttfts") or not result.get("output_lens"):
        return Run(provenance, totals, (*caveats, TOTALS_ONLY))
    rows, notes = _rows(result)
    requests, tokens = assembled(rows)
    return Run(provenance, totals_of(requests, totals), (*caveats, *notes), requests=requests, tokens=tokens)


def _request_count(result: Result) -> int | None:
    asked = whole(result.get("num_prompts"))
    done, failed = whole(result.get("completed")), whole(result.get("failed"))
    if asked is not None or done is None:
        return asked
    return done + (failed or 0)


def _prompt_tokens(result: Result) -> int | None:
    """Of all requests; the clients count those of completed requests only."""
    total = whole(result.get("total_input_tokens", result.get("total_input")))
    return total if total and whole(result.get("completed")) == _request_count(result) else None


def settings_of(result: Result, *names: str) -> dict[str, str]:
    """The settings of these names, and those that say what the requests were, as text."""
    kept = (*names, *DATASET_SETTINGS)
    return {name: str(result[name]) for name in kept if result.get(name) not in (None, "")}


def _rows(result: Result) -> tuple[list[Seen], list[str]]:
    ttfts, lengths = result["ttfts"], result["output_lens"]
    count = len(ttfts)
    columns = {
        name: _column(result, name, count) for name in ("input_lens", "itls", "errors", "generated_texts")
    }
    if len(lengths) != count:
        raise ValueError(f"{count} ttfts for {len(lengths)} output_lens")
    rows, notes, uneven = [], [], 0
    latencies = [ttft + sum(_gaps(gaps)) for ttft, gaps in zip(ttfts, columns["itls"], strict=True)]
    starts, start_note = _starts(result, latencies)
    if start_note:
        notes.append(start_note)
    for index in range(count):
        start, length = float(starts[index]), int(lengths[index])
        error = str(columns["errors"][index] or "").strip() or (None if length > 0 else "no output")
        gaps = _gaps(columns["itls"][index])
        row = Seen(
            str(index), start, prompt_tokens=int(columns["input_lens"][index] or 0), output_tokens=length
        )
        row.error = error.splitlines()[-1] if error else None
        row.text = columns["generated_texts"][index] or None
        if error is None:
            chunk_s = start + ttfts[index] + np.concatenate(([0.0], np.cumsum(gaps)))
            row.first_token_s, row.finish_s = float(chunk_s[0]), float(chunk_s[-1])
            if result.get("itls"):
                row.token_s = chunk_s if chunk_s.size == length else spread_tokens(chunk_s, length)
                uneven += chunk_s.size != length
            else:
                row.finish_s = nan
        rows.append(row)
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


def _gaps(gaps: Any) -> list[float]:
    return [float(gap) for gap in gaps] if gaps else []


def _starts(result: Result, latencies: list[float]) -> tuple[list[float], str | None]:
    """When each request was sent, and what had to be assumed for it."""
    starts = result.get("start_times")
    if starts:
        if len(starts) != len(latencies):
            raise ValueError(f"{len(latencies)} ttfts for {len(starts)} start_times")
        return [float(start) for start in starts], None
    rate = number(result.get("request_rate"))
    if rate:
        note = f"no start times: arrivals assumed even at {rate:g} requests/s"
        return [index / rate for index in range(len(latencies))], note
    limit = whole(result.get("max_concurrency"))
    if limit and limit < len(latencies):
        note = f"no start times: placed in order by the limit of {limit} at once"
        return list(placed_starts(latencies, limit)), note
    return [0.0] * len(latencies), NO_START_TIMES
