"""A whole first storyboard from a folder of logs and tables: what can be compared, every number bound to
its file.

Runs of one dataset (as far as their logs say) are compared, others are left out. The first is what the
others are compared with: it is called a baseline by its file's name, or comes first. Sentences name numbers
and no winner."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
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
    **{
        "throughput": "Throughput",
        "ttft.p99": "Time to first token, {=p99}",
        "e2e.p99": "Request time, {=p99}",
    },
    **{"itl.p99": "Time between tokens, {=p99}", "tpot.p99": "Time per output token, {=p99}"},
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

    found = _searched(folder)
    labels = _labels(found)
    names = names_of(labels)
    target = project.assets_dir(video)
    made = [
        save_run(run, target / "runs" / f"{name}.run.jsonl")
        for name, (_, run) in zip(names, found.runs, strict=True)
    ]
    for path, *_ in found.tables:
        copy = target / "data" / path.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        made.append(Path(shutil.copyfile(path, copy)))
    texts = {
        target / "assets.yaml": _assets(found, names, labels),
        project.scene_dir(video) / STORYBOARD: _storyboard(video, found, names, labels),
    }
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return [*texts, *made], found.left_out


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
        cited = ", ".join(path.name for path, *_ in found.tables)
        lines.append(
            "  # Where others published a table, it is `kind: published`, with a url and without `own`."
        )
        lines.append(
            f"  tables: {{kind: measured, own: true, label: tables, citation: {quoted_text(cited)}}}"
        )
    lines += ["runs:"] if names else []
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
    for number, (path, *_) in enumerate(found.tables, 1):
        lines.append(f"  table-{number}: {{file: {quoted_text(f'data/{path.name}')}, source: tables}}")
    return "\n".join(lines) + "\n"


def _known(found: Found) -> list[Mapping[str, float]]:
    from explainers.runs.metrics import metrics

    return [metrics(run).known for _, run in found.runs]


def _waits(found: Found) -> list[str]:
    known = _known(found)
    return [metric for metric in WAITS if known and all(metric in each for each in known)]


def _unit(found: Found, metric: str) -> str:
    """The unit in which a metric of the runs is written."""
    if metric == "throughput":
        return "tok/s"
    return "ms" if max(each[metric] for each in _known(found)) < 1.0 else "s"


def _format(values: Sequence[float]) -> str:
    largest = max(map(abs, values), default=0.0)
    return ",.0f" if largest >= 100 else ".1f" if largest >= 10 else ".2f"


def _storyboard(video: str, found: Found, names: Sequence[str], labels: Sequence[str]) -> str:
    facts, shots = list[str](), list[str]()
    title = literal_text(re.sub(r"[-_]+", " ", video).strip().capitalize())
    subjects = labels or [re.sub(r"[-_]+", " ", path.stem) for path, *_ in found.tables]
    compared = ", ".join(map(literal_text, subjects))
    if names:
        _of_runs(found, names, labels, facts, shots)
    for number, (path, table, key, value) in enumerate(found.tables, 1):
        _of_table(number, path, table, key, value, facts, shots)
    if names:
        _close(found, names, labels, shots)
    described = quoted_text(f"Numbers of {compared}, each from its own log or table.")
    head = ["storyboard: 1", f"title: {quoted_text(title)}", f"description: {described}"]
    return "\n".join([*head, *(["facts:", *facts] if facts else []), "shots:", *shots]) + "\n"


def _of_runs(
    found: Found, names: Sequence[str], labels: Sequence[str], facts: list[str], shots: list[str]
) -> None:
    """Bars of the throughput, the race of the first two runs, a wait, what got worse, and the numbers
    again."""
    from explainers.runs.summary import unequal_work

    known, waits = _known(found), _waits(found)
    runs = [run for _, run in found.runs]
    fair = unequal_work(runs[0], runs[1]) is None
    if all("throughput" in each for each in known):
        _bars(found, "throughput", "throughput", names, labels, facts, shots)
    counted = ", output_tokens, throughput" if all(run.knows_tokens for run in runs[:2]) else ""
    lead = lead_lines((runs[0], runs[1]), labels[1])
    shots += [
        "  - id: race",
        "    kind: race",
        *(["    carry: true"] if all("throughput" in each for each in known) else []),
        f"    title: {quoted_text('Two runs on one clock')}",
        "    clock: {speed: auto}",
        "    panes:",
        f"      - {{run: {names[0]}, label: {quoted_text(without_braces(labels[0]))}}}",
        f"      - {{run: {names[1]}, label: {quoted_text(without_braces(labels[1]))}, role: accent}}",
        f"    views: [requests{counted}]",
        *lead,
        f"    cue: {quoted_text(f'{literal_text(labels[0])} and {literal_text(labels[1])} on one clock.')}",
    ]
    shown = waits[:1]
    if shown and _scattered(found):
        _curves(found, names, labels, facts, shots)
    elif shown:
        _bars(found, shown[0], "latency", names, labels, facts, shots)
    for metric in waits if fair else ():
        if metric not in shown and known[1][metric] > known[0][metric]:
            _bars(found, metric, "price", names, labels, facts, shots)
            break


def _scattered(found: Found) -> bool:
    """Whether every run knows its single waits between tokens, and one of them has a tail worth a curve."""
    known, runs = _known(found), [run for _, run in found.runs]
    return all(
        "itl.p99" in each and run.knows_token_times for each, run in zip(known, runs, strict=True)
    ) and (max(each["itl.p99"] / max(each["itl.p50"], 1e-9) for each in known) >= TAIL)


def _curves(
    found: Found, names: Sequence[str], labels: Sequence[str], facts: list[str], shots: list[str]
) -> None:
    """The distribution of the waits between tokens, a curve a run, one after the other."""
    spec, axis = (
        _wait_facts(found, "itl.p99", names, facts),
        f"time between tokens, {_unit(found, 'itl.p99')}",
    )
    statement, rows = quoted_text(_sentence("itl.p99", found, labels)), _rows(names, labels)
    shots += [
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
    for row, label, role in rows:
        coloured = f", role: {role}" if role else ""
        called = quoted_text(literal_text(label))
        shots.append(f"      - {{id: {row}, label: {called}{coloured}, x: itl, where: {{run: {row}}}}}")
    shots += [f"    statement: {statement}", "    beats:"]
    for row, label, _ in rows:
        cue = quoted_text(f"{literal_text(label)}.")
        shots.append(f"      - {{id: {row}, show: [{row}], duration: 4s, cue: {cue}}}")


def _close(found: Found, names: Sequence[str], labels: Sequence[str], shots: list[str]) -> None:
    """Throughput and a wait beside each other, where all runs know both."""
    from explainers.runs.metrics import IN_SECONDS

    known, waits = _known(found), _waits(found)
    if not waits or not all("throughput" in each for each in known):
        return
    unit = _unit(found, waits[0])
    spec = _format([each[waits[0]] / IN_SECONDS.get(unit, 1.0) for each in known])
    rate = _format([each["throughput"] for each in known])
    both = f"{_sentence('throughput', found, labels)} {_sentence(waits[0], found, labels)}"
    beside = (
        f"    beside: {{value: {waits[0]}, unit: {unit}, format: {quoted_text(spec)}, "
        f"heading: {quoted_text(CALLED[waits[0]])}}}"
    )
    rows = _rows(names, labels)
    title = "Throughput and its waits"
    standing = f"    standing: [{', '.join(names)}]"
    _bar_shot(
        "close",
        title,
        "runs",
        "run",
        "throughput",
        "tok/s",
        rate,
        rows,
        both,
        shots,
        [beside, standing],
        not found.tables,
    )


def _rows(names: Sequence[str], labels: Sequence[str]) -> list[tuple[str, str, str | None]]:
    """Name, label and colour of each run's bar."""
    pairs = enumerate(zip(names, labels, strict=True))
    return [(name, label, "accent" if index == 1 else None) for index, (name, label) in pairs]


