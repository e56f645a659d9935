"""The pictures of two states beside each other: each changed beat before and after, and where they differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from explainers.check import judge as judge_plan
from explainers.compositor.geometry import box_of_mask
from explainers.compositor.layer import Rect, merged
from explainers.errors import RenderFailed
from explainers.render.batch import Job, Listener, Request, Stages, Wanted
from explainers.render.judging import drawn_of, geometries_of
from explainers.render.pipeline import run
from explainers.render.planner import FIRST, LAST, STILL, beat_frames, still_of
from explainers.render.production import Production
from explainers.render.visible_text import results_of
from explainers.review.compare import Comparison, judge, result_changes
from explainers.review.state import State

EXACT, ENCODED = 6, 40
"""Levels of 255 by which pixels must differ: of frames that were drawn, and where one was encoded."""
_FEWEST = 6
"""Pixels of a change that is looked at, where one of the frames was encoded."""


@dataclass(frozen=True)
class Region:
    """A part of the frame in which something changed, in pixels of the later picture, and its share of it."""

    box: Rect
    share: float


@dataclass(frozen=True, eq=False)
class BeatPictures:
    """A beat before and after, as RGB of shape (height, width, 3); None where it is in one state only.

    `share` is that of the pixels which differ.
    """

    shot: str
    beat: str
    at_s: float
    before: np.ndarray | None
    after: np.ndarray | None
    regions: tuple[Region, ...] = ()
    share: float = 0.0

    @property
    def name(self) -> str:
        return f"{self.shot}:{self.beat}" if self.beat else self.shot

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        pixels = self.after if self.after is not None else self.before
        assert pixels is not None
        return pixels.shape[1], pixels.shape[0]


Stills = Mapping[tuple[str, str], np.ndarray]
"""Pictures by shot and beat, "" for a shot without beats."""


def look(found: Comparison, jobs: int | None = None, listener: Listener | None = None) -> list[BeatPictures]:
    """Draw what changed in both states, judge it, and compare it; beats that look the same are left out.

    Shots of which no picture and no length changed go from the comparison's `shots` to `redrawn`. Raises as
    a render does.
    """
    changed = [shot.id for shot in found.shots]
    both = [_stills(state, changed, jobs, listener) for state in (found.old, found.new)]
    pictures = list(_pairs(found, changed, *both))
    differing = {picture.shot for picture in pictures}
    for shot in list(found.shots):
        if shot.change == "changed" and shot.id not in differing and shot.before_s == shot.after_s:
            found.shots.remove(shot)
            found.redrawn.append(shot.id)
    found.results = result_changes(found)
    judge(found)
    return pictures


def _stills(state: State, shots: Sequence[str], jobs: int | None, listener: Listener | None) -> Stills:
    shots = [shot for shot in shots if shot in state.shots]
    if state.plan is None:
        return _of_video(state, shots)
    if not shots:
        return {}
    stages = partial(_stages, shots=shots)
    production, files = run(Request.of(state.plan), jobs=jobs, listener=listener, stages=stages)
    for shot_id, geometry in geometries_of(production.store, production.products).items():
        results = tuple(one.text for one in results_of(state.plan.shot(shot_id), geometry))
        state.shots[shot_id] = replace(state.shots[shot_id], results=results)
    state.report = judge_plan(state.plan, drawn_of=drawn_of)
    return {name: np.asarray(Image.open(path).convert("RGB")) for name, path in files.items()}


def _stages(job: Job, shots: Sequence[str]) -> Stages[tuple[Production, dict[tuple[str, str], Path]]]:
    """The clips of some shots, and a still of each of their beats as large as the frame."""
    assert job.request.plan is not None
    production = Production.of(job.request.plan)
    stills = {
        (product.shot.id, beat): still_of(product.picture_key, still.frame, product.shot.canvas.width)
        for product in production.products.shots
        for beat, still in product.stills.items()
        if product.shot.id in shots and beat not in (FIRST, LAST)
    }
    by_shot: dict[str, list[Any]] = {shot: [] for shot in shots}
    for (shot, _), still in stills.items():
        by_shot[shot].append(still)
    wanted = Wanted([production], production.outcomes(shots))
    production.find(job.agenda, by_shot, only=shots)
    yield wanted
    production.remember(shots)
    return production, {name: production.needed(still.key).files[STILL] for name, still in stills.items()}


def _of_video(state: State, shots: Sequence[str]) -> Stills:
    """The frames of beats in a published video, none where the file has gone."""
    if state.file is None or not state.file.is_file():
        return {}
    wanted: dict[int, tuple[str, str]] = {}
    for shot in shots:
        one = state.shots[shot]
        first = round(one.start_s * state.canvas.fps)
        wanted |= {first + frame: (shot, beat) for beat, frame in beat_frames(one.shot).items()}
    return {
        wanted[number]: pixels for number, pixels in _frames(state.file, sorted(wanted), state.canvas.fps)
    }


def _frames(path: Path, numbers: Sequence[int], fps: int) -> Iterator[tuple[int, np.ndarray]]:
    """Frames of a video by their numbers, in order; RenderFailed where it can't be decoded."""
    import av

    left = list(numbers)
    try:
        with av.open(str(path)) as container:
            for frame in container.decode(video=0) if left else ():
                if round(float(frame.time or 0.0) * fps) >= left[0]:
                    yield left.pop(0), frame.to_ndarray(format="rgb24")
                if not left:
                    break
    except av.FFmpegError as error:
        raise RenderFailed(f"{path} can't be decoded: {error}") from None


