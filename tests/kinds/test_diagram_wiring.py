"""Edges laid together: both ways side by side, loops outside, and words that nothing runs through."""

from __future__ import annotations

from itertools import combinations, pairwise, product
from pathlib import Path

import pytest
from diagram_shots import Performed, performed, problems

from explainers.kinds.diagram.motion import LinkLayer
from explainers.stage.shapes import Box

STATES = """
- id: states
  kind: diagram
  nodes: {new: New, ready: Ready, running: Running, waiting: Waiting, ended: Ended}
  place:
    - {column: a, nodes: [new]}
    - {column: b, nodes: [ready]}
    - {column: c, nodes: [waiting]}
    - {column: d, nodes: [running]}
    - {column: e, nodes: [ended]}
  edges:
    - "new -> ready: admitted"
    - "ready -> running: scheduled"
    - "running -> ready: its time is up"
    - "running -> waiting: reads a file"
    - "waiting -> ready: the data is there"
    - "running -> ended: exits"
    - "ready -> ready: tick"
  beats: [{id: one, duration: 2s}]
"""
COLUMN = """
- id: column
  kind: diagram
  nodes: {up: Upper, down: Lower}
  place: [{column: both, nodes: [up, down]}]
  edges: ["up -> down: a way down", "down -> up: a way up", "down -> down: again", "up -> up: and again"]
  beats: [{id: one, duration: 2s}]
"""
GROUPS = """
- id: pools
  kind: diagram
  nodes: {in: In, one: One, two: Two, out: Out}
  place:
    - {column: a, nodes: [in]}
    - {column: b, label: First pool, pad: 60, nodes: [one]}
    - {column: c, label: Second pool, nodes: [two]}
    - {column: d, nodes: [out]}
  edges:
    - "in -> one: asks"
    - "one -> two: moves on"
    - "two -> one: comes back"
    - {from: out, to: in, label: starts over, leave: bottom, enter: bottom}
  beats: [{id: one, duration: 2s}]
"""
DIAMOND = """
- id: diamond
  kind: diagram
  nodes: {sure: {label: "Sure?", shape: diamond}, work: Work}
  place: [sure, work]
  edges: ["sure -> work: no", "work -> sure: done"]
  beats: [{id: one, duration: 2s}]
"""
SHOTS = {"states": STATES, "column": COLUMN, "groups": GROUPS, "diamond": DIAMOND}


def _meet(one: Box, other: Box) -> bool:
    return (
        one.left < other.right
        and other.left < one.right
        and one.top < other.bottom
        and other.top < one.bottom
    )


def _lines(shown: Performed) -> dict[str, list[Box]]:
    """Every stretch of every edge as a box without width."""
    return {
        name: [
            Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
            for (x0, y0), (x1, y1) in pairwise(route.middle)
        ]
        for name, route in shown.at.routes.items()
    }


@pytest.mark.parametrize("size", ["960x540", "540x540", "540x960"])
@pytest.mark.parametrize("name", SHOTS)
def test_nothing_lies_on_words_and_no_edge_runs_on_another_or_through_a_node(
    name: str, size: str, tmp_path: Path
) -> None:
    shown = performed(tmp_path, SHOTS[name], size)
    lines, words = _lines(shown), {edge: one.box for edge, one in shown.at.words.items()}
    boxes = shown.at.layout.nodes
    assert words.keys() == {edge for edge, one in shown.drawing.graph.edges.items() if one.label}
    for (one, box), (other, second) in combinations(words.items(), 2):
        assert not _meet(box, second), (one, other)
    for edge, box in words.items():
        assert not [node for node, other in boxes.items() if _meet(box.inset(2), other)], edge
        crossed = [
            other for other, stretches in lines.items() for line in stretches if _meet(box.inset(2), line)
        ]
        assert not crossed, (edge, crossed)
    for edge, stretches in lines.items():
        inside = [node for node, box in boxes.items() for line in stretches if _meet(box.inset(2), line)]
        diamonds = [node for node in inside if shown.drawing.params.nodes[node].shape == "diamond"]
        assert inside == diamonds, edge
    for one, other in combinations(lines, 2):
        for a in lines[one]:
            for b in lines[other]:
                ends = shown.drawing.graph.ends(one), shown.drawing.graph.ends(other)
                fans = ends[0][0] == ends[1][0] or ends[0][1] == ends[1][1]
                assert fans or not _on_each_other(a, b), (one, other)


