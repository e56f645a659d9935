"""The cards of a race, drawn: how they slide out of the finish line, and what stands where on them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from explainers.compositor.layer import Note, Track
from explainers.facts.numbers import written
from explainers.kinds.race.cards import (
    FINISH,
    FLAG_AFTER_S,
    LABEL_S,
    STAND_S,
    TURN_S,
    change_of,
    is_price,
    rows_of,
    scale_end,
    value_in,
    words_of,
)
from explainers.kinds.race.course import APPROACH_S, LINE, Course
from explainers.stage import Box, Handle, ink, material, shapes
from explainers.theme import LABEL, MONO, STRONG, mix
from explainers.timing import ease_in, ease_out

if TYPE_CHECKING:
    from explainers.kinds.base import ShotPlan
    from explainers.kinds.race.params import CardCell

PRINT_S, SLIDE_S, EACH_S = 0.12, 0.5, 0.08
"""How long a time takes to be printed and a card to slide out; figures follow one another by `EACH_S`."""
FLASH_S, FLASH = 1.1, {True: 0.75, False: 0.2}
"""How long the line's light fades after an arrival, and its strength on a dark ground and on a white one."""
FIRST = 1.33
"""How much wider the column of times is than the others."""


class Finish:
    """The cards beyond the finish line, in columns; in an upright frame each card has two rows of them."""

    def __init__(self, shot: ShotPlan, course: Course):
        cards = course.race.params.cards
        assert cards is not None
        self.course, self.stage, self.race, self.cards = course, course.stage, course.race, cards
        self.lanes, self.theme = course.race.params.tracks, course.stage.theme
        table = shot.tables[cards.table]
        rows = rows_of(cards, self.lanes, table)
        self.values = [[value_in(cell, row, table) if row else None for cell in cards.cells] for row in rows]
        self.base = course.index(cards.baseline)
        count = len(cards.cells) + 1
        self.rows = 2 if course.upright else 1
        self.per_row = -(-count // self.rows)
        self.gap = 48.0 if course.wide else 28.0 if course.upright else 22.0
        left = course.near.finish + LINE + (62.0 if course.wide else 20.0)
        first = 1.28 if course.upright else FIRST if course.wide else 1.18
        room = self.stage.safe.right - left - self.gap * (self.per_row - 1)
        self.unit, self.first, self.left = room / (self.per_row - 1 + first), first, left
        # Shares of a cell's height: its heading (in upright frames), figure, scale and difference.
        self.shares = (0.15, 0.43, 0.66, 0.88) if self.rows > 1 else (0.0, 0.33, 0.6, 0.82)
        self.least = float(math.ceil(self.stage.least_label))
        # Figures come out of the line, but never over it.
        self.way = -32.0 if course.wide else -14.0
        self.arrivals = [course.arrival_s(run) for run in course.race.runs]
        # Differences need the baseline's card; then they come card by card, in the order of arrival.
        order = sorted(range(len(self.lanes)), key=lambda i: (i == self.base, self.arrivals[i]))
        self.compare_s = [max(self.arrivals) + STAND_S + TURN_S * order.index(i) for i in range(len(order))]
        self._fit()

    def cell(self, lane: int, number: int) -> Box:
        """The room of a figure; that of the time is the first."""
        box = self.course.box(lane, 1.0)
        row, column = divmod(number, self.per_row)
        left = self.left + (self.unit * (self.first - 1) + column * (self.unit + self.gap) if column else 0.0)
        width = self.unit if column else self.unit * self.first
        height = box.height / self.rows
        top = box.top + row * height
        return Box(left, top, left + width, top + height)

    def _fit(self) -> None:
        """Type sizes of times, figures and the words below them: the largest that fit everywhere."""
        stage, height = self.stage, self.cell(0, 0).height

        def fitting(texts: Sequence[str], width: float, size: float) -> float:
            widest = max(stage.text_width(text, 100.0, STRONG, mono=True) for text in texts)
            return min(size, width / widest * 100.0)

        times = [written(self.course.until(run), self.course.clock.format) for run in self.race.runs]
        self.time_size = fitting(
            times, self.cell(0, 0).width, min(94.0, height * (0.47 if self.rows == 1 else 0.33))
        )
        figures = [[words_of(one, row[i]) for row in self.values] for i, one in enumerate(self.cards.cells)]
        self.figure_size = min(
            fitting(texts, self.cell(0, i).width, min(58.0, height * 0.3))
            for i, texts in enumerate(figures, start=1)
        )
        self.small = max(self.least, min(float(LABEL), height * 0.19))
        self.scaled = height >= (100.0 if self.course.wide else 118.0)
        if not self.scaled:
            # Where scales have no room, a word has a line of its own under the difference.
            self.shares = (0.0, 0.25, 0.5, 0.6)

    def draw(self) -> None:
        """Put all cards on stage, each when its run arrives."""
        stage, first = self.stage, min(self.arrivals)
        with stage.named("axis", "headings", pinned=True):
            if self.rows == 1:
                self._headings(first)
        for index in sorted(range(len(self.lanes)), key=lambda i: self.arrivals[i]):
            self._running(index)
            if self.course.arrives(self.race.runs[index]):
                self._card(index)
            if self.lanes[index].flag:
                with stage.named(self.lanes[index].name, "flag"):
                    self._flag(index, self.compare_s[index] + FLAG_AFTER_S)

    def _headings(self, t: float) -> None:
        """What the figures are, above the first card, and the ends of their scales below the last."""
        stage, small, last = self.stage, self.small, len(self.lanes) - 1
        for number, text in enumerate([self.cards.heading, *(one.heading for one in self.cards.cells)]):
            box = self.cell(0, number)
            for up, line in enumerate(reversed(stage.lines(text, box.width + self.gap * 0.8, small))):
                y = box.top - 20.0 - up * small * 1.16
                x = min(box.left, stage.safe.right - stage.text_width(line, small))
                stage.words(line, x, y, small, role="muted").enter(t + number * EACH_S, dy=24)
        for number, one in enumerate(self.cards.cells, start=1):
            box = self.cell(last, number)
            if one.scale is None or not self.scaled:
                continue
            low, high = (scale_end(float(end)) for end in one.scale)
            high += f" {one.unit}" if one.unit else ""
            y, size = box.bottom + 20.0 + small * 0.73, small
            while size > 20.0 and stage.text_width(f"{low} {high}", size, mono=True) > box.width:
                size -= 1.0
            stage.words(low, box.left, y, size, role="muted", mono=True).enter(t + 0.3, dy=-16)
            stage.words(high, box.right, y, size, role="muted", mono=True, anchor="right").enter(
                t + 0.3, dy=-16
            )

    def _running(self, index: int) -> None:
        """How far a run is, beyond the line, until it arrives."""
        stage, course, race = self.stage, self.course, self.race
        run, lane = race.runs[index], self.lanes[index]
        come, go = course.approach_s + APPROACH_S - 0.25, self.arrivals[index]
        if go < come + 0.6:
            return
        shown, arrives = Track(0.0).to(1.0, come, 0.35, ease_out), course.arrives(run)
        if arrives:
            shown.to(0.0, go - 0.15, 0.15, ease_in)
        timed = race.params.axis == "time"
        box, size, color = self.cell(index, 0), self.time_size * 0.8, course.figures(lane)
        lane_box = course.box(index, 1.0)
        baseline = (
            lane_box.top
            + lane_box.height * (0.42 if self.rows == 1 else 0.2)
            + ink.font_measures(MONO)[0] * size / 2
        )

        def count(s: float) -> str:
            return written(race.along(run, s), course.clock.format) if timed else f"{race.count(run, s):,}"

        def text_at(t: float) -> tuple[str, float, float, float]:
            return count(min(course.clock.at(t), course.until(run))), box.left, baseline, shown.at(t)

        note = Note("text", count(course.until(run)), size, color, self.theme.background, lane.role)
        with stage.named(lane.name, "count"):
            stage.number(text_at, [*course.running(run), *shown.spans()], size, role=color, note=note)
        if not timed:
            words = f"of {race.goal:,.0f} {race.amount}"
            least = stage.fitting_size(words, box.width + self.gap * 0.8, LABEL, self.least)
            y = lane_box.top + lane_box.height * (0.8 if self.rows == 1 else 0.4)
            handle = stage.middle(words, box.left, y, least, role="muted", anchor="left")
            handle.enter(come, dy=0, duration_s=0.35)
            if arrives:
                handle.leave(go - 0.15, duration_s=0.15)

    def _card(self, index: int) -> None:
        """The plate, the time, and every figure of a run."""
        stage, course, theme, lane = self.stage, self.course, self.theme, self.lanes[index]
        arrival, color, hue = self.arrivals[index], course.figures(lane), course.fill(lane)
        box = stage.snapped(course.box(index, 1.0)._replace(left=course.near.finish + LINE))
        strong, weak = (0.21 if self.course.wide else 0.1, 0.06) if theme.dark else (0.02, 0.01)
        with stage.named(lane.name, "panel"):
            edge = material.plate(box._replace(bottom=box.top + 3.0), mix(hue, "#FFFFFF", 0.2), None, 0, 0, 0)
            panel = stage.mobject(material.fade(box, hue, strong, weak), edge, z=4.0)
            panel.reveal(arrival, SLIDE_S, "left", ease_out)
            # The line lights up where a run comes in.
            middle = (course.near.finish + (LINE / 2 if course.wide else -LINE), box.center[1])
            across = (0.2 if course.wide else 0.08) * stage.width
            light = material.glow(middle, across, box.height, mix(hue, "#FFFFFF", 0.35), FLASH[theme.dark])
            flash = stage.mobject(light, z=4.5).hide()
            flash.fade(arrival, 1.0, PRINT_S / 2).fade(arrival + PRINT_S, 0.0, FLASH_S)
        time, cell = written(course.until(self.race.runs[index]), course.clock.format), self.cell(index, 0)
        look: dict[str, Any] = {"role": color, "anchor": "left", "weight": STRONG}
        with stage.named(lane.name, "finish"):
            self._heading(self.cards.heading, cell, arrival)
            tag, room = lane.tags.get(FINISH, ""), cell.width + self.gap * 0.7
            size = stage.fitting_size(tag, room, self.small, self.least, STRONG) if tag else self.small
            lines = stage.lines(tag, room, size, STRONG) if tag else []
            low, high = (
                (0.42, 0.2 if self.course.wide else 0.23) if self.rows == 1 else (self.shares[1], 0.36)
            )
            y = cell.top + cell.height * (high if len(lines) > 1 else low)
            under = self.shares[3] if self.scaled else 0.82 if len(lines) < 2 else 0.86
            stage.middle(time, cell.left, y, self.time_size, mono=True, **look).enter(arrival, 0, 0, PRINT_S)
            # What compares with the baseline comes when that is in.
            at = self.compare_s[index] if any(letter.isdigit() for letter in tag) else arrival + SLIDE_S
            for up, line in enumerate(reversed(lines)):
                y = cell.top + cell.height * under - up * size * 1.02
                way = 24 if self.rows == 1 else 8
                stage.middle(line, cell.left, y, size, **look).enter(at, dy=way, duration_s=LABEL_S)
        bar = next((one.id for one in self.cards.cells if one.scale and one.mark == "bar"), None)
        for number, one in enumerate(self.cards.cells, start=1):
            figure = (
                theme.color("warn") if _least(lane.tags.get(one.id)) and lane.role == "baseline" else color
            )
            self._figure(index, number, one, figure, "value" if one.id == bar else one.id)
            with stage.named(lane.name, f"{one.id}-change"):
                self._change(index, number, one, figure)

    def _heading(self, text: str, cell: Box, t: float) -> None:
        """What a figure is, where there is no room for it above the cards."""
        if self.rows > 1:
            stage, y = self.stage, cell.top + cell.height * self.shares[0]
            if stage.text_width(text, self.least) > cell.width + self.gap - 12.0:
                # What is said in brackets has no room here.
                text = text.partition(" (")[0]
            size = stage.fitting_size(text, cell.width + self.gap - 12.0, self.small, self.least)
            stage.middle(text, cell.left, y, size, role="muted", anchor="left").enter(t, dx=self.way, dy=0)

    def _figure(self, index: int, number: int, one: CardCell, color: str, part: str) -> None:
        """A figure and its scale."""
        stage, theme, lane = self.stage, self.theme, self.lanes[index]
        box, value = self.cell(index, number), self.values[index][number - 1]
        start = self.arrivals[index] + 0.15 + number * EACH_S

        def come(handle: Handle) -> None:
            handle.enter(start, dx=self.way, dy=0, duration_s=LABEL_S)

        with stage.named(lane.name, part):
            self._heading(one.heading, box, start)
            y = box.top + box.height * self.shares[1]
            look: dict[str, Any] = {"weight": STRONG, "role": color, "anchor": "left", "mono": True}
            come(stage.middle(words_of(one, value), box.left, y, self.figure_size, **look))
        if one.scale is None or value is None or not self.scaled:
            return
        low, high = (float(end) for end in one.scale)
        y = box.top + box.height * self.shares[2]
        if one.mark == "bar":
            with stage.named(lane.name, f"{one.id}-bar"):
                bar = Box(box.left, y - 10.0, box.right, y + 10.0)
                back = mix(theme.background, theme.color("text"), 0.04 if theme.dark else 0.12)
                come(stage.panel(bar, fill=back, radius=5, z=5))
                full = bar._replace(right=bar.left + max(4.0, bar.width * (value - low) / (high - low)))
                hue = color if lane.role != "baseline" else theme.color("baseline")
                stage.panel(full, fill=hue, radius=5, z=6).reveal(start + 0.1, SLIDE_S, "left", ease_out)
            return
        with stage.named(lane.name, f"{one.id}-scale"):
            line = mix(theme.background, theme.color("muted"), 0.6)
            inks = [shapes.route([(box.left, y), (box.right, y)], line, 4.0)]
            inks += [shapes.route([(x, y - 9), (x, y + 9)], line, 4.0) for x in (box.left + 2, box.right - 2)]
            come(stage.mobject(*inks, z=5))
        with stage.named(lane.name, "dot"):
            x = box.left + box.width * (value - low) / (high - low)
            wide = 44.0 if self.course.wide else 28.0
            light = material.glow((x, y), wide, wide, color, 0.4 if theme.dark else 0.15)
            rim, dot = shapes.disc(x, y, 17.0, theme.background), shapes.disc(x, y, 14.0, color)
            # It comes where its value is: on the way from anywhere else it would show a false one.
            stage.mobject(light, rim, dot, z=7).hide().fade(start + 0.2, 1.0, 0.3)

    def _change(self, index: int, number: int, one: CardCell, color: str) -> None:
        """The difference from the baseline, filled where the author says so, and a word beside it."""
        stage, lane = self.stage, self.lanes[index]
        # What a run won and paid is read next after the figures themselves.
        size = self.small * (1.25 if self.course.wide else 1.0)
        box, t = self.cell(index, number), self.compare_s[index] + (number - 1) * EACH_S
        x, y = box.left, box.top + box.height * self.shares[3]
        look: dict[str, Any] = {"weight": STRONG, "anchor": "left"}
        value, other = (self.values[i][number - 1] for i in (index, self.base))
        if is_price(one, value, other):
            color = self.theme.color("warn")
        if index == self.base:
            if one.id == next((each.id for each in self.cards.cells if each.change), None):
                words = stage.middle("baseline", x, y, self.small, role="muted", **look)
                words.enter(self.arrivals[index] + 0.15 + number * EACH_S, dx=self.way, dy=0)
        elif change := change_of(one, value, other):
            if tag := lane.tags.get(one.id):
                # The word beside it needs room as well.
                room = stage.safe.right - x - stage.text_width(f"{tag}  ", self.small) - 16.0
                size = max(self.small, stage.fitting_size(change, room, size, self.small, STRONG))
            width = stage.text_width(change, size, STRONG)
            if one.id in lane.filled:
                pill = Box(x, y - size * 0.68, x + width + 36.0, y + size * 0.68)
                dark, center = self.theme.dark, pill.center
                # Where the figure is close above, its ground stays dark.
                up = (1.6 if self.scaled else 0.8) * pill.height
                light = material.glow(center, pill.width, up, color, 0.5 if dark else 0.12)
                stage.mobject(light, z=4.6).hide().fade(t, 1.0, LABEL_S)
                plate = material.plate(pill, color, None, 24.0, 0.0, 0.1 if dark else 0.0)
                stage.mobject(plate, z=9).enter(t, 0, 24, LABEL_S)
                look |= {"role": stage.color_on(color), "over": color}
                # Its words come onto it: over a fill that is still coming they could not be read.
                stage.middle(change, x + 18.0, y, size, **look).enter(t + LABEL_S / 2, 0, 0, LABEL_S / 2)
                x = pill.right + 14.0
            else:
                stage.middle(change, x, y, size, role=color, **look).enter(t, dy=24, duration_s=LABEL_S)
                x += width + (11.0 if self.course.wide else 4.0)
        if tag := lane.tags.get(one.id):
            if not self.scaled:
                x, y = box.left, box.top + box.height * 0.87
            else:
                x += 0.0 if self.course.wide else 10.0
            if stage.text_width(tag, self.least) > stage.safe.right - x and lane.flag:
                # The label on the lane says it as well.
                return
            size = stage.fitting_size(tag, stage.safe.right - x, self.small, self.least)
            handle = stage.middle(tag, x, y, size, role=color, anchor="left")
            handle.enter(t + EACH_S, dy=24, duration_s=LABEL_S)

    def _flag(self, index: int, t: float) -> None:
        """The label on a lane: straight and flat, like any other."""
        stage, course, theme, lane = self.stage, self.course, self.theme, self.lanes[index]
        text, left, pad = lane.flag or "", stage.safe.left, 26.0 if course.wide else 10.0
        room = course.near.finish - left - (28.0 if course.wide else 14.0) - 2 * pad
        # A low lane in a narrow frame has room for one line only.
        least = LABEL if course.wide else self.least * (1.0 if course.two_rows else 0.85)
        size = stage.fitting_size(text, room, 40.0, least, STRONG)
        fits = stage.text_width(text, size, STRONG) <= room
        lines = [text] if fits else stage.lines(text, room, size, STRONG)
        width = max(stage.text_width(line, size, STRONG) for line in lines) + 2 * pad
        top, bottom = course.row(index, 1.0)
        y, half = top + (bottom - top) * 0.72, size * (0.86 + 0.58 * (len(lines) - 1))
        warns = _least(text)
        fill = theme.color("warn") if warns and lane.role == "baseline" else theme.background
        color = course.fill(lane) if lane.role != "baseline" and theme.dark else stage.color_on(fill)
        plate = material.plate(
            Box(left, y - half, left + width, y + half), fill, None, 10.0 if warns else 30.0, 0.0, 0.04
        )
        stage.mobject(plate, z=9).enter(t, dy=32, duration_s=LABEL_S)
        for number, line in enumerate(lines):
            at = y + (number - (len(lines) - 1) / 2) * size * 1.16
            look: dict[str, Any] = {"weight": STRONG, "role": color, "anchor": "left", "over": fill}
            stage.middle(line, left + pad, at, size, **look).enter(t, dy=32, duration_s=LABEL_S)


def _least(words: str | None) -> bool:
    """Whether words say that a run is the last in a figure, which is then a warning."""
    return bool(words) and str(words).lower().startswith(("lowest", "slowest"))
