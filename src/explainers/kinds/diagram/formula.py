"""Mathematics: formulas by terms, and labels with `$...$` in them, set by Typst through Manim."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from explainers.errors import RenderFailed
from explainers.fonts import Letters, font_files, missing, spans
from explainers.kinds.diagram.params import Params
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
        from explainers.stage.shapes import UNIT

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
    found = {}
    for name, node in params.nodes.items():
        if node.terms:
            found[name] = _formula(name, node.terms, FORMULA_SIZE)
            if (width := found[name].width) > room:
                found[name] = _formula(name, node.terms, max(LABEL, FORMULA_SIZE * room / width))
    for line in dict.fromkeys(line for label in labels for line in label.split("\n")):
        if line.count("$") >= 2 and line not in found:
            markup, fonts = _markup(line, letters)
            found[line] = _typeset(line, markup, LABEL, fonts)
    return found


def _formula(name: str, terms: Mapping[str, str], size: float) -> Typeset:
    """A formula of all the terms; each keeps its place in the whole."""
    code = " ".join(f"{{{{ {term} : t{index} }}}}" for index, term in enumerate(terms.values()))
    return _typeset(name, code, size, terms=terms)


def _typeset(
    name: str, code: str, size: float, fonts: Iterable[Path] = (), terms: Mapping[str, str] | None = None
) -> Typeset:
    """Typst's mobjects of a formula's `terms`, or of a label as one term without a name."""
    from manim import MathTypst, Typst

    from explainers.stage import ink

    for letter in "".join(code.split("$")[1::2]) or code:
        # Typst would look for what is no letter of formulas in the machine's fonts.
        if unicodedata.category(letter) in ("Lo", "So", "Co", "Cn"):
            raise RenderFailed(f"mathematics has no {letter!r} (in {name!r}): write words outside of it")
    ink.setup()
    folders = sorted({str(path.parent) for path in (*font_files(SANS), *fonts)})
    try:
        # From Manim's own cache a formula comes back a little different from the first time it was made.
        whole = (Typst if terms is None else MathTypst)(
            code, font_size=size * _POINTS, font_paths=folders, color="#FFFFFF", use_svg_cache=False
        )
    except Exception as error:
        reason = str(error).strip().split("\n")[0]
        raise RenderFailed(f"Typst does not take the formula {name!r} ({code}): {reason}") from error
    left, top = float(whole.get_left()[0]), float(whole.get_top()[1])
    parts = {"": whole} if terms is None else {t: whole.select(f"t{i}") for i, t in enumerate(terms)}
    for part in parts.values():
        part.shift([-left, 0, 0])
    return Typeset(float(whole.width) * ink.UNIT, float(whole.height) * ink.UNIT, -top * ink.UNIT, parts)


def _markup(line: str, letters: Letters) -> tuple[str, list[Path]]:
    """Typst markup of a label line, and the fonts it needs: text between the `$` pairs is set as it is."""
    words = "".join(line.split("$")[::2])
    if lacking := missing([words], letters):
        raise RenderFailed(f"{lacking[0].message} (in {line!r}); {lacking[0].remedy}")
    faces = [face for face, _ in spans(words, SANS, letters) if face]
    fonts = ", ".join(f'"{family}"' for family in dict.fromkeys((SANS, *(face.family for face in faces))))
    markup = (
        f"#set text(font: ({fonts},), fallback: false)\n"
        f'#show math.equation: set text(size: {_MATH}em, weight: "bold")\n'
    )
    for index, part in enumerate(line.split("$")):
        quoted = part.replace("\\", "\\\\").replace('"', '\\"')
        markup += f"${part}$" if part and index % 2 else f'#"{quoted}"' if part else ""
    return markup, [face.path for face in faces]
