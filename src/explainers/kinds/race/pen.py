"""What the parts of a pane are drawn with: its words and its numbers that count with the clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from explainers.film.layer import Note, Track
from explainers.kinds.race import params as race
from explainers.kinds.race.clock import START_S, RaceClock
from explainers.kinds.race.layout import PaneLayout
from explainers.kinds.race.measures import MEASURES, SMALL
from explainers.stage import Box, Stage
from explainers.stage.ink import font_measures
from explainers.stage.numbers import number_width
from explainers.theme import LABEL, MONO, STRONG

if TYPE_CHECKING:
    from explainers.runs.model import Run

ENTER_AT_S, ENTER_S = 0.1, 0.45
"""When everything enters, and how long it takes."""


@dataclass(frozen=True)
class Entrant:
    """A pane and what is drawn in it. `first` says that its run is the first to end.

    Cells past those of `rival`, where there is one, are outlined. `mixed` says that measured and simulated
    runs are side by side.
    """

    pane: race.Pane
    run: Run
    first: bool
    rival: Run | None
    mixed: bool = False

    @property
    def label(self) -> str:
        return self.pane.label or self.run.label or self.pane.run

    def shown(self, params: race.Params, names: Sequence[str]) -> list[str]:
        """Those of the named counters that are asked for and that the run knows."""
        return [name for name in names if name in params.views and MEASURES[name].known(self.run)]

    def counts(self, params: race.Params) -> bool:
        """Whether requests are counted: beside every picture of them, where the run knows."""
        seen = any(view in race.PICTURES for view in params.views)
        return seen and bool(self.run.request_count) and self.run.knows_completed

    @property
    def badge(self) -> str | None:
        """`simulated`, where the clock bar can't say it for all panes at once."""
        return "simulated" if self.mixed and self.run.provenance.kind == "simulated" else None


@dataclass(frozen=True)
class Pen:
    """Draws on `stage` in the pane of `entrant`; `arrival` is the opacity of everything in it."""

    stage: Stage
    params: race.Params
    entrant: Entrant
    box: Box
    layout: PaneLayout
    clock: RaceClock
    arrival: Track

    @property
    def run(self) -> Run:
        return self.entrant.run

    @property
    def end_s(self) -> float:
        """The run second at which the pane stops."""
        return min(self.run.end_s, self.clock.until_s)

    @property
    def stops_s(self) -> float:
        """The film second at which the pane stops."""
        return self.clock.film(self.end_s)

    @property
    def finishes(self) -> bool:
        """Whether the run's end is seen."""
        return self.run.end_s <= self.clock.until_s

    @property
    def color(self) -> str:
        return self.stage.theme.color(self.entrant.pane.role)

    @property
    def counts(self) -> bool:
        return self.entrant.counts(self.params)

    def role(self, name: str) -> str:
        """A number's colour: the metric has the pane's, exits their own where there are any."""
        own = self.entrant.pane.role
        if name == self.params.metric and own != "baseline":
            return own
        if name not in SMALL:
            return "text"
        last = MEASURES[name].text_at(self.run, self.run.end_s)
        return MEASURES[name].role if any(digit in last for digit in "123456789") else "muted"

    def words(self, text: str, x: float, y: float, size: float = LABEL, **look: Any) -> None:
        """Words whose capitals are centred on `y`."""
        look.setdefault("anchor", "left")
        self.stage.middle(text, x, y, size, over=self.stage.theme.panel, **look).enter(ENTER_AT_S, dy=0)

    def number(
        self,
        name: str,
        text_at: Callable[[float], str],
        x: float,
        y: float,
        size: float,
        anchor: str = "left",
    ) -> None:
        """A number whose digits are centred on `y`; `text_at` writes it at a second of the run."""
        role, panel = self.role(name), self.stage.theme.panel
        baseline = y + font_measures(MONO)[0] * size / 2
        clock, arrival, end_s = self.clock, self.arrival, self.end_s

        def shown(t: float) -> tuple[str, float, float, float]:
            return text_at(min(clock.at(t), end_s)), x, baseline, arrival.at(t)

        spans = [*arrival.spans(), (START_S, self.stops_s)]
        note = Note("text", text_at(end_s), size, self.stage.theme.color(role), panel, role)
        self.stage.number(shown, spans, size, role=role, anchor=anchor, note=note)

    def number_width(self, text: str, size: float) -> float:
        return number_width(text, self.stage.style(size, STRONG, mono=True))
