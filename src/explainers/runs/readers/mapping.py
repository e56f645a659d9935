"""A mapping file: where another tool's log holds what a run is made of.

It is YAML beside the log, named `….map.yaml`, and is read in the log's place:

    map: 1
    log: results.json
    requests: data.requests     # the list of requests; without it a row of CSV, a line of JSON Lines,
    id: request_id              # or an entry of lists that run parallel
    start: sent_ms ms           # a path in the request, and the unit where it is not seconds
    ttft: first_token_latency
    itls: token_gaps ms
    output_tokens: usage.completion_tokens
"""

from __future__ import annotations

from math import isfinite, nan
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BeforeValidator, Field, ValidationError

from explainers.errors import InvalidInput, nearest
from explainers.runs.metrics import IN_SECONDS
from explainers.runs.model import NO_START_TIMES, TOKENS_INTERPOLATED, Run, Totals
from explainers.runs.reading import (
    LoggedRequest,
    Refused,
    Source,
    assembled,
    clock_times,
    even_tokens,
    number,
    reader,
    spread_tokens,
    totals_of,
    whole,
)
from explainers.storyboard.document import Document
from explainers.storyboard.mistakes import Loc, Mistake, mistakes_of
from explainers.storyboard.reader import read_document
from explainers.storyboard.types import Frozen

SUFFIXES = (".map.yaml", ".map.yml")
UNITS = IN_SECONDS | {"ns": 1e-9}
TIMES = ("start", "ttft", "first_token", "itls", "tokens", "e2e", "finish")
FIELDS = ("id", *TIMES, "prompt_tokens", "output_tokens", "error", "text")


def _at(value: Any) -> Any:
    """A path and its unit: `usage.gaps ms`."""
    words = str(value).split()
    if len(words) == 2 and words[1] not in UNITS:
        raise ValueError(f"a path, and a unit of time where it is not seconds: {', '.join(UNITS)}")
    if len(words) not in (1, 2):
        raise ValueError("a path such as stats.ttft, and a unit such as ms where it is not seconds")
    return value


At = Annotated[str, BeforeValidator(_at)]


class Mapped(Frozen):
    """Where a log holds what. Times are seconds, or in the unit behind the path."""

    map: Annotated[Literal["1"], Field()]
    log: str
    requests: str | None = None
    id: At | None = None
    start: At | None = None
    ttft: At | None = None
    first_token: At | None = None
    itls: At | None = None
    tokens: At | None = None
    e2e: At | None = None
    finish: At | None = None
    prompt_tokens: At | None = None
    output_tokens: At | None = None
    error: At | None = None
    text: At | None = None
    system: str | None = None
    model: str | None = None
    dataset: str | None = None


def mapped_log(path: Path) -> Path | None:
    """The log that the mapping file at `path` is about, where it can be read; None where it is no mapping."""
    if not path.name.endswith(SUFFIXES):
        return None
    try:
        data = read_document(path, path.name).data
    except InvalidInput:
        return None
    return path.parent / str(data["log"]) if isinstance(data, dict) and data.get("log") else None


@reader("mapping file (.map.yaml)")
def mapping(source: Source) -> Run:
    """Raises Refused for a file of another ending; InvalidInput, with the place, for a path that leads
    nowhere."""
    if source.path.is_dir() or not source.path.name.endswith(SUFFIXES):
        raise Refused("not named ….map.yaml")
    document = read_document(source.path, str(source.path))
    data: Any = document.data if document.data is not None else {}
    try:
        mapped = Mapped.model_validate(data)
    except ValidationError as error:
        raise InvalidInput(map(document.problem, mistakes_of(error, Mapped, data))) from None
    log = Source(source.path.parent / mapped.log, source.part)
    if Path(mapped.log).name != mapped.log or not log.path.is_file():
        known = [each.name for each in source.path.parent.iterdir() if each != source.path]
        message = f"there is no file {mapped.log!r} beside the mapping"
        raise _invalid(document, ("log",), message, near=nearest(mapped.log, known))
    paths = {name: getattr(mapped, name) for name in FIELDS if getattr(mapped, name)}
    if not paths.keys() & {"ttft", "first_token", "itls", "tokens", "e2e", "finish"}:
        raise _invalid(
            document, (), "no time is mapped", "one of ttft, first_token, itls, tokens, e2e, finish"
        )
    found = _requests(log, mapped, paths, document)
    for name, path in paths.items():
        if all(_value(each, path.split()[0]) is None for each in found):
            keys = sorted({key for each in found[:50] for key in _keys(each)})
            message = f"no request has {path.split()[0]!r}"
            raise _invalid(document, (name,), message, ", ".join(keys[:12]), nearest(path.split()[0], keys))
    rows, notes = _rows(found, paths)
    requests, tokens = assembled(rows)
    provenance = log.provenance(mapped.system or "", model=mapped.model or "", dataset=mapped.dataset or "")
    return Run(
        provenance, totals_of(requests, Totals(), tokens), tuple(notes), requests=requests, tokens=tokens
    )


def _invalid(
    document: Document, loc: Loc, message: str, expected: str | None = None, near: str | None = None
) -> InvalidInput:
    return InvalidInput([document.problem(Mistake(loc, "bad-mapping", message, expected, near))])


