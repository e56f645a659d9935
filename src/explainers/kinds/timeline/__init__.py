"""What is busy when: lanes of spans on one axis of time, filled as the time goes by.

Spans come from the rows of a table (a lane, a start and an end; a row without an end is a mark), or from a
run: its requests, each waiting, prefilled and decoding, or its passes by what they ran. The time runs evenly
through a beat `until` a moment, and through the whole shot where no beat says one. Each lane's total may be
counted beside it.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from explainers.errors import nearest
from explainers.facts.numbers import NumberFormat, written
from explainers.kinds._cells import name_of, value_of, with_unit, wrong_columns, wrong_expression, wrong_names
from explainers.kinds._plots import highlights
from explainers.kinds.base import KindBeat, KindParams, SceneKind, ShotPlan
from explainers.runs.model import PASS_KINDS, Run
from explainers.storyboard.mistakes import Loc, Mistake, without_effect
from explainers.storyboard.types import (
    Frozen,
    Label,
    Name,
    Number,
    Role,
    RunName,
    ShortForm,
    ShownText,
    TableName,
)
from explainers.theme import LABEL, STRONG, mix
from explainers.timing import linear

if TYPE_CHECKING:
    from explainers.stage import Box, Stage

START_S, REST_S, AUTO_S = 0.4, 1.4, 6.0
"""When the time begins to run, how long the full picture rests, and how long the time runs by itself."""
MOST = 600
"""Spans that a shot may hold."""
CYCLE: tuple[Role, ...] = ("accent", "ours", "exit", "stay", "buffer", "warn", "baseline")


class Lane(Frozen):
    """One lane."""

    label: Label
    """Its name on screen."""
    role: Role | None = None
    """Its colour; else the next one of the theme."""


class Total(Frozen):
    """What is counted beside each lane: how long its spans are together, up to now."""

    heading: ShownText
    """What it is, with its unit."""
    format: NumberFormat = ".0f"
    """How it is written."""
    per: Number = 1.0
    """How much time counts as one, such as the length of a quantum."""


class Mark(Frozen):
    """A moment that is pointed at, across all lanes."""

    at: Number
    """When, on the axis."""
    text: Label
    """What happens."""
    role: Role = "warn"
    """Its colour."""


class Params(KindParams):
    """Lanes of spans."""

    table: TableName | None = None
    """The table of spans, by its name in assets.yaml."""
    where: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)
    """The rows that belong here, by column."""
    run: RunName | None = None
    """A run of assets.yaml in place of a table."""
    each: Literal["requests", "passes"] = "requests"
    """What a run's lanes are: its requests, or kinds of passes through the model."""
    first: Annotated[int, Field(ge=1, le=24)] = 8
    """How many of a run's requests are shown, in the order in which they arrive."""
    lane: str = "lane"
    """The column of the lane."""
    start: str = "start"
    """The column, or expression over columns, of when a span begins."""
    end: str = "end"
    """The column, or expression over columns, of when it ends; an empty cell makes a mark of the row."""
    color: str | None = None
    """A column whose values have colours, where not each lane has its own."""
    text: str | None = None
    """A column of words in the spans, shown where there is room."""
    roles: dict[str, Role] = Field(default_factory=dict)
    """Colours by value: of `color`, or of a run's spans: `waiting`, `prefill`, `decode`, kinds of passes."""
    lanes: dict[str, Annotated[Lane, ShortForm("label")]] = Field(default_factory=dict)
    """The lanes from top to bottom, by their value in the table; else as they come in it."""
    axis: ShownText
    """What the axis is. Its unit follows by itself: seconds for a run, else what `units` say of `start`."""
    until: Number | None = None
    """Where the axis ends, if not with the last span."""
    total: Total | None = None
    """A number beside each lane."""
    marks: dict[Name, Mark] = Field(default_factory=dict)
    """Moments with words."""


class BeatParams(KindBeat):
    """The time runs with the beats."""

    until: Number | None = None
    """The moment to which the time runs in this beat."""
    highlight: tuple[str, ...] = ()
    """Lanes, colours' values and marks that stay bright while the others are dimmed."""


