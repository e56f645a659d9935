"""A page as the author wrote it: its lines, headings and placeholders, and which video a placeholder means.

A video is found by the author's hint, or by the words that it shares with the placeholder; never by a guess.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

from explainers.errors import Diagnostic, InvalidInput, Place, UsageError, nearest
from explainers.site.videos import Video

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


ENOUGH = 3.0
"""Least score of a match: a video's name, or a title's word and another one."""
CLEARLY = 2.0
"""How many times the runner-up's score the best one needs."""
_HINT, _NAME, _TITLE, _DESCRIPTION = 10.0, 3.0, 2.0, 1.0
_COMMON_WORDS = (
    "the and for with from into that this its are was were has have not but you your our one two all any how "
    "what when where which who why can will video videos here put create add insert show shows using used use"
)
_STOP = frozenset(_COMMON_WORDS.split())


@dataclass(frozen=True)
class Match:
    """What was found for a placeholder: a video and why, or None and why not."""

    placeholder: Placeholder
    video: Video | None
    why: str


def words_of(text: str) -> list[str]:
    """Words that can tell one video from another: folded, without a plural's s, without common ones."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    found = re.findall(r"[^\W_]{3,}", folded)
    return [
        w[:-1] if len(w) > 4 and w.endswith("s") and not w.endswith("ss") else w
        for w in found
        if w not in _STOP
    ]


def match_all(
    found: Sequence[Placeholder],
    videos: Sequence[Video],
    chosen: Mapping[int, str] | None = None,
    taken: Mapping[str, int] | None = None,
) -> list[Match]:
    """A match for each placeholder. `chosen` says line -> video; `taken` are videos in the page, by line.

    UsageError where `chosen` names a line without a placeholder, or no finished video.
    """
    chosen, by_name = chosen or {}, {video.name: video for video in videos}
    _check_chosen(chosen, found, by_name)
    matches = []
    for one in found:
        if one.in_code:
            matches.append(Match(one, None, "it stands in code or in a comment"))
        elif one.line.number in chosen:
            matches.append(Match(one, by_name[chosen[one.line.number]], "you said so"))
        else:
            matches.append(_match(one, videos))
    return _without_rivals(matches, chosen, taken or {})


def _check_chosen(
    chosen: Mapping[int, str], found: Sequence[Placeholder], by_name: Mapping[str, Video]
) -> None:
    lines = {one.line.number for one in found}
    for line, name in chosen.items():
        if line not in lines:
            raise UsageError(f"no placeholder on line {line}; placeholders: {sorted(lines) or 'none'}")
        if name not in by_name:
            near = nearest(name, by_name)
            raise UsageError(f"no finished video {name!r}" + (f"; did you mean {near!r}?" if near else ""))


def _match(placeholder: Placeholder, videos: Sequence[Video]) -> Match:
    common = _common_words(videos)
    scored = sorted(
        (_score(placeholder, video, common) for video in videos), key=lambda s: (-s[0], s[2].name)
    )
    if not scored:
        return Match(placeholder, None, "no video is finished yet")
    if scored[0][0] < ENOUGH:
        return Match(placeholder, None, "no video shares enough words with it or its heading")
    best, shared, video = scored[0]
    if len(scored) > 1 and scored[1][0] >= best / CLEARLY:
        rivals = ", ".join(one.name for score, _, one in scored if score >= best / CLEARLY)
        return Match(placeholder, None, f"ambiguous: it could be {rivals}")
    return Match(placeholder, video, f"shares {', '.join(shared[:5])}")


def _common_words(videos: Sequence[Video]) -> frozenset[str]:
    counts = Counter(word for video in videos for word in set(_vocabulary(video)))
    return frozenset(word for word, count in counts.items() if count > 1)


def _vocabulary(video: Video) -> dict[str, float]:
    m = video.manifest
    weighed: dict[str, float] = {}
    for text, weight in (
        (m.description or "", _DESCRIPTION),
        (m.page.words or "", _TITLE),
        (m.title, _TITLE),
        (m.page.heading or "", _NAME),
        (re.sub(r"[-_.]+", " ", m.video), _NAME),
    ):
        weighed.update((word, weight) for word in words_of(text))
    return weighed


def _score(placeholder: Placeholder, video: Video, common: frozenset[str]) -> tuple[float, list[str], Video]:
    hint = video.manifest.page.heading
    if hint and words_of(hint) == words_of(placeholder.heading):
        return _HINT * 10, ["the heading its storyboard names"], video
    vocabulary = _vocabulary(video)
    here = {*words_of(placeholder.heading), *words_of(placeholder.words)}
    shared = sorted((here & vocabulary.keys()) - common, key=lambda word: (-vocabulary[word], word))
    return sum(vocabulary[word] for word in shared), shared, video


def _without_rivals(matches: list[Match], chosen: Mapping[int, str], taken: Mapping[str, int]) -> list[Match]:
    wanted: dict[str, list[int]] = {}
    for match in matches:
        if match.video:
            wanted.setdefault(match.video.name, []).append(match.placeholder.line.number)
    result = []
    for match in matches:
        name = match.video.name if match.video else ""
        others = [n for n in wanted.get(name, ()) if n != match.placeholder.line.number]
        if match.video and match.placeholder.line.number not in chosen:
            if name in taken:
                match = Match(
                    match.placeholder, None, f"{name} is in the page already, on line {taken[name]}"
                )
            elif others:
                match = Match(match.placeholder, None, f"ambiguous: line {others[0]} asks for {name} too")
        result.append(match)
    return result
