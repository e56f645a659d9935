"""What every log goes through once it is read: placeholders become unknown, and the rest has to add up.

Tools write 0, -1, NaN or nothing where they did not measure, and clocks go wrong. Whatever can't be a
measurement (a first token at the moment of sending, a finish after the run's end or before the arrival, a
token before its request, a length of 0 of a completed request) is unknown from here on, with a caveat that
counts it. What is left must agree with the counts that the log states itself: a log that contradicts itself
is refused with both numbers.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainers.errors import Diagnostic, InvalidInput
from explainers.runs.model import (
    REST_STEADY,
    TOKENS_STEADY,
    TOTALS_ONLY,
    FloatArray,
    Progress,
    Requests,
    Run,
    Tokens,
    Totals,
)

TIMES_NOT_KNOWN = "times not known"
NO_FINISHES = "no finishes in the log"
FINISHES_STEADY = f"{NO_FINISHES}: requests completed at a steady rate"
GRAIN_S = 2e-6
"""Times come in whole microseconds; two that differ by less are the same moment."""
LATE = 0.005
"""Share of a run's stated length by which something may end after it: clients stop their watch first."""
RATE_SLACK = 0.02
"""A stated throughput may miss tokens over time by this share: it is rounded, or of another duration."""
SILENT = 0.5
"""A run whose requests are all over before this share of its length says so."""
SUM_SLACK = 0.001
"""Share by which early exits and other tokens may miss the output tokens (a replica counts one too many)."""

COUNTS = (
    "requests", "completed", "failed", "output_tokens", "ee_tokens", "non_ee_tokens", "involuntary_exits",
    "involuntary_stays",
)  # fmt: skip

Rows = NDArray[np.bool_]


def reconciled(run: Run, name: str) -> Run:
    """`run` without placeholders, with caveats for what became unknown.

    `name` is what the log is called in errors. Raises InvalidInput, with both numbers, where what the log
    holds contradicts what it states.
    """
    notes: list[str] = []
    words = run.provenance
    model, dataset = _without_folders(words.model), _without_folders(words.dataset)
    run = replace(run, provenance=replace(words, model=model, dataset=dataset))
    checked = replace(run, totals=_plain_totals(run.totals, name, notes))
    if checked.progress is not None:
        checked = replace(checked, progress=_plain_progress(checked.progress, name, notes))
    if checked.requests is not None:
        checked = _plain_rows(checked, checked.requests, notes)
    _fit(checked, name)
    requests, totals = checked.requests, checked.totals
    if requests is not None and totals.completed is not None and len(requests) < (totals.requests or 0):
        notes.append(f"{len(requests):,} of {totals.requests:,} requests listed")
    if requests is not None and totals.output_tokens is None and run.totals.output_tokens is not None:
        lengths = requests.output_tokens[requests.ok]
        if lengths.size and (lengths > 0).all():
            checked = replace(checked, totals=replace(totals, output_tokens=int(lengths.sum())))
    checked = replace(checked, totals=_plain_rates(checked, notes))
    _note_silence(checked, notes)
    _note_steady(checked, notes)
    if not checked.end_s > 0 and (checked.requests or checked.totals.output_tokens):
        notes.append("how long it took is not in the log")
    new = [note for note in notes if note not in run.caveats]
    return replace(checked, caveats=(*run.caveats, *new))


_CACHED = re.compile(r"(?:models|datasets)--(?P<owner>.+?)--(?P<name>[^/\\]+)")
_FOLDER = re.compile(r"(?:[/~]|\.{1,2}/|[A-Za-z]:[/\\]|\\\\)\S*")


def _without_folders(written: str) -> str:
    """A name without the folders of somebody's disk: a cached model's own name, else the last part of a
    path."""
    if not _FOLDER.fullmatch(written):
        return written
    if cached := _CACHED.search(written):
        return f"{cached['owner']}/{cached['name']}"
    return re.split(r"[/\\]", written.rstrip("/\\"))[-1]


def _refused(name: str, what: str) -> InvalidInput:
    return InvalidInput([Diagnostic("contradictory-log", f"{name} contradicts itself: {what}")])


