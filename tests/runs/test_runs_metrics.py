"""What runs measured, by name, against numbers worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest

from explainers.runs.metrics import STATISTICS, metrics
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
