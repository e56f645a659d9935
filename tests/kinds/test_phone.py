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
    frame = at(picture, 1.0)
    assert has(frame[:, :480], PAGE, 5000)
    assert has(frame[:, :480], BLUE, 500)
    assert any(word.startswith("illustration") for word in notes(picture))


def test_a_tap_chooses_an_option_and_it_stays_chosen(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "phone")
    beat = shot.beat("choose")
    before, after = at(picture, beat.start_s + 0.2), at(picture, beat.end_s - 0.05)
    blue = [int((np.abs(one.astype(int) - BLUE).max(axis=2) < 6).sum()) for one in (before, after)]
    assert blue[1] > blue[0] + 100


def test_the_next_screen_slides_in_from_the_right(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "phone")
    beat = shot.beat("show")
    assert has(at(picture, beat.start_s)[:, :480], BLUE, 500)
    assert not has(at(picture, beat.end_s)[:, :480], BLUE, 500)


def test_a_scroll_brings_its_part_to_the_top(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "phone")
    before = at(picture, shot.beat("look").start_s)[:, 120:320]
    after = at(picture, shot.duration_s - 0.05)[:, 120:320]
    assert (before != after).any(axis=(1, 2)).sum() > 200


def test_cards_come_with_their_beats(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "phone")
    card = {
        layer.note.text: layer
        for layer in picture.layers
        if layer.note and layer.note.text in ("Request", "Reply")
    }
    assert card["Request"].state(shot.beat("send").start_s) is None
    assert card["Request"].state(shot.beat("send").end_s) is not None
    assert card["Reply"].state(shot.beat("send").end_s - 0.05) is None
    assert card["Reply"].state(shot.duration_s - 0.1) is not None


def test_a_screenshot_that_is_there_takes_the_drawn_screens_place(tmp_path: Path) -> None:
    project = with_screenshot(tmp_path)
    drawn_first = draw(small(load_plan(project, "phone").shots[0]))
    assert not has(at(drawn_first, 1.0), (10, 200, 30))
    folder = project.assets_dir("phone") / "captures"
    folder.mkdir()
    Image.new("RGB", (400, 900), (10, 200, 30)).save(folder / "pick.png")
    shot = small(load_plan(project, "phone").shots[0])
    assert shot.missing == ()
    assert has(at(draw(shot), 1.0)[:, :480], (10, 200, 30), 5000)


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
