"""Two captures of 1080p60 beside each other, against one ffmpeg filter graph and MoviePy's composite."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.measure import Row
from benchmarks.side_by_side import against_graph, against_moviepy

SECONDS, COMPOSITE_SECONDS = 20, 2


def panes() -> Iterator[Row]:
    """Conformed captures, with conforming, and the composite, of which 2 s are long enough."""
    times = against_graph(SECONDS)
    graph = f"one ffmpeg graph {times.other:.1f} s"
    for work, took, goal in (
        (f"side by side of two {SECONDS} s captures, conformed", times.ours, 1.5),
        ("the same, with conforming", times.ours + times.conforming, 2.5),
    ):
        ratio = took / times.other
        yield Row(work, f"{took:.1f} s", graph, f"{ratio:.2f}x its time", ratio, "at most", goal, "x")
    times = against_moviepy(COMPOSITE_SECONDS)
    ratio = times.other / times.ours
    against = f"MoviePy's composite {times.other:.1f} s"
    work = f"{COMPOSITE_SECONDS} s of it, conformed"
    yield Row(work, f"{times.ours:.1f} s", against, f"{ratio:.0f}x faster", ratio, "at least", 5, "x")
