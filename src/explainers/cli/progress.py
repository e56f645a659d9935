"""Progress bars on stderr, where it is a terminal; nothing elsewhere."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from explainers.render import Listener, Progress


@contextmanager
def shown_progress(quiet: bool = False, jobs: int | None = None) -> Iterator[Listener | None]:
    """A listener that shows a bar for each shot that is being drawn and one for all, with the time left."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from explainers.render.forkserver import default_jobs
    from explainers.render.progress import time_left_s

    tasks: dict[str, Any] = {}
    shots: dict[str, Progress] = {}
    started = perf_counter()

    def listen(progress: Progress) -> None:
        name = progress.shot_id
        if name not in tasks:
            tasks[name] = bars.add_task(name, total=max(1, progress.frames), visible=False, left="")
        shots[name] = progress
        drawing = progress.done > 0 and not progress.finished
        bars.update(tasks[name], completed=progress.done, total=max(1, progress.frames), visible=drawing)
        frames, done = (sum(getattr(one, what) for one in shots.values()) for what in ("frames", "done"))
        left = left_words(time_left_s(shots.values(), perf_counter() - started, jobs or default_jobs()))
        bars.update(whole, completed=done, total=frames, left=left)

    with shown_bars("left") as bars:
        whole = bars.add_task("frames", total=0, left="")
        yield listen


@contextmanager
def shown_bars(*fields: str) -> Iterator[Any]:
    """Bars on stderr with a name, a count and these fields of text; they are gone when all is done."""
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bars

    from explainers.cli.options import err

    columns: tuple[Any, ...] = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f}/{task.total:.0f}"),
        *(TextColumn(f"{{task.fields[{name}]}}") for name in fields),
    )
    with Bars(*columns, console=err(), transient=True) as bars:
        yield bars


def left_words(seconds: float) -> str:
    """A time that is left, in words; rounded up, so that it does not say 0 s before the end."""
    if seconds <= 0:
        return ""
    minutes, rest = divmod(math.ceil(seconds), 60)
    return f"{minutes}:{rest:02d} left" if minutes else f"{rest} s left"
