"""Saved files: which video they belong to, told once for saves that follow each other closely."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path

from watchfiles import Change, awatch

from explainers.project import Project

GATHER_MS, CALM_MS = 250, 30
"""Saves are gathered until it is calm for `CALM_MS`, and for `GATHER_MS` at most."""


async def watch(project: Project, changed: Callable[[str], None]) -> None:
    """Call `changed` with the name of each video a file of which was saved, for ever."""
    while True:
        folders = [path for path in (project.scenes_dir, project.root / "assets") if path.is_dir()]
        if not folders:
            await asyncio.sleep(1)
            continue
        async for changes in awatch(*folders, watch_filter=_counts, debounce=GATHER_MS, step=CALM_MS):
            for video in _videos(project, (Path(path) for _, path in changes)):
                changed(video)


def _counts(_: Change, path: str) -> bool:
    """Editors' own files, and compiled code, are no part of a video."""
    name = Path(path).name
    return not (name.startswith(".") or name.endswith(("~", ".swp", ".pyc")) or "__pycache__" in path)


def _videos(project: Project, paths: Iterable[Path]) -> list[str]:
    found = {}
    for path in paths:
        for folder in (project.scenes_dir, project.root / "assets"):
            if path.is_relative_to(folder) and path != folder:
                found[path.relative_to(folder).parts[0]] = True
    return list(found)
