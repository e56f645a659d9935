"""The race alive: the film's numbers to the last digit, whatever the reader does with it."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import opened, served, shifted
from embed_commands import explainers
from playwright.sync_api import Browser, Page
from test_access import axe, page_with
from test_page_care import STRICT, under
from webdriver import Tab

from explainers.compositor.picture import Picture
from explainers.facts.numbers import written
from explainers.kinds import draw
from explainers.plan import Plan, load_plan
from explainers.project import Project
from explainers.site.race_data import RaceData, column, race_shot
from explainers.site.races import last_text
from explainers.stage.marks import NumberLayer

TIMES = random.Random(7)
STATE = """steps => {
  const race = document.querySelector('explainer-race'), root = race.shadowRoot;
  const words = selector => [...root.querySelectorAll(selector)].map(one => one.textContent);
  return steps.map(step => {
    race.step = step;
    return { clock: words('.now')[0], numbers: race.numbers, heads: words('.head b'),
      rates: words('.head .mono'), cells: words('.counters .mono'), notes: words('.notes')[0] };
  });
}"""


@pytest.fixture(scope="module")
def plan(raced: Project) -> Plan:
    return load_plan(raced, "pair")


@pytest.fixture(scope="module")
def origin(raced: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with the film and its races, and a page on which the first race stands beside the film."""
    out = tmp_path_factory.mktemp("site")
    assert explainers("--project", raced.root, "embed", "site", "-o", out / "videos").code == 0
    figure = (out / "videos/pair/player.html").read_text()
    figure = figure.replace(" data-on-pause", "", 1)
    (out / "page.html").write_text(page_with(figure))
    (out / "dark.html").write_text(page_with(figure, "#101318;color:#eee"))
    with served(out) as address:
        yield address


def race_of(page: Page, step: int | None = None) -> Any:
    """The page's first race, at a step."""
    page.wait_for_selector("explainer-race[data-ready]")
    race = page.locator("explainer-race").first
    if step is not None:
        race.evaluate("(race, step) => { race.step = step; }", step)
    return race


def sampled(data: RaceData, count: int) -> list[int]:
    """The steps of so many times of the film, drawn anywhere in the race; its ends are among them."""
    fps, frames = data.shot.canvas.fps, data.frames
    times = [TIMES.uniform(frames.start / fps, frames[-1] / fps) for _ in range(count - 2)]
    return [0, len(frames) - 1, *(int(t * fps) - frames.start for t in times)]


@pytest.mark.parametrize("shot", ["tracks", "served"])
def test_at_200_times_every_number_is_python_s_to_the_last_digit(
    browser: Browser, origin: str, plan: Plan, shot: str
) -> None:
    data = RaceData(plan, race_shot(plan, shot))
    steps = sampled(data, 200)
    with opened(browser, f"{origin}/videos/pair/races/{shot}/index.html") as (page, seen):
        race_of(page).get_by_role("button", name="counters").click()
        states = page.evaluate(STATE, steps)
        assert seen.errors == []
    runs = data.race.runs
    for step, state in zip(steps, states, strict=True):
        second = data.clock.at((data.frames.start + step) / data.shot.canvas.fps)
        assert state["clock"] == written(second, data.clock.format)
        expected = [
            {name: at(min(second, data.stop_s(run))) for name, (_, at) in data.counters(run).items()}
            for run in runs
        ]
        assert state["numbers"] == expected
        names = list(dict.fromkeys(name for run in expected for name in run))
        cells = [run.get(name, "–") for name in names for run in expected]
        assert state["cells"][: len(cells)] == cells
    assert len({state["clock"] for state in states}) > 20


SEVEN = """
const race = document.querySelector('explainer-race');
for (const end = performance.now() + 30000; !race.hasAttribute('data-ready'); ) {
  if (performance.now() > end) throw new Error('the race is not there');
  await new Promise(go => setTimeout(go, 50));
}
const words = selector => [...race.shadowRoot.querySelectorAll(selector)].map(one => one.textContent);
[...race.shadowRoot.querySelectorAll('button')].find(one => one.textContent === 'counters').click();
const { width, height } = race.shadowRoot.querySelector('canvas');
return [race.numbers.length, width * height > 0, STEPS.map(step => {
  race.step = step;
  return { clock: words('.now')[0], numbers: race.numbers, cells: words('.counters .mono') };
})];
"""


