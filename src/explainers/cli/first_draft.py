"""A whole first storyboard from a folder of logs, tables and figures: what can be compared, every number
bound to its file.

Runs of one dataset (as far as their logs say) are compared, others are left out. The first is what the
others are compared with: it is called a baseline by its file's name, or comes first. Sentences name numbers
and no winner."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from explainers.cli.race_video import (
    distinct,
    labels_of_files,
    lead_lines,
    literal_text,
    names_of,
    quoted_text,
    without_braces,
)
from explainers.errors import Diagnostic, InvalidInput
from explainers.inputs import outside, read_bytes
from explainers.project import STORYBOARD

if TYPE_CHECKING:
    from explainers.facts.tables import Table
    from explainers.project import Project
    from explainers.runs import Run

MOST_FILES, MOST_RUNS, MOST_SAID, MOST_TABLES, MOST_ROWS, MOST_CURVES = 500, 5, 3, 2, 6, 4
LONGEST_ROW = 28
"""Letters of a row's name that still has room beside its bar."""
TAIL = 2.0
"""From this ratio of p99 to median on, waits between tokens are shown as curves."""
_BASELINE = re.compile(r"(?<![a-z])(baseline|base|before|plain|vanilla|off|default|main|old)(?![a-z])")
_NOT_MEASURED = re.compile(
    r"(^|_)(id|index|seed|run|number|version|year|date|port|rank|trial|error|std|stdev|stddev)(_|$)",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"(?:(?P<what>.*?)[_ (\[]+)??(?P<unit>[a-z]+_per_s|(?:tok|tokens|req|requests|ops|kops|[kmg]i?b)_s"
    r"|k?ops|tps|qps|rps|µs|us|ms|ns|s|[kmg]i?b|pct|percent|w)[)\]]?",
    re.IGNORECASE,
)
"""A column's name that ends in its unit, such as `p99_us`."""
_UNITS = {**{"us": "µs", "pct": "%", "percent": "%", "kops": "kops/s", "ops": "ops/s", "tps": "tok/s"}}
WAITS = ("itl", "tpot", "e2e", "ttft")
"""What the shot of latency shows: the first that all runs know."""
ENOUGH = 100
"""From so many requests on one in a hundred of them is more than the slowest."""
CALLED = {
    **{"throughput": "Throughput", "ttft": "Time to first token", "e2e": "Request time"},
    **{"itl": "Time between tokens", "tpot": "Time per output token"},
}
STATISTIC = {"p99": ", {=p99}", "p50": ", median"}
_SHOT = {"ttft": "first-token", "e2e": "request-time", "tpot": "per-token", "itl": "between-tokens"}


@dataclass(frozen=True)
class Shown:
    """A table and how it is shown: bars of `values[0]` named by `key`; or, with `x`, curves over it, one for
    each of `values`, or for each of what `key` holds. `part` is a figure of a source with several, `titles`
    are those of its axes, and `logs` says which of them are logarithmic."""

    path: Path
    table: Table
    values: tuple[str, ...]
    key: str | None = None
    x: str | None = None
    part: str | None = None
    titles: tuple[str, str] | None = None
    logs: str = ""


@dataclass
class Found:
    """What a folder holds: runs of one dataset, in order, tables that can be shown, and what is left out and
    why."""

    runs: list[tuple[Path, Run]] = field(default_factory=list)
    tables: list[Shown] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)


def write_first_draft(project: Project, video: str, folder: Path) -> tuple[list[Path], list[tuple[str, str]]]:
    """Writes the storyboard, assets.yaml, runs (as `run/1`) and tables of a new video; the files made, and
    what of the folder was left out, with the reason. InvalidInput where nothing in it can be compared or
    shown."""
    from explainers.runs import save_run

    found = _searched(folder)
    labels = _labels(found)
    names = names_of(labels)
    target = project.assets_dir(video)
    texts = {
        target / "assets.yaml": _assets(found, names, labels),
        project.scene_dir(video) / STORYBOARD: _Draft(found, names, labels).storyboard(video),
    }
    made = [
        save_run(run, target / "runs" / f"{name}.run.jsonl")
        for name, (_, run) in zip(names, found.runs, strict=True)
    ]
    for path in dict.fromkeys(one.path for one in found.tables):
        copy = target / "data" / path.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        made.append(Path(shutil.copyfile(path, copy)))
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return [*texts, *made], found.left_out


