"""SVG drawings: read as data, drawn by resvg with the bundled fonts, and what is in one and not drawn.

A file is parsed here and drawn from what was parsed, so that what was looked at is what is drawn. It sees no
other file, no font of the machine and no network, and a part that resvg does not know is never left out
without a word: lost text and whatever lies outside of the file are errors, the rest are notes for a warning.
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree as ET

from explainers.confined import reader
from explainers.errors import control_character
from explainers.fonts import characters_of, font_files
from explainers.icc import has_own_colors, srgb
from explainers.inputs import MIB, picture, read_bytes, read_once
from explainers.theme import MONO, SANS

MAX_BYTES = 16 * MIB
_MAX_LEVELS = 200
_MOST_LONG = 1_000_000.0
_MOST_ELEMENTS = 200_000
_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_XHTML = "http://www.w3.org/1999/xhtml"

_WORDS = re.compile(r"[\w-]+")
_DRAWN = frozenset(
    _WORDS.findall(
        "svg g a defs symbol use path rect circle ellipse line polyline polygon text tspan textPath image "
        "switch linearGradient radialGradient stop pattern clipPath mask marker filter style title desc "
        "metadata view feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix "
        "feDiffuseLighting feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG "
        "feFuncR feGaussianBlur feImage feMerge feMergeNode feMorphology feOffset fePointLight "
        "feSpecularLighting feSpotLight feTile feTurbulence"
    )
)
_SILENT = frozenset(("title", "desc", "metadata", "style", "script"))
_CONDITIONS = {"systemLanguage", "requiredExtensions"}
_MOVING = frozenset(("animate", "animateColor", "animateMotion", "animateTransform", "set", "discard"))
_FONTS = frozenset(("font", "font-face", "glyph", "missing-glyph", "hkern", "vkern"))
_GENERIC = frozenset(
    _WORDS.findall("serif sans-serif monospace cursive fantasy system-ui ui-sans-serif ui-monospace")
)
_FUNCTIONS = re.compile(
    r"\b(var|calc|light-dark|color-mix|oklch|oklab|lab|lch|hwb|color|env|min|max|clamp)\(", re.IGNORECASE
)
_FAMILIES = re.compile(r"\bfont(?:-family\s*:|\s*:[^;]*?\d[\w.%]*(?:/[\w.%]+)?\s)\s*([^;]+)")
_STATES = re.compile(r":(hover|focus[a-z-]*|active|visited|link|target)\b")
_UNKNOWN_SELECTOR = re.compile(r"[+~]|::?(?!first-child\b)[a-z-]+")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")
_UNITS = {"": 1.0, "px": 1.0, "pt": 96 / 72, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4}
_UNITS |= {"em": 16.0, "rem": 16.0, "ex": 8.0}

PATHS = "export its text as paths, or the figure as PDF"
HTML = "export it with htmlLabels: false (Mermaid), without formatted text (draw.io), or as PDF"
EMBED = "embed it in the file, or export the figure as PDF"


@dataclass(frozen=True)
class Loss:
    """Something of a file that is not drawn: what, and what to do. `grave` is what must not be lost."""

    what: str
    fix: str
    grave: bool = False

    def __str__(self) -> str:
        return f"{self.what}; {self.fix}"


class Unreadable(ValueError):
    """A file that is no SVG that can be drawn; its text follows the file's name."""


def _no_svg(why: str) -> Unreadable:
    return Unreadable(f"is no SVG that can be drawn ({why})")


@dataclass(frozen=True)
class Drawing:
    """What is known of an SVG: its size in CSS pixels, and what of it is not drawn."""

    width: float
    height: float
    losses: tuple[Loss, ...]


