"""The commands `runs show`, `compare`, `convert`, `cast` and `race`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from explainers.cli.options import (
    AsJson,
    DifferentDatasets,
    Jobs,
    Labels,
    Streamed,
    err,
    labels_of,
    out,
    show_json,
)
from explainers.errors import UsageError
from explainers.scratch import replacing, reported

if TYPE_CHECKING:
    from explainers.runs import Run
    from explainers.runs.summary import Comparison, Row

Log = Annotated[Path, typer.Argument(help="A log, a folder of logs or a run; `.run.jsonl` may be left out.")]
Part = Annotated[int | None, typer.Option(help="Which of the results appended to one file; the last else.")]


def register(app: typer.Typer) -> None:
    runs = typer.Typer(
        help="Recorded executions: read, compare, convert, replay, race.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    for command in (show, compare, convert, cast, race):
        runs.command()(command)
    app.add_typer(runs, name="runs")


def show(file: Log, part: Part = None, as_json: AsJson = False) -> None:
    """What a log says: a summary and its rate over time."""
    from explainers.runs.summary import sparkline, summary

    run = _read(file, part)
    if as_json:
        return show_json(facts_of(run))
    lines = summary(run)
    width = max(len(name) for name, _ in lines)
    for name, value in lines:
        out().print(f"{name:<{width}}  {value}")
    if line := sparkline(run):
        out().print(f"{'tokens' if run.knows_tokens else 'requests':<{width}}  {line}")
    return None


def compare(left: Log, right: Log, as_json: AsJson = False) -> None:
    """The numbers a race of two runs would show, and whether both had the same dataset."""
    from explainers.runs.summary import compare as compared

    runs = (_read(left), _read(right))
    found = compared(*runs)
    if as_json:
        return show_json(comparison_facts(found))
    labels = [run.label for run in runs]
    if not all(labels) or labels[0] == labels[1]:
        labels = [left.name, right.name]
    show_comparison(found, labels)
    return None


def convert(
    file: Log,
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to; `.run.jsonl` is put behind it.")],
    part: Part = None,
    label: Annotated[str | None, typer.Option(help="What a race calls the run.")] = None,
    system: Annotated[str | None, typer.Option(help="The serving system.")] = None,
    model: Annotated[str | None, typer.Option(help="The model.")] = None,
    hardware: Annotated[str | None, typer.Option(help="What it ran on.")] = None,
    dataset: Annotated[str | None, typer.Option(help="What it ran over.")] = None,
    policy: Annotated[str | None, typer.Option(help="The scheduler's policy.")] = None,
    source: Annotated[str | None, typer.Option(help="Where the log is from, such as path@commit.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write any log as a `run/1` file, with words about it that the log does not hold."""
    from explainers.runs.load import convert as converted
    from explainers.runs.load import run_path

    given = {"label": label, "system": system, "model": model, "hardware": hardware}
    given |= {"dataset": dataset, "policy": policy, "source": source}
    with reported("the run", output):
        run = converted(run_path(file), output, part, **{key: text for key, text in given.items() if text})
    _wrote(run, run_path(output), as_json)


def cast(
    file: Log,
    output: Annotated[Path, typer.Option("--output", "-o", help="The recording, a .cast file.")],
    title: Annotated[str | None, typer.Option(help="Its title; the log's or the run's name else.")] = None,
    size: Annotated[
        str | None, typer.Option(help="Columns x rows, such as 80x24; as the lines need.")
    ] = None,
    bars: Annotated[bool, typer.Option("--bars", help="Only progress bars, from their own start.")] = False,
    in_place: Annotated[
        bool, typer.Option("--in-place", help="A bar replaces its last state, as at a terminal.")
    ] = False,
    keep: Annotated[
        int, typer.Option(min=1, max=100, help="With --in-place: the first state of every so many % stays.")
    ] = 100,
    as_json: AsJson = False,
) -> None:
    """Replay a log's own lines at their own times, as a terminal recording."""
    from explainers.runs.replay import cast_text, replay, size_of

    if output.suffix != ".cast":
        raise UsageError(f"a terminal recording is a .cast file, not {output.name}")
    columns, rows = size_of(size) if size is not None else (None, None)
    found = replay(file, bars, columns)
    text = cast_text(found, title, (columns, rows) if columns and rows else None, in_place, keep)
    with reported("the recording", output), replacing(output) as made:
        made.write_bytes(text.encode())
    if as_json:
        return show_json({"file": str(output), "lines": len(found.lines), "length_s": found.length_s})
    out().print(f"{output}: {len(found.lines):,} lines in {found.length_s:.2f} s")
    return None


