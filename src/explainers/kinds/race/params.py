"""What an author writes of a race."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from explainers.kinds.base import KindParams
from explainers.storyboard.types import Boolean, Frozen, Label, Role, RunName, Seconds, ShortForm

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
    """The one clock of all panes."""

    speed: Speed = "auto"
    """How many times real time it runs; `auto` takes a round factor that keeps the race short."""
    from_: Annotated[Seconds, Field(alias="from")] = 0.0
    """Where in the runs it begins."""
    until: Literal["last-finish", "first-finish"] | Seconds = "last-finish"
    """Where it ends."""


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


class Params(KindParams):
    """A race of one to four runs."""

    panes: Annotated[tuple[Pane, ...], Field(min_length=1, max_length=4)]
    """The runs, the baseline first. `lead` compares the first pane that has another role with the first."""
    clock: Clock = Clock()
    """The one clock."""
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