def _searched(folder: Path) -> Found:
    from explainers.runs import load_run

    if not folder.is_dir():
        raise InvalidInput([Diagnostic("no-such-folder", f"there is no folder {folder}")])
    found, runs = Found(), list[tuple[Path, "Run"]]()
    paths = [path for path in sorted(folder.iterdir()) if not path.name.startswith(".")]
    if (more := len(paths) - MOST_FILES) > 0:
        found.left_out.append((f"{more:,} more", f"only {MOST_FILES} files are looked at"))
    for path in paths[:MOST_FILES]:
        if strange := outside(path, folder):
            found.left_out.append((path.name, f"{strange} the folder"))
            continue
        try:
            runs.append((path, load_run(path)))
        except InvalidInput as error:
            if path.is_dir() and (run := _first_inside(path, found)):
                runs.append((path, run))
            elif path.is_dir() or not _take_table(path, found):
                reason = error.problems[0].message.split("; tried")[0]
                if "no reader knows" in reason:
                    reason += ": a table of its numbers, plain events or a mapping is a way in (docs/runs.md)"
                found.left_out.append((path.name, reason))
    found.runs = _comparable(runs, found)
    if not found.runs and not found.tables:
        reasons = "".join(f"\n      {name}: {why}" for name, why in found.left_out)
        message = f"nothing in {folder.name} can be shown beside something else{reasons}"
        expected = "two logs of one dataset, or a table with a column of names and one of numbers"
        raise InvalidInput([Diagnostic("nothing-to-compare", message, expected=expected)])
    return found


def _first_inside(folder: Path, found: Found) -> Run | None:
    """The first log in a folder of a sweep, which is called by the folder's settings; the others are left
    out, as results of the same settings."""
    from explainers.runs import load_run

    first: Run | None = None
    for path in sorted(folder.iterdir()):
        if first is not None:
            found.left_out.append((f"{folder.name}/{path.name}", "beside another result of its folder"))
            continue
        with suppress(InvalidInput):
            first = load_run(path)
    return first


def _take_table(path: Path, found: Found) -> bool:
    """Whether the file holds tables; those that can be shown are kept, others left out with a reason."""
    from explainers.facts.cells import Notation
    from explainers.facts.pgfplots import BadPlot, Figure, figures
    from explainers.facts.tables import MAX_BYTES, load_table

    plots: list[Figure | None] = [None]
    try:
        if path.suffix.lower() in (".tex", ".tikz"):
            text = read_bytes(path, path.name, MAX_BYTES).decode("utf-8", "replace")
            plots = [*figures(text)] or plots
        parts = [one.name if one and len(plots) > 1 else None for one in plots]
        tables = [load_table(path, path.name, "t", "s", "measured", Notation(part=part)) for part in parts]
    except (InvalidInput, BadPlot):
        return False
    for table, part, plot in zip(tables, parts, plots, strict=True):
        shown = _shown(path, table, part, plot.titles if plot else None)
        name = f"{path.name}, {part}" if part else path.name
        if isinstance(shown, str):
            found.left_out.append((name, shown))
        elif len(found.tables) == MOST_TABLES:
            found.left_out.append((name, f"more than {MOST_TABLES} tables"))
        else:
            found.tables.append(replace(shown, logs=plot.logs if plot else ""))
    return True


