"""Two runs side by side: the numbers a race would show, and whether the dataset was the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explainers.runs.latency import PERCENTILES, latencies, percentile
from explainers.runs.model import Run


@dataclass(frozen=True)
class Row:
    """One number of both runs; None where a run can't say."""

    name: str
    unit: str
    left: float | None
    right: float | None

    @property
    def change(self) -> float | None:
        """`right / left - 1`, or None where either is unknown or left is 0."""
        if self.left is None or self.right is None or self.left == 0:
            return None
        return self.right / self.left - 1


@dataclass(frozen=True)
class Comparison:
    """`same_dataset` is None where the logs can't tell; `reason` says how it was judged."""

    rows: tuple[Row, ...]
    same_dataset: bool | None
    reason: str


def compare(left: Run, right: Run) -> Comparison:
    """The table of two runs. Rows that neither run knows are left out."""
    rows = [
        Row("throughput", "tok/s", left.totals.throughput_tok_s, right.totals.throughput_tok_s),
        Row("total time", "s", left.end_s, right.end_s),
        Row("requests", "", left.request_count, right.request_count),
        Row("errors", "", _errors(left), _errors(right)),
        Row("output tokens", "", left.totals.output_tokens, right.totals.output_tokens),
    ]
    ours, theirs = latencies(left), latencies(right)
    for name, field in (
        ("time to first token", "first_token_s"),
        ("between tokens", "between_tokens_s"),
        ("request latency", "request_s"),
    ):
        for rank in PERCENTILES:
            pair = (percentile(getattr(each, field), rank) for each in (ours, theirs))
            rows.append(Row(f"{name} p{rank}", "s", *pair))
    rows += [
        Row(
            "early exits",
            "share",
            left.early_exit_share_at(left.end_s),
            right.early_exit_share_at(right.end_s),
        ),
        Row("involuntary exits", "", left.totals.involuntary_exits, right.totals.involuntary_exits),
        Row("involuntary stays", "", left.totals.involuntary_stays, right.totals.involuntary_stays),
    ]
    same, reason = same_dataset(left, right)
    return Comparison(tuple(row for row in rows if (row.left, row.right) != (None, None)), same, reason)


def same_dataset(left: Run, right: Run) -> tuple[bool | None, str]:
    """Whether both ran the same requests, by ids and prompt lengths, and how that was judged.

    None where a log has too little to tell: equal counts alone are no proof.
    """
    ours, theirs = left.request_count, right.request_count
    if ours is not None and theirs is not None and ours != theirs:
        return False, f"{ours:,} requests against {theirs:,}"
    if left.requests is None or right.requests is None:
        named = left.provenance.dataset
        if named and named == right.provenance.dataset and left.request_count == right.request_count:
            return None, f"both name {named!r}, but a log has no requests to compare"
        return None, "a log has no requests to compare"
    return _by_requests(left, right)


def _by_requests(left: Run, right: Run) -> tuple[bool | None, str]:
    assert left.requests is not None and right.requests is not None
    a, b = left.requests, right.requests
    rows = {each: row for row, each in enumerate(b.ids)}
    shared = [(row, rows[each]) for row, each in enumerate(a.ids) if each in rows]
    if len(shared) < len(a):
        # Ids drawn anew by each client say nothing; lengths in order still may.
        if len(a) != len(b) or shared:
            return False, f"{len(a) - len(shared)} of {len(a)} ids are not in the other run"
        shared = [(row, row) for row in range(len(a))]
    mine = a.prompt_tokens[[row for row, _ in shared]]
    other = b.prompt_tokens[[row for _, row in shared]]
    known = (mine >= 0) & (other >= 0)
    if not known.any():
        return None, f"{len(shared)} requests in both, prompt lengths not in the logs"
    different = int((mine[known] != other[known]).sum())
    if different:
        return False, f"{different} of {int(known.sum())} prompts differ in length"
    return True, f"{int(known.sum())} requests, all with equal prompt lengths"


def _errors(run: Run) -> int | None:
    return int(np.count_nonzero(~run.requests.ok)) if run.requests is not None else None
