"""The referee itself: stages, allowances, reports, the page of rules, and what it must not import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from bad_cases import VIDEO, project_of

from explainers.check import check, formats
from explainers.check.claims import nearest_direction, shape_of
from explainers.check.rules import rules
from explainers.check.rules.frames.colors import closest, distance
from explainers.facts.ledger import Fact

ROOT = Path(__file__).parents[2]
CARD = """
-- storyboard.yaml --
storyboard: 1
title: A card
description: What it is.
shots:
  - id: one
    kind: title
    title: It has 4 legs
    heading: Words
    cue: Words.
    allow: {typed-digit: the name of a table}
"""


def test_a_finding_that_is_let_pass_is_told_with_its_reason(tmp_path: Path) -> None:
    report = check(project_of(CARD, tmp_path), VIDEO)
    assert report.findings == ()
    (silenced,) = report.silenced
    assert (silenced.finding.code, silenced.reason) == ("typed-digit", "the name of a table")
    assert "because: the name of a table" in "\n".join(formats.lines(report))


def test_a_storyboard_that_cannot_be_planned_is_reported_and_the_rest_not_checked(tmp_path: Path) -> None:
    report = check(project_of(CARD.replace("heading:", "headng:"), tmp_path), VIDEO)
    assert {"unknown-key", "missing-key"} <= {one.code for one in report.findings}
    assert report.not_checked and not report.rules_run
    assert not report.passes()


def test_without_drawn_shots_pictures_are_not_checked(tmp_path: Path) -> None:
    report = check(project_of(CARD, tmp_path), VIDEO, drawn_of=lambda plan: {})
    assert [gap.shot for gap in report.not_checked] == ["one"]
    assert "overlap" not in report.rules_run


def test_warnings_fail_only_when_asked(tmp_path: Path) -> None:
    report = check(project_of(CARD.replace("    cue: Words.\n", ""), tmp_path), VIDEO)
    assert [one.severity for one in report.findings] == ["warning"]
    assert report.passes() and not report.passes(strict=True)


def test_every_rule_has_a_code_of_its_own_and_a_page() -> None:
    codes = [rule.code for rule in rules()]
    assert len(codes) == len(set(codes)) >= 35
    page = formats.page()
    for rule in rules():
        assert f"### {rule.code}\n" in page
        assert rule.title and rule.doc.count("\n") >= 2, rule.code


def test_the_page_of_rules_is_the_one_in_docs() -> None:
    assert (ROOT / "docs" / "checks.md").read_text(encoding="utf-8") == formats.page()


def test_the_first_stage_imports_no_drawing(tmp_path: Path) -> None:
    project_of(CARD.replace("    allow", "    note: fine\n    allow"), tmp_path)
    code = (
        "import sys; from explainers import cli; cli.run(['check'])\n"
        "bad = {'manim', 'moviepy', 'cairo', 'av', 'PIL', 'rich'} & set(sys.modules)\n"
        "sys.exit(', '.join(bad) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def fact(name: str, expression: str, table: str | None = None) -> tuple[str, Fact]:
    return name, Fact(name, 1.0, expression=expression, table=table)


@pytest.mark.parametrize(
    ("text", "kind", "over", "base"),
    [
        ("a / b - 1", "gain", ("a",), ("b",)),
        ("(a - b) / b", "gain", ("a",), ("b",)),
        ("1 - a / b", "drop", ("a",), ("b",)),
        ("a / b", "ratio", ("a",), ("b",)),
        ("100 * (a / b - 1)", "gain", ("a",), ("b",)),
        ("a / (a + b)", "share", ("a",), ("a", "b")),
        ("a - b", "difference", ("a",), ("b",)),
        ("gain", "gain", ("a",), ("b",)),
        ("a", "value", (), ()),
    ],
)
def test_the_shape_of_an_expression(text: str, kind: str, over: tuple, base: tuple) -> None:
    facts = dict([fact("a", "x", "t"), fact("b", "x", "t"), fact("gain", "a / b - 1")])
    shape = shape_of(text, facts)
    assert (shape.kind, shape.over, shape.base) == (kind, over, base)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("8 % faster than before", "fast"),
        ("8 % throughput over no early exit", None),
        ("up to 8 % of it", None),
        ("It is slower; 8 % of it", None),
        ("8 % more tokens, but slower", "up"),
    ],
)
def test_the_word_that_is_said_of_a_number(text: str, said: str | None) -> None:
    at = text.index("8 %")
    found = nearest_direction(text, at, at + 3)
    assert (found.direction if found else None) == said


def test_colours_that_deficiencies_confuse_are_near_and_okabe_and_itos_are_not() -> None:
    assert distance("#C8A000", "#74C200") > 30
    assert closest("#C8A000", "#74C200")[0] < 12
    assert closest("#E69F00", "#56B4E9")[0] > 40


def test_a_rule_that_is_added_as_a_file_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from explainers.check.rules import rules_of, storyboard

    (tmp_path / "added_file.py").write_text(
        "from explainers.check.rules import rule\n\n"
        '@rule("added-file", "error")\ndef find(subject):\n    """A rule of its own."""\n    yield "found"\n'
    )
    (tmp_path / "added_pair.py").write_text(
        '"""Two small rules."""\nfrom explainers.check.rules import rule\n\n'
        '@rule("added-one", "warning", needs="luminance")\n'
        'def one(subject):\n    """One."""\n    yield 1\n\n'
        '@rule("added-two", "error")\ndef two(subject):\n    """Two."""\n    yield 2\n'
    )
    monkeypatch.setattr(storyboard, "__path__", [*storyboard.__path__, str(tmp_path)])
    found = {one.code: one for one in rules_of.__wrapped__("storyboard")}
    assert (
        list(found["added-file"].find(None)) == ["found"] and found["added-file"].title == "A rule of its own"
    )
    assert (found["added-one"].severity, found["added-one"].needs) == ("warning", "luminance")
    assert list(found["added-two"].find(None)) == [2] and found["added-two"].title == "Two"


def test_what_the_author_wrote_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from small import SMALL, write_project

    from explainers.plan import load_plan
    from explainers.storyboard import reader

    project, names = write_project(tmp_path), list[str]()
    real = reader.read_bytes
    monkeypatch.setattr(
        reader, "read_bytes", lambda path, *more: names.append(path.name) or real(path, *more)
    )
    check(project, "small")
    assert sorted(names) == ["assets.yaml", "storyboard.yaml"]
    # A storyboard that can't be planned is read once too, and its typed digits are found beside its errors.
    names.clear()
    project.storyboard_path("small").write_text(
        SMALL.replace("kind: title", "kind: titel", 1).replace("A statement.", "Statement 5.")
    )
    codes = {one.code for one in check(project, "small").findings}
    assert {"unknown-kind", "typed-digit"} <= codes and sorted(names) == ["assets.yaml", "storyboard.yaml"]
    project.storyboard_path("small").write_text(SMALL)
    plan = load_plan(project, "small")
    (title,) = [text for text in plan.texts if text.loc == ("shots", 1, "title")]
    assert title.text == plan.shots[1].title and title.facts == ("gain",)
    assert title.text[title.pieces[0].at : title.pieces[0].end] == title.pieces[0].shown
