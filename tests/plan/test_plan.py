from collections.abc import Callable
from pathlib import Path

import pytest

from explainers.digest import digest_value
from explainers.errors import InvalidInput, UsageError
from explainers.kinds.base import Stretch
from explainers.plan import Plan, storyboard_of
from explainers.plan.load import load_plan, stretch
from explainers.project import Project
from explainers.storyboard.model import Canvas
from explainers.timing import reading_s

Load = Callable[..., Plan]

CARD = "  - {id: a, kind: card, heading: Hello, duration: 2s}\n"


def test_a_plan_has_frames_texts_and_sources(load: Load) -> None:
    plan = load(
        """
  - id: a
    kind: card
    heading: "DREX {gain:+.1%}"
    lines: ["{drex:.1f} of 150"]
    title: Opening
    duration: 0:02
"""
    )
    [shot] = plan.shots
    assert (shot.params.heading, shot.params.lines) == ("DREX +8.3\u202f%", ("122.1 of 150",))
    assert (shot.duration_frames, plan.total_frames, plan.duration_s) == (120, 120, 2.0)
    assert (shot.provenance, shot.footer) == ("measured", "run logs")
    assert (plan.title, plan.language, plan.canvas) == ("Demo", "en", Stretch(1920, 1080, 60))
    assert list(plan.sources) == ["logs"]
    assert plan.facts_used == ("gain", "drex")
    assert [path.name for path in plan.inputs] == ["storyboard.yaml", "assets.yaml", "runs.csv"]


def test_every_marked_value_is_resolved_at_any_depth(load: Load) -> None:
    plan = load(
        """
  - id: m
    kind: mixed
    nodes: {s1: {label: "s1 of 8", words: "Up {gain:+.0%}"}}
    limit: drex * 2
    scale: [0, drex]
    tables: {figures: x}
    table: runs
    pane: runs/off
    picture: figures/net.png
    cited: paper
    side: {label: "{off:.0f}"}
    beats: [{id: one, spoken: "{off:.2f}"}]
"""
    )
    shot = plan.shot("m")
    assert (shot.params.nodes["s1"].label, shot.params.nodes["s1"].words) == ("s1 of 8", "Up +8\u202f%")
    assert (shot.params.limit, shot.params.scale) == (pytest.approx(244.12), (0.0, 122.06))
    assert shot.params.side.label == "113"
    assert shot.beats[0].params.spoken == "112.75"
    assert set(shot.tables) == {"figures", "runs"}
    assert (list(shot.runs), list(shot.assets)) == (["runs/off"], ["figures/net.png"])


def test_the_footer_names_each_kind_of_evidence_and_the_word_claims_least(load: Load) -> None:
    plan = load("  - {id: a, kind: mixed, table: runs, cited: paper, note: whole runs}\n")
    assert plan.shots[0].provenance == "published"
    assert plan.shots[0].footer == "Liu et al. 2025 · measured: run logs · whole runs"


def test_the_footer_says_what_a_run_can_not_say(load: Load) -> None:
    plan = load("  - {id: a, kind: mixed, pane: off}\n")
    assert plan.shots[0].footer == "run logs · totals measured, steady rate between"


def test_the_author_may_claim_less_than_the_sources(load: Load) -> None:
    plan = load("  - {id: a, kind: mixed, table: runs, provenance: illustration}\n")
    assert (plan.shots[0].provenance, plan.shots[0].footer) == ("illustration", "run logs")


def test_a_shot_without_evidence_has_no_footer(load: Load) -> None:
    shot = load(CARD).shots[0]
    assert (shot.provenance, shot.footer) == (None, None)


def test_the_frames_are_the_sum_of_the_shots_at_every_quality(load: Load) -> None:
    shots = "".join(
        f"  - {{id: s{i}, kind: card, heading: x, duration: {d}}}\n" for i, d in enumerate((1.03, 0.7, 2.21))
    )
    for quality in ("draft", "standard", "final"):
        plan = load(shots, quality=quality)
        assert plan.total_frames == sum(shot.duration_frames for shot in plan.shots)
        assert plan.start_frames["s2"] == plan.shots[0].duration_frames + plan.shots[1].duration_frames


def test_another_shot_s_length_changes_no_other_shot(load: Load) -> None:
    second = "  - {id: b, kind: card, heading: x, duration: 1.49s}\n"
    one = load("  - {id: a, kind: card, heading: x, duration: 1.01s}\n" + second)
    two = load("  - {id: a, kind: card, heading: x, duration: 1.02s}\n" + second)
    assert digest_value(one.shot("b")) == digest_value(two.shot("b"))


