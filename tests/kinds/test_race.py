"""The race kind: every frame shows what the runs say at the clock's time, and nothing they can't say."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from explainers.compositor.picture import Picture, still
from explainers.errors import InvalidInput
from explainers.facts.numbers import written
from explainers.footage.clips import ClipLayer
from explainers.kinds import discover, draw
from explainers.kinds.base import ShotPlan, Stretch
from explainers.kinds.race import VIEWS
from explainers.kinds.race.clock import SPEEDS, START_S, RaceClock
from explainers.kinds.race.lead import Rivals
from explainers.kinds.race.measures import MEASURES, Race, round_up
from explainers.kinds.race.params import View
from explainers.kinds.race.requests import CellsLayer, per_cell
from explainers.plan import load_plan
from explainers.runs.model import Progress, Provenance, Run, Totals
from explainers.stage.marks import NumberLayer
from explainers.theme import INK, channels

RACE = discover()["race"]
CANVAS = Stretch(960, 540, 30)
OFF = Run(
    Provenance(label="No early exit", model="M", dataset="d"),
    Totals(total_time_s=2129.86, requests=2160, output_tokens=240138, ee_tokens=0),
    caveats=("totals measured, steady rate between",),
)
DREX = Run(
    Provenance(label="DREX", model="M", dataset="d"),
    Totals(total_time_s=2026.0, requests=2160, output_tokens=247298, ee_tokens=48714, non_ee_tokens=198585),
)
RAW: dict[str, Any] = {
    "clock": {"speed": "110x"},
    "panes": [{"run": "off"}, {"run": "drex", "role": "ours"}],
    "unit": "articles",
    "lead": {
        "running": "ahead by {requests} articles and {output_tokens} tokens: {throughput}",
        "result": "{time}",
    },
}


def shot(
    raw: Mapping[str, Any] = RAW, runs: Mapping[str, Run] | None = None, canvas: Stretch = CANVAS
) -> ShotPlan:
    runs = runs or {"off": OFF, "drex": DREX}
    params = RACE.params.model_validate(raw)
    plan = ShotPlan("v", "race", "race", 0, canvas, INK, params, runs=runs)
    return replace(plan, duration_frames=round(RACE.duration_s(plan) * canvas.fps))


def numbers(picture: Picture, frame: int) -> list[str]:
    """Every number that is shown in a frame, as text."""
    layers = [layer for layer in picture.layers if isinstance(layer, NumberLayer)]
    states = [layer.state(frame / picture.fps) for layer in layers]
    return [state[0] for state in states if isinstance(state, tuple) and isinstance(state[0], str)]


def cells(picture: Picture) -> list[CellsLayer]:
    clip = next(layer for layer in picture.layers if isinstance(layer, ClipLayer))
    panes = [piece.picture for piece, _, _ in clip.footage.pieces]  # type: ignore[attr-defined]
    return [layer for pane in panes for layer in pane.layers if isinstance(layer, CellsLayer)]


def test_counters_show_what_the_runs_say_at_the_clock_s_time() -> None:
    plan = shot()
    picture, clock = draw(plan), RaceClock.of(Race.of(plan))
    for frame in (60, 150, 333, 480):
        s = clock.at(frame / 30)
        shown = numbers(picture, frame)
        for run in (OFF, DREX):
            assert f"{int(run.completed_at(s)):,}" in shown
            assert f"{int(run.output_tokens_at(s)):,}" in shown
            assert f"{run.throughput_at(s):,.1f}" in shown


def test_full_cells_are_the_requests_done_over_the_requests_a_cell() -> None:
    plan = shot()
    clock = RaceClock.of(Race.of(plan))
    for layer, run in zip(cells(draw(plan)), (OFF, DREX), strict=True):
        assert layer.grid.count == 216
        for t in (0.0, 2.0, 9.99, 15.5):
            assert layer.state(t)[0] == int(run.completed_at(clock.at(t))) // 10


def test_cells_are_seen_to_fill() -> None:
    plan = shot()
    picture = draw(plan)
    layer = cells(picture)[1]
    clip = next(one for one in picture.layers if isinstance(one, ClipLayer))
    _, dx, dy = clip.footage.pieces[1]  # type: ignore[attr-defined]
    image = still(picture, 300)
    full, _, outlined, _ = layer.state(10.0)
    for index in (0, outlined - 1, full + 2, 215):
        left, top, right, bottom = layer.grid.cell(index)
        x, y = clip.x + dx + (left + right) // 2, clip.y + dy + (top + bottom) // 2
        expected = channels(INK.color("ours")) if index < full else channels(layer.empty)
        assert np.abs(image[y, x].astype(int) - expected).max() <= 2


def test_cells_past_the_other_run_s_are_outlined() -> None:
    plan = shot()
    off, drex = cells(draw(plan))
    full, _, outlined, _ = drex.state(15.0)
    assert outlined == off.state(15.0)[0] < full
    assert off.state(15.0)[2] == off.state(15.0)[0]


def test_the_lead_is_the_difference_of_the_numbers_on_screen() -> None:
    plan = shot()
    picture, clock = draw(plan), RaceClock.of(Race.of(plan))
    for frame in (120, 300, 500):
        s = clock.at(frame / 30)
        shown = numbers(picture, frame)
        articles = int(DREX.completed_at(s)) - int(OFF.completed_at(s))
        tokens = int(DREX.output_tokens_at(s)) - int(OFF.output_tokens_at(s))
        assert {f"{articles:,}", f"{tokens:,}", "+8.3\u202f%"} <= set(shown)


def test_a_pane_stops_when_its_run_ends_and_the_clock_goes_on() -> None:
    plan = shot()
    picture, clock = draw(plan), RaceClock.of(Race.of(plan))
    done, later = int(clock.film(2026.0) * 30) + 2, int(clock.film(2120.0) * 30)
    for frame in (done, later):
        assert {"2,160", "247,298"} <= set(numbers(picture, frame))
        assert written(clock.at(frame / 30), "clock") in numbers(picture, frame)
    assert np.abs(still(picture, done - 10).astype(int) - still(picture, done + 10)).max() > 100
    assert "35:30" in numbers(picture, plan.duration_frames - 1)
    assert Rivals.of(Race.of(plan)).values(2129.86)["time"] == 104


def test_a_frame_asked_for_alone_is_the_frame_of_the_film() -> None:
    from explainers.compositor.picture import Painter

    plan = shot(canvas=Stretch(320, 180, 10))
    picture = draw(plan)
    painter = Painter(picture)
    for frame in range(plan.duration_frames):
        painter.paint(frame)
        if frame in (3, 29, 77, 190, 204, plan.duration_frames - 1):
            assert np.array_equal(painter.pixels[:, :, 2::-1], still(draw(plan), frame)), frame


def test_what_a_log_can_t_say_is_not_shown() -> None:
    bare = Run(Provenance(dataset="d"), Totals(total_time_s=100.0, requests=50))
    raw = {
        **RAW,
        "views": ["requests", "output_tokens", "throughput", "early_exit_share", "involuntary_exits"],
    }
    plan = shot({**raw, "lead": None}, {"off": bare, "drex": bare})
    words = {layer.note.text for layer in draw(plan).layers if layer.note and layer.note.kind == "text"}
    assert "requests done" not in words and "articles done" in words
    assert not {"output tokens", "tokens / s", "tokens that left early", "forced out"} & words
    both = draw(shot({**raw, "lead": None}))
    words = {layer.note.text for layer in both.layers if layer.note and layer.note.kind == "text"}
    assert "output tokens" in words and "forced out" not in words


def test_a_range_outside_the_runs_and_other_slips_are_found() -> None:
    wrong = {**RAW, "clock": {"from": "50:00", "until": "60:00"}, "lead": "ahead by 5 of {thruput}"}
    found = RACE.mistakes(shot(wrong))
    assert {(mistake.loc, mistake.code) for mistake in found} == {
        (("clock", "until"), "range-outside-run"),
        (("clock", "from"), "range-outside-run"),
        (("lead", "running"), "typed-digit"),
        (("lead", "running"), "unknown-fact"),
    }


@pytest.mark.parametrize("other", [{"dataset": "else"}, {"requests": 2000}])
def test_runs_of_different_datasets_are_an_error_unless_said(other: dict[str, Any]) -> None:
    totals = Totals(total_time_s=100.0, requests=other.get("requests", 2160))
    runs = {"off": OFF, "drex": Run(Provenance(dataset=other.get("dataset", "d")), totals)}
    found = RACE.mistakes(shot({**RAW, "lead": None}, runs))
    assert [(mistake.loc, mistake.code) for mistake in found] == [(("panes", 1, "run"), "different-datasets")]
    said = shot({**RAW, "lead": None, "different_datasets": "true"}, runs)
    assert RACE.mistakes(said) == []
    assert "datasets differ" in RACE.footer(said)


def test_nothing_on_screen_calls_datasets_the_same_that_may_not_be() -> None:
    """The dataset's name goes where the logs contradict it, and a stream is of one request, not the same."""
    raw = {**RAW, "lead": None, "views": ["stream"], "different_datasets": "true"}
    params = RACE.params.model_validate(raw)
    stream = VIEWS["stream"]
    proven = {name: replace(run, provenance=replace(run.provenance, settings={"seed": "1"}))
              for name, run in (("off", OFF), ("drex", DREX))}  # fmt: skip
    other = replace(DREX, provenance=replace(DREX.provenance, settings={"seed": "2"}))
    for runs, said, of_name in (
        (proven, "the same request, token by token", True),
        ({"off": OFF, "drex": DREX}, "one request, token by token", True),
        (proven | {"drex": other}, "one request, token by token", False),
    ):
        race = Race(params, (runs["off"], runs["drex"]))
        assert stream.meaning(race) == said
        assert race.compared.endswith(" of d") is of_name


