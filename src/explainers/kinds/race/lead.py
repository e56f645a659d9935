"""The sentence under the panes: words, and numbers computed from what the panes show.

Words glide aside when a number gains or loses a digit.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explainers.compositor.layer import Note, Track
from explainers.facts.expression import Expression, ExpressionError, parse
from explainers.facts.ledger import Fact, Ledger
from explainers.facts.numbers import written
from explainers.facts.templates import fill
from explainers.kinds.race.clock import RaceClock, decimals, time_format
from explainers.kinds.race.measures import UNKNOWN, Race, done, tokens
from explainers.runs.summary import unequal_work
from explainers.storyboard.mistakes import Loc, Mistake
from explainers.theme import BODY, LABEL, STRONG
from explainers.timing import ease_in, ease_in_out, ease_out

if TYPE_CHECKING:
    from explainers.runs.model import Run
    from explainers.stage import Stage

FORMATS = {"requests": None, "output_tokens": None, "throughput": "+.1%", "time": "clock"}
"""The numbers a sentence may hold, and how each is written where no format is given."""
SIGN_WORDS = {"more": ("more", "fewer", "as many"), "sooner": ("sooner", "later", "at the same time")}
"""Formats that say a sign in words: `{output_tokens:more}` is `892 fewer`, `{time:sooner}` `0:24 later`."""

LEADING = 56.0
NUMBER_SHARE = 0.94
"""Size of the mono's digits beside Inter's words, so that both look equally large."""
WORD_GAP, NUMBER_GAP, GLUED_GAP = 0.28, 0.31, 0.02
"""Room between words, beside a number, and where there is no space, in em; a digit has air of its own."""
SAMPLE_S, GLIDE_S, KEEP_S = 0.1, 0.25, 0.6
ENTER_S, FADE_S = 0.45, 0.25

_SIGNED = re.compile(r":\s*(?:more|sooner)\s*(?=\})")
_NUMBER = re.compile(r"(\{(?![={])[^{}]*\})")
_KNOWN = Ledger({name: Fact(name, 1.0, format=spec) for name, spec in FORMATS.items()})
_SO_FAR = re.compile(r"\bso far\b", re.IGNORECASE)


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


def pieces(template: str, time: str = "clock") -> list[Piece]:
    """The sentence in pieces between which a line may break; `time` is the format of times without one."""
    found: list[Piece] = []
    glued = True
    for part in _NUMBER.split(template):
        if _NUMBER.fullmatch(part):
            source, _, spec = part[1:-1].partition(":")
            default = (FORMATS | {"time": time}).get(source.strip())
            # Without its sign, a share is written as a plain one.
            plain = (default or "").lstrip("+") or None
            found.append(Piece(part, glued, parse(source), spec.strip() or default, plain))
            glued = True
            continue
        for index, word in enumerate(fill(part, _KNOWN).text.split(" ")):
            glued = glued and index == 0
            if word:
                found.append(Piece(word, glued))
                glued = True
    return found


@dataclass(frozen=True)
class Rivals:
    """The two runs that a sentence compares."""

    ours: Run
    other: Run

    @classmethod
    def of(cls, race: Race) -> Rivals:
        """The first pane, and the first of another role (else the last)."""
        panes = race.params.entries
        differs = (index for index, pane in enumerate(panes) if pane.role != panes[0].role)
        return cls(race.runs[next(differs, -1)], race.runs[0])

    @property
    def end_s(self) -> float:
        return max(self.ours.end_s, self.other.end_s)

    @property
    def digits(self) -> int:
        """Digits after the point of a second, as the times on screen have them."""
        return decimals(self.end_s)

    @property
    def time_format(self) -> str:
        return time_format(self.end_s)

    def against(self, run: Run) -> Run | None:
        """The one that `run` is compared with; None where it is neither, or both."""
        if self.ours is self.other:
            return None
        return self.other if run is self.ours else self.ours if run is self.other else None

    def values(self, s: float) -> dict[str, float]:
        """What a sentence may say at run second `s`: differences of the very numbers on screen."""
        rate, digits = self.other.throughput_at(s), self.digits
        return {
            "requests": float(done(self.ours, s) - done(self.other, s)),
            "output_tokens": float(tokens(self.ours, s) - tokens(self.other, s)),
            # A share of nothing is no number.
            "throughput": self.ours.throughput_at(s) / rate - 1 if rate else math.nan,
            "time": round(self.other.end_s, digits) - round(self.ours.end_s, digits),
        }


# -- what can be wrong with a sentence ---------------------------------------------------------


def lead_mistakes(race: Race) -> Iterator[Mistake]:
    """Typed digits, unknown numbers, bad formats, and comparisons that the runs don't allow."""
    lead, pair = race.params.lead, Rivals.of(race)
    templates = {"running": lead.running, "result": lead.result} if lead else {}
    for name, template in templates.items():
        if template is None:
            continue
        mistakes = fill(_SIGNED.sub("", template), _KNOWN).mistakes
        yield from (mistake.under("lead", name) for mistake in mistakes)
        if not mistakes:
            numbers = [piece for piece in pieces(template) if piece.expression is not None]
            yield from _comparisons(race, pair, numbers, template, ("lead", name))


