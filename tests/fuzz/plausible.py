"""Logs of the right shape with wrong content: what is shown of them is what they say, or they are not shown.

Each log is made by a format's own writer, and then harmed as clients, servers and editors harm logs:
placeholders, failures, shifted clocks, requests twice or lost. It is read as any log. Either it is
refused, or it is read with a caveat that an unharmed log lacks, or every number that a race and a
comparison show of it is the one worked out in `logs.py`. Some things hold in any case (`broken_rules`).
"""

from __future__ import annotations

import copy
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from fuzz.campaign import Report
from fuzz.logs import FORMATS, Data, Files, Format, Row, Truth

from explainers.errors import InvalidInput
from explainers.kinds.race.lead import Rivals, pieces
from explainers.kinds.race.measures import MEASURES, done, tokens
from explainers.kinds.race.params import Params
from explainers.runs import Run, load_run
from explainers.runs.summary import PERCENTILES, latencies, percentile

CLOSE_S = 2e-6
NAMES = {"request_ids", "pid", "tid", "id", "batch_size", "seq_id"}
"""Fields that name something, and are no measurement."""
RACE = Params.model_validate(
    {
        "panes": [{"run": "other"}, {"run": "ours", "role": "ours"}],
        "lead": "{requests:.0f} {output_tokens:.0f} {throughput:+.1%} {time:.3f}",
    }
)


