"""A Markdown page: its sections, figures and places, and where a work was published as it says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from explainers.errors import Place, UsageError

_STATUS = {
    "submitted": r"in submission to|submitted to|under (?:review|submission) (?:at|to|for)|in review at",
    "accepted": r"accepted (?:to|at|by|for|in)|to appear (?:in|at)|published (?:in|at|by)|presented at"
    r"|appeared (?:in|at)|(?:in )?proceedings of",
}
_VENUE = re.compile(
    "|".join(rf"(?P<{status}>\b(?:{words})\b)" for status, words in _STATUS.items())
    + r"|(?P<preprint>\barXiv\b)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:['’]|(?<!\d)(?:19|20))(\d{2})(?!\d)")
_END = re.compile(r"[).;\n]|, (?=\D)")
_SMALL_WORDS = (
    "the of on in at to for and a an annual international conference symposium workshop ieee acm usenix"
)
_SMALL_IN_NAMES = frozenset(_SMALL_WORDS.split(" "))


@dataclass(frozen=True)
class Venue:
    """`status` is submitted, accepted, preprint or ""; `year` two digits or ""; `words` the name's."""

    status: str
    words: frozenset[str]
    year: str
    text: str
    at: int
    end: int


def venues(text: str) -> list[Venue]:
    """The venues that a text speaks of, in order."""
    found = []
    for match in _VENUE.finditer(text):
        stop = _END.search(text, match.end())
        end = stop.start() if stop else len(text)
        status = str(match.lastgroup)
        found.append(_venue(status, text, match.start(), match.end(), end))
    return found


def venue(text: str) -> Venue:
    """The venue that a declared text is, with a status where it says one."""
    match = _VENUE.match(text.strip())
    start = match.end() if match and match.lastgroup != "preprint" else 0
    status = str(match.lastgroup) if match else ""
    return _venue(status, text, 0, start, len(text))


def differs(declared: Venue, page: Venue) -> str | None:
    """In what a page's venue is another than the declared one, in words; None where they agree."""
    if declared.words and page.words and not declared.words & page.words:
        return "another venue"
    if declared.year and page.year and declared.year != page.year:
        return "another year"
    if declared.status and page.status and declared.status != page.status:
        return f"{page.status} there, {declared.status} here"
    return None


def _venue(status: str, text: str, at: int, start: int, end: int) -> Venue:
    named = text[start:end]
    year = _YEAR.search(named)
    plain = _YEAR.sub(" ", named).casefold()
    words = frozenset(word for word in re.findall(r"[a-z]{2,}", plain) if word not in _SMALL_IN_NAMES)
    if status == "preprint":
        words = frozenset(("arxiv",))
    return Venue(status, words, year[1] if year else "", text[at:end].strip(), at, end)


MAX_BYTES = 5 * 1024 * 1024

_HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_FENCE = re.compile(r"^ {0,3}(```|~~~)")
_UNDERLINE = re.compile(r"^ {0,3}(=+|-+)\s*$")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"(\*\*|__|\*|`|~~|^\s*>\s?|^\s*(?:[*+-]|\d+[.)])\s+|<[^>]+>)")
_SENTENCE = re.compile(r"(?<=[.!?;])\s+(?=[A-Z0-9\"“(])")
_SMALL = "a an and are as at by for from has in into is it of on or that the this to using via with was were"
_COMMON = frozenset(_SMALL.split(" "))
ALIKE = 0.5
"""Share of the shorter title's words that two titles must have in common to be of one thing."""


@dataclass(frozen=True)
class Line:
    """A line of a page freed of Markdown's marks. `offsets[i]` is where its i-th character is in the file."""

    text: str
    offsets: tuple[int, ...]

    def offset(self, at: int) -> int:
        return self.offsets[min(at, len(self.offsets) - 1)] if self.offsets else 0


@dataclass(frozen=True)
class Section:
    """A heading and the lines up to the next one; `offset` is where the heading's words begin."""

    heading: str
    level: int
    offset: int
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)


