"""What an author writes of a race."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError

from explainers.facts.numbers import NumberFormat
from explainers.kinds.base import KindParams
from explainers.storyboard.types import (
    Boolean,
    Frozen,
    Label,
    Name,
    Number,
    Role,
    RunName,
    Seconds,
    ShortForm,
    ShownText,
    TableName,
)

_SPEED = re.compile(r"(\d+(?:\.\d+)?)\s*[x×]?")


def _speed(value: Any) -> Any:
    if value == "auto" or isinstance(value, float):
        return value
    match = _SPEED.fullmatch(str(value).strip())
    if match is None or float(match[1]) <= 0:
        raise ValueError("a speed such as 110x, or auto")
    return float(match[1])


Speed = Annotated[
    float | Literal["auto"],
    BeforeValidator(_speed),
    WithJsonSchema({"type": ["string", "number"], "description": "how many times real time: 110x, or auto"}),
]

Picture = Literal["requests", "lanes", "stream", "latency"]
Counter = Literal["output_tokens", "throughput", "early_exit_share", "involuntary_exits"]
View = Literal[Picture, Counter, "sparkline"]

PICTURES = get_args(Picture)
"""Views that fill a part of the pane; the others are numbers, and a line."""
MOST_PICTURES = 2


def _few_pictures(views: tuple[View, ...]) -> tuple[View, ...]:
    if len(set(views).intersection(PICTURES)) > MOST_PICTURES:
        raise ValueError(f"at most {MOST_PICTURES} of {', '.join(PICTURES)}: a pane has no room for more")
    return tuple(dict.fromkeys(views))


class Clock(Frozen):
    """The one clock of all runs, or a stretch of it: `clock` may be a list of these, one after another.

    Where the speed changes, it does so in a ramp of 0.8 s that is seen; the factor stands beside the clock.
    """

    speed: Speed = "auto"
    """How many times real time it runs; `auto` takes a round factor that keeps the race short, and slows one
    of less than five seconds."""
    from_: Annotated[Seconds, Field(alias="from")] = 0.0
    """Where in the runs it begins; of the first stretch alone."""
    until: Literal["last-finish", "first-finish"] | Seconds = "last-finish"
    """Where it ends; of a stretch before the last, where the speed begins to change."""


class _Stretches(ShortForm):
    """One stretch may stand alone, without a list around it."""

    def _long(self, value: Any) -> Any:
        return [value] if isinstance(value, dict) else value

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        found = handler(schema)
        return {"anyOf": [found["items"], found]}


def _in_order(stretches: tuple[Clock, ...]) -> tuple[Clock, ...]:
    """The stretches of a clock, if each begins where the one before it ends, at another speed."""
    *earlier, _ = stretches
    for index, each in enumerate(stretches):
        before = stretches[index - 1] if index else None
        if before and each.from_:
            raise _refused("only the first stretch of a clock has a beginning of its own", index, "from")
        if earlier and isinstance(each.speed, str):
            raise _refused(
                "a clock of several stretches needs their speeds", index, "speed", "a speed such as 20x"
            )
        if before and each.speed == before.speed:
            raise _refused("this stretch is as fast as the one before it", index, "speed", "another speed")
        if index < len(earlier) and isinstance(each.until, str):
            raise _refused(
                "where this stretch of the clock ends is missing", index, "until", "a time such as 31:20"
            )
        if before and not isinstance(each.until, str) and each.until <= float(before.until):
            raise _refused("this stretch ends before it begins", index, "until", "times in order")
    return stretches


def _refused(message: str, index: int, key: str, expected: str | None = None) -> PydanticCustomError:
    return PydanticCustomError("bad-clock", message, {"loc": (index, key), "expected": expected})


MOST_STRETCHES = 4
Stretches = Annotated[
    tuple[Clock, ...],
    Field(min_length=1, max_length=MOST_STRETCHES),
    AfterValidator(_in_order),
    _Stretches(None),
]


class Pane(Frozen):
    """One run of the race."""

    run: RunName
    """The run, by its name in assets.yaml or its file."""
    label: Label | None = None
    """How it is called; the run's own label where nothing is written."""
    role: Role = "baseline"
    """Its colour by meaning."""


class Lead(Frozen):
    """Sentences whose numbers run with the clock, computed from what the panes show.

    `{requests}` and `{output_tokens}` are how many more the leading pane has, `{throughput}` its share
    more tokens per second, `{time}` how much sooner it was done. Formats are those of facts, and `more`
    and `sooner`, which put the sign in words: `{output_tokens:more}` is `892 fewer`, `{time:sooner}` is
    `0:24 later`.
    """

    running: str
    """While all run."""
    result: str | None = None
    """When all are done; the first sentence goes when the first run finishes."""


class Lane(Pane):
    """One run as a track; its name, for the camera and for what carries on, is its `row`, else its `run`."""

    row: Label | None = None
    """What `key` holds in its row of the cards' table; the name of its run where nothing is written."""
    caption: Label | None = None
    """How it decides, in a few words under its name."""
    hatched: Boolean = False
    """Stripes tell its track from one of the same colour."""
    flag: ShownText | None = None
    """A label on its track at the end, when the cards stand: what is special of it, as a figure."""
    tags: Mapping[str, ShownText] = {}
    """Words under figures of its card, such as `fastest`, by the id of the cell; `finish` is its time."""
    filled: tuple[str, ...] = ()
    """Cells of its card whose difference stands on a filled tag: look here."""

    @property
    def name(self) -> str:
        return self.row or self.run


