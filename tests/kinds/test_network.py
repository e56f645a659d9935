"""network: sizes are computed, contradictions are mistakes with a place, tensors are blocks at one scale."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
import yaml
from pictured import at, drawn, has, notes, planned, small, write_pair

from explainers.compositor.layer import Rect
from explainers.compositor.picture import Picture
from explainers.errors import InvalidInput
from explainers.kinds import draw
from explainers.kinds.base import Stretch
from explainers.kinds.network import entrances
from explainers.kinds.network.blocks import layout_of, way_of
from explainers.kinds.network.params import Params
from explainers.kinds.network.tensors import sizes_of
from explainers.plan import load_plan
from explainers.stage import Stage

BACKBONE = {"id": "net", "taps": {"fine": {"stride": "4"}, "deep": {"stride": "16"}}}


def sizes(layers: list[dict[str, Any]], size: str = "384x576x3", classes: int | None = None) -> Any:
    return sizes_of(
        Params.model_validate({"size": size, "layers": layers, **({"classes": "c"} if classes else {})}),
        classes,
    )


def layer(root: Path, name: str, **change: Any) -> list[dict[str, Any]]:
    """The example's layers with one of them changed."""
    text = planned(root, "network").project.storyboard_path("network").read_text()
    layers = yaml.safe_load(text)["shots"][0]["layers"]
    return [{**one, **change} if one["id"] == name else one for one in layers]


def test_sizes_follow_from_strides_and_factors() -> None:
    found = sizes(
        [
            BACKBONE,
            {"id": "wide", "channels": "128", "parallel": [{"id": "a", "conv": "3x3", "rate": "6"}]},
            {"id": "up", "upsample": "4"},
            {"id": "low", "from": "net.fine", "conv": "1x1", "channels": "48"},
            {"id": "both", "concat": ["low", "up"]},
            {"id": "all", "upsample": "4"},
        ]
    )
    assert found.mistakes == []
    assert {name: str(one) for name, one in found.tensors.items()} == {
        "input": "384×576×3",
        "net.fine": "96×144",
        "net.deep": "24×36",
        "net": "24×36",
        "wide": "24×36×128",
        "up": "96×144×128",
        "low": "96×144×48",
        "both": "96×144×176",
        "all": "384×576×176",
    }


def test_tensors_of_different_sizes_are_not_put_together() -> None:
    found = sizes(
        [BACKBONE, {"id": "low", "from": "net.fine", "conv": "1x1"}, {"id": "both", "concat": ["low", "net"]}]
    )
    (mistake,) = found.mistakes
    assert mistake.code == "wrong-size"
    assert mistake.loc == ("layers", 2, "concat", 1)
    assert "24×36" in mistake.message and "96×144" in mistake.message


def test_a_stride_that_does_not_divide_the_picture_is_a_mistake() -> None:
    (mistake,) = sizes([BACKBONE], "380x576x3").mistakes
    assert mistake.loc == ("layers", 0, "taps", "deep", "stride")


