"""Chrome trace JSON (`chrome://tracing`, Perfetto) of a server: an array of events or `traceEvents`.

Three ways of writing requests are read: complete events that list `request_ids` (a pass of a batch, as
Sarathi-Serve writes them); async pairs `b` and `e` with an id (a request from arrival to finish, an `n`
with the same id being a token); and complete events with `request_id` in their args (a stretch of work on
that request). Times are microseconds; what arrives first is at 0.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any

import numpy as np

from explainers.runs.model import CUT_SHORT, NEVER_FINISHED, PASS_KINDS, Iterations, Run, Totals
from explainers.runs.reading import (
    LoggedRequest,
    Refused,
    Source,
    assembled,
    clock_times,
    number,
    reader,
    totals_of,
)

NO_ARRIVALS = "no arrivals in the trace: a request arrives with its first pass"
NO_CHUNKS = "no prompt lengths in the trace: a request's first pass is taken as its prefill"
NO_FIRST = "no first tokens in the trace"


@reader("Chrome trace JSON")
def chrome_trace(source: Source) -> Run:
    """Raises Refused where the file is no trace, or where no event names a request."""
    events, cut = trace_events(source)
    if not events:
        raise Refused("no array of events with ph, and no traceEvents")
    caveats = [CUT_SHORT] if cut else []
    iterations: Iterations | None = None
    passes = passes_of(events)
    if passes is not None:
        rows = _from_passes(passes)
        zero = float(passes.iterations.start_s[0])
        iterations = replace(passes.iterations, start_s=passes.iterations.start_s - zero)
        caveats += [NO_ARRIVALS] if passes.chunks_known else [NO_ARRIVALS, NO_CHUNKS]
    else:
        rows, lacking = _from_spans(events)
        rows = rows or _from_stretches(events)
        if not rows:
            raise Refused("a trace, but no event has request_ids, request_id or an async id")
        sent = clock_times([row.arrival_s for row in rows])
        zero = float(np.nanmin(sent)) if np.isfinite(sent).any() else 0.0
        caveats += [] if any(row.token_s for row in rows) else [NO_FIRST]
        caveats += [f"{lacking} requests that begin before the trace left out"] if lacking else []
    requests, tokens = assembled(rows, zero)
    provenance = source.provenance("Chrome trace")
    totals = totals_of(requests, Totals(), tokens)
    return Run(provenance, totals, tuple(caveats), requests=requests, tokens=tokens, iterations=iterations)


def _from_passes(passes: Passes) -> list[LoggedRequest]:
    rows = []
    for request in passes.ids:
        token_s = passes.tokens.get(request, [])
        row = LoggedRequest(str(request), passes.first_pass_s[request], passes.first_pass_s[request])
        row.finish_s, row.token_s, row.output_tokens = passes.last_pass_end_s[request], token_s, len(token_s)
        row.prompt_tokens = passes.prompt_tokens.get(request, -1)
        if token_s:
            row.first_token_s = token_s[0]
        rows.append(row)
    return rows


def _from_spans(events: list[Event]) -> tuple[list[LoggedRequest], int]:
    """Requests as async pairs, one that never ends without a finish; and how many lack their beginning."""
    rows: dict[Any, LoggedRequest] = {}
    lacking: set[Any] = set()
    found = [each for each in events if each["ph"] in ("b", "n", "e")]
    for event in sorted(found, key=lambda each: (span_of(each)[0], "bne".index(each["ph"]))):
        key, at_s = (event.get("cat"), event.get("id")), span_of(event)[0]
        if key not in rows and event["ph"] != "b":
            lacking.add(key)
        if event["ph"] == "b" and key not in rows:
            rows[key] = LoggedRequest(str(event.get("id")), at_s, token_s=[])
        elif event["ph"] == "n" and key in rows:
            row = rows[key]
            row.token_s = [*(row.token_s if row.token_s is not None else ()), at_s]
        elif event["ph"] == "e" and key in rows:
            rows[key].finish_s = at_s
    if early := lacking & set(rows):
        raise ValueError(f"events of request {next(iter(early))[1]!r} before its beginning")
    ends = any(isfinite(row.finish_s) for row in rows.values())
    for row in rows.values():
        if ends and not isfinite(row.finish_s):
            row.error = NEVER_FINISHED
        if row.token_s:
            row.first_token_s, row.output_tokens = float(row.token_s[0]), len(row.token_s)
    return list(rows.values()), len(lacking)


def _from_stretches(events: list[Event]) -> list[LoggedRequest]:
    rows: dict[str, LoggedRequest] = {}
    for event in events:
        name = (event.get("args") or {}).get("request_id")
        if event["ph"] != "X" or name is None:
            continue
        start, end = span_of(event)
        row = rows.setdefault(str(name), LoggedRequest(str(name), start, start, finish_s=end))
        row.arrival_s = row.start_s = min(row.arrival_s, start)
        row.finish_s = max(row.finish_s, end)
    return list(rows.values())


OVERLAP_S = 1e-3
"""Clocks of several threads may put the end of a request's pass so much after the start of its next."""
PREFILL, FULL = PASS_KINDS.index("prefill"), PASS_KINDS.index("full")