def _comparisons(
    race: Race, pair: Rivals, numbers: Sequence[Piece], template: str, loc: Loc
) -> Iterator[Mistake]:
    names = {name for number in numbers if number.expression for name in number.expression.names}
    of_tokens = bool(names & {"output_tokens", "throughput"})
    if of_tokens and not (pair.ours.knows_tokens and pair.other.knows_tokens):
        yield Mistake(loc, "view-without-data", "a run says nothing of tokens, so there is no lead in tokens")
        return
    refused = names & ({"time"} if race.params.unequal_work else {"time", "throughput"})
    last = pair.values(pair.end_s)
    if refused and (work := unequal_work(pair.other, pair.ours)):
        message = f"no lead in {' or '.join(sorted(refused))}: the runs did not do the same work, {work}"
        expected = "{requests:more} or {output_tokens:more}"
        if "time" not in refused:
            expected += "; or unequal_work: true, which the footer then says"
        yield Mistake(loc, "unequal-work", message, expected)
    elif "throughput" in names and not math.isfinite(last["throughput"]):
        message = f"no lead in throughput: {race.params.entries[0].run} has none to compare with"
        yield Mistake(loc, "view-without-data", message)
    else:
        yield from _signs(numbers, last, loc)
    timed = pair.ours.knows_token_times and pair.other.knows_token_times
    if of_tokens and not timed and _SO_FAR.search(template):
        message = "a run's tokens have no times: what it wrote so far is not known"
        yield Mistake(loc, "view-without-data", message, "a sentence without 'so far'")


def _signs(numbers: Sequence[Piece], values: Mapping[str, float], loc: Loc) -> Iterator[Mistake]:
    """Times below zero, which the words around them (`sooner`) would contradict."""
    for piece in numbers:
        if piece.expression is None or piece.expression.names != ("time",) or piece.format in SIGN_WORDS:
            continue
        if piece.expression.evaluate(values) < 0:
            message = f"{piece.text} is {piece.shown(values)}: the sign belongs in words"
            yield Mistake(loc, "lead-sign", message, "{time:sooner}, which says sooner or later itself")


# -- the sentence in the picture ---------------------------------------------------------------


@dataclass(frozen=True)
class Phrase:
    """Words that stand together, or a number, in one line. `gap` is the room before it, in em."""

    piece: Piece
    line: int
    gap: float


