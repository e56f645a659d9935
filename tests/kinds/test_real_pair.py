"""The segmentation video of this project: its author's files take the drawn street's place."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from pictured import at, has, notes, write_pair
from PIL import Image

from explainers.errors import InvalidInput
from explainers.kinds import draw
from explainers.plan import Plan, load_plan
from explainers.project import Project, Settings
from explainers.render.planner import products_of

ROOT = Path(__file__).parents[2]
USING = {"hook", "see-wide", "network", "result", "app", "close"}
"""Shots that name the pair."""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    for folder in ("scenes", "assets"):
        shutil.copytree(
            ROOT / folder / "segmentation",
            tmp_path / folder / "segmentation",
            ignore=shutil.ignore_patterns("*.jpg", "*.png", "*.mp4"),
        )
    return Project(tmp_path, Settings(allow_code=True))


def keys(plan: Plan) -> dict[str, str]:
    return {one.shot.id: one.picture_key for one in products_of(plan, fading=False).shots}


def _said(plan: Plan) -> str:
    """Everything that the film says in words."""
    # The words for the real map are not shown over a drawn one; `mask-wipe` has tests of that.
    words = [text.text for text in plan.texts if text.field != "labels_label"]
    words += [chapter.title for chapter in plan.chapters]
    return " ".join(words + [cue.text.replace("\n", " ") for cue in plan.cues])


def test_a_fresh_clone_gives_a_finished_video_with_marked_stand_ins(project: Project) -> None:
    plan = load_plan(project, "segmentation", "final", allow_slates=False)
    drawn = {shot.id for shot in plan.shots if shot.missing}
    assert drawn == {"collection", *USING}
    assert all(shot.provenance == "illustration" for shot in plan.shots if shot.id in drawn)
    assert plan.shot("why").provenance == "illustration"
    assert 85 < plan.duration_s <= 100.5
    # Nothing is claimed of a model that nobody ran.
    assert "prediction" not in _said(plan).lower()


def test_with_the_pair_in_place_only_the_shots_that_use_it_are_drawn_again(project: Project) -> None:
    before = keys(load_plan(project, "segmentation"))
    write_pair(project.assets_dir("segmentation") / "captures", "original.jpg", "detection.jpg")
    plan = load_plan(project, "segmentation")
    after = keys(plan)
    # What carries a changed shot on begins with its last picture.
    assert {name for name in before if before[name] != after[name]} == {*USING, "why"}
    assert plan.shot("result").missing == ()
    assert plan.shot("result").provenance == "published"
    assert plan.shot("result").statement == "Input and prediction, pixel by pixel."
    assert "what the network made of it" in _said(plan)
    # The checksums are those of the author's own pair; another one is told, and shown all the same.
    assert [finding.code for finding in plan.diagnostics] == ["changed-asset"] * 2


def test_another_class_table_is_a_change_of_the_shots_that_show_classes(project: Project) -> None:
    before = keys(load_plan(project, "segmentation"))
    path = project.assets_dir("segmentation") / "data/classes.csv"
    path.write_text(path.read_text().replace("64,64,0", "64,64,32"))
    after = keys(load_plan(project, "segmentation"))
    assert {name for name in before if before[name] != after[name]} == {"collection", "why", *USING}


def test_the_reference_class_table_needs_no_words_of_its_own(project: Project) -> None:
    path = project.assets_dir("segmentation") / "data/classes.csv"
    lines = [line.split(",") for line in path.read_text().splitlines()]
    path.write_text("\n".join(",".join(cells[:2] + cells[3:]) for cells in lines) + "\n")
    assert load_plan(project, "segmentation").shot("result")


def test_without_stand_ins_a_final_render_lists_all_that_is_missing(project: Project) -> None:
    board = project.storyboard_path("segmentation")
    text = board.read_text().replace("    stand_in: street\n", "")
    start = text.index("    drawn:\n")
    board.write_text(text[:start] + text[text.index("    beats:\n", start) :])
    with pytest.raises(InvalidInput) as caught:
        load_plan(project, "segmentation", "final", allow_slates=False)
    text = str(caught.value)
    for name in (
        "original.jpg",
        "detection.jpg",
        "drive.mp4",
        "frame.jpg",
        "frame-labels.png",
        "app-welcome.png",
    ):
        assert f"captures/{name}" in text
    assert load_plan(project, "segmentation", "draft").shots


def test_the_figures_are_the_published_ones(project: Project) -> None:
    plan = load_plan(project, "segmentation")
    facts = {name: plan.facts.values[name] for name in ("best", "train_128", "avg_128", "gap")}
    assert facts == pytest.approx({"best": 77.431, "train_128": 87.194, "avg_128": 75.274, "gap": 11.92})
    said = " ".join(cue.text.replace("\n", " ") for cue in plan.cues)
    assert "11.9 points" in said
    assert "11.919" in said
    assert "from scratch" not in said


def test_the_film_shows_the_author_s_street_and_screens_and_then_says_prediction(project: Project) -> None:
    captures, screens = project.assets_dir("segmentation") / "captures", ("welcome", "select", "results")
    write_pair(captures, "original.jpg", "detection.jpg")
    for shade, name in enumerate(screens):
        Image.new("RGB", (400, 1000), (250, 120, 10 + 80 * shade)).save(captures / f"app-{name}.png")
    plan = load_plan(project, "segmentation", "draft")
    marks = {text.text for text in plan.texts if text.field == "drawn_label"}
    pictures = {name: draw(plan.shot(name), plan.kinds) for name in USING}
    for name, picture in pictures.items():
        assert plan.shot(name).missing == ()
        assert not marks & set(notes(picture)), "words for a drawing stand on the real pair"
        # The photo's sky is of a blue that nothing drawn has; the close wears the map's colours over it.
        if name not in ("app", "close"):
            frames = [at(picture, seconds) for seconds in (0.5, 6.0)]
            skies = [(np.abs(frame.astype(int) - (40, 90, 200)).max(axis=2) < 60).sum() for frame in frames]
            assert max(skies) > 500, name
    assert "Prediction" in notes(pictures["result"])
    shown = [at(pictures["app"], beat.end_s - 0.2) for beat in plan.shot("app").beats]
    for shade in range(len(screens)):
        assert any(has(frame, (250, 120, 10 + 80 * shade), 2000) for frame in shown)
