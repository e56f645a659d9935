"""A declared file that is not there.

A shot that shows it gets a slate, which a final video must not have: an error. Where every shot that
shows it names a drawn stand-in, or none shows it, it is a warning. The reader itself refuses tables and
runs that are missing, and files in use whose `sha256` is another than was declared.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from explainers.check.finding import Finding, Severity
from explainers.check.subject import Words
from explainers.kinds.base import ShotPlan

CODE: Final = "asset-missing"
SEVERITY: Final = "error"


def find(subject: Words) -> Iterator[Finding]:
    folder = subject.plan.library.folder
    for name, entry in subject.manifest.files.items():
        if (folder / name).exists():
            continue
        slated = [shot for shot in _showing(name, subject) if not getattr(shot.params, "stand_in", None)]
        severity: Severity = "error" if slated else "warning"
        message = f"the file {name!r} is not there; it should show: {entry.shows}"
        fix = f"put it at {subject.plan.project.shown(folder / name)}"
        if slated:
            message += f"; {', '.join(shot.id for shot in slated)} would show a slate"
            fix += ", or give the shot a stand_in"
        loc = ("files", name)
        yield subject.found(CODE, severity, message, loc, key=True, assets=True, fix=fix)


def _showing(name: str, subject: Words) -> list[ShotPlan]:
    """The shots that would show a file."""
    named = {one.shot for one in subject.plan.referred if one.to == "asset" and one.name == name}
    return [shot for shot in subject.plan.shots if shot.id in named]
