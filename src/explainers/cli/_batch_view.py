"""How a batch is shown while it runs: bars on a terminal, a line a video elsewhere, nothing when quiet."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Any

from explainers.cli.options import out
from explainers.cli.progress import left_words, shown_bars
from explainers.render.batch import Hearer, Outcome
from explainers.render.forkserver import default_jobs
from explainers.render.progress import time_left_s

if TYPE_CHECKING:
    from explainers.render import Progress


NOT_RENDERED = "not rendered"
"""Of a video that a batch which ended early did not come to, or did not finish."""


@contextmanager
def shown_batch(videos: int, quiet: bool, jobs: int | None) -> Iterator[Hearer]:
    """A hearer for a batch of so many videos, drawn by so many workers: one a core by default."""
    if quiet:
        yield Hearer()
    elif not sys.stderr.isatty():
        yield Lines()
    else:
        with shown_bars("rate", "left") as bars:
            yield Screen(bars, videos, jobs or default_jobs())


class Lines(Hearer):
    """A line for each video as it ends, on standard output."""

    def ended(self, outcome: Outcome) -> None:
        """See Hearer."""
        out().print(line_of(outcome), markup=False)


class Screen(Lines):
    """Bars for videos, shots and frames, with frames a second and the time that is left; and the lines."""

    def __init__(self, bars: Any, videos: int, workers: int):
        self._bars, self._started = bars, perf_counter()
        self._unread, self._videos, self._workers = videos, videos, workers
        self._rows = [
            bars.add_task(name, total=0, rate="", left="") for name in ("videos", "shots", "frames")
        ]
        self._all_shots = self._all_frames = self._ended = 0
        self._shots: dict[tuple[str, str], Progress] = {}

    def begun(self, video: str, frames: int, shots: int) -> None:
        """See Hearer."""
        self._unread -= 1
        self._all_shots, self._all_frames = self._all_shots + shots, self._all_frames + frames
        self._show()

    def progress(self, video: str, progress: Progress) -> None:
        """See Hearer."""
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
        """See Hearer."""
        self._ended += 1
        self._show()
        self._bars.console.print(line_of(outcome), markup=False)


def line_of(outcome: Outcome) -> str:
    """What became of a video, in one line."""
    if outcome.error is not None:
        return f"{outcome.video}  failed: {str(outcome.error).splitlines()[0]}"
    if outcome.result is None:
        return f"{outcome.video}  {NOT_RENDERED}"
    result = outcome.result
    drawn = sum(shot.outcome == "drawn" for shot in result.shots)
    counts = f"{drawn} of {len(result.shots)} shots drawn" if drawn else "nothing drawn"
    return f"{outcome.video}  {result.duration_s:.1f} s of video, {counts}, {result.elapsed_s:.1f} s"
