"""Runs of the same dataset on one virtual clock, in equal panes or on tracks with one finish line.

`tracks` are runs above one another on one axis. Their heads carry counts and rates, slanted lines join
places of equal time, and a run's lead is a bracket with its number. At the end the view goes in on the last
stretch; who arrives stays lit and gets a card, whose figures are of a table. The clock may have stretches of
different speed, with a ramp between them that is seen; its factor always stands beside it.

With `panes`, each pane fills a cell for every few requests that are done (`requests`), or shows the batch at
work (`lanes`), the text of one request as it is written (`stream`), or how long was waited (`latency`); and
it counts with the clock: output tokens, tokens per second, the share of tokens that left early, tokens forced
out. A pane stops with a mark and its time when its run ends, while the clock goes on for the others. `lead`
is a sentence under the panes whose numbers are differences of what the panes show. What a log can't say is
left out, never a zero.

A run is replayed from its log; every pane has the same clock, so no pane can run faster than another.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from explainers.errors import nearest
from explainers.kinds.base import SceneKind, ShotPlan
from explainers.kinds.race.cards import card_mistakes, length_s
from explainers.kinds.race.clock import RaceClock
from explainers.kinds.race.curves import LatencyView, SparklineView
from explainers.kinds.race.lanes import LanesView
from explainers.kinds.race.lead import lead_mistakes
from explainers.kinds.race.measures import Race
from explainers.kinds.race.params import OF_PANES, OF_TRACKS, PICTURES, Params, Picture
from explainers.kinds.race.requests import RequestsView
from explainers.kinds.race.stream import StreamView
from explainers.kinds.race.view import View
from explainers.runs.model import TOKENS_STEADY, TOTALS_ONLY
from explainers.storyboard.mistakes import Loc, Mistake, without_effect
from explainers.timing import reading_s

if TYPE_CHECKING:
    from explainers.stage import Stage

# The example: two short runs whose logs have a timeline, no early exit and DREX, both on a B200.

_ASSETS = """
sources:
  logs: {kind: measured, label: vattention-ee run logs, citation: Run logs of xutingl/vattention-ee}
tables:
  totals: {file: data/totals.csv, source: logs}
runs:
  off: {file: off.run.jsonl, source: logs}
  drex: {file: drex.run.jsonl, source: logs}