@dataclass(frozen=True)
class Span:
    """A stretch of one lane, by its name; `end` is None for a mark. `value` has the colour."""

    lane: str
    start: float
    end: float | None
    value: str
    text: str = ""


def spans_of(shot: ShotPlan) -> list[Span]:
    """All spans of the shot, in the order of the file. Cells that are no numbers make none."""
    params: Params = shot.params
    if params.run is not None:
        run = shot.runs.get(params.run)
        return list(_of_run(run, params)) if run else []
    table = shot.tables.get(params.table) if params.table else None
    if table is None:
        return []
    found = []
    for row in table.select(params.where):
        start, end = (value_of(one, row, table.columns) for one in (params.start, params.end))
        lane = name_of(row[params.lane])
        if start is not None:
            value = name_of(row[params.color]) if params.color else lane
            found.append(Span(lane, start, end, value, name_of(row[params.text]) if params.text else ""))
    return found


def _of_run(run: Run, params: Params) -> Iterator[Span]:
    """A run's requests as they arrive, or its passes by kind."""
    if params.each == "passes":
        passes = run.iterations
        if passes is None or passes.kinds is None:
            return
        for start, length, kind in zip(passes.start_s, passes.duration_s, passes.kinds, strict=True):
            name = PASS_KINDS[int(kind)]
            yield Span(name, float(start), float(start + length), name)
        return
    requests = run.requests
    if requests is None:
        return
    order = sorted(range(len(requests)), key=lambda row: (float(requests.arrival_s[row]), row))[
        : params.first
    ]
    for row in order:
        name = requests.ids[row]
        edges = [
            ("waiting", requests.arrival_s),
            ("prefill", requests.start_s),
            ("decode", requests.first_token_s),
        ]
        known = [(what, float(at[row])) for what, at in edges if at is not None and at[row] == at[row]]
        ends = [at for _, at in known[1:]] + [float(requests.finish_s[row])]
        for (what, start), end in zip(known, ends, strict=True):
            if end > start:
                yield Span(name, start, end, what)


EXAMPLE_FILES = {
    "assets.yaml": """
sources:
  made-up: {kind: illustration, label: made-up numbers, citation: Numbers made up for this example}
tables:
  jobs: {file: data/jobs.csv, source: made-up}
""",
    "data/jobs.csv": """
machine,start,end,step,job
a,0,2,load,j1
a,2,6,compute,j1
a,6,7,load,j3
a,7,11,compute,j3
b,5,7,load,j2
b,7,12,compute,j2
b,12,,load,done
""",
}


class TimelineKind(SceneKind):
    params = Params
    beat_params = BeatParams
    example_files = EXAMPLE_FILES

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """Lanes and axis stand; spans grow as the time passes them."""
        _Drawing(shot, stage).draw()

    def beat_s(self, beat: BeatParams) -> float:
        """The time runs, and rests."""
        return START_S + 3.0 + REST_S if beat.until is not None else 0.0

    def duration_s(self, shot: ShotPlan) -> float:
        """The whole time once, where no beat says how far it runs."""
        stops = any(beat.params.until is not None for beat in shot.beats)
        return 0.0 if stops else START_S + AUTO_S + REST_S

    def names(self, params: Params, beats: Sequence[BeatParams]) -> set[str]:
        return {lane.label for lane in params.lanes.values()}

    def file_texts(self, shot: ShotPlan) -> list[tuple[Loc, str]]:
        """Words in spans, and names of lanes, that come from the table."""
        spans, params = spans_of(shot), shot.params
        loc: Loc = ("table",) if params.table else ("run",)
        return [
            (
                loc,
                " ".join(
                    dict.fromkeys(word for span in spans for word in (span.text, span.lane, span.value))
                ),
            )
        ]

    def mistakes(self, shot: ShotPlan) -> list[Mistake]:
        """No spans or too many, lanes and colours that are not there, times that run backwards."""
        params: Params = shot.params
        if (params.table is None) == (params.run is None):
            key = "run" if params.run else "table"
            return [
                Mistake(
                    (key,) if params.run else (),
                    "wrong-value",
                    "a timeline has a table or a run",
                    "one of both",
                )
            ]
        found: list[Mistake] = []
        if params.run:
            found += without_effect(
                params, ("where", "lane", "start", "end", "color", "text"), "a run's spans"
            )
            if params.each == "passes":
                found += without_effect(params, ("first",), "a run's passes")
        else:
            found += without_effect(params, ("each", "first"), "a table's spans")
            table = shot.tables.get(params.table or "")
            if table is None:
                return found
            columns: list[tuple[Loc, str | None]] = [
                ((key,), getattr(params, key)) for key in ("lane", "color", "text")
            ]
            found += wrong_columns([*columns, *((("where",), one) for one in params.where)], table)
            rows = [] if found else table.select(params.where)
            found += wrong_expression(params.start, table, ("start",), rows)
            found += wrong_expression(params.end, table, ("end",))
        return found or _wrong_spans(shot)


