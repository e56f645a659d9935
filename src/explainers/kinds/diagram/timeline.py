"""The looks of one thing over time, made into tiles once and cross-faded when they change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from explainers.kinds.diagram.looks import Emphasis, Look
from explainers.timing import ease_in_out

if TYPE_CHECKING:
    from explainers.film.layer import Note
    from explainers.stage import Handle, Stage
    from explainers.stage.ink import Ink


@dataclass
class Timeline:
    """A first look, and changes with a time and a duration in seconds."""

    first: Look
    _changes: list[tuple[float, float, dict[str, Any]]] = field(default_factory=list)

    def change(self, t: float, duration_s: float, **to: str) -> None:
        """From `t` on, `text`, `role` or `emphasis` is this."""
        self._changes.append((t, duration_s, to))

    def without_text(self) -> Timeline:
        """The same changes of role and emphasis alone, for the frame around a text."""
        changes = [(t, d, {k: v for k, v in to.items() if k != "text"}) for t, d, to in self._changes]
        return Timeline(self.first._replace(text=""), changes)

    def moments(self) -> list[tuple[float, float, Look]]:
        """Every real change in order: when, how long, and to what. Changes never overlap."""
        found: list[tuple[float, float, Look]] = []
        look, free = self.first, 0.0
        changes = sorted(self._changes, key=lambda change: change[0])
        for index, (t, duration, to) in enumerate(changes):
            look = look._replace(**to)
            if index + 1 < len(changes) and changes[index + 1][0] - t < 1e-6:
                continue
            if look != (found[-1][2] if found else self.first):
                start = max(t, free)
                found.append((start, duration, look))
                free = start + duration
        return found


def staged(
    stage: Stage,
    timeline: Timeline,
    inks: Callable[[Look], Sequence[Ink]],
    z: float,
    note: Callable[[Look], Note] | None = None,
    solid: bool = False,
) -> Handle | None:
    """A handle that shows the timeline; None where no look has any ink.

    Where `solid`, looks cover each other: a new one fades in over the old one instead of through it.
    """
    from explainers.stage import ink

    moments = timeline.moments()
    looks = {look.key: look for look in (timeline.first, *(look for _, _, look in moments))}
    drawn = {key: list(inks(look)) for key, look in looks.items()}
    drawn = {key: parts for key, parts in drawn.items() if parts}
    if not drawn:
        return None
    first = timeline.first.key
    tiles = {key: ink.raster(parts, stage.scale) for key, parts in drawn.items()}
    handle = stage.place(
        tiles, ink.bounds(next(iter(drawn.values()))), z, None, first if first in drawn else ""
    )
    for key, layer in handle.looks.items():
        layer.note = _colored(note(looks[key]), drawn[key]) if note else None
    now = first
    for t, duration, look in moments:
        _cross(handle, now, look.key, t, duration, solid)
        now = look.key
    return handle


def _colored(note: Note, inks: Sequence[Ink]) -> Note:
    """The note with the colour in which its words are really set."""
    from explainers.stage.text import TextRun

    runs = [one for one in inks if isinstance(one, TextRun)]
    return replace(note, color=runs[0].style.color) if runs else note


def free(handle: Handle, t: float) -> float:
    """`t`, or the start of the last thing the handle was told, if that is later: calls go forward in time.

    An author may hide what is still on its way; it then leaves when it has begun to come.
    """
    tracks = [track for layer in handle.layers for name, track in layer.tracks.items() if name != "share"]
    return max([t, *(track.keys()[-1][0] for track in tracks if track.keys())])


def _cross(handle: Handle, old: str, new: str, t: float, duration_s: float, solid: bool) -> None:
    order = list(handle.looks)
    if old == new:
        return
    covers = solid and new in order and old in order
    upper = covers and order.index(new) > order.index(old)
    if new in handle.looks:
        shorter = duration_s if not covers or upper else 0.0
        handle.looks[new].track("share").to(1.0, t, shorter, ease_in_out)
    if old in handle.looks:
        track = handle.looks[old].track("share")
        if upper:
            track.to(0.0, t + duration_s)
        else:
            track.to(0.0, t, duration_s, ease_in_out)


__all__ = ["Emphasis", "Look", "Timeline", "staged"]
