"""Captures in a pane: the right frame at the right time, told speeds, marks where they point."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from footage_shots import Drawn, drawn, example, planned, problems_in
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent.parent / "footage"))

from real import counting

from explainers.compositor.layer import Rect
from explainers.footage import media
from explainers.kinds import discover
from explainers.kinds._panes import PaneKind
from explainers.kinds._panes.content import START_S
from explainers.kinds.base import ShotPlan
from explainers.render.assembly import media_key, requests_of

SHOT = "- {id: one, kind: capture, file: a.mp4, duration: 6s%s}"


@pytest.fixture(scope="module")
def count(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return counting(tmp_path_factory.mktemp("footage") / "a.mp4")


def pane_of(shot: ShotPlan) -> Rect:
    """The pixels of the pane."""
    kind = discover()["capture"]
    assert isinstance(kind, PaneKind)
    return kind.placed(shot).panes[0]


def level(shot: Drawn, t: float) -> int:
    """The grey of the pane's middle: which frame of the counting capture is seen."""
    pane = pane_of(shot.shot)
    return int(shot.frame(t)[(pane.top + pane.bottom) // 2, (pane.left + pane.right) // 2, 1])


def shown(number: int) -> float:
    """The grey of a frame of the counting capture, as RGB."""
    return (20 + 3 * number - 16) * 255 / 219


def test_a_capture_plays_in_real_time_and_then_stands_still(tmp_path: Path, count: Path) -> None:
    shot = drawn(tmp_path, SHOT % "", {"a.mp4": count})
    for t, number in ((START_S, 0), (START_S + 0.5, 15), (START_S + 1.5, 45), (5.5, 59)):
        assert level(shot, t) == pytest.approx(shown(number), abs=2)
    assert not [word for word in shot.words(1.0) if "×" in word]


def test_a_trimmed_faster_capture_says_its_factor(tmp_path: Path, count: Path) -> None:
    shot = drawn(tmp_path, SHOT % ", from: 0.5s, until: 1.5s, speed: 2x", {"a.mp4": count})
    assert level(shot, START_S + 0.3) == pytest.approx(shown(33), abs=2)
    assert level(shot, 5.0) == pytest.approx(shown(43), abs=2)
    assert "shown at 2×" in shot.words(0.9)


def test_each_pace_says_its_own_factor(tmp_path: Path, count: Path) -> None:
    shot = drawn(tmp_path, SHOT % ", paces: [{from: 0.5s, until: 1.5s, speed: 4x}]", {"a.mp4": count})
    assert "shown at 4×" not in shot.words(0.6)
    assert "shown at 4×" in shot.words(START_S + 0.7)
    assert "shown at 4×" not in shot.words(START_S + 1.2)


def test_a_frozen_beat_stands_still_and_says_so(tmp_path: Path, count: Path) -> None:
    beats = ", beats: [{id: a, duration: 1.5s}, {id: b, duration: 2s, freeze: true}, {id: c, duration: 2s}]"
    shot = drawn(tmp_path, SHOT % beats, {"a.mp4": count})
    assert level(shot, 1.6) == level(shot, 3.4) == pytest.approx(shown(30), abs=2)
    assert level(shot, 4.0) == pytest.approx(shown(45), abs=2)
    assert "paused" in shot.words(2.5) and "paused" not in shot.words(4.5)


def test_a_zoom_fills_the_pane_with_the_region_and_comes_back(tmp_path: Path) -> None:
    image = Image.new("RGB", (400, 200), (255, 0, 0))
    image.paste((0, 0, 255), (200, 100, 400, 200))
    image.save(tmp_path / "p.png")
    beats = "beats: [{id: a, duration: 2s, zoom: [0.5, 0.5, 0.5, 0.5]}, {id: b, duration: 2s, zoom: all}]"
    shot = drawn(
        tmp_path,
        f"- {{id: one, kind: capture, file: p.png, duration: 6s, {beats}}}",
        {"p.png": tmp_path / "p.png"},
    )
    pane = pane_of(shot.shot)
    left, top = pane.left + 14, pane.top + 14
    assert tuple(shot.frame(1.8)[top, left]) == (0, 0, 255)
    assert tuple(shot.frame(5.5)[top, left]) == (255, 0, 0)


def test_a_mark_stands_where_its_region_is(tmp_path: Path) -> None:
    Image.new("RGB", (400, 200), (40, 40, 40)).save(tmp_path / "p.png")
    beats = "beats: [{id: a, duration: 2s}, {id: b, duration: 2s, box: [[100, 50, 200, 100]]}]"
    shot = drawn(
        tmp_path,
        f"- {{id: one, kind: capture, file: p.png, {beats}}}",
        {"p.png": tmp_path / "p.png"},
        "1920x1080",
    )
    pane = pane_of(shot.shot)
    edge = pane.left + (pane.right - pane.left) * 100 // 400 - 4
    middle = (pane.top + pane.bottom) // 2
    assert shot.frame(3.0)[middle, edge].min() > 200
    assert shot.frame(1.0)[middle, edge].max() < 60


def test_a_spotlight_dims_the_rest(tmp_path: Path) -> None:
    Image.new("RGB", (400, 200), (200, 200, 200)).save(tmp_path / "p.png")
    beats = "beats: [{id: a, duration: 3s, spotlight: [0.5, 0, 0.5, 1]}]"
    shot = drawn(
        tmp_path, f"- {{id: one, kind: capture, file: p.png, {beats}}}", {"p.png": tmp_path / "p.png"}
    )
    pane = pane_of(shot.shot)
    row = shot.frame(1.5)[(pane.top + pane.bottom) // 2]
    assert row[pane.left + 20, 0] < 90 and row[pane.right - 20, 0] == 200


def test_a_click_is_a_ring_at_its_moment(tmp_path: Path, count: Path) -> None:
    shot = drawn(tmp_path, SHOT % ", clicks: [{at: 1s, point: [0.5, 0.5]}]", {"a.mp4": count}, "1920x1080")
    pane = pane_of(shot.shot)
    x, y = (pane.left + pane.right) // 2, (pane.top + pane.bottom) // 2
    around = slice(y - 60, y + 60), slice(x - 60, x + 60)
    spread = [int(np.ptp(shot.frame(t)[around][:, :, 1].astype(int))) for t in (1.4, START_S + 1.15, 3.0)]
    assert spread[1] > 80 and max(spread[0], spread[2]) < 12


def test_a_longer_shot_or_another_label_conforms_nothing_anew(tmp_path: Path, count: Path) -> None:
    def keys(name: str, more: str) -> list[str]:
        shot = planned(tmp_path / name, (SHOT % more), {"a.mp4": count}).shots[0]
        return [media_key(one) for one in requests_of(shot, discover()["capture"])]

    plain = keys("plain", ", label: One")
    assert plain == keys("label", ", label: Another")
    assert plain != keys("faster", ", label: One, speed: 2x")


@pytest.mark.parametrize("whole", [True, False])
def test_a_plan_reads_each_state_of_a_capture_once(
    tmp_path: Path, count: Path, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    opened: list[Path] = []
    read = media._probed

    def counted(path: Path) -> dict[str, Any]:
        opened.append(path)
        return read(path)

    monkeypatch.setattr(media, "_probed", counted)
    source = tmp_path / "a.mp4"
    source.write_bytes(count.read_bytes() if whole else count.read_bytes()[:3000])
    for changes in range(1, 3):
        if whole:
            shot = planned(tmp_path / "v", SHOT.replace(", duration: 6s", "") % "", {"a.mp4": source}).shots[
                0
            ]
            assert requests_of(shot, discover()["capture"])
        else:
            assert "cut short" in problems_in(tmp_path / "v", SHOT % "", {"a.mp4": source})[0].message
        assert len(opened) == changes
        (tmp_path / "v/assets/v/a.mp4").unlink()
        source.write_bytes(source.read_bytes() + bytes(changes))


def test_every_mistake_of_a_capture_is_found_at_its_place(tmp_path: Path, count: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    found = problems_in(
        tmp_path / "x", SHOT.replace("a.mp4", "empty.mp4") % "", {"empty.mp4": tmp_path / "empty.mp4"}
    )
    assert [one.code for one in found] == ["bad-footage"] and "empty.mp4 is empty" in found[0].message
    found = problems_in(tmp_path / "y", SHOT % ", from: 9s", {"a.mp4": count})
    assert [one.code for one in found] == ["range-outside-footage"] and "ends at 2.00 s" in found[0].message
    found = problems_in(tmp_path / "z", SHOT % ", speed: fast", {"a.mp4": count})
    assert found and "4x" in (found[0].expected or found[0].message)


def test_an_auto_shot_is_as_long_as_its_capture(tmp_path: Path, count: Path) -> None:
    shot = planned(tmp_path, "- {id: one, kind: capture, file: a.mp4, speed: 0.5x}", {"a.mp4": count}).shots[
        0
    ]
    assert shot.duration_s == pytest.approx(START_S + 4.0 + 0.8, abs=0.05)


def test_other_shapes_of_frame_have_room_for_it(tmp_path: Path, count: Path) -> None:
    for size in ("1080x1920", "1080x1080"):
        shot = planned(tmp_path / size, SHOT % "", {"a.mp4": count}, size).shots[0]
        pane = pane_of(shot)
        assert pane.left >= 90 and pane.right <= 990 and pane.right - pane.left > 700


def test_the_example_shows_its_marks(tmp_path: Path) -> None:
    shot = example("capture", tmp_path)
    assert "corner to corner" in shot.words(4.5) and "paused" in shot.words(4.5)
