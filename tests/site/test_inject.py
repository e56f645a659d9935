"""Players into built HTML: posters and leftover placeholders, byte for byte elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from embed_commands import Ran, explainers

HTML = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Bio</title>
</head><body>
<h2>Dynamic Rebatching with <em>DREX</em></h2>
<p>Before   it.</p>
<p class="x">// create video here: early exit
 side by side</p>
<p>Text, <a href="/videos/segmentation/"><img alt="s" src="/videos/segmentation/poster.jpg"></a> in it.</p>
<pre><code><p>// put video here: drex</p></code></pre>
</body></html>
"""


def inject(folder: Path, renders: Path, *more: str | Path) -> Ran:
    return explainers("embed", "inject", folder, "--renders", renders, *more)


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "built" / "sub").mkdir(parents=True)
    (tmp_path / "built" / "index.html").write_text(HTML)
    (tmp_path / "built" / "sub" / "other.html").write_text("<p>nothing to see</p>")
    return tmp_path / "built"


def test_a_placeholder_becomes_a_player_and_a_poster_in_a_sentence_stays_a_link(
    built: Path, renders: Path
) -> None:
    assert inject(built, renders).code == 0
    text = (built / "index.html").read_text()
    assert text.count("<figure") == 1 and text.count('src="/videos/player.js"') == 1
    assert "<p>Before   it.</p>" in text and "<pre><code><p>// put video here: drex</p></code></pre>" in text
    assert 'Text, <a href="/videos/segmentation/"><img' in text
    assert (
        (built / "videos/segmentation/player.html").is_file()
        and (built / "videos/drex/video.mp4").is_file()
        and (built / "videos/player.css").is_file()
    )
    assert (built / "sub/other.html").read_text() == "<p>nothing to see</p>"


def test_a_poster_alone_in_a_paragraph_takes_its_place(built: Path, renders: Path) -> None:
    lone = (
        '<p>\n <a href="/videos/drex/index.html"><img src="/repo/videos/drex/poster.jpg" alt="x" /></a> </p>'
    )
    (built / "index.html").write_text(f"<html><head></head><body>{lone}</body></html>")
    assert inject(built, renders).code == 0
    text = (built / "index.html").read_text()
    assert "<body><!-- explainers:begin drex" in text and "<!-- explainers:end drex --></body>" in text


def test_it_is_idempotent_and_can_be_taken_out(built: Path, renders: Path) -> None:
    inject(built, renders)
    once = (built / "index.html").read_bytes()
    assert "nothing to do" in inject(built, renders).err
    assert (built / "index.html").read_bytes() == once
    assert inject(built, renders, "--check").code == 0
    assert inject(built, renders, "--remove").code == 0
    assert (built / "index.html").read_text() == HTML


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_other_line_endings_come_back_too(built: Path, renders: Path, ending: str) -> None:
    data = HTML.replace("\n", ending).encode()
    (built / "index.html").write_bytes(data)
    assert inject(built, renders).code == 0
    assert b"<figure" in (built / "index.html").read_bytes()
    inject(built, renders, "--remove")
    assert (built / "index.html").read_bytes() == data


def test_a_page_that_is_not_utf8_is_named_and_left(built: Path, renders: Path) -> None:
    data = b"<p>caf\xe9</p><p>// put video here: drex rebatching</p>"
    (built / "latin.html").write_bytes(data)
    ran = inject(built, renders)
    assert "not-utf-8" in ran.err and (built / "latin.html").read_bytes() == data
    assert "<figure" in (built / "index.html").read_text()


def test_a_block_edited_by_hand_is_left(built: Path, renders: Path) -> None:
    inject(built, renders)
    path = built / "index.html"
    path.write_text(path.read_text().replace("no sound)", "no sound at all)", 1))
    edited = path.read_text()
    for more in ((), ("--remove",)):
        assert inject(built, renders, *more).code == 1
        assert "no sound at all)" in path.read_text()
    path.write_text(edited)
    assert inject(built, renders, "--force").code == 0 and "no sound at all" not in path.read_text()


def test_words_in_a_comment_or_script_are_left(built: Path, renders: Path) -> None:
    text = (
        "<!-- <p>// put video here: drex</p> --><script>'<p>// put video here: drex rebatching</p>'</script>"
    )
    (built / "index.html").write_text(text)
    assert inject(built, renders).code == 0
    assert (built / "index.html").read_text() == text


def test_an_unmatched_placeholder_is_listed(built: Path, renders: Path) -> None:
    (built / "index.html").write_text("<h2>PennOS</h2><p>// put video here: kernel</p>")
    ran = inject(built, renders)
    assert ran.code == 1 and "no video shares enough words" in ran.err


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<p",
        "<p>// put video here: drex rebatching",
        "<a><p></a></p></p>",
        "<![CDATA[ x ]]>",
        "<p>a<p>// add video here: drex rebatching<p>b",
    ],
)
def test_malformed_html_loses_nothing(built: Path, renders: Path, html: str) -> None:
    (built / "index.html").write_text(html)
    inject(built, renders)
    inject(built, renders, "--remove")
    assert (built / "index.html").read_text() == html
