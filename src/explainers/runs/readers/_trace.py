"""Chrome trace events, and the passes of a batch that some of them are."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from explainers.runs.model import PASS_KINDS, Iterations
from explainers.runs.readers._source import Source, number

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
