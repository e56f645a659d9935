"""The terminal kind: its window, its clock, what it says of time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from footage_shots import drawn, example, problems_in

from explainers.footage.clips import ClipLayer
from explainers.footage.terminal import TerminalClip
from explainers.kinds._panes.content import START_S

SHOT = "- {id: one, kind: terminal, file: a.cast, label: Shell%s}"


def cast(path: Path, *writes: tuple[float, str], **header: object) -> Path:
    lines: list[object] = [{"version": 2, "width": 24, "height": 6, **header}]
    lines += [[at, "o", text] for at, text in writes]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def clip_in(shot: object) -> TerminalClip:
    layers = shot.picture.layers  # type: ignore[attr-defined]
    found = next(one.footage for one in layers if isinstance(one, ClipLayer))
    assert isinstance(found, TerminalClip)
    return found


def test_the_text_on_screen_is_that_of_its_moment(tmp_path: Path) -> None:
    path = cast(tmp_path / "a.cast", (0.0, "one"), (1.0, " two"), (2.0, " three"))
    shot = drawn(tmp_path, SHOT % ", speed: 2x", {"a.cast": path})
    clip = clip_in(shot)
    told = [clip.screens.text((t - START_S) * 2)[0] for t in (0.6, 1.0, 1.5)]
    assert told == ["one", "one two", "one two three"]
    assert "shown at 2×" in shot.words(1.0)


def test_shortened_pauses_are_said_and_untouched_ones_are_not(tmp_path: Path) -> None:
    path = cast(tmp_path / "a.cast", (0.0, "a"), (9.0, "b"))
    shot = drawn(tmp_path / "x", SHOT % ", idle_limit: 2s", {"a.cast": path})
    assert "pauses cut to 2 s" in shot.words(1.0)
    assert shot.shot.duration_s == pytest.approx(START_S + 2.0 + 1.2, abs=0.05)
    calm = drawn(tmp_path / "y", SHOT % ", idle_limit: 20s", {"a.cast": path})
    assert not [word for word in calm.words(1.0) if "pauses" in word]


def test_the_window_lies_inside_the_frame_at_any_size(tmp_path: Path) -> None:
    path = cast(tmp_path / "a.cast", (0.0, "a"), width=160, height=60)
    for size in ("1920x1080", "1080x1920", "640x360"):
        shot = drawn(tmp_path / size, SHOT % ", duration: 2s", {"a.cast": path}, size)
        clip = clip_in(shot)
        assert clip.size[0] <= shot.picture.width and clip.size[1] <= shot.picture.height


def test_the_size_may_be_said(tmp_path: Path) -> None:
    path = cast(tmp_path / "a.cast", (0.0, "abcdef"), width=0, height=0)
    clip = clip_in(drawn(tmp_path / "x", SHOT % ", duration: 2s, size: 3x4", {"a.cast": path}))
    assert clip.screens.text(1.0) == ("abc", "def", "", "")
    for wrong in ("80", "0x5", "80x24x3", "80 by 24", "5000x5"):
        found = problems_in(tmp_path / wrong, SHOT % f", size: {wrong}", {"a.cast": path})
        assert len(found) == 1 and "80x24" in str(found[0]), found


def test_a_held_screen_costs_nothing(tmp_path: Path) -> None:
    path = cast(tmp_path / "a.cast", (0.0, "a"), (3.0, "b"))
    clip = clip_in(drawn(tmp_path, SHOT % "", {"a.cast": path}))
    assert clip.look(1.0) == clip.look(2.9) and clip.changed(clip.look(1.0), clip.look(2.9)) == []


def test_a_wrong_cast_is_a_mistake_at_its_place(tmp_path: Path) -> None:
    (tmp_path / "a.cast").write_text('{"version": 2, "width": 80, "height": 24}\nlol\n')
    found = problems_in(tmp_path / "x", SHOT % "", {"a.cast": tmp_path / "a.cast"})
    assert [one.code for one in found] == ["bad-cast"] and "a.cast, line 2" in found[0].message
    assert found[0].place and found[0].place.file.endswith("storyboard.yaml")


def test_a_time_after_the_end_is_a_mistake(tmp_path: Path) -> None:
    path = cast(tmp_path / "a.cast", (0.0, "a"), (3.0, "b"))
    found = problems_in(tmp_path / "x", SHOT % ", from: 9s", {"a.cast": path})
    assert [one.code for one in found] == ["range-outside-footage"]


def test_the_example_outlines_its_lines(tmp_path: Path) -> None:
    shot = example("terminal", tmp_path)
    text = clip_in(shot).screens.text(20.0)
    assert text[7].startswith("design") and text[8].startswith("race")