def _pairs(found: Comparison, shots: Sequence[str], old: Stills, new: Stills) -> Iterator[BeatPictures]:
    encoded = found.old.plan is None or found.new.plan is None
    for shot in shots:
        there = found.new.shots.get(shot) or found.old.shots[shot]
        beats = {beat: frame / there.shot.canvas.fps for beat, frame in beat_frames(there.shot).items()}
        named = dict.fromkeys(beat for id_, beat in (*new, *old) if id_ == shot)
        for beat in named:
            before, after = old.get((shot, beat)), new.get((shot, beat))
            at_s = there.start_s + beats.get(beat, 0.0)
            if before is None or after is None:
                yield BeatPictures(shot, beat, at_s, before, after, share=1.0)
                continue
            before, after = _same_size(before, after)
            regions, share = differences(before, after, encoded)
            if regions:
                yield BeatPictures(shot, beat, at_s, before, after, regions, share)


def _same_size(before: np.ndarray, after: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both at the size of the smaller one."""
    if before.shape == after.shape:
        return before, after
    size = min(before.shape[1::-1], after.shape[1::-1])
    small = [
        np.asarray(Image.fromarray(one).resize(size, Image.Resampling.LANCZOS)) for one in (before, after)
    ]
    return small[0], small[1]


def differences(
    before: np.ndarray, after: np.ndarray, encoded: bool = False
) -> tuple[tuple[Region, ...], float]:
    """Where two pictures of one size differ, the largest region first, and the share of pixels that do.

    Changes that lie near each other are one region. With `encoded` what compression does is passed over.
    """
    from scipy.ndimage import find_objects, label

    least = ENCODED if encoded else EXACT
    differs = np.abs(before.astype(np.int16) - after.astype(np.int16)).max(axis=2) > least
    height, width = differs.shape
    block = max(4, width // 60)
    rows, columns = -(-height // block), -(-width // block)
    padded = np.zeros((rows * block, columns * block), bool)
    padded[:height, :width] = differs
    coarse = padded.reshape(rows, block, columns, block).any(axis=(1, 3))
    marked, _ = label(coarse, structure=np.ones((3, 3)))
    boxes = []
    for down, across in find_objects(marked):
        part = differs[down.start * block : down.stop * block, across.start * block : across.stop * block]
        if encoded and part.sum() < _FEWEST:
            continue
        box = box_of_mask(part, across.start * block, down.start * block)
        boxes += [box] if box else []
    found = [Region(box, box.area / (width * height)) for box in merged(boxes, most=24)]
    kept = tuple(sorted(found, key=lambda one: -one.share))
    return kept, float(differs.mean()) if kept else 0.0
