"""asciinema recordings, versions 1, 2 and 3, read into one shape.

A recorder without a terminal, as in CI, writes a size of 0: the size is then that of the first event that
resizes, or as large as what is written needs.

A v1 file is one JSON document whose times are delays; v2 and v3 are a JSON line each event, v2 with times
since the start, v3 with times since the event before. Sources: docs.asciinema.org/manual/asciicast.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from explainers.errors import Diagnostic, InvalidInput, Place, unhidden
from explainers.fonts import SUBSTITUTE
from explainers.inputs import MIB, read_bytes, read_once

CODE = "bad-cast"
MAX_BYTES = 64 * MIB
MOST_CELLS = 1000
_SIZE = re.compile(r"(\d+)x(\d+)")
_PLACES = re.compile(r"\x1b\[(\d*);?(\d*)[Hf]")
_LEAST, _WIDEST, _TALLEST, _FAR = (40, 6), 120, 24, 400
"""Of a terminal whose size is not known: columns and rows."""
REPLAYING = "explainers runs cast "
"""How the command begins that a replay of a log names as its own."""
_HEX = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class Colors:
    """A terminal's colours, `#RRGGBB`; `palette` has 16."""

    text: str
    ground: str
    palette: tuple[str, ...]


@dataclass(frozen=True)
class Event:
    """At `at_s` seconds the program wrote `data`, or (`resize`) the terminal became `data` = `COLSxROWS`."""

    at_s: float
    kind: Literal["output", "resize"]
    data: str


@dataclass(frozen=True)
class Cast:
    """A recording: its first size, its colours where it has some, its own idle limit, its events in order.

    `replayed` says that it was made from a log (`explainers runs cast`), and is no session.
    """

    path: Path
    columns: int
    rows: int
    events: tuple[Event, ...]
    colors: Colors | None = None
    idle_limit_s: float | None = None
    length_s: float = 0.0
    replayed: bool = False

    def sized(self, size: str | None) -> Cast:
        """The recording in a terminal that is `COLSxROWS` at first; as it says itself where that is None."""
        return self if size is None else replace(self, columns=_resized(size)[0], rows=_resized(size)[1])

    @property
    def largest(self) -> tuple[int, int]:
        """The most columns and the most rows it ever has."""
        sizes = [_resized(event.data) for event in self.events if event.kind == "resize"]
        columns, rows = zip((self.columns, self.rows), *sizes, strict=True)
        return max(columns), max(rows)

    def limited(self, limit_s: float | None) -> Cast:
        """The recording with no pause longer than `limit_s`; its own limit where that is None."""
        limit = limit_s if limit_s is not None else self.idle_limit_s
        if limit is None:
            return self
        events, at, before = [], 0.0, 0.0
        for event in self.events:
            at += min(limit, event.at_s - before)
            before = event.at_s
            events.append(Event(at, event.kind, event.data))
        length = at + min(limit, max(0.0, self.length_s - before))
        return replace(self, events=tuple(events), idle_limit_s=limit, length_s=length)


@read_once(16)
def read_cast(path: Path) -> Cast:
    """The recording in a file. InvalidInput names the file, the line and what is wrong there."""
    if not path.is_file():
        raise _wrong(path, 1, "is not there")
    try:
        text = read_bytes(path, path.name, MAX_BYTES).decode("utf-8")
    except UnicodeDecodeError as error:
        raise _wrong(path, 1, f"is no text: byte {error.start} is not UTF-8") from None
    if not text.strip():
        raise _wrong(path, 1, "is empty: it has no header; record it again")
    first, _, rest = text.partition("\n")
    header = _json(first)
    if isinstance(header, dict) and header.get("version") in (2, 3):
        return _measured(_lines(path, header, rest))
    whole = _json(text)
    if isinstance(whole, dict) and whole.get("version") == 1:
        return _measured(_version_1(path, whole))
    raise _wrong(path, 1, "is no asciinema cast of version 1, 2 or 3")


def _version_1(path: Path, whole: dict[str, Any]) -> Cast:
    columns, rows = _size(path, whole.get("width"), whole.get("height"))
    frames = whole.get("stdout")
    if not isinstance(frames, list):
        raise _wrong(path, 1, "has no list of frames in stdout")
    events, at = [], 0.0
    for number, frame in enumerate(frames, 1):
        what = f"frame {number} of stdout"
        if not isinstance(frame, list) or len(frame) != 2:
            raise _wrong(path, 1, f"has a wrong {what}: a delay and a text were expected")
        at += _time(path, 1, frame[0], what)
        events.append(Event(at, "output", _text(path, 1, frame[1], what)))
    duration = whole.get("duration")
    return Cast(
        path, columns, rows, tuple(events), length_s=max(at, duration if isinstance(duration, float) else at)
    )


