"""A run in numbers: the waits of its requests, a summary for a terminal, and two runs beside each other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explainers.runs.model import CUT_SHORT, DATASET_SETTINGS, FloatArray, Run

PERCENTILES = (50, 95, 99)


@dataclass(frozen=True, eq=False)
class Latencies:
    """Seconds, one entry a known wait; empty where the run can't say.

    `first_token_s` and `request_s` have an entry a request that went well, `between_tokens_s` one a pair
    of neighbouring tokens. `known_at_s[name]` runs parallel: the moment each wait was over.
    """

    first_token_s: FloatArray
    between_tokens_s: FloatArray
    request_s: FloatArray
    first_token_at_s: FloatArray
    between_tokens_at_s: FloatArray
    request_at_s: FloatArray


def latencies(run: Run) -> Latencies:
    """All waits of a run; between tokens they are as interpolated as its caveats say."""
    nothing = np.zeros(0)
    if run.requests is None:
        return Latencies(nothing, nothing, nothing, nothing, nothing, nothing)
    requests, ok = run.requests, run.requests.ok
    first, first_at = _known(requests.first_token_s, requests.arrival_s, ok)
    whole, whole_at = _known(requests.finish_s, requests.arrival_s, ok)
    between = between_at = nothing
    if run.tokens is not None and run.tokens.at_s.size:
        starts = run.tokens.offsets[:-1][np.diff(run.tokens.offsets) > 0]
        inside = np.ones(run.tokens.at_s.size, dtype=np.bool_)
        inside[starts] = False
        between = np.diff(run.tokens.at_s, prepend=0.0)[inside]
        between_at = run.tokens.at_s[inside]
    return Latencies(first, between, whole, first_at, between_at, whole_at)


def _known(end_s: FloatArray, start_s: FloatArray, ok: np.ndarray) -> tuple[FloatArray, FloatArray]:
    known = ok & np.isfinite(end_s) & np.isfinite(start_s)
    return end_s[known] - start_s[known], end_s[known]


def percentile(values: FloatArray, rank: float) -> float | None:
    """The value at `rank` percent, or None where there are no values."""
    known = values[np.isfinite(values)]
    return float(np.percentile(known, rank)) if known.size else None


BARS = "▁▂▃▄▅▆▇█"


def summary(run: Run) -> list[tuple[str, str]]:
    """Name and value of what the run knows, for a terminal; what it doesn't know is left out."""
    provenance, totals = run.provenance, run.totals
    lines = [
        ("system", provenance.system),
        ("policy", provenance.label or provenance.policy),
        ("model", provenance.model),
        ("hardware", provenance.hardware),
        ("dataset", provenance.dataset),
        ("kind", provenance.kind),
        ("source", provenance.source),
        ("length", f"{run.end_s:.2f} s"),
        ("requests", _done(run)),
        ("output tokens", f"{totals.output_tokens:,}" if totals.output_tokens is not None else ""),
        ("throughput", f"{totals.throughput_tok_s:.2f} tok/s" if totals.throughput_tok_s is not None else ""),
    ]
    share = run.early_exit_share_at(run.end_s)
    lines.append(("early exits", f"{share:.2%} of tokens" if share is not None else ""))
    lines += [("passes", f"{run.iterations.batch.size:,}")] if run.iterations is not None else []
    waits = latencies(run)
    for name, values in (
        ("first token", waits.first_token_s),
        ("between tokens", waits.between_tokens_s),
        ("request", waits.request_s),
    ):
        middle, high = percentile(values, 50), percentile(values, 95)
        lines.append((name, f"p50 {middle:.3f} s, p95 {high:.3f} s" if middle is not None else ""))
    lines += [("caveat", caveat) for caveat in run.caveats]
    return [(name, value) for name, value in lines if value]


def _done(run: Run) -> str:
    if run.request_count is None:
        return ""
    found = run.outcomes
    done = f", {found.completed:,} completed" if found.lost and found.completed is not None else ""
    return f"{run.request_count:,}{done}" + (f", {found.words}" if found.lost else "")


