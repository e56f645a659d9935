"""What `assets/<video>/assets.yaml` declares: sources, and the tables, runs and files that come from them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from explainers.digest import digest_stream
from explainers.errors import InvalidInput, nearest
from explainers.inputs import nfc, on_disk, open_file, outside
from explainers.project import Project
from explainers.storyboard.document import Document
from explainers.storyboard.mistakes import Loc, Mistake, mistakes_of, quoted
from explainers.storyboard.model import Provenance
from explainers.storyboard.reader import read_document
from explainers.storyboard.types import Boolean, FilePath, Frozen, Name, ShortForm, Slo

MANIFEST = "assets.yaml"
RUN_SUFFIX = ".run.jsonl"
"""The ending of a run's file, which may be left out where the run is named."""

HttpsUrl = Annotated[str, Field(pattern=r"^https://[^\s/?#]+/\S*$", max_length=2000)]

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Source(Frozen):
    """Where numbers and pictures come from, and what kind of evidence they are."""

    kind: Provenance
    """measured, published, simulated or illustration."""
    citation: str
    """The full reference, for the manifest and the transcript."""
    label: str | None = None
    """A few words for the footer; the citation where there are none."""
    url: str | None = None
    """Where it can be read."""
    repository: str | None = None
    """The repository, such as github.com/xutingl/vattention-ee."""
    path: str | None = None
    """The path in the repository."""
    commit: str | None = None
    """The commit, in full."""
    licence: str | None = None
    """What may be done with it."""
    note: str | None = None
    """What it can't say."""
    own: Boolean = False
    """The authors' own: it needs no address. `mine` is such a source, which need not be declared."""


MINE = Source(kind="measured", citation="by the authors", own=True)
"""The source `mine`, where assets.yaml declares no other of that name."""


class Origin(Frozen):
    """Where a newer file is taken in from by `explainers assets update`: a file, or what a command prints.
    `from: FILE` is short for `from: {file: FILE}`."""

    file: str | None = None
    """A file, by its path from the project's folder."""
    command: tuple[str, ...] = ()
    """A program and its arguments, run in the project's folder; what it prints is the file. It is run only
    where this machine's owner trusts the project."""


OriginField = Annotated[Annotated[Origin, ShortForm("file")] | None, Field(alias="from")]


class TableEntry(Frozen):
    """A data file of rows and columns, as ordinary tools write it. A column without a name can't be used; a
    cell that may be two numbers, such as `1,204`, is an error that says what to write here."""

    file: FilePath | None = None
    """From the video's assets folder: CSV, TSV, JSON, JSON Lines, Parquet, a workbook (`.xlsx`, `.xls`,
    `.ods`) or the source of a PGFPlots figure (`.tex`, `.tikz`)."""
    part: str | None = None
    """The list of objects in a JSON file (`results.rows`), the sheet of a workbook, or the figure of a
    PGFPlots source by its label or number; needed where there are several."""
    runs: tuple[Name, ...] = ()
    """In place of a file: runs of this file, a row a run, a column a metric (`itl.p99`, `throughput`)."""
    folder: FilePath | None = None
    """In place of a file: a folder of logs, a row a log, a column a metric."""
    of: Literal["ttft", "itl", "tpot", "e2e", "timeline"] | None = None
    """Of runs or a folder: a row for each of these waits in place of a row a run, in a column of that name;
    or `timeline`, a row for each moment, with `time`, `tokens`, `throughput`, `completed`, `running` and
    `queued`. The columns `run` and `label` say whose."""
    slo: Slo = Field(default_factory=dict)
    """For `goodput` and `slo_share` of runs: the most `ttft`, `tpot` and `e2e` that count, such as 200ms."""
    source: Name | None = None
    """One of `sources`; runs have their own."""
    units: dict[str, str] = Field(default_factory=dict)
    """Units of columns; `87 %` in a cell of a column with the unit `%` is the number 87, and times of runs,
    which are in seconds, are brought to another unit of time."""
    missing: Annotated[tuple[str, ...], ShortForm(None)] = ()
    """What stands in a cell without a value, such as `"[N/A]"`; an empty cell and NaN have none anyway."""
    separator: Literal[",", ";", "|", "tab"] | None = None
    """What separates cells: `,`, `;`, `|` or `tab`; where nothing is written, as the first line says."""
    decimal: Literal[".", ","] | None = None
    """The decimal mark; as the numbers show where they can be read in one way only."""
    from_: OriginField = None
    """Where a newer one is taken in from, by `explainers assets update`: a file or a command."""
    sha256: Sha256 | None = None
    """What the file must hash to."""

    @property
    def path(self) -> str | None:
        """The file or the folder; None where it is made of runs."""
        return self.file or self.folder


