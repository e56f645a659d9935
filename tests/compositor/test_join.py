"""Joining by stream copy: no frame is lost, and what does not fit is refused."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from explainers.compositor.encoder import encode_picture
from explainers.compositor.join import Part, join
from explainers.compositor.layer import TileLayer, blank
from explainers.compositor.picture import Picture
from explainers.errors import RenderFailed


def picture(frames: int, color=(0, 0, 255, 255), size=(320, 180), fps=30) -> Picture:
    background = np.empty((size[1], size[0], 4), np.uint8)
    background[:] = (42, 23, 15, 255)
    tile = blank(60, 60, 20, 20)
    tile.pixels[:] = color
    layer = TileLayer(tile)
    layer.track("dx").to(150, 0, 1)
    return Picture(*size, fps, frames, background, (layer,))


@pytest.fixture(scope="module")
def parts(tmp_path_factory) -> list[Part]:
    folder = tmp_path_factory.mktemp("parts")
    encode_picture(picture(40), folder / "a.mp4", keyframes=(20,))
    encode_picture(picture(1, (0, 255, 0, 255)), folder / "b.mp4")
    encode_picture(picture(25, (255, 0, 0, 255)), folder / "c.mp4")
    return [Part(folder / "a.mp4", 40), Part(folder / "b.mp4", 1), Part(folder / "c.mp4", 25)]


@pytest.fixture(scope="module")
def joined(parts, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("joined") / "video.mp4"
    join(parts, path, {"title": "A title", "comment": "content abc"})
    return path


def test_the_frames_are_exactly_the_sum(parts, joined, tmp_path, ffprobe):
    again = join(parts, tmp_path / "again.mp4")
    assert again.frames == 66
    stream = ffprobe(joined, "-count_frames", "-show_streams")["streams"][0]
    assert int(stream["nb_read_frames"]) == int(stream["nb_frames"]) == 66
    assert Fraction(stream["duration_ts"]) * Fraction(stream["time_base"]) == Fraction(66, 30)


def test_the_prober_sees_what_the_web_needs(joined, ffprobe):
    answer = ffprobe(joined, "-show_streams", "-show_format")
    assert len(answer["streams"]) == 1
    stream = answer["streams"][0]
    expected = {
        "codec_name": "h264",
        "profile": "High",
        "pix_fmt": "yuv420p",
        "color_range": "tv",
        "color_space": "bt709",
        "color_primaries": "bt709",
        "color_transfer": "iec61966-2-1",
        "r_frame_rate": "30/1",
        "avg_frame_rate": "30/1",
        "start_pts": 0,
        "codec_tag_string": "avc1",
        "has_b_frames": 0,
    }
    assert {name: stream[name] for name in expected} == expected
    assert answer["format"]["tags"]["comment"] == "content abc"
    assert answer["format"]["tags"]["title"] == "A title"


def test_the_frame_rate_is_constant_and_each_join_is_a_keyframe(joined, ffprobe):
    packets = ffprobe(joined, "-show_packets")["packets"]
    ticks = [packet["pts"] for packet in packets]
    assert [packet["dts"] for packet in packets] == ticks
    assert set(np.diff(ticks)) == {packets[0]["duration"]}
    assert [i for i, packet in enumerate(packets) if "K" in packet["flags"]] == [0, 20, 40, 41]


def test_the_index_stands_in_front_of_the_data(joined):
    data = joined.read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")


def test_the_same_parts_give_the_same_bytes(parts, joined, tmp_path):
    join(parts, tmp_path / "again.mp4", {"title": "A title", "comment": "content abc"})
    assert (tmp_path / "again.mp4").read_bytes() == joined.read_bytes()


def test_the_codec_string_names_profile_and_level(parts, tmp_path):
    assert join(parts, tmp_path / "v.mp4").codec == "avc1.64000d"


def test_the_pictures_are_the_parts_own(parts, joined):
    import av

    def frames(path):
        with av.open(str(path)) as container:
            return [frame.to_ndarray() for frame in container.decode(video=0)]

    expected = [frame for part in parts for frame in frames(part.path)]
    assert all(np.array_equal(a, b) for a, b in zip(frames(joined), expected, strict=True))


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"size": (640, 360)}, "codec settings differs|size differs"),
        ({"fps": 25}, "codec settings differs|frame rate differs"),
    ],
)
def test_a_part_of_another_size_or_rate_is_refused(parts, tmp_path, other, words):
    encode_picture(picture(5, **other), tmp_path / "odd.mp4")
    with pytest.raises(RenderFailed, match=f"odd.mp4.*({words})"):
        join([parts[0], Part(tmp_path / "odd.mp4", 5)], tmp_path / "video.mp4")


def test_a_part_without_all_its_frames_is_refused(parts, tmp_path):
    with pytest.raises(RenderFailed, match=r"c\.mp4 has 25 frames where 26 were planned"):
        join([parts[0], Part(parts[2].path, 26)], tmp_path / "video.mp4")


def test_nothing_is_not_joined(tmp_path):
    with pytest.raises(RenderFailed, match="nothing to join"):
        join([], tmp_path / "video.mp4")
