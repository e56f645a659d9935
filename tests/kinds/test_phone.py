"""phone: a device with screens, taps, scrolls, and cards beside it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml
from pictured import at, drawn, has, notes, planned, small
from PIL import Image

from explainers.errors import InvalidInput
from explainers.kinds import draw
from explainers.kinds.base import Stretch
from explainers.plan import load_plan
from explainers.project import Project

PAGE, BLUE = (250, 244, 237), (64, 76, 208)


def with_screenshot(root: Path, stand_in: str | None = "bay") -> Project:
    """The example's first screen with a screenshot that assets.yaml declares."""
    plan = planned(root, "phone")
    path = plan.project.assets_dir("phone") / "assets.yaml"
    path.write_text(
        path.read_text()
        + "files:\n  captures/pick.png: {shows: the first screen, from: palette, note: ask}\n"
    )
    board = plan.project.storyboard_path("phone")
    data = yaml.safe_load(board.read_text())
    data["shots"][0]["screens"][0]["image"] = "captures/pick.png"
    if stand_in is None:
        del data["shots"][0]["stand_in"]
    board.write_text(yaml.safe_dump(data, sort_keys=False))
    return plan.project


def test_a_drawn_screen_shows_its_page_and_its_button(tmp_path: Path) -> None:
    _shot, picture = drawn(tmp_path, "phone")
    frame = at(picture, 0.0)
    assert has(frame, PAGE, 5000)
    assert has(frame, BLUE, 500)
    assert notes(picture).count("drawn") == 1


def test_a_tap_is_answered_within_a_fifth_of_a_second(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "phone")
    glass = next(layer for layer in picture.layers if layer.part == "screen")
    finger = next(layer for layer in picture.layers if layer.note and layer.note.text == "tap")
    start = shot.beat("choose").start_s
    times = [start + step / 60 for step in range(60)]
    touched = next(t for t in times if finger.state(t))
    answered = next(t for t in times if glass.state(t) != glass.state(start))
    assert answered - touched <= 0.2


def test_the_device_is_whole_and_as_tall_as_the_frame_allows(tmp_path: Path) -> None:
    _, picture = drawn(tmp_path, "phone")
    device = next(layer for layer in picture.layers if layer.note and layer.note.text == "device")
    glass = next(layer for layer in picture.layers if layer.part == "screen")
    box, screen = device.box(device.state(0.0)), glass.box(glass.state(0.0))
    assert box.left <= screen.left and screen.right <= box.right
    assert screen.bottom - screen.top > 0.8 * picture.height
    assert screen.top > 0 and screen.bottom < picture.height


def test_in_an_upright_frame_it_fills_what_words_leave_and_code_breaks_before_it_is_small(
    tmp_path: Path,
) -> None:
    picture = draw(small(planned(tmp_path, "phone").shots[0], Stretch(540, 960, 30)))
    glass = next(layer for layer in picture.layers if layer.part == "screen")
    screen = glass.box(glass.state(0.0))
    assert screen.bottom - screen.top > 0.7 * picture.height and screen.left > 0
    rows = [layer.note for layer in picture.layers if layer.name == "request" and layer.part == "label"]
    assert [note.text for note in rows] == ["POST", "/large", "the picture"]
    assert min(note.size for note in rows) > 34.9


def test_a_tap_chooses_an_option_and_it_stays_chosen(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "phone")
    beat = shot.beat("choose")
    before, after = at(picture, beat.start_s + 0.2), at(picture, beat.end_s - 0.05)
    blue = [int((np.abs(one.astype(int) - BLUE).max(axis=2) < 6).sum()) for one in (before, after)]
    assert blue[1] > blue[0] + 100


def test_the_next_screen_slides_in_from_the_right(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "phone")
    beat = shot.beat("show")
    assert has(at(picture, beat.start_s), BLUE, 500)
    assert not has(at(picture, beat.end_s), BLUE, 500)


def test_a_scroll_brings_its_part_to_the_top(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "phone")
    before = at(picture, shot.beat("look").start_s)
    after = at(picture, shot.duration_s - 0.05)
    assert (before != after).any(axis=(1, 2)).sum() > 200


def test_a_packet_travels_to_the_service_and_its_answer_home(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "phone")

    def way(name: str, beat: str) -> list[float]:
        chip = next(layer for layer in picture.layers if layer.name == name and layer.part == "panel")
        start, end = shot.beat(beat).start_s, shot.beat(beat).end_s
        assert chip.state(start) is None
        states = [chip.state(start + (end - start) * step / 40) for step in range(41)]
        return [sum(chip.box(state)[::2]) / 2 for state in states if state]

    out, home = way("request", "send"), way("reply", "show")
    assert out == sorted(out) and out[-1] > out[0] + 150
    assert home == sorted(home, reverse=True) and home[0] > home[-1] + 150
    assert "POST /large" in notes(picture)


def test_a_map_travels_only_where_the_shot_has_classes(tmp_path: Path) -> None:
    screens = [{"id": "a", "parts": [{"heading": "H"}]}]
    packets = [{"id": "x", "code": "GET /", "picture": "labels"}]
    change = {"classes": None, "screens": screens, "packets": packets, "beats": None}
    with pytest.raises(InvalidInput, match="a map needs the shot's classes"):
        planned(tmp_path, "phone", change)
    with pytest.raises(InvalidInput, match="there is no packet 'reqest'") as caught:
        planned(tmp_path / "b", "phone", {"beats": [{"id": "a", "send": "reqest"}]})
    assert caught.value.problems[0].did_you_mean == "request"


def test_a_screenshot_that_is_there_takes_the_drawn_screens_place(tmp_path: Path) -> None:
    project = with_screenshot(tmp_path)
    drawn_first = draw(small(load_plan(project, "phone").shots[0]))
    assert not has(at(drawn_first, 1.0), (10, 200, 30))
    folder = project.assets_dir("phone") / "captures"
    folder.mkdir()
    Image.new("RGB", (400, 900), (10, 200, 30)).save(folder / "pick.png")
    shot = small(load_plan(project, "phone").shots[0])
    assert shot.missing == ()
    assert has(at(draw(shot), 1.0), (10, 200, 30), 5000)


def test_a_missing_screenshot_without_stand_in_is_a_slate(tmp_path: Path) -> None:
    project = with_screenshot(tmp_path, stand_in=None)
    words = "".join(notes(draw(small(load_plan(project, "phone").shots[0]))))
    assert "captures/pick.png" in words
    with pytest.raises(InvalidInput, match="missing-asset"):
        load_plan(project, "phone", allow_slates=False)


def test_a_tap_on_what_the_screen_does_not_have_is_a_mistake(tmp_path: Path) -> None:
    beats = [{"id": "a", "screen": "result"}, {"id": "b", "tap": "go"}]
    with pytest.raises(InvalidInput, match="there is no part 'go'"):
        planned(tmp_path, "phone", {"beats": beats})


def test_a_part_has_one_content(tmp_path: Path) -> None:
    screens = [{"id": "a", "parts": [{"heading": "H", "text": "T"}]}]
    with pytest.raises(InvalidInput, match="one of heading, text"):
        planned(tmp_path, "phone", {"screens": screens, "beats": None})
