"""The race on tracks: heads, counts, leads and cards say what runs and table say, at every moment."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from explainers.compositor.picture import Painter, Picture, still
from explainers.errors import InvalidInput
from explainers.facts.tables import Table
from explainers.kinds import discover, draw
from explainers.kinds.base import ShotPlan, Stretch
from explainers.kinds.race.clock import RAMP_S, START_S, RaceClock
from explainers.kinds.race.measures import Race
from explainers.kinds.race.track import TrackLayer
from explainers.plan import load_plan
from explainers.runs.model import Progress, Provenance, Run, Totals
from explainers.stage.marks import NumberLayer
from explainers.storyboard.film import Layout
from explainers.theme import INK, PAPER

RACE = discover()["race"]
CANVAS = Stretch(640, 360, 10)
STEADY = ("totals measured, steady rate between",)


def run(label: str, seconds: float, requests: int = 600, tokens: int = 60000, **fields: Any) -> Run:
    totals = Totals(total_time_s=seconds, requests=requests, output_tokens=tokens)
    return Run(Provenance(label=label, dataset="d"), totals, **{"caveats": STEADY, **fields})


RUNS = {"quick": run("Quick", 400.0, tokens=72000), "ours": run("Ours", 450.0), "plain": run("Plain", 500.0)}
TABLE = Table(
    "scores",
    ("run", "rate", "score"),
    (
        {"run": "quick", "rate": 150.0, "score": 0.7},
        {"run": "ours", "rate": 120.0, "score": 0.8},
        {"run": "plain", "rate": 100.0, "score": 0.84},
    ),
    "made-up",
    "measured",
)
CARDS: dict[str, Any] = {
    "table": "scores",
    "key": "run",
    "baseline": "plain",
    "cells": [
        {"id": "rate", "heading": "tokens/s", "value": "rate", "scale": ["0", "200"], "change": "+.1%"},
        {"id": "score", "heading": "Score", "value": "score", "format": ".2f", "mark": "dot",
         "scale": ["0.6", "0.9"], "change": "+.1%"},
    ],
}  # fmt: skip
RAW: dict[str, Any] = {
    "clock": [{"speed": "60x", "until": "300s"}, {"speed": "20x"}],
    "tracks": [
        {"run": "quick", "label": "Quick", "caption": "all at once", "hatched": "true",
         "tags": {"finish": "fastest", "score": "lowest"}, "flag": "lowest Score"},
        {"run": "ours", "label": "Ours", "role": "ours", "filled": ["rate"]},
        {"run": "plain", "label": "Plain"},
    ],
    "gap": {"run": "ours", "over": "plain"},
    "every": "60s",
    "cards": CARDS,
    "remark": "nothing was tuned",
}  # fmt: skip


def shot(
    change: Mapping[str, Any] | None = None,
    runs: Mapping[str, Run] = RUNS,
    canvas: Stretch = CANVAS,
    **fields: Any,
) -> ShotPlan:
    raw = {key: value for key, value in {**RAW, **(change or {})}.items() if value is not None}
    params = RACE.params.model_validate(raw)
    plan = ShotPlan("v", "race", "race", 0, canvas, INK, params, runs=runs, tables={"scores": TABLE})
    plan = replace(plan, **{"layout": Layout(place="corner"), **fields})
    return replace(plan, duration_frames=round(RACE.duration_s(plan) * canvas.fps))


def numbers(picture: Picture, name: str, part: str, t: float) -> list[str]:
    """The numbers that a part of a thing shows, without those that have faded."""
    layers = [one for one in picture.layers if (one.name, one.part) == (name, part)]
    states = [one.state(t) for one in layers if isinstance(one, NumberLayer)]
    return [state[0] for state in states if isinstance(state, tuple) and state[3] > 0.9]


def words(picture: Picture, t: float | None = None) -> set[str]:
    """All words, or those that are there at a time."""
    noted = [one for one in picture.layers if one.note and one.note.kind == "text"]
    return {one.note.text for one in noted if one.note and (t is None or one.state(t) is not None)}


def codes(change: Mapping[str, Any], runs: Mapping[str, Run] = RUNS) -> list[tuple[Any, str]]:
    return [(one.loc, one.code) for one in RACE.mistakes(shot(change, runs))]


# -- the clock ---------------------------------------------------------------------------------


def test_a_clock_of_several_speeds_is_continuous_and_can_be_turned_round() -> None:
    clock = RaceClock.of(Race.of(shot()))
    assert clock.film(300.0) == START_S + 300 / 60
    (ramp,) = clock.ramps
    times = np.linspace(0.0, clock.stop_s + 1, 4000)
    runs = np.array([clock.at(t) for t in times])
    assert (np.diff(runs) >= 0).all() and np.diff(runs).max() <= 60 * (times[1] - times[0]) + 1e-9
    for s in (0.0, 12.5, 299.9, 300.1, 310.0, 350.0, 499.0, 500.0):
        assert clock.at(clock.film(s)) == pytest.approx(s, abs=1e-9)
    # Over the ramp the run advances by the mean of speeds that change by equal factors.
    assert clock.at(ramp.t + RAMP_S) == pytest.approx(300 + RAMP_S * (20 - 60) / math.log(20 / 60))
    assert [clock.factor(t) for t in (0.0, ramp.t, ramp.t + RAMP_S, clock.stop_s)] == [
        "60×",
        "60×",
        "20×",
        "20×",
    ]
    rolling = [float(clock.factor(ramp.t + RAMP_S * k / 8)[:-1]) for k in range(9)]
    assert rolling == sorted(rolling, reverse=True) and len(set(rolling)) == 9


@pytest.mark.parametrize("form", ["tracks", "panes"])
def test_the_factor_stands_beside_the_clock_at_every_moment(form: str) -> None:
    panes = {"panes": [{"run": "plain"}, {"run": "ours", "role": "ours"}], "lead": "{requests} ahead"}
    gone = dict.fromkeys(("tracks", "gap", "every", "cards", "remark"))
    plan = shot({**gone, **panes}) if form == "panes" else shot()
    assert not RACE.mistakes(plan)
    picture, clock = draw(plan), RaceClock.of(Race.of(plan))
    layers = [one for one in picture.layers if isinstance(one, NumberLayer)]
    for frame in range(plan.duration_frames):
        t = frame / plan.canvas.fps
        shown = [state[0] for one in layers if (state := one.state(t)) is not None]
        assert clock.factor(t) in shown, t


@pytest.mark.parametrize(
    ("clock", "where", "expected"),
    [
        ([{"speed": "60x"}, {"speed": "20x"}], "60x", "a time such as 31:20"),
        ([{"speed": "60x", "until": "300s"}, {"speed": "60x"}], "speed", "another speed"),
        ([{"speed": "60x", "until": "300s"}, {}], "{}", "a speed such as 20x"),
        ([{"speed": "60x", "until": "300s"}, {"speed": "20x", "from": "310s"}], "from", None),
        ([{"speed": "60x", "until": "300s"}, {"speed": "20x", "until": "200s"}], "until", "times in order"),
        ([{"speed": str(n), "until": f"{n}s"} for n in range(1, 6)], "speed", "at most 4 of them"),
        ({"speed": "fast"}, "speed", "a speed such as 110x, or auto"),
        ({"sped": "20x"}, "sped", None),
    ],
)
def test_clocks_that_make_no_sense_are_refused_where_they_stand(
    tmp_path: Path, clock: Any, where: str, expected: str | None
) -> None:
    project = RACE.write_example(tmp_path)
    path = project.storyboard_path("race")
    data = yaml.safe_load(path.read_text())
    data["shots"] = [{**data["shots"][1], "clock": clock}]
    path.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True))
    with pytest.raises(InvalidInput) as raised:
        load_plan(project, "race")
    (problem,) = raised.value.problems
    assert problem.expected == expected
    assert where in path.read_text().splitlines()[problem.place.line - 1]


def test_a_ramp_must_end_before_its_stretch_does() -> None:
    assert codes({"clock": [{"speed": "60x", "until": "490s"}, {"speed": "20x"}]}) == [
        (("clock", 1, "speed"), "ramp-too-long")
    ]
    assert codes({"clock": [{"speed": "60x", "until": "470s"}, {"speed": "20x"}]}) == []


# -- tracks ------------------------------------------------------------------------------------


def test_heads_stand_where_the_runs_are_and_stop_at_the_line() -> None:
    plan = shot()
    stage_scale = plan.canvas.height / 1080
    picture, race = draw(plan), Race.of(plan)
    clock = RaceClock.of(race)
    tracks = [one for one in picture.layers if isinstance(one, TrackLayer)]
    assert [(one.name, one.part) for one in tracks] == [(name, "bar") for name in RUNS]
    for t in (1.5, 3.0, 5.0):
        for layer, each in zip(tracks, race.runs, strict=True):
            course = layer.course
            share = each.completed_at(clock.at(t)) / 600
            expected = course.whole.start + (course.whole.finish - course.whole.start) * share
            assert layer.state(t)[0] == pytest.approx(expected * stage_scale, abs=0.6)
    for layer, each in zip(tracks, race.runs, strict=True):
        line = round(layer.course.near.finish * stage_scale)
        arrival = clock.film(each.end_s)
        assert layer.state(arrival - 0.3)[0] < line
        assert {layer.state(t)[0] for t in (arrival, arrival + 1, plan.duration_s)} == {line}
        assert layer.state(plan.duration_s) is not None


def test_the_lead_is_the_difference_of_the_counts_that_are_seen() -> None:
    plan = shot(canvas=Stretch(640, 360, 20))
    picture, seen = draw(plan), 0
    for frame in range(plan.duration_frames):
        t = frame / plan.canvas.fps
        lead = numbers(picture, "ours", "gap", t)
        counts = [numbers(picture, name, "count", t) for name in ("ours", "plain")]
        if lead and all(counts):
            ours, plain = (int(found[0].replace(",", "")) for found in counts)
            assert int(lead[0]) == ours - plain
            seen += 1
    assert seen > 20


def test_lines_of_equal_time_carry_the_lead_at_that_time() -> None:
    plan = shot({"clock": {"speed": "60x"}})
    picture = draw(plan)
    t = RaceClock.of(Race.of(plan)).film(205.0)
    for minute in (1, 2, 3):
        ours, plain = (
            math.floor(RUNS[name].completed_at(minute * 60.0) + 1e-6) for name in ("ours", "plain")
        )
        assert {f"{minute} min", f"+{ours - plain}"} <= words(picture, t)
    assert "4 min" not in words(picture, t)


def test_a_constant_rate_is_said_in_the_picture_and_only_where_it_is_one(tmp_path: Path) -> None:
    said = "constant rate, the average of each log; a cell is 15 requests"
    plan = shot()
    assert {said, "nothing was tuned"} <= words(draw(plan)) and RACE.said(plan) == (
        *STEADY,
        *RACE.said(plan)[1:],
    )
    assert "nothing was tuned" not in words(draw(plan), 1.0) and said not in words(
        draw(plan), plan.duration_s
    )
    timed = Progress(np.array([0.0, 200.0, 400.0]), np.array([0, 100, 600]))
    runs = {name: replace(each, progress=timed, caveats=()) for name, each in RUNS.items()}
    plan = shot({"cell": "20", "remark": None, "gap": None}, runs)
    assert "a cell is 20 requests" in words(draw(plan), 1.0) and RACE.said(plan) == ()
    project = RACE.write_example(tmp_path)
    assert "steady" in (load_plan(project, "race").shots[1].footer or "")


def test_tokens_end_where_all_runs_come_to_and_time_where_the_last_ends() -> None:
    race = Race.of(shot({"axis": "output_tokens"}))
    assert race.goal == 60000
    assert [race.arrival_s(each) for each in race.runs] == pytest.approx([400 * 60 / 72, 450.0, 500.0])
    race = Race.of(shot({"axis": "time", "gap": None, "every": None}))
    assert race.goal == 500.0 and race.along(race.runs[0], 450.0) == 400.0
    assert codes({"axis": "time", "every": None}) == [(("gap",), "no-effect")]


@pytest.mark.parametrize("count", [2, 3, 5])
@pytest.mark.parametrize("size", [(640, 360), (360, 360), (360, 640)])
@pytest.mark.parametrize("cards", [True, False])
def test_two_to_five_tracks_fit_every_shape(count: int, size: tuple[int, int], cards: bool) -> None:
    runs = {f"r{i}": run(f"Run {i}", 400.0 + 20 * i) for i in range(count)}
    rows = tuple({"run": name, "rate": 100.0 + i, "score": 0.7} for i, name in enumerate(runs))
    lanes = [{"run": name, "label": f"Policy {name}", "caption": "decides for itself"} for name in runs]
    change = {
        "clock": {"speed": "60x"},
        "tracks": lanes,
        "gap": {"run": "r0", "over": "r1"},
        "cards": {**CARDS, "baseline": "r0"} if cards else None,
    }
    table = {"scores": replace(TABLE, rows=rows)}
    plan = shot(change, runs, Stretch(*size, 10))
    plan = replace(plan, tables=table)
    assert not RACE.mistakes(plan)
    picture = draw(plan)
    for t in (0.0, 3.0, plan.duration_s - 0.05):
        for layer in picture.layers:
            if layer.note and layer.note.kind == "text" and (state := layer.state(t)) is not None:
                box = layer.box(state)
                inside = box.left >= 0 and box.right <= size[0] and box.top >= 0 and box.bottom <= size[1]
                assert inside, (t, layer.note.text, box)


@pytest.mark.parametrize("theme", [INK, PAPER])
def test_a_frame_of_tracks_asked_for_alone_is_the_frame_of_the_film(theme: Any) -> None:
    plan = shot(canvas=Stretch(320, 180, 10), theme=theme)
    picture = draw(plan)
    painter, clock = Painter(picture), RaceClock.of(Race.of(plan))
    looked = {
        3,
        20,
        round(clock.film(300.0) * 10),
        round(clock.ramps[0].t * 10) + 1,
        plan.duration_frames - 1,
    }
    looked |= {round(clock.film(each.end_s) * 10) + 2 for each in RUNS.values()}
    for frame in range(plan.duration_frames):
        painter.paint(frame)
        if frame in looked:
            assert np.array_equal(painter.pixels[:, :, 2::-1], still(picture, frame)), frame


# -- cards -------------------------------------------------------------------------------------


def test_cards_hold_the_table_s_figures_and_differences_computed_from_it() -> None:
    plan = shot()
    picture, end = draw(plan), plan.duration_s
    assert {"150.0", "120.0", "100.0", "0.70", "0.80", "0.84"} <= words(picture, end)
    assert {"+50.0\u202f%", "+20.0\u202f%", "\u221216.7\u202f%", "\u22124.8\u202f%", "baseline"} <= words(
        picture, end
    )
    assert {"6:40", "7:30", "8:20", "fastest", "lowest", "lowest Score"} <= words(picture, end)
    clock = RaceClock.of(Race.of(plan))
    first, last = clock.film(400.0), clock.film(500.0)
    # A card comes with its run, differences with the baseline, the label on the lane after all of them.
    assert "6:40" not in words(picture, first - 0.05) and {"6:40", "150.0"} <= words(picture, first + 0.8)
    assert "+50.0\u202f%" not in words(picture, last) and "lowest Score" not in words(picture, last + 0.9)
    dots = [one for one in picture.layers if one.part == "dot"]
    assert [one.name for one in dots] == ["quick", "ours", "plain"]


def test_a_difference_the_worse_way_has_the_colour_of_a_price() -> None:
    cells = [{**cell, "better": "higher"} for cell in CARDS["cells"]]
    changes = {
        (one.name, one.note.text): one.note.color
        for one in draw(shot({"cards": {**CARDS, "cells": cells}})).layers
        if one.note and one.note.kind == "text" and one.part and one.part.endswith("-change")
    }
    prices = {text for (_, text), color in changes.items() if color == INK.color("warn")}
    assert prices == {text for _, text in changes if text.startswith("−")} | {"lowest"} and len(changes) > 4


def test_a_score_s_dot_is_at_its_own_value_from_its_first_frame() -> None:
    plan = shot()
    picture = draw(plan)
    frames = [frame / picture.fps for frame in range(picture.duration_frames)]
    for name in RUNS:
        dots = [one for one in picture.layers if (one.name, one.part) == (name, "dot")]
        places = [{one.box(state) for t in frames if (state := one.state(t)) is not None} for one in dots]
        assert dots and all(len(some) == 1 for some in places), name


@pytest.mark.parametrize(
    ("change", "loc", "code"),
    [
        ({"tracks": [{**RAW["tracks"][0], "row": "quik"}, *RAW["tracks"][1:]]},
         ("tracks", 0, "row"), "no-such-row"),
        ({"cards": {**CARDS, "key": "runs"}}, ("cards", "key"), "unknown-column"),
        ({"cards": {**CARDS, "baseline": "plane"}}, ("cards", "baseline"), "unknown-name"),
        ({"cards": {**CARDS, "cells": [{**CARDS["cells"][0], "value": "rat / 2"}]}},
         ("cards", "cells", 0, "value"), "unknown-column"),
        ({"cards": {**CARDS, "cells": [CARDS["cells"][0], {**CARDS["cells"][1], "mark": "bar"}]}},
         ("cards", "cells", 1, "scale", 0), "cut-axis"),
        ({"cards": {**CARDS, "cells": [CARDS["cells"][0], {**CARDS["cells"][1], "scale": ["0.75", "0.9"]}]}},
         ("cards", "cells", 1, "scale"), "range-outside-run"),
        ({"tracks": [*RAW["tracks"][:2], {**RAW["tracks"][2], "tags": {"finish": "fastest"}}]},
         ("tracks", 2, "tags", "finish"), "not-so"),
        ({"tracks": [*RAW["tracks"][:2], {**RAW["tracks"][2], "flag": "lowest Score"}]},
         ("tracks", 2, "flag"), "not-so"),
        ({"tracks": [*RAW["tracks"][:2], {**RAW["tracks"][2], "tags": {"scores": "x"}}]},
         ("tracks", 2, "tags", "scores"), "unknown-name"),
        ({"tracks": [*RAW["tracks"][:2], {**RAW["tracks"][2], "filled": ["wait"]}]},
         ("tracks", 2, "filled", 0), "unknown-name"),
        ({"gap": {"run": "our", "over": "plain"}}, ("gap", "run"), "unknown-name"),
        ({"gap": {"run": "ours", "over": "ours"}}, ("gap", "over"), "no-effect"),
        ({"views": ["requests"]}, ("views",), "no-effect"),
        ({"clock": {"speed": "60x", "until": "450s"}}, ("cards",), "range-outside-run"),
        ({"every": "600s"}, ("every",), "no-effect"),
        ({"cell": "600"}, ("cell",), "no-effect"),
    ],
)  # fmt: skip
def test_what_runs_or_table_contradict_is_refused(change: dict[str, Any], loc: Any, code: str) -> None:
    flags = {} if "cards" not in change else {"tracks": [{"run": name} for name in RUNS]}
    assert codes({**flags, **change}) == [(loc, code)]


def test_panes_and_tracks_exclude_each_other() -> None:
    for change in ({"panes": [{"run": "ours"}]}, {"tracks": None}, {"tracks": [{"run": "ours"}]}):
        with pytest.raises(ValueError, match="a race"):
            shot(change)
    panes = {"tracks": None, "panes": [{"run": "plain"}, {"run": "ours", "role": "ours"}]}
    assert {code for _, code in codes(panes)} == {"no-effect"}


def test_tracks_need_the_whole_width() -> None:
    for place, found in {
        "top": [],
        "corner": [],
        "picture": [],
        "left": ["no-room"],
        "bleed": ["no-room"],
    }.items():
        plan = shot(layout=Layout(place=place), title="Tracks" if place == "top" else None)  # type: ignore[arg-type]
        assert [one.code for one in RACE.mistakes(plan)] == found
        if not found:
            draw(plan)


def test_once_the_one_in_front_is_in_the_number_is_what_the_other_has_to_do() -> None:
    plan = shot(canvas=Stretch(640, 360, 20))
    picture, clock = draw(plan), RaceClock.of(Race.of(plan))
    arrival = clock.film(450.0)
    before, after = (
        {
            one.note.text
            for one in picture.layers
            if one.note and one.part == "gap" and one.state(t) is not None
        }
        for t in (arrival - 0.2, arrival + 1.3)
    )
    assert "requests ahead" in before and "requests to go" in after and "requests to go" not in before
    done = math.floor(RUNS["plain"].completed_at(clock.at(arrival + 1.3)) + 1e-6)
    assert numbers(picture, "ours", "gap", arrival + 1.3) == [f"{600 - done}"]