def race(
    left: Log,
    right: Log,
    output: Annotated[Path, typer.Option("--output", "-o", help="The video, an .mp4 file.")],
    views: Annotated[
        str | None, typer.Option(help="requests, lanes, stream or latency, and counters, with commas.")
    ] = None,
    labels: Labels = None,
    request: Streamed = None,
    title: Annotated[str | None, typer.Option(help="The title over the race.")] = None,
    speed: Annotated[
        str, typer.Option(help="Times real time, such as 110x; one that is short else.")
    ] = "auto",
    unit: Annotated[str, typer.Option(help="What a request is called, in the plural.")] = "requests",
    different_datasets: DifferentDatasets = False,
    quality: Annotated[str, typer.Option(help="draft, standard or final.")] = "final",
    theme: Annotated[str | None, typer.Option(help="ink or paper.")] = None,
    jobs: Jobs = None,
    as_json: AsJson = False,
) -> None:
    """Race two runs in a video of their own; `explainers new VIDEO --race LEFT RIGHT` begins one to edit."""
    from explainers.cli.race_video import RaceWords, rendered_race
    from explainers.timing import clock

    if output.suffix != ".mp4":
        raise UsageError(f"a race is an .mp4 file, not {output.name}")
    names = [view.strip() for view in views.split(",") if view.strip()] if views else []
    words = RaceWords(title, labels_of(labels), names, speed, unit, different_datasets, request)
    result = rendered_race((left, right), output, words, quality, theme, jobs, quiet=as_json)
    if as_json:
        return show_json(result)
    out().print(f"{output}: {clock(result['duration_s'])}, {result['frames']} frames")
    return None


def rate_of(written: str) -> float:
    """Requests a second, or inf. UsageError otherwise."""
    try:
        value = float(written)
    except ValueError:
        value = 0.0
    if not value > 0:
        raise UsageError(f"--rate is requests a second, or inf, not {written!r}")
    return value


def _read(path: Path, part: int | None = None) -> Run:
    from explainers.runs import load_run
    from explainers.runs.load import read_log

    return load_run(path) if part is None else read_log(path, part)


def _wrote(run: Run, path: Path, as_json: bool) -> None:
    if as_json:
        return show_json({"file": str(path), **facts_of(run)})
    out().print(f"{path}: {run.end_s:.2f} s, {_amount(run)}")
    for caveat in run.caveats:
        err().print(caveat, style="dim")
    return None


def _amount(run: Run) -> str:
    parts = []
    if run.request_count is not None:
        lost = f" ({run.outcomes.words})" if run.outcomes.words else ""
        parts.append(f"{run.request_count:,} requests{lost}")
    if run.totals.output_tokens is not None:
        parts.append(f"{run.totals.output_tokens:,} tokens")
    return ", ".join(parts) or "nothing counted"


def facts_of(run: Run) -> dict[str, Any]:
    """A run's summary for machines; what it can't say is null."""
    from dataclasses import asdict

    from explainers.runs.summary import PERCENTILES, latencies, percentile

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
    names = "name", "unit", "left", "right", "change"
    facts = {name: getattr(found, name) for name in ("same_dataset", "reason", "unequal_work")}
    return facts | {"rows": [{name: getattr(row, name) for name in names} for row in found.rows]}


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
        out().print(f"NOT THE SAME WORK, times and rates not compared: {found.unequal_work}")
    words = {True: "same dataset", False: "DIFFERENT DATASETS", None: "dataset not known to be the same"}
    out().print(f"{words[found.same_dataset]}: {found.reason}")


def _number(row: Row, value: float | None) -> str:
    if value is None:
        return "–"
    if row.unit == "share":
        return f"{value:.2%}"
    if row.unit == "s":
        return f"{value:,.3f}"
    return f"{value:,.2f}" if row.unit else f"{value:,.0f}"
