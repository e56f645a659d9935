"""Runs in a race that did not run the same dataset.

Two runs are compared by everything their logs hold: numbers of requests, ids, prompt lengths, totals of
prompt tokens, and what is stated of the dataset. Different requests make the race meaningless (the race
kind itself refuses them); runs whose logs can't tell, and that do not even name the same dataset, are
warned of.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Final

from explainers.check.finding import Finding
from explainers.check.subject import Words

CODE: Final = "same-dataset"
SEVERITY: Final = "error"


def find(subject: Words) -> Iterator[Finding]:
    places = {(one.shot, one.name): one.loc for one in subject.referred if one.to == "run"}
    for shot in subject.plan.shots:
        # A race refuses runs of different datasets by itself, unless its author says that they differ.
        judged = getattr(shot.params, "different_datasets", None)
        if len(shot.runs) < 2 or judged:
            continue
        from explainers.runs.compare import same_dataset

        for one, other in combinations(shot.runs, 2):
            left, right = shot.runs[one], shot.runs[other]
            same, reason = same_dataset(left, right)
            named = left.provenance.dataset and right.provenance.dataset
            loc = places.get((shot.id, other), (*subject.shot_locs[shot.id], "id"))
            fix = "race runs of one dataset"
            if same is False and judged is None:
                message = f"{one} and {other} did not run the same requests: {reason}"
                yield subject.found(CODE, SEVERITY, message, loc, shot=shot.id, fix=fix)
            elif same is None and not named:
                message = f"nothing says that {one} and {other} ran the same dataset: {reason}"
                yield subject.found(CODE, "warning", message, loc, shot=shot.id, fix="name it in the runs")
