"""A placeholder gets the video it means, or none with the reason; never a guess."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from embed_commands import apply

MakePage = Callable[..., Path]


def _rename(renders: Path, video: str, **fields: object) -> None:
    path = renders / video / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))


@pytest.mark.parametrize("verb", ["create", "put", "add", "insert", "Create", "PUT"])
@pytest.mark.parametrize(
    "shape",
    [
        "// {} video here: drex rebatching",
        "  //{} video here drex rebatching",
        "//  {}  video  here :drex rebatching",
    ],
)
def test_every_way_to_write_a_placeholder_is_found(
    page: MakePage, renders: Path, verb: str, shape: str
) -> None:
    path = page(shape.format(verb) + "\n")
    assert "drex placed" in apply(path, renders).err


@pytest.mark.parametrize(
    "text", ["see // create video here: drex\n", "// created video here: drex\n", "create video here\n"]
)
def test_what_only_looks_like_a_placeholder_is_not_one(page: MakePage, renders: Path, text: str) -> None:
    assert "nothing to do" in apply(page(text), renders).err


def test_a_placeholder_without_words_is_matched_by_its_heading(page: MakePage, renders: Path) -> None:
    path = page("## Semantic segmentation of Bandung\n\n// put video here\n")
    assert "segmentation placed" in apply(path, renders).err


def test_words_that_fit_no_video_are_listed(page: MakePage, renders: Path) -> None:
    text = "## PennOS\n\n// put video here: the scheduler at work\n"
    path = page(text)
    ran = apply(path, renders)
    assert ran.code == 1 and "no video shares enough words" in ran.err
    assert path.read_text() == text


def test_two_videos_that_fit_equally_are_listed_not_guessed(page: MakePage, own_renders: Path) -> None:
    _rename(own_renders, "drex", title="Fast serving of models")
    _rename(own_renders, "segmentation", title="Slow serving of pictures")
    text = "## About\n\n// put video here: drex and segmentation\n"
    path = page(text)
    ran = apply(path, own_renders)
    assert ran.code == 1 and "ambiguous: it could be drex, segmentation" in ran.err
    assert path.read_text() == text


def test_two_placeholders_of_one_section_that_ask_for_one_video_are_listed(
    page: MakePage, renders: Path
) -> None:
    text = "## DREX rebatching\n\n// put video here: overview\n\n// put video here: details\n"
    path = page(text)
    ran = apply(path, renders)
    assert ran.code == 1 and ran.err.count("ambiguous: line") == 2
    assert path.read_text() == text


def test_two_placeholders_of_one_section_are_told_apart_by_their_words(page: MakePage, renders: Path) -> None:
    path = page(
        "## Projects\n\n// put video here: drex rebatching\n\n// add video here: segmentation of streets\n"
    )
    ran = apply(path, renders)
    assert ran.code == 0
    assert "bio.md:3: drex placed" in ran.err and "bio.md:5: segmentation placed" in ran.err


def test_the_author_may_say_which_video_a_line_means(page: MakePage, renders: Path) -> None:
    path = page("## PennOS\n\n// put video here\n")
    assert apply(path, renders, "--match", "3=drex").code == 0
    assert "explainers:begin drex" in path.read_text()


@pytest.mark.parametrize(
    ("match", "said"),
    [("4=drex", "no placeholder on line 4"), ("3=drx", "did you mean 'drex'"), ("x", "LINE=VIDEO")],
)
def test_a_wrong_match_is_a_usage_error(page: MakePage, renders: Path, match: str, said: str) -> None:
    ran = apply(page("## PennOS\n\n// put video here\n"), renders, "--match", match)
    assert ran.code == 2 and said in ran.err


def test_the_heading_a_storyboard_names_decides(page: MakePage, own_renders: Path) -> None:
    _rename(own_renders, "segmentation", page={"heading": "PennOS"})
    path = page("### **PennOS**\n\n// put video here: drex\n")
    assert "segmentation placed (shares the heading its storyboard names)" in apply(path, own_renders).err


def test_a_video_that_is_in_the_page_is_not_put_in_twice(page: MakePage, renders: Path) -> None:
    path = page("## DREX rebatching\n\n// put video here\n")
    apply(path, renders)
    path.write_text(path.read_text() + "\n// put video here\n")
    ran = apply(path, renders)
    assert ran.code == 1 and "drex is in the page already, on line 3" in ran.err


def test_front_matter_is_no_heading(page: MakePage, renders: Path) -> None:
    path = page("---\ntitle: DREX rebatching early exit\n---\n\n// put video here\n")
    assert "no video shares enough words" in apply(path, renders).err


def test_a_page_outside_the_site_is_refused(page: MakePage, renders: Path, tmp_path: Path) -> None:
    from embed_commands import explainers

    other = tmp_path / "other"
    other.mkdir()
    ran = explainers("embed", "apply", page(), "--site", other, "--renders", renders)
    assert ran.code == 2 and "is not in" in ran.err
