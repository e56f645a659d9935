"""A batch: one pool for all videos, shared shots drawn once, failures that stay with their own video."""

import pytest

from explainers.errors import RenderFailed
from explainers.project import Project
from explainers.render.judging import Referee
from explainers.render.pipeline import Batch, Listener, Request, run_all, stages
from explainers.render.workers import Here

from small import SMALL, write_project  # isort: skip


def requests(project: Project, *videos: str, check: bool = False) -> list[Request]:
    return [Request(project, video, check=check) for video in videos]


@pytest.fixture
def project(tmp_path) -> Project:
    """Three videos: `a` and `b` share their first shot, `c` shares nothing with them."""
    write_project(tmp_path, SMALL, "a")
    write_project(tmp_path, SMALL.replace("heading: Another", "heading: One more"), "b")
    return write_project(
        tmp_path, SMALL.replace("heading:", "heading: Not").replace("size: 320", "size: 318"), "c"
    )


def drawn(outcome) -> list[str]:
    return [shot.id for shot in outcome.result.shots if shot.outcome == "drawn"]


class Notes(Listener):
    def __init__(self):
        self.said = []

    def begun(self, video, shots):
        self.said.append(f"begun {video}")

    def ended(self, outcome):
        self.said.append(f"ended {outcome.video}")


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_two_videos_show_is_drawn_once_and_gives_the_bytes_of_each_alone(project, jobs, tmp_path):
    outcomes = run_all(requests(project, "a", "b", "c"), jobs=jobs)
    assert [one.exit_code for one in outcomes] == [0, 0, 0]
    counts = [one.result.counts.get("frames", 0) for one in outcomes]
    assert counts[0] + counts[1] == 50 + 30 and counts[2] == 50
    alone = write_project(tmp_path / "alone", SMALL.replace("heading: Another", "heading: One more"), "b")
    single = run_all(requests(alone, "b"), jobs=1)[0].result.directory
    together = outcomes[1].result.directory
    for path in single.iterdir():
        assert (together / path.name).read_bytes() == path.read_bytes(), path.name


def test_a_second_batch_begins_no_worker_and_draws_nothing(project):
    run_all(requests(project, "a", "b"), jobs=1)

    class Nobody:
        def perform(self, agenda, store):
            raise AssertionError("there is nothing to do")

    again = run_all(requests(project, "a", "b"), executor=Nobody())
    assert [drawn(one) for one in again] == [[], []]


def test_videos_are_read_as_the_pool_gets_to_them_and_published_as_soon_as_they_are_whole(project):
    notes = Notes()
    agenda = Batch(requests(project, "a", "b", "c"), 1, False, notes, None, stages)
    Here().perform(agenda, project.store_dir)
    assert notes.said == ["begun a", "ended a", "begun b", "ended b", "begun c", "ended c"]


def test_after_a_failure_no_other_video_is_begun(project):
    (project.scene_dir("b") / "storyboard.yaml").write_text("storyboard: 1\n")
    outcomes = run_all(requests(project, "b", "a"), jobs=1)
    assert [one.exit_code for one in outcomes] == [3, None]
    outcomes = run_all(requests(project, "b", "a"), jobs=1, keep_going=True)
    assert [one.exit_code for one in outcomes] == [3, 0]


def test_a_shot_that_fails_takes_the_videos_that_show_it_and_no_other(project, monkeypatch):
    from explainers.render import drawing

    real = drawing.picture_of

    def breaks(source, store, alone=False):
        picture = real(source, store, alone)
        if picture.width == 320:
            raise ValueError("a kind's mistake")
        return picture

    monkeypatch.setattr(drawing, "picture_of", breaks)
    outcomes = run_all(requests(project, "a", "b", "c"), jobs=1, keep_going=True)
    assert [one.exit_code for one in outcomes] == [5, 5, 0]
    assert "a kind's mistake" in str(outcomes[0].error)
    assert not (project.renders_dir("a") / "video.mp4").exists()


def test_what_a_failed_video_shares_with_another_is_still_drawn(tmp_path, monkeypatch):
    from explainers.render import drawing

    write_project(tmp_path, SMALL.replace("heading: Another", "heading: Broken"), "a")
    project = write_project(tmp_path, SMALL, "b")
    real = drawing.picture_of

    def breaks(source, store, alone=False):
        if getattr(source.unpacked()[0].params, "heading", "") == "Broken":
            raise ValueError("a kind's mistake")
        return real(source, store, alone)

    monkeypatch.setattr(drawing, "picture_of", breaks)
    monkeypatch.setattr("explainers.render.pipeline.AHEAD", 50)  # both are begun before anything is drawn
    outcomes = run_all(requests(project, "a", "b"), jobs=1, keep_going=True)
    assert [one.exit_code for one in outcomes] == [5, 0], [str(one.error) for one in outcomes]


def test_what_the_referee_refuses_is_not_published_and_the_others_are(project, monkeypatch):
    def judge(referee, products):
        if products.shots[1].shot.params.heading == "Another":
            raise RenderFailed("not this one")

    monkeypatch.setattr(Referee, "judge_pictures", judge)
    outcomes = run_all(requests(project, "a", "b"), jobs=1, keep_going=True)
    assert [one.exit_code for one in outcomes] == [5, 0]
    assert not (project.renders_dir("a") / "manifest.json").exists()


def test_many_videos_stay_few_at_a_time(tmp_path):
    names = list("abcdefghij")
    for name in names:
        project = write_project(tmp_path, SMALL.replace("First card", f"Card {name}"), name)
    most = 0

    class Counting(Batch):
        def next(self, after=None):
            nonlocal most
            task = super().next(after)
            most = max(most, len(self._open))
            return task

    agenda = Counting(requests(project, *names), 4, False, Listener(), None, stages)
    Here().perform(agenda, project.store_dir)
    assert len(agenda.outcomes) == 10 and most <= 4


def test_memory_and_open_files_do_not_grow_with_the_number_of_videos(tmp_path):
    import gc
    import tracemalloc
    from pathlib import Path

    names = list("abcdefghijklmnop")
    for name in names:
        project = write_project(tmp_path, SMALL.replace("First card", f"Card {name}"), name)
    seen = []

    class Watching(Listener):
        def ended(self, outcome):
            gc.collect()
            seen.append((tracemalloc.get_traced_memory()[0], len(list(Path("/proc/self/fd").iterdir()))))

    run_all(requests(project, *names[:2]), jobs=1)
    tracemalloc.start()
    try:
        run_all(requests(project, *names[2:]), jobs=1, listener=Watching())
    finally:
        tracemalloc.stop()
    assert len(seen) == 14
    # What a finished video leaves in memory is its result, and no open file.
    assert (seen[-1][0] - seen[3][0]) / 10 < 100_000
    assert seen[-1][1] == seen[3][1]
