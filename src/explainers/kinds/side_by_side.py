"""Two or three panes beside each other: footage, terminal recordings, figures, in any mixture.

A pane's file says what it is. Panes have one clock above them (`clock: shared`) or their own times in their
headers. Panes that are compared play at one speed, or it is an error: two clocks are never mixed silently.
When one ends, it stands still with a mark and its time while the others go on. A pane with a `run` has that
run's `counters` under it: output tokens, tokens a second, the shares that the run tells. With the layout
`bleed` or `picture` the panes are windows that reach the frame's edges, and their tokens tracks of one scale.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from explainers.errors import InvalidInput
from explainers.footage.timeline import Timeline
from explainers.kinds._panes import PaneKind, freezes
from explainers.kinds._panes.cast import TerminalPane
from explainers.kinds._panes.content import Content, shown_file
from explainers.kinds._panes.footage import FootagePane
from explainers.kinds._panes.params import Pane, PaneCallout, PaneLines
from explainers.kinds._panes.places import Placed, placed_row
from explainers.kinds._panes.sheet import SheetPane
from explainers.kinds.base import KindBeat, KindParams, ShotPlan
from explainers.kinds.race.measures import MEASURES
from explainers.kinds.race.params import Counter
from explainers.runs.model import TOKENS_STEADY, TOTALS_ONLY, WHOLE_SECONDS
from explainers.storyboard.mistakes import Loc, Mistake, without_effect
from explainers.storyboard.types import Boolean

if TYPE_CHECKING:
    from explainers.footage.conform import Request
    from explainers.stage import Stage

CONTENTS: dict[str, type[Content]] = {
    **dict.fromkeys((".cast", ".json"), TerminalPane),
    **dict.fromkeys((".pdf", ".svg"), SheetPane),
}
"""What a pane shows, by its file's ending; of every other it is footage."""


class Panes(KindParams):
    """What side by side and quad have in common."""

    panes: tuple[Pane, ...]
    """The panes, the baseline first."""
    clock: Literal["shared", "own"] = "shared"
    """One clock above all panes, or each pane's own time in its header."""
    compared: Boolean = True
    """Whether the panes are compared; then they play at one speed, or it is an error."""
    counters: Annotated[tuple[Counter, ...], Field(min_length=1, max_length=3)] = ("output_tokens",)
    """What is counted under the panes that have a `run`, from that run, as the clock runs."""


class Params(Panes):
    """Two or three panes beside each other."""

    panes: Annotated[tuple[Pane, ...], Field(min_length=2, max_length=3)]
    """The panes, the baseline first."""


class BeatParams(KindBeat):
    """What happens to the panes in a beat."""

    freeze: Boolean = False
    """All panes stand still for as long as the beat lasts."""
    highlight: tuple[Annotated[int, Field(ge=1, le=4)], ...] = ()
    """Panes with a white outline, counted from 1."""
    lines: Annotated[tuple[PaneLines, ...], Field(max_length=4)] = ()
    """Lines of terminal recordings with a white outline: `{pane: 2, lines: [8, 9]}`."""
    callout: Annotated[tuple[PaneCallout, ...], Field(max_length=4)] = ()
    """Words with a line to what they are about in a terminal recording."""


_ASSETS = """
sources:
  sessions: {kind: illustration, citation: Sessions made up for this example, label: made-up sessions}
files:
  casts/slow.cast: {shows: Six steps one by one, from: sessions}
  casts/quick.cast: {shows: Six steps in batches, from: sessions}
"""


def cast(step_s: float, batch: int, width: int = 30, height: int = 8) -> str:
    """Six steps, so many at once, in a window of that size."""
    lines: list[object] = [
        {"version": 2, "width": width, "height": height},
        [0.0, "o", "\x1b[1msix steps\x1b[0m\r\n"],
    ]
    at = 0.4
    for first in range(1, 7, batch):
        steps = range(first, min(first + batch, 7))
        text = "".join(f"step {step:2d}  \x1b[32mdone\x1b[0m\r\n" for step in steps)
        at += step_s
        lines.append([round(at, 3), "o", text])
    return "\n".join(json.dumps(line) for line in lines) + "\n"


EXAMPLE_FILES = {"assets.yaml": _ASSETS, "casts/slow.cast": cast(1.8, 1), "casts/quick.cast": cast(2.3, 2)}


