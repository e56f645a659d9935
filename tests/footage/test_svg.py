"""SVG drawings: what resvg draws is drawn, and what it does not draw is said with a way out."""

from __future__ import annotations

import base64
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from test_colors import profile

from explainers.errors import InvalidInput
from explainers.footage.art import open_art
from explainers.footage.svg import Parsed, parsed

SPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def svg(body: str, head: str = 'width="200" height="100"') -> str:
    return f"<svg {SPACES} {head}>{body}</svg>"


def read(folder: Path, body: str) -> Parsed:
    path = folder / "a.svg"
    path.write_text(svg(body), encoding="utf-8")
    return parsed(path)


def pixels(drawing: Parsed, size: tuple[int, int] = (200, 100)) -> np.ndarray:
    data = drawing.png((0, 0, drawing.width, drawing.height), size, "#FFFFFF")
    return np.asarray(Image.open(BytesIO(data)).convert("RGB"))


def inked(drawing: Parsed) -> np.ndarray:
    return (pixels(drawing) < 250).any(axis=2)


def png_data(color: str = "red") -> str:
    data = BytesIO()
    Image.new("RGB", (8, 8), color).save(data, "PNG")
    return "data:image/png;base64," + base64.b64encode(data.getvalue()).decode()


HTML = '<foreignObject width="90" height="30"><div xmlns="http://www.w3.org/1999/xhtml"><b>{}</b></div></foreignObject>'
NESTED = "data:image/svg+xml;base64," + base64.b64encode(svg(HTML.format("Inner")).encode()).decode()

# What the file holds, what is said of it, and whether that is an error.
LOST = {
    "html label": (
        HTML.format("Queue"),
        "text as HTML, which is not drawn: 'Queue'; export it with htmlLabels",
        True,
    ),
    "html inside a group": (f"<g><g>{HTML.format('Queue')}</g></g>", "'Queue'", True),
    "html picture": (HTML.format('<img src="x"/>'), "an HTML <img>", False),
    "html beside its text": (
        f"<switch>{HTML.format('A long queue')}<text>A lo...</text></switch>",
        "'A lo...'",
        True,
    ),
    "html beside nothing": (
        f"<switch>{HTML.format('Queue')}</switch>",
        "nothing is drawn for it: 'Queue'",
        True,
    ),
    "html in an embedded drawing": (f'<image href="{NESTED}" width="9" height="9"/>', "'Inner'", True),
    "flowed text": ("<flowRoot><flowPara>Words</flowPara></flowRoot>", "text in <flowRoot>", True),
    "text by reference": ('<text><tref xlink:href="#a">Words</tref></text>', "text in <tref>", True),
    "text on a path that is not there": (
        '<text><textPath href="#no">Words</textPath></text>',
        "refers to #no",
        True,
    ),
    "letters no font has": ("<text>Größe 漢</text>", "has '漢' in 'Größe 漢'", True),
    "picture of another file": ('<image href="a.png" width="9" height="9"/>', "another file, 'a.png'", True),
    "picture of the machine": ('<image xlink:href="/etc/a.png" width="9" height="9"/>', "'/etc/a.png'", True),
    "picture of the network": (
        '<image href="https://a.org/b.png" width="9" height="9"/>',
        "'https://a.org/b.png'",
        True,
    ),
    "use of another file": ('<use href="b.svg#a"/>', "'b.svg#a'", True),
    "fill of another file": ('<rect width="9" height="9" fill="url(b.svg#a)"/>', "'b.svg#a'", True),
    "styles of another file": ("<style>@import url(a.css);</style>", "styles in another file, 'a.css'", True),
    "a form without a reader": (
        '<image href="data:image/avif;base64,AAAA"/>',
        "picture of image/avif",
        False,
    ),
    "a damaged picture": (
        f'<image href="{png_data()[:90]}" width="9" height="9"/>',
        "that can't be read",
        True,
    ),
    "use of nothing": ('<use href="#a"/>', "refers to #a", False),
    "mask of nothing": (
        '<rect width="9" height="9" mask="url(#a)"/>',
        "refers to #a (mask of <rect>)",
        False,
    ),
    "animation": (
        '<rect width="9" height="9"><animate attributeName="x" to="9"/></rect>',
        "animations are not",
        False,
    ),
    "script": ("<script>draw()</script>", "script, which is not run", False),
    "mesh": ('<defs><meshgradient id="m"/></defs>', "a <meshgradient>", False),
    "font in the file": ("<defs><font><glyph/></font></defs>", "a font of its own", False),
    "font of its own": (
        "<style>@font-face{font-family:Virgil;src:url(data:,)} text{font-family:Virgil}</style>",
        "brings the font 'Virgil'",
        False,
    ),
    "font of the machine": (
        '<text font-family="Helvetica Neue">A</text>',
        "the font 'Helvetica Neue', which is drawn in Inter",
        False,
    ),
    "font in a style": (
        '<text style="font-family: Papyrus; fill: red">A</text>',
        "the font 'Papyrus'",
        False,
    ),
    "font by its short form": (
        '<text style="font: bold 12px/1.2 Papyrus">A</text>',
        "the font 'Papyrus'",
        False,
    ),
    "sibling rule": ("<style>rect + rect{fill:red}</style>", "'rect + rect'", False),
    "numbered rule": ("<style>rect:nth-child(2n){fill:red}</style>", "nth-child", False),
    "variable": ("<style>:root{--a:#f00} rect{fill:var(--a)}</style>", "var(...)", False),
    "two colours": ('<rect style="fill: light-dark(#fff, #000)"/>', "light-dark(...)", False),
    "wide colour": ('<rect fill="color(display-p3 1 0 0)"/>', "color(...)", False),
}


