"""GuideLLM's `benchmarks.json`: benchmarks with lists of successful, errored and incomplete requests.

Times are epoch seconds under names that changed with its versions (`request_start_time`, before that
`start_time`; else under `info.timings`), and the model is in its `args` or, since the second schema of its
reports, in the scenario under `config`. A request has the moments of its first and last token only, so the
tokens between them are even. Incomplete requests were under way when the benchmark's time was over.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite, nan
from typing import Any

import numpy as np

from explainers.errors import Diagnostic, InvalidInput
from explainers.runs.model import CANCELLED, NEVER_FINISHED, TOKENS_INTERPOLATED, Provenance, Run, Totals
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

START = ("request_start_time", "start_time", "request_start", "resolve_start")
END = ("request_end_time", "end_time", "request_end", "resolve_end")
FIRST = ("first_token_iteration", "first_token_time", "first_iteration")
LAST = ("last_token_iteration", "last_token_time", "last_iteration")
LISTS = ("successful", "errored", "incomplete")


@reader("GuideLLM benchmarks report")
def guidellm(source: Source) -> Run:
    """Raises Refused where the file holds no benchmarks with requests by outcome."""
    value = source.json
    benchmarks = value.get("benchmarks") if isinstance(value, dict) else None
    if (
        not isinstance(benchmarks, list)
        or not benchmarks
        or not all(_is_benchmark(each) for each in benchmarks)
    ):
        raise Refused("no JSON object with benchmarks that hold successful requests")
    benchmark, caveats = source.chosen(benchmarks)
    rows = [_logged(each, outcome) for outcome, each in _listed(benchmark)]
    _check_all_listed(benchmark, source)
    span_s = number(benchmark.get("duration"))
    requests, tokens = assembled(rows, span_s=span_s)
    if tokens is not None:
        caveats = (*caveats, f"{TOKENS_INTERPOLATED} between first and last token")
    totals = totals_of(requests, Totals(total_time_s=span_s))
    return Run(_provenance(value, benchmark, source), totals, caveats, requests=requests, tokens=tokens)


def _is_benchmark(value: Any) -> bool:
    requests = value.get("requests") if isinstance(value, dict) else None
    return isinstance(requests, dict) and isinstance(requests.get("successful"), list)


def _listed(benchmark: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every request with its outcome, in the order of sending; those without a start come last."""
    listed = [(name, each) for name in LISTS for each in benchmark["requests"].get(name) or ()]
    yield from sorted(
        listed, key=lambda pair: start if isfinite(start := _moment(pair[1], START)) else np.inf
    )


def _check_all_listed(benchmark: dict[str, Any], source: Source) -> None:
    """A report may keep a sample of its requests: too few to replay."""
    counts = (benchmark.get("metrics") or {}).get("request_totals") or {}
    for name in LISTS:
        stated, listed = whole(counts.get(name)), len(benchmark["requests"].get(name) or ())
        if stated is not None and stated != listed:
            message = f"{source.path.name} lists {listed:,} of {stated:,} {name} requests: only a sample"
            expected = "a report written without sampling its requests"
            raise InvalidInput([Diagnostic("sampled-log", message, expected=expected)])


def _logged(request: dict[str, Any], outcome: str) -> LoggedRequest:
    start, first, last = (_moment(request, names) for names in (START, FIRST, LAST))
    row = LoggedRequest(str(request.get("request_id") or request.get("id") or ""), start, first_token_s=first)
    row.finish_s = _moment(request, END)
    row.prompt_tokens = _count(request, "prompt_tokens", "input_metrics")
    row.output_tokens = _count(request, "output_tokens", "output_metrics")
    row.text = request.get("output") or None
    info = request.get("info") or {}
    if outcome == "errored":
        row.error = str(info.get("error") or request.get("error") or "error").strip().splitlines()[-1]
    elif outcome == "incomplete":
        row.error = CANCELLED if info.get("status") == "cancelled" else NEVER_FINISHED
        row.finish_s = nan
    elif row.output_tokens > 0 and isfinite(first) and isfinite(last):
        row.token_s = even_tokens(first, last, row.output_tokens)
    return row


def _moment(request: dict[str, Any], names: tuple[str, ...]) -> float:
    timings = (request.get("info") or {}).get("timings") or {}
    for values in (request, timings):
        for name in names:
            if (found := number(values.get(name))) is not None:
                return found
    return nan


def _count(request: dict[str, Any], name: str, metrics: str) -> int:
    block = request.get(metrics) or {}
    for value in (request.get(name), block.get("total_tokens"), block.get("text_tokens")):
        if (found := whole(value)) is not None:
            # What is no count is a placeholder, as 0 is.
            return max(found, 0)
    return -1


def _specified(value: dict[str, Any]) -> dict[str, Any]:
    """The model and the data of a report of the second schema, which holds the scenario under `config`."""
    scenario = value.get("config") or {}
    spec = scenario.get("spec") if isinstance(scenario, dict) else None
    spec = spec if isinstance(spec, dict) else {}
    backend, data = spec.get("backend"), spec.get("data")
    named = data[0] if isinstance(data, list) and len(data) == 1 else data
    path = named.get("path") or named.get("source") if isinstance(named, dict) else named
    return {"model": backend.get("model") if isinstance(backend, dict) else None, "data": path}


def _provenance(value: dict[str, Any], benchmark: dict[str, Any], source: Source) -> Provenance:
    arguments, metadata = value.get("args") or _specified(value), value.get("metadata") or {}
    config = benchmark.get("config") or benchmark.get("args") or {}
    strategy = config.get("strategy")
    strategy = strategy if isinstance(strategy, dict) else {}
    version, data = metadata.get("guidellm_version"), arguments.get("data")
    names = {"type_": "strategy", "streams": "streams", "rate": "rate"}
    return source.provenance(
        f"GuideLLM {version} client" if version else "GuideLLM client",
        model=str(arguments.get("model") or ""),
        dataset=data if isinstance(data, str) else "",
        settings={
            word: str(strategy[name]) for name, word in names.items() if strategy.get(name) is not None
        },
    )
