"""What log readers work with: a log's text, JSON and CSV, each parsed once, and the arrays of a run."""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import isfinite, nan
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from explainers.digest import digest_bytes, digest_file
from explainers.errors import Diagnostic, InvalidInput, counted
from explainers.inputs import MIB, BadCsv, csv_rows
from explainers.runs.format import text_of
from explainers.runs.model import FloatArray, Provenance, Requests, Run, Tokens, Totals

Read = TypeVar("Read", bound=Callable[..., Any])

MOST_TOKENS = 10_000_000
"""Of one request: a length above it is no length, and would only fill the memory."""
PARSED_BYTES = {",": 70, "[": 70, "{": 250, "\n": 250}
"""What a value, a list, an object and a row take in memory at least once they are parsed."""
MOST_PARSED_BYTES = 400 * MIB


class Refused(Exception):
    """The log is of another format; the message says what is missing."""


@dataclass(frozen=True)
class Reader:
    """A log format, as messages name it, and the function that reads it."""

    format: str
    read: Callable[[Source], Run]


_DECODER = json.JSONDecoder()
READERS: dict[str, Reader] = {}
"""Every reader of the modules that are loaded, by its function's name; see `runs.load.readers`."""


def reader(name: str) -> Callable[[Read], Read]:
    """Marks the function that reads the log format called `name`."""

    def marked(read: Read) -> Read:
        READERS[read.__name__] = Reader(name, read)
        return read

    return marked


class Source:
    """A file or folder to read. `part` (from 1) is the result wanted where several were appended."""

    def __init__(self, path: Path, part: int | None = None):
        self.path = path
        self.part = part

    @cached_property
    def text(self) -> str:
        """The whole text; empty for a folder. Raises InvalidInput where it can't be read."""
        if self.path.is_dir():
            return ""
        try:
            text = text_of(self.path)
        except (OSError, EOFError) as error:
            raise InvalidInput([Diagnostic("unreadable", f"{self.path} can't be read: {error}")]) from error
        parsed = sum(text.count(mark) * size for mark, size in PARSED_BYTES.items())
        if parsed > MOST_PARSED_BYTES:
            most = MOST_PARSED_BYTES // MIB
            message = f"{self.path} would take {parsed // MIB:,} MiB of memory, more than {most}"
            raise InvalidInput([Diagnostic("too-large", message)])
        return text

    @cached_property
    def sha256(self) -> str:
        """Of the file, or, for a folder, of its files' names and contents."""
        if self.path.is_file():
            return digest_file(self.path)
        files = sorted(each for each in self.path.rglob("*") if each.is_file())
        lines = [f"{digest_file(each)}  {each.relative_to(self.path).as_posix()}\n" for each in files]
        return digest_bytes("".join(lines).encode())

    def provenance(self, system: str, **more: Any) -> Provenance:
        """The provenance of a run by `system`, from this log."""
        return Provenance(system=system, source=self.path.name, sha256=self.sha256, **more)

    @cached_property
    def json(self) -> Any:
        """The one JSON value in the file, or None where the file isn't one."""
        if self.text.lstrip()[:1] not in ("{", "["):
            return None
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError):
            return None

    @cached_property
    def objects(self) -> list[dict[str, Any]]:
        """JSON objects of the file: the one it is, those of the list it is, one a line, or one behind
        another."""
        if isinstance(self.json, dict):
            return [self.json]
        if isinstance(self.json, list) and all(isinstance(each, dict) for each in self.json):
            return self.json
        return self._objects_and_rest[0]

    @cached_property
    def objects_cut(self) -> bool:
        """Whether something that is not a JSON object follows the objects: a cut line, or other text."""
        return self.json is None and bool(self.objects) and self._objects_and_rest[1]

    @cached_property
    def _objects_and_rest(self) -> tuple[list[dict[str, Any]], bool]:
        found = list[dict[str, Any]]()
        text, at = self.text, 0
        while at < len(text):
            if text[at].isspace():
                at += 1
                continue
            try:
                value, at = _DECODER.raw_decode(text, at)
            except (ValueError, RecursionError):
                return found, True
            if not isinstance(value, dict):
                return found, True
            found.append(value)
        return found, False

    def chosen(self, results: list[dict[str, Any]]) -> tuple[dict[str, Any], tuple[str, ...]]:
        """The result that `part` names, else the last, with a caveat where there were several."""
        count = len(results)
        if self.part is not None and not 1 <= self.part <= count:
            message = f"part {self.part} of {self.path.name}: it holds {counted(count, 'result')}"
            raise InvalidInput([Diagnostic("no-such-part", message)])
        number = self.part or count
        return results[number - 1], (f"result {number} of {count} in the file",) if count > 1 else ()

    @cached_property
    def csv_header(self) -> tuple[str, ...]:
        """First row's cells, lower case and stripped, where the text looks like CSV; else empty."""
        first = self.text.lstrip()[:20_000].partition("\n")[0]
        if not first or first[0] in "{[" or "," not in first:
            return ()
        try:
            return tuple(cell.strip().lower() for _, cells in csv_rows(first, exact=True) for cell in cells)
        except BadCsv:
            return ()

    @cached_property
    def csv_rows(self) -> list[dict[str, str]]:
        """Rows by lower-case column name; a row that is too short (a cut file's last) is left out."""
        width = len(self.csv_header)
        return [dict(zip(self.csv_header, row, strict=False)) for row in self._cells if len(row) >= width]

    @cached_property
    def csv_cut(self) -> bool:
        """Whether a row has fewer cells than the header."""
        return len(self.csv_rows) < len(self._cells)

    @cached_property
    def _cells(self) -> list[list[str]]:
        try:
            return [cells for _, cells in csv_rows(self.text.lstrip(), exact=True) if cells][1:]
        except BadCsv as error:
            raise InvalidInput([Diagnostic("bad-csv", f"{self.path.name}: {error}")]) from error


