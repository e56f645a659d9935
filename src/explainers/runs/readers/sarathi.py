"""Sarathi-Serve's output: a folder with `sequence_metrics.csv` and, often, `chrome_trace.json`.

Arrivals are the running sum of `request_inter_arrival_delay`, a finish is arrival + `request_e2e_time`.
With the trace every pass of the batch is exact: a decode pass gives one token to each request it lists,
and those add up to the request's decode tokens. Without it, a request's tokens are even between the end
of its prefill and its finish. The folder may be the run's or its `replica_n`.

Of its single files a completion series is a progress timeline, and others are refused.
"""

from __future__ import annotations

from dataclasses import replace
from math import isfinite, nan
from pathlib import Path

import numpy as np

from explainers.errors import Diagnostic, InvalidInput
from explainers.runs.model import (
    CUT_SHORT,
    TOKENS_INTERPOLATED,
    Iterations,
    Progress,
    Run,
    Totals,
)
from explainers.runs.readers.chrome_trace import Passes, passes_of, trace_events
from explainers.runs.reading import (
    LoggedRequest,
    Refused,
    Source,
    assembled,
    number,
    reader,
    totals_of,
    whole,
)

METRICS = "sequence_metrics.csv"
NEEDED = {"request id", "request_e2e_time", "request_inter_arrival_delay"}


@reader("Sarathi-Serve output folder")
def sarathi(source: Source) -> Run:
    """Raises Refused where there is no sequence_metrics.csv; also reads that file by itself."""
    table, trace = _files(source)
    if not set(table.csv_header) >= NEEDED:
        raise Refused("no CSV header with Request Id, request_e2e_time and request_inter_arrival_delay")
    rows = _rows(table)
    caveats = [CUT_SHORT] if table.csv_cut else []
    for what in ("arrival", "finish"):
        if unknown := sum(not isfinite(getattr(row, f"{what}_s")) for row in rows):
            caveats.append(f"{what} not known in {unknown:,} of {len(rows):,} requests")
    passes, trace_cut = _passes(trace)
    iterations = None
    if passes is not None and len(passes.ids) == len(rows):
        iterations = _exact(rows, passes)
        if trace_cut:
            caveats.append(f"{CUT_SHORT}: the trace ends early")
    else:
        caveats.append(f"{TOKENS_INTERPOLATED} between prefill and finish")
    requests, tokens = assembled(rows, zero_s=0.0)
    # Its end is the last finish, which the totals state so that every curve ends there.
    provenance = source.provenance("Sarathi-Serve")
    totals = totals_of(requests, Totals())
    return Run(provenance, totals, tuple(caveats), requests=requests, tokens=tokens, iterations=iterations)


def _files(source: Source) -> tuple[Source, Source | None]:
    """The metrics table, and the trace where the folder has one."""
    if source.path.is_file():
        return source, None
    tables = [source.path / METRICS, *sorted(source.path.glob(f"replica_*/{METRICS}"))]
    found = [each for each in tables if each.is_file()]
    if not found:
        raise Refused(f"no {METRICS} in the folder or its replica_0")
    if len(found) > 1:
        first = found[0].parent.name
        message = f"{source.path.name} holds {len(found)} replicas; name one of them, such as {first}"
        raise InvalidInput([Diagnostic("several-replicas", message)])
    trace: Path = found[0].with_name("chrome_trace.json")
    return Source(found[0]), Source(trace) if trace.is_file() else None


