"""sequence, timeline, code and split: what happens when, what is where, what is refused with its place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml
from pictured import at, drawn, planned

from explainers.compositor.picture import Painter, still
from explainers.errors import InvalidInput
from explainers.kinds import discover, draw
from explainers.kinds.sequence import happens
from explainers.kinds.split import pane_of
from explainers.kinds.timeline import Clock, Params, _of_run, extent, spans_of
from explainers.plan import load_plan
from explainers.runs.model import Provenance, Requests, Run, Totals

NEW = ("sequence", "timeline", "code", "split")


def layers(picture, name: str, part: str | None = None) -> list:
    return [one for one in picture.layers if one.name == name and part in (None, one.part)]


@pytest.mark.parametrize("kind", NEW)
def test_a_frame_drawn_alone_is_the_frame_in_sequence(kind: str, tmp_path: Path) -> None:
    _, picture = drawn(tmp_path, kind)
    painter = Painter(picture)
    for frame in range(0, picture.duration_frames, 7):
        painter.paint(frame)
        if frame % 5 == 0:
            assert np.array_equal(painter.pixels[:, :, 2::-1], still(picture, frame)[:, :, :3]), frame


@pytest.mark.parametrize("kind", NEW)
@pytest.mark.parametrize("aspect", ["16:9", "1:1", "9:16"])
def test_words_stay_in_the_frame_in_every_shape(kind: str, aspect: str, tmp_path: Path) -> None:
    plan = load_plan(discover()[kind].write_example(tmp_path), kind, "draft", aspect=aspect)
    picture = draw(plan.shots[0], plan.kinds)
    seen = 0
    for layer in picture.layers:
        state = layer.state(plan.shots[0].duration_s - 0.02)
        if state is not None and layer.note and layer.note.kind == "text":
            box, seen = layer.box(state), seen + 1
            assert box.left >= 0 and box.right <= picture.width, layer.note
            assert box.top >= 0 and box.bottom <= picture.height, layer.note
    assert seen > 3


def test_messages_come_in_order_and_each_at_its_beat(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "sequence")
    times = happens(shot)
    assert list(times.values()) == sorted(times.values())
    assert times["again"] >= shot.beat("hit").start_s > times["answer"]
    (line,) = layers(picture, "again", "line")[:1]
    assert line.state(times["again"] - 0.05) is None and line.state(times["again"] + 0.7) is not None
    tops = [layers(picture, name, "line")[0].tile.y for name in ("ask", "fetch", "page", "answer")]
    assert tops == sorted(tops)


def test_lengths_of_spans_and_totals_are_those_of_the_table(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "timeline")
    low, high = extent(shot)
    clock = Clock(shot, low, high)
    assert (low, high) == (0.0, 12.0) and clock.moment(shot.duration_s) == 12.0
    for moment in (1.0, 4.5, 5.0, 9.25):
        when = clock.when(moment)
        assert when is not None and clock.moment(when) == pytest.approx(moment)
    bars = [one for one in layers(picture, "a") if one.part.startswith("bar")]
    lengths = [span.end - span.start for span in spans_of(shot) if span.lane == "a" and span.end]
    widths = [layer.tile.width for layer in bars if layer.note and layer.note.kind == "data"]
    assert np.allclose(np.array(widths) / widths[1], np.array(lengths) / lengths[1], atol=0.06)
    (total,) = layers(picture, "b", "value")
    done = [total.state(shot.beat(name).end_s - 0.05)[0] for name in ("first", "both")]
    assert done == ["0", "7"]


def test_lines_that_both_versions_have_travel_and_the_rest_is_dimmed_but_read(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "code")
    change = shot.beat("index").start_s
    kept, gone = (
        [one for one in layers(picture, f"line {n}", "code") if one.note.text.startswith(begin)]
        for n, begin in ((1, "def"), (2, "for"))
    )
    assert any(one.state(change + 2.0) for one in kept) and not any(one.state(change + 2.0) for one in gone)
    focus = shot.beat("scan").start_s + 1.0
    bright = [one.state(focus)[2] for one in kept if one.state(focus)]
    assert bright == [1.0]


def test_lines_too_long_for_an_upright_frame_go_on_in_further_rows(tmp_path: Path) -> None:
    long = "    queue = sorted(requests, key=lambda request: request.arrival_time)\n    return queue\n"
    change = {"text": long, "versions": {}, "parts": {}, "beats": [{"id": "x", "focus": ["2"]}]}
    project = discover()["code"].write_example(tmp_path)
    path = project.storyboard_path("code")
    board = yaml.safe_load(path.read_text())
    shot = {key: value for key, value in board["shots"][0].items() if key not in ("file", "lines")}
    path.write_text(yaml.safe_dump({**board, "shots": [shot | change]}))
    plan = load_plan(project, "code", "draft", aspect="9:16")
    picture = draw(plan.shots[0], plan.kinds)
    shown = [
        [one for one in layers(picture, f"line {n}", "code") if one.state(1.0) is not None] for n in (1, 2)
    ]
    boxes = [tiles[-1].box(tiles[-1].state(1.0)) for tiles in shown]
    assert all(box.left >= 0 and box.right <= picture.width for box in boxes)
    # The long line takes three rows, and the next one stands under the last of them.
    assert boxes[0].bottom - boxes[0].top > 2 * (boxes[1].bottom - boxes[1].top)
    assert boxes[1].top >= boxes[0].bottom - 2


def test_a_beat_reaches_into_both_panes(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "split")
    (code, code_kind, left), (diagram, diagram_kind, right) = (
        pane_of(shot, key) for key in ("first", "second")
    )
    assert (code_kind.name, diagram_kind.name) == ("code", "diagram") and left.right < right.left
    assert code.beats[0].params.pointer == "2" and diagram.beats[0].params.fill
    (pointer,) = layers(picture, "pointer")
    second = shot.beat("b")
    before, after = (pointer.box(pointer.state(t)) for t in (second.start_s, second.end_s - 0.1))
    assert after.top > before.top and after.right < left.right
    token = layers(picture, "a")
    boxes = [one.box(state) for one in token if (state := one.state(shot.duration_s - 0.1)) is not None]
    assert boxes and all(box.left >= right.left for box in boxes)
    assert (at(picture, second.start_s) != at(picture, second.end_s - 0.1)).any()


STEPS = [{"id": "ask", "from": "client", "to": "cache", "text": "x"}]
PLAIN: dict = {"frames": None, "beats": None}
REFUSED = [
    ("sequence", {**PLAIN, "steps": [{**STEPS[0], "to": "cach"}]}, "did you mean 'cache'"),
    ("sequence", {**PLAIN, "steps": [{**STEPS[0], "reply": True}]}, "reply-to-nothing"),
    ("sequence", {**PLAIN, "steps": [{"id": "n", "over": "client"}]}, "says its text"),
    ("sequence", {"steps": [{"id": "s", "stop": "disk"}, {"id": "m", "from": "disk", "to": "cache"}],
                  "frames": None, "beats": None}, "has-stopped"),
    ("sequence", {"beats": [{"id": "a", "show": ["quick", "ask"]}]}, "out-of-order"),
    ("sequence", {"frames": {"f": {"label": "l", "first": "page", "last": "ask"}}}, "out-of-order"),
    ("timeline", {"lane": "machin"}, "did you mean 'machine'"),
    ("timeline", {"lanes": {"a": "A"}}, "lane-left-out"),
    ("timeline", {"roles": {"lod": "accent"}}, "did you mean 'load'"),
    ("timeline", {"beats": [{"id": "x", "until": 6}, {"id": "y", "until": 4}]}, "a later moment"),
    ("timeline", {"table": None}, "a table or a run"),
    ("code", {"language": "pyton"}, "did you mean 'python'"),
    ("code", {"text": None}, "one of file and text"),
    ("code", {"beats": [{"id": "x", "pointer": "9"}]}, "lines from 1 to 5"),
    ("code", {"beats": [{"id": "x", "to": "indexd"}]}, "did you mean 'indexed'"),
    ("code", {"parts": {"scan": "4-9"}}, "out-of-range"),
    ("split", {"first": {"kind": "cod"}}, "did you mean 'code'"),
    ("split", {"first": {"text": "x"}}, "'kind' is missing"),
    ("split", {"first": {"kind": "split"}}, "any other kind"),
    ("split", {"first": {"kind": "code", "txt": "a"}}, "did you mean 'text'"),
    ("split", {"beats": [{"id": "a", "first": {"pointr": "2"}}]}, "did you mean 'pointer'"),
    ("split", {"beats": [{"id": "a", "first": {"pointer": "7"}}]}, "lines from 1 to 4"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "change", "says"), REFUSED)
def test_what_is_wrong_is_refused_with_its_place(kind: str, change: dict, says: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        planned(tmp_path, kind, change)
    assert any(says in one.text() and one.place and one.place.line > 1 for one in caught.value.problems), str(
        caught.value
    )


def test_a_mistake_in_a_pane_stands_on_its_beat(tmp_path: Path) -> None:
    project = discover()["split"].write_example(tmp_path)
    path = project.storyboard_path("split")
    lines = path.read_text().replace('pointer: "3"', 'pointer: "8"').splitlines()
    path.write_text("\n".join(lines))
    with pytest.raises(InvalidInput) as caught:
        load_plan(project, "split")
    assert lines[caught.value.problems[0].place.line - 1].count('pointer: "8"') == 1


def test_a_run_s_requests_wait_are_prefilled_and_decode() -> None:
    at_s = np.array([0.0, 0.5])
    requests = Requests(
        ("r1", "r2"), at_s, at_s + 2.0, at_s + 5.0, np.array([3, 3]), np.array([8, 8]), start_s=at_s + 1.0
    )
    spans = list(_of_run(Run(Provenance(), Totals(), requests=requests), Params(run="x", axis="s", first=1)))
    found = [(one.lane, one.value, one.start, one.end) for one in spans]
    assert found == [("r1", "waiting", 0, 1), ("r1", "prefill", 1, 2), ("r1", "decode", 2, 5)]
