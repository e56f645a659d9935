"""A log's own lines at their own times, as a terminal recording (asciinema, version 2). Nothing is invented.

A line's time is what it prints: a progress bar its elapsed time, any other line the date and time, the time
of day or the seconds that it begins with. A line that prints none comes with the line before it. Every
progress bar counts from its own start, which is put where the lines around it allow it, to the second that
they print. Of a run with a progress timeline there is one bar a count, without what the run does not hold:
the words before the bar, its rate and the time left.

The recording begins with the first line that has a time of day, or at 0 of the clock of the bars.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from explainers.errors import Diagnostic, InvalidInput, Place, UsageError
from explainers.runs.format import text_of
from explainers.runs.load import is_run_file, load_run, run_path
from explainers.runs.model import Run
from explainers.runs.reading import clock_s

BAR = re.compile(r"\[((?:\d+:)+\d\d)(?:<[^\]\r\n]*|, *[^\]\r\n]*)?\]")
"""A progress bar's clock; a bar ends where its clock is followed by the next line or the next bar."""
_SHOWN = re.compile(r"(\d+)%\|[^|\r\n]*\||\d[\d.,]*[kMG]?(?:it|B)? $")
"""What stands before a bar's clock: a percentage with its bar, or a count."""
_CLOCK = r"(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d):(?P<second>[0-5]\d(?:[.,]\d+)?|60)"
_PREFIX = r"(?:\([^)]*\) )?(?:\[[\w ]+\]:? ?)?(?:[A-Z]+:? +)?\[?(?:[IWEF]\d{3,4} )?"
_DATE = r"(?:(?:(?P<year>\d{4})[-/])?(?P<month>\d\d)[-/](?P<day>\d\d)[T ])?"
STAMP = re.compile(rf"{_PREFIX}{_DATE}{_CLOCK}(?!\d)")
"""A time of day where a line begins, behind the process, the level and the date that loggers write there."""
SECONDS = re.compile(r"\[ *(\d+(?:\.\d+)?) ?s?\]|(?:t|time|elapsed)[=:] ?(\d+(?:\.\d+)?) ?s\b")
"""Seconds since the start, in brackets or by name, where a line begins."""
_STYLES = re.compile(r"\x1b\[[0-9;:]*m")
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-_])?")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]")
DAY_S = 86400.0
BACK_S = 60.0
"""How far a log's clock may fall back, where several processes write to it; a longer way is a mistake."""
MOST_S = 1e7
"""Of a recording: no run that is replayed lasts longer."""
MOST_SHOWN = 400
"""Letters of a bar before its clock."""
LEAST_COLUMNS, MOST_COLUMNS, ROWS = 40, 120, 24
BAR_COLUMNS = 10
"""The width of tqdm's bar where it doesn't know the terminal's."""
BLOCKS = " ▏▎▍▌▋▊▉█"
EXPECTED = (
    "progress bars with their elapsed time, such as `18/100 [00:18<01:04, 1.28it/s]`, lines that begin with "
    "a date and time, a time of day or seconds, such as `[12.5]`, or a run with a progress timeline"
)


@dataclass(frozen=True)
class Line:
    """A line of a log at `at_s` seconds of its replay; `bar` names the progress bar that it is a state of."""

    at_s: float
    text: str
    bar: str | None = None


@dataclass(frozen=True)
class Replay:
    """The lines of the log `file` in order, and how long it ran, in seconds."""

    file: str
    title: str
    lines: tuple[Line, ...]
    length_s: float


def replay(path: Path, only_bars: bool = False, columns: int | None = None) -> Replay:
    """The log or run at `path`; `only_bars` leaves out every other line, and the clock is then the bars' own.

    A run's bars are as wide as `columns` allow. InvalidInput, saying what was expected, where no line has a
    time.
    """
    path = run_path(path)
    if path.is_file() and not is_run_file(path):
        lines = log_lines(path, text_of(path), only_bars)
        if lines:
            return Replay(path.name, path.name, tuple(lines), lines[-1].at_s)
    try:
        run = load_run(path)
    except InvalidInput as error:
        if path.is_file() and error.problems[0].code == "unknown-log":
            raise InvalidInput([_untimed(path)]) from None
        raise
    if run.progress is None or not run.progress.elapsed_s.size:
        raise InvalidInput([_untimed(path)])
    return Replay(path.name, run.label or path.name, tuple(bars_of(run, columns)), run.end_s)


def _untimed(path: Path) -> Diagnostic:
    message = f"{path.name} has no line with a time, so that it can't be replayed"
    return Diagnostic("no-line-times", message, Place(str(path), 1, 1), expected=EXPECTED)


# -- a run's progress --------------------------------------------------------------------------


