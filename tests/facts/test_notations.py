"""Tables as ordinary tools write them: each number is the one that was meant, or is said to be open."""

from __future__ import annotations

import csv
import io
import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small import write_project

from explainers.errors import InvalidInput
from explainers.facts.cells import Notation
from explainers.facts.tables import Table, load_table
from explainers.plan import load_plan


def table(folder: Path, text: str, name: str = "t.csv", notation: Notation | None = None) -> Table:
    path = folder / name
    path.write_bytes(text.encode())
    return load_table(path, f"data/{name}", "t", "logs", "measured", notation)


@pytest.mark.parametrize(
    ("text", "columns", "cells"),
    [
        # pandas writes its index without a name.
        (",system,tok\n0,a,104.5\n1,b,151.25\n", ("system", "tok"), [104.5, 151.25]),
        # Separators at the ends of lines, in all lines or in the rows alone.
        ("system,tok,\na,104.5,\n", ("system", "tok"), [104.5]),
        ("system,tok\na,104.5,,\n", ("system", "tok"), [104.5]),
        # Semicolons, with a comma for the decimals; a line that names the separator.
        ("system;tok;w\na;104,5;310\nb;151,25;298\n", ("system", "tok", "w"), [104.5, 151.25]),
        ("system;tok\na;1.204,5\nb;1.517\n", ("system", "tok"), [1204.5, 1517.0]),
        ("sep=;\r\nsystem;tok\r\na;104,5\r\n", ("system", "tok"), [104.5]),
        ("sep=|\nsystem|tok\na|104.5\n", ("system", "tok"), [104.5]),
        ("system;tok\na;104\n", ("system", "tok"), [104.0]),
        ("system;latency, ms;tok\na;12;104\n", ("system", "latency, ms", "tok"), [104.0]),
        ("system\ttok\na\t104.5\n", ("system", "tok"), [104.5]),
        # Thousands, where one number of the column can be read in one way only.
        ('system,tok\na,"1,204.5"\nb,"1,517"\n', ("system", "tok"), [1204.5, 1517.0]),
        ('system,tok\na,"1,204"\nb,"12,500,331"\n', ("system", "tok"), [1204.0, 12500331.0]),
        ('system,tok\na,"0,123"\nb,"1,204"\n', ("system", "tok"), [0.123, 1.204]),
        ("system,tok\na,1'204.5\nb,1\u202f517\n", ("system", "tok"), [1204.5, 1517.0]),
        ("system;tok\na;1\u00a0204,5\nb;\u22123,25e2\n", ("system", "tok"), [1204.5, -325.0]),
        # Marks of the file, line ends, quotes after a space, lines of nothing.
        ('\ufeffsystem,tok\r\na,104.5\r\n,\r\n\r\n"b", "151.25"\r\n', ("system", "tok"), [104.5, 151.25]),
        ("system,tok\ra,104.5\r", ("system", "tok"), [104.5]),
        # Of two columns with one name neither can be used, and the others can.
        ("n,system,tok,n\n1,a,104.5,2\n", ("system", "tok"), [104.5]),
    ],
)
def test_a_table_of_an_ordinary_tool_is_read(
    tmp_path: Path, text: str, columns: tuple[str, ...], cells: list
) -> None:
    made = table(tmp_path, text)
    assert made.columns == columns
    assert [row["tok"] for row in made.rows] == cells


def test_a_name_that_two_columns_have_is_refused_where_it_is_used(tmp_path: Path) -> None:
    made = table(tmp_path, "n,system,n\n1,a,2\n")
    assert made.unknown_column("n").message == "several columns of table 't' are named 'n'"