def test_firefox_and_webkit_show_the_same_numbers(tab: Tab, origin: str, plan: Plan) -> None:
    data = RaceData(plan, race_shot(plan, "tracks"))
    steps = sampled(data, 7)
    tab.open(f"{origin}/videos/pair/races/tracks/index.html")
    runs, drawn, states = tab.run(SEVEN.replace("STEPS", json.dumps(steps)))
    assert (runs, drawn) == (2, True)
    for step, state in zip(steps, states, strict=True):
        second = data.clock.at((data.frames.start + step) / data.shot.canvas.fps)
        assert state["clock"] == written(second, data.clock.format)
        for run, shown in zip(data.race.runs, state["numbers"], strict=True):
            s = min(second, data.stop_s(run))
            assert shown == {name: at(s) for name, (_, at) in data.counters(run).items()}
            assert set(shown.values()) <= set(state["cells"])


def test_cards_tell_what_each_run_won_and_paid_once_it_is_in(browser: Browser, origin: str) -> None:
    url = f"{origin}/videos/pair/races/won/index.html"
    with opened(browser, url, viewport={"width": 390, "height": 900}) as (page, seen):
        race = race_of(page, 0)
        cards, figures = race.locator(".card:not(.heads)"), race.locator(".card .figure > b")
        assert not figures.filter(visible=True).count()
        race.evaluate("r => { r.step = r.steps - 4; }")
        # The baseline has arrived, the other not: nothing is compared yet.
        assert (
            cards.first.get_by_text("fastest").is_visible()
            and not cards.last.get_by_text("+6.6").is_visible()
        )
        race.evaluate("r => { r.step = r.steps - 1; }")
        shown = [" ".join(card.inner_text().split()) for card in cards.all()]
        assert shown == [
            "No early exit fewest tokens finished at 1:25 fastest tokens/s 125.6 baseline left early 0 %",
            "DREX finished at 1:29 tokens/s 133.9 +6.6 % left early 13 %",
        ]
        bar = cards.last.locator(".scale.bar i").bounding_box()
        scale = cards.last.locator(".scale.bar").bounding_box()
        assert bar and scale and abs(bar["width"] / scale["width"] - 133.9 / 150) < 0.01
        assert shifted(page) == 0 and seen.errors == []
    with opened(browser, url, java_script_enabled=False) as (page, _):
        assert "133.9 (+6.6\u202f%)" in (page.locator("explainer-race table").text_content() or "")


def numbers(picture: Picture, frame: int) -> set[str]:
    """Every number of the film in a frame, those among them that give way to others just then."""
    layers = [layer for layer in picture.layers if isinstance(layer, NumberLayer)]
    return {state[0] for layer in layers if (state := layer.state(frame / picture.fps))}


def test_the_tracks_show_what_the_film_s_own_frames_show(browser: Browser, origin: str, plan: Plan) -> None:
    data = RaceData(plan, race_shot(plan, "tracks"))
    picture = draw(data.shot)
    steps = sampled(data, 12)
    with opened(browser, f"{origin}/videos/pair/races/tracks/index.html") as (page, _):
        race_of(page)
        states = page.evaluate(STATE, steps)
    for step, state in zip(steps, states, strict=True):
        there = numbers(picture, data.frames.start + step)
        assert {state["clock"], *state["heads"], *state["rates"]} <= there


def test_a_column_gives_back_every_text() -> None:
    texts = ["–", "0\u202f%", "0.5\u202f%", "1,234.0\u202f%", "1,234.1\u202f%"]
    packed = column(texts)
    assert packed["words"] == ["–", "0\u202f%"] and packed["digits"] == 1
    found = [last_text({**packed, "values": packed["values"][: end + 1]}) for end in range(len(texts))]
    assert found == texts


