"""The care of a store: what is in it, whether it is whole, and that nothing goes that is needed."""

import json
import os
import subprocess
import sys
import textwrap
import time

import pytest

from explainers.errors import UsageError
from explainers.render.store import DAY_S, Store, collect, damaged, kept, remove, stats

from small import write_project  # isort: skip


def keep(store: Store, number: int, age_days: float = 0.0, size: int = 1000, uses=()) -> str:
    """A product that was last used so many days ago."""
    key = f"{number:02x}" * 32
    with store.making(key) as folder:
        (folder / "clip.mp4").write_bytes(b"x" * size)
        store.keep(key, folder, uses=uses)
    when = time.time() - age_days * DAY_S
    os.utime(store.root / key[:2] / key / "product.json", (when, when))
    return key


def keys(store: Store) -> list[str]:
    return [one.key for one in kept(store)]


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "store")


def test_what_was_not_used_for_long_goes_and_a_use_keeps_it(store):
    old, used, new = keep(store, 1, 40), keep(store, 2, 40), keep(store, 3, 2)
    assert store.find(used) is not None
    done = collect(store, keep_days=30)
    assert keys(store) == [used, new] and old not in keys(store)
    assert (done.removed, done.left) == (1, 2)


def test_the_longest_unused_go_until_the_rest_fits(store):
    products = [keep(store, number, age_days=number) for number in range(1, 6)]
    size = sum(one.bytes for one in kept(store)) // 5
    done = collect(store, max_bytes=2 * size + 10)
    assert keys(store) == sorted(products[:2])
    assert done.left_bytes <= 2 * size + 10


def test_nothing_of_the_last_hour_goes_however_small_the_store_is_to_be(store):
    keep(store, 1)
    assert collect(store, max_bytes=0, keep_days=0).removed == 0


def test_what_a_product_uses_is_as_young_as_the_product(store):
    pixels = keep(store, 1)
    clip = keep(store, 2, 1, uses=[pixels])
    long_ago = time.time() - 40 * DAY_S
    os.utime(store.root / pixels[:2] / pixels / "product.json", (long_ago, long_ago))
    collect(store, keep_days=30)
    assert keys(store) == [pixels, clip]
    assert collect(store, max_bytes=0).removed == 2


def test_a_running_render_keeps_what_it_looked_up_and_what_came_later(store, tmp_path):
    looked_up, idle = keep(store, 1, 40), keep(store, 2, 40)
    script = """
        import sys
        from pathlib import Path
        from explainers.render.store import Store
        store = Store(Path(sys.argv[1]))
        with store.in_use():
            store.find(sys.argv[2])
            print("ready", flush=True)
            sys.stdin.read()
        """
    command = [sys.executable, "-c", textwrap.dedent(script), str(store.root), looked_up]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as render:
        assert render.stdout.readline() == "ready\n"
        assert stats(store).running == 1
        # Two hours later, were it not for the render, both could go.
        collect(store, max_bytes=0, now=time.time() + 7200)
        assert keys(store) == [looked_up]
        render.kill()
    assert stats(store).running == 0
    assert idle not in keys(store)
    assert collect(store, max_bytes=0, now=time.time() + 7200).removed == 1


def test_a_product_that_goes_while_another_looks_is_absent_and_no_error(store):
    key = keep(store, 1, 40)
    [product] = kept(store)
    assert remove(store, [product, product]) == 1
    assert store.find(key) is None


def test_damage_is_found_named_and_taken_away(store):
    whole, flipped = keep(store, 1), keep(store, 2)
    lacking = keep(store, 3, uses=[flipped])
    path = store.root / flipped[:2] / flipped / "clip.mp4"
    path.write_bytes(b"y" + path.read_bytes()[1:])
    assert [one.key for one in damaged(store)] == [flipped, lacking]
    remove(store, damaged(store))
    assert keys(store) == [whole] and damaged(store) == []


@pytest.fixture
def project(tmp_path, monkeypatch):
    project = write_project(tmp_path / "project")
    monkeypatch.chdir(project.root)
    return project


def run(*arguments: str, capsys) -> tuple[int, str]:
    from explainers.cli import run as command

    code = command(list(arguments))
    return code, capsys.readouterr().out


def test_the_commands_say_what_there_is_in_words_and_as_json(project, capsys):
    store = Store(project.store_dir)
    key = keep(store, 1, 40)
    assert "encoded frames" in run("store", "stats", capsys=capsys)[1]
    assert json.loads(run("store", "stats", "--json", capsys=capsys)[1])["products"] == 1
    path = store.root / key[:2] / key / "clip.mp4"
    path.write_bytes(b"")
    code, said = run("store", "verify", capsys=capsys)
    assert code == 1 and key in said
    code, said = run("store", "verify", "--remove", "--json", capsys=capsys)
    assert code == 0 and json.loads(said)["damaged"] == [key]
    keep(store, 2, 40)
    code, said = run("store", "gc", "--max-size", "1MB", "--keep-days", "30", capsys=capsys)
    assert code == 0 and "1 products removed" in said


@pytest.mark.parametrize(
    ("text", "size"), [("5GB", 5 * 10**9), ("1.5 GiB", 3 * 2**29), ("400", 400), ("2mb", 2_000_000)]
)
def test_sizes_are_read_with_their_units(text, size):
    from explainers.cli.store import size_of

    assert size_of(text) == size


@pytest.mark.parametrize(
    ("text", "hint"),
    [("5GIG", "did you mean 'GIB'"), ("much", "5GB"), ("-3GB", "expected"), ("9" * 400 + "GB", "expected")],
)
def test_what_is_no_size_is_said_with_what_is_one(text, hint):
    from explainers.cli.store import size_of

    with pytest.raises(UsageError, match=hint):
        size_of(text)