def _requests(log: Source, mapped: Mapped, paths: dict[str, str], document: Document) -> list[dict[str, Any]]:
    """The requests of the log, an object each."""
    if log.csv_header:
        return [dict(row) for row in log.csv_rows]
    if mapped.requests:
        inside = _value(log.json, mapped.requests) if isinstance(log.json, dict) else None
        if not isinstance(inside, list) or not inside or not all(isinstance(each, dict) for each in inside):
            keys = _keys(log.json or {})
            message = f"{log.path.name} has no list of objects {mapped.requests!r}"
            near = nearest(mapped.requests, keys)
            raise _invalid(document, ("requests",), message, ", ".join(keys[:12]) or None, near)
        return inside
    objects = log.objects
    if len(objects) == 1:
        lists = {path.split()[0]: _value(objects[0], path.split()[0]) for path in paths.values()}
        lists = {path: value for path, value in lists.items() if isinstance(value, list)}
        if lists:
            count = {len(value) for value in lists.values()}
            if len(count) > 1:
                message = "the lists have unequal lengths: " + ", ".join(
                    f"{path} {len(value)}" for path, value in lists.items()
                )
                raise _invalid(document, (), message, "an entry a request in each")
            return [{path: value[row] for path, value in lists.items()} for row in range(count.pop())]
    if not objects:
        message = f"{log.path.name} holds no JSON objects and no CSV"
        raise _invalid(
            document, ("log",), message, "JSON, JSON Lines or CSV; `requests` where they stand deeper"
        )
    return objects


def _value(row: Any, path: str) -> Any:
    if isinstance(row, dict) and path in row:
        return row[path]
    for key in path.split("."):
        row = row.get(key) if isinstance(row, dict) else None
    return row


def _keys(row: Any, at: str = "") -> list[str]:
    found = []
    for key, value in row.items() if isinstance(row, dict) else ():
        found += _keys(value, f"{at}{key}.") if isinstance(value, dict) else [f"{at}{key}"]
    return found


def _rows(found: list[dict[str, Any]], paths: dict[str, str]) -> tuple[list[LoggedRequest], list[str]]:
    rows, notes = [], []
    each = [_times(request, paths) for request in found]
    starts = clock_times([times.get("start", nan) for times in each]).tolist()
    if not any(map(isfinite, starts)):
        starts = [0.0] * len(each)
        notes.append(NO_START_TIMES)
    even = uneven = 0
    for index, (request, times, start) in enumerate(zip(found, each, starts, strict=True)):
        row = LoggedRequest(str(_of(request, paths, "id") or index), start)
        row.first_token_s = times.get("first_token", start + times.get("ttft", nan))
        row.finish_s = times.get("finish", start + times.get("e2e", nan))
        for name in ("prompt_tokens", "output_tokens"):
            count = whole(_of(request, paths, name))
            setattr(row, name, -1 if count is None else count)
        row.error = str(_of(request, paths, "error") or "") or None
        row.text = _of(request, paths, "text") or None
        even += _place_tokens(row, times.get("itls"), times.get("tokens"))
        uneven += _uneven(row, times.get("itls"), times.get("tokens"))
        rows.append(row)
    if even:
        notes.append(f"{TOKENS_INTERPOLATED} between first token and finish")
    if uneven:
        notes.append(f"{TOKENS_INTERPOLATED} in {uneven} of {len(rows)} requests: several tokens in a chunk")
    if twice := len(rows) - len({row.id for row in rows}):
        notes.append(f"{twice} requests have the id of another")
    if bad := sum(times.get("bad", 0) for times in each):
        notes.append(f"{bad} times between tokens that are none taken as 0")
    return rows, notes


def _uneven(row: LoggedRequest, gaps: Any, moments: Any) -> bool:
    """Whether a request has other than a token a chunk, so that where its tokens are is assumed."""
    chunks = len(moments or ()) if gaps is None else len(gaps) + 1
    return chunks > 0 and row.token_s is not None and len(row.token_s) != chunks


def _place_tokens(row: LoggedRequest, gaps: Any, moments: Any) -> bool:
    """Puts the times of tokens into a request; whether they had to be made even."""
    chunks = np.asarray(moments if moments is not None else (), dtype=np.float64)
    if gaps is not None and isfinite(row.first_token_s):
        chunks = row.first_token_s + np.concatenate(([0.0], np.cumsum(gaps)))
    if chunks.size:
        row.output_tokens = row.output_tokens if row.output_tokens > 0 else int(chunks.size)
        row.token_s = spread_tokens(chunks, row.output_tokens)
        row.first_token_s = row.first_token_s if isfinite(row.first_token_s) else float(chunks[0])
        row.finish_s = row.finish_s if isfinite(row.finish_s) else float(chunks[-1])
        return False
    if row.error is None and row.output_tokens > 1 and isfinite(row.first_token_s) and isfinite(row.finish_s):
        row.token_s = even_tokens(row.first_token_s, row.finish_s, row.output_tokens)
        return True
    return False


def _of(request: dict[str, Any], paths: dict[str, str], name: str) -> Any:
    return _value(request, paths[name].split()[0]) if name in paths else None


def _times(request: dict[str, Any], paths: dict[str, str]) -> dict[str, Any]:
    """The times of a request in seconds; lists for `itls` and `tokens`."""
    times: dict[str, Any] = {}
    for name in TIMES:
        value, unit = _of(request, paths, name), (paths.get(name, "").split()[1:] or ["s"])[0]
        if name in ("itls", "tokens"):
            if isinstance(value, list) and value:
                found_s = [number(each) for each in value]
                times["bad"] = times.get("bad", 0) + sum(each is None or each < 0 for each in found_s)
                times[name] = [max(each or 0.0, 0.0) * UNITS[unit] for each in found_s]
        elif (found := number(value)) is not None:
            times[name] = found * UNITS[unit]
    return times
