"""Which of a video's declared files are there, missing, or other ones than were declared."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from explainers.assets.manifest import Manifest, run_file
from explainers.digest import digest_file
from explainers.inputs import on_disk

State = Literal["present", "missing", "changed"]


@dataclass(frozen=True)
class FileStatus:
    """A declared file. `group` is `files`, `tables` or `runs`; `sha256` is of what is there, if it is a file.

    `how` says how to get what is missing, `url` where it can be fetched.
    """

    path: str
    group: str
    state: State
    shows: str | None = None
    url: str | None = None
    how: str | None = None
    declared_sha256: str | None = None
    sha256: str | None = None

    def as_json(self) -> dict[str, str | None]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def statuses(manifest: Manifest, folder: Path) -> list[FileStatus]:
    """Every declared file, in the order of assets.yaml: files to supply first."""
    found = [
        _status(path, "files", folder, entry.sha256, entry.shows, entry.url, entry.how)
        for path, entry in manifest.files.items()
    ]
    found += [_status(one.file, "tables", folder, one.sha256) for one in manifest.tables.values()]
    for run in manifest.runs.values():
        named = run_file(folder, run.file).relative_to(folder).as_posix()
        found.append(_status(named, "runs", folder, run.sha256))
    return found


def _status(
    path: str,
    group: str,
    folder: Path,
    declared: str | None,
    shows: str | None = None,
    url: str | None = None,
    how: str | None = None,
) -> FileStatus:
    target = on_disk(folder, path)
    if target is None:
        if alike := on_disk(folder, path, alike=True):
            how = f"on the disk it is spelled {alike.relative_to(folder).as_posix()}"
        return FileStatus(path, group, "missing", shows, url, how, declared)
    found = digest_file(target) if target.is_file() else None
    state: State = "changed" if declared and found and found != declared else "present"
    return FileStatus(path, group, state, shows, url, how, declared, found)
