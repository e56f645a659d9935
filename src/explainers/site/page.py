"""A page as the author wrote it: its lines, headings and placeholders, and which lines are code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

from explainers.errors import Diagnostic, InvalidInput, Place

PLACEHOLDER = re.compile(
    r"^[ \t]*//[ \t]*(?:create|put|add|insert)[ \t]+video[ \t]+here[ \t]*:?[ \t]*(.*?)[ \t]*$", re.I
)
"""What an author leaves where a video belongs; the rest of the line says which."""

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|$)")
_HIDDEN = ("<!--", "<pre", "<script", "<style", "<textarea", "<?")
_FRONT_MATTER = {"---": "---", "+++": "+++"}


@dataclass(frozen=True)
class Line:
    """A line without its ending; `start` and `end` are offsets in the page, `end` before the ending."""

    number: int
    start: int
    end: int
    text: str
    ending: str


@dataclass(frozen=True)
class Placeholder:
    """A line that asks for a video, under a heading; `in_code` where it only shows how one looks."""

    line: Line
    words: str
    heading: str
    in_code: bool = False


@dataclass(frozen=True)
class Page:
    """A page's text, exactly as its bytes say, and its lines."""

    path: Path
    text: str
    lines: tuple[Line, ...]

    @property
    def ending(self) -> str:
        """The line ending used most; `\\n` where there is none."""
        counts = {
            ending: sum(line.ending == ending for line in self.lines) for ending in ("\n", "\r\n", "\r")
        }
        return max(counts, key=lambda ending: counts[ending])


def read_page(path: Path) -> Page:
    """The page at `path`. InvalidInput, with line and column, where it is not UTF-8."""
    return page_of(path, path.read_bytes())


def page_of(path: Path, data: bytes) -> Page:
    """The page that `data` is; encoding `text` again gives the same bytes."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        message = "the page is not UTF-8; it is left as it is"
        problem = Diagnostic(
            "not-utf-8", message, Place(str(path), line, column), expected="UTF-8 (convert it with iconv)"
        )
        raise InvalidInput([problem]) from None
    return Page(path, text, lines_of(text))


def lines_of(text: str) -> tuple[Line, ...]:
    """The lines of `text`, cut at CR, LF and CRLF only; a byte order mark belongs to none."""
    lines = []
    for number, found in enumerate(_LINE.finditer(text, text.startswith("\ufeff")), 1):
        body = found.group().rstrip("\r\n")
        lines.append(Line(number, found.start(), found.start() + len(body), body, found.group()[len(body) :]))
        if found.end() == len(text) and not found.group().endswith(("\r", "\n")):
            break
    return tuple(lines)


def placeholders(page: Page) -> list[Placeholder]:
    """Every placeholder line in order, with the nearest heading above it, code blocks included but marked."""
    restructured = page.path.suffix.lower() == ".rst"
    headings, code, hidden = _rst_outline(page) if restructured else _markdown_outline(page)
    found, heading = [], ""
    for line in page.lines:
        heading = headings.get(line.number, heading)
        if match := PLACEHOLDER.match(line.text):
            found.append(Placeholder(line, match[1], heading, line.number in code | hidden))
    return found


def code_lines(page: Page) -> set[int]:
    """Numbers of the lines that are code."""
    return (_rst_outline(page) if page.path.suffix.lower() == ".rst" else _markdown_outline(page))[1]


def _markdown_outline(page: Page) -> tuple[dict[int, str], set[int], set[int]]:
    """Headings by line, lines of code, and lines of comments and other raw text."""
    lines = [line.text for line in page.lines]
    for number in range(_front_matter_lines(lines)):
        lines[number] = ""
    headings: dict[int, str] = {}
    code: set[int] = set()
    hidden: set[int] = set()
    tokens = MarkdownIt("commonmark").parse("\n".join(lines))
    for index, token in enumerate(tokens):
        if token.map is None:
            continue
        if token.type == "heading_open":
            headings[token.map[0] + 1] = _plain(tokens[index + 1])
            continue
        span = set(range(token.map[0] + 1, token.map[1] + 1))
        if token.type in ("fence", "code_block"):
            code |= span
        elif token.type == "html_block" and token.content.lstrip().startswith(_HIDDEN):
            hidden |= span
    return headings, code, hidden


def _plain(inline: object) -> str:
    children = getattr(inline, "children", None) or ()
    return "".join(child.content for child in children if child.type in ("text", "code_inline"))


def _front_matter_lines(lines: list[str]) -> int:
    close = _FRONT_MATTER.get(lines[0].rstrip()) if lines else None
    if close:
        for number, line in enumerate(lines[1:], 1):
            if line.rstrip() == close:
                return number + 1
    return 0


def _rst_outline(page: Page) -> tuple[dict[int, str], set[int], set[int]]:
    headings: dict[int, str] = {}
    code: set[int] = set()
    literal = False
    for above, line in zip((None, *page.lines), page.lines, strict=False):
        body = line.text.rstrip()
        if above and above.text.strip() and re.fullmatch(r"([=\-`:'\"~^_*+#<>.])\1{2,}", body):
            headings[above.number] = above.text.strip()
        if body and not line.text[0].isspace():
            literal = body.endswith("::")
        elif body and literal:
            code.add(line.number)
    return headings, code, set()
