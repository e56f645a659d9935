"""A state of a video that can be compared with another: a revision, the files as they are, or a manifest.

Revisions are checked out by `git worktree` into a folder that goes away again, and share the project's store.
They are planned and drawn by the engine that runs now: what differs is the project's, not the engine's.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from explainers.check.finding import Finding, Report
from explainers.errors import InvalidInput, UsageError
from explainers.facts.tables import Cell
from explainers.kinds.base import BeatPlan, ShotPlan, Stretch
from explainers.manifest import MANIFEST, Fact, Manifest, Sentence, read_manifest
from explainers.plan import Plan, load_plan
from explainers.project import Project, find_project
from explainers.render.fingerprint import Parts
from explainers.render.publication import facts_of, sentences_of, short
from explainers.theme import THEMES
from explainers.trust import code_digest, code_files

HERE = "."
"""How the files as they are now are named."""


class Place(NamedTuple):
    """Where words stand: the field as the storyboard names it, in a shot and, where it has one, a beat."""

    shot: str
    beat: str | None
    field: str

    def __str__(self) -> str:
        return f"{self.shot}:{self.beat} {self.field}" if self.beat else f"{self.shot} {self.field}"


@dataclass(frozen=True)
class ShotState:
    """A shot with the digests of all that may change a pixel of it, by name; empty where an old manifest does
    not hold them, and only the `key` of its clip tells whether it changed. `tables` and `numbers` are the
    tables and facts that its picture draws from, beside those of its sentences."""

    shot: ShotPlan
    start_s: float
    key: str
    parts: Parts
    tables: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    results: tuple[str, ...] = ()


@dataclass
class State:
    """All that is compared of a video. `plan` is None for a manifest, whose pictures are in `file`, and where
    the storyboard can't be planned; `report` then says why. `rows` are the tables' rows by table."""

    name: str
    video: str
    title: str = ""
    canvas: Stretch = field(default_factory=lambda: Stretch(0, 0, 1))
    duration_s: float = 0.0
    shots: dict[str, ShotState] = field(default_factory=dict)
    sentences: Mapping[Place, Sentence] = field(default_factory=dict)
    numbers: Mapping[str, Fact] = field(default_factory=dict)
    rows: dict[str, tuple[Mapping[str, Cell], ...]] = field(default_factory=dict)
    plan: Plan | None = None
    file: Path | None = None
    report: Report | None = None
    quality: str = "final"

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self.report.findings if self.report else ()


def of_files(
    project: Project, video: str, quality: str, name: str = HERE, allow_code: bool | None = None
) -> State:
    """The state of a video in a project's files. What can't be planned is in its report, and not raised;
    UsageError where there is no such video."""
    from explainers.check import judge, unplanned
    from explainers.render.judging import drawn_of
    from explainers.render.planner import products_of

    try:
        plan = load_plan(project, video, quality, allow_code=allow_code, strict=False)
    except InvalidInput as error:
        return State(name, video, report=unplanned(video, error))
    starts = {shot: frame / plan.canvas.fps for shot, frame in plan.start_frames.items()}
    drawn_from: dict[str, list[str]] = {}
    for reference in plan.referred:
        if reference.to == "fact" and reference.shot:
            drawn_from.setdefault(reference.shot, []).append(reference.name)
    shots = {
        product.shot.id: ShotState(
            product.shot,
            starts[product.shot.id],
            product.clip.key,
            short(product.parts),
            tuple(product.shot.tables),
            tuple(dict.fromkeys(drawn_from.get(product.shot.id, ()))),
        )
        for product in products_of(plan).shots
    }
    names = {*(fact.table for fact in plan.facts.facts.values() if fact.table)}
    names |= {name for shot in shots.values() for name in shot.tables}
    tables = {
        name: plan.library.table(name) for name in sorted(names) if name in plan.library.manifest.tables
    }
    return State(
        name,
        video,
        plan.title,
        plan.canvas,
        plan.duration_s,
        shots,
        _placed(sentences_of(plan)),
        {fact.name: fact for fact in facts_of(plan)},
        {one: table.rows for one, table in tables.items() if table is not None},
        plan,
        report=judge(plan, drawn_of=drawn_of),
    )


def _placed(sentences: Mapping[str, Iterable[Sentence]]) -> dict[Place, Sentence]:
    return {Place(shot, one.beat, one.field): one for shot, found in sentences.items() for one in found}


def of_manifest(path: Path, name: str) -> State:
    """The state that a manifest records, with the video beside it. InvalidInput where it can't be read."""
    record = read_manifest(path, Manifest)
    canvas = Stretch(record.width, record.height, round(record.fps) or 1)
    shots = {}
    for one in record.shots:
        ends = [beat.start_s for beat in one.beats[1:]] + [one.end_s - one.start_s]
        beats = tuple(
            BeatPlan(beat.id, beat.start_s, end, None, beat.statement)
            for beat, end in zip(one.beats, ends, strict=False)
        )
        theme = THEMES.get(record.theme, next(iter(THEMES.values())))
        shot = ShotPlan(record.video, one.id, one.kind, one.frames, canvas, theme, None, beats, one.title)
        results = tuple(each.text for each in one.results)
        shots[one.id] = ShotState(shot, one.start_s, one.key, dict(one.made_from), results=results)
    said = {shot.id: shot.sentences for shot in record.shots}
    file = path.with_name(record.joined.file)
    return State(
        name,
        record.video,
        record.title,
        canvas,
        record.duration_s,
        shots,
        _placed(said),
        {fact.name: fact for fact in record.facts},
        file=file,
        quality=record.quality,
    )


