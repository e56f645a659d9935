"""Letters: which font each is drawn with, the same on every machine, and what is said where none has it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import cairo
import numpy as np
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from PIL import Image
from small import write_project

from explainers import fonts
from explainers.check import check, judge
from explainers.errors import InvalidInput, RenderFailed
from explainers.fonts import HOUSE, Letters, Pen, letters_of, missing, spans
from explainers.footage.glyphs import Cells, Look
from explainers.kinds.diagram.formula import formula_mistakes, typeset_all
from explainers.kinds.diagram.params import Params as DIAGRAM
from explainers.plan import load_plan
from explainers.project import find_project
from explainers.render.fingerprint import picture_parts
from explainers.stage.marks import draw_number, number_width
from explainers.stage.text import Line, Style, lay_out, text_width, wrapped
from explainers.theme import MONO, SANS

ICON = "\uf07c"


def own_font(path: Path, codes: str = ICON, side: int = 600, family: str = "Squares") -> Path:
    """A font in which every given character is a square that stands on the baseline."""
    pen = TTGlyphPen(None)
    for point in ((0, 0), (0, side), (side, side), (side, 0)):
        (pen.lineTo if pen.points else pen.moveTo)(point)
    pen.closePath()
    square, empty = pen.glyph(), TTGlyphPen(None).glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.updateHead(created=0, modified=0)
    builder.font.recalcTimestamp = False
    builder.setupGlyphOrder([".notdef", "square"])
    builder.setupCharacterMap(dict.fromkeys(map(ord, codes), "square"))
    builder.setupGlyf({".notdef": empty, "square": square})
    builder.setupHorizontalMetrics({".notdef": (600, 0), "square": (600, 0)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": family, "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=800, sTypoDescender=-200, usWinAscent=800, usWinDescent=200)
    builder.setupPost()
    path.parent.mkdir(parents=True, exist_ok=True)
    builder.save(path)
    return path


def without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_fallback_faces", lambda: ())
    lay_out.cache_clear()


@pytest.mark.parametrize(
    ("text", "families"),
    [
        ("Words – “signs” ≤ Ελληνικά Жук e\u0301 12\u202f% \u2007", [SANS]),
        ("批处理 ok", ["Noto Sans CJK SC", SANS]),
        ("処理する", ["Noto Sans CJK JP"]),
        ("한국어", ["Noto Sans CJK KR"]),
        ("ما", ["Noto Sans Arabic"]),
        ("שלום", ["Noto Sans Hebrew"]),
        ("हिन्दी", ["Noto Sans Devanagari"]),
        ("ไทย", ["Noto Sans Thai"]),
        ("👩\u200d💻🇩🇪", ["Noto Emoji"]),
        ("\ue0b0", [MONO]),
        (ICON, [None]),
        ("\ue000", [None]),
    ],
)
def test_each_letter_has_its_font(text: str, families: list[str | None]) -> None:
    assert [face and face.family for face, _ in spans(text, SANS, HOUSE)] == families


@pytest.mark.parametrize(
    ("language", "han"),
    [
        ("en", "SC"),
        ("zh", "SC"),
        ("zh-Hant", "TC"),
        ("zh-TW", "TC"),
        ("zh-Hant-HK", "HK"),
        ("ja", "JP"),
        ("ko-KR", "KR"),
    ],
)
def test_chinese_characters_are_written_as_in_the_language_of_the_video(language: str, han: str) -> None:
    assert letters_of(language).han == han
    [(face, _)] = spans("直訳", SANS, letters_of(language))
    assert face is not None and face.family == f"Noto Sans CJK {han}"


def test_the_writings_of_one_character_differ() -> None:
    looks = {han: lay_out("直", SANS, 400, Letters(han)).glyphs for han in ("SC", "JP", "KR")}
    assert looks["SC"] != looks["JP"]


def outlines(line: Line, left: float) -> set[tuple[str, tuple[float, ...]]]:
    """The steps of a line whose pen begins `left` further, to a thousandth of an em."""
    return {
        (name, tuple(round(n + (y if i % 2 else x + left), 3) + 0.0 for i, n in enumerate(numbers)))
        for glyph, x, y in line.glyphs
        for name, numbers in glyph.steps
    }


def test_hebrew_runs_to_the_left_and_numbers_and_words_in_it_to_the_right() -> None:
    one, other, mark = (lay_out(text, SANS, 400) for text in ("א", "ב", "!"))
    whole = lay_out("אב!", SANS, 400)
    for part, left in ((mark, 0.0), (other, mark.advance), (one, mark.advance + other.advance)):
        assert outlines(part, left) <= outlines(whole, 0.0)
    assert whole.advance == pytest.approx(mark.advance + other.advance + one.advance, abs=1e-3)
    mixed = lay_out("א ab", SANS, 400)
    assert outlines(lay_out("ab", SANS, 400), 0.0) <= outlines(mixed, 0.0)


def test_arabic_letters_join() -> None:
    joined = lay_out("ببب", SANS, 400)
    assert joined.advance < 0.8 * 3 * lay_out("ب", SANS, 400).advance


def test_a_letter_of_another_script_stands_on_the_same_baseline() -> None:
    house = lay_out("x", SANS, 400)
    mixed = lay_out("x批x", SANS, 400)
    assert outlines(house, 0.0) <= outlines(mixed, 0.0)
    assert mixed.advance == pytest.approx(2 * house.advance + lay_out("批", SANS, 400).advance, abs=1e-3)


def test_no_font_of_the_machine_is_used(tmp_path: Path) -> None:
    """A machine whose own Inter is another font, and has a letter the video's fonts lack, draws the same."""
    own_font(tmp_path / "fonts" / "a.ttf", "A\U00012000", family="Inter")
    settings = tmp_path / "fonts.conf"
    settings.write_text(f"<?xml version='1.0'?><fontconfig><dir>{tmp_path}/fonts</dir></fontconfig>")
    code = (
        "from explainers.stage.text import lay_out\n"
        "print(lay_out('A 批 x', 'Inter', 400))\n"
        "try: lay_out('\\U00012000', 'Inter', 400)\n"
        "except Exception as error: print(error)"
    )
    done = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "FONTCONFIG_FILE": name, "PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for name in (str(settings), "")
    ]
    assert done[0] == done[1]
    assert "no font of the video has its Cuneiform letters" in done[0]


