"""Rendering: what is drawn, what is reused and why, and the same bytes however it is done."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from explainers.errors import RenderFailed, UsageError
from explainers.kinds import discover
from explainers.plan import load_plan
from explainers.project import Project
from explainers.render.fingerprint import DESCRIBING, DRAWING, ROOT, code_digest, source_digests
from explainers.render.stills import still
from explainers.render.store import Store
from explainers.site.videos import load_video

from small import SMALL, write_project, render as draw  # isort: skip


def render(project: Project, **options):
    return draw(load_plan(project, "small"), **{"jobs": 1, **options})


def edit(project: Project, before: str, after: str) -> None:
    path = project.storyboard_path("small")
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


def reasons(result) -> dict[str, tuple[str, str]]:
    return {shot.id: (shot.outcome, shot.reason) for shot in result.shots}


def published(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.fixture(scope="module")
def rendered(tmp_path_factory) -> Project:
    """Rendered once; tests that change it work on a copy."""
    project = write_project(tmp_path_factory.mktemp("rendered"))
    render(project)
    return project


@pytest.fixture
def again(rendered, tmp_path) -> Project:
    import shutil

    shutil.copytree(rendered.root, tmp_path / "copy")
    return replace(rendered, root=tmp_path / "copy")


def test_everything_that_was_promised_is_there_and_nothing_else(rendered):
    expected = {"video.mp4", "poster.jpg", "poster.webp", "captions.en.vtt", "chapters.en.vtt"}
    expected |= {"transcript.md", "sheet.png", "manifest.json"}
    assert {path.name for path in rendered.renders_dir("small").iterdir()} == expected


def test_the_prober_agrees_with_the_plan_and_the_manifest(rendered, ffprobe):
    folder = rendered.renders_dir("small")
    manifest = json.loads((folder / "manifest.json").read_text())
    stream = ffprobe(folder / "video.mp4", "-count_frames", "-show_streams")["streams"][0]
    assert int(stream["nb_read_frames"]) == manifest["frames"] == 50
    assert sum(shot["frames"] for shot in manifest["shots"]) == 50
    assert (stream["width"], stream["height"], stream["avg_frame_rate"]) == (320, 180, "10/1")
    packets = ffprobe(folder / "video.mp4", "-show_packets")["packets"]
    keys = {i for i, packet in enumerate(packets) if "K" in packet["flags"]}
    assert {round(chapter["start_s"] * 10) for chapter in manifest["chapters"]} <= keys


def test_a_second_run_draws_nothing_and_writes_nothing(again):
    before = {path: path.stat().st_mtime_ns for path in again.renders_dir("small").iterdir()}
    result = render(again)
    assert {shot.outcome for shot in result.shots} == {"reused"}
    assert result.counts == {}
    assert before == {path: path.stat().st_mtime_ns for path in again.renders_dir("small").iterdir()}


def test_a_comment_or_a_caption_draws_nothing(again):
    before = published(again.renders_dir("small"))
    edit(again, "Beat one.", "Beat one, said otherwise.")
    edit(again, "storyboard: 1", "# a comment\nstoryboard: 1")
    result = render(again)
    after = published(again.renders_dir("small"))
    assert {shot.outcome for shot in result.shots} == {"reused"}
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"captions.en.vtt", "transcript.md", "manifest.json"}


def test_a_new_chapter_title_draws_nothing(again):
    edit(again, "chapter: Deeper", "chapter: Further down")
    assert {shot.outcome for shot in render(again).shots} == {"reused"}
    assert "Further down" in (again.renders_dir("small") / "chapters.en.vtt").read_text()


@pytest.mark.parametrize(
    ("before", "after", "shot", "reason"),
    [
        ("heading: Another", "heading: One more", "second", "params changed (heading)"),
        (
            "statement: A statement.",
            "statement: Another one.",
            "second",
            "statement changed, beat one changed",
        ),
        ("duration: 2s", "duration: 2.5s", "opening", "duration changed"),
    ],
)
def test_a_drawn_shot_says_what_changed_and_the_others_stay(again, before, after, shot, reason):
    edit(again, before, after)
    found = reasons(render(again))
    assert found[shot][0] == "drawn"
    assert found[shot][1].startswith(reason)
    assert {outcome for name, (outcome, _) in found.items() if name != shot} == {"reused"}


def test_going_back_to_what_was_drawn_before_draws_nothing(again):
    edit(again, "heading: Another", "heading: One more")
    render(again)
    edit(again, "heading: One more", "heading: Another")
    assert {shot.outcome for shot in render(again).shots} == {"reused"}


def test_a_table_cell_changes_the_words_that_show_it(again):
    table = again.assets_dir("small") / "data" / "runs.csv"
    table.write_text(table.read_text().replace("108", "109"))
    found = reasons(render(again))
    assert found["second"] == ("drawn", "title changed")
    assert found["opening"][0] == "reused"


def test_a_flipped_bit_in_the_store_is_noticed_and_drawn_again(again):
    manifest = json.loads((again.renders_dir("small") / "manifest.json").read_text())
    before = (again.renders_dir("small") / "video.mp4").read_bytes()
    key = manifest["shots"][1]["key"]
    pixels = Store(again.store_dir).find(key).uses[0]
    clip = again.store_dir / pixels[:2] / pixels / "clip.mp4"
    data = bytearray(clip.read_bytes())
    data[len(data) // 2] ^= 1
    clip.write_bytes(data)
    (again.renders_dir("small") / "video.mp4").unlink()
    found = reasons(render(again))
    assert found["second"] == (
        "drawn",
        "its product is gone from the store or damaged; 1 of 2 segments reused",
    )
    assert found["opening"][0] == "reused"
    assert (again.renders_dir("small") / "video.mp4").read_bytes() == before


def test_a_published_file_that_was_changed_is_made_again(again):
    video = again.renders_dir("small") / "video.mp4"
    before = video.read_bytes()
    video.write_bytes(before[:-1] + b"x")
    (again.renders_dir("small") / "poster.jpg").unlink()
    assert {shot.outcome for shot in render(again).shots} == {"reused"}
    assert video.read_bytes() == before


def test_two_workers_give_the_bytes_of_one(rendered, tmp_path):
    other = write_project(tmp_path / "other")
    result = render(other, jobs=2)
    assert {shot.outcome for shot in result.shots} == {"drawn"}
    assert published(other.renders_dir("small")) == published(rendered.renders_dir("small"))
    assert not list(other.root.rglob(".aside"))


def test_counts_are_the_same_on_every_machine(tmp_path):
    result = render(write_project(tmp_path))
    assert result.counts["frames"] == 50
    assert result.counts["drawn"] + result.counts["held"] == 50
    assert result.counts["held"] > 15
    # Three rests, and the first frame after the cut.
    assert result.counts["stills"] == 4


def test_two_shots_that_look_the_same_are_drawn_once(tmp_path):
    twin = SMALL + "  - {id: twin, kind: title, duration: 2s, heading: First card}\n"
    result = render(write_project(tmp_path, twin))
    assert reasons(result)["twin"] == ("reused", "the same picture as opening")
    assert result.counts["frames"] == 50
    assert result.frames == 70


def test_a_fade_keeps_the_sum_of_the_frames_and_a_still_shows_it(tmp_path, ffprobe):
    project = write_project(
        tmp_path, SMALL.replace("  - id: second\n", "  - id: second\n    transition: {fade: 0.8s}\n")
    )
    render(project)
    video = project.renders_dir("small") / "video.mp4"
    stream = ffprobe(video, "-count_frames", "-show_streams")["streams"][0]
    assert int(stream["nb_read_frames"]) == 50
    plan = load_plan(project, "small")
    frames = {number: still(plan, number).astype(int) for number in (14, 18, 21, 25)}
    from_first, from_second = (abs(frames[18] - frames[n]).mean() for n in (14, 25))
    later_first, later_second = (abs(frames[21] - frames[n]).mean() for n in (14, 25))
    assert from_first < later_first
    assert later_second < from_second
    assert min(from_first, later_second) > 0


def test_some_shots_alone_leave_the_video_as_it_is(again):
    before = published(again.renders_dir("small"))
    result = draw(load_plan(again, "small"), jobs=1, shots=("second",))
    assert [shot.id for shot in result.shots] == ["second"]
    assert published(again.renders_dir("small")) == before
    assert (again.renders_dir("small") / "shots" / "second.mp4").stat().st_size > 0
    # Shots that stand alone are no variant of the video for a page.
    assert load_video(again.renders_dir("small")).variants == ()


def test_an_unknown_shot_is_a_usage_error_with_the_nearest_name(rendered):
    with pytest.raises(UsageError, match="did you mean 'second'"):
        draw(load_plan(rendered, "small"), jobs=1, shots=("secnd",))


def test_burned_captions_are_a_rendition_and_go_when_they_are_not_asked_for(again, ffprobe):
    video = (again.renders_dir("small") / "video.mp4").read_bytes()
    render(again, burned=True)
    manifest = json.loads((again.renders_dir("small") / "manifest.json").read_text())
    assert [one["captions"] for one in manifest["renditions"]] == ["track", "burned"]
    burned = again.renders_dir("small") / "video.captions.mp4"
    assert int(ffprobe(burned, "-show_streams")["streams"][0]["nb_frames"]) == 50
    assert (again.renders_dir("small") / "video.mp4").read_bytes() == video
    render(again)
    assert not burned.exists()


OWN_KIND = """
from explainers.kinds.base import KindParams, SceneKind

