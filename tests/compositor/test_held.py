"""Held frames: copied, not encoded, and what a decoder shows is the same picture as before."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from explainers import ffmpeg
from explainers.compositor.encoder import Profile, as_video_frames, record
from explainers.compositor.held import Bits, numbered, units
from explainers.errors import RenderFailed

SIZE = (176, 144)
MOVES = "M..MM.M" + "." * 20 + "MM.M"
"""Frames that are moved (M) and held; longer than the numbers of frames, which wrap after sixteen."""


def painted(moves: str = MOVES, seed: int = 2) -> Iterator[av.VideoFrame | None]:
    """A noisy picture in which a square moves; None where it is held."""
    noise = np.random.default_rng(seed).integers(0, 255, (SIZE[1], SIZE[0], 3)).astype(np.uint8)

    def pictures() -> Iterator[np.ndarray]:
        for number, _ in enumerate(filter("M".__eq__, moves)):
            picture = noise.copy()
            picture[40:80, 8 * number : 8 * number + 40] = (250, 120, 20)
            yield picture

    moved = as_video_frames(pictures(), *SIZE)
    return (next(moved) if move == "M" else None for move in moves)


def decoded(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray() for frame in container.decode(video=0)]


def test_a_held_frame_is_the_one_before_sample_for_sample(tmp_path: Path) -> None:
    assert record(painted(), tmp_path / "a.mp4", SIZE, 30) == len(MOVES)
    frames = decoded(tmp_path / "a.mp4")
    assert len(frames) == len(MOVES)
    for number, move in enumerate(MOVES[1:], 1):
        same = np.array_equal(frames[number], frames[number - 1])
        assert same == (move == "."), number


def test_moved_frames_after_held_ones_are_as_close_to_what_was_drawn_as_any(tmp_path: Path) -> None:
    record(painted(), tmp_path / "a.mp4", SIZE, 30, profile=Profile(crf=12))
    for shown, frame in zip(decoded(tmp_path / "a.mp4"), painted(), strict=True):
        if frame is not None:
            # A picture that is referred to wrongly is off by far more.
            assert np.abs(shown.astype(int) - frame.to_ndarray().astype(int)).mean() < 4


def test_ffmpeg_decodes_it_without_a_word_and_at_a_constant_rate(tmp_path: Path) -> None:
    record(painted(), tmp_path / "a.mp4", SIZE, 30, keyframes=[9])
    command = [ffmpeg.executable(), "-v", "warning", "-err_detect", "explode", "-xerror"]
    answer = subprocess.run(
        [*command, "-i", str(tmp_path / "a.mp4"), "-f", "null", "-"], capture_output=True, text=True
    )
    assert answer.returncode == 0 and not answer.stderr.strip(), answer.stderr
    with av.open(str(tmp_path / "a.mp4")) as container:
        packets = [packet for packet in container.demux(video=0) if packet.dts is not None]
    ticks = {later.pts - packet.pts for packet, later in pairwise(packets)}
    assert len(ticks) == 1
    assert [number for number, packet in enumerate(packets) if packet.is_keyframe] == [0, 9]


def test_a_frame_held_for_long_begins_anew_where_a_keyframe_is_due(tmp_path: Path) -> None:
    profile = Profile(keyframe_every_s=1)
    record(painted("M" + "." * 24), tmp_path / "a.mp4", SIZE, 10, profile=profile)
    with av.open(str(tmp_path / "a.mp4")) as container:
        keys = [packet.is_keyframe for packet in container.demux(video=0) if packet.dts is not None]
    assert [number for number, key in enumerate(keys) if key] == [0, 10, 20]


def test_held_frames_are_tiny_and_the_same_bytes_each_time(tmp_path: Path) -> None:
    for name, moves in (("a", "M"), ("b", "M" + "." * 28), ("c", "M" + "." * 28)):
        record(painted(moves), tmp_path / f"{name}.mp4", SIZE, 30)
    sizes = {name: (tmp_path / f"{name}.mp4").stat().st_size for name in "ab"}
    assert sizes["b"] - sizes["a"] < 28 * 80
    assert (tmp_path / "b.mp4").read_bytes() == (tmp_path / "c.mp4").read_bytes()


def test_numbers_of_frames_may_look_like_a_start_code() -> None:
    # frame_num is the 4 bits after 8 + 7 bits; set to 0 it leaves zeros that a start code begins with.
    slice_ = bytes([0x41, 0b10011011, 0b11100000, 0x00, 0x01, 0x55])
    changed = numbered(slice_, 16, 4)
    assert changed == bytes([0x41, 0b10011010, 0x00, 0x00, 0x03, 0x01, 0x55])
    assert numbered(changed, 15, 4) == slice_
    assert units(b"\x00\x00\x00\x01" + changed + b"\x00\x00\x01" + slice_) == [changed, slice_]


def test_headers_that_end_too_early_are_refused() -> None:
    assert Bits(bytes([0b00101000])).golomb() == 4
    with pytest.raises(RenderFailed, match="can't be read"):
        Bits(b"\x00\x00").golomb()