def test_a_lead_in_tokens_is_refused_for_a_run_that_says_nothing_of_tokens() -> None:
    runs = {"off": Run(Provenance(), Totals(total_time_s=2129.0, requests=2160)), "drex": DREX}
    found = RACE.mistakes(shot(RAW, runs))
    assert [(mistake.loc, mistake.code) for mistake in found] == [(("lead", "running"), "view-without-data")]


@pytest.mark.parametrize(
    "clock", [{"speed": "5000x"}, {"speed": "1x", "from": "2129s"}, {"until": "first-finish"}]
)
def test_a_race_of_any_length_is_drawn_to_its_end(clock: dict[str, str]) -> None:
    plan = shot({**RAW, "clock": clock}, canvas=Stretch(320, 180, 10))
    race = Race.of(plan)
    picture, of_race, last = draw(plan), RaceClock.of(race), plan.duration_frames - 1
    end_s = 2026.0 if "until" in clock else 2129.86
    assert of_race.until_s == end_s and of_race.stop_s < last / 10
    first, shown = numbers(picture, 5), numbers(picture, last)
    assert written(of_race.from_s, "clock") in first and written(end_s, "clock") in shown
    for run in race.runs:
        assert {f"{int(run.completed_at(end_s)):,}", f"{int(run.output_tokens_at(end_s)):,}"} <= set(shown)
    assert (still(picture, 0) != still(picture, last)).any()


