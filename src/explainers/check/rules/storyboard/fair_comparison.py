"""Rules about what is compared side by side."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from explainers.check.compared import parts_of, speed_of
from explainers.check.finding import Finding, Severity
from explainers.check.rules import rule
from explainers.check.subject import Words


@rule("same-dataset", "error")
def same_dataset(subject: Words) -> Iterator[Finding]:
    """Runs in a race that did not run the same dataset.

    Two runs are compared by everything their logs hold: numbers of requests, ids, prompt lengths, totals of
    prompt tokens, and what is stated of the dataset. Different requests make the race meaningless (the race
    kind itself refuses them); runs whose logs can't tell, and that do not even name the same dataset, are
    warned of.
    """
    from explainers.runs.summary import same_dataset

    places = {(one.shot, one.name): one.loc for one in subject.plan.referred if one.to == "run"}
    for shot in subject.plan.shots:
        # A race refuses runs of different datasets by itself, unless its author says that they differ.
        judged = getattr(shot.params, "different_datasets", None)
        if len(shot.runs) < 2 or judged:
            continue
        for one, other in combinations(shot.runs, 2):
            left, right = shot.runs[one], shot.runs[other]
            same, reason = same_dataset(left, right)
            named = left.provenance.dataset and right.provenance.dataset
            loc = places.get((shot.id, other), (*subject.shot_locs[shot.id], "id"))
            severity: Severity = "error"
            message, fix = "", "race runs of one dataset"
            if same is False and judged is None:
                message = f"{one} and {other} did not run the same requests: {reason}"
            elif same is None and not named:
                severity, fix = "warning", "name it in the runs"
                message = f"nothing says that {one} and {other} ran the same dataset: {reason}"
            if message:
                yield subject.found("same-dataset", severity, message, loc, shot=shot.id, fix=fix)


@rule("unequal-speed", "error")
def unequal_speed(subject: Words) -> Iterator[Finding]:
    """Panes that are compared at different speeds.

    Two panes side by side are read as one clock. Where one of them plays faster the comparison is false,
    whatever its label says.
    """
    for shot in subject.plan.shots:
        for path, part in parts_of(shot.params):
            for name in type(part).model_fields:
                entries = getattr(part, name)
                if isinstance(entries, (list, tuple)) and len(entries) > 1:
                    loc = (*subject.shot_locs[shot.id], *path, name)
                    yield from _compared(entries, loc, shot.id, subject)


def _compared(entries: Any, loc: Any, shot: str, subject: Words) -> Iterator[Finding]:
    speeds = [speed_of(entry) for entry in entries]
    # Stretches of one clip follow each other; panes are seen together.
    if all(speed is None for speed in speeds) or any(
        hasattr(one, "until") or hasattr(one, "to") for one in entries
    ):
        return
    factors = [1.0 if speed is None else speed[1] for speed in speeds]
    for index, (speed, factor) in enumerate(zip(speeds, factors, strict=True)):
        if factor != factors[0]:
            message = f"this pane plays at {factor:g}x, the first one at {factors[0]:g}x"
            where = (*loc, index, speed[0]) if speed else (*loc, index)
            fix = "one speed for all panes, or shots of their own"
            yield subject.found("unequal-speed", "error", message, where, shot=shot, fix=fix)