def _shown(path: Path, table: Table, part: str | None, titles: tuple[str, str] | None) -> Shown | str:
    """How a table is shown; the reason where it can't be."""
    if len(table.rows) < 2:
        return "a table of fewer than two rows"
    columns = {name: [row[name] for row in table.rows] for name in table.columns}
    numbers = {
        name: [cell for cell in cells if isinstance(cell, float)]
        for name, cells in columns.items()
        if all(cell is None or isinstance(cell, float) for cell in cells)
    }
    texts = {name: cells for name, cells in columns.items() if name not in numbers}
    full = {name: cells for name, cells in numbers.items() if len(cells) == len(table.rows)}
    values = _by_worth([name for name, cells in full.items() if len(set(cells)) > 1])
    for key, cells in texts.items():
        groups: dict[object, list[int]] = {}
        for index, cell in enumerate(cells):
            groups.setdefault(cell, []).append(index)
        if 1 < len(groups) <= MOST_CURVES and min(map(len, groups.values())) > 1:
            for x, across in full.items():
                others = [name for name in values if name != x]
                if others and all(_rises([across[i] for i in rows]) for rows in groups.values()):
                    return Shown(path, table, (others[0],), key, x, part, titles)
            for x, names in texts.items():
                each = [[names[i] for i in rows] for rows in groups.values()]
                if x != key and values and all(len(set(some)) == len(some) for some in each):
                    # A figure of grouped bars: a dot for each bar over the names of its axis.
                    return Shown(path, table, (values[0],), key, x, part, titles)
    keys = [name for name, cells in texts.items() if len(set(cells)) == len(cells) and None not in cells]
    short = [name for name in keys if max(len(str(cell)) for cell in columns[name]) <= LONGEST_ROW]
    bars = [name for name in values if min(full[name]) >= 0]
    if short and bars:
        return Shown(path, table, (bars[0],), short[0], None, part)
    first = next(iter(full), "")
    ys = [name for name in values if name != first]
    if not keys and ys and len(table.rows) > 2 and _rises(full[first]):
        return Shown(path, table, _alike(ys, full), None, first, part, titles)
    named = [name for name in bars if name != first]
    if not keys and named and len(table.rows) <= 12 and len(set(full[first])) == len(table.rows):
        # Versions, sizes or batches that don't rise are names.
        return Shown(path, table, (named[0],), first, None, part)
    if keys and bars:
        return f"its names, in {keys[0]!r}, have more than {LONGEST_ROW} letters"
    if not values:
        return "a table without a column of numbers that differ"
    return (
        "no column names each row once, and none rises from row to row: "
        "a table of means, a row a name, can be bars"
    )


def _by_worth(names: Sequence[str]) -> list[str]:
    """Columns of numbers, those first whose names say a unit, without ids, seeds and versions."""
    measured = [name for name in names if not _NOT_MEASURED.search(name)]
    return sorted(measured, key=lambda name: _UNIT.fullmatch(name) is None)


def _rises(cells: Sequence[float]) -> bool:
    return all(before < after for before, after in pairwise(cells))


def _alike(names: Sequence[str], numbers: Mapping[str, Sequence[float]]) -> tuple[str, ...]:
    """The first column, with those that are of its unit, and of its size where no name says a unit."""
    unit, most = _measure(names[0])[1], max(map(abs, numbers[names[0]]))
    alike = [
        name
        for name in names
        if _measure(name)[1] == unit and (unit or 0.1 <= max(map(abs, numbers[name])) / (most or 1.0) <= 10)
    ]
    return tuple(alike[:MOST_CURVES])


def _measure(column: str) -> tuple[str, str | None]:
    """What a column measures, in words, and its unit where its name ends in it."""
    match = _UNIT.fullmatch(column)
    what, unit = (match["what"], match["unit"]) if match else (column, None)
    words = re.sub(r"[-_]+", " ", what or "").strip()
    if unit is not None:
        unit = re.sub(r"_(per_)?s$", "/s", _UNITS.get(unit.lower(), unit))
    return words[:1].upper() + words[1:] if words.islower() else words, unit


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
            # A timeline of progress is a curve where it can't be raced.
            if not kept and path.suffix == ".csv" and _take_table(path, found):
                continue
            reason = (
                f"more than {MOST_RUNS} runs" if len(kept) == MOST_RUNS else "no run of its dataset beside it"
            )
            if kept and same_dataset(kept[0][1], run)[0] is False:
                reason = f"another dataset: {same_dataset(kept[0][1], run)[1]}"
            found.left_out.append((path.name, reason))
    return kept


def _labels(found: Found) -> list[str]:
    """What the runs call themselves where they differ, else what their files do."""
    apart = distinct([run.label for _, run in found.runs])
    return apart or labels_of_files([path for path, _ in found.runs]) or [path.name for path, _ in found.runs]


