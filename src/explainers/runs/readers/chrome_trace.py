"""Chrome trace JSON (`chrome://tracing`, Perfetto) of a server: an array of events or `traceEvents`.

Three ways of writing requests are read: complete events that list `request_ids` (a pass of a batch, as
Sarathi-Serve writes them); async pairs `b` and `e` with an id (a request from arrival to finish, an `n`
with the same id being a token); and complete events with `request_id` in their args (a stretch of work on
that request). Times are microseconds; what arrives first is at 0.
"""

from __future__ import annotations

from dataclasses import replace
from math import isfinite
from typing import Any

import numpy as np

from explainers.runs.assemble import Seen, assembled, clock_times, totals_of
from explainers.runs.model import CUT_SHORT, NEVER_FINISHED, Iterations, Provenance, Run, Totals
from explainers.runs.readers._source import Refused, Source
from explainers.runs.readers._trace import Event, Passes, passes_of, span_of, trace_events

NAME = "Chrome trace JSON"

NO_ARRIVALS = "no arrivals in the trace: a request arrives with its first pass"
NO_CHUNKS = "no prompt lengths in the trace: a request's first pass is taken as its prefill"
NO_FIRST = "no first tokens in the trace"


def read(source: Source) -> Run:
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
    provenance = Provenance(system="Chrome trace", source=source.path.name, sha256=source.sha256)
    totals = totals_of(requests, Totals(), tokens)
    return Run(provenance, totals, tuple(caveats), requests=requests, tokens=tokens, iterations=iterations)


def _from_passes(passes: Passes) -> list[Seen]:
    rows = []
    for request in passes.ids:
        token_s = passes.tokens.get(request, [])
        row = Seen(str(request), passes.first_pass_s[request], passes.first_pass_s[request])
        row.finish_s, row.token_s, row.output_tokens = passes.last_pass_end_s[request], token_s, len(token_s)
        row.prompt_tokens = passes.prompt_tokens.get(request, -1)
        if token_s:
            row.first_token_s = token_s[0]
        rows.append(row)
    return rows


def _from_spans(events: list[Event]) -> tuple[list[Seen], int]:
    """Requests as async pairs, one that never ends without a finish; and how many lack their beginning."""
    rows: dict[Any, Seen] = {}
    lacking: set[Any] = set()
    found = [each for each in events if each["ph"] in ("b", "n", "e")]
    for event in sorted(found, key=lambda each: (span_of(each)[0], "bne".index(each["ph"]))):
        key, at_s = (event.get("cat"), event.get("id")), span_of(event)[0]
        if key not in rows and event["ph"] != "b":
            lacking.add(key)
        if event["ph"] == "b" and key not in rows:
            rows[key] = Seen(str(event.get("id")), at_s, token_s=[])
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


def _from_stretches(events: list[Event]) -> list[Seen]:
    rows: dict[str, Seen] = {}
    for event in events:
        name = (event.get("args") or {}).get("request_id")
        if event["ph"] != "X" or name is None:
            continue
        start, end = span_of(event)
        row = rows.setdefault(str(name), Seen(str(name), start, start, finish_s=end))
        row.arrival_s = row.start_s = min(row.arrival_s, start)
        row.finish_s = max(row.finish_s, end)
    return list(rows.values())
