"""Too little contrast.

WCAG 2: text 4.5:1 against what it really stands on (the colours painted under it, footage included;
3:1 where it is large or quietened on purpose), shapes that carry data 3:1 against the background.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from explainers.check.finding import Finding
from explainers.check.geometry import AT_REST, SEEN, SeenText, css_width, first_of_each, frame_of, texts_of
from explainers.check.subject import Pictures
from explainers.kinds.base import ShotPlan
from explainers.theme import contrast

CODE: Final = "contrast"
SEVERITY: Final = "error"
NEEDS: Final = ("geometry",)

TEXT, LARGE, SHAPE = 4.5, 3.0, 3.0
LARGE_CSS_PX = 24.0


def find(subject: Pictures) -> Iterator[Finding]:
    for shot, geometry in subject.geometries():
        ratio = css_width(geometry) / frame_of(geometry)[0]
        for text in first_of_each(text for text in texts_of(geometry) if _too_low(text, ratio) is not None):
            found = _too_low(text, ratio)
            assert found is not None
            value, needed, ground = found
            message = f"{text.words!r} has {value:.1f}:1 on {ground}, and needs {needed:g}:1"
            fix = "another role, or a plate under it"
            yield subject.at_box(CODE, SEVERITY, message, shot, text.t, text.box, text=text.words, fix=fix)
        yield from _shapes(shot, geometry, subject)


def _too_low(text: SeenText, ratio: float) -> tuple[float, float, str] | None:
    """Contrast, what is needed and the ground, where it is too little; None where it is enough or unknown."""
    colors = text.shown_colors
    if not colors or text.opacity < SEEN * 0.6:
        return None
    quiet = text.opacity < AT_REST
    needed = LARGE if quiet or text.size * ratio >= LARGE_CSS_PX else TEXT
    value, ground = min((contrast(shown, ground), ground) for shown, ground in colors)
    # A quietened text is judged as a hint, where it still can be read; fainter ones are on their way out.
    if quiet and text.opacity < SEEN:
        return None
    return (value, needed, ground) if value < needed - 0.005 else None


def _shapes(shot: ShotPlan, geometry: Mapping[str, Any], subject: Pictures) -> Iterator[Finding]:
    layers = {one["layer"]: one for one in geometry["layers"]}
    told = set()
    for moment in geometry["moments"]:
        for one in moment["shapes"]:
            layer = layers[one["layer"]]
            if layer["kind"] != "data" or not layer["color"] or one["opacity"] < AT_REST:
                continue
            ground = layer["over"] or geometry["background"]
            value = contrast(layer["color"], ground)
            if value >= SHAPE or (layer["text"], layer["color"]) in told:
                continue
            told.add((layer["text"], layer["color"]))
            name = layer["text"] or layer["role"] or "a shape"
            message = f"{name!r} has {value:.1f}:1 on {ground}, and needs {SHAPE:g}:1"
            fix = "another role, or an outline"
            yield subject.at_box(
                CODE, SEVERITY, message, shot, moment["t"], one["box"], text=layer["text"], fix=fix
            )
