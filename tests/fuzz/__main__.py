"""`python -m fuzz --count 20000` in tests/: the fuzzing campaigns, in their long form.

`--mode bytes` changes bytes of real files for every reader; `--mode logs` writes logs of the right shape with
wrong content, and compares every number shown with one worked out here. Without a mode, both.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from fuzz import plausible
from fuzz.campaign import campaign, summary, told


def main() -> int:
    """Run it and print a line a target; 1 where there are finds."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=20_000, help="inputs in all")
    parser.add_argument("--seed", type=int, default=1, help="the same inputs again")
    parser.add_argument("--mode", choices=("bytes", "logs", "both"), default="both")
    parser.add_argument("--keep", type=Path, help="a folder for inputs that are finds")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="explainers-fuzz-") as scratch:
        folder = chosen.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        reports = []
        modes = {"bytes": campaign, "logs": plausible.campaign}
        kept = [mode for name, mode in modes.items() if chosen.mode in (name, "both")]
        for mode in kept:
            for report in mode(chosen.count // len(kept), chosen.seed, folder.resolve()):
                reports.append(report)
                print(report.line, *(f"    {find}" for find in told(report)), sep="\n", flush=True)
    print(summary(reports))
    return 1 if any(one.finds for one in reports) else 0


if __name__ == "__main__":
    sys.exit(main())
