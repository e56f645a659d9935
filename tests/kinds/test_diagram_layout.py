"""Where things lie: nothing overlaps, nothing leaves the frame, arrows end at frames and not in them."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path

import pytest
from diagram_shots import BUFFER, Performed, performed

from explainers.stage.shapes import Box

PIPELINE = """
- id: pipeline
  kind: diagram
  title: From a commit to a release
  nodes:
    commit: Commit
    build: {label: Build, role: layers}
    unit: Unit tests
    lint: Lint
    browser: Browser tests
    gate: {label: All green?, shape: diamond, role: ramp}
    release: {label: Release, role: exit}
  edges:
    - commit -> build
    - build -> unit
    - build -> lint
    - build -> browser
    - unit -> gate
    - lint -> gate
    - browser -> gate
    - "gate -> release: yes"
  beats:
    - {id: start, duration: 2s, pulse: {along: [commit, build, lint, gate]}}
    - {id: drop, duration: 2s, hide: lint, highlight: [unit, browser]}
"""
LANES = """
- id: lanes
  kind: diagram
  nodes: {plan: Plan, write: Write, check: {label: Check, text: by two people}, ship: Ship}
  place:
    - column: all
      nodes:
        - {row: author, label: Author, lane: true, nodes: [plan, write]}
        - {row: reviewer, label: A reviewer, lane: true, nodes: [check, ship]}
  edges: [plan -> write, write -> check, check -> ship]
  beats:
    - {id: one, duration: 2s, highlight: [author]}
"""


def _overlap(one: Box, other: Box) -> bool:
    return (
        one.left < other.right
        and other.left < one.right
        and one.top < other.bottom
        and other.top < one.bottom
    )


@pytest.mark.parametrize("size", ["960x540", "540x960", "540x540"])
@pytest.mark.parametrize("shot", [BUFFER, PIPELINE, LANES], ids=["buffer", "pipeline", "lanes"])
def test_nodes_lie_apart_and_inside_the_frame(tmp_path: Path, shot: str, size: str) -> None:
    done = performed(tmp_path, shot, size)
    frame = Box(0, 0, done.at.stage.width, done.at.stage.height)
    nodes = done.at.layout.nodes
    for (name, one), (other_name, other) in combinations(nodes.items(), 2):
        assert not _overlap(one, other), f"{name} lies on {other_name}"
    for name, box in nodes.items():
        assert box.left >= frame.left + 20 and box.right <= frame.right - 20, name
        assert box.top >= done.at.stage.body.top - 30 and box.bottom <= done.at.stage.body.bottom + 30, name


def test_without_places_nodes_follow_their_edges_from_left_to_right(tmp_path: Path) -> None:
    boxes = performed(tmp_path, PIPELINE).at.boxes
    order = ["commit", "build", "lint", "gate", "release"]
    assert [boxes[name].center[0] for name in order] == sorted(boxes[name].center[0] for name in order)
    assert boxes["unit"].center[0] == boxes["lint"].center[0] == boxes["browser"].center[0]


@pytest.mark.parametrize("shot", [BUFFER, PIPELINE, LANES], ids=["buffer", "pipeline", "lanes"])
def test_arrows_end_just_before_frames(tmp_path: Path, shot: str) -> None:
    done = performed(tmp_path, shot)
    for name, edge in done.drawing.graph.edges.items():
        for line in done.at.routes[name].lines:
            for (x, y), node in ((line[0], edge.from_), (line[-1], edge.to)):
                box = done.at.boxes[node]
                assert not _overlap(Box(x, y, x, y), box.inset(1)) or _diamond(done, node), name
                assert _overlap(Box(x - 1, y - 1, x + 1, y + 1), box.inset(-8)) or _diamond(done, node), name


def _diamond(done: Performed, name: str) -> bool:
    node = done.drawing.params.nodes.get(name)
    return bool(node and node.shape == "diamond")


def test_edges_run_through_no_other_node(tmp_path: Path) -> None:
    done = performed(tmp_path, LANES)
    for name, edge in done.drawing.graph.edges.items():
        points = done.at.routes[name].middle
        for (x0, y0), (x1, y1) in pairwise(points):
            stretch = Box(min(x0, x1), min(y0, y1), max(x0, x1) + 1, max(y0, y1) + 1)
            for other, box in done.at.layout.nodes.items():
                assert other in (edge.from_, edge.to) or not _overlap(stretch, box), (
                    f"{name} runs through {other}"
                )


def test_lanes_of_a_batch_run_over_the_slots(tmp_path: Path) -> None:
    at = performed(tmp_path).at
    assert [line[0][0] for line in at.routes["source -> gate"].lines] == [x for x, _ in at.slots["gate"]]


def test_nodes_of_lanes_line_up_behind_their_headings(tmp_path: Path) -> None:
    done = performed(tmp_path, LANES)
    bands = [box for box, _ in done.at.layout.groups.values()]
    assert bands[0].left == bands[1].left and bands[0].right == bands[1].right


def test_a_diagram_too_large_for_its_frame_is_seen_from_further_away(tmp_path: Path) -> None:
    wide, tall = performed(tmp_path / "a", PIPELINE), performed(tmp_path / "b", PIPELINE, "540x960")
    assert wide.at.zoom == 1.0
    assert tall.at.zoom >= 1.0
    many = "\n".join(f"    n{i}: A rather long name {i}" for i in range(9))
    places = ", ".join(f"n{i}" for i in range(9))
    row = f"""
