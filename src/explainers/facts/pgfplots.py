r"""The numbers in PGFPlots sources: coordinates and inline tables of `\addplot`, a figure a table.

An `axis` is a figure. It is called by the first label in it or behind it (`fig:latency`), else by its place
among the axes of the file (`1`). Comments are no source. What is computed by TeX (expressions, `\foreach`)
or lies in other files is not there, and what only looks like a number is an error with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from explainers.facts.cells import Raw

_AXIS = re.compile(r"\\begin\s*\{((?:semilog[xy]|loglog)?axis|groupplot|polaraxis|ternaryaxis)\}")
_PLOT = re.compile(r"\\(?:addplot3?\s*\+?|addlegendentry|legend)(?![A-Za-z])")
_NEXT = re.compile(r"\\nextgroupplot(?![A-Za-z])")
_SPACE = re.compile(r"\s*")
_SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "ampersand": "&", "&": "&"}
_LABEL = re.compile(r"\\label\s*\{([^{}]+)\}")
_POINT = re.compile(
    r"\(\s*(?P<x>[^(),]+?)\s*,\s*(?P<y>[^(),]+?)\s*\)(?:\s*\+-\s*\(\s*(?P<ex>[^(),]+?)\s*,\s*(?P<ey>[^(),]+?)\s*\))?"
    r"(?:\s*\[(?P<meta>[^\]]*)\])?"
)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_MARKUP = re.compile(
    r"\\(?:textbf|textit|texttt|textsc|textrm|emph|mathrm|text|small|footnotesize|bf|it)\b|[{}$~\\]"
)


class BadPlot(ValueError):
    """A plot that can't be read, at a line and column of the file."""

    def __init__(self, message: str, text: str, at: int, expected: str | None = None):
        self.line, self.column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
        self.expected = expected
        super().__init__(message)


@dataclass(frozen=True)
class Figure:
    """A figure's points: rows of cells under `columns`, which are `series`, `x`, `y` and what else they
    have. `titles` are those of its axes in plain words, where it says both, `logs` its logarithmic axes."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Raw, ...], ...]
    titles: tuple[str, str] | None = None
    logs: str = ""


Point = dict[str, Raw]


def figures(source: str) -> list[Figure]:
    """The figures of a TeX source that have points; BadPlot for one that can't be read."""
    # A comment keeps its length, so that places stay those of the file.
    text = re.sub(r"(?<!\\)(?:\\\\)*%[^\n]*", lambda match: _hidden(match[0]), source)
    found, panels = list[Figure](), list(_panels(text))
    for index, (start, end) in enumerate(panels):
        following = panels[index + 1][0] if index + 1 < len(panels) else len(text)
        points = _named(list(_plots(text, start, end)))
        columns = tuple(dict.fromkeys(("series", "x", "y", *(name for point in points for name in point))))
        rows = tuple(tuple(point.get(name) for name in columns) for point in points)
        if rows:
            label = _LABEL.search(text, start, following)
            name = label[1].strip() if label else ""
            taken = not name or any(name == one.name for one in found)
            called = str(index + 1) if taken else name
            found.append(Figure(called, columns, rows, *_axes(text, start, end)))
    return found


def _axes(text: str, start: int, end: int) -> tuple[tuple[str, str] | None, str]:
    """The titles of a figure's axes, and which are logarithmic, by its environment and its options."""
    plot = _PLOT.search(text, start, end)
    options = text[start : plot.start() if plot else end]
    said = [re.search(rf"\b{name}label\s*=\s*(?:\{{([^{{}}]*)\}}|([^,\]\n]*))", options) for name in "xy"]
    words = [
        re.sub(r"[\\${}]", "", (one[1] or one[2] or "").replace(r"\mu", "µ")).strip() for one in said if one
    ]
    kind = re.search(r"\{(semilogx|semilogy|loglog)axis\}$", text[:start])
    logs = {"semilogx": "x", "semilogy": "y", "loglog": "xy"}[kind[1]] if kind else ""
    logs += "".join(re.findall(r"\b([xy])mode\s*=\s*log", options))
    return (words[0], words[1]) if len(words) == 2 and all(words) else None, logs


def _hidden(comment: str) -> str:
    return comment.partition("%")[0].ljust(len(comment))


def _panels(text: str) -> Iterator[tuple[int, int]]:
    """Where each axis begins and ends; a `groupplot` has one behind each `\\nextgroupplot`."""
    for start in _AXIS.finditer(text):
        end = text.find(rf"\end{{{start[1]}}}", start.end())
        if end < 0:
            raise BadPlot(f"this {start[1]} has no end", text, start.start(), rf"\end{{{start[1]}}}")
        places = [match.end() for match in _NEXT.finditer(text, start.end(), end)]
        yield from pairwise([*places, end] if places else (start.end(), end))


@dataclass
class _Plot:
    """The points of one plot, and what the legend calls it."""

    points: list[Point]
    name: str | None = None


def _plots(text: str, at: int, end: int) -> Iterator[_Plot | list[str]]:
    """The plots of an axis, and its legends as lists of names."""
    last: _Plot | None = None
    for match in _PLOT.finditer(text, at, end):
        command, at = match[0].rstrip(" +\n\t"), match.end()
        _, at = _bracketed(text, at, "[", "]")
        if command in (r"\addlegendentry", r"\legend"):
            inner, _ = _bracketed(text, at, "{", "}")
            if command == r"\legend":
                yield [_words(name) for name in _split(inner or "", ",")]
            elif last is not None:
                last.name = _words(inner or "")
            continue
        if points := _points(text, at, end):
            last = _Plot(points)
            yield last


