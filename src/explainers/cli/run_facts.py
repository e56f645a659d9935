"""Runs and comparisons of them, for machines and as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from explainers.cli.options import out

if TYPE_CHECKING:
    from explainers.runs import Run
    from explainers.runs.compare import Comparison, Row


def facts_of(run: Run) -> dict[str, Any]:
    """A run's summary for machines; what it can't say is null."""
    from dataclasses import asdict

    from explainers.runs.latency import PERCENTILES, latencies, percentile

    waits = latencies(run)
    seconds = {
        "first_token": waits.first_token_s,
        "between_tokens": waits.between_tokens_s,
        "request": waits.request_s,
    }
    return {
        "provenance": asdict(run.provenance),
        "totals": asdict(run.totals),
        "length_s": run.end_s,
        "requests": run.request_count,
        "outcomes": asdict(run.outcomes),
        "passes": int(run.iterations.batch.size) if run.iterations is not None else None,
        "early_exit_share": run.early_exit_share_at(run.end_s),
        "latency_s": {
            name: {f"p{rank}": percentile(values, rank) for rank in PERCENTILES}
            for name, values in seconds.items()
        },
        "caveats": list(run.caveats),
    }


def comparison_facts(found: Comparison) -> dict[str, Any]:
    """A comparison for machines."""
    rows = [
        {"name": row.name, "unit": row.unit, "left": row.left, "right": row.right, "change": row.change}
        for row in found.rows
    ]
    said = {"same_dataset": found.same_dataset, "reason": found.reason, "unequal_work": found.unequal_work}
    return said | {"rows": rows}


def show_comparison(found: Comparison, labels: list[str]) -> None:
    """A comparison as a table, and what is known of the datasets."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    table.add_column("")
    for label in (*labels, "change"):
        table.add_column(Text(label), justify="right")
    for row in found.rows:
        name = f"{row.name}, {row.unit}" if row.unit else row.name
        change = "" if row.change is None else f"{row.change:+.1%}"
        table.add_row(name, _number(row, row.left), _number(row, row.right), change)
    out().print(table)
    if found.unequal_work:
        out().print(f"NOT THE SAME WORK, times and rates not compared: {found.unequal_work}", markup=False)
    said = {True: "same dataset", False: "DIFFERENT DATASETS", None: "dataset not known to be the same"}
    out().print(f"{said[found.same_dataset]}: {found.reason}", markup=False)


def _number(row: Row, value: float | None) -> str:
    if value is None:
        return "–"
    if row.unit == "share":
        return f"{value:.2%}"
    if row.unit == "s":
        return f"{value:,.3f}"
    return f"{value:,.2f}" if row.unit else f"{value:,.0f}"