def _on_each_other(one: Box, other: Box) -> bool:
    """Whether two stretches run on the same line, or within 8 units of each other, for a while."""
    near = one.inset(-8, 0) if one.width < 1 else one.inset(0, -8)
    along = min(near.right, other.right) - max(near.left, other.left)
    high = min(near.bottom, other.bottom) - max(near.top, other.top)
    same = (one.width < 1) == (other.width < 1)
    return same and along >= 0 and high >= 0 and max(along, high) > 20


def test_a_loop_is_outside_of_its_node_and_both_its_ends_are_on_one_side(tmp_path: Path) -> None:
    shown = performed(tmp_path, COLUMN)
    for edge, side in (("up -> up", "top"), ("down -> down", "bottom")):
        box, way = shown.at.boxes[edge.split()[0]], shown.at.routes[edge].middle
        ys = [y for _, y in way]
        assert all(y < box.top for y in ys) if side == "top" else all(y > box.bottom for y in ys)
        assert ys[0] == ys[-1] and len(way) == 4


def test_gaps_grow_with_the_words_in_them(tmp_path: Path) -> None:
    def gap(words: str) -> float:
        shown = performed(tmp_path / str(len(words)), STATES.replace("reads a file", words))
        nodes = shown.at.layout.nodes
        return (nodes["running"].left - nodes["waiting"].right) / shown.at.zoom

    (tmp_path / "12").mkdir()
    (tmp_path / "24").mkdir()
    assert gap("reads a file") < gap("reads a file of the user")


def test_padding_is_room_inside_the_frame(tmp_path: Path) -> None:
    shown = performed(tmp_path, GROUPS)
    groups, nodes = shown.at.layout.groups, shown.at.layout.nodes
    assert nodes["one"].left - groups["b"][0].left == pytest.approx(60)
    assert nodes["two"].left - groups["c"][0].left == pytest.approx(30)


