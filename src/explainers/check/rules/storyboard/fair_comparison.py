"""Rules about what is compared side by side."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from explainers.check.compared import parts_of, speed_of
from explainers.check.finding import Finding
from explainers.check.rules import rule
from explainers.check.subject import Words


@rule("same-dataset", "error")
def same_dataset(subject: Words) -> Iterator[Finding]:
    """Runs in a race that did not run the same dataset.

    The requests of two runs are compared by their ids and prompt lengths. Different requests make the race
    meaningless; runs whose logs can't tell, and that do not even name the same dataset, are warned of.
    """
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
                yield subject.found("same-dataset", "error", message, loc, shot=shot.id, fix=fix)
            elif same is None and names[0] != names[1]:
                message = f"{one} ran {names[0] or 'a dataset without a name'!r}, {other} {names[1]!r}"
                yield subject.found("same-dataset", "error", message, loc, shot=shot.id, fix=fix)
            elif same is None and not names[0]:
                message = f"nothing says that {one} and {other} ran the same dataset: {reason}"
                yield subject.found(
                    "same-dataset", "warning", message, loc, shot=shot.id, fix="name it in the runs"
                )


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
