"""A declared file that is not there.

The reader refuses a table or run that is missing, and a file in use whose `sha256` is another than was
declared. Here every file under `files:` in assets.yaml is looked for, before a shot asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from explainers.check.finding import Finding
from explainers.check.subject import Words

CODE: Final = "asset-missing"
SEVERITY: Final = "error"


def find(subject: Words) -> Iterator[Finding]:
    folder = subject.library.folder
    for name, entry in subject.manifest.files.items():
        if not (folder / name).exists():
            message = f"the file {name!r} is not there; it should show: {entry.shows}"
            fix = f"put it at {subject.plan.project.shown(folder / name)}"
            yield subject.found(CODE, SEVERITY, message, ("files", name), key=True, assets=True, fix=fix)
