"""A storyboard in another language: words are found by name, and what is no word is refused at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from explainers.check import check
from explainers.errors import InvalidInput, UsageError
from explainers.plan import load_plan
from explainers.project import Project
from explainers.render.planner import products_of

from small import write_project  # isort: skip

WORDS = """\
title: Dua kartu kecil
description: Tentang apa ini.
shots:
  opening: {heading: Kartu pertama, cue: Kata-kata.}
  second:
    title: "Kedua, {gain}"
    heading: Yang lain
    statement: Sebuah pernyataan.
    beats: {one: {cue: Yang pertama.}, two: {cue: Yang kedua., chapter: Lebih dalam}}
"""


def project_of(root: Path, words: str = WORDS) -> Project:
    project = write_project(root)
    project.storyboard_path("small").with_name("storyboard.id.yaml").write_text(words, encoding="utf-8")
    return project


def test_words_take_the_place_of_words_and_nothing_else_changes(tmp_path: Path) -> None:
    project = project_of(tmp_path)
    plan, other = load_plan(project, "small"), load_plan(project, "small", language="id")
    assert (plan.title, other.title) == ("Two small cards", "Dua kartu kecil")
    assert [cue.text for cue in other.cues] == ["Kata-kata.", "Yang pertama.", "Yang kedua."]
    assert other.shot("second").title == "Kedua, +8.0\u202f%"
    assert [one.title for one in other.chapters][-1] == "Lebih dalam" and other.language == "id"
    assert [shot.duration_frames for shot in plan.shots] == [shot.duration_frames for shot in other.shots]
    assert products_of(plan).content_id != products_of(other).content_id
    assert other.inputs[1].name == "storyboard.id.yaml"
    # The storyboard's own language is the storyboard.
    own = load_plan(project, "small", language="en")
    assert products_of(own).content_id == products_of(plan).content_id


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ("opening:", "openning:", "unknown-name", "did you mean 'opening'"),
        ("one: {cue", "ones: {cue", "unknown-name", "did you mean 'one'"),
        ("cue: Kata-kata.", "cues: Kata-kata.", "unknown-key", "did you mean 'cue'"),
        ("heading: Yang lain", "kind: bars", "not-words", "the same in every language"),
        ("heading: Yang lain", "duration: 9s", "no-words", "the same in every language"),
        ("description: Tentang apa ini.", "canvas: {fps: 30}", "not-words", "title, description"),
        ("statement: Sebuah pernyataan.", "statement: [a, b]", "other-form", "a text, as in the storyboard"),
        ("Kedua, {gain}", "Kedua, {gian}", "unknown-fact", "did you mean 'gain'"),
        ("Kedua, {gain}", "Kedua, 8 %", "typed-digit", "8"),
    ],
)
def test_what_is_wrong_is_shown_in_the_file_of_the_language(
    tmp_path: Path, old: str, new: str, code: str, words: str
) -> None:
    assert old in WORDS
    with pytest.raises(InvalidInput) as caught:
        load_plan(project_of(tmp_path, WORDS.replace(old, new)), "small", language="id")
    [problem] = [one for one in caught.value.problems if one.code == code]
    assert problem.place and problem.place.file == "scenes/small/storyboard.id.yaml"
    assert words in problem.text() and new.split(":")[0].split(",")[0] in problem.source_line


def test_a_language_that_there_is_not_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"in en, id; its words would stand in storyboard\.de\.yaml"):
        load_plan(project_of(tmp_path), "small", language="de")


@pytest.mark.parametrize("left_out", ["statement: Sebuah pernyataan.", "title: Dua kartu kecil"])
def test_words_that_nobody_translated_are_a_finding(tmp_path: Path, left_out: str) -> None:
    assert "untranslated" not in {
        one.code for one in check(project_of(tmp_path), "small", language="id").findings
    }
    project = project_of(tmp_path, WORDS.replace(left_out, ""))
    [found] = [one for one in check(project, "small", language="id").findings if one.code == "untranslated"]
    assert found.place and found.place.file == "scenes/small/storyboard.yaml"
    assert "is not in scenes/small/storyboard.id.yaml" in found.message
    assert "untranslated" not in {one.code for one in check(project, "small", language="en").findings}


def test_every_language_of_a_film_is_judged(tmp_path: Path) -> None:
    """Its words, its facts and its lengths; what is found in both languages is said once."""
    long = "Sebuah pernyataan yang amat panjang dan tidak dapat dibaca dalam waktu sesingkat ini, sayang"
    for words, code, message in (
        (WORDS.replace("Kedua, {gain}", "Kedua, 8 %"), "typed-digit", "in id: "),
        (WORDS.replace("Kedua, {gain}", "Kedua, {gian}"), "unknown-fact", "in id: "),
        (WORDS.replace("Sebuah pernyataan", long), "reading-time", "in id: "),
    ):
        project = project_of(tmp_path / code, words)
        own, whole = (check(project, "small", language=language).findings for language in ("en", None))
        more = [one for one in whole if one not in own]
        assert set(own) <= set(whole) and code in {one.code for one in more}
        assert all(one.message.startswith(message) for one in more)
    shot = "  - id: second\n    kind: title\n"
    path = project.storyboard_path("small")
    path.write_text(path.read_text().replace(shot, f"{shot}    allow: {{reading-time: It is known.}}\n"))
    assert "reading-time" not in {one.code for one in check(project, "small").findings}
    assert "unused-allowance" not in {one.code for one in check(project, "small").findings}