def campaign(count: int, seed: int, folder: Path) -> Iterator[Report]:
    """Read `count` harmed logs, the same number of each format; finds are kept in `folder`."""
    each = max(1, count // len(FORMATS))
    for name in FORMATS:
        report = Report(f"log {name}")
        for index in range(each):
            place = folder / f"log-{name}-{index}"
            found, read = one_log(name, seed, index, place)
            report.inputs += 1
            report.accepted += read and not found
            report.finds += [f"{place}: {fault}" for fault in found[:1]]
            if not found:
                shutil.rmtree(place)
        yield report


def one_log(name: str, seed: int, index: int, place: Path) -> tuple[list[str], bool]:
    """What is wrong with how log `index` is shown, and whether it was read at all."""
    kind, random = FORMATS[name], Random(f"{name} {seed} {index}")
    sound = kind.make(random)
    try:
        usual = load_run(written(kind.files(sound), place / "sound"))
    except InvalidInput as error:
        return [f"a sound log is refused: {_plain(str(error))}"], False
    data = copy.deepcopy(sound)
    for _ in range(random.choice((0, 1, 1, 1, 2))):
        random.choice(HARMS)(kind, data, random)
    path = written(kind.files(data), place / "harmed")
    try:
        run = load_run(path)
    except InvalidInput:
        return [], False
    truth = truth_of(kind, data)
    said = {_plain(caveat) for caveat in run.caveats} - {_plain(caveat) for caveat in usual.caveats}
    found = broken_rules(run)
    if not said:
        found += [f"nothing is said of {_plain(truth.wrong)}"] if truth.wrong else untrue(run, truth, usual)
    return found, True


def truth_of(kind: Format, data: Data) -> Truth:
    try:
        return kind.truth(data)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        return Truth(wrong=f"a field that is none ({type(error).__name__})")


def written(files: Files, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    # What is read is the first; others lie beside it.
    return folder / next(iter(files))


def _plain(words: str) -> str:
    """Without its numbers: one caveat, or one find, whatever it counts."""
    return re.sub(r"-?\d[\d.e+-]*", "#", words)


# -- harm -------------------------------------------------------------------------------------------


def leaves(value: Any, name: str = "") -> Iterator[tuple[Any, Any, str]]:
    """Every number of the data as (container, key, the name it stands under)."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(pairs):
        under = key if isinstance(key, str) else name
        if isinstance(inner, (dict, list)):
            yield from leaves(inner, under)
        elif isinstance(inner, (int, float)) and under not in NAMES:
            yield value, key, under


def placeholder(random: Random, value: float) -> Any:
    return random.choice((0, 0, -1, float("nan"), None, value * 1000, -value, value + 1, value / 1000))


def _number(_kind: Format, data: Data, random: Random) -> None:
    """One number becomes a placeholder, or absurd."""
    if found := list(leaves(data)):
        inside, key, _ = random.choice(found)
        inside[key] = placeholder(random, inside[key])


def _column(_kind: Format, data: Data, random: Random) -> None:
    """All numbers of one name become the same placeholder."""
    found = list(leaves(data))
    name = random.choice(sorted({under for _, _, under in found}) or [""])
    value = random.choice((0, 0, -1, float("nan"), None))
    for inside, key, under in found:
        if under == name:
            inside[key] = value


def _emptied(_kind: Format, data: Data, random: Random) -> None:
    """One list inside a request (its gaps, its responses) is empty, or all of them are."""
    lists = [
        (inside, key)
        for inside, key in _containers(data)
        if isinstance(inside[key], list) and not any(isinstance(each, (dict, list)) for each in inside[key])
    ]
    if lists:
        for inside, key in random.choice((lists, [random.choice(lists)])):
            if not isinstance(key, str) or key not in NAMES:
                inside[key] = []


def _containers(value: Any) -> Iterator[tuple[Any, Any]]:
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(inner, (dict, list)):
            yield value, key
            yield from _containers(inner)


def _twice(kind: Format, data: Data, random: Random) -> None:
    """A request (or a line of one) stands there twice."""
    _at(kind, data, random, lambda column, at: column.insert(at, copy.deepcopy(column[at])))


def _lost(kind: Format, data: Data, random: Random) -> None:
    """A request (or a line of one) is gone, and no total knows of it."""
    _at(kind, data, random, lambda column, at: column.pop(at))


def _at(kind: Format, data: Data, random: Random, change: Callable[[list[Any], int], object]) -> None:
    columns = [data[name] for name in kind.rows if data.get(name)]
    if columns and len(columns[0]) > 1:
        at = random.randrange(len(columns[0]))
        for column in columns:
            if at < len(column):
                change(column, at)


def _shifted(kind: Format, data: Data, random: Random) -> None:
    """One request's clock, or a line's, is seconds off."""
    rows = data[kind.rows[0]]
    if not rows or not isinstance(rows[0], dict):
        column = random.choice([data[name] for name in ("start_times", "ttfts") if data.get(name)] or [[0]])
        at = random.randrange(len(column))
        column[at] = (column[at] or 0) + random.choice((-0.5, 0.5, -30, 30, 5000))
        return
    row, off = random.choice(rows), random.choice((-0.5, 0.5, -30, 30, 5000))
    scales = {"ts": 1e6, "request_start_ns": 10**9, "request_end_ns": 10**9, "timestamp": 10**9}
    scales |= {"sent_ms": 1000}
    for inside, key, under in leaves(row):
        if under in ("time", "at", "Time (sec)", *scales) or under == "response_timestamps":
            scale = scales.get(under, 10**9 if under == "response_timestamps" else 1)
            inside[key] = inside[key] + type(inside[key])(off * scale)


def _failed(kind: Format, data: Data, random: Random) -> None:
    """Requests fail as their format writes it, one or all; totals are those of before."""
    every = random.random() < 0.3
    if "errors" in data:
        for at in range(len(data["errors"])) if every else [random.randrange(len(data["errors"]) or 1)]:
            for name, value in (("errors", "reset"), ("output_lens", 0), ("ttfts", 0.0), ("itls", [])):
                data[name][at : at + 1] = [value] * len(data[name][at : at + 1])
        return
    rows = data[kind.rows[0]]
    for row in rows if every else [random.choice(rows)] if rows else []:
        if "metadata" in row:
            row["error"] = {"code": 500, "message": "no"}
        elif "response_timestamps" in row:
            row["response_timestamps"], row["response_outputs"] = [], []
        elif "request_num_ignored" in row:
            row["request_num_ignored"] = 1
        elif row.get("event") == "finish":
            row["event"] = "error"
        elif "sent_ms" in row:
            row["error"] = "reset"


HARMS: tuple[Callable[[Format, Data, Random], None], ...] = (
    *(_number, _number, _number, _column, _column, _emptied, _twice, _lost, _shifted, _failed),
)


# -- what has to be so ------------------------------------------------------------------------------


def broken_rules(run: Run) -> list[str]:
    """What may be so in no run, whatever its caveats say: the numbers on screen fit each other."""
    found = []
    at = np.linspace(0.0, run.end_s, 9)
    if not (np.isfinite(run.end_s) and run.end_s >= 0):
        found.append("a run without an end")
        return found
    for name, counts in (("requests", run.completed_at(at)), ("tokens", run.output_tokens_at(at))):
        if not (np.isfinite(counts).all() and (np.diff(counts) >= -1e-6).all() and counts[0] >= 0):
            found.append(f"{name} that fall, or are none")
    if run.request_count is not None and done(run, run.end_s) > run.request_count:
        found.append("more requests done than there are")
    total, shown = run.totals.output_tokens, tokens(run, run.end_s)
    if run.knows_tokens and total is not None and abs(total - shown) > 0:
        found.append("the tokens counted at the end are not the run's total")
    stated = run.totals.throughput_tok_s
    if run.knows_tokens and stated and shown and not 0.98 < run.throughput_at(run.end_s) / stated < 1.02:
        found.append("the rate at the end is not the run's rate")
    waits = latencies(run)
    for each in (waits.first_token_s, waits.between_tokens_s, waits.request_s):
        if not (np.isfinite(each).all() and (each >= 0).all()):
            found.append("a wait of less than nothing")
    for name, measure in MEASURES.items():
        if measure.known(run) and re.search(r"nan|inf|-\d", measure.text_at(run, run.end_s)):
            found.append(f"{name} reads {_plain(measure.text_at(run, run.end_s))}")
    return found


def untrue(run: Run, truth: Truth, other: Run) -> list[str]:
    """Numbers of counters, leads and comparisons that are not those of the log."""
    found = []
    failed = run.requests is not None and int((~run.requests.ok).sum())
    unfinished = sum(not row.failed and row.finish is None for row in truth.rows)
    shown = {"requests": run.request_count, "completed": done(run, run.end_s)}
    wanted = {"requests": truth.requests, "completed": truth.completed}
    if truth.rows:
        shown["not completed"], wanted["not completed"] = failed, (truth.failed or 0) + unfinished
    if truth.tokens is not None:
        shown["tokens"] = MEASURES["output_tokens"].text_at(run, run.end_s)
        wanted["tokens"] = f"{truth.tokens:,}"
        if truth.end and truth.tokens:
            rates = {f"{truth.tokens / end:,.1f}" for end in (truth.end - 1e-9, truth.end, truth.end + 1e-9)}
            text = MEASURES["throughput"].text_at(run, run.end_s)
            found += [] if text in rates else [f"throughput: a counter that is not the log's ({text})"]
    for name, value in wanted.items():
        if value is not None and shown[name] != value:
            found.append(f"{name}: {shown[name]} for {value}")
    if truth.end is not None and abs(run.end_s - truth.end) > CLOSE_S:
        found.append(f"end: {run.end_s:.6f} for {truth.end:.6f}")
    return found + wrong_waits(run, truth.rows) + ([] if found else wrong_moments(run, truth, other))


def wrong_waits(run: Run, rows: Sequence[Row]) -> list[str]:
    """Percentiles of waits, of completed requests or of all that did not fail."""
    found, waits = [], latencies(run)
    choices = [[row for row in rows if row.completed], [row for row in rows if not row.failed], rows]
    for name, shown, of in (
        ("first token", waits.first_token_s, lambda row: _wait(row.arrival, row.first)),
        ("between tokens", waits.between_tokens_s, lambda row: np.diff(row.tokens or ()).tolist()),
        ("request", waits.request_s, lambda row: _wait(row.arrival, row.finish)),
    ):
        wanted = [np.array([wait for row in kept for wait in of(row)]) for kept in choices]
        if name == "between tokens" and not any(row.tokens for row in rows):
            continue
        ranks = [percentile(shown, rank) for rank in PERCENTILES]
        if not any(
            all(
                (value is None and not each.size)
                or (value is not None and each.size and abs(value - np.percentile(each, rank)) < CLOSE_S)
                for value, rank in zip(ranks, PERCENTILES, strict=True)
            )
            for each in wanted
        ):
            found.append(f"{name}: percentiles that are not the log's")
    return found


def _wait(start: float | None, end: float | None) -> list[float]:
    return [] if start is None or end is None else [end - start]


def wrong_moments(run: Run, truth: Truth, other: Run) -> list[str]:
    """Counters half-way, where the log has the moments; and the lead over another run at the end."""
    found = []
    timed = [row for row in truth.rows if row.arrival is not None]
    if timed and len(timed) == len(truth.rows) and truth.placed:
        for share in (0.31, 0.5, 0.77):
            at = run.end_s * share
            finished = sum(row.completed and row.finish <= at for row in timed)
            close = any(abs((row.finish or 0) - at) < CLOSE_S for row in timed)
            if run.knows_completed and not close and done(run, at) != finished:
                found.append(f"half-way {done(run, at)} requests for {finished}")
    if truth.completed is None or truth.tokens is None or truth.failed or not truth.tokens:
        return found
    pair = Rivals(run, other)
    ends = [each.end_s for each in (run, other)]
    rates = [truth.tokens / ends[0], tokens(other, ends[1]) / ends[1]]
    if not rates[1]:
        return found
    digits = pair.digits
    expected = " ".join(
        (
            f"{truth.completed - done(other, ends[1])}",
            f"{truth.tokens - tokens(other, ends[1])}",
            f"{rates[0] / rates[1] - 1:+.1%}",
            f"{round(ends[1], digits) - round(ends[0], digits):.3f}",
        )
    )
    values = pair.values(max(ends))
    shown = " ".join(piece.shown(values) for piece in pieces(RACE.lead.running))
    if _ascii(shown) != _ascii(expected):
        found.append(f"a lead that reads {shown!r} for {expected!r}")
    return found


def _ascii(text: str) -> str:
    """Signs and spaces as Python writes them; nothing less than nothing."""
    plain = re.sub(r"\s*%", "%", text.replace("\N{MINUS SIGN}", "-").replace(",", ""))
    return re.sub(r"[-+](0(?:\.0+)?)(?=%|\s|$)", r"\1", plain)
