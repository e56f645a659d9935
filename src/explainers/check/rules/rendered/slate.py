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
    if subject.manifest.get("quality") != "final":
        return
    for shot in subject.manifest.get("shots", ()):
        slates = shot.get("slates") or ()
        for missing in [slates] if isinstance(slates, str) else slates:
            message = f"the final video shows a slate for {missing}"
            loc = subject.words.shot_locs.get(str(shot.get("id")), ())
            shot_id = str(shot.get("id")) if loc else None
            fix = "supply the file, or give the shot a drawn stand-in"
            yield subject.words.found(CODE, SEVERITY, message, (*loc, "id"), shot=shot_id, fix=fix)
