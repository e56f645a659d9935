"""What NVIDIA's load generators export: AIPerf's and GenAI-Perf's requests, and summaries without any.

AIPerf's `profile_export.jsonl` has a record a request, `metadata` in epoch nanoseconds, `metrics` with
units. A streamed record's chunks come at request_start + time_to_first_token + running sum of
`inter_chunk_latency`. Warm-up records are left out.

GenAI-Perf's `profile_export.json`, written by Perf Analyzer, has requests with response timestamps in ns.
It is read as its documentation and its own tests give it; no public export was found to try. It holds
texts, not token counts: a streamed response that carries text counts as one token, and the run says so.

Summaries (also inference-perf's) hold no moment of any request: they are known, and refused with that
reason.
"""

from __future__ import annotations

import json
from math import nan
from typing import Any, NoReturn

import numpy as np

from explainers.errors import Diagnostic, InvalidInput
from explainers.runs.model import (
    CANCELLED,
    CUT_SHORT,
    NEVER_FINISHED,
    TOKENS_INTERPOLATED,
    Run,
    Totals,
)
from explainers.runs.reading import (
    LoggedRequest,
    Refused,
    Source,
    assembled,
    even_tokens,
    first_ns,
    number,
    reader,
    spread_tokens,
    totals_of,
)

END_SLACK_S = 0.005
"""Sums of rounded gaps may run so much ahead of the stated end."""
SECONDS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "sec": 1.0}


@reader("AIPerf profile export JSONL")
def aiperf(source: Source) -> Run:
    """Raises Refused where the lines are no AIPerf records."""
    records = [each for each in source.objects if _is_record(each)]
    if not records:
        raise Refused("no JSON line with metadata.request_start_ns and metrics")
    kept = [each for each in records if each["metadata"].get("benchmark_phase", "profiling") != "warmup"]
    # Whole nanoseconds lose digits as floats: counted from the first start while they are integers.
    starts_ns = [int(each["metadata"]["request_start_ns"] or 0) for each in kept or records]
    zero_ns = first_ns(starts_ns)
    rows: list[LoggedRequest] = []
    interpolated = missed = 0
    for record in kept:
        row, even = _aiperf_request(record, zero_ns, len(rows))
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
    provenance = source.provenance("AIPerf client")
    return Run(provenance, totals_of(requests, Totals()), tuple(caveats), requests=requests, tokens=tokens)


def _is_record(value: dict[str, Any]) -> bool:
    metadata = value.get("metadata")
    return isinstance(metadata, dict) and "request_start_ns" in metadata and "metrics" in value


def _aiperf_request(record: dict[str, Any], zero_ns: int, index: int) -> tuple[LoggedRequest, bool]:
    """One request, and whether its token times had to be interpolated."""
    metadata, metrics = record["metadata"], record["metrics"] or {}
    start_ns = int(metadata["request_start_ns"] or 0)
    start_s = (start_ns - zero_ns) / 1e9 if start_ns > 0 else nan
    row = LoggedRequest(
        str(metadata.get("x_request_id") or metadata.get("conversation_id") or index), start_s
    )
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


DAY_S = 86_400.0
ONE_A_RESPONSE = "one token a streamed response assumed; prompt lengths not in the log"


@reader("GenAI-Perf profile export")
def genai_perf(source: Source) -> Run:
    """Raises Refused where the file holds no `experiments` with `requests`."""
    value = source.json
    experiments = value.get("experiments") if isinstance(value, dict) else None
    if not isinstance(experiments, list) or not experiments or "requests" not in experiments[0]:
        raise Refused("no JSON object with experiments that hold requests")
    experiment, caveats = source.chosen(experiments)
    zero_ns = first_ns(int(each["timestamp"]) for each in experiment["requests"])
    if not zero_ns:
        raise ValueError("no request has a timestamp")
    rows = [_genai_request(each, index, zero_ns) for index, each in enumerate(experiment["requests"])]
    requests, tokens = assembled(rows, zero_s=0.0)
    load = experiment.get("experiment") or {}
    provenance = source.provenance(
        f"GenAI-Perf client ({value.get('service_kind') or 'unknown service'})",
        settings={str(load["mode"]): str(load.get("value"))} if load.get("mode") else {},
    )
    notes = (*caveats, ONE_A_RESPONSE)
    return Run(provenance, totals_of(requests, Totals()), notes, requests=requests, tokens=tokens)


def _genai_request(request: dict[str, Any], index: int, zero_ns: int) -> LoggedRequest:
    arrival_s = (int(request["timestamp"]) - zero_ns) / 1e9
    moments = [(int(each) - zero_ns) / 1e9 for each in request.get("response_timestamps", ())]
    outputs = request.get("response_outputs") or [None] * len(moments)
    if any(at - arrival_s > DAY_S for at in moments):
        raise ValueError(
            f"request {index} has a response {max(moments) - arrival_s:,.0f} s after it was sent"
        )
    if len(outputs) != len(moments):
        raise ValueError(f"request {index} has {len(moments)} response_timestamps and {len(outputs)} outputs")
    pairs = [(at, _text(each)) for at, each in zip(moments, outputs, strict=True)]
    # Without outputs every response counts; with them, only those that carry text.
    token_s = [at for at, text in pairs if text is None or text]
    pieces = [text or "" for _, text in pairs if text is None or text]
    row = LoggedRequest(str(index), arrival_s, output_tokens=len(token_s), token_s=token_s)
    if not moments:
        row.error = "no response"
        return row
    row.finish_s = moments[-1]
    if token_s:
        row.first_token_s = token_s[0]
        row.text = "".join(pieces) or None
    return row


def _text(output: Any) -> str | None:
    """Text of one response: Triton's `text_output`, or the deltas of OpenAI server-sent events."""
    if not isinstance(output, dict):
        return None
    if "text_output" in output:
        return str(output["text_output"])
    if "response" not in output:
        return None
    return "".join(_delta(line) for line in str(output["response"]).splitlines())


def _delta(line: str) -> str:
    body = line.strip().removeprefix("data:").strip()
    try:
        choice = json.loads(body)["choices"][0]
        return str(
            (choice.get("delta") or choice.get("message") or choice).get("content")
            or choice.get("text")
            or ""
        )
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return ""


@reader("summaries without times (inference-perf, GenAI-Perf, AIPerf)")
def distributions(source: Source) -> NoReturn:
    """Raises InvalidInput for a known summary, Refused for anything else; never gives a run."""
    value = source.json
    if not isinstance(value, dict):
        raise Refused("not one JSON object")
    if "load_summary" in value and {"successes", "failures"} & set(value):
        _refuse(source, "inference-perf life cycle metrics", "its per-request report")
    blocks = [each for each in value.values() if _is_distribution(each)]
    if len(blocks) >= 2 and {"request_latency", "request_throughput", "time_to_first_token"} & set(value):
        _refuse(source, "a GenAI-Perf or AIPerf summary", "profile_export.json or profile_export.jsonl")
    raise Refused("no load_summary, and no blocks of avg and p50")


def _is_distribution(block: Any) -> bool:
    return isinstance(block, dict) and "unit" in block and "avg" in block


def _refuse(source: Source, what: str, instead: str) -> NoReturn:
    message = (
        f"{source.path.name} is {what}: distributions only, with no time of any request, "
        f"so there is nothing to replay; use {instead}"
    )
    raise InvalidInput([Diagnostic("distributions-only", message)])
