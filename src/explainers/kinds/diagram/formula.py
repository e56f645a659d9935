"""Mathematics: formulas by terms, and labels with `$...$` in them, set by Typst through Manim."""

from __future__ import annotations

import atexit
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from explainers.confined import call
from explainers.digest import digest_bytes
from explainers.errors import RenderFailed, nearest
from explainers.fonts import Letters, font_files, missing, spans
from explainers.kinds.diagram.params import BeatParams, Params
from explainers.storyboard.mistakes import Loc, Mistake, in_text
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


_EXPECTED = "mathematics as Typst writes it"
_VERBATIM = re.compile(r'\\.|"(?:\\.|[^"\\])*"', re.DOTALL)
"""What means itself in a formula: an escaped letter, and words in quotes."""
_WORD = re.compile(r"([^\W\d_][^\W_]+)((?:\.[a-z]+(?![^\W_]))*)(\s*:)?")
"""A name of several letters as Typst's mathematics reads it, its modifiers, and the colon of a parameter."""
_PARAMETERS = frozenset(("delim", "gap", "reverse", "align", "size", "limits", "angle", "cramped", "t", "b"))
"""Parameters of functions whose names are no names of mathematics."""
MOST_LETTERS = 500
"""Characters of one formula."""
_AT = re.compile(r"\.typ:(\d+):(\d+)\n.*\n.*│.*\n[^│]*│ *(\^+)")
"""Line, column and length of what Typst complains about, as it draws its errors."""


def formula_mistakes(params: Params, beats: Sequence[BeatParams | None]) -> Iterator[Mistake]:
    """What Typst does not take of formulas, and of the mathematics in labels, wherever they are written."""
    labels: dict[Loc, str | None] = {}
    for name, node in params.nodes.items():
        labels["nodes", name, "label"] = node.label
        for term, text in node.terms.items():
            mistake = (
                _mistake_in(text)
                if text.strip()
                else in_text("bad-formula", f"the term {term!r} is empty", 0, 1, _EXPECTED)
            )
            if mistake:
                yield mistake.under("nodes", name, "terms", term)
    for shape in ("square", "upright"):
        if arrangement := getattr(params, shape):
            labels |= {(shape, "nodes", name, "label"): one.label for name, one in arrangement.nodes.items()}
    for index, beat in enumerate(beats):
        steps = [((), beat), *((("then", nth), step) for nth, step in enumerate(beat.then))] if beat else []
        for within, step in steps:
            found = {("beats", index, *within, "relabel", name): text for name, text in step.relabel.items()}
            labels |= {loc: text for loc, text in found.items() if loc[-1] in params.nodes}
    for loc, label in labels.items():
        for mistake in _mistakes_of_label(label or ""):
            yield mistake.under(*loc)


def _mistakes_of_label(label: str) -> Iterator[Mistake]:
    start = 0
    for line in label.split("\n"):
        parts = line.split("$")
        if len(parts) > 2 and len(parts) % 2 == 0:
            message = "a $ without its counterpart: mathematics stands between two of them"
            yield in_text(
                "bad-formula", message, start + line.rindex("$"), 1, "an even number of $ in a line"
            )
        elif len(parts) > 2:
            for index, part in enumerate(parts):
                if index % 2 and part and (mistake := _mistake_in(part)):
                    yield mistake.further(start + len("$".join(parts[:index])) + 1)
        start += len(line) + 1


@lru_cache(maxsize=512)
def _mistake_in(code: str) -> Mistake | None:
    """The first thing in one formula that Typst does not take; None where it takes all of it."""

    for at, letter in enumerate(code):
        # Typst would look for what is no letter of formulas in the machine's fonts.
        if unicodedata.category(letter) in ("Lo", "So", "Co", "Cn"):
            message = f"mathematics has no {letter!r}"
            return in_text("bad-formula", message, at, 1, "letters of formulas, and words outside of them")
    plain = _VERBATIM.sub(lambda found: " " * len(found[0]), code)
    for sign, what in (("#", "code"), ("$", "another formula"), ("//", "a comment"), ("/*", "a comment")):
        if (at := plain.find(sign)) >= 0:
            message = f"a formula holds no {sign}, which begins {what}"
            return in_text("bad-formula", message, at, len(sign), _EXPECTED)
    if (at := plain.find('"')) >= 0:
        message = "words in quotes that do not end"
        return in_text("bad-formula", message, at, len(code) - at, 'a " after them')
    if len(code) > MOST_LETTERS:
        message = f"a formula has at most {MOST_LETTERS} characters, and this has {len(code):,}"
        return in_text("bad-formula", message, MOST_LETTERS, 1, _EXPECTED)
    for found in _WORD.finditer(plain):
        if mistake := _unknown_word(code, *found.span(1), found[1], found[2], bool(found[3])):
            return mistake
    refused = call(_refusal, code, name="the formula")
    if refused:
        offset, length = _where(code, refused[1])
        word = code[offset : offset + length]
        return in_text(
            "bad-formula",
            f"Typst does not take {word!r} in a formula: {refused[0]}",
            offset,
            length,
            _EXPECTED,
        )
    return None


def _refusal(code: str) -> tuple[str, str] | None:
    """Typst's words on one formula, and its picture of the place; None where it takes it."""
    import typst

    try:
        typst.compile(f"$ {code} $".encode(), format="svg", ignore_system_fonts=True, **_NO_PACKAGES)
    except typst.TypstError as error:
        return error.message, error.diagnostic
    return None


_NO_PACKAGES: dict[str, Any] = {"package_path": "/dev/null", "package_cache_path": "/dev/null"}


