"""DREX run logs and run CSVs.

A log has tqdm bars of finished requests, and the summary lines at the end. Bars may be separated by
carriage returns or line ends, or follow each other on one line. A bar prints whole seconds and skips
counts. The summary has the exact time, the tokens, and how many left early; logs of older versions lack
some of its lines, and what they lack is unknown, not zero.

A CSV has a row a request, most columns repeating the whole run's totals on every row: 53 columns in the
newest layout, fewer in older ones. Cells of text are quoted twice over (they start and end with an escaped
quote); they are left as they are and not read. A request's duration is there, but not when it arrived, so a
run is its totals.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from explainers.runs.model import (
    CUT_SHORT,
    TOKENS_STEADY,
    TOTALS_ONLY,
    WHOLE_SECONDS,
    Progress,
    Provenance,
    Run,
    Totals,
)
from explainers.runs.reading import Refused, Source, clock_s, number, reader, whole

BAR = re.compile(r"Replica (\d+) processed requests:\s*\d+%\|[^|]*\|\s*(\d+)/(\d+) \[((?:\d+:)+\d\d)<")
DONE = re.compile(r"Replica \d+ exiting after processing (\d+) .*?Total time taken: ([\d.]+) seconds")
TOKENS = re.compile(r"Replica \d+ processed (\d+) output tokens\..*?Throughput: ([\d.]+) tokens/sec")
EXITED = re.compile(r"Exited rates[^\[\n]*\[(\d+), *(\d+)\]")
INVOLUNTARY = re.compile(r"Num seq would ee but stay: (\d+), Num seq would not ee but ee: (\d+)")
POLICIES = {
    "off": "No early exit",
    "lazy": "All must agree",
    "median": "Median vote",
    "latency-only": "Latency only",
    "eager": "Any may exit",
    "rebatching": "DREX",
}
"""A policy's name in logs, and what a picture calls it."""
POLICY = re.compile(r"EE configs: ee_policy=([\w-]+), shallow_exit_layer=(\d+), conf_threshold=([\d.]+)")
BATCH = re.compile(r"max_num_seqs\([^)]*\)=(\d+)")
MODEL = re.compile(r"engine with config: model='([^']+)'")
DATASET = re.compile(r"Filtered (\w+) dataset: (\d+) articles out of \d+ are within (\d+) characters")
TOO_LONG = re.compile(r"Input prompt \(\d+ tokens\) is too long")

NO_TOKENS = "output tokens not in the log"


@reader("DREX run log")
def drex_log(source: Source) -> Run:
    """Raises Refused where the text has neither a bar nor a summary line."""
    text = source.text
    bars = BAR.findall(text)
    done = DONE.findall(text)
    if not bars and not done and not TOKENS.search(text):
        raise Refused("no 'Replica n processed requests' bar and no summary line")
    progress = _progress(bars)
    totals = _totals(text, bars, done)
    if progress is not None and totals.completed is not None:
        # What a replica did before it crashed was done.
        totals = replace(totals, completed=max(totals.completed, int(progress.completed_requests[-1])))
    caveats = _caveats(text, totals, progress)
    ended, shown = sum(int(count) for count, _ in done), progress.completed_requests[-1] if progress else 0
    if len(done) == len({replica for replica, *_ in bars}) and ended < shown:
        caveats = (
            *caveats,
            f"{ended:,} requests processed by its last lines, {shown:,} by its bars, which count",
        )
    if stray := _stray(bars, totals.requests):
        caveats = (*caveats, f"{stray} progress bars contradict the others, or the end")
    return Run(_provenance(text, source), totals, caveats, progress=progress)


def _stray(bars: list[tuple[str, str, str, str]], requests: int | None) -> int:
    """Bars that fall behind one before, or that are of another number of requests than the others."""
    stray, before = 0, dict[str, tuple[int, float]]()
    of = {replica: int(total) for replica, _, total, _ in bars}
    for replica, count, total, clock in bars:
        now, last = (int(count), clock_s(clock)), before.get(replica, (0, 0.0))
        stray += now[0] < last[0] or now[1] < last[1] or int(total) != of[replica] or now[0] > int(total)
        before[replica] = max(now[0], last[0]), max(now[1], last[1])
    return stray or (len(bars) if requests is not None and bars and sum(of.values()) != requests else 0)


def _progress(bars: list[tuple[str, str, str, str]]) -> Progress | None:
    """Every count at the earliest second it was shown; several replicas are added up."""
    shown: dict[tuple[str, int], float] = {}
    for replica, count, _, clock in bars:
        shown.setdefault((replica, int(count)), clock_s(clock))
    if len(shown) < 2:
        return None
    steps: list[tuple[float, int]] = []
    before: dict[str, int] = {}
    for (name, done), at_s in sorted(shown.items()):
        steps.append((at_s, done - before.get(name, 0)))
        before[name] = done
    steps.sort(key=lambda step: step[0])
    completed = np.cumsum([step for _, step in steps], dtype=np.int64)
    return Progress(np.array([at_s for at_s, _ in steps]), completed, resolution_s=1.0)