@pytest.mark.parametrize("name", LOST)
def test_what_is_not_drawn_is_said(tmp_path: Path, name: str) -> None:
    body, said, grave = LOST[name]
    losses = read(tmp_path, body).losses
    assert [loss.grave for loss in losses if said in str(loss)] == [grave], [*map(str, losses)]
    if grave:
        with pytest.raises(InvalidInput, match="not-drawn"):
            open_art(tmp_path / "a.svg")
    else:
        open_art(tmp_path / "a.svg")


DRAWING = "data:image/svg+xml," + quote(svg('<rect x="20" y="20" width="60" height="60"/>'))
RECT = '<rect x="20" y="20" width="60" height="60"{}/>'
# What is drawn without a word, and what of it can be seen: a pixel with ink, and one without.
DRAWN = {
    "text with a generic font": (
        '<text x="20" y="60" font-size="60" font-family="Arial, sans-serif">HH</text>',
        (28, 40),
        (5, 5),
    ),
    "text without a font": ('<text x="20" y="60" font-size="60">HH</text>', (28, 40), (5, 5)),
    "a label with its text": (
        f'<switch>{HTML.format("H H")}<text x="20" y="60" font-size="60">HH</text></switch>',
        (28, 40),
        (5, 5),
    ),
    "draw.io's last words": (
        '<switch><g requiredFeatures="http://www.w3.org/TR/SVG11/feature#Extensibility"/>'
        '<a transform="translate(0,-5)"><text y="90" font-size="60">HH</text></a></switch>' + RECT.format(""),
        (50, 50),
        (10, 60),
    ),
    "a picture for a label": (
        f'<switch>{HTML.format("Queue")}<image href="{png_data()}" width="60" height="60"/></switch>',
        (30, 30),
        (90, 50),
    ),
    "text on a path": (
        '<path id="m" d="M20 60H190" fill="none"/>'
        '<text font-size="60"><textPath href="#m">HH</textPath></text>',
        (28, 40),
        (5, 5),
    ),
    "mask": (
        '<mask id="m"><rect width="50" height="100" fill="white"/></mask>' + RECT.format(' mask="url(#m)"'),
        (40, 50),
        (70, 50),
    ),
    "clip": (
        '<clipPath id="m"><rect width="50" height="100"/></clipPath>' + RECT.format(' clip-path="url(#m)"'),
        (40, 50),
        (70, 50),
    ),
    "filter": (
        '<filter id="m" x="0" width="4"><feOffset dx="90"/></filter>' + RECT.format(' filter="url(#m)"'),
        (140, 50),
        (40, 50),
    ),
    "gradient": (
        '<linearGradient id="m"><stop/><stop offset="1" stop-opacity="0"/></linearGradient>'
        + RECT.format(' fill="url(#m)"'),
        (25, 50),
        (90, 50),
    ),
    "pattern": (
        '<pattern id="m" width="1" height="1"><rect width="30" height="60"/></pattern>'
        + RECT.format(' fill="url(#m)"'),
        (25, 50),
        (75, 50),
    ),
    "marker": (
        '<marker id="m" markerWidth="9" markerHeight="9" refX="2"><rect width="9" height="9"/></marker>'
        '<path d="M10 50H100" stroke="red" marker-end="url(#m)"/>',
        (101, 53),
        (150, 50),
    ),
    "style rules": (
        f"<style>.a > rect, #b {{fill: none}} rect:hover {{fill: red}}</style>"
        f"<g class='a'>{RECT.format('')}</g>"
        "<rect x='120' width='60' height='60'/>",
        (140, 30),
        (50, 50),
    ),
    "picture": (f'<image href="{png_data()}" x="20" y="20" width="60" height="60"/>', (50, 50), (90, 50)),
    "picture with a picture": (f'<image href="{DRAWING}" width="200" height="100"/>', (50, 50), (90, 50)),
    "use of a symbol": (f'<symbol id="m">{RECT.format("")}</symbol><use href="#m"/>', (50, 50), (90, 50)),
    "hidden html": (f'<g display="none">{HTML.format("Queue")}</g>' + RECT.format(""), (50, 50), (90, 50)),
    "an editor's own notes": (
        '<i:view xmlns:i="http://www.inkscape.org/" zoom="1"/><metadata>Words</metadata><title>W</title>'
        + RECT.format(""),
        (50, 50),
        (90, 50),
    ),
}


