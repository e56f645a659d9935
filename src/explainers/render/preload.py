"""What every worker needs, imported once: workers are forked from a process that has imported this.

Importing Manim takes most of a second, and Pango as long again for its first text. The parent has this
done on the side while it reads the storyboard. Nothing else imports this module.
"""

# ruff: noqa: E402
from __future__ import annotations

import gc

# Imports make a great many objects that stay; looking through them for garbage again and again takes a tenth
# of the time.
gc.disable()

import contextlib

import av

from explainers import kinds
from explainers.compositor import encoder, geometry, luminance
from explainers.errors import MissingDependency
from explainers.kinds.base import Stretch
from explainers.render import assembly, drawing
from explainers.stage import Stage
from explainers.stage.ink import register_fonts
from explainers.theme import INK, LABEL

__all__ = ["assembly", "av", "drawing", "encoder", "geometry", "luminance"]

# A missing font is reported by the worker that needs it.
with contextlib.suppress(MissingDependency):
    register_fonts()
    stage = Stage(Stretch(320, 180, 10), INK, 1.0)
    stage.text_width("0", LABEL)
    stage.text_width("0", LABEL, mono=True)
kinds.discover(None)
# What is there now stays: no worker looks through it, and none copies its pages by doing so.
gc.freeze()
gc.enable()
