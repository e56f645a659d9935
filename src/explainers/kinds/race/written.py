"""The text of one request as it was written: its tokens, when each came, and where it left the model."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from explainers.kinds.race.params import Params

if TYPE_CHECKING:
    from explainers.runs.model import FloatArray, IntArray, Run


@dataclass(frozen=True, eq=False)
class Written:
    """A request's text. `at_s[i]` is when `pieces[i]` came, `layers[i]` where it left, 0 for the last layer.

    `whole` says that a piece is a token; else words stand for tokens, spread evenly over them.
    """

    request: str
    pieces: tuple[str, ...]
    at_s: FloatArray
    layers: IntArray
    whole: bool


def request_of(params: Params, runs: Mapping[str, Run]) -> str | None:
    """The id of the request whose text is seen: the one asked for, else the first that has text."""
    if params.request is not None:
        return params.request
    run = runs[params.panes[0].run]
    for row in range(len(run.requests) if run.requests else 0):
        if written_of(run, row) is not None:
            return run.requests.ids[row] if run.requests else None
    return None


def row_of(run: Run, request: str) -> int | None:
    """The row of the request with that id."""
    if run.requests is None or request not in run.requests.ids:
        return None
    return run.requests.ids.index(request)


def written_of(run: Run, row: int | None) -> Written | None:
    """The text of the request in that row; None where the run does not keep it."""
    if run.requests is None or row is None or run.tokens is None:
        return None
    part = slice(int(run.tokens.offsets[row]), int(run.tokens.offsets[row + 1]))
    at_s, name = run.tokens.at_s[part], run.requests.ids[row]
    layers = np.zeros(at_s.size, dtype=np.int64)
    if run.tokens.exit_layers is not None:
        layers = run.tokens.exit_layers[part]
    if run.tokens.pieces is not None and any(run.tokens.pieces[part]):
        return Written(name, run.tokens.pieces[part], at_s, layers, True)
    text = run.requests.texts[row] if run.requests.texts is not None else None
    if not text or not at_s.size:
        return None
    words = tuple(re.findall(r"\s*\S+|\s+$", text))
    place = np.minimum((np.arange(len(words)) * at_s.size) // len(words), at_s.size - 1)
    return Written(name, words, at_s[place], np.zeros(len(words), dtype=np.int64), False)


@dataclass(frozen=True)
class Cluster:
    """What stands in one place of a line: a letter with its marks, and the token it belongs to."""

    text: str
    column: int
    token: int


@dataclass(frozen=True)
class SetText:
    """Text set in lines of cells. `line_of[i]` and `end_of[i]` are where token i ends: line, column."""

    lines: tuple[tuple[Cluster, ...], ...]
    line_of: tuple[int, ...]
    end_of: tuple[int, ...]


def set_text(pieces: Sequence[str], columns: int) -> SetText:
    """Break the pieces into lines of `columns` cells, between words where that can be done."""
    lines: list[list[Cluster]] = [[]]
    line_of: list[int] = []
    end_of: list[int] = []
    column = word_from = 0
    for token, piece in enumerate(pieces):
        for letter in _letters(piece):
            if letter == "\n":
                lines.append([])
                column = word_from = 0
                continue
            wide = cells_of(letter)
            if letter == " ":
                # A space that would begin a line, or stand past its end, is the break itself.
                if column and column < columns:
                    column += 1
                word_from = len(lines[-1])
                continue
            if wide == 0 and lines[-1]:
                last = lines[-1][-1]
                lines[-1][-1] = Cluster(last.text + letter, last.column, last.token)
                continue
            if column + wide > columns:
                column = _broken(lines, word_from, line_of, end_of)
                word_from = 0
            lines[-1].append(Cluster(letter, column, token))
            column += wide
        line_of.append(len(lines) - 1)
        end_of.append(column)
    return SetText(tuple(tuple(line) for line in lines), tuple(line_of), tuple(end_of))


def _broken(lines: list[list[Cluster]], word_from: int, line_of: list[int], end_of: list[int]) -> int:
    """Begin a line with the word that does not fit, and say where to go on in it."""
    line = lines[-1]
    word = line[word_from:] if word_from else []
    shift = word[0].column if word else 0
    lines[-1] = line[: len(line) - len(word)]
    lines.append([Cluster(one.text, one.column - shift, one.token) for one in word])
    for token in range(len(line_of) - 1, -1, -1):
        # Tokens that ended inside that word end on the new line now.
        if not word or line_of[token] != len(lines) - 2 or end_of[token] <= shift:
            break
        line_of[token], end_of[token] = len(lines) - 1, end_of[token] - shift
    return lines[-1][-1].column + cells_of(lines[-1][-1].text[0]) if word else 0


def _letters(piece: str) -> str:
    clean = piece.replace("\r\n", "\n").replace("\t", "    ")
    return "".join(one if one == "\n" or one.isprintable() else " " for one in clean)


def cells_of(letter: str) -> int:
    """Cells of the mono that a letter takes: none for a mark on the one before it, two for a wide one."""
    if unicodedata.combining(letter[0]) or unicodedata.category(letter[0]) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(letter[0]) in "WF" else 1