def bars_of(run: Run, columns: int | None = None) -> Iterator[Line]:
    """A progress bar for every count of the run's timeline, at the moment that the run gives it."""
    assert run.progress is not None
    total = run.request_count
    around = len(bar(total or 0, total, float(run.progress.elapsed_s[-1]), 0))
    # The cursor has a column of its own behind the longest bar.
    width = BAR_COLUMNS if columns is None else max(1, columns - 1 - around)
    for at_s, count in zip(run.progress.elapsed_s, run.progress.completed_requests, strict=True):
        yield Line(float(at_s), bar(int(count), total, float(at_s), width), "progress")


def bar(count: int, total: int | None, at_s: float, width: int = BAR_COLUMNS) -> str:
    """A bar of `width` characters as tqdm prints it; a count alone where the total is not known."""
    minutes, seconds = divmod(int(at_s), 60)
    hours, minutes = divmod(minutes, 60)
    clock = f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes:02d}:{seconds:02d}"
    if not total:
        return f"{count}it [{clock}]"
    share = min(1.0, count / total)
    whole, part = divmod(int(share * width * 8), 8)
    filled = "█" * whole + (BLOCKS[part] if whole < width else "")
    return f"{share * 100:3.0f}%|{filled.ljust(width)}| {count}/{total} [{clock}]"


# -- a log's own lines -------------------------------------------------------------------------


@dataclass
class _Written:
    """A line of a log: where it stands, and what it prints of its time."""

    number: int
    text: str
    day: tuple[int, int, int] | None = None
    clock_s: float | None = None
    elapsed_s: float | None = None
    bar: str | None = None


def log_lines(path: Path, text: str, only_bars: bool = False) -> list[Line]:
    """The lines of a log with their times; none where no line has one. InvalidInput where times fall back."""
    written = [line for line in _written(text) if line.bar is not None or not only_bars]
    if not any(line.clock_s is not None or line.elapsed_s is not None for line in written):
        return []
    _on_one_clock(written)
    starts = _starts(written)
    found: list[Line] = []
    at = 0.0
    for line in written:
        now = line.clock_s
        if line.bar is not None and line.elapsed_s is not None:
            now = starts[line.bar] + line.elapsed_s
        if now is not None:
            if now < at - BACK_S:
                raise _strange(path, line, f"is {at - now:,.0f} s before that of a line above it")
            if now > MOST_S:
                raise _strange(path, line, f"is {now / DAY_S:,.0f} days behind the log's beginning")
            at = max(at, now)
        found.append(Line(at, line.text, line.bar))
    return found


def _strange(path: Path, line: _Written, what: str) -> InvalidInput:
    place, expected = Place(str(path), line.number, 1), "the lines of one run, in the order of their times"
    message = f"the time of line {line.number} {what}"
    return InvalidInput([Diagnostic("strange-time", message, place, line.text, len(line.text), expected)])


def _written(text: str) -> Iterator[_Written]:
    """The lines as a program wrote them: bars that follow one another, however separated, are lines each."""
    for number, physical in enumerate(text.split("\n"), 1):
        for piece in physical.split("\r"):
            for part in _pieces(_plain(piece)):
                if _STYLES.sub("", part).strip():
                    yield _timed(number, part.rstrip())


def _plain(text: str) -> str:
    """The text with its colours and without what else moves a terminal's cursor."""
    kept = _ESCAPES.sub(lambda match: match[0] if _STYLES.fullmatch(match[0]) else "", text)
    return _CONTROLS.sub("", kept).expandtabs(8)


def _pieces(text: str) -> Iterator[str]:
    """The text, cut behind each bar that is in it."""
    begin = 0
    for clock in BAR.finditer(text):
        if _shown(text, begin, clock):
            yield text[begin : clock.end()]
            begin = clock.end()
    yield text[begin:]


def _shown(text: str, begin: int, clock: re.Match[str]) -> re.Match[str] | None:
    """What a bar shows before its clock; None where the clock is no bar's."""
    return _SHOWN.search(text, max(begin, clock.start() - MOST_SHOWN), clock.start())


def _timed(number: int, text: str) -> _Written:
    line, plain = _Written(number, text), _STYLES.sub("", text)
    clocks = list(BAR.finditer(plain))
    if clocks and (shown := _shown(plain, 0, clocks[-1])):
        line.elapsed_s = clock_s(clocks[-1][1])
        # A bar is told from another by its words, and by how many it counts to.
        total = re.search(r"/\d[\d.,]*[kMG]?", plain[shown.start() : clocks[-1].start()])
        line.bar = plain[: shown.start()].strip() + (total[0] if total else "")
    elif match := STAMP.match(plain):
        seconds = float(match["second"].replace(",", "."))
        line.clock_s = int(match["hour"]) * 3600 + int(match["minute"]) * 60 + seconds
        if match["month"] is not None:
            line.day = int(match["year"] or 0), int(match["month"]), int(match["day"])
    elif match := SECONDS.match(plain):
        line.elapsed_s = float(match[1] or match[2])
    return line


