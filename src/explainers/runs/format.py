"""`run/1`: a run as JSON Lines, a header and then packed  See docs/runs.md.

JSON Lines because a run is then read, searched and compared with the tools at hand and needs no
library. Columns rather than objects, and token times as whole microseconds since the token before, so
that a million of them parse in a fraction of a second.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, fields
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainers.errors import Diagnostic, InvalidInput, Place
from explainers.inputs import MIB, read_bytes, unzipped
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

SUFFIX = ".run.jsonl"
MAX_BYTES = 256 * MIB
"""Of a log, unpacked."""
CHUNK_REQUESTS = 1000
"""Requests a line: short enough for an editor, long enough that parsing a line is the cost."""


def read_run(path: Path, text: str) -> Run:
    """The run in the `run/1` (or older) text of `path`.

    A last line cut in two, or lines fewer than the header promises, give the run as far as it goes with
    a caveat. Raises InvalidInput, with the line, for anything else that is wrong.
    """
    records, cut = _records(path, text)
    try:
        records = upgraded(records)
        run = _run(records, cut)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        what = f"has no {error.args[0]!r}" if isinstance(error, KeyError) else str(error)
        raise InvalidInput([Diagnostic("bad-run", f"{path.name} is not a {FORMAT} file: {what}")]) from error
    return run


def save_run(run: Run, path: Path) -> Path:
    """Write `run` to `path` at once or not at all; folders are made. Gives back `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    aside = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            for record in run_records(run):
                file.write(json.dumps(record, ensure_ascii=False, separators=(",", ":"), allow_nan=False))
                file.write("\n")
        aside.chmod(0o644)
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    return path


def run_records(run: Run) -> Iterator[dict[str, Any]]:
    """The lines of a run, as JSON values: header first, then in pieces of CHUNK_REQUESTS."""
    header: dict[str, Any] = {"format": FORMAT, "provenance": _said(asdict(run.provenance))}
    header |= {"totals": _said(asdict(run.totals)), "caveats": list(run.caveats)}
    if run.requests is not None:
        header["requests"] = len(run.requests)
    yield header
    if run.progress is not None:
        yield {"progress": progress_out(run.progress)}
    if run.requests is not None:
        for first in range(0, len(run.requests), CHUNK_REQUESTS):
            last = min(first + CHUNK_REQUESTS, len(run.requests))
            yield {"requests": requests_out(run.requests, first, last)}
            if run.tokens is not None:
                yield {"tokens": tokens_out(run.tokens, first, last)}
    if run.iterations is not None:
        yield {"iterations": iterations_out(run.iterations)}
    for name, counter in sorted(run.counters.items()):
        yield {"counter": {"name": name, "unit": counter.unit} | counter_out(counter)}


def _records(path: Path, text: str) -> tuple[list[dict[str, Any]], bool]:
    records: list[dict[str, Any]] = []
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
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


def _run(records: list[dict[str, Any]], cut: bool) -> Run:
    header, rest = records[0], records[1:]
    by_name: dict[str, list[dict[str, Any]]] = {}
    for record in rest:
        for name, body in record.items():
            by_name.setdefault(name, []).append(body)
    requests = requests_in(by_name.get("requests", []))
    tokens = tokens_in(by_name.get("tokens", []), len(requests) if requests else 0)
    caveats = tuple(str(caveat) for caveat in header.get("caveats", ()))
    fewer = (len(requests) if requests else 0) < int(header.get("requests", 0))
    if (cut or fewer) and CUT_SHORT not in caveats:
        caveats = (*caveats, CUT_SHORT)
    return Run(
        provenance=Provenance(**_known(Provenance, header["provenance"])),
        totals=Totals(**_known(Totals, header["totals"])),
        caveats=caveats,
        progress=progress_in(by_name.get("progress", [])),
        requests=requests,
        tokens=tokens,
        iterations=iterations_in(by_name.get("iterations", [])),
        counters={str(body["name"]): counter_in(body) for body in by_name.get("counter", [])},
    )


def _known(kind: type, body: dict[str, Any]) -> dict[str, Any]:
    names = {each.name for each in fields(kind)}
    if strange := sorted(set(body) - names):
        raise ValueError(f"{strange[0]!r} is not a field of its {kind.__name__.lower()}")
    if "settings" in body:
        body = body | {"settings": {str(key): str(value) for key, value in body["settings"].items()}}
    return body


def _said(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value not in (None, "", {})}


def text_of(path: Path, limit_bytes: int | None = None) -> str:
    """A log's text, `.gz` undone; bytes that are not UTF-8 are replaced, as a cut log may hold some."""
    data = read_bytes(path, str(path), MAX_BYTES)[:limit_bytes]
    if data[:2] == b"\x1f\x8b":
        data = unzipped(data, str(path), MAX_BYTES)
    return data.decode("utf-8-sig", errors="replace")


Body = dict[str, Any]
FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def requests_out(requests: Requests, first: int, last: int) -> Body:
    """Columns of the rows `first` to `last`, exclusive."""
    rows = slice(first, last)
    body: Body = {
        "id": list(requests.ids[rows]),
        "arrival_us": _us(requests.arrival_s[rows]),
        "first_token_us": _us(requests.first_token_s[rows]),
        "finish_us": _us(requests.finish_s[rows]),
        "prompt_tokens": requests.prompt_tokens[rows].tolist(),
        "output_tokens": requests.output_tokens[rows].tolist(),
    }
    if requests.start_s is not None:
        body["start_us"] = _us(requests.start_s[rows])
    if requests.errors is not None:
        body["error"] = list(requests.errors[rows])
    if requests.texts is not None:
        body["text"] = list(requests.texts[rows])
    return body


def requests_in(bodies: Sequence[Body]) -> Requests | None:
    """All request lines as one table. Raises ValueError where columns differ in length."""
    if not bodies:
        return None
    for body in bodies:
        if len({len(column) for column in body.values()}) > 1:
            raise ValueError("a requests line has columns of different lengths")
    return Requests(
        ids=tuple(str(each) for each in _joined(bodies, "id")),
        arrival_s=_seconds(_joined(bodies, "arrival_us")),
        first_token_s=_seconds(_joined(bodies, "first_token_us")),
        finish_s=_seconds(_joined(bodies, "finish_us")),
        prompt_tokens=_ints(_joined(bodies, "prompt_tokens")),
        output_tokens=_ints(_joined(bodies, "output_tokens")),
        start_s=_seconds(_joined(bodies, "start_us")) if "start_us" in bodies[0] else None,
        errors=tuple(_joined(bodies, "error")) if "error" in bodies[0] else None,
        texts=tuple(_joined(bodies, "text")) if "text" in bodies[0] else None,
    )


def tokens_out(tokens: Tokens, first: int, last: int) -> Body:
    """Columns of the tokens of the requests `first` to `last`, exclusive."""
    offsets = tokens.offsets[first : last + 1]
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


def tokens_in(bodies: Sequence[Body], requests: int) -> Tokens | None:
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


def progress_out(progress: Progress) -> Body:
    return {
        "resolution_s": progress.resolution_s,
        "elapsed_us": _us(progress.elapsed_s),
        "completed_requests": progress.completed_requests.tolist(),
    }


def progress_in(bodies: Sequence[Body]) -> Progress | None:
    if not bodies:
        return None
    elapsed_s, counts = _seconds(_joined(bodies, "elapsed_us")), _ints(_joined(bodies, "completed_requests"))
    _ascending("progress", elapsed_s, counts)
    return Progress(elapsed_s, counts, float(bodies[0].get("resolution_s", 0.0)))


def iterations_out(passes: Iterations) -> Body:
    body: Body = {"start_us": _us(passes.start_s), "duration_us": _us(passes.duration_s)}
    body["batch"] = passes.batch.tolist()
    if passes.ramp_exits is not None:
        body["ramp_exits"] = passes.ramp_exits.tolist()
    if passes.members is not None:
        body["members"] = passes.members.tolist()
    if passes.kinds is not None:
        body["kind"] = passes.kinds.tolist()
    return body


def iterations_in(bodies: Sequence[Body]) -> Iterations | None:
    """All passes; the members of each are as many as its batch."""
    if not bodies:
        return None
    start_s, batch = _seconds(_joined(bodies, "start_us")), _ints(_joined(bodies, "batch"))
    _ascending("iterations", start_s, batch)
    exits = _ints(_joined(bodies, "ramp_exits")) if "ramp_exits" in bodies[0] else None
    members = _ints(_joined(bodies, "members")) if "members" in bodies[0] else None
    if members is not None and members.size != batch.sum():
        raise ValueError(f"{members.size} members for batches of {batch.sum()} in all")
    offsets = np.concatenate(([0], np.cumsum(batch))) if members is not None else None
    duration_s = _seconds(_joined(bodies, "duration_us"))
    kinds = _ints(_joined(bodies, "kind")) if "kind" in bodies[0] else None
    return Iterations(start_s, duration_s, batch, exits, offsets, members, kinds)


def counter_out(counter: Counter) -> Body:
    return {"at_us": _us(counter.at_s), "value": counter.value.tolist()}


def counter_in(body: Body) -> Counter:
    at_s, value = _seconds(body["at_us"]), np.array(body["value"], dtype=np.float64)
    _ascending(f"counter {body['name']!r}", at_s, value)
    return Counter(at_s, value, str(body.get("unit", "")))


def _ascending(what: str, at_s: FloatArray, values: NDArray[Any]) -> None:
    if at_s.size != values.size:
        raise ValueError(f"{what}: {at_s.size} times for {values.size} values")
    if at_s.size and not (np.isfinite(at_s).all() and (np.diff(at_s) >= 0).all()):
        raise ValueError(f"{what}: its times do not ascend")


def _joined(bodies: Iterable[Body], name: str) -> list[Any]:
    return list(chain.from_iterable(body[name] for body in bodies))


def _us(seconds: FloatArray) -> list[int | None]:
    known = np.isfinite(seconds)
    us = np.round(np.where(known, seconds, 0.0) * 1e6).astype(np.int64).tolist()
    return [each if there else None for each, there in zip(us, known.tolist(), strict=True)]


def _seconds(us: Sequence[int | None]) -> FloatArray:
    return np.asarray(np.array(us, dtype=np.float64) / 1e6, dtype=np.float64)


def _ints(values: Sequence[int]) -> IntArray:
    return np.array(values, dtype=np.int64)


VERSION = 1
FORMAT = f"run/{VERSION}"

Records = list[dict[str, Any]]

UPGRADES: dict[int, Callable[[Records], Records]] = {}
"""From version N to N + 1: takes the file's lines as JSON values, gives back the newer lines."""


def version_of(record: Any) -> int | None:
    """The version a header line names, or None where it is no header of a run."""
    name = record.get("format") if isinstance(record, dict) else None
    found = re.fullmatch(r"run/(\d+)", name) if isinstance(name, str) else None
    return int(found[1]) if found else None


def upgraded(records: Records) -> Records:
    """`records` as of VERSION. Raises ValueError for a file that is newer, or that has no header."""
    version = version_of(records[0]) if records else None
    if version is None:
        raise ValueError(f'its first line has no "format": "{FORMAT}"')
    if version > VERSION:
        raise ValueError(f"it is run/{version}, and this version reads up to {FORMAT}; update explainers")
    while version < VERSION:
        if version not in UPGRADES:
            raise ValueError(f"run/{version} is not known")
        records = UPGRADES[version](records)
        version += 1
    return records
