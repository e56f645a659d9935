"""Tables and runs taken in again from where they come from, and what that does before it is accepted.

An origin is a file elsewhere or what a command prints. A command, and a file outside of the project's
repository, are used only where this machine's owner trusts the project: assets.yaml is data, and a project
that was cloned does not trust itself.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from explainers.assets.manifest import MANIFEST, Origin, declared, run_file
from explainers.digest import digest_bytes, digest_file
from explainers.errors import RenderFailed, UsageError
from explainers.inputs import on_disk
from explainers.project import Project
from explainers.review.compare import Comparison, compare
from explainers.review.state import git, of_files
from explainers.scratch import Scratch, reported, write_synced
from explainers.trust import trusts

RECORD = "origins.json"
"""Beside assets.yaml: of each file that was taken in its origin, digest, date and commit."""

_PATIENCE_S = 3600.0
"""Longest run of a command."""


@dataclass(frozen=True)
class Taken:
    """A newer file for a table or run: what it is for, where it came from, and what is known of it.

    `date` is that of the commit which last changed the origin, where git knows it; else that of the file, or
    of the command's run. `commit` is the repository's then, `dirty` where the origin differs from it.
    """

    group: str
    name: str
    path: Path
    data: bytes
    origin: str
    sha256: str
    date: str
    commit: str | None = None
    dirty: bool = False
    before: str | None = None
    """The digest of the file that it would replace; None where there is none yet."""

    @property
    def differs(self) -> bool:
        return self.sha256 != self.before

    def line(self) -> str:
        """What would be taken in, in one line."""
        commit = f", commit {self.commit[:12]}{' with changes' if self.dirty else ''}" if self.commit else ""
        was = f"{self.before[:12]} → " if self.before else "new, "
        what = f"{self.group[:-1]} {self.name}: {was}{self.sha256[:12]}"
        return f"{what} of {self.date}{commit}, from {self.origin}"


def outdated(project: Project, video: str, allowed: bool = False) -> list[Taken]:
    """What the origins of a video hold now, where it is not what the video has.

    With `allowed` commands run, and files outside of the repository are read, also where the project is not
    trusted. InvalidInput for a wrong assets.yaml; UsageError for what may not be used and for an origin that
    is not there or is no plain file; RenderFailed for a command that fails.
    """
    if (read := declared(project, video)) is None:
        return []
    (document, manifest), folder = read, project.assets_dir(video)
    found = []
    for group, name, origin in manifest.origins():
        place = document.place((group, name, "from"))
        _may(project, origin, allowed, str(place))
        file = manifest.tables[name].file if group == "tables" else manifest.runs[name].file
        assert file is not None, "an origin of a table without a file is a mistake in assets.yaml"
        target = run_file(folder, file) if group == "runs" else on_disk(folder, file) or folder / file
        if not target.resolve().is_relative_to(folder.resolve()):
            raise UsageError(f"{place}: {file} leads out of the video's assets folder")
        taken = _taken(project, group, name, origin, target, str(place))
        if taken.differs:
            found.append(taken)
    return found


def _may(project: Project, origin: Origin, allowed: bool, place: str) -> None:
    """UsageError where an origin may not be used on this machine."""
    outside = origin.file is not None and not _source(project, origin).is_relative_to(_top(project))
    if allowed or (not origin.command and not outside) or _trusted(project):
        return
    what = f"`{' '.join(origin.command)}` would run" if origin.command else f"{origin.file} would be read"
    why = "with your rights" if origin.command else "from outside of the repository"
    raise UsageError(
        f"{place}: {what} {why}, and {project.root} is not trusted without a pin; look at it, and then "
        f"`explainers trust {project.root}`, or --allow-origins for this once"
    )


def _trusted(project: Project) -> bool:
    """Whether the folder is trusted, whatever is in it: a pin is for code that was looked at."""
    return any(
        decision.folder == project.root.resolve() and decision.holds and decision.code is None
        for decision in trusts()
    )


def _top(project: Project) -> Path:
    """The repository's folder; the project's where there is none."""
    try:
        return Path(git(project.root, "rev-parse", "--show-toplevel")).resolve()
    except UsageError:
        return project.root.resolve()


def _source(project: Project, origin: Origin) -> Path:
    return (project.root / (origin.file or "")).resolve()


def _taken(project: Project, group: str, name: str, origin: Origin, target: Path, place: str) -> Taken:
    commit, dirty, date = None, False, None
    if origin.command:
        data = _printed(project, origin.command, place)
        words = f"`{' '.join(origin.command)}`"
        stamp = time.time()
        commit, dirty, _ = _known(project.root, None)
    else:
        source, words = _source(project, origin), str(origin.file)
        try:
            if not source.is_file():
                raise UsageError(
                    f"{place}: there is no file {origin.file!r} to take the {group[:-1]} in from"
                )
            data, stamp = source.read_bytes(), source.stat().st_mtime
        except OSError as error:
            raise UsageError(f"{place}: {origin.file} can't be read: {error.strerror}") from None
        commit, dirty, date = _known(source.parent, source)
    before = digest_file(target) if target.is_file() else None
    day = date or time.strftime("%Y-%m-%d", time.gmtime(stamp))
    return Taken(group, name, target, data, words, digest_bytes(data), day, commit, dirty, before)


def _printed(project: Project, command: Sequence[str], place: str) -> bytes:
    """What a command prints; RenderFailed with the end of its errors where it fails."""
    try:
        done = subprocess.run(
            list(command),
            cwd=project.root,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=_PATIENCE_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RenderFailed(f"{place}: `{' '.join(command)}` did not run: {error}") from None
    if done.returncode:
        words = "\n".join(done.stderr.decode(errors="replace").strip().splitlines()[-5:])
        raise RenderFailed(f"{place}: `{' '.join(command)}` ended with {done.returncode}\n{words}")
    return done.stdout


def _known(folder: Path, file: Path | None) -> tuple[str | None, bool, str | None]:
    """The commit that a repository is at, whether a file of it differs from that, and the day of the commit
    that last changed it; nothing of a file that git does not know."""
    try:
        commit = git(folder, "rev-parse", "HEAD")
        if file is None:
            return commit, bool(git(folder, "status", "--porcelain", "--untracked-files=no")), None
        git(folder, "ls-files", "--error-unmatch", "--", file.name)
        dirty = bool(git(folder, "status", "--porcelain", "--", file.name))
        day = git(folder, "log", "-1", "--format=%cs", "--", file.name)
        return commit, dirty, None if dirty else day or None
    except UsageError:
        return None, False, None


@contextmanager
def with_newer(project: Project, video: str, taken: Sequence[Taken]) -> Iterator[Project]:
    """The project as it would be with the newer files, in a folder that is removed afterwards; it shares the
    store. Files are linked where the disk allows it, so that large captures are not copied."""
    with tempfile.TemporaryDirectory(prefix="explainers-refresh-") as folder:
        root = Path(folder).resolve()
        shutil.copyfile(project.root / "pyproject.toml", root / "pyproject.toml")
        for part in (project.scene_dir(video), project.assets_dir(video)):
            shutil.copytree(part, root / part.relative_to(project.root), copy_function=_link)
        for font in project.settings.fonts:
            (root / font).parent.mkdir(parents=True, exist_ok=True)
            _link(str(project.root / font), str(root / font))
        there = replace(project, root=root, store=project.store_dir)
        _put(there, video, [replace(one, path=root / one.path.relative_to(project.root)) for one in taken])
        yield there


def _link(source: str, target: str) -> str:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target


def _put(project: Project, video: str, taken: Sequence[Taken]) -> None:
    """Put newer files in place, each as a new file, and their digests for the old ones in assets.yaml."""
    manifest = project.assets_dir(video) / MANIFEST
    text = manifest.read_text(encoding="utf-8")
    with Scratch(project.assets_dir(video) / ".aside").folder("refresh") as folder:
        for index, one in enumerate(taken):
            made = folder / str(index)
            write_synced(made, one.data)
            one.path.parent.mkdir(parents=True, exist_ok=True)
            made.replace(one.path)
            text = text.replace(one.before, one.sha256) if one.before else text
        made = folder / MANIFEST
        write_synced(made, text.encode())
        made.replace(manifest)


def effect(
    project: Project, video: str, taken: Sequence[Taken], quality: str, code: bool | None
) -> Comparison:
    """What newer files do to a video's numbers, sentences and claims."""
    with with_newer(project, video, taken) as there:
        old = of_files(project, video, quality, "now", code)
        return compare(old, of_files(there, video, quality, "with the newer files", code))


def accept(project: Project, video: str, taken: Sequence[Taken]) -> Path:
    """Take the files in, and note where they came from; the record. RenderFailed where the disk refuses."""
    path = project.assets_dir(video) / RECORD
    try:
        known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except ValueError as error:
        raise UsageError(f"{project.shown(path)} is no JSON ({error}); remove it to begin it anew") from None
    for one in taken:
        facts = {name: value for name, value in asdict(one).items() if name in _NOTED and value}
        known[f"{one.group}/{one.name}"] = facts
    with reported("the newer files", project.assets_dir(video)):
        _put(project, video, taken)
        write_synced(path, (json.dumps(known, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode())
    return path


_NOTED = ("origin", "sha256", "date", "commit", "dirty")
