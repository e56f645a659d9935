"""The power fails at any moment: nothing half is seen under its name, the next run gives the same bytes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from explainers.plan import load_plan
from explainers.project import Project
from explainers.render import store as care
from explainers.render.store import Store

from power import Record, recorded  # isort: skip
from small import SMALL, write_project, render as draw  # isort: skip


def render(root: Path) -> None:
    draw(load_plan(Project(root), "small"), jobs=1)


def published(root: Path) -> dict[str, bytes]:
    folder = root / "renders/small"
    return (
        {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
        if folder.is_dir()
        else {}
    )


@pytest.fixture(scope="module")
def story(tmp_path_factory) -> tuple[Record, dict[str, bytes], dict[str, bytes]]:
    """A second render, after an edit, recorded; and what was published before and after it."""
    folder = tmp_path_factory.mktemp("power")
    project = write_project(folder / "project")
    render(project.root)
    before = published(project.root)
    project.storyboard_path("small").write_text(SMALL.replace("heading: Another", "heading: One more"))
    with pytest.MonkeyPatch.context() as patch, recorded(project.root, folder / "before", patch) as record:
        render(project.root)
    return record, before, published(project.root)


def test_the_render_that_is_recorded_writes_products_and_files(story) -> None:
    record, before, after = story
    names = {rename.target.name for rename in record.renames}
    assert {"video.mp4", "manifest.json"} <= names
    assert sum(len(name) == 64 for name in names) >= 3
    assert before["video.mp4"] != after["video.mp4"]


def test_no_file_is_seen_under_its_name_before_it_is_whole(story, tmp_path: Path) -> None:
    record, before, after = story
    finished = Store(Project(record.root).store_dir)
    whole = {one.key: product for one in care.kept(finished) if (product := finished.find(one.key))}
    for count in range(len(record.renames) + 1):
        root = record.disk_after(count, tmp_path / str(count))
        for name, data in published(root).items():
            assert data in (before.get(name), after.get(name)), (count, name)
        # Products are not forced to disk: each is whole, or as good as absent.
        store = Store(Project(root).store_dir)
        for one in care.kept(store):
            product = store.find(one.key)
            for name, path in product.files.items() if product else ():
                assert path.read_bytes() == whole[one.key].files[name].read_bytes(), (count, one.key)


def test_the_manifest_comes_last(story) -> None:
    record, _, _ = story
    assert record.renames[-1].target.name == "manifest.json" or all(
        rename.target.name != "manifest.json" for rename in record.renames
    )


def test_when_a_render_has_ended_all_that_is_published_is_on_disk(story) -> None:
    record, _, _ = story
    assert (record.root / "renders/small").stat().st_ino not in record.loose
    assert record.loose <= {path.stat().st_ino for path in (record.root / "renders/.store").rglob("*")}


def test_the_next_run_goes_on_and_gives_the_same_bytes(story, tmp_path: Path) -> None:
    record, _, after = story
    step = max(1, len(record.renames) // 5)
    for count in range(0, len(record.renames) + 1, step):
        root = record.disk_after(count, tmp_path / str(count))
        render(root)
        assert published(root) == after, count


def test_what_is_not_forced_to_disk_is_lost_in_this_model(tmp_path: Path, monkeypatch) -> None:
    """The simulation itself: a file that is renamed in without fsync comes out empty."""
    root = tmp_path / "project"
    root.mkdir()
    with recorded(root, tmp_path / "before", monkeypatch) as record:
        for name in ("forced", "not"):
            with (root / f"{name}.new").open("wb") as file:
                file.write(b"all of it")
                file.flush()
                if name == "forced":
                    os.fsync(file.fileno())
            (root / f"{name}.new").replace(root / name)
    disk = record.disk_after(2, tmp_path / "after")
    assert ((disk / "forced").read_bytes(), (disk / "not").read_bytes()) == (b"all of it", b"")
    assert record.loose
