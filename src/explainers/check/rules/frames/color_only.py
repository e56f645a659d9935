"""Two series told apart by colour alone.

Where two series of data have no name on screen, only their colours tell them apart; to one man in
twelve they may be the same colour. The three common colour-vision deficiencies are simulated (Machado
et al. 2009): two unnamed series whose colours come too close in any of them are an error, other unnamed
series a warning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, Final

from explainers.check.colors import closest
from explainers.check.finding import Finding, Severity
from explainers.check.geometry import AT_REST, SEEN, texts_of
from explainers.check.subject import Pictures

CODE: Final = "color-only"
SEVERITY: Final = "error"
NEEDS: Final = ("geometry",)

TELLABLE = 12.0
"""CIE Lab distance from which two colours are told apart at a glance."""


def find(subject: Pictures) -> Iterator[Finding]:
    for shot, geometry in subject.geometries():
        named = {" ".join(t.words.split()) for t in texts_of(geometry) if t.opacity >= SEEN}
        told = set()
        for t, one, other in _pairs(geometry):
            key = frozenset((one["color"], other["color"]))
            if key in told or (_named(one, named) and _named(other, named)):
                continue
            told.add(key)
            distance, vision = closest(one["color"], other["color"])
            unnamed = other if _named(one, named) else one
            confused = distance < TELLABLE
            seen = f"; with {vision} they are nearly one" if confused else ""
            message = f"{_called(one)} and {_called(other)} differ in colour alone{seen}"
            severity: Severity = "error" if confused else "warning"
            fix = "write the series' names beside them, or give one a pattern"
            yield subject.at_box(
                CODE, severity, message, shot, t, unnamed["box"], text=unnamed["text"], fix=fix
            )


def _pairs(geometry: Mapping[str, Any]) -> Iterator[tuple[float, dict[str, Any], dict[str, Any]]]:
    """Pairs of data shapes with different colours that are seen at one moment."""
    layers = {one["layer"]: one for one in geometry["layers"]}
    for moment in geometry["moments"]:
        shapes = [
            {**layers[one["layer"]], "box": one["box"]}
            for one in moment["shapes"]
            if layers[one["layer"]]["kind"] == "data" and one["opacity"] >= AT_REST
        ]
        for one, other in combinations([shape for shape in shapes if shape["color"]], 2):
            if one["color"] != other["color"] and _in_one_panel(one["box"], other["box"]):
                yield moment["t"], one, other


def _in_one_panel(one: Sequence[float], other: Sequence[float]) -> bool:
    """Whether two shapes share a good part of their width or height: charts side by side do not."""
    for low, high in ((0, 2), (1, 3)):
        common = min(one[high], other[high]) - max(one[low], other[low])
        if common >= 0.3 * max(1, min(one[high] - one[low], other[high] - other[low])):
            return True
    return False


def _named(shape: Mapping[str, Any], words: set[str]) -> bool:
    name = " ".join(shape["text"].split())
    return bool(name) and any(name == one or name in one for one in words)


def _called(shape: Mapping[str, Any]) -> str:
    return repr(shape["text"]) if shape["text"] else f"a series in {shape['color']}"
