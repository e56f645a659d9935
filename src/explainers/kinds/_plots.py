"""What the kinds that plot tables share: when things come, which of them are ours, names on beats."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from explainers.kinds._cells import wrong_names
from explainers.kinds.base import BeatPlan, ShotPlan
from explainers.storyboard.mistakes import Mistake

ENTER_S = 0.3
"""From a beat's start until its data begin to come."""
GROW_S, DRAWN_S, POINT_S = 1.2, 1.5, 0.35
"""How long a chart's bar grows, its line is drawn, and its point comes."""


class Schedule:
    """When things come: with the beat that first shows them, or what they are part of."""

    def __init__(self, beats: Sequence[BeatPlan]):
        self.first_s = beats[0].start_s if beats else 0.0
        self._starts: dict[str, float] = {}
        for beat in beats:
            for name in beat.params.show if beat.params else ():
                self._starts.setdefault(name, beat.start_s)

    def at(self, *names: str | None) -> float:
        """The latest of the starts of the beats that show `names`; the first beat's where none does."""
        return max((self._starts[name] for name in names if name in self._starts), default=self.first_s)


def first_beat_s(shot: ShotPlan, chosen: Callable[[Any], bool]) -> float | None:
    """The start of the first beat whose params are `chosen`, in seconds; None where none is."""
    return next((beat.start_s for beat in shot.beats if beat.params and chosen(beat.params)), None)


def last_show_s(shot: ShotPlan) -> float:
    """The start of the last beat that shows something, in seconds."""
    return max((beat.start_s for beat in shot.beats if beat.params and beat.params.show), default=0.0)


def highlights(shot: ShotPlan) -> list[tuple[float, Sequence[str]]]:
    """The start of each beat and the names it brings out, for a `Spotlight`."""
    return [(beat.start_s, beat.params.highlight if beat.params else ()) for beat in shot.beats]


def is_ours(role: str | None) -> bool:
    """Whether a row of this role is more than something to compare with."""
    return role not in (None, "baseline", "muted")


def wrong_beats(shot: ShotPlan, known: Iterable[str], what: str) -> list[Mistake]:
    """A mistake for each name that a beat shows or highlights and that is not `known`."""
    known = list(known)
    return [
        mistake
        for index, beat in enumerate(shot.beats)
        for field in ("show", "highlight")
        for mistake in wrong_names(getattr(beat.params, field, ()), known, what, ("beats", index, field))
    ]
