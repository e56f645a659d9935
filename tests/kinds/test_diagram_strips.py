"""Memories, the indices that point into them, strikes, and bars of several pieces."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import yaml
from diagram_shots import Performed, performed, problems
from fields import Fields

from explainers.compositor.picture import still
from explainers.kinds import discover
from explainers.kinds.diagram import acts
from explainers.kinds.diagram.picks import StrikeLayer
from explainers.kinds.diagram.pieces import Bars
from explainers.kinds.diagram.strips import cells
from explainers.stage.marks import LineLayer, NumberLayer
from explainers.storyboard.types import Role
from explainers.theme import contrast

MEMORY = """
- id: memory
  kind: diagram
  nodes:
    heap: {shape: memory, slots: 6, holds: [a, b, c], at: [5, 2, 3], label: Heap, role: buffer}
    list: {shape: index, of: heap, slots: 4, heads: [one, two, three, four], picks: [c], label: List}
    pile: {shape: tray, slots: 2, label: ""}
  place: [{column: all, nodes: [heap, list, pile]}]
  edges: [heap -> pile]
  beats:
    - {id: pick, duration: 3s, pick: {index: list, tokens: [a, b, a]}}
    - {id: strike, duration: 2s, strike: [c]}
    - {id: away, duration: 2s, move: {tokens: [c], into: pile}}
"""
BARS = """
- id: bars
  kind: diagram
  nodes:
    spent:
      {shape: bar, length: 7, times: 5, each: [a, b, c, d, e], format: .1f, unit: ms, label: Spent,
        label_at: top}
    saved:
      {shape: bar, length: 20, times: 2, format: .1f, unit: ms, against: spent, role: exit, label: Saved,
        label_at: top}
    whole: {shape: bar, length: 30, format: .0f, label: Whole, role: baseline}
  place: [{column: all, nodes: [whole, spent, saved]}]
  beats:
    - {id: spend, duration: 3s, times: {spent: 5}}
    - {id: first, duration: 3s, times: {saved: 1}}
    - {id: second, duration: 3s, times: {saved: 2}, relabel: {saved: Saved twice}}
    - {id: back, duration: 2s, times: {saved: 1}}
"""


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Performed:
    return performed(tmp_path_factory.mktemp("memory"), MEMORY)


@pytest.fixture(scope="module")
def bars(tmp_path_factory: pytest.TempPathFactory) -> Performed:
    return performed(tmp_path_factory.mktemp("bars"), BARS)


def _sum_at(shot: Performed, bar: str, t: float) -> list[tuple[str, float, str]]:
    """The text of a bar's number, where it begins, and its colour."""
    layers = [layer for layer in shot.stage.layers if isinstance(layer, NumberLayer) and layer.name == bar]
    shown = [(layer.text_at(t), layer.style.color) for layer in layers]
    return [(found[0], found[1], color) for found, color in shown if found]


def test_tokens_lie_in_the_places_that_are_written(memory: Performed) -> None:
    places = cells(memory.at.sizes, "heap", memory.at.boxes["heap"])
    assert len(places) == 6
    for before, after in pairwise(places):
        assert after.left == pytest.approx(before.right), "places lie side by side"
    for token, place in (("a", 5), ("b", 2), ("c", 3)):
        x, y = memory.token(token, 1.0).center
        box = places[place - 1]
        assert box.left < x < box.right and box.top < y < box.bottom
    assert (
        memory.at.boxes["heap"].left <= places[0].left and places[-1].right <= memory.at.boxes["heap"].right
    )


def test_an_index_points_and_nothing_moves(memory: Performed) -> None:
    rest = {token: memory.token(token, 1.2) for token in "abc"}
    for t in np.linspace(1.2, 3.0, 12):
        assert {token: memory.token(token, float(t)) for token in "abc"} == rest
    lines = [layer for layer in memory.stage.layers if isinstance(layer, LineLayer) and layer.name == "list"]
    heap = cells(memory.at.sizes, "heap", memory.at.boxes["heap"])
    entries = cells(memory.at.sizes, "list", memory.at.boxes["list"])
    assert len(lines) == 4
    for line, entry, place in zip(lines, entries, (3, 5, 2, 5), strict=True):
        assert line.points[0][0] == pytest.approx(entry.center[0])
        assert line.points[-1] == pytest.approx((heap[place - 1].center[0], heap[place - 1].bottom))
    held = [layer.note.text for layer in memory.stage.layers if layer.part.startswith("entry") and layer.note]
    assert held == ["3", "5", "2", "5"]