def number(value: Any) -> float | None:
    """`value` as a number that sums stay finite with; None where it is empty, a word or not a number."""
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if abs(found) < 1e30 else None


def whole(value: Any) -> int | None:
    """`value` as a whole number, or None."""
    found = number(value)
    return round(found) if found is not None else None


@dataclass
class LoggedRequest:
    """A request as a log has it; times in seconds on the log's own clock, NaN where unknown."""

    id: str
    arrival_s: float = nan
    start_s: float = nan
    first_token_s: float = nan
    finish_s: float = nan
    prompt_tokens: int = -1
    output_tokens: int = -1
    error: str | None = None
    text: str | None = None
    token_s: Sequence[float] | FloatArray | None = None
    exit_layers: Sequence[int] | None = None
    pieces: Sequence[str] | None = None


def clock_s(written: str) -> float:
    """Seconds of a progress bar's clock, such as `1:02:03`."""
    total = 0
    for part in written.split(":"):
        total = total * 60 + int(part)
    return float(total)


def clock_times(values: Sequence[float] | FloatArray, span_s: float | None = None) -> FloatArray:
    """Moments on a log's own clock; NaN for those that it can't show.

    Negative ones are placeholders, and so is 0 where the next moment is more than `span_s` (the run's length;
    else a day) away.
    """
    at_s = np.array(values, dtype=np.float64)
    at_s[~np.isfinite(at_s) | (at_s < 0)] = nan
    real = at_s[at_s > 0]
    if real.size and real.min() > (span_s or 86_400.0):
        at_s[at_s == 0] = nan
    return at_s


