"""Panes beside each other: one clock or their own, equal speeds, a freeze at the end."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest
from av.video.frame import VideoFrame
from footage_shots import drawn, example, planned, problems_in

sys.path.insert(0, str(Path(__file__).parent.parent / "footage"))

from real import counting

from explainers.compositor.encoder import Counters, frames_of
from explainers.compositor.layer import Rect
from explainers.compositor.luminance import LuminanceWatch
from explainers.compositor.yuv import YuvFrame
from explainers.kinds import discover
from explainers.kinds._panes import PaneKind
from explainers.kinds._panes.content import START_S
from explainers.kinds.base import ShotPlan

SHOT = """
- id: pair
  kind: side-by-side
  duration: 6s
  panes:
    - {file: a.mp4, label: One%s}
    - {file: b.mp4, label: Two%s}
%s
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("footage")
    return {"a.mp4": counting(folder / "a.mp4"), "b.mp4": counting(folder / "b.mp4", 30, 36)}


def panes_of(shot: ShotPlan) -> tuple[Rect, ...]:
    """The pixels of the panes."""
    kind = discover()[shot.kind]
    assert isinstance(kind, PaneKind)
    return kind.placed(shot).panes


def grey(number: int) -> float:
    return (20 + 3 * number - 16) * 255 / 219


