"""Logs with wrong content in the short form, and whether the mode would find what it is for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from fuzz import plausible
from fuzz.campaign import told
from fuzz.logs import FORMATS

from explainers.runs import Run, load_run
from explainers.runs.load import readers

SHORT, SEED = 720, 20_260_102


def test_every_reader_of_runs_has_its_plausible_logs() -> None:
    named = {reader.read.__name__ for reader in readers()}
    assert {each.reader for each in FORMATS.values()} == named - {"distributions"}


@pytest.mark.parametrize("name", FORMATS)
def test_a_wrong_number_is_a_find(name: str, tmp_path: Path) -> None:
    """Each number that a log says is changed in the run; the mode has to see it."""
    kind = FORMATS[name]
    data = next(made for seed in range(99) if not kind.truth(made := kind.make(Random(seed))).failed)
    run, truth = load_run(plausible.written(kind.files(data), tmp_path)), kind.truth(data)
    assert truth.wrong is None and plausible.untrue(run, truth, run) == plausible.broken_rules(run) == []
    for change in changes(run):
        changed = replace(run, **change)
        found = plausible.untrue(changed, truth, run) + plausible.broken_rules(changed)
        assert found, f"{list(change)} was changed, and nobody saw it"


def changes(run: Run) -> list[dict[str, Any]]:
    totals = run.totals
    found: list[dict[str, Any]] = [
        {"totals": replace(totals, requests=(totals.requests or 0) + 1)},
        {"totals": replace(totals, total_time_s=run.end_s * 1.5)},
    ]
    if totals.output_tokens is not None:
        found.append({"totals": replace(totals, output_tokens=totals.output_tokens + 1)})
    if run.requests is not None:
        lost = tuple("error" if row == 0 else None for row in range(len(run.requests)))
        found.append({"requests": replace(run.requests, errors=lost)})
        found.append({"requests": replace(run.requests, arrival_s=run.requests.arrival_s - 0.5)})
    if run.tokens is not None and run.tokens.at_s.size:
        found.append({"tokens": replace(run.tokens, at_s=np.zeros_like(run.tokens.at_s))})
    return found


def test_the_same_seed_writes_the_same_logs(tmp_path: Path) -> None:
    for name in FORMATS:
        each = [plausible.one_log(name, SEED, 3, tmp_path / f"{name}-{turn}") for turn in "ab"]
        assert each[0] == each[1]
        files = [sorted(path.read_bytes() for path in tmp_path.glob(f"{name}-{turn}/*/*")) for turn in "ab"]
        assert files[0] == files[1]


def test_what_is_shown_of_a_wrong_log_is_what_it_says(tmp_path: Path) -> None:
    for report in plausible.campaign(SHORT, SEED, tmp_path):
        assert told(report) == []
        # Logs that are all refused would prove nothing.
        assert report.accepted >= report.inputs / 4
