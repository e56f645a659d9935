"""A 20 s race of two runs of 10,000 requests and 1,000,000 tokens each, at 1920x1080 and 30 fps.

    python -m benchmarks.runs_race [view ...]

Each run must load in under 3 s, and a race with each of the views must be drawn and encoded, from the
command to the file, faster than it plays: judged by processor time, encoder included, which one worker
on a free machine needs at most. Without arguments: requests, lanes, latency.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.runs_load import big_run
from explainers.plan import load_plan
from explainers.project import find_project
from explainers.render.pipeline import Request
from explainers.runs import Run, load_run, save_run

LOAD_LIMIT_S = 3.0
ASSETS = """
sources: {made: {kind: illustration, label: made-up runs, citation: Runs made up for this benchmark}}
runs:
  left: {file: left.run.jsonl, source: made}
  right: {file: right.run.jsonl, source: made}
"""
STORYBOARD = """
storyboard: 1
title: A large race
canvas: {size: 1920x1080, fps: 30}
shots:
  - id: race
    kind: race
    title: Two large runs
    statement: An illustration.
    duration: 20s
    clock: {speed: 55x}
    panes: [{run: left, label: Before}, {run: right, label: After, role: accent}]
    views: [VIEW, output_tokens, throughput, early_exit_share]
"""


def slower(run: Run, factor: float) -> Run:
    """The same run with every time stretched."""
    assert run.requests is not None and run.tokens is not None
    requests = replace(
        run.requests,
        arrival_s=run.requests.arrival_s * factor,
        first_token_s=run.requests.first_token_s * factor,
        finish_s=run.requests.finish_s * factor,
    )
    tokens = replace(run.tokens, at_s=run.tokens.at_s * factor)
    totals = replace(run.totals, total_time_s=run.end_s * factor)
    return replace(run, requests=requests, tokens=tokens, totals=totals)


def write_project(root: Path) -> None:
    """Both runs, and a video for each view."""
    run = big_run()
    (root / "pyproject.toml").write_text("[tool.explainers]\n")
    for view in views():
        assets = root / "assets" / view
        for name, factor in (("left", 1.0), ("right", 0.94)):
            save_run(slower(run, factor), assets / f"{name}.run.jsonl")
        (assets / "assets.yaml").write_text(ASSETS)
        scene = root / "scenes" / view / "storyboard.yaml"
        scene.parent.mkdir(parents=True)
        scene.write_text(STORYBOARD.replace("VIEW", view))


def processor_s() -> float:
    """Processor time so far, of this process and its finished workers: no busy machine changes it much."""
    return sum(os.times()[:4])


def views() -> list[str]:
    return sys.argv[1:] or ["requests", "lanes", "latency"]


def main() -> None:
    late = []
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_project(root)
        for name in ("left", "right"):
            start = time.perf_counter()
            run = load_run(root / "assets" / views()[0] / f"{name}.run.jsonl")
            took = time.perf_counter() - start
            tokens = np.size(run.tokens.at_s) if run.tokens else 0
            print(f"load {len(run.requests or ()):,} requests, {tokens:,} tokens {took:8.2f} s")
            late += [f"loading took {took:.2f} s"] if took >= LOAD_LIMIT_S else []
        import explainers.stage  # noqa: F401  (Manim's own import is timed by the kinds' benchmarks)

        for view in views():
            start, used = time.perf_counter(), processor_s()
            plan = load_plan(find_project(root), view, "final")
            run(Request.of(plan), jobs=1)
            took = time.perf_counter() - start
            used = processor_s() - used
            print(f"{view:<10} {plan.duration_s:5.1f} s of video in {took:6.2f} s, {used:.2f} s of processor")
            late += [f"{view} took {used:.1f} s of processor"] if used >= plan.duration_s else []
    if late:
        raise SystemExit("; ".join(late))


if __name__ == "__main__":
    main()
