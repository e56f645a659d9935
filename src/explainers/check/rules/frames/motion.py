"""Rules about what moves and flashes, judged from how bright each part of each frame is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from explainers.check.finding import Finding
from explainers.check.flashes import MOST, Mask, flashes, flashing_blocks
from explainers.check.rules import rule
from explainers.check.subject import Drawn, Pictures
from explainers.theme import design_scale

if TYPE_CHECKING:
    from explainers.compositor.luminance import Luminance


@rule("flash", "error", needs="luminance")
def flash(subject: Pictures) -> Iterator[Finding]:
    """Flashing.

    WCAG 2.3.1: no more than three general flashes and no more than three red flashes within any second,
    where a flash is a pair of opposing changes of relative luminance by a tenth or more (the darker below
    0.80), or to and from a saturated red, over more than a quarter of any 10 degree field: 341 x 256 pixels
    of a 1024 x 768 picture, at the same time. What moves through a picture turns each block in its own time.
    Judged on block means of every encoded frame, across cuts.
    """
    plan, canvas = subject.plan, subject.plan.canvas
    blocks = flashing_blocks(_summaries(subject), canvas.fps)
    scale = design_scale(canvas.width, canvas.height)
    width, height = canvas.width / scale, canvas.height / scale
    for one in flashes(_frames(subject, blocks), canvas.fps, blocks) if blocks is not None else ():
        shot, frame = plan.shot_at(min(one.first, plan.total_frames - 1))
        beat = next((b.id for b in shot.beats if b.start_s <= frame / canvas.fps < b.end_s), None)
        what = "red flashes" if one.red else "flashes"
        left, top, right, bottom = one.region
        yield subject.words.found(
            f"more than {MOST} {what} in a second over {one.share:.0%} of a 10 degree field",
            subject.words.loc(shot.id),
            shot=shot.id,
            beat=beat,
            seconds=(one.first / canvas.fps, one.last / canvas.fps),
            region=(left * width, top * height, right * width, bottom * height),
            fix="fewer, slower or smaller changes",
        )


def _frames(subject: Pictures, blocks: Mask) -> Iterator[tuple[int, object]]:
    """Every frame in which one of the blocks changed, numbered in the video."""
    for start, luminance in _summaries(subject):
        for frame, grid in luminance.steps(blocks):
            yield start + frame, grid


def _summaries(subject: Pictures) -> Iterator[tuple[int, Luminance]]:
    """All shots and cross-fades that were drawn, in order, and the frame of the video each counts from."""
    halves = {transition.after: transition.frames for transition in subject.plan.transitions}
    for shot in subject.plan.shots:
        drawn, start = subject.drawn.get(shot.id, Drawn()), subject.plan.start_frames[shot.id]
        if drawn.fade is not None:
            yield start - halves.get(shot.id, 0), drawn.fade
        if drawn.luminance is not None:
            yield start, drawn.luminance


@rule("still-camera", "warning")
def still_camera(subject: Pictures) -> Iterator[Finding]:
    """A camera that goes nowhere.

    What a beat's `camera` names fills the frame at most: where it fills the frame already, or lies over all
    of it, the whole picture stays in view and the beat shows nothing of the camera.
    """
    for shot, geometry in subject.geometries():
        left = geometry.get("camera", ())
        for index, beat in enumerate(shot.beats):
            if beat.camera is None or "all" in beat.camera.to:
                continue
            if not any(abs(t - beat.start_s) < 1e-3 for t in left):
                said = ", ".join(map(repr, beat.camera.to))
                yield subject.words.found(
                    f"the camera stays where it is: {said} fills the frame already",
                    subject.words.loc(shot.id, "beats", index, "camera"),
                    shot=shot.id,
                    beat=beat.id,
                    fix="name something smaller, or say with `shape` in which frames it goes there",
                )


COVERED, LONG_S, REST_S = 0.75, 5.0, 0.5


@rule("frame-motion", "warning", needs="luminance")
def frame_motion(subject: Pictures) -> Iterator[Finding]:
    """Motion that covers the whole frame for long.

    Large moving pictures make some viewers sick. More than three quarters of the frame in motion, without a
    rest of half a second, for more than five seconds is reported.
    """
    for shot in subject.plan.shots:
        luminance = subject.drawn.get(shot.id, Drawn()).luminance
        for first, last in _stretches(luminance) if luminance is not None else ():
            offset, fps = subject.plan.start_frames[shot.id], shot.canvas.fps
            message = f"the whole frame is in motion for {(last - first) / fps:.1f} s"
            seconds = (offset + first) / fps, (offset + last) / fps
            fix = "move less of the picture, or give it rests"
            yield subject.words.found(message, shot=shot.id, fix=fix, seconds=seconds)


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
