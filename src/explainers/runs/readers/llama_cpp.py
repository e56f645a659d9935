"""llama.cpp: the results of `llama-bench`, and the timings that `llama-server` logs of each request.

`llama-bench -o json`, `jsonl` or `csv` writes a test a row, with the time of each repetition (`samples_ns`;
CSV has their mean only). A test is a part of the file; without a part it is the last one that generates.
Its repetitions are requests one behind the other: warm-up and pauses between them are not in the file.

`llama-server` prints of each task how long its prompt and its generation took. Newer versions begin each
line with the time since their start (minutes, seconds, thousandths, millionths with points between), when
that was; without it the tasks of a slot stand one behind the other. Tokens are even from the end of the
prompt to the end of the task."""

from __future__ import annotations

import re
from math import isfinite
from typing import Any

from explainers.runs.model import TOKENS_INTERPOLATED, Provenance, Run, Totals
from explainers.runs.reading import (
    LoggedRequest,
    Refused,
    Source,
    assembled,
    even_tokens,
    number,
    reader,
    totals_of,
    whole,
)

BENCH = {"n_prompt", "n_gen", "avg_ts", "model_filename"}
_STAMP = re.compile(r"(?:\[\d+\] )?(\d+)\.(\d\d)\.(\d{3})\.(\d{3}) [A-Z] ")
_TASK = re.compile(r"slot +print_timings?: id +(\d+) \| task +(\d+) \|")
_TIMING = re.compile(r"^(?:.*\| *)?\s*(prompt eval|eval|total) time = +([\d.]+) ms / +(\d+) tokens")
ONE_BY_ONE = "repetitions one behind the other, without warm-up and pauses"
NO_CLOCK = "no times in the log: tasks of a slot placed one behind the other"
NO_WAITS = "arrivals not in the log: requests arrive when work on them begins"


@reader("llama-bench JSON, JSON Lines or CSV")
def llama_bench(source: Source) -> Run:
    """Raises Refused where a row has no n_prompt, n_gen, avg_ts and model_filename."""
    tests: list[dict[str, Any]] = list(source.objects)
    if set(source.csv_header) >= BENCH:
        tests = list(source.csv_rows)
    if not tests or not all(set(test) >= BENCH for test in tests):
        raise Refused("no rows with n_prompt, n_gen, avg_ts and model_filename")
    generating = [index for index, test in enumerate(tests, 1) if (whole(test["n_gen"]) or 0) > 0]
    if source.part is None and generating:
        source = Source(source.path, generating[-1])
    test, caveats = source.chosen(tests)
    samples = test.get("samples_ns")
    times = [number(each) or 0.0 for each in samples] if isinstance(samples, list) else []
    times = [each / 1e9 for each in times] or [(number(test.get("avg_ns")) or 0.0) / 1e9]
    prompt, generated = whole(test["n_prompt"]) or 0, whole(test["n_gen"]) or 0
    rows, at_s = [], 0.0
    for index, seconds in enumerate(times):
        row = LoggedRequest(str(index), at_s, finish_s=at_s + seconds, prompt_tokens=prompt or -1)
        row.output_tokens = generated or -1
        rows.append(row)
        at_s += seconds
    requests, _ = assembled(rows)
    totals = totals_of(requests, Totals(total_time_s=at_s or None))
    settings = {
        name: str(test[name]) for name in ("n_prompt", "n_gen", "n_threads", "n_gpu_layers") if name in test
    }
    provenance = source.provenance(
        f"llama.cpp {test['build_commit']}" if test.get("build_commit") else "llama.cpp",
        model=str(test.get("model_type") or test["model_filename"]),
        hardware=str(test.get("gpu_info") or test.get("cpu_info") or ""),
        settings=settings,
    )
    return Run(provenance, totals, (*caveats, ONE_BY_ONE), requests=requests)


@reader("llama-server log")
def llama_server(source: Source) -> Run:
    """Raises Refused where no task has its timings."""
    if "eval time" not in source.text:
        raise Refused("no lines of slots with prompt eval time and eval time")
    named = _tasks(source.text)
    tasks = [each for each in named if "prompt" in each and "eval" in each]
    if not tasks:
        raise Refused("no task with both prompt eval time and eval time")
    # Work that would begin before the server did: its clock is none.
    rows = []
    stamped = all(
        each["at_s"] is not None and each["at_s"] >= (each["prompt"][0] + each["eval"][0]) / 1e3
        for each in tasks
    )
    free: dict[str, float] = {}
    for task in tasks:
        prompt_s, generated_s = task["prompt"][0] / 1e3, task["eval"][0] / 1e3
        start = task["at_s"] - prompt_s - generated_s if stamped else free.get(task["slot"], 0.0)
        first, finish = start + prompt_s, start + prompt_s + generated_s
        free[task["slot"]] = finish
        row = LoggedRequest(task["id"], start, start, first, finish, task["prompt"][1], task["eval"][1])
        if row.output_tokens > 0:
            row.token_s = even_tokens(first, finish, row.output_tokens)
        rows.append(row)
    rows.sort(key=lambda row: row.arrival_s)
    requests, tokens = assembled(rows, zero_s=None if stamped else 0.0)
    caveats = [NO_WAITS if stamped else NO_CLOCK]
    if lost := len(named) - len(tasks):
        caveats.append(f"{lost} tasks without both timings left out")
    if tokens is not None:
        caveats.append(f"{TOKENS_INTERPOLATED} between prompt and finish")
    provenance: Provenance = source.provenance("llama.cpp server")
    return Run(
        provenance, totals_of(requests, Totals(), tokens), tuple(caveats), requests=requests, tokens=tokens
    )


def _tasks(text: str) -> list[dict[str, Any]]:
    """Tasks in the order of the log, with what was timed of each; `at_s` is when they ended."""
    found: list[dict[str, Any]] = []
    task: dict[str, Any] | None = None
    for line in text.splitlines():
        stamp = _STAMP.match(line)
        if named := _TASK.search(line):
            if task is None or task["id"] != named[2]:
                task = {"slot": named[1], "id": named[2], "at_s": None}
                found.append(task)
            if stamp:
                minutes, seconds, thousandths, millionths = map(int, stamp.groups())
                task["at_s"] = minutes * 60 + seconds + thousandths / 1e3 + millionths / 1e6
        if task is not None and (timing := _TIMING.match(line)) and isfinite(float(timing[2])):
            task[timing[1].split()[0]] = (float(timing[2]), int(timing[3]))
    return found