def _unknown(field: str, names: Iterable[str], known: list[str], what: str) -> list[Mistake]:
    """A mistake for each key of `field` that the spans don't have."""
    return [
        Mistake(
            (field, name), "unknown-name", f"{what} {name!r}", ", ".join(known), nearest(name, known), True
        )
        for name in names
        if name not in known
    ]


def _wrong_spans(shot: ShotPlan) -> list[Mistake]:
    params, spans = shot.params, spans_of(shot)
    source: Loc = ("table",) if params.table else ("run",)
    if not spans:
        expected = "a run that tells its requests or passes" if params.run else "rows with a start"
        return [Mistake(source, "no-spans", "there is nothing to show here", expected)]
    if len(spans) > MOST:
        return [Mistake(source, "too-many", f"{len(spans)} spans", f"at most {MOST}; `where` picks some")]
    lanes, values = (list(dict.fromkeys(getattr(span, key) for span in spans)) for key in ("lane", "value"))
    found = [
        Mistake(
            (),
            "ends-before-start",
            f"a span of {span.lane!r} begins at {span.start:g} and ends at {span.end:g}",
        )
        for span in spans
        if span.end is not None and span.end < span.start
    ][:3]
    found += _unknown("lanes", params.lanes, lanes, "no span lies in the lane")
    missing = [name for name in lanes if params.lanes and name not in params.lanes]
    if missing:
        found.append(
            Mistake(
                ("lanes",),
                "lane-left-out",
                f"spans lie in {missing[0]!r}, which is no lane",
                ", ".join(lanes),
            )
        )
    found += _unknown("roles", params.roles, values, "no span is")
    if params.color is None and params.table and params.roles and set(values) == set(params.lanes):
        found += without_effect(params, ("roles",), "lanes that have their colours in `lanes`")
    low, high = extent(shot)
    for name, mark in params.marks.items():
        if not low <= mark.at <= high:
            found.append(
                Mistake(
                    ("marks", name, "at"),
                    "out-of-range",
                    f"{mark.at:g} is not on the axis",
                    f"{low:g} to {high:g}",
                )
            )
    at = low
    for index, beat in enumerate(shot.beats):
        until, loc = beat.params.until, ("beats", index, "until")
        if until is not None and not at < until <= high:
            found.append(
                Mistake(loc, "out-of-range", f"the time runs on from {at:g} to {high:g}", "a later moment")
            )
        at = max(at, until) if until is not None else at
        known = [*lanes, *values, *params.marks]
        found += wrong_names(beat.params.highlight, known, "lane", ("beats", index, "highlight"))
    return found


def extent(shot: ShotPlan) -> tuple[float, float]:
    """Where the axis begins and ends."""
    spans = spans_of(shot)
    last = max(span.start if span.end is None else span.end for span in spans)
    return min(0.0, *(span.start for span in spans)), last if shot.params.until is None else shot.params.until


