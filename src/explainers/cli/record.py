"""The command `record`: drive one or two OpenAI-compatible servers with a dataset, and keep what came."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from explainers.cli.options import AsJson, err, out, show_json
from explainers.cli.runs import comparison_facts, facts_of, rate_of, show_comparison
from explainers.scratch import reported

if TYPE_CHECKING:
    from rich.table import Table

    from explainers.record import Recorded, Update

INTERRUPTED = 130


def register(app: typer.Typer) -> None:
    app.command()(record)


def record(
    dataset: Annotated[
        Path,
        typer.Option(help="Prompts as JSON Lines: `prompt` or `messages`, `id` and `max_tokens` if wanted."),
    ],
    left: Annotated[str, typer.Option(help="URL of a server: http://host:8000/v1, or the whole path.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for left.run.jsonl and right.run.jsonl.")
    ],
    right: Annotated[str | None, typer.Option(help="URL of the other server.")] = None,
    rate: Annotated[str, typer.Option(help="Arrivals a second (Poisson), or inf: all at once.")] = "inf",
    concurrency: Annotated[int | None, typer.Option(help="Requests at once, at most; no limit else.")] = None,
    max_tokens: Annotated[int, typer.Option(help="Output tokens of a request, at most.")] = 128,
    temperature: Annotated[float, typer.Option(help="Sampling temperature.")] = 0.0,
    seed: Annotated[int, typer.Option(help="Of the arrivals and of the sampling.")] = 0,
    limit: Annotated[int | None, typer.Option(help="Only that many prompts, the first ones.")] = None,
    warmup: Annotated[int, typer.Option(help="Requests sent first and left out.")] = 1,
    retries: Annotated[int, typer.Option(help="How often a refused request is sent again.")] = 2,
    stall: Annotated[float, typer.Option(help="Seconds without a byte after which a request failed.")] = 60.0,
    together: Annotated[
        bool, typer.Option("--together", help="Both at the same time; one after the other else.")
    ] = False,
    left_model: Annotated[str | None, typer.Option(help="Its model; else the server names it.")] = None,
    right_model: Annotated[str | None, typer.Option(help="Its model; else the server names it.")] = None,
    left_label: Annotated[str, typer.Option(help="What a race calls it.")] = "",
    right_label: Annotated[str, typer.Option(help="What a race calls it.")] = "",
    hardware: Annotated[str, typer.Option(help="What both run on.")] = "",
    no_text: Annotated[bool, typer.Option("--no-text", help="Don't keep what was written.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with what was interrupted.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace what was recorded.")] = False,
    as_json: AsJson = False,
) -> int:
    """Record one or two servers with the same prompts, arrivals and sampling; Ctrl-C keeps what came.

    API keys come from EXPLAINERS_LEFT_API_KEY, EXPLAINERS_RIGHT_API_KEY or OPENAI_API_KEY.
    """
    from explainers.record import Recording, Side
    from explainers.record import record as recorded

    sides = [Side(left, "left", left_model, left_label, hardware)]
    if right is not None:
        sides.append(Side(right, "right", right_model, right_label, hardware))
    recording = Recording(
        dataset=dataset, sides=tuple(sides), out=output, rate=rate_of(rate), concurrency=concurrency,
        max_tokens=max_tokens, temperature=temperature, seed=seed, limit=limit, warmup=warmup,
        retries=retries, stall_s=stall, together=together, keep_text=not no_text, resume=resume,
        overwrite=overwrite,
    )  # fmt: skip
    with live_table(as_json) as listener, reported("the recording", output):
        result = recorded(recording, listener)
    _show(result, as_json)
    return INTERRUPTED if result.interrupted else 0


@contextmanager
def live_table(quiet: bool) -> Iterator[Callable[[Update], None] | None]:
    """A listener that keeps a table on stderr up to date where that is a terminal; None elsewhere."""
    if quiet or not err().is_terminal:
        yield None
        return
    from rich.live import Live

    latest: dict[str, Update] = {}
    with Live(table_of(latest), console=err(), refresh_per_second=8, transient=True) as live:

        def show(update: Update) -> None:
            latest[update.side] = update
            live.update(table_of(latest))

        yield show


def table_of(latest: dict[str, Update]) -> Table:
    """A row a side: how far it is, and how fast."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, caption="Ctrl-C keeps what was recorded", caption_justify="left")
    for name in ("", "time", "done", "running", "errors", "tokens", "tokens/s"):
        table.add_column(name, justify="left" if not name else "right")
    for side, update in latest.items():
        minutes, seconds = divmod(update.elapsed_s, 60)
        table.add_row(
            side,
            f"{int(minutes)}:{seconds:04.1f}",
            f"{update.done:,}/{update.requests:,}",
            f"{update.running:,}",
            f"{update.errors:,}",
            f"{update.tokens:,}",
            f"{update.tokens_per_s:,.1f}",
        )
    return table


def _show(result: Recorded, as_json: bool) -> None:
    from explainers.runs.summary import compare

    runs = [run for _, run in result.runs]
    found = compare(*runs) if len(runs) == 2 else None
    if as_json:
        facts: dict[str, Any] = {"interrupted": result.interrupted}
        facts["runs"] = [{"file": str(path), **facts_of(run)} for path, run in result.runs]
        facts["comparison"] = comparison_facts(found) if found else None
        return show_json(facts)
    for path, run in result.runs:
        lost = f" ({run.outcomes.words})" if run.outcomes.lost else ""
        out().print(f"{path}: {run.request_count or 0:,} requests{lost}, {run.end_s:.2f} s")
        for caveat in run.caveats:
            out().print(f"  {caveat}")
    if found:
        out().print("")
        show_comparison(found, [path.name.partition(".")[0] for path, _ in result.runs])
    if result.interrupted:
        err().print("the same command with --resume goes on")
    elif found:
        files = " ".join(str(path) for path, _ in result.runs)
        out().print(f"now: explainers runs race {files} -o race.mp4")
    return None
