"""What keeps a file from being YAML, in the author's words, where the mistake was made.

The parser notices a mistake where it can go no further, which may be many lines below: an unclosed quote
ends at the next quote of the file, an unclosed bracket at the next key. What was read just before says
where the mistake is, and in most cases the cure is to quote a text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml

from explainers.errors import Diagnostic, Place
from explainers.storyboard.document import Document
from explainers.storyboard.mistakes import quoted

MAX_DEPTH = 40
_KEY_AND_TEXT = re.compile(r"^\s*(?:- +)*(?:(?P<key>[^\s:#'\"{}\[\],][^:#]*):\s+|- +)(?P<text>\S.*?)\s*$")
_NEW_ENTRY = re.compile(r"\s*(- |-$|[\w.-]+:(\s|$))")


@dataclass(frozen=True)
class Read:
    """What was read last before an error: the first and last mark of an event, its text if it is a scalar."""

    event: Any
    comment: int | None = None
    """The column of a comment that follows a plain scalar in its last line."""

    @property
    def quoted(self) -> bool:
        return isinstance(self.event, yaml.ScalarEvent) and self.event.style in ("'", '"')

    @property
    def plain(self) -> bool:
        return isinstance(self.event, yaml.ScalarEvent) and self.event.style in ("", None)


def unindented_quote(event: Any, column: int, document: Document) -> bool:
    """Whether a quoted text of a block whose entries begin at `column` runs on into lines that are not its
    own: YAML indents the lines of a text deeper than its key. A quote that was not closed does not."""
    lines = range(event.start_mark.line + 1, event.end_mark.line + 1)
    return any(
        len(line) - len(line.lstrip()) <= column and line.strip().strip("'\"")
        for line in (document.source_line(number + 1) for number in lines)
    )


def unclosed_quote(event: Any, document: Document) -> Diagnostic:
    """The problem of a quoted text that ends lines after it should."""
    start, end = event.start_mark, event.end_mark
    message = f"the quote that opens here is not closed in its line; the text runs on to line {end.line + 1}"
    source = document.source_line(start.line + 1)
    return _problem(
        document,
        message,
        start.line,
        start.column,
        len(source.rstrip()) - start.column,
        _closed(source, start.column),
    )


def syntax_problem(
    error: yaml.YAMLError, document: Document, last: Read | None, flow: Any, block: int
) -> Diagnostic:
    """The problem that the parser's `error` is.

    `last` is what was read before it, `flow` the mark where the innermost open flow collection begins (None
    outside), `block` the column at which the entries of the innermost open block begin.
    """
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:
        position = 1 + max(0, getattr(error, "position", 0))
        return Diagnostic("yaml-syntax", f"not YAML: {error}", Place(document.display, 1, position))
    source = document.source_line(mark.line + 1)
    problem, context = (getattr(error, name, None) or "" for name in ("problem", "context"))
    if (tab := _tab(source, mark.column)) is not None:
        place = Place(document.display, mark.line + 1, tab + 1)
        return Diagnostic("yaml-tab", "a tab where YAML is indented with spaces", place, source)
    if "nesting depth" in problem:
        place = Place(document.display, mark.line + 1, mark.column + 1)
        return Diagnostic("too-deep", f"nested deeper than {MAX_DEPTH} levels", place, source)
    if "simple key" in context and (start := getattr(error, "context_mark", None)):
        return _no_colon(document, start)
    if "quoted scalar" in context:
        return _in_quotes(error, document, problem)
    if last is not None and (found := _after(last, mark, document, flow is not None)):
        return found
    if flow is not None:
        return _in_flow(mark, document, last, flow, block)
    if problem.startswith("mapping values") and last is not None and last.plain:
        return _colon(mark, document, last)
    if source[mark.column : mark.column + 1] in ("]", "}"):
        message = f"this {source[mark.column]} closes nothing that is open"
        return _problem(document, message, mark.line, mark.column)
    if (text := _KEY_AND_TEXT.match(source)) and (
        mark.column >= text.start("text") and not text["text"][0].isalnum()
    ):
        return _unquoted(document, mark.line, text)
    if problem == "did not find expected key" and source[: mark.column].strip() == "":
        message = "the indentation of this line fits none of the lines above"
        return _problem(
            document, message, mark.line, mark.column, 1, "the column of the entry it belongs beside"
        )
    return _problem(
        document, f"not YAML: {' '.join(filter(None, (problem, context))) or error}", mark.line, mark.column
    )


def _problem(
    document: Document, message: str, line: int, column: int, length: int = 1, expected: str | None = None
) -> Diagnostic:
    place = Place(document.display, line + 1, column + 1)
    return Diagnostic("yaml-syntax", message, place, document.source_line(line + 1), max(1, length), expected)


def _unquoted(document: Document, line: int, found: re.Match[str]) -> Diagnostic:
    """The problem of a text in `line` that begins like something else in YAML."""
    text = found["text"]
    message = f"a text that begins with {text[0]} is quoted"
    return _problem(document, message, line, found.start("text"), len(text), quoted(text))


def _tab(source: str, column: int) -> int | None:
    if source[column : column + 1] == "\t":
        return column
    before = source[: column + 1]
    return before.rfind("\t") if not before.strip() and "\t" in before else None


def _closed(source: str, column: int) -> str:
    """The quoted form of the rest of a line that opens a quote at `column`."""
    return quoted(_entry(source, column + 1).strip().removesuffix(source[column : column + 1]))


def _in_quotes(error: Any, document: Document, problem: str) -> Diagnostic:
    start, mark = error.context_mark, error.problem_mark
    source = document.source_line(mark.line + 1)
    if "escape" in problem or "hexdec" in problem or "Unicode" in problem:
        at = source.rfind("\\", 0, mark.column + 1)
        end = source.find('"', mark.column)
        begin = start.column if start.line == mark.line else 0
        message = (
            f"in double quotes {source[at : at + 2]} would be a special character, and there is none such"
        )
        expected = "single quotes, which take a \\ as it is: " + quoted(
            source[begin + 1 : end if end >= 0 else None]
        )
        return _problem(document, message, mark.line, at, 2, expected)
    source = document.source_line(start.line + 1)
    message = "the quote that opens here is never closed"
    length = len(source.rstrip()) - start.column
    return _problem(document, message, start.line, start.column, length, _closed(source, start.column))


def _after(last: Read, mark: Any, document: Document, in_flow: bool) -> Diagnostic | None:
    """The problem where it lies in what was read before the mark, not in what stands there."""
    start, end = last.event.start_mark, last.event.end_mark
    source = document.source_line(end.line + 1)
    between = source[end.column : mark.column] if mark.line == end.line else ""
    if last.quoted and mark.line == end.line and not between.strip():
        if start.line != end.line:
            return unclosed_quote(last.event, document)
        if source[mark.column : mark.column + 1] in ("", "]", "}", "#"):
            return None
        message = (
            "the quoted text ends here, and more follows; a quote inside it is doubled, or of the other kind"
        )
        text = _entry(source, start.column)
        whole = text[1:-1] if text[:1] == text[-1:] else text
        return _problem(document, message, end.line, end.column - 1, 1, quoted(whole))
    if last.plain and last.comment is not None and mark.line > end.line and _blank(document, end.line, mark):
        message = "what follows this # is a comment, and the text ends before it"
        text = _entry(source, start.column if start.line == end.line else len(source) - len(source.lstrip()))
        following = document.source_line(mark.line + 1)
        if (
            mark.line == end.line + 1
            and not _NEW_ENTRY.match(following)
            and following.strip()[:1] not in ("", "[", "{")
        ):
            text = f"{text} {following.strip()}"
        return _problem(
            document, message, end.line, last.comment, len(source.rstrip()) - last.comment, quoted(text)
        )
    closing = isinstance(last.event, (yaml.MappingEndEvent, yaml.SequenceEndEvent))
    if (
        closing
        and not in_flow
        and mark.line == end.line
        and source[end.column - 1 : end.column] in ("]", "}")
    ):
        found = _KEY_AND_TEXT.match(source)
        if found and found["text"][0] in "[{" and source[mark.column : mark.column + 1] not in ("]", "}", ""):
            return _unquoted(document, end.line, found)
    return None


def _blank(document: Document, line: int, mark: Any) -> bool:
    """Whether nothing but comments stands between a line and the mark."""
    between = [document.source_line(number + 1).strip() for number in range(line + 1, mark.line)]
    return all(not text or text.startswith("#") for text in between) and not (
        document.source_line(mark.line + 1)[: mark.column].strip()
    )


def _entry(source: str, column: int) -> str:
    """The text that begins at `column` as it was meant: to the line's end, or in a flow list to what ends
    an entry."""
    before, text = source[:column], source[column:].rstrip()
    if sum(map(before.count, "[{")) > sum(map(before.count, "]}")):
        text = re.split(r",\s|,$|[\]}]", text, maxsplit=1)[0].rstrip()
    return text


def _in_flow(mark: Any, document: Document, last: Read | None, flow: Any, block: int) -> Diagnostic:
    source = document.source_line(mark.line + 1)
    bracket = document.source_line(flow.line + 1)[flow.column : flow.column + 1]
    close = "]" if bracket == "[" else "}"
    char = source[mark.column : mark.column + 1]
    new_entry = mark.line > flow.line and mark.column <= block + 2 and _NEW_ENTRY.match(source)
    if char == "" or new_entry or (mark.line > flow.line and mark.column <= block):
        message = f"the {bracket} that opens here is not closed"
        return _problem(document, message, flow.line, flow.column, 1, close)
    if char == ":" and last is not None and last.plain:
        start = last.event.start_mark
        line = document.source_line(start.line + 1)
        text = _entry(line, start.column)
        message = f"a ',' is missing in {text!r}, or it is one text with a ':' in it"
        return _problem(document, message, start.line, start.column, len(text), f"a ',', or {quoted(text)}")
    if char in ("]", "}"):
        message = f"{char} where the {bracket} of line {flow.line + 1} is still open"
        return _problem(document, message, mark.line, mark.column, 1, close)
    if char == ",":
        return _problem(document, "nothing stands before this ','", mark.line, mark.column, 1, "a value")
    if last is not None and mark.line > last.event.end_mark.line:
        end = last.event.end_mark
        return _problem(document, "a ',' is missing after this", end.line, max(0, end.column - 1), 1, "a ','")
    text = _entry(source, mark.column)
    message = f"a ',' is missing before {text!r}, or it is part of a text that is not quoted"
    return _problem(document, message, mark.line, mark.column, len(text), f"a ',' or {close}, or quotes")


def _no_colon(document: Document, start: Any) -> Diagnostic:
    """The problem of a line that begins like a key and has no ':' and space after it."""
    text = document.source_line(start.line + 1)[start.column :].rstrip()
    expected = f"{text}:"
    if found := re.match(r"([\w.-]+)(?::(?=\S)| +)", text):
        expected = f"{found[1]}: {text[found.end() :]}"
    message = "a key is followed by a ':' and a space"
    return _problem(document, message, start.line, start.column, len(text), expected)


def _colon(mark: Any, document: Document, last: Read) -> Diagnostic:
    """A ': ' where no key can stand: in a text, or in a line that continues the one above."""
    start = last.event.start_mark
    source = document.source_line(start.line + 1)
    before = source[: start.column].strip().lstrip("- ")
    if start.line == mark.line:
        text = source[start.column :].rstrip()
        message = "a text with a ':' before a space, or at its end, is quoted"
        return _problem(document, message, mark.line, mark.column, 1, quoted(text))
    if not before:
        return _no_colon(document, start)
    line = document.source_line(mark.line + 1)
    column = len(line) - len(line.lstrip())
    message = f"this line is indented as part of the value in line {start.line + 1}"
    return _problem(
        document,
        message,
        mark.line,
        column,
        mark.column - column,
        "the indentation of the line above, or quotes",
    )