class Clock:
    """Which moment of the axis is reached at a time of the shot, and back."""

    def __init__(self, shot: ShotPlan, low: float, high: float):
        self.keys: list[tuple[float, float]] = [(0.0, low)]
        stops = [beat for beat in shot.beats if beat.params.until is not None]
        if not stops:
            rest = min(REST_S, shot.duration_s / 4)
            self.keys += [(START_S, low), (max(START_S + 0.5, shot.duration_s - rest), high)]
        for beat in stops:
            rest = min(REST_S, beat.duration_s / 3)
            self.keys.append((beat.start_s + min(START_S, beat.duration_s / 6), self.keys[-1][1]))
            self.keys.append((beat.end_s - rest, float(beat.params.until)))

    def moment(self, t: float) -> float:
        """The moment reached at `t` seconds."""
        index = bisect_right([at for at, _ in self.keys], t)
        if index >= len(self.keys):
            return self.keys[-1][1]
        (t0, v0), (t1, v1) = self.keys[index - 1], self.keys[index]
        return v0 + (v1 - v0) * (t - t0) / (t1 - t0) if t1 > t0 else v1

    def when(self, moment: float) -> float | None:
        """The second at which a moment is reached; None where it never is."""
        for (t0, v0), (t1, v1) in zip(self.keys, self.keys[1:], strict=False):
            if v0 <= moment <= v1 and v1 > v0:
                return t0 + (t1 - t0) * (moment - v0) / (v1 - v0)
        return None

    @property
    def stretches(self) -> list[tuple[float, float]]:
        """The seconds between which the time runs."""
        pairs = zip(self.keys, self.keys[1:], strict=False)
        return [(t0, t1) for (t0, v0), (t1, v1) in pairs if v1 > v0]


