"""Races of runs that lost requests: what panes show, what leads may say, and what is drafted of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from explainers.cli.race_video import RaceWords, write_race
from explainers.footage.clips import ClipLayer
from explainers.kinds import discover, draw
from explainers.kinds.base import ShotPlan, Stretch
from explainers.kinds.race.clock import START_S, RaceClock
from explainers.kinds.race.lead import pieces
from explainers.kinds.race.measures import Race
from explainers.kinds.race.requests import CellsLayer
from explainers.project import find_project
from explainers.runs import Provenance, Requests, Run, Totals, save_run
from explainers.runs.model import CANCELLED, NEVER_FINISHED
from explainers.runs.summary import compare, lost_at, unequal_work
from explainers.theme import INK

RACE = discover()["race"]


def run_of(errors: list[str | None], end_s: float = 20.0, name: str = "R", ends: bool = True) -> Run:
    """A run of one request after the other, ten tokens each; those with an error give none."""
    count = len(errors)
    at = np.arange(count) * end_s / count
    ok = np.array([error is None for error in errors])
    finish = at + end_s / count
    requests = Requests(
        tuple(map(str, range(count))), at, np.where(ok, at + 0.1, np.nan),
        finish if ends else np.where(ok, finish, np.nan),
        np.full(count, 7), np.where(ok, 10, 0), errors=tuple(errors) if any(errors) else None,
    )  # fmt: skip
    written = 10 * int(ok.sum())
    totals = Totals(end_s, count, written, written / end_s)
    return Run(Provenance(label=name, dataset="d"), totals, requests=requests)


WHOLE = run_of([None] * 20, 30.0, "Whole")
HALF = run_of(["boom", None] * 10, 20.0, "Half", ends=False)
NONE = run_of(["boom"] * 20, 20.0, "None", ends=False)


def shot(left: Run, right: Run, width: int = 960, **more: Any) -> ShotPlan:
    raw = {"panes": [{"run": "left"}, {"run": "right", "role": "ours"}], **more}
    params, runs = RACE.params.model_validate(raw), {"left": left, "right": right}
    canvas = Stretch(width, 540, 10)
    plan = ShotPlan("v", "race", "race", 0, canvas, INK, params, runs=runs)
    return replace(plan, duration_frames=round(RACE.duration_s(plan) * canvas.fps))


def words(plan: ShotPlan) -> set[str]:
    return {layer.note.text for layer in draw(plan).layers if layer.note and layer.note.kind == "text"}


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        (["boom"] * 5 + [None] * 15, "5 failed"),
        ([CANCELLED] * 3 + [None] * 17, "3 cancelled"),
        ([NEVER_FINISHED] + [None] * 19, "1 unfinished"),
        (["boom", CANCELLED, NEVER_FINISHED] + [None] * 17, "1 failed, 1 cancelled, 1 unfinished"),
        (["boom"] * 20, "all failed"),
        (["boom"] * 10 + [CANCELLED] * 10, "10 failed, 10 cancelled"),
    ],
)
def test_the_mark_of_a_run_that_lost_requests_says_how_many(errors: list[str | None], said: str) -> None:
    shown = words(shot(WHOLE, run_of(errors), views=["requests"]))
    assert said in shown and "done" in shown
    assert "done" not in words(shot(run_of(errors), run_of(errors), views=["requests"]))


def test_a_mark_without_room_says_it_in_fewer_words() -> None:
    mixed = run_of(["boom", CANCELLED, NEVER_FINISHED] + [None] * 17)
    assert "3 not done" in words(shot(WHOLE, mixed))
    assert "none done" in words(shot(WHOLE, run_of(["boom"] * 10 + [CANCELLED] * 10)))


def test_lost_requests_have_cells_of_their_own_and_a_word() -> None:
    plan = shot(WHOLE, HALF)
    clip = next(layer for layer in draw(plan).layers if isinstance(layer, ClipLayer))
    panes = [piece.picture for piece, _, _ in clip.footage.pieces]  # type: ignore[attr-defined]
    cells = [layer for pane in panes for layer in pane.layers if isinstance(layer, CellsLayer)]
    last = plan.duration_frames / 10
    assert [cell.state(last)[0] for cell in cells] == [20, 10]
    assert [20 - cell.state(last)[3] for cell in cells] == [0, 10]
    assert cells[1].state(2.0)[3] == 20
    assert any("crossed: failed" in part for part in RACE.footer(plan))


def test_a_failure_is_shown_when_it_happened_where_the_log_knows() -> None:
    known = run_of(["boom", None] * 10)
    assert [lost_at(known, s) for s in (0.5, 1.0, 3.0, 20.0)] == [0, 1, 2, 10]
    assert [lost_at(HALF, s) for s in (0.5, 19.9, 20.0)] == [0, 0, 10]


def lead_mistakes(left: Run, right: Run, lead: Any, **more: Any) -> list[tuple[str, str]]:
    found = RACE.mistakes(shot(left, right, lead=lead, **more))
    return [(mistake.loc[-1], mistake.code) for mistake in found]


@pytest.mark.parametrize("pair", [(WHOLE, HALF), (HALF, WHOLE), (HALF, HALF), (NONE, WHOLE), (WHOLE, NONE)])
@pytest.mark.parametrize("number", ["{time}", "{time:sooner}", "{throughput}", "{-time / 2:.1f}"])
def test_a_lead_in_time_or_rate_is_refused_where_work_was_lost(pair: tuple[Run, Run], number: str) -> None:
    lead = {"running": "{requests:more} done", "result": f"done {number}"}
    assert lead_mistakes(*pair, lead) == [("result", "unequal-work")]


def test_a_rate_may_be_compared_where_the_author_says_that_work_differs() -> None:
    lead = {"running": "{throughput}", "result": "{throughput}"}
    assert lead_mistakes(WHOLE, HALF, lead, unequal_work="true") == []
    plan = shot(WHOLE, HALF, lead=lead, unequal_work="true")
    assert "the runs did not do the same work" in RACE.footer(plan)
    late = {"running": "{throughput}", "result": "{time}"}
    assert lead_mistakes(WHOLE, HALF, late, unequal_work="true") == [("result", "unequal-work")]


def test_a_share_of_nothing_is_no_number() -> None:
    lead = {"running": "{throughput}", "result": "{throughput}"}
    assert {code for _, code in lead_mistakes(NONE, WHOLE, lead, unequal_work="true")} == {
        "view-without-data"
    }
    assert pieces("{throughput}")[0].shown({"throughput": float("nan")}) == "–"


@pytest.mark.parametrize(
    ("template", "value", "shown"),
    [
        ("{requests}", 12, "12"),
        ("{requests}", -892, "892 fewer"),
        ("{output_tokens:more}", 1234, "1,234 more"),
        ("{output_tokens:more}", -1234, "1,234 fewer"),
        ("{requests: more}", 0, "as many"),
        ("{requests:+,.0f}", -5, "−5"),
        ("{time:sooner}", 24, "0:24 sooner"),
        ("{time:sooner}", -24, "0:24 later"),
        ("{time:sooner}", 0, "at the same time"),
        ("{throughput:more}", -0.083, "8.3\u202f% fewer"),
        ("{throughput}", 0.083, "+8.3\u202f%"),
    ],
)
def test_a_lead_puts_its_sign_in_words(template: str, value: float, shown: str) -> None:
    (piece,) = pieces(template)
    assert piece.shown({template.strip("{}").partition(":")[0]: value}) == shown


def test_a_time_below_zero_is_refused_and_its_format_in_words_is_not() -> None:
    slower = run_of([None] * 20, 40.0, "Slower")
    assert lead_mistakes(WHOLE, slower, {"running": "{requests}", "result": "done {time} sooner"}) == [
        ("result", "lead-sign")
    ]
    assert lead_mistakes(WHOLE, slower, {"running": "{requests}", "result": "done {time:sooner}"}) == []


def test_what_has_no_times_is_not_said_to_be_so_far() -> None:
    steady = Run(Provenance(dataset="d"), Totals(20.0, 20, 200, 10.0))
    lead = {"running": "{throughput} so far"}
    assert lead_mistakes(steady, steady, lead) == [("running", "view-without-data")]
    assert lead_mistakes(WHOLE, WHOLE, lead) == []


def test_a_comparison_gives_no_change_over_different_work() -> None:
    table = compare(WHOLE, HALF)
    assert (
        table.unequal_work
        == unequal_work(WHOLE, HALF)
        == "20 completed against 10 of 20 completed (10 failed)"
    )
    rows = {row.name: row for row in table.rows}
    assert (rows["throughput"].change, rows["total time"].change) == (None, None)
    assert rows["completed"].change == -0.5
    assert (rows["failed"].left, rows["failed"].right) == (0, 10)
    assert compare(WHOLE, WHOLE).unequal_work is None


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        ((WHOLE, WHOLE), ("{throughput} tokens / s so far", "{throughput} tokens / s")),
        ((WHOLE, HALF), ("{requests:more} done so far", "{requests:more} done")),
        ((WHOLE, NONE), ("{requests:more} done", "{requests:more} done")),
    ],
)
def test_a_draft_claims_no_more_than_the_runs_say(tmp_path: Path, pair: tuple[Run, Run], said: Any) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "p"\nversion = "0"\n[tool.explainers]\n')
    files = tuple(save_run(run, tmp_path / f"{side}.run.jsonl") for side, run in zip("ab", pair, strict=True))
    write_race(find_project(tmp_path), "duel", files, RaceWords(labels=("Left", "Right")))
    written = yaml.safe_load((tmp_path / "scenes" / "duel" / "storyboard.yaml").read_text())
    lead = written["shots"][0]["lead"]
    assert (lead["running"], lead["result"]) == tuple(f"Right: {each}" for each in said)


@pytest.mark.parametrize(("length_s", "speed"), [(1.6, 0.25), (4.0, 0.5), (6.0, 1.0), (30.0, 2.0)])
def test_a_short_race_is_slowed_and_says_so(length_s: float, speed: float) -> None:
    plan = shot(run_of([None] * 20, length_s, "One"), run_of([None] * 20, length_s, "Two"))
    clock = RaceClock.of(Race.of(plan))
    assert clock.speed == speed and clock.factor(START_S) == f"{speed:g}×"
