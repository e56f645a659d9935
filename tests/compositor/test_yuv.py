"""Converting blocks must give the samples that converting the whole frame gives."""

import numpy as np
import pytest
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation

from explainers.compositor.layer import Rect
from explainers.compositor.yuv import YuvFrame, _view


def _noise(width: int, height: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 4), dtype=np.uint8)


def _whole(pixels: np.ndarray) -> list[np.ndarray]:
    frame = VideoFrame.from_numpy_buffer(pixels, format="bgra").reformat(
        format="yuv420p",
        src_colorspace=Colorspace.ITU709,
        dst_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.JPEG,
        dst_color_range=ColorRange.MPEG,
        interpolation=Interpolation.BICUBIC,
    )
    return [_view(plane).copy() for plane in frame.planes]


@pytest.mark.parametrize("size", [(640, 360), (1280, 720), (1920, 1080), (1080, 1080), (320, 180), (64, 36)])
def test_blocks_give_the_samples_of_the_whole_frame(size):
    pixels = _noise(*size, seed=7)
    yuv = YuvFrame(pixels)
    yuv.update([Rect(0, 0, *size)])
    for mine, reference in zip(yuv._planes, _whole(pixels), strict=True):
        assert np.array_equal(mine, reference)


def test_updating_what_changed_gives_the_samples_of_the_new_frame():
    pixels = _noise(1280, 720, seed=1)
    yuv = YuvFrame(pixels)
    yuv.update([Rect(0, 0, 1280, 720)])
    changed = Rect(315, 57, 700, 130)
    pixels[changed.top : changed.bottom, changed.left : changed.right] = _noise(385, 73, seed=2)
    before = yuv.blocks_converted
    yuv.update([changed])
    assert yuv.blocks_converted - before < 20
    for mine, reference in zip(yuv._planes, _whole(pixels), strict=True):
        assert np.array_equal(mine, reference)


def test_a_held_frame_converts_nothing():
    yuv = YuvFrame(_noise(640, 360, seed=3))
    yuv.update([])
    assert yuv.blocks_converted == 0


def test_known_colours_become_limited_range_bt709():
    pixels = np.zeros((180, 320, 4), np.uint8)
    pixels[:, :, 2] = 255
    yuv = YuvFrame(pixels)
    yuv.update([Rect(0, 0, 320, 180)])
    y, cb, cr = (int(plane[40, 40]) for plane in yuv._planes)
    assert abs(y - 63) <= 1 and abs(cb - 102) <= 1 and abs(cr - 240) <= 1