def _assets(found: Found, names: Sequence[str], labels: Sequence[str]) -> str:
    lines = ["# Where every number and picture of this video comes from.", "sources:"]
    kinds = dict.fromkeys(run.provenance.kind for _, run in found.runs)
    for kind in kinds:
        of_kind = [(path, run) for path, run in found.runs if run.provenance.kind == kind]
        citation = "; ".join(f"{path.name} (sha256 {run.provenance.sha256 or '-'})" for path, run in of_kind)
        lines.append(
            f"  {kind}-runs: {{kind: {kind}, own: true, label: run logs, citation: {quoted_text(citation)}}}"
        )
    if found.tables:
        cited = ", ".join(dict.fromkeys(one.path.name for one in found.tables))
        lines.append(
            "  # Where others published a table, it is `kind: published`, with a url and without `own`."
        )
        lines.append(
            f"  tables: {{kind: measured, own: true, label: tables, citation: {quoted_text(cited)}}}"
        )
    if names:
        lines += ["runs:  # with `gpus: N`, `throughput / gpus` is a fact too"]
    for name, label, (_, run) in zip(names, labels, found.runs, strict=True):
        file, called = quoted_text(f"runs/{name}.run.jsonl"), quoted_text(without_braces(label))
        lines.append(f"  {name}: {{file: {file}, source: {run.provenance.kind}-runs, label: {called}}}")
    lines.append("tables:")
    if names:
        units = [f"{metric}: {_unit(found, metric)}" for metric in _waits(found)]
        brought = f", units: {{{', '.join(units)}}}" if units else ""
        lines.append(f"  runs: {{runs: [{', '.join(names)}]{brought}}}")
        if _scattered(found):
            brought = f"units: {{itl: {_unit(found, 'itl.p99')}}}"
            lines.append(f"  waits: {{runs: [{', '.join(names)}], of: itl, {brought}}}")
    for number, one in enumerate(found.tables, 1):
        units = [f"{quoted_text(name)}: {quoted_text(_measure(name)[1] or '')}" for name in one.values]
        brought = f", units: {{{', '.join(units)}}}" if _measure(one.values[0])[1] else ""
        part = f", part: {quoted_text(one.part)}" if one.part else ""
        file = quoted_text(f"data/{one.path.name}")
        lines.append(f"  table-{number}: {{file: {file}, source: tables{part}{brought}}}")
    return "\n".join(lines) + "\n"


def _known(found: Found) -> list[Mapping[str, float]]:
    from explainers.runs.metrics import metrics

    return [metrics(run).known for _, run in found.runs]


def _waits(found: Found) -> list[str]:
    """The waits that all runs know: their 99th percentile, of few requests the median where it is known."""
    known = _known(found)
    few = min((each.get("completed", ENOUGH) for each in known), default=0) < ENOUGH
    waits = []
    for wait in WAITS:
        ways = ("p50", "p99") if few and wait != "itl" else ("p99",)
        every = (f"{wait}.{way}" for way in ways if all(f"{wait}.{way}" in each for each in known))
        waits += [next(every, None)]
    return [wait for wait in waits if wait and known]


def _called(metric: str) -> str:
    """What a metric is called on screen."""
    wait, _, statistic = metric.partition(".")
    return CALLED[wait] + STATISTIC.get(statistic, "")


def _unit(found: Found, metric: str) -> str:
    """The unit in which a metric of the runs is written."""
    if metric == "throughput":
        return "tok/s"
    return "ms" if max(each[metric] for each in _known(found)) < 1.0 else "s"


def _format(values: Sequence[float]) -> str:
    largest = max(map(abs, values), default=0.0)
    return ",.0f" if largest >= 100 else ".1f" if largest >= 10 else ".2f"


def _scattered(found: Found) -> bool:
    """Whether every run knows its single waits between tokens, and one of them has a tail worth a curve.

    Where several tokens come in a piece, most waits are none, and a log scale has no place for them.
    """
    from explainers.runs.metrics import single_waits

    known = _known(found)
    for each, (_, run) in zip(known, found.runs, strict=True):
        waits = single_waits(run, "itl") if "itl.p99" in each and run.knows_token_times else ""
        if isinstance(waits, str) or not waits.size or waits.min() <= 0:
            return False
    return max((each["itl.p99"] / each["itl.p50"] for each in known), default=0.0) >= TAIL


def _quoted(words: str) -> str:
    """A text of the storyboard, whose digits are what a file is called by."""
    return quoted_text(literal_text(words))


