"""Placeholders become videos, and nothing else in the page changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import embed_fixtures as fixtures
import pytest
from embed_commands import apply
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explainers.site.apply import plan_apply, plan_remove
from explainers.site.forms import Context, forms
from explainers.site.page import page_of
from explainers.site.urls import Urls
from explainers.site.videos import Video

MakePage = Callable[..., Path]


def test_both_placeholders_become_videos_and_only_their_lines_change(page: MakePage, renders: Path) -> None:
    path = page()
    ran = apply(path, renders, "--form", "poster-link")
    assert ran.code == 0, ran.err
    before, after = fixtures.PAGE.split("\n"), path.read_text().split("\n")
    kept = [line for line in before if "video here" not in line]
    rest = iter(after)
    assert all(line in rest for line in kept)
    assert len(after) == len(before) + 2 * 4
    assert (
        "[![DREX: dynamic rebatching for early-exit inference (0:06)](/videos/drex/poster.jpg)]"
        in "\n".join(after)
    )


def test_a_second_run_changes_nothing(page: MakePage, renders: Path) -> None:
    path = page()
    apply(path, renders)
    once, when = path.read_bytes(), path.stat().st_mtime_ns
    ran = apply(path, renders)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (once, when)
    assert "nothing to do" in ran.err


def test_remove_gives_back_the_exact_bytes(page: MakePage, renders: Path) -> None:
    path = page()
    apply(path, renders)
    assert apply(path, renders, "--remove").code == 0
    assert path.read_bytes() == fixtures.PAGE.encode()


def test_a_dry_run_shows_matches_and_diff_and_writes_nothing(page: MakePage, renders: Path) -> None:
    path = page()
    ran = apply(path, renders, "--dry-run")
    assert ran.code == 0
    assert path.read_text() == fixtures.PAGE
    removed = [line for line in ran.out.splitlines() if line.startswith("-") and not line.startswith("---")]
    assert [line[1:3] for line in removed] == ["//", "//"]
    assert "bio.md:20: drex placed (shares drex" in ran.err


def test_check_fails_until_the_page_is_up_to_date(page: MakePage, renders: Path) -> None:
    path = page()
    assert apply(path, renders, "--check").code == 1
    assert path.read_text() == fixtures.PAGE
    apply(path, renders)
    assert apply(path, renders, "--check").code == 0


def test_a_new_render_updates_the_block_and_keeps_the_words_it_replaced(
    page: MakePage, own_renders: Path
) -> None:
    path = page()
    apply(path, own_renders, "--form", "poster-link")
    manifest = own_renders / "drex" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"duration_s": 6.0', '"duration_s": 102.0'))
    ran = apply(path, own_renders, "--form", "poster-link")
    assert "drex updated" in ran.err and "(1:42)" in path.read_text()
    apply(path, own_renders, "--remove")
    assert path.read_text() == fixtures.PAGE


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("final", [True, False])
def test_line_endings_and_a_missing_last_newline_are_kept(
    page: MakePage, renders: Path, ending: str, final: bool
) -> None:
    text = fixtures.PAGE.rstrip("\n").replace("\n", ending) + (ending if final else "")
    path = page(text.encode())
    apply(path, renders)
    written = path.read_bytes()
    assert written.endswith(ending.encode()) == final
    assert set(_endings(written)) == {ending.encode()}
    apply(path, renders, "--remove")
    assert path.read_bytes() == text.encode()


def _endings(data: bytes) -> list[bytes]:
    import re

    return re.findall(rb"\r\n|\n|\r", data)


def test_mixed_line_endings_stay_mixed(page: MakePage, renders: Path) -> None:
    text = "# DREX rebatching\r\n\none\rtwo\n\n// put video here: early exit inference\r\n\nthree\n"
    path = page(text.encode())
    assert apply(path, renders).code == 0
    assert path.read_bytes().startswith(b"# DREX rebatching\r\n\none\rtwo\n\n<!-- explainers:begin")
    apply(path, renders, "--remove")
    assert path.read_bytes() == text.encode()


def test_a_byte_order_mark_is_kept_and_hides_nothing(page: MakePage, renders: Path) -> None:
    text = "\ufeff// put video here: drex rebatching\n"
    path = page(text.encode())
    assert apply(path, renders).code == 0
    assert path.read_bytes().startswith(b"\xef\xbb\xbf<!-- explainers:begin drex")
    apply(path, renders, "--remove")
    assert path.read_bytes() == text.encode()


def test_a_page_that_is_not_utf8_is_left_and_the_byte_is_named(page: MakePage, renders: Path) -> None:
    data = b"# DREX\n\ncaf\xe9\n\n// put video here: drex rebatching\n"
    path = page(data)
    ran = apply(path, renders)
    assert ran.code == 3 and "bio.md:3:4" in ran.err and "not-utf-8" in ran.err
    assert path.read_bytes() == data


@pytest.mark.parametrize(
    "example",
    [
        "```\n{}\n```\n",
        "    {}\n",
        "~~~md\n{}\n~~~\n",
        "<!--\n{}\n-->\n",
        "<pre>\n{}\n</pre>\n",
        "> ```\n> {}\n> ```\n",
    ],
)
def test_a_placeholder_in_code_or_comment_is_an_example(page: MakePage, renders: Path, example: str) -> None:
    text = "# DREX rebatching\n\n" + example.format("// create video here: drex early exit")
    path = page(text)
    assert apply(path, renders).code == 0
    assert path.read_text() == text


def test_a_block_edited_by_hand_is_left_until_forced(page: MakePage, renders: Path) -> None:
    path = page()
    apply(path, renders, "--form", "poster-link")
    edited = path.read_text().replace("(0:06)](/videos/drex/", "(0:06), my own words](/videos/drex/")
    path.write_text(edited)
    for arguments in ((), ("--remove", "--video", "drex")):
        ran = apply(path, renders, "--form", "poster-link", *arguments)
        assert ran.code == 1 and "edited by hand" in ran.err
        assert path.read_text() == edited
    assert apply(path, renders, "--form", "poster-link", "--force").code == 0
    assert "my own words" not in path.read_text()


@pytest.mark.parametrize("lost", ["explainers:begin drex", "explainers:end drex"])
def test_a_mark_without_its_partner_is_named_and_nothing_is_lost(
    page: MakePage, renders: Path, lost: str
) -> None:
    path = page()
    apply(path, renders)
    broken = "".join(line for line in path.read_text().splitlines(True) if lost not in line)
    path.write_text(broken)
    ran = apply(path, renders)
    assert ran.code == 1 and "mark is missing" in ran.err
    assert path.read_text() == broken


def test_a_block_whose_video_is_gone_is_left(page: MakePage, own_renders: Path) -> None:
    path = page()
    apply(path, own_renders)
    before = path.read_text()
    (own_renders / "drex" / "manifest.json").unlink()
    ran = apply(path, own_renders)
    assert ran.code == 1 and "no finished video of this name" in ran.err
    assert path.read_text() == before


def test_the_indentation_of_a_list_item_is_kept(page: MakePage, renders: Path) -> None:
    text = "* DREX rebatching\n\n  // put video here: early exit\n\n  more\n"
    path = page(text)
    assert apply(path, renders, "--form", "poster-link").code == 0
    assert "\n  [![DREX" in path.read_text()
    apply(path, renders, "--remove")
    assert path.read_text() == text


def test_the_mode_of_the_page_is_kept(page: MakePage, renders: Path) -> None:
    path = page()
    path.chmod(0o640)
    apply(path, renders)
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_linked_page_stays_a_link(page: MakePage, renders: Path) -> None:
    real = page(name="real.md")
    link = real.parent / "link.md"
    link.symlink_to(real)
    assert apply(link, renders).code == 0
    assert link.is_symlink() and "explainers:begin" in real.read_text()


_WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=60)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=_WORDS,
    words=_WORDS,
    after=_WORDS,
    ending=st.sampled_from(["\n", "\r\n", "\r"]),
    form=st.sampled_from(
        sorted(name for name, form in forms().items() if form.fits(".md") and name != "animated")
    ),
)
def test_any_words_around_and_in_a_placeholder_come_back(
    videos: tuple[Video, ...], before: str, words: str, after: str, ending: str, form: str
) -> None:
    text = ending.join(
        [before, "", "# DREX rebatching", "", f"// put video here: early exit {words}", "", after]
    )
    page = page_of(Path("bio.md"), text.encode())
    context = Context(Path("bio.md"), Urls("/videos"))
    applied = plan_apply(page, forms()[form], videos, context)
    written = page_of(page.path, applied.text.encode())
    again = plan_apply(written, forms()[form], videos, context)
    assert not again.changes
    assert plan_remove(written).text == text


def test_a_line_number_between_colons_is_no_picture(page: MakePage, renders: Path) -> None:
    """`:100:` is a name of the sign 💯 to the library that prints."""
    path = page("\n" * 99 + "// create video here: something else entirely\n")
    ran = apply(path, renders, "--allow-code")
    assert ran.code == 1 and f"{path}:100: left: " in ran.err
