"""A shot without captions.

The video has no sound: captions are what is read aloud to a viewer who can't see it. Every shot says
something in at least one cue.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from explainers.check.finding import Finding
from explainers.check.subject import Words

CODE: Final = "captions-complete"
SEVERITY: Final = "warning"


def find(subject: Words) -> Iterator[Finding]:
    said = {cue.shot_id for cue in subject.plan.cues}
    for shot in subject.plan.shots:
        if shot.id not in said:
            message = f"the shot {shot.id!r} has no caption"
            loc = (*subject.shot_locs[shot.id], "id")
            yield subject.found(
                CODE, SEVERITY, message, loc, shot=shot.id, fix="cue: what is seen, in a sentence"
            )