@pytest.mark.parametrize(
    ("text", "line", "message", "expected"),
    [
        (
            "s,v\na,87 %\nb,91 %\n",
            2,
            "'v' is '87 %', a number with a unit, as in 1 more",
            'units: {"v": "%"}',
        ),
        ("s,v\na,12 ms\n", 2, "'v' is '12 ms', a number with a unit", 'units: {"v": "ms"}'),
        ("s,v\na,$12\n", 2, "'v' is '$12', a number with a unit", 'units: {"v": "$"}'),
        ("s,v\na,12 ms\nb,1.2 s\n", 2, "there are several in the column", "one unit in the column"),
        ("s,v\na,1.5\nb,[N/A]\n", 3, "'v' is '[N/A]', which is no number", 'missing: ["[N/A]"]'),
        ("s,v\na,-\n", 2, "'v' is '-', which is no number", 'missing: ["-"]'),
        ("s,v\na,inf\n", 2, "'v' is 'inf', which is no number", 'missing: ["inf"]'),
        ("s,v\na,1.5\nb,failed\n", 3, "'v' is 'failed', which is no number", 'missing: ["failed"]'),
        ('s,v\na,"1,204"\n', 2, "which may be 1204 or 1.204", 'decimal: "." or decimal: ","'),
        ("s;v\na;1.204\n", 2, "which may be 1.204 or 1204", 'decimal: "." or decimal: ","'),
        ('s,v\na,"0,5"\nb,0.5\n', 2, "numbers with a comma and with a point", 'decimal: "." or decimal: ","'),
    ],
)
def test_a_cell_that_is_no_number_is_shown_with_a_way(
    tmp_path: Path, text: str, line: int, message: str, expected: str
) -> None:
    made = table(tmp_path, text)
    [mistake, *_] = made.not_numbers("v", made.rows, ("value",))
    problem = mistake.elsewhere
    assert problem is not None and problem.place is not None
    assert problem.place.line == line
    if "may be" in message:
        assert all(one in problem.message for one in ("may be", "1204", "1.204"))
    else:
        assert message in problem.message
    assert (problem.expected or "").startswith(expected)
    assert (problem.expected or "").endswith(", for the table 't' in assets.yaml")


def test_a_column_of_names_is_a_mistake_where_it_was_named(tmp_path: Path) -> None:
    made = table(tmp_path, "s,v\nfirst run,1\nsecond run,2\n")
    [mistake] = made.not_numbers("s", made.rows, ("value",))
    assert mistake.elsewhere is None
    assert mistake.loc == ("value",)


def test_what_assets_yaml_says_of_a_table_is_so(tmp_path: Path) -> None:
    notation = Notation(units={"v": "%", "w": "$"}, missing=frozenset(("[N/A]", "-")))
    made = table(tmp_path, "s,v,w\na,87 %,$12\nb,[N/A],-\nc,91%,3\nd,4,12 EUR\n", notation=notation)
    assert [row["v"] for row in made.rows] == [87.0, None, 91.0, 4.0]
    assert [row["w"] for row in made.rows] == [12.0, None, 3.0, "12 EUR"]
    [mistake] = made.not_numbers("w", made.rows, ())
    assert mistake.elsewhere is not None and "with the unit EUR, and not $" in mistake.elsewhere.message
    assert made.units == {"v": "%", "w": "$"}
    made = table(tmp_path, 's|v\na|"1,204"\nb|1.5\n', notation=Notation(separator="|", decimal=","))
    assert [row["v"] for row in made.rows] == [1.204, "1.5"]
    assert table(tmp_path, "a;b,c;d\n1;2,3;4\n", notation=Notation(separator=";")).columns == (
        "a",
        "b,c",
        "d",
    )


