"""A storyboard compiler for research videos."""

__version__ = "0.1.0"