class RunEntry(Frozen):
    """A recorded execution."""

    file: FilePath
    """A file or a folder, from the video's assets folder."""
    source: Name
    """One of `sources`."""
    label: str | None = None
    """What the run is called; the log's own word where nothing is written."""
    model: str | None = None
    """The model, in place of what the log calls it."""
    hardware: str | None = None
    """What it ran on, such as H100."""
    gpus: Annotated[int, Field(gt=0)] | None = None
    """How many GPUs it ran on, for numbers per GPU: `throughput / gpus`."""
    from_: OriginField = None
    """Where a newer one is taken in from, by `explainers assets update`: a file or a command."""
    sha256: Sha256 | None = None
    """What the file must hash to."""


class FileEntry(Frozen):
    """A picture, a capture or any other file; a text stands for `shows`. It may be missing: a slate or a
    stand-in is shown for it."""

    shows: str
    """What is seen in it, in a sentence."""
    from_: Annotated[Name, Field(alias="from")] = "mine"
    """One of `sources`; `mine` is the authors' own, which needs no entry there."""
    url: HttpsUrl | None = None
    """Where `explainers assets --fetch` downloads it from; https only."""
    note: str | None = None
    """How to get it, where there is no URL."""
    licence: str | None = None
    """Its licence, where it is not the source's."""
    credit: str | None = None
    """A name that must be shown with it."""
    sha256: Sha256 | None = None
    """What the file hashes to, once known; another file in its place is a finding, a download an error."""

    @property
    def how(self) -> str:
        """A few words on where to get it."""
        return self.note or ("explainers assets --fetch downloads it" if self.url else "ask the author")


class Manifest(Frozen):
    """Everything a video's storyboard may draw on."""

    sources: dict[Name, Source] = Field(default_factory=dict)
    """Where things come from, by name."""
    tables: dict[Name, TableEntry] = Field(default_factory=dict)
    """Data files, by the name that facts and kinds use."""
    runs: dict[Name, RunEntry] = Field(default_factory=dict)
    """Recorded executions, by name."""
    files: dict[str, Annotated[FileEntry, ShortForm("shows")]] = Field(default_factory=dict)
    """Further files, by path."""

    def origins(self) -> list[tuple[str, str, Origin]]:
        """The tables and runs that have an origin: `tables` or `runs`, the name, and where it comes from."""
        groups: tuple[tuple[str, Mapping[str, TableEntry | RunEntry]], ...] = (
            ("tables", self.tables),
            ("runs", self.runs),
        )
        return [
            (group, name, entry.from_)
            for group, entries in groups
            for name, entry in entries.items()
            if entry.from_ is not None
        ]

    def run_named(self, name: str) -> str | None:
        """The run's name where `name` is that, or its file with or without its endings; else None."""
        if name in self.runs:
            return name
        for run, entry in self.runs.items():
            if entry.file == name or entry.file.startswith(f"{name}."):
                return run
        return None


def read_manifest(document: Document, folder: Path) -> tuple[Manifest, list[Mistake]]:
    """The manifest in `document`, and what is wrong with it: fields, unknown sources, missing files.

    Where its fields are wrong the manifest is empty.
    """
    data: Any = document.data if document.data is not None else {}
    try:
        manifest = Manifest.model_validate(data)
    except ValidationError as error:
        return Manifest(), mistakes_of(error, Manifest, data)
    manifest = manifest.model_copy(
        update={"sources": {**manifest.sources, "mine": manifest.sources.get("mine", MINE)}}
    )
    wrong = [*_unknown_sources(manifest), *_wrong_origins(manifest), *_missing_files(manifest, folder)]
    return manifest, [*wrong, *_wrong_tables(manifest)]


