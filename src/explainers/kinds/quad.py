"""Four panes as a square: footage, terminal recordings, figures, in any mixture.

Everything but the number of panes is as in a side by side.
"""

from __future__ import annotations

from explainers.kinds.side_by_side import SideBySideKind
from explainers.kinds.side_by_side.example import EXAMPLE_FILES, QUAD
from explainers.kinds.side_by_side.params import Quad


class QuadKind(SideBySideKind):
    params = Quad
    example = QUAD
    example_files = EXAMPLE_FILES
