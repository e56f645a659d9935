"""Templates: parameters of a storyboard, and a matrix with a row for each video."""

from __future__ import annotations

from pathlib import Path

import pytest

from explainers.errors import InvalidInput
from explainers.plan import load_plan, storyboard_of
from explainers.plan.matrix import Row, read_matrix
from explainers.project import Project

from small import SMALL, write_project  # isort: skip

TEMPLATE = SMALL.replace(
    "facts:\n",
    "parameters:\n"
    "  run: {type: choice, choices: [before, after], default: before}\n"
    "  heading: text\n"
    "facts:\n"
    '  chosen: {table: runs, where: {run: "${run}"}, value: tok, format: .0f}\n',
).replace("heading: First card", 'heading: "${heading}: {chosen}"')
MATRIX = "name,run,heading\none,before,The first\ntwo,after,The second\n"


@pytest.fixture
def project(tmp_path) -> Project:
    return write_project(tmp_path, TEMPLATE, "card")


def matrix(project: Project, text: str) -> list[Row]:
    path = project.root / "runs.csv"
    path.write_text(text)
    return read_matrix(project, "card", storyboard_of(project, "card"), path)


def problems(project: Project, text: str) -> list:
    with pytest.raises(InvalidInput) as caught:
        matrix(project, text)
    return list(caught.value.problems)


