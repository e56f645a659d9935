"""A file that is not the one that was declared, or that nobody vouches for.

`sha256` in assets.yaml says which file was meant. The reader refuses a table, run or file in use whose
digest is another; here the files that are declared and missing are found, before a shot asks for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from explainers.check.finding import Finding
from explainers.check.subject import Words

CODE: Final = "asset-missing"
SEVERITY: Final = "error"
STAGE: Final = "words"


def find(subject: Words) -> Iterator[Finding]:
    folder = subject.library.folder
    for name, entry in subject.manifest.files.items():
        if not (folder / name).exists():
            message = f"the file {name!r} is not there; it should show: {entry.shows}"
            fix = f"put it at {subject.plan.project.shown(folder / name)}"
            yield subject.found(CODE, SEVERITY, message, ("files", name), key=True, assets=True, fix=fix)