@pytest.mark.parametrize(
    ("views", "refused"),
    [
        (["requests"], {"request", "window"}),
        (["lanes"], {"request"}),
        (["stream", "throughput"], {"window"}),
        (["sparkline"], {"request", "window"}),
        (["lanes", "stream"], set()),
    ],
)
def test_a_field_that_no_view_of_the_race_uses_is_refused(views: list[str], refused: set[str]) -> None:
    found = RACE.mistakes(shot({**RAW, "views": views, "request": "s1", "window": "2s"}))
    idle = [each for each in found if each.code == "no-effect"]
    assert {each.loc for each in idle} == {(name,) for name in refused}
    assert all("has no effect on a race without the view" in each.message for each in idle)
    unset = RACE.mistakes(shot({**RAW, "views": views}))
    assert not [each for each in unset if each.code == "no-effect"]


@pytest.mark.parametrize(
    ("views", "metric", "refused"),
    [
        (["requests"], "throughput", True),
        (["requests", "throughput"], "throughput", False),
        (["latency", "output_tokens"], "requests", False),
        (["output_tokens", "sparkline"], "requests", True),
        (["lanes", "throughput"], "output_tokens", True),
    ],
)
def test_a_metric_that_no_pane_shows_is_refused(views: list[str], metric: str, refused: bool) -> None:
    found = RACE.mistakes(shot({**RAW, "views": views, "metric": metric}))
    assert [each.loc for each in found if each.code == "no-effect"] == [("metric",)] * refused


