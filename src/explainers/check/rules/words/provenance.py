"""Data or footage without a word on what kind of evidence it is.

Every shot that shows data or footage says `measured`, `published`, `simulated` or `illustration` in its
footer. The word comes from the source in assets.yaml; a file that no entry of assets.yaml describes has
none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from explainers.check.finding import Finding
from explainers.check.subject import Words

CODE: Final = "provenance"
SEVERITY: Final = "error"


def find(subject: Words) -> Iterator[Finding]:
    declared = subject.manifest.files
    named = {(one.shot, one.name): one.loc for one in subject.plan.referred if one.to == "asset"}
    for shot in subject.plan.shots:
        undescribed = [name for name in shot.assets if name not in declared]
        for name in undescribed:
            message = f"nothing says where {name!r} is from, or whether it is measured, published or made up"
            loc = named.get((shot.id, name), subject.shot_locs[shot.id])
            fix = "describe it under files: in assets.yaml, or write a source: in the shot"
            if shot.provenance is None:
                yield subject.found(CODE, SEVERITY, message, loc, shot=shot.id, fix=fix)
        if shot.provenance is None and not undescribed and (shot.tables or shot.runs):
            message = "the shot shows data and does not say what kind of evidence they are"
            loc = (*subject.shot_locs[shot.id], "id")
            yield subject.found(CODE, SEVERITY, message, loc, shot=shot.id, fix="provenance: measured")
