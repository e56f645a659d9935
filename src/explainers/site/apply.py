"""Writing videos into a page and taking them out again, without touching another byte.

A block stands between two comments, the first of which keeps the words that it replaced:

    <!-- explainers:begin drex 3fa9c1d2e4b5 "// create video here: ..." -->
    ...
    <!-- explainers:end drex -->

The digest is that of the lines between; where it differs, somebody edited the block by hand, and it
is left alone.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from explainers.digest import digest_bytes
from explainers.site.forms import Context, Form
from explainers.site.page import Line, Match, Page, code_lines, lines_of, match_all, placeholders
from explainers.site.text import json_for_comment
from explainers.site.videos import Video

COMMENTS = {"html": ("<!-- ", " -->"), "jsx": ("{/* ", " */}"), "rst": (".. ", "")}
"""Opening and closing of a comment, by the page's language."""

_OPENING, _CLOSING = r"^[ \t]*(?:<!--|\{/\*|\.\.) explainers:", r"[ \t]*(?:-->|\*/\})?[ \t]*$"
_BEGIN = re.compile(_OPENING + r'begin (\S+) ([0-9a-f]{12}) ("(?:[^"\\]|\\.)*")' + _CLOSING)
_END = re.compile(_OPENING + r"end (\S+)" + _CLOSING)
_MARK = re.compile(_OPENING + "begin ")


@dataclass(frozen=True)
class Block:
    """A marked stretch of a page's text; `line` is its first, `was` what it took the place of."""

    name: str
    start: int
    end: int
    line: int
    was: str
    edited: bool


@dataclass(frozen=True)
class Left:
    """Something in the page that was not touched, and why; `line` counts from 1.

    `harmless` where it was not meant to be: an example in code.
    """

    line: int
    what: str
    why: str
    harmless: bool = False


@dataclass(frozen=True)
class Change:
    """A stretch of the page's text replaced by another; `video` says which, `how` what was done."""

    start: int
    end: int
    text: str
    line: int
    video: str
    how: str
    why: str = ""


@dataclass(frozen=True)
class PagePlan:
    """What would be done to a page, in its order: nothing is written here."""

    page: Page
    changes: tuple[Change, ...]
    left: tuple[Left, ...]
    videos: tuple[Video, ...] = ()

    @property
    def text(self) -> str:
        """The page's text after the changes."""
        parts, position = [], 0
        for change in self.changes:
            parts += [self.page.text[position : change.start], change.text]
            position = change.end
        return "".join([*parts, self.page.text[position:]])

    def diff(self) -> str:
        """A unified diff of the page."""
        name = self.page.path.as_posix().lstrip("/")
        # Split as the page's lines are split: str.splitlines would cut at form feeds and U+2028 too.
        before, after = (_shown_lines(text) for text in (self.page.text, self.text))
        return "\n".join(difflib.unified_diff(before, after, f"a/{name}", f"b/{name}", lineterm="", n=2))


def _shown_lines(text: str) -> list[str]:
    lines = [line.text for line in lines_of(text)]
    if not lines[-1]:
        return lines[:-1]
    return [*lines[:-1], f"{lines[-1]}\n\\ No newline at end of file"]


def plan_apply(
    page: Page,
    form: Form,
    videos: Sequence[Video],
    context: Context,
    chosen: Mapping[int, str] | None = None,
    force: bool = False,
) -> PagePlan:
    """Each placeholder with a video becomes a block; each block is brought up to date.

    A block that was edited by hand is left, unless `force`; so is one whose video is not finished.
    """
    by_name = {video.name: video for video in videos}

    def written(name: str, line: int, was: str) -> str:
        lines = block_lines(name, form.body(name, by_name, context), was, form.comment)
        # In a page of mixed line endings the block takes those of the line it stands on.
        return (page.lines[line - 1].ending or page.ending).join(lines)

    blocks, left = find_blocks(page)
    matches = match_all(placeholders(page), videos, chosen, {block.name: block.line for block in blocks})
    changes = updates(
        page, blocks, block_names(videos), lambda one: written(one.name, one.line, one.was), force, left
    )
    changes += insertions(matches, lambda name, line: written(name, line.number, line.text), left)
    used = {change.video for change in changes} | {
        block.name for block in blocks if force or not block.edited
    }
    used = {name.partition(":")[0] for name in used}
    return planned(page, changes, left, [video for video in videos if video.name in used])


def block_names(videos: Iterable[Video]) -> set[str]:
    """What a block can be of: a video, or one of its races, `video:shot`."""
    return {
        name for video in videos for name in (video.name, *(f"{video.name}:{race}" for race in video.races))
    }


