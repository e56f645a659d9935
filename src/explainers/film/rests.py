"""When a picture stands still: the moments at which it should be judged."""

from __future__ import annotations

import math
from collections.abc import Sequence

from explainers.film.picture import Picture
from explainers.film.track import Span

_STILL_S = 0.2
_CALM_S = 0.3
_MOST_GAPS = 3


def rest_times(picture: Picture, ends_s: Sequence[float] = ()) -> list[float]:
    """Moments at which the picture should be judged: where it stands still in each beat, and near its end.

    `ends_s` are the ends of the beats; the whole shot is one where there are none.
    """
    length = picture.duration_frames / picture.fps
    moving = motion(picture)
    times: set[float] = set()
    start = 0.0
    for end in [*(end for end in ends_s if end < length - 1e-6), length]:
        gaps = sorted(_gaps(moving, start, end), key=lambda gap: gap[0] - gap[1])
        times.update((low + high) / 2 for low, high in gaps[:_MOST_GAPS])
        # What leaves with the beat has not begun to.
        times.add(max((start + end) / 2, end - _CALM_S))
        start = end
    frames = sorted({min(picture.duration_frames - 1, math.floor(t * picture.fps)) for t in times})
    return [frame / picture.fps for frame in frames]


def motion(picture: Picture) -> list[Span]:
    """The stretches in which anything may change, merged and in order."""
    length = picture.duration_frames / picture.fps
    spans = sorted(
        (max(0.0, start), min(length, end))
        for layer in picture.layers
        for start, end in layer.spans()
        if start < length and end > 0
    )
    merged: list[Span] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _gaps(moving: Sequence[Span], start: float, end: float) -> list[Span]:
    edges = [start]
    for low, high in moving:
        edges += [low, high]
    edges.append(end)
    pairs = zip(edges[0::2], edges[1::2], strict=True)
    clipped = [(max(start, low), min(end, high)) for low, high in pairs]
    return [(low, high) for low, high in clipped if high - low >= _STILL_S]
