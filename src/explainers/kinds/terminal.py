"""A terminal recording, drawn anew from what the program wrote: sharp at any size, right at any speed.

The file is an asciinema cast. Pauses longer than `idle_limit` (or the recording's own limit) are shortened,
and that is said; so is every speed that is not real time. Full-screen programs, wide characters, colours
and the cursor are there. Beats may let it stand still and outline lines of the screen.

The screen is that of xterm.js with Unicode 11, cell by cell, with these differences: after a resize lines are
cut and not wrapped anew; saving the cursor keeps all four character sets; cursor steps within margins begin
where the cursor is; accents without a letter and signs that choose a form of an emoji are left out; half a
surrogate pair is a replacement character; links are not underlined; blinking text, a screen turned to reverse
video and pictures (Sixel and others) are not there. Character sets are plain, British and line drawing. A
recording that says a size of 0 has that of its first resize, or as much as it writes; `size` says another.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from explainers.kinds._panes import PaneKind, freezes
from explainers.kinds._panes.cast import TerminalPane
from explainers.kinds._panes.params import LineCallout, Lines, Recorded
from explainers.kinds._panes.places import Placed
from explainers.kinds.base import KindBeat, KindParams, ShotPlan
from explainers.storyboard.types import Boolean, Label

if TYPE_CHECKING:
    from explainers.stage import Stage


class Params(KindParams, Recorded):
    """A terminal recording, alone in its frame."""

    label: Label | None = None
    """What it is, above it."""


class BeatParams(KindBeat):
    """What is pointed at during a beat."""

    freeze: Boolean = False
    """The recording stands still for as long as the beat lasts."""
    lines: Annotated[tuple[Lines, ...], Field(max_length=4)] = ()
    """Lines of the screen with a white outline: look here."""
    callout: Annotated[tuple[LineCallout, ...], Field(max_length=4)] = ()
    """Words with a line to what they are about."""


_ASSETS = """
sources:
  session: {kind: illustration, citation: A session made up for this example, label: a made-up session}
files:
  casts/session.cast: {shows: A run and its table, from: session}
"""


def _events() -> list[list[object]]:
    found = "scenes/drex/storyboard.yaml   two shots\r\n"
    found += "assets/drex/assets.yaml       two tables\r\n"
    events: list[list[object]] = [[0.1, "o", found], [0.2, "o", "\x1b[32m~/drex\x1b[0m $ "]]
    at = 0.8
    for letter in "explainers render drex":
        events.append([round(at, 3), "o", letter])
        at += 0.07
    events.append([round(at + 0.4, 3), "o", "\r\n\x1b[?25l"])
    at += 3.4
    for step in range(37):
        bar = "█" * step + "░" * (36 - step)
        events.append([round(at, 3), "o", f"\r\x1b[36m{bar}\x1b[0m {step * 100 // 36:3d} %"])
        at += 0.11
    rows = ["shot      frames  outcome", "\x1b[2m" + "─" * 26 + "\x1b[0m"]
    rows += ["design       480  \x1b[33mdrawn\x1b[0m", "race        1080  \x1b[32mreused\x1b[0m"]
    events.append([round(at + 0.3, 3), "o", "\r\n\r\n" + "\r\n".join(rows) + "\r\n\x1b[?25h"])
    events.append([round(at + 0.6, 3), "o", "\r\n\x1b[32m~/drex\x1b[0m $ "])
    return events


def _cast() -> str:
    header = {"version": 2, "width": 44, "height": 13}
    return "\n".join(json.dumps(line, ensure_ascii=False) for line in (header, *_events())) + "\n"


EXAMPLE_FILES = {"assets.yaml": _ASSETS, "casts/session.cast": _cast()}


class TerminalKind(PaneKind):
    params = Params
    beat_params = BeatParams
    example_files = EXAMPLE_FILES
    still_s = 1.2

    def contents(self, shot: ShotPlan) -> tuple[TerminalPane]:
        pointed = [
            (("beats", index, key, number), last)
            for index, beat in enumerate(shot.beats)
            for key, ends in (
                ("lines", [last for _, last in beat.params.lines]),
                ("callout", [said.line for said in beat.params.callout]),
            )
            for number, last in enumerate(ends)
        ]
        return (TerminalPane(shot.params, shot, shot.params.label, freezes=freezes(shot), pointed=pointed),)

    def draw(self, shot: ShotPlan, stage: Stage, placed: Placed) -> None:
        """What it is and how fast it plays above the window, and outlines of lines in it."""
        from explainers.kinds._panes import marks

        (content,), (pane,) = placed.contents, placed.panes
        assert isinstance(content, TerminalPane)
        marks.header(stage, marks.box_of(pane, stage), content.label, content.clock, content.pauses)
        for beat in shot.beats:
            content.point_at(stage, pane, beat, beat.params.lines, beat.params.callout)
