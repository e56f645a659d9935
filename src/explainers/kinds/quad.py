"""Four panes as a square: footage, terminal recordings, figures, in any mixture.

Everything but the number of panes is as in a side by side.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from explainers.kinds._panes.params import Pane
from explainers.kinds.side_by_side import EXAMPLE_FILES, Panes, SideBySideKind, cast


class Params(Panes):
    """Four panes as a square."""

    panes: Annotated[tuple[Pane, ...], Field(min_length=4, max_length=4)]
    """The panes, row by row, the baseline first."""


class QuadKind(SideBySideKind):
    params = Params
    # Windows of few lines, so that four are large.
    example_files = EXAMPLE_FILES | {
        "casts/slow.cast": cast(1.8, 1, 26, 4),
        "casts/quick.cast": cast(2.3, 2, 26, 4),
    }
