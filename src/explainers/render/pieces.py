"""The pieces of a shot that are products: segments of encoded frames, the clip they make, and stills."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from explainers.kinds.base import ShotPlan
from explainers.render.fingerprint import key_of
from explainers.render.sources import DESCRIBING, code_digest
from explainers.timing import frame_at

CLIP, STILL = "clip.mp4", "still.png"
GEOMETRY, LUMINANCE = "geometry.json", "luminance.npz"
"""Names of files in products."""

SHORTEST_S, LONGEST_S = 1.5, 4.0
"""Lengths of segments in seconds: shorter ones cost more keyframes than they save drawing."""


@dataclass(frozen=True)
class Segment:
    """Frames `first` to `end_exclusive` of a shot, encoded alone; `keyframes` are numbers in the shot.

    Its product points to one under the digest of the pixels, which other shots and other states of this
    one may point to as well.
    """

    key: str
    first: int
    end_exclusive: int
    keyframes: tuple[int, ...]

    @property
    def frames(self) -> int:
        return self.end_exclusive - self.first


@dataclass(frozen=True)
class Clip:
    """Frames `first` to `end_exclusive` of a shot, in segments; `keyframes` are numbers in the shot.

    Its product uses those of its segments, and holds what checking needs. `geometry` is the key of where
    everything stands in the shot.
    """

    key: str
    first: int
    end_exclusive: int
    keyframes: tuple[int, ...]
    segments: tuple[Segment, ...]
    geometry: str

    @property
    def frames(self) -> int:
        return self.end_exclusive - self.first


@dataclass(frozen=True)
class Still:
    """One frame of a shot as PNG, `width` pixels wide."""

    key: str
    frame: int
    width: int


def clip_of(picture: str, shot: ShotPlan, into: int, out_of: int, whole: bool) -> Clip:
    """The clip of a shot's picture, without the frames that belong to the fades `into` and `out_of` it; one
    segment where it is to be `whole`."""
    first, end = into, shot.duration_frames - out_of
    starts = {frame_at(beat.start_s, shot.canvas.fps) for beat in shot.beats}
    # Every beat gets a keyframe, so that making one a chapter does not change a picture.
    keyframes = tuple(sorted(frame for frame in starts if first < frame < end))
    cuts = (first, end) if whole else cuts_of(first, end, keyframes, shot.canvas.fps)
    segments = []
    for begin, until in pairwise(cuts):
        inside = tuple(frame for frame in keyframes if begin < frame < until)
        segments.append(Segment(key_of("segment", picture, begin, until, inside), begin, until, inside))
    # What describes a picture is no part of what draws it, and may change alone.
    geometry = key_of("geometry", picture, code_digest(DESCRIBING))
    # The segments are part of the key: where they are cut decides the bytes.
    key = key_of("clip", picture, first, end, keyframes, [one.key for one in segments], geometry)
    return Clip(key, first, end, keyframes, tuple(segments), geometry)


def cuts_of(first: int, end: int, keyframes: Iterable[int], fps: int) -> tuple[int, ...]:
    """Where a clip is cut into segments: its first frame, cuts, and its end.

    Cuts are where beats begin, but for those that would leave less than `SHORTEST_S`; what is left longer
    than `LONGEST_S` is cut evenly. They depend on the clip alone, not on who draws it.
    """
    shortest, longest = round(SHORTEST_S * fps), max(1, round(LONGEST_S * fps))
    cuts = [first]
    for frame in keyframes:
        if frame - cuts[-1] >= shortest and end - frame >= shortest:
            cuts.append(frame)
    cuts.append(end)
    fine = [first]
    for begin, until in pairwise(cuts):
        parts = max(1, -(-(until - begin) // longest))
        fine += [begin + (until - begin) * part // parts for part in range(1, parts + 1)]
    return tuple(fine)


def still_of(picture: str, frame: int, width: int) -> Still:
    """A frame of a picture, `width` pixels wide."""
    return Still(key_of("still", picture, frame, width), frame, width)
