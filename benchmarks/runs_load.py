"""How long a run of 10,000 requests and 1,000,000 token times takes to save, load and ask.

python benchmarks/runs_load.py
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np

from explainers.runs import Provenance, Requests, Run, Tokens, Totals, load_run, save_run

REQUESTS, TOKENS_EACH, FRAMES = 10_000, 100, 600
LIMIT_S = 3.0


def big_run() -> Run:
    rng = np.random.default_rng(0)
    arrival_s = np.sort(rng.random(REQUESTS) * 1000)
    token_s = arrival_s[:, None] + np.cumsum(rng.exponential(0.05, (REQUESTS, TOKENS_EACH)), axis=1)
    lengths = np.full(REQUESTS, TOKENS_EACH)
    ids = tuple(f"r{row}" for row in range(REQUESTS))
    first_s, finish_s = token_s[:, 0].copy(), token_s[:, -1].copy()
    requests = Requests(ids, arrival_s, first_s, finish_s, np.full(REQUESTS, 300), lengths)
    layers = rng.integers(0, 2, token_s.size) * 50
    tokens = Tokens(np.arange(REQUESTS + 1) * TOKENS_EACH, token_s.ravel(), layers)
    return Run(
        Provenance(), Totals(float(token_s.max()), REQUESTS, token_s.size), requests=requests, tokens=tokens
    )


def timed(what: str, work):
    start = time.perf_counter()
    result = work()
    took = time.perf_counter() - start
    print(f"{what:<34} {took:8.3f} s")
    return result, took


def main() -> None:
    run = big_run()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "big.run.jsonl"
        timed("save", lambda: save_run(run, path))
        print(f"{'size':<34} {path.stat().st_size / 1e6:8.1f} MB")
        loaded, took = timed("load", lambda: load_run(path))
    timed("first question (curves are made)", lambda: ask(loaded, 1.0))
    _, frames = timed(
        f"{FRAMES} frames, 4 numbers each", lambda: [ask(loaded, float(t)) for t in range(FRAMES)]
    )
    print(f"{'a frame':<34} {frames / FRAMES * 1e6:8.1f} us")
    if took >= LIMIT_S:
        raise SystemExit(f"loading took {took:.2f} s, the limit is {LIMIT_S:g} s")


def ask(run: Run, t: float) -> tuple[float, ...]:
    share = run.early_exit_share_at(t)
    return run.completed_at(t), run.output_tokens_at(t), run.throughput_at(t), share or 0.0


if __name__ == "__main__":
    main()
