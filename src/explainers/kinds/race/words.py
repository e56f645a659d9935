"""Words of a race that are put together from its runs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from explainers.kinds.race.measures import per_cell
from explainers.kinds.race.params import PICTURES, Params

if TYPE_CHECKING:
    from explainers.runs.model import Run


def raced(params: Params, runs: Mapping[str, Run]) -> str:
    """What is raced: `Llama-2-70b-chat, batch 8, 2,160 articles`."""
    if params.raced is not None:
        return params.raced
    return ", ".join(
        part for part in (_model(params, runs), _batch(params, runs), _amount(params, runs)) if part
    )


def compared(params: Params, runs: Mapping[str, Run]) -> str:
    """What was compared: model, hardware where the run names it, number of requests and dataset."""
    if params.compared is not None:
        return params.compared
    if params.raced is not None:
        return params.raced
    shared = "" if _same(params, runs) is False else _shared(params, runs, "dataset")
    dataset = re.sub(r"\s*\([^)]*\)", "", shared)
    # The recorder's own name for a dataset counts its prompts, which the amount says already.
    dataset = re.sub(r", [\d,]+ prompts$", "", dataset)
    amount = _amount(params, runs) + (f" of {dataset}" if dataset else "")
    if dataset[:1].isdigit():
        # Such a name counts its requests itself: `100 drawn requests, seed 0`.
        amount = dataset
    return ", ".join(
        part for part in (_model(params, runs), _shared(params, runs, "hardware"), amount) if part
    )


def cell_meaning(params: Params, runs: Mapping[str, Run]) -> str | None:
    """What a cell of the request view stands for; None where there is no such view."""
    requests = runs[params.panes[0].run].request_count
    if "requests" not in params.views or not requests:
        return None
    size = per_cell(requests)
    if size == 1:
        return f"{requests:,} cells = {requests:,} {params.unit}"
    return f"one cell = {size:,} {params.unit}"


def lost_meaning(params: Params, runs: Mapping[str, Run]) -> str:
    """What became of the requests that a pane crosses out; empty where all runs completed theirs."""
    verbs = {runs[pane.run].outcomes.verb for pane in params.panes} - {""}
    return verbs.pop() if len(verbs) == 1 else "not done" if verbs else ""


def picture_meaning(params: Params, runs: Mapping[str, Run]) -> str | None:
    """What the first picture of the panes shows, as a sentence begins."""
    first = next((view for view in params.views if view in PICTURES), None)
    if first == "requests":
        return cell_meaning(params, runs)
    return {
        "lanes": "each lane is a slot of the batch, each bar a request",
        "stream": f"{'the same' if _same(params, runs) else 'one'} request, token by token",
        "latency": "share of waits no longer than this, as they end",
    }.get(first or "")


def time_note(params: Params, runs: Mapping[str, Run]) -> str:
    """`measured time`, or what else the clock shows."""
    kinds = {runs[pane.run].provenance.kind for pane in params.panes}
    if len(kinds) > 1:
        return "measured and simulated time"
    return f"{kinds.pop()} time"


def _same(params: Params, runs: Mapping[str, Run]) -> bool | None:
    from explainers.runs.summary import same_datasets

    return same_datasets([runs[pane.run] for pane in params.panes])


def _shared(params: Params, runs: Mapping[str, Run], name: str) -> str:
    """A word of provenance that all runs have in common; nothing where they differ."""
    words = {str(getattr(runs[pane.run].provenance, name)) for pane in params.panes}
    return words.pop() if len(words) == 1 else ""


def _model(params: Params, runs: Mapping[str, Run]) -> str:
    return _shared(params, runs, "model")


def _batch(params: Params, runs: Mapping[str, Run]) -> str:
    sizes = {runs[pane.run].provenance.settings.get("batch") for pane in params.panes}
    size = sizes.pop() if len(sizes) == 1 else None
    return f"batch {size}" if size else ""


def _amount(params: Params, runs: Mapping[str, Run]) -> str:
    counts = {runs[pane.run].request_count for pane in params.panes}
    count = counts.pop() if len(counts) == 1 else None
    return f"{count:,} {params.unit}" if count else ""


def said_of_views(params: Params, runs: Mapping[str, Run]) -> tuple[str, ...]:
    """What a viewer must know of lanes, text and curves to read them rightly; for the footer."""
    shown = [runs[pane.run] for pane in params.panes]
    said = []
    if "lanes" in params.views:
        said.append("one lane = one slot, one bar = one request")
        if any(run.requests is not None and not _knows_starts(run) for run in shown):
            said.append("bars begin at the first token")
    if "stream" in params.views and any(run.tokens and run.tokens.pieces is None for run in shown):
        said.append("words spread evenly over the tokens")
    if "latency" in params.views:
        said.append("curves: share of all waits that were no longer, so far")
    return tuple(said)


def _knows_starts(run: Run) -> bool:
    passes = run.iterations is not None and run.iterations.members is not None
    return passes or (run.requests is not None and run.requests.start_s is not None)
