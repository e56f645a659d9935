"""Runs in a race that did not run the same dataset.

The requests of two runs are compared by their ids and prompt lengths. Different requests make the race
meaningless; runs whose logs can't tell, and that do not even name the same dataset, are warned of.
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
    places = {(one.shot, one.name): one.loc for one in subject.plan.referred if one.to == "run"}
    for shot in subject.plan.shots:
        # A race that says in its footer that the datasets differ has been told.
        if len(shot.runs) < 2 or getattr(shot.params, "different_datasets", False):
            continue
        from explainers.runs.compare import same_dataset

        for one, other in combinations(shot.runs, 2):
            left, right = shot.runs[one], shot.runs[other]
            same, reason = same_dataset(left, right)
            names = left.provenance.dataset, right.provenance.dataset
            loc = places.get((shot.id, other), (*subject.shot_locs[shot.id], "id"))
            fix = "race runs of one dataset"
            if same is False:
                message = f"{one} and {other} did not run the same requests: {reason}"
                yield subject.found(CODE, SEVERITY, message, loc, shot=shot.id, fix=fix)
            elif same is None and names[0] != names[1]:
                message = f"{one} ran {names[0] or 'a dataset without a name'!r}, {other} {names[1]!r}"
                yield subject.found(CODE, SEVERITY, message, loc, shot=shot.id, fix=fix)
            elif same is None and not names[0]:
                message = f"nothing says that {one} and {other} ran the same dataset: {reason}"
                yield subject.found(CODE, "warning", message, loc, shot=shot.id, fix="name it in the runs")