def plan_remove(page: Page, names: Sequence[str] = (), force: bool = False) -> PagePlan:
    """Each block becomes the words it replaced; edited blocks are left, unless `force`."""
    blocks, left = find_blocks(page)
    chosen = [block for block in blocks if not names or block.name in names]
    return planned(page, removals(chosen, force, left, "overwrites it"), left)


def planned(
    page: Page, changes: Iterable[Change], left: Iterable[Left], videos: Iterable[Video] = ()
) -> PagePlan:
    """A plan in the page's order."""
    in_order = tuple(sorted(changes, key=lambda change: change.start))
    return PagePlan(page, in_order, tuple(sorted(left, key=lambda each: each.line)), tuple(videos))


def updates(
    page: Page,
    blocks: Iterable[Block],
    known: Container[str],
    written: Callable[[Block], str],
    force: bool,
    left: list[Left],
) -> list[Change]:
    """The changes that bring the blocks of `known` videos up to date; the others are added to `left`."""
    changes = []
    for block in blocks:
        if block.name not in known:
            left.append(Left(block.line, block.name, "no finished video of this name; the block is left"))
        elif block.edited and not force:
            left.append(_edited(block, "overwrites it"))
        elif (text := written(block)) != page.text[block.start : block.end]:
            changes.append(Change(block.start, block.end, text, block.line, block.name, "updated"))
    return changes


def insertions(
    matches: Iterable[Match], written: Callable[[str, Line], str], left: list[Left]
) -> list[Change]:
    """A change for each placeholder with a video; the others are added to `left`."""
    changes = []
    for match in matches:
        line, video = match.placeholder.line, match.video
        if video is None:
            left.append(Left(line.number, line.text.strip(), match.why, match.placeholder.in_code))
        else:
            text = written(match.name, line)
            changes.append(Change(line.start, line.end, text, line.number, match.name, "placed", match.why))
    return changes


def removals(blocks: Iterable[Block], force: bool, left: list[Left], forced: str) -> list[Change]:
    """The changes that give back what blocks replaced; edited ones are added to `left`, unless `force`."""
    blocks = list(blocks)
    left += [_edited(block, forced) for block in blocks if block.edited and not force]
    return [
        Change(block.start, block.end, block.was, block.line, block.name, "removed")
        for block in blocks
        if force or not block.edited
    ]


def _edited(block: Block, forced: str) -> Left:
    return Left(block.line, block.name, f"edited by hand since it was written; --force {forced}")


def body_digest(body: Iterable[str]) -> str:
    """The digest of the words, whatever the line endings, the indentation and spaces at line ends."""
    return digest_bytes("\n".join(line.strip() for line in body).encode())[:12]


def block_lines(video: str, body: Sequence[str], was: str, comment: str) -> list[str]:
    """The block's lines, indented as the placeholder was. Blank lines keep it apart from paragraphs."""
    opening, closing = COMMENTS[comment]
    indent = was[: len(was) - len(was.lstrip(" \t"))]
    inner = ["", *body, ""]
    begin = f"{opening}explainers:begin {video} {body_digest(inner)} {json_for_comment(was)}{closing}"
    end = f"{opening}explainers:end {video}{closing}"
    return [indent + line if line else "" for line in (begin, *inner, end)]


def find_blocks(page: Page) -> tuple[list[Block], list[Left]]:
    """Blocks in the page's order, and marks that make none. Lines of code outside of blocks don't count."""
    blocks: list[Block] = []
    broken: list[Left] = []
    code = code_lines(page)
    opened: tuple[Line, re.Match[str]] | None = None
    for line in page.lines:
        if line.number in code and opened is None:
            continue
        begin, end = _BEGIN.match(line.text), _END.match(line.text)
        if begin:
            if opened:
                broken.append(_broken(opened[0], "its end mark is missing"))
            opened = line, begin
        elif end and opened and end[1] == opened[1][1]:
            first, mark = opened
            body = (inner.text for inner in page.lines[first.number : line.number - 1])
            was, edited = json.loads(mark[3]), body_digest(body) != mark[2]
            blocks.append(Block(mark[1], first.start, line.end, first.number, was, edited))
            opened = None
        elif end or _MARK.match(line.text):
            broken.append(_broken(line, "its begin mark is missing" if end else "the mark can't be read"))
    if opened:
        broken.append(_broken(opened[0], "its end mark is missing"))
    return blocks, broken


def _broken(line: Line, why: str) -> Left:
    return Left(line.number, line.text.strip(), why)
