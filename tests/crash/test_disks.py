"""Disks that are full or read-only, files that vanish, fonts that are not there: told as what they are.

Real file systems are mounted for this, so these tests need root, as the containers of CI have it; without
it they fail saying so.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from explainers.errors import InvalidInput, RenderFailed
from explainers.plan import load_plan
from explainers.project import Project
from explainers.render import store as care
from explainers.render.store import Store

from session import begun, ran  # isort: skip
from small import render as draw  # isort: skip
from small_films import filming  # isort: skip

Mount = Callable[[Path, str], None]


@pytest.fixture
def mount() -> Iterator[Mount]:
    """Mounts a file system in memory on a folder; all are gone afterwards."""
    mounted: list[Path] = []

    def one(folder: Path, options: str) -> None:
        folder.mkdir(exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder]
        if "remount" in options:
            command = ["mount", "-o", options, folder]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, f"these tests mount small disks, which takes root: {done.stderr}"
        if folder not in mounted:
            mounted.append(folder)

    yield one
    for folder in mounted:
        subprocess.run(["umount", "-l", folder], check=True)


@pytest.fixture(scope="module")
def film(tmp_path_factory) -> Path:
    return filming(tmp_path_factory.mktemp("film"), 2, "320x180", "size: 320x180, fps: 10")


@pytest.fixture
def root(film: Path, tmp_path: Path) -> Path:
    shutil.copytree(film, tmp_path / "film")
    return tmp_path / "film"


def sound(root: Path) -> None:
    """The store is whole, nothing is half there, and with room again the video is made."""
    assert care.damaged(Store(Project(root).store_dir)) == []
    assert not list((root / "renders").glob("small/*"))
    assert not list((root / "renders").rglob("*.lock"))


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("size", ["60k", "260k"])
def test_a_full_disk_is_called_a_full_disk(root: Path, mount: Mount, size: str, jobs: str) -> None:
    mount(root / "renders", f"size={size}")
    code, words = ran(root, "render", "small", "--jobs", jobs, "--no-check")
    assert code == 5, words
    assert "can't be written: the disk is full" in words
    assert "Traceback" not in words
    sound(root)
    mount(root / "renders", "remount,size=16m")
    code, words = ran(root, "render", "small", "--jobs", jobs, "--no-check")
    assert code == 0, words


def test_a_read_only_store_is_called_read_only(root: Path, mount: Mount) -> None:
    mount(root / "renders", "size=16m")
    mount(root / "renders", "remount,ro")
    code, words = ran(root, "render", "small")
    assert code == 5 and "on a read-only disk" in words and "Traceback" not in words


def test_a_full_folder_for_temporary_files_is_called_that(root: Path, tmp_path: Path, mount: Mount) -> None:
    mount(tmp_path / "tmp", "size=16k")
    (tmp_path / "tmp" / "filler").write_bytes(bytes(8 * 1024))
    code, words = ran(root, "render", "small", "--jobs", "1", "--no-check", TMPDIR=str(tmp_path / "tmp"))
    assert code == 5, words
    assert f"temporary files at {tmp_path / 'tmp'} can't be written: the disk is full" in words
    sound(root)


def test_a_capture_that_vanishes_after_planning_is_named(root: Path) -> None:
    plan = load_plan(Project(root), "small")
    (root / "assets/small/page.mp4").unlink()
    with pytest.raises((RenderFailed, InvalidInput), match=r"page\.mp4.*(No such file|is gone|went missing)"):
        draw(plan, jobs=1)
    sound(root)


def test_a_missing_font_names_what_brings_it(root: Path, tmp_path: Path) -> None:
    """Fonts are looked for in what is installed; here is an installation without them."""
    code = (
        "import sys, importlib.metadata as m; real = m.distribution\n"
        "def without(name):\n"
        "    if name.startswith('fontpkg'): raise m.PackageNotFoundError(name)\n"
        "    return real(name)\n"
        "m.distribution = without\n"
        "from explainers.cli import main; main(sys.argv[1:])"
    )
    command = [sys.executable, "-c", code, "--project", str(root), "render", "small", "--jobs", "1"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 4, done.stderr
    assert "pip install fontpkg-inter" in done.stderr and "Traceback" not in done.stderr
    sound(root)


def test_a_failing_ffmpeg_is_told_with_its_words(root: Path, tmp_path: Path) -> None:
    fake = tmp_path / "ffmpeg"
    script = [
        "#!/bin/sh",
        'case "$*" in *-version*) echo ffmpeg version 9.0;; *) echo broke >&2; exit 3;; esac',
    ]
    fake.write_text("\n".join(script))
    fake.chmod(0o755)
    code, words = ran(root, "render", "small", IMAGEIO_FFMPEG_EXE=str(fake))
    assert code in (3, 5) and "broke" in words and "Traceback" not in words
    sound(root)


def test_two_batches_at_once_share_the_store(root: Path) -> None:
    sessions = [begun(root, "render", "small", "--jobs", "2", "--no-check") for _ in range(3)]
    ends = [session.end() for session in sessions]
    assert [code for code, _ in ends] == [0, 0, 0], ends
    assert care.damaged(Store(Project(root).store_dir)) == []
    alone = filming(root.parent / "alone", 2, "320x180", "size: 320x180, fps: 10")
    assert ran(alone, "render", "small", "--jobs", "1", "--no-check")[0] == 0
    for path in (alone / "renders/small").iterdir():
        if path.is_file():
            assert (root / "renders/small" / path.name).read_bytes() == path.read_bytes(), path.name
    assert not [path for path in (root / "renders/small").iterdir() if path.name.startswith(".")]