def declared(project: Project, video: str) -> tuple[Document, Manifest] | None:
    """A video's assets.yaml, whose files may still be missing, to be fetched or taken in; None where it has
    none. InvalidInput for everything else that is wrong in it."""
    folder = project.assets_dir(video)
    path = folder / MANIFEST
    if not path.is_file():
        return None
    document = read_document(path, project.shown(path), folder)
    manifest, mistakes = read_manifest(document, folder)
    wrong = [mistake for mistake in mistakes if mistake.code not in ("missing-file", "wrong-path")]
    if wrong:
        raise InvalidInput(document.problem(mistake) for mistake in wrong)
    return document, manifest


def _wrong_tables(manifest: Manifest) -> Iterator[Mistake]:
    """Tables of nothing or of several things, of runs that are not there, and files without a source."""
    for name, each in manifest.tables.items():
        loc: Loc = ("tables", name)
        origins = [key for key in ("file", "runs", "folder") if getattr(each, key)]
        if len(origins) != 1:
            said = f"has {' and '.join(origins)}" if origins else "has no file"
            message = f"the table {name!r} {said}"
            yield Mistake(loc, "bad-table-entry", message, "one of `file`, `runs` and `folder`", key=True)
        elif not each.source and not each.runs:
            message = f"the table {name!r} names no source"
            yield Mistake(loc, "missing-key", message, "source: one of `sources`", key=True)
        if each.of and (each.file or each.slo):
            what = "a file" if each.file else "an `slo`"
            message = f"`of` says what runs did moment by moment, and the table {name!r} has {what}"
            yield Mistake((*loc, "of"), "bad-table-entry", message, "`runs` or a `folder`", key=True)
        for index, run in enumerate(each.runs):
            if run not in manifest.runs:
                known = ", ".join(manifest.runs) or "a run declared under `runs`"
                message = f"there is no run {run!r} in {MANIFEST}"
                yield Mistake(
                    (*loc, "runs", index), "unknown-run", message, known, nearest(run, manifest.runs)
                )


def _wrong_origins(manifest: Manifest) -> list[Mistake]:
    expected = "a path from the project's folder, or {command: [program, argument, ...]}"
    return [
        Mistake((group, name, "from"), "wrong-origin", "an origin is a file or a command", expected)
        for group, name, origin in manifest.origins()
        if bool(origin.file) == bool(origin.command)
        or (group == "tables" and manifest.tables[name].file is None)
    ]


def _unknown_sources(manifest: Manifest) -> list[Mistake]:
    named: list[tuple[Loc, str]] = [
        (("tables", name, "source"), each.source) for name, each in manifest.tables.items() if each.source
    ]
    named += [(("runs", name, "source"), each.source) for name, each in manifest.runs.items()]
    named += [(("files", name, "from"), each.from_) for name, each in manifest.files.items()]
    return [unknown_source(loc, source, manifest) for loc, source in named if source not in manifest.sources]


def unknown_source(loc: Loc, name: str, manifest: Manifest) -> Mistake:
    """The mistake of naming a source that assets.yaml does not have."""
    known = ", ".join(manifest.sources) or f"a source declared in {MANIFEST}"
    message = f"there is no source {name!r} in {MANIFEST}"
    return Mistake(loc, "unknown-source", message, known, nearest(name, manifest.sources))