"""

_FOLDER = "github.com/xutingl/vattention-ee/experiments/overhead_scaling/b200_llama_70b/results"
_COMMIT = "40604c77e082afff4f2f30c63345e671567fed2f"
_COMMON = {"system": "vattention-ee", "model": "Llama-2-70b-chat", "hardware": "B200 183GB"}

# Every update of the two logs' progress bars: whole seconds elapsed, and articles done by then.
_OFF = (
    "0:0 5:1 5:2 6:3 8:4 10:9 11:10 11:11 12:12 14:13 15:14 16:15 18:18 18:19 20:20 20:21 22:22 23:23 24:24 "
    "24:25 26:27 26:28 28:30 29:31 30:32 30:33 31:34 32:35 33:36 34:37 34:38 36:39 37:40 38:41 39:42 40:43 "
    "40:44 40:45 41:47 43:48 43:49 44:50 46:51 47:52 47:53 48:54 48:55 49:56 49:57 50:58 52:59 54:60 54:61 "
    "54:62 55:63 55:64 56:65 56:66 58:67 60:68 60:69 60:70 62:71 63:72 63:74 64:75 68:77 68:78 68:79 68:80 "
    "69:81 70:82 70:83 71:84 74:85 76:86 76:88 76:89 77:90 77:91 78:92 79:93 82:94 82:95 83:96 83:97 83:98 "
    "84:99 85:100"
)
_DREX = (
    "0:0 8:1 8:3 8:4 9:5 9:7 14:9 14:10 15:11 15:12 15:13 16:14 17:15 18:16 21:17 21:18 22:20 23:21 24:22 "
    "25:23 25:24 25:25 27:26 28:27 29:28 29:30 30:31 32:32 33:33 35:34 36:35 37:36 37:37 38:38 38:39 40:40 "
    "40:41 40:42 42:43 43:44 44:45 44:46 45:47 46:48 47:49 48:50 48:51 49:52 51:53 52:54 52:55 53:56 54:57 "
    "55:58 56:59 57:60 58:61 58:62 59:63 61:64 61:65 61:66 63:67 63:68 64:69 66:71 67:72 68:73 68:74 69:75 "
    "70:76 71:77 72:78 73:79 73:80 75:81 76:82 76:83 77:84 78:85 79:86 79:87 80:88 80:89 82:90 83:91 84:93 "
    "85:94 86:95 86:96 87:97 88:98 88:99 88:100"
)


def _run(file: str, progress: str, settings: dict[str, str], totals: dict[str, float]) -> str:
    """A `run/1` file of the published counts."""
    moments = [pair.split(":") for pair in progress.split()]
    header = {
        "format": "run/1",
        "provenance": _COMMON
        | {"dataset": "cnn_dailymail (<=2000 chars)", "settings": {"batch": "8"} | settings}
        | {"source": f"{_FOLDER}/{file}@{_COMMIT}", "kind": "measured"},
        "totals": {"requests": 100, "involuntary_exits": 0} | totals,
        "caveats": ["output tokens: total measured, steady rate between"],
    }
    timeline = {
        "resolution_s": 1.0,
        "elapsed_us": [int(second) * 1_000_000 for second, _ in moments],
        "completed_requests": [int(count) for _, count in moments],
    }
    return f"{json.dumps(header)}\n{json.dumps({'progress': timeline})}\n"


EXAMPLE_FILES = {
    "assets.yaml": _ASSETS,
    "data/totals.csv": "run,tokens,seconds,left\noff,10675,85.0,0\ndrex,11908,88.91,1504\n",
    "off.run.jsonl": _run(
        "log_off_b8.txt", _OFF, {}, {"total_time_s": 85.0, "output_tokens": 10675, "ee_tokens": 0}
    ),
    "drex.run.jsonl": _run(
        "log_rebatch_b8.txt",
        _DREX,
        {"confidence": "0.01", "rebatching_threshold": "2"},
        {"total_time_s": 88.91, "output_tokens": 11908, "ee_tokens": 1504, "non_ee_tokens": 10405},
    ),
}

VIEWS: dict[Picture | Literal["sparkline"], type[View]] = {
    "requests": RequestsView,
    "lanes": LanesView,
    "stream": StreamView,
    "latency": LatencyView,
    "sparkline": SparklineView,
}
"""What moves in a pane, by the name in a race's `views`; its other views are `measures.MEASURES`."""

STILL_S = 1.6
"""Stillness after the last number arrived, before or beside reading the result."""
SQUARE, SQUARE_PANES = (0.8, 1.25), 2
"""Shapes of frame (width over height) in which more panes than these have no room."""


