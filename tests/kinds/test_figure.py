"""Figures: sharp at every zoom, there only when they are shown."""

from __future__ import annotations

from pathlib import Path

import cairo
import numpy as np
import pytest
from footage_shots import drawn, example, problems_in
from PIL import Image

from explainers.errors import InvalidInput
from explainers.footage.art import open_art

SHOT = "- {id: one, kind: figure, file: %s%s}"


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    """Two pages of 400 x 200 points: black from the middle on, and one that is all red."""
    path = tmp_path / "a.pdf"
    surface = cairo.PDFSurface(str(path), 400, 200)
    ctx = cairo.Context(surface)
    ctx.rectangle(200, 0, 200, 200)
    ctx.fill()
    ctx.show_page()
    ctx.set_source_rgb(1, 0, 0)
    ctx.paint()
    surface.finish()
    return path


@pytest.fixture
def svg(tmp_path: Path) -> Path:
    path = tmp_path / "a.svg"
    path.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 200">'
        '<rect x="200" width="200" height="200"/></svg>'
    )
    return path


@pytest.mark.parametrize("name", ["a.pdf", "a.svg"])
def test_a_vector_figure_is_sharp_however_close(pdf: Path, svg: Path, name: str) -> None:
    art = open_art(pdf.with_name(name))
    assert (round(art.width), round(art.height)) == (400, 200)
    close = art.raster((195, 95, 205, 105), (800, 800))
    row = close[400, :, 0].astype(int)
    assert row[390] == 255 and row[410] == 0
    assert ((row > 10) & (row < 245)).sum() <= 2, "an edge is one pixel wide, however close"


def test_a_page_is_picked_and_a_missing_one_is_named(pdf: Path) -> None:
    assert tuple(open_art(pdf, 2).raster((0, 0, 400, 200), (40, 20))[10, 20, :3]) == (0, 0, 255)
    with pytest.raises(InvalidInput, match=r"a.pdf has no page 3: it has 2"):
        open_art(pdf, 3)


def test_what_is_transparent_lies_on_white(tmp_path: Path) -> None:
    Image.new("RGBA", (40, 20), (0, 0, 0, 0)).save(tmp_path / "a.png")
    assert (open_art(tmp_path / "a.png").raster((0, 0, 40, 20), (40, 20)) == 255).all()


def test_wrong_files_say_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_text("no pdf")
    (tmp_path / "b.svg").write_text("<svg")
    (tmp_path / "c.pdf").write_bytes(b"%PDF-1.4\nbroken")
    (tmp_path / "d.svg").touch()
    for name, words in (
        ("a.pdf", "named as PDF"),
        ("b.svg", "no SVG"),
        ("c.pdf", "no PDF that can be read"),
        ("d.svg", "no bytes"),
    ):
        with pytest.raises(InvalidInput, match=rf"{name}.*{words}"):
            open_art(tmp_path / name)


def test_a_part_is_not_there_before_its_beat(tmp_path: Path, svg: Path) -> None:
    beats = "duration: 6s, beats: [{id: a, duration: 2s}, {id: b, duration: 3s, show: [right]}]"
    shot = drawn(
        tmp_path, SHOT % ("a.svg", f", regions: {{right: [0.5, 0, 0.5, 1]}}, {beats}"), {"a.svg": svg}
    )
    height, width = shot.picture.height, shot.picture.width
    probe = height // 2, width * 6 // 10
    assert tuple(shot.frame(1.0)[probe]) == (255, 255, 255)
    assert tuple(shot.frame(5.0)[probe]) == (0, 0, 0)


def test_a_zoom_comes_to_rest_as_sharp_as_the_figure(tmp_path: Path, svg: Path) -> None:
    beats = "duration: 4s, beats: [{id: a, duration: 3s, zoom: [0.4, 0.4, 0.2, 0.2]}]"
    shot = drawn(tmp_path, SHOT % ("a.svg", f", {beats}"), {"a.svg": svg})
    row = shot.frame(2.5)[shot.picture.height // 2, :, 1].astype(int)
    dark = np.flatnonzero(row < 5)
    edge = row[dark[dark > shot.picture.width * 0.4][0] - 3 :][:3]
    assert (edge > 245).sum() >= 2


def test_unknown_parts_are_named_with_the_nearest(tmp_path: Path, svg: Path) -> None:
    beats = "beats: [{id: a, show: [rihgt]}]"
    found = problems_in(
        tmp_path, SHOT % ("a.svg", f", regions: {{right: [0.5, 0, 0.5, 1]}}, {beats}"), {"a.svg": svg}
    )
    assert [one.code for one in found] == ["unknown-name"] and found[0].did_you_mean == "right"


def test_the_example_reveals_its_halves(tmp_path: Path) -> None:
    shot = example("figure", tmp_path)
    early, late = shot.frame(1.5), shot.frame(3.8)
    assert (early != late).any(axis=2).sum() > 2000