def test_lines_are_drawn_one_after_another(memory: Performed) -> None:
    first, *later = (layer for layer in memory.stage.layers if isinstance(layer, LineLayer))
    assert first.drawn.at(0.0) == 1.0, "what it points at from the start stands in the first frame"
    starts = [line.drawn.keys()[0][0] for line in later]
    assert all(0.06 <= after - before <= 0.15 for before, after in pairwise(starts))
    assert all(line.drawn.at(2.9) == 1.0 for line in later)


def test_what_is_struck_through_keeps_its_line_on_the_way(memory: Performed) -> None:
    (strike,) = (layer for layer in memory.stage.layers if isinstance(layer, StrikeLayer))
    assert strike.state(2.9) is None
    moved = []
    for t in (4.9, 6.9):
        token, box = memory.token("c", t), strike.box(strike.state(t))
        middle = (
            (box.left + box.right) / 2 / memory.at.stage.scale,
            (box.top + box.bottom) / 2 / memory.at.stage.scale,
        )
        assert middle == pytest.approx(token.center, abs=3)
        moved.append(token.center)
    assert moved[0] != moved[1]
    looks = [look.role for _, _, look in memory.drawing.timelines["c"].moments()]
    assert looks == ["muted"]


def test_pieces_lie_end_to_end_on_one_scale(bars: Performed) -> None:
    boxes = bars.at.layout.nodes
    assert boxes["spent"].width / boxes["whole"].width == pytest.approx(35 / 30, rel=0.01)
    assert boxes["saved"].width / boxes["whole"].width == pytest.approx(40 / 30, rel=0.01)
    drawn = bars.drawing.makers["bar"]
    assert isinstance(drawn, Bars)
    edges = [piece[0].box for piece in drawn.bars["spent"].pieces]
    assert len(edges) == 5
    assert edges[0].left == pytest.approx(boxes["spent"].left, abs=1)
    assert edges[-1].right == pytest.approx(boxes["spent"].right, abs=1)
    for before, after in pairwise(edges):
        assert 0 <= after.left - before.right < 4


def test_the_sum_counts_what_has_landed_and_rides_on_the_end(bars: Performed) -> None:
    drawn = bars.drawing.makers["bar"]
    assert isinstance(drawn, Bars)
    bar = drawn.bars["spent"]
    landings = [t for t, _ in bar.landed]
    assert all(0.06 <= after - before <= 0.12 for before, after in pairwise(landings))
    assert _sum_at(bars, "spent", landings[0] - 0.05) == []
    for count, t in enumerate(landings, 1):
        ((text, x, _),) = _sum_at(bars, "spent", t + 0.01)
        assert text == f"{7 * count:.1f} ms"
        assert x > bar.box.left + bar.step * (count - 0.1)
    ((text, x, _),) = _sum_at(bars, "spent", 2.9)
    assert text == "35.0 ms" and x > bar.box.right


def test_a_number_is_muted_until_it_is_more_than_what_it_is_held_against(bars: Performed) -> None:
    theme, mark = bars.shot.theme, bars.at.layout.nodes["spent"].right
    ((text, x, color),) = _sum_at(bars, "saved", 5.9)
    assert (text, color) == ("20.0 ms", theme.color("muted"))
    assert x > mark, "it stands behind the line that it has not reached"
    ((text, x, color),) = _sum_at(bars, "saved", 8.9)
    assert (text, color) == ("40.0 ms", theme.color("exit"))
    ((text, _, color),) = _sum_at(bars, "saved", 10.9)
    assert (text, color) == ("20.0 ms", theme.color("muted"))
    line = next(layer for layer in bars.stage.layers if layer.name == "saved" and layer.part == "mark")
    assert line.state(2.9) is None and line.state(5.9) is not None


def test_a_label_changes_on_a_clean_place(bars: Performed) -> None:
    labels = [
        layer
        for layer in bars.stage.layers
        if layer.name == "saved"
        and layer.part == "label"
        and layer.note
        and layer.note.text.startswith("Saved")
    ]
    assert [layer.note.text for layer in labels if layer.note] == ["Saved", "Saved twice"]
    for t in np.linspace(6.0, 7.5, 46):
        shown = [layer.track("opacity").at(float(t)) for layer in labels]
        assert min(shown) == 0.0, f"both texts are seen at {t:.2f} s"


