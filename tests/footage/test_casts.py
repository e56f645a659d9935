"""Terminal recordings: read by hand, drawn exactly."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from explainers.errors import InvalidInput
from explainers.footage.cast import read_cast
from explainers.footage.glyphs import Cells, Look
from explainers.footage.terminal import Screens, TerminalClip, colors_of
from explainers.footage.timeline import timeline
from explainers.theme import INK, channels

E = "\x1b"


def cast_of(
    path: Path, *writes: tuple[float, str], columns: int = 20, rows: int = 5, **header: object
) -> Path:
    lines: list[object] = [{"version": 2, "width": columns, "height": rows, **header}]
    lines += [
        [at, "r" if text.startswith("resize ") else "o", text.removeprefix("resize ")] for at, text in writes
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def texts(path: Path, *times: float) -> list[tuple[str, ...]]:
    cast = read_cast(path)
    screens = Screens(cast, colors_of(cast, INK), Cells(8, 18), times)
    return [screens.text(t) for t in times]


def screen_of(path: Path, at: float) -> tuple[str, ...]:
    return texts(path, at)[0]


def clip_of(path: Path, length: float = 2.0, speed: float = 1.0) -> TerminalClip:
    cast = read_cast(path)
    clock = timeline(0.0, cast.length_s, speed)
    return TerminalClip(cast, clock, colors_of(cast, INK), (8, 18), 10, length)


def test_the_screen_at_a_time_is_the_state_at_that_time(tmp_path: Path) -> None:
    path = cast_of(tmp_path / "a.cast", (0.0, "$ "), (0.5, "ls\r\n"), (1.0, "a  b\r\n$ "))
    assert texts(path, 0.0, 0.49, 0.5, 1.0) == [
        ("$", "", "", "", ""),
        ("$", "", "", "", ""),
        ("$ ls", "", "", "", ""),
        ("$ ls", "a  b", "$", "", ""),
    ]


@pytest.mark.parametrize("version", [1, 2, 3])
def test_all_versions_tell_the_same_times(tmp_path: Path, version: int) -> None:
    path = tmp_path / f"a{version}.cast"
    writes = [(0.25, "one"), (1.0, " two"), (1.5, " three")]
    if version == 1:
        delays = [[0.25, "one"], [0.75, " two"], [0.5, " three"]]
        path.write_text(
            json.dumps({"version": 1, "width": 20, "height": 5, "duration": 1.5, "stdout": delays})
        )
    elif version == 2:
        cast_of(path, *writes)
    else:
        lines: list[object] = [{"version": 3, "term": {"cols": 20, "rows": 5}}, [0.25, "o", "one"]]
        lines += [[0.25, "i", "x"], [0.5, "o", " two"], [0.5, "o", " three"], [0.1, "x", "0"]]
        path.write_text("\n".join(map(json.dumps, lines)) + "\n# the end\n")
    assert [one[0] for one in texts(path, 0.2, 0.3, 1.2, 1.6)] == ["", "one", "one two", "one two three"]


def test_after_a_full_screen_program_the_shell_comes_back(tmp_path: Path) -> None:
    path = cast_of(
        tmp_path / "a.cast", (0.0, "$ vim\r\n"), (0.2, f"{E}[?1049h{E}[2J{E}[Hinside"), (0.4, f"{E}[?1049l$ ")
    )
    inside, after = texts(path, 0.3, 0.5)
    assert inside[:2] == ("inside", "") and after[:2] == ("$ vim", "$")


def test_wide_and_combined_characters_take_their_cells(tmp_path: Path) -> None:
    path = cast_of(tmp_path / "a.cast", (0.0, "日本x\r\ne\u0301y\r\nok\ufe0f!"))
    assert screen_of(path, 0.1)[:3] == ("日本x", "éy", "ok!")
    screens = clip_of(path).screens
    assert screens.screen(0)[0, 0] != screens.screen(0)[0, 1], "two halves of one character"


def test_sequences_that_are_split_or_unknown_never_show_as_text(tmp_path: Path) -> None:
    writes = (
        (0.0, f"a{E}[3"),
        (0.1, f"1mb{E}]0;title{E}"),
        (0.2, f"\\c{E}P1$r0m{E}\\d{E}[>4;1me{E}[<uf{E}[2 qg{E}[38:2::255:0:0mh{E}[4:3mi"),
    )
    assert screen_of(cast_of(tmp_path / "a.cast", *writes), 0.3)[0] == "abcdefghi"


def test_scrolling_margins_and_repetition_are_done(tmp_path: Path) -> None:
    lines = "".join(f"{n}\r\n" for n in range(1, 5)) + "5"
    assert screen_of(cast_of(tmp_path / "a.cast", (0.0, lines + f"{E}[2S")), 0.1)[:3] == ("3", "4", "5")
    assert screen_of(cast_of(tmp_path / "b.cast", (0.0, lines + f"{E}[2;4r{E}[1T")), 0.1) == (
        "1",
        "",
        "2",
        "3",
        "5",
    )
    assert screen_of(cast_of(tmp_path / "c.cast", (0.0, f"-{E}[4bx")), 0.1)[0] == "-----x"


def test_a_synchronised_update_is_seen_whole_or_not_at_all(tmp_path: Path) -> None:
    path = cast_of(
        tmp_path / "a.cast",
        (0.0, "old"),
        (0.2, f"{E}[?2026h{E}[2J{E}[H"),
        (0.6, f"new{E}[?2026l"),
        (1.0, "."),
    )
    assert [one[0] for one in texts(path, 0.1, 0.3, 0.5, 0.7)] == ["old", "old", "old", "new"]


def test_a_resize_keeps_what_fits(tmp_path: Path) -> None:
    path = cast_of(tmp_path / "a.cast", (0.0, "abcdefgh"), (0.5, "resize 4x3"), (1.0, "resize 24x6"))
    cast = read_cast(path)
    assert cast.largest == (24, 6)
    assert [one[0] for one in texts(path, 0.2, 0.6)] == ["abcdefgh", "abcd"]


@pytest.mark.parametrize(
    ("columns", "rows", "writes", "size"),
    [
        (0, 0, ["$ make\r\n", "all 12 checks passed\r\n"], (40, 6)),
        (0, 0, ["x" * 90 + "\r\n"] * 2, (91, 6)),
        (0, 0, ["y" * 300], (120, 6)),
        (0, 0, ["line\r\n"] * 500, (40, 24)),
        (0, 0, ["line\r\n"] * 11, (40, 12)),
        (0, 0, [f"{E}[999;999H{E}[6n{E}[50;132Hx"], (132, 50)),
        (0, 0, ["a", "resize 100x30", "b", "resize 80x24"], (100, 30)),
        (0, 0, ["a", "resize 0x0", "b", "resize 80x24"], (80, 24)),
        (0, 10, ["a", "resize 80x24"], (80, 10)),
        (50, 0, ["line\r\n"] * 9, (50, 10)),
        (50, 10, ["x" * 90], (50, 10)),
    ],
)
@pytest.mark.parametrize("version", [2, 3])
def test_a_size_of_0_is_that_of_a_resize_or_of_what_is_written(
    tmp_path: Path, columns: int, rows: int, writes: list[str], size: tuple[int, int], version: int
) -> None:
    path = cast_of(tmp_path / "a.cast", *((n / 10, text) for n, text in enumerate(writes)))
    body = path.read_text().partition("\n")[2]
    place = {"term": {"cols": columns, "rows": rows}} if version == 3 else {"width": columns, "height": rows}
    path.write_text(json.dumps({"version": version, **place}) + "\n" + body)
    cast = read_cast(path)
    assert (cast.columns, cast.rows) == size
    assert (cast.sized("33x11").columns, cast.sized("33x11").rows) == (33, 11)
    assert cast.sized(None) is cast


def test_an_old_cast_may_say_no_size_too(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"version": 1, "width": 0, "height": 0, "stdout": [[0.1, "a\r\n" * 7]]}))
    assert (read_cast(path).columns, read_cast(path).rows) == (40, 8)


def test_long_pauses_are_cut_to_the_limit(tmp_path: Path) -> None:
    path = cast_of(tmp_path / "a.cast", (1.0, "a"), (31.0, "b"), (32.0, "c"), idle_time_limit=2)
    own, asked = read_cast(path).limited(None), read_cast(path).limited(0.5)
    assert [event.at_s for event in own.events] == [1.0, 3.0, 4.0]
    assert [event.at_s for event in asked.events] == [0.5, 1.0, 1.5]


def test_colours_and_the_cursor_are_drawn(tmp_path: Path) -> None:
    path = cast_of(
        tmp_path / "a.cast",
        (0.0, f"{E}[48;2;10;20;30m {E}[0m{E}[7m {E}[0m{E}[41m {E}[0m"),
        (1.0, f"{E}[?25l"),
    )
    clip = clip_of(path)
    pixels = clip.pixels(clip.look(0.0))
    colors = [tuple(int(v) for v in pixels[9, 8 * x + 4, 2::-1]) for x in range(4)]
    palette = colors_of(read_cast(path), INK).palette
    assert colors == [
        (10, 20, 30),
        channels(INK.color("text")),
        channels(palette[1]),
        channels(INK.color("text")),
    ]
    assert tuple(clip.pixels(clip.look(1.5))[9, 28, 2::-1]) == channels(INK.panel)


def test_only_changed_cells_are_painted_and_any_order_gives_the_same_pixels(tmp_path: Path) -> None:
    path = cast_of(tmp_path / "a.cast", *((n / 10, f"line {n}\r\n") for n in range(20)))
    clip, fresh = clip_of(path), clip_of(path)
    in_order = [clip.pixels(clip.look(n / 10)).copy() for n in range(20)]
    for n in (19, 3, 11, 0):
        assert np.array_equal(fresh.pixels(fresh.look(n / 10)), in_order[n])
    before, after = clip.look(0.2), clip.look(0.3)
    changed = sum(rect.area for rect in clip.changed(before, after))
    assert 0 < changed < 20 * 8 * 2 * 18 + 1
    mask = np.zeros(in_order[0].shape[:2], bool)
    for rect in clip.changed(before, after):
        mask[rect.top : rect.bottom, rect.left : rect.right] = True
    assert not (in_order[2] != in_order[3]).any(axis=2)[~mask].any()


def test_a_scroll_never_shows_an_empty_screen(tmp_path: Path) -> None:
    path = cast_of(tmp_path / "a.cast", *((n / 50, f"{'#' * 20}\r\n") for n in range(100)))
    clip = clip_of(path)
    lit = [int((clip.pixels(clip.look(n / 10))[:, :, 1] > 150).sum()) for n in range(2, 19)]
    assert min(lit) > 0.95 * max(lit)


def test_blocks_meet_their_neighbours_without_a_seam() -> None:
    cells = Cells(10, 20)
    full = cells.tiles[cells.number(Look("█", "#FFFFFF", "#000000"))]
    halves = [cells.tiles[cells.number(Look(text, "#FFFFFF", "#000000"))][:, :, 0] for text in "▀▄"]
    assert (full == 255).all() and (halves[0].astype(int) + halves[1] == 255).all()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is empty"),
        ("hello\n", "no asciinema cast"),
        ('{"version": 2, "height": 5}\n', "says None columns"),
        ('{"version": 2, "width": 80, "height": 24}\n[1.0, "o", "a"]\n[2.0, "o", "b', "line 3: is cut short"),
        ('{"version": 2, "width": 80, "height": 24}\n[1.0, "o", "a"]\nlol\n', "line 3: is no event"),
        ('{"version": 2, "width": 80, "height": 24}\n[-1.0, "o", "a"]\n', "wrong time -1.0"),
        ('{"version": 2, "width": 80, "height": 24}\n[1.0, "r", "1x5000"]\n', "resizes to '1x5000'"),
        ('{"version": 1, "width": 80, "height": 24, "stdout": [[1.0, true]]}', "no text in frame 1"),
    ],
)
def test_a_wrong_cast_says_the_line_and_what_is_wrong(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "wrong.cast"
    path.write_text(content)
    with pytest.raises(InvalidInput) as caught:
        read_cast(path)
    assert "wrong.cast" in str(caught.value) and words in str(caught.value)


def test_samples_for_the_encoder_are_those_of_the_pixels(tmp_path: Path) -> None:
    from explainers.compositor.layer import Rect
    from explainers.compositor.yuv import YuvFrame

    writes = ((n / 10, f"{E}[3{n % 8}mline {n}{E}[0m {E}[48;5;{n + 20}m  {E}[0m\r\n") for n in range(20))
    clip = clip_of(cast_of(tmp_path / "a.cast", *writes))
    for n in (0, 7, 19, 3):
        look = clip.look(n / 10)
        other = YuvFrame(clip.pixels(look))
        other.update([Rect(0, 0, *clip.size)])
        mine, theirs = clip.planes(look).to_ndarray().astype(int), other.frame.to_ndarray().astype(int)
        light = np.abs(mine - theirs)[: clip.size[1]]
        assert light.max() <= 1
        assert np.abs(mine - theirs)[clip.size[1] :].mean() < 2.5