def test_captions_chapters_and_comments_change_no_pixel(load: Load) -> None:
    plain = load("  - {id: a, kind: card, heading: x, duration: 4s, title: T}\n")
    told = load(
        "  - {id: a, kind: card, heading: x, duration: 4s, title: T, cue: Words., chapter: false}  # so\n"
    )
    assert digest_value(plain.shots) == digest_value(told.shots)


def test_qualities_keep_the_canvas_s_shape() -> None:
    canvas = Canvas()
    assert stretch(canvas, "draft") == Stretch(640, 360, 15)
    assert stretch(canvas, "standard") == Stretch(1280, 720, 30)
    assert stretch(Canvas(size="1080x1920", fps=24), "draft") == Stretch(360, 640, 15)
    assert stretch(Canvas(size="1080x1920", fps=24), "standard") == Stretch(720, 1280, 24)
    assert stretch(Canvas(size="320x180", fps=10), "draft") == Stretch(320, 180, 10)


def test_beats_follow_one_another_on_whole_frames_and_the_last_one_holds(load: Load) -> None:
    plan = load(
        """
  - id: m
    kind: mixed
    duration: 6s
    statement: First words.
    beats:
      - {id: one, duration: 1.01s}
      - {id: two, duration: 2s, statement: Other words.}
      - {id: three, duration: 1s}
"""
    )
    beats = plan.shots[0].beats
    assert [(beat.start_s * 60, beat.end_s * 60) for beat in beats] == [(0, 61), (61, 181), (181, 360)]
    assert [beat.statement for beat in beats] == ["First words.", "Other words.", "Other words."]


def test_the_camera_goes_in_in_the_frames_it_is_written_for(load: Load) -> None:
    text = """
  - id: a
    kind: card
    heading: Hello
    beats:
      - {id: in, duration: 2s, camera: {to: box, shape: wide}}
      - {id: out, duration: 2s, camera: all}
"""
    for aspect, goes in ((None, True), ("1:1", False), ("9:16", False)):
        [shot] = load(text, aspect=aspect).shots
        assert [beat.camera is not None for beat in shot.beats] == [goes, True]


def test_auto_beats_last_as_long_as_their_words_and_their_motion(load: Load) -> None:
    cue = "x" * 60
    plan = load(
        f"""
  - id: m
    kind: mixed
    beats: [{{id: short}}, {{id: read, cue: {cue}}}, {{id: move, takes: 7s}}]
"""
    )
    assert [round(beat.duration_s, 2) for beat in plan.shots[0].beats] == [1.5, 4.8, 7.0]
    assert plan.shots[0].duration_s == pytest.approx(13.3)


def test_auto_shots_last_as_long_as_reading_or_as_their_kind_needs(load: Load) -> None:
    statement = "y" * 60
    read = load(f"  - {{id: m, kind: mixed, statement: {statement}}}\n")
    assert read.shots[0].duration_s == pytest.approx(0.8 + 60 / 15)
    assert load("  - {id: m, kind: mixed, needs: 9s, pane: off}\n").shots[0].duration_s == 10.0
    assert load("  - {id: m, kind: mixed}\n").shots[0].duration_s == 2.0


def test_chapters_are_shot_titles_and_what_beats_add(load: Load) -> None:
    plan = load(
        """
  - {id: a, kind: card, heading: x, title: One, duration: 2s}
  - {id: b, kind: card, heading: x, title: Two, duration: 2s, chapter: false}
  - {id: c, kind: card, heading: x, title: Three, duration: 2s, chapter: Other}
  - id: d
    kind: mixed
    beats: [{id: x, duration: 2s}, {id: y, duration: 2s, chapter: Deep}]
"""
    )
    assert [(one.start_frame, one.title) for one in plan.chapters] == [
        (0, "One"),
        (240, "Other"),
        (480, "Deep"),
    ]
    assert [one.start_s for one in plan.chapters] == [0.0, 4.0, 8.0]


