"""Writing videos into a page and taking them out again, without touching another byte."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from explainers.site.blocks import Block, Broken, block_lines, find_blocks
from explainers.site.forms import Context, Form
from explainers.site.matching import Match, match_all
from explainers.site.page import Line, Page, code_lines, lines_of, placeholders
from explainers.site.videos import Video


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
    """A stretch of the page's text replaced by another; `what` says which video, `how` what was done."""

    start: int
    end: int
    text: str
    line: int
    video: str
    how: str
    why: str = ""


@dataclass(frozen=True)
class PagePlan:
    """What would be done to a page: nothing is written here."""

    page: Page
    changes: tuple[Change, ...]
    left: tuple[Left, ...]
    kept: tuple[Block, ...] = ()
    videos: tuple[Video, ...] = field(default=())

    @property
    def text(self) -> str:
        """The page's text after the changes."""
        parts, position = [], 0
        for change in sorted(self.changes, key=lambda c: c.start):
            parts += [self.page.text[position : change.start], change.text]
            position = change.end
        return "".join([*parts, self.page.text[position:]])

    def diff(self) -> str:
        """A unified diff of the page."""
        name = self.page.path.as_posix()
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
    blocks, broken = find_blocks(page, code_lines(page))
    by_name = {video.name: video for video in videos}
    changes, left, kept = _updates(page, blocks, by_name, form, context, force)
    taken = {block.video: block.first.number for block in blocks}
    matches = match_all(placeholders(page), videos, chosen, taken)
    changes += [_insertion(page, match, match.video, form, context) for match in matches if match.video]
    left += [_left(match) for match in matches if not match.video] + [_broken(one) for one in broken]
    used = {change.video for change in changes} | {block.video for block in kept}
    return PagePlan(
        page,
        tuple(sorted(changes, key=lambda c: c.start)),
        tuple(sorted(left, key=lambda one: one.line)),
        tuple(kept),
        tuple(video for video in videos if video.name in used),
    )


def plan_remove(page: Page, names: Sequence[str] = (), force: bool = False) -> PagePlan:
    """Each block becomes the words it replaced; edited blocks are left, unless `force`."""
    blocks, broken = find_blocks(page, code_lines(page))
    changes, left = [], [_broken(one) for one in broken]
    for block in blocks:
        if names and block.video not in names:
            continue
        if block.edited and not force:
            left.append(_edited(block))
        else:
            changes.append(_change(block, block.was, "removed"))
    return PagePlan(page, tuple(changes), tuple(sorted(left, key=lambda one: one.line)))


def _updates(
    page: Page,
    blocks: Sequence[Block],
    by_name: Mapping[str, Video],
    form: Form,
    context: Context,
    force: bool,
) -> tuple[list[Change], list[Left], list[Block]]:
    changes: list[Change] = []
    left: list[Left] = []
    kept: list[Block] = []
    for block in blocks:
        video = by_name.get(block.video)
        if video is None:
            left.append(
                Left(block.first.number, block.video, "no finished video of this name; the block is left")
            )
        elif block.edited and not force:
            left.append(_edited(block))
        else:
            text = _text(page, block.first, form.lines(video, context), block.video, block.was, form)
            if text == page.text[block.first.start : block.last.end]:
                kept.append(block)
            else:
                changes.append(_change(block, text, "updated"))
    return changes, left, kept


def _change(block: Block, text: str, how: str) -> Change:
    return Change(block.first.start, block.last.end, text, block.first.number, block.video, how)


def _insertion(page: Page, match: Match, video: Video, form: Form, context: Context) -> Change:
    line = match.placeholder.line
    text = _text(page, line, form.lines(video, context), video.name, line.text, form)
    return Change(line.start, line.end, text, line.number, video.name, "placed", match.why)


def _text(page: Page, line: Line, body: Sequence[str], video: str, was: str, form: Form) -> str:
    # In a page of mixed line endings the block takes those of the line it stands on.
    ending = line.ending or page.ending
    return ending.join(block_lines(video, body, was, form.comment))


def _left(match: Match) -> Left:
    return Left(
        match.placeholder.line.number,
        match.placeholder.line.text.strip(),
        match.why,
        match.placeholder.in_code,
    )


def _broken(one: Broken) -> Left:
    return Left(one.line.number, one.line.text.strip(), one.why)


def _edited(block: Block) -> Left:
    return Left(block.first.number, block.video, "edited by hand since it was written; --force overwrites it")
