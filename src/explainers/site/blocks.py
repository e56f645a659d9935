"""The blocks an embed owns in a page: between two comments, the first of which keeps the words it replaced.

    <!-- explainers:begin drex 3fa9c1d2e4b5 "// create video here: ..." -->
    ...
    <!-- explainers:end drex -->

The digest is that of the lines between; where it differs, somebody edited the block by hand, and it
is left alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from explainers.digest import digest_bytes
from explainers.site.page import Line, Page
from explainers.site.text import json_for_comment

COMMENTS = {"html": ("<!-- ", " -->"), "jsx": ("{/* ", " */}"), "rst": (".. ", "")}
"""Opening and closing of a comment, by the page's language."""

_BEGIN = re.compile(
    r"^([ \t]*)(?:<!--|\{/\*|\.\.) explainers:begin (\S+) ([0-9a-f]{12}) "
    r'("(?:[^"\\]|\\.)*")[ \t]*(?:-->|\*/\})?[ \t]*$'
)
_END = re.compile(r"^[ \t]*(?:<!--|\{/\*|\.\.) explainers:end (\S+)[ \t]*(?:-->|\*/\})?[ \t]*$")

_MARK = re.compile(r"^[ \t]*(?:<!--|\{/\*|\.\.) explainers:begin ")


@dataclass(frozen=True)
class Block:
    """A marked stretch of a page, from the start of its first line to the end of its last."""

    video: str
    first: Line
    last: Line
    was: str
    body: tuple[str, ...]
    digest: str

    @property
    def edited(self) -> bool:
        """Whether somebody changed the lines between the marks."""
        return body_digest(self.body) != self.digest


@dataclass(frozen=True)
class Broken:
    """A mark without its partner, or one that can't be read."""

    line: Line
    why: str


def body_digest(body: Sequence[str]) -> str:
    """Of the words, whatever the line endings, the indentation and spaces at line ends."""
    return digest_bytes("\n".join(line.strip() for line in body).encode())[:12]


def block_lines(video: str, body: Sequence[str], was: str, comment: str) -> list[str]:
    """The block's lines, indented as the placeholder was. Blank lines keep it apart from paragraphs."""
    opening, closing = COMMENTS[comment]
    indent = was[: len(was) - len(was.lstrip(" \t"))]
    inner = ["", *body, ""]
    begin = f"{opening}explainers:begin {video} {body_digest(inner)} {json_for_comment(was)}{closing}"
    return [
        indent + line if line else "" for line in (begin, *inner, f"{opening}explainers:end {video}{closing}")
    ]


def find_blocks(page: Page, skip: Collection[int] = ()) -> tuple[list[Block], list[Broken]]:
    """Blocks in the page's order, and marks that make none. Lines in `skip` (code) are not looked at."""
    blocks: list[Block] = []
    broken: list[Broken] = []
    opened: tuple[Line, re.Match[str]] | None = None
    for line in page.lines:
        if line.number in skip and opened is None:
            continue
        begin, end = _BEGIN.match(line.text), _END.match(line.text)
        if begin:
            if opened:
                broken.append(Broken(opened[0], "its end mark is missing"))
            opened = line, begin
        elif end and opened and end[1] == opened[1][2]:
            blocks.append(_block(page, opened[0], line, opened[1]))
            opened = None
        elif end or _MARK.match(line.text):
            broken.append(Broken(line, "its begin mark is missing" if end else "the mark can't be read"))
    if opened:
        broken.append(Broken(opened[0], "its end mark is missing"))
    return blocks, broken


def _block(page: Page, first: Line, last: Line, begin: re.Match[str]) -> Block:
    body = tuple(line.text for line in page.lines[first.number : last.number - 1])
    return Block(begin[2], first, last, json.loads(begin[4]), body, begin[3])