@dataclass
class _Draft:
    """The facts and shots of a storyboard as they come together."""

    found: Found
    names: Sequence[str]
    labels: Sequence[str]
    facts: list[str] = field(default_factory=list)
    shots: list[str] = field(default_factory=list)

    def storyboard(self, video: str) -> str:
        title = literal_text(re.sub(r"[-_]+", " ", video).strip().capitalize())
        subjects = self.labels or [re.sub(r"[-_]+", " ", one.path.stem) for one in self.found.tables]
        compared = ", ".join(map(literal_text, dict.fromkeys(subjects)))
        known = _known(self.found)
        rated = bool(known) and all("throughput" in each for each in known)
        if self.names:
            self._of_runs(known, rated)
        for number, one in enumerate(self.found.tables, 1):
            (self._of_curves if one.x else self._of_table)(number, one)
        if rated and _waits(self.found):
            self._close(known)
        if not self.shots:
            message = "these runs know no throughput, no waits and no times at which requests were done"
            raise InvalidInput([Diagnostic("nothing-to-compare", message, expected="logs of requests")])
        described = quoted_text(f"Numbers of {compared}, each from its own log or table.")
        head = ["storyboard: 1", f"title: {quoted_text(title)}", f"description: {described}"]
        facts = ["facts:", *self.facts] if self.facts else []
        return "\n".join([*head, *facts, "shots:", *self.shots]) + "\n"

    def _of_runs(self, known: list[Mapping[str, float]], rated: bool) -> None:
        """Bars of the throughput, the race of the first two runs where they say when requests were done,
        a wait, and what got worse, or two further waits."""
        from explainers.runs.summary import same_dataset, unequal_work

        waits, runs = _waits(self.found), [run for _, run in self.found.runs]
        if rated:
            self._bars("throughput", "throughput")
        timed = all(run.knows_finishes or run.knows_token_times for run in runs[:2])
        # Without waits a race is all that there is to see, whether or not the work is proved to be the same.
        raced = timed and (not waits or same_dataset(runs[0], runs[1])[0] is True)
        if raced:
            self._race(rated)
        shown = waits[:1]
        if shown and _scattered(self.found):
            self._distribution()
        elif shown:
            self._bars(shown[0], "latency", carried=rated and not raced)
        fair = unequal_work(runs[0], runs[1]) is None
        worse = [one for one in waits[1:] if fair and known[1][one] > known[0][one]]
        more = [
            *worse,
            *(one for one in reversed(waits[1:]) if not one.startswith("tpot") and one not in worse),
        ]
        for index, metric in enumerate(more[: 1 if raced else 2]):
            shot = "price" if metric in worse and not index else _SHOT[metric.partition(".")[0]]
            self._bars(metric, shot, carried=bool(index) or not _scattered(self.found))

    def _race(self, carried: bool) -> None:
        runs = [run for _, run in self.found.runs]
        counted = ", output_tokens, throughput" if all(run.knows_tokens for run in runs[:2]) else ""
        first, second = self.labels[:2]
        self.shots += [
            "  - id: race",
            "    kind: race",
            *(["    carry: true"] if carried else []),
            f"    title: {quoted_text('Two runs on one clock')}",
            "    clock: {speed: auto}",
            "    panes:",
            f"      - {{run: {self.names[0]}, label: {quoted_text(without_braces(first))}}}",
            f"      - {{run: {self.names[1]}, label: {quoted_text(without_braces(second))}, role: accent}}",
            f"    views: [requests{counted}]",
            *lead_lines((runs[0], runs[1]), second),
            f"    cue: {quoted_text(f'{literal_text(first)} and {literal_text(second)} on one clock.')}",
        ]

    def _distribution(self) -> None:
        """The distribution of the waits between tokens, a curve a run, one after the other."""
        spec, rows = self._wait_facts("itl.p99"), self._rows()
        self.shots += [
            "  - id: latency",
            "    kind: chart",
            f"    title: {quoted_text('Time between tokens')}",
            "    layout: left",
            "    mark: cdf",
            "    table: waits",
            f"    x: {{label: time between tokens, log: true, format: {quoted_text(spec)}}}",
            "    y: {label: share of waits}",
            "    percentiles: [50, 99]",
            "    series:",
        ]
        for row, label, role in rows:
            coloured = f", role: {role}" if role else ""
            self.shots.append(
                f"      - {{id: {row}, label: {_quoted(label)}{coloured}, x: itl, where: {{run: {row}}}}}"
            )
        self.shots += [f"    statement: {quoted_text(self._sentence('itl.p99'))}", "    beats:"]
        for row, label, _ in rows:
            cue = quoted_text(f"{literal_text(label)}.")
            self.shots.append(f"      - {{id: {row}, show: [{row}], duration: 4s, cue: {cue}}}")

    def _close(self, known: list[Mapping[str, float]]) -> None:
        """Throughput and a wait beside each other, where all runs know both."""
        from explainers.runs.metrics import IN_SECONDS

        wait = _waits(self.found)[0]
        unit = _unit(self.found, wait)
        spec = _format([each[wait] / IN_SECONDS.get(unit, 1.0) for each in known])
        beside = (
            f"    beside: {{value: {wait}, unit: {unit}, format: {quoted_text(spec)}, "
            f"heading: {quoted_text(_called(wait))}}}"
        )
        more = [beside, f"    standing: [{', '.join(self.names)}]"]
        measure = ("throughput", "tok/s", _format([each["throughput"] for each in known]))
        both = f"{self._sentence('throughput')} {self._sentence(wait)}"
        carried = not self.found.tables
        self._bar_shot(
            "close", "Throughput and its waits", "runs", "run", measure, self._rows(), both, more, carried
        )

    def _rows(self) -> list[tuple[str, str, str | None]]:
        """Name, label and colour of each run's bar."""
        pairs = enumerate(zip(self.names, self.labels, strict=True))
        return [(name, label, "accent" if index == 1 else None) for index, (name, label) in pairs]

    def _sentence(self, metric: str) -> str:
        """The first runs' numbers, without a word on which is better; a unit stays with its number."""
        unit = _unit(self.found, metric)
        parts = [
            f"{literal_text(label)} {{{_fact(metric, index)}}}\u00a0{unit}"
            for index, label in enumerate(self.labels[:MOST_SAID])
        ]
        return f"{_called(metric)}: {', '.join(parts)}."

    def _wait_facts(self, metric: str) -> str:
        """The facts of the first runs' numbers; how they are written."""
        from explainers.runs.metrics import IN_SECONDS

        unit = _unit(self.found, metric)
        spec = _format([each[metric] / IN_SECONDS.get(unit, 1.0) for each in _known(self.found)])
        for index, name in enumerate(self.names[:MOST_SAID]):
            written = f"run: {name}, value: {metric}, unit: {unit}, format: {quoted_text(spec)}"
            self.facts.append(f"  {_fact(metric, index)}: {{{written}}}")
        return spec

    def _bars(self, metric: str, shot: str, carried: bool = False) -> None:
        measure = (metric, _unit(self.found, metric), self._wait_facts(metric))
        said = self._sentence(metric)
        # What begins anew begins with bars that stand, and not with an empty frame.
        more = [] if carried else [f"    standing: [{', '.join(self.names[: 1 if self.shots else None])}]"]
        self._bar_shot(shot, _called(metric), "runs", "run", measure, self._rows(), said, more, carried)

    def _bar_shot(
        self,
        shot: str,
        title: str,
        table: str,
        key: str,
        measure: tuple[str, str, str],
        rows: Sequence[tuple[str, str, str | None]],
        statement: str,
        more: Sequence[str] = (),
        carried: bool = False,
    ) -> None:
        """A shot of bars with its sentence; `measure` is the value, its unit and format, and `carried` goes
        on from the same rows before."""
        value, unit, spec = map(quoted_text, measure)
        self.shots += [
            f"  - id: {shot}",
            "    kind: bars",
            f"    title: {quoted_text(title)}",
            *(["    carry: true"] if carried else []),
            f"    table: {table}",
            f"    key: {quoted_text(key)}",
            *(f"    {key}: {text}" for key, text in (("value", value), ("unit", unit), ("format", spec))),
            *more,
            "    bars:",
        ]
        for row, label, role in rows:
            coloured = f", role: {role}" if role else ""
            self.shots.append(f"      - {{row: {quoted_text(row)}, label: {_quoted(label)}{coloured}}}")
        self.shots += [f"    statement: {quoted_text(statement)}", f"    cue: {quoted_text(statement)}"]

    def _of_table(self, number: int, one: Shown) -> None:
        """Bars of a column of numbers; the sentence has the largest and the smallest of those shown."""
        key, value, table = one.key or "", one.values[0], one.table
        rows = sorted(table.rows, key=lambda row: -float(row[value] or 0.0))[:MOST_ROWS]
        spec = _format([float(row[value] or 0.0) for row in rows])
        (called, unit), column, parts = _measure(value), quoted_text(f"`{value}`"), list[str]()
        after = f"\u00a0{unit}" if unit else ""
        for word, row in (("most", rows[0]), ("least", rows[-1])):
            fact, where = f"{word}_{number}", f"{quoted_text(key)}: {quoted_text(_named(row[key]))}"
            written = (
                f"table: table-{number}, where: {{{where}}}, value: {column}, format: {quoted_text(spec)}"
            )
            self.facts.append(f"  {fact}: {{{written}}}")
            parts.append(f"{literal_text(_named(row[key]))} {{{fact}}}{after}")
        title = self._title(one)
        if len(rows) < len(table.rows):
            title += f", the {{={len(rows)}}} largest of {{={len(table.rows)}}}"
        more = ["    layout: left", *([f"    label: {_quoted(called)}"] if called and unit else [])]
        measure = (f"`{value}`", unit or literal_text(called), spec)
        names = [(_named(row[key]), _named(row[key]), None) for row in rows]
        said = f"{literal_text(called or unit or value)}: {', '.join(parts)}."
        self._bar_shot(f"table-{number}", title, f"table-{number}", key, measure, names, said, more)

    def _of_curves(self, number: int, one: Shown) -> None:
        """Lines through the rows, one for each column, or for each of what a column of names holds."""
        x_title, y_title = one.titles or (_measure(one.x or "")[0], _measure(one.values[0])[0])
        if len(one.values) > 1 and not one.titles:
            y_title = ""
        kinds = list(dict.fromkeys(str(row[one.key]) for row in one.table.rows)) if one.key else [""]
        curves = [(kind, value) for kind in kinds for value in one.values]
        unit = _measure(one.values[0])[1]
        named = any(isinstance(row[one.x or ""], str) for row in one.table.rows)
        across = [f"label: {_quoted(x_title or one.x or '')}", *(["names: true"] if named else [])]
        upright = [f"label: {_quoted(y_title)}"] if y_title else []
        upright += [f"unit: {quoted_text(unit)}"] if unit else []
        for axis, name in ((across, "x"), (upright, "y")):
            axis += ["log: true"] if name in one.logs and not (name == "x" and named) else []
        self.shots += [
            f"  - id: table-{number}",
            "    kind: chart",
            f"    title: {quoted_text(self._title(one))}",
            f"    mark: {'scatter' if named else 'line'}",
            f"    table: table-{number}",
            f"    x: {{{', '.join(across)}}}",
            *([f"    y: {{{', '.join(upright)}}}"] if upright else []),
            "    series:",
        ]
        error = f"{one.values[0]}_error"
        for index, (kind, value) in enumerate(curves):
            label = kind or (_measure(value)[0] if len(one.values) > 1 else "")
            of_kind = f", where: {{{quoted_text(one.key or '')}: {quoted_text(kind)}}}" if kind else ""
            role = ", role: accent" if index == 1 else ", role: exit" if index == 2 else ""
            called = f", label: {_quoted(label)}" if label else ""
            x = quoted_text(one.x or "" if named else f"`{one.x}`")
            column = f"x: {x}, y: {quoted_text(f'`{value}`')}"
            band = ""
            if error in one.table.columns and any(row[error] for row in one.table.rows):
                ends = (quoted_text(f"`{value}` {sign} `{error}`") for sign in "-+")
                band = ", low: {}, high: {}".format(*ends)
            look = band if named else f"{band}, points: true"
            self.shots.append(f"      - {{id: curve-{index + 1}{called}{role}, {column}{look}{of_kind}}}")
        called = ", ".join(literal_text(kind or _measure(value)[0] or value) for kind, value in curves)
        self.shots += [f"    cue: {quoted_text(called + '.')}"]

    def _title(self, one: Shown) -> str:
        """What a table is called: its file, and its figure where there are several."""
        name = re.sub(r"[-_:]+", " ", f"{one.path.stem} {one.part or ''}").strip()
        return literal_text(name[:1].upper() + name[1:])


def _fact(metric: str, index: int) -> str:
    return f"{metric.replace('.', '_')}_{index + 1}"


def _named(cell: object) -> str:
    """A row's name as its table holds it."""
    return f"{cell:.12g}" if isinstance(cell, float) else str(cell)