def _unknown_word(
    code: str, start: int, end: int, word: str, modifiers: str, parameter: bool
) -> Mistake | None:
    """What is wrong with a name: formulas hold those of functions and of symbols, and the latter's modifiers.

    Others would reach Typst's own library, which can run code.
    """
    functions, symbols = _known()
    if parameter and not modifiers and (word in _PARAMETERS or word in functions | symbols):
        return None
    if word in symbols or (word in functions and not modifiers):
        return None
    if word in functions:
        message = f"a formula looks up nothing in {word}: {modifiers} is code"
        return in_text("bad-formula", message, end, len(modifiers), _EXPECTED)
    alike = (name for name in functions | symbols if name[0].islower() == word[0].islower())
    expected = f'a name that Typst has, letters apart ({" ".join(word)}), or words in quotes ("{word}")'
    message = f"Typst does not take {word!r} in a formula: unknown variable: {word}"
    return in_text("bad-formula", message, start, end - start, expected, nearest(word, alike))


def _where(code: str, diagnostic: str) -> tuple[int, int]:
    """Offset and length in a formula of what Typst complains about."""
    lines = [len(line) + 1 for line in f"$ {code}".split("\n")]
    # Where several things are wrong the last one stands furthest inside.
    spots = [(int(line), int(column), len(marks)) for line, column, marks in _AT.findall(diagnostic)]
    inside = [(sum(lines[: line - 1]) + column - 2, length) for line, column, length in spots]
    offset, length = max(inside, default=(0, len(code)))
    offset = min(max(0, offset), max(0, len(code) - 1))
    return offset, max(1, min(length, len(code) - offset))


@cache
def _known() -> tuple[frozenset[str], frozenset[str]]:
    """The names that a formula may hold: Typst's functions of mathematics, and its symbols."""
    import typst

    functions, symbols = (
        frozenset(json.loads(typst.eval(b"", f"dictionary({module}).keys()"))) for module in ("math", "sym")
    )
    # `std` is all of Typst, and with it `eval`, `read` and `plugin`.
    return functions - symbols - {"std"}, symbols - {"std"}


def _stands_in_a_call(term: str) -> bool:
    """Whether a term means the same as an argument of a function, which Manim makes it: [0, 1) does not."""
    closing, opened = {")": "(", "]": "[", "}": "{"}, []
    for letter in _VERBATIM.sub("", term):
        if letter in "([{":
            opened.append(letter)
        elif letter in closing:
            if not opened or opened.pop() != closing[letter]:
                return False
        elif letter in ",;:" and not opened:
            return False
    return not opened and not re.search(r"\{\{|\}\}|\\[\[\]{}]|\.\.", term)


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
    code, before = [], ""
    for index, term in enumerate(terms.values()):
        if not _stands_in_a_call(term):
            before, term = f"{before}#let term{index} = ${term}$\n", f"#term{index}"
        code.append(f"{{{{ {term} : t{index} }}}}")
    return _typeset(name, " ".join(code), size, terms=terms, before=before)


def _typeset(
    name: str,
    code: str,
    size: float,
    fonts: Iterable[Path] = (),
    terms: Mapping[str, str] | None = None,
    before: str = "",
) -> Typeset:
    """Typst's mobjects of a formula's `terms`, or of a label as one term without a name.

    `before` is Typst's code that `code` needs.
    """
    from explainers.stage import ink  # isort: skip (Manim is imported there, in a folder of ours)
    from manim import MathTypst, Typst
    from manim.mobject.text import typst_mobject

    ink.setup()
    typst_mobject.typst_to_svg_file = _drawn
    folders = sorted({str(path.parent) for path in (*font_files(SANS), *fonts)})
    try:
        # From Manim's own cache a formula comes back a little different from the first time it was made.
        whole = (Typst if terms is None else MathTypst)(
            code,
            font_size=size * _POINTS,
            font_paths=folders,
            color="#FFFFFF",
            typst_preamble=before,
            use_svg_cache=False,
        )
    except Exception as error:
        reason = str(error).strip().split("\n")[0]
        raise RenderFailed(f"Typst does not take the formula {name!r} ({code}): {reason}") from error
    left, top = float(whole.get_left()[0]), float(whole.get_top()[1])
    parts = {"": whole} if terms is None else {t: whole.select(f"t{i}") for i, t in enumerate(terms)}
    for part in parts.values():
        part.shift([-left, 0, 0])
    return Typeset(float(whole.width) * ink.UNIT, float(whole.height) * ink.UNIT, -top * ink.UNIT, parts)


def _drawn(
    code: str, preamble: str = "", text_size: float = 10, font_paths: Iterable[str | Path] | None = None
) -> Path:
    """What Manim's `typst_to_svg_file` does, in a confined child, and without the folder it runs in."""
    from manim.utils.typst_file_writing import TYPST_TEMPLATE

    whole = TYPST_TEMPLATE.format(text_size=text_size, preamble=preamble, body=code)
    file = _folder() / f"{digest_bytes(whole.encode())}.svg"
    if not file.exists():
        file.write_text(call(_svg, whole, [str(path) for path in font_paths or ()], name="the formula"))
    return file


def _svg(source: str, folders: list[str]) -> str:
    import typst

    made = typst.compile(
        source.encode(), format="svg", font_paths=folders, ignore_system_fonts=True, **_NO_PACKAGES
    )
    return str(made.decode())


@cache
def _folder() -> Path:
    """Where this process has what Typst drew; gone with the process."""
    made = TemporaryDirectory(prefix="explainers-formulas-")
    atexit.register(made.cleanup)
    return Path(made.name)


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
