"""How a batch is shown while it runs: bars on a terminal, a line a video elsewhere, nothing when quiet."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Any

from explainers.build.batch import Hearer, Outcome
from explainers.cli.options import err, out

if TYPE_CHECKING:
    from explainers.build import Progress


@contextmanager
def shown_batch(videos: int, quiet: bool) -> Iterator[Hearer]:
    """A hearer for a batch of so many videos."""
    if quiet:
        yield Hearer()
    elif not sys.stderr.isatty():
        yield Lines()
    else:
        from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bars

        columns: tuple[Any, ...] = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:.0f}/{task.total:.0f}"),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
        )
        with Bars(*columns, console=err(), transient=True) as bars:
            yield Screen(bars, videos)


class Lines(Hearer):
    """A line for each video as it ends, on standard output."""

    def ended(self, outcome: Outcome) -> None:
        """See Hearer."""
        out().print(line_of(outcome), markup=False)


class Screen(Lines):
    """Bars for videos, shots and frames, with frames a second and the time that is left; and the lines."""

    def __init__(self, bars: Any, videos: int):
        self._bars, self._started = bars, perf_counter()
        self._videos = bars.add_task("videos", total=videos, rate="")
        self._shots = bars.add_task("shots", total=0, rate="")
        self._frames = bars.add_task("frames", total=0, rate="")
        self._all_shots = self._all_frames = 0
        self._done: dict[tuple[str, str], int] = {}
        self._finished: set[tuple[str, str]] = set()

    def begun(self, video: str, frames: int, shots: int) -> None:
        """See Hearer."""
        self._all_shots, self._all_frames = self._all_shots + shots, self._all_frames + frames
        self._bars.update(self._shots, total=self._all_shots)
        self._bars.update(self._frames, total=self._all_frames)

    def progress(self, video: str, progress: Progress) -> None:
        """See Hearer."""
        shot = video, progress.shot_id
        self._done[shot] = progress.done
        if progress.finished and progress.frames:
            self._finished.add(shot)
        frames = sum(self._done.values())
        rate = f"{frames / max(0.1, perf_counter() - self._started):.0f} frames/s"
        self._bars.update(self._frames, completed=frames, rate=rate)
        self._bars.update(self._shots, completed=len(self._finished))

    def ended(self, outcome: Outcome) -> None:
        """See Hearer."""
        self._bars.advance(self._videos)
        self._bars.console.print(line_of(outcome), markup=False)


def line_of(outcome: Outcome) -> str:
    """What became of a video, in one line."""
    if outcome.error is not None:
        return f"{outcome.video}  failed: {str(outcome.error).splitlines()[0]}"
    if outcome.result is None:
        return f"{outcome.video}  not begun"
    result = outcome.result
    drawn = sum(shot.outcome == "drawn" for shot in result.shots)
    counts = f"{drawn} of {len(result.shots)} shots drawn" if drawn else "nothing drawn"
    return f"{outcome.video}  {result.duration_s:.1f} s of video, {counts}, {result.elapsed_s:.1f} s"
