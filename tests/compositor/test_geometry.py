"""The geometry of a picture: where words stand, what hides them, what they stand on."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from explainers.check.geometry import SEEN, samples_of
from explainers.compositor import geometry
from explainers.compositor.geometry import ink_of
from explainers.compositor.layer import Note, TileLayer, blank
from explainers.compositor.picture import still
from explainers.kinds.base import Stretch
from explainers.stage import Box, Stage
from explainers.theme import INK


@pytest.fixture
def stage() -> Stage:
    return Stage(Stretch(960, 540, 10), INK, 4.0)


def only(stage: Stage, t: float = 1.0) -> dict:
    found = geometry.describe(stage.picture(), [t])
    json.dumps(found)
    (text,) = found["moments"][0]["texts"]
    return text


def test_the_box_of_a_text_is_that_of_its_pixels(stage: Stage) -> None:
    stage.words("Quick brown fox", 300, 500)
    left, top, right, bottom = only(stage)["box"]
    picture = stage.picture()
    ground = picture.background[:, :, 2::-1].astype(int)
    inked = abs(still(picture, 10).astype(int) - ground).sum(axis=2) > 60
    rows, columns = inked.any(axis=1).nonzero()[0], inked.any(axis=0).nonzero()[0]
    found = (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
    assert all(abs(a - b) <= 1 for a, b in zip(found, (left, top, right, bottom), strict=True))


def test_a_shape_above_hides_its_share_of_the_ink_and_one_below_none(stage: Stage) -> None:
    stage.words("nnnnnnnnnnnnnnnnnnnn", 200, 500)
    width = stage.text_width("nnnnnnnnnnnnnnnnnnnn")
    stage.panel(Box(200, 400, 200 + width / 2, 600), fill="#FFFFFF", z=20)
    assert only(stage)["hidden"] == pytest.approx(0.5, abs=0.04)
    stage.layers[-1].z = 1
    assert only(stage)["hidden"] == 0.0


def test_the_ground_is_what_is_painted_below(stage: Stage) -> None:
    stage.words("On two grounds", 200, 500)
    found = only(stage)
    left, top, right, bottom = found["box"]
    lights = stage.picture().background[top:bottom, left:right, 0]
    darkest, lightest = (int(color[5:7], 16) for color in found["under"])
    assert lights.min() <= darkest < lightest <= lights.max()
    stage.panel(Box(150, 400, 350, 600), fill="#FFFFFF", z=1)
    darkest, lightest = only(stage)["under"]
    assert lights.min() <= int(darkest[5:7], 16) <= lights.max() and lightest == "#FFFFFF"


def test_texts_that_touch_are_told_and_lines_of_a_paragraph_are_not(stage: Stage) -> None:
    stage.words("The first line", 200, 400)
    stage.words("The second line", 220, 415)
    stage.paragraph("A paragraph of words that is broken into lines", 200, 600, 300)
    texts = geometry.describe(stage.picture(), [1.0])["moments"][0]["texts"]
    assert [bool(text["touches"]) for text in texts] == [True, *[False] * (len(texts) - 1)]


def test_visible_stretches_follow_entering_and_leaving(stage: Stage) -> None:
    stage.words("Here for a while", 200, 400).enter(1.0, duration_s=0.4).leave(3.0, duration_s=0.4)
    (layer,) = samples_of(geometry.describe(stage.picture(), [2.0])).layers
    ((start, end),) = layer.when(SEEN, 40)
    assert 10 <= start <= 13 and 30 <= end <= 34


def test_opacity_and_growth_are_told(stage: Stage) -> None:
    stage.words("Grown and faint", 300, 500).fade(0.0, 0.5, 0.2).grow(0.3, 1.5)
    text = only(stage, 2.0)
    assert (text["opacity"], text["grown"]) == (0.5, 1.5)


def test_a_changing_number_is_told_as_it_stands(stage: Stage) -> None:
    from explainers.compositor.layer import Note

    note = Note("text", "9.9", 46, "#E6EDF7", "#0F172A")
    stage.number(lambda t: (f"{t:.1f}", 300, 500, 1.0), [(0.0, 4.0)], note=note)
    found = geometry.describe(stage.picture(), [1.0, 2.5])["moments"]
    assert [moment["texts"][0]["text"] for moment in found] == ["1.0", "2.5"]


def test_a_number_nobody_wrote_a_note_for_is_seen_all_the_same(stage: Stage) -> None:
    stage.number(lambda t: (f"{t:.1f}", 300, 500, 1.0), [(0.0, 4.0)], 40.0, role="muted")
    found = geometry.describe(stage.picture(), [1.5])
    (layer,), (text,) = found["layers"], found["moments"][0]["texts"]
    assert (layer["kind"], layer["size"], layer["color"]) == ("text", 40.0, stage.theme.color("muted"))
    assert text["text"] == "1.5"


def test_rests_lie_where_nothing_moves_and_before_what_leaves(stage: Stage) -> None:
    stage.words("Moving", 200, 400).enter(0.0, duration_s=1.0).leave(2.8, duration_s=0.2)
    times = geometry.rest_times(stage.picture(), [2.0])
    moving = geometry.motion(stage.picture())
    assert moving == [(0.0, 1.0), (2.8, 3.0)]
    calm = [t for t in times if not any(start - 0.1 < t < end for start, end in moving)]
    assert len(calm) >= 3 and times == sorted(times) and max(times) < 4.0


def test_generated_layouts_are_judged_as_they_were_made() -> None:
    path = Path(__file__).parents[2] / "benchmarks" / "check_geometry.py"
    spec = importlib.util.spec_from_file_location("check_geometry", path)
    assert spec and spec.loader
    benchmark = importlib.util.module_from_spec(spec)
    import sys

    sys.modules["check_geometry"] = benchmark
    spec.loader.exec_module(benchmark)
    assert benchmark.main(15, 5)


# What small words stand on: their plate's own colour, not the half tones beside their ink.
PLATE, WORDS = (0x4B, 0x2A, 0x1D), (0xBF, 0xA3, 0x94)
"""Blue, green, red."""


def small_words(over: str, half_tones: int) -> TileLayer:
    """Two strokes on a plate, and rows of half tones between them."""
    tile = blank(8, 12)
    tile.pixels[:, :, :3], tile.pixels[:, :, 3] = PLATE, 255
    tile.pixels[2, :, :3] = tile.pixels[9, :, :3] = WORDS
    mixed = (np.array(PLATE) + np.array(WORDS)) // 2
    tile.pixels[3 : 3 + half_tones, :, :3] = mixed
    return TileLayer(tile, note=Note("text", "5", 34.0, color="#94A3BF", over=over))


def ground_of(layer: TileLayer) -> str | None:
    ink = ink_of(layer, layer.state(0.0))
    assert ink is not None
    return ink.ground


@pytest.mark.parametrize("half_tones", [0, 2, 5])
def test_a_declared_plate_that_is_seen_is_the_ground(half_tones: int) -> None:
    assert ground_of(small_words("#1D2A4B", half_tones)) == "#1D2A4B"


def test_a_declared_plate_that_is_not_there_is_not_believed() -> None:
    assert ground_of(small_words("#000000", 0)) == "#1D2A4B"
    assert ground_of(small_words("", 0)) == "#1D2A4B"