@pytest.mark.parametrize(
    ("text", "message", "expected"),
    [
        ("a,b;c\n1,2;3\n", "a comma or a semicolon", 'separator: "," or separator: ";"'),
        ("s,v\na,104,5\n", "3 cells in a table of 2 columns, separated by a comma", "a name for each column"),
    ],
)
def test_a_separator_that_is_open_is_named(tmp_path: Path, text: str, message: str, expected: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        table(tmp_path, text)
    [problem] = caught.value.problems
    assert message in problem.message
    assert expected in (problem.expected or "")


def test_utf_16_is_called_that(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes("a\tb\n1\t2\n".encode("utf-16"))
    with pytest.raises(InvalidInput, match="UTF-16"):
        load_table(tmp_path / "t.csv", "t.csv", "t", "logs", "measured")


def test_a_table_is_sent_to_workers_without_its_file(tmp_path: Path) -> None:
    made = table(tmp_path, "a,b\n1,2\n")
    assert pickle.loads(pickle.dumps(made)) == made
    assert pickle.loads(pickle.dumps(made)).file is None


# A comma or a tab between cells and a point between thousands is nobody's habit, and `1.204` a number then.
_HABITS = [
    (separator, decimal, group)
    for separator in (",", ";", "\t")
    for decimal in (".", ",")
    for group in ("", "\u202f", "'", "," if decimal == "." else ".")
    if not (group == "." and separator != ";")
]
_VALUES = st.tuples(st.integers(-9_999_999, 9_999_999), st.integers(0, 4)).map(
    lambda pair: (pair[0] / 10 ** pair[1], pair[1])
)


def _written(value: float, digits: int, decimal: str, group: str) -> str:
    text = f"{value:,.{digits}f}"
    return text.replace(",", "\0").replace(".", decimal).replace("\0", group)


@settings(max_examples=500, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(_VALUES, _VALUES), min_size=1, max_size=5),
    st.sampled_from(_HABITS),
    st.sampled_from(["", "%", "ms"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sets(st.sampled_from(["index", "trailing", "bom", "empty", "declared"])),
)
def test_a_number_is_never_another_than_was_written(tmp_path_factory, rows, habit, unit, end, ways) -> None:
    separator, decimal, group = habit
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator=end)
    before, after = [""] * ("index" in ways), [""] * ("trailing" in ways)
    writer.writerow([*before, "system", "tok", "time", *after])
    for number, pair in enumerate(rows):
        cells = [f"{_written(*one, decimal, group)} {unit}".strip() for one in pair]
        writer.writerow([*(str(number) for _ in before), f"run {number}", *cells, *after])
        if "empty" in ways:
            writer.writerow([""] * (3 + len(before) + len(after)))
    text = ("\ufeff" if "bom" in ways else "") + out.getvalue()
    units = {"tok": unit, "time": unit} if unit else {}
    notation = Notation(separator, decimal, units=units) if "declared" in ways else Notation(units=units)
    made = table(tmp_path_factory.mktemp("t"), text, notation=notation)
    assert made.columns == ("system", "tok", "time")
    assert len(made.rows) == len(rows)
    for row, pair in zip(made.rows, rows, strict=True):
        for column, (value, _) in zip(("tok", "time"), pair, strict=True):
            if isinstance(row[column], str):
                assert "declared" not in ways
                assert made.not_numbers(column, made.rows, ())[0].elsewhere is not None
            else:
                assert row[column] == pytest.approx(value, abs=1e-9)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text(',;|\t"\n\r. 0123abc%[]/-', max_size=40))
def test_any_text_is_a_table_or_refused_with_a_place(tmp_path_factory, text: str) -> None:
    try:
        made = table(tmp_path_factory.mktemp("t"), text)
    except InvalidInput as error:
        assert all(one.place is not None and one.text() for one in error.problems)
        return
    for column in made.columns:
        for mistake in made.not_numbers(column, made.rows, ()):
            assert mistake.message


SHOWN = """\
storyboard: 1
title: A table
facts:
  first: {table: runs, where: {run: before}, value: tok}
  gain: "first / first"
shots:
  - id: all
    kind: chart
    title: Two systems
    mark: dots
    table: runs
    key: run
    series: [{value: tok, label: tokens}]
    statement: "The first writes {first:.0f}, or {gain:.0f}."
  - id: bars
    kind: bars
    title: Two systems
    table: runs
    key: run
    value: tok
    unit: tokens
    bars: [{row: before, label: First}, {row: after, label: Second}]
    statement: "The first writes {first:.0f}."
"""


@pytest.mark.parametrize(
    ("cells", "declared"), [(("87 %", "91 %"), 'units: {tok: "%"}'), (('"1,204"', '"1,517"'), "decimal: .")]
)
def test_one_cause_is_one_error_wherever_the_column_is_used(tmp_path: Path, cells, declared: str) -> None:
    project = write_project(tmp_path, SHOWN)
    path = project.assets_dir("small") / "data/runs.csv"
    path.write_text(f"run,tok\nbefore,{cells[0]}\nafter,{cells[1]}\n")
    with pytest.raises(InvalidInput) as caught:
        load_plan(project, "small")
    [problem] = caught.value.problems
    assert str(problem.place) == f"assets/small/data/runs.csv:2:{8 + cells[0].startswith(chr(34))}"
    manifest = project.assets_dir("small") / "assets.yaml"
    manifest.write_text(manifest.read_text().replace("source: logs}", f"source: logs, {declared}}}"))
    assert load_plan(project, "small").facts.values["first"] in (87.0, 1204.0)
