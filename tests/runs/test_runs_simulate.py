from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulate import (
    Simulation,
    automatic_threshold,
    leaves,
    main,
    probability_for_share,
    share_leaving,
    simulate,
)

from explainers.digest import digest_value
from explainers.errors import InvalidInput
from explainers.runs import load_run, save_run
from explainers.runs.model import PASS_KINDS
from explainers.runs.readers.drex import POLICIES

SMALL = Simulation(requests=24, batch=4, mean_output_tokens=12, max_output_tokens=20)


@settings(max_examples=40, deadline=None)
@given(
    policy=st.sampled_from(sorted(POLICIES)),
    batch=st.integers(1, 6),
    probability=st.floats(0, 1),
    threshold=st.one_of(st.none(), st.just(1)),
    deadline=st.one_of(st.none(), st.integers(1, 3)),
    rate=st.sampled_from([float("inf"), 1.0]),
)
def test_every_request_gets_all_its_tokens_in_order(policy, batch, probability, threshold, deadline, rate):
    parameters = replace(SMALL, policy=policy, batch=batch, exit_probability=probability, threshold=threshold)
    run = simulate(replace(parameters, deadline_passes=deadline, rate=rate))
    assert np.diff(run.tokens.offsets).tolist() == run.requests.output_tokens.tolist()
    for row in range(24):
        assert (np.diff(run.tokens.of(row)) > 0).all()
        assert run.requests.arrival_s[row] <= run.requests.start_s[row] < run.tokens.of(row)[0]
    passes = run.iterations
    ends = passes.start_s + passes.duration_s
    assert (passes.start_s[1:] >= ends[:-1] - 1e-9).all()
    assert run.end_s == pytest.approx(ends[-1])
    decodes = passes.batch[passes.kinds != PASS_KINDS.index("prefill")]
    assert decodes.max() <= (2 * batch if policy == "rebatching" else batch)
    assert run.totals.ee_tokens + run.totals.non_ee_tokens == run.totals.output_tokens


def test_the_dataset_is_the_same_under_every_policy():
    runs = [simulate(replace(SMALL, policy=policy)) for policy in POLICIES]
    lengths = {tuple(run.requests.output_tokens.tolist()) for run in runs}
    assert len(lengths) == 1


def test_the_same_seed_gives_the_same_run_and_another_one_does_not():
    assert digest_value(simulate(SMALL)) == digest_value(simulate(SMALL))
    assert digest_value(simulate(SMALL)) != digest_value(simulate(replace(SMALL, seed=1)))


def test_a_simulated_run_says_so_and_is_saved_with_its_parameters(tmp_path):
    run = load_run(save_run(simulate(SMALL), tmp_path / "s.run.jsonl"))
    assert run.provenance.kind == "simulated"
    assert run.caveats == ("simulated, not measured",)
    assert run.provenance.settings["seed"] == "0"
    assert run.iterations.kinds is not None


def test_the_command_writes_a_run_and_names_what_is_wrong(tmp_path, capsys):
    assert main(["--policy", "eager", "--requests", "6", "--full", "0.1", "-o", str(tmp_path / "a")]) == 0
    run = load_run(tmp_path / "a.run.jsonl")
    assert run.provenance.policy == "eager" and run.provenance.settings["full_s"] == "0.1"
    assert main(["--policy", "eagr", "--rate", "-1", "-o", str(tmp_path / "b")]) == 3
    errors = capsys.readouterr().err
    assert "did you mean 'eager'" in errors and "rate and full_s must be above 0" in errors
    assert not (tmp_path / "b.run.jsonl").exists()


def test_only_rebatching_never_forces_anybody_out():
    forced = {policy: simulate(replace(SMALL, policy=policy)).totals.involuntary_exits for policy in POLICIES}
    assert forced["rebatching"] == forced["latency-only"] == forced["lazy"] == forced["off"] == 0
    assert forced["eager"] > 0


def test_latency_only_saves_no_time_but_gives_tokens_earlier():
    off = simulate(replace(SMALL, policy="off"))
    early = simulate(replace(SMALL, policy="latency-only"))
    assert early.end_s == pytest.approx(off.end_s, rel=0.01)
    assert early.requests.finish_s.mean() < off.requests.finish_s.mean()


def test_the_buffer_is_flushed_by_age_where_a_deadline_is_set():
    def deep_passes(deadline):
        run = simulate(replace(SMALL, threshold=1, exit_probability=0.5, deadline_passes=deadline))
        return int((run.iterations.kinds == PASS_KINDS.index("deep")).sum())

    assert deep_passes(1) > deep_passes(None)


@pytest.mark.parametrize(
    ("policy", "out"),
    [
        ("off", [False] * 4),
        ("eager", [True] * 4),
        ("lazy", [False] * 4),
        ("median", [False] * 4),
        ("latency-only", [True, False, False, False]),
        ("rebatching", [False] * 4),
    ],
)
def test_who_leaves_when_one_of_four_wants_to(policy, out):
    assert leaves(policy, [0.9, 0.1, 0.2, 0.3], bar=0.5, threshold=2) == out


def test_rebatching_splits_once_enough_want_to_leave():
    assert leaves("rebatching", [0.9, 0.1, 0.8, 0.3], bar=0.5, threshold=2) == [True, False, True, False]


@pytest.mark.parametrize("policy", ["eager", "median", "rebatching", "latency-only"])
def test_an_exit_share_is_met_by_the_probability_found_for_it(policy):
    probability = probability_for_share(policy, 0.3, 8, 2)
    assert share_leaving(policy, probability, 8, 2) == pytest.approx(0.3, abs=0.002)


def test_the_automatic_threshold_is_what_two_passes_cost_more_than_one():
    assert automatic_threshold(0.038390, 0.017071, 0.024524, 8) == 2
    assert automatic_threshold(1.0, 0.5, 0.5, 8) == 1
    assert automatic_threshold(1.0, 1.0, 1.0, 8) == 8


def test_parameters_out_of_range_are_all_named_at_once():
    with pytest.raises(InvalidInput) as caught:
        simulate(Simulation(policy="median-ish", batch=0, exit_probability=1.5, rate=0))
    message = str(caught.value)
    assert "did you mean 'median'" in message
    assert "batch is 0" in message
    assert "exit_probability is 1.5" in message
    assert "rate and full_s must be above 0" in message
