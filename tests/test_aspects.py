"""One storyboard, three shapes: each is laid out anew, with the shorter side kept."""

from __future__ import annotations

import json

import pytest

from explainers.cli import run
from explainers.errors import UsageError
from explainers.kinds import discover, draw
from explainers.plan import load_plan


@pytest.mark.parametrize(
    ("aspect", "size"), [("16:9", (640, 360)), ("1:1", (360, 360)), ("9:16", (360, 640))]
)
@pytest.mark.parametrize("kind", ["title", "bars", "diagram", "race"])
def test_a_kind_s_example_fits_the_safe_area_in_every_shape(tmp_path, kind, aspect, size):
    project = discover()[kind].write_example(tmp_path)
    plan = load_plan(project, kind, "draft", aspect=aspect)
    assert (plan.canvas.width, plan.canvas.height) == size
    picture = draw(plan.shots[0])
    texts = [layer for layer in picture.layers if layer.note and layer.note.kind == "text"]
    assert texts
    end_s = plan.shots[0].duration_s - 0.01
    for layer in texts:
        state = layer.state(end_s)
        if state is not None:
            box = layer.box(state)
            assert box.left >= 0 and box.right <= size[0] and box.top >= 0 and box.bottom <= size[1], (
                layer.note
            )


def test_an_unknown_shape_is_named_with_those_there_are(tmp_path):
    project = discover()["title"].write_example(tmp_path)
    with pytest.raises(UsageError, match="16:9, 1:1, 9:16"):
        load_plan(project, "title", "draft", aspect="4:3")


def test_the_referee_judges_the_shape_it_is_asked_for(tmp_path, monkeypatch, capsys):
    discover()["bars"].write_example(tmp_path)
    monkeypatch.chdir(tmp_path)
    common = ["bars", "--quality", "draft", "--aspect", "9:16"]
    assert run(["render", *common, "-j1", "--no-check"]) == 0
    capsys.readouterr()
    run(["check", *common, "--json"])
    (upright,) = json.loads(capsys.readouterr().out)["videos"]
    run(["check", *common[:3], "--json"])
    (wide,) = json.loads(capsys.readouterr().out)["videos"]
    # Of the shape that was drawn pictures are judged, of the other one they are not there.
    assert not upright["not_checked"] and wide["not_checked"]