def test_a_frame_drawn_alone_is_the_one_in_sequence(memory: Performed, bars: Performed) -> None:
    for shot, times in ((memory, (1.2, 2.0, 3.4, 5.3)), (bars, (1.2, 4.1, 7.3, 9.3))):
        picture = shot.stage.picture()
        for t in times:
            alone = still(picture, round(t * 30))
            assert np.array_equal(shot.frame(t), alone)


@pytest.mark.parametrize("theme", ["ink", "paper"])
@pytest.mark.parametrize("role", get_args(Role))
def test_words_in_bars_can_be_read(tmp_path: Path, theme: str, role: str) -> None:
    bars = BARS.replace("shape: bar, length: 7,", f"shape: bar, role: {role}, length: 7,")
    shot = performed(tmp_path, bars, theme=theme)
    notes = [layer.note for layer in shot.stage.layers if layer.note and layer.note.kind == "text"]
    assert {note.text for note in notes} >= {"a", "e", "30", "Whole"}
    for note in notes:
        assert note.color and note.over and contrast(note.color, note.over) >= 4.5, note


@pytest.mark.parametrize("size", ["540x960", "540x540"])
def test_other_frames_hold_them(tmp_path: Path, size: str) -> None:
    for name, text in (("memory", MEMORY), ("bars", BARS)):
        folder = tmp_path / name
        folder.mkdir()
        shot = performed(folder, text, size=size)
        for box in shot.at.layout.nodes.values():
            assert 0 <= box.left < box.right <= shot.at.stage.width
            assert 0 <= box.top < box.bottom <= shot.at.stage.height
    ((_, x, _),) = _sum_at(shot, "saved", 8.9)
    assert x < shot.at.stage.width


def test_acts_of_a_step_take_the_time_that_a_beat_allows_for(bars: Performed) -> None:
    grown = [act for act in bars.drawing.acts if isinstance(act, acts.Pieces)]
    assert [(act.node, act.before, act.count) for act in grown] == [
        ("spent", 0, 5),
        ("saved", 0, 1),
        ("saved", 1, 2),
        ("saved", 2, 1),
    ]
    assert grown[0].duration_s == pytest.approx(acts.pieces_s(5))


CASES = [
    (MEMORY, "at: [5, 2, 3]", "at: [5, 2]", "wrong-count", "3 tokens", None),
    (MEMORY, "at: [5, 2, 3]", "at: [5, 2, 7]", "no-slot", "7", None),
    (MEMORY, "at: [5, 2, 3]", "at: [5, 2, 2]", "no-slot", "twice", None),
    (MEMORY, "of: heap", "of: heep", "unknown-memory", "heep", "heap"),
    (MEMORY, "of: heap", "of: pile", "unknown-memory", "pile", None),
    (MEMORY, "of: heap, ", "", "missing-key", "`of`", None),
    (MEMORY, "slots: 4, heads", "slots: 3, heads", "wrong-count", "heads", None),
    (MEMORY, "picks: [c]", "picks: [d]", "token-not-there", "d", None),
    (MEMORY, "tokens: [a, b, a]", "tokens: [a, d]", "token-not-there", "d", None),
    (MEMORY, "tokens: [a, b, a]", "tokens: [a, b, a, b]", "too-many-tokens", "4 entries", None),
    (MEMORY, "pick: {index: list", "pick: {index: lists", "unknown-node", "lists", "list"),
    (MEMORY, "pick: {index: list", "pick: {index: heap", "unknown-thing", "heap", None),
    (MEMORY, "strike: [c]", "strike: [see]", "unknown-thing", "see", None),
    (MEMORY, "shape: index, of", "shape: index, counter: true, of", "no-effect", "counter", None),
    (MEMORY, "label: Heap", "label: Heap, label_at: left", "no-effect", "top or bottom", None),
    (MEMORY, "label: Heap", "label: Heap, text: more", "no-effect", "text", None),
    (MEMORY, 'slots: 2, label: ""', 'slots: 2, label: "", heads: [x]', "no-effect", "heads", None),
    (BARS, "times: 5, each", "times: 2.5, each", "bad-value", "2.5", None),
    (BARS, "length: 7,", "length: -7,", "bad-value", "-7", None),
    (BARS, "length: 7, ", "", "bad-value", "no length", None),
    (BARS, "times: 5, each", "times: 65, each", "bad-value", "65", None),
    (BARS, "times: 5, each", "times: 4, each", "wrong-count", "5 words for 4 pieces", None),
    (BARS, "times: {spent: 5}", "times: {spent: 6}", "wrong-count", "0 to 5", None),
    (BARS, "times: {spent: 5}", "times: {spend: 5}", "unknown-node", "spend", "spent"),
    (BARS, "times: {spent: 5}", "times: {whole: 2}", "wrong-count", "0 to 1", None),
    (BARS, "against: spent", "against: spend", "unknown-bar", "spend", "spent"),
    (BARS, "times: 2, format: .1f, unit: ms,", "times: 2, unit: ms,", "no-effect", "unit", None),
    (BARS, "length: 30, format: .0f", "length: 30, format: .0q", "wrong-value", ".0q", None),
]


