from typing import Any

import pytest

from explainers.facts.ledger import Ledger, resolve
from explainers.facts.tables import Table
from explainers.storyboard.mistakes import Mistake
from explainers.storyboard.model import FactEntry

RUNS = Table(
    "runs",
    ("run", "tok", "tokens", "time_s", "note"),
    (
        {"run": "off", "tok": 112.75, "tokens": 240138.0, "time_s": 2129.86, "note": None},
        {"run": "drex", "tok": 122.06, "tokens": 247292.0, "time_s": 2026.0, "note": "x"},
    ),
    "logs",
    "measured",
    {"tok": "tok/s"},
)
OFF = {"table": "runs", "where": {"run": "off"}, "value": "tok"}
DREX = {"table": "runs", "where": {"run": "drex"}, "value": "tok"}


def resolved(**entries: Any) -> tuple[Ledger, list[Mistake]]:
    models = {
        name: FactEntry.model_validate({"value": one} if isinstance(one, str) else one)
        for name, one in entries.items()
    }
    return resolve(models, {"runs": RUNS})


def codes(**entries: Any) -> list[tuple[str, tuple[str | int, ...]]]:
    return [(one.code, one.loc) for one in resolved(**entries)[1]]


def test_a_fact_is_a_cell_with_its_unit_and_source() -> None:
    ledger, mistakes = resolved(off=OFF)
    assert mistakes == []
    fact = ledger.facts["off"]
    assert (fact.value, fact.unit, fact.sources, fact.table) == (112.75, "tok/s", ("logs",), "runs")


def test_a_fact_may_stand_before_those_it_needs() -> None:
    ledger, mistakes = resolved(gain="drex / off - 1", off=OFF, drex=DREX)
    assert mistakes == []
    assert list(ledger.facts) == ["gain", "off", "drex"]
    assert ledger.facts["gain"].value == pytest.approx(0.0825720620)
    assert ledger.facts["gain"].sources == ("logs",)


def test_a_cell_may_be_an_expression_over_its_row() -> None:
    ledger, _ = resolved(rate={"table": "runs", "where": {"run": "drex"}, "value": "tokens / time_s"})
    assert ledger.facts["rate"].value == pytest.approx(247292 / 2026)


def test_many_rows_become_one_number() -> None:
    ledger, mistakes = resolved(
        rows={"table": "runs", "over": "count"}, best={"table": "runs", "over": "max", "value": "tok"}
    )
    assert mistakes == []
    assert (ledger.facts["rows"].value, ledger.facts["best"].value) == (2.0, 122.06)


def test_a_cycle_is_told_once_and_what_leans_on_it_is_silent() -> None:
    ledger, mistakes = resolved(a="b + 1", b="c", c="a", d="a * 2", off=OFF)
    assert [one.code for one in mistakes] == ["fact-cycle"]
    assert "a -> b -> c -> a" in mistakes[0].message
    assert ledger.failed == {"a", "b", "c", "d"}
    assert list(ledger.facts) == ["off"]


def test_a_fact_that_needs_itself_is_a_cycle() -> None:
    assert codes(a="a + 1") == [("fact-cycle", ("facts", "a"))]


@pytest.mark.parametrize(
    ("entry", "code", "loc"),
    [
        ({**OFF, "table": "rns"}, "unknown-table", ("table",)),
        ({**OFF, "where": {"run": "of"}}, "no-such-row", ("where", "run")),
        ({**OFF, "where": {"rn": "off"}}, "unknown-column", ("where", "rn")),
        ({**OFF, "where": {}}, "no-such-row", ("where",)),
        ({**OFF, "value": "tokn"}, "unknown-column", ("value",)),
        ({**OFF, "value": "note"}, "not-a-number", ("value",)),
        ({**OFF, "format": ".1q"}, "bad-format", ("format",)),
        ({**OFF, "value": "tok +"}, "bad-expression", ("value",)),
        ("ghost + 1", "unknown-fact", ("value",)),
        ("8", "unsourced-fact", ()),
    ],
)
def test_a_wrong_fact_is_told_where_it_is_wrong(entry: Any, code: str, loc: tuple[str, ...]) -> None:
    assert codes(x=entry) == [(code, ("facts", "x", *loc))]


def test_a_typed_number_with_a_source_is_a_fact() -> None:
    ledger, mistakes = resolved(cells={"value": "8 * 2", "source": "paper"})
    assert mistakes == []
    assert ledger.facts["cells"].sources == ("paper",)


def test_a_long_chain_of_facts_needs_no_recursion() -> None:
    chain = {f"f{index}": f"f{index + 1} + 1" for index in range(3000)}
    ledger, mistakes = resolved(**chain, f3000=OFF)
    assert mistakes == []
    assert ledger.facts["f0"].value == pytest.approx(3112.75)
