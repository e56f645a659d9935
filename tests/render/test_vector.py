"""Figures: SVG and PDF of a frame, in which text is text and fonts are embedded."""

import re
from xml.etree import ElementTree

import pypdfium2
import pytest

from explainers import cli
from explainers.plan import load_plan
from explainers.render.stills import picture_at
from explainers.render.vector import pdf, svg

from small import SMALL, write_project  # isort: skip

BARS = """
  - id: bars
    kind: bars
    title: Throughput
    table: runs
    key: run
    value: tok
    unit: tok/s
    duration: 3s
    bars: [{row: before, label: Before}, {row: after, label: After, role: ours}]
"""
WORDS = ("Throughput", "Before", "After", "100", "108")


@pytest.fixture(scope="module")
def figure(tmp_path_factory):
    project = write_project(tmp_path_factory.mktemp("figures"), SMALL.rstrip() + BARS)
    plan = load_plan(project, "small")
    return picture_at(plan, plan.total_frames - 1)


def texts(markup: str) -> list[str]:
    root = ElementTree.fromstring(markup)
    return [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]


def test_an_svg_holds_its_texts_as_texts_and_the_fonts_of_them(figure):
    made = svg(*figure)
    found = " | ".join(texts(made))
    assert all(word in found for word in WORDS), found
    faces = set(re.findall(r"font-family=\"'([^']+)'", made))
    assert faces == set(re.findall(r"@font-face\{font-family:'([^']+)'", made)) >= {"Inter 650"}
    assert "https://" not in made.replace("http://www.w3.org", "")
    # A number that is set digit by digit is one text.
    assert any(text.startswith("108") for text in texts(made))


def test_no_mark_of_a_text_is_left_in_the_picture(figure):
    root = ElementTree.fromstring(svg(*figure))
    for element in root.iter("{http://www.w3.org/2000/svg}path"):
        numbers = [
            float(each) for each in re.findall(r"-?[\d.]+", (element.get("d") or "").partition("Z")[0])
        ]
        if numbers and len(numbers) == 8:
            assert (
                max(numbers[0::2]) - min(numbers[0::2]) > 0.4 or max(numbers[1::2]) - min(numbers[1::2]) > 0.4
            )


def test_a_pdf_has_text_that_can_be_searched_and_no_background_when_asked(figure):
    made = pdf(*figure, title="Two bars")
    page = pypdfium2.PdfDocument(made)[0]
    found = page.get_textpage().get_text_range()
    assert all(word in found for word in WORDS), found
    assert page.get_size() == (240.0, 135.0)
    assert made == pdf(*figure, title="Two bars")
    assert len(pdf(*figure, background=False)) < len(made)


def test_the_text_is_where_the_film_has_it(figure):
    """The box of the title in the PDF is that of the film, to a pixel and a half."""
    picture, frame = figure
    page = pypdfium2.PdfDocument(pdf(picture, frame, background=False))[0]
    words = page.get_textpage()
    start = words.get_text_range().index("Throughput")
    boxes = [words.get_charbox(start + index) for index in range(len("Throughput"))]
    left, right = min(box[0] for box in boxes) / 0.75, max(box[2] for box in boxes) / 0.75
    layer = next(one for one in picture.layers if one.note and one.note.text == "Throughput")
    box = layer.box(layer.state(frame / picture.fps))
    assert abs(left - (box.left + 2)) < 2 and abs(right - (box.right - 2)) < 2


def test_the_command_writes_figures_and_names_the_nearest_form(small_project, monkeypatch, capsys):
    monkeypatch.chdir(small_project.root)
    assert cli.run(["export", "small", "--shot", "second:two", "--as", "svg"]) == 0
    assert "renders/small/figures/second-two.svg" in capsys.readouterr().out
    assert "A statement." in texts((small_project.root / "renders/small/figures/second-two.svg").read_text())
    assert cli.run(["export", "small", "--shot", "second", "--as", "png", "-o", "here.png"]) == 0
    assert cli.run(["export", "small", "--shot", "second", "--as", "svgg"]) == 2
    assert "did you mean 'svg'?" in capsys.readouterr().err
    assert cli.run(["export", "small", "--shot", "secnd", "--as", "svg"]) == 2
    assert "did you mean 'second'?" in capsys.readouterr().err
