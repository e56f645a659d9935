"""Pages that disagree with their storyboard, and the same pages put right."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from bad_cases import HERE, VIDEO, expected, found_in, project_of

from explainers.check import Report, check
from explainers.check.claims import agree, quantities
from explainers.check.markdown import differs, parse_page, venue, venues
from explainers.errors import UsageError

PAGES = sorted((HERE / "pages").glob("*.txt"))


def judged(case: str, root: Path) -> Report:
    return check(project_of(case, root), VIDEO, page=root / "page.md")


def about_the_page(report: Report) -> Report:
    """The report without findings about the storyboard alone."""
    return Report(report.video, tuple(one for one in report.findings if one.code.startswith("page-")))


@pytest.mark.parametrize("path", PAGES, ids=[path.stem for path in PAGES])
def test_a_page_has_the_disagreements_that_were_planted_and_no_other(path: Path, tmp_path: Path) -> None:
    case = path.read_text(encoding="utf-8")
    report = about_the_page(judged(case, tmp_path))
    marks = Counter({mark: count for mark, count in expected(case).items() if mark[0] == "page.md"})
    assert found_in(report, marks) == marks, "\n".join(one.text() for one in report.findings)
    assert bool(marks) == (".planted" in path.name)


def test_a_disagreement_names_both_places(tmp_path: Path) -> None:
    case = (HERE / "pages" / "store.planted.txt").read_text(encoding="utf-8")
    one = next(one for one in judged(case, tmp_path).findings if one.code == "page-figure")
    assert str(one.place) == "page.md:9:54"
    (related,) = one.related
    assert (related.place.file, related.place.line) == ("scenes/video/storyboard.yaml", 6)


def test_a_page_without_the_video_is_not_checked_and_not_passed(tmp_path: Path) -> None:
    case = (HERE / "pages" / "store.clean.txt").read_text(encoding="utf-8")
    project = project_of(case, tmp_path)
    (tmp_path / "other.md").write_text("# Cooking\n\nSoup for 4.\n")
    report = check(project, VIDEO, page=tmp_path / "other.md")
    assert any("no section" in gap.reason for gap in report.not_checked)


@pytest.mark.parametrize("content", [b"\xff\xfe", None])
def test_a_page_that_cannot_be_read_is_a_usage_error(content: bytes | None, tmp_path: Path) -> None:
    case = (HERE / "pages" / "store.clean.txt").read_text(encoding="utf-8")
    project = project_of(case, tmp_path)
    page = tmp_path / "bad.md"
    if content is not None:
        page.write_bytes(content)
    with pytest.raises(UsageError):
        check(project, VIDEO, page=page)


def test_line_ends_and_front_matter_do_not_move_places(tmp_path: Path) -> None:
    raw = "---\ntitle: x\n---\n## One **two**\n\n*Words* [here](there) end.\n"
    page = parse_page(raw, tmp_path / "a.md", "a.md")
    section = page.sections[-1]
    assert section.heading == "One two"
    place, line = page.place(section.lines[0].offset(section.lines[0].text.index("end")))
    assert (place.line, line[place.column - 1 :]) == (6, "end.")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2–12×", "2–12 %", False),
        ("8 %", "8.3 %", True),
        ("9 %", "8.3 %", False),
        ("1.08x", "8 %", True),
        ("twice", "100 %", True),
        ("66 ms", "0.066 s", True),
        ("66 ms", "66 s", False),
        ("1,200 tokens/s", "1200 tok/s", True),
        ("3 s", "3 %", None),
    ],
)
def test_quantities_are_compared_by_value(one: str, other: str, same: bool | None) -> None:
    assert agree(quantities(one)[0], quantities(other)[0]) is same


@pytest.mark.parametrize(
    "text",
    ["NSDI'25", "Llama 2-7b,13b,70", "720 x 960 pixels", "CIS 5050 Software", "the 1990s", "150 pages"],
)
def test_numbers_that_are_names_are_no_quantities(text: str) -> None:
    assert quantities(text) == []


@pytest.mark.parametrize(
    ("declared", "page", "same"),
    [
        ("submitted to NSDI 2025", "(In submission to NSDI'25)", True),
        ("NSDI 2026", "(In submission to NSDI'25)", False),
        ("arXiv:2512.15705", "(In submission to NSDI'25)", False),
        ("accepted to SOSP 2023", "submitted to SOSP 2023", False),
        ("SOSP", "to appear in SOSP '23.", True),
    ],
)
def test_venues_are_compared_by_name_year_and_standing(declared: str, page: str, same: bool) -> None:
    assert (differs(venue(declared), venues(page)[0]) is None) is same
