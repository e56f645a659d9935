"""What small words stand on: their plate's own colour, not the half tones beside their ink."""

from __future__ import annotations

import numpy as np
import pytest

from explainers.film.geometry import ink_of
from explainers.film.layer import Note, TileLayer, blank

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
