"""What runs measured, by name, against numbers worked out by hand."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from explainers.runs import load_run, save_run
from explainers.runs.metrics import MOST_WAITS, STATISTICS, metrics, single_waits, timeline
from explainers.runs.model import TOKENS_INTERPOLATED, Provenance, Requests, Run, Tokens, Totals


def run_of(waits: list[float], gap: float = 0.5, tokens: int = 3) -> Run:
    """Requests that arrive at 0, wait for their first token, and write `tokens` tokens."""
    first, count = np.array(waits), len(waits)
    times = first[:, None] + gap * np.arange(tokens)
    requests = Requests(
        tuple(map(str, range(count))),
        np.zeros(count),
        first,
        times[:, -1],
        np.full(count, 7),
        np.full(count, tokens),
    )
    offsets = np.arange(count + 1) * tokens
    totals = Totals(10.0, count, count * tokens, count * tokens / 10)
    return Run(Provenance(), totals, requests=requests, tokens=Tokens(offsets, times.ravel()))


def test_the_statistics_of_waits_are_numpys() -> None:
    waits = [0.1, 0.4, 0.2, 0.9]
    known = metrics(run_of(waits)).known
    assert known["ttft.mean"] == pytest.approx(0.4)
    for name, rank in STATISTICS.items():
        if rank is not None:
            assert known[f"ttft.{name}"] == pytest.approx(np.percentile(waits, rank))
    assert (known["itl.p99"], known["tpot.max"]) == pytest.approx((0.5, 0.5))
    assert known["e2e.max"] == pytest.approx(1.9)
    assert known["request_rate"] == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("slo", "share"),
    [({"ttft": 0.3}, 0.5), ({"ttft": 0.3, "e2e": 1.15}, 0.25), ({"tpot": 0.5}, 1.0), ({"tpot": 0.4}, 0.0)],
)
def test_goodput_counts_requests_within_all_limits(slo: dict[str, float], share: float) -> None:
    known = metrics(run_of([0.1, 0.4, 0.2, 0.9]), slo=slo).known
    assert known["slo_share"] == pytest.approx(share)
    assert known["goodput"] == pytest.approx(share * 4 / 10)


def test_requests_that_failed_are_no_goodput_and_in_no_wait() -> None:
    run = run_of([0.1, 0.4])
    failed = replace(run, requests=replace(run.requests, errors=(None, "timeout")))
    known = metrics(failed, slo={"ttft": 1.0}).known
    assert (known["ttft.max"], known["failed"], known["slo_share"]) == (0.1, 1, 0.5)


def test_what_a_result_without_lists_sums_up_is_known_in_seconds(tmp_path: Path) -> None:
    result = {"model_id": "m", "num_prompts": 4, "completed": 4, "duration": 8.0, "total_output_tokens": 80}
    result |= {"mean_ttft_ms": 250.0, "median_ttft_ms": 200.0, "p99_ttft_ms": 900.0, "p99_itl_ms": 40.0}
    result |= {"output_throughput": 10.0, "request_throughput": 0.5, "total_input_tokens": 40}
    (tmp_path / "r.json").write_text(json.dumps({**result, "p99_e2el_ms": 2500.0, "mean_itl_ms": 0.0}))
    run = load_run(tmp_path / "r.json")
    for one in (run, load_run(save_run(run, tmp_path / "r.run.jsonl"))):
        found = metrics(one)
        values = {name: found.known.get(name) for name in ("ttft.mean", "ttft.p50", "ttft.p99", "itl.p99")}
        assert values == {"ttft.mean": 0.25, "ttft.p50": 0.2, "ttft.p99": 0.9, "itl.p99": 0.04}
        assert found.known["e2e.p99"] == 2.5 and "holds no first tokens" in found.lacking["ttft.max"]
        # A zero is what was not measured.
        assert "itl.mean" in found.lacking


def test_many_single_waits_are_quantiles_with_the_same_percentiles() -> None:
    few, many = (run_of(list(np.random.default_rng(3).exponential(size=size))) for size in (50, 30_000))
    waits = single_waits(few, "ttft")
    assert not isinstance(waits, str) and waits.size == 50 and (np.diff(waits) >= 0).all()
    waits = single_waits(many, "ttft")
    assert not isinstance(waits, str) and waits.size == MOST_WAITS + 1
    known = metrics(many).known
    for rank in (50, 95, 99):
        assert np.percentile(waits, rank) == pytest.approx(known[f"ttft.p{rank}"])
    even = replace(few, caveats=(f"{TOKENS_INTERPOLATED} between first and last token",))
    assert TOKENS_INTERPOLATED in str(single_waits(even, "itl"))


def test_a_timeline_counts_tokens_and_requests_at_every_moment() -> None:
    known, lacking = timeline(run_of([0.5, 1.5]), 1.0)
    assert not lacking and known["time"].tolist() == [float(t) for t in range(11)]
    # Tokens come at 0.5, 1.0, 1.5 and at 1.5, 2.0, 2.5.
    assert known["tokens"][:4].tolist() == [0, 2, 5, 6]
    assert known["throughput"][:4].tolist() == [2, 3, 1, 0] and known["throughput"][-1] == 0
    assert known["queued"][:3].tolist() == [2, 1, 0] and known["running"][:4].tolist() == [0, 1, 1, 0]
    totals = Run(Provenance(), Totals(total_time_s=4.0, requests=2, output_tokens=8))
    known, lacking = timeline(totals, 1.0)
    assert set(known) == {"time"} and "no times of tokens" in lacking["throughput"]


def test_percentiles_of_tokens_that_were_made_even_are_not_known() -> None:
    run = replace(run_of([0.1, 0.4]), caveats=(f"{TOKENS_INTERPOLATED} between first and last token",))
    found = metrics(run)
    assert "itl.mean" in found.known and "interpolated" in found.lacking["itl.p99"]
    some = replace(run, caveats=(f"{TOKENS_INTERPOLATED} in 1 of 2 requests: several tokens in a chunk",))
    assert "itl.p99" in metrics(some).known


def test_a_run_of_totals_knows_its_totals_and_why_it_knows_no_waits() -> None:
    found = metrics(Run(Provenance(), Totals(4.0, 2, 5, 1.25)), gpus=2)
    assert (found.known["throughput"], found.known["gpus"], found.known["tokens"]) == (1.25, 2, 5)
    assert found.lacking["ttft.p50"] == "its log holds no first tokens"
    assert found.lacking["goodput"].startswith("no `slo`")