def test_both_panes_show_the_same_moment_and_the_shorter_one_stops(
    tmp_path: Path, files: dict[str, Path]
) -> None:
    shot = drawn(tmp_path, SHOT % ("", "", ""), files)
    first, second = panes_of(shot.shot)
    assert (first.right - first.left, first.top) == (second.right - second.left, second.top)
    for t, numbers in ((START_S + 1.0, (30, 30)), (5.0, (59, 35))):
        frame = shot.frame(t)
        for pane, number in zip((first, second), numbers, strict=True):
            middle = frame[(pane.top + pane.bottom) // 2, (pane.left + pane.right) // 2, 1]
            assert int(middle) == pytest.approx(grey(number), abs=2)
    assert "ended" not in shot.words(1.5) and "ended" in shot.words(2.0)
    assert "real time" in shot.words(1.0)


def test_compared_panes_of_unequal_speed_are_an_error(tmp_path: Path, files: dict[str, Path]) -> None:
    found = problems_in(tmp_path / "x", SHOT % ("", ", speed: 4x", ""), files)
    assert [one.code for one in found] == ["unequal-speed"]
    assert "plays at 4x while pane 1 plays at 1x" in found[0].message
    paces = ", paces: [{from: 0.2s, until: 0.6s, speed: 2x}]"
    assert [one.code for one in problems_in(tmp_path / "y", SHOT % (paces, "", ""), files)] == [
        "unequal-speed"
    ]
    shared = problems_in(tmp_path / "z", SHOT % ("", ", speed: 4x", "  compared: false"), files)
    assert [one.code for one in shared] == ["unequal-speed"], "one clock can't tell two speeds"


def test_panes_that_are_not_compared_tell_their_own_times(tmp_path: Path, files: dict[str, Path]) -> None:
    shot = drawn(tmp_path, SHOT % ("", ", speed: 0.5x", "  compared: false\n  clock: own"), files)
    words = shot.words(1.5)
    assert "0.5×" in words and words.count("0:01") == 1 and words.count("0:00") == 1


def test_terminals_figures_and_footage_mix(tmp_path: Path, files: dict[str, Path]) -> None:
    (tmp_path / "c.cast").write_text(
        "\n".join(
            map(json.dumps, ({"version": 2, "width": 20, "height": 5}, [0.0, "o", "hi"], [1.0, "o", "!"]))
        )
    )
    (tmp_path / "d.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40"/>')
    panes = "[{file: a.mp4, label: A}, {file: c.cast, label: B}, {file: d.svg, label: C}]"
    more = {"a.mp4": files["a.mp4"], "c.cast": tmp_path / "c.cast", "d.svg": tmp_path / "d.svg"}
    shot = drawn(tmp_path / "v", f"- {{id: x, kind: side-by-side, duration: 4s, panes: {panes}}}", more)
    assert {"A", "B", "C"} <= set(shot.words(2.0))
    tops = {pane.top for pane in panes_of(shot.shot)}
    assert len(tops) == 1
    assert len(shot.frame(2.0)) == 360


def test_a_wrong_file_is_told_at_its_pane(tmp_path: Path, files: dict[str, Path]) -> None:
    (tmp_path / "b.mp4").write_text("nothing")
    found = problems_in(tmp_path / "x", SHOT % ("", "", ""), {**files, "b.mp4": tmp_path / "b.mp4"})
    assert [one.code for one in found] == ["bad-footage"] and "b.mp4" in found[0].message


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("b.mp4", ("idle_limit", "size", "page", "frames_fps")),
        ("b.cast", ("crop", "frames_fps", "page")),
        ("b.svg", ("from", "until", "speed", "paces", "frames_fps", "idle_limit", "size", "page")),
    ],
)
def test_a_field_that_means_nothing_for_its_file_is_refused(
    tmp_path: Path, files: dict[str, Path], name: str, refused: tuple[str, ...]
) -> None:
    (tmp_path / "b.cast").write_text(
        '{"version": 2, "width": 20, "height": 5}\n[0, "o", "a"]\n[9, "o", "b"]\n'
    )
    (tmp_path / "b.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40"/>')
    (tmp_path / "b.mp4").symlink_to(files["b.mp4"])
    values = {"from": "0.1s", "until": "1s", "speed": "1x", "paces": "[]", "frames_fps": "5", "page": "1"}
    values |= {"idle_limit": "1s", "size": "80x24", "crop": "[0, 0, 0.5, 1]"}
    fields = "".join(f", {key}: {value!s}" for key, value in values.items())
    shot = (SHOT % ("", fields, "  compared: false\n  clock: own")).replace("file: b.mp4", f"file: {name}")
    found = problems_in(tmp_path / "v", shot, {"a.mp4": files["a.mp4"], name: tmp_path / name})
    assert [one.code for one in found] == ["no-effect"] * len(refused)
    assert all(f"'{key}'" in "".join(one.message for one in found) for key in refused)


def seen(frames: Iterable[VideoFrame | None]) -> Iterator[np.ndarray]:
    """What is on screen at each frame; a held one is not given again."""
    now = np.empty(0)
    for frame in frames:
        now = now if frame is None else frame.to_ndarray()
        yield now


def test_footage_that_goes_straight_to_the_encoder_looks_as_it_does_painted(
    tmp_path: Path, files: dict[str, Path]
) -> None:
    picture = drawn(tmp_path, SHOT % ("", "", ""), files).picture
    counters, watch = Counters(), LuminanceWatch(picture.width, picture.height, picture.fps)
    from explainers.compositor.layer import Rect
    from explainers.compositor.picture import Painter

    everything = [Rect(0, 0, picture.width, picture.height)]
    painted = Painter(picture)
    for number, frame in enumerate(seen(frames_of(picture, 0, 90, counters, watch))):
        if number not in (3, 40, 89):
            continue
        painted.paint(number)
        other = YuvFrame(painted.pixels)
        other.update(everything)
        apart = np.abs(frame.astype(int) - other.frame.to_ndarray().astype(int))
        assert (apart <= 2).mean() > 0.999
    blocks = watch.summary()
    assert len(blocks.frames) > 60, "what went past the surface was seen all the same"


def test_a_frame_does_not_depend_on_where_drawing_began(tmp_path: Path, files: dict[str, Path]) -> None:
    picture = drawn(tmp_path, SHOT % ("", "", ""), files).picture
    whole = list(seen(frames_of(picture, 0, 80, Counters())))
    late = list(seen(frames_of(picture, 60, 80, Counters())))
    assert all(np.array_equal(one, other) for one, other in zip(whole[60:], late, strict=True))


def test_four_panes_make_a_square(tmp_path: Path) -> None:
    shot = example("quad", tmp_path)
    panes = panes_of(shot.shot)
    assert panes[0].top == panes[1].top < panes[2].top == panes[3].top
    assert panes[0].left == panes[2].left < panes[1].left == panes[3].left


def test_high_frames_stack_their_panes(tmp_path: Path, files: dict[str, Path]) -> None:
    shot = planned(tmp_path, SHOT % ("", "", ""), files, "1080x1920").shots[0]
    first, second = panes_of(shot)
    assert first.left == second.left and first.bottom < second.top


def test_the_example_freezes_one_pane_first(tmp_path: Path) -> None:
    words = example("side-by-side", tmp_path).words(5.0)
    assert words.count("ended") == 1 and "shown at 2×" in words