def test_the_data_is_small_and_the_same_every_time(raced: Project, plan: Plan) -> None:
    folder = raced.root / "renders/pair/races"
    for shot in ("tracks", "served"):
        files = RaceData(plan, race_shot(plan, shot)).files()
        assert {path.name: path.read_text() for path in (folder / shot).iterdir()} == files
        assert len(gzip.compress(files["race.json"].encode(), 9)) < 30_000
        data = json.loads(files["race.json"])
        assert data["notes"] and all(run["source"]["text"] for run in data["runs"])
        assert bool(data.get("lanes")) == (shot == "served")
    assert explainers("--project", raced.root, "embed", "race", "pair:served", "--check").code == 0


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("pair", "pair has several races: pair:tracks, pair:served, pair:won"),
        ("pair:trucks", "no race 'trucks' in pair; did you mean 'tracks'?"),
        ("pear", "pear"),
    ],
)
def test_a_race_that_is_not_there_is_refused(raced: Project, wanted: str, said: str) -> None:
    ran = explainers("--project", raced.root, "embed", "race", wanted)
    assert ran.code != 0 and said in ran.err


def test_a_film_paused_over_its_race_hands_over_and_takes_back(
    browser: Browser, origin: str, plan: Plan
) -> None:
    with opened(browser, f"{origin}/videos/pair/index.html") as (page, seen):
        race, film = page.locator("explainer-race").first, page.locator("video")
        # Nothing of a race is asked for before its film is.
        assert not race.is_visible() and not any(
            part in one for one in seen.requests for part in ("/race.js", "/races/")
        )
        film.evaluate("async v => { v.currentTime = 1.4; await v.play(); }")
        page.wait_for_function("document.querySelector('video').currentTime > 1.7")
        film.evaluate("v => v.pause()")
        page.wait_for_selector("explainer-race[data-held]")
        assert race.is_visible()
        film_s, race_s = film.evaluate("v => v.currentTime"), race.evaluate("r => r.filmTime")
        assert abs(film_s - race_s) <= 0.04
        clock = RaceData(plan, race_shot(plan, "tracks")).clock
        assert clock.at(film_s - 0.04) <= race.evaluate("r => r.runTime") + 1 <= clock.at(film_s + 0.04) + 2
        race_of(page, 130)
        race.get_by_role("button", name="Back to the film").click()
        page.wait_for_function("!document.querySelector('video').seeking")
        film.evaluate("v => v.pause()")
        page.wait_for_function("document.querySelector('explainer-race').step >= 130")
        wanted = race.evaluate("r => r.filmTime")
        assert abs(film.evaluate("v => v.currentTime") - wanted) <= 0.04
        fps = plan.shots[0].canvas.fps
        # It went on from the moment that the race showed, not from where the film was left.
        assert (54 + 130) / fps - 0.04 <= wanted < (54 + 130) / fps + 1.5
        assert seen.errors == []


def test_the_film_starts_at_the_moment_that_the_race_shows(browser: Browser, origin: str) -> None:
    with opened(browser, f"{origin}/page.html") as (page, _):
        race, film = race_of(page), page.locator("video")
        film.evaluate("async v => { v.currentTime = 1.2; await v.play(); v.pause(); }")
        page.wait_for_selector("explainer-race[data-held]")
        race_of(page, 150)
        moments = page.evaluate("""async () => {
          const video = document.querySelector('video');
          const race = document.querySelector('explainer-race'), wanted = race.filmTime;
          const sought = new Promise(done => video.addEventListener('seeked', done, { once: true }));
          video.play();
          await sought;
          return [wanted, video.currentTime];
        }""")
        assert abs(moments[0] - moments[1]) <= 0.04
        assert race.evaluate("r => r.hasAttribute('data-held')") is False


