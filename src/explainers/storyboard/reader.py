"""YAML read as data with places: every scalar stays the text that was written.

Nothing is resolved here: `1:30`, `on` and `2025` are text, and the typed model says what they mean.
Only a plain empty value, `null` and `~` become None. Anchors, aliases and tags are refused: a
storyboard is data, and a value stands where it is used.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from explainers.errors import Diagnostic, InvalidInput, Place, control_character
from explainers.inputs import MAX_ACCENTS, MIB, accents_at, keep_inside, nfc, outside, read_bytes
from explainers.storyboard.document import Data, Document, Span
from explainers.storyboard.mistakes import Loc
from explainers.storyboard.syntax import MAX_DEPTH, Read, syntax_problem, unclosed_quote, unindented_quote

MAX_BYTES = 1 * MIB
MAX_VALUES = 20_000
MAX_ENTRIES = 1_000
"""Entries of one list or mapping. The largest storyboards by hand have some forty, and 1,500 values."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LINE_END = re.compile("\r\n|[\r\n]")
_NO_LINE_END = re.compile("[\x85\u2028\u2029]")
"""What YAML takes for the end of a line, and editors do not."""
_NULLS = frozenset(("", "~", "null"))


def read_document(path: Path, display: str, inside: Path | None = None) -> Document:
    """The YAML file at `path`; InvalidInput with every problem of its form where it is not good YAML, and
    where it is a link that leads out of the folder `inside`.
    """
    if inside is not None and (strange := outside(path, inside)):
        raise InvalidInput([Diagnostic("outside-project", f"{display} {strange} {inside.name}/")])
    if inside is not None:
        keep_inside(inside)
    raw = read_bytes(path, display, MAX_BYTES)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - (raw.rfind(b"\n", 0, error.start) + 1) + 1
        message = f"byte {raw[error.start]:#04x} is not UTF-8"
        raise InvalidInput([Diagnostic("not-utf-8", message, Place(display, line, column))]) from None
    return parse_document(text, path, display)


def parse_document(text: str, path: Path, display: str) -> Document:
    """The document in `text`, as `read_document` gives it."""
    lines = tuple(_LINE_END.split(text))
    if found := _NO_LINE_END.search(text):
        # YAML would count a line there that no editor counts, and every place after it would be wrong.
        line, column = (
            text.count("\n", 0, found.start()) + 1,
            found.start() - text.rfind("\n", 0, found.start()),
        )
        message = f"the character U+{ord(found[0]):04X} is a line end for some programs alone; leave it out"
        place, source = Place(display, line, column), text.split("\n")[line - 1]
        raise InvalidInput([Diagnostic("control-character", message, place, source)])
    composer = _Composer(Document(path, display, None, lines))
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            composer.take(event)
    except yaml.YAMLError as error:
        raise InvalidInput([*composer.problems, composer.syntax_problem(error)]) from None
    if composer.problems:
        raise InvalidInput(composer.problems)
    document = composer.document
    return replace(document, data=composer.root)


class _Open:
    """A mapping or list that has begun: its path, its content, and the key that waits for a value."""

    def __init__(self, loc: Loc, content: dict[str, Any] | list[Any], start: Any, flow: bool):
        self.loc, self.content, self.start, self.flow = loc, content, start, flow
        self.key: str | None = None


