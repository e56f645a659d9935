"""Drawn pictures, the engine's own and this project's streets: picture and label map are the same patches."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from explainers.compositor.drawn import DrawnPicture, Patch
from explainers.compositor.patches import scene_labels, scene_mask, scene_pixels
from explainers.kinds import discover

SIZE = (576, 384)
PICTURES = discover(Path(__file__).parents[2] / "scenes/segmentation").pictures
MAPPED = ("bay", "bay-at-dusk", "street", "plain-street")


@dataclass(eq=False)
class Flat(DrawnPicture):
    """Another picture whose patches have, in place of their colour, a gray that stands for their label."""

    of: DrawnPicture

    def __post_init__(self) -> None:
        self.name, self.labels, self.size = self.of.name, self.of.labels, self.of.size

    def patches(self, t: float) -> list[Patch]:
        grays = {name: (index + 1) * 20 / 255 for index, name in enumerate(self.labels)}
        labelled = ((patch, patch.label) for patch in self.of.patches(t) if patch.label is not None)
        return [patch._replace(color=(grays[name],) * 3, opacity=1.0) for patch, name in labelled]


@pytest.mark.parametrize("name", MAPPED)
def test_painted_in_one_gray_a_label_the_picture_is_the_map(name: str) -> None:
    picture = PICTURES[name]
    codes = scene_labels(picture, 2.0, picture.labels, *SIZE)
    painted = scene_pixels(Flat(picture), 2.0, *SIZE)[:, :, 0].astype(int)
    inside = painted % 20 == 0
    # Between two grays a smoothed edge may be a third one: what has no such pixel beside it is inside.
    smooth = np.zeros(codes.shape, bool)
    smooth[1:] |= codes[1:] != codes[:-1]
    smooth[:-1] |= codes[1:] != codes[:-1]
    smooth[:, 1:] |= codes[:, 1:] != codes[:, :-1]
    smooth[:, :-1] |= codes[:, 1:] != codes[:, :-1]
    assert (inside & ~smooth).mean() > 0.8
    # What is thinner than a pixel is mixed with what lies under it, and may come out as a third gray.
    same = painted[inside & ~smooth] // 20 - 1 == codes[inside & ~smooth]
    assert same.mean() > 0.999
    backwards = scene_labels(picture, 2.0, picture.labels[::-1], *SIZE)
    assert np.array_equal(codes, len(picture.labels) - 1 - backwards)


@pytest.mark.parametrize("name", ["bay", "street"])
def test_every_label_is_seen(name: str) -> None:
    picture = PICTURES[name]
    codes = scene_labels(picture, 3.0, picture.labels, *SIZE)
    assert {picture.labels[code] for code in np.unique(codes)} == set(picture.labels)


@pytest.mark.parametrize("name", MAPPED)
def test_every_moment_covers_the_whole_picture(name: str) -> None:
    picture = PICTURES[name]
    for t in (0.0, 2.2, 5.0, 9.0):
        assert scene_labels(picture, t, ("nothing", *picture.labels), *SIZE).min() > 0


def test_a_picture_is_a_pure_function_of_time() -> None:
    street = PICTURES["street"]
    first = scene_pixels(street, 1.25, 288, 192)
    scene_pixels(street, 3.0, 288, 192)
    assert np.array_equal(first, scene_pixels(street, 1.25, 288, 192))
    assert not np.array_equal(first, scene_pixels(street, 1.5, 288, 192))


@pytest.mark.parametrize(
    ("name", "tag", "label"), [("street", "motorcycle", "MotorcycleScooter"), ("bay", "boat", "Boat")]
)
def test_what_is_pointed_at_lies_inside_its_class(name: str, tag: str, label: str) -> None:
    picture = PICTURES[name]
    mask = scene_mask(picture, 2.5, tag, *SIZE)
    codes = scene_labels(picture, 2.5, picture.labels, *SIZE)
    assert mask.sum() > 500
    assert set(np.unique(codes[mask])) == {picture.labels.index(label)}
