"""What can be wrong with a race that only its runs show."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from explainers.fonts import right_to_left
from explainers.kinds.race.lead import SIGN_WORDS, Piece, expressions, rivals, slips
from explainers.kinds.race.params import Params
from explainers.runs.summary import unequal_work
from explainers.storyboard.mistakes import Loc, Mistake, mistake_of

if TYPE_CHECKING:
    from explainers.runs.model import Run


_SO_FAR = re.compile(r"\bso far\b", re.IGNORECASE)
_COUNTS = "{requests:more} or {output_tokens:more}"

SQUARE, SQUARE_PANES = (0.8, 1.25), 2
"""Shapes of frame (width over height) in which more panes than these have no room."""


def mistakes_in(params: Params, runs: Mapping[str, Run], shape: float) -> Iterator[Mistake]:
    """Ranges outside the runs, unlike datasets, views without data, too many panes, slips in sentences.

    `shape` is the frame's width over its height.
    """
    if SQUARE[0] < shape < SQUARE[1] and len(params.panes) > SQUARE_PANES:
        message = f"{len(params.panes)} panes have no room in a square frame"
        yield Mistake(
            ("panes",), "too-many-panes", message, f"at most {SQUARE_PANES}, or a wide or high frame"
        )
    yield from _range(params, runs)
    yield from _datasets(params, runs)
    yield from _views(params, runs)
    yield from _lead(params, runs)


def _range(params: Params, runs: Mapping[str, Run]) -> Iterator[Mistake]:
    end = max(runs[pane.run].end_s for pane in params.panes)
    first, until = params.clock.from_, params.clock.until
    expected = f"a time from 0 to {end:.2f} s"
    if not isinstance(until, str) and until > end + 1e-6:
        message = f"the clock runs to {until:g} s, but the last run ends at {end:.2f} s"
        yield Mistake(("clock", "until"), "range-outside-run", message, expected)
    stop = min(end, until) if not isinstance(until, str) else end
    if first >= stop:
        message = f"the clock begins at {first:g} s, where nothing is left to show"
        yield Mistake(("clock", "from"), "range-outside-run", message, expected)


def _datasets(params: Params, runs: Mapping[str, Run]) -> Iterator[Mistake]:
    from explainers.runs.summary import same_dataset

    if params.different_datasets:
        return
    first = runs[params.panes[0].run]
    for index, pane in enumerate(params.panes[1:], start=1):
        run = runs[pane.run]
        same, reason = same_dataset(first, run)
        if same is False:
            message = f"this run and the first had different datasets: {reason}"
            yield Mistake(
                ("panes", index, "run"),
                "different-datasets",
                message,
                "one dataset, or different_datasets: true",
            )


def _lead(params: Params, runs: Mapping[str, Run]) -> Iterator[Mistake]:
    if params.lead is None:
        return
    pair = rivals(params, runs)
    silent = not (pair.ours.knows_tokens and pair.other.knows_tokens)
    work = unequal_work(pair.other, pair.ours)
    last = pair.values(max(pair.ours.end_s, pair.other.end_s))
    for name in ("running", "result"):
        template, loc = getattr(params.lead, name) or "", ("lead", name)
        yield from (mistake_of(slip, loc) for slip in slips(template))
        numbers = expressions(template)
        said = {part for number in numbers if number.expression for part in number.expression.names}
        if silent and said & {"output_tokens", "throughput"}:
            message = "a run says nothing of tokens, so there is no lead in tokens"
            yield Mistake(loc, "view-without-data", message)
            continue
        refused = said & ({"time"} if params.unequal_work else {"time", "throughput"})
        if work and refused:
            message = f"no lead in {' or '.join(sorted(refused))}: the runs did not do the same work, {work}"
            said_then = "" if "time" in refused else "; or unequal_work: true, which the footer then says"
            yield Mistake(loc, "unequal-work", message, _COUNTS + said_then)
        elif "throughput" in said and not math.isfinite(last["throughput"]):
            message = f"no lead in throughput: {params.panes[0].run} has none to compare with"
            yield Mistake(loc, "view-without-data", message)
        else:
            yield from _signs(numbers, last, loc)
        timed = pair.ours.knows_token_times and pair.other.knows_token_times
        if not timed and said & {"output_tokens", "throughput"} and _SO_FAR.search(template):
            message = "a run's tokens have no times: what it wrote so far is not known"
            yield Mistake(loc, "view-without-data", message, "a sentence without 'so far'")


def _signs(numbers: Sequence[Piece], values: Mapping[str, float], loc: Loc) -> Iterator[Mistake]:
    """Times below zero, which the words around them (`sooner`) would contradict."""
    for piece in numbers:
        if piece.expression is None or piece.expression.names != ("time",) or piece.format in SIGN_WORDS:
            continue
        if piece.expression.evaluate(values) < 0:
            message = f"{piece.text} is {piece.shown(values)}: the sign belongs in words"
            yield Mistake(loc, "lead-sign", message, "{time:sooner}, which says sooner or later itself")


def _views(params: Params, runs: Mapping[str, Run]) -> Iterator[Mistake]:
    from explainers.kinds.race.sparkline import rate_name

    yield from _pictures(params, runs)
    for index, pane in enumerate(params.panes):
        run = runs[pane.run]
        if "requests" in params.views and not run.request_count:
            message = "this run does not say how many requests it had, so there are no cells to fill"
            yield Mistake(("panes", index, "run"), "view-without-data", message)
        if "sparkline" in params.views and rate_name(run, params.unit) is None:
            message = "this run holds totals only: a line of its rate over time would be made up"
            yield Mistake(("panes", index, "run"), "view-without-data", message)


def _pictures(params: Params, runs: Mapping[str, Run]) -> Iterator[Mistake]:
    """Lanes, text and curves of runs whose logs don't have what they show."""
    from explainers.kinds.race.lanes import lanes_of
    from explainers.kinds.race.waits import waits_of
    from explainers.kinds.race.written import request_of, row_of, written_of

    request = request_of(params, runs) if "stream" in params.views else None
    for index, pane in enumerate(params.panes):
        run = runs[pane.run]
        lacking = []
        if "lanes" in params.views and lanes_of(run) is None:
            lacking.append("this run does not say when each request was at work, so there are no lanes")
        if "latency" in params.views and not waits_of(run):
            lacking.append("this run does not say how long any request waited")
        if "stream" in params.views:
            row = row_of(run, request) if request is not None else None
            if request is not None and row is None:
                lacking.append(f"this run has no request {request!r} whose text could be shown")
            elif (written := written_of(run, row)) is None:
                lacking.append("this run does not keep the text of its tokens")
            elif right_to_left("".join(written.pieces)):
                lacking.append("its text is written from right to left, and this view sets letters in cells")
        for message in lacking:
            yield Mistake(("panes", index, "run"), "view-without-data", message)
