"""Two runs side by side: the numbers a race would show, and whether the dataset was the same."""

from __future__ import annotations

from dataclasses import dataclass

from explainers.runs.latency import PERCENTILES, latencies, percentile
from explainers.runs.model import Run
from explainers.runs.outcomes import unequal_work


@dataclass(frozen=True)
class Row:
    """One number of both runs; None where a run can't say."""

    name: str
    unit: str
    left: float | None
    right: float | None
    comparable: bool = True
    """Whether a change says something: not of times and rates over different work."""

    @property
    def change(self) -> float | None:
        """`right / left - 1`, or None where either is unknown, left is 0, or they can't be compared."""
        if self.left is None or self.right is None or self.left == 0 or not self.comparable:
            return None
        return self.right / self.left - 1


@dataclass(frozen=True)
class Comparison:
    """`same_dataset` is None where the logs can't tell; `reason` says how it was judged.

    `unequal_work` says which requests were not completed, and is None where all were.
    """

    rows: tuple[Row, ...]
    same_dataset: bool | None
    reason: str
    unequal_work: str | None = None


def compare(left: Run, right: Run) -> Comparison:
    """The table of two runs. Rows that neither run knows are left out."""
    work = unequal_work(left, right)
    ours_ended, theirs_ended = left.outcomes, right.outcomes
    rows = [
        Row("throughput", "tok/s", left.totals.throughput_tok_s, right.totals.throughput_tok_s, not work),
        Row("total time", "s", left.end_s, right.end_s, not work),
        Row("requests", "", left.request_count, right.request_count),
        Row("completed", "", ours_ended.completed, theirs_ended.completed),
        *(
            Row(name, "", getattr(ours_ended, name), getattr(theirs_ended, name))
            for name in ("failed", "cancelled", "unfinished")
            if getattr(ours_ended, name) or getattr(theirs_ended, name)
        ),
        Row("output tokens", "", left.totals.output_tokens, right.totals.output_tokens),
    ]
    ours, theirs = latencies(left), latencies(right)
    for name, field in (
        ("time to first token", "first_token_s"),
        ("between tokens", "between_tokens_s"),
        ("request latency", "request_s"),
    ):
        for rank in PERCENTILES:
            left_s, right_s = (percentile(getattr(each, field), rank) for each in (ours, theirs))
            rows.append(Row(f"{name} p{rank}", "s", left_s, right_s, not work))
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
    kept = tuple(row for row in rows if (row.left, row.right) != (None, None))
    return Comparison(kept, same, reason, work)


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
