"""Conformed captures: size, constant rate, the right frames, the right colours."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from real import COLOR, counting, made, moving, plain

from explainers.footage.conform import Frames, Request, conform
from explainers.footage.media import probe


def request_for(path: Path, size: tuple[int, int], rate: int = 30, **changes: object) -> Request:
    media = probe(path)
    facts = {"from_s": 0.0, "until_s": media.duration_s, "window": (0, 0, media.width, media.height)}
    return Request(media=media, width=size[0], height=size[1], rate=Fraction(rate), **{**facts, **changes})  # type: ignore[arg-type]


def frames_of(request: Request, folder: Path) -> Frames:
    out = folder / "out.mp4"
    conform(request, out)
    return Frames(out, request.frames)


@pytest.mark.parametrize(
    ("matrix", "full", "pixels", "size"),
    [
        ("bt601", True, "yuv420p", "320x240"),
        ("bt601", False, "yuv420p", "320x240"),
        ("bt709", False, "yuv420p", "1280x720"),
        ("bt709", True, "yuv444p", "1280x720"),
    ],
)
def test_colours_come_out_right(tmp_path: Path, matrix: str, full: bool, pixels: str, size: str) -> None:
    frames = frames_of(request_for(plain(tmp_path / "a.mp4", matrix, full, pixels, size), (64, 48)), tmp_path)
    middle = frames.bgra(3)[24, 32, 2::-1].astype(int)
    assert np.abs(middle - COLOR).max() <= 2


def test_an_independent_prober_sees_what_was_promised(tmp_path: Path, ffprobe) -> None:  # type: ignore[no-untyped-def]
    request = request_for(moving(tmp_path / "a.mp4", "322x182", 24), (160, 90), 60)
    frames_of(request, tmp_path)
    stream = ffprobe(tmp_path / "out.mp4", "-show_streams", "-count_frames")["streams"][0]
    assert (stream["width"], stream["height"], stream["pix_fmt"]) == (160, 90, "yuv420p")
    assert (stream["color_space"], stream["color_range"], stream["r_frame_rate"]) == ("bt709", "tv", "60/1")
    assert int(stream["nb_read_frames"]) == request.frames == 120


def test_every_frame_is_the_one_on_screen_at_its_time(tmp_path: Path) -> None:
    frames = frames_of(request_for(counting(tmp_path / "a.mp4"), (64, 48), 60), tmp_path)
    levels = [int(np.frombuffer(frames.at(n).planes[0], np.uint8)[0]) for n in (0, 1, 2, 3, 60, 119)]
    assert levels == pytest.approx([20, 20, 23, 23, 110, 197], abs=1)


@pytest.mark.parametrize("width", [62, 64, 68, 98, 100, 436])
def test_a_frame_is_whole_up_to_its_last_column(tmp_path: Path, width: int) -> None:
    frames = frames_of(request_for(counting(tmp_path / "a.mp4"), (width, 48)), tmp_path)
    for number in (5, 50):
        pixels = frames.bgra(number)
        assert pixels.shape == (48, width, 4) and pixels.strides[0] == 4 * width
        assert np.ptp(pixels.astype(int), axis=1).max() <= 2


def test_a_trimmed_capture_begins_and_ends_where_asked(tmp_path: Path) -> None:
    request = request_for(counting(tmp_path / "a.mp4"), (64, 48), 30, from_s=0.5, until_s=1.0)
    frames = frames_of(request, tmp_path)
    levels = [int(np.frombuffer(frames.at(n).planes[0], np.uint8)[0]) for n in (0, 14)]
    assert request.frames == 15 and levels == pytest.approx([65, 107], abs=1)


def test_a_variable_rate_keeps_its_own_times(tmp_path: Path) -> None:
    source = counting(tmp_path / "a.mp4")
    select = "select='lt(n,10)+gte(n,40)'"
    encode = ["-fps_mode", "vfr", "-c:v", "libx264", "-qp", "1"]
    gap = made(tmp_path / "gap.mp4", "-i", str(source), "-vf", select, *encode)
    frames = frames_of(request_for(gap, (64, 48)), tmp_path)
    levels = [int(np.frombuffer(frames.at(n).planes[0], np.uint8)[0]) for n in (9, 25, 39, 40)]
    assert levels == pytest.approx([47, 47, 47, 140], abs=1)


def test_a_turned_capture_comes_out_upright(tmp_path: Path) -> None:
    half = "color=c=white:s=64x32:r=10:d=0.5,drawbox=x=0:y=0:w=32:h=32:c=black:t=fill"
    source = made(tmp_path / "a.mp4", "-f", "lavfi", "-i", half, "-c:v", "libx264", "-pix_fmt", "yuv420p")
    turned = made(tmp_path / "turned.mp4", "-display_rotation", "90", "-i", str(source), "-c", "copy")
    pixels = frames_of(request_for(turned, (32, 64), 10), tmp_path).bgra(0)
    # Turned left by 90 degrees, what was black on the left is at the bottom.
    assert pixels[8, 16, 0] > 230 and pixels[56, 16, 0] < 25


def test_what_is_transparent_shows_the_colour_below(tmp_path: Path) -> None:
    clear = "color=c=red@0.0:s=64x32:r=10:d=0.5,format=yuva420p"
    source = made(tmp_path / "a.webm", "-f", "lavfi", "-i", clear, "-c:v", "libvpx-vp9")
    assert probe(source).alpha
    pixels = frames_of(request_for(source, (64, 32), 10, over="#0F172A"), tmp_path).bgra(0)
    assert np.abs(pixels[16, 32, 2::-1].astype(int) - (0x0F, 0x17, 0x2A)).max() <= 2


def test_a_window_is_cut_out_of_odd_sizes(tmp_path: Path) -> None:
    split = "color=c=black:s=321x241:r=10:d=0.5,drawbox=x=160:y=0:w=161:h=241:c=white:t=fill"
    source = made(tmp_path / "a.mp4", "-f", "lavfi", "-i", split, "-c:v", "libx264", "-pix_fmt", "yuv444p")
    pixels = frames_of(request_for(source, (80, 60), 10, window=(160, 0, 321, 241)), tmp_path).bgra(2)
    assert pixels[30, 2, 0] > 230 and pixels[30, 78, 0] > 230


def test_an_image_sequence_plays_in_natural_order(tmp_path: Path) -> None:
    folder = tmp_path / "frames"
    folder.mkdir()
    for number in range(1, 12):
        Image.new("RGB", (32, 32), (number * 20,) * 3).save(folder / f"it's {number}.png")
    request = request_for(folder, (32, 32), 10)
    frames = frames_of(request, tmp_path)
    values = [int(frames.bgra(n)[16, 16, 0]) for n in (0, 1, 9, 10)]
    assert request.frames == 11 and values == pytest.approx([20, 40, 200, 220], abs=2)


def test_conforming_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    request = request_for(moving(tmp_path / "a.mp4"), (160, 90))
    for name in ("one.mp4", "two.mp4"):
        conform(request, tmp_path / name)
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()


def test_frames_may_be_asked_for_in_any_order(tmp_path: Path) -> None:
    request = request_for(counting(tmp_path / "a.mp4"), (64, 48))
    frames = frames_of(request, tmp_path)
    again = Frames(tmp_path / "out.mp4", request.frames)
    for number in (50, 3, 49, 59, 0, 31):
        alone = np.array(again.bgra(number))
        assert np.array_equal(frames.bgra(number), alone)
