"""A file or folder becomes a run: `run/1` at once, any other log through the readers."""

from __future__ import annotations

import re
from pathlib import Path

from explainers.errors import Diagnostic, InvalidInput
from explainers.runs.format import SUFFIX, read_run, text_of
from explainers.runs.model import Run


def run_path(path: Path) -> Path:
    """`path`, or, where there is no such thing, `path` with `.run.jsonl` behind it."""
    spelled_out = path.with_name(path.name + SUFFIX)
    return spelled_out if not path.exists() and spelled_out.exists() else path


def load_run(path: Path) -> Run:
    """The run at `path`; `.run.jsonl` may be left out. A raw log is read as `read_log` does.

    Raises InvalidInput where there is no such file, or no reader knows it.
    """
    path = run_path(path)
    if not path.exists():
        raise InvalidInput([Diagnostic("no-such-run", f"there is no run at {path}")])
    if path.is_file() and is_run_file(path):
        from explainers.runs.reconcile import reconciled

        return reconciled(read_run(path, text_of(path)), path.name)
    from explainers.runs.readers import read_log

    return read_log(path)


def is_run_file(path: Path) -> bool:
    """Whether the file starts as a `run/N` header does."""
    with path.open("rb") as file:
        return re.match(rb'(\xef\xbb\xbf)?\s*\{\s*"format"\s*:\s*"run/', file.read(256)) is not None