def first_ns(stamps: Iterable[int]) -> int:
    """The first of `stamps`, nanoseconds of one clock; 0 without any. One a day before the rest is none."""
    real = sorted(each for each in stamps if each > 0)
    return next((each for each in real if real[len(real) // 2] - each < 86_400 * 10**9), 0)


def assembled(
    rows: Sequence[LoggedRequest], zero_s: float | None = None, span_s: float | None = None
) -> tuple[Requests, Tokens | None]:
    """Arrays of `rows`, with the first arrival (or `zero_s`) at 0. `span_s` is the run's length, where known.

    Tokens are there where any request has token times; text, errors and start times likewise.
    """
    zero = zero_s
    if zero is None:
        arrivals = clock_times([row.arrival_s for row in rows], span_s).tolist()
        for row, at_s in zip(rows, arrivals, strict=True):
            row.arrival_s = at_s
        zero = min(filter(isfinite, arrivals), default=0.0)

    def times(name: str) -> FloatArray:
        return np.array([getattr(row, name) for row in rows], dtype=np.float64) - zero

    starts = times("start_s")
    requests = Requests(
        ids=tuple(row.id for row in rows),
        arrival_s=times("arrival_s"),
        first_token_s=times("first_token_s"),
        finish_s=times("finish_s"),
        prompt_tokens=np.array([row.prompt_tokens for row in rows], dtype=np.int64),
        output_tokens=np.array([row.output_tokens for row in rows], dtype=np.int64),
        start_s=starts if np.isfinite(starts).any() else None,
        errors=tuple(row.error for row in rows) if any(row.error for row in rows) else None,
        texts=tuple(row.text for row in rows) if any(row.text for row in rows) else None,
    )
    return requests, _tokens(rows, zero)


def _tokens(rows: Sequence[LoggedRequest], zero: float) -> Tokens | None:
    if not any(row.token_s is not None and len(row.token_s) for row in rows):
        return None
    each = [np.asarray(row.token_s if row.token_s is not None else (), dtype=np.float64) for row in rows]
    offsets = np.concatenate(([0], np.cumsum([times.size for times in each])))
    layers = pieces = None
    if any(row.exit_layers is not None for row in rows):
        layers = np.concatenate([_ints(row.exit_layers, t.size) for row, t in zip(rows, each, strict=True)])
    if any(row.pieces is not None for row in rows):
        pieces = tuple(
            piece
            for row, times in zip(rows, each, strict=True)
            for piece in (row.pieces if row.pieces is not None else [""] * times.size)
        )
    return Tokens(offsets.astype(np.int64), np.concatenate(each) - zero, layers, pieces)


def _ints(values: Sequence[int] | None, count: int) -> np.ndarray:
    return np.asarray(values, dtype=np.int64) if values is not None else np.zeros(count, dtype=np.int64)


def spread_tokens(chunk_s: Sequence[float] | FloatArray, tokens: int) -> FloatArray:
    """Times of `tokens` tokens that came in chunks at `chunk_s`: as even a number a chunk as can be.

    The first token is in the first chunk and the last in the last. Shape (tokens,). Raises ValueError for
    more than MOST_TOKENS.
    """
    chunks = np.asarray(chunk_s, dtype=np.float64)
    if tokens <= 0 or not chunks.size:
        return np.zeros(0)
    if tokens > MOST_TOKENS:
        raise ValueError(f"{tokens:,} output tokens of one request, more than {MOST_TOKENS:,}")
    if tokens == 1:
        return chunks[:1]
    at = (np.arange(tokens) * (chunks.size - 1)) // (tokens - 1)
    return np.asarray(chunks[at], dtype=np.float64)


def even_tokens(first_s: float, last_s: float, tokens: int) -> FloatArray:
    """Times of `tokens` tokens from `first_s` to `last_s` at an even pace; shape (tokens,)."""
    return first_s + (last_s - first_s) * spread_tokens(
        np.linspace(0.0, 1.0, min(tokens, MOST_TOKENS)), tokens
    )


def placed_starts(latency_s: Sequence[float], slots: int, every_s: float = 0.0) -> FloatArray:
    """Starts of requests sent in order, `every_s` apart, each when one of `slots` is free; the first at 0."""
    free = [0.0] * max(1, slots)
    starts = np.zeros(len(latency_s))
    for index, latency in enumerate(latency_s):
        starts[index] = max(heapq.heappop(free), index * every_s)
        heapq.heappush(free, starts[index] + (latency if isfinite(latency) else 0.0))
    return starts


def totals_of(requests: Requests, stated: Totals, tokens: Tokens | None = None) -> Totals:
    """`stated`, with the counts it lacks counted from the requests; it ends with a finish or token."""
    # What a failed request wrote before it failed counts; that it wrote nothing says nothing of the others.
    known = requests.output_tokens[(requests.output_tokens > 0) | ~requests.ok]
    written = int(known[known > 0].sum()) if known.size == len(requests) else None
    ends = np.concatenate((requests.finish_s, tokens.at_s if tokens is not None else ()))
    finishes = ends[np.isfinite(ends)]
    total_time_s = stated.total_time_s
    if total_time_s is None and finishes.size:
        total_time_s = float(finishes.max())
    output_tokens = stated.output_tokens if stated.output_tokens is not None else written
    throughput = stated.throughput_tok_s
    if throughput is None and output_tokens is not None and total_time_s:
        throughput = output_tokens / total_time_s
    return replace(
        stated,
        total_time_s=total_time_s,
        requests=stated.requests if stated.requests is not None else len(requests),
        output_tokens=output_tokens,
        throughput_tok_s=throughput,
    )
