"""Transitions between two shots, made by MoviePy out of their last and first frames."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

FrameAt = Callable[[int], np.ndarray]
"""A frame by its number, as RGB, uint8 of shape (height, width, 3)."""


def crossfade(before: FrameAt, after: FrameAt, frames: int, fps: int) -> Iterator[np.ndarray]:
    """The 2 x `frames` frames in place of the last `frames` of one shot and the first of the next.

    `before` is asked for frames 0 to `frames` - 1 of what it replaces and then holds its last one;
    `after` holds its first one and then plays. Yields RGB arrays, uint8 of shape (height, width, 3).
    """
    from moviepy import CompositeVideoClip, VideoClip, vfx

    length_s = 2 * frames / fps

    def clip(frame_at: FrameAt, number_of: Callable[[int], int]) -> VideoClip:
        return VideoClip(lambda t: frame_at(number_of(int(t * fps))), duration=length_s)

    leaving = clip(before, lambda number: min(number, frames - 1))
    coming = clip(after, lambda number: max(0, number - frames))
    both = CompositeVideoClip([leaving, coming.with_effects([vfx.CrossFadeIn(length_s)])])
    for number in range(2 * frames):
        # In the middle of a frame, so that the first and the last are mixed by the same share.
        yield both.get_frame((number + 0.5) / fps)