@dataclass(eq=False)
class Sentence:
    """The template on one line, or on two where it is too wide, centred; shown from `start_s` to `end_s`.

    Its numbers change until the clock stops.
    """

    stage: Stage
    clock: RaceClock
    rivals: Rivals
    template: str
    baseline: float
    start_s: float
    end_s: float

    def __post_init__(self) -> None:
        self.stop_s = max(self.start_s, min(self.clock.stop_s, self.end_s))
        self.size = float(BODY)
        parts = pieces(self.template, self.rivals.time_format)
        self.phrases = self._broken(parts)
        while self.size > LABEL and self.line_count > 2:
            self.size -= 2
            self.phrases = self._broken(parts)

    @property
    def line_count(self) -> int:
        return self.phrases[-1].line + 1

    def _texts(self, t: float, parts: Sequence[Piece]) -> list[str]:
        values = self.rivals.values(self.clock.at(t))
        return [piece.shown(values) for piece in parts]

    def _width(self, piece: Piece, text: str) -> float:
        from explainers.stage.marks import number_width

        if piece.expression is None:
            return self.stage.text_width(text, self.size)
        return number_width(text, self.stage.style(self.size * NUMBER_SHARE, STRONG, mono=True))

    def _broken(self, parts: Sequence[Piece]) -> list[Phrase]:
        """The sentence in phrases; lines are broken by the longest texts, and two are about equally long."""
        moments = (self.start_s, (self.start_s + self.stop_s) / 2, self.stop_s)
        texts = _longest([self._texts(t, parts) for t in moments])
        widths = [self._width(piece, text) for piece, text in zip(parts, texts, strict=True)]
        gaps = [0.0 if piece.glued else WORD_GAP * self.size for piece in parts]
        whole, room = sum(widths) + sum(gaps), self.stage.safe.width
        measure = room if whole <= room else max(room * 0.6, min(room, whole * 0.56))
        phrases: list[Phrase] = []
        line, filled = 0, 0.0
        for piece, width, gap in zip(parts, widths, gaps, strict=True):
            new_line = bool(phrases) and not piece.glued and filled + gap + width > measure
            line, filled = (line + 1, width) if new_line else (line, filled + gap + width)
            _join(phrases, piece, line)
        return phrases

    def _lefts(self, texts: Sequence[str]) -> list[float]:
        """The left edge of each phrase."""
        xs, edges = [], [0.0] * self.line_count
        for phrase, text in zip(self.phrases, texts, strict=True):
            edges[phrase.line] += phrase.gap * self.size
            xs.append(edges[phrase.line])
            edges[phrase.line] += self._width(phrase.piece, text)
        return [x + (self.stage.width - edges[p.line]) / 2 for x, p in zip(xs, self.phrases, strict=True)]

    def _stretches(self) -> list[tuple[float, list[float]]]:
        """Left edges at each moment from which another number of digits is shown."""
        found: list[tuple[float, list[float]]] = []
        lengths: list[int] = []
        parts = [phrase.piece for phrase in self.phrases]
        steps = max(1, int((self.stop_s - self.start_s) / SAMPLE_S))
        moments = [self.start_s + (self.stop_s - self.start_s) * step / steps for step in range(steps + 1)]
        samples = [self._texts(t, parts) for t in moments]
        around = round(KEEP_S / SAMPLE_S)
        for index, t in enumerate(moments):
            # Room is kept for a digit that comes and goes: words that dodge it to and fro would tremble.
            texts = _longest(samples[max(0, index - around) : index + around + 1])
            if [len(text) for text in texts] != lengths:
                lengths = [len(text) for text in texts]
                found.append((t, self._lefts(texts)))
        return found

    def draw(self) -> None:
        """Put it on stage."""
        (_, first), *later = self._stretches()
        for index, phrase in enumerate(self.phrases):
            x = Track(first[index])
            for t, lefts in later:
                # Words make room before the longer number comes.
                if abs(lefts[index] - x.last) > 0.5:
                    x.to(lefts[index], max(self.start_s, t - GLIDE_S - SAMPLE_S), GLIDE_S, ease_in_out)
            baseline = self.baseline - (self.line_count - 1 - phrase.line) * LEADING
            (self._number if phrase.piece.expression else self._words)(phrase.piece, x, baseline)

    def _words(self, piece: Piece, x: Track, baseline: float) -> None:
        handle = self.stage.words(piece.text, x.initial, baseline, self.size)
        handle.enter(self.start_s, dy=0)
        for start, end, _, after, _ in x.keys():  # noqa: SIM118
            handle.move(start, after - x.initial, 0.0, end - start)
        if self.end_s < self.stage.duration_s:
            handle.leave(self.end_s, duration_s=FADE_S)

    def _number(self, piece: Piece, x: Track, baseline: float) -> None:
        opacity = Track(0.0).to(1.0, self.start_s, ENTER_S, ease_out)
        if self.end_s < self.stage.duration_s:
            opacity.to(0.0, self.end_s, FADE_S, ease_in)

        def text_at(t: float) -> str:
            return self._texts(min(t, self.stop_s), [piece])[0]

        def state_at(t: float) -> tuple[str, float, float, float] | None:
            shown = opacity.at(t)
            return (text_at(t), x.at(t), baseline, shown) if shown > 0.001 else None

        spans = [*opacity.spans(), *x.spans(), (self.start_s, self.stop_s)]
        theme = self.stage.theme
        note = Note("text", text_at(self.stop_s), self.size, theme.color("text"), theme.background, "text")
        self.stage.number(state_at, spans, self.size * NUMBER_SHARE, note=note)


def _longest(samples: Sequence[Sequence[str]]) -> list[str]:
    """Of each piece the longest text that it has in any of the samples."""
    return [max(texts, key=len) for texts in zip(*samples, strict=True)]


def _join(phrases: list[Phrase], piece: Piece, line: int) -> None:
    """One more piece: words join the words before them, numbers stand alone."""
    before = phrases[-1] if phrases and phrases[-1].line == line else None
    if before and before.piece.expression is None and piece.expression is None:
        text = before.piece.text + ("" if piece.glued else " ") + piece.text
        phrases[-1] = Phrase(Piece(text, before.piece.glued), line, before.gap)
    else:
        gap = (GLUED_GAP if piece.glued else NUMBER_GAP) if before else 0.0
        phrases.append(Phrase(piece, line, gap))
