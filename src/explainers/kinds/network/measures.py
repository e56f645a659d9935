"""Lengths that a network is laid out with, in design units."""

from __future__ import annotations

from typing import NamedTuple


class Measures(NamedTuple):
    """Lengths in design units at full size; `along` is the gap between layers of an upright line."""

    pad: float = 22.0
    box: float = 84.0
    backbone: float = 250.0
    branch: float = 54.0
    branch_gap: float = 9.0
    branch_columns: int = 1
    heading: float = 50.0
    frame: float = 20.0
    picture: float = 252.0
    """Width of a picture; `under` is the height of the words under one."""
    under: float = 46.0
    lane: float = 46.0
    """Of a channel between lines."""
    along: float = 82.0
    near: float = 150.0
    """From where a way between lines begins to the words on it."""


WIDE = Measures()
UPRIGHT = Measures(backbone=150.0, lane=88.0)
COMPACT = Measures(
    pad=20,
    box=60,
    backbone=60,
    branch=50,
    branch_columns=2,
    heading=44,
    frame=14,
    picture=148,
    under=44,
    lane=70,
    along=48,
    near=60,
)
"""For square frames: lower boxes, the branches two in a row, small pictures."""

GAP, ROOM, CLEAR = 64.0, 38.0, 7.0
"""Between layers, beside a size on an edge, and before a box."""
SIZE_TEXT = 28.0
