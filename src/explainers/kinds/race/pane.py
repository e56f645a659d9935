"""One pane of a race: its panel, name, counters, and the mark it gets when its run is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from explainers.facts.numbers import written
from explainers.film.layer import Note
from explainers.film.track import Track
from explainers.kinds.race import params as race
from explainers.kinds.race.clock import START_S, RaceClock
from explainers.kinds.race.layout import HEADER, LARGE_ROW, SMALL_ROW, PaneLayout, pane_layout
from explainers.kinds.race.measures import LARGE, MEASURES, SMALL, UNKNOWN, Measure, done
from explainers.kinds.race.sparkline import rate_name, rates
from explainers.stage import Box, Stage, shapes
from explainers.stage.ink import font_measures
from explainers.stage.numbers import number_width
from explainers.theme import LABEL, MONO, STRONG

if TYPE_CHECKING:
    from explainers.runs.model import Run

NAME, COUNT, LARGE_SIZE, SMALL_SIZE = 46.0, 46.0, 58.0, 42.0
THIRDS = (0.0, 0.4, 0.73)
"""Where the columns of large counters begin, as shares of the width; the last is for the mark."""
LOOK_S = 1.6
"""How long the first pane that is done is outlined."""


class PanePainter:
    """Draws everything of a pane but its moving views (see `views`).

    `first` says that its run is the first to end; cells past `rival`'s, where there is one, are outlined.
    """

    def __init__(
        self,
        stage: Stage,
        params: race.Params,
        pane: race.Pane,
        run: Run,
        box: Box,
        clock: RaceClock,
        arrival: Track,
        first: bool,
        rival: Run | None,
    ):
        self.stage, self.params, self.pane, self.run, self.clock = stage, params, pane, run, clock
        self.rival = rival
        self.box, self.arrival = stage.snapped(box), arrival
        self.large = [name for name in LARGE if name in params.views and MEASURES[name].known(run)]
        self.small = [name for name in SMALL if name in params.views and MEASURES[name].known(run)]
        self.label = pane.label or run.label
        self.layout = self._lay_out()
        self.end_s = min(run.end_s, clock.until_s)
        self.stops_s = clock.film(self.end_s)
        self.finishes = run.end_s <= clock.until_s
        self.first = self.finishes and first

    def _lay_out(self) -> PaneLayout:
        spark = "sparkline" in self.params.views
        small_rows = 1 if any(name in self.params.views for name in SMALL) else 0
        large = any(name in self.params.views for name in LARGE)
        layout = pane_layout(self.box, large, small_rows, 1, spark)
        room = self.stage.text_width(self.label, NAME, STRONG) + 40 + self._count_width()
        return layout if room <= layout.header.width else pane_layout(self.box, large, small_rows, 2, spark)

    @property
    def color(self) -> str:
        return self.stage.theme.color(self.pane.role)

    @property
    def counts(self) -> bool:
        """Whether requests are counted at all."""
        return "requests" in self.params.views and bool(self.run.request_count)

    def draw(self) -> None:
        self._panel()
        if self.counts:
            self._count()
        if self.layout.wide:
            self._rows()
        else:
            self._columns()
            self._smalls()
        if self.layout.spark:
            self._rate(self.layout.spark)

    def _panel(self) -> None:
        stage, box = self.stage, self.box
        stage.panel(box, fill=stage.theme.panel, radius=14).enter(0.1, dy=0)
        rule = Box(box.left, box.top, box.right, box.top + 8)
        stage.panel(rule, fill=self.color, radius=4, z=1, note=Note("data", self.label, role=self.pane.role)).enter(0.1, dy=0)
        y = self.layout.header.top + HEADER / 2
        self._words(self.label, self.layout.header.left, y, NAME, weight=STRONG)

    # -- words and numbers -----------------------------------------------------------------------

    def _words(self, text: str, x: float, y: float, size: float = LABEL, **kwargs: object) -> None:
        kwargs.setdefault("anchor", "left")
        self.stage.middle(text, x, y, size, over=self.stage.theme.panel, **kwargs).enter(0.1, dy=0)

    def _number(
        self, text_at: Callable[[float], str], x: float, y: float, size: float, role: str, anchor: str, name: str
    ) -> None:
        """A number whose digits are centred on `y`, counting with the clock until the run ends."""
        baseline = y + font_measures(MONO)[0] * size / 2
        clock, arrival, end_s = self.clock, self.arrival, self.end_s

        def shown(t: float) -> tuple[str, float, float, float]:
            return text_at(min(clock.at(t), end_s)), x, baseline, arrival.at(t)

        spans = [*arrival.spans(), (START_S, self.stops_s)]
        depends = [name, self.key(), x, baseline]
        color = self.stage.theme.color(role)
        note = Note("text", text_at(end_s), size, color, self.stage.theme.panel, role)
        self.stage.number(shown, spans, depends, size, role=role, anchor=anchor, note=note)

    def key(self) -> list[object]:
        """Stands for the run and its clock in content keys."""
        moments = [self.clock.from_s + (self.end_s - self.clock.from_s) * i / 40 for i in range(41)]
        curve = [(self.run.completed_at(s), self.run.output_tokens_at(s), self.run.early_exit_share_at(s)) for s in moments]
        return [self.pane.run, self.run.provenance.sha256, self.clock.speed, self.end_s, curve, self.run.totals]

    def _role(self, name: str) -> str:
        """A number's colour: the metric has the pane's, exits their own where there are any."""
        if name == self.params.metric and self.pane.role != "baseline":
            return self.pane.role
        if name in SMALL:
            text = MEASURES[name].text_at(self.run, self.run.end_s)
            return "muted" if text.startswith("0") and not any(c in text for c in "123456789") else MEASURES[name].role
        return "text"

    def _count_width(self) -> float:
        if not self.counts:
            return 0.0
        style = self.stage.style(COUNT, STRONG, mono=True)
        return number_width(f"{self.run.request_count:,}", style) + 16 + self.stage.text_width(self._done_words, LABEL)

    @property
    def _done_words(self) -> str:
        return f"{self.params.unit} done"

    def _count(self) -> None:
        header = self.layout.header
        style = self.stage.style(COUNT, STRONG, mono=True)
        widest = number_width(f"{self.run.request_count:,}", style)
        second_row = header.height > HEADER * 1.5
        y = header.top + HEADER * (1.5 if second_row else 0.5)
        right = header.left + self._count_width() if second_row else header.right
        role = self.pane.role if self.params.metric == "requests" and self.pane.role != "baseline" else "text"
        self._words(self._done_words, right - widest - 16, y, anchor="right", role="muted")
        self._number(lambda s: f"{done(self.run, s):,}", right, y, COUNT, role, "right", "requests")

    # -- counters below the cells ----------------------------------------------------------------

    def _columns(self) -> None:
        box = self.layout.counters
        sizes = [self._fitting(MEASURES[name].widest(self.run), box.width * 0.37) for name in self.large]
        size = min([LARGE_SIZE, *sizes])
        for name, share in zip(self.large, THIRDS, strict=False):
            measure, x = MEASURES[name], box.left + box.width * share
            self._words(measure.label, x, box.top + 18, role="muted")
            self._number(self._text_of(measure), x, box.top + 80, size, self._role(name), "left", name)
        if self.finishes:
            self._mark(box.left + box.width * THIRDS[2], box.top + 18, box.top + 80, box.right)

    def _fitting(self, text: str, width: float) -> float:
        style = self.stage.style(LARGE_SIZE, STRONG, mono=True)
        return LARGE_SIZE * min(1.0, width / number_width(text, style))

    def _text_of(self, measure: Measure) -> Callable[[float], str]:
        run = self.run
        return lambda s: measure.text_at(run, s)

    def _smalls(self) -> None:
        box = self.layout.counters
        y = box.bottom - SMALL_ROW / 2 + 4
        x = box.left
        for index, name in enumerate(self.small):
            measure = MEASURES[name]
            self._words(measure.label, x, y, role="muted")
            # Alone, it lines up with the second large counter.
            after = x + self.stage.text_width(measure.label, LABEL) + 18
            column = box.left + box.width * THIRDS[1]
            x = column if index == 0 and len(self.small) == 1 and after <= column else after
            self._number(self._text_of(measure), x, y, SMALL_SIZE, self._role(name), "left", name)
            x += number_width(measure.widest(self.run), self.stage.style(SMALL_SIZE, STRONG, mono=True)) + 44

    # -- the rate over time ----------------------------------------------------------------------

    @property
    def top_rate(self) -> float:
        """The highest rate the line reaches, 0 where there is no line."""
        return float(rates(self.run, self.clock.until_s)[1].max()) if self.layout.spark else 0.0

    def line_box(self) -> Box:
        """Where the line is drawn: right of its name and its number."""
        assert self.layout.spark is not None
        box = self.layout.spark
        name = self.stage.text_width(rate_name(self.run, self.params.unit) or "", LABEL)
        return box._replace(left=box.left + max(name + 28, box.width * THIRDS[1]))

    def _rate(self, box: Box) -> None:
        at_s, rate = rates(self.run, self.clock.until_s)

        def text_at(s: float) -> str:
            return f"{float(np.interp(s, at_s, rate)):,.0f}" if s > 0 else UNKNOWN

        self._words(rate_name(self.run, self.params.unit) or "", box.left, box.top + 16, role="muted")
        self._number(text_at, box.left, box.bottom - 17, SMALL_SIZE, "text", "left", "rate")

    # -- counters beside the cells ---------------------------------------------------------------

    def _rows(self) -> None:
        box = self.layout.counters
        names = [*self.large, *self.small]
        rows = box.rows([1] * (len(names) + 1))
        for name, row in zip(names, rows, strict=False):
            measure = MEASURES[name]
            self._words(measure.short, box.left, row.center[1], role="muted")
            self._number(
                self._text_of(measure), box.right, row.center[1], SMALL_SIZE, self._role(name), "right", name
            )
        if self.finishes:
            y = rows[-1].center[1]
            self._done(box.left, y, "left", box.right, y, SMALL_SIZE, "right")

    # -- the mark at the end ---------------------------------------------------------------------

    def _mark(self, x: float, label_y: float, number_y: float, right: float) -> None:
        text = written(self.run.end_s, "clock")
        self._done(x, label_y, "left", x, number_y, min(LARGE_SIZE, self._fitting(text, right - x)), "left")

    def _done(
        self, x: float, y: float, anchor: str, number_x: float, number_y: float, size: float, number_anchor: str
    ) -> None:
        """A tick, the word and the time, when the run ends; the first one's outline says: look here."""
        stage, t = self.stage, self.stops_s
        color = self.color
        tick = shapes.route([(x + 2, y + 1), (x + 11, y + 11), (x + 28, y - 11)], color, 6, radius=1)
        stage.mobject(tick, z=10).enter(t, dy=0, duration_s=0.25)
        over = stage.theme.panel
        stage.middle("done", x + 42, y, LABEL, anchor=anchor, role="muted", over=over).enter(t, dy=0, duration_s=0.25)
        time = stage.middle(
            written(self.run.end_s, "clock"), number_x, number_y, size, weight=STRONG, anchor=number_anchor, mono=True, over=over
        )
        time.enter(t, dy=0, duration_s=0.25)
        if self.first:
            outline = stage.panel(self.box, outline=stage.theme.color("text"), radius=14, stroke=4, z=0.5)
            outline.enter(t, dy=0, duration_s=0.2).leave(t + LOOK_S, duration_s=0.4)