def manifest_path(name: str) -> Path | None:
    """The manifest that a name on the command line is, or that of the folder that it is; None for others."""
    path = Path(name)
    if path.is_file() and path.suffix == ".json":
        return path
    return path / MANIFEST if name != HERE and (path / MANIFEST).is_file() else None


# -- revisions -----------------------------------------------------------------------------------------


def git(folder: Path, *arguments: str) -> str:
    """What git prints, without hooks of the repository; UsageError with git's words where it fails."""
    quiet = ("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *quiet, *arguments], capture_output=True, text=True, env=clean
        )
    except FileNotFoundError:
        raise UsageError("git is not installed, and revisions are read by it") from None
    if done.returncode:
        raise UsageError(f"git {arguments[0]}: {done.stderr.strip() or 'failed'}")
    return done.stdout.strip()


def commit_of(project: Project, revision: str) -> str:
    """The commit that a revision names; UsageError where it names none."""
    try:
        return git(
            project.root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
        )
    except UsageError:
        known = f"a revision (HEAD~1, a branch), a manifest.json, or {HERE} for the files as they are"
        raise UsageError(
            f"{revision!r} is no revision of the repository of {project.root}; expected {known}"
        ) from None


@contextmanager
def checked_out(project: Project, revision: str) -> Iterator[Project]:
    """The project at a revision, in a folder that is removed afterwards; it keeps products in the same store.

    UsageError where there is no such revision, or no project in it.
    """
    commit = commit_of(project, revision)
    inside = git(project.root, "rev-parse", "--show-prefix")
    with tempfile.TemporaryDirectory(prefix="explainers-revision-") as folder:
        tree = Path(folder).resolve() / "tree"
        git(project.root, "worktree", "add", "--quiet", "--detach", str(tree), commit)
        try:
            root = tree / inside if inside else tree
            if not (root / "pyproject.toml").is_file():
                raise UsageError(f"there is no project at {revision}: no pyproject.toml in {inside or '.'}")
            yield replace(find_project(root), store=project.store_dir)
        finally:
            git(project.root, "worktree", "remove", "--force", str(tree))


def code_at(
    project: Project, there: Project, videos: Sequence[str], revision: str, allowed: bool | None
) -> bool | None:
    """Whether code of a revision may run. What is trusted here is the code that is here: where a revision has
    other code, UsageError unless it is `allowed` by name."""
    if allowed or not there.settings.wants_code:
        return allowed
    if project.settings.allow_code and code_digest(project.root, videos) == code_digest(there.root, videos):
        return True
    if files := code_files(there.root, videos):
        names = ", ".join(sorted(file.relative_to(there.root).as_posix() for file in files))
        raise UsageError(
            f"{names} at {revision} would run with your rights, and is not the code that is trusted here; "
            f"look at it with `git show {revision}:FILE`, and then say --allow-code"
        )
    return allowed
