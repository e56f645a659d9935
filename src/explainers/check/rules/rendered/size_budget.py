"""A video too heavy for a page.

25 MiB a file, or what `max_mib` in `[tool.explainers.site]` says: more is slow on a phone, and some hosts
refuse it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from explainers.check.delivered import videos_of
from explainers.check.finding import Finding
from explainers.check.subject import Rendered

CODE: Final = "size-budget"
SEVERITY: Final = "error"

MAX_MIB = 25.0


def find(subject: Rendered) -> Iterator[Finding]:
    written = subject.plan.project.settings.site.get("max_mib", MAX_MIB)
    limit = float(written) if isinstance(written, (int, float)) else MAX_MIB
    for name in videos_of(subject):
        mib = subject.file(name).stat().st_size / 2**20
        if mib > limit:
            message = f"{name} has {mib:.1f} MiB, more than the {limit:g} of the budget"
            fix = "a rendition with less, or max_mib in [tool.explainers.site]"
            yield subject.at_file(CODE, SEVERITY, message, name, fix=fix)
