"""What can be wrong with panes beside each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from explainers.errors import InvalidInput
from explainers.footage.timeline import Timeline
from explainers.kinds.base import BeatPlan, ShotPlan
from explainers.kinds.capture.place import wrong_footage
from explainers.kinds.capture.source import clock_of
from explainers.kinds.figure.source import wrong_regions
from explainers.kinds.side_by_side.content import freezes, kind_of, own_of
from explainers.kinds.side_by_side.params import Pane, Panes
from explainers.kinds.terminal.source import wrong_recording
from explainers.storyboard.mistakes import Loc, Mistake, without_effect

STILL_S = 1.4
NOT_OF = {
    "terminal": ("crop", "frames_fps", "page"),
    "figure": ("from", "until", "speed", "paces", "frames_fps", "idle_limit"),
    "capture": ("page", "idle_limit"),
}
"""What means nothing for a pane, by what it shows."""


def mistakes_in(shot: ShotPlan) -> Iterator[Mistake]:
    """Files that can't be shown, times outside them, and speeds that differ where they may not."""
    params: Panes = shot.params
    found = [one for index, pane in enumerate(params.panes) for one in _in_pane(pane, shot, ("panes", index))]
    yield from found
    for index, beat in enumerate(shot.beats):
        for place, number in enumerate(own_of(beat).highlight):
            if number > len(params.panes):
                message = f"there is no pane {number}: there are {len(params.panes)}"
                yield Mistake(("beats", index, "highlight", place), "unknown-name", message)
    if not found:
        yield from _speeds(params, shot)


def _in_pane(pane: Pane, shot: ShotPlan, loc: Loc) -> Iterator[Mistake]:
    kind = kind_of(pane)
    yield from without_effect(pane, NOT_OF[kind], f"a {kind}", loc)
    if kind == "terminal":
        yield from wrong_recording(pane, shot, loc)
    elif kind == "capture":
        yield from wrong_footage(pane, shot, loc)
    elif pane.file in shot.assets:
        from explainers.footage.art import open_art

        try:
            art = open_art(shot.assets[pane.file], pane.page)
        except InvalidInput as error:
            yield from (Mistake((*loc, "file"), one.code, one.message) for one in error.problems)
            return
        if not pane.file.lower().endswith(".pdf"):
            yield from without_effect(pane, ("page",), "anything but a PDF", loc)
        if pane.crop:
            yield from wrong_regions({(*loc, "crop"): pane.crop}, art)


def _speeds(params: Panes, shot: ShotPlan) -> Iterator[Mistake]:
    """Two clocks are never mixed silently: panes on one clock, or compared, play at one speed."""
    if not params.compared and params.clock == "own":
        return
    clocks = {
        index: clock
        for index, pane in enumerate(params.panes)
        if pane.file in shot.assets and (clock := _clock(pane, shot.assets, shot.beats)) is not None
    }
    if len(clocks) < 2:
        return
    first, *others = clocks
    for index in others:
        unequal = _unequal(clocks[first], clocks[index])
        if unequal is not None:
            one, other = (f"{speed:g}x" for speed in unequal)
            why = "compared panes play" if params.compared else "panes on one clock play"
            message = f"this pane plays at {other} while pane {first + 1} plays at {one}; {why} at one speed"
            way = "compared: false and clock: own" if params.compared else "clock: own"
            yield Mistake(("panes", index), "unequal-speed", message, f"the same speed and paces, or {way}")


def _unequal(one: Timeline, other: Timeline) -> tuple[float, float] | None:
    """The first two factors that differ while both play."""
    end = min(one.end_s, other.end_s)
    edges = sorted({s.start_s for s in (*one.stretches, *other.stretches) if s.start_s < end - 1e-6})
    for start in edges:
        pair = one.speed_at(start + 1e-6), other.speed_at(start + 1e-6)
        if abs(pair[0] - pair[1]) > 1e-9:
            return pair
    return None


def _clock(pane: Pane, assets: Mapping[str, Path], beats: tuple[BeatPlan, ...]) -> Timeline | None:
    from explainers.footage.cast import read_cast
    from explainers.footage.media import probe
    from explainers.kinds.terminal.source import clock_of as recording_clock

    kind = kind_of(pane)
    if kind == "terminal":
        cast = read_cast(assets[pane.file]).limited(pane.idle_limit)
        return recording_clock(pane, cast, freezes(beats))
    if kind == "figure":
        return None
    media = probe(assets[pane.file], pane.frames_fps)
    return clock_of(pane, media.duration_s, freezes=freezes(beats)) if media.duration_s else None


def length_s(params: Panes, beats: tuple[BeatPlan, ...], assets: Mapping[str, Path]) -> float:
    """Until every pane has been shown, and a moment more."""
    if any(pane.file not in assets for pane in params.panes):
        return 0.0
    try:
        clocks = [_clock(pane, assets, beats) for pane in params.panes]
    except InvalidInput:
        # The kind's mistakes say what is wrong with a file, at its place in the storyboard.
        return 0.0
    return max((clock.end_s for clock in clocks if clock), default=2.0) + STILL_S