def _note_silence(run: Run, notes: list[str]) -> None:
    """Say where all requests are over long before the run is: a client that waited on, or a wrong clock."""
    end_s = run.totals.total_time_s
    if run.requests is None or end_s is None or not run.requests.ok.any():
        return
    finishes = run.requests.finish_s[run.requests.ok]
    last = float(finishes.max())
    if math.isfinite(last) and last < SILENT * end_s and not run.outcomes.lost:
        notes.append(f"every request is over at {last:.1f} s of the {end_s:.1f} s that the log states")


def _note_steady(run: Run, notes: list[str]) -> None:
    """Say what of a list of requests is drawn at a steady rate, or not at all, because it has no times."""
    timed = run.totals.total_time_s is not None
    if run.requests is not None and run.fills_in and timed:
        notes.append(REST_STEADY)
    elif run.requests is None or not run.requests.ok.any():
        return
    elif timed and not run.knows_token_times:
        if not run.knows_finishes and run.knows_completed:
            notes.append(TOTALS_ONLY)
        elif run.knows_tokens and TOTALS_ONLY not in run.caveats:
            notes.append(TOKENS_STEADY)
    elif not run.knows_finishes:
        notes.append(FINISHES_STEADY if run.knows_completed else NO_FINISHES)


# -- totals ------------------------------------------------------------------------------------------------


def _plain_totals(totals: Totals, name: str, notes: list[str]) -> Totals:
    """Totals whose times are positive and whose counts are whole; others are unknown."""
    changes: dict[str, Any] = {}
    for field in ("total_time_s", "throughput_tok_s", *COUNTS):
        value = getattr(totals, field)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise InvalidInput([Diagnostic("bad-run", f"{name}: {field} is {value!r}, not a number")])
        if not math.isfinite(value) or value < 0 or (field in ("total_time_s", "requests") and value == 0):
            changes[field] = None
            notes.append(f"{_words(field)} of {value:g} in the log taken as unknown")
        elif field in COUNTS and not isinstance(value, int):
            changes[field] = round(value)
    return replace(totals, **changes) if changes else totals


def _words(field: str) -> str:
    return {"total_time_s": "length", "throughput_tok_s": "throughput"}.get(field, field.replace("_", " "))


def _plain_rates(run: Run, notes: list[str]) -> Totals:
    """Totals whose tokens, rate and exits agree; zero tokens of completed requests are not known."""
    totals, changes = run.totals, dict[str, Any]()
    rate_and_length = bool(totals.throughput_tok_s and totals.total_time_s)
    if totals.output_tokens == 0 and run.outcomes.completed != 0:
        changes |= {"output_tokens": None, "throughput_tok_s": None}
        if not any("output lengths" in note for note in notes):
            notes.append("no output tokens stated for completed requests: taken as unknown")
    elif totals.output_tokens is None and totals.throughput_tok_s == 0:
        changes["throughput_tok_s"] = None
    elif totals.output_tokens is None and run.requests is not None and rate_and_length:
        # By definition: what the listed requests lack, the rate knows.
        changes["output_tokens"] = round((totals.throughput_tok_s or 0) * (totals.total_time_s or 0))
        notes.append("output tokens by the stated rate and length")
    elif totals.output_tokens is not None and totals.total_time_s is not None:
        rate, stated = totals.output_tokens / totals.total_time_s, totals.throughput_tok_s
        if stated is None:
            changes["throughput_tok_s"] = rate
        elif abs(stated - rate) > RATE_SLACK * rate:
            changes["throughput_tok_s"] = rate
            notes.append(f"{stated:.2f} tok/s stated, {rate:.2f} by its own tokens and time, which are shown")
    ee, others = totals.ee_tokens, totals.non_ee_tokens
    if ee is not None and others is not None and totals.output_tokens:
        slack = max(8, SUM_SLACK * totals.output_tokens)
        if abs(ee + others - totals.output_tokens) > slack:
            changes |= {"ee_tokens": None, "non_ee_tokens": None}
            said = f"{ee + others:,} of {totals.output_tokens:,} tokens"
            notes.append(f"early exits not known: the log counts {said}")
    return replace(totals, **changes) if changes else totals


