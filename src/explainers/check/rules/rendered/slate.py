"""A slate in a final video.

Missing footage is a slate that names the file. In a draft that is a help; in a final video it is a hole.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from explainers.check.finding import Finding
from explainers.check.subject import Rendered

CODE: Final = "slate"
SEVERITY: Final = "error"


def find(subject: Rendered) -> Iterator[Finding]:
    if subject.manifest.quality != "final":
        return
    said: dict[str, list[str]] = {}
    for shot in subject.plan.shots:
        if not getattr(shot.params, "stand_in", None):
            said[shot.id] = [one.path for one in shot.missing]
    # What the manifest says was drawn counts more than what would be drawn today.
    said |= {one.id: list(one.slates) for one in subject.manifest.shots if one.slates is not None}
    for shot_id, missing in said.items():
        for path in dict.fromkeys(missing):
            loc = subject.words.shot_locs.get(shot_id)
            message = f"the final video shows a slate for {path}"
            fix = "supply the file, or give the shot a drawn stand-in"
            shot_of = shot_id if loc else None
            where = (*loc, "id") if loc else ()
            yield subject.words.found(CODE, SEVERITY, message, where, shot=shot_of, fix=fix)
