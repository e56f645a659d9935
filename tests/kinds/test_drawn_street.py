"""The drawn streets: a picture and a label map of the same patches."""

from __future__ import annotations

import numpy as np
import pytest

from explainers.stage.drawn import scene_labels, scene_mask, scene_pixels
from explainers.stage.street import scene
from explainers.stage.street_things import LABELS

SIZE = (576, 384)


def test_the_street_shows_all_nine_classes() -> None:
    codes = scene_labels(scene("street"), 3.0, LABELS, *SIZE)
    seen = {LABELS[code] for code in np.unique(codes)}
    assert seen == set(LABELS)


def test_the_map_is_the_pictures_own_patches() -> None:
    """Painted in one flat colour a label, the picture is the map, but for smoothed edges."""
    street = scene("street")
    codes = scene_labels(street, 2.0, LABELS, *SIZE)
    for patch in (one for one in street.patches(2.0) if one.label == "SignSymbol" and not one.oval):
        x, y = patch.points.mean(axis=0)
        if 0 <= x < SIZE[0] and 0 <= y < SIZE[1]:
            assert codes[int(y), int(x)] < len(LABELS)
    again = scene_labels(street, 2.0, tuple(reversed(LABELS)), *SIZE)
    assert np.array_equal(codes, len(LABELS) - 1 - again)


def test_a_scene_is_a_pure_function_of_time() -> None:
    street = scene("street")
    first = scene_pixels(street, 1.25, 288, 192)
    scene_pixels(street, 3.0, 288, 192)
    assert np.array_equal(first, scene_pixels(street, 1.25, 288, 192))
    assert not np.array_equal(first, scene_pixels(street, 1.5, 288, 192))


def test_what_is_pointed_at_lies_inside_its_class() -> None:
    street = scene("street")
    mask = scene_mask(street, 2.5, "motorcycle", *SIZE)
    codes = scene_labels(street, 2.5, LABELS, *SIZE)
    assert mask.sum() > 500
    assert set(np.unique(codes[mask])) == {LABELS.index("MotorcycleScooter")}


@pytest.mark.parametrize("name", ["street", "plain-street"])
def test_every_moment_of_a_drive_covers_the_whole_picture(name: str) -> None:
    for t in (0.0, 2.2, 5.0, 9.0):
        pixels = scene_pixels(scene(name), t, 144, 96)
        assert pixels.min() > 0 or (pixels.sum(axis=2) > 0).all()
