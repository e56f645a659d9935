"""`run/1`: a run as JSON Lines, a header and then packed columns. See docs/runs.md.

JSON Lines because a run is then read, searched and compared with the tools at hand and needs no library.
Columns rather than objects, and times as whole microseconds, so that a million of them parse in a fraction of
a second: diffable, and finer than any log's clock. Unknown times are null, token times are steps from the
token before (the first from the run's start).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainers.errors import Diagnostic, InvalidInput, Place
from explainers.inputs import MIB, read_bytes, unzipped
from explainers.runs.curves import FloatArray, IntArray
from explainers.runs.model import (
    CUT_SHORT,
    Counter,
    Iterations,
    Progress,
    Provenance,
    Requests,
    Run,
    Tokens,
    Totals,
)
from explainers.scratch import replacing

SUFFIX = ".run.jsonl"
MAX_BYTES = 128 * MIB
"""Of a log, unpacked."""
CHUNK_REQUESTS = 1000
"""Requests a line: short enough for an editor, long enough that parsing a line is the cost."""

VERSION = 1
FORMAT = f"run/{VERSION}"

Body = dict[str, Any]
Records = list[Body]

UPGRADES: dict[int, Callable[[Records], Records]] = {}
"""From version N to N + 1: takes the file's lines as JSON values, gives back the newer lines. None is ever
removed."""

REQUESTS = {
    "id": "ids",
    "arrival_us": "arrival_s",
    "first_token_us": "first_token_s",
    "finish_us": "finish_s",
    "prompt_tokens": "prompt_tokens",
    "output_tokens": "output_tokens",
    "start_us": "start_s",
    "error": "errors",
    "text": "texts",
}
PROGRESS = {"elapsed_us": "elapsed_s", "completed_requests": "completed_requests"}
ITERATIONS = {
    "start_us": "start_s",
    "duration_us": "duration_s",
    "batch": "batch",
    "ramp_exits": "ramp_exits",
    "members": "members",
    "kind": "kinds",
}
"""Columns of a line, and the fields they hold; times are in columns that end in `_us`, and a field that is
None has no column."""
TEXTS = {"id", "error", "text"}


def read_run(path: Path, text: str) -> Run:
    """The run in the `run/1` (or older) text of `path`.

    A last line cut in two, or lines fewer than the header promises, give the run as far as it goes with
    a caveat. Raises InvalidInput, with the line, for anything else that is wrong.
    """
    records, cut = _records(path, text)
    try:
        return _run(_upgraded(records), cut)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        what = f"has no {error.args[0]!r}" if isinstance(error, KeyError) else str(error)
        raise InvalidInput([Diagnostic("bad-run", f"{path.name} is not a {FORMAT} file: {what}")]) from error


def text_of(path: Path, limit_bytes: int | None = None) -> str:
    """A log's text, `.gz` undone; bytes that are not UTF-8 are replaced, as a cut log may hold some."""
    data = read_bytes(path, str(path), MAX_BYTES)[:limit_bytes]
    if data[:2] == b"\x1f\x8b":
        data = unzipped(data, str(path), MAX_BYTES)
    return data.decode("utf-8-sig", errors="replace")