def test_a_size_that_comes_out_otherwise_is_a_mistake_at_its_line(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        planned(tmp_path / "b", "network", {"layers": layer(tmp_path / "a", "up", size="32x40")})
    (problem,) = caught.value.problems
    assert problem.message == "up comes out as 32×48×64, not 32×40"
    assert problem.place and "size: 32x40" in (problem.source_line or "")


def test_the_last_layer_must_fit_the_classes_and_the_picture(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="12 channels come out, the class table has 7 classes"):
        planned(tmp_path / "b", "network", {"layers": layer(tmp_path / "a", "scores", channels=12)})
    with pytest.raises(InvalidInput, match="the label map comes out as 64×96, the picture is 128×192"):
        planned(tmp_path / "d", "network", {"layers": layer(tmp_path / "c", "larger", upsample=2)})


def test_an_unknown_tensor_names_the_nearest(tmp_path: Path) -> None:
    change = layer(tmp_path / "a", "low")
    change[3]["from"] = "backbone.fin"
    with pytest.raises(InvalidInput, match=r"did you mean 'backbone\.fine'"):
        planned(tmp_path / "b", "network", {"layers": change})


def block(picture: Picture, name: str, t: float, part: str = "panel") -> Rect:
    layer = next(one for one in picture.layers if one.name == name and one.part == part)
    return layer.box(layer.state(t))


def test_sizes_stand_with_their_blocks(tmp_path: Path) -> None:
    words = notes(drawn(tmp_path, "network")[1])
    assert {"128×192×3", "32×48×24", "8×12×96", "8×12×64 each", "32×48×80", "128×192×7"} <= set(words)


def test_blocks_have_one_scale_and_their_depth_follows_their_channels(tmp_path: Path) -> None:
    shot = small(planned(tmp_path, "network").shots[0])
    stage = Stage(shot.canvas, shot.theme, shot.duration_s)
    layout = layout_of(stage, shot.params, sizes_of(shot.params, 7), 0.0, 900.0)
    scales = [block.face.width / block.tensor.width for block in layout.blocks.values()]
    assert max(scales) < 1.1 * min(scales)
    assert layout.pictures["input"].width / 192 == pytest.approx(sum(scales) / len(scales), rel=0.06)
    depths = {name: block.depth[0] / block.tensor.channels for name, block in layout.blocks.items()}
    assert max(depths.values()) == pytest.approx(min(depths.values()), rel=0.01)
    assert layout.blocks["concat"].light == pytest.approx(16 / 80)


@pytest.mark.parametrize("canvas", [(1920, 1080), (1080, 1080), (1080, 1920)])
def test_the_way_fills_the_frame_and_nothing_on_it_overlaps(tmp_path: Path, canvas: tuple[int, int]) -> None:
    shot = small(planned(tmp_path, "network").shots[0], Stretch(*canvas, 30))
    stage = Stage(shot.canvas, shot.theme, shot.duration_s)
    bottom = 0.8 * stage.height
    layout = layout_of(stage, shot.params, sizes_of(shot.params, 7), 0.0, bottom)
    boxes = [layout.box(stop) for stop in layout.stops]
    ends = [(box.top, box.bottom) if layout.upright else (box.left, box.right) for box in boxes]
    on_way = ends[1:-1] if layout.beside else ends
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(on_way))
    long = bottom if layout.upright else stage.width
    assert ends[0][1] > 0.08 * long and ends[-1][0] < 0.94 * long and ends[-1][1] > 0.95 * long
    assert layout.beside == (canvas[0] == canvas[1])


def test_in_a_square_the_pictures_stand_whole_beside_the_way(tmp_path: Path) -> None:
    shot = small(planned(tmp_path, "network").shots[0], Stretch(1080, 1080, 30))
    picture = draw(shot)
    t = shot.duration_s - 0.05
    one, other = block(picture, "bay", t, "picture"), block(picture, "output", t, "picture")
    for box in (one, other):
        assert box.left >= -1 and box.right - box.left == pytest.approx(
            1.5 * (box.bottom - box.top), rel=0.03
        )
        assert box.right - box.left > 0.3 * picture.width
    assert one.top >= -1 and one.bottom < other.top
    right = max(one.right, other.right)
    panels = [layer for layer in picture.layers if layer.part == "panel"]
    assert len(panels) == 8 and all(layer.box(layer.state(t)).left > right for layer in panels)
    # Their words are on neither picture.
    words = [x for x in picture.layers if x.name in ("bay", "output") and x.part == "label" and x.state(t)]
    assert len(words) >= 2
    for box in (layer.box(layer.state(t)) for layer in words):
        assert one.bottom <= box.top and box.bottom <= other.top
    # At an end that branches lead to, the picture stays on the way.
    layers = [
        {"id": "a", "parallel": [{"id": "b", "conv": "3x3"}, {"id": "c", "conv": "1x1"}], "channels": 8}
    ]
    plain = Params.model_validate({"size": "64x96x3", "layers": layers})
    stage = Stage(Stretch(1080, 1080, 30), shot.theme, 4.0)
    assert not layout_of(stage, plain, sizes_of(plain), 0.0, 800.0).beside


