"""Mathematics: formulas by terms, and labels with `$...$` in them, set by Typst through Manim."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explainers.errors import RenderFailed
from explainers.fonts import Letters, font_files, missing, spans
from explainers.kinds.diagram.params import Node, Params
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


def typeset_all(params: Params, labels: Iterable[str], room: float, letters: Letters) -> dict[str, Typeset]:
    """Every formula by its node's name, and every label line with mathematics by its text.

    A formula wider than `room` design units is set smaller, rather than the whole diagram with it.
    """
    found = {name: formula(name, node, room) for name, node in params.nodes.items() if node.terms}
    for label in labels:
        for line in label.split("\n"):
            if line.count("$") >= 2 and line not in found:
                found[line] = _set(label, *_markup(line, letters), LABEL)
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


def _set(name: str, markup: str, fonts: Iterable[Path], size: float) -> Typeset:
    from manim import Typst

    whole = _made(name, Typst, markup, size, fonts)
    return _measured(whole, {"": whole})


def _made(name: str, maker: Any, code: str, size: float, fonts: Iterable[Path] = ()) -> Any:
    from explainers.stage import ink

    if words := [
        letter for part in code.split("$")[1::2] or [code] for letter in part if _no_mathematics(letter)
    ]:
        raise RenderFailed(f"mathematics has no {words[0]!r} (in {name!r}): write words outside of it")
    ink.setup()
    folders = sorted({str(path.parent) for path in (*font_files(SANS), *fonts)})
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


def _markup(line: str, letters: Letters) -> tuple[str, list[Path]]:
    """Typst markup of a label line, and the fonts it needs: text between the `$` pairs is set as it is."""
    words = "".join(line.split("$")[::2])
    if lacking := missing([words], letters):
        raise RenderFailed(f"{lacking[0].message} (in {line!r}); {lacking[0].remedy}")
    faces = [face for face, _ in spans(words, SANS, letters) if face]
    families = dict.fromkeys((SANS, *(face.family for face in faces)))
    parts = [
        f'#"{_quoted(part)}"' if index % 2 == 0 else f"${part}$"
        for index, part in enumerate(line.split("$"))
        if part
    ]
    fonts = ", ".join(f'"{family}"' for family in families)
    return (
        f"#set text(font: ({fonts},), fallback: false)\n"
        f'#show math.equation: set text(size: {_MATH}em, weight: "bold")\n' + "".join(parts)
    ), [face.path for face in faces]


def _no_mathematics(letter: str) -> bool:
    """Whether a character is none of a formula's: Typst would look for it in the machine's fonts."""
    return unicodedata.category(letter) in ("Lo", "So", "Co", "Cn")


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