def test_a_private_code_is_never_another_fonts_symbol_and_the_projects_own_font_draws_it(
    tmp_path: Path,
) -> None:
    with pytest.raises(RenderFailed, match=r"private-use codes: U\+F07C.*`fonts` of \[tool.explainers\]"):
        lay_out(ICON, SANS, 400)
    letters = Letters("SC", (own_font(tmp_path / "icons.ttf"),))
    assert lay_out(ICON, SANS, 400, letters).ink == pytest.approx((0.0, -0.6, 0.6, 0.0), abs=1e-3)
    assert not missing([ICON], letters)


def cell(text: str, letters: Letters = HOUSE, half: int = 0) -> np.ndarray:
    cells = Cells(20, 44, letters)
    return cells.tiles[cells.number(Look(text, "#FFFFFF", "#000000", half=half))][:, :, 0].astype(int)


def test_cells_draw_wide_letters_in_two_and_what_no_font_has_as_a_box(tmp_path: Path) -> None:
    box = cell(ICON)
    for text in ("世", "🚀"):
        assert all(cell(text, half=half).max() > 200 for half in (1, 2))
        assert not np.array_equal(cell(text, half=1), cell(ICON, half=1))
    assert np.array_equal(cell("\uf418"), box)
    square = cell(ICON, Letters("SC", (own_font(tmp_path / "icons.ttf"),)))
    # 20 pixels are 600 of 1000 units: the square is as wide as its cell and stands on the baseline.
    assert (square > 128).sum() == pytest.approx(20 * 20, abs=25)


def test_braille_is_drawn_dot_by_dot() -> None:
    blank, upper, whole = (cell(chr(0x2800 + dots)) for dots in (0, 1, 255))
    assert blank.max() == 0
    assert upper[:11, :10].sum() == upper.sum() > 0
    assert whole.sum() == pytest.approx(8 * upper.sum(), rel=0.02)


def test_units_of_numbers_take_two_cells_where_they_are_wide_and_are_refused_where_they_join() -> None:
    style = Style(40, font=MONO)
    assert number_width("12 毫秒", style) == pytest.approx(7 * number_width("1", style))
    with pytest.raises(RenderFailed, match="a number is set digit by digit"):
        draw_number(cairo.Context(cairo.ImageSurface(cairo.FORMAT_ARGB32, 90, 90)), "12 ث", style, 0, 50, 1)