def _on_one_clock(written: Sequence[_Written]) -> None:
    """Times of day become seconds since the first of them; midnight and a new day go on counting.

    Seconds that lines print are their clock where no line has a time of day: there they have another zero.
    """
    timed = [line for line in written if line.clock_s is not None]
    for line in () if timed else written:
        line.clock_s = line.elapsed_s if line.bar is None else None
    days = [line.day for line in timed if line.day is not None]
    # A year that no line has is one in which all of its days are.
    year = next(
        (each[0] for each in days if each[0]), 2000 if any(each[1:] == (2, 29) for each in days) else 2001
    )
    today, before, first = date.min, 0.0, None
    for line in timed:
        assert line.clock_s is not None
        if line.day is not None and (named := _date(line.day, year)) is not None:
            if not line.day[0] and (today - named).days > 300:
                named = _date(line.day, year + 1) or named
            today, year = named, named.year
        elif line.clock_s < before - DAY_S / 2:
            today += timedelta(1)
        before, at_s = line.clock_s, line.clock_s + today.toordinal() * DAY_S
        first = at_s if first is None else first
        line.clock_s = at_s - first


def _date(day: tuple[int, int, int], year: int) -> date | None:
    """The date of year (0 where it is not written), month and day; None where there is no such day."""
    try:
        return date(day[0] or year, *day[1:])
    except ValueError:
        return None


def _starts(written: Sequence[_Written]) -> dict[str, float]:
    """Where each bar's own clock begins on the log's.

    A line between two of its states says when it began at the latest, to the second; a line before it when at
    the earliest. Where none has a time, it begins where the log has come to.
    """
    starts: dict[str, float] = {}
    latest: dict[str, float] = {}
    between: dict[str, float] = {}
    known: set[str] = set()
    clock: float | None = None
    reached = 0.0
    for line in written:
        if line.bar is not None and line.elapsed_s is not None:
            name, elapsed = line.bar, line.elapsed_s
            latest[name] = elapsed
            if name in between:
                most = between.pop(name)
                starts[name] = min(starts[name], most) if name in known else most
                known.add(name)
            elif name not in starts:
                starts[name] = max(0.0, reached - elapsed) if clock is None else clock - elapsed
            elif name not in known and clock is not None:
                starts[name] = max(starts[name], clock - elapsed)
            reached = max(reached, starts[name] + elapsed)
        elif line.clock_s is not None:
            clock = line.clock_s
            reached = max(reached, clock)
            for name, elapsed in latest.items():
                between[name] = min(between.get(name, clock - elapsed), clock - elapsed)
    return starts


# -- the recording -----------------------------------------------------------------------------


def cast_text(
    found: Replay,
    title: str | None = None,
    size: tuple[int, int] | None = None,
    in_place: bool = False,
    keep: int = 100,
) -> str:
    """The recording: a header with size and title, and an event a line. The same lines give the same bytes.

    `size` is columns and rows. With `in_place` a state of a bar takes the place of the one before, as at a
    terminal, but for the first of every `keep` per cent, which stays; else it has a line of its own, as in
    the log.
    """
    columns, rows = size or (_columns(found.lines), ROWS)
    header = {"version": 2, "width": columns, "height": rows, "duration": round(found.length_s, 6)}
    command = f"explainers runs cast {found.file}"
    records: list[object] = [{**header, "command": command, "title": title or found.title}]
    before: Line | None = None
    stays, parts = False, dict[str, int]()
    for line in found.lines:
        again = (
            in_place and before is not None and line.bar is not None and line.bar == before.bar and not stays
        )
        head = "\r\x1b[2K" if again else "\r\n" if before is not None else ""
        records.append([round(line.at_s, 6), "o", head + line.text])
        percent = _SHOWN.search(line.text) if line.bar is not None and keep < 100 else None
        part = int(percent[1]) // keep if percent and percent[1] else -1
        stays, before = part > parts.get(line.bar or "", -1), line
        parts[line.bar or ""] = part
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def _columns(lines: Sequence[Line]) -> int:
    """Columns that hold the longest line, from 40 to 120."""
    widest = max((columns_of(line.text) for line in lines), default=0)
    return min(MOST_COLUMNS, max(LEAST_COLUMNS, widest + 1))


def columns_of(text: str) -> int:
    """How many columns of a terminal a line takes."""
    letters = unicodedata.normalize("NFC", _STYLES.sub("", text))
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in letters
    )


def size_of(written: str) -> tuple[int, int]:
    """Columns and rows of `80x24`; UsageError otherwise."""
    columns, _, rows = written.partition("x")
    if not all(side.isdecimal() and 1 <= int(side) <= 1000 for side in (columns, rows)):
        raise UsageError(f"--size is columns x rows, such as 80x24, not {written!r}")
    return int(columns), int(rows)
