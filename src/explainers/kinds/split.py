"""Two kinds beside each other on one clock: a terminal and the diagram that it drives, code and what it does.

Each pane is any other kind with its own fields, laid out for the room it has; in a frame that is not wide
they stand above one another. A beat says under the same names what happens in each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, SerializeAsAny, WithJsonSchema

from explainers.compositor.layer import Rect
from explainers.kinds import kind_of
from explainers.kinds._panes.places import room
from explainers.kinds.base import KindBeat, KindParams, SceneKind, ShotPlan, Stretch
from explainers.storyboard.film import Layout
from explainers.storyboard.mistakes import Loc, Mistake

if TYPE_CHECKING:
    from explainers.footage.conform import Request
    from explainers.stage import Stage

PANES = ("first", "second")
GAP = 44.0
"""Between the panes, in design units."""

_SCHEMA = {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}}
Held = Annotated[SerializeAsAny[KindParams], WithJsonSchema(_SCHEMA)]
HeldBeat = Annotated[SerializeAsAny[KindBeat], WithJsonSchema({"type": "object"})]


class Params(KindParams):
    """Two panes."""

    first: Held
    """The left or upper pane: `kind`, and that kind's own fields."""
    second: Held
    """The right or lower pane."""
    share: Annotated[float, Field(ge=0.25, le=0.75)] = 0.5
    """How much of the room the first pane takes."""


class BeatParams(KindBeat):
    """What happens in the panes."""

    first: HeldBeat = KindBeat()
    """What a beat of its kind says for the first pane."""
    second: HeldBeat = KindBeat()
    """What it says for the second one."""


def pane_of(shot: ShotPlan, key: str) -> tuple[ShotPlan, SceneKind, Rect]:
    """A pane as a shot of its own kind, that kind, and its place in pixels of the frame."""
    params = getattr(shot.params, key)
    kind = kind_of(params)
    area, scale = room(shot, header=False)
    gap, share = round(GAP * scale / 2), shot.params.share
    beside = shot.canvas.width > shot.canvas.height
    start, end = (area.left, area.right) if beside else (area.top, area.bottom)
    cut = start + round((end - start) * share)
    low, high = (start, cut - gap) if key == PANES[0] else (cut + gap, end)
    low, high = low + low % 2, high - (high - low - low % 2) % 2
    rect = area._replace(left=low, right=high) if beside else area._replace(top=low, bottom=high)
    rect = Rect(rect.left, rect.top, rect.right - rect.width % 2, rect.bottom - (rect.bottom - rect.top) % 2)
    beats = tuple(
        replace(beat, params=getattr(beat.params, key), statement=None, camera=None) for beat in shot.beats
    )
    canvas = Stretch(rect.width, rect.bottom - rect.top, shot.canvas.fps)
    said = {"title": None, "statement": None, "footer": None, "provenance": None, "layout": Layout()}
    inner = replace(shot, kind=kind.name, params=params, beats=beats, canvas=canvas, pane=scale, **said)  # type: ignore[arg-type]
    return inner, kind, rect


class SplitKind(SceneKind):
    params = Params
    beat_params = BeatParams
    holds = PANES

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """Each kind draws its pane as if it were a frame of that size."""
        for inner, kind, rect in self._panes(shot):
            pane = stage.pane(inner.canvas)
            kind.picture(inner, pane)
            stage.place_pane(pane, rect.left, rect.top)

    def _panes(self, shot: ShotPlan) -> Iterator[tuple[ShotPlan, SceneKind, Rect]]:
        return (pane_of(shot, key) for key in PANES)

    def beat_s(self, beat: BeatParams) -> float:
        """As long as the slower pane needs."""
        return max(
            (kind_of(one).beat_s(one) for one in (beat.first, beat.second) if type(one) is not KindBeat),
            default=0.0,
        )

    def arrivals_s(self, shot: ShotPlan) -> list[float]:
        return [moment for inner, kind, _ in self._panes(shot) for moment in kind.arrivals_s(inner)]

    def duration_s(self, shot: ShotPlan) -> float:
        return max(kind.duration_s(inner) for inner, kind, _ in self._panes(shot))

    def names(self, params: Params, beats: Sequence[BeatParams]) -> set[str]:
        pairs = ((getattr(params, key), [getattr(beat, key) for beat in beats]) for key in PANES)
        return {name for held, own in pairs for name in kind_of(held).names(held, own)}

    def mistakes(self, shot: ShotPlan) -> Iterator[Mistake]:
        """What each kind finds wrong in its pane."""
        for key in PANES:
            inner, kind, _ = pane_of(shot, key)
            for mistake in kind.mistakes(inner):
                yield replace(mistake, loc=_held_loc(key, mistake.loc))

    def footer(self, shot: ShotPlan) -> list[str]:
        return self._said(shot, "footer")

    def caveats(self, shot: ShotPlan) -> list[str]:
        return self._said(shot, "caveats")

    def said(self, shot: ShotPlan) -> list[str]:
        return self._said(shot, "said")

    def illustrated(self, shot: ShotPlan) -> list[str]:
        return self._said(shot, "illustrated")

    def _said(self, shot: ShotPlan, hook: str) -> list[str]:
        """What both kinds say of their panes, each thing once."""
        found: Iterable[str] = (
            one for inner, kind, _ in self._panes(shot) for one in getattr(kind, hook)(inner)
        )
        return list(dict.fromkeys(found))

    def file_texts(self, shot: ShotPlan) -> Iterator[tuple[Loc, str]]:
        for key in PANES:
            inner, kind, _ = pane_of(shot, key)
            for loc, text in kind.file_texts(inner):
                yield _held_loc(key, loc), text

    def footage(self, shot: ShotPlan) -> list[Request]:
        return [one for inner, kind, _ in self._panes(shot) for one in kind.footage(inner)]


def _held_loc(key: str, loc: Loc) -> Loc:
    """Where the author finds what a pane's kind names: what is on a beat stands there under the pane."""
    return (*loc[:2], key, *loc[2:]) if loc[:1] == ("beats",) and len(loc) > 1 else (key, *loc)
