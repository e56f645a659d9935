from pathlib import Path

import pytest

from explainers.errors import InvalidInput
from explainers.facts.tables import NoSuchRow, Table, load_table


def table(tmp_path: Path, text: str, name: str = "t.csv") -> Table:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return load_table(path, f"data/{name}", "t", "logs", "measured")


def problem(tmp_path: Path, text: str, name: str = "t.csv") -> tuple[str, str]:
    with pytest.raises(InvalidInput) as caught:
        table(tmp_path, text, name)
    [one] = caught.value.problems
    return one.code, str(one.place)


CSV = "run,policy,tok,exits\na,off,112.75,\nb,drex,122.06,12\nc,drex,114.89,-3\n"


def test_numbers_are_floats_and_empty_cells_are_none(tmp_path: Path) -> None:
    first = table(tmp_path, CSV).rows[0]
    assert first == {"run": "a", "policy": "off", "tok": 112.75, "exits": None}


def test_a_json_list_of_objects_is_the_same_table(tmp_path: Path) -> None:
    text = '[{"run": "a", "tok": 112.75}, {"run": "b", "ok": true, "n": null}]'
    made = table(tmp_path, text, "t.json")
    assert made.columns == ("run", "tok", "ok", "n")
    assert made.rows[1] == {"run": "b", "tok": None, "ok": "true", "n": None}


def test_quoted_cells_may_hold_commas_and_line_ends(tmp_path: Path) -> None:
    made = table(tmp_path, 'run,note\na,"x, y\nz"\nb,c\n')
    assert made.rows[0]["note"] == "x, y\nz"


def test_one_row_is_picked_by_its_values(tmp_path: Path) -> None:
    made = table(tmp_path, CSV)
    assert made.pick({"policy": "drex", "tok": "122.060"})["run"] == "b"
    assert [row["run"] for row in made.select({"policy": "drex"})] == ["b", "c"]
    assert [row["run"] for row in made.select({"run": ["a", "c"]})] == ["a", "c"]
    assert made.column("tok", {"run": "a"}) == (112.75,)


def test_no_row_is_told_by_the_nearest_value(tmp_path: Path) -> None:
    with pytest.raises(NoSuchRow) as caught:
        table(tmp_path, CSV).pick({"policy": "drx"})
    [mistake] = caught.value.mistakes
    assert (mistake.loc, mistake.code, mistake.did_you_mean) == (("policy",), "no-such-row", "drex")


def test_values_that_never_meet_are_told_together(tmp_path: Path) -> None:
    with pytest.raises(NoSuchRow, match="all of run = a, policy = drex"):
        table(tmp_path, CSV).pick({"run": "a", "policy": "drex"})


def test_too_many_rows_are_told_with_what_tells_them_apart(tmp_path: Path) -> None:
    with pytest.raises(NoSuchRow) as caught:
        table(tmp_path, CSV).pick({"policy": "drex"})
    assert caught.value.mistakes[0].expected == "one more condition, such as run: b, c"


def test_an_unknown_column_is_met_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(NoSuchRow) as caught:
        table(tmp_path, CSV).select({"polcy": "drex"})
    assert (caught.value.mistakes[0].code, caught.value.mistakes[0].did_you_mean) == (
        "unknown-column",
        "policy",
    )


@pytest.mark.parametrize(
    ("text", "name", "place"),
    [
        ("a,b\n1,2\n1,2,3\n", "t.csv", "data/t.csv:3:1"),
        ("a,a\n1,2\n", "t.csv", "data/t.csv:1:1"),
        (",\n1,2\n", "t.csv", "data/t.csv:1:1"),
        ("", "t.csv", "data/t.csv:1:1"),
        ('a,b\n"x"y,2\n', "t.csv", "data/t.csv:2:1"),
        ('[{"a": 1},\n {"a": }]', "t.json", "data/t.json:2:8"),
        ('{"a": 1e999}', "t.json", "data/t.json:1:1"),
        ('[{"a": [1]}]', "t.json", "data/t.json:1:1"),
        ("a", "t.xlsx", "data/t.xlsx:1:1"),
    ],
)
def test_a_broken_table_has_a_place(tmp_path: Path, text: str, name: str, place: str) -> None:
    assert problem(tmp_path, text, name) == ("bad-table", place)


def test_a_table_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="missing-file"):
        load_table(tmp_path / "no.csv", "data/no.csv", "t", "logs", "measured")


def test_lines_are_counted_over_cells_of_several_lines(tmp_path: Path) -> None:
    assert problem(tmp_path, 'a,b\n"x\ny",2\n1\n') == ("bad-table", "data/t.csv:4:1")
