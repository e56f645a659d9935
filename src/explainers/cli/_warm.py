"""Making workers ready while a storyboard is still being read; imports nothing that would have to be waited
for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from explainers.render.forkserver import default_jobs, warm_up

if TYPE_CHECKING:
    from explainers.project import Project


def warm_up_for(project: Project, videos: Iterable[str], jobs: int | None = None) -> None:
    """Begin to make workers ready, on the side, if a file of a video is newer than its last render.

    A guess that costs and decides nothing: whether something is drawn is said by the keys.
    """
    if (jobs or default_jobs()) > 1 and any(_newer(project, video) for video in videos):
        warm_up()


def _newer(project: Project, video: str) -> bool:
    try:
        rendered = (project.renders_dir(video) / "manifest.json").stat().st_mtime
        folders = project.scene_dir(video), project.assets_dir(video)
        return any(
            path.stat().st_mtime > rendered for folder in folders for path in (folder, *folder.rglob("*"))
        )
    except OSError:
        return True
