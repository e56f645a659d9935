"""Players into built HTML, whatever engine built it; taken out again to the same bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from explainers.site.apply import Change, Left, PagePlan
from explainers.site.blocks import body_digest
from explainers.site.built import BuiltPage
from explainers.site.forms import head_lines
from explainers.site.matching import match_all
from explainers.site.page import Page
from explainers.site.pages import figure_lines
from explainers.site.text import json_for_comment
from explainers.site.urls import Urls
from explainers.site.videos import Video

_HEAD_NAME = ":player"
"""The name of the block that brings the player; no video can have it, since `:` is in no name."""
_BLOCK = re.compile(
    r'<!-- explainers:begin (\S+) ([0-9a-f]{12}) ("(?:[^"\\]|\\.)*") -->(.*?)<!-- explainers:end \1 -->', re.S
)


@dataclass(frozen=True)
class _Owned:
    name: str
    start: int
    end: int
    was: str
    edited: bool


def _owned(text: str) -> list[_Owned]:
    found = []
    for match in _BLOCK.finditer(text):
        edited = body_digest(match[4].splitlines()) != match[2]
        found.append(_Owned(match[1], match.start(), match.end(), json.loads(match[3]), edited))
    return found


def _block(name: str, lines: Sequence[str], was: str) -> str:
    body = "\n" + "\n".join(lines) + "\n"
    digest = body_digest(body.splitlines())
    begin = f"<!-- explainers:begin {name} {digest} {json_for_comment(was)} -->"
    return f"{begin}{body}<!-- explainers:end {name} -->"


def plan_inject(
    page: Page,
    videos: Sequence[Video],
    urls: Urls,
    chosen: Mapping[int, str] | None = None,
    force: bool = False,
) -> PagePlan:
    """Placeholders, linked posters and earlier blocks become players; the head gets the script once."""
    by_name = {video.name: video for video in videos}
    changes, left, present = _refreshed(page, by_name, urls, force)
    built = BuiltPage(page.text)
    linked = [poster for poster in built.posters if poster.video in by_name]
    for poster in linked:
        video = by_name[poster.video]
        if not poster.among_words:
            was = page.text[poster.start : poster.end]
            block = _block(video.name, figure_lines(video, urls), was)
            changes.append(_change(page, poster.start, poster.end, block, video.name, "placed", "its poster"))
    for match in match_all(built.placeholders, videos, chosen, present):
        line = match.placeholder.line
        if match.video is None:
            left.append(Left(line.number, line.text, match.why, match.placeholder.in_code))
            continue
        block = _block(match.video.name, figure_lines(match.video, urls), line.text)
        changes.append(_change(page, line.start, line.end, block, match.video.name, "placed", match.why))
    changes += _head(page, built, urls, bool(changes or present or linked), present)
    used = {change.video for change in changes} | {poster.video for poster in linked} | present.keys()
    kept_videos = tuple(video for video in videos if video.name in used)
    return PagePlan(page, tuple(sorted(changes, key=lambda c: c.start)), tuple(left), (), kept_videos)


def _refreshed(
    page: Page, by_name: Mapping[str, Video], urls: Urls, force: bool
) -> tuple[list[Change], list[Left], dict[str, int]]:
    changes: list[Change] = []
    left: list[Left] = []
    present: dict[str, int] = {}
    for block in _owned(page.text):
        line = page.text.count("\n", 0, block.start) + 1
        present[block.name] = line
        video = by_name.get(block.name)
        if block.name == _HEAD_NAME:
            lines = head_lines(urls)
        elif video:
            lines = figure_lines(video, urls)
        else:
            left.append(Left(line, block.name, "no finished video of this name; the block is left"))
            continue
        text = _block(block.name, lines, block.was)
        if block.edited and not force:
            left.append(Left(line, block.name, "edited by hand since it was written; --force overwrites it"))
        elif text != page.text[block.start : block.end]:
            changes.append(Change(block.start, block.end, text, line, block.name, "updated"))
    return changes, left, present


def _head(page: Page, built: BuiltPage, urls: Urls, needed: bool, present: Mapping[str, int]) -> list[Change]:
    if not needed or _HEAD_NAME in present or built.head_end is None:
        return []
    if urls.shared("player.js") in page.text[: built.head_end]:
        return []
    block = _block(_HEAD_NAME, head_lines(urls), "")
    return [_change(page, built.head_end, built.head_end, block, _HEAD_NAME, "placed", "brings the player")]


def _change(page: Page, start: int, end: int, text: str, name: str, how: str, why: str) -> Change:
    return Change(start, end, text, page.text.count("\n", 0, start) + 1, name, how, why)


def plan_eject(page: Page, force: bool = False) -> PagePlan:
    """Each block becomes the HTML it replaced."""
    changes, left = [], []
    for block in _owned(page.text):
        line = page.text.count("\n", 0, block.start) + 1
        if block.edited and not force:
            left.append(Left(line, block.name, "edited by hand since it was written; --force takes it out"))
        else:
            changes.append(Change(block.start, block.end, block.was, line, block.name, "removed"))
    return PagePlan(page, tuple(changes), tuple(left))