class Gap(Frozen):
    """How far a run is ahead of another: a bracket on the tracks with its number, from the counts shown."""

    run: RunName
    """The run that is ahead, as its track names it."""
    over: RunName
    """The run that it is ahead of; the bracket lies on its track."""
    words: Label | None = None
    """What stands under the number; `articles ahead`, with the race's unit, where nothing is written."""


class CardCell(Frozen):
    """One figure of every card, from a row of the cards' table."""

    id: Name
    """Its name, for `tags` and `filled`."""
    heading: Label
    """What it is, above the cards."""
    value: str
    """A column of the table, or an expression over columns."""
    format: NumberFormat = ".1f"
    """How it is written."""
    unit: Label | None = None
    """Its unit, behind the number."""
    scale: tuple[Number, Number] | None = None
    """The ends of its scale, which are written below the cards."""
    mark: Literal["bar", "dot"] = "bar"
    """How the scale shows it: a bar from its left end, which must be zero, or a dot."""
    change: NumberFormat | None = None
    """How its difference from the baseline, as a share, is written: `+.1%`."""
    better: Literal["higher", "lower"] | None = None
    """Which way is a gain; a difference the other way is a price, and has the colour of one."""


class Cards(Frozen):
    """What each run won and paid: its time, and figures of a table, in cards beyond the finish line."""

    table: TableName
    """The table, by its name in assets.yaml."""
    key: str
    """The column that names rows."""
    baseline: RunName
    """The run that differences are from, as its track names it."""
    cells: Annotated[tuple[CardCell, ...], Field(min_length=1, max_length=4)]
    """The figures, from the left, beside the time."""
    heading: Label = "finished at"
    """What the time is, above the cards."""


class Params(KindParams):
    """A race of runs: one to four `panes`, or two to five `tracks`."""

    panes: Annotated[tuple[Pane, ...], Field(max_length=4)] = ()
    """The runs, the baseline first. `lead` compares the first pane that has another role with the first."""
    tracks: Annotated[tuple[Lane, ...], Field(max_length=5)] = ()
    """The runs as tracks above one another, on one axis with one finish line."""
    axis: Literal["requests", "output_tokens", "time"] = "requests"
    """What tracks are as long as: how much is done, or written, or how long it took.

    The finish line is at what all runs reach: all requests, the fewest tokens of a run, the longest time."""
    cell: Annotated[float, Field(gt=0)] | None = None
    """How much of the axis a cell of a track is; a round number where nothing is written."""
    every: Seconds | None = None
    """Time between the lines that join the tracks where runs were at the same time; 0 for none."""
    gap: Gap | None = None
    """A run's lead over another as a bracket."""
    cards: Cards | None = None
    """What the finish line opens to: a card a run."""
    remark: ShownText | None = None
    """Words at the lower left when the end is near: what must be known of all runs."""
    clock: Stretches = (Clock(),)
    """The one clock, or its stretches of different speed, of which there are at most four."""
    views: Annotated[tuple[View, ...], AfterValidator(_few_pictures)] = (
        "requests",
        "output_tokens",
        "throughput",
        "early_exit_share",
    )
    """What is seen of each run; what a run can't say is left out of its pane.

    `requests` fills a cell for every few that are done; `lanes` shows the batch at work, a lane a slot, a
    bar a request; `stream` the text of one request, token by token; `latency` how long was waited."""
    request: Label | None = None
    """The request that `stream` shows, by its id; the first that has text where nothing is written."""
    window: Annotated[Seconds, Field(gt=0)] | None = None
    """Run seconds of `lanes` seen at once; what is readable where nothing is written."""
    stall: Annotated[Seconds, Field(gt=0)] | None = None
    """Run seconds: `lanes` hatch what is longer from one token to the next as a wait; ten times the median of
    all runs where nothing is written."""
    metric: Literal["throughput", "requests", "output_tokens"] = "throughput"
    """The number that the race is about; it is set in the pane's colour."""
    unit: Label = "requests"
    """What a request is called, in the plural."""
    lead: Annotated[Lead, ShortForm("running")] | None = None
    """The computed sentence under the panes."""
    raced: Label | None = None
    """What is raced, beside the clock; model, batch and number of requests where nothing is written."""
    compared: Label | None = None
    """What was compared, beside the clock at the end; with hardware and dataset where nothing is written."""
    different_datasets: Boolean = False
    """Allows runs over different datasets, and says so in the footer."""
    unequal_work: Boolean = False
    """Allows a lead in throughput where a run lost some of its requests, and says so in the footer."""

    @property
    def entries(self) -> tuple[Pane, ...]:
        """The runs of the race, in panes or on tracks."""
        return self.tracks or self.panes

    @model_validator(mode="after")
    def _one_form(self) -> Params:
        if bool(self.panes) == bool(self.tracks):
            raise ValueError(
                "a race has `panes` or `tracks`, and not both"
                if self.panes
                else "a race needs `panes` or `tracks`"
            )
        if len(self.tracks) == 1:
            raise ValueError("a race on tracks has two runs at least")
        return self


OF_PANES = ("views", "request", "window", "stall", "metric", "lead", "raced", "compared")
OF_TRACKS = ("axis", "cell", "every", "gap", "cards", "remark")
"""Fields that only one form of the race uses."""
