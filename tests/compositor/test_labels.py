"""Label maps: colours, ids and palette indices are told apart, and what is of no class is named."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from tempfile import gettempdir

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from explainers.compositor.labels import LabelClass, _around, colored, read_labels, shares
from explainers.errors import InvalidInput

CLASSES = (
    LabelClass("Sky", "Sky", "#808080"),
    LabelClass("Road", "Road", "#804080"),
    LabelClass("Car", "Car", "#400080"),
)
NUMBERED = tuple(
    LabelClass(one.name, one.words, one.color, at) for one, at in zip(CLASSES, (7, 0, 24), strict=True)
)
CODES = np.kron(np.array([[0, 0, 1, 2], [1, 1, 1, 2], [0, 2, 1, 1]], np.uint8), np.ones((30, 30), np.uint8))
CITY = (
    *[("road", "#804080"), ("sidewalk", "#F423E8"), ("building", "#464646"), ("sky", "#4682B4")],
    *[("car", "#00008E"), ("vegetation", "#6B8E23")],
)


def saved(path: Path, image: Image.Image, **how: object) -> Path:
    image.save(path, **how)
    return path


def indexed(codes: np.ndarray, colors: list[int]) -> Image.Image:
    image = Image.new("P", codes.shape[::-1])
    image.putdata(codes.reshape(-1).tolist())
    image.putpalette(colors)
    return image


def read(path: Path, image: Image.Image, classes: tuple[LabelClass, ...] = CLASSES) -> np.ndarray:
    return read_labels(saved(path, image), classes)


def problem(path: Path, image: Image.Image, classes: tuple[LabelClass, ...] = CLASSES) -> str:
    with pytest.raises(InvalidInput) as error:
        read(path, image, classes)
    assert [one.code for one in error.value.problems] == ["wrong-labels"]
    return error.value.problems[0].message


def test_colours_are_read_however_they_are_stored(tmp_path: Path) -> None:
    rgb = Image.fromarray(colored(CODES, CLASSES))
    swapped = indexed(2 - CODES, [*(64, 0, 128), *(128, 64, 128), *(128, 128, 128)])
    for image in (rgb, rgb.convert("RGBA"), rgb.convert("P", palette=Image.Palette.ADAPTIVE), swapped):
        # Palette indices that would do for ids are not taken for them where the colours say which is which.
        for classes in (CLASSES, NUMBERED):
            assert np.array_equal(read(tmp_path / "a.png", image, classes), CODES)


def test_numbers_are_ids_where_the_table_says_whose(tmp_path: Path) -> None:
    numbers = np.array([7, 0, 24], np.uint8)[CODES]
    gray = Image.fromarray(numbers)
    wide = Image.fromarray(numbers.astype(np.uint16) * 1)
    for image in (gray, gray.convert("RGB"), wide, indexed(numbers, [9, 200, 3] * 256)):
        assert np.array_equal(read(tmp_path / "a.png", image, NUMBERED), CODES)
    large = tuple(LabelClass(one.name, one.words, one.color, 1000 * at) for at, one in enumerate(CLASSES))
    deep = Image.fromarray(CODES.astype(np.uint16) * 1000)
    assert np.array_equal(read(tmp_path / "a.png", deep, large), CODES)


@pytest.mark.parametrize("image", [Image.fromarray(CODES), indexed(CODES, [9, 200, 3] * 256)])
def test_numbers_without_a_word_on_whose_they_are_refused(tmp_path: Path, image: Image.Image) -> None:
    said = problem(tmp_path / "a.png", image)
    assert "(0, 1, 2)" in said
    assert "column `id`" in said
    assert "25.00\u202f% of its pixels, first at x 0, y 0" in said


def test_a_number_of_no_class_is_named_with_its_place(tmp_path: Path) -> None:
    numbers = np.array([7, 0, 24], np.uint8)[CODES]
    numbers[50:, 11:20] = 255
    said = problem(tmp_path / "a.png", Image.fromarray(numbers), NUMBERED)
    assert "255, #FFFFFF, in 3.33\u202f% of its pixels, first at x 11, y 50" in said


def test_black_and_white_are_colours_where_these_are_the_classes(tmp_path: Path) -> None:
    classes = (LabelClass("Background", "", "#000000", 0), LabelClass("Crop", "", "#FFFFFF", 1))
    codes = (CODES == 1).astype(np.uint8)
    assert np.array_equal(read(tmp_path / "a.png", Image.fromarray(codes * 255), classes), codes)
    assert np.array_equal(read(tmp_path / "a.png", Image.fromarray(codes), classes), codes)
    # Without a word on ids, 1 is no black that something has changed a little.
    mute = tuple(LabelClass(one.name, "", one.color) for one in classes)
    assert "column `id`" in problem(tmp_path / "a.png", Image.fromarray(codes), mute)
    bits = Image.fromarray(codes * 255).convert("1")
    assert np.array_equal(read(tmp_path / "a.png", bits, classes), codes)
    turned = (LabelClass("Crop", "", "#000000", 1), LabelClass("Background", "", "#010101", 0))
    assert "both the colours and the ids" in problem(tmp_path / "a.png", Image.fromarray(codes), turned)


def test_another_data_sets_table_is_noticed(tmp_path: Path) -> None:
    city = tuple(LabelClass(name, name, color) for name, color in CITY)
    said = problem(tmp_path / "a.png", Image.fromarray(colored(CODES, CLASSES)), city)
    assert "another data set" in said
    said = problem(tmp_path / "a.png", Image.fromarray(colored(CODES % 6, city)))
    assert "another data set" in said


def test_transparent_pixels_are_of_no_class(tmp_path: Path) -> None:
    image = Image.fromarray(colored(CODES, CLASSES)).convert("RGBA")
    image.putpixel((40, 3), (128, 64, 128, 0))
    assert "transparent in 0.01\u202f% of its pixels, first at x 40, y 3" in problem(
        tmp_path / "a.png", image
    )


def test_blends_of_a_smoothly_resized_map_go_to_what_meets_there(tmp_path: Path) -> None:
    # Sky and car blend to what is nearer to road at places; no road is anywhere near.
    codes = np.where(np.arange(120)[None] < 61, 0, 2).astype(np.uint8).repeat(90, 0)
    small = Image.fromarray(colored(codes, CLASSES)).rotate(7, fillcolor=(64, 0, 128))
    image = small.resize((300, 230), Image.Resampling.BICUBIC).crop((40, 40, 260, 190))
    noise = np.random.default_rng(3).integers(-2, 3, (150, 220, 3))
    noisy = Image.fromarray((np.asarray(image).astype(int) + noise).clip(0, 255).astype(np.uint8))
    assert sorted(np.unique(read(tmp_path / "a.png", noisy))) == [0, 2]


palettes = st.lists(st.tuples(*[st.integers(0, 255)] * 3), min_size=2, max_size=9).filter(
    lambda colors: (
        min(np.linalg.norm(np.subtract(a, b)) for i, a in enumerate(colors) for b in colors[:i]) > 100
    )
)


def mosaic(seed: int, count: int, cell: int) -> np.ndarray:
    """Areas of classes: cells, with discs over them."""
    random = np.random.default_rng(seed)
    grid = random.integers(0, count, (160 // cell + 1, 200 // cell + 1)).astype(np.uint8)
    codes = np.kron(grid, np.ones((cell, cell), np.uint8))[:160, :200]
    y, x = np.mgrid[:160, :200]
    for _ in range(3):
        at = random.integers(0, 160, 2)
        codes[(x - at[0]) ** 2 + (y - at[1]) ** 2 < random.integers(8, 40) ** 2] = random.integers(count)
    return codes


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    palettes,
    st.integers(0, 10**6),
    st.integers(18, 60),
    st.integers(70, 98),
    st.sampled_from(["JPEG", "WEBP"]),
)
def test_what_compression_does_is_undone_and_foreign_areas_are_named(
    colors: list[tuple[int, int, int]], seed: int, cell: int, quality: int, form: str
) -> None:
    classes = tuple(LabelClass(str(at), "", "#{:02X}{:02X}{:02X}".format(*c)) for at, c in enumerate(colors))
    codes = mosaic(seed, len(classes), cell)
    path = Path(gettempdir(), f"explainers-labels-{seed}.{form.lower()}")
    path = saved(path, Image.fromarray(colored(codes, classes)), format=form, quality=quality)
    known = classes[:-1]
    try:
        found = read_labels(path, classes)
        assert (found != codes).mean() < 0.02
        assert max(abs(a - b) for a, b in zip(shares(found, 9), shares(codes, 9), strict=True)) < 0.01
        # Without its last class the map holds areas of no class, if they are more than a line.
        patch = ~_around(codes != len(known), 9)
        if len(known) > 1 and patch.any():
            with pytest.raises(InvalidInput, match="no class"):
                read_labels(path, known)
    finally:
        path.unlink()


@settings(max_examples=25, deadline=None)
@given(palettes, st.integers(0, 10**6), st.integers(0, 159), st.integers(0, 199), st.integers(1, 3))
def test_in_a_clean_map_a_single_foreign_pixel_is_named(
    colors: list[tuple[int, int, int]], seed: int, y: int, x: int, side: int
) -> None:
    classes = tuple(LabelClass(str(at), "", "#{:02X}{:02X}{:02X}".format(*c)) for at, c in enumerate(colors))
    pixels = colored(mosaic(seed, len(classes) - 1, 25), classes)
    pixels[y : y + side, x : x + side] = colors[-1]
    data = BytesIO()
    Image.fromarray(pixels).save(data, "PNG")
    path = Path(gettempdir(), f"explainers-labels-{seed}-{y}-{x}.png")
    path.write_bytes(data.getvalue())
    try:
        assert (read_labels(path, classes) == len(classes) - 1).sum() > 0
        with pytest.raises(InvalidInput, match=f"{classes[-1].color} in .*first at x {x}, y {y}"):
            read_labels(path, classes[:-1])
    finally:
        path.unlink()
