"""Plain tables for everything else: a CSV or JSON Lines of (time, request, event).

Columns `time` (seconds; `time_ms` for milliseconds), `request` and `event`, in any order, others allowed:
`prompt_tokens`, `text` (a token's or an error's), `layer` (of an `exit`). Events, in any order of lines:

    arrive   start   first_token   token   exit (a token that left early)   finish   error

The first arrival (or, without any, the first event) is at 0.

A CSV of (time, completed) or (time, tokens), or both, is a progress timeline: counts so far, straight lines
between."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import Any

import numpy as np

from explainers.errors import Diagnostic, InvalidInput, Place, nearest
from explainers.runs.model import (
    CUT_SHORT,
    NEVER_FINISHED,
    NO_START_TIMES,
    Counter,
    Progress,
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
    reader,
    totals_of,
    whole,
)

EVENTS = ("arrive", "start", "first_token", "token", "exit", "finish", "error")
MOMENTS = {"arrive": "arrival_s", "start": "start_s", "first_token": "first_token_s"}
MOMENTS |= {"finish": "finish_s", "error": "finish_s"}
TIMES = {"time": 1.0, "time_s": 1.0, "time_ms": 1e-3}
DEFAULT_EXIT_LAYER = 1


@reader("plain events (time, request, event)")
def events(source: Source) -> Run:
    """Raises Refused without the three columns; InvalidInput, with the line, for a bad time or event."""
    names = set(source.csv_header) or {name for each in source.objects[:1] for name in each}
    if not {"request", "event"} <= names or not names & set(TIMES):
        raise Refused("no columns time, request and event")
    rows, zero, caveats = _rows(source)
    if source.csv_cut or source.objects_cut:
        caveats.append(CUT_SHORT)
    requests, tokens = assembled(rows, zero)
    provenance = source.provenance("events")
    totals = totals_of(requests, Totals(), tokens)
    return Run(provenance, totals, tuple(caveats), requests=requests, tokens=tokens)


COUNTS = {"completed": "completed", "requests_completed": "completed", "done": "completed"}
COUNTS |= {"tokens": "tokens", "output_tokens": "tokens"}
PROGRESS_TIMES = TIMES | {"elapsed": 1.0, "elapsed_s": 1.0, "seconds": 1.0}


@reader("plain progress (time, completed or tokens)")
def progress(source: Source) -> Run:
    """Raises Refused without the columns; InvalidInput, with the line, for a count that falls or is none."""
    header = source.csv_header
    times = [name for name in header if name in PROGRESS_TIMES]
    counts = {COUNTS[name]: name for name in header if name in COUNTS}
    if len(times) != 1 or not counts or "event" in header:
        raise Refused("no columns time and completed or tokens")
    columns: dict[str, list[float]] = {name: [] for name in ("time", *counts)}
    for line, cells in enumerate(source.csv_rows, start=2):
        for kept, name in {"time": times[0], **counts}.items():
            value = number(cells[name])
            before = columns[kept][-1] if columns[kept] else 0.0
            if value is None or value < before:
                problem = f"{cells[name]!r}, not a number" if value is None else f"{value:g} after {before:g}"
                message, place = f"{name} is {problem}", Place(str(source.path), line, 1)
                expected = "seconds and counts so far, none below the line before it"
                raise InvalidInput([Diagnostic("bad-count", message, place, expected=expected)])
            columns[kept].append(value)
    if not columns["time"]:
        raise ValueError("it has no row")
    at_s = np.array(columns["time"]) * PROGRESS_TIMES[times[0]]
    at_s -= at_s[0]
    done, written = (np.array(columns[name]) if name in counts else None for name in ("completed", "tokens"))
    totals = Totals(
        total_time_s=float(at_s[-1]),
        requests=None if done is None else int(done[-1]),
        output_tokens=None if written is None else int(written[-1]),
        throughput_tok_s=float(written[-1] / at_s[-1]) if written is not None and at_s[-1] else None,
    )
    timeline = None if done is None else Progress(at_s, done.astype(np.int64))
    counters = {} if written is None else {"output_tokens": Counter(at_s, written, "tokens")}
    caveats = ("straight lines between counts", *((CUT_SHORT,) if source.csv_cut else ()))
    return Run(source.provenance(""), totals, caveats, progress=timeline, counters=counters)


def _rows(source: Source) -> tuple[list[LoggedRequest], float, list[str]]:
    found: dict[str, LoggedRequest] = {}
    tokens: dict[str, list[tuple[float, int, str]]] = {}
    first = float("inf")
    for line, cells in _lines(source):
        at_s, event = _time(source, line, cells), str(cells["event"]).strip().lower()
        first = min(first, at_s) if at_s >= 0 else first
        row = found.setdefault(str(cells["request"]), LoggedRequest(str(cells["request"])))
        if (prompt := whole(cells.get("prompt_tokens"))) is not None:
            row.prompt_tokens = prompt
        if event in ("token", "exit"):
            layer = (whole(cells.get("layer")) or DEFAULT_EXIT_LAYER) if event == "exit" else 0
            tokens.setdefault(row.id, []).append((at_s, layer, str(cells.get("text") or "")))
        else:
            _note(source, line, row, event, at_s, str(cells.get("text") or ""))
    if not found:
        raise ValueError("it has no event")
    return list(found.values()), *_finished(found, tokens, first)


def _finished(
    found: dict[str, LoggedRequest], tokens: dict[str, list[tuple[float, int, str]]], first: float
) -> tuple[float, list[str]]:
    """Put tokens in order into their requests; the moment that is 0, and what was assumed."""
    known = [row.arrival_s for row in found.values() if isfinite(row.arrival_s)]
    real = clock_times(known)
    zero = float(real[np.isfinite(real)].min()) if np.isfinite(real).any() else first
    ends = any(isfinite(row.finish_s) for row in found.values())
    exits = any(layer for each in tokens.values() for _, layer, _ in each)
    for row in found.values():
        moments = sorted(tokens.get(row.id, ()), key=lambda each: each[0])
        if row.arrival_s != row.arrival_s:
            row.arrival_s = zero
        if ends and not isfinite(row.finish_s):
            # A log that writes finishes would have written this one.
            row.error = NEVER_FINISHED
        if moments:
            row.token_s = [at_s for at_s, _, _ in moments]
            row.exit_layers = [layer for _, layer, _ in moments] if exits else None
            row.pieces = [text for _, _, text in moments] if any(text for _, _, text in moments) else None
            row.text = "".join(row.pieces) if row.pieces else None
            row.output_tokens = len(moments)
            if row.first_token_s != row.first_token_s:
                row.first_token_s = moments[0][0]
    return zero, [] if len(known) == len(found) else [NO_START_TIMES]


def _note(source: Source, line: int, row: LoggedRequest, event: str, at_s: float, text: str) -> None:
    """Put the moment of an event into its request. Raises InvalidInput for a second one, and for no event."""
    place = Place(str(source.path), line, 1)
    if event not in MOMENTS:
        known, near = ", ".join(EVENTS), nearest(event, EVENTS)
        message = f"{event!r} is no event"
        problem = Diagnostic("unknown-event", message, place, expected=known, did_you_mean=near)
        raise InvalidInput([problem])
    if isfinite(before := getattr(row, MOMENTS[event])):
        message = f"{event} of request {row.id!r} at {at_s:g} s, which it had at {before:g} s already"
        expected = "one arrive, start, first_token, and finish or error a request"
        raise InvalidInput([Diagnostic("repeated-event", message, place, expected=expected)])
    setattr(row, MOMENTS[event], at_s)
    if event == "error":
        row.error = text or "error"


def _time(source: Source, line: int, cells: dict[str, Any]) -> float:
    for name, scale in TIMES.items():
        if name in cells:
            if (value := number(cells[name])) is not None:
                return value * scale
            message = f"{name} is {cells[name]!r}, not a number"
            raise InvalidInput([Diagnostic("bad-time", message, Place(str(source.path), line, 1))])
    raise ValueError(f"line {line} has no time")


def _lines(source: Source) -> Iterator[tuple[int, dict[str, Any]]]:
    """Rows with the line they are on (a cell with a line break counts as one)."""
    if source.csv_header:
        yield from enumerate(source.csv_rows, start=2)
    else:
        yield from enumerate(source.objects, start=1)
