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
    r"^[ \t]*//[ \t]*(?:create|put|add|insert)[ \t]+(?:video|race)[ \t]+here[ \t]*:?[ \t]*(.*?)[ \t]*$", re.I
)
"""What an author leaves where a video or its race belongs; the rest of the line says which."""
_RACE = re.compile(r"^\s*(?:<p>)?\s*//\s*\w+\s+race\s", re.I)

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

    @property
    def of_race(self) -> bool:
        """Whether it asks for a race of a video, and not for the video."""
        return bool(_RACE.match(self.line.text))


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
    headings, code, hidden = _outline(page)
    found, heading = [], ""
    for line in page.lines:
        heading = headings.get(line.number, heading)
        if match := PLACEHOLDER.match(line.text):
            found.append(Placeholder(line, match[1], heading, line.number in code | hidden))
    return found


def code_lines(page: Page) -> set[int]:
    """Numbers of the lines that are code."""
    return _outline(page)[1]


def _outline(page: Page) -> tuple[dict[int, str], set[int], set[int]]:
    """Headings by line, lines of code, and lines of comments and other raw text."""
    return _rst_outline(page) if page.path.suffix.lower() == ".rst" else _markdown_outline(page)


def _markdown_outline(page: Page) -> tuple[dict[int, str], set[int], set[int]]:
    lines = [line.text for line in page.lines]
    for number in range(_front_matter_lines(lines)):
        lines[number] = ""
    headings: dict[int, str] = {}
    code: set[int] = set()
    hidden: set[int] = set()
    tokens = MarkdownIt("commonmark").parse("\n".join(lines))
    for token, inline in zip(tokens, [*tokens[1:], None], strict=True):
        if token.map is None:
            continue
        span = set(range(token.map[0] + 1, token.map[1] + 1))
        if token.type == "heading_open":
            parts = (inline and inline.children) or ()
            words = (part.content for part in parts if part.type in ("text", "code_inline"))
            headings[token.map[0] + 1] = "".join(words)
        elif token.type in ("fence", "code_block"):
            code |= span
        elif token.type == "html_block" and token.content.lstrip().startswith(_HIDDEN):
            hidden |= span
    return headings, code, hidden


def _front_matter_lines(lines: list[str]) -> int:
    close = _FRONT_MATTER.get(lines[0].rstrip()) if lines else None
    closing = (number for number, line in enumerate(lines[1:], 2) if line.rstrip() == close)
    return next(closing, 0) if close else 0


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

    @property
    def name(self) -> str:
        """Of its block: the video's name, and behind a colon the shot whose race is meant."""
        if self.video is None or not self.placeholder.of_race:
            return self.video.name if self.video else ""
        named = f"{self.video.name}:"
        shots = [shot for shot in self.video.races if named + shot in self.placeholder.words]
        return named + [*shots, *self.video.races][0]


def words_of(text: str) -> list[str]:
    """Words that can tell one video from another: folded, without a plural's s, without common ones."""
    found = re.findall(r"[^\W_]{3,}", unicodedata.normalize("NFKC", text).casefold())
    telling = (word for word in found if word not in _STOP)
    return [re.sub(r"(?<=...[^s])s$", "", word) for word in telling]


def match_all(
    found: Sequence[Placeholder],
    videos: Sequence[Video],
    chosen: Mapping[int, str] | None = None,
    taken: Mapping[str, int] | None = None,
) -> list[Match]:
    """A match for each placeholder. `chosen` says line -> video; `taken` are videos in the page, by line.

    UsageError where `chosen` names a line without a placeholder, or no finished video.
    """
    chosen, taken, by_name = chosen or {}, taken or {}, {video.name: video for video in videos}
    lines = sorted(placeholder.line.number for placeholder in found)
    for line, name in chosen.items():
        if line not in lines:
            raise UsageError(f"no placeholder on line {line}; placeholders: {lines or 'none'}")
        if name not in by_name:
            near = nearest(name, by_name)
            raise UsageError(f"no finished video {name!r}" + (f"; did you mean {near!r}?" if near else ""))
    matches = []
    for placeholder in found:
        if placeholder.in_code:
            matches.append(Match(placeholder, None, "it stands in code or in a comment"))
        elif placeholder.line.number in chosen:
            matches.append(Match(placeholder, by_name[chosen[placeholder.line.number]], "you said so"))
        else:
            matches.append(_best(placeholder, videos))
        if placeholder.of_race and (video := matches[-1].video) and not video.races:
            why = f"no race of {video.name} is made: `explainers embed race {video.name}` makes it"
            matches[-1] = Match(placeholder, None, why)
    wanted = [(match.name, match.placeholder.line.number) for match in matches if match.video]
    return [
        match if match.placeholder.line.number in chosen else _without_rival(match, wanted, taken)
        for match in matches
    ]


def _without_rival(match: Match, wanted: Sequence[tuple[str, int]], taken: Mapping[str, int]) -> Match:
    """No match where its video is in the page already, or another line is for it as well."""
    if match.video is None:
        return match
    name, line = match.name, match.placeholder.line.number
    if name in taken:
        return Match(match.placeholder, None, f"{name} is in the page already, on line {taken[name]}")
    others = [other for video, other in wanted if video == name and other != line]
    return (
        Match(match.placeholder, None, f"ambiguous: line {others[0]} asks for {name} too")
        if others
        else match
    )


def _best(placeholder: Placeholder, videos: Sequence[Video]) -> Match:
    vocabularies = {video.name: _vocabulary(video) for video in videos}
    counts = Counter(word for vocabulary in vocabularies.values() for word in vocabulary)
    here = {*words_of(placeholder.heading), *words_of(placeholder.words)}

    def scored(video: Video) -> tuple[float, list[str], Video]:
        hint = video.manifest.page.heading
        if hint and words_of(hint) == words_of(placeholder.heading):
            return _HINT * 10, ["the heading its storyboard names"], video
        weights = vocabularies[video.name]
        shared = [word for word in here & weights.keys() if counts[word] == 1]
        shared.sort(key=lambda word: (-weights[word], word))
        return sum(weights[word] for word in shared), shared, video

    ranked = sorted(map(scored, videos), key=lambda score: (-score[0], score[2].name))
    if not ranked:
        return Match(placeholder, None, "no video is finished yet")
    best, shared, video = ranked[0]
    if best < ENOUGH:
        return Match(placeholder, None, "no video shares enough words with it or its heading")
    rivals = [one.name for score, _, one in ranked if score >= best / CLEARLY]
    if len(rivals) > 1:
        return Match(placeholder, None, f"ambiguous: it could be {', '.join(rivals)}")
    return Match(placeholder, video, f"shares {', '.join(shared[:5])}")


def _vocabulary(video: Video) -> dict[str, float]:
    """The words of a video with their weights; where a word is in two texts, the later one counts."""
    m = video.manifest
    texts = (
        (m.description or "", _DESCRIPTION),
        (m.page.words or "", _TITLE),
        (m.title, _TITLE),
        (m.page.heading or "", _NAME),
        (re.sub(r"[-_.]+", " ", m.video), _NAME),
    )
    return {word: weight for text, weight in texts for word in words_of(text)}
