"""A part of a drawing that the renderer leaves out, or draws otherwise than the file says.

Animations, fonts that the file brings, style rules beyond plain CSS: what stands in an SVG and does not come
out as it is written. Lost text and what is taken from other files are errors already when the file is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from explainers.check.finding import Finding
from explainers.check.subject import Words
from explainers.footage.svg import Unreadable, read_svg

CODE: Final = "not-drawn"
SEVERITY: Final = "warning"


def find(subject: Words) -> Iterator[Finding]:
    looked: set[str] = set()
    for one in subject.plan.referred:
        path = subject.plan.library.folder / one.name
        if one.to != "asset" or one.name in looked or path.suffix.lower() != ".svg" or not path.is_file():
            continue
        looked.add(one.name)
        try:
            losses = read_svg(path).losses
        except Unreadable:
            continue
        for loss in losses:
            message = f"{path.name} {loss.what}"
            if not loss.grave:
                yield subject.found(CODE, SEVERITY, message, one.loc, shot=one.shot, fix=loss.fix)
