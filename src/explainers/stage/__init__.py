"""The room that imports Manim: words, shapes and numbers drawn once as tiles, on a stage with regions."""

from explainers.scratch import neutral_folder

# What Manim, its libraries and their threads map.
with neutral_folder(room=380 * 2**20):
    import manim  # noqa: F401

from explainers.stage.chrome import chrome
from explainers.stage.handle import Group, Handle
from explainers.stage.shapes import Box, Point, around
from explainers.stage.stage import Stage

__all__ = ["Box", "Group", "Handle", "Point", "Stage", "around", "chrome"]
