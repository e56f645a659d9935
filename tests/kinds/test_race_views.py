"""The race's pictures of a run: lanes exact to the pass, text token by token, curves that grow."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from simulate import Simulation, simulate
from test_race import RACE, numbers, shot

from explainers.compositor.picture import Painter, Picture, still
from explainers.compositor.tape import KEPT, TapeLayer
from explainers.footage.clips import ClipLayer
from explainers.kinds import draw
from explainers.kinds.base import Stretch
from explainers.kinds.race.batch import BEFORE, EXIT, WORK, Stretches, batch_of
from explainers.kinds.race.clock import RaceClock, time_format
from explainers.kinds.race.curves import waits_of
from explainers.kinds.race.lanes import HELD, WAIT, LanePainter
from explainers.kinds.race.measures import Race
from explainers.kinds.race.stream import TextLayer, set_text, text_of
from explainers.runs import load_run
from explainers.runs.model import Provenance, Requests, Run, Tokens, Totals
from explainers.theme import INK, channels

OFF = simulate(Simulation(policy="off", requests=12, mean_output_tokens=20))
DREX = simulate(Simulation(policy="rebatching", requests=12, mean_output_tokens=20, exit_share=0.3))
SPEAKING = random.Random(4)


def race(views: list[str], left: Run = OFF, right: Run = DREX, **more: Any) -> Any:
    panes = [{"run": "off"}, {"run": "drex", "role": "ours"}]
    canvas = more.pop("canvas", Stretch(960, 540, 30))
    raw = {"panes": panes, "views": views, "clock": {"speed": "1x"}} | more
    return shot(raw, {"off": left, "drex": right}, canvas)


def layers(picture: Picture, kind: type) -> list[Any]:
    clip = next(layer for layer in picture.layers if isinstance(layer, ClipLayer))
    panes = [piece.picture for piece, _, _ in clip.footage.pieces]  # type: ignore[attr-defined]
    return [layer for pane in panes for layer in pane.layers if isinstance(layer, kind)]


def speaking(run: Run, layers_of: tuple[int, ...] = (50,)) -> Run:
    """The run with words for tokens, leaving at one of the layers."""
    assert run.tokens is not None and run.tokens.exit_layers is not None
    words = tuple(SPEAKING.choice([" the", " lazy", " dog", "s", ",", "\n"]) for _ in run.tokens.at_s)
    which = np.array(layers_of)[np.arange(len(words)) % len(layers_of)]
    layered = np.where(run.tokens.exit_layers > 0, which, 0)
    return replace(run, tokens=replace(run.tokens, pieces=words, exit_layers=layered))


def sarathi(tmp_path: Path) -> tuple[Run, list[int]]:
    """A folder as Sarathi-Serve writes it, of four requests in a batch of two; and their decode tokens."""
    lengths = [5, 3, 4, 2]
    events, running, waiting, left, ts = [], [], [0, 1, 2, 3], dict(enumerate(lengths)), 7e11
    while waiting or running:
        new = waiting.pop(0) if waiting and len(running) < 2 else None
        ids = [new] if new is not None else list(running)
        args = {
            "batch_size": len(ids),
            "request_ids": ids,
            "prompt_chunk_lens": [9 * (new is not None)] * len(ids),
        }
        dur = 80_000.0 if new is not None else 25_000.0
        events.append({"name": str(ids), "ph": "X", "ts": ts, "dur": dur, "pid": 0, "tid": 0, "args": args})
        ts += dur + 5_000
        if new is not None:
            running.append(new)
            continue
        for each in ids:
            left[each] -= 1
        running = [each for each in running if left[each]]
    rows = [
        "Request Id,request_e2e_time,request_scheduling_delay,prefill_e2e_time,request_inter_arrival_delay,"
        "request_num_prefill_tokens,request_num_decode_tokens"
    ]
    ends = [max(e["ts"] + e["dur"] for e in events if n in e["args"]["request_ids"]) - 7e11 for n in range(4)]
    rows += [f"0_{n + 1},{ends[n] / 1e6},0.0,0.1,0.0,9,{lengths[n]}" for n in range(4)]
    replica = tmp_path / "out" / "replica_0"
    replica.mkdir(parents=True)
    (replica / "chrome_trace.json").write_text(json.dumps(events))
    (replica / "sequence_metrics.csv").write_text("\n".join(rows) + "\n")
    return load_run(tmp_path / "out"), lengths


def stalled(gap_s: float) -> Run:
    """A request whose tokens come every 20 ms, but for one wait, beside an even one."""
    steps = np.array([[0.02] * 40, [0.02] * 20 + [gap_s] + [0.02] * 19])
    at_s = np.cumsum(steps, axis=1)
    requests = Requests(
        ("a", "b"), np.zeros(2), at_s[:, 0], at_s[:, -1], np.full(2, 8), np.full(2, 40), start_s=np.zeros(2)
    )
    totals = Totals(float(at_s.max()), 2, 80)
    return Run(
        Provenance(label="Made up"),
        totals,
        requests=requests,
        tokens=Tokens(np.array([0, 40, 80]), at_s.ravel()),
    )


@pytest.mark.parametrize(
    ("gap_s", "more", "waits"), [(0.5, {}, 1), (0.1, {}, 0), (0.1, {"stall": "50ms"}, 1)]
)
def test_a_wait_from_token_to_token_is_no_work_in_lanes(
    gap_s: float, more: dict[str, str], waits: int
) -> None:
    picture = draw(race(["lanes"], stalled(gap_s), stalled(gap_s), **more))
    tape = layers(picture, TapeLayer)[0]
    batch, colors = tape.draw.batch, tape.draw.colors
    found = batch.parts.at(batch.parts.kind == WAIT)
    assert found.row.size == waits
    if waits:
        assert (found.end_s - found.start_s)[0] == pytest.approx(gap_s)
        pixels = np.zeros((tape.window.bottom - tape.window.top, 1200, 4), np.uint8)
        tape.draw(0, pixels)
        used = {tuple(one) for one in pixels.reshape(-1, 4).tolist()}
        assert {(*reversed(channels(colors[kind])), 255) for kind in (WORK, HELD, WAIT)} <= used


def test_a_sarathi_trace_becomes_lanes_exact_to_the_iteration(tmp_path: Path) -> None:
    run, lengths = sarathi(tmp_path)
    lanes, passes = batch_of(run), run.iterations
    assert lanes is not None and passes is not None and lanes.by_pass and lanes.slots == 2
    starts = np.repeat(passes.start_s, passes.batch)
    ends = np.repeat(passes.start_s + passes.duration_s, passes.batch)
    np.testing.assert_allclose(np.sort(lanes.parts.start_s), np.sort(starts))
    np.testing.assert_allclose(np.sort(lanes.parts.end_s), np.sort(ends))
    slot_of = dict(zip(lanes.requests.tolist(), lanes.bars.row.tolist(), strict=True))
    for row, length in enumerate(lengths):
        bar = lanes.requests.tolist().index(row)
        own = (lanes.parts.start_s >= lanes.bars.start_s[bar]) & (lanes.parts.end_s <= lanes.bars.end_s[bar])
        own &= lanes.parts.row == slot_of[row]
        assert (lanes.parts.kind[own] == WORK).sum() == length
        assert (lanes.parts.kind[own] == BEFORE).sum() == 1


def test_a_cell_of_a_lane_is_drawn_where_its_pass_was(tmp_path: Path) -> None:
    run, _ = sarathi(tmp_path)
    plan = shot({"panes": [{"run": "off"}], "views": ["lanes"], "clock": {"speed": "0.1x"}}, {"off": run})
    tape = layers(draw(plan), TapeLayer)[0]
    painter, lanes = tape.draw, batch_of(run)
    assert isinstance(painter, LanePainter) and painter.fine and lanes is not None
    pixels = np.zeros((tape.window.bottom - tape.window.top, tape.width, 4), np.uint8)
    painter(0, pixels)
    work = np.array([*channels(painter.colors[WORK])[::-1], 255])
    for slot, (top, bottom) in enumerate(painter.rows):
        drawn = (pixels[(top + bottom) // 2] == work).all(axis=1)
        passes = (lanes.parts.row == slot) & (lanes.parts.kind == WORK)
        expected = (lanes.parts.end_s - lanes.parts.start_s)[passes].sum() * painter.rate
        # A cell gives a pixel to the gap after it, and the last one of a bar its gap.
        assert drawn.sum() == pytest.approx(expected, abs=2.5 * passes.sum())
        middles = ((lanes.parts.start_s + lanes.parts.end_s)[passes] / 2 * painter.rate).astype(int)
        assert drawn[middles].all()


def test_early_exits_are_marked_in_the_lanes_token_for_token() -> None:
    lanes = batch_of(DREX)
    assert lanes is not None and DREX.tokens is not None and DREX.tokens.exit_layers is not None
    assert (lanes.parts.kind == EXIT).sum() == (DREX.tokens.exit_layers > 0).sum()
    off = batch_of(OFF)
    assert off is not None and off.slots == 8 and not (off.parts.kind == EXIT).any()


def test_lanes_without_passes_begin_where_the_log_says_and_are_refused_where_it_does_not() -> None:
    bare = replace(OFF, iterations=None)
    lanes = batch_of(bare)
    assert lanes is not None and not lanes.by_pass and lanes.starts and lanes.slots == 8
    assert lanes.parts.kind.size == OFF.tokens.at_s.size  # type: ignore[union-attr]
    whole = batch_of(replace(bare, tokens=None))
    assert whole is not None and set(whole.parts.kind.tolist()) == {BEFORE, WORK}
    started = replace(bare, requests=replace(OFF.requests, start_s=None))
    assert "bars begin at the first token" in RACE.footer(race(["lanes"], started, started))
    totals = Run(Provenance(), Totals(total_time_s=9.0, requests=12))
    found = RACE.mistakes(race(["lanes"], totals, totals))
    assert {mistake.code for mistake in found} == {"view-without-data"}


@pytest.mark.parametrize("views", [["lanes"], ["stream"], ["latency"], ["lanes", "latency"]])
@pytest.mark.parametrize("window", [None, "0.4s"])
def test_a_frame_asked_for_alone_is_the_frame_of_the_film(views: list[str], window: str | None) -> None:
    more = {"window": window} if window else {}
    left, right = speaking(OFF), speaking(DREX, (30, 50))
    plan = race(views, left, right, canvas=Stretch(480, 270, 10), **more)
    painter = Painter(draw(plan))
    for frame in range(plan.duration_frames):
        painter.paint(frame)
        if frame in (3, 20, 33, plan.duration_frames - 2, plan.duration_frames - 1):
            assert np.array_equal(painter.pixels[:, :, 2::-1], still(draw(plan), frame)), frame


def test_a_tape_draws_each_piece_once_and_keeps_few() -> None:
    plan = race(["lanes"], window="0.2s")
    tape = layers(draw(plan), TapeLayer)[0]
    drawn: list[int] = []
    paint = tape.draw
    tape.draw = lambda first, pixels: (drawn.append(first), paint(first, pixels))[0]
    painter = Painter(Picture(960, 540, 30, plan.duration_frames, np.zeros((540, 960, 4), np.uint8), (tape,)))
    for frame in range(plan.duration_frames):
        painter.paint(frame)
    assert len(drawn) == len(set(drawn)) > 3
    assert len(tape._pieces) <= KEPT


def test_a_million_tokens_cost_a_piece_no_more_than_a_thousand() -> None:
    rng = np.random.default_rng(1)
    lanes = batch_of(DREX)
    assert lanes is not None
    count = 1_000_000
    start_s = np.sort(rng.random(count) * 5000)
    end_s = start_s + 0.02
    parts = Stretches(rng.integers(0, 8, count), start_s, end_s, np.full(count, WORK))
    part = replace(lanes, parts=parts).between(2500.0, 2501.0)
    assert part.stop - part.start < 300
    assert (start_s[part.start - 1] + 0.02 <= 2500.0) and start_s[part.stop] >= 2501.0


def test_text_appears_token_by_token_when_each_was_written() -> None:
    plan = race(["stream"], speaking(OFF), speaking(DREX))
    clock = RaceClock.of(Race.of(plan))
    streams = layers(draw(plan), TextLayer)
    assert len(streams) == 2
    for stream, run in zip(streams, (OFF, DREX), strict=True):
        assert run.tokens is not None
        for t in (1.2, 2.0, 2.9):
            assert stream.state(t)[0] == (run.tokens.of(0) <= clock.at(t)).sum()


def test_a_token_that_left_early_stands_on_green() -> None:
    right = speaking(DREX)
    assert right.tokens is not None
    right = replace(right, tokens=replace(right.tokens, exit_layers=np.full(right.tokens.at_s.size, 50)))
    plan = race(["stream"], speaking(OFF), right)
    image = still(draw(plan), plan.duration_frames - 1).astype(int)
    green = image[:, :, 1] - image[:, :, 0] > 50
    assert green[150:400, 500:].sum() > 400 and green[150:400, :460].sum() == 0


def test_the_text_of_a_request_that_is_not_there_is_refused() -> None:
    found = RACE.mistakes(race(["stream"]))
    assert [mistake.code for mistake in found] == ["view-without-data"] * 2
    assert OFF.tokens is not None
    hebrew = replace(OFF, tokens=replace(OFF.tokens, pieces=("\u05d0\u05d1 ",) * len(OFF.tokens.at_s)))
    found = RACE.mistakes(race(["stream"], hebrew, speaking(DREX)))
    assert [(one.loc, one.message.split(",")[0]) for one in found] == [
        (("panes", 0, "run"), "its text is written from right to left")
    ]
    found = RACE.mistakes(race(["stream"], speaking(OFF), speaking(DREX), request="s99"))
    assert "no request 's99'" in found[0].message


@pytest.mark.parametrize(
    ("pieces", "columns", "lines"),
    [
        (["one", " two", " three"], 8, ["one two", "three"]),
        (["unbreak", "able"], 6, ["unbrea", "kable"]),
        (["a\n", "b"], 9, ["a", "b"]),
        (["cafe\u0301", " 漢字"], 8, ["cafe\u0301", "漢字"]),
        (["hello wor", "ld again"], 8, ["hello", "world", "again"]),
    ],
)
def test_text_is_broken_between_words_in_cells(pieces: list[str], columns: int, lines: list[str]) -> None:
    text = set_text(pieces, columns)

    def words(line: Any) -> str:
        shown, column = "", 0
        for one in line:
            shown += " " * (one.column - column) + one.text
            column = one.column + (2 if ord(one.text[0]) > 0x2E80 else 1)
        return shown

    assert [words(line) for line in text.lines] == lines
    assert all(end <= columns for end in text.end_of)
    assert sorted(text.line_of) == list(text.line_of)


def test_curves_are_the_shares_of_waits_that_were_over_by_then() -> None:
    waits = waits_of(DREX)["next token"]
    edges, moments = np.array([0.0, 0.05, 0.1, 0.4]), np.array([0.5, 1.0, 2.0, 99.0])
    for row, moment in zip(waits.grown(edges, moments), moments, strict=True):
        over = waits.length_s[waits.at_s <= moment]
        assert row.tolist() == [int((over <= edge).sum()) for edge in edges]


def test_the_median_beside_a_curve_is_that_of_all_waits_over_by_then() -> None:
    plan = race(["latency"])
    shown = numbers(draw(plan), plan.duration_frames - 1)
    for run in (OFF, DREX):
        middle = float(np.median(waits_of(run)["first token"].length_s))
        assert any(abs(float(text) - middle) < 0.006 for text in shown if text.replace(".", "").isdigit())


def test_a_simulated_run_says_so_in_the_frame_at_the_size_of_a_label() -> None:
    for left, right in (
        (OFF, DREX),
        (replace(OFF, provenance=replace(OFF.provenance, kind="measured")), DREX),
    ):
        for canvas in (Stretch(960, 540, 30), Stretch(540, 960, 30)):
            picture = draw(race(["lanes"], left, right, canvas=canvas))
            notes = [layer.note for layer in picture.layers if layer.note and layer.note.kind == "text"]
            assert any("simulated" in note.text and note.size >= 36 for note in notes)


def test_a_short_race_is_timed_finely_enough_to_tell_its_runs_apart() -> None:
    assert [time_format(s) for s in (3.0, 30.0, 300.0)] == ["clock.2", "clock.1", "clock"]


@pytest.mark.parametrize("size", [(1080, 1080), (540, 960), (960, 540)])
@pytest.mark.parametrize("views", [["lanes", "throughput"], ["stream"], ["latency", "output_tokens"]])
def test_words_of_views_stay_in_their_pane_in_every_shape(size: tuple[int, int], views: list[str]) -> None:
    plan = race(views, speaking(OFF), speaking(DREX), canvas=Stretch(*size, 10))
    picture = draw(plan)
    margin = 90 * min(size) / 1080
    for layer in picture.layers:
        state = layer.state((plan.duration_frames - 1) / 10)
        if state is not None and layer.note and layer.note.kind == "text":
            box = layer.box(state)
            assert box.left >= margin and box.right <= size[0] - margin, layer.note.text


def test_three_pictures_have_no_room_in_a_pane() -> None:
    with pytest.raises(ValueError, match="at most 2 of requests, lanes"):
        race(["lanes", "stream", "latency"])


def test_the_tape_s_colours_are_the_theme_s() -> None:
    tape = layers(draw(race(["lanes"])), TapeLayer)[1]
    assert tape.draw.colors[EXIT] == INK.color("exit") and tape.draw.colors[WORK] == INK.color("ours")


def test_a_letter_of_a_log_that_no_font_has_becomes_a_box_and_is_said() -> None:
    assert OFF.tokens is not None
    strange = replace(OFF, tokens=replace(OFF.tokens, pieces=("a\U0010fffd ",) * len(OFF.tokens.at_s)))
    plan = race(["stream"], strange, speaking(DREX))
    found = text_of(Race.of(plan), Race.of(plan).runs[0])
    assert found is not None and set(found.pieces) == {"a\u25a1 "}
    assert any("no font has" in part for part in RACE.footer(plan))
    assert RACE.mistakes(plan) == []
    assert not any(
        "no font has" in part for part in RACE.footer(race(["stream"], speaking(OFF), speaking(DREX)))
    )


def test_an_unknown_request_is_met_with_the_ids_that_there_are() -> None:
    plan = race(["stream"], speaking(OFF), speaking(DREX))
    plan = replace(plan, params=plan.params.model_copy(update={"request": "nobody"}))
    [first, *_] = RACE.mistakes(plan)
    assert "no request 'nobody'" in first.message and "it has" in first.message
