"""Walks a plan: each shot is reused or drawn, and it is said why; then all is joined and published."""

from explainers.render.pipeline import render, render_shots, sheet
from explainers.render.result import Listener, Progress, RenderResult, ShotOutcome
from explainers.render.stills import still

__all__ = [
    "Listener",
    "Progress",
    "RenderResult",
    "ShotOutcome",
    "render",
    "render_shots",
    "sheet",
    "still",
]
