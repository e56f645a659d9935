import pytest

from explainers.facts.ledger import Fact, Ledger
from explainers.facts.numbers import written
from explainers.facts.templates import fill, number

LEDGER = Ledger(
    {
        "off": Fact("off", 112.75, "tok/s", sources=("logs",)),
        "drex": Fact("drex", 122.06, "tok/s", ".1f", sources=("logs",)),
        "end": Fact("end", 2026.0, "s", "clock", sources=("logs",)),
    },
    frozenset(("broken",)),
)


@pytest.mark.parametrize(
    ("value", "spec", "text"),
    [
        (0.0825, "+.1%", "+8.2\u202f%"),
        (-0.0494, ".1%", "\u22124.9\u202f%"),
        (-0.0001, "+.1%", "+0.0\u202f%"),
        (144319.0, ",.0f", "144,319"),
        (144319.0, None, "144,319"),
        (122.06, None, "122.06"),
        (0.0825720, None, "0.082572"),
        (-3.0, None, "\u22123"),
        (2.5, "d", "2"),
        (3.5, ".0f", "4"),
        (2026.0, "clock", "33:46"),
        (2129.86, "clock", "35:30"),
        (59.96, "clock.1", "1:00.0"),
        (3661.0, "clock", "1:01:01"),
        (-5.0, "clock", "\u22120:05"),
        (7.0, "words", "seven"),
        (7.0, "Words", "Seven"),
    ],
)
def test_a_number_is_written_in_its_format(value: float, spec: str | None, text: str) -> None:
    assert written(value, spec) == text


@pytest.mark.parametrize("spec", ["q", ".2q", "<10", ".999f", "!r", "clock.x", "s", ".1d"])
def test_a_format_that_means_nothing_is_refused(spec: str) -> None:
    with pytest.raises(ValueError):
        written(1.0, spec)


def test_only_a_small_whole_number_is_a_word() -> None:
    with pytest.raises(ValueError, match="whole number"):
        written(2.5, "words")


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("DREX: {drex / off - 1:+.1%}.", "DREX: +8.3\u202f%."),
        ("{drex}", "122.1"),
        ("{drex:.2f} tok/s", "122.06 tok/s"),
        ("{end}", "33:46"),
        ("{=Llama-2-70B} in {=2025}", "Llama-2-70B in 2025"),
        ("{{s, t}}", "{s, t}"),
        ("no number", "no number"),
        ("{ drex : .0f }", "122"),
    ],
)
def test_a_template_is_filled_in(template: str, text: str) -> None:
    filled = fill(template, LEDGER)
    assert (filled.text, filled.mistakes) == (text, ())


def test_the_facts_in_a_text_are_listed_once() -> None:
    assert fill("{drex} {off} {drex / off}", LEDGER).facts_used == ("drex", "off")


def test_typed_digits_are_found_with_their_columns() -> None:
    mistakes = fill("Up 8.3 % of 2,160 {drex} {=70B}", LEDGER).mistakes
    assert [(one.code, one.offset, one.length) for one in mistakes] == [
        ("typed-digit", 3, 3),
        ("typed-digit", 12, 5),
    ]


def test_structural_labels_may_hold_digits() -> None:
    filled = fill("s{{2}} of 4096 {drex}", LEDGER, "structural")
    assert (filled.text, filled.mistakes) == ("s{2} of 4096 122.1", ())


def test_a_number_in_braces_is_still_a_typed_number() -> None:
    assert [one.code for one in fill("{8.3:.1f} %", LEDGER).mistakes] == ["typed-digit"]


@pytest.mark.parametrize(
    ("template", "code", "offset"),
    [
        ("x {drx}", "unknown-fact", 3),
        ("x {drex:wide}", "bad-format", 8),
        ("x {drex", "bad-expression", 2),
        ("x } y", "bad-expression", 2),
        ("x {}", "bad-expression", 3),
        ("x {drex / (off - off)}", "division-by-zero", 8),
        ("x {drex.real}", "unknown-fact", 3),
    ],
)
def test_what_is_wrong_in_a_template_has_a_place(template: str, code: str, offset: int) -> None:
    mistakes = fill(template, LEDGER).mistakes
    assert [(one.code, one.offset) for one in mistakes] == [(code, offset)]


def test_a_fact_that_failed_is_not_called_unknown() -> None:
    assert fill("{broken}", LEDGER).mistakes == ()
    assert number("broken * 2", LEDGER) == (None, (), ())


def test_a_quantity_is_a_number_or_an_expression() -> None:
    assert number("150", LEDGER) == (150.0, (), ())
    assert number("drex - off", LEDGER)[0] == pytest.approx(9.31)
    assert number("drex - on", LEDGER)[2][0].code == "unknown-fact"


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("p99 of v0.6.2 and vllm-project/vllm-2", ""),
        ("at p50/p99.9, release 1.2.3rc1", ""),
        ("p990 of them", "990"),
        ("1.204.000 tokens", "1.204.000"),
        ("on 28.11.2026", "28.11.2026"),
        ("24/7 at 8 tok/s", "24"),
        ("p99% more", "99"),
    ],
)
def test_percentiles_versions_and_repositories_are_no_typed_numbers(text: str, typed: str) -> None:
    mistakes = fill(text, Ledger()).mistakes
    assert (mistakes[0].message if mistakes else "") == (
        f"the typed number {typed!r} has no source" if typed else ""
    )
