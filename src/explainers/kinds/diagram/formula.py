"""Mathematics: formulas by terms, and labels with `$...$` in them, set by Typst through Manim."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from explainers.errors import RenderFailed
from explainers.kinds.diagram.model import Node, Params
from explainers.theme import LABEL, SANS

if TYPE_CHECKING:
    from manim import Mobject

FORMULA_SIZE = 68
"""Design units of an em in a formula."""
_MATH = 1.15
"""Size of mathematics beside words: its letters are smaller and thinner than Inter's."""
_POINTS = 0.96
"""Manim's font size that gives an em of one design unit."""


@dataclass(frozen=True)
class Typeset:
    """A formula or label as mobjects by term, its left edge at x = 0 and its baseline at y = 0."""

    width: float
    height: float
    top: float
    terms: Mapping[str, Mobject]

    def placed(self, term: str, x: float, y: float, color: str, share: float = 1.0) -> Mobject:
        """A term's mobject with the whole's left edge at `x` and its ink centred on `y`, in `color`.

        `share` of the natural size is drawn.
        """
        from explainers.stage.ink import UNIT

        copy = self.terms[term].copy()
        if share != 1.0:
            copy.scale(share, about_point=[0.0, 0.0, 0.0])
        copy.shift([x / UNIT, -(y - (self.top + self.height / 2) * share) / UNIT, 0.0])
        for part in copy.get_family():
            if len(part.points):
                part.set_fill(color, opacity=part.get_fill_opacity())
                if part.get_stroke_width():
                    part.set_stroke(color)
        return copy


def typeset_all(params: Params, labels: Iterable[str], room: float) -> dict[str, Typeset]:
    """Every formula by its node's name, and every label line with mathematics by its text.

    A formula wider than `room` design units is set smaller, rather than the whole diagram with it.
    """
    found = {name: formula(name, node, room) for name, node in params.nodes.items() if node.terms}
    for label in labels:
        for line in label.split("\n"):
            if line.count("$") >= 2 and line not in found:
                found[line] = _set(label, _markup(line), LABEL)
    return found


def formula(name: str, node: Node, room: float) -> Typeset:
    """A formula of all the node's terms; each keeps its place in the whole."""
    found = _formula(name, node, FORMULA_SIZE)
    if found.width <= room:
        return found
    return _formula(name, node, max(LABEL, FORMULA_SIZE * room / found.width))


def _formula(name: str, node: Node, size: float) -> Typeset:
    from manim import MathTypst

    code = " ".join(f"{{{{ {term} : t{index} }}}}" for index, term in enumerate(node.terms.values()))
    whole = _made(name, MathTypst, code, size)
    terms = {term: whole.select(f"t{index}") for index, term in enumerate(node.terms)}
    return _measured(whole, terms)


def _set(name: str, markup: str, size: float) -> Typeset:
    from manim import Typst

    whole = _made(name, Typst, markup, size)
    return _measured(whole, {"": whole})


def _made(name: str, maker: Any, code: str, size: float) -> Any:
    from explainers.fonts import font_files
    from explainers.stage import ink

    ink.setup()
    folders = sorted({str(path.parent) for path in font_files(SANS)})
    try:
        # From Manim's own cache a formula comes back a little different from the first time it was made.
        return maker(code, font_size=size * _POINTS, font_paths=folders, color="#FFFFFF", use_svg_cache=False)
    except Exception as error:
        reason = str(error).strip().split("\n")[0]
        raise RenderFailed(f"Typst does not take the formula {name!r} ({code}): {reason}") from error


def _measured(whole: Any, terms: Mapping[str, Any]) -> Typeset:
    """The mobjects shifted so that the whole's left edge is at 0; design units."""
    from explainers.stage.ink import UNIT

    left, top = float(whole.get_left()[0]), float(whole.get_top()[1])
    for term in terms.values():
        if term is not whole:
            term.shift([-left, 0, 0])
    if whole in terms.values():
        whole.shift([-left, 0, 0])
    return Typeset(float(whole.width) * UNIT, float(whole.height) * UNIT, -top * UNIT, terms)


def _markup(line: str) -> str:
    """Typst markup of a label line: text between the `$` pairs is set in Inter, as it is."""
    parts = [
        f'#"{_quoted(part)}"' if index % 2 == 0 else f"${part}$"
        for index, part in enumerate(line.split("$"))
        if part
    ]
    return (
        f'#set text(font: "{SANS}")\n#show math.equation: set text(size: {_MATH}em, weight: "bold")\n'
        + "".join(parts)
    )


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