def _fact(metric: str, index: int) -> str:
    return f"{metric.replace('.', '_')}_{index + 1}"


def _sentence(metric: str, found: Found, labels: Sequence[str]) -> str:
    """The first two runs' numbers, without a word on which is better."""
    unit = _unit(found, metric)
    parts = [
        f"{literal_text(label)} {{{_fact(metric, index)}}} {unit}" for index, label in enumerate(labels[:2])
    ]
    return f"{CALLED[metric]}: {', '.join(parts)}."


def _wait_facts(found: Found, metric: str, names: Sequence[str], facts: list[str]) -> str:
    """The facts of the first two runs' numbers; how they are written."""
    from explainers.runs.metrics import IN_SECONDS

    unit = _unit(found, metric)
    spec = _format([each[metric] / IN_SECONDS.get(unit, 1.0) for each in _known(found)])
    for index, name in enumerate(names[:2]):
        written = f"run: {name}, value: {metric}, unit: {unit}, format: {quoted_text(spec)}"
        facts.append(f"  {_fact(metric, index)}: {{{written}}}")
    return spec


def _bars(
    found: Found,
    metric: str,
    shot: str,
    names: Sequence[str],
    labels: Sequence[str],
    facts: list[str],
    shots: list[str],
) -> None:
    unit, spec = _unit(found, metric), _wait_facts(found, metric, names, facts)
    rows = _rows(names, labels)
    _bar_shot(
        shot,
        CALLED[metric],
        "runs",
        "run",
        metric,
        unit,
        spec,
        rows,
        _sentence(metric, found, labels),
        shots,
        carried=shot == "price" and not _scattered(found),
    )


