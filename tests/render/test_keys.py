"""Keys and reasons."""

from dataclasses import replace

import pytest

from explainers.plan import load_plan
from explainers.render.fingerprint import changed, picture_parts
from explainers.render.planner import beat_frames, products_of


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ({"a": "1"}, {"a": "1"}, ""),
        ({"params.a": "1", "params.b": "1"}, {"params.a": "2", "params.b": "2"}, "params changed (a, b)"),
        ({"table runs": "1"}, {"table runs": "2"}, "table runs changed"),
        ({"beat a": "1"}, {"beat b": "1"}, "beat b added, beat a removed"),
        ({}, dict.fromkeys("abcdef", "1"), "a added, b added, c added, and 3 more"),
    ],
)
def test_a_reason_names_what_differs(before, after, words):
    assert changed(before, after) == words


@pytest.fixture
def plan(small_project):
    return load_plan(small_project, "small")


def test_the_name_of_a_shot_or_video_is_not_in_its_key(plan):
    shot = plan.shots[1]
    kind = plan.kinds[shot.kind]
    assert picture_parts(replace(shot, id="other", video="other"), kind) == picture_parts(shot, kind)


@pytest.mark.parametrize(
    "field", ["title", "statement", "footer", "duration_frames", "canvas", "theme", "beats"]
)
def test_everything_that_is_seen_is_in_the_key(plan, field):
    shot = plan.shots[1]
    kind = plan.kinds[shot.kind]
    other = {
        "duration_frames": 99,
        "beats": (),
        "canvas": replace(shot.canvas, fps=11),
        "theme": replace(shot.theme, background="#000000"),
    }
    edited = replace(shot, **{field: other.get(field, "other words")})
    assert picture_parts(edited, kind) != picture_parts(shot, kind)


def test_assets_count_by_their_content_and_not_by_where_they_are(plan, tmp_path):
    shot, kind = plan.shots[0], plan.kinds["title"]
    parts = []
    for folder, content in (("a", "same"), ("b", "same"), ("c", "other")):
        path = tmp_path / folder / "figure.png"
        path.parent.mkdir()
        path.write_text(content)
        parts.append(picture_parts(replace(shot, assets={"figure.png": path}), kind))
    assert parts[0] == parts[1] != parts[2]


def test_keys_are_the_same_in_every_process(plan, small_project):
    import subprocess
    import sys

    code = (
        "import pathlib, sys\n"
        "from explainers.plan import load_plan\n"
        "from explainers.project import find_project\n"
        "from explainers.render.planner import products_of\n"
        "print(*products_of(load_plan(find_project(pathlib.Path(sys.argv[1])), 'small')).clip_keys)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(small_project.root)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == products_of(plan).clip_keys


def test_a_beats_still_is_near_its_end_and_inside_it(plan):
    shot = plan.shots[1]
    for beat in shot.beats:
        frame = beat_frames(shot)[beat.id]
        assert (beat.start_s + beat.end_s) / 2 - 0.1 <= frame / 10 < beat.end_s
    assert beat_frames(plan.shots[0]) == {"": 19}
    assert beat_frames(plan.shots[0], cut_off=4) == {"": 15}


def test_every_beat_begins_with_a_keyframe_so_that_chapters_never_cause_drawing(plan):
    assert products_of(plan).shots[1].clip.keyframes == (15,)


def test_what_describes_a_picture_may_change_without_drawing_it_again(plan, monkeypatch):
    before = products_of(plan).shots[0].clip
    monkeypatch.setattr("explainers.render.planner.code_digest", lambda *names: " ".join(names))
    after = products_of(plan).shots[0].clip
    assert after.geometry != before.geometry and after.key != before.key
    assert [one.key for one in after.segments] == [one.key for one in before.segments]
