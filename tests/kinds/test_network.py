"""network: sizes are computed, contradictions are mistakes with a place, kernels spread their taps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from pictured import at, drawn, has, notes, planned, small, write_pair

from explainers.errors import InvalidInput
from explainers.kinds import draw
from explainers.kinds.network.params import Params
from explainers.kinds.network.tensors import sizes_of
from explainers.plan import load_plan

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


def test_every_layer_stands_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="'low' stands in 0 lines"):
        rows = [["input", "backbone", "wide", "up"], ["concat", "refine", "larger", "scores", "output"]]
        planned(tmp_path, "network", {"rows": rows})


def test_sizes_stand_on_the_edges(tmp_path: Path) -> None:
    words = notes(drawn(tmp_path, "network")[1])
    assert "128×192×3" in words
    assert "32×48×24" in words
    assert "×80" in words


def test_a_network_without_classes_shows_the_picture_that_goes_in(tmp_path: Path) -> None:
    rows = [["input", "backbone", "wide", "up"], ["low", "concat", "refine", "larger", "scores"]]
    change = {"classes": None, "rows": rows, "input_label": "a photo"}
    _, picture = drawn(tmp_path / "a", "network", change)
    assert "illustration: a photo" in notes(picture)
    assert has(at(picture, 1.9), (127, 183, 230), 20)
    with pytest.raises(InvalidInput, match="'output_label' has no effect on a network without `classes`"):
        planned(tmp_path / "b", "network", {**change, "output_label": "scores"})
    with pytest.raises(InvalidInput, match="there is no layer 'output'"):
        planned(tmp_path / "c", "network", {"classes": None})


def test_a_kernels_taps_spread_by_its_rate(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "network")
    taps = [layer for layer in picture.layers if layer.note and layer.note.text == "tap"]
    t = shot.beat("wide").end_s - 0.35
    places = sorted({layer.state(t)[:2] for layer in taps if layer.state(t)})
    assert len(places) == 9
    across = sorted({x for x, _ in places})
    assert across[1] - across[0] == pytest.approx(across[2] - across[1], abs=1)
    grid = next(layer for layer in picture.layers if layer.note and layer.note.text == "map of 8×12")
    box = grid.box(grid.state(t))
    assert across[1] - across[0] == pytest.approx(2 * (box.right - box.left - 4) / 12, abs=2)
    assert "rate 2: nine taps," in notes(picture)
    assert "5 cells wide" in notes(picture)


def test_edges_end_just_before_their_boxes(tmp_path: Path) -> None:
    from explainers.kinds.network.blocks import CLEAR, layout_of
    from explainers.stage import Stage
    from explainers.stage.chrome import body_over

    shot = small(planned(tmp_path, "network").shots[0])
    stage = Stage(shot.canvas, shot.theme, shot.duration_s)
    layout = layout_of(stage, shot.params, sizes_of(shot.params), body_over(stage, shot), 1.5, beside=True)
    for edge in layout.edges:
        x, y = edge.points[-1]
        box = layout.boxes[edge.target]
        gap = min(abs(x - box.left), abs(y - box.top), abs(x - box.right), abs(y - box.bottom))
        assert gap == pytest.approx(CLEAR, abs=1.5), edge


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
    assert has(at(picture, 1.9), (40, 90, 200), 200)
    assert has(at(picture, 1.9), (64, 0, 128), 100)
    assert "illustration" not in notes(picture)
