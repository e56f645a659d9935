"""What a storyboard refers to, each loaded once, when it is first needed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from explainers.assets import MANIFEST, Manifest, read_manifest
from explainers.assets.manifest import RUN_SUFFIX, TableEntry, missing_file, run_file
from explainers.digest import digest_file
from explainers.errors import Diagnostic, InvalidInput, nearest
from explainers.facts.cells import Notation
from explainers.facts.tables import Cell, Table, load_table
from explainers.inputs import keep_inside, leads_out, on_disk
from explainers.kinds.base import Missing
from explainers.project import Project
from explainers.runs import Run, load_run
from explainers.runs.metrics import IN_SECONDS, STEPS, TIMELINE, UNITS, metrics, single_waits, timeline
from explainers.runs.readers.mapping import mapped_log
from explainers.runs.reading import Source
from explainers.storyboard.document import Document
from explainers.storyboard.mistakes import Loc, Mistake
from explainers.storyboard.reader import read_document

TIMES = frozenset(metric for metric, unit in UNITS.items() if unit == "s")
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
        if entry.file is None:
            if name not in self._tables:
                self._tables[name] = self._of_runs(name, entry)
            return self._tables[name]
        assert entry.source is not None, "the manifest was checked"
        source = entry.source

        def load(path: Path) -> Table:
            kind = self.manifest.sources[source].kind
            separator = "\t" if entry.separator == "tab" else entry.separator
            notation = Notation(separator, entry.decimal, frozenset(entry.missing), entry.units, entry.part)
            table = load_table(path, self.project.shown(path), name, source, kind, notation)
            wrong = [table.unknown_column(unit) for unit in entry.units if unit not in table.columns]
            if self.document is not None:
                self.problems += [self.document.problem(one.under("tables", name, "units")) for one in wrong]
            return table

        path = on_disk(self.folder, entry.file) or self.folder / entry.file
        return self._once(self._tables, name, "tables", path, entry.sha256, load)

    def run(self, name: str) -> Run | None:
        """The declared run of that name; None where it could not be read. KeyError: not declared."""
        entry = self.manifest.runs[name]
        if ("runs", name) in self._broken:
            return None
        path = run_file(self.folder, entry.file)
        words = {key: getattr(entry, key) for key in ("label", "model", "hardware") if getattr(entry, key)}
        if self.manifest.sources[entry.source].kind == "simulated":
            # A simulator may write the layout of a measuring tool.
            words["kind"] = "simulated"

        def load(path: Path) -> Run:
            if (log := mapped_log(path)) is not None:
                self.inputs.append(log)
            run = load_run(path)
            return replace(run, provenance=replace(run.provenance, **words)) if words else run

        return self._once(self._runs, name, "runs", path, entry.sha256, load)

    def metrics(self, name: str, slo: Mapping[Any, float], unit: str | None = None) -> Table | None:
        """What a declared run measured, as a table of one row; times are in `unit`, where it is one of
        time."""
        run = self.run(name)
        if run is None:
            return None
        entry = self.manifest.runs[name]
        path = run_file(self.folder, entry.file)
        units = {column: unit for column in TIMES if unit in IN_SECONDS}
        found = _metrics_table(f"run {name}", [(name, run, entry.gpus)], slo, units)
        kind = self.manifest.sources[entry.source].kind
        lacking = {
            metric: f"the run {name!r} knows no {metric}: {why}" for metric, why in found.unusable.items()
        }
        origin = f"{self.project.shown(path)}, sha256 {Source(path).sha256}"
        return replace(found, source=entry.source, kind=kind, unusable=lacking, origin=origin)

    def _of_runs(self, name: str, entry: TableEntry) -> Table | None:
        """The table of declared runs, or of the logs in a folder; None where one of them could not be
        read."""
        mistakes = []
        units: dict[str, str] = {str(entry.of): "s"}
        if entry.of in (None, "timeline"):
            units = UNITS if entry.of is None else TIMELINE
        for column, unit in entry.units.items():
            loc: Loc = ("tables", name, "units", column)
            if column not in units:
                known = nearest(column, units)
                mistakes.append(
                    Mistake(loc, "unknown-column", f"{column!r} is no metric with a unit", None, known)
                )
            elif units[column] == "s" and unit not in IN_SECONDS:
                message = f"{column} is a time, and {unit!r} no unit of time"
                mistakes.append(Mistake(loc, "bad-unit", message, ", ".join(IN_SECONDS)))
        if mistakes and self.document is not None:
            self.problems += map(self.document.problem, mistakes)
            return None
        if entry.runs:
            runs = [(run, self.run(run), self.manifest.runs[run].gpus) for run in entry.runs]
            sources = tuple(dict.fromkeys(self.manifest.runs[run].source for run in entry.runs))
        else:
            runs = [(one, run, None) for one, run in self._logs(name, entry)]
            sources = (entry.source or "",)
        found = [(one, run, gpus) for one, run, gpus in runs if run is not None]
        if len(found) < len(runs) or not found:
            return None
        if entry.of:
            table = _moments_table(name, found, entry.of, entry.units)
        else:
            table = _metrics_table(name, found, entry.slo, entry.units)
        kind = self.manifest.sources[sources[0]].kind
        lacking = {
            metric: f"no run of table {name!r} knows {metric}: {why}"
            for metric, why in table.unusable.items()
        }
        named = tuple(entry.runs)
        return replace(
            table, source=sources[0], more_sources=sources[1:], kind=kind, unusable=lacking, runs=named
        )

    def _logs(self, name: str, entry: TableEntry) -> list[tuple[str, Run | None]]:
        """Every log of a folder, by its name without its ending."""
        folder = on_disk(self.folder, entry.folder or "") or self.folder / (entry.folder or "")
        self.inputs.append(folder)
        loc: Loc = ("tables", name, "folder")
        logs: list[tuple[str, Run | None]] = []
        paths = sorted(folder.iterdir()) if folder.is_dir() else []
        mapped = {mapped_log(path) for path in paths}
        for path in paths:
            if path.name.startswith(".") or path in mapped:
                continue
            try:
                logs.append(
                    (path.name.removesuffix(".gz").removesuffix(RUN_SUFFIX).rsplit(".", 1)[0], load_run(path))
                )
            except InvalidInput as error:
                self.problems += [self._placed(problem, loc) for problem in error.problems]
                logs.append((path.name, None))
        if not logs and self.document is not None:
            message = f"there is no log in the folder {entry.folder!r}"
            self.problems.append(
                self.document.problem(Mistake(loc, "missing-file", message, "a folder of logs"))
            )
        return logs

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


def _metrics_table(
    name: str,
    runs: Sequence[tuple[str, Run, int | None]],
    slo: Mapping[Any, float],
    units: Mapping[str, str],
) -> Table:
    """A row a run: what it is called, and what it measured; `unusable` are metrics that no run knows, and
    why.

    `units` are units of time for columns that are times.
    """
    each = [metrics(run, gpus, slo) for _, run, gpus in runs]
    names = dict.fromkeys(metric for one in each for metric in (*one.known, *one.lacking))
    columns = tuple(metric for metric in names if any(metric in one.known for one in each))
    scale = {column: 1.0 / IN_SECONDS[unit] for column, unit in units.items() if column in TIMES}
    rows = []
    for (run_name, run, _), one in zip(runs, each, strict=True):
        words = run.provenance
        row: dict[str, Cell] = {"run": run_name, "label": words.label or words.policy or run_name}
        row |= {"model": words.model or None, "hardware": words.hardware or None}
        row |= {
            column: one.known[column] * scale.get(column, 1.0) if column in one.known else None
            for column in columns
        }
        rows.append(row)
    lacking = {metric: each[0].lacking[metric] for metric in names if metric not in columns}
    shown = {column: units.get(column, UNITS[column]) for column in columns if column in UNITS}
    named = tuple(run_name for run_name, _, _ in runs)
    return Table(
        name, ("run", "label", "model", "hardware", *columns), tuple(rows), "", "", shown, lacking, runs=named
    )


def _moments_table(
    name: str, runs: Sequence[tuple[str, Run, int | None]], of: str, units: Mapping[str, str]
) -> Table:
    """A row for each wait of each run, or for each moment of its timeline; else as `_metrics_table`."""
    least = max((run.end_s for _, run, _ in runs), default=0.0) / STEPS or 1.0
    power = 10.0 ** math.floor(math.log10(least))
    step_s = next(step * power for step in (1, 2, 5, 10) if step * power >= least * 0.999)
    rows, lacking, columns = list[dict[str, Cell]](), dict[str, str](), dict[str, None]()
    own = TIMELINE if of == "timeline" else {of: "s"}
    for run_name, run, _ in runs:
        if of == "timeline":
            known, why = timeline(run, step_s)
        else:
            waits = single_waits(run, of)
            known, why = ({}, {of: waits}) if isinstance(waits, str) else ({of: waits}, {})
        lacking |= {column: one for column, one in why.items() if column not in lacking}
        columns |= dict.fromkeys(known)
        words: dict[str, Cell] = {
            "run": run_name,
            "label": run.provenance.label or run.provenance.policy or run_name,
        }
        times = {column: IN_SECONDS[units.get(column, "s")] for column in known if own[column] == "s"}
        lists = [(values / times.get(column, 1.0)).tolist() for column, values in known.items()]
        rows += [{**words, **dict(zip(known, each, strict=True))} for each in zip(*lists, strict=True)]
    filled = tuple({column: row.get(column) for column in ("run", "label", *columns)} for row in rows)
    unknown = {column: why for column, why in lacking.items() if column not in columns}
    shown = {column: units.get(column, own[column]) for column in columns}
    named = tuple(run_name for run_name, _, _ in runs)
    return Table(name, ("run", "label", *columns), filled, "", "", shown, unknown, runs=named)


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