- id: many
  kind: diagram
  nodes:
{many}
  place: [{places}]
  beats: [{{id: one, duration: 2s}}]
"""
    squeezed = performed(tmp_path / "c", row)
    assert squeezed.at.zoom > 1.2
    assert max(box.right for box in squeezed.at.boxes.values()) <= squeezed.at.stage.width - 90


def test_another_shape_has_the_places_that_are_written_for_it(tmp_path: Path) -> None:
    shot = BUFFER.replace(
        "  edges:\n",
        "  upright:\n    place: [{column: line, nodes: [source, gate, waiting, worker, out]}]\n"
        "    nodes: {out: {columns: 4, label_at: bottom}}\n  edges:\n",
    )
    wide, upright = (
        performed(tmp_path / size, shot, size).at.layout.nodes for size in ("960x540", "540x960")
    )
    assert wide["out"].left > wide["gate"].right
    assert upright["out"].top > upright["worker"].bottom
    assert upright["out"].width > upright["out"].height


PINNED = """
- id: pinned
  kind: diagram
  nodes: {a: A, between: {shape: text, text: Words between}, b: B, c: C}
  place:
    - {column: left, nodes: [a]}
    - {column: middle, nodes: [between]}
    - {column: right, nodes: [b, c]}
  edges:
    - {from: a, to: b, SIDES}
  beats:
    - {id: one, duration: 2s, highlight: [a]}
"""
SIDES = ("left", "right", "top", "bottom")


@pytest.mark.parametrize("middle", ["[between]", "[]"])
@pytest.mark.parametrize("leave", [None, *SIDES])
@pytest.mark.parametrize("enter", [None, *SIDES])
def test_an_edge_keeps_to_the_sides_that_are_written(
    tmp_path: Path, leave: str | None, enter: str | None, middle: str
) -> None:
    sides = ", ".join(f"{key}: {side}" for key, side in (("leave", leave), ("enter", enter)) if side)
    text = PINNED.replace(", SIDES", f", {sides}" if sides else "").replace("[between]", middle)
    if middle == "[]":
        text = text.replace("between: {shape: text, text: Words between}, ", "")
    shot = performed(tmp_path, text)
    points = shot.at.routes["a -> b"].middle
    for name, side, point in (("a", leave, points[0]), ("b", enter, points[-1])):
        box = shot.at.boxes[name]
        beyond = {
            "left": box.left - point[0],
            "right": point[0] - box.right,
            "top": box.top - point[1],
            "bottom": point[1] - box.bottom,
        }
        assert max(beyond.values()) > 0
        assert side is None or beyond[side] > 0
