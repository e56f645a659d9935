"""Bringing things out by their names: what a beat does not speak of is quietened, and stays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from explainers.film.layer import Track
from explainers.stage.handle import CHANGE_S, Group, Handle
from explainers.timing import ease_in_out

QUIET = 0.42
"""How bright what a beat does not speak of stays."""


Quietable = Handle | Group | Track


class Spotlight:
    """Things by name, so that a beat can bring some out and quiet the others for as long as it lasts."""

    def __init__(self) -> None:
        self._things: list[tuple[frozenset[str], Quietable]] = []

    def add(self, names: Iterable[str], *things: Quietable) -> None:
        """Things that stay bright when any of `names` is brought out."""
        self._things += [(frozenset(names), thing) for thing in things]

    def plan(self, beats: Iterable[tuple[float, Sequence[str]]]) -> None:
        """Follow the beats: the start of each in seconds, and the names it brings out (none: all)."""
        for start_s, names in beats:
            for own, thing in self._things:
                _dim(thing, start_s, 1.0 if not names or own & set(names) else QUIET)


def _dim(thing: Quietable, t: float, share: float) -> None:
    if isinstance(thing, Track):
        if thing.last != share:
            thing.to(share, t, CHANGE_S, ease_in_out)
    elif isinstance(thing, Group):
        for inner in thing.handles:
            _dim(inner, t, share)
    else:
        # `share` multiplies opacity, so that a thing may be quietened before, while or after it enters.
        for layer in thing.layers:
            _dim(layer.track("share"), t, share)