@dataclass(frozen=True, eq=False)
class Parsed(Drawing):
    """A drawing, ready to be drawn."""

    root: ET.Element

    def png(self, window: tuple[float, float, float, float], size: tuple[int, int], over: str) -> bytes:
        """`window` (left, top, right, bottom) of it over a colour, as a PNG of `size` pixels.

        Unreadable, in resvg's words, where it can't be drawn.
        """
        import tempfile

        import resvg_py

        left, top, right, bottom = window
        box = f"{left:.6f} {top:.6f} {right - left:.6f} {bottom - top:.6f}"
        outer = {"width": str(size[0]), "height": str(size[1]), "viewBox": box, "preserveAspectRatio": "none"}
        frame = ET.Element(f"{{{_SVG}}}svg", outer)
        inner = ET.Element(self.root.tag, dict(self.root.attrib) | self._placed())
        inner.text = self.root.text
        inner.extend(self.root)
        frame.append(inner)
        with tempfile.TemporaryDirectory(prefix="explainers-svg-") as nothing:
            try:
                return resvg_py.svg_to_bytes(
                    svg_string=ET.tostring(frame, encoding="unicode"),
                    background=over,
                    skip_system_fonts=True,
                    font_files=[str(path) for family in (SANS, MONO) for path in font_files(family)],
                    font_family=SANS,
                    serif_family=SANS,
                    sans_serif_family=SANS,
                    cursive_family=SANS,
                    fantasy_family=SANS,
                    monospace_family=MONO,
                    languages=["en"],
                    resources_dir=nothing,
                )
            except BaseException as error:
                # resvg's own failures are no Exception: PyO3 has a class for them that can't be imported.
                if not isinstance(error, ValueError) and type(error).__name__ != "PanicException":
                    raise
                raise _no_svg(str(error)) from None

    def _placed(self) -> dict[str, str]:
        return {"x": "0", "y": "0", "width": f"{self.width:.6f}", "height": f"{self.height:.6f}"}


@read_once(8)
def read_svg(path: Path) -> Drawing:
    """The drawing in a file. Unreadable says why there is none; InvalidInput for a file that is too large."""
    try:
        width, height, losses = _known_of(path)
    except ValueError as error:
        raise Unreadable(str(error)) from None
    return Drawing(width, height, tuple(Loss(*each) for each in losses))


@reader
def _known_of(path: Path) -> tuple[float, float, list[tuple[str, str, bool]]]:
    found = parsed(path)
    return found.width, found.height, [(each.what, each.fix, each.grave) for each in found.losses]


def parsed(path: Path) -> Parsed:
    """The drawing in a file, ready to be drawn, as a confined reader has it. Raises as `read_svg`."""
    root = _parsed(read_bytes(path, path.name, MAX_BYTES))
    width, height = _size(root)
    return Parsed(width, height, tuple(dict.fromkeys(_losses(root))), root)


def _parsed(data: bytes) -> ET.Element:
    ET.register_namespace("", _SVG)
    ET.register_namespace("xlink", _XLINK)
    try:
        root = ET.fromstring(data)
    except (ET.ParseError, ValueError, LookupError) as error:
        raise _no_svg(f"its XML has an error: {error}") from None
    if root.tag != f"{{{_SVG}}}svg":
        raise _no_svg(f'its first element must be <svg xmlns="{_SVG}">, and is <{_local(root)}>')
    level, deep = [root], 0
    while level:
        level, deep = [child for node in level for child in node], deep + 1
        if deep > _MAX_LEVELS:
            raise _no_svg(f"it is nested more than {_MAX_LEVELS} levels deep")
    for node in list(root.iter(f"{{{_SVG}}}switch")):
        first = next((child for child in node if isinstance(child.tag, str)), None)
        if first is not None and _local(first) != "foreignObject" and not _CONDITIONS & set(first.attrib):
            # The first of them wins by the standard; resvg passes over an empty one, as draw.io writes it.
            node[:] = [first]
    for node in root.iter(f"{{{_SVG}}}feTurbulence"):
        # Each octave is half as strong as the one before and takes as long; more can't be seen.
        node.set("numOctaves", str(round(min(_number(node.get("numOctaves", "1")) or 0.0, 10))))
    if _expanded(root, _ids(root), {}) > _MOST_ELEMENTS:
        raise Unreadable(f"can't be drawn: by its <use> elements it has more than {_MOST_ELEMENTS:,} parts")
    return root


