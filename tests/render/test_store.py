"""The store: whole products or none, whatever happens to the process or the disk."""

import errno
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from explainers.errors import RenderFailed
from explainers.render.store import Store
from explainers.scratch import Scratch, reported

KEY = "ab" * 32


def keep(store: Store, text: str = "content", key: str = KEY):
    with store.making(key) as folder:
        (folder / "clip.mp4").write_text(text)
        return store.keep(key, folder, {"frames": 3})


def test_a_product_is_given_back_with_its_files_and_notes(tmp_path):
    keep(Store(tmp_path))
    found = Store(tmp_path).find(KEY)
    assert found.files["clip.mp4"].read_text() == "content"
    assert found.notes == {"frames": 3}


def test_an_unknown_key_has_no_product(tmp_path):
    assert Store(tmp_path / "nowhere").find(KEY) is None


@pytest.mark.parametrize("damage", ["flip", "truncate", "remove", "record"])
def test_a_damaged_product_is_as_good_as_none_and_can_be_made_again(tmp_path, damage):
    store = Store(tmp_path)
    path = keep(store).files["clip.mp4"]
    data = bytearray(path.read_bytes())
    if damage == "flip":
        data[3] ^= 1
        path.write_bytes(data)
    elif damage == "truncate":
        path.write_bytes(data[:-1])
    elif damage == "remove":
        path.unlink()
    else:
        path.with_name("product.json").write_text("{")
    assert store.find(KEY) is None
    assert keep(store).files["clip.mp4"].read_text() == "content"


def test_no_flipped_bit_of_a_record_gives_another_product(tmp_path):
    store, other = Store(tmp_path), "b" * 64
    keep(store)
    with store.making(other) as folder:
        (folder / "part.txt").write_text("part")
        whole = store.keep(other, folder, {"frames": 30, "sizes": {10: 1, 9: 2}}, uses=[KEY])
    path = whole.files["part.txt"].with_name("product.json")
    data = path.read_bytes()
    for bit in range(8 * len(data)):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        path.write_bytes(flipped)
        found = store.find(other)
        assert found is None or found == whole, bytes(flipped)
    path.write_bytes(data)
    assert store.find(other) == whole


def test_what_is_not_kept_leaves_nothing_behind(tmp_path):
    store = Store(tmp_path)
    with pytest.raises(ZeroDivisionError), store.making(KEY) as folder:
        (folder / "clip.mp4").write_text("half")
        raise ZeroDivisionError
    assert store.find(KEY) is None
    assert not list(tmp_path.rglob("clip.mp4"))


def test_the_first_of_two_makers_wins_and_both_are_served(tmp_path):
    one, other = Store(tmp_path), Store(tmp_path)
    with one.making(KEY) as first, other.making(KEY) as second:
        for folder in (first, second):
            (folder / "clip.mp4").write_text("content")
        assert one.keep(KEY, first).files == other.keep(KEY, second).files


def test_what_a_killed_process_left_is_removed_and_a_living_one_is_let_be(tmp_path):
    code = """
        import os, pathlib, signal
        from explainers.render.store import Store
        with Store(pathlib.Path({root!r})).making("k" * 64) as folder:
            (folder / "clip.mp4").write_text("half")
            os.kill(os.getpid(), signal.SIGKILL)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code.format(root=str(tmp_path)))], check=False)
    store = Store(tmp_path)
    assert list(tmp_path.rglob("clip.mp4"))
    with store.making(KEY) as folder:
        assert Store(tmp_path).clean() == 1
        assert folder.is_dir()
    assert not list(tmp_path.rglob("clip.mp4"))


def test_memories_are_kept_by_name(tmp_path):
    store = Store(tmp_path)
    assert store.recall("drex/race") == {}
    store.remember("drex/race", {"seconds": 1.5})
    store.remember("drex", {"whole": True})
    assert store.recall("drex/race") == {"seconds": 1.5}
    assert store.recall("drex") == {"whole": True}


def test_names_with_dots_and_slashes_stay_inside_the_store(tmp_path):
    store = Store(tmp_path / "store")
    store.remember("../../x/..", {"a": 1})
    assert store.recall("../../x/..") == {"a": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


@pytest.mark.parametrize(
    ("code", "words"),
    [(errno.ENOSPC, "the disk is full"), (errno.EROFS, "read-only"), (errno.EACCES, "may not write")],
)
def test_a_refusing_disk_is_called_what_it_is(code, words):
    with pytest.raises(RenderFailed, match=words), reported("the store", Path("/x")):
        raise OSError(code, "no")


def test_other_errors_are_not_dressed_up(tmp_path):
    with pytest.raises(FileNotFoundError), reported("the store", tmp_path):
        (tmp_path / "none").read_text()


def test_an_aside_folder_goes_away_when_nothing_is_written_in_it(tmp_path):
    aside = Scratch(tmp_path / ".aside")
    with aside.folder("x") as outer:
        with aside.folder("x") as inner:
            assert inner != outer
        assert outer.is_dir()
    assert not (tmp_path / ".aside").exists()
