"""Captions: a cue's text in pieces of two short lines, in time by their length."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import zip_longest

from explainers.plan.model import CuePlan

LINE_CHARACTERS = 42
LINES = 2
_SENTENCE = re.compile(r"(?<=[.!?;:\u2026])\s+")


def captions(text: str, start_s: float, end_s: float, shot_id: str) -> list[CuePlan]:
    """`text` as consecutive captions that fill `start_s` to `end_s`, each as long as its share of it."""
    pieces = _pieces(text)
    total = sum(map(len, pieces))
    cues, at = [], 0
    for piece in pieces:
        begin, at = at, at + len(piece)
        span = end_s - start_s
        cues.append(
            CuePlan(start_s + span * begin / total, start_s + span * at / total, _lines(piece), shot_id)
        )
    return cues


def in_order(cues: Iterable[CuePlan]) -> tuple[CuePlan, ...]:
    """The cues by time, each ended by the next one, without those that would have no time."""
    ordered = sorted(cues, key=lambda cue: (cue.start_s, cue.end_s))
    kept = []
    for cue, following in zip_longest(ordered, ordered[1:]):
        end = min(cue.end_s, following.start_s) if following else cue.end_s
        if end - cue.start_s > 1e-6:
            kept.append(CuePlan(cue.start_s, end, cue.text, cue.shot_id))
    return tuple(kept)


def _pieces(text: str) -> list[str]:
    """Pieces that fit in a caption: whole sentences where they fit, even parts of one where not."""
    pieces: list[str] = []
    for sentence in _SENTENCE.split(" ".join(text.split())):
        parts = [sentence] if _fit(sentence) else _split(sentence)
        for part in parts:
            if pieces and len(parts) == 1 and _fit(f"{pieces[-1]} {part}"):
                pieces[-1] = f"{pieces[-1]} {part}"
            elif part:
                pieces.append(part)
    return pieces


def _fit(text: str) -> bool:
    return len(_wrapped(text)) <= LINES


def _split(sentence: str) -> list[str]:
    """The sentence in the fewest parts that fit, of about the same length."""
    words = [piece for word in sentence.split() for piece in _chopped(word)]
    for count in range(2, len(words) + 1):
        parts = _even(words, count)
        if all(_fit(part) for part in parts):
            return parts
    return words


def _even(words: Sequence[str], count: int) -> list[str]:
    target = (sum(map(len, words)) + len(words) - 1) / count
    parts: list[str] = []
    current = ""
    for word in words:
        longer = f"{current} {word}".strip()
        if (
            current
            and len(parts) < count - 1
            and len(longer) > target
            and len(longer) - target > target - len(current)
        ):
            parts.append(current)
            current = word
        else:
            current = longer
    return [*parts, current]


def _wrapped(text: str) -> list[str]:
    lines: list[str] = []
    for word in (piece for long in text.split() for piece in _chopped(long)):
        if lines and len(lines[-1]) + 1 + len(word) <= LINE_CHARACTERS:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _chopped(word: str) -> list[str]:
    return [word[at : at + LINE_CHARACTERS] for at in range(0, len(word), LINE_CHARACTERS)]


def _lines(piece: str) -> str:
    """One line where it fits, else two of about the same length."""
    if len(piece) <= LINE_CHARACTERS:
        return piece
    spaces = [at for at, character in enumerate(piece) if character == " "]
    good = [at for at in spaces if max(at, len(piece) - at - 1) <= LINE_CHARACTERS]
    if not good:
        return "\n".join(_wrapped(piece))
    middle = min(good, key=lambda at: abs(at - len(piece) / 2))
    return f"{piece[:middle]}\n{piece[middle + 1 :]}"
