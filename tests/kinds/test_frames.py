"""frames: a drive is cut, frames are picked, one is annotated class by class."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from pictured import at, drawn, has, notes, planned, small, write_pair

from explainers.compositor.layer import Layer
from explainers.compositor.picture import Picture
from explainers.errors import InvalidInput
from explainers.kinds import draw
from explainers.kinds.frames.draw import read_frames
from explainers.plan import load_plan


def write_video(path: Path, colors: list[tuple[int, int, int]], fps: int = 10, each: int = 5) -> None:
    """A video whose picture is one colour after another, `each` frames long."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv444p"
        for color in colors:
            for _ in range(each):
                pixels = np.full((64, 96, 3), color, np.uint8)
                container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode(None))


def test_classes_arrive_one_after_another_in_the_tables_order(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "frames")
    beat = shot.beat("annotate")
    early, late = at(picture, beat.start_s + 0.35 * beat.duration_s), at(picture, beat.end_s)
    legend = np.s_[:, 560:]
    assert has(early[legend], (128, 128, 0))
    assert not has(early[legend], (64, 0, 128))
    assert has(late[legend], (64, 0, 128))


def test_the_last_step_shows_the_whole_label_map(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "frames")
    frame = at(picture, shot.duration_s - 0.1)[:330, :560]
    for color in ((0, 0, 192), (128, 128, 128), (128, 128, 0), (64, 0, 128)):
        assert has(frame, color, 400)


def cut_frames(picture: Picture) -> dict[int, Layer]:
    """The frames of the strip by their numbers."""
    return {
        int(layer.note.text.split()[1]): layer
        for layer in picture.layers
        if layer.note and layer.note.text.startswith("frame ")
    }


def test_frames_peel_off_the_drive_and_rest_in_the_strip(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "frames")
    frames = cut_frames(picture)
    assert len(frames) == 8
    end = shot.beat("film").end_s - 0.05
    shown = [sum(layer.state(t) is not None for layer in frames.values()) for t in (0.3, 1.5, 2.7, end)]
    assert shown == sorted(shown)
    assert (shown[0], shown[-1]) == (0, 8)
    # On its way a frame begins nearly half as large as the drive, and ends where it rests.
    flying = [layer for layer in picture.layers if not layer.note and layer.state(0.45) and layer.z == 6.0]
    boxes = [flying[0].box(flying[0].state(t)) for t in (0.41, 0.6, 0.9)]
    assert 0.4 * picture.width < boxes[0].width < 0.5 * picture.width
    assert boxes[0].width > boxes[1].width > boxes[2].width
    slot = frames[1].box(frames[1].state(end))
    assert slot.left <= boxes[2].left and boxes[2].right <= slot.right


def test_picked_frames_stay_bright_and_others_are_dimmed(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "frames")
    t = shot.beat("pick").end_s - 0.1
    opacity = {number: layer.state(t)[2] for number, layer in cut_frames(picture).items()}
    assert {number for number, share in opacity.items() if share > 0.9} == {2, 6}


def test_the_drawn_drive_is_said_once(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "frames")
    assert notes(picture).count("drawn") == 1
    assert shot.provenance == "illustration"


def test_what_a_beat_points_at_is_outlined_in_the_drawn_frame_alone(tmp_path: Path) -> None:
    beats = [
        {"id": "film", "show": "film"},
        {"id": "map", "show": "map", "point": {"at": "boat", "text": "a boat is a Boat"}},
    ]
    _, picture = drawn(tmp_path / "a", "frames", {"beats": beats})
    assert "a boat is a Boat" in notes(picture)
    assert any(layer.name == "boat" for layer in picture.layers)
    beats[1]["point"]["at"] = "boats"
    with pytest.raises(InvalidInput, match="shows no 'boats' in the annotated frame") as caught:
        planned(tmp_path / "b", "frames", {"beats": beats})
    assert caught.value.problems[0].did_you_mean == "boat"
    beats = [{"id": "film", "show": "film", "point": {"at": "boat", "text": "early"}}]
    with pytest.raises(InvalidInput, match="no annotated frame yet"):
        planned(tmp_path / "c", "frames", {"beats": beats})


def test_the_drawn_drive_begins_at_its_moment(tmp_path: Path) -> None:
    early, late = (
        at(drawn(tmp_path / when, "frames", {"stand_in_at": when})[1], 0.1) for when in ("1s", "3s")
    )
    assert not np.array_equal(early, late)


def test_the_authors_reel_is_shown_where_all_of_it_is_there(tmp_path: Path) -> None:
    plan = planned(tmp_path, "frames")
    folder = plan.project.assets_dir("frames") / "captures"
    write_pair(folder, "frame.jpg", "frame-labels.png")
    write_video(folder / "drive.mp4", [(200, 40, 40), (40, 180, 60), (50, 60, 200)] * 4)
    shot = small(load_plan(plan.project, "frames").shots[0])
    assert shot.missing == ()
    picture = draw(shot)
    assert "drawn" not in notes(picture)
    # Half a second a colour: a second into the drive the third one plays.
    pane = at(picture, 0.4 + 1.25)[40:200, 100:300]
    assert np.abs(np.median(pane.reshape(-1, 3), axis=0) - (50, 60, 200)).max() < 14
    assert has(at(picture, shot.duration_s - 0.1), (64, 0, 128), 300)


def test_frames_are_read_at_their_times_and_the_last_one_stays(tmp_path: Path) -> None:
    write_video(tmp_path / "v.mp4", [(200, 40, 40), (40, 180, 60)])
    frames = read_frames(tmp_path / "v.mp4", [0.0, 0.45, 0.55, 5.0], (96, 64))
    means = [frame.mean(axis=(0, 1)) for frame in frames]
    assert [int(np.argmax(mean)) for mean in means] == [0, 0, 1, 1]


@pytest.mark.parametrize("content", [b"", b"no video at all"])
def test_a_file_that_is_no_video_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "drive.mp4").write_bytes(content)
    with pytest.raises(InvalidInput, match=r"drive\.mp4"):
        read_frames(tmp_path / "drive.mp4", [0.0], (96, 64))


def test_steps_out_of_order_are_a_mistake(tmp_path: Path) -> None:
    beats = [{"id": "a", "show": "annotate"}, {"id": "b", "show": "film"}]
    with pytest.raises(InvalidInput, match="film can't follow annotate"):
        planned(tmp_path, "frames", {"beats": beats})


def test_an_annotated_frame_must_be_picked(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="frame 3 is not picked"):
        planned(tmp_path, "frames", {"annotate": 3})


def test_frames_that_are_cut_after_the_film_are_refused(tmp_path: Path) -> None:
    with pytest.raises(
        InvalidInput, match=r"the last of 8 frames is cut at 7\.4 s, and the film ends at 5\.4 s"
    ):
        planned(tmp_path, "frames", {"every": "1s"})