def _totals(text: str, bars: list[tuple[str, str, str, str]], done: list[tuple[str, str]]) -> Totals:
    tokens = TOKENS.findall(text)
    exited = EXITED.findall(text)
    forced = INVOLUNTARY.findall(text)
    announced = sum({replica: int(total) for replica, _, total, _ in bars}.values()) or None
    # A replica that crashed has a bar and no summary: its requests are not processed.
    processed = sum(int(count) for count, _ in done) if done else None
    # A run without early exit prints a 1 for its tokens: its other count is not one.
    ee = sum(int(each[0]) for each in exited) if exited else None
    return Totals(
        total_time_s=max(float(seconds) for _, seconds in done) if done else None,
        requests=max(processed, announced)
        if processed is not None and announced is not None
        else processed or announced,
        output_tokens=sum(int(count) for count, _ in tokens) if tokens else None,
        throughput_tok_s=sum(float(rate) for _, rate in tokens) if tokens else None,
        ee_tokens=ee,
        non_ee_tokens=sum(int(each[1]) for each in exited) if ee else None,
        involuntary_exits=sum(int(each[1]) for each in forced) if forced else None,
        involuntary_stays=sum(int(each[0]) for each in forced) if forced else None,
        completed=processed,
    )


def _caveats(text: str, totals: Totals, progress: Progress | None) -> tuple[str, ...]:
    steady = TOKENS_STEADY if totals.output_tokens is not None else NO_TOKENS
    caveats = [WHOLE_SECONDS, steady] if progress is not None else [TOTALS_ONLY]
    if totals.total_time_s is None:
        caveats = [WHOLE_SECONDS, CUT_SHORT]
    if too_long := len(TOO_LONG.findall(text)):
        caveats.append(f"{too_long} prompts over the length limit finish with no output")
    return tuple(caveats)


def _provenance(text: str, source: Source) -> Provenance:
    settings, policy = {}, ""
    if found := POLICY.search(text):
        policy = found[1]
        settings = {"exit_layer": found[2], "confidence": found[3]} if policy != "off" else {}
    if batch := BATCH.search(text):
        settings["batch"] = batch[1]
    model, dataset = MODEL.search(text), DATASET.search(text)
    return source.provenance(
        "DREX",
        policy=policy,
        label=POLICIES.get(policy, ""),
        model=model[1].rstrip("/").rpartition("/")[2] if model else "",
        dataset=f"{dataset[1]}, articles within {dataset[3]} characters" if dataset else "",
        settings=settings,
    )


TOTALS = (
    "time",
    "throughput",
    "num_output_tokens",
    "num_ee_tokens",
    "num_no_ee_tokens",
    "request_duration_avg",
)
"""Columns whose every row holds the whole run's number."""
SETTINGS = ("avg_normal_iter_time", "avg_ee_iter_time", "avg_deep_iter_time", "rougel", "bert_score")


@reader("DREX run CSV")
def drex_csv(source: Source) -> Run:
    """Raises Refused where the header lacks `seq_id` and `output`, or has no totals."""
    header = set(source.csv_header)
    if not {"seq_id", "output"} <= header:
        raise Refused("no CSV header with seq_id and output")
    if not {"time", "throughput", "num_output_tokens"} & header:
        raise Refused("none of the columns time, throughput, num_output_tokens")
    rows = source.csv_rows
    if not rows:
        raise ValueError("it has a header and no whole row")
    first = rows[0]
    for name in TOTALS:
        if len(stated := {row[name] for row in rows if name in row}) > 1:
            raise ValueError(f"its rows state different totals: {name} {' and '.join(sorted(stated)[:2])}")
    whole_table, note = _is_whole(rows, source.csv_cut)
    ee = whole(first.get("num_ee_tokens"))
    totals = Totals(
        total_time_s=number(first.get("time")),
        requests=len({row["seq_id"] for row in rows}) if whole_table else None,
        output_tokens=whole(first.get("num_output_tokens")),
        throughput_tok_s=number(first.get("throughput")),
        ee_tokens=ee,
        # A run without early exit writes 1 for its tokens: that column is then no count.
        non_ee_tokens=whole(first.get("num_no_ee_tokens")) if ee else None,
        involuntary_exits=whole(first.get("num_seq_would_not_ee_but_ee")),
        involuntary_stays=whole(first.get("num_seq_would_ee_but_stay")),
    )
    provenance = source.provenance(
        "DREX",
        settings={name: first[name] for name in SETTINGS if first.get(name)},
    )
    return Run(provenance, totals, (TOTALS_ONLY, *note))


def _is_whole(rows: list[dict[str, str]], cut: bool) -> tuple[bool, tuple[str, ...]]:
    """Whether all requests have a row: their mean duration is the one that every row states."""
    durations = [number(row.get("request_duration")) for row in rows]
    known = [each for each in durations if each is not None]
    stated = number(rows[0].get("request_duration_avg"))
    differs = stated is not None and bool(known) and abs(sum(known) / len(known) - stated) > 1e-6 * stated
    if cut or differs:
        return False, (f"{CUT_SHORT}: {len(rows)} requests in the table, totals of all",)
    return True, ()