def save_run(run: Run, path: Path) -> Path:
    """Write `run` to `path`, with `.run.jsonl` at its end, at once or not at all; the path."""
    path = path if path.name.endswith(SUFFIX) else path.with_name(path.name + SUFFIX)
    with replacing(path) as made, made.open("w", encoding="utf-8", newline="\n") as file:
        for record in _lines(run):
            file.write(json.dumps(record, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n")
    return path


def _lines(run: Run) -> Iterator[Body]:
    """The lines of a run, as JSON values: header first, then in pieces of CHUNK_REQUESTS."""
    header: Body = {"format": FORMAT, "provenance": _stated(run.provenance), "totals": _stated(run.totals)}
    header["caveats"] = list(run.caveats)
    if run.stated:
        header["stated"] = dict(run.stated)
    if run.requests is not None:
        header["requests"] = len(run.requests)
    yield header
    if run.progress is not None:
        yield {"progress": {"resolution_s": run.progress.resolution_s} | _packed(run.progress, PROGRESS)}
    if run.requests is not None:
        for first in range(0, len(run.requests), CHUNK_REQUESTS):
            rows = slice(first, min(first + CHUNK_REQUESTS, len(run.requests)))
            yield {"requests": _packed(run.requests, REQUESTS, rows)}
            if run.tokens is not None:
                yield {"tokens": _packed_tokens(run.tokens, rows)}
    if run.iterations is not None:
        yield {"iterations": _packed(run.iterations, ITERATIONS)}
    for name, counter in sorted(run.counters.items()):
        body = {"name": name, "unit": counter.unit, "at_us": _us(counter.at_s)}
        yield {"counter": body | {"value": counter.value.tolist()}}


def _stated(part: Provenance | Totals) -> Body:
    return {name: value for name, value in asdict(part).items() if value not in (None, "", {})}


def _packed(part: Any, columns: Mapping[str, str], rows: slice = slice(None)) -> Body:
    """Columns of a part of a run, of the given rows."""
    body: Body = {}
    for name, field in columns.items():
        if (values := getattr(part, field)) is not None:
            values = values[rows]
            times = name.endswith("_us")
            body[name] = _us(values) if times else list(values) if name in TEXTS else values.tolist()
    return body


def _packed_tokens(tokens: Tokens, rows: slice) -> Body:
    """Columns of the tokens of some requests."""
    offsets = tokens.offsets[rows.start : rows.stop + 1]
    span = slice(int(offsets[0]), int(offsets[-1]))
    us = np.round(tokens.at_s[span] * 1e6).astype(np.int64)
    steps = np.diff(us, prepend=0)
    counts = np.diff(offsets)
    starts = (offsets[:-1] - offsets[0])[counts > 0]
    steps[starts] = us[starts]
    body: Body = {"count": counts.tolist(), "step_us": steps.tolist()}
    if tokens.exit_layers is not None:
        body["exit_layer"] = tokens.exit_layers[span].tolist()
    if tokens.pieces is not None:
        body["piece"] = list(tokens.pieces[span])
    return body


def _us(seconds: FloatArray) -> list[int | None]:
    known = np.isfinite(seconds)
    us = np.round(np.where(known, seconds, 0.0) * 1e6).astype(np.int64).tolist()
    return [each if there else None for each, there in zip(us, known.tolist(), strict=True)]


def _records(path: Path, text: str) -> tuple[Records, bool]:
    """The lines of a file as JSON values, and whether its last one is cut."""
    records: Records = []
    lines = [
        (number, line) for number, line in enumerate(re.split(r"\r\n?|\n", text), start=1) if line.strip()
    ]
    for index, (number, line) in enumerate(lines):
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            if records and index == len(lines) - 1:
                return records, True
            place = Place(str(path), number, getattr(error, "colno", 1))
            raise InvalidInput([Diagnostic("bad-json", f"this line is not JSON: {error}", place)]) from error
        if not isinstance(record, dict):
            place = Place(str(path), number, 1)
            raise InvalidInput([Diagnostic("bad-run", "this line is not a JSON object", place)])
        records.append(record)
    return records, False


def _upgraded(records: Records) -> Records:
    """`records` as of VERSION. Raises ValueError for a file that is newer, or that has no header."""
    name = records[0].get("format") if records else None
    found = re.fullmatch(r"run/(\d+)", name) if isinstance(name, str) else None
    if found is None:
        raise ValueError(f'its first line has no "format": "{FORMAT}"')
    version = int(found[1])
    if version > VERSION:
        raise ValueError(f"it is run/{version}, and this version reads up to {FORMAT}; update explainers")
    for older in range(version, VERSION):
        if older not in UPGRADES:
            raise ValueError(f"run/{older} is not known")
        records = UPGRADES[older](records)
    return records


def _run(records: Records, cut: bool) -> Run:
    header, lines = records[0], dict[str, list[Body]]()
    for record in records[1:]:
        for name, body in record.items():
            lines.setdefault(name, []).append(body)
    requests = _requests(lines.get("requests", []))
    count = len(requests) if requests else 0
    caveats = tuple(str(caveat) for caveat in header.get("caveats", ()))
    if (cut or count < int(header.get("requests", 0))) and CUT_SHORT not in caveats:
        caveats = (*caveats, CUT_SHORT)
    return Run(
        provenance=Provenance(**_known(Provenance, header["provenance"])),
        totals=Totals(**_known(Totals, header["totals"])),
        caveats=caveats,
        progress=_progress(lines.get("progress", [])),
        requests=requests,
        tokens=_tokens(lines.get("tokens", []), count),
        iterations=_iterations(lines.get("iterations", [])),
        stated={str(name): float(value) for name, value in header.get("stated", {}).items()},
        counters={str(body["name"]): _counter(body) for body in lines.get("counter", [])},
    )


def _known(kind: type, body: Body) -> Body:
    names = {each.name for each in fields(kind)}
    if strange := sorted(set(body) - names):
        raise ValueError(f"{strange[0]!r} is not a field of its {kind.__name__.lower()}")
    if "settings" in body:
        body = body | {"settings": {str(key): str(value) for key, value in body["settings"].items()}}
    return body


def _unpacked(bodies: Sequence[Body], columns: Mapping[str, str], needed: int) -> Body:
    """The fields of all lines of a part; the first `needed` columns must be there."""
    found: Body = {}
    for index, (name, field) in enumerate(columns.items()):
        if index < needed or name in bodies[0]:
            values = _joined(bodies, name)
            times = name.endswith("_us")
            found[field] = _seconds(values) if times else tuple(values) if name in TEXTS else _ints(values)
    return found


def _requests(bodies: Sequence[Body]) -> Requests | None:
    for body in bodies:
        if len({len(column) for column in body.values()}) > 1:
            raise ValueError("a requests line has columns of different lengths")
    if not bodies:
        return None
    found = _unpacked(bodies, REQUESTS, 6)
    return Requests(**found | {"ids": tuple(map(str, found["ids"]))})


def _tokens(bodies: Sequence[Body], requests: int) -> Tokens | None:
    """All token lines as one table of `requests` rows; rows a cut file lacks have no tokens.

    Raises ValueError where the counts do not add up.
    """
    if not bodies:
        return None
    counts, steps = _ints(_joined(bodies, "count")), _ints(_joined(bodies, "step_us"))
    if counts.size > requests or (counts < 0).any() or counts.sum() != steps.size:
        raise ValueError(f"{steps.size} token times for {counts.sum()} tokens of {requests} requests")
    counts = np.concatenate((counts, np.zeros(requests - counts.size, dtype=np.int64)))
    offsets = np.concatenate(([0], np.cumsum(counts)))
    # One running sum over all tokens; what had run up before each request is taken off again.
    run_up = np.concatenate(([0], np.cumsum(steps)))
    us = run_up[1:] - np.repeat(run_up[offsets[:-1]], counts)
    layers = _ints(_joined(bodies, "exit_layer")) if "exit_layer" in bodies[0] else None
    pieces = tuple(_joined(bodies, "piece")) if "piece" in bodies[0] else None
    if any(each is not None and len(each) != steps.size for each in (layers, pieces)):
        raise ValueError("exit_layer and piece must have an entry for every token")
    return Tokens(offsets, us / 1e6, layers, pieces)


def _progress(bodies: Sequence[Body]) -> Progress | None:
    if not bodies:
        return None
    found = Progress(**_unpacked(bodies, PROGRESS, 2), resolution_s=float(bodies[0].get("resolution_s", 0.0)))
    _check_ascending("progress", found.elapsed_s, found.completed_requests)
    return found


def _iterations(bodies: Sequence[Body]) -> Iterations | None:
    """All passes; the members of each are as many as its batch."""
    if not bodies:
        return None
    found = _unpacked(bodies, ITERATIONS, 3)
    _check_ascending("iterations", found["start_s"], found["batch"])
    if (members := found.get("members")) is not None:
        if members.size != found["batch"].sum():
            raise ValueError(f"{members.size} members for batches of {found['batch'].sum()} in all")
        found["member_offsets"] = np.concatenate(([0], np.cumsum(found["batch"])))
    return Iterations(**found)


def _counter(body: Body) -> Counter:
    at_s, value = _seconds(body["at_us"]), np.array(body["value"], dtype=np.float64)
    _check_ascending(f"counter {body['name']!r}", at_s, value)
    return Counter(at_s, value, str(body.get("unit", "")))


def _check_ascending(what: str, at_s: FloatArray, values: NDArray[Any]) -> None:
    if at_s.size != values.size:
        raise ValueError(f"{what}: {at_s.size} times for {values.size} values")
    if at_s.size and not (np.isfinite(at_s).all() and (np.diff(at_s) >= 0).all()):
        raise ValueError(f"{what}: its times do not ascend")


def _joined(bodies: Sequence[Body], name: str) -> list[Any]:
    return list(chain.from_iterable(body[name] for body in bodies))


def _seconds(us: Sequence[int | None]) -> FloatArray:
    return np.asarray(np.array(us, dtype=np.float64) / 1e6, dtype=np.float64)


def _ints(values: Sequence[int]) -> IntArray:
    return np.array(values, dtype=np.int64)
