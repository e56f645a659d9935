"""A sentence with numbers that run: words glide aside when a number gains or loses a digit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from explainers.film.layer import Note, Track
from explainers.kinds.race.layout import LEAD_LEADING
from explainers.kinds.race.lead import Piece, pieces
from explainers.stage import Stage
from explainers.stage.numbers import number_width
from explainers.theme import BODY, LABEL, STRONG
from explainers.timing import ease_in, ease_in_out, ease_out

Values = Callable[[float], Mapping[str, float]]
NUMBER_SHARE = 0.94
"""Size of the mono's digits beside Inter's words, so that both look equally large."""
WORD_GAP, NUMBER_GAP, GLUED_GAP = 0.28, 0.31, 0.02
"""Room between words, beside a number, and where there is no space, in em; a digit has air of its own."""
SAMPLE_S, GLIDE_S, KEEP_S = 0.1, 0.25, 0.6
ENTER_S, FADE_S = 0.45, 0.25


@dataclass(frozen=True)
class Phrase:
    """Words that stand together, or a number, in one line. `gap` is the room before it, in em."""

    piece: Piece
    line: int
    gap: float


class Sentence:
    """The template on one line, or on two where it is too wide, centred; seen from `start_s` to `end_s`.

    `values` gives its numbers at a film second; they change until `stop_s`.
    """

    def __init__(
        self,
        stage: Stage,
        template: str,
        baseline: float,
        values: Values,
        start_s: float,
        end_s: float,
        stop_s: float,
        time_format: str = "clock",
    ):
        self.stage, self.template, self.values, self.baseline = stage, template, values, baseline
        self.start_s, self.end_s = start_s, end_s
        self.stop_s = max(start_s, min(stop_s, end_s))
        self.size = float(BODY)
        self.phrases = self._broken(pieces(template, time_format))
        while self.size > LABEL and self.line_count > 2:
            self.size -= 2
            self.phrases = self._broken(pieces(template, time_format))

    @property
    def line_count(self) -> int:
        return self.phrases[-1].line + 1

    # -- laying out ------------------------------------------------------------------------------

    def _texts(self, t: float, parts: Sequence[Piece]) -> list[str]:
        values = self.values(t)
        return [piece.shown(values) for piece in parts]

    def _width(self, piece: Piece, text: str) -> float:
        if piece.expression is None:
            return self.stage.text_width(text, self.size)
        return number_width(text, self.stage.style(self.size * NUMBER_SHARE, STRONG, mono=True))

    def _broken(self, parts: Sequence[Piece]) -> list[Phrase]:
        """The sentence in phrases; lines are broken by the longest texts, and two are about equally long."""
        moments = (self.start_s, (self.start_s + self.stop_s) / 2, self.stop_s)
        texts = [max(each, key=len) for each in zip(*(self._texts(t, parts) for t in moments), strict=True)]
        widths = [self._width(piece, text) for piece, text in zip(parts, texts, strict=True)]
        gaps = [0.0 if piece.glued else WORD_GAP * self.size for piece in parts]
        whole, room = sum(widths) + sum(gaps), self.stage.safe.width
        measure = room if whole <= room else max(room * 0.6, min(room, whole * 0.56))
        phrases: list[Phrase] = []
        line, filled = 0, 0.0
        for piece, width, gap in zip(parts, widths, gaps, strict=True):
            new_line = bool(phrases) and not piece.glued and filled + gap + width > measure
            line, filled = (line + 1, width) if new_line else (line, filled + gap + width)
            phrases = _joined(phrases, piece, line)
        return phrases

    def _places(self, texts: Sequence[str]) -> list[float]:
        """The left edge of each phrase."""
        xs, edges = [], [0.0] * self.line_count
        for phrase, text in zip(self.phrases, texts, strict=True):
            edges[phrase.line] += phrase.gap * self.size
            xs.append(edges[phrase.line])
            edges[phrase.line] += self._width(phrase.piece, text)
        return [x + (self.stage.width - edges[p.line]) / 2 for x, p in zip(xs, self.phrases, strict=True)]

    def _stretches(self) -> list[tuple[float, list[float]]]:
        """Places at each moment from which another number of digits is shown."""
        found: list[tuple[float, list[float]]] = []
        lengths: list[int] = []
        parts = [phrase.piece for phrase in self.phrases]
        steps = max(1, int((self.stop_s - self.start_s) / SAMPLE_S))
        moments = [self.start_s + (self.stop_s - self.start_s) * step / steps for step in range(steps + 1)]
        samples = [self._texts(t, parts) for t in moments]
        around = round(KEEP_S / SAMPLE_S)
        for index, t in enumerate(moments):
            # Room is kept for a digit that comes and goes: words that dodge it to and fro would tremble.
            near = samples[max(0, index - around) : index + around + 1]
            texts = [max(each, key=len) for each in zip(*near, strict=True)]
            if [len(text) for text in texts] != lengths:
                lengths = [len(text) for text in texts]
                found.append((t, self._places(texts)))
        return found

    # -- drawing ---------------------------------------------------------------------------------

    def draw(self) -> None:
        """Put it on stage."""
        stretches = self._stretches()
        for index, phrase in enumerate(self.phrases):
            x = Track(stretches[0][1][index])
            for t, places in stretches[1:]:
                # Words make room before the longer number comes.
                if abs(places[index] - x.last) > 0.5:
                    x.to(places[index], max(self.start_s, t - GLIDE_S - SAMPLE_S), GLIDE_S, ease_in_out)
            baseline = self.baseline - (self.line_count - 1 - phrase.line) * LEAD_LEADING
            (self._number if phrase.piece.expression else self._words)(phrase.piece, x, baseline)

    def _words(self, piece: Piece, x: Track, baseline: float) -> None:
        handle = self.stage.words(piece.text, x.initial, baseline, self.size)
        handle.enter(self.start_s, dy=0)
        moves = x.keys()
        for start, end, _, after, _ in moves:
            handle.move(start, after - x.initial, 0.0, end - start)
        if self.end_s < self.stage.duration_s:
            handle.leave(self.end_s, duration_s=FADE_S)

    def _number(self, piece: Piece, x: Track, baseline: float) -> None:
        opacity = Track(0.0).to(1.0, self.start_s, ENTER_S, ease_out)
        if self.end_s < self.stage.duration_s:
            opacity.to(0.0, self.end_s, FADE_S, ease_in)

        def text_at(t: float) -> tuple[str, float, float, float] | None:
            shown = opacity.at(t)
            return (
                (piece.shown(self.values(min(t, self.stop_s))), x.at(t), baseline, shown)
                if shown > 0.001
                else None
            )

        last = piece.shown(self.values(self.stop_s))
        spans = [*opacity.spans(), *x.spans(), (self.start_s, self.stop_s)]
        theme = self.stage.theme
        note = Note("text", last, self.size, theme.color("text"), theme.background, "text")
        self.stage.number(text_at, spans, self.size * NUMBER_SHARE, note=note)


def _joined(phrases: list[Phrase], piece: Piece, line: int) -> list[Phrase]:
    """The phrases with one more piece: words join the words before them, numbers stand alone."""
    before = phrases[-1] if phrases and phrases[-1].line == line else None
    if before and before.piece.expression is None and piece.expression is None:
        text = before.piece.text + ("" if piece.glued else " ") + piece.text
        return [*phrases[:-1], Phrase(Piece(text, before.piece.glued), line, before.gap)]
    gap = 0.0
    if before:
        gap = GLUED_GAP if piece.glued else NUMBER_GAP
    return [*phrases, Phrase(piece, line, gap)]