def _lines(path: Path, header: dict[str, Any], rest: str) -> Cast:
    terminal = header.get("term") if header["version"] == 3 else None
    place = terminal if isinstance(terminal, dict) else header
    width, height = ("cols", "rows") if header["version"] == 3 else ("width", "height")
    columns, rows = _size(path, place.get(width), place.get(height))
    events = tuple(_events(path, rest, relative=header["version"] == 3))
    limit = header.get("idle_time_limit")
    limit = float(limit) if isinstance(limit, (int, float)) and limit > 0 else None
    colors = _colors(path, place.get("theme"))
    stated = header.get("duration")
    length = _time(path, 1, stated, "duration") if stated is not None else 0.0
    length = max(length, events[-1].at_s if events else 0.0)
    replayed = str(header.get("command", "")).startswith(REPLAYING)
    return Cast(path, columns, rows, events, colors, limit, length, replayed)


def _events(path: Path, rest: str, relative: bool) -> Iterator[Event]:
    at = 0.0
    lines = rest.split("\n")
    for number, line in enumerate(lines, 2):
        if not line.strip() or line.startswith("#"):
            continue
        event = _json(line)
        what = "event"
        if not isinstance(event, list):
            cut = number - 1 == len(lines) and not rest.endswith("\n")
            raise _wrong(path, number, "is cut short in the middle of an event" if cut else "is no event")
        if len(event) != 3 or not isinstance(event[1], str):
            raise _wrong(path, number, "is no event: a time, a code and a text were expected")
        seconds = _time(path, number, event[0], what)
        # A clock that was set back while recording must not run backwards in the film.
        at = at + seconds if relative else max(at, seconds)
        data = _text(path, number, event[2], what)
        if event[1] == "o":
            yield Event(at, "output", data)
        elif event[1] == "r":
            match = _SIZE.fullmatch(data)
            if not match or not all(0 <= int(side) <= MOST_CELLS for side in match.groups()):
                raise _wrong(path, number, f"resizes to {data!r}; columns x rows from 1 to {MOST_CELLS}")
            # A terminal that nobody looks at has no size for a while; nothing is drawn anew for it.
            if all(int(side) for side in match.groups()):
                yield Event(at, "resize", data)


def _resized(data: str) -> tuple[int, int]:
    columns, rows = data.split("x")
    return int(columns), int(rows)


def _size(path: Path, columns: Any, rows: Any) -> tuple[int, int]:
    for name, side in (("columns", columns), ("rows", rows)):
        if not isinstance(side, int) or isinstance(side, bool) or not 0 <= side <= MOST_CELLS:
            raise _wrong(path, 1, f"says {side!r} {name}; from 1 to {MOST_CELLS} were expected")
    return columns, rows


def _measured(cast: Cast) -> Cast:
    """The recording with a size, where it says 0: that of its first resize, or what is written needs."""
    if cast.columns and cast.rows:
        return cast
    first = next((event.data for event in cast.events if event.kind == "resize"), None)
    columns, rows = _resized(first) if first else _needed(cast)
    return replace(cast, columns=cast.columns or columns, rows=cast.rows or rows)


def _needed(cast: Cast) -> tuple[int, int]:
    """Columns and rows that hold what a program wrote: places that it names, else its text."""
    from explainers.footage.screen import Screen
    from explainers.footage.stream import Stream

    written = "".join(event.data for event in cast.events if event.kind == "output")
    named = [(int(row or 1), int(column or 1)) for row, column in _PLACES.findall(written)]
    # Places far outside are how a program finds out where the edge is.
    down = max((row for row, _ in named if row <= _FAR), default=0)
    right = max((column for _, column in named if column <= _FAR), default=0)
    screen = Screen(max(_WIDEST, right), max(_TALLEST, down))
    stream = Stream(screen)
    columns, rows = max(_LEAST[0], right), max(_LEAST[1], down)
    for event in cast.events:
        stream.feed(event.data)
        for y in screen.dirty:
            text = "".join(cell.text or " " for cell in screen.lines[y]).rstrip()
            columns, rows = max(columns, len(text) + 1), max(rows, y + 1 if text else 0)
        rows = max(rows, screen.y + 1)
        screen.dirty.clear()
    return min(columns, screen.columns), min(rows, screen.rows)


def _time(path: Path, line: int, value: Any, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e7:
        raise _wrong(path, line, f"has a wrong time {value!r} in {what}; seconds from 0 up were expected")
    return float(value)


def _text(path: Path, line: int, value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise _wrong(path, line, f"has no text in {what}")
    # Words can't hide in a film: what no terminal would show is a box.
    return unhidden(value, SUBSTITUTE)


def _colors(path: Path, theme: Any) -> Colors | None:
    if not theme:
        return None
    text, ground, palette = (theme.get(name, "") for name in ("fg", "bg", "palette"))
    hues = [hue for hue in str(palette).split(":") if hue]
    if not all(_HEX.fullmatch(str(hue)) for hue in (text, ground, *hues)) or len(hues) not in (8, 16):
        raise _wrong(path, 1, "has a wrong theme: fg, bg and 8 or 16 colours such as #1e78e4 were expected")
    return Colors(text, ground, tuple(hues * 2 if len(hues) == 8 else hues))


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _wrong(path: Path, line: int, what: str) -> InvalidInput:
    return InvalidInput([Diagnostic(CODE, f"{path.name}, line {line}: {what}", Place(str(path), line, 1))])