class _Composer:
    """Builds data and places from parser events, without recursion, so that depth is only a number."""

    def __init__(self, document: Document):
        self.document = document
        self.problems: list[Diagnostic] = []
        self.root: Data = None
        self.open: list[_Open] = []
        self.last: Read | None = None
        self.documents = 0
        self.count = 0

    def syntax_problem(self, error: yaml.YAMLError) -> Diagnostic:
        flow = self.open[-1].start if self.open and self.open[-1].flow else None
        return syntax_problem(error, self.document, self.last, flow, self._block())

    def _block(self) -> int:
        """The column at which the entries of the innermost open block begin."""
        return next((each.start.column for each in reversed(self.open) if not each.flow), 0)

    def take(self, event: Any) -> None:
        if isinstance(event, (yaml.ScalarEvent, yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self.last = Read(event, self._comment(event))
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self._stop(
                    "yaml-syntax", "a second document begins here; one file holds one", event.start_mark
                )
        elif isinstance(event, yaml.AliasEvent):
            self._stop(
                "yaml-alias",
                "an alias (*name): write the value where it is used, or quote a text that begins with *",
                event.start_mark,
            )
        elif isinstance(event, yaml.ScalarEvent):
            self._check(event)
            self._scalar(event)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            self._check(event)
            self._begin(event)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            frame = self.open.pop()
            self._mark(self.document.values, frame.loc, frame.start, event.end_mark)
            self._put(frame.loc, frame.content)

    def _check(self, event: Any) -> None:
        if event.anchor is not None:
            self._stop(
                "yaml-alias",
                "an anchor (&name): write the value where it is used, or quote a text that begins with &",
                event.start_mark,
            )
        if event.tag is not None:
            self._stop(
                "yaml-tag",
                f"the tag {event.tag}: a storyboard is plain data; quote a text that begins with !",
                event.start_mark,
            )
        self.count += 1
        if self.count > MAX_VALUES:
            self._stop("too-large", f"more than {MAX_VALUES:,} keys and values in one file", event.start_mark)
        if self.open and len(self.open[-1].content) >= MAX_ENTRIES and self.open[-1].key is None:
            message = f"more than {MAX_ENTRIES:,} entries in one list or mapping"
            self._stop("too-large", message, event.start_mark)

    def _begin(self, event: Any) -> None:
        if len(self.open) >= MAX_DEPTH:
            self._stop("too-deep", f"nested deeper than {MAX_DEPTH} levels", event.start_mark)
        mapping = isinstance(event, yaml.MappingStartEvent)
        if self.open and isinstance(self.open[-1].content, dict) and self.open[-1].key is None:
            if self.open[-1].flow:
                self._stop("yaml-syntax", "the { that opens here is not closed", self.open[-1].start)
            self._stop("yaml-syntax", "a key is one line of text", event.start_mark)
        self.open.append(_Open(self._loc(), {} if mapping else [], event.start_mark, bool(event.flow_style)))

    def _comment(self, event: Any) -> int | None:
        """The column of a comment that begins right after a plain scalar, in its last line."""
        end: Any = event.end_mark
        if not isinstance(event, yaml.ScalarEvent) or event.style:
            return None
        rest = self.document.source_line(end.line + 1)[end.column :]
        blanks = len(rest) - len(rest.lstrip(" \t"))
        return end.column + blanks if blanks and rest[blanks : blanks + 1] == "#" else None

    def _scalar(self, event: Any) -> None:
        frame = self.open[-1] if self.open else None
        if event.style in ("'", '"') and unindented_quote(
            event, self._block() if frame else -1, self.document
        ):
            self.problems.append(unclosed_quote(event, self.document))
            raise InvalidInput(self.problems)
        if strange := control_character(event.value):
            message = f"the character U+{ord(strange):04X} can't be seen or drawn; leave it out"
            self._add("control-character", message, event.start_mark)
        if accents_at(event.value) is not None:
            message = f"a letter has more than {MAX_ACCENTS} accents; leave them out"
            self._add("control-character", message, event.start_mark)
        if frame is not None and isinstance(frame.content, dict) and frame.key is None:
            # Keys are names, and the same name may be composed in two ways.
            key = nfc(event.value)
            loc = (*frame.loc, key)
            if key in frame.content:
                first = self.document.keys[loc].line + 1
                message = f"the key {event.value!r} is here a second time; the first is in line {first}"
                self._add("duplicate-key", message, event.start_mark, len(event.value))
            else:
                self._mark(self.document.keys, loc, event.start_mark, event.end_mark)
            frame.key = key
            return
        plain = not event.style and event.implicit[0]
        value = None if plain and event.value in _NULLS else event.value
        loc = self._loc()
        self._mark(self.document.values, loc, event.start_mark, event.end_mark)
        if self.last and (column := self.last.comment) is not None:
            line = event.end_mark.line
            end = len(self.document.source_line(line + 1).rstrip())
            self.document.comments.setdefault(loc, Span(line, column, line, end))
        self._put(loc, value)

    def _loc(self) -> Loc:
        if not self.open:
            return ()
        frame = self.open[-1]
        step: str | int = len(frame.content) if isinstance(frame.content, list) else frame.key or ""
        return (*frame.loc, step)

    def _put(self, loc: Loc, value: Data) -> None:
        if not self.open:
            self.root = value
            return
        frame = self.open[-1]
        if isinstance(frame.content, list):
            frame.content.append(value)
        else:
            frame.content.setdefault(str(loc[-1]), value)
            frame.key = None

    def _mark(self, where: dict[Loc, Span], loc: Loc, start: Any, end: Any) -> None:
        where.setdefault(loc, Span(start.line, start.column, end.line, end.column))

    def _add(self, code: str, message: str, mark: Any, length: int = 1) -> None:
        source = self.document.source_line(mark.line + 1)
        place = Place(self.document.display, mark.line + 1, mark.column + 1)
        self.problems.append(Diagnostic(code, message, place, source, length))

    def _stop(self, code: str, message: str, mark: Any) -> None:
        self._add(code, message, mark)
        raise InvalidInput(self.problems)
