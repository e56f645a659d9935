"""A whole first storyboard from a folder of logs and tables: what can be compared, every number bound to
its file.

Runs of one dataset (as far as their logs say) are compared, others are left out. The first is what the
others are compared with: it is called a baseline by its file's name, or comes first. Sentences name numbers
and no winner."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from explainers.cli.race_video import (
    labels_of_files,
    lead_lines,
    literal_text,
    names_of,
    quoted_text,
    told_apart,
    without_braces,
)
from explainers.errors import Diagnostic, InvalidInput
from explainers.project import STORYBOARD

if TYPE_CHECKING:
    from explainers.facts.tables import Table
    from explainers.project import Project
    from explainers.runs import Run

MOST_RUNS, MOST_TABLES, MOST_ROWS = 5, 2, 6
TAIL = 2.0
"""From this ratio of p99 to median on, waits between tokens are shown as curves."""
_BASELINE = re.compile(r"(?<![a-z])(baseline|base|before|plain|vanilla|off|default|main|old)(?![a-z])")
WAITS = ("itl.p99", "tpot.p99", "e2e.p99", "ttft.p99")
"""What the shot of latency shows: the first that all runs know."""
CALLED = {
    "throughput": "Throughput",
    "ttft.p99": "Time to first token, {=p99}",
    "e2e.p99": "Request time, {=p99}",
    "itl.p99": "Time between tokens, {=p99}",
    "tpot.p99": "Time per output token, {=p99}",
}


@dataclass
class Found:
    """What a folder holds: runs of one dataset, in order, tables that can be bars, and what is left out and
    why."""

    runs: list[tuple[Path, Run]] = field(default_factory=list)
    tables: list[tuple[Path, Table, str, str]] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)


def write_first_draft(project: Project, video: str, folder: Path) -> tuple[list[Path], list[tuple[str, str]]]:
    """Writes the storyboard, assets.yaml, runs (as `run/1`) and tables of a new video; the files made, and
    what of the folder was left out, with the reason. InvalidInput where nothing in it can be compared or
    shown."""
    from explainers.runs import save_run
    from explainers.scratch import write_files

    found = _searched(folder)
    labels = _labels(found)
    draft = _Draft(found, names_of(labels), labels)
    target = project.assets_dir(video)
    made = [
        save_run(run, target / "runs" / f"{name}.run.jsonl")
        for name, (_, run) in zip(draft.names, found.runs, strict=True)
    ]
    for path, *_ in found.tables:
        copy = target / "data" / path.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        made.append(Path(shutil.copyfile(path, copy)))
    texts = {
        target / "assets.yaml": draft.assets(),
        project.scene_dir(video) / STORYBOARD: draft.storyboard(video),
    }
    return [*write_files(texts), *made], found.left_out


def _searched(folder: Path) -> Found:
    from explainers.runs import load_run

    if not folder.is_dir():
        raise InvalidInput([Diagnostic("no-such-folder", f"there is no folder {folder}")])
    found, runs = Found(), list[tuple[Path, "Run"]]()
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        try:
            runs.append((path, load_run(path)))
        except InvalidInput as error:
            if not _take_table(path, found):
                found.left_out.append((path.name, error.problems[0].message.split("; tried")[0]))
    found.runs = _comparable(runs, found)
    if not found.runs and not found.tables:
        reasons = "".join(f"\n      {name}: {why}" for name, why in found.left_out)
        message = f"nothing in {folder.name} can be shown beside something else{reasons}"
        expected = "two logs of one dataset, or a table with a column of names and one of numbers"
        raise InvalidInput([Diagnostic("nothing-to-compare", message, expected=expected)])
    return found


def _take_table(path: Path, found: Found) -> bool:
    """Whether the file is a table of names and numbers; it is kept as one, or left out where there is no
    room."""
    from explainers.facts.tables import load_table

    try:
        table = load_table(path, path.name, "t", "s", "measured")
    except InvalidInput:
        return False
    columns = {name: [row[name] for row in table.rows] for name in table.columns}
    keys = [
        name
        for name, cells in columns.items()
        if all(isinstance(cell, str) for cell in cells) and len(set(cells)) == len(cells)
    ]
    values = [
        name
        for name, cells in columns.items()
        if all(isinstance(cell, float) and cell >= 0 for cell in cells) and any(cells)
    ]
    if not keys or not values or len(table.rows) < 2:
        found.left_out.append((path.name, "a table without a column of names, each once, and one of numbers"))
    elif len(found.tables) == MOST_TABLES:
        found.left_out.append((path.name, f"more than {MOST_TABLES} tables"))
    else:
        found.tables.append((path, table, keys[0], values[0]))
    return True


def _comparable(runs: list[tuple[Path, Run]], found: Found) -> list[tuple[Path, Run]]:
    """The most runs whose datasets are not known to differ, the baseline first; a run alone is compared
    with none."""
    from explainers.runs.summary import same_dataset

    groups: list[list[tuple[Path, Run]]] = []
    for path, run in runs:
        fitting = (
            each for each in groups if all(same_dataset(other, run)[0] is not False for _, other in each)
        )
        group = next(fitting, None)
        groups.append([(path, run)]) if group is None else group.append((path, run))
    largest = max(groups, key=len, default=[])
    kept = sorted(largest, key=lambda pair: not _BASELINE.search(pair[0].stem.lower()))[:MOST_RUNS]
    if len(kept) < 2:
        kept = []
    for path, run in runs:
        if all(path != other for other, _ in kept):
            reason = (
                f"more than {MOST_RUNS} runs" if len(kept) == MOST_RUNS else "no run of its dataset beside it"
            )
            if kept and same_dataset(kept[0][1], run)[0] is False:
                reason = f"another dataset: {same_dataset(kept[0][1], run)[1]}"
            found.left_out.append((path.name, reason))
    return kept


def _labels(found: Found) -> list[str]:
    """What the runs call themselves where they differ, else what their files do."""
    apart = told_apart([run.label for _, run in found.runs])
    return apart or labels_of_files([path for path, _ in found.runs]) or [path.name for path, _ in found.runs]


def _format(values: Sequence[float]) -> str:
    largest = max(map(abs, values), default=0.0)
    return ",.0f" if largest >= 100 else ".1f" if largest >= 10 else ".2f"


def _spaced(name: str) -> str:
    return re.sub(r"[-_]+", " ", name)


Bar = tuple[str, str, str | None]
"""A row of a table, its label, and its role if it has one."""


@dataclass
class _Draft:
    """A storyboard that is being written, about what was `found`: the short names and the labels of its runs,
    and its facts and shots so far."""

    found: Found
    names: Sequence[str]
    labels: Sequence[str]
    facts: list[str] = field(default_factory=list)
    shots: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        from explainers.runs.metrics import metrics

        self.runs = [run for _, run in self.found.runs]
        self.known = [metrics(run).known for run in self.runs]
        self.rated = all("throughput" in each for each in self.known)
        self.waits = [metric for metric in WAITS if self.known and all(metric in each for each in self.known)]
        # Every run knows its single waits between tokens, and one of them has a tail worth a curve.
        self.scattered = (
            bool(self.runs)
            and all("itl.p99" in each for each in self.known)
            and all(run.knows_token_times for run in self.runs)
            and max(each["itl.p99"] / max(each["itl.p50"], 1e-9) for each in self.known) >= TAIL
        )
        self.rows: list[Bar] = [
            (name, label, "accent" if index == 1 else None)
            for index, (name, label) in enumerate(zip(self.names, self.labels, strict=False))
        ]

    def assets(self) -> str:
        lines = ["# Where every number and picture of this video comes from.", "sources:"]
        for kind in dict.fromkeys(run.provenance.kind for run in self.runs):
            of_kind = [(path, run) for path, run in self.found.runs if run.provenance.kind == kind]
            cited = "; ".join(f"{path.name} (sha256 {run.provenance.sha256 or '-'})" for path, run in of_kind)
            written = f"kind: {kind}, own: true, label: run logs, citation: {quoted_text(cited)}"
            lines.append(f"  {kind}-runs: {{{written}}}")
        if self.found.tables:
            cited = ", ".join(path.name for path, *_ in self.found.tables)
            lines += [
                "  # Where others published a table, it is `kind: published`, with a url and without `own`.",
                f"  tables: {{kind: measured, own: true, label: tables, citation: {quoted_text(cited)}}}",
            ]
        lines += ["runs:"] if self.names else []
        for name, label, run in zip(self.names, self.labels, self.runs, strict=False):
            file, called = quoted_text(f"runs/{name}.run.jsonl"), quoted_text(without_braces(label))
            lines.append(f"  {name}: {{file: {file}, source: {run.provenance.kind}-runs, label: {called}}}")
        lines.append("tables:")
        if self.names:
            runs, units = ", ".join(self.names), [f"{metric}: {self._unit(metric)}" for metric in self.waits]
            brought = f", units: {{{', '.join(units)}}}" if units else ""
            lines.append(f"  runs: {{runs: [{runs}]{brought}}}")
            if self.scattered:
                lines.append(f"  waits: {{runs: [{runs}], of: itl, units: {{itl: {self._unit('itl.p99')}}}}}")
        for number, (path, *_) in enumerate(self.found.tables, 1):
            lines.append(f"  table-{number}: {{file: {quoted_text(f'data/{path.name}')}, source: tables}}")
        return "\n".join(lines) + "\n"

    def storyboard(self, video: str) -> str:
        title = literal_text(_spaced(video).strip().capitalize())
        subjects = self.labels or [_spaced(path.stem) for path, *_ in self.found.tables]
        if self.names:
            self._about_runs()
        for number, table in enumerate(self.found.tables, 1):
            self._about_table(number, *table)
        if self.names and self.waits and self.rated:
            self._close()
        compared = ", ".join(map(literal_text, subjects))
        described = quoted_text(f"Numbers of {compared}, each from its own log or table.")
        head = ["storyboard: 1", f"title: {quoted_text(title)}", f"description: {described}"]
        facts = ["facts:", *self.facts] if self.facts else []
        return "\n".join([*head, *facts, "shots:", *self.shots]) + "\n"

    def _about_runs(self) -> None:
        """Bars of the throughput, the race of the first two runs, a wait, and what got worse."""
        from explainers.runs.summary import unequal_work

        left, right = self.runs[:2]
        if self.rated:
            self._bars("throughput", "throughput")
        counted = ", output_tokens, throughput" if left.knows_tokens and right.knows_tokens else ""
        called = [quoted_text(without_braces(label)) for label in self.labels[:2]]
        both = " and ".join(map(literal_text, self.labels[:2]))
        self.shots += [
            "  - id: race",
            "    kind: race",
            *(["    carry: true"] if self.rated else []),
            f"    title: {quoted_text('Two runs on one clock')}",
            "    clock: {speed: auto}",
            "    panes:",
            f"      - {{run: {self.names[0]}, label: {called[0]}}}",
            f"      - {{run: {self.names[1]}, label: {called[1]}, role: accent}}",
            f"    views: [requests{counted}]",
            *lead_lines((left, right), self.labels[1]),
            f"    cue: {quoted_text(f'{both} on one clock.')}",
        ]
        if self.waits and self.scattered:
            self._curves()
        elif self.waits:
            self._bars(self.waits[0], "latency")
        worse = [metric for metric in self.waits[1:] if self.known[1][metric] > self.known[0][metric]]
        if worse and unequal_work(left, right) is None:
            self._bars(worse[0], "price", carried=not self.scattered)

    def _curves(self) -> None:
        """The distribution of the waits between tokens, a curve a run, one after the other."""
        spec, axis = self._facts_of("itl.p99"), f"time between tokens, {self._unit('itl.p99')}"
        self.shots += [
            "  - id: latency",
            "    kind: chart",
            f"    title: {quoted_text('Time between tokens')}",
            "    layout: left",
            "    mark: cdf",
            "    table: waits",
            f"    x: {{label: {quoted_text(axis)}, log: true, format: {quoted_text(spec)}}}",
            "    y: {label: share of waits}",
            "    percentiles: [50, 99]",
            "    series:",
        ]
        for row, label, role in self.rows:
            coloured = f", role: {role}" if role else ""
            called = quoted_text(literal_text(label))
            self.shots.append(
                f"      - {{id: {row}, label: {called}{coloured}, x: itl, where: {{run: {row}}}}}"
            )
        self.shots += [f"    statement: {quoted_text(self._sentence('itl.p99'))}", "    beats:"]
        for row, label, _ in self.rows:
            cue = quoted_text(f"{literal_text(label)}.")
            self.shots.append(f"      - {{id: {row}, show: [{row}], duration: 4s, cue: {cue}}}")

    def _close(self) -> None:
        """Throughput and a wait beside each other."""
        wait, both = self.waits[0], f"{self._sentence('throughput')} {self._sentence(self.waits[0])}"
        written = f"unit: {self._unit(wait)}, format: {quoted_text(self._format(wait))}"
        more = [
            f"    beside: {{value: {wait}, {written}, heading: {quoted_text(CALLED[wait])}}}",
            f"    standing: [{', '.join(self.names)}]",
        ]
        drawn = ("runs", "run", "throughput", "tok/s", self._format("throughput"))
        carried = not self.found.tables
        self._bar_shot("close", "Throughput and its waits", *drawn, self.rows, both, more, carried)

    def _unit(self, metric: str) -> str:
        """The unit in which a metric of the runs is written."""
        if metric == "throughput":
            return "tok/s"
        return "ms" if max(each[metric] for each in self.known) < 1.0 else "s"

    def _format(self, metric: str) -> str:
        from explainers.runs.metrics import IN_SECONDS

        scale = IN_SECONDS.get(self._unit(metric), 1.0)
        return _format([each[metric] / scale for each in self.known])

    def _sentence(self, metric: str) -> str:
        """The first two runs' numbers, without a word on which is better."""
        parts = [
            f"{literal_text(label)} {{{_fact(metric, index)}}} {self._unit(metric)}"
            for index, label in enumerate(self.labels[:2])
        ]
        return f"{CALLED[metric]}: {', '.join(parts)}."

    def _facts_of(self, metric: str) -> str:
        """Add the facts of the first two runs' numbers; how they are written."""
        spec = self._format(metric)
        for index, name in enumerate(self.names[:2]):
            written = f"value: {metric}, unit: {self._unit(metric)}, format: {quoted_text(spec)}"
            self.facts.append(f"  {_fact(metric, index)}: {{run: {name}, {written}}}")
        return spec

    def _bars(self, metric: str, shot: str, carried: bool = False) -> None:
        drawn = ("runs", "run", metric, self._unit(metric), self._facts_of(metric))
        self._bar_shot(shot, CALLED[metric], *drawn, self.rows, self._sentence(metric), (), carried)

    def _bar_shot(
        self,
        shot: str,
        title: str,
        table: str,
        key: str,
        value: str,
        unit: str,
        spec: str,
        rows: Sequence[Bar],
        statement: str,
        more: Sequence[str] = (),
        carried: bool = False,
    ) -> None:
        """A shot of bars with its sentence; `carried` goes on from the same rows before."""
        fields = {"key": key, "value": value, "unit": unit, "format": spec}
        self.shots += [
            f"  - id: {shot}",
            "    kind: bars",
            f"    title: {quoted_text(title)}",
            *(["    carry: true"] if carried else []),
            f"    table: {table}",
            *(f"    {name}: {quoted_text(text)}" for name, text in fields.items()),
            *more,
            "    bars:",
        ]
        for row, label, role in rows:
            written = f"row: {quoted_text(row)}, label: {quoted_text(literal_text(label))}"
            self.shots.append(f"      - {{{written}{f', role: {role}' if role else ''}}}")
        self.shots += [f"    {name}: {quoted_text(statement)}" for name in ("statement", "cue")]

    def _about_table(self, number: int, path: Path, table: Table, key: str, value: str) -> None:
        """Bars of a table's first column of numbers; its sentence has the largest and the smallest row."""
        rows = sorted(table.rows, key=lambda row: -float(row[value] or 0.0))[:MOST_ROWS]
        spec, name = _format([float(row[value] or 0.0) for row in rows]), f"table-{number}"
        parts = []
        for word, row in (("most", rows[0]), ("least", rows[-1])):
            fact, where = f"{word}_{number}", f"{quoted_text(key)}: {quoted_text(str(row[key]))}"
            written = f"value: {quoted_text(f'`{value}`')}, format: {quoted_text(spec)}"
            self.facts.append(f"  {fact}: {{table: {name}, where: {{{where}}}, {written}}}")
            parts.append(f"{literal_text(str(row[key]))} {{{fact}}}")
        called, title = literal_text(_spaced(value)), literal_text(_spaced(path.stem).capitalize())
        bars: list[Bar] = [(str(row[key]), str(row[key]), None) for row in rows]
        statement = f"{called[:1].upper()}{called[1:]}: {', '.join(parts)}."
        drawn = (name, key, f"`{value}`", called, spec)
        self._bar_shot(name, title, *drawn, bars, statement, ["    layout: left"])


def _fact(metric: str, index: int) -> str:
    return f"{metric.replace('.', '_')}_{index + 1}"
