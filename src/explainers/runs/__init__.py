"""Recorded executions: one `Run` model, a reader for each log format, and what is worked out from runs."""

from explainers.runs.format import save_run
from explainers.runs.load import load_run
from explainers.runs.model import Counter, Iterations, Progress, Provenance, Requests, Run, Tokens, Totals

__all__ = [
    "Counter",
    "Iterations",
    "Progress",
    "Provenance",
    "Requests",
    "Run",
    "Tokens",
    "Totals",
    "load_run",
    "save_run",
]
