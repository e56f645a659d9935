"""The room that imports Manim: words, shapes and numbers drawn once as tiles, on a stage with regions."""

from explainers.scratch import neutral_folder

with neutral_folder():
    import manim  # noqa: F401

from explainers.stage.chrome import chrome
from explainers.stage.handle import Group, Handle
from explainers.stage.shapes import Box, Point, around
from explainers.stage.stage import Stage

__all__ = ["Box", "Group", "Handle", "Point", "Stage", "around", "chrome"]
