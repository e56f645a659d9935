"""Four panes as a square: footage, terminal recordings, figures, in any mixture.

Everything but the number of panes is as in a side by side.
"""

from __future__ import annotations

from explainers.kinds.side_by_side import caveats, duration_s, file_texts, footage, mistakes, picture
from explainers.kinds.side_by_side.example import EXAMPLE_FILES
from explainers.kinds.side_by_side.example import QUAD as EXAMPLE
from explainers.kinds.side_by_side.params import BeatParams
from explainers.kinds.side_by_side.params import Quad as Params

__all__ = ["EXAMPLE", "EXAMPLE_FILES", "BeatParams", "Params"]
__all__ += ["caveats", "duration_s", "file_texts", "footage", "mistakes", "picture"]