class RaceKind(SceneKind):
    params = Params
    example_files = EXAMPLE_FILES

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """The clock above, the tracks or the panes, the lead."""
        if shot.params.tracks:
            from explainers.kinds.race.tracks import draw_tracks

            return draw_tracks(shot, stage)
        from explainers.kinds.race.draw import draw

        draw(shot, stage, {name: VIEWS[name] for name in shot.params.views if name in VIEWS})

    def duration_s(self, shot: ShotPlan) -> float:
        """The runs' length at the clock's speed, and time to read how it ended."""
        lead, race = shot.params.lead, Race.of(shot)
        if shot.params.cards:
            return RaceClock.of(race).stop_s + length_s(race)
        ended = [(lead.result or lead.running) if lead else ""]
        if not shot.params.tracks and race.compared != race.raced:
            ended.append(race.compared)
        return RaceClock.of(race).stop_s + max(STILL_S, 0.5 + max(map(reading_s, ended)))

    def footer(self, shot: ShotPlan) -> tuple[str, ...]:
        """What a viewer must know of each view, and that datasets or work differ where they do."""
        race, params = Race.of(shot), shot.params
        if params.tracks:
            return ("datasets differ",) if params.different_datasets else ()
        parts = [note for view in _shown(params) for note in view.footnotes(race)]
        if params.different_datasets:
            parts.append("datasets differ")
        if params.unequal_work and race.lost:
            parts.append("the runs did not do the same work")
        return tuple(parts)

    def said(self, shot: ShotPlan) -> tuple[str, ...]:
        """Tracks say in the picture that they move at a constant rate."""
        return (TOTALS_ONLY, TOKENS_STEADY) if shot.params.tracks and Race.of(shot).steady else ()

    def file_texts(self, shot: ShotPlan) -> list[tuple[Loc, str]]:
        """What the runs call themselves, and what was written where that is seen."""
        race, found = Race.of(shot), list[tuple[Loc, str]]()
        for index, run in enumerate(race.runs):
            of, loc = run.provenance, race.loc(index, "run")
            found.append((loc, " ".join((of.system, of.policy, of.label, of.model, of.hardware, of.dataset))))
            if race.params.tracks:
                continue
            found += [(loc, text) for view in _shown(race.params) if (text := view.text(race, run))]
        return found

    def mistakes(self, shot: ShotPlan) -> list[Mistake]:
        """Too many panes, ranges outside the runs, unlike datasets, views without data, fields without
        effect, and mistakes in the lead."""
        race = Race.of(shot)
        if race.params.tracks:
            return [
                *_placed(shot),
                *_tracks(race),
                *_range(race),
                *_datasets(race),
                *card_mistakes(shot, race),
            ]
        return [
            *without_effect(race.params, OF_TRACKS, "a race in panes"),
            *_too_many_panes(race, shot.canvas.width / shot.canvas.height),
            *_range(race),
            *_datasets(race),
            *_views(race),
            *_without_effect(race),
            *lead_mistakes(race),
        ]


def _shown(params: Params) -> list[type[View]]:
    """The moving views of a race, in the order of VIEWS."""
    return [view for name, view in VIEWS.items() if name in params.views]


def _too_many_panes(race: Race, shape: float) -> Iterator[Mistake]:
    panes = len(race.runs)
    if SQUARE[0] < shape < SQUARE[1] and panes > SQUARE_PANES:
        expected = f"at most {SQUARE_PANES}, or a wide or high frame"
        message = f"{panes} panes have no room in a square frame"
        yield Mistake(("panes",), "too-many-panes", message, expected)


WIDE = ("top", "corner", "picture")
"""Layouts of a shot that leave its whole width to tracks."""


def _placed(shot: ShotPlan) -> Iterator[Mistake]:
    if shot.layout.place not in WIDE:
        message = f"tracks take the whole width, of which the layout {shot.layout.place!r} gives words a part"
        yield Mistake(("layout",), "no-room", message, ", ".join(WIDE))


def _tracks(race: Race) -> Iterator[Mistake]:
    """Fields that tracks don't have, runs that are not on the axis, and names of no track."""
    params, lanes = race.params, race.params.tracks
    yield from without_effect(params, OF_PANES, "a race on tracks")
    if params.unequal_work:
        yield from without_effect(params, ("unequal_work",), "a race on tracks")
    if params.axis != "requests" and "unit" in params.model_fields_set:
        yield from without_effect(params, ("unit",), "an axis that does not count requests")
    names = [name for lane in lanes for name in dict.fromkeys((lane.name, lane.run))]
    for index, (lane, run) in enumerate(zip(lanes, race.runs, strict=True)):
        known = {"requests": run.knows_completed, "output_tokens": run.knows_tokens, "time": True}[
            params.axis
        ]
        if not known:
            message = f"this run does not say how many {race.amount} there were by when"
            yield Mistake(race.loc(index, "run"), "view-without-data", message)
        if lane.name in [other.name for other in lanes[:index]]:
            yield Mistake(
                race.loc(index, "run"), "same-name", f"a second track is called {lane.name!r}", "a `row`"
            )
        if params.cards is None:
            yield from without_effect(
                lane, ("row", "flag", "tags", "filled"), "a race without cards", race.loc(index)
            )
    named = [(("gap", key), getattr(params.gap, key)) for key in ("run", "over")] if params.gap else []
    named += [(("cards", "baseline"), params.cards.baseline)] if params.cards else []
    for loc, name in named:
        if name not in names:
            yield Mistake(
                loc, "unknown-name", f"there is no track {name!r}", ", ".join(names), nearest(name, names)
            )
    if params.gap and params.gap.run == params.gap.over:
        yield Mistake(("gap", "over"), "no-effect", "a run is not ahead of itself", "another track")
    if params.axis == "time":
        yield from without_effect(params, ("gap", "every"), "an axis of time, on which all heads are level")
    if params.cards and race.last_s > RaceClock.of(race).until_s + 1e-6:
        message = "the clock stops before the last run arrives, which has no card then"
        yield Mistake(("cards",), "range-outside-run", message, "a clock until last-finish", key=True)
    if params.every and params.every >= race.last_s:
        yield Mistake(
            ("every",), "no-effect", f"no run lasts {params.every:g} s", f"less than {race.last_s:.0f} s"
        )
    if params.cell and params.cell >= race.goal:
        yield Mistake(("cell",), "no-effect", f"a track is {race.goal:,.0f} long", "a smaller cell")


