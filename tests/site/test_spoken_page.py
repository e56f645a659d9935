"""A spoken film on its page, played in Chromium: sound when it is wanted, captions and words in time with it.

The rehearsal voice clicks on each word, so that what is heard can be found in the decoded samples.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from browser import opened, served
from embed_commands import explainers
from playwright.sync_api import Browser
from test_access import validated

from explainers.plan import Variant
from explainers.project import Project
from explainers.render.pipeline import Request, run
from explainers.render.renditions import web_renditions
from explainers.render.store import Store
from explainers.site.videos import load_video

from small import SMALL, write_project  # isort: skip

FILM = f"""{SMALL.partition("shots:")[0]}voice: {{engine: rehearsal}}
shots:
  - {{id: opening, kind: title, heading: First card, say: "The system writes {{gain}} more tokens, at once."}}
  - {{id: second, kind: title, heading: Another, say: "They wait in line; then they leave, all of them."}}
"""
INDONESIAN = """\
title: Dua kartu kecil
description: Tentang apa ini.
voice: {engine: rehearsal}
shots:
  opening: {heading: Kartu pertama, say: "Sistem menulis {gain} lebih banyak token."}
  second: {heading: Yang lain, say: "Mereka menunggu, lalu pergi."}
"""
CLICKS = """async url => {
  const bytes = await (await fetch(url)).arrayBuffer();
  const sound = await new OfflineAudioContext(1, 1, 48000).decodeAudioData(bytes);
  const samples = sound.getChannelData(0), found = [];
  // A click is the first loud sample after 12 ms of quiet.
  let quiet = 1000;
  for (let n = 0; n < samples.length; n++) {
    if (Math.abs(samples[n]) < 0.02) { quiet++; continue; }
    if (quiet > 576 && Math.abs(samples[n]) > 0.04) found.push(n / 48000);
    if (Math.abs(samples[n]) > 0.04) quiet = 0;
  }
  return { clicks: found, duration: sound.duration };
}"""
WATCH = """() => {
  const video = document.querySelector('video');
  const context = new AudioContext(), heard = context.createAnalyser();
  context.createMediaElementSource(video).connect(heard).connect(context.destination);
  const samples = new Float32Array(heard.fftSize);
  window.log = [];
  const look = () => {
    heard.getFloatTimeDomainData(samples);
    const word = [...(CSS.highlights.get('xv-word') || [])].join('');
    const strip = document.querySelector('.xv-captions').textContent;
    window.log.push([video.currentTime, Math.max(...samples.map(Math.abs)), strip, word]);
    if (!video.ended) requestAnimationFrame(look);
  };
  look();
}"""


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = write_project(tmp_path_factory.mktemp("spoken"), FILM)
    result = run(Request(project, "small", check=False, voice=True), jobs=1)
    translated = project.storyboard_path("small").with_name("storyboard.id.yaml")
    translated.write_text(INDONESIAN)
    run(
        Request(project, "small", variant=Variant(folder="id", language="id"), check=False, voice=True),
        jobs=1,
    )
    web_renditions(result.directory, store=Store(project.store_dir), least_saving=None)
    ran = explainers("--project", project.root, "embed", "site", "-o", project.root / "out/videos")
    assert ran.code == 0, ran.err
    return project


@pytest.fixture(scope="module")
def address(spoken: Project) -> Iterator[str]:
    with served(spoken.root / "out") as origin:
        yield f"{origin}/videos/small"


def _words(project: Project) -> list[tuple[float, str]]:
    """Every word of the track with the second at which it begins."""
    found: list[tuple[float, str]] = []
    for block in (project.renders_dir("small") / "words.en.vtt").read_text().split("\n\n")[1:]:
        times, _, text = block.partition("\n")
        parts = f"<{times.split(' ')[0]}>{text.strip()}".split("<")[1:]
        found += [(_seconds(part.split(">")[0]), part.split(">")[1].strip()) for part in parts]
    return found


def _seconds(clock: str) -> float:
    hours, minutes, seconds = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def test_the_page_offers_the_sound_and_is_valid(spoken: Project, browser: Browser, address: str) -> None:
    assert validated(spoken.root / "out/videos/small/index.html") == ""
    with opened(browser, f"{address}/index.html") as (page, seen):
        assert seen.media() == [] and page.locator("video").evaluate("v => v.muted")
        assert page.locator(".xv-sound").text_content() == "Play with sound"
        assert page.locator(".xv-transcript .xv-number").text_content() == "+8.0 %"
        page.locator(".xv-sound").click()
        page.wait_for_function("document.querySelector('video').currentTime > 0.2")
        assert page.locator("video").evaluate("v => !v.muted && !v.paused")
        page.locator(".xv-sound").click()
        assert page.locator("video").evaluate("v => v.muted && !v.paused")
        assert page.locator(".xv-sound").text_content() == "Play with sound" and not seen.errors
    with opened(browser, f"{address}/index.html", java_script_enabled=False) as (page, _):
        assert not page.locator(".xv-sound").is_visible()


def test_the_page_offers_the_other_language(spoken: Project, browser: Browser, address: str) -> None:
    folder = spoken.root / "out/videos/small"
    assert validated(folder / "id/index.html") == ""
    with opened(browser, f"{address}/index.html") as (page, seen):
        page.get_by_role("link", name="Bahasa Indonesia").first.click()
        page.wait_for_url("**/small/id/index.html")
        assert page.locator("html").get_attribute("lang") == "id"
        assert page.locator("h1").text_content() == "Dua kartu kecil"
        page.locator(".xv-sound").click()
        page.wait_for_function("document.querySelector('video').currentTime > 0.3")
        assert "Sistem menulis +8.0" in (page.locator(".xv-captions").text_content() or "")
        assert page.evaluate("new URL(document.querySelector('video').currentSrc).pathname").startswith(
            "/videos/small/id/"
        )
        page.get_by_role("link", name="English").first.click()
        page.wait_for_url("**/small/index.html")
        assert not seen.errors


@pytest.mark.parametrize("codec", ["av01", "avc1"])
def test_what_is_heard_is_where_the_words_track_says(
    spoken: Project, browser: Browser, address: str, codec: str
) -> None:
    video = load_video(spoken.renders_dir("small"))
    [source] = [one for one in video.sources_in_order if one.codecs.startswith(codec)]
    assert ("opus" if codec == "av01" else "mp4a.40.2") in source.codecs
    with opened(browser, f"{address}/index.html") as (page, _):
        decoded: dict[str, Any] = page.evaluate(CLICKS, f"{address}/{source.file}")
    assert decoded["duration"] == pytest.approx(video.manifest.duration_s, abs=0.06)
    for begins, word in _words(spoken):
        nearest = min(decoded["clicks"], key=lambda click, begins=begins: abs(click - begins))
        assert nearest == pytest.approx(begins, abs=0.02), word


def test_sound_captions_and_the_marked_word_go_together(
    spoken: Project, browser: Browser, address: str
) -> None:
    with opened(browser, f"{address}/index.html") as (page, seen):
        page.locator(".xv-sound").click()
        page.evaluate(WATCH)
        page.wait_for_function("document.querySelector('video').ended", timeout=60_000)
        log: list[tuple[float, float, str, str]] = page.evaluate("window.log")
        assert not seen.errors
    words = _words(spoken)
    manifest = load_video(spoken.renders_dir("small")).manifest
    # The screen is looked at 60 times a second, or less often where the machine is busy.
    steps = [after[0] - before[0] for before, after in pairwise(log)]
    near = max(0.1, *steps)
    for begins, word in [one for one in words if one[0] > log[0][0]]:
        first = next(at for at, _, _, marked in log if marked == word and at >= begins - 0.05)
        assert first - begins <= near, word
    for cue in manifest.cues:
        shown = [at for at, _, strip, _ in log if strip.replace("\n", " ") == cue.line]
        assert shown and shown[0] - max(cue.start_s, log[0][0]) <= near + 0.25, cue.line
    said = [loud for at, loud, _, _ in log if any(0.05 < at - begins < 0.1 for begins, _ in words)]
    assert said and max(said) > 0.05
    quiet = [loud for at, loud, _, _ in log if at > manifest.lines[-1].end_s + 0.15]
    assert quiet and max(quiet) < 0.02