@dataclass(frozen=True)
class Page:
    """A page as read; `display` is its name in messages."""

    path: Path
    display: str
    raw: str
    sections: tuple[Section, ...] = field(default=())

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.raw))]

    def place(self, offset: int) -> tuple[Place, str]:
        """The place of a character, and its line."""
        number = max(i for i, start in enumerate(self._starts) if start <= offset)
        start = self._starts[number]
        line = self.raw[start:].partition("\n")[0].rstrip("\r")
        return Place(self.display, number + 1, offset - start + 1), line

    def section_of(self, titles: Iterable[str | None]) -> Section | None:
        """The section whose heading is most like one of the titles; None where none is, or two are."""
        wanted = [words_of(title) for title in titles if title]
        scored = [
            (max((_alike(words_of(s.heading), w) for w in wanted), default=0.0), s) for s in self.sections
        ]
        scored = sorted((pair for pair in scored if pair[0] >= ALIKE), key=lambda pair: -pair[0])
        if not scored or (len(scored) > 1 and scored[0][0] == scored[1][0]):
            return None
        return scored[0][1]


def read_page(path: Path, display: str) -> Page:
    """The Markdown page at `path`; UsageError where it can't be read."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UsageError(f"{display} has more than {MAX_BYTES:,} bytes; it is no page")
        raw = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        raise UsageError(f"{display}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{display} is not UTF-8 (byte {error.start})") from None
    return parse_page(raw, path, display)


def parse_page(raw: str, path: Path, display: str) -> Page:
    """The page in `raw`."""
    return Page(path, display, raw, tuple(_sections(raw)))


def folded(text: str) -> str:
    """A text in small letters without accents."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()


def words_of(text: str) -> frozenset[str]:
    """The telling words of a text: folded, without plurals and small words."""
    words = re.findall(r"[a-z0-9]+", folded(text))
    return frozenset(w[:-1] if len(w) > 4 and w.endswith("s") else w for w in words if w not in _COMMON)


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    """Share of the shorter set that is in both; two words in common at least, unless it is the whole."""
    common = len(one & other)
    shorter = min(len(one), len(other))
    if not shorter or (common < 2 and common < shorter):
        return 0.0
    return common / shorter


def sentences(section: Section) -> Iterator[tuple[str, Line, int]]:
    """Each sentence with its line and where in the line it begins."""
    for line in section.lines:
        at = 0
        for match in _SENTENCE.finditer(line.text):
            yield line.text[at : match.start()], line, at
            at = match.end()
        if line.text[at:].strip():
            yield line.text[at:], line, at


def _sections(raw: str) -> Iterator[Section]:
    heading, level, start = "", 0, 0
    lines: list[Line] = []
    fenced = False
    front_matter = re.match(r"---\n.*?\n---\n", raw, re.DOTALL)
    at = front_matter.end() if front_matter else 0
    previous: tuple[str, int] | None = None
    for text in raw[at:].split("\n"):
        begin, at = at, at + len(text) + 1
        fenced ^= bool(_FENCE.match(text))
        match = None if fenced else _HEADING.match(text)
        # A rule under words is a heading of the other form; the words are its last line.
        underline = not fenced and previous is not None and bool(_UNDERLINE.match(text))
        if match is None and not underline:
            previous = (
                (text, begin) if text.strip() and not fenced and not text.lstrip().startswith("#") else None
            )
            if text.strip() and not fenced and not _FENCE.match(text):
                lines.append(_plain(text, begin))
            continue
        if underline and previous is not None:
            lines.pop()
        yield Section(heading, level, start, tuple(lines))
        lines = []
        if match is not None:
            plain = _plain(match[2], begin + match.start(2))
            level = len(match[1])
        else:
            assert previous is not None
            plain, level = _plain(*previous), 1 if text.lstrip().startswith("=") else 2
        heading, start, previous = plain.text.strip(), plain.offset(0), None
    yield Section(heading, level, start, tuple(lines))


def _plain(text: str, begin: int) -> Line:
    """A line without Markdown's marks, each character remembering its place."""
    keep = [True] * len(text)
    for match in _LINK.finditer(text):
        keep[match.start() : match.end()] = [False] * (match.end() - match.start())
        keep[match.start(1) : match.end(1)] = [True] * (match.end(1) - match.start(1))
    for match in _MARKS.finditer(text):
        keep[match.start() : match.end()] = [False] * (match.end() - match.start())
    kept = [index for index, kept in enumerate(keep) if kept]
    return Line("".join(text[index] for index in kept), tuple(begin + index for index in kept))