def _range(race: Race) -> Iterator[Mistake]:
    end, written, clock = race.last_s, race.params.clock, RaceClock.of(race)
    # The fields of a lone stretch stand under the clock itself.
    alone = len(written) == 1
    locs: list[Loc] = [("clock",) if alone else ("clock", index) for index in range(len(written))]
    expected = f"a time from 0 to {end:.2f} s"
    for loc, each in zip(locs, written, strict=True):
        if not isinstance(each.until, str) and each.until > end + 1e-6:
            message = f"the clock runs to {each.until:g} s, but the last run ends at {end:.2f} s"
            yield Mistake((*loc, "until"), "range-outside-run", message, expected)
    first, until = written[0].from_, written[0].until
    if first >= (end if isinstance(until, str) else min(end, until)):
        message = f"the clock begins at {first:g} s, where nothing is left to show"
        yield Mistake((*locs[0], "from"), "range-outside-run", message, expected)
    for ramp, loc, (_, end_s) in zip(clock.ramps, locs[1:], clock.stretches[1:], strict=True):
        reached_s = ramp.run_s(ramp.t + ramp.length_s)
        if reached_s > end_s + 1e-6:
            message = (
                f"this speed is reached at {reached_s:.1f} s of the runs, behind the end at {end_s:.1f} s"
            )
            yield Mistake((*loc, "speed"), "ramp-too-long", message, "an earlier change, or a longer stretch")


def _datasets(race: Race) -> Iterator[Mistake]:
    from explainers.runs.summary import same_dataset

    for index, run in enumerate(race.runs[1:], start=1):
        same, reason = same_dataset(race.runs[0], run)
        if same is False and not race.params.different_datasets:
            message = f"this run and the first had different datasets: {reason}"
            expected = "one dataset, or different_datasets: true"
            yield Mistake(race.loc(index, "run"), "different-datasets", message, expected)


def _views(race: Race) -> Iterator[Mistake]:
    for index, run in enumerate(race.runs):
        for view in _shown(race.params):
            if message := view.lacks(race, run):
                yield Mistake(race.loc(index, "run"), "view-without-data", message)


def _without_effect(race: Race) -> Iterator[Mistake]:
    """Fields of views and of a number that the race does not show."""
    from explainers.runs.summary import same_dataset

    if race.params.unequal_work and not race.lost:
        message = "no request was lost: the runs did the same work"
        yield Mistake(("unequal_work",), "no-effect", message, "no unequal_work")
    proven = [same_dataset(race.runs[0], run)[0] for run in race.runs[1:]]
    if race.params.different_datasets and proven and all(proven):
        message = "the logs prove that the runs had one dataset"
        yield Mistake(("different_datasets",), "no-effect", message, "no different_datasets")
    for name, view in VIEWS.items():
        if name not in race.params.views:
            yield from without_effect(race.params, view.fields, f"a race without the view '{name}'")
    # Requests are counted beside every picture of them.
    if race.params.metric not in race.params.views and (
        race.params.metric != "requests" or not set(PICTURES).intersection(race.params.views)
    ):
        yield from without_effect(race.params, ("metric",), "a race that does not show this number")