def _fit(run: Run, name: str) -> None:
    """Refuse a run whose parts count other than its totals say."""
    totals, found = run.totals, run.outcomes
    stated = (totals.completed or 0) + (totals.failed or 0)
    if totals.requests is not None and stated > totals.requests:
        raise _refused(name, f"{stated:,} requests completed or failed, of {totals.requests:,}")
    if run.progress is not None and run.progress.elapsed_s.size:
        last, end_s = int(run.progress.completed_requests.max()), float(run.progress.elapsed_s.max())
        if totals.requests is not None and last > totals.requests:
            raise _refused(name, f"its progress counts {last:,} requests, its totals {totals.requests:,}")
        length, grain = totals.total_time_s, run.progress.resolution_s
        if length is not None and end_s > length * (1 + LATE) + grain + GRAIN_S:
            raise _refused(name, f"its progress ends at {end_s:.2f} s, and the run at {length:.2f} s")
    requests = run.requests
    if requests is None:
        return
    if totals.requests is not None and len(requests) > totals.requests:
        raise _refused(name, f"{len(requests):,} requests listed, {totals.requests:,} stated")
    for what, there, count in (
        ("completed", found.completed, totals.completed),
        ("failed", found.lost, totals.failed),
    ):
        if count is not None and there != count:
            raise _refused(name, f"{there:,} requests listed as {what}, {count:,} stated")
    if totals.output_tokens:
        lengths = requests.output_tokens
        sums = {int(lengths[rows & (lengths > 0)].sum()) for rows in (requests.ok, lengths > 0)}
        listed = len(requests) == (totals.requests or len(requests))
        whole = listed and bool((lengths[requests.ok] >= 0).all())
        if min(sums) > totals.output_tokens or (whole and totals.output_tokens not in sums):
            said = f"{min(sums):,} output tokens listed, {totals.output_tokens:,} stated"
            raise _refused(name, said)


def _plain_progress(progress: Progress, name: str, notes: list[str]) -> Progress:
    """Progress at real moments, whose counts only rise."""
    at_s, counts = progress.elapsed_s, progress.completed_requests
    kept = np.isfinite(at_s) & (at_s >= 0) & (counts >= 0)
    if not kept.all():
        notes.append(f"progress at {int((~kept).sum()):,} of {kept.size:,} moments not known")
        progress = replace(progress, elapsed_s=at_s[kept], completed_requests=counts[kept])
    falls = np.flatnonzero(np.diff(progress.completed_requests) < 0)
    if falls.size:
        before, after = progress.completed_requests[falls[0] : falls[0] + 2].tolist()
        raise _refused(name, f"its progress falls from {before:,} requests to {after:,}")
    return progress


# -- requests and tokens -----------------------------------------------------------------------------------


def _plain_rows(run: Run, requests: Requests, notes: list[str]) -> Run:
    """Requests and tokens whose times can all be true at once; the others are unknown and counted."""
    ok, count = requests.ok, len(requests)
    end = run.totals.total_time_s
    late = math.inf if end is None else end * (1 + LATE) + GRAIN_S
    times: dict[str, Any] = {
        name: np.where(np.isfinite(values), values, np.nan)
        for name in ("arrival_s", "start_s", "first_token_s", "finish_s")
        if (values := getattr(requests, name)) is not None
    }
    before = {name: np.isfinite(values) for name, values in times.items()}
    arrival, first, finish = times["arrival_s"], times["first_token_s"], times["finish_s"]
    with np.errstate(invalid="ignore"):
        arrival[(arrival < -GRAIN_S) | (arrival > late)] = np.nan
        if (start := times.get("start_s")) is not None:
            start[(start < arrival - GRAIN_S) | (start > late)] = np.nan
        first[(first <= arrival) | (first < 0) | (first > late)] = np.nan
        # A refused connection may fail at once; nothing is completed in no time.
        finish[(finish < arrival - GRAIN_S) | (ok & (finish <= arrival)) | (finish < 0) | (finish > late)] = (
            np.nan
        )
        crossed = finish < first - GRAIN_S
        first[crossed] = finish[crossed] = np.nan
    lengths = np.where(
        (requests.output_tokens < 0) | (ok & (requests.output_tokens == 0)), -1, requests.output_tokens
    )
    prompts = np.where(requests.prompt_tokens <= 0, -1, requests.prompt_tokens)
    tokens, lost, derived = _plain_tokens(run.tokens, ok, lengths, times, late)
    finish[derived] = np.nan
    with np.errstate(invalid="ignore"):
        # An answer that came in one piece says when it was whole, not when its first token was there.
        first[(np.abs(finish - first) <= GRAIN_S) & (lengths > 1)] = np.nan
        if end is not None:
            for values in (*times.values(), *([tokens.at_s] if tokens is not None else [])):
                np.minimum(values, end, out=values)
    unknown = {"tokens": ok & lost}
    noted = any(caveat.startswith(TIMES_NOT_KNOWN) for caveat in run.caveats)
    for what in ("arrival", "first token", "finish"):
        name = what.replace(" ", "_") + "_s"
        # A log that has times of some requests only lacks the others; one without any says so itself.
        partly = not noted and bool(np.isfinite(times[name][ok]).any())
        unknown[what] = ok & np.isnan(times[name]) & (before[name] | partly)
    _note_rows(notes, count, unknown)
    rows = list(zip(requests.ids, arrival.tolist(), finish.tolist(), strict=True))
    known = [row for row in rows if row[0] and math.isfinite(row[1]) and math.isfinite(row[2])]
    if twice := len(known) - len(set(known)):
        notes.append(f"{twice:,} of {count:,} requests are listed twice: same id, arrival and finish")
    for what, old, new in (
        ("output", requests.output_tokens, lengths),
        ("prompt", requests.prompt_tokens, prompts),
    ):
        placeholders = ok & (new == -1) & ((old != -1) | (what == "output" and bool((new[ok] > 0).any())))
        if lacking := int(np.count_nonzero(placeholders)):
            notes.append(f"{what} lengths not known in {lacking:,} of {count:,} requests")
    changed = replace(requests, prompt_tokens=prompts, output_tokens=lengths, **times)
    return replace(run, requests=changed, tokens=tokens)