def _bar_shot(
    shot: str,
    title: str,
    table: str,
    key: str,
    value: str,
    unit: str,
    spec: str,
    rows: Sequence[tuple[str, str, str | None]],
    statement: str,
    shots: list[str],
    more: Sequence[str] = (),
    carried: bool = False,
) -> None:
    """A shot of bars with its sentence; `carried` goes on from the same rows before."""
    shots += [
        f"  - id: {shot}",
        "    kind: bars",
        f"    title: {quoted_text(title)}",
        *(["    carry: true"] if carried else []),
        f"    table: {table}",
        f"    key: {quoted_text(key)}",
        f"    value: {quoted_text(value)}",
        f"    unit: {quoted_text(unit)}",
        f"    format: {quoted_text(spec)}",
        *more,
        "    bars:",
    ]
    for row, label, role in rows:
        coloured = f", role: {role}" if role else ""
        shots.append(
            f"      - {{row: {quoted_text(row)}, label: {quoted_text(literal_text(label))}{coloured}}}"
        )
    shots += [f"    statement: {quoted_text(statement)}", f"    cue: {quoted_text(statement)}"]


def _of_table(
    number: int, path: Path, table: Table, key: str, value: str, facts: list[str], shots: list[str]
) -> None:
    """Bars of a table's first column of numbers; the two rows of the sentence are its largest and
    smallest."""
    rows = sorted(table.rows, key=lambda row: -float(row[value] or 0.0))[:MOST_ROWS]
    spec = _format([float(row[value] or 0.0) for row in rows])
    parts = []
    for word, row in (("most", rows[0]), ("least", rows[-1])):
        fact, where = f"{word}_{number}", f"{quoted_text(key)}: {quoted_text(str(row[key]))}"
        column = quoted_text(f"`{value}`")
        written = f"table: table-{number}, where: {{{where}}}, value: {column}, format: {quoted_text(spec)}"
        facts.append(f"  {fact}: {{{written}}}")
        parts.append(f"{literal_text(str(row[key]))} {{{fact}}}")
    called = literal_text(re.sub(r"[-_]+", " ", value))
    names = [(str(row[key]), str(row[key]), None) for row in rows]
    title = literal_text(re.sub(r"[-_]+", " ", path.stem).capitalize())
    statement = f"{called[:1].upper()}{called[1:]}: {', '.join(parts)}."
    _bar_shot(
        f"table-{number}",
        title,
        f"table-{number}",
        key,
        f"`{value}`",
        called,
        spec,
        names,
        statement,
        shots,
        ["    layout: left"],
    )