def _named(parts: list[_Plot | list[str]]) -> list[Point]:
    plots = [part for part in parts if isinstance(part, _Plot)]
    legend = [name for part in parts if isinstance(part, list) for name in part]
    points = []
    for index, plot in enumerate(plots):
        name = plot.name or (legend[index] if index < len(legend) else "") or f"plot {index + 1}"
        points += [{"series": name, **point} for point in plot.points]
    return points


def _points(text: str, at: int, end: int) -> list[Point]:
    r"""The points behind an `\addplot`; none where it draws a function or a file is named."""
    word = re.compile(r"\s*(coordinates|table)\b").match(text, at, end)
    if word is None:
        return []
    options, at = _bracketed(text, word.end(), "[", "]")
    inner, after = _bracketed(text, at, "{", "}")
    if inner is None:
        raise BadPlot(f"no {{ behind {word[1]}", text, word.start(1), "the points in braces")
    begin = after - len(inner) - 1
    if word[1] == "coordinates":
        return list(_coordinates(text, begin, after - 1))
    # `table {file.dat}` names a file: it is declared as a table of its own.
    return list(_inline(text, inner, begin, options or "")) if "\n" in inner.strip() or r"\\" in inner else []


def _coordinates(text: str, at: int, end: int) -> Iterator[Point]:
    while (at := _behind_spaces(text, at)) < end:
        match = _POINT.match(text, at, end)
        if match is None:
            shown = text[at : min(end, at + 20)].split("\n")[0]
            raise BadPlot(f"{shown!r} is no point", text, at, "(x, y), or (x, y) +- (error, error)")
        point: Point = {"x": _cell(match["x"]), "y": _cell(match["y"])}
        if match["ey"] is not None:
            point |= {"x_error": _cell(match["ex"]), "y_error": _cell(match["ey"])}
        if match["meta"] is not None:
            point["meta"] = _cell(match["meta"])
        yield point
        at = match.end()


def _inline(text: str, inner: str, at: int, options: str) -> Iterator[Point]:
    """The rows of an inline table; a first row that holds a word names the columns."""
    keys = dict(part.split("=", 1) for part in _split(options, ",") if "=" in part)
    wanted = {key.strip(): value.strip(" {}") for key, value in keys.items()}
    by = _SEPARATORS.get(wanted.get("col sep", ""))
    end = re.compile(r"\\\\" if r"\\" in inner else "\n")
    rows, begin = list[tuple[int, list[str]]](), 0
    for stop in [*(match.span() for match in end.finditer(inner)), (len(inner), len(inner))]:
        row, where = inner[begin : stop[0]], at + _behind_spaces(inner, begin)
        begin = stop[1]
        if row.strip():
            rows.append((where, [cell.strip() for cell in (row.split(by) if by else row.split())]))
    names = [str(index) for index in range(len(rows[0][1]))] if rows else []
    if rows and any(not _NUMBER.fullmatch(cell) for cell in rows[0][1]):
        names = [cell.strip("{}") for cell in rows.pop(0)[1]]
    for where, cells in rows:
        if len(cells) != len(names):
            raise BadPlot(f"{len(cells)} cells in a table of {len(names)} columns", text, where)
        by_name = dict(zip(names, cells, strict=True))
        point: Point = {}
        for key, place in (("x", 0), ("y", 1), ("x error", None), ("y error", None)):
            column = wanted.get(key) or _at(names, wanted.get(f"{key} index", place))
            if column is None:
                continue
            if column not in by_name:
                raise BadPlot(f"no column {column!r} in the table of this plot", text, at, ", ".join(names))
            point[key.replace(" ", "_")] = _cell(by_name[column])
        yield point


def _at(names: list[str], index: str | int | None) -> str | None:
    place = int(index) if index is not None and str(index).isdecimal() else len(names)
    return names[place] if place < len(names) else None


def _cell(written: str) -> Raw:
    written = written.strip()
    if written.lower().lstrip("+-") in ("nan", "inf"):
        return None
    return float(written) if _NUMBER.fullmatch(written) else _words(written)


def _words(text: str) -> str:
    """Words without TeX's markup."""
    plain = _MARKUP.sub("", text.replace(r"\%", "%").replace(r"\&", "&").replace("~", " "))
    return " ".join(plain.split())


def _bracketed(text: str, at: int, opening: str, closing: str) -> tuple[str | None, int]:
    """What stands in a pair of brackets that begins at `at`, behind spaces, and where it ends; None
    without."""
    start = _behind_spaces(text, at)
    if text[start : start + 1] != opening:
        return None, at
    depth, braces = 0, 0
    for index in range(start, len(text)):
        letter = text[index]
        braces += (letter == "{") - (letter == "}") if opening != "{" else 0
        if letter in (opening, closing) and not braces and not _escaped(text, index):
            depth += 1 if letter == opening else -1
            if not depth:
                return text[start + 1 : index], index + 1
    raise BadPlot(f"this {opening} is never closed", text, start)


def _escaped(text: str, at: int) -> bool:
    before = text[max(0, at - 20) : at]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def _behind_spaces(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _split(text: str, by: str) -> list[str]:
    """Parts between separators that stand in no braces."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter == "{") - (letter == "}")
        if letter == by and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts
