"""A delivered file that is not the one the manifest lists.

A file that was edited by hand, cut off in a copy, or replaced: its size or sha256 is not what was written
when it was made.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from explainers.check.finding import Finding
from explainers.check.subject import Rendered
from explainers.digest import digest_file

CODE: Final = "file-changed"
SEVERITY: Final = "error"


def find(subject: Rendered) -> Iterator[Finding]:
    for name, facts in subject.manifest.files.items():
        path = subject.file(name)
        if Path(name).name != name:
            continue
        if not path.is_file():
            yield subject.at_file(CODE, SEVERITY, f"{name} is listed and not there", name, fix="render again")
        elif path.stat().st_size != facts.bytes or digest_file(path) != facts.sha256:
            message = f"{name} is not the file that was rendered"
            yield subject.at_file(CODE, SEVERITY, message, name, fix="render again")
