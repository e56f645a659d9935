"""The screen of recordings, cell by cell beside that of xterm.js, over sequences made from seeds."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from terminals import E, Step, differences, generated, mixed, ours, pieces, reference

from explainers.footage.screen import Cell, Screen, width_of
from explainers.footage.stream import Stream

ALPHABET = "\x1b\x1b[[;:?0123579abm日\U0001f680e\u0301\ud83d\r\n\t\b\x0e\x9b()HJKPXrh@LMSTb"
KINDS = tuple(pieces(random.Random(0), 1, 1))


def compared(cases: list[tuple[int, int, list[Step]]]) -> None:
    for number, (case, theirs) in enumerate(zip(cases, reference(cases), strict=True)):
        assert not differences(case, theirs), (number, case)


def test_what_programs_write_of_one_kind_looks_as_in_xterm_js() -> None:
    compared([generated(seed, [kind], 12) for kind in KINDS for seed in range(20)])


def test_what_programs_write_of_all_kinds_looks_as_in_xterm_js() -> None:
    compared([generated(seed, mixed(seed)) for seed in range(150)])


def test_a_resize_looks_as_in_an_xterm_js_that_does_not_wrap_lines_anew() -> None:
    compared([generated(seed, ["place", "color", "alternate", "tab"], resized=True) for seed in range(100)])


def test_any_split_between_two_writes_shows_the_same() -> None:
    written = (
        f"a{E}[31mb{E}]0;t{E}\\c{E}P1$r{E}\\{E}(0q{E}(B{E}[2;3H日\U0001f680{E}[38:2::1:2:3me\u0301{E}#8{E}[K"
    )
    # Halves of a pair, as a recorder that writes UTF-16 puts them into two events.
    halves = written.encode("utf-16-le", "surrogatepass")
    units = [halves[n : n + 2].decode("utf-16-le", "surrogatepass") for n in range(0, len(halves), 2)]
    whole = ours((12, 4, [written]))
    for cut in range(len(units)):
        assert ours((12, 4, ["".join(units[:cut]), "".join(units[cut:])])) == whole, cut
    assert ours((12, 4, list(units))) == whole


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("\x0equota: xylem\x0f", "quota: xylem"),  # G1 is plain until a program says something else
        (f"{E})0\x0elqk\x0fx", "┌─┐x"),
        (f"{E}(0lqk{E}(Bx", "┌─┐x"),
        (f"{E}*0{E}nqq\x0fq", "──q"),
        (f"{E}(A#{E}(B#", "£#"),
        (f"{E})0\x0e{E}7\x0f{E}8q", "─"),
        ("a\ud83db", "a\ufffdb"),
        ("\ude80", "\ufffd"),
        (f"a{E}]8;;http://b{E}\\link{E}]8;;{E}\\", "alink"),
        ("a\x9b31mb\x9d0;t\x9cc", "abc"),
        (f"a{E}[3\n1mb", "a\n b"),
    ],
)
def test_character_sets_halves_and_controls_show_this(written: str, shown: str) -> None:
    cells = ours((20, 3, [written]))["cells"]
    lines = ["".join(cell[0] for cell in line).rstrip() for line in cells]
    assert "\n".join(lines).rstrip() == shown


@given(
    columns=st.integers(1, 9),
    rows=st.integers(1, 5),
    parts=st.lists(
        st.text(st.sampled_from(ALPHABET), max_size=30) | st.tuples(st.integers(1, 9), st.integers(1, 5)),
        max_size=12,
    ),
)
@settings(max_examples=300, deadline=None)
def test_nothing_that_is_written_breaks_a_screen(columns: int, rows: int, parts: list[Step]) -> None:
    screen = Screen(columns, rows)
    stream = Stream(screen)
    for part in parts:
        stream.feed(part) if isinstance(part, str) else screen.resize(part[1], part[0])
        assert len(screen.lines) == screen.rows and {len(line) for line in screen.lines} == {screen.columns}
        assert 0 <= screen.x <= screen.columns and 0 <= screen.y < screen.rows
        for line in screen.lines:
            for left, cell in pairwise([Cell(), *line]):
                assert (cell.text == "") == (width_of(left.text[:1] or " ") == 2), line
            assert width_of(line[-1].text[:1] or " ") < 2