def sparkline(run: Run, width: int = 60) -> str:
    """Output tokens (else finished requests) per stretch of time, `width` stretches; "" where unknown."""
    if not run.end_s or not (run.knows_tokens or run.knows_completed):
        return ""
    edges = np.linspace(0.0, run.end_s, width + 1)
    counts = run.output_tokens_at(edges) if run.knows_tokens else run.completed_at(edges)
    rates = np.diff(counts)
    top = rates.max()
    if top <= 0:
        return BARS[0] * width
    levels = np.round(rates / top * (len(BARS) - 1)).astype(int)
    return "".join(BARS[level] for level in np.clip(levels, 0, len(BARS) - 1))


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
    ours, theirs = left.outcomes, right.outcomes
    rows = [
        Row("throughput", "tok/s", left.totals.throughput_tok_s, right.totals.throughput_tok_s, not work),
        Row("total time", "s", left.end_s, right.end_s, not work),
        Row("requests", "", left.request_count, right.request_count),
        Row("completed", "", ours.completed, theirs.completed),
        *(
            Row(name, "", getattr(ours, name), getattr(theirs, name))
            for name in ("failed", "cancelled", "unfinished")
            if getattr(ours, name) or getattr(theirs, name)
        ),
        Row("output tokens", "", left.totals.output_tokens, right.totals.output_tokens),
    ]
    waits = latencies(left), latencies(right)
    for name, field in (
        ("time to first token", "first_token_s"),
        ("between tokens", "between_tokens_s"),
        ("request latency", "request_s"),
    ):
        for rank in PERCENTILES:
            left_s, right_s = (percentile(getattr(each, field), rank) for each in waits)
            rows.append(Row(f"{name} p{rank}", "s", left_s, right_s, not work))
    shares = [run.early_exit_share_at(run.end_s) for run in (left, right)]
    rows += [
        Row("early exits", "share", shares[0], shares[1]),
        Row("involuntary exits", "", left.totals.involuntary_exits, right.totals.involuntary_exits),
        Row("involuntary stays", "", left.totals.involuntary_stays, right.totals.involuntary_stays),
    ]
    same, reason = same_dataset(left, right)
    kept = tuple(row for row in rows if (row.left, row.right) != (None, None))
    return Comparison(kept, same, reason, work)


def lost_at(run: Run, s: float) -> int:
    """Requests known at run second `s` not to be completed: at their own moment, else when the run ends."""
    if s >= run.end_s:
        return run.outcomes.lost
    if run.requests is None:
        return 0
    return int(np.count_nonzero(run.requests.finish_s[~run.requests.ok] <= s))


def unequal_work(left: Run, right: Run) -> str | None:
    """Why times and rates of two runs can't be compared: requests that one of them did not complete.

    None where both completed every request, as far as their logs say.
    """
    if not left.outcomes.lost and not right.outcomes.lost:
        return None
    return f"{_work_of(left)} against {_work_of(right)}"


def _work_of(run: Run) -> str:
    found, total = run.outcomes, run.request_count
    if not found.lost:
        return f"{found.completed:,} completed" if found.completed is not None else "nothing known to be lost"
    return f"{found.completed or 0:,} of {total:,} completed ({found.words})" if total else found.words


def same_dataset(left: Run, right: Run) -> tuple[bool | None, str]:
    """Whether both ran the same requests, and how that was judged: True, False, or None for not known.

    Everything the logs hold is compared: numbers of requests, ids and prompt lengths, totals of prompt
    tokens, and what a log states of its dataset (name, file, seed, lengths). Any contradiction is False.
    Agreement is True only where it could not have come about with other requests: the same file of
    prompts, prompt lengths that vary and all agree, or one name with a seed or a total that agrees.
    Equal counts, equal names or prompts of one length are no proof.
    """
    cut = any(caveat.startswith(CUT_SHORT) for run in (left, right) for caveat in run.caveats)
    ours, theirs = left.request_count, right.request_count
    if ours is not None and theirs is not None and ours != theirs:
        return _unless_cut(cut, f"{ours:,} requests against {theirs:,}")
    same_file = _pair(left, right, "dataset_sha256")
    if same_file and same_file[0] == same_file[1] and not cut:
        return True, f"{_requests(ours)} of one file of prompts"
    names = [run.provenance.dataset for run in (left, right)]
    if all(names) and len({" ".join(name.casefold().split()) for name in names}) > 1:
        return False, f"{names[0]!r} against {names[1]!r}"
    verdict, reason = _by_requests(left, right, cut)
    if verdict is not None:
        return verdict, reason
    if different := _stated_differently(left, right):
        return False, different
    totals = _prompt_totals(left, right)
    if totals and totals[0] != totals[1]:
        return _unless_cut(cut, f"{totals[0]:,} prompt tokens against {totals[1]:,}")
    if cut or not all(names) or ours is None or theirs is None:
        return None, reason
    # A total that the number of requests divides may be the one of prompts cut to a length.
    if totals and totals[0] % ours:
        return True, f"{_requests(ours)} of {names[0]!r} with {totals[0]:,} prompt tokens in each"
    if _pair(left, right, "seed"):
        return True, f"{_requests(ours)} of {names[0]!r}, drawn with one seed"
    return None, f"both name {names[0]!r}, but {reason}"


