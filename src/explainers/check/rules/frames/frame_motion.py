"""Motion that covers the whole frame for long.

Large moving pictures make some viewers sick. More than three quarters of the frame in motion, without a
rest of half a second, for more than five seconds is reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from explainers.check.finding import Finding
from explainers.check.subject import Pictures

if TYPE_CHECKING:
    from explainers.film.luminance import Luminance

CODE: Final = "frame-motion"
SEVERITY: Final = "warning"
NEEDS: Final = ("luminance",)

COVERED, LONG_S, REST_S = 0.75, 5.0, 0.5


def find(subject: Pictures) -> Iterator[Finding]:
    for shot in subject.plan.shots:
        drawn = subject.drawn.get(shot.id)
        if drawn is None or drawn.luminance is None:
            continue
        offset = subject.plan.start_frames[shot.id]
        fps = drawn.luminance.fps
        for first, last in _stretches(drawn.luminance):
            message = f"the whole frame is in motion for {(last - first) / fps:.1f} s"
            loc = (*subject.words.shot_locs[shot.id], "id")
            times: dict[str, Any] = {
                "start_s": round((offset + first) / fps, 3),
                "end_s": round((offset + last) / fps, 3),
            }
            fix = "move less of the picture, or give it rests"
            yield subject.words.found(CODE, SEVERITY, message, loc, shot=shot.id, fix=fix, **times)


def _stretches(luminance: Luminance) -> Iterator[tuple[int, int]]:
    """First and last frame of each long stretch in which most blocks keep changing."""
    most = COVERED * luminance.rows * luminance.columns
    busy = [f for f, n in zip(luminance.frames.tolist(), luminance.counts.tolist(), strict=True) if n >= most]
    # A shot's first frame changes everything, being the first.
    busy = [frame for frame in busy if frame > luminance.first]
    rest, long = REST_S * luminance.fps, LONG_S * luminance.fps
    start = 0
    for index in range(1, len(busy) + 1):
        if index == len(busy) or busy[index] - busy[index - 1] > rest:
            if busy[index - 1] - busy[start] > long:
                yield busy[start], busy[index - 1]
            start = index
