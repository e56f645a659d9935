"""Saving without touching what was not edited: texts by line, tables by cell."""

from __future__ import annotations

import csv
import io
from itertools import takewhile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainers.studio.files import (
    Conflict,
    Refused,
    inside,
    merged,
    read_text,
    save_text,
    with_cell,
    with_value,
)


def test_lines_that_were_not_edited_keep_their_ends() -> None:
    raw = b"\xef\xbb\xbfa: 1\r\nb: 2\nc: 3\r\n# last"
    assert merged(raw, "a: 1\nb: 2\nc: 3\n# last") == raw
    assert merged(raw, "a: 1\nb: 20\nc: 3\n# last") == b"\xef\xbb\xbfa: 1\r\nb: 20\r\nc: 3\r\n# last"
    assert merged(b"a\nb\n", "a\nnew\nb\n") == b"a\nnew\nb\n"


@given(
    st.lists(st.sampled_from(["a", "b: 1", "", "  - c"]), min_size=1),
    st.lists(st.sampled_from(["\n", "\r\n"])),
)
def test_a_text_that_was_not_edited_stays_as_it_is(lines: list[str], ends: list[str]) -> None:
    raw = "".join(line + (ends[i] if i < len(ends) else "\n") for i, line in enumerate(lines)).encode()
    assert merged(raw, raw.decode().replace("\r\n", "\n")) == raw


def test_a_file_that_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "storyboard.yaml"
    path.write_bytes(b"a: 1\n")
    opened = read_text(path)
    path.write_bytes(b"a: 2\n")
    with pytest.raises(Conflict) as stopped:
        save_text(path, "a: 3\n", opened.version)
    assert path.read_bytes() == b"a: 2\n"
    assert stopped.value.text == "a: 2\n"
    save_text(path, "a: 3\n", stopped.value.version)
    assert path.read_bytes() == b"a: 3\n"


@given(
    st.lists(st.lists(st.text('ab,"\n é1', max_size=5), min_size=2, max_size=3), min_size=1, max_size=4),
    st.text('xy,"\n 9', min_size=1, max_size=4),
    st.sampled_from(["\n", "\r\n"]),
    st.data(),
)
def test_one_cell_is_changed_and_no_other_byte(
    rows: list[list[str]], value: str, end: str, data: st.DataObject
) -> None:
    columns = min(map(len, rows))
    table = [["one", "two", "three"][:columns], *(row[:columns] for row in rows)]
    written = io.StringIO()
    csv.writer(written, lineterminator=end).writerows(table)
    raw = written.getvalue().encode()
    row, column = data.draw(st.integers(0, len(rows) - 1)), data.draw(st.integers(0, columns - 1))
    try:
        changed = with_cell(raw, row, column, value).decode()
    except Refused:
        # A cell whose file would not be read the same; it is said, and nothing is written.
        return
    before, table[row + 1][column] = table[row + 1][column], value
    assert [one for one in csv.reader(io.StringIO(changed, newline="")) if one] == table
    # What is the same from both ends is all but the cell, which may stand in quotes.
    old = raw.decode()
    same = common(old, changed)
    same += common(old[same:][::-1], changed[same:][::-1])
    assert len(old) - same <= 2 * len(before) + 2


def common(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def test_a_cell_that_is_not_there_is_refused() -> None:
    for row, column in ((5, 0), (0, 5), (-1, 0), (0, -1)):
        with pytest.raises(Refused):
            with_cell(b"a,b\n1,2\n", row, column, "3")
    assert with_cell(b'a,b\n"1",2\n\n3,4\n', 1, 1, "5") == b'a,b\n"1",2\n\n3,5\n'
    assert with_cell(b'a,b\n"1",2\n', 0, 0, "7") == b'a,b\n"7",2\n'


def test_a_path_is_inside_or_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.yaml").write_text("a")
    (tmp_path / "out.yaml").write_text("b")
    (tmp_path / "in/link").symlink_to(tmp_path)
    assert inside(tmp_path / "in", "a.yaml").name == "a.yaml"
    strange = ("a" * 300, "a/" * 3000, "\udcff.yaml", "x\ny.yaml", "a\0")
    for path in ("../out.yaml", "link/out.yaml", "/etc/passwd", "", ".", "a.yaml/..", "nothing", *strange):
        with pytest.raises(Refused):
            inside(tmp_path / "in", path)


JSON_TABLE = """\ufeff[
  {"run": "before",\t"tok": 100, "note": "a \\"quoted\\" word"},
  {"run":"after","tok":1.50e2,  "note":null}
]
""".encode()


@pytest.mark.parametrize(
    ("row", "column", "value", "old", "new"),
    [
        (0, "tok", "120", '"tok": 100', '"tok": 120'),
        (1, "tok", "1.2e3", "1.50e2", "1.2e3"),
        (1, "tok", "", "1.50e2", "null"),
        (0, "run", "12", '"before"', '"12"'),
        (0, "note", 'say "ü"', r'"a \"quoted\" word"', r'"say \"ü\""'),
        (1, "note", "new", "null", '"new"'),
        (1, "tok", "NaN", "1.50e2", '"NaN"'),
    ],
)
def test_one_value_of_a_json_table_is_changed_and_nothing_else(
    row: int, column: str, value: str, old: str, new: str
) -> None:
    assert JSON_TABLE.count(old.encode()) == 1
    assert with_value(JSON_TABLE, row, column, value) == JSON_TABLE.replace(old.encode(), new.encode())


@pytest.mark.parametrize(
    ("raw", "row", "column"),
    [
        (JSON_TABLE, 2, "tok"),
        (JSON_TABLE, 0, "tokens"),
        (b"{}", 0, "a"),
        (b"[1, 2]", 0, "a"),
        (b"[{", 0, "a"),
    ],
)
def test_a_json_value_that_is_not_there_is_refused(raw: bytes, row: int, column: str) -> None:
    with pytest.raises(Refused, match="that can be changed here"):
        with_value(raw, row, column, "1")
