"""What a storyboard refers to, each loaded once, when it is first needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from explainers.assets import MANIFEST, Manifest, read_manifest
from explainers.assets.manifest import missing_file, run_file
from explainers.digest import digest_file
from explainers.errors import Diagnostic, InvalidInput
from explainers.facts.cells import Notation
from explainers.facts.tables import Table, load_table
from explainers.inputs import keep_inside, leads_out, on_disk
from explainers.kinds.base import Missing
from explainers.project import Project
from explainers.runs import Run, load_run
from explainers.storyboard.document import Document
from explainers.storyboard.mistakes import Loc, Mistake
from explainers.storyboard.reader import read_document

Loaded = TypeVar("Loaded", Table, Run)


class Library:
    """The tables, runs and files of one video, by the names in its assets.yaml.

    Every problem met on the way is kept in `problems`; a table or run that has one is None. `findings`
    don't stop anything: files that are not the ones declared. Where
    assets.yaml is there but can't be read, `unreadable` is True, and no name can be called unknown.
    """

    def __init__(self, project: Project, video: str):
        self.project = project
        self.folder = project.assets_dir(video)
        keep_inside(self.folder)
        self.problems: list[Diagnostic] = []
        self.findings: list[Diagnostic] = []
        self.inputs: list[Path] = []
        self.unreadable = False
        self.document: Document | None = None
        self._broken: set[Loc] = set()
        self.manifest = self._read(self.folder / MANIFEST)
        self._tables: dict[str, Table | None] = {}
        self._runs: dict[str, Run | None] = {}

    def _read(self, path: Path) -> Manifest:
        whole = self.project.root / "assets"
        if leads_out(self.folder, whole):
            message = f"assets/{self.folder.name} leads out of the project's assets"
            self.problems.append(Diagnostic("outside-project", message))
            self.unreadable = True
            return Manifest()
        if not path.exists():
            return Manifest()
        self.inputs.append(path)
        try:
            self.document = read_document(path, self.project.shown(path), self.folder)
        except InvalidInput as error:
            self.problems.extend(error.problems)
            self.unreadable = True
            return Manifest()
        manifest, mistakes = read_manifest(self.document, self.folder)
        self.unreadable = bool(mistakes) and manifest == Manifest()
        self._broken = {mistake.loc[:2] for mistake in mistakes}
        self.problems.extend(self.document.problem(mistake) for mistake in mistakes)
        return manifest

    def table(self, name: str) -> Table | None:
        """The declared table of that name; None where it could not be read. KeyError: not declared."""
        entry = self.manifest.tables[name]
        if ("tables", name) in self._broken:
            return None

        def load(path: Path) -> Table:
            kind = self.manifest.sources[entry.source].kind
            separator = "\t" if entry.separator == "tab" else entry.separator
            notation = Notation(separator, entry.decimal, frozenset(entry.missing), entry.units)
            return load_table(path, self.project.shown(path), name, entry.source, kind, notation)

        path = on_disk(self.folder, entry.file) or self.folder / entry.file
        return self._once(self._tables, name, "tables", path, entry.sha256, load)

    def run(self, name: str) -> Run | None:
        """The declared run of that name; None where it could not be read. KeyError: not declared."""
        entry = self.manifest.runs[name]
        if ("runs", name) in self._broken:
            return None
        path = run_file(self.folder, entry.file)
        return self._once(self._runs, name, "runs", path, entry.sha256, load_run)

    def asset(self, name: str) -> Path | Missing | Mistake:
        """The path of a file in the video's assets folder; what is missing, where assets.yaml declares it.

        A name that is neither there nor declared is a mistake.
        """
        declared = self.manifest.files.get(name)
        mistake = missing_file((), name, self.folder)
        if mistake is not None:
            if declared is None or not mistake.message.startswith("there is no"):
                return mistake
            # Watched all the same: when it comes, the video is planned anew.
            self.inputs.append(self.folder / name)
            return Missing(name, declared.shows, declared.how)
        path = on_disk(self.folder, name) or self.folder / name
        self.inputs.append(path)
        if declared is not None:
            # A supplied file that is another than was noted may be better: that stops nothing.
            loc, what = ("files", name, "sha256"), "has changed since it was declared"
            self.findings += self._other_file(path, declared.sha256, loc, "changed-asset", what)
        return path

    def _other_file(
        self, path: Path, sha256: str | None, loc: Loc, code: str, what: str
    ) -> Iterator[Diagnostic]:
        """The problem that a file is not the one that was declared."""
        if sha256 is not None and self.document is not None and path.is_file():
            found = digest_file(path)
            if found != sha256:
                message = f"{self.project.shown(path)} {what}: its sha256 is {found}"
                yield self.document.problem(Mistake(loc, code, message))

    def _once(
        self,
        kept: dict[str, Loaded | None],
        name: str,
        group: str,
        path: Path,
        sha256: str | None,
        load: Callable[[Path], Loaded],
    ) -> Loaded | None:
        if name not in kept:
            kept[name] = None
            self.inputs.append(path)
            loc, what = (group, name, "sha256"), "is another file than was declared"
            self.problems += self._other_file(path, sha256, loc, "wrong-sha256", what)
            try:
                kept[name] = load(path)
            except InvalidInput as error:
                self.problems += [self._placed(problem, (group, name, "file")) for problem in error.problems]
        return kept[name]

    def _placed(self, problem: Diagnostic, loc: Loc) -> Diagnostic:
        """The problem with file names as other messages show them, and a place where it has none."""
        place = problem.place
        if place is not None:
            place = replace(place, file=self.project.shown(Path(place.file)))
        elif self.document is not None:
            place = self.document.place(loc)
        return replace(problem, place=place, message=problem.message.replace(f"{self.project.root}/", ""))


def missing_assets(missing: Mapping[Missing, Loc]) -> list[Mistake]:
    """The mistakes of files that a finished video can't do without, each where it is named."""
    return [
        Mistake(
            loc,
            "missing-asset",
            f"{one.path!r} is not there yet; it shows: {one.shows}",
            f"the file ({one.how}), a stand_in, or --allow-slates",
        )
        for one, loc in missing.items()
    ]