def _rows(table: Source) -> list[LoggedRequest]:
    """Requests in order of arrival: the number in `replica_number` ids."""
    rows: list[LoggedRequest] = []
    arrival = 0.0
    for cells in sorted(table.csv_rows, key=lambda each: _id_number(each["request id"])):
        if rows and rows[-1].id == cells["request id"]:
            raise ValueError(f"request {cells['request id']} stands there twice")
        gap_s = number(cells["request_inter_arrival_delay"])
        gap_s = (nan if rows else 0.0) if gap_s is None else gap_s
        # Behind a gap that is no time, nobody knows when requests arrived.
        arrival = arrival + gap_s if gap_s >= 0 else nan
        row = LoggedRequest(cells["request id"], arrival)
        if (served_s := number(cells["request_e2e_time"])) is not None:
            row.finish_s = arrival + served_s
        if (delay := number(cells.get("request_scheduling_delay"))) is not None:
            row.start_s = arrival + delay
        if (prefill := number(cells.get("prefill_e2e_time"))) is not None:
            row.first_token_s = arrival + prefill
        prompt, output = (
            whole(cells.get("request_num_prefill_tokens")),
            whole(cells.get("request_num_decode_tokens")),
        )
        row.prompt_tokens = -1 if prompt is None else prompt
        # A length that the table has a column for and no number is a placeholder, as 0 is.
        row.output_tokens = max(output or 0, 0) if "request_num_decode_tokens" in cells else -1
        if whole(cells.get("request_num_ignored")):
            row.error = "ignored by the scheduler"
        rows.append(row)
    if not rows:
        raise ValueError(f"{METRICS} has no whole row")
    return rows


def _id_number(request_id: str) -> tuple[int, str]:
    tail = request_id.rpartition("_")[2]
    return (int(tail), "") if tail.isdigit() else (0, request_id)


def _passes(trace: Source | None) -> tuple[Passes | None, bool]:
    if trace is None:
        return None, False
    events, cut = trace_events(trace)
    return passes_of(events), cut


def _exact(rows: list[LoggedRequest], passes: Passes) -> Iterations:
    """Give every request its token times; the passes on the run's clock.

    The trace's base is arbitrary: its first pass starts when the first request was scheduled. Requests
    match by order, as the two files may count from 0 and from 1.
    """
    starts = [row.start_s for row in rows if np.isfinite(row.start_s)]
    shift = min(starts, default=0.0) - float(passes.iterations.start_s[0])
    for row, request in zip(rows, passes.ids, strict=True):
        row.token_s = np.array(passes.tokens.get(request, ())) + shift
        if len(row.token_s):
            row.first_token_s = float(row.token_s[0])
    return replace(passes.iterations, start_s=passes.iterations.start_s + shift)


NO_TOKENS = "finished requests over time only: no tokens"


@reader("Sarathi-Serve time series")
def sarathi_series(source: Source) -> Run:
    """Raises Refused for other files, InvalidInput for the files of a folder that hold no execution."""
    _refuse_requests(source)
    header = source.csv_header
    if len(header) != 2 or header[0] != "time (sec)":
        raise Refused("no CSV header of Time (sec) and one series")
    if header[1] != "request_completion":
        _refuse(source, f"a series of {header[1]}, not of finished requests; use the folder")
    cells = [(float(row[header[0]]), int(float(row[header[1]]))) for row in source.csv_rows]
    if not cells:
        raise ValueError("it has no row")
    at_s, completed = (np.array(column) for column in zip(*sorted(cells), strict=True))
    provenance = source.provenance("Sarathi-Serve")
    totals = Totals(total_time_s=float(at_s[-1]), requests=int(completed[-1]))
    caveats = (NO_TOKENS, CUT_SHORT) if source.csv_cut else (NO_TOKENS,)
    return Run(provenance, totals, caveats, Progress(at_s.astype(np.float64), completed.astype(np.int64)))


def _refuse_requests(source: Source) -> None:
    value = source.json
    if (
        isinstance(value, list)
        and value
        and isinstance(value[0], dict)
        and {"arrived_at", "num_decode_tokens"} <= set(value[0])
    ):
        _refuse(
            source, "the dataset of a run (arrivals and lengths), with no time of service; use the folder"
        )


def _refuse(source: Source, what: str) -> None:
    raise InvalidInput([Diagnostic("no-execution", f"{source.path.name} is {what}")])
