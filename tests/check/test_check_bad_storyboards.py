"""Deliberately bad storyboards: each finding is at its place, and there is no other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from bad_cases import HERE, VIDEO, drawn, expected, found_in, project_of

from explainers.check import check
from explainers.check.rules import rules_of

CASES = sorted((HERE / "bad").glob("*/*.txt"))
PICTURES = {rule.code for rule in rules_of("frames")}
FILM = frozenset(
    ("empty-frame", "cut-to-empty", "carry-pop", "dim-words", "dead-hold", "text-over-text", "clipped")
) | {"in-unison", "verdict-first", "same-layout"}
"""How a picture is composed and moves is judged in cases about that alone."""
IDS = [f"{path.parent.name}/{path.stem}" for path in CASES]


@pytest.mark.parametrize("path", CASES, ids=IDS)
def test_a_bad_storyboard_has_its_findings_and_no_other(path: Path, tmp_path: Path) -> None:
    case = path.read_text(encoding="utf-8")
    project = project_of(case, tmp_path)
    in_pictures = path.parent.name in PICTURES
    report = check(project, VIDEO, drawn_of=drawn if in_pictures else None, quality="draft")
    others = FILM - {path.parent.name}
    report = replace(report, findings=tuple(one for one in report.findings if one.code not in others))
    marks = expected(case)
    assert found_in(report, marks) == marks, "\n".join(one.text() for one in report.findings)


def test_every_rule_of_words_and_pictures_has_two_bad_storyboards() -> None:
    for rule in (*rules_of("storyboard"), *rules_of("frames")):
        if rule.find.__module__.endswith(".speech") or rule.code == "untranslated":
            continue  # What is said is judged with its takes, in tests/voice; other files in test_languages.
        cases = [path for path in CASES if f"!{rule.code}" in path.read_text(encoding="utf-8")]
        assert len(cases) >= 2, rule.code
