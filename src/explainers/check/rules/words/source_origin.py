"""A number from a source that can't be followed.

Every fact leans on a table or names a source; that much the reader insists on. Here the source itself
is looked at: one that says neither where it can be read (`url`, `repository`, `path`) nor that it is an
illustration leaves a viewer, and an interviewer, with nothing to open.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from explainers.check.finding import Finding
from explainers.check.subject import Words

CODE: Final = "source-origin"
SEVERITY: Final = "warning"


def find(subject: Words) -> Iterator[Finding]:
    for name, source in subject.plan.sources.items():
        if source.kind == "illustration" or source.url or source.repository or source.path:
            continue
        message = f"the source {name!r} says what it is, but not where it can be found"
        fix = "add a url, or a repository with path and commit"
        yield subject.found(CODE, SEVERITY, message, ("sources", name), key=True, assets=True, fix=fix)
