"""Inputs that Hypothesis makes by their grammar, compared with what somebody else makes of them."""

from __future__ import annotations

import json
import math
import unicodedata
from pathlib import Path

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from explainers.errors import control_character
from explainers.facts.expression import ExpressionError, parse
from explainers.footage.cast import read_cast
from explainers.storyboard.reader import parse_document

VALUES = {"a": 2.0, "b": -3.5, "c": 0.0, "d": 1e200}
_LEAVES = st.sampled_from([*VALUES, "0", "1", "2.5", "1e3", ".5"])
_EXPRESSIONS = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "**", " - "]), inner).map("".join),
        inner.map("({})".format),
        inner.map("-{}".format),
        st.tuples(st.sampled_from(["abs", "max", "min"]), inner).map(lambda pair: f"{pair[0]}({pair[1]})"),
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(_EXPRESSIONS)
def test_an_expression_means_what_it_means_in_python(text: str) -> None:
    try:
        found: object = parse(text).evaluate(VALUES)
    except ExpressionError:
        found = None
    try:
        own = {"abs": abs, "max": lambda one: one, "min": lambda one: one, "__builtins__": {}}
        # Written by the strategy above, from numbers, names and operators alone; floats as ours are.
        expected = eval(_with_floats(text), own, dict(VALUES))
        expected = expected if isinstance(expected, float) and math.isfinite(expected) else None
    except (ArithmeticError, TypeError):
        expected = None
    assert found == expected


def _with_floats(text: str) -> str:
    import re

    return re.sub(r"(?<![\w.])(\d+)(?![\w.])", r"\1.0", text)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(max_size=80))
def test_any_text_is_an_expression_or_a_slip_in_it(text: str) -> None:
    try:
        parse(text).evaluate(VALUES)
    except ExpressionError as error:
        assert 0 <= error.mistake.offset <= len(text)


_TEXTS = st.text(max_size=20).filter(lambda text: not control_character(text) and text.isprintable())
_KEYS = _TEXTS.filter(lambda text: unicodedata.is_normalized("NFC", text))
_DATA = st.recursive(
    _TEXTS, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_KEYS, inner, max_size=4))
)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(_DATA)
def test_what_yaml_writes_is_read_back(data: object) -> None:
    # Quoted, so that no text is a word of YAML's.
    text = yaml.safe_dump(data, default_style='"', allow_unicode=True, width=1000)
    assert parse_document(text, Path("s.yaml"), "s.yaml").data == data


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.floats(0, 1e6), st.text(max_size=20)), max_size=6))
def test_a_recording_is_read_back(tmp_path_factory, events) -> None:
    path = tmp_path_factory.mktemp("cast") / "it.cast"
    lines = [{"version": 2, "width": 80, "height": 24}, *([at, "o", text] for at, text in events)]
    path.write_text("\n".join(json.dumps(line) for line in lines) + "\n")
    found = read_cast(path).events
    assert [event.data for event in found] == [text for _, text in events]
    assert [event.at_s for event in found] == [
        max(at for at, _ in events[: n + 1]) for n in range(len(events))
    ]
