"""A stack with plates, gates, trays and a docked panel: straight lanes, nested flights, honest counters."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from diagram_shots import Performed, performed, problems

from explainers.compositor.layer import TileLayer
from explainers.compositor.picture import Painter
from explainers.kinds import draw
from explainers.kinds.diagram import acts
from explainers.kinds.diagram.draw import Drawing
from explainers.stage import Box, Stage
from explainers.theme import contrast

STACK = """
- id: stack
  kind: diagram
  layout: {place: corner}
  statement: Some leave early.
  nodes:
    keeper: Keeper
    head: Head
    queue: {shape: tray, slots: 4, open: true, holds: [a, b, c, d], label: "", width: 0.4, height: 0.074}
    first: {shape: plates, thin: [2, 1], label: First layers, role: layers, height: 0.16}
    ramp: {shape: gates, slots: 4, label: "Sure?", role: ramp, height: 0.142}
    wait: {shape: tray, slots: 4, label: Waiting, counter: true, text: until full, apart: 85, role: buffer}
    last: {shape: plates, thin: [1, 3], label: Last layers, role: layers, height: 0.2}
    out: {shape: tray, slots: 4, label: Out, label_at: head, beside: ramp, apart: 85, width: 0.25, role: exit}
    kept: {shape: tray, slots: 8, grouped: 4, open: true, small: true, beside: last, apart: 85, label: Kept,
           label_at: top, width: 0.25, role: cache}
  tokens: {e1: {text: a, small: true}}
  place:
    - {column: panel, dock: left, label: Panel, text: "in words", role: ours, nodes: [head, keeper]}
    - column: model
      gap: 0
      nodes:
        - {space: 0.05}
        - queue
        - {space: 0.03}
        - first
        - {space: 0.05}
        - ramp
        - {space: 0.09}
        - wait
        - {space: 0.07}
        - last
  edges:
    - {from: head, to: queue, badge: 3, heads: none}
    - {from: keeper, to: wait, badge: 2, role: buffer, heads: none}
    - queue => first
    - first => ramp
    - {from: ramp, to: wait, lanes: true, bare: true}
    - {from: wait, to: last}
    - {from: ramp, to: out, badge: 1, role: exit, arc: true}
    - {from: last, to: kept}
  beats:
    - id: read
      duration: 4s
      move: {tokens: [a, b, c, d], along: [queue, first, ramp]}
      then:
        - decide: {at: ramp, show: {a: low, b: high, c: low, d: high}, out: [LEAVERS]}
    - {id: part, duration: 4s, mark: [1, 2], split: {at: ramp, leave: [LEAVERS], to: out, rest: wait}}
    - {id: back, duration: 4s, move: {tokens: [LEAVERS], along: [out, ramp]}}