def same_datasets(runs: Sequence[Run]) -> bool | None:
    """The outcome of several runs, each against the first: False before None before True."""
    outcomes = {same_dataset(runs[0], run)[0] for run in runs[1:]}
    return False if False in outcomes else None if None in outcomes else True


def _by_requests(left: Run, right: Run, cut: bool) -> tuple[bool | None, str]:
    """What ids and prompt lengths say: by id where both logs have the same ids, else as a collection.

    Ids that count from 0 or 1, and ids drawn anew by each client, say nothing; nor does the order in
    which a client writes its requests.
    """
    if left.requests is None or right.requests is None:
        return None, "a log has no requests to compare"
    a, b = left.requests, right.requests
    shared = set(a.ids) & set(b.ids)
    counted = _ordinal(a.ids) and _ordinal(b.ids)
    if shared and set(a.ids) != set(b.ids) and not counted:
        missing = max(len(set(each.ids) - shared) for each in (a, b))
        return _unless_cut(cut, f"{missing} of {len(a)} ids are not in the other run")
    by_id = bool(shared) and not counted and len(shared) == len(a) == len(b)
    rows = {each: row for row, each in enumerate(b.ids)}
    mine = a.prompt_tokens
    others = b.prompt_tokens[[rows[each] for each in a.ids]] if by_id else b.prompt_tokens
    if not (mine > 0).any() or not (others > 0).any():
        return None, f"{len(a)} requests in both, prompt lengths not in the logs"
    if by_id:
        both = (mine > 0) & (others > 0)
        known, different = int(both.sum()), int((mine[both] != others[both]).sum())
    else:
        ours, theirs = (Counter(each[each > 0].tolist()) for each in (mine, others))
        known = min(ours.total(), theirs.total())
        # A length without its like may belong to a request whose length the other log lacks.
        different = max((ours - theirs).total() - len(b) + theirs.total(), 0)
        different = max((theirs - ours).total() - len(a) + ours.total(), different)
    if different:
        return _unless_cut(cut, f"{different} of {known} prompts differ in length")
    count = left.request_count
    if cut or not known == len(a) == len(b) == count:
        return None, f"prompt lengths of {known} of {count} requests agree, the others are not known"
    if np.ptp(mine) == 0 and not (by_id and known > 1):
        return None, f"the prompts of all {known} requests have {int(mine[0])} tokens"
    return True, f"{known} requests, all with equal prompt lengths"


def _unless_cut(cut: bool, difference: str) -> tuple[bool | None, str]:
    """A difference that a log which ends early explains is no contradiction."""
    return (None, f"{difference}, but a log is cut short") if cut else (False, difference)


def _ordinal(ids: Sequence[str]) -> bool:
    """Whether ids only count requests, whatever stands before the number: `0`, `s1`, `0_17`."""
    tails = [re.search(r"[0-9]+$", each) for each in ids]
    numbers = sorted(int(tail[0][-18:]) for tail in tails if tail)
    return len(numbers) == len(ids) > 0 and numbers[0] in (0, 1) and numbers[-1] < numbers[0] + len(ids)


def _stated_differently(left: Run, right: Run) -> str | None:
    """The first setting about the dataset that both logs state and that differs, in words."""
    for name in DATASET_SETTINGS:
        pair = _pair(left, right, name)
        if pair and pair[0] != pair[1]:
            return f"{name} {pair[0][:32]} against {pair[1][:32]}"
    return None


def _pair(left: Run, right: Run, name: str) -> tuple[str, str] | None:
    """A setting as both logs state it (a path without its folders); None where it says nothing."""
    ours, theirs = (run.provenance.settings.get(name, "") for run in (left, right))
    generator = name.partition("_")[0]
    # Clients also write the defaults of generators that they did not use.
    unused = generator in ("random", "sharegpt") and any(
        generator not in (run.provenance.dataset or generator).casefold() for run in (left, right)
    )
    if not ours or not theirs or unused:
        return None
    if name == "dataset_path":
        return ours.rpartition("/")[2], theirs.rpartition("/")[2]
    return ours, theirs


def _prompt_totals(left: Run, right: Run) -> tuple[int, int] | None:
    """Prompt tokens of all requests of both runs; None where a log does not say."""
    ours, theirs = (None if run.outcomes.lost else run.totals.prompt_tokens for run in (left, right))
    return (ours, theirs) if ours and theirs else None


def _requests(count: int | None) -> str:
    return f"{count:,} requests" if count is not None else "requests"
