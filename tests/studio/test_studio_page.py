"""The studio in a browser: seen, scrubbed, edited, broken, mended."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import numpy as np
import studio_live as live
from PIL import Image
from playwright.sync_api import Page, expect

from explainers.plan import load_plan
from explainers.project import find_project
from explainers.render.stills import still


def pixels(studio: live.Studio, key: str, frame: int) -> np.ndarray:
    status, headers, body = studio.ask(f"api/still?key={key}&frame={frame}")
    assert (status, headers["content-type"]) == (200, "image/png")
    return np.asarray(Image.open(io.BytesIO(body)).convert("RGB"))


def write(page: Page, old: str, new: str) -> None:
    """Replace words in the editor, by its keyboard, and save."""
    text = page.evaluate("studioEditor.text()")
    line = text[: text.index(old)].count("\n") + 1
    column = text.index(old) - (text.rfind("\n", 0, text.index(old)) + 1) + 1
    page.evaluate("([line, column]) => studioEditor.goTo(line, column)", [line, column])
    for _ in old:
        page.keyboard.press("Delete")
    page.keyboard.insert_text(new)


def test_a_still_is_the_videos_own_frame(studio: live.Studio, tab: Page) -> None:
    plan = load_plan(find_project(studio.root), "small")
    for frame in (0, 27, plan.total_frames - 1):
        shot, number = plan.shot_at(frame)
        key = next(one["key"] for one in studio.view()["state"]["shots"] if one["id"] == shot.id)
        assert np.array_equal(pixels(studio, key, number), still(plan, frame))


def test_it_opens_where_there_is_something_to_see_and_plays_from_the_start(tab: Page) -> None:
    tab.reload()
    opened = tab.evaluate(live.OPENS_AT)
    shot = tab.evaluate("studio.model.state.shots[0]")
    assert opened == shot["start"] + shot["rest"] > 0
    live.at_rest(tab, opened)
    tab.locator("#status", has_text="Up to date").wait_for()
    tab.locator("#ruler").focus()
    tab.keyboard.press("Space")
    tab.wait_for_function(f"studio.model.frame < {opened}")
    tab.keyboard.press("k")


def test_the_keyboard_scrubs_by_frame_and_by_beat(tab: Page) -> None:
    tab.locator("#ruler").focus()
    tab.keyboard.press("ArrowRight")
    live.at_rest(tab, 1)
    tab.keyboard.press("]")
    live.at_rest(tab, 20)
    tab.keyboard.press("]")
    tab.keyboard.press("ArrowLeft")
    shots = tab.evaluate("studio.model.state.shots")
    beats = [shot["start"] + beat["start"] for shot in shots for beat in shot["beats"]]
    live.at_rest(tab, min(frame for frame in beats if frame > 20) - 1)
    tab.keyboard.press("End")
    live.at_rest(tab, tab.evaluate("studio.model.state.frames") - 1)
    tab.keyboard.press("Home")
    live.at_rest(tab, 0)


def test_a_drag_on_the_timeline_ends_on_an_exact_still(tab: Page) -> None:
    box = tab.locator("#track").bounding_box()
    assert box
    y = box["y"] + 10
    tab.mouse.move(box["x"] + 5, y)
    tab.mouse.down()
    for step in range(1, 11):
        tab.mouse.move(box["x"] + box["width"] * step / 20, y)
    tab.mouse.up()
    live.at_rest(tab, round(tab.evaluate("studio.model.state.frames") / 2))


def test_the_animatic_plays_and_rests_on_a_still(tab: Page) -> None:
    tab.locator("#status", has_text="Up to date").wait_for()
    tab.locator("#ruler").focus()
    tab.keyboard.press("Space")
    # Past the first shot: the next one's film takes over.
    tab.locator('#where:has-text("speed")').wait_for()
    expect(tab.locator("#frame")).to_have_attribute("data-shows", "film")
    tab.keyboard.press("k")
    frame = tab.evaluate("studio.model.frame")
    live.at_rest(tab, frame)
    assert frame >= 20
    tab.keyboard.press("j")
    tab.locator('#where:has-text("opening")').wait_for()
    tab.keyboard.press("k")


SEEN = """() => new Promise(done => { const seen = []; const look = () => {
  const videos = [...document.querySelectorAll('#frame video')];
  const both = videos.every(video => video.style.visibility === 'visible');
  seen.push([studio.model.frame, both ? Number(videos[1].style.opacity) : null]);
  studio.model.frame > 35 ? done(seen) : requestAnimationFrame(look);
}; look(); })"""


def test_a_cross_fade_is_seen_while_it_plays(studio: live.Studio, tab: Page) -> None:
    live.write_studio_project(studio.root, faded=live.FADED)
    tab.goto(f"{studio.url}?video=faded")
    tab.evaluate(live.OPENS_AT)
    tab.locator("#status", has_text="Up to date").wait_for(timeout=30_000)
    tab.evaluate("studio.player.seek(0, true)")
    tab.locator("#ruler").focus()
    tab.keyboard.press("Space")
    seen = tab.evaluate(SEEN)
    mixed = [(frame, share) for frame, share in seen if share is not None]
    frames = {int(frame) for frame, _ in mixed}
    # Half of it before the cut at frame 20 and half after it, and nothing else.
    assert (
        min(frames) >= 12 and max(frames) < 28 and frames & set(range(12, 20)) and frames & set(range(20, 28))
    )
    shares = [share for frame, share in mixed if frame < 20] or [0.0]
    assert abs(shares[-1] - shares[0]) > 0.1
    tab.keyboard.press("k")


def test_an_edit_is_saved_as_it_was_typed_and_seen(studio: live.Studio, tab: Page) -> None:
    before = live.at_rest(tab, 0)
    other = tab.locator('.shot[data-shot="speed"]').get_attribute("data-key")
    write(tab, "What it says.", "What it says now.")
    tab.keyboard.press("Control+s")
    after = live.at_rest(tab, 0, other_than=before)
    assert studio.storyboard.read_text() == live.STORYBOARD.replace("What it says.", "What it says now.")
    assert not np.array_equal(pixels(studio, before, 15), pixels(studio, after, 15))
    # Nothing else is asked for anew.
    assert tab.locator('.shot[data-shot="speed"]').get_attribute("data-key") == other


def test_a_caption_is_seen_under_the_picture(tab: Page) -> None:
    expect(tab.locator("#caption")).to_have_text("Words of a caption.")
    write(tab, "Words of a caption.", "Other words.")
    tab.keyboard.press("Control+s")
    expect(tab.locator("#caption")).to_have_text("Other words.")


def test_a_broken_storyboard_keeps_the_last_good_picture(studio: live.Studio, tab: Page) -> None:
    key = live.at_rest(tab, 0)
    studio.storyboard.write_text(live.STORYBOARD.replace("kind: bars", "kind: barz"))
    problem = tab.locator('.problem[data-code="unknown-kind"]')
    problem.wait_for()
    line = live.STORYBOARD[: live.STORYBOARD.index("kind: bars")].count("\n") + 1
    assert problem.get_attribute("data-line") == str(line)
    expect(problem).to_contain_text("did you mean bars?")
    expect(problem.locator("pre")).to_contain_text("^^^^")
    expect(tab.locator(".cm-lintRange-error")).to_have_text("barz")
    expect(tab.locator("#stale")).to_be_visible()
    assert live.at_rest(tab, 0) == key
    studio.storyboard.write_text(live.STORYBOARD)
    expect(tab.locator("#stale")).to_be_hidden()
    expect(tab.locator(".problem")).to_have_count(0)


def test_a_mistake_is_marked_while_it_is_typed(tab: Page, studio: live.Studio) -> None:
    write(tab, "statement: What", "statemant: What")
    expect(tab.locator(".problem").first).to_contain_text("did you mean statement?")
    assert studio.storyboard.read_text() == live.STORYBOARD
    tab.evaluate("studioEditor.refresh(studioEditor.text().replace('statemant', 'statement'))")


def test_completion_knows_the_kinds_fields(tab: Page) -> None:
    write(tab, "    unit: tok / s\n", "    unit: tok / s\n    ax")
    # A key that comes while the editor still reads the storyboard asks for nothing.
    for _ in range(10):
        tab.keyboard.press("Control+Space")
        with contextlib.suppress(AssertionError):
            expect(tab.locator(".cm-tooltip-autocomplete")).to_be_visible(timeout=2000)
            break
    expect(tab.locator(".cm-tooltip-autocomplete")).to_be_visible()
    written = tab.locator(".cm-tooltip-autocomplete li").all_inner_texts()
    fields = tab.evaluate("fetch('api/schema').then(a => a.json())")["definitions"]["shot-bars"]["properties"]
    assert written and all(one.split()[0] in fields for one in written)
    tab.evaluate("studioEditor.refresh('')")


def test_a_cell_of_a_table_changes_the_bar(studio: live.Studio, tab: Page) -> None:
    tab.evaluate("studio.player.seek(45, true)")
    before = live.at_rest(tab, 45)
    tab.get_by_role("tab", name="Facts").click()
    expect(tab.locator('[data-fact="gain"] b')).to_have_text(re.compile(r"\+50\s%"))
    cell = tab.get_by_label("tok of after in runs")
    cell.fill("300")
    cell.press("Enter")
    after = live.at_rest(tab, 45, other_than=before)
    assert studio.table.read_bytes() == live.TABLE.replace("150", "300").encode()
    expect(tab.locator('[data-fact="gain"] b')).to_have_text(re.compile(r"\+200\s%"))
    assert not np.array_equal(pixels(studio, before, 25), pixels(studio, after, 25))


def test_a_finding_is_marked_boxed_and_leads_to_its_line(studio: live.Studio, tab: Page) -> None:
    live.write_studio_project(studio.root, overlap=live.OVERLAP)
    (studio.root / "scenes/overlap/raw.py").write_text(live.RAW.read_text())
    tab.goto(f"{studio.url}?video=overlap")
    # Pictures are judged once they are drawn.
    tab.locator("#marks .mark.error").first.click(timeout=30_000)
    box = tab.locator("#boxes rect.error").first
    box.wait_for()
    finding = tab.evaluate("studio.model.view.findings.find(one => one.code === 'overlap')")
    expect(tab.locator(".cm-lineNumbers .cm-activeLineGutter")).to_have_text(str(finding["line"]))
    # The box is where the finding says: in units of which the shorter side has 1080.
    seen, frame = box.bounding_box(), tab.locator("#frame").bounding_box()
    assert seen and frame
    assert abs((seen["x"] - frame["x"]) / frame["height"] * 1080 - (finding["region"][0] - 6)) < 8
    tab.get_by_role("tab", name="Findings").click()
    tab.locator(".finding.error", has_text="overlap").first.click()
    expect(tab.get_by_role("tab", name="Storyboard")).to_have_attribute("aria-selected", "true")


def test_the_theme_and_the_shape_are_switched(tab: Page) -> None:
    key = live.at_rest(tab, 0)
    tab.get_by_role("radio", name="Paper").click()
    paper = live.at_rest(tab, 0, other_than=key)
    tab.get_by_role("radio", name="9:16").click()
    live.at_rest(tab, 0, other_than=paper)
    assert tab.evaluate("[studio.model.state.width, studio.model.state.height]") == [360, 640]


def test_everything_that_can_be_used_has_a_name(tab: Page) -> None:
    for name in ("Findings", "Facts", "Render", "Storyboard"):
        tab.get_by_role("tab", name=name).click()
        nameless = tab.evaluate(
            "[...document.querySelectorAll('button, select, input, a, [role=slider]')].filter(one =>"
            " one.offsetParent && !(one.ariaLabel || one.getAttribute('aria-label') || one.innerText ||"
            " one.labels?.length)).map(one => one.outerHTML)"
        )
        assert nameless == []


def test_two_pages_see_each_others_saves(studio: live.Studio, tab: Page) -> None:
    other = tab.context.new_page()
    other.goto(studio.url)
    other.evaluate(live.OPENS_AT)
    other.evaluate("studio.player.seek(0, true)")
    key = live.at_rest(other, 0)
    write(tab, "First card", "Next card")
    tab.keyboard.press("Control+s")
    live.at_rest(other, 0, other_than=key)
    assert "Next card" in other.evaluate("studioEditor.text()")
    # Edits on both sides: the later save is stopped, and nothing is overwritten.
    write(other, "Next card", "My card")
    write(tab, "Next card", "Your card")
    tab.keyboard.press("Control+s")
    expect(other.locator("#conflict")).to_be_visible()
    assert "Your card" in studio.storyboard.read_text()
    other.get_by_role("button", name="Keep mine").click()
    expect(other.locator("#conflict")).to_be_hidden()
    expect(tab.locator("#editor")).to_contain_text("My card")
    assert "My card" in studio.storyboard.read_text()


def test_the_kinds_are_shown_and_a_shot_is_taken(tab: Page) -> None:
    tab.get_by_role("tab", name="Kinds").click()
    card = tab.locator('.kind[data-kind="title"]')
    card.locator("summary").click()
    card.locator("img").evaluate("image => image.decode()")
    assert card.locator("img").evaluate("image => image.naturalWidth") == 960
    card.get_by_role("button", name="Put the shot").click()
    assert tab.evaluate("studioEditor.text()").count("kind: title") == 2
    expect(tab.locator(".problem.error")).to_have_count(0)
    tab.evaluate("studioEditor.refresh('')")


def test_a_render_is_told_shot_by_shot_and_its_files_are_taken(studio: live.Studio, tab: Page) -> None:
    tab.get_by_role("tab", name="Render").click()
    tab.get_by_label("Quality").select_option("draft")
    tab.locator("#begin").click()
    expect(tab.locator("#render-state")).to_have_attribute("data-state", "done", timeout=60_000)
    expect(tab.locator(".renders li")).to_have_count(2)
    with tab.expect_download() as waiting:
        tab.get_by_role("link", name="video.mp4").click()
    assert Path(waiting.value.path()).read_bytes() == (studio.root / "renders/small/video.mp4").read_bytes()
    tab.locator("#begin").click()
    expect(tab.locator(".renders li.reused")).to_have_count(2, timeout=60_000)