class Params(KindParams):
    pass

class Own(SceneKind):
    params = Params

    def picture(self, shot, stage):
        {}
"""


def project_with_a_kind_that(does: str, root: Path):
    """A small project whose first shot's kind is Python beside the storyboard; its plan."""
    first_card = "kind: title\n    duration: 2s\n    heading: First card"
    project = write_project(root, SMALL.replace(first_card, "kind: own"))
    (project.scene_dir("small") / "own.py").write_text(OWN_KIND.format(does))
    return load_plan(project, "small", allow_code=True)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_mistake_in_a_scenes_own_code_names_the_shot(tmp_path, jobs):
    plan = project_with_a_kind_that("1 / 0", tmp_path)
    with pytest.raises(RenderFailed, match=r"shot opening: scenes/small/own\.py:11:9: ZeroDivisionError"):
        draw(plan, jobs=jobs)


def test_a_worker_that_dies_is_a_failure_that_names_its_shot_and_the_rest_is_kept(tmp_path):
    dying = "import os, signal, time; time.sleep(4); os.kill(os.getpid(), signal.SIGKILL)"
    plan = project_with_a_kind_that(dying, tmp_path)
    with pytest.raises(RenderFailed, match="the shot opening was killed by SIGKILL"):
        draw(plan, jobs=2)
    assert not list(tmp_path.rglob("*.lock"))
    assert list(plan.project.store_dir.rglob("clip.mp4"))
    assert not plan.project.renders_dir("small").exists()


