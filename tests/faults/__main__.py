"""`python -m faults --count 500` in tests/: the fault campaign, in its long form."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

from faults.campaign import campaign


def main() -> int:
    """Run it, print a line a fault, and how many were survived; 1 where one was not."""
    parser = argparse.ArgumentParser(prog="python -m faults", description=__doc__)
    parser.add_argument("--count", type=int, default=30, help="faults in all")
    parser.add_argument("--seed", type=int, default=1, help="the same faults in the same order")
    parser.add_argument("--quiet", action="store_true", help="only the summary, and what was not survived")
    chosen = parser.parse_args()
    survived: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="explainers-faults-") as scratch:
        for one in campaign(chosen.count, chosen.seed, Path(scratch)):
            tried[one.name] += 1
            survived[one.name] += not one.error
            if one.error or not chosen.quiet:
                state = f"NOT SURVIVED: {one.error}" if one.error else "survived"
                print(f"{one.number:>4} {one.seconds:5.1f} s  {one.told or one.name}: {state}", flush=True)
    for name, count in tried.items():
        print(f"{name:<18} {survived[name]:>4} of {count}")
    print(f"{survived.total()} of {tried.total()} faults survived (seed {chosen.seed})")
    return 0 if survived == tried else 1


if __name__ == "__main__":
    sys.exit(main())