class _Drawing:
    """Lays a timeline out and puts it on stage."""

    def __init__(self, shot: ShotPlan, stage: Stage):
        from explainers.stage.axes import Scale, nice_ticks
        from explainers.stage.chrome import plot_body
        from explainers.stage.handle import Spotlight

        self.shot, self.stage, self.params = shot, stage, shot.params
        self.spans, (low, high) = spans_of(shot), extent(shot)
        self.clock, self.light, self.low, self.high = Clock(shot, low, high), Spotlight(), low, high
        body = plot_body(stage, shot)
        names = list(self.params.lanes) or list(dict.fromkeys(span.lane for span in self.spans))
        self.lanes = {name: self.params.lanes.get(name) or Lane(label=name) for name in names}
        widest = max(stage.text_width(lane.label, LABEL, STRONG) for lane in self.lanes.values())
        upright = stage.height > stage.width
        # In a high frame a lane's name stands over it.
        self.over = widest + 28 > body.width * (0.16 if upright else 0.3)
        total = self.params.total
        room = (
            max(stage.text_width(self._number(high - low), 52, STRONG, mono=True) + 64, 100.0)
            if total
            else 24.0
        )
        self.plot = body._replace(left=body.left + (8 if self.over else widest + 28), right=body.right - room)
        values = list(dict.fromkeys(span.value for span in self.spans))
        self.keyed = bool(self.params.color or (self.params.run and self.params.each == "requests"))
        roles = dict(zip(values, CYCLE * (len(values) // len(CYCLE) + 1), strict=False))
        lane_roles = {name: lane.role for name, lane in self.lanes.items() if lane.role and not self.keyed}
        self.roles = {**roles, **lane_roles, **self.params.roles}
        self.values = values if self.keyed else []
        top = body.top + (66.0 if self.values or total or self.params.marks else 10.0)
        self.plot = self.plot._replace(
            top=top + (58.0 if self.params.marks else 0.0), bottom=body.bottom - 112.0
        )
        self.scale = Scale(low, high, self.plot.left, self.plot.right)
        self.ticks = [one for one in nice_ticks(low, high, 3 if upright else 6) if low <= one <= high]
        self.head = body.top

    def _number(self, value: float) -> str:
        total = self.params.total
        return written(value / float(total.per), total.format)

    def _whole(self, value: float) -> float:
        """What of a growing length is done, in steps of the last digit: they change when full."""
        places = self.params.total.format.partition(".")[2].rstrip("f")
        step = float(self.params.total.per) / 10 ** (int(places) if places.isdigit() else 6)
        return math.floor(value / step + 1e-6) * step

    # -- drawing -------------------------------------------------------------------------------

    def draw(self) -> None:
        gap = 22.0 if len(self.lanes) < 7 else 10.0
        rows = self.plot.rows([1.0] * len(self.lanes), gap)
        high = min(rows[0].height, 190.0)
        self._axis()
        for name, row in zip(self.lanes, rows, strict=True):
            self._lane(name, row.inset(0, (row.height - high) / 2))
        self._keys()
        for name, mark in self.params.marks.items():
            self._mark(name, mark)
        self._front()
        self.light.plan(highlights(self.shot))

    def _axis(self) -> None:
        from explainers.stage import axes

        stage, plot = self.stage, self.plot
        with stage.named("axis", pinned=True):
            for tick in self.ticks:
                x = self.scale.at(tick)
                axes.gridline(stage, (x, plot.top - 6), (x, plot.bottom + 8))
            texts = axes.tick_words(self.ticks)
            axes.ticks_below(stage, self.scale, self.ticks, texts, plot.bottom + 2)
            table = self.shot.tables.get(self.params.table or "")
            title = with_unit(self.params.axis, table.units.get(self.params.start) if table else "s") or ""
            stage.words(title, plot.center[0], plot.bottom + 100, LABEL, role="muted", anchor="center")
            if self.params.total:
                heading = self.params.total.heading
                stage.words(
                    heading, self.stage.safe.right, self.head + 34, LABEL, role="muted", anchor="right"
                )

    def _keys(self) -> None:
        """What the colours mean, above the lanes."""
        from explainers.compositor.layer import Note
        from explainers.stage import around, shapes

        x, y = self.plot.left, self.head + 22
        for value in self.values:
            color = self.stage.theme.color(self.roles[value])
            with self.stage.named(value, "key"):
                box = around(x + 18, y, 36, 30)
                self.stage.mobject(
                    shapes.panel(box, None, color, 8), z=5, note=Note("shape", value, color=color)
                )
                words = self.stage.middle(value, x + 50, y, LABEL, anchor="left")
            x = words.box.right + 46

    def _lane(self, name: str, row: Box) -> None:
        """The lane's plate, its name and its spans, and the number that counts."""
        from explainers.stage import material

        stage, theme, lane = self.stage, self.stage.theme, self.lanes[name]
        row = stage.snapped(row)
        bar = row._replace(top=row.top + 46) if self.over else row
        with stage.named(name, "track"):
            fill = mix(theme.panel, theme.line, 0.35)
            stage.mobject(material.plate(bar.inset(-8, -5), fill, None, 14, lift=0.03, alpha=0.75), z=0.5)
        with stage.named(name, "label"):
            if self.over:
                stage.words(lane.label, bar.left, row.top + 28, LABEL, STRONG)
            else:
                stage.middle(
                    lane.label, self.plot.left - 28, bar.center[1], LABEL, weight=STRONG, anchor="right"
                )
        for index, span in enumerate(span for span in self.spans if span.lane == name):
            with stage.named(name, "bar" if not index else f"bar {index + 1}"):
                self._span(span, bar)
        if self.params.total:
            self._total(name, bar)

    def _span(self, span: Span, bar: Box) -> None:
        """A block that the time uncovers, dark at its tail and bright at its head."""
        from explainers.stage import Group, material, shapes

        stage, theme = self.stage, self.stage.theme
        color, start = theme.color(self.roles[span.value]), self.scale.at(span.start)
        names = (span.lane, span.value)
        if span.end is None:
            dot = stage.mobject(
                shapes.disc(start, bar.center[1], 15, color), z=6, note=stage.data_note(span.text, color)
            )
            if (t := self.clock.when(span.start)) is None or t > 0:
                dot.enter(t if t is not None else self.stage.duration_s + 1, 0, 24)
            self.light.add(names, dot)
            return
        end = min(self.scale.at(span.end), self.plot.right)
        box = stage.snapped(bar._replace(left=start, right=max(end - 2, start + 2)))
        tail, head = (
            mix(theme.ground[1], color, share) for share in ((0.5, 0.92) if theme.dark else (0.62, 0.9))
        )
        block = material.Painted(box, _block(box, tail, head, min(10.0, box.width / 3)), 10)
        handle = stage.mobject(
            block, z=3, note=stage.data_note(span.text or span.value, head, self.roles[span.value])
        )
        self._uncover(handle, span.start, span.end)
        self.light.add(names, handle)
        if span.text and stage.text_width(span.text, LABEL, STRONG) + 20 <= box.width:
            # On a chip of its own, so that it is read as well when its block is dimmed.
            half, fill = stage.text_width(span.text, LABEL, STRONG) / 2 + 10, theme.panel
            x, y = box.center
            pill = stage.mobject(
                material.plate(
                    box._replace(left=x - half, top=y - 25, right=x + half, bottom=y + 25), fill, None, 12
                ),
                z=5,
            )
            words = Group([pill, stage.middle(span.text, x, y, LABEL, weight=STRONG, over=fill, z=6)])
            t = self.clock.when((span.start + span.end) / 2 + (span.end - span.start) * 0.35)
            words.enter(t, 0, 0) if t is not None else words.hide()

    def _uncover(self, handle: Any, start: float, end: float) -> None:
        (layer,) = handle.layers
        layer.reveal_from, track = "left", layer.track("reveal")
        track.initial = 0.0
        for t0, t1 in self.clock.stretches:
            v0, v1 = max(start, self.clock.moment(t0)), min(end, self.clock.moment(t1))
            if v1 > v0:
                begin, stop = self.clock.when(v0), self.clock.when(v1)
                assert begin is not None and stop is not None
                begin = max(begin, t0)
                track.to((v1 - start) / (end - start), begin, stop - begin, linear)

    def _total(self, name: str, bar: Box) -> None:
        from explainers.stage.ink import font_measures
        from explainers.theme import MONO

        spans = [(span.start, span.end) for span in self.spans if span.lane == name and span.end is not None]
        role = self.lanes[name].role or ("text" if self.keyed else self.roles.get(name, "text"))
        last = max((end for _, end in spans), default=0.0)
        x, y, clock = self.stage.safe.right, bar.center[1] + font_measures(MONO)[0] * 26, self.clock

        def text_at(t: float) -> tuple[str, float, float, float]:
            now = clock.moment(t)
            length = sum(max(0.0, min(now, end) - start) for start, end in spans)
            return self._number(length if now >= last else self._whole(length)), x, y, 1.0

        with self.stage.named(name, "value"):
            self.stage.number(text_at, clock.stretches, 52, STRONG, role, "right")

    def _mark(self, name: str, mark: Mark) -> None:
        """A dashed line across all lanes, with its words above them."""
        stage, x, t = self.stage, self.scale.at(float(mark.at)), self.clock.when(float(mark.at))
        if t is None:
            return
        with stage.named(name, "mark"):
            line = stage.line(
                [(x, self.plot.top - 10), (x, self.plot.bottom + 6)], mark.role, 3, dashed=True, z=5
            )
            half = stage.text_width(mark.text, LABEL) / 2
            middle = min(max(x, stage.safe.left + half), stage.safe.right - half)
            words = stage.words(mark.text, middle, self.plot.top - 24, LABEL, role=mark.role, anchor="center")
            line.reveal(t, 0.4, "top")
            words.enter(t + 0.1, 0, 24)
        self.light.add([name], line)

    def _front(self) -> None:
        """The moment that is reached: a bright line over all lanes, with its light."""
        from explainers.stage import material, shapes

        stage, plot = self.stage, self.plot
        color, low = stage.theme.color("text"), self.scale.at(self.low)
        with stage.named("now", pinned=True):
            inks: list[Any] = [shapes.route([(low, plot.top - 12), (low, plot.bottom + 8)], color, 3)]
            if stage.theme.dark:
                inks.insert(
                    0, material.glow((low, plot.center[1]), 60, plot.height * 0.62, color, 0.2, False)
                )
            line = stage.mobject(*inks, z=7)
            for t0, t1 in self.clock.stretches:
                way = self.scale.at(self.clock.moment(t1)) - low
                line.move(t0, way, 0, t1 - t0, linear)


def _block(box: Box, tail: str, head: str, radius: float) -> Any:
    """Paints a span with Cairo: a gradient along the time, lighter at the top."""
    from explainers.stage import material

    def paint(ctx: Any) -> None:
        material.rounded(ctx, box, radius)
        ctx.set_source(material.shade((box.left, 0), (box.right, 0), [(0, tail, 1.0), (1, head, 1.0)]))
        ctx.fill_preserve()
        ctx.set_source(
            material.shade((0, box.top), (0, box.bottom), [(0, "#FFFFFF", 0.14), (0.5, "#FFFFFF", 0.0)])
        )
        ctx.fill()

    return paint
