"""Words of a race that are put together from its runs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from explainers.kinds.race.measures import per_cell
from explainers.kinds.race.params import Params

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
    dataset = re.sub(r"\s*\([^)]*\)", "", _shared(params, runs, "dataset"))
    amount = _amount(params, runs) + (f" of {dataset}" if dataset else "")
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


def time_note(params: Params, runs: Mapping[str, Run]) -> str:
    """`measured time`, or what else the clock shows."""
    kinds = {runs[pane.run].provenance.kind for pane in params.panes}
    return "simulated time" if "simulated" in kinds else "measured time"


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
