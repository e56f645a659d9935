"""Progress bars on stderr, where it is a terminal; nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from explainers.build import Listener, Progress


@contextmanager
def shown_progress(quiet: bool = False) -> Iterator[Listener | None]:
    """A listener that shows a bar for each shot that is being drawn and one for all."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    from explainers.cli.options import err

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f}/{task.total:.0f}"),
    )
    bars = Bars(*columns, TimeRemainingColumn(), console=err(), transient=True)
    tasks: dict[str, object] = {}
    done: dict[str, int] = {}

    def listen(progress: Progress) -> None:
        name = progress.shot_id
        if not tasks:
            tasks[""] = bars.add_task("frames", total=0)
        if name not in tasks:
            tasks[name] = bars.add_task(name, total=max(1, progress.frames), visible=False)
        done[name] = progress.done
        totals = {task.description: task.total for task in bars.tasks if task.description != "frames"}
        started = progress.done > 0 and not progress.finished
        bars.update(tasks[name], completed=progress.done, visible=started)  # type: ignore[arg-type]
        bars.update(tasks[""], completed=sum(done.values()), total=sum(totals.values()))  # type: ignore[arg-type]

    with bars:
        yield listen