def test_every_line_of_a_paragraph_is_read_in_its_direction() -> None:
    style = Style(40)
    text = "אבגד הוזחט GPU, יכלמ"
    lines = wrapped(text, style, text_width("אבגד הוזחט", style) + 30)
    assert len(lines) == 2 and lines[1].endswith("GPU, יכלמ")
    # The comma is left of the Latin word, and the last word leftmost.
    comma, latin = lay_out(",", SANS, 400), lay_out("GPU", SANS, 400)
    line = lay_out(lines[1], SANS, 400)
    assert outlines(latin, line.advance - latin.advance) <= outlines(line, 0.0)
    assert outlines(comma, line.advance - latin.advance - comma.advance) <= outlines(line, 0.0)
    assert wrapped("ab cd אב", style, text_width("ab cd", style) + 12)[1] == "\u200eאב"


def test_a_font_of_the_project_that_calls_itself_as_the_houses_is_refused(tmp_path: Path) -> None:
    font = own_font(tmp_path / "own.ttf", family="Inter")
    with pytest.raises(InvalidInput, match="another Inter"):
        missing([ICON], Letters("SC", (font,)))


CHINESE = "请求完成后立即离开，不再占用批处理中的位置。这样后面的请求（如ABC 123）就可以更早开始。"


def test_chinese_is_broken_between_letters_and_marks_stay_with_them() -> None:
    style = Style(40)
    lines = wrapped(CHINESE, style, 500)
    assert "".join(lines).replace(" ", "") == CHINESE.replace(" ", "")
    assert len(lines) > 2
    for line in lines:
        assert text_width(line, style) <= 500
        assert line[0] not in "，。）" and line[-1] not in "（"


def test_labels_with_mathematics_have_other_letters_beside_it_and_not_in_it() -> None:
    params = DIAGRAM(nodes={"a": {"label": "遅延 $t_s$"}})
    label = typeset_all(params, ["遅延 $t_s$"], 900, HOUSE)["遅延 $t_s$"]
    assert label.width > typeset_all(params, ["$t_s$"], 900, HOUSE)["$t_s$"].width + 60
    with pytest.raises(RenderFailed, match="private-use codes"):
        typeset_all(params, [f"{ICON} $t$"], 900, HOUSE)
    (mistake,) = formula_mistakes(DIAGRAM(nodes={"a": {"label": "遅延 $t 遅$"}}), [])
    assert (mistake.loc, mistake.offset) == (("nodes", "a", "label"), 6)
    assert mistake.message == "mathematics has no '遅'"


def written(folder: Path, shots: str, language: str = "en") -> object:
    head = f"storyboard: 1\ntitle: A test\ndescription: Of nothing.\nlanguage: {language}\nshots:\n"
    return write_project(folder, head + shots)


TITLE = "  - {id: %s, kind: title, heading: %s, cue: Words.}\n"


def glyphs_missing(project: object) -> list[tuple[str, str | None]]:
    found = check(project, "small").findings  # type: ignore[arg-type]
    return [(one.message, one.fix) for one in found if one.code == "missing-glyph"]


def test_one_finding_for_a_script_says_how_many_letters_and_what_brings_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shots = TITLE % ("one", "动态批处理如何工作 🚀") + TITLE % ("two", "请求提前退出")
    assert not glyphs_missing(written(tmp_path, shots, "zh"))
    without_the_extra(monkeypatch)
    found = glyphs_missing(written(tmp_path, shots, "zh"))
    assert [message for message, _ in found] == [
        "no font of the video has its Chinese, Japanese or Korean letters: "
        "'动', '态', '批', '处' and 11 more, in 2 texts",
        "no font of the video has its signs and emoji: '🚀' (rocket)",
    ]
    assert all(fix and fix.startswith("`pip install 'explainers[fonts]'`") for _, fix in found)
    with pytest.raises(RenderFailed, match=r"pip install 'explainers\[fonts\]'"):
        lay_out("动态", SANS, 400)


def test_what_one_shot_lets_pass_is_found_in_the_others(tmp_path: Path) -> None:
    allowed = TITLE.replace("cue:", "allow: {missing-glyph: seen to}, cue:") % ("one", "𒀀")
    project = written(tmp_path, allowed + TITLE % ("two", "𒀁"))
    assert [message for message, _ in glyphs_missing(project)] == [
        "no font of the video has its Cuneiform letters: '𒀁'"
    ]


def test_captions_are_looked_at_where_they_are_burned_in(tmp_path: Path) -> None:
    project = written(tmp_path, TITLE.replace("Words.", "𒀀.") % ("one", "Heading"))
    assert not glyphs_missing(project)
    plan = load_plan(find_project(tmp_path), "small", strict=False)
    found = [one for one in judge(plan, burned=True).findings if one.code == "missing-glyph"]
    assert [(one.place and one.place.line, one.shot) for one in found] == [(6, "one")]