def test_every_view_of_the_storyboard_is_a_class_or_a_measure() -> None:
    assert {*VIEWS, *MEASURES} == set(get_args(View))


def test_a_line_of_rates_is_refused_for_a_run_of_totals() -> None:
    found = RACE.mistakes(shot({**RAW, "views": ["requests", "sparkline"]}))
    assert [mistake.code for mistake in found] == ["view-without-data", "view-without-data"]


def test_the_clock_runs_equally_fast_for_every_pane_at_a_round_speed() -> None:
    plan = shot({**RAW, "clock": {"speed": "auto"}})
    clock = RaceClock.of(Race.of(plan))
    assert clock.speed == 150 and clock.at(START_S + 1) - clock.at(START_S) == pytest.approx(150)
    assert [round_up(x, SPEEDS) for x in (0.2, 1.2, 109, 801)] == [1, 1.5, 150, 1000]


def test_a_cell_is_a_round_number_of_requests() -> None:
    assert [per_cell(n) for n in (1, 100, 240, 241, 2160, 10_000, 1_000_000)] == [1, 1, 1, 2, 10, 50, 5000]
    assert RACE.footer(shot()) == ("one cell = 10 articles, outlined: ahead",)


def test_a_run_of_ten_thousand_requests_costs_a_frame_no_more_than_a_short_one() -> None:
    def work(run: Run) -> int:
        """Pixels painted again in a second of the race."""
        layer = cells(
            draw(shot({**RAW, "lead": None, "clock": {"speed": "100x"}}, {"off": run, "drex": run}))
        )[0]
        states = [layer.state(2 + frame / 30) for frame in range(31)]
        pairs = pairwise(states)
        return sum(rect.area for a, b in pairs if a != b for rect in layer.dirty(a, b))

    counts = np.arange(10_001)
    progress = Progress(counts * 0.2, counts)
    long = Run(Provenance(), Totals(total_time_s=2000.0, requests=10_000), progress=progress)
    short = Run(Provenance(), Totals(total_time_s=2000.0, requests=200))
    assert work(long) <= 2 * work(short) + 5000


@pytest.mark.parametrize("size", [(1080, 1080), (540, 960), (960, 540)])
@pytest.mark.parametrize("panes", [1, 2, 3, 4])
def test_words_stay_in_their_pane_in_every_shape(size: tuple[int, int], panes: int) -> None:
    raw = {**RAW, "panes": [{"run": name} for name in "abcd"[:panes]], "lead": None}
    plan = shot(raw, dict.fromkeys("abcd", DREX), Stretch(*size, 10))
    if size[0] == size[1] and panes > 2:
        assert [mistake.code for mistake in RACE.mistakes(plan)] == ["too-many-panes"]
        return
    picture = draw(plan)
    for frame in (30, plan.duration_frames - 1):
        states = [(layer, layer.state(frame / 10)) for layer in picture.layers]
        for layer, state in states:
            if state is not None and layer.note and layer.note.kind == "text":
                box = layer.box(state)
                margin = 90 * min(size) / 1080
                assert box.left >= margin and box.right <= size[0] - margin, layer.note.text


def test_the_example_is_planned_with_its_meaning_and_caveats_in_the_footer(tmp_path: Path) -> None:
    plan = load_plan(RACE.write_example(tmp_path), "race", "draft")
    race = plan.shots[0]
    assert race.provenance == "measured"
    assert "100 cells = 100 articles" in (race.footer or "")
    assert "steady rate between" in (race.footer or "")
    image = still(draw(race), race.duration_frames - 1)
    assert image.shape == (360, 640, 3)


def test_a_bad_range_is_shown_with_its_line(tmp_path: Path) -> None:
    project = RACE.write_example(tmp_path)
    path = project.storyboard_path("race")
    path.write_text(path.read_text("utf-8").replace("{speed: 8x}", "{speed: 8x, until: 90s}"), "utf-8")
    with pytest.raises(InvalidInput, match=r"storyboard.yaml:7:.*range-outside-run"):
        load_plan(project, "race")


def test_params_load_without_manim_and_moviepy() -> None:
    code = (
        "import sys, explainers.kinds.race as race; race.Params;"
        "print([name for name in ('manim', 'moviepy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
