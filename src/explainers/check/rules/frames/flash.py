"""Flashing.

WCAG 2.3.1: no more than three general flashes and no more than three red flashes within any second,
where a flash is a pair of opposing changes of relative luminance by a tenth or more (the darker below
0.80), or to and from a saturated red, over more than a quarter of any 10 degree field: 341 x 256 pixels
of a 1024 x 768 picture. Judged on block means of every encoded frame, across cuts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from explainers.check.finding import Finding
from explainers.check.flashes import MOST, Flashing, Mask, flashes, restless
from explainers.check.subject import Drawn, Pictures
from explainers.theme import design_scale

if TYPE_CHECKING:
    from explainers.film.luminance import Luminance

CODE: Final = "flash"
SEVERITY: Final = "error"
NEEDS: Final = ("luminance",)


def find(subject: Pictures) -> Iterator[Finding]:
    fps = subject.plan.canvas.fps
    blocks = restless(_summaries(subject), fps)
    if blocks is None:
        return
    for stretch in flashes(_frames(subject, blocks), fps, blocks):
        yield _finding(stretch, subject, fps)


def _frames(subject: Pictures, blocks: Mask) -> Iterator[tuple[int, object]]:
    """Every frame in which one of the blocks changed, numbered in the video."""
    for start, luminance in _summaries(subject):
        for frame, grid in luminance.steps(blocks):
            yield start + frame, grid


def _summaries(subject: Pictures) -> Iterator[tuple[int, Luminance]]:
    """All shots and cross-fades that were drawn, in order, and the frame of the video each counts from."""
    halves = {one.after: one.frames for one in subject.plan.transitions}
    for shot in subject.plan.shots:
        drawn, start = subject.drawn.get(shot.id, Drawn()), subject.plan.start_frames[shot.id]
        if drawn.fade is not None:
            yield start - halves.get(shot.id, 0), drawn.fade
        if drawn.luminance is not None:
            yield start, drawn.luminance


def _finding(stretch: Flashing, subject: Pictures, fps: int) -> Finding:
    shot, frame = subject.plan.shot_at(min(stretch.first, subject.plan.total_frames - 1))
    beat = next((one.id for one in shot.beats if one.start_s <= frame / fps < one.end_s), None)
    what = "red flashes" if stretch.red else "flashes"
    message = f"more than {MOST} {what} in a second over {stretch.share:.0%} of a 10 degree field"
    loc = (*subject.words.shot_locs[shot.id], "id")
    height = design_scale(subject.plan.canvas.width, subject.plan.canvas.height)
    width, tall = subject.plan.canvas.width / height, subject.plan.canvas.height / height
    left, top, right, bottom = stretch.region
    region = (left * width, top * tall, right * width, bottom * tall)
    times: dict[str, Any] = {"start_s": round(stretch.first / fps, 3), "end_s": round(stretch.last / fps, 3)}
    fix = "fewer, slower or smaller changes"
    return subject.words.found(
        CODE, SEVERITY, message, loc, shot=shot.id, beat=beat, region=region, fix=fix, **times
    )