def test_the_poster_is_the_end_of_a_shot_or_beat_or_a_time(load: Load) -> None:
    shots = """
  - {id: a, kind: card, heading: x, duration: 2s}
  - id: m
    kind: mixed
    duration: 4s
    transition: {fade: 0.4s}
    beats: [{id: x, duration: 1s}, {id: y, duration: 1s}]
"""
    assert load(shots).poster_frame == 120 - 12 - 1
    assert load(shots, head="poster: m").poster_frame == 359
    assert load(shots, head="poster: {shot: m, beat: x}").poster_frame == 179
    assert load(shots, head="poster: {at: 0:01}").poster_frame == 60


def test_a_fade_takes_its_frames_from_both_shots(load: Load) -> None:
    plan = load(CARD + "  - {id: b, kind: card, heading: x, duration: 2s, transition: {fade: 0.4s}}\n")
    [one] = plan.transitions
    assert (one.before, one.after, one.kind, one.frames) == ("a", "b", "fade", 12)
    assert plan.total_frames == 240


def test_a_frame_of_the_video_is_a_frame_of_a_shot(load: Load) -> None:
    plan = load(CARD + "  - {id: b, kind: card, heading: x, duration: 1s}\n")
    assert [(plan.shot_at(f)[0].id, plan.shot_at(f)[1]) for f in (0, 119, 120, 179)] == [
        ("a", 0),
        ("a", 119),
        ("b", 0),
        ("b", 59),
    ]
    with pytest.raises(IndexError):
        plan.shot_at(180)


def test_theme_comes_from_the_call_the_storyboard_or_the_project(load: Load) -> None:
    assert load(CARD).theme.name == "ink"
    assert load(CARD, head="theme: paper").theme.name == "paper"
    assert load(CARD, head="theme: paper", theme="ink").shots[0].theme.name == "ink"


def test_an_unknown_quality_or_theme_is_a_usage_error(load: Load) -> None:
    with pytest.raises(UsageError, match="did you mean 'draft'"):
        load(CARD, quality="drift")
    with pytest.raises(UsageError, match="no theme"):
        load(CARD, theme="pink")


def test_typed_digits_may_pass_as_findings(load: Load) -> None:
    plan = load("  - {id: a, kind: card, heading: Up 12, duration: 2s}\n", strict=False)
    assert [(one.code, str(one.place)) for one in plan.diagnostics] == [
        ("typed-digit", "scenes/demo/storyboard.yaml:10:37")
    ]
    assert plan.shots[0].params.heading == "Up 12"


def test_a_project_without_assets_needs_none(load: Load, tmp_path: Path) -> None:
    assert load(CARD, head="", assets="").total_frames == 120


def test_a_text_that_is_not_saved_is_planned_in_the_files_place(small_project: Project) -> None:
    path = small_project.storyboard_path("small")
    saved = path.read_text(encoding="utf-8")
    changed = storyboard_of(small_project, "small", saved.replace("First card", "Not saved"))
    plan = load_plan(small_project, "small", "draft", document=changed)
    assert plan.shots[0].params.heading == "Not saved"
    changed = storyboard_of(small_project, "small", saved.replace("heading: Another", "heeding: Another"))
    with pytest.raises(InvalidInput) as wrong:
        load_plan(small_project, "small", "draft", document=changed)
    assert "heading" in {one.did_you_mean for one in wrong.value.problems}
    assert path.read_text(encoding="utf-8") == saved


def test_a_first_beat_lasts_as_long_as_the_shots_statement_takes_to_read(load: Load) -> None:
    words = "A statement of the shot that takes a while to be read by whoever sees it for the first time"
    beats = "[{id: one}, {id: two, statement: Short.}]"
    shot = load(f"\n  - {{id: a, kind: card, heading: x, statement: {words}, beats: {beats}}}\n").shots[0]
    assert shot.beats[0].duration_s == pytest.approx(reading_s(words), abs=0.05)
    assert shot.beats[1].duration_s == pytest.approx(1.5, abs=0.05)


def test_a_file_of_ones_own_needs_one_line(load: Load, tmp_path: Path) -> None:
    load("\n  - {id: a, kind: card, heading: x}\n")
    [path] = tmp_path.rglob("assets.yaml")
    assets = path.read_text() + "  captures/demo.cast: the shell while it runs\n"
    manifest = load("\n  - {id: a, kind: card, heading: x}\n", assets=assets).library.manifest
    entry = manifest.files["captures/demo.cast"]
    assert (entry.shows, entry.from_) == ("the shell while it runs", "mine")
    assert (manifest.sources["mine"].kind, manifest.sources["mine"].own) == ("measured", True)
