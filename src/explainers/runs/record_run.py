"""A journal becomes a run."""

from __future__ import annotations

from typing import Any

import numpy as np

from explainers.runs.model import TOKENS_INTERPOLATED, Counter, Provenance, Run, Totals
from explainers.runs.reading import LoggedRequest, assembled, spread_tokens, totals_of
from explainers.runs.record_http import Endpoint
from explainers.runs.record_journal import Journal


def run_of(
    journal: Journal,
    order: list[str],
    endpoint: Endpoint,
    settings: dict[str, str],
    words: tuple[str, str, str],
) -> Run:
    """The run of a journal, requests in the dataset's order. `words`: label, hardware, dataset."""
    place = {each: index for index, each in enumerate(order)}
    records = sorted(journal.done, key=lambda each: place.get(each["id"], len(place)))
    rows = [_seen(each) for each in records]
    requests, tokens = assembled(rows, zero_s=0.0)
    label, hardware, dataset = words
    api = "chat" if endpoint.chat else "completions"
    provenance = Provenance(
        system=f"OpenAI-compatible server ({api})",
        label=label,
        model=endpoint.model,
        hardware=hardware,
        dataset=dataset,
        settings=settings,
        source="explainers record",
    )
    return Run(
        provenance,
        totals_of(requests, Totals(requests=len(order))),
        _caveats(journal, records, rows, len(order)),
        requests=requests,
        tokens=tokens,
        counters=_retries(records),
    )


def _seen(record: dict[str, Any]) -> LoggedRequest:
    at_s = record["at_s"]
    count = record.get("output_tokens")
    row = LoggedRequest(record["id"], record["arrival_s"], record["start_s"], finish_s=record["finish_s"])
    row.prompt_tokens = -1 if record.get("prompt_tokens") is None else int(record["prompt_tokens"])
    row.error = record.get("error") or (None if at_s else "no token in the stream")
    # The server's own count is right where several tokens come in a piece; a cut stream has none.
    row.output_tokens = int(count) if count and at_s else len(at_s)
    if at_s:
        row.first_token_s = at_s[0]
        even = row.output_tokens != len(at_s)
        row.token_s = spread_tokens(at_s, row.output_tokens) if even else np.array(at_s)
        pieces = record.get("pieces")
        row.pieces = pieces if pieces and not even else None
        row.text = "".join(pieces) if pieces else None
    return row


def _caveats(
    journal: Journal, records: list[dict[str, Any]], rows: list[LoggedRequest], asked: int
) -> tuple[str, ...]:
    caveats = []
    even = sum(len(each["at_s"]) != row.output_tokens for each, row in zip(records, rows, strict=True))
    if even:
        caveats.append(f"{TOKENS_INTERPOLATED} in {even} of {len(rows)} requests: several tokens in a chunk")
    if any(each.get("output_tokens") is None and each["at_s"] and not each.get("error") for each in records):
        caveats.append("the server gave no token counts: one token a chunk assumed")
    if len(rows) < asked:
        caveats.append(f"interrupted: {len(rows)} of {asked} requests")
    if journal.sessions > 1:
        caveats.append(f"recorded in {journal.sessions} sessions, one after the other")
    if failed := sum(row.error is not None for row in rows):
        caveats.append(f"{failed} requests ended in an error")
    if retried := sum(bool(each.get("retries")) for each in records):
        caveats.append(f"{retried} requests were sent again")
    return tuple(caveats)


def _retries(records: list[dict[str, Any]]) -> dict[str, Counter]:
    """Sending again over time, at the moment the request was over; nothing where there was none."""
    again = sorted((float(each["finish_s"]), int(each["retries"])) for each in records if each.get("retries"))
    if not again:
        return {}
    moments, counts = zip(*again, strict=True)
    return {"retries": Counter(np.array(moments), np.cumsum(counts).astype(np.float64))}