@pytest.mark.parametrize("name", DRAWN)
def test_what_is_drawn_is_drawn_without_a_word(tmp_path: Path, name: str) -> None:
    body, ink, bare = DRAWN[name]
    drawing = read(tmp_path, body)
    assert drawing.losses == ()
    found = inked(drawing)
    assert found[ink[1], ink[0]]
    assert not found[bare[1], bare[0]]


@pytest.mark.parametrize(
    ("head", "size"),
    [
        ('width="100%" viewBox="0 0 400 120"', (400, 120)),
        ('viewBox="-5,-5,40,20"', (40, 20)),
        ('width="80" viewBox="0 0 40 20"', (80, 40)),
        ('height="10mm" viewBox="0 0 40 20"', (75.59, 37.8)),
        ('width="3in" height="36pt"', (288, 48)),
        ('width="10ex" height="2em"', (80, 32)),
    ],
)
def test_a_size_comes_from_lengths_or_the_view_box(
    tmp_path: Path, head: str, size: tuple[float, float]
) -> None:
    (tmp_path / "a.svg").write_text(svg('<rect width="100%" height="100%"/>', head))
    drawing = parsed(tmp_path / "a.svg")
    assert (drawing.width, drawing.height) == pytest.approx(size, abs=0.01)
    assert inked(drawing)[60:, 60:-60].mean() > 0.9


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (svg("", 'width="100%"'), "has no size"),
        (svg("", 'width="0" height="9"'), "has no size"),
        ("<svg><rect/></svg>", "must be <svg xmlns="),
        ("<html/>", "and is <html>"),
        (svg("<g>")[:-6], "its XML has an error"),
        (svg("<g>" * 300 + "</g>" * 300), "nested more than 200"),
        (
            '<!DOCTYPE svg [<!ENTITY a SYSTEM "/etc/passwd">]>' + svg("<text>&a;</text>"),
            "its XML has an error",
        ),
    ],
)
def test_what_is_no_drawing_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "a.svg").write_text(text)
    with pytest.raises(InvalidInput, match=r"a\.svg") as error:
        open_art(tmp_path / "a.svg")
    assert said in str(error.value)