def _note_rows(notes: list[str], count: int, unknown: dict[str, Rows]) -> None:
    counts = [(what, int(np.count_nonzero(rows))) for what, rows in unknown.items()]
    said = ", ".join(f"{what} in {rows:,}" for what, rows in counts if rows)
    if said:
        notes.append(f"{TIMES_NOT_KNOWN}: {said} of {count:,} requests")


def _plain_tokens(
    tokens: Tokens | None, ok: Rows, lengths: NDArray[np.int64], times: dict[str, FloatArray], late: float
) -> tuple[Tokens | None, Rows, Rows]:
    """Tokens of the requests whose token times ascend between arrival and end, and are no more than stated.

    Also the requests that lost theirs, and those whose finish was the last of such tokens: it is no better
    known than they are.
    """
    nothing = np.zeros(ok.size, dtype=np.bool_)
    if tokens is None or not tokens.at_s.size:
        return tokens, nothing, nothing
    counts = np.diff(tokens.offsets)
    owner = np.repeat(np.arange(ok.size), counts)
    at_s, has = tokens.at_s, counts > 0
    first, last = tokens.offsets[:-1][has], tokens.offsets[1:][has] - 1
    with np.errstate(invalid="ignore"):
        backwards = np.diff(at_s, prepend=at_s[0]) < -GRAIN_S
        backwards[first] = False
        early = (at_s < times["arrival_s"][owner] - GRAIN_S) | (at_s < 0)
        early |= at_s > times["finish_s"][owner] + GRAIN_S
        wrong = ~np.isfinite(at_s) | backwards | early | (at_s > late)
        lost, derived = nothing.copy(), nothing.copy()
        lost[owner[wrong]] = True
        derived[has] = ~(np.abs(times["finish_s"][has] - at_s[last]) > GRAIN_S)
        derived &= lost
        at_once = np.zeros(ok.size, dtype=np.bool_)
        at_once[has] = at_s[last] - at_s[first] <= GRAIN_S
    lost |= at_once & (counts > 1)
    lost |= ok & (lengths >= 0) & (counts > lengths)
    if not lost.any():
        return replace(tokens, at_s=at_s.copy()), nothing, nothing
    kept = ~lost[owner]
    offsets = np.concatenate(([0], np.cumsum(np.where(lost, 0, counts))))
    if not kept.any():
        return None, lost, derived
    layers = tokens.exit_layers[kept] if tokens.exit_layers is not None else None
    pieces = tokens.pieces
    if pieces is not None:
        pieces = tuple(piece for piece, there in zip(pieces, kept.tolist(), strict=True) if there)
    return Tokens(offsets.astype(np.int64), at_s[kept], layers, pieces), lost, derived