def test_texts_of_tables_are_looked_at(tmp_path: Path) -> None:
    panel = "{mark: dots, table: runs, key: run, series: [{id: a, value: tok}]}"
    project = written(tmp_path, f"  - {{id: one, kind: chart, title: T, panels: [{panel}], cue: Words.}}\n")
    (tmp_path / "assets/small/data/runs.csv").write_text("run,tok\n𒀀,100\nafter,108\n")
    assert len(glyphs_missing(project)) == 1


def test_a_font_of_the_project_is_in_the_key_by_what_is_in_it(tmp_path: Path) -> None:
    written(tmp_path, TITLE % ("one", json.dumps(ICON)))
    (tmp_path / "pyproject.toml").write_text('[tool.explainers]\nfonts = ["assets/fonts/own.ttf"]\n')
    keys = []
    for side in (600, 500, 600):
        own_font(tmp_path / "assets/fonts/own.ttf", side=side)
        project = find_project(tmp_path)
        assert not glyphs_missing(project)
        plan = load_plan(project, "small")
        keys.append(picture_parts(plan.shots[0], plan.kinds["title"])["letters"])
    assert keys[0] == keys[2] != keys[1]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ('["assets/fonts/owm.ttf"]', "is not there"),
        ('["../own.ttf"]', "is outside the project"),
        ('["/usr/share/own.ttf"]', "is outside the project"),
        ('["pyproject.toml"]', "does not end as a font does"),
        ('["assets/fonts/text.otf"]', "is not a font"),
        ("'assets/fonts/own.ttf'", "fonts = "),
        ("[3]", "fonts = "),
    ],
)
def test_a_wrong_font_of_the_project_is_refused(tmp_path: Path, value: str, message: str) -> None:
    own_font(tmp_path / "assets/fonts/own.ttf")
    (tmp_path / "assets/fonts/text.otf").write_text("words")
    (tmp_path / "pyproject.toml").write_text(f"[tool.explainers]\nfonts = {value}\n")
    with pytest.raises(InvalidInput, match=message) as caught:
        find_project(tmp_path)
    [problem] = caught.value.problems
    assert problem.place and problem.place.line == 2
    if "owm" in value:
        assert problem.did_you_mean == "assets/fonts/own.ttf"


def test_a_broken_font_of_the_project_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"\0\1\0\0" + bytes(40))
    with pytest.raises(InvalidInput, match=r"the font broken\.ttf can't be read"):
        missing([ICON], Letters("SC", (broken,)))


def test_sheets_beside_the_video_have_the_same_letters() -> None:
    def ink(text: str) -> np.ndarray:
        sheet = Image.new("L", (200, 40))
        Pen(20).write(sheet, (0, 0), text, "white")
        return np.asarray(sheet)

    boxes = {text: ink(text) for text in ("动", "态", "אב", "בא", "x")}
    assert all(pixels.any() for pixels in boxes.values())
    assert len({pixels.tobytes() for pixels in boxes.values()}) == len(boxes)
    assert Pen(20).width("动动") == 40
    assert Pen(20).width(Pen(20).cut("动态批处理" * 9, 100)) <= 100


LAID_OUT = """
import json, sys
from explainers.digest import digest_bytes
from explainers.stage.text import Style, TextRun, lay_out
from explainers.stage import ink
from explainers.theme import MONO, SANS

texts = ["5\\u202f%", "5", "%", "122.06 tok/s", "Hello, world", "\\u20ac 1,000", "a \\u2192 b", "0\\u202f%"]
cases = [(text, font, weight) for text in texts for font in (MONO, SANS) for weight in (400, 650)]
found = {}
for text, font, weight in sorted(cases, key=cases.index, reverse=sys.argv[1] == "backwards"):
    tile = ink.raster([TextRun(text, Style(46, weight, font))], 1.5)
    line = repr(lay_out(text, font, weight)).encode()
    found[f"{text} {font} {weight}"] = [digest_bytes(line), digest_bytes(tile.pixels.tobytes())]
print(json.dumps(found, sort_keys=True))
"""


def test_a_text_is_the_same_whatever_was_laid_out_before_it() -> None:
    orders = [
        json.loads(
            subprocess.run([sys.executable, "-c", LAID_OUT, order], capture_output=True, check=True).stdout
        )
        for order in ("forwards", "backwards")
    ]
    assert len(orders[0]) == 32
    assert [name for name in orders[0] if orders[0][name] != orders[1][name]] == []