REFUSED = {
    "two edges of one name": ('"up -> down: twice", ', "same-edge"),
    "a loop with two sides": ("{from: up, to: up, leave: top, enter: left}, ", "two-sides"),
    "a loop with lanes": ("{from: up, to: up, lanes: true}, ", "no-effect"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_edges_that_can_not_be_are_refused(case: str, tmp_path: Path) -> None:
    more, code = REFUSED[case]
    shot = COLUMN.replace(', "up -> up: and again"', "").replace("edges: [", f"edges: [{more}")
    assert code in [one.code for one in problems(tmp_path, shot)]


MERGED = """
- id: merged
  kind: diagram
  nodes:
    first: {shape: tray, slots: 3, holds: [a, b, c], together: true, width: 0.5}
    last: {shape: tray, slots: 1}
  place: [{column: both, nodes: [first, last]}]
  edges: [first -> last]
  beats: [{id: one, duration: 5s, merge: {node: first, into: all, along: [first, last]}}]
"""


def test_many_tokens_become_one_that_travels_on(tmp_path: Path) -> None:
    shown = performed(tmp_path, MERGED)
    x, y = shown.token("all", 4.9).center
    assert (x, y) == pytest.approx(shown.at.slots["last"][0], abs=1)
    assert not any(shown.shows_token(4.9, *spot) for spot in shown.at.slots["first"])


def test_slots_that_stand_together_do_not_spread(tmp_path: Path) -> None:
    def step(text: str) -> float:
        slots = performed(tmp_path, text).at.slots["first"]
        return slots[1][0] - slots[0][0]

    assert step(MERGED) < step(MERGED.replace("together: true, ", "")) - 20


SIDES = ("left", "right", "top", "bottom")
SIDED = """
- id: sided
  kind: diagram
  nodes: {{up: Upper node, down: Lower, far: Far away}}
  place: [{{column: both, nodes: [up, down]}}, far]
  edges: [{{from: {start}, to: {end}, leave: {leave}, enter: {enter}}}]
  beats: [{{id: one, duration: 2s}}]
"""


@pytest.mark.parametrize("leave", SIDES)
def test_sides_that_are_written_are_obeyed_and_no_edge_runs_through_its_own_nodes(
    leave: str, tmp_path: Path
) -> None:
    for number, (enter, (start, end)) in enumerate(product(SIDES, (("up", "down"), ("far", "up")))):
        shot = SIDED.format(start=start, end=end, leave=leave, enter=enter)
        at = performed(tmp_path / str(number), shot).at
        way = at.routes[f"{start} -> {end}"].middle
        assert (_side(at.boxes[start], way[0]), _side(at.boxes[end], way[-1])) == (leave, enter)
        for box in at.layout.nodes.values():
            assert not any(_inside(box, a, b) for a, b in pairwise(way)), shot


def _side(box: Box, point: tuple[float, float]) -> str:
    """The side of a box on which a point outside of it lies."""
    (x, y) = point
    away = {"left": box.left - x, "right": x - box.right, "top": box.top - y, "bottom": y - box.bottom}
    return max(away, key=away.__getitem__)


def _inside(box: Box, a: tuple[float, float], b: tuple[float, float]) -> bool:
    (left, right), (top, bottom) = sorted((a[0], b[0])), sorted((a[1], b[1]))
    return left < box.right - 1 and right > box.left + 1 and top < box.bottom - 1 and bottom > box.top + 1


LABELLED = """
- id: labelled
  kind: diagram
  nodes:
    blocks: {shape: tray, slots: 4, holds: [a, b, c], label: Blocks}
    disk: {shape: box, label: Disk}
  edges: [blocks -> disk]
  place: [blocks, disk]
  beats: [{id: one, duration: 3s, map: {from: [a], to: [c]}}]
"""


def test_a_label_without_a_side_moves_out_of_the_way_of_an_edge(tmp_path: Path) -> None:
    alone = performed(tmp_path / "1", LABELLED.replace("[blocks -> disk]", "[]")).at
    assert alone.sizes.label_at("blocks") == "right"
    moved = performed(tmp_path / "2", LABELLED).at
    assert moved.sizes.label_at("blocks") == "top" and not moved.crossed
    ((_, y), (_, end)) = moved.routes["blocks -> disk"].middle
    assert y == end
    # Where the side is written, the edge goes round.
    written = LABELLED.replace("label: Blocks", "label: Blocks, label_at: right")
    at = performed(tmp_path / "3", written).at
    assert at.sizes.label_at("blocks") == "right" and len(at.routes["blocks -> disk"].middle) > 2


def test_lines_between_tokens_of_one_tray_arch_over_what_is_between_them(tmp_path: Path) -> None:
    shown = performed(tmp_path, LABELLED)
    (line,) = [layer for layer in shown.stage.layers if isinstance(layer, LinkLayer)]
    state = line.state(2.9)
    points = list(zip(state[0][0::2], state[0][1::2], strict=True))
    between = shown.token("b", 2.9)
    scale = shown.at.stage.scale
    # The label is over the tray, so the line is under it.
    assert all(y > between.bottom * scale for _, y in points)


def test_numbers_of_slots_stand_over_them_in_the_tray(tmp_path: Path) -> None:
    plain = performed(tmp_path / "1", LABELLED).at
    at = performed(tmp_path / "2", LABELLED.replace("slots: 4", "slots: 4, numbered: true")).at
    grown = at.boxes["blocks"].height - plain.boxes["blocks"].height
    assert grown == pytest.approx(at.sizes.number_room("blocks"))
    below = at.slots["blocks"][0][1] - at.boxes["blocks"].center[1]
    assert below == pytest.approx(at.sizes.number_room("blocks") / 2)


@pytest.mark.parametrize(("beat", "refused"), [("highlight: [blocks]", True), ("empty: [blocks]", False)])
def test_a_label_under_tokens_from_start_to_end_is_refused(beat: str, refused: bool, tmp_path: Path) -> None:
    shot = LABELLED.replace("label: Blocks", "label: Blocks, label_at: center")
    shot = shot.replace("map: {from: [a], to: [c]}", beat)
    assert ("no-effect" in [one.code for one in problems(tmp_path, shot)]) == refused
