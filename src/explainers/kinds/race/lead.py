"""The sentence under the panes: words that stand, and numbers computed from what the panes show."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explainers.facts.expression import Expression, ExpressionError, parse
from explainers.facts.ledger import Fact, Ledger
from explainers.facts.numbers import written
from explainers.facts.templates import fill
from explainers.kinds.race.clock import decimals, time_format
from explainers.kinds.race.measures import UNKNOWN, done, tokens
from explainers.kinds.race.params import Params
from explainers.storyboard.mistakes import Slip

if TYPE_CHECKING:
    from explainers.runs.model import Run

FORMATS = {"requests": None, "output_tokens": None, "throughput": "+.1%", "time": "clock"}
"""The numbers a sentence may hold, and how each is written where no format is given."""

SIGN_WORDS = {
    "more": ("more", "fewer", "as many"),
    "sooner": ("sooner", "later", "at the same time"),
}
"""Formats that say a sign in words: `{output_tokens:more}` is `892 fewer`, `{time:sooner}` `0:24 later`."""

_SIGNED = re.compile(r":\s*(?:more|sooner)\s*(?=\})")
_NUMBER = re.compile(r"(\{(?![={])[^{}]*\})")
_KNOWN = Ledger({name: Fact(name, 1.0, format=spec) for name, spec in FORMATS.items()})


@dataclass(frozen=True)
class Piece:
    """A stretch of a sentence without a space in it: words, or a number still to be worked out.

    `glued` says that it follows the piece before it without a space. A format of SIGN_WORDS puts the sign
    behind the number, which itself is written in the format `plain`.
    """

    text: str
    glued: bool
    expression: Expression | None = None
    format: str | None = None
    plain: str | None = None

    def shown(self, values: Mapping[str, float]) -> str:
        if self.expression is None:
            return self.text
        try:
            value = self.expression.evaluate(values)
        except ExpressionError:
            return UNKNOWN
        if not math.isfinite(value):
            return UNKNOWN
        if self.format in SIGN_WORDS:
            more, fewer, equal = SIGN_WORDS[self.format]
            spec = self.plain or ("clock" if self.format == "sooner" else None)
            return f"{written(abs(value), spec)} {fewer if value < 0 else more}" if value else equal
        if value < 0 and self.format is None:
            return f"{written(-value, None)} {SIGN_WORDS['more'][1]}"
        return written(value, self.format)


@dataclass(frozen=True)
class Rivals:
    """The two runs that a sentence compares."""

    ours: Run
    other: Run

    @property
    def digits(self) -> int:
        """Digits after the point of a second, as the times on screen have them."""
        return decimals(max(self.ours.end_s, self.other.end_s))

    @property
    def time_format(self) -> str:
        return time_format(max(self.ours.end_s, self.other.end_s))

    def against(self, run: Run) -> Run | None:
        """The one that `run` is compared with; None where it is neither, or both."""
        if self.ours is self.other:
            return None
        return {id(self.ours): self.other, id(self.other): self.ours}.get(id(run))

    def values(self, s: float) -> dict[str, float]:
        """What a sentence may say at run second `s`: differences of the very numbers on screen."""
        rate = self.other.throughput_at(s)
        return {
            "requests": float(done(self.ours, s) - done(self.other, s)),
            "output_tokens": float(tokens(self.ours, s) - tokens(self.other, s)),
            # A share of nothing is no number.
            "throughput": self.ours.throughput_at(s) / rate - 1 if rate else math.nan,
            "time": round(self.other.end_s, self.digits) - round(self.ours.end_s, self.digits),
        }


def rivals(params: Params, runs: Mapping[str, Run]) -> Rivals:
    """The first pane, and the first of another role (else the last)."""
    first = params.panes[0]
    ours = next((pane for pane in params.panes if pane.role != first.role), params.panes[-1])
    return Rivals(runs[ours.run], runs[first.run])


def pieces(template: str, time: str = "clock") -> list[Piece]:
    """The sentence in pieces between which a line may break; `time` is the format of times without one."""
    found: list[Piece] = []
    glued = True
    for part in _NUMBER.split(template):
        if _NUMBER.fullmatch(part):
            source, _, spec = part[1:-1].partition(":")
            expression = parse(source)
            default = (FORMATS | {"time": time}).get(source.strip())
            # Without its sign, a share is written as a plain one.
            found.append(
                Piece(part, glued, expression, spec.strip() or default, (default or "").lstrip("+") or None)
            )
            glued = True
            continue
        for index, word in enumerate(fill(part, _KNOWN).text.split(" ")):
            glued = glued and index == 0
            if word:
                found.append(Piece(word, glued))
                glued = True
    return found


def slips(template: str) -> tuple[Slip, ...]:
    """What is wrong in a sentence: typed digits, names that are not numbers of a race, bad formats."""
    return fill(_SIGNED.sub("", template), _KNOWN).slips


def expressions(template: str) -> list[Piece]:
    """The numbers of a sentence without slips."""
    return [] if slips(template) else [piece for piece in pieces(template) if piece.expression is not None]