def _ids(root: ET.Element) -> dict[str | None, ET.Element]:
    return {node.get("id"): node for node in root.iter() if node.get("id")}


def _href(node: ET.Element) -> str:
    return (node.get("href") or node.get(f"{{{_XLINK}}}href") or "").strip()


def _expanded(
    node: ET.Element, ids: Mapping[str | None, ET.Element], known: dict[ET.Element, int], level: int = 0
) -> int:
    """How many elements it is with every `use` followed; one that leads back to itself counts once."""
    if node in known:
        return known[node]
    if level > 2 * _MAX_LEVELS:
        raise _no_svg(f"its <use> elements are nested more than {level} deep")
    known[node] = total = 1
    for child in node:
        total += _expanded(child, ids, known, level + 1)
    used = ids.get(_href(node).removeprefix("#")) if _local(node) == "use" else None
    if used is not None:
        total += _expanded(used, ids, known, level + 1)
    known[node] = total
    return total


def _size(root: ET.Element) -> tuple[float, float]:
    """CSS pixels of the whole; what is missing or in percent comes from the viewBox."""
    box = [_number(n) or 0.0 for n in re.split(r"[\s,]+", root.get("viewBox", "").strip())]
    inside = (box[2], box[3]) if len(box) == 4 and box[2] > 0 and box[3] > 0 else None
    wide, high = (_length(root.get(name)) for name in ("width", "height"))
    if inside and (wide is None or high is None):
        aspect = inside[0] / inside[1]
        wide, high = (
            (wide or (high * aspect if high else inside[0])),
            (high or (wide / aspect if wide else inside[1])),
        )
    if not wide or not high or not (0 < wide < _MOST_LONG and 0 < high < _MOST_LONG):
        raise Unreadable("has no size: give its svg element a width and a height, or a viewBox")
    return wide, high


def _length(text: str | None) -> float | None:
    found = re.fullmatch(r"\s*([-+.\de]*\d\.?)\s*([a-z]*)\s*", text or "", re.IGNORECASE)
    number = _number(found[1]) if found else None
    unit = _UNITS.get(found[2].lower()) if found else None
    return None if number is None or unit is None else number * unit


def _number(text: str) -> float | None:
    try:
        return float(text) if math.isfinite(float(text)) else None
    except ValueError:
        return None


def _losses(root: ET.Element, level: int = 0) -> Iterator[Loss]:
    """Everything in a tree that resvg leaves out or draws otherwise."""
    ids = _ids(root)
    yield from _styles(root)
    pending = [(root, False)]
    while pending:
        node, in_text = pending.pop()
        tag, is_svg = _local(node), _space(node) == _SVG
        if tag in _SILENT and is_svg:
            if tag == "script" and ("".join(node.itertext()).strip() or node.attrib):
                yield Loss("runs a script, which is not run", "export the figure as it looks when it has run")
            continue
        if _hidden(node):
            continue
        if not is_svg or tag not in _DRAWN:
            yield from _undrawn(node, tag, is_svg)
            continue
        text = in_text or tag == "text"
        yield from _references(node, tag, ids, text, level)
        if text:
            yield from _glyphs(node)
        children = list(node)
        if tag == "switch":
            yield from _switch(children)
            children = [child for child in children if _local(child) != "foreignObject"]
        pending += [(child, text) for child in reversed(children)]


