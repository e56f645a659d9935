import json
from dataclasses import replace

import numpy as np
import pytest

from explainers.errors import InvalidInput
from explainers.runs import Provenance, Requests, Run, Totals, load_run, save_run
from explainers.runs.load import convert
from explainers.runs.summary import compare, same_dataset, same_datasets


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


def test_ids_drawn_anew_are_compared_by_their_lengths_in_any_order():
    assert same_dataset(run_with(), run_with(ids=("x", "y")))[0] is True
    assert same_dataset(run_with(ids="012", prompts=(1, 2, 3)), run_with(ids="012", prompts=(3, 2, 1)))[0]


def test_what_logs_cannot_tell_is_not_called_the_same():
    totals = Run(Provenance(dataset="d"), Totals(2.0, 2))
    assert same_dataset(run_with(), totals)[0] is None
    unknown = run_with(prompts=(-1, -1))
    assert same_dataset(unknown, unknown)[0] is None


def run_of(dataset="d", requests=7, prompt_tokens=None, caveats=(), lengths=None, errors=None, **settings):
    totals = Totals(2.0, requests, prompt_tokens=prompt_tokens)
    rows = None
    if lengths is not None:
        nothing = np.full(len(lengths), np.nan)
        ids = tuple(map(str, range(len(lengths))))
        rows = Requests(
            ids, nothing, nothing, nothing, np.array(lengths), np.full(len(lengths), -1), errors=errors
        )
    return Run(Provenance(dataset=dataset, settings=settings), totals, caveats, requests=rows)


VARIED, ALIKE = (5, 6, 7, 8, 9, 10, 11), (64,) * 7
OUTCOMES = [
    # Names, in any spelling of capitals and spaces, and counts.
    (run_of(), run_of(), None),
    (run_of("ShareGPT "), run_of("sharegpt"), None),
    (run_of("a"), run_of("b"), False),
    (run_of(""), run_of(""), None),
    (run_of(""), run_of("b"), None),
    (run_of(requests=7), run_of(requests=8), False),
    (run_of(requests=7, caveats=("log cut short: the trace ends early",)), run_of(requests=8), None),
    # Totals of prompt tokens: a sum that the count divides may be that of prompts cut to one length.
    (run_of(prompt_tokens=701), run_of(prompt_tokens=701), True),
    (run_of(prompt_tokens=700), run_of(prompt_tokens=700), None),
    (run_of("", prompt_tokens=701), run_of("", prompt_tokens=701), None),
    (run_of(prompt_tokens=701), run_of(prompt_tokens=702), False),
    (run_of(prompt_tokens=701), run_of(), None),
    # What is stated: files without their folders, seeds, lengths of the generator that was used.
    (run_of(seed="1"), run_of(seed="1"), True),
    (run_of("", seed="1"), run_of("", seed="1"), None),
    (run_of(seed="1"), run_of(seed="2"), False),
    (run_of(seed="1"), run_of(), None),
    (run_of(dataset_path="/a/x.json"), run_of(dataset_path="/b/x.json"), None),
    (run_of(dataset_path="/a/x.json"), run_of(dataset_path="/a/y.json"), False),
    (run_of("random", random_input_len="64"), run_of("random", random_input_len="512"), False),
    (run_of("random", random_output_len="64"), run_of("random", random_output_len="32"), False),
    (run_of("sharegpt", random_input_len="64"), run_of("sharegpt", random_input_len="512"), None),
    (run_of("", dataset_sha256="ab"), run_of("", dataset_sha256="ab"), True),
    (run_of(dataset_sha256="ab"), run_of(dataset_sha256="cd"), False),
    # Lengths of prompts: what varies and agrees is proof, what is cut to one length is not.
    (run_of(lengths=VARIED), run_of(lengths=VARIED[::-1]), True),
    (run_of("", lengths=VARIED), run_of("", lengths=VARIED), True),
    (run_of("a", lengths=VARIED), run_of("b", lengths=VARIED), False),
    (run_of(lengths=VARIED, seed="1"), run_of(lengths=VARIED, seed="2"), True),
    (run_of(lengths=ALIKE), run_of(lengths=ALIKE), None),
    (run_of(lengths=ALIKE, seed="1"), run_of(lengths=ALIKE, seed="1"), True),
    (run_of(lengths=ALIKE), run_of(lengths=(512,) * 7), False),
    (run_of(lengths=VARIED), run_of(lengths=(*VARIED[:6], 12)), False),
    # Unknown lengths (-1, or 0, which no prompt has) are no contradiction, and leave no proof.
    (run_of(lengths=VARIED), run_of(lengths=(*VARIED[:6], -1)), None),
    (run_of(lengths=VARIED), run_of(lengths=(*VARIED[1:], 0)), None),
    (run_of(lengths=VARIED), run_of(lengths=(*VARIED[:5], 12, -1)), False),
    (run_of(lengths=(0,) * 7), run_of(lengths=(0,) * 7), None),
    (run_of(lengths=VARIED[:5]), run_of(lengths=VARIED[:5]), None),
]


@pytest.mark.parametrize(("left", "right", "same"), OUTCOMES)
def test_a_dataset_is_the_same_different_or_not_known(left, right, same):
    found, reason = same_dataset(left, right)
    assert (found, same_dataset(right, left)[0]) == (same, same), reason
    assert reason


def test_a_total_of_prompts_that_leaves_out_failed_requests_is_no_total(tmp_path):
    result = {"model_id": "m", "duration": 4.0, "num_prompts": 3, "total_output_tokens": 5}
    for completed, kept in ((3, 61), (2, None)):
        log = tmp_path / "log.json"
        log.write_text(json.dumps(result | {"completed": completed, "total_input_tokens": 61, "seed": 0}))
        run = load_run(log)
        assert (run.totals.prompt_tokens, run.provenance.settings["seed"]) == (kept, "0")
        saved = load_run(save_run(run, tmp_path / "again.run.jsonl"))
        assert saved.totals.prompt_tokens == kept


def test_several_runs_are_as_alike_as_the_least_alike():
    proven, unknown, other = run_of(lengths=VARIED), run_of(), run_of("b")
    assert same_datasets([proven]) is True and same_datasets([proven, proven]) is True
    assert same_datasets([proven, proven, unknown]) is None
    assert same_datasets([proven, unknown, other]) is False


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
