from dataclasses import replace

import numpy as np
import pytest

from explainers.errors import InvalidInput
from explainers.runs import Provenance, Requests, Run, Totals, load_run, save_run
from explainers.runs.compare import compare, same_dataset
from explainers.runs.convert import convert


def run_with(ids=("a", "b"), prompts=(10, 20), throughput=100.0, finish=(1.0, 2.0)) -> Run:
    count = len(ids)
    requests = Requests(
        tuple(ids), np.zeros(count), np.full(count, 0.5), np.array(finish, dtype=float),
        np.array(prompts), np.full(count, 5),
    )  # fmt: skip
    totals = Totals(2.0, count, 5 * count, throughput)
    return Run(Provenance(dataset="d"), totals, requests=requests)


def test_a_row_holds_both_numbers_and_the_change():
    table = compare(run_with(), run_with(throughput=120.0))
    row = next(row for row in table.rows if row.name == "throughput")
    assert (row.left, row.right, row.unit) == (100.0, 120.0, "tok/s")
    assert row.change == pytest.approx(0.2)


def test_rows_that_neither_run_knows_are_left_out():
    names = {row.name for row in compare(run_with(), run_with()).rows}
    assert "early exits" not in names
    assert "time to first token p95" in names


def test_the_dataset_is_the_same_by_ids_and_prompt_lengths():
    assert same_dataset(run_with(), run_with()) == (True, "2 requests, all with equal prompt lengths")
    swapped = run_with(ids=("b", "a"), prompts=(20, 10))
    assert same_dataset(run_with(), swapped)[0] is True


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (run_with(prompts=(10, 21)), "1 of 2 prompts differ in length"),
        (run_with(ids=("a", "c")), "1 of 2 ids are not in the other run"),
        (run_with(ids=("a",), prompts=(10,), finish=(1.0,)), "2 requests against 1"),
    ],
)
def test_another_dataset_is_told_with_the_reason(other, reason):
    assert same_dataset(run_with(), other) == (False, reason)


def test_ids_drawn_anew_are_compared_in_order():
    assert same_dataset(run_with(), run_with(ids=("x", "y")))[0] is True


def test_what_logs_cannot_tell_is_not_called_the_same():
    totals = Run(Provenance(dataset="d"), Totals(2.0, 2))
    assert same_dataset(run_with(), totals)[0] is None
    unknown = run_with(prompts=(-1, -1))
    assert same_dataset(unknown, unknown)[0] is None


def test_a_conversion_takes_the_words_the_log_lacks(tmp_path):
    source = save_run(run_with(), tmp_path / "a.run.jsonl")
    convert(source, tmp_path / "deep" / "b", label="DREX", hardware="A100")
    run = load_run(tmp_path / "deep" / "b")
    assert (run.label, run.provenance.hardware, run.provenance.dataset) == ("DREX", "A100", "d")
    with pytest.raises(InvalidInput, match="'colour' is not one of"):
        convert(source, tmp_path / "c", colour="red")


def test_a_change_from_nothing_is_no_number():
    base = run_with()
    none = replace(base, totals=replace(base.totals, throughput_tok_s=0.0))
    assert compare(none, run_with()).rows[0].change is None
