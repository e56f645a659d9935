"""Mistakes in the form of a file are shown where they were made, with the text as it is written rightly."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from explainers.errors import Diagnostic, InvalidInput
from explainers.storyboard.mistakes import quoted
from explainers.storyboard.model import read_storyboard
from explainers.storyboard.reader import parse_document


def problem(text: str) -> Diagnostic:
    with pytest.raises(InvalidInput) as caught:
        parse_document(text, Path("s.yaml"), "s.yaml")
    return caught.value.problems[0]


@pytest.mark.parametrize(
    ("text", "line", "column", "expected"),
    [
        ("t: Ours: a fifth faster", 1, 8, '"Ours: a fifth faster"'),
        ("t: the answer:", 1, 14, '"the answer:"'),
        ('t: say "yes": why', 1, 13, "'say \"yes\": why'"),
        ("s:\n  - a: b: c", 2, 9, '"b: c"'),
        ("t: 50%: x", 1, 7, '"50%: x"'),
        ('t: "C:\\demo"', 1, 7, "single quotes, which take a \\ as it is: 'C:\\demo'"),
        ("t: @home", 1, 4, '"@home"'),
        ("t: `code`", 1, 4, '"`code`"'),
        ("t: %d", 1, 4, '"%d"'),
        ("t: *bold*", 1, 4, '"*bold*"'),
        ("t: > 3 GB\nu: 1", 1, 4, '"> 3 GB"'),
        ("t: {gain:.0f} times\nu: 1", 1, 4, '"{gain:.0f} times"'),
        ("t: [1] is right\nu: 1", 1, 4, '"[1] is right"'),
        ("t: 'it's so'\nu: 1", 1, 7, '"it\'s so"'),
        ('t: "a "b" c"\nu: 1', 1, 7, "'a \"b\" c'"),
        ("t: for #412,\n  in steps\nu: 1", 1, 8, '"for #412, in steps"'),
        ("t #1: x\nu: 1", 1, 3, '"t #1: x"'),
        ("s: [{a: GPU #1, b: 2},\n    {a: 3}]", 1, 13, '"GPU #1"'),
        # A quote that is not closed, where it opens, however far down the parser comes.
        ('t: "Ours\nu: 1\nv:\n  - w: "x"\n', 1, 4, '"Ours"'),
        ('t: "Ours\nu: 1\nv:\n  - w: x\n', 1, 4, '"Ours"'),
        ('t: "Ours\nu: it is"\nv: 1\n', 1, 4, '"Ours"'),
        ('s:\n  - t: "Ours\n    u: 1\n    v: "x"\n', 2, 8, '"Ours"'),
        ("s:\n  - 'Ours\n  - 'theirs'\n", 2, 5, '"Ours"'),
        ('s: [{t: "A, u: 1},\n    {t: "B"}]\n', 1, 9, '"A"'),
        # In flow collections: the line that is wrong, not the one where the list ends or begins.
        ("s: [{a: 1},\n    {a: 2 b: 3},\n    {a: 4}]\n", 2, 9, "a ',', or \"2 b: 3\""),
        ("s: [{a: 1},\n    {a: 2]\nt: 1\nu: 2", 2, 10, "}"),
        ("s: [{a: 1},\n    {a: 2}\nt: 1\nu: 2", 1, 4, "]"),
        ("s: [{a: 1}\n    {a: 2}]\n", 1, 10, "a ','"),
        ("s: [{a: 1},,\n    {a: 2}]\n", 1, 12, "a value"),
        ("s:\n  - {a: 1\n  - {a: 2}\n", 2, 5, "}"),
        ("s: {a: 1\nt: 2\n", 1, 4, "}"),
        ("t:x\nu: 1", 1, 1, "t: x"),
        ("t\nu: 1", 1, 1, "t:"),
        ("t\nu: 1\nv: 2", 1, 1, "t:"),
        ("t: 1\nu 2\nv: 3", 2, 1, "u: 2"),
        ('s:\n  - t: 1\n    u "x"\n    v: 3', 3, 5, 'u: "x"'),
        ("t: 1\n  u: 2", 2, 3, "the indentation of the line above, or quotes"),
        ("t:\n  u: 1\n v: 2", 3, 2, "the column of the entry it belongs beside"),
    ],
)
def test_a_mistake_is_shown_where_it_was_made(text: str, line: int, column: int, expected: str) -> None:
    found = problem(text)
    assert found.place is not None
    assert (found.code, found.place.line, found.place.column) == ("yaml-syntax", line, column), found.text()
    assert found.expected == expected


def test_a_bracket_too_many_is_named() -> None:
    assert "closes nothing" in problem("s: [a b]]").message


@pytest.mark.parametrize("text", ['t: "a\n  b"\nu: 1', "s:\n- t: 'a\n\n    b'\n", 't: "a\n  b\n  "\nu: 1'])
def test_a_quoted_text_may_go_on_in_lines_that_are_indented(text: str) -> None:
    assert parse_document(text, Path("s.yaml"), "s.yaml").data == yaml.safe_load(text) | (
        {"u": "1"} if "u:" in text else {}
    )


_WORDS = st.text("abc #:'\"\\{}[],&*!|>%@`-?", min_size=1, max_size=12).map(str.strip).filter(bool)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(_WORDS)
def test_the_quoted_form_is_read_as_the_text(text: str) -> None:
    assert parse_document(f"t: {quoted(text)}", Path("s.yaml"), "s.yaml").data == {"t": text}


@settings(max_examples=600, deadline=None, derandomize=True)
@given(_WORDS, st.booleans())
def test_a_text_is_read_whole_or_it_is_said_in_its_line(text: str, last: bool) -> None:
    """Whatever a text is made of: it is read as it is written, or as no text, or a comment or a mistake is
    found in its line. Quotes around the whole text, and | and > of a text in lines, have their meaning."""
    written = f"s:\n  - t: {text}\n    u: 1\n" + ("" if last else "v: w\n")
    try:
        document = parse_document(written, Path("s.yaml"), "s.yaml")
    except InvalidInput as error:
        assert error.problems[0].place is not None
        assert error.problems[0].place.line == 2, str(error)
        return
    assert isinstance(document.data, dict)
    entry = document.data["s"][0]
    assert entry["u"] == "1"
    meant = entry["t"] == text or isinstance(entry["t"], (dict, list)) or text[0] in "'\"|>"
    assert meant or text == "~" or document.cut_off(("s", 0, "t"))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("title: {gain:.0f}", 'text, in quotes: "{gain:.0f}"'),
        ("title: [T: a model]", "text"),
        ("title: [a model]", 'text, in quotes: "[a model]"'),
        ("title:\n  DREX: faster", 'text, in quotes: "DREX: faster"'),
    ],
)
def test_a_text_that_yaml_takes_for_something_else_is_shown_in_quotes(written: str, expected: str) -> None:
    document = parse_document(f"storyboard: 1\nshots: []\n{written}", Path("s.yaml"), "s.yaml")
    mistakes = read_storyboard(document)[1]
    assert expected in [one.expected for one in mistakes if one.loc == ("title",)]


def test_a_value_that_a_comment_cut_off_is_shown_with_the_comment() -> None:
    document = parse_document("storyboard: 1\ntitle: #17 is closed\nshots: []", Path("s.yaml"), "s.yaml")
    found = [document.problem(one).message for one in read_storyboard(document)[1] if one.loc == ("title",)]
    assert found == ["'title' is empty; #17 is closed is a comment: quote the value if it is part of it"]


def test_a_key_without_its_colon_is_shown_with_it() -> None:
    written = (
        "storyboard: 1\ntitle: A test\nfacts: {a: {table runs, value: x}}\nshots: [{id: a, kind: title}]"
    )
    document = parse_document(written, Path("s.yaml"), "s.yaml")
    [mistake] = [one for one in read_storyboard(document)[1] if one.code == "unknown-key"]
    assert (mistake.loc[-1], mistake.expected) == ("table runs", "table: runs")


WHOLE = """\
storyboard: 1
title: "Ours is a fifth faster"
facts:
  off: {table: runs, where: {run: off}, value: tok}
  gain: {value: "drex / off", format: "+.1%"}
shots:
  - id: one
    bars: [{row: off, label: "First"}, {row: drex, label: "Second", role: ours},
           {row: more, label: 'Third'}]
    statement: "It gains {gain}."
    beats:
      - {id: a, duration: 2s, cue: "The first one."}
      - id: b
        cue: 'The second: better'
  - id: two
    lines: [one, "two", three]
"""


@pytest.mark.parametrize("at", [at for at, one in enumerate(WHOLE) if one in "\"'[]{},:"])
def test_a_character_that_was_lost_is_missed_where_it_was(at: int) -> None:
    """In its own line, or for what encloses lines, where it opens."""
    line = WHOLE.count("\n", 0, at) + 1
    try:
        parse_document(WHOLE[:at] + WHOLE[at + 1 :], Path("s.yaml"), "s.yaml")
    except InvalidInput as error:
        place = error.problems[0].place
        assert place is not None
        assert place.line in ((line, 8) if 8 <= line <= 9 else (line,)), str(error)
