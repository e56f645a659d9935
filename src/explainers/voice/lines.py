"""What is said: a line with its words as they are shown and as they are spoken, and phrases found in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cached_property

from explainers.facts.templates import Piece
from explainers.storyboard.mistakes import Loc
from explainers.voice.spoken import TONGUES, spoken, tokens

START, END = "$start", "$end"
"""Stand for the first moment of a line and for the moment after its last word."""
_EDGES = re.compile(r"^[^\w$€£~≈<≤≥+\-\u2212]+|[^\w%°]+$")
_PART = re.compile(r"\w+(?:['’]\w+)*")


@dataclass(frozen=True)
class Word:
    """A word of a line: `shown` as captions write it, `voiced` as an engine gets it, and what is `said`, one
    token a word that is heard."""

    shown: str
    voiced: str
    said: tuple[str, ...]
    start: int
    """Its first character in the line."""


@dataclass(frozen=True)
class Manner:
    """How a line is spoken: by which engine, in which of its voices, how fast, and in which language."""

    engine: str = "kokoro"
    voice: str | None = None
    pace: float = 1.0
    language: str = "en"
    pronounce: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """A line of a shot, said from the beginning of `beat` on, or of the shot where that is None.

    `text` is what captions show; `pieces` are the numbers in it, and `loc` its place in the document.
    """

    shot: str
    beat: str | None
    text: str
    manner: Manner
    loc: Loc = ()
    pieces: tuple[Piece, ...] = ()

    @property
    def name(self) -> str:
        """What its takes are called: the shot, and the beat where it has one."""
        return f"{self.shot}.{self.beat}" if self.beat else self.shot

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """Its words, in order."""
        return words_of(self.text, self.manner)

    @cached_property
    def said(self) -> tuple[str, ...]:
        """Every token that is heard, in order."""
        return tuple(token for word in self.words for token in word.said)

    @property
    def voiced(self) -> str:
        """What an engine is given: numbers in words, names as they are pronounced."""
        return " ".join(word.voiced for word in self.words)


def words_of(text: str, manner: Manner) -> tuple[Word, ...]:
    """The words of a text as they are spoken; those that nobody hears, such as a dash, have no tokens."""
    words = []
    for start, end in tokens(text):
        shown = text[start:end]
        core = _EDGES.sub("", shown)
        if core in manner.pronounce:
            voiced = shown.replace(core, manner.pronounce[core])
        else:
            known = manner.language.split("-")[0] in TONGUES
            plain = spoken(shown, manner.language) if known else shown
            voiced = re.sub(r"\w+", lambda part: manner.pronounce.get(part[0], part[0]), plain)
        said = tuple(folded(part) for part in _PART.findall(voiced.replace("-", " ")))
        words.append(Word(shown, voiced, said, start))
    return tuple(words)


def folded(word: str) -> str:
    """A word as it is compared: small letters, composed, with a plain apostrophe."""
    return unicodedata.normalize("NFKC", word).casefold().replace("’", "'")


class NoSuchPhrase(Exception):
    """A phrase that a line does not say; `near` is the phrase of it that is most like it."""

    def __init__(self, near: str):
        super().__init__(near)
        self.near = near


def occurrences(line: Line, phrase: str) -> list[int]:
    """Where a phrase begins in the tokens of a line, every time it is said. NoSuchPhrase where it is not.

    `$start` is 0 and `$end` the number of tokens. Hyphenated words are found whole and in parts.
    """
    if phrase in (START, END):
        return [0 if phrase == START else len(line.said)]
    wanted = tuple(token for word in words_of(phrase, line.manner) for token in word.said)
    places = range(len(line.said) - len(wanted) + 1)
    found = [at for at in places if wanted and line.said[at : at + len(wanted)] == wanted]
    if not found:
        raise NoSuchPhrase(_nearest(line, wanted))
    return found


def _nearest(line: Line, wanted: Sequence[str]) -> str:
    """The words of a line that are most like the wanted tokens, as they are shown."""
    count = max(1, len(wanted))
    starts = range(max(1, len(line.words) - count + 1))
    candidates = [line.words[at : at + count] for at in starts]
    sought = " ".join(wanted)

    def likeness(words: Sequence[Word]) -> float:
        return SequenceMatcher(None, sought, " ".join(token for word in words for token in word.said)).ratio()

    return " ".join(_EDGES.sub("", word.shown) for word in max(candidates, key=likeness))
