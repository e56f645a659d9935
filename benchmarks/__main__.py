"""`python -m benchmarks [ROW ...]`: one table, each row measured side by side in one run, and the machine."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from time import perf_counter

from benchmarks import (
    rows_cluster,
    rows_confined,
    rows_drex,
    rows_memory,
    rows_panes,
    rows_pictures,
    rows_start,
    rows_studio,
)
from benchmarks.measure import machine

PARTS = {
    "start": rows_start.start,
    "bars": rows_pictures.bars,
    "boxes": rows_pictures.boxes,
    "video": rows_drex.whole,
    "edits": rows_drex.edits,
    "voice": rows_drex.voice,
    "memory": rows_memory.memory,
    "panes": rows_panes.panes,
    "studio": rows_studio.studio,
    "confined": rows_confined.confined,
    "cluster": rows_cluster.cluster,
    "renditions": rows_drex.renditions,
}
LONG = ("voice", "renditions", "cluster", "confined")
"""Too long for every day: only where they are asked for."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"some of: {', '.join(PARTS)}")
    wanted = parser.parse_args().rows
    if unknown := sorted(set(wanted) - set(PARTS)):
        parser.error(f"no rows are called {', '.join(unknown)}; there are {', '.join(PARTS)}")
    started = perf_counter()
    print("| work | time | against | ratio | goal |\n|---|---|---|---|---|", flush=True)
    for name in wanted or [name for name in PARTS if name not in LONG]:
        for row in PARTS[name]():
            print(row.line(), flush=True)
    minutes = (perf_counter() - started) / 60
    print(f"\n{machine()}; {datetime.now(UTC):%Y-%m-%d}, measured in {minutes:.0f} minutes")


if __name__ == "__main__":
    main()
