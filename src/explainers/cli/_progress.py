"""How a render and a batch are shown while they run: bars on a terminal, lines elsewhere or nothing."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from explainers.cli.options import err, out, show_json
from explainers.render.forkserver import default_jobs
from explainers.render.pipeline import Listener, Outcome
from explainers.render.progress import Progress, ShotOutcome, time_left_s

NOT_RENDERED = "not rendered"
"""Of a video that a batch which ended early did not come to, or did not finish."""


class Reporter(Listener):
    """Prints what the referee reports, and counts its warnings."""

    def __init__(self) -> None:
        self.warnings, self.checked = 0, True

    def begun(self, video: str, shots: Sequence[ShotOutcome]) -> None:
        if not self.checked:
            self.say(f"{video}: not checked, as --no-check says")

    def say(self, line: str) -> None:
        # What a render prints on stdout is its result alone.
        for part in line.split("\n"):
            err().print(part)

    def ended(self, outcome: Outcome) -> None:
        self.warnings = sum(finding.severity == "warning" for finding in outcome.findings)


class ShotBars(Reporter):
    """A bar for each shot that is being drawn and one for all, with the time left."""

    def __init__(self, bars: Any, workers: int):
        super().__init__()
        self._bars, self._workers, self._started = bars, workers, perf_counter()
        self._whole = bars.add_task("frames", total=0, left="")
        self._tasks: dict[str, Any] = {}
        self._shots: dict[str, Progress] = {}

    def progress(self, video: str, progress: Progress) -> None:
        name, total = progress.shot_id, max(1, progress.frames)
        if name not in self._tasks:
            self._tasks[name] = self._bars.add_task(name, total=total, visible=False, left="")
        self._shots[name] = progress
        drawing = progress.done > 0 and not progress.finished
        self._bars.update(self._tasks[name], completed=progress.done, total=total, visible=drawing)
        frames, done = (
            sum(getattr(shot, what) for shot in self._shots.values()) for what in ("frames", "done")
        )
        left_s = time_left_s(self._shots.values(), perf_counter() - self._started, self._workers)
        self._bars.update(self._whole, completed=done, total=frames, left=left_words(left_s))


@contextmanager
def shown_progress(quiet: bool = False, jobs: int | None = None) -> Iterator[Reporter]:
    """A listener for a render: with bars on a terminal, unless it is to be quiet."""
    if quiet or not sys.stderr.isatty():
        yield Reporter()
    else:
        with shown_bars("left") as bars:
            yield ShotBars(bars, jobs or default_jobs())


@contextmanager
def shown_bars(*fields: str) -> Iterator[Any]:
    """Bars on stderr with a name, a count and these fields of text; they are gone when all is done."""
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bars

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


@contextmanager
def shown_batch(videos: int, quiet: bool, jobs: int | None) -> Iterator[Reporter]:
    """A listener for a batch of so many videos, drawn by so many workers: one a core by default."""
    if quiet:
        yield Reporter()
    elif not sys.stderr.isatty():
        yield Lines()
    else:
        with shown_bars("rate", "left") as bars:
            yield Screen(bars, videos, jobs or default_jobs())


class Lines(Reporter):
    """A line for each video as it ends, on standard output."""

    def ended(self, outcome: Outcome) -> None:
        out().print(line_of(outcome))


class Screen(Lines):
    """Bars for videos, shots and frames, with frames a second and the time that is left; and the lines."""

    def __init__(self, bars: Any, videos: int, workers: int):
        super().__init__()
        self._bars, self._started = bars, perf_counter()
        self._unread, self._videos, self._workers = videos, videos, workers
        self._rows = [
            bars.add_task(name, total=0, rate="", left="") for name in ("videos", "shots", "frames")
        ]
        self._all_shots = self._all_frames = self._ended = 0
        self._shots: dict[tuple[str, str], Progress] = {}

    def begun(self, video: str, shots: Sequence[ShotOutcome]) -> None:
        super().begun(video, shots)
        drawn = [shot.frames for shot in shots if shot.outcome == "drawn"]
        self._unread -= 1
        self._all_shots, self._all_frames = self._all_shots + len(drawn), self._all_frames + sum(drawn)
        self._show()

    def progress(self, video: str, progress: Progress) -> None:
        self._shots[video, progress.shot_id] = progress
        self._show()

    def _show(self) -> None:
        known, elapsed_s = self._shots.values(), perf_counter() - self._started
        shots = sum(one.finished and one.frames > 0 for one in known)
        frames = sum(one.done for one in known)
        # What is not read yet is taken to be like what is.
        unread = self._unread / max(1, self._videos - self._unread)
        left_s = time_left_s(known, elapsed_s, self._workers, unread)
        totals = self._videos, self._all_shots, self._all_frames
        for row, done, total in zip(self._rows, (self._ended, shots, frames), totals, strict=True):
            self._bars.update(row, completed=done, total=total)
        rate = f"{frames / max(0.1, elapsed_s):.0f} frames/s"
        self._bars.update(self._rows[-1], rate=rate, left=left_words(left_s))

    def ended(self, outcome: Outcome) -> None:
        self._ended += 1
        self._show()
        self._bars.console.print(line_of(outcome))


def line_of(outcome: Outcome) -> str:
    """What became of a video, in one line."""
    if outcome.error is not None:
        return f"{outcome.video}  failed: {str(outcome.error).partition(chr(10))[0]}"
    if outcome.result is None:
        return f"{outcome.video}  {NOT_RENDERED}"
    result = outcome.result
    drawn = sum(shot.outcome == "drawn" for shot in result.shots)
    counts = f"{drawn} of {len(result.shots)} shots drawn" if drawn else "nothing drawn"
    return f"{outcome.video}  {result.duration_s:.1f} s of video, {counts}, {result.elapsed_s:.1f} s"


def show_outcomes(
    outcomes: Sequence[Outcome],
    things: str,
    where: str,
    elapsed_s: float,
    left_out: Mapping[str, str] | None = None,
    quiet: bool = False,
    as_json: bool = False,
) -> int:
    """What many renders came to: what failed in full on stderr, and a last line or JSON on stdout.

    `left_out` are videos that were not begun, and why. The worst exit code there was.
    """
    left_out = left_out or {}
    for outcome in outcomes:
        if outcome.error is not None:
            for line in f"{outcome.video}: {outcome.error}".split("\n"):
                err().print(line)
    if as_json:
        rows = [{"video": video, "exit_code": None, "error": why} for video, why in left_out.items()]
        show_json([*map(_row, outcomes), *rows])
    elif not quiet:
        for outcome in outcomes:
            if outcome.exit_code is None:
                out().print(line_of(outcome))
        for video, why in left_out.items():
            out().print(f"{video}  {why}")
        done = sum(outcome.exit_code == 0 for outcome in outcomes)
        out().print(f"{done} of {len(outcomes)} {things}, {elapsed_s:.1f} s; {where}")
    return max((outcome.exit_code or 0 for outcome in outcomes), default=0)


def _row(outcome: Outcome) -> dict[str, Any]:
    row: dict[str, Any] = {"video": outcome.video, "exit_code": outcome.exit_code, "error": None}
    if outcome.result is not None:
        return {**outcome.result.as_json(), **row}
    return {**row, "error": str(outcome.error) if outcome.error else NOT_RENDERED}
