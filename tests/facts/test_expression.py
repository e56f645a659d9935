import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainers.facts.expression import ExpressionError, parse

VALUES = {"off": 112.75, "drex": 122.06, "zero": 0.0, "total time (s)": 2.0, "lambda": 3.0, "größe": 2.0}


def value(text: str) -> float:
    return parse(text).evaluate(VALUES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("2 ** 3 ** 2", 512),
        ("-2 ** 2", -4),
        ("2 ** -1", 0.5),
        ("7 - 2 - 1", 4),
        ("8 / 4 / 2", 1),
        ("--3", 3),
        ("1.5e2 + .5", 150.5),
        ("min(3, 1, 2) + max(1, 2)", 3),
        ("ceil(2.38) - floor(2.38)", 1),
        ("mean(1, 2, 6) + sum(1, 2) + abs(-1) + sqrt(9)", 10),
        ("6 \u2212 2 \u00d7 2", 2),
        ("`total time (s)` * 2", 4),
        ("drex / off - 1", 122.06 / 112.75 - 1),
        ("lambda + größe * 010", 23),
        (" ( 1\n+ 2 ) ", 3),
    ],
)
def test_an_expression_has_the_value_of_arithmetic(text: str, expected: float) -> None:
    assert value(text) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "code", "offset"),
    [
        ("drex / of - 1", "unknown-fact", 7),
        ("1 / zero", "division-by-zero", 2),
        ("zero ** -1", "division-by-zero", 5),
        ("(0 - 1) ** 0.5", "bad-expression", 8),
        ("(1 + 2", "bad-expression", 0),
        ("1 + ", "bad-expression", 4),
        ("1 2", "bad-expression", 2),
        ("drex.real", "unknown-fact", 0),
        ("__import__('os')", "bad-expression", 11),
        ("eval(1)", "bad-expression", 0),
        ("drex[0]", "bad-expression", 4),
        ("2 ^ 3", "bad-expression", 2),
        ("10 ** 400", "bad-expression", 0),
        ("abs(1, 2)", "bad-expression", 0),
        ("sqrt(0 - 1)", "bad-expression", 0),
        ("", "bad-expression", 0),
        ("min()", "bad-expression", 4),
        ("8 // 2", "bad-expression", 3),
        ("2 *× 3", "bad-expression", 3),
        ("1, 2", "bad-expression", 1),
        ("(1, 2)", "bad-expression", 2),
        ("min(1,)", "bad-expression", 6),
        ("max(*drex)", "bad-expression", 4),
        ("(off)(2)", "bad-expression", 5),
        ("1.5.5", "bad-expression", 3),
        ("off`total time (s)`", "bad-expression", 3),
        ("2 + )", "bad-expression", 4),
        ("größe + größer + 1", "unknown-fact", 8),
    ],
)
def test_a_wrong_expression_says_where(text: str, code: str, offset: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        value(text)
    assert (caught.value.mistake.code, caught.value.mistake.offset) == (code, offset)


def test_a_wrong_name_is_met_with_the_nearest() -> None:
    with pytest.raises(ExpressionError) as caught:
        value("drx")
    assert caught.value.mistake.did_you_mean == "drex"


def test_rounding_is_said_to_be_a_format() -> None:
    with pytest.raises(ExpressionError) as caught:
        value("round(drex)")
    assert "format" in (caught.value.mistake.expected or "")


@pytest.mark.parametrize("text", ["(" * 400, "-" * 400 + "1", "1" + "+1" * 300, "2**" * 150 + "1"])
def test_length_and_depth_are_bounded(text: str) -> None:
    with pytest.raises(ExpressionError):
        value(text)


def test_names_are_listed_once_in_their_order() -> None:
    assert parse("b / a - b + min(c, a)").names == ("b", "a", "c")


@given(st.text(alphabet="0123456789.+-*/()abe, `^", max_size=40))
def test_any_text_has_a_finite_value_or_an_error_inside_it(text: str) -> None:
    try:
        found = parse(text).evaluate({"a": 1.0, "b": 2.5, "e": -3.0})
    except ExpressionError as error:
        assert 0 <= error.mistake.offset <= len(text)
    else:
        assert math.isfinite(found)
