from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainers.errors import InvalidInput
from explainers.storyboard import reader
from explainers.storyboard.document import Document
from explainers.storyboard.mistakes import Mistake
from explainers.storyboard.reader import parse_document, read_document


def parsed(text: str) -> Document:
    return parse_document(text, Path("s.yaml"), "s.yaml")


def problems(text: str) -> list[tuple[str, int, int]]:
    with pytest.raises(InvalidInput) as caught:
        parsed(text)
    return [(one.code, one.place.line, one.place.column) for one in caught.value.problems if one.place]


def test_every_scalar_stays_the_text_that_was_written() -> None:
    data = parsed("a: 1:30\nb: on\nc: 2025\nd: 0x1F\ne: 1e3\nf: 2024-01-01\ng: True").data
    assert data == {
        "a": "1:30",
        "b": "on",
        "c": "2025",
        "d": "0x1F",
        "e": "1e3",
        "f": "2024-01-01",
        "g": "True",
    }


def test_only_plain_empty_values_are_none() -> None:
    data = parsed("a:\nb: ~\nc: null\nd: ''\ne: 'null'\nf: \"~\"").data
    assert data == {"a": None, "b": None, "c": None, "d": "", "e": "null", "f": "~"}


def test_an_empty_file_holds_nothing() -> None:
    assert parsed("").data is None
    assert str(parsed("").place(("title",))) == "s.yaml:1:1"


def test_places_of_keys_and_values_count_from_one() -> None:
    document = parsed("shots:\n  - id: a\n    beats: [{id: x}, {id: y}]\n")
    assert str(document.place(("shots", 0, "beats", 1, "id"))) == "s.yaml:3:27"
    assert str(document.place(("shots", 0, "beats"), key=True)) == "s.yaml:3:5"


def test_a_place_that_is_not_there_is_that_of_its_nearest_ancestor() -> None:
    document = parsed("shots:\n  - id: a\n")
    assert document.place(("shots", 0, "beats", 3)) == document.place(("shots", 0))


def test_source_lines_outside_the_file_are_empty() -> None:
    document = parsed("a: 1\r\nb: 2\r\n")
    assert document.source_line(2) == "b: 2"
    assert document.source_line(99) == ""


@pytest.mark.parametrize(
    ("text", "column"),
    [("t: gain 12 %", 9), ('t: "gain 12 %"', 10), ('t: "a\\u2026 12"', 13), ("t: 'it''s 12'", 11)],
)
def test_an_offset_in_a_text_is_found_in_its_source(text: str, column: int) -> None:
    document = parsed(text)
    assert isinstance(document.data, dict)
    offset = document.data["t"].index("12")
    problem = document.problem(Mistake(("t",), "typed-digit", "x", offset=offset, length=2))
    assert problem.place is not None
    assert (problem.place.line, problem.place.column) == (1, column)


def test_an_offset_in_a_folded_text_is_found_in_its_line() -> None:
    document = parsed("t: >\n  some words\n  and 12 of them\n")
    problem = document.problem(Mistake(("t",), "typed-digit", "x", offset=15, length=2))
    assert problem.place is not None
    assert (problem.place.line, problem.place.column) == (3, 7)


def test_duplicate_keys_are_all_reported_with_the_first_one_s_line() -> None:
    assert problems("a: 1\nb: 2\na: 3\nb: 4\n") == [("duplicate-key", 3, 1), ("duplicate-key", 4, 1)]


def test_a_tab_is_named_as_what_it_is() -> None:
    assert problems("a:\n\tb: 1\n") == [("yaml-tab", 2, 1)]


@pytest.mark.parametrize("text", ["a: [1, 2", "a: 'x", "a: b: c", "- a\nb: 1", "a: {b: 1"])
def test_broken_yaml_has_a_place(text: str) -> None:
    assert [code for code, _, _ in problems(text)] == ["yaml-syntax"]


@pytest.mark.parametrize("text", ["a: &x 1\nb: *x", "b: *x"])
def test_anchors_and_aliases_are_refused(text: str) -> None:
    assert [code for code, _, _ in problems(text)] == ["yaml-alias"]


def test_tags_are_refused() -> None:
    assert problems("a: !!python/object/apply:os.system [x]") == [("yaml-tag", 1, 4)]


def test_a_second_document_is_refused() -> None:
    assert problems("a: 1\n---\nb: 2\n") == [("yaml-syntax", 2, 1)]


def test_a_mapping_is_no_key() -> None:
    assert problems("{a: 1}: 2")[0][0] == "yaml-syntax"


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 50_000, "{a: " * 50_000])
def test_nesting_is_bounded_without_recursion(text: str) -> None:
    assert [code for code, _, _ in problems(text)] == ["too-deep"]


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_bytes(b"a" * (reader.MAX_BYTES + 1))
    with pytest.raises(InvalidInput, match="too-large"):
        read_document(path, "s.yaml")


def test_bytes_that_are_not_utf_8_have_a_place(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_bytes(b"a: 1\nb: \xff\n")
    with pytest.raises(InvalidInput) as caught:
        read_document(path, "s.yaml")
    assert str(caught.value.problems[0].place) == "s.yaml:2:4"


def test_a_byte_order_mark_is_not_part_of_the_first_key(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert read_document(path, "s.yaml").data == {"a": "1"}


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    try:
        document = parsed(text)
    except InvalidInput as error:
        assert all(problem.place and problem.text() for problem in error.problems)
    else:
        for loc in document.values:
            assert document.place(loc).line >= 1
