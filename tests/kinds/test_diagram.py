"""Diagrams: tokens are where the story says, buffers show what they hold, and what is dimmed stays."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from diagram_shots import BUFFER, Performed, performed

from explainers.compositor.picture import still
from explainers.kinds import discover, draw
from explainers.kinds.diagram import acts
from explainers.kinds.diagram.motion import point_at
from explainers.theme import channels


@pytest.fixture(scope="module")
def buffer(tmp_path_factory: pytest.TempPathFactory) -> Performed:
    return performed(tmp_path_factory.mktemp("buffer"))


def _ends(shot: Performed, beat: str) -> float:
    return shot.shot.beat(beat).end_s - 0.3


def test_tokens_travel_straight_down_their_own_lanes(buffer: Performed) -> None:
    travel = next(act for act in buffer.drawing.acts if isinstance(act, acts.Travel) and act.token == "c")
    start, end = buffer.at.slots["source"][2], buffer.at.slots["gate"][2]
    assert start[0] == pytest.approx(end[0])
    ys = []
    for share in (0.2, 0.4, 0.6, 0.8):
        t = round((travel.start_s + travel.duration_s * share) * 30) / 30
        x, y = buffer.token("c", t).center
        assert x == pytest.approx(start[0], abs=1.5)
        assert start[1] < y < end[1]
        assert buffer.shows_token(t, x, y), f"no token at {x:.0f}, {y:.0f} at {t:.2f} s"
        ys.append(y)
    assert ys == sorted(ys)


def test_a_leaving_token_follows_the_edge_sideways(buffer: Performed) -> None:
    travel = next(
        act
        for act in buffer.drawing.acts
        if isinstance(act, acts.Travel) and act.token == "d" and act.path[-1] == "out"
    )
    edge = buffer.at.routes["gate -> out"].middle
    assert edge[0][1] == pytest.approx(edge[-1][1])
    way = [point_at(edge, share / 10) for share in range(11)]
    near = [
        min(np.hypot(x - px, y - py) for px, py in way)
        for t in np.linspace(travel.start_s, travel.end_s, 40)
        for x, y in [buffer.token("d", float(t)).center]
    ]
    assert min(near) < 8, "it never is on its edge"
    x, y = buffer.token("d", _ends(buffer, "leave")).center
    assert (x, y) == pytest.approx(buffer.at.slots["out"][1], abs=1.5)
    assert x > buffer.at.boxes["gate"].right


@pytest.mark.parametrize(
    ("beat", "filled"), [("arrive", 0), ("leave", 0), ("wait", 2), ("join", 4), ("flush", 0)]
)
def test_a_buffer_shows_as_many_tokens_as_it_holds(buffer: Performed, beat: str, filled: int) -> None:
    t = _ends(buffer, beat)
    shown = [buffer.shows_token(t, x, y) for x, y in buffer.at.slots["waiting"]]
    assert sum(shown) == filled


def test_the_counter_says_what_the_buffer_holds(buffer: Performed) -> None:
    counter = next(
        layer for layer in buffer.stage.layers if layer.note is not None and layer.note.text == "0/4"
    )
    said = [counter.state(_ends(buffer, beat))[0] for beat in ("leave", "wait", "join", "flush")]
    assert said == ["0/4", "2/4", "4/4", "0/4"]


def test_the_batch_closes_its_ranks_before_it_goes_on(buffer: Performed) -> None:
    close = [act for act in buffer.drawing.acts if isinstance(act, acts.Travel) and act.path == ("waiting",)]
    assert len(close) == 4
    t = close[0].end_s
    order = sorted((buffer.token(act.token, t) for act in close), key=lambda box: box.left)
    gaps = [b.left - a.right for a, b in pairwise(order)]
    assert all(0 < gap < 8 for gap in gaps)


def test_what_is_not_highlighted_is_dimmed_but_stays(buffer: Performed) -> None:
    light = {}
    for name in ("worker", "source", "out"):
        box = buffer.at.boxes[name]
        before, during = (buffer.cut(t, box).astype(float) for t in (2.9, _ends(buffer, "leave")))
        light[name] = during.mean() / before.mean()
        background = np.array(channels(buffer.shot.theme.background))
        assert np.abs(during - background).max() > 40, f"{name} is gone"
    assert light["worker"] < 0.85
    assert light["out"] > 1.0


def test_a_highlighted_node_is_outlined_in_white(buffer: Performed) -> None:
    box = buffer.at.boxes["out"]
    edge = buffer.cut(
        _ends(buffer, "leave"), box._replace(bottom=box.top + 4, left=box.left + 40, right=box.left + 90)
    )
    assert np.abs(edge.astype(int) - channels(buffer.shot.theme.color("text"))).max() < 40


def test_what_nothing_happens_to_does_not_move(buffer: Performed) -> None:
    box = buffer.at.boxes["worker"].inset(-4)
    assert np.array_equal(buffer.cut(8.9, box), buffer.cut(_ends(buffer, "join"), box))


def test_frames_are_the_same_whatever_was_painted_before(buffer: Performed) -> None:
    picture = draw(buffer.shot)
    for t in (1.7, 4.4, 13.9):
        alone = still(picture, round(t * 30))
        assert np.array_equal(alone, still(picture, round(t * 30)))
        assert alone.shape == (540, 960, 3)


def test_a_badge_lies_on_its_arrow_and_lights_up_when_marked(tmp_path: Path) -> None:
    shot = performed(tmp_path, BUFFER.replace("beside: gate,", "beside: gate, apart: 200,"))
    (x0, y0), (x1, _) = shot.at.routes["gate -> out"].middle
    from explainers.stage import around

    place = around((x0 + x1) / 2, y0, 50, 50)
    before, after = shot.cut(2.9, place).astype(float), shot.cut(_ends(shot, "leave"), place).astype(float)
    assert after.mean() > before.mean() + 60


def test_terms_of_a_formula_are_written_one_after_another(tmp_path: Path) -> None:
    shot = performed(
        tmp_path,
        """
        - id: rule
          kind: diagram
          nodes: {rule: {shape: formula, terms: {left: "a", right: "= b / c"}}}
          place: [rule]
          beats:
            - {id: one, duration: 2s, write: rule.left}
            - {id: two, duration: 2s, write: rule.right}
        """,
    )
    box = shot.at.boxes["rule"]
    ink = [np.ptp(shot.cut(t, box).astype(int), axis=0).max(axis=1) for t in (1.9, 3.9)]
    written = [np.flatnonzero(columns > 20) for columns in ink]
    assert written[0].max() < len(ink[0]) * 0.4 < written[1].max()


def test_a_list_is_reordered_while_what_it_points_at_stays(tmp_path: Path) -> None:
    shot = performed(
        tmp_path,
        """
        - id: regroup
          kind: diagram
          nodes:
            states: {shape: tray, holds: [a, b, c], label: states}
            index: {shape: tray, holds: [i, j, k], label: index}
          place: [{column: all, nodes: [states, index]}]
          beats:
            - {id: point, duration: 3s, map: {from: [i, j, k], to: [a, b, c]}}
            - {id: order, duration: 3s, reorder: {node: index, order: [k, i, j]}}
        """,
    )
    for name in "abc":
        assert shot.token(name, 2.9) == shot.token(name, 4.0)
        # Under the token the pointing lines change; the token itself does not.
        inside = shot.token(name, 2.9).inset(6)
        assert np.array_equal(shot.cut(2.9, inside), shot.cut(4.0, inside))
    slots = shot.at.slots["index"]
    assert [shot.token(name, 5.9).center for name in "kij"] == [
        pytest.approx(slot, abs=1.5) for slot in slots
    ]


def test_one_node_becomes_another_on_the_way_between_them(tmp_path: Path) -> None:
    shot = performed(
        tmp_path,
        """
        - id: change
          kind: diagram
          nodes: {wheat: {label: Wheat, role: buffer}, bread: {label: Bread, role: exit}}
          place: [wheat, {space: 0.3}, bread]
          beats:
            - {id: change, duration: 4s, transform: {wheat: bread}}
        """,
    )
    act = next(act for act in shot.drawing.acts if isinstance(act, acts.Morph))
    wheat, bread = shot.at.boxes["wheat"], shot.at.boxes["bread"]
    middle = wheat.shifted((bread.left - wheat.left) / 2, 0)

    def there(t: float, box) -> bool:  # type: ignore[no-untyped-def]
        return shot.over_ground(t, box.inset(30, 8)) > 8

    half = act.start_s + act.duration_s / 2
    assert [there(act.start_s - 0.1, box) for box in (wheat, middle, bread)] == [True, False, False]
    assert there(half, middle)
    assert [there(3.9, box) for box in (wheat, middle, bread)] == [False, False, True]


def test_a_beat_that_is_too_short_is_played_faster_and_ends_in_time(tmp_path: Path) -> None:
    shot = performed(tmp_path, BUFFER.replace("duration: 3s", "duration: 0.5s"))
    for beat in shot.shot.beats:
        inside = [act for act in shot.drawing.acts if beat.start_s <= act.start_s < beat.end_s]
        assert all(act.end_s <= beat.end_s for act in inside)


def test_an_auto_beat_lasts_as_long_as_what_happens_in_it(tmp_path: Path) -> None:
    shot = performed(tmp_path, BUFFER.replace("duration: 3s, ", ""))
    for beat in shot.shot.beats:
        inside = [act.end_s for act in shot.drawing.acts if beat.start_s <= act.start_s < beat.end_s]
        assert max(inside) <= beat.end_s


def test_the_paper_theme_draws_the_same_things_elsewhere_coloured(tmp_path: Path) -> None:
    ink, paper = performed(tmp_path / "a"), performed(tmp_path / "b", theme="paper")
    assert ink.at.boxes == paper.at.boxes
    assert paper.frame(5.0).mean() > 200 > 60 > ink.frame(5.0).mean()


def test_the_example_uses_the_same_verbs_for_something_else() -> None:
    example = discover()["diagram"].example
    assert "cache" in example and "move:" in example and "fill:" in example


def test_a_formula_is_the_same_pixels_however_often_a_process_draws_it(tmp_path: Path) -> None:
    shot = """
- id: rule
  kind: diagram
  nodes: {rule: {shape: formula, terms: {left: "b'", sign: ">", right: "c / t_d dot b"}}}
  beats:
    - {id: all, duration: 2s, write: [rule.left, rule.sign, rule.right]}
"""
    first, second, third = (performed(tmp_path / name, shot).frame(1.9) for name in ("a", "b", "c"))
    assert (first == second).all() and (second == third).all()