def test_a_layer_that_reads_an_earlier_tensor_stands_beside_the_way(tmp_path: Path) -> None:
    shot = small(planned(tmp_path, "network").shots[0])
    stops, arches, under = way_of(shot.params, sizes_of(shot.params, 7))
    assert [stop.sort for stop in stops] == ["input", "block", "block", "fan", "op", "block", "output"]
    assert arches == {"low": ("backbone.fine", "concat")}
    assert [layer.id for layer in under] == ["refine", "larger", "scores"]
    plain = Params.model_validate(
        {"size": "64x64x3", "layers": [{"id": "a", "conv": "3x3"}, {"id": "b", "conv": "3x3"}]}
    )
    assert [stop.sort for stop in way_of(plain, sizes_of(plain))[0]] == ["input", "block", "block"]


def test_a_block_peels_off_the_one_before_it_with_its_beat(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "network")
    start, end = shot.beat("wide").start_s, shot.beat("wide").end_s
    face = next(one for one in picture.layers if (one.name, one.part) == ("far", "picture"))
    assert face.state(start) is None
    source = block(picture, "backbone.deep", end, "picture")
    first, last = (face.box(face.state(t)) for t in (start + 0.3, end - 0.1))
    assert abs(first.left - source.left) < abs(last.left - source.left)
    # Until then its outline is there, faint.
    ghost = next(one for one in picture.layers if (one.name, one.part) == ("far", "outline"))
    assert 0 < ghost.state(start)[2] < 0.5 and ghost.state(end) is None


def test_layers_come_with_the_one_before_them_where_no_beat_names_them(tmp_path: Path) -> None:
    shot = small(planned(tmp_path, "network").shots[0])
    found = entrances(shot)
    assert found["backbone"] < found["wide"] < found["up"] < found["low"] < found["concat"]
    assert found["refine"] == found["scores"] == found["concat"] < found["output"]
    without = small(planned(tmp_path / "b", "network", {"beats": None}).shots[0])
    assert set(entrances(without).values()) == {0.0}


def test_at_the_end_both_pictures_come_in_whole(tmp_path: Path) -> None:
    beats = [
        {"id": "all", "reveal": ["backbone", "output"], "duration": "3s"},
        {"id": "map", "whole": "true", "duration": "3s"},
    ]
    shot, picture = drawn(tmp_path / "a", "network", {"beats": beats})
    t = shot.duration_s - 0.05
    one, other = block(picture, "bay", t, "picture"), block(picture, "output", t, "picture")
    assert one.left >= 0 and one.right <= other.left and other.right <= picture.width + 1
    assert next(x for x in picture.layers if x.name == "concat").state(t) is None
    with pytest.raises(InvalidInput, match="nothing has come out yet"):
        planned(tmp_path / "b", "network", {"beats": [{"id": "a", "reveal": ["wide"], "whole": "true"}]})


def test_a_network_without_classes_shows_the_picture_that_goes_in(tmp_path: Path) -> None:
    change = {"classes": None, "input_label": "a photo", "beats": None}
    _, picture = drawn(tmp_path / "a", "network", change)
    assert "a photo" in notes(picture)
    assert has(at(picture, 1.9), (127, 183, 230), 20)
    with pytest.raises(InvalidInput, match="'output_label' has no effect on a network without `classes`"):
        planned(tmp_path / "b", "network", {**change, "output_label": "scores"})
    with pytest.raises(InvalidInput, match="there is no layer 'output'"):
        planned(tmp_path / "c", "network", {"classes": None})


def test_the_authors_pair_goes_in_and_comes_out(tmp_path: Path) -> None:
    files = (
        "files:\n  captures/a.jpg: {shows: a, from: palette}\n  captures/b.png: {shows: b, from: palette}\n"
    )
    plan = planned(tmp_path, "network")
    folder = plan.project.assets_dir("network")
    (folder / "assets.yaml").write_text((folder / "assets.yaml").read_text() + files)
    board = plan.project.storyboard_path("network")
    board.write_text(
        board.read_text().replace(
            "  stand_in: bay", "  stand_in: bay\n  image: captures/a.jpg\n  labels: captures/b.png"
        )
    )
    assert len(load_plan(plan.project, "network").shots[0].missing) == 2
    write_pair(folder / "captures", "a.jpg", "b.png")
    shot = small(load_plan(plan.project, "network").shots[0])
    picture = draw(shot)
    assert has(at(picture, 0.5), (40, 90, 200), 200)
    assert has(at(picture, shot.duration_s - 0.1), (128, 128, 128), 200)
    assert "drawn" not in notes(picture)
