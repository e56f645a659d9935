"""What is sampled of a picture over time: states, names, ink, what clips, and how full the safe area is."""

from __future__ import annotations

import json
import random

import pytest

from explainers.check.geometry import FORMAT, Samples, samples_of
from explainers.compositor import geometry
from explainers.compositor.layer import Rect
from explainers.compositor.patches import Clipped
from explainers.compositor.picture import Painter
from explainers.compositor.samples import RATE
from explainers.kinds.base import Stretch
from explainers.stage import Box, Stage
from explainers.theme import INK

FPS, SECONDS = 20, 4.0


@pytest.fixture
def stage() -> Stage:
    return Stage(Stretch(960, 540, FPS), INK, SECONDS)


def sampled(stage: Stage) -> Samples:
    described = geometry.describe(stage.picture(), [])
    assert described["geometry"] == FORMAT
    return samples_of(json.loads(json.dumps(described)))


def test_a_layer_is_followed_with_its_names_from_where_it_is_to_where_it_goes(stage: Stage) -> None:
    with stage.named("s1", "chip"):
        stage.panel(Box(200, 300, 300, 360), fill="#FF0000").move(1.0, 400, 0, 1.0).fade(3.0, 0.5, 0.5)
    (one,) = sampled(stage).layers
    assert (one.name, one.part, one.pinned) == ("s1", "chip", False)
    assert one.at(0).box[0] == pytest.approx(100, abs=2) and one.at(79).box[0] == pytest.approx(300, abs=2)
    assert one.at(0).opacity == 1.0 and one.at(79).opacity == 0.5
    lefts = [state.box[0] for state in one.states]
    assert lefts == sorted(lefts) and len(one.states) > RATE
    ((first, until),) = one.when(0.9, 80)
    assert first == 0 and 62 <= until <= 64


def test_what_stands_still_is_one_state_however_long(stage: Stage) -> None:
    stage.words("Still", 200, 400)
    stage.panel(Box(800, 300, 900, 360), fill="#FF0000").enter(2.0)
    words, panel = sampled(stage).layers[::-1]
    assert len(words.states) == 1 and words.words == "Still"
    assert panel.states[0].opacity == 0.0 and panel.states[-1].opacity == 1.0


def test_rests_lie_between_the_samples_at_which_something_seen_changes(stage: Stage) -> None:
    stage.panel(Box(800, 300, 900, 360), fill="#FF0000").move(1.0, 100, 0, 1.0)
    stage.panel(Box(100, 300, 200, 360), fill="#FF0000").hide().move(2.5, 100, 0, 1.0)
    rests = list(sampled(stage).rests())
    assert [
        (pytest.approx(start, abs=2), pytest.approx(end, abs=2)) for start, end in ((0, 20), (40, 80))
    ] == rests


def test_ink_is_the_words_and_not_their_box_unless_they_are_cut(stage: Stage) -> None:
    label = stage.middle("Words", 500, 400)
    stage.layers = [Clipped(layer, Rect(0, 0, 240, 540), 0.0) for layer in label.layers]
    stage.middle("Words", 500, 600)
    cut, whole = sampled(stage).layers
    assert cut.cut == (0, 0, 240, 540) and cut.ink_at(0) == cut.at(0).box
    left, top, right, bottom = whole.ink_at(0)
    box = whole.at(0).box
    assert box[0] <= left < right <= box[2] and box[1] < top < bottom <= box[3]


def used(stage: Stage) -> float:
    return sampled(stage).filled[0][1]


def test_how_full_the_safe_area_is_follows_what_is_painted(stage: Stage) -> None:
    assert used(stage) == 0.0
    stage.panel(stage.safe, outline="#FFFFFF")
    outline = used(stage)
    assert 0.1 < outline < 0.4
    stage.panel(stage.safe, fill="#FFFFFF")
    assert used(stage) == 1.0


def test_a_large_word_takes_up_more_around_it_than_a_small_one(stage: Stage) -> None:
    stage.words("III", 900, 500, 30)
    small = used(stage)
    stage.layers.clear()
    stage.words("III", 900, 500, 160)
    assert used(stage) > 5 * small


def test_title_statement_and_source_are_counted_apart(stage: Stage) -> None:
    with stage.named("title", pinned=True):
        stage.words("A title", 96, 128, 60)
    ((_, whole, without), *_) = sampled(stage).filled
    assert whole > 0.0 and without == 0.0


@pytest.mark.parametrize("seed", range(4))
def test_every_state_covers_the_pixels_that_its_layer_changes(seed: int, stage: Stage) -> None:
    chance = random.Random(seed)
    for _ in range(6):
        x, y = chance.uniform(100, 1500), chance.uniform(100, 900)
        handle = stage.panel(Box(x, y, x + 120, y + 80), fill="#FFFFFF")
        handle.move(chance.uniform(0, 2), chance.uniform(-90, 90), chance.uniform(-90, 90), 1.0)
        handle.grow(chance.uniform(3, 3.4), chance.uniform(0.5, 1.5))
    samples, picture = sampled(stage), stage.picture()
    painter = Painter(picture)
    for frame in chance.sample(samples.grid, 8):
        painter.paint(frame)
        changed = (painter.pixels != picture.background)[:, :, :3].any(axis=2)
        for one in samples.layers:
            left, top, right, bottom = (int(edge) for edge in one.at(frame).box)
            changed[max(0, top) : bottom, max(0, left) : right] = False
        assert not changed.any(), frame
