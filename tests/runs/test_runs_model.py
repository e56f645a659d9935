import numpy as np
import pytest

from explainers.digest import digest_value
from explainers.runs import Counter, Iterations, Progress, Provenance, Requests, Run, Tokens, Totals
from explainers.runs.summary import latencies, percentile, sparkline, summary


def per_request(tokens: bool = True, layers: bool = True) -> Run:
    requests = Requests(
        ids=("a", "b", "c"),
        arrival_s=np.array([0.0, 0.0, 1.0]),
        first_token_s=np.array([1.0, 2.0, np.nan]),
        finish_s=np.array([3.0, 4.0, 1.5]),
        prompt_tokens=np.array([10, 20, 30]),
        output_tokens=np.array([3, 2, 0]),
        errors=(None, None, "cut"),
    )
    times = Tokens(
        np.array([0, 3, 5, 5]),
        np.array([1.0, 2.0, 3.0, 2.0, 4.0]),
        np.array([0, 50, 0, 50, 0]) if layers else None,
    )
    totals = Totals(total_time_s=5.0, requests=3, output_tokens=5, throughput_tok_s=1.0)
    return Run(Provenance(system="s"), totals, requests=requests, tokens=times if tokens else None)


def test_requests_that_ended_in_an_error_are_not_completed():
    assert per_request().completed_at(np.array([0.0, 2.9, 3.0, 9.0])).tolist() == [0, 0, 1, 2]


def test_every_token_counts_from_the_moment_it_came_out():
    run = per_request()
    assert [run.output_tokens_at(t) for t in (0.0, 1.0, 1.9, 2.0, 99.0)] == [0, 1, 1, 3, 5]


def test_without_token_times_a_request_writes_evenly_from_its_first_token_to_its_finish():
    run = per_request(tokens=False)
    assert run.output_tokens_at(0.99) == 0
    assert run.output_tokens_at(1.0) == 1
    assert run.output_tokens_at(2.0) == 3
    assert run.output_tokens_at(2.5) == pytest.approx(2.5 + 1.25)
    assert run.output_tokens_at(4.0) == pytest.approx(5)


def test_throughput_is_of_the_time_since_the_start_and_stands_still_at_the_end():
    run = per_request()
    assert run.throughput_at(0.0) == 0
    assert run.throughput_at(2.0) == pytest.approx(1.5)
    assert run.throughput_at(5.0) == run.throughput_at(500.0) == pytest.approx(1.0)


def test_the_early_exit_share_follows_the_tokens_and_is_none_where_the_run_cannot_say():
    run = per_request()
    assert [run.early_exit_share_at(t) for t in (0.5, 1.0, 2.0, 4.0)] == [0, 0, pytest.approx(2 / 3), 0.4]
    assert per_request(layers=False).early_exit_share_at(2.0) is None


def test_a_moment_gives_a_float_and_many_give_an_array():
    run = per_request()
    assert isinstance(run.completed_at(1.0), float)
    assert run.completed_at(np.array([1.0, 3.0])).shape == (2,)


def test_totals_alone_mean_a_steady_rate_and_a_steady_share():
    run = Run(Provenance(), Totals(100.0, 50, 1000, 10.0, ee_tokens=100, non_ee_tokens=900))
    assert run.completed_at(50.0) == 25
    assert run.output_tokens_at(10.0) == 100
    assert run.throughput_at(10.0) == pytest.approx(10.0)
    assert run.early_exit_share_at(3.0) == pytest.approx(0.1)


def test_unknown_exits_are_none_and_known_none_is_zero():
    assert Run(Provenance(), Totals(1.0, 1, 10)).early_exit_share_at(1.0) is None
    assert Run(Provenance(), Totals(1.0, 1, 10, ee_tokens=0)).early_exit_share_at(1.0) == 0.0


def test_a_progress_timeline_in_whole_seconds_ends_at_the_exact_total():
    progress = Progress(np.array([0.0, 5.0, 5.0, 6.0, 8.0]), np.array([0, 1, 2, 3, 4]), resolution_s=1.0)
    run = Run(Provenance(), Totals(8.9, 4, 40), progress=progress)
    assert run.completed_at(np.array([0.0, 5.0, 5.5, 6.0])).tolist() == [0, 1, 2, 3]
    assert run.completed_at(8.0) < 4
    assert run.completed_at(8.9) == run.completed_at(100.0) == 4


def test_a_progress_timeline_that_was_cut_short_stays_at_its_last_count():
    progress = Progress(np.array([0.0, 2.0, 4.0]), np.array([0, 1, 2]), resolution_s=1.0)
    run = Run(Provenance(), Totals(requests=10), progress=progress)
    assert run.end_s == 4.0
    assert run.completed_at(4.0) == 2


def test_passes_give_the_exit_share_where_tokens_have_no_layers():
    passes = Iterations(np.array([0.0, 1.0]), np.array([1.0, 1.0]), np.array([4, 4]), np.array([1, 3]))
    run = Run(Provenance(), Totals(2.0), iterations=passes)
    assert run.early_exit_share_at(1.0) == 0.25
    assert run.early_exit_share_at(2.0) == 0.5


def test_the_end_is_the_last_thing_that_happened_where_no_total_is_stated():
    counter = Counter(np.array([0.0, 7.5]), np.array([1.0, 2.0]))
    assert Run(Provenance(), Totals(), counters={"running": counter}).end_s == 7.5
    assert Run(Provenance(), Totals()).end_s == 0.0


def test_a_run_that_knows_nothing_answers_with_zeros_and_says_so():
    run = Run(Provenance(), Totals())
    assert (run.completed_at(1.0), run.output_tokens_at(1.0), run.throughput_at(1.0)) == (0, 0, 0)
    assert not run.knows_tokens
    assert not run.knows_completed


def test_equal_runs_have_equal_digests_and_asking_does_not_change_them():
    first, second = per_request(), per_request()
    before = digest_value(first)
    first.completed_at(1.0)
    assert digest_value(first) == before == digest_value(second)
    assert digest_value(per_request(layers=False)) != before


def test_latencies_are_of_requests_that_went_well():
    waits = latencies(per_request())
    assert waits.first_token_s.tolist() == [1.0, 2.0]
    assert sorted(waits.between_tokens_s.tolist()) == [1.0, 1.0, 2.0]
    assert waits.request_s.tolist() == [3.0, 4.0]
    assert percentile(waits.request_s, 50) == 3.5
    assert percentile(np.zeros(0), 50) is None


def test_a_summary_leaves_out_what_the_run_does_not_know():
    names = [name for name, _ in summary(Run(Provenance(system="x"), Totals(2.0, 3)))]
    assert names == ["system", "kind", "length", "requests"]
    assert dict(summary(per_request()))["requests"] == "3, 2 completed, 1 failed"


def test_a_sparkline_has_a_bar_a_stretch():
    assert len(sparkline(per_request(), width=10)) == 10
    assert sparkline(Run(Provenance(), Totals())) == ""