def test_a_window_is_the_same_part_of_the_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    body = '<circle cx="20" cy="10" r="9" fill="#c00"/><text x="2" y="19" font-size="9">Words</text>'
    for head in ('viewBox="0 0 40 20" width="400"', 'viewBox="0 0 40 20" width="400" height="300"'):
        path.write_text(svg(body, head))
        drawing = parsed(path)
        whole = pixels(drawing, (800, 2 * round(drawing.height)))
        window = 100.0, 20.0, 300.0, 120.0
        part = np.asarray(Image.open(BytesIO(drawing.png(window, (400, 200), "#FFFFFF"))).convert("RGB"))
        assert np.abs(whole[40:240, 200:600].astype(int) - part).mean() < 0.5


def test_an_entity_of_the_file_itself_is_read_and_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    path.write_text(
        '<!DOCTYPE svg [<!ENTITY a "/etc/b.png">]>' + svg('<image href="&a;" width="9" height="9"/>')
    )
    with pytest.raises(InvalidInput, match=r"/etc/b\.png.*not opened"):
        open_art(path)


def test_a_file_that_would_grow_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    many = "".join(f'<g id="a{n}">' + f'<use href="#a{n - 1}"/>' * 10 + "</g>" for n in range(1, 12))
    path.write_text(svg('<defs><rect id="a0"/></defs>' + many))
    with pytest.raises(InvalidInput, match="more than 200,000 parts"):
        open_art(path)
    path.write_text(svg("".join(f'<g id="a{n}"><use href="#a{n + 1}"/></g>' for n in range(2000))))
    with pytest.raises(InvalidInput, match="nested more than"):
        open_art(path)
    path.write_text(
        svg('<g id="a"><use href="#a"/></g><filter id="f"><feTurbulence numOctaves="9e9"/></filter>')
    )
    assert pixels(parsed(path)).shape == (100, 200, 3)


def test_a_failure_of_the_renderer_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    huge = quote('<svg xmlns="http://www.w3.org/2000/svg" width="1e9" height="1"/>')
    path.write_text(svg(f'<image href="data:image/svg+xml,{huge}" width="20" height="10"/>'))
    art = open_art(path)
    with pytest.raises(InvalidInput, match=r"a\.svg is no SVG that can be drawn"):
        art.raster((0, 0, 200, 100), (20, 10))


def test_a_picture_in_the_file_has_its_profile_applied(tmp_path: Path) -> None:
    data = BytesIO()
    Image.new("RGBA", (8, 8), (233, 54, 40, 128)).save(data, "PNG", icc_profile=profile("smpte432", "srgb"))
    href = "data:image/png;base64," + base64.b64encode(data.getvalue()).decode()
    for name in ("href", "xlink:href"):
        drawing = read(tmp_path, f'<image {name}="{href}" width="200" height="100"/>')
        assert drawing.losses == ()
        assert np.abs(pixels(drawing)[50, 100].astype(int) - (255, 127, 127)).max() <= 8


words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=8)
wrappers = st.lists(st.sampled_from(["g", "a", "svg", "symbol", "defs"]), max_size=4)


@settings(max_examples=60, deadline=None)
@given(words, wrappers, st.sampled_from(["foreignObject", "flowRoot", "altGlyph", "solidcolor", "tbreak"]))
def test_no_text_outside_of_text_elements_is_lost_without_an_error(
    text: str, around: list[str], tag: str
) -> None:
    from xml.sax.saxutils import escape

    from explainers.footage import svg as module

    body = f"<{tag}>{escape(text)}</{tag}>"
    for name in around:
        body = f"<{name}>{body}</{name}>"
    losses = [*module._losses(module._parsed(svg(body).encode()))]
    assert [loss.grave for loss in losses] == [True]
    assert repr(text) in str(losses[0])