@pytest.mark.parametrize(
    ("shot", "good", "bad", "code", "words", "near"),
    CASES,
    ids=[f"{case[3]}-{i}" for i, case in enumerate(CASES)],
)
def test_a_mistake_is_reported_at_its_place(
    tmp_path: Path, shot: str, good: str, bad: str, code: str, words: str, near: str | None
) -> None:
    assert shot.count(good) == 1 and problems(tmp_path, shot) == []
    found = problems(tmp_path, shot.replace(good, bad))
    assert [problem.code for problem in found][:1] == [code]
    assert words in found[0].text() and found[0].did_you_mean == near
    assert found[0].place is not None and found[0].source_line is not None


FIELDS = ("at", "of", "heads", "picks", "times", "each", "format", "unit", "against")


def test_every_field_of_them_changes_the_picture_or_is_refused(tmp_path: Path) -> None:
    shots = [yaml.load(text, Loader=yaml.BaseLoader)[0] for text in (MEMORY, BARS)]
    nothing = {"nodes": None, "edges": None, "place": None, "tokens": None, "beats": None, "statement": None}
    fields = Fields(discover()["diagram"], tmp_path, [nothing | shot for shot in shots])
    wanted = [f"Node.{name}" for name in FIELDS]
    wanted += ["Pick.", "BeatParams.times", "BeatParams.pick", "BeatParams.strike", "Place.align"]
    for name in wanted:
        found = fields.outcomes(name)
        assert found and {field: tried.verdict for field, tried in found.items() if tried.verdict} == {}


def test_a_number_in_a_bar_loses_its_unit_before_it_is_too_small_to_read(tmp_path: Path) -> None:
    found = set()
    for length in (7.2, 7.7, 8.2, 8.7, 9.2, 10.2):
        bar = f"short: {{shape: bar, length: {length}, format: .2f, unit: ms, label: Short}}"
        shot = performed(
            tmp_path,
            BARS.replace("    whole:", f"    {bar}\n    whole:").replace("[whole,", "[whole, short,"),
        )
        (layer,) = (one for one in shot.stage.layers if one.name == "short" and one.part == "value")
        assert layer.note
        text, size, least = layer.note.text, layer.note.size, shot.stage.least_label
        bare = text.removesuffix(" ms")
        unreadable = text != bare and size < least <= size * len(text) / len(bare)
        assert not unreadable, f"{text} is {size:.1f} high"
        found.add(text == bare)
    assert found == {True, False}


def test_pieces_come_out_of_the_bar_that_is_one_of_them(tmp_path: Path) -> None:
    one = "one: {shape: bar, length: 7, label: One}"
    shot = performed(
        tmp_path, BARS.replace("    whole:", f"    {one}\n    whole:").replace("[whole,", "[one, whole,")
    )
    drawn, source = shot.drawing.makers["bar"], shot.at.layout.nodes["one"]
    assert isinstance(drawn, Bars)
    for body, *_ in drawn.bars["spent"].pieces:
        dx, dy = (body.layers[0].track(name).at(0.0) / body.pixels for name in ("dx", "dy"))
        assert body.box.left + dx == pytest.approx(source.left, abs=3)
        assert body.box.center[1] + dy == pytest.approx(source.center[1], abs=1)
    # No bar is as long as a piece of this one: they come from beside their places.
    body = drawn.bars["saved"].pieces[0][0]
    assert body.layers[0].track("dy").at(0.0) == 0.0


def test_a_diagram_is_drawn_nearer_in_a_wide_frame_with_room(tmp_path: Path) -> None:
    near = MEMORY.replace("kind: diagram", "kind: diagram\n  near: 1.25")
    assert performed(tmp_path, near).at.zoom == pytest.approx(0.8)
    assert performed(tmp_path, near, "540x540").at.zoom >= 1.0
