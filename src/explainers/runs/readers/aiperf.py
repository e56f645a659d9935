"""AIPerf's `profile_export.jsonl`: a record a request, `metadata` in epoch nanoseconds, `metrics` with units.

A streamed record's chunks come at request_start + time_to_first_token + running sum of
`inter_chunk_latency`. Warm-up records are left out.
"""

from __future__ import annotations

from math import nan
from typing import Any

import numpy as np

from explainers.runs.assemble import Seen, assembled, even_tokens, first_ns, spread_tokens, totals_of
from explainers.runs.model import (
    CANCELLED,
    CUT_SHORT,
    NEVER_FINISHED,
    TOKENS_INTERPOLATED,
    Provenance,
    Run,
    Totals,
)
from explainers.runs.readers._source import Refused, Source, number

NAME = "AIPerf profile export JSONL"

END_SLACK_S = 0.005
"""Sums of rounded gaps may run so much ahead of the stated end."""
SECONDS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "sec": 1.0}


def read(source: Source) -> Run:
    """Raises Refused where the lines are no AIPerf records."""
    records = [each for each in source.objects if _is_record(each)]
    if not records:
        raise Refused("no JSON line with metadata.request_start_ns and metrics")
    kept = [each for each in records if each["metadata"].get("benchmark_phase", "profiling") != "warmup"]
    # Whole nanoseconds lose digits as floats: counted from the first start while they are integers.
    starts_ns = [int(each["metadata"]["request_start_ns"] or 0) for each in kept or records]
    zero_ns = first_ns(starts_ns)
    rows: list[Seen] = []
    interpolated = missed = 0
    for record in kept:
        row, even = _seen(record, zero_ns, len(rows))
        rows.append(row)
        interpolated += even
        end_ns = record["metadata"].get("request_end_ns") or 0
        missed += row.error is None and 0 < end_ns < row.finish_s * 1e9 + zero_ns - END_SLACK_S * 1e9
    requests, tokens = assembled(rows, zero_s=0.0)
    caveats = []
    if interpolated:
        caveats.append(f"{TOKENS_INTERPOLATED} in {interpolated} of {len(rows)} requests")
    if all(row.error for row in rows) and any(row.error == NEVER_FINISHED for row in rows):
        caveats.append("no request has an end in the log")
    if missed:
        caveats.append(f"{missed} of {len(rows)} requests end before their last chunk: the chunks count")
    if len(kept) < len(records):
        caveats.append(f"{len(records) - len(kept)} warm-up requests left out")
    if source.objects_cut:
        caveats.append(CUT_SHORT)
    provenance = Provenance(system="AIPerf client", source=source.path.name, sha256=source.sha256)
    return Run(provenance, totals_of(requests, Totals()), tuple(caveats), requests=requests, tokens=tokens)


def _is_record(value: dict[str, Any]) -> bool:
    metadata = value.get("metadata")
    return isinstance(metadata, dict) and "request_start_ns" in metadata and "metrics" in value


def _seen(record: dict[str, Any], zero_ns: int, index: int) -> tuple[Seen, bool]:
    """One request, and whether its token times had to be interpolated."""
    metadata, metrics = record["metadata"], record["metrics"] or {}
    start_ns = int(metadata["request_start_ns"] or 0)
    start_s = (start_ns - zero_ns) / 1e9 if start_ns > 0 else nan
    row = Seen(str(metadata.get("x_request_id") or metadata.get("conversation_id") or index), start_s)
    prompt = _value(metrics, "input_sequence_length", "usage_prompt_tokens")
    output = _value(metrics, "output_sequence_length", "output_token_count", "usage_completion_tokens")
    row.prompt_tokens = -1 if prompt is None else round(prompt)
    # A length that has its place in the record and no number is a placeholder, as 0 is.
    row.output_tokens = (
        max(round(output), 0) if output is not None else 0 if "output_sequence_length" in metrics else -1
    )
    if end_ns := metadata.get("request_end_ns"):
        row.finish_s = (int(end_ns) - zero_ns) / 1e9
    row.error = _error(record) or (None if end_ns else NEVER_FINISHED)
    first = _duration_s(metrics, "time_to_first_token")
    if first is None or row.error:
        return row, False
    row.first_token_s = start_s + float(first[0])
    gaps = _duration_s(metrics, "inter_chunk_latency")
    if row.output_tokens < 1 or not first[0] > 0:
        return row, False
    if gaps is None or (gaps.size and not (gaps.min() >= 0 and gaps.max() > 0)):
        if even := row.output_tokens > 1 and row.finish_s > row.first_token_s:
            row.token_s = even_tokens(row.first_token_s, row.finish_s, row.output_tokens)
        return row, even
    chunk_s = row.first_token_s + np.concatenate(([0.0], np.cumsum(gaps)))
    row.finish_s = float(chunk_s[-1])
    row.token_s = chunk_s if chunk_s.size == row.output_tokens else spread_tokens(chunk_s, row.output_tokens)
    return row, chunk_s.size != row.output_tokens


def _error(record: dict[str, Any]) -> str | None:
    error = record.get("error")
    if isinstance(error, dict):
        words = (str(error.get(name)) for name in ("code", "type", "message") if error.get(name))
        return " ".join(words) or "error"
    if error:
        return str(error)
    return CANCELLED if record["metadata"].get("was_cancelled") else None


def _value(metrics: dict[str, Any], *names: str) -> float | None:
    for name in names:
        if name in metrics and (found := number(metrics[name]["value"])) is not None:
            return found
    return None


def _duration_s(metrics: dict[str, Any], name: str) -> np.ndarray | None:
    """A metric in seconds, as an array; None where it is not there. Raises ValueError on a new unit."""
    if name not in metrics:
        return None
    unit = str(metrics[name].get("unit", "ms"))
    if unit not in SECONDS:
        raise ValueError(f"{name} is in {unit!r}, not one of {', '.join(SECONDS)}")
    return np.atleast_1d(np.asarray(metrics[name]["value"], dtype=np.float64)) * SECONDS[unit]
