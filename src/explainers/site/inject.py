"""Players into built HTML, whatever engine built it; taken out again to the same bytes.

A page is read with positions: leftover placeholders, and posters that a player can take the place of.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

from explainers.site.apply import (
    Block,
    Change,
    Left,
    PagePlan,
    block_names,
    body_digest,
    insertions,
    planned,
    removals,
    updates,
)
from explainers.site.forms import head_lines
from explainers.site.install import PLAYER
from explainers.site.page import PLACEHOLDER, Line, Page, Placeholder, match_all
from explainers.site.pages import figure_lines
from explainers.site.races import race_lines
from explainers.site.text import json_for_comment
from explainers.site.urls import Urls
from explainers.site.videos import Video

_BLOCK = re.compile(
    r'<!-- explainers:begin (\S+) ([0-9a-f]{12}) ("(?:[^"\\]|\\.)*") -->(.*?)<!-- explainers:end \1 -->', re.S
)
_VERBATIM = ("pre", "code", "textarea", "template", "script", "style", "title", "figure")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_NO_CONTENT = "area base br col embed hr img input link meta param source track wbr"
_VOID = frozenset(_NO_CONTENT.split())
_MARK = re.compile(r"^\s*explainers:(begin|end) (\S+)")


def plan_inject(
    page: Page,
    videos: Sequence[Video],
    urls: Urls,
    chosen: Mapping[int, str] | None = None,
    force: bool = False,
) -> PagePlan:
    """Placeholders, linked posters and earlier blocks become players; the head gets the script once."""
    by_name = {video.name: video for video in videos}

    def written(name: str, was: str) -> str:
        video, _, shot = name.partition(":")
        if name == PLAYER:
            lines = head_lines(urls)
        else:
            found = by_name[video]
            lines = race_lines(found, shot, urls) if shot else figure_lines(found, urls)
        return _block_text(name, lines, was)

    def placed(start: int, end: int, name: str, why: str) -> Change:
        text = written(name, page.text[start:end])
        return Change(start, end, text, _line_number(page, start), name, "placed", why)

    blocks = injected_blocks(page)
    left: list[Left] = []
    present = {block.name: block.line for block in blocks}
    known = {*block_names(videos), PLAYER}
    changes = updates(page, blocks, known, lambda block: written(block.name, block.was), force, left)
    built = BuiltPage(page.text)
    linked = [poster for poster in built.posters if poster.video in by_name]
    changes += [placed(one.start, one.end, one.video, "its poster") for one in linked if not one.among_words]
    matches = match_all(built.placeholders, videos, chosen, present)
    changes += insertions(matches, lambda name, line: written(name, line.text), left)
    at, needed = built.head_end, bool(changes or present or linked) and PLAYER not in present
    if needed and at is not None and urls.shared("player.js") not in page.text[:at]:
        changes.append(placed(at, at, PLAYER, "brings the player"))
    used = {change.video for change in changes} | {poster.video for poster in linked} | present.keys()
    used = {name.partition(":")[0] for name in used}
    return planned(page, changes, left, [video for video in videos if video.name in used])


def plan_eject(page: Page, force: bool = False) -> PagePlan:
    """Each block becomes the HTML it replaced."""
    left: list[Left] = []
    return planned(page, removals(injected_blocks(page), force, left, "takes it out"), left)


def injected_blocks(page: Page) -> list[Block]:
    """Blocks in built HTML, that of the player among them."""
    blocks = []
    for match in _BLOCK.finditer(page.text):
        edited = body_digest(match[4].splitlines()) != match[2]
        line = _line_number(page, match.start())
        blocks.append(Block(match[1], match.start(), match.end(), line, json.loads(match[3]), edited))
    return blocks


def _block_text(name: str, lines: Sequence[str], was: str) -> str:
    body = "\n" + "\n".join(lines) + "\n"
    begin = f"<!-- explainers:begin {name} {body_digest(body.splitlines())} {json_for_comment(was)} -->"
    return f"{begin}{body}<!-- explainers:end {name} -->"


def _line_number(page: Page, offset: int) -> int:
    return page.text.count("\n", 0, offset) + 1


@dataclass
class Element:
    """An open element: where it starts, and what text it holds so far."""

    tag: str
    start: int
    text: str = ""


@dataclass(frozen=True)
class FoundPoster:
    """A poster of a video with its link and, where it stands alone there, its paragraph.

    `among_words` where it is part of a sentence: a figure can't be in a paragraph, so it stays a link.
    """

    video: str
    start: int
    end: int
    among_words: bool


class BuiltPage(HTMLParser):
    """Placeholders, posters and the end of the head in one page of built HTML."""

    def __init__(self, source: str):
        super().__init__(convert_charrefs=True)
        self.source = source
        self.placeholders: list[Placeholder] = []
        self.posters: list[FoundPoster] = []
        self.head_end: int | None = None
        self._starts = [0, *(m.end() for m in re.finditer("\n", source))]
        self._stack: list[Element] = []
        self._heading = ""
        self._owned = 0
        self.feed(source)
        self.close()

    def _offset(self) -> int:
        line, column = self.getpos()
        return self._starts[line - 1] + column

    def handle_comment(self, data: str) -> None:
        if mark := _MARK.match(data):
            self._owned = max(0, self._owned + (1 if mark[1] == "begin" else -1))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "p" and self._stack and self._stack[-1].tag == "p":
            self._stack.pop()
        if tag == "img":
            self._picture(dict(attrs).get("src") or "")
        elif tag not in _VOID:
            self._stack.append(Element(tag, self._offset()))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        for element in self._stack:
            element.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "head" and self.head_end is None:
            self.head_end = self._offset()
        if not any(element.tag == tag for element in self._stack):
            return
        while (element := self._stack.pop()).tag != tag:
            pass
        if tag in _HEADINGS:
            self._heading = element.text.strip()
        elif tag == "p":
            self._paragraph(element, self.source.find(">", self._offset()) + 1)

    def _inside(self, *tags: str) -> bool:
        return any(element.tag in tags for element in self._stack)

    def _paragraph(self, element: Element, end: int) -> None:
        match = PLACEHOLDER.match(" ".join(element.text.split()))
        if match and not self._owned:
            number = bisect_right(self._starts, element.start)
            line = Line(number, element.start, end, self.source[element.start : end], "")
            self.placeholders.append(Placeholder(line, match[1], self._heading, self._inside(*_VERBATIM)))

    def _picture(self, address: str) -> None:
        name = poster_of(address)
        if name is None or self._owned or self._inside(*_VERBATIM):
            return
        start = self._offset()
        start, end = self._span(start, start + len(self.get_starttag_text() or ""))
        paragraph = next((element for element in self._stack if element.tag == "p"), None)
        among_words = paragraph is not None and start > paragraph.start
        self.posters.append(FoundPoster(name, start, end, among_words))

    def _span(self, start: int, end: int) -> tuple[int, int]:
        """A picture's place alone, with the link around it, or with the paragraph that holds nothing else."""
        for tag in ("a", "p"):
            opening = re.search(rf"<{tag}(?:\s[^<>]*)?>\s*$", self.source[:start], re.I)
            closing = re.compile(rf"\s*</{tag}\s*>", re.I).match(self.source, end)
            if opening and closing:
                start, end = opening.start(), closing.end()
        return start, end


def poster_of(src: str) -> str | None:
    """The video whose poster this address is: `.../videos/drex/poster.jpg` gives `drex`."""
    parts = unquote(urlsplit(src).path).split("/")
    return (
        parts[-2]
        if len(parts) >= 2 and re.fullmatch(r"poster(-play)?\.(jpg|webp|avif|png)", parts[-1])
        else None
    )
