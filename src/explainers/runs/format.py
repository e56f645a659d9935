"""`run/1`: a run as JSON Lines, a header and then packed columns. See docs/runs.md.

JSON Lines because a run is then read, searched and compared with the tools at hand and needs no
library. Columns rather than objects, and token times as whole microseconds since the token before, so
that a million of them parse in a fraction of a second.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from explainers.errors import Diagnostic, InvalidInput, Place
from explainers.inputs import MIB, read_bytes, unzipped
from explainers.runs import columns
from explainers.runs.model import CUT_SHORT, Counter, Provenance, Run, Totals
from explainers.runs.upgrade import FORMAT, upgraded

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
        yield {"progress": columns.progress_out(run.progress)}
    if run.requests is not None:
        for first in range(0, len(run.requests), CHUNK_REQUESTS):
            last = min(first + CHUNK_REQUESTS, len(run.requests))
            yield {"requests": columns.requests_out(run.requests, first, last)}
            if run.tokens is not None:
                yield {"tokens": columns.tokens_out(run.tokens, first, last)}
    if run.iterations is not None:
        yield {"iterations": columns.iterations_out(run.iterations)}
    for name, counter in sorted(run.counters.items()):
        yield {"counter": {"name": name, "unit": counter.unit} | columns.counter_out(counter)}


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
    requests = columns.requests_in(by_name.get("requests", []))
    tokens = columns.tokens_in(by_name.get("tokens", []), len(requests) if requests else 0)
    caveats = tuple(str(caveat) for caveat in header.get("caveats", ()))
    fewer = (len(requests) if requests else 0) < int(header.get("requests", 0))
    if (cut or fewer) and CUT_SHORT not in caveats:
        caveats = (*caveats, CUT_SHORT)
    return Run(
        provenance=Provenance(**_known(Provenance, header["provenance"])),
        totals=Totals(**_known(Totals, header["totals"])),
        caveats=caveats,
        progress=columns.progress_in(by_name.get("progress", [])),
        requests=requests,
        tokens=tokens,
        iterations=columns.iterations_in(by_name.get("iterations", [])),
        counters={str(body["name"]): _counter(body) for body in by_name.get("counter", [])},
    )


def _counter(body: dict[str, Any]) -> Counter:
    return columns.counter_in(body)


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