def _undrawn(node: ET.Element, tag: str, is_svg: bool) -> Iterator[Loss]:
    """What is lost with an element that resvg does not draw, and all that is in it."""
    words = _text(node)
    if tag == "foreignObject" or _space(node) == _XHTML:
        if words:
            yield Loss(f"has text as HTML, which is not drawn: {_quoted(words)}", HTML, grave=True)
        elif node.find(".//*") is not None:
            inner = next((_local(child) for child in node.iter() if _local(child) in _SHOWN), None)
            if inner:
                yield Loss(f"has an HTML <{inner}>, which is not drawn", HTML)
    elif is_svg and tag in _MOVING:
        yield Loss("moves: its animations are not played", "show it as a capture, or export a still state")
    elif is_svg and tag in _FONTS:
        yield Loss(f"has a font of its own; its text is drawn in {SANS}", PATHS)
    elif is_svg and words:
        yield Loss(f"has text in <{tag}>, which is not drawn: {_quoted(words)}", PATHS, grave=True)
    elif is_svg:
        yield Loss(f"has a <{tag}>, which is not drawn", "export the figure without it, or as PDF")


_SHOWN = frozenset(("img", "canvas", "video", "svg", "input", "button", "iframe", "hr", "math", "picture"))


def _switch(children: list[ET.Element]) -> Iterator[Loss]:
    """HTML labels with a text in their place: nothing is lost where both say the same."""
    others = [node for node in children if _local(node) != "foreignObject"]
    html = " ".join(_text(node) for node in children if _local(node) == "foreignObject")
    plain = " ".join(map(_text, others))
    if any(node.tag == f"{{{_SVG}}}image" for other in others for node in other.iter()):
        # draw.io also puts a picture of a label in its place.
        return
    if html and re.sub(r"\s", "", html) != re.sub(r"\s", "", plain):
        instead = f"{_quoted(plain)} is drawn for it" if plain else "nothing is drawn for it"
        yield Loss(f"has text as HTML, and {instead}: {_quoted(html)}", HTML, grave=True)


def _references(
    node: ET.Element, tag: str, ids: Mapping[str | None, ET.Element], text: bool, level: int
) -> Iterator[Loss]:
    href = _href(node)
    if href and tag != "a":
        if href.startswith("#"):
            if href[1:] not in ids:
                yield Loss(f"refers to {href}, which is not in the file", "export it anew", grave=text)
        elif href.startswith("data:"):
            yield from _embedded(node, href, level)
        else:
            yield _elsewhere("shows what is in", href)
    for name, value in node.attrib.items():
        for target in re.findall(r"url\(\s*[\"']?([^\"')]*)", value):
            if not target.startswith("#"):
                yield _elsewhere("refers to", target)
            elif target[1:] not in ids:
                where = f"{_local_name(name)} of <{tag}>"
                yield Loss(f"refers to {target} ({where}), which is not in the file", "export it anew")
    if used := _FUNCTIONS.search(" ".join([node.get("style", ""), *_presented(node)])):
        yield Loss(
            f"has values that are not understood, {used[1]}(...)", "export it with plain colours and lengths"
        )


def _elsewhere(verb: str, file: str) -> Loss:
    return Loss(f"{verb} another file, {file[:60]!r}, which is not opened", EMBED, grave=True)


def _presented(node: ET.Element) -> list[str]:
    return [value for name, value in node.attrib.items() if name in ("fill", "stroke", "color", "stop-color")]


def _embedded(node: ET.Element, href: str, level: int) -> Iterator[Loss]:
    """What is lost of a picture in the file. resvg passes over damaged ones, and over colour profiles."""
    head, _, body = href.partition(",")
    kind = head.removeprefix("data:").split(";")[0] or "no known form"
    try:
        data = base64.b64decode(unquote_to_bytes(body)) if ";base64" in head else unquote_to_bytes(body)
        if data.startswith(_PICTURES):
            with picture(BytesIO(data)) as image:
                image.load()
                if has_own_colors(image):
                    done = BytesIO()
                    srgb(image, None).save(done, "PNG", compress_level=1)
                    link = next(name for name in ("href", f"{{{_XLINK}}}href") if node.get(name))
                    node.set(link, "data:image/png;base64," + base64.b64encode(done.getvalue()).decode())
        elif "svg" in kind and level < 3:
            yield from _losses(_parsed(data), level + 1)
        else:
            yield Loss(f"holds a picture of {kind}, which is not drawn", "embed it as PNG or JPEG")
    except (OSError, SyntaxError, ValueError) as error:
        yield Loss(f"holds a picture of {kind} that can't be read ({error})", EMBED, grave=True)