class SideBySideKind(PaneKind):
    params: ClassVar[type[Panes]] = Params
    beat_params = BeatParams
    example_files = EXAMPLE_FILES
    still_s = 1.4
    static_s = 2.0 + still_s

    def contents(self, shot: ShotPlan) -> tuple[Content, ...]:
        found = []
        for index, pane in enumerate(shot.params.panes):
            of_file = CONTENTS.get(PurePosixPath(shown_file(pane, shot)).suffix.lower(), FootagePane)
            content = of_file(pane, shot, pane.label, ("panes", index), freezes(shot))
            if isinstance(content, TerminalPane):
                content.pointed = [(loc, last) for loc, number, last in _pointed(shot) if number == index + 1]
            found.append(content)
        return tuple(found)

    def placed(self, shot: ShotPlan) -> Placed:
        return placed_row(shot, self.contents(shot), shot.params.clock == "shared")

    def footage(self, shot: ShotPlan) -> tuple[Request, ...]:
        return self.requests(shot)

    def draw(self, shot: ShotPlan, stage: Stage, placed: Placed) -> None:
        """The clock, the headers, and the marks where a pane ends."""
        from explainers.kinds._panes.row import draw_row

        draw_row(shot, stage, placed)

    def said(self, shot: ShotPlan) -> tuple[str, ...]:
        """Only tokens are counted here, and a steady rate of theirs is said under their counter."""
        return TOKENS_STEADY, WHOLE_SECONDS, TOTALS_ONLY

    def mistakes(self, shot: ShotPlan) -> list[Mistake]:
        """Fields without effect, what is wrong with the files, and speeds that differ where they may not."""
        contents, count = self.contents(shot), len(shot.params.panes)
        found: list[Mistake] = []
        for content in contents:
            found += without_effect(content.fields, _unread(content), f"a {content.name}", content.loc)
            found += content.mistakes()
            found += _uncounted(shot, content) if content.fields.run else ()
        if not any(content.fields.run for content in contents):
            found += without_effect(shot.params, ("counters",), "panes without a run")
        speeds = [] if found else _speeds(shot.params, contents)
        for index, beat in enumerate(shot.beats):
            for place, number in enumerate(beat.params.highlight):
                if number > count:
                    message = f"there is no pane {number}: there are {count}"
                    found.append(Mistake(("beats", index, "highlight", place), "unknown-name", message))
        terminals = [i for i, content in enumerate(contents, 1) if isinstance(content, TerminalPane)]
        for loc, number, _ in _pointed(shot):
            if number not in terminals:
                message = f"pane {number} is no terminal recording"
                expected = f"pane {' or '.join(map(str, terminals))}" if terminals else "a pane with a cast"
                found.append(Mistake((*loc, "pane"), "unknown-name", message, expected))
        return [*found, *speeds]


def _pointed(shot: ShotPlan) -> Iterator[tuple[Loc, int, int]]:
    """Places of what beats point at in terminals, with the pane and the last line."""
    for index, beat in enumerate(shot.beats):
        for number, line in enumerate(beat.params.lines):
            yield ("beats", index, "lines", number), line.pane, line.lines[1]
        for number, said in enumerate(beat.params.callout):
            yield ("beats", index, "callout", number), said.pane, said.line


def _unread(content: Content) -> Iterator[str]:
    """The fields of a pane that mean nothing for what it shows."""
    for name, described in Pane.model_fields.items():
        if name not in content.reads.model_fields and name not in ("label", "role", "run", "captured"):
            yield described.alias or name


LATE_S = 2.0
"""How much longer a recording may be than its run, where it is not more than a tenth of it."""


def _uncounted(shot: ShotPlan, content: Content) -> Iterator[Mistake]:
    """Counters that the pane's run can't tell, and clocks that are not the run's."""
    run, loc = shot.runs.get(content.fields.run), (*content.loc, "run")
    if run is None:
        return
    known = [name for name, measure in MEASURES.items() if measure.known(run)]
    for index, name in enumerate(shot.params.counters):
        if name not in known:
            message = f"the run {content.fields.run!r} does not tell {name}"
            yield Mistake(("counters", index), "unknown-to-run", message, ", ".join(known) or "another run")
    if not content.there:
        return
    try:
        clock, pauses = content.clock, content.pauses
    except InvalidInput:
        return
    if clock is None:
        yield Mistake(
            loc, "no-effect", f"'run' has no effect on a {content.name} that does not move", key=True
        )
    elif pauses:
        message = f"its {pauses}, so that its clock is not the run's"
        yield Mistake(loc, "other-clock", message, "an idle_limit as long as its longest pause")
    elif (shown_s := clock.until_s - clock.from_s) > run.end_s + max(LATE_S, run.end_s / 10):
        message = f"{shown_s:.1f} s of the recording are shown, and the run lasts {run.end_s:.1f} s"
        yield Mistake(loc, "other-clock", message, "a `from` and an `until` where the run begins and ends")


def _speeds(params: Panes, contents: tuple[Content, ...]) -> Iterator[Mistake]:
    """Two clocks are never mixed silently: panes on one clock, or compared, play at one speed."""
    if not params.compared and params.clock == "own":
        return
    clocks = [(index, each.clock) for index, each in enumerate(contents) if each.there and each.clock]
    for index, clock in clocks[1:]:
        first, baseline = clocks[0]
        if unequal := _unequal(baseline, clock):
            here, there = (f"{speed:g}x" for speed in unequal)
            why = "compared panes play" if params.compared else "panes on one clock play"
            message = f"this pane plays at {there} while pane {first + 1} plays at {here}; {why} at one speed"
            way = "compared: false and clock: own" if params.compared else "clock: own"
            yield Mistake(("panes", index), "unequal-speed", message, f"the same speed and paces, or {way}")


def _unequal(first: Timeline, second: Timeline) -> tuple[float, float] | None:
    """The first two factors that differ while both play."""
    end = min(first.end_s, second.end_s)
    edges = {each.start_s for each in (*first.stretches, *second.stretches) if each.start_s < end - 1e-6}
    for start in sorted(edges):
        pair = first.speed_at(start + 1e-6), second.speed_at(start + 1e-6)
        if abs(pair[0] - pair[1]) > 1e-9:
            return pair
    return None