def test_each_row_is_a_video_with_its_own_name_words_and_numbers(project):
    plans = [load_plan(project, "card", row=variant) for variant in matrix(project, MATRIX)]
    assert [plan.name for plan in plans] == ["card-one", "card-two"]
    assert [plan.shots[0].params.heading for plan in plans] == ["The first: 100", "The second: 108"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_spreadsheet_may_separate_cells_otherwise(project, separator: str):
    [one, two] = matrix(project, "\ufeff" + MATRIX.replace(",", separator))
    assert (one.values, two.name) == ({"run": "before", "heading": "The first"}, "two")
    text = "name,run,heading\none,before,H\none/two,before,H\n"
    [problem] = problems(project, text.replace(",", separator))
    assert (problem.code, problem.length, str(problem.place)) == ("wrong-value", 7, "runs.csv:3:1")


def test_an_empty_cell_and_a_column_that_is_not_there_take_the_default(project):
    for text in ("name,run,heading\none,,H\n", "name,heading\none,H\n"):
        [variant] = matrix(project, text)
        assert load_plan(project, "card", row=variant).shots[0].params.heading == "H: 100"


def test_a_template_alone_says_which_value_it_lacks_and_where_it_is_used(project):
    with pytest.raises(InvalidInput) as caught:
        load_plan(project, "card")
    [problem] = caught.value.problems
    assert problem.code == "no-value" and "--matrix" in problem.text()
    assert problem.source_line.strip() == 'heading: "${heading}: {chosen}"'
    assert problem.source_line[problem.place.column - 1 :].startswith("${heading}")


def test_a_template_with_defaults_is_a_video_by_itself(project):
    path = project.storyboard_path("card")
    path.write_text(path.read_text().replace("heading: text", "heading: {default: Alone}"))
    assert load_plan(project, "card").shots[0].params.heading == "Alone: 100"


@pytest.mark.parametrize(
    ("text", "code", "line", "near"),
    [
        ("name,run,haeding\none,before,H\n", "unknown-column", 1, "heading"),
        ("run,heading\nbefore,H\n", "missing-column", 1, None),
        ("name,run\none,before\n", "missing-column", 1, None),
        ("name,name,heading\na,b,H\n", "duplicate-key", 1, None),
        ("name,run,heading\none,befor,H\n", "wrong-value", 2, "before"),
        ("name,run,heading\none,before,H\none,after,H\n", "duplicate-key", 3, None),
        ("name,run,heading\n../up,before,H\n", "wrong-value", 2, None),
        ("name,run,heading\none,before\n", "wrong-count", 2, None),
        ('name,run,heading\none,before,"H\n', "csv-syntax", 2, None),
        ("name,run,heading\n", "empty", 1, None),
        ("", "empty", 1, None),
        ("name,run,heading\none,before,a\x07b\n", "control-character", 2, None),
    ],
)
def test_what_is_wrong_in_a_matrix_is_said_at_its_line_and_column(project, text, code, line, near):
    found = problems(project, text)
    assert (found[0].code, found[0].place.line, found[0].did_you_mean) == (code, line, near)
    assert found[0].place.file == "runs.csv"


def test_every_wrong_row_is_told_in_one_go(project):
    found = problems(project, "name,run,heading\none,befor,H\ntwo,aftr,H\n")
    assert [problem.place.line for problem in found] == [2, 3]
    assert found[0].source_line[found[0].place.column - 1 :].startswith("befor")


def test_a_wrong_cell_is_pointed_at_and_not_a_name_that_begins_like_it(project):
    [problem] = problems(project, "name,run,heading\nbefores,befor,H\n")
    assert problem.place.column == 9


def test_a_matrix_that_is_not_there_or_not_text(project):
    with pytest.raises(InvalidInput, match="no file"):
        read_matrix(project, "card", storyboard_of(project, "card"), Path("nowhere.csv"))
    path = project.root / "bad.csv"
    path.write_bytes(b"name\xff")
    with pytest.raises(InvalidInput, match="UTF-8"):
        read_matrix(project, "card", storyboard_of(project, "card"), path)


def test_a_name_may_not_be_that_of_another_video(project):
    write_project(project.root, SMALL, "card-one")
    assert problems(project, MATRIX)[0].code == "wrong-value"


def test_an_unknown_parameter_is_found_where_it_is_used(project):
    path = project.storyboard_path("card")
    path.write_text(path.read_text().replace("${heading}", "${headin}"))
    with pytest.raises(InvalidInput) as caught:
        load_plan(project, "card")
    assert caught.value.problems[0].did_you_mean == "heading"


def test_a_value_is_text_and_brings_no_structure_with_it(project):
    [variant] = matrix(project, 'name,heading\none,"[a]: {=b}, # c"\n')
    assert load_plan(project, "card", row=variant).shots[0].params.heading == "[a]: b, # c: 100"


def test_a_value_that_looks_like_a_parameter_is_not_filled_in(project):
    [variant] = matrix(project, "name,heading\none,${run}\n")
    with pytest.raises(InvalidInput) as caught:
        load_plan(project, "card", row=variant)
    assert caught.value.problems[0].code == "unknown-fact"


def test_a_digit_in_a_value_needs_a_source_as_any_other(project):
    [variant] = matrix(project, "name,heading\none,Take 5\n")
    with pytest.raises(InvalidInput) as caught:
        load_plan(project, "card", row=variant)
    assert caught.value.problems[0].code == "typed-digit"


@pytest.mark.parametrize(
    ("declared", "code"),
    [
        ("run: {type: choice}", "missing-key"),
        ("run: {type: number, default: many}", "wrong-value"),
        ("run: {type: numbr}", "wrong-value"),
    ],
)
def test_a_declaration_that_means_nothing_is_told(project, declared, code):
    path = project.storyboard_path("card")
    text = path.read_text()
    line = next(line for line in text.splitlines() if line.startswith("  run: {type"))
    path.write_text(text.replace(line, f"  {declared}"))
    with pytest.raises(InvalidInput) as caught:
        load_plan(project, "card")
    assert caught.value.problems[0].place.line == text.splitlines().index(line) + 1


def test_runs_tables_and_files_must_be_there(project):
    path = project.storyboard_path("card")
    text = path.read_text().replace("heading: text", "heading: text\n  data: table\n  picture: file")
    path.write_text(text)
    found = problems(project, "name,heading,data,picture\none,H,rnus,data/run.csv\n")
    assert [(one.code, one.did_you_mean) for one in found] == [
        ("wrong-value", "runs"),
        ("wrong-value", "data/runs.csv"),
    ]
