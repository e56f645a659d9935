"""One line of text as outlines: laid out by Pango through Manim's binding, once for every text.

Pango writes the line as SVG; its glyph outlines and pen positions are read back here, so that the
baseline and the advance stay known, which bounding boxes forget.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path

import cairo
import manimpango

from explainers.errors import RenderFailed
from explainers.fonts import HOUSE, Letters, missing, right_to_left, spans
from explainers.stage import ink

_SIZE = 1000
_EM = _SIZE * 96 / 72
"""Text is laid out at one large size, so that spacing is the same at every size it is drawn at."""

_SYMBOL = re.compile(r'id="(glyph[-\d]+)">\s*<path [^>]*?\bd="([^"]*)"')
_USE = re.compile(r'<use xlink:href="#(glyph[-\d]+)" x="([-\d.]+)" y="([-\d.]+)"')
_STEP = re.compile(r"([MLCZ])([^MLCZ]*)")
_MISSING = 'stroke-miterlimit:2;"'

layouts = 0
"""How many texts this process has laid out: a cost that tests can count."""


@dataclass(frozen=True)
class Line:
    """Outlines in em: `steps` are path commands, the pen starts at (0, 0), y points down.

    `ink` is the box of the outlines (left, top, right, bottom), `advance` where the pen ends.
    """

    steps: tuple[tuple[str, tuple[float, ...]], ...]
    ink: tuple[float, float, float, float]
    advance: float

    def trace(self, ctx: cairo.Context) -> None:
        """Add the outlines to the context's path."""
        calls: dict[str, Callable[..., None]] = {"M": ctx.move_to, "L": ctx.line_to, "C": ctx.curve_to}
        for command, numbers in self.steps:
            if command == "Z":
                ctx.close_path()
            else:
                calls[command](*numbers)


# Twice what the fullest shot lays out: a line is some 40 kB, and workers live long.
@lru_cache(maxsize=160)
def lay_out(text: str, font: str, weight: int, letters: Letters = HOUSE) -> Line:
    """Lay out one line, in the order it is read. RenderFailed names what no font of the video has."""
    global layouts
    if not text:
        return Line((), (0.0, 0.0, 0.0, 0.0), 0.0)
    ink.setup()
    layouts += 1
    svg = _svg(_markup(text, font, weight, letters))
    if _MISSING in svg:
        raise RenderFailed(f"no font has every glyph of {text!r}; write it with letters {font} has")
    outlines = {name: _STEP.findall(path) for name, path in _SYMBOL.findall(svg)}
    uses = [(name, float(x), float(y)) for name, x, y in _USE.findall(svg)]
    if not uses and text.isspace():
        # A line of nothing but spaces leaves no trace in some fonts: what it adds to a digit is its width.
        return Line(
            (),
            (0.0, 0.0, 0.0, 0.0),
            lay_out(f"0{text}", font, weight, letters).advance - lay_out("0", font, weight).advance,
        )
    if not uses:
        raise RenderFailed(f"Pango laid out nothing for {text!r}")
    baseline, (_, end, _) = uses[-1][2], uses[-1]
    steps = [step for name, x, y in uses[:-1] for step in _placed(outlines.get(name, []), x, y - baseline)]
    xs = [n for _, numbers in steps for n in numbers[0::2]]
    ys = [n for _, numbers in steps for n in numbers[1::2]]
    box = (min(xs), min(ys), max(xs), max(ys)) if xs else (0.0, 0.0, 0.0, 0.0)
    return Line(tuple(steps), box, end / _EM)


def _markup(text: str, font: str, weight: int, letters: Letters) -> str:
    """The text with a font for every part, and a mark after it at the end of its advance.

    Pango chooses no font itself: it would take one of the machine's. The mark is a no-break space, which
    leaves a trace only beside letters of its own font and direction, else a full stop. A text from right to
    left is isolated, so that the mark comes last all the same.
    """
    found = spans(text, font, letters)
    if any(face is None for face, _ in found):
        lacking = missing([text], letters)
        raise RenderFailed(f"{lacking[0].message} (in {text!r}); {lacking[0].remedy}")
    for face, _ in found:
        if face and face.family != font:
            ink.register(face.path)
    turned = right_to_left(text)
    plain = not turned and found[-1][0] is not None and found[-1][0].family == font
    parts = [(face.family, part) for face, part in found if face]
    if plain:
        parts[-1] = (font, f"{parts[-1][1]}\xa0")
    elif turned:
        parts = [(font, "\u200e\u2068"), *parts, (font, "\u2069.")]
    else:
        parts.append((font, "."))
    return "".join(
        f"<span font_family='{escape(family)}' fallback='false' weight='{weight}'>{escape(part)}</span>"
        for family, part in parts
    )


def _svg(markup: str) -> str:
    with tempfile.TemporaryDirectory(prefix="explainers-text-") as folder:
        path = Path(folder) / "line.svg"
        manimpango.MarkupUtils.text2svg(
            markup,
            "",
            "NORMAL",
            "NORMAL",
            _SIZE,
            0,
            True,
            str(path),
            0,
            _SIZE * 2,
            1_000_000,
            _SIZE * 4,
            pango_width=-1,
        )
        return path.read_text(encoding="utf-8")


def _placed(path: list[tuple[str, str]], x: float, y: float) -> list[tuple[str, tuple[float, ...]]]:
    steps: list[tuple[str, tuple[float, ...]]] = []
    for command, rest in path:
        numbers = [float(n) for n in rest.split()]
        moved = tuple((n + (y if i % 2 else x)) / _EM for i, n in enumerate(numbers))
        steps.append((command, moved))
    return steps
