"""What a storyboard refers to, loaded when it is first asked for and once."""

from __future__ import annotations

from pathlib import Path

from explainers.assets import MANIFEST, Manifest, read_manifest
from explainers.assets.manifest import missing_file
from explainers.errors import InvalidInput, Problem
from explainers.facts.tables import Table, load_table
from explainers.project import Project
from explainers.runs import Run, load_run
from explainers.storyboard.mistakes import Mistake
from explainers.storyboard.reader import read_document


class Library:
    """The tables, runs and files of one video, by the names in its assets.yaml.

    Every problem met on the way is kept in `problems`; a table or run that has one is None.
    """

    def __init__(self, project: Project, video: str):
        self.project = project
        self.folder = project.assets_dir(video)
        self.problems: list[Problem] = []
        self.inputs: list[Path] = []
        self.manifest = self._read(self.folder / MANIFEST)
        self._tables: dict[str, Table | None] = {}
        self._runs: dict[str, Run | None] = {}

    def _read(self, path: Path) -> Manifest:
        self._broken: set[tuple[str | int, ...]] = set()
        if not path.is_file():
            return Manifest()
        self.inputs.append(path)
        try:
            document = read_document(path, self.project.shown(path))
        except InvalidInput as error:
            self.problems.extend(error.problems)
            self.unreadable = True
            return Manifest()
        manifest, mistakes = read_manifest(document, self.folder)
        self.unreadable = bool(mistakes) and manifest == Manifest()
        self._broken = {mistake.loc[:2] for mistake in mistakes}
        self.problems.extend(document.problem(mistake) for mistake in mistakes)
        return manifest

    unreadable = False
    """Whether assets.yaml is there but could not be read, so that names in it can't be called unknown."""

    def table(self, name: str) -> Table | None:
        """The declared table of that name; None where it could not be read. KeyError: not declared."""
        entry = self.manifest.tables[name]
        if name not in self._tables:
            self._tables[name] = None
            if ("tables", name) not in self._broken:
                path = self.folder / entry.file
                kind = self.manifest.sources[entry.source].kind
                self.inputs.append(path)
                try:
                    shown = self.project.shown(path)
                    self._tables[name] = load_table(path, shown, name, entry.source, kind, entry.units)
                except InvalidInput as error:
                    self.problems.extend(error.problems)
        return self._tables[name]

    def run(self, name: str) -> Run | None:
        """The declared run of that name; None where it could not be read. KeyError: not declared."""
        entry = self.manifest.runs[name]
        if name not in self._runs:
            self._runs[name] = None
            if ("runs", name) not in self._broken:
                path = self.folder / entry.file
                self.inputs.append(path)
                try:
                    self._runs[name] = load_run(path)
                except InvalidInput as error:
                    self.problems.extend(error.problems)
        return self._runs[name]

    def asset(self, name: str) -> Path | Mistake:
        """The path of a file in the video's assets folder, or the mistake of it not being there."""
        mistake = missing_file((), name, self.folder)
        if mistake is not None:
            return mistake
        path = self.folder / name
        self.inputs.append(path)
        return path
