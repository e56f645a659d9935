"""Handles: what a kind holds of something on stage, to make it enter, move, change its look, leave.

Times are seconds from the shot's start, distances design units. Calls on one handle go forward in time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from itertools import pairwise
from math import hypot

from explainers.compositor.layer import Side, TileLayer, Track
from explainers.stage.shapes import Box
from explainers.timing import Easing, PartOf, ease_in, ease_in_out, ease_out, when

ENTER_S, LEAVE_S, CHANGE_S, MOVE_S = 0.45, 0.3, 0.35, 0.6
"""How long things take to enter, leave, change their look and move."""
QUIET = 0.42
"""How bright what a beat does not speak of stays."""


class Handle:
    """One thing on stage: a tile, or several looks of it of which one is shown at a time."""

    def __init__(self, looks: Mapping[str, TileLayer], box: Box, scale: float, look: str):
        self.looks, self.box = dict(looks), box
        self._scale, self._look, self._entered = scale, look, False
        for name, layer in self.looks.items():
            layer.track("share").initial = 1.0 if name == look else 0.0

    @property
    def pixels(self) -> float:
        """Pixels in a design unit."""
        return self._scale

    @property
    def layers(self) -> list[TileLayer]:
        return list(self.looks.values())

    def enter(
        self,
        t: float,
        dx: float = 0.0,
        dy: float = 28.0,
        duration_s: float = ENTER_S,
        fade_s: float | None = None,
    ) -> Handle:
        """Fade in at `t`, arriving from (`dx`, `dy`) away. Before, it is not there.

        The fade takes as long as the way, or `fade_s`: nothing where it comes from outside of the frame.
        """
        if not self._entered:
            self.hide()
        for layer in self.layers:
            layer.track("opacity").to(1.0, t, duration_s if fade_s is None else fade_s, ease_out)
            for track, distance in self._ways(layer, dx, dy):
                rest = track.at(t)
                if track.keys():
                    track.to(rest + distance, t)
                else:
                    track.initial = rest + distance
                track.to(rest, t, duration_s, ease_out)
        return self

    def leave(self, t: float, dx: float = 0.0, dy: float = 0.0, duration_s: float = LEAVE_S) -> Handle:
        """Fade out from `t`, drifting by (`dx`, `dy`)."""
        for layer in self.layers:
            layer.track("opacity").to(0.0, t, duration_s, ease_in)
            for track, distance in self._ways(layer, dx, dy):
                track.to(track.at(t) + distance, t, duration_s, ease_in)
        return self

    def _ways(self, layer: TileLayer, dx: float, dy: float) -> list[tuple[Track, int]]:
        """The tracks of a move that goes anywhere, each with its distance in pixels."""
        ways = (("dx", dx), ("dy", dy))
        return [(layer.track(name), round(way * self._scale)) for name, way in ways if way]

    def fade(self, t: float, opacity: float, duration_s: float = CHANGE_S) -> Handle:
        """Go to an opacity between 0 and 1."""
        for layer in self.layers:
            layer.track("opacity").to(opacity, t, duration_s, ease_in_out)
        return self

    def hide(self) -> Handle:
        """Not there from the start; `enter` or `fade` bring it."""
        for layer in self.layers:
            layer.track("opacity").initial = 0.0
        self._entered = True
        return self

    def move(
        self, t: float, dx: float, dy: float, duration_s: float = MOVE_S, easing: Easing = ease_in_out
    ) -> Handle:
        """Travel to the place (`dx`, `dy`) away from where it was made."""
        for layer in self.layers:
            layer.track("dx").to(round(dx * self._scale), t, duration_s, easing)
            layer.track("dy").to(round(dy * self._scale), t, duration_s, easing)
        return self

    def follow(
        self,
        t: float,
        offsets: Sequence[tuple[float, float]],
        duration_s: float,
        easing: Easing = ease_in_out,
    ) -> Handle:
        """Travel along a way of straight stretches at the pace of one easing over the whole way.

        `offsets` are (`dx`, `dy`) away from where it was made; the first is where it is now.
        """
        lengths = [hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(offsets)]
        whole, gone = sum(lengths), 0.0
        if whole <= 0:
            return self
        for (dx, dy), stretch in zip(offsets[1:], lengths, strict=True):
            if stretch <= 0:
                continue
            first, last = when(easing, gone / whole), when(easing, min(1.0, (gone + stretch) / whole))
            part = PartOf(easing, first, last)
            self.move(t + first * duration_s, dx, dy, (last - first) * duration_s, part)
            gone += stretch
        return self

    def grow(
        self, t: float, scale: float, duration_s: float = CHANGE_S, easing: Easing = ease_in_out
    ) -> Handle:
        """Go to a scale about its own centre; 1 is as drawn."""
        for layer in self.layers:
            layer.track("scale").to(scale, t, duration_s, easing)
        return self

    def reveal(
        self, t: float, duration_s: float = MOVE_S, side: Side = "left", easing: Easing = ease_in_out
    ) -> Handle:
        """Uncover it from one side, beginning at `t`. Before, it is not there."""
        for layer in self.layers:
            layer.reveal_from = side
            layer.track("reveal").initial = 0.0
            layer.track("reveal").to(1.0, t, duration_s, easing)
        return self

    def become(self, t: float, look: str, duration_s: float = CHANGE_S) -> Handle:
        """Change to another of its looks; nothing moves, nothing flickers."""
        if look == self._look:
            return self
        order, new, old = list(self.looks), self.looks[look], self.looks[self._look]
        if order.index(look) > order.index(self._look):
            # The new look fades in over the old one, which goes when it is covered.
            new.track("share").to(1.0, t, duration_s, ease_in_out)
            old.track("share").to(0.0, t + duration_s, 0.0)
        else:
            new.track("share").to(1.0, t, 0.0)
            old.track("share").to(0.0, t, duration_s, ease_in_out)
        self._look = look
        return self


class Group:
    """Several handles that enter, move and leave together."""

    def __init__(self, handles: Iterable[Handle | Group]):
        self.handles = list(handles)

    @property
    def box(self) -> Box:
        return reduce(Box.joined, (handle.box for handle in self.handles))

    def enter(self, t: float, dx: float = 0.0, dy: float = 28.0, duration_s: float = ENTER_S) -> Group:
        for handle in self.handles:
            handle.enter(t, dx, dy, duration_s)
        return self

    def leave(self, t: float, dx: float = 0.0, dy: float = 0.0, duration_s: float = LEAVE_S) -> Group:
        for handle in self.handles:
            handle.leave(t, dx, dy, duration_s)
        return self

    def fade(self, t: float, opacity: float, duration_s: float = CHANGE_S) -> Group:
        for handle in self.handles:
            handle.fade(t, opacity, duration_s)
        return self

    def hide(self) -> Group:
        for handle in self.handles:
            handle.hide()
        return self

    def move(
        self, t: float, dx: float, dy: float, duration_s: float = MOVE_S, easing: Easing = ease_in_out
    ) -> Group:
        for handle in self.handles:
            handle.move(t, dx, dy, duration_s, easing)
        return self


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
        # Words stay as bright as they are: dimmed ones could not be read.
        for layer in thing.layers:
            if not (layer.note and layer.note.kind == "text"):
                _dim(layer.track("share"), t, share)
