"""Render again on save: folders are looked at a few times a second, which works on every disk."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from explainers.cli.options import err
from explainers.errors import ExplainersError

LOOK_EVERY_S = 0.3

Snapshot = dict[Path, tuple[int, int]]


def keep_rendering(once: Callable[[], None], folders: Sequence[Path]) -> None:
    """Call `once` now and after every change below `folders`, until interrupted. Its errors are shown."""
    while True:
        before = snapshot(folders)
        try:
            once()
        except ExplainersError as error:
            err().print(str(error), markup=False)
        err().print("waiting for changes; Ctrl-C ends", style="dim")
        while snapshot(folders) == before:
            time.sleep(LOOK_EVERY_S)


def snapshot(folders: Sequence[Path]) -> Snapshot:
    """Size and time of change of every file, editors' own files left out."""
    found: Snapshot = {}
    for folder in folders:
        for path in folder.rglob("*") if folder.is_dir() else ():
            if path.name.startswith(".") or path.name.endswith("~") or "__pycache__" in path.parts:
                continue
            try:
                facts = path.stat()
            except FileNotFoundError:
                continue
            found[path] = (facts.st_size, facts.st_mtime_ns)
    return found