def _styles(root: ET.Element) -> Iterator[Loss]:
    """Style sheets: fonts of their own, other files, and rules that resvg's CSS leaves out."""
    families: list[str] = []
    own_fonts: list[str] = []
    for node in root.iter():
        if _space(node) == _SVG:
            families += [node.get("font-family", ""), *_FAMILIES.findall(node.get("style", ""))]
    for sheet in root.iter(f"{{{_SVG}}}style"):
        css = re.sub(r"/\*.*?\*/", "", "".join(sheet.itertext()), flags=re.DOTALL)
        if found := re.search(r"@import\s+(?:url\()?[\"']?([^\"');]+)", css):
            yield _elsewhere("has styles in", found[1])
        own_fonts += re.findall(r"@font-face\s*{[^}]*font-family\s*:\s*[\"']?([^;\"'}]+)", css)
        css = re.sub(r"@[\w-]+[^{};]*(?:;|{(?:[^{}]|{[^{}]*})*})", "", css)
        for selectors, body in re.findall(r"([^{}]+){([^{}]*)}", css):
            families += _FAMILIES.findall(body)
            for selector in map(str.strip, selectors.split(",")):
                plain = re.sub(r"\[[^\]]*\]", "", selector)
                if not _STATES.search(plain) and selector != ":root" and _UNKNOWN_SELECTOR.search(plain):
                    yield Loss(
                        f"has a style rule that is not applied, {selector[:60]!r}",
                        "export it with inline styles",
                    )
            used = _FUNCTIONS.search(re.sub(r"--[\w-]+\s*:[^;]*", "", body))
            if used and not _STATES.search(selectors):
                yield Loss(
                    f"has style values that are not understood, {used[1]}(...)", "export it with plain values"
                )
    for name in dict.fromkeys(own_fonts):
        yield Loss(f"brings the font {name!r}; its text is drawn in {SANS}", PATHS)
    for listed in dict.fromkeys(families):
        names = [name.strip().strip("\"'") for name in listed.split("!")[0].split(",")]
        if names[0] and not (_GENERIC | {SANS, MONO, "inherit", "initial", *own_fonts}) & set(names):
            yield Loss(f"has text in the font {names[0]!r}, which is drawn in {SANS}", PATHS)


def _glyphs(node: ET.Element) -> Iterator[Loss]:
    words = (node.text or "") + "".join(child.tail or "" for child in node)
    strange = next((c for c in words if ord(c) > 0x17F and not c.isspace() and c not in _characters()), None)
    if strange:
        yield Loss(f"has {strange!r} in {_quoted(words)}, which no bundled font can draw", PATHS, grave=True)
    if hidden := control_character(words):
        what = f"has U+{ord(hidden):04X} in its text, which is not seen or turns the direction of text"
        yield Loss(what, "take it out", grave=True)


@cache
def _characters() -> frozenset[str]:
    return frozenset(chr(code) for family in (SANS, MONO) for code in characters_of(font_files(family)[0]))


def _hidden(node: ET.Element) -> bool:
    return node.get("display") == "none" or bool(re.search(r"display\s*:\s*none", node.get("style", "")))


def _text(node: ET.Element) -> str:
    """The words in an element, in their order, with single blanks between them."""
    if _local(node) in ("style", "script"):
        return ""
    return " ".join(
        " ".join([node.text or "", *(f"{_text(child)} {child.tail or ''}" for child in node)]).split()
    )


def _quoted(words: str) -> str:
    shown = " ".join(words.split())
    return repr(shown if len(shown) <= 60 else shown[:57] + "...")


def _local(node: ET.Element) -> str:
    return _local_name(node.tag) if isinstance(node.tag, str) else ""


def _local_name(name: Any) -> str:
    return str(name).rpartition("}")[2]


def _space(node: ET.Element) -> str:
    return str(node.tag)[1:].partition("}")[0] if str(node.tag).startswith("{") else ""
