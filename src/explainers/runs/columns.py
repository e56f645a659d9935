"""The arrays of a run to and from the packed columns of `run/1`.

Times are written as whole microseconds: diffable, quick to parse, and finer than any log's clock.
Unknown times are null, token times are steps from the token before (the first from the run's start).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainers.runs.model import Counter, Iterations, Progress, Requests, Tokens

Body = dict[str, Any]
FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def requests_out(requests: Requests, first: int, last: int) -> Body:
    """Columns of the rows `first` to `last`, exclusive."""
    rows = slice(first, last)
    body: Body = {
        "id": list(requests.ids[rows]),
        "arrival_us": _us(requests.arrival_s[rows]),
        "first_token_us": _us(requests.first_token_s[rows]),
        "finish_us": _us(requests.finish_s[rows]),
        "prompt_tokens": requests.prompt_tokens[rows].tolist(),
        "output_tokens": requests.output_tokens[rows].tolist(),
    }
    if requests.start_s is not None:
        body["start_us"] = _us(requests.start_s[rows])
    if requests.errors is not None:
        body["error"] = list(requests.errors[rows])
    if requests.texts is not None:
        body["text"] = list(requests.texts[rows])
    return body


def requests_in(bodies: Sequence[Body]) -> Requests | None:
    """All request lines as one table. Raises ValueError where columns differ in length."""
    if not bodies:
        return None
    for body in bodies:
        if len({len(column) for column in body.values()}) > 1:
            raise ValueError("a requests line has columns of different lengths")
    return Requests(
        ids=tuple(str(each) for each in _joined(bodies, "id")),
        arrival_s=_seconds(_joined(bodies, "arrival_us")),
        first_token_s=_seconds(_joined(bodies, "first_token_us")),
        finish_s=_seconds(_joined(bodies, "finish_us")),
        prompt_tokens=_ints(_joined(bodies, "prompt_tokens")),
        output_tokens=_ints(_joined(bodies, "output_tokens")),
        start_s=_seconds(_joined(bodies, "start_us")) if "start_us" in bodies[0] else None,
        errors=tuple(_joined(bodies, "error")) if "error" in bodies[0] else None,
        texts=tuple(_joined(bodies, "text")) if "text" in bodies[0] else None,
    )


def tokens_out(tokens: Tokens, first: int, last: int) -> Body:
    """Columns of the tokens of the requests `first` to `last`, exclusive."""
    offsets = tokens.offsets[first : last + 1]
    span = slice(int(offsets[0]), int(offsets[-1]))
    us = np.round(tokens.at_s[span] * 1e6).astype(np.int64)
    steps = np.diff(us, prepend=0)
    counts = np.diff(offsets)
    starts = (offsets[:-1] - offsets[0])[counts > 0]
    steps[starts] = us[starts]
    body: Body = {"count": counts.tolist(), "step_us": steps.tolist()}
    if tokens.exit_layers is not None:
        body["exit_layer"] = tokens.exit_layers[span].tolist()
    if tokens.pieces is not None:
        body["piece"] = list(tokens.pieces[span])
    return body


def tokens_in(bodies: Sequence[Body], requests: int) -> Tokens | None:
    """All token lines as one table of `requests` rows; rows a cut file lacks have no tokens.

    Raises ValueError where the counts do not add up.
    """
    if not bodies:
        return None
    counts, steps = _ints(_joined(bodies, "count")), _ints(_joined(bodies, "step_us"))
    if counts.size > requests or (counts < 0).any() or counts.sum() != steps.size:
        raise ValueError(f"{steps.size} token times for {counts.sum()} tokens of {requests} requests")
    counts = np.concatenate((counts, np.zeros(requests - counts.size, dtype=np.int64)))
    offsets = np.concatenate(([0], np.cumsum(counts)))
    # One running sum over all tokens; what had run up before each request is taken off again.
    run_up = np.concatenate(([0], np.cumsum(steps)))
    us = run_up[1:] - np.repeat(run_up[offsets[:-1]], counts)
    layers = _ints(_joined(bodies, "exit_layer")) if "exit_layer" in bodies[0] else None
    pieces = tuple(_joined(bodies, "piece")) if "piece" in bodies[0] else None
    if any(each is not None and len(each) != steps.size for each in (layers, pieces)):
        raise ValueError("exit_layer and piece must have an entry for every token")
    return Tokens(offsets, us / 1e6, layers, pieces)


def progress_out(progress: Progress) -> Body:
    return {
        "resolution_s": progress.resolution_s,
        "elapsed_us": _us(progress.elapsed_s),
        "completed_requests": progress.completed_requests.tolist(),
    }


def progress_in(bodies: Sequence[Body]) -> Progress | None:
    if not bodies:
        return None
    elapsed_s, counts = _seconds(_joined(bodies, "elapsed_us")), _ints(_joined(bodies, "completed_requests"))
    _ascending("progress", elapsed_s, counts)
    return Progress(elapsed_s, counts, float(bodies[0].get("resolution_s", 0.0)))


def iterations_out(passes: Iterations) -> Body:
    body: Body = {"start_us": _us(passes.start_s), "duration_us": _us(passes.duration_s)}
    body["batch"] = passes.batch.tolist()
    if passes.ramp_exits is not None:
        body["ramp_exits"] = passes.ramp_exits.tolist()
    if passes.members is not None:
        body["members"] = passes.members.tolist()
    if passes.kinds is not None:
        body["kind"] = passes.kinds.tolist()
    return body


def iterations_in(bodies: Sequence[Body]) -> Iterations | None:
    """All passes; the members of each are as many as its batch."""
    if not bodies:
        return None
    start_s, batch = _seconds(_joined(bodies, "start_us")), _ints(_joined(bodies, "batch"))
    _ascending("iterations", start_s, batch)
    exits = _ints(_joined(bodies, "ramp_exits")) if "ramp_exits" in bodies[0] else None
    members = _ints(_joined(bodies, "members")) if "members" in bodies[0] else None
    if members is not None and members.size != batch.sum():
        raise ValueError(f"{members.size} members for batches of {batch.sum()} in all")
    offsets = np.concatenate(([0], np.cumsum(batch))) if members is not None else None
    duration_s = _seconds(_joined(bodies, "duration_us"))
    kinds = _ints(_joined(bodies, "kind")) if "kind" in bodies[0] else None
    return Iterations(start_s, duration_s, batch, exits, offsets, members, kinds)


def counter_out(counter: Counter) -> Body:
    return {"at_us": _us(counter.at_s), "value": counter.value.tolist()}


def counter_in(body: Body) -> Counter:
    at_s, value = _seconds(body["at_us"]), np.array(body["value"], dtype=np.float64)
    _ascending(f"counter {body['name']!r}", at_s, value)
    return Counter(at_s, value, str(body.get("unit", "")))


def _ascending(what: str, at_s: FloatArray, values: NDArray[Any]) -> None:
    if at_s.size != values.size:
        raise ValueError(f"{what}: {at_s.size} times for {values.size} values")
    if at_s.size and not (np.isfinite(at_s).all() and (np.diff(at_s) >= 0).all()):
        raise ValueError(f"{what}: its times do not ascend")


def _joined(bodies: Iterable[Body], name: str) -> list[Any]:
    return list(chain.from_iterable(body[name] for body in bodies))


def _us(seconds: FloatArray) -> list[int | None]:
    known = np.isfinite(seconds)
    us = np.round(np.where(known, seconds, 0.0) * 1e6).astype(np.int64).tolist()
    return [each if there else None for each, there in zip(us, known.tolist(), strict=True)]


def _seconds(us: Sequence[int | None]) -> FloatArray:
    return np.asarray(np.array(us, dtype=np.float64) / 1e6, dtype=np.float64)


def _ints(values: Sequence[int]) -> IntArray:
    return np.array(values, dtype=np.int64)