Event = dict[str, Any]


def span_of(event: Event) -> tuple[float, float]:
    """Start and end of an event in seconds. Raises ValueError for what can be no time, or takes none."""
    at_us, length_us = number(event.get("ts")), number(event.get("dur", 0.0))
    if at_us is None or at_us < 0:
        raise ValueError(f"an event at ts {event.get('ts')!r}")
    if length_us is None or length_us < 0 or (length_us == 0 and event["ph"] == "X"):
        raise ValueError(f"an event at ts {at_us:g} with dur {event.get('dur')!r}")
    return at_us / 1e6, (at_us + length_us) / 1e6


def trace_events(source: Source) -> tuple[list[Event], bool]:
    """Events of the trace, and whether it is cut; none where the file is no trace.

    A trace is an array, whose closing bracket may be missing, or an object with `traceEvents`.
    """
    value = source.json
    if isinstance(value, dict):
        value = value.get("traceEvents")
    if isinstance(value, list):
        return [each for each in value if isinstance(each, dict) and "ph" in each], False
    text = source.text
    start = text.find("[")
    if start < 0 or not (text.lstrip().startswith("[") or '"traceEvents"' in text[:start]):
        return [], False
    return _events_until_cut(text, start + 1)


def _events_until_cut(text: str, at: int) -> tuple[list[Event], bool]:
    decoder = json.JSONDecoder()
    events: list[Event] = []
    while True:
        while at < len(text) and text[at] in " \r\n\t,":
            at += 1
        if at >= len(text):
            return events, True
        try:
            value, at = decoder.raw_decode(text, at)
        except ValueError:
            return events, text[at] != "]"
        if isinstance(value, dict) and "ph" in value:
            events.append(value)


@dataclass
class Passes:
    """Passes of a batch in time order: seconds on the trace's clock, requests by their id in it.

    `tokens[id]` are the ends of the passes that gave that request a token.
    """

    iterations: Iterations
    ids: list[Any]
    tokens: dict[Any, list[float]] = field(default_factory=dict)
    first_pass_s: dict[Any, float] = field(default_factory=dict)
    last_pass_end_s: dict[Any, float] = field(default_factory=dict)
    prompt_tokens: dict[Any, int] = field(default_factory=dict)
    chunks_known: bool = True


def passes_of(events: list[Event]) -> Passes | None:
    """The events that list their `request_ids`; None where there are none.

    A pass gives a token to each request whose `prompt_chunk_lens` is 0 in it; without those lengths, to
    each request but in its first pass.
    """
    found = [each for each in events if each["ph"] == "X" and "request_ids" in (each.get("args") or {})]
    if not found:
        return None
    found.sort(key=lambda each: span_of(each)[0])
    start_s, end_s = np.array([span_of(each) for each in found]).T
    duration_s = end_s - start_s
    members = [list(each["args"]["request_ids"]) for each in found]
    ids = sorted({each for batch in members for each in batch}, key=_id_order)
    row = {each: index for index, each in enumerate(ids)}
    sizes = np.array([len(batch) for batch in members], dtype=np.int64)
    flat = np.array([row[each] for batch in members for each in batch], dtype=np.int64)
    offsets = np.concatenate(([0], np.cumsum(sizes)))
    kinds = np.array([PREFILL if any(_chunks(each)) else FULL for each in found], dtype=np.int64)
    iterations = Iterations(start_s, duration_s, sizes, None, offsets, flat, kinds)
    passes = Passes(iterations, ids)
    for event, batch, start, duration in zip(found, members, start_s, duration_s, strict=True):
        _add_pass(passes, batch, (_chunks(event) or None), float(start), float(start + duration))
    return passes


def _chunks(event: Event) -> list[int]:
    return list(event["args"].get("prompt_chunk_lens") or ())


def _add_pass(passes: Passes, batch: list[Any], chunks: list[int] | None, start: float, end: float) -> None:
    if chunks is None:
        passes.chunks_known = False
        chunks = [0 if request in passes.first_pass_s else 1 for request in batch]
    for request, chunk in zip(batch, chunks, strict=True):
        if isinstance(chunk, bool) or not isinstance(chunk, int) or chunk < 0:
            raise ValueError(f"a prompt chunk of {chunk!r} tokens for request {request!r}")
        if start < passes.last_pass_end_s.get(request, start) - OVERLAP_S:
            raise ValueError(f"request {request!r} is in two passes at {start:.3f} s")
        passes.first_pass_s.setdefault(request, start)
        passes.last_pass_end_s[request] = end
        if chunk:
            passes.prompt_tokens[request] = passes.prompt_tokens.get(request, 0) + int(chunk)
        else:
            passes.tokens.setdefault(request, []).append(end)


def _id_order(value: Any) -> tuple[int, float, str]:
    return (0, float(value), "") if isinstance(value, (int, float)) else (1, 0.0, str(value))