"""


def stack(folder: Path, leavers: str = "b, d", theme: str = "ink", size: str = "960x540") -> Performed:
    return performed(folder, STACK.replace("LEAVERS", leavers), size, theme)


@pytest.fixture(scope="module")
def shot(tmp_path_factory: pytest.TempPathFactory) -> Performed:
    return stack(tmp_path_factory.mktemp("stack"))


def _overlap(one: Box, other: Box) -> float:
    across = min(one.right, other.right) - max(one.left, other.left)
    return min(across, min(one.bottom, other.bottom) - max(one.top, other.top))


def _travels(shot: Performed, way: str, beat: str) -> list[acts.Travel]:
    span = shot.shot.beat(beat)
    inside = [act for act in shot.drawing.acts if span.start_s <= act.start_s < span.end_s]
    return [act for act in inside if isinstance(act, acts.Travel) and act.way == way]


@pytest.mark.parametrize("leavers", ["b, d", "a, b, c, d", "a", "c, d", "a, d", "a, c", "a, b, c"])
def test_tokens_never_pass_through_one_another(tmp_path: Path, leavers: str) -> None:
    shot = stack(tmp_path, leavers)
    for t in np.arange(0.0, shot.shot.duration_s, 1 / 30):
        boxes = [
            sprite.box(float(t))
            for sprite in shot.drawing.sprites.values()
            if any(layer.state(float(t)) for one in sprite.low[:1] + sprite.high[:1] for layer in one.layers)
        ]
        assert all(_overlap(*pair) <= 1.0 for pair in combinations(boxes, 2)), f"at {t:.2f} s"


def test_flights_are_nested_the_nearest_first(tmp_path: Path) -> None:
    shot = stack(tmp_path, "a, b, c, d")
    flights = _travels(shot, "fly", "part")
    assert [act.token for act in flights] == ["d", "c", "b", "a"]
    assert [act.slot for act in flights] == [0, 1, 2, 3]
    tops = [
        min(shot.token(act.token, float(t)).top for t in np.linspace(act.start_s, act.end_s, 60))
        for act in flights
    ]
    assert tops == sorted(tops, reverse=True), "who flies further flies higher"


def test_who_comes_back_finds_its_own_gate(shot: Performed) -> None:
    back = {act.token: act.slot for act in _travels(shot, "fly", "back")}
    assert back == {"b": 1, "d": 3}


def test_lanes_run_straight_through_queue_plates_gates_and_tray(shot: Performed) -> None:
    columns = [[x for x, _ in shot.at.slots[name]] for name in ("queue", "ramp", "wait")]
    for one, other in pairwise(columns):
        assert one == pytest.approx(other, abs=0.1)
    for edge in ("queue -> first", "first -> ramp"):
        for line in shot.at.routes[edge].lines:
            assert line[0][0] == line[-1][0]
    boxes = shot.at.boxes
    assert shot.at.routes["first -> ramp"].lines[0][0][1] == boxes["first"].bottom
    assert shot.at.routes["first -> ramp"].lines[0][-1][1] == boxes["ramp"].top


def test_parts_of_a_panel_stand_at_the_height_of_what_they_govern(shot: Performed) -> None:
    boxes = shot.at.boxes
    panel = boxes["panel"]
    assert (panel.left, panel.top, panel.bottom) == (0, 0, shot.at.stage.height)
    assert boxes["keeper"].center[1] == pytest.approx(boxes["wait"].center[1], abs=0.5)
    (x0, y0), (x1, y1) = shot.at.routes["keeper -> wait"].middle
    assert y0 == y1, "its line is straight"
    assert x0 - panel.right < 8 and boxes["wait"].left - x1 < 8, "it runs from the panel to the tray"


@pytest.mark.parametrize(("side", "sign"), [("left", -1), ("right", 1)])
def test_lines_from_a_panel_on_top_run_around_the_stack_and_keep_apart(
    tmp_path: Path, side: str, sign: int
) -> None:
    ends = f"heads: none, leave: bottom, enter: {side}"
    text = STACK.replace("LEAVERS", "b, d").replace("dock: left", "dock: top").replace("heads: none", ends)
    shot = performed(tmp_path, text, "540x960")
    boxes, stage, routes = shot.at.boxes, shot.at.stage, shot.at.routes
    assert (boxes["panel"].left, boxes["panel"].right) == (0, stage.width)
    outermost = {}
    for edge, target in (("head -> queue", "queue"), ("keeper -> wait", "wait")):
        line = routes[edge].middle
        assert line[0][1] == pytest.approx(boxes["panel"].bottom, abs=8), "it begins at the panel's edge"
        assert all(x0 == x1 or y0 == y1 for (x0, y0), (x1, y1) in pairwise(line))
        assert line[-1][0] == pytest.approx(getattr(boxes[target], side), abs=8)
        outermost[edge] = line[-2][0]
        for name in ("queue", "first", "ramp", "wait", "last", "out"):
            for (x0, y0), (x1, y1) in pairwise(line):
                way = Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
                assert _overlap(way, boxes[name]) <= 0, f"{edge} does not touch {name}"
    assert (outermost["keeper -> wait"] - outermost["head -> queue"]) * sign >= 40, "a badge fits between"
    for name in ("head", "keeper"):
        assert stage.safe.left <= boxes[name].left + 0.1 and boxes[name].right <= stage.safe.right + 0.1


def test_a_counter_changes_when_a_token_lands_and_not_before(shot: Performed) -> None:
    counter = next(layer for layer in shot.stage.layers if layer.note and layer.note.text == "0/4")
    for number, act in enumerate(_travels(shot, "fall", "part"), 1):
        assert counter.state(act.end_s - 0.02)[0] == f"{number - 1}/4"
        assert counter.state(act.end_s + 0.02)[0] == f"{number}/4"
        slot = shot.at.slots["wait"][act.slot or 0]
        assert shot.token(act.token, act.end_s).center == pytest.approx(slot, abs=1.0)


def test_a_badge_is_a_ring_while_its_step_happens_and_solid_when_it_is_done(shot: Performed) -> None:
    for edge, way in (("ramp -> out", "fly"), ("keeper -> wait", "fall")):
        moments = shot.drawing.timelines[f"badge {edge}"].moments()
        assert [look.emphasis for _, _, look in moments] == ["out", "plain"]
        if way == "fly":
            assert moments[1][0] == pytest.approx(max(act.end_s for act in _travels(shot, way, "part")))


def test_gates_open_after_their_readings_and_leavers_come_out_of_the_top(shot: Performed) -> None:
    reads = [act for act in shot.drawing.acts if isinstance(act, acts.Read)]
    gates = [act for act in shot.drawing.acts if isinstance(act, acts.Gate) and act.state in ("out", "down")]
    assert [b.start_s - a.start_s for a, b in pairwise(reads)] == pytest.approx([acts.READ_LAG_S] * 3)
    assert {act.slot: act.state for act in gates} == {0: "down", 1: "out", 2: "down", 3: "out"}
    said = {layer.note.text for layer in shot.stage.layers if layer.note and layer.part.startswith("value")}
    assert {f"{act.token}\u2002{act.text}" for act in reads} <= said, "each reading says whose it is"
    assert min(act.start_s for act in gates) >= max(act.end_s for act in reads) + acts.VERDICT_S - 0.01
    flight = _travels(shot, "fly", "part")[0]
    assert shot.token("d", flight.start_s + 0.3 * flight.duration_s).bottom < shot.at.boxes["ramp"].center[1]


@pytest.mark.parametrize("theme", ["ink", "paper"])
def test_words_are_readable_in_every_look(tmp_path: Path, theme: str) -> None:
    shot = stack(tmp_path, theme=theme)
    for layer in shot.stage.layers:
        note = layer.note
        if note is not None and note.kind == "text" and note.text.strip():
            over = note.over or shot.shot.theme.background
            assert contrast(note.color, over) >= 4.5, (note.text, note.color, over)


def test_a_shot_begins_as_a_whole_and_one_that_carries_on_lets_what_is_new_enter(shot: Performed) -> None:
    assert np.ptp(shot.frame(0.0)[300].astype(int)) > 100, "the first frame is a picture"
    stage = Stage(shot.shot.canvas, shot.shot.theme, shot.shot.duration_s)
    Drawing(stage, shot.shot.params, shot.shot.beats, stage.body, carried=True)
    panels = [layer for layer in stage.layers if isinstance(layer, TileLayer) and layer.part == "panel"]
    keys = [keys[0][0] for layer in panels if (keys := layer.track("opacity").keys())]
    lags = [after - before for before, after in pairwise(sorted({*keys}))]
    assert len(keys) == len(panels) and len(lags) > 4
    assert all(0.02 < lag <= 0.3 for lag in lags), "one after another"


def test_parts_are_named_for_the_camera_and_for_what_carries_on(shot: Performed) -> None:
    named = {(layer.name, layer.part) for layer in shot.stage.layers}
    wanted = {
        ("first", "panel"),
        ("first", "label"),
        ("ramp", "gate 2"),
        ("ramp", "value 2"),
        ("wait", "value"),
        ("a", "chip"),
        ("panel", "panel"),
        ("panel", "label"),
        ("keeper -> wait", "badge"),
        ("queue -> first", "line"),
    }
    assert wanted <= named
    nameless = [layer for layer in shot.stage.layers if not layer.name]
    assert all(layer.state(0.0) is None and layer.note is None for layer in nameless), "only what trails"


def test_a_frame_alone_is_the_frame_in_sequence(shot: Performed) -> None:
    picture = draw(shot.shot)
    painter = Painter(picture)
    for frame in range(136, 166):
        painter.paint(frame)
        if frame % 7 == 0:
            alone = Painter(picture)
            alone.paint(frame)
            assert np.array_equal(alone.pixels, painter.pixels), f"frame {frame}"


@pytest.mark.parametrize("size", ["540x540", "540x960", "960x540"])
def test_it_lays_out_in_every_shape_without_leaving_the_frame(tmp_path: Path, size: str) -> None:
    shot = stack(tmp_path, size=size)
    stage = shot.at.stage
    for name, box in shot.at.layout.nodes.items():
        assert box.left >= -1 and box.right <= stage.width + 1, name
        assert box.top >= -1 and box.bottom <= stage.height + 1, name


@pytest.mark.parametrize(
    ("old", "new", "code", "near"),
    [
        ("decide: {at: ramp,", "decide: {at: rampe,", "unknown-node", "ramp"),
        ("decide: {at: ramp,", "decide: {at: wait,", "no-gates", None),
        ("show: {a: low,", "show: {aa: low,", "token-not-there", "a"),
        ("out: [LEAVERS]", "out: [e]", "token-not-there", None),
        (", out: [LEAVERS]}", ", roles: {a: warn}}", "no-effect", None),
        ("thin: [2, 1], label: First layers", "open: true, label: First layers", "no-effect", None),
        ("keeper: Keeper", "keeper: {label: Keeper, thin: [1, 1]}", "no-effect", None),
        ("keeper: Keeper", "keeper: {label: Keeper, large: true}", "no-effect", None),
        ("keeper: Keeper", "keeper: {label: Keeper, grouped: 2}", "no-effect", None),
        ("keeper: Keeper", "keeper: {label: Keeper, apart: 20}", "no-effect", None),
        ("role: exit, arc: true}", "role: exit, arc: true, dashed: true}", "no-effect", None),
        ("dock: left, label: Panel, ", "dock: left, ", "no-effect", None),
        ("column: panel, dock: left", "dock: left", "missing-key", None),
        ("- {space: 0.05}\n        - queue", "- {row: r, dock: top, nodes: [queue]}", "nested-dock", None),
        ("- {space: 0.03}", "- {row: gap, space: 0.03}", "space-with-nodes", None),
        ("dock: left, label: Panel", "dock: left, gap: 20, label: Panel", "no-effect", None),
        ("  tokens: {e1", "  bars: 0.3\n  tokens: {e1", "no-effect", None),
    ],
)
def test_what_has_no_effect_or_is_not_there_is_refused(
    tmp_path: Path, old: str, new: str, code: str, near: str | None
) -> None:
    assert old in STACK
    found = problems(tmp_path, STACK.replace(old, new, 1).replace("LEAVERS", "b, d"))
    assert code in {problem.code for problem in found}
    if near:
        assert near in {problem.did_you_mean for problem in found}


@pytest.mark.parametrize("size", ["960x540", "540x540"])
@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("heading", ["Panel", "Waiting"])
def test_a_panel_writes_inside_of_the_margin(tmp_path: Path, size: str, side: str, heading: str) -> None:
    docked = f"dock: {side}, share: 0.28, label: {heading}"
    shot = performed(
        tmp_path, STACK.replace("LEAVERS", "b").replace("dock: left, label: Panel", docked), size
    )
    texts = [
        layer
        for layer in shot.stage.layers
        if layer.name in ("panel", "head", "keeper") and layer.note and layer.note.kind == "text"
    ]
    safe, scale, end = shot.stage.safe, shot.stage.scale, shot.shot.duration_s - 0.1
    shown = {layer.name: layer.box(state) for layer in texts if (state := layer.state(end))}
    assert set(shown) == {"panel", "head", "keeper"}
    for name, box in shown.items():
        # The box of what is painted is a little wider than its letters.
        assert safe.left - 14 <= box.left / scale and box.right / scale <= safe.right + 14, name