def _missing_files(manifest: Manifest, folder: Path) -> list[Mistake]:
    mistakes = [
        missing_file(("tables", name, "file" if each.file else "folder"), each.path, folder)
        for name, each in manifest.tables.items()
        if each.path
    ]
    for name, run in manifest.runs.items():
        loc: Loc = ("runs", name, "file")
        mistake = missing_file(loc, run.file, folder)
        # A path that leads out stays a mistake, however it is written out.
        if mistake is not None and mistake.message.startswith("there is no"):
            whole = f"{run.file}{RUN_SUFFIX}"
            mistake = missing_file(loc, whole, folder) if on_disk(folder, whole) else mistake
        mistakes.append(mistake)
    return [mistake for mistake in mistakes if mistake is not None]


def run_file(folder: Path, name: str) -> Path:
    """The file or folder of a run that is named with or without its ending; as named where there is none."""
    return on_disk(folder, name) or on_disk(folder, f"{name}{RUN_SUFFIX}") or folder / name


def missing_file(loc: Loc, path: str, folder: Path) -> Mistake | None:
    """A mistake where `path` is no file or folder inside `folder`, with the nearest that is; else None.

    Its code is `wrong-path` where the disk has the file under a name that is written otherwise.
    """
    root = folder.resolve()
    if re.search(r"[\t\n\r]", path):
        message = f"{path!r} holds a tab or a line end: in double quotes \\t and \\n are such"
        return Mistake(loc, "wrong-path", message, "a path with /")
    try:
        found = on_disk(root, path) if path else None
        strange = outside(found or root / path, root)
        alike = None if found or strange or not path else on_disk(root, path, alike=True)
    except (OSError, RuntimeError, ValueError):
        # Too long a name, a character no file system takes, or links that go round in circles.
        return Mistake(loc, "missing-file", "this can't be the path of a file")
    if strange:
        message = f"{path!r} {strange} the video's assets folder"
        return Mistake(loc, "missing-file", message, "a file inside it")
    if found:
        return None
    if "://" in path:
        message = f"{path!r} is an address; what is shown lies in the assets folder"
        return Mistake(loc, "missing-file", message, "a path; the address is the file's `url` in assets.yaml")
    if alike:
        spelled = (
            alike.relative_to(root).as_posix() if alike.is_relative_to(root) else path.replace("\\", "/")
        )
        how = (
            "is written with / and not \\"
            if nfc(path.replace("\\", "/")) == nfc(spelled)
            else "is spelled otherwise on the disk"
        )
        return Mistake(loc, "wrong-path", f"the path {path} {how}", quoted(spelled))
    known = [each.relative_to(root).as_posix() for each in islice(root.rglob("*"), 2000) if each.is_file()]
    message = f"there is no file {path!r} in the video's assets folder"
    return Mistake(loc, "missing-file", message, None, nearest(path, known))


State = Literal["present", "missing", "changed", "refused"]


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
        return asdict(self)


def statuses(manifest: Manifest, folder: Path) -> list[FileStatus]:
    """Every declared file, in the order of assets.yaml: files to supply first."""
    found = [
        _status(path, "files", folder, entry.sha256, entry.shows, entry.url, entry.how)
        for path, entry in manifest.files.items()
    ]
    found += [
        _status(each.path, "tables", folder, each.sha256) for each in manifest.tables.values() if each.path
    ]
    for run in manifest.runs.values():
        file = run_file(folder, run.file)
        named = file.relative_to(folder).as_posix() if file.is_relative_to(folder) else run.file
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
    try:
        target = on_disk(folder, path)
        strange = outside(target or folder / path, folder)
    except (OSError, RuntimeError, ValueError):
        target, strange = None, "is not the path of a file in"
    if strange:
        # It is not looked at: whether it is there, and what it holds, is nothing of the project's.
        how = f"{strange} the video's assets folder"
        return FileStatus(path, group, "refused", shows, None, how, declared)
    if target is None:
        if alike := on_disk(folder, path, alike=True):
            how = f"on the disk it is spelled {alike.relative_to(folder).as_posix()}"
        return FileStatus(path, group, "missing", shows, url, how, declared)
    found = None
    if target.is_file():
        with open_file(target) as file:
            found = digest_stream(file)
    state: State = "changed" if declared and found and found != declared else "present"
    return FileStatus(path, group, state, shows, url, how, declared, found)