def test_what_draws_is_in_the_key_and_what_describes_is_not():
    digests = source_digests(discover()["title"])
    assert {"kinds", "compositor", "stage", "footage", "runs", "theme", "timing"} <= set(digests)
    for name in DRAWING:
        assert (ROOT / name).exists(), name
    assert code_digest("compositor") != code_digest(*DESCRIBING)
    assert code_digest("compositor") == code_digest("compositor")


def test_a_changed_program_has_another_digest(tmp_path, monkeypatch):
    monkeypatch.setattr("explainers.render.fingerprint.ROOT", tmp_path)
    code_digest.cache_clear()
    found = set()
    written = (("a.py", "1"), ("b.py", "1"), ("a.py", "2"), ("geometry.py", "1"))
    for file, text in ((f"compositor/{name}", text) for name, text in written):
        (tmp_path / "compositor").mkdir(exist_ok=True)
        (tmp_path / file).write_text(text)
        code_digest.cache_clear()
        found.add(code_digest("compositor"))
    code_digest.cache_clear()
    assert len(found) == 3


def test_a_read_only_disk_is_called_what_it_is(rendered, tmp_path, monkeypatch):
    import errno
    import os

    opened = os.open

    def refuse(path, flags, *more, **named):
        if flags & os.O_CREAT:
            raise OSError(errno.EROFS, "no")
        return opened(path, flags, *more, **named)

    plan = load_plan(write_project(tmp_path), "small")
    monkeypatch.setattr("explainers.scratch.os.open", refuse)
    with pytest.raises(RenderFailed, match="read-only"):
        draw(plan, jobs=1)