def test_the_reader_plays_chooses_and_always_sees_factor_and_notes(browser: Browser, origin: str) -> None:
    with opened(browser, f"{origin}/page.html", viewport={"width": 900, "height": 900}) as (page, seen):
        race = race_of(page, 20)
        assert race.locator(".factor").text_content() == "40×"
        race.get_by_role("button", name="2 times as fast as the film").click()
        assert race.locator(".factor").text_content() == "80×"
        race.get_by_role("button", name="Play").click()
        page.wait_for_function("document.querySelector('explainer-race').step > 40")
        race.get_by_role("button", name="Pause").click()
        at = race.evaluate("r => r.step")
        page.wait_for_timeout(100)
        assert race.evaluate("r => r.step") == at
        race.get_by_role("button", name="No early exit").click()
        assert race.locator(".name b").all_text_contents() == ["DREX"]
        race.get_by_role("button", name="DREX").click()
        assert race.locator(".name b").all_text_contents() == ["DREX"], "a race has a run at the least"
        notes = race.locator(".notes")
        for view in ("tracks", "counters"):
            race.get_by_role("button", name=view).click()
            assert notes.is_visible() and "untrained exit head" in (notes.text_content() or "")
        race.locator("summary", has_text="Sources").click()
        link = race.get_by_role("link").first
        assert "github.com/xutingl/vattention-ee/blob/" in (link.get_attribute("href") or "")
        assert seen.errors == []


def test_a_cell_and_a_request_say_their_times(browser: Browser, origin: str) -> None:
    with opened(browser, f"{origin}/page.html", viewport={"width": 900, "height": 900}) as (page, _):
        race = race_of(page)
        race.evaluate("r => { r.step = r.steps - 1; }")
        race.locator(".stage").hover(position={"x": 450, "y": 40})
        assert "No early exit: 4" in (race.locator(".tip.shown").text_content() or "")
    with opened(browser, f"{origin}/videos/pair/races/served/index.html") as (page, seen):
        race = race_of(page)
        race.get_by_role("button", name="lanes").click()
        race.evaluate("r => { r.step = r.steps - 1; }")
        assert any("lanes-0.json" in url for url in seen.requests)
        stage = race.locator(".stage")
        stage.focus()
        page.keyboard.press("ArrowRight")
        words = race.locator(".tip.shown").text_content() or ""
        assert "request" in words and "first token" in words and "prompt tokens" in words
        race.get_by_role("button", name="latency").click()
        assert "p50" in (race.locator(".plot").first.text_content() or "")


def test_keys_alone_are_enough(browser: Browser, origin: str) -> None:
    with opened(browser, f"{origin}/videos/pair/races/tracks/index.html") as (page, _):
        race = race_of(page)
        race.locator("input").focus()
        page.keyboard.press("End")
        assert race.evaluate("r => r.step === r.steps - 1")
        page.keyboard.press("Home")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Shift+ArrowRight")
        assert race.evaluate("r => r.step") == 61
        assert "of 1:29" in (race.locator("input").get_attribute("aria-valuetext") or "")
        page.keyboard.press(" ")
        page.wait_for_function("document.querySelector('explainer-race').step > 65")
        page.keyboard.press(" ")
        assert race.get_by_role("button", name="Play").is_visible()


def test_less_motion_shows_the_end_and_no_script_a_table(browser: Browser, origin: str) -> None:
    url = f"{origin}/videos/pair/races/tracks/index.html"
    with opened(browser, url, reduced_motion="reduce") as (page, _):
        assert race_of(page).evaluate("r => r.step === r.steps - 1")
    with opened(browser, url, java_script_enabled=False) as (page, _):
        table = page.locator("explainer-race table")
        assert table.is_visible() and "11,908" in (table.text_content() or "")
        assert page.get_by_text("untrained exit head").is_visible()


