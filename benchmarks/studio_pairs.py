"""The studio's exact still after a scrub, this version's against another's: both run, and take turns.

    python -m benchmarks.studio_pairs CHECKOUT [--rounds N] [--stills N]

CHECKOUT is a folder with the other version and its `.venv`. Both show the other's DREX video, which an older
version can read too, and both go to the same frames, now this one first and now that.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from benchmarks.measure import machine
from benchmarks.rows_studio import ROOT, browsing, running, scrub


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.studio_pairs", description=__doc__)
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--stills", type=int, default=20)
    wanted = parser.parse_args()
    checkout = wanted.checkout.resolve()
    with ExitStack() as stack:
        browser = stack.enter_context(browsing())
        pages = []
        # Before strangers' projects were thought of, `allow_code` in the project's settings was enough.
        for folder, options in ((ROOT, ["--allow-code"]), (checkout, [])):
            root = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            python = str(folder / ".venv/bin/python")
            pages.append(stack.enter_context(running(browser, root, checkout, python, *options))[0])
        rounds: list[tuple[list[float], list[float]]] = []
        for number in range(wanted.rounds):
            rounds.append(([], []))
            for still in range(wanted.stills):
                seed = number * wanted.stills + still
                for side in (0, 1) if still % 2 else (1, 0):
                    pages[side].bring_to_front()
                    rounds[-1][side].append(scrub(pages[side], random.Random(seed)))
            print(f"round {number + 1}: {_said(rounds[-1][0])} against {_said(rounds[-1][1])}", flush=True)
    ours, theirs = ([still for one in rounds for still in one[side]] for side in (0, 1))
    print(f"all {len(ours)} of each: {_said(ours)} against {_said(theirs)}")
    for name, point in (("median", statistics.median), ("p95", _p95)):
        ratios = [point(one) / point(other) for one, other in rounds]
        spread = ", ".join(f"{ratio:.3f}" for ratio in ratios)
        each = f"{statistics.median(ratios):.3f}x as the median of rounds ({spread})"
        print(f"{name}: {point(ours) / point(theirs):.3f}x of all, {each}")
    print(machine())


def _p95(seconds: Sequence[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


def _said(seconds: Sequence[float]) -> str:
    return f"median {statistics.median(seconds) * 1000:.0f} ms, p95 {_p95(seconds) * 1000:.0f} ms"


if __name__ == "__main__":
    main()
