"""What lies across the shots of a video: its poster, its transitions, its captions and chapters."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from explainers.errors import nearest
from explainers.plan.captions import in_order
from explainers.plan.model import ChapterPlan, CuePlan, TransitionPlan
from explainers.plan.shot import Planned
from explainers.storyboard.mistakes import Mistake
from explainers.storyboard.model import Storyboard, Transition
from explainers.timing import frame_at


def poster_frame(storyboard: Storyboard, planned: Sequence[Planned], mistakes: list[Mistake]) -> int:
    """The poster's frame in the video: a time, or a shot or beat as it ends and before a fade leads out.

    Adds a mistake, and gives 0, where there is no such moment.
    """
    poster = storyboard.poster
    fps = planned[0].shot.canvas.fps
    if poster is not None and poster.at is not None:
        total = sum(one.shot.duration_frames for one in planned)
        if frame_at(poster.at, fps) < total:
            return frame_at(poster.at, fps)
        message = f"the poster's time is past the end of the video, {total / fps:.2f} s"
        mistakes.append(Mistake(("poster", "at"), "out-of-range", message))
        return 0
    wanted = (poster.shot if poster else None) or planned[0].shot.id
    start = 0
    for index, one in enumerate(planned):
        if one.shot.id == wanted:
            following = storyboard.shots[index + 1].transition if index + 1 < len(planned) else "cut"
            end = one.shot.duration_frames - _fade_frames(following, fps)
            return start + _end_of(one, poster.beat if poster else None, end, mistakes) - 1
        start += one.shot.duration_frames
    near = nearest(wanted, [one.shot.id for one in planned])
    message = f"there is no shot {wanted!r}"
    mistakes.append(Mistake(("poster", "shot"), "unknown-shot", message, did_you_mean=near))
    return 0


def _end_of(planned: Planned, beat: str | None, end: int, mistakes: list[Mistake]) -> int:
    """The frame, in the shot, at which the shot or its beat ends; `end` is the shot's last good one."""
    shot = planned.shot
    if beat is None:
        return max(1, end)
    for one in shot.beats:
        if one.id == beat:
            return max(1, min(end, frame_at(one.end_s, shot.canvas.fps)))
    near = nearest(beat, [one.id for one in shot.beats])
    message = f"the shot {shot.id!r} has no beat {beat!r}"
    mistakes.append(Mistake(("poster", "beat"), "unknown-beat", message, did_you_mean=near))
    return 1


def transitions(
    storyboard: Storyboard, planned: Sequence[Planned], mistakes: list[Mistake]
) -> tuple[TransitionPlan, ...]:
    """The fades between shots; adds a mistake for one that leaves nothing of a shot beside it."""
    found = []
    taken_of = dict.fromkeys((one.shot.id for one in planned), 0)
    for index, (before, after) in enumerate(pairwise(planned), 1):
        fps = after.shot.canvas.fps
        frames = _fade_frames(storyboard.shots[index].transition, fps)
        if frames == 0:
            continue
        for one in (before.shot, after.shot):
            taken_of[one.id] += frames
            if taken_of[one.id] >= one.duration_frames:
                message = f"fades take all of the shot {one.id!r}, which lasts {one.duration_s:.2f} s"
                mistakes.append(Mistake(("shots", index, "transition"), "bad-transition", message))
        found.append(TransitionPlan(before.shot.id, after.shot.id, "fade", frames))
    return tuple(found)


def _fade_frames(transition: str | Transition, fps: int) -> int:
    """Frames a transition takes of each of its two shots: half of its length."""
    return 0 if isinstance(transition, str) else frame_at(transition.fade / 2, fps)


def beside(planned: Sequence[Planned]) -> tuple[tuple[CuePlan, ...], tuple[ChapterPlan, ...]]:
    """Captions and chapters with times of the whole video."""
    cues: list[CuePlan] = []
    chapters = []
    start = 0
    for one in planned:
        fps = one.shot.canvas.fps
        offset = start / fps
        cues += [CuePlan(cue.start_s + offset, cue.end_s + offset, cue.text, cue.shot_id) for cue in one.cues]
        for frame, title in one.chapters:
            chapters.append(ChapterPlan((start + frame) / fps, start + frame, title))
        start += one.shot.duration_frames
    return in_order(cues), tuple(chapters)