@pytest.mark.parametrize("width", [360, 390, 1280])
def test_it_works_under_a_strict_policy_and_moves_nothing(browser: Browser, origin: str, width: int) -> None:
    with browser.new_context(viewport={"width": width, "height": 900}) as profile:
        page = profile.new_page()
        broken = under(page, STRICT)
        page.add_init_script(
            "window.__cls = 0; new PerformanceObserver(list => { for (const one of list.getEntries())"
            " window.__cls += one.value; }).observe({ type: 'layout-shift', buffered: true });"
        )
        page.goto(f"{origin}/videos/pair/races/tracks/index.html", wait_until="networkidle")
        race = race_of(page)
        for share in (0.2, 0.5, 0.8, 1):
            race.evaluate("(r, share) => { r.step = (r.steps - 1) * share; }", share)
            page.wait_for_timeout(50)
        assert shifted(page) == 0 and broken == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("document.fonts.check('16px \"Race Sans\"')")


@pytest.mark.parametrize("path", ["page.html", "dark.html", "videos/pair/races/served/index.html"])
def test_axe_finds_nothing_on_a_race(browser: Browser, origin: str, path: str) -> None:
    assert axe(browser, f"{origin}/{path}") == []


SITES = {
    "mkdocs": ({"mkdocs.yml": "site_name: A lab\n"}, "docs/bio.md", "docs/videos", "<explainer-race src="),
    "nextjs": (
        {"package.json": '{"dependencies": {"next": "12"}}', "pages/index.js": "\n"},
        "posts/bio.md",
        "public/videos",
        "](/videos/pair/races/tracks/index.html)",
    ),
    "plain": ({}, "bio.html", "videos", "<explainer-race src="),
}
ASKING = "# Work\n\nSome words.\n\n// put race here: pair\n\nMore words.\n"
ASKING_HTML = "<!DOCTYPE html><title>x</title><head></head><body><p>// put race here: pair:tracks</p></body>"


@pytest.mark.parametrize("engine", SITES)
def test_a_page_that_asks_for_a_race_gets_it_and_gives_it_back(
    raced: Project, tmp_path: Path, engine: str
) -> None:
    files, name, media, there = SITES[engine]
    page = tmp_path / name
    asking = ASKING_HTML if name.endswith(".html") else ASKING
    for path, content in {**files, name: asking}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(content)
    made = raced.root / "renders/pair/races/tracks/race.json"
    before = made.read_text()
    made.unlink()
    command = ("--project", raced.root, "embed", "apply", page, "--site", tmp_path)
    ran = explainers(*command)
    assert ran.code == 0, ran.err
    assert made.read_text() == before, "what was missing is made first"
    assert there in page.read_text() and "pair:tracks" in page.read_text()
    for file in ("race.js", "race-sans.woff", "pair/races/tracks/race.json", "pair/races/tracks/index.html"):
        assert (tmp_path / media / file).is_file(), file
    assert explainers(*command, "--check").code == 0
    assert explainers(*command, "--remove").code == 0
    assert page.read_text() == asking and not (tmp_path / media).exists()


def test_a_race_that_a_page_asks_for_twice_or_that_no_video_has_is_left_and_named(
    raced: Project, tmp_path: Path
) -> None:
    for words, why in (
        ("pair\n\n// put race here: pair", "ambiguous: line 5 asks for pair:tracks too"),
        ("polar bears", "left"),
    ):
        page = tmp_path / "bio.md"
        page.write_text(f"# Work\n\n// put race here: {words}\n")
        ran = explainers(
            "--project", raced.root, "embed", "apply", page, "--site", tmp_path, "--no-files", "--dry-run"
        )
        assert why in ran.err


def test_a_link_to_a_race_becomes_the_race(browser: Browser, origin: str, raced: Project) -> None:
    with opened(browser, f"{origin}/page.html") as (page, seen):
        page.evaluate("""() => {
          const p = document.createElement('p'), a = document.createElement('a');
          a.href = '/videos/pair/races/served/index.html';
          a.textContent = 'The race';
          p.append(a);
          document.querySelector('main').append(p);
        }""")
        page.wait_for_selector("main > explainer-race[data-ready]")
        assert page.locator("main > explainer-race").evaluate("r => r.numbers.length") == 2
        assert seen.errors == []
