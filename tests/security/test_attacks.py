"""One command for each attack of the table, and what three of them do where their defence is taken away.

`make attacks` runs all of them.
"""

from __future__ import annotations

import asyncio
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from attacks import ATTACKS, attempt
from attacks_output import ATTACKS as SHOWN
from attacks_output import Ground

from explainers import confined, inputs
from explainers.errors import InvalidInput
from explainers.fonts import SUBSTITUTE, Letters, spans, tried
from explainers.footage.cast import read_cast
from explainers.render.workers import _work
from explainers.site.serve import preview
from explainers.theme import SANS


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_reaches_nothing(name: str, tmp_path: Path) -> None:
    attack = ATTACKS[name]
    outcome, broken = attempt(attack, attack.command, tmp_path)
    assert not broken, outcome.said[-2000:]
    assert attack.words in outcome.said


UNDONE = {
    "a table that is a link out": (
        "from explainers import inputs; inputs.outside = inputs.leads_out = lambda *a: None\n"
        "inputs.keep_inside = lambda folder: None",
        "said the secret",
    ),
    "an SVG whose text is turned round": (
        "from explainers import confined; from explainers.footage import svg\n"
        "confined._SERVING = True; svg.control_character = lambda text: None",
        "it was taken",
    ),
}


@pytest.mark.parametrize("name", UNDONE)
def test_an_attack_succeeds_without_its_defence(name: str, tmp_path: Path) -> None:
    undone, harm = UNDONE[name]
    attack = ATTACKS[name]
    outcome, broken = attempt(attack, attack.command, tmp_path, undone)
    broken += [] if attack.words in outcome.said else ["it was taken"]
    assert harm in broken, outcome.said[-2000:]


def test_a_forged_store_is_believed_where_records_have_no_key(tmp_path: Path) -> None:
    attack, ground = SHOWN[0], Ground(tmp_path)
    attack.lay(ground)
    undone = "import json; from explainers.render.store import Store\n"
    undone += "Store.opened = lambda self, data: json.loads(data)"
    said = ground.run(*attack.command, undone=undone)
    assert "the stranger's picture" in str(attack.wrong(ground, said)), said.said[-2000:]


def test_a_link_put_in_a_folders_place_is_followed_by_nobody(tmp_path: Path) -> None:
    """When a file is opened, a folder on its way is a link out: readers, writers and servers refuse."""
    video, outside = tmp_path / "video", tmp_path / "outside"
    (video / "data").mkdir(parents=True)
    outside.mkdir()
    (outside / "file.txt").write_text("secret")
    inputs.keep_inside(video)
    (video / "data/file.txt").write_text("ours")
    assert _answer(video, "/data/file.txt") == (200, b"ours")
    inputs.put_file(video / "data/file.txt", (video / "data/file.txt").open("rb"))
    (video / "data").rename(tmp_path / "moved")
    (video / "data").symlink_to(outside)
    with pytest.raises(InvalidInput, match="can't be read"):
        inputs.open_file(video / "data/file.txt")
    with pytest.raises(OSError, match="leads out"):
        inputs.put_file(video / "data/file.txt", (tmp_path / "moved/file.txt").open("rb"))
    assert _answer(video, "/data/file.txt")[0] == 404
    assert (outside / "file.txt").read_text() == "secret" and len(list(outside.iterdir())) == 1


def _answer(folder: Path, path: str) -> tuple[int, bytes]:
    """What the preview of a folder answers."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "root_path": ""}
    scope |= {"headers": [(b"host", b"127.0.0.1")], "scheme": "http", "asgi": {"spec_version": "2.4"}}
    asyncio.run(preview(folder)(scope, receive, send))
    return sent[0]["status"], b"".join(each.get("body", b"") for each in sent[1:])


def test_a_file_that_is_swapped_while_it_is_looked_up_is_opened_or_refused(tmp_path: Path) -> None:
    """A thread puts a link out in the place of a folder and takes it away, as fast as it can."""
    video, outside, over = tmp_path / "video", tmp_path / "outside", threading.Event()
    for folder, text in ((video / "a", "ours"), (outside, "secret")):
        folder.mkdir(parents=True)
        (folder / "file.txt").write_text(text)
    inputs.keep_inside(video)

    def swap() -> None:
        while not over.is_set():
            (video / "a").rename(video / "b")
            (video / "a").symlink_to(outside)
            (video / "a").unlink()
            (video / "b").rename(video / "a")

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        found = set()
        for _ in range(2000):
            try:
                found.add(inputs.read_bytes(video / "a/file.txt", "file.txt", 100))
            except InvalidInput:
                found.add(b"")
    finally:
        over.set()
        thread.join()
    # On a busy machine the link may have been there at every look.
    found.add(inputs.read_bytes(video / "a/file.txt", "file.txt", 100))
    assert b"secret" not in found and b"ours" in found


def test_a_worker_opens_below_the_folders_of_the_process_that_sends_it_work(tmp_path: Path) -> None:
    class Pipe:
        def __init__(self) -> None:
            self.sent = [({tmp_path / "kept"}, None)]

        def fileno(self) -> int:
            return os.open("/dev/null", os.O_RDONLY)

        def recv(self) -> object:
            return self.sent.pop() if self.sent else (_ for _ in ()).throw(EOFError)

        def send(self, answer: object) -> None:
            pass

    before = inputs.kept_inside()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("explainers.render.workers._end_with_parent", lambda pipe: None)
        patched.setattr("explainers.render.workers.answer", lambda task, on_frames: None)
        patched.setattr("tempfile.tempdir", None)
        _work(Pipe(), str(tmp_path), dict(os.environ))  # type: ignore[arg-type]
    assert inputs.kept_inside() - before == {tmp_path / "kept"}


def test_words_do_not_hide_in_a_terminal_recording(tmp_path: Path) -> None:
    path = tmp_path / "it.cast"
    path.write_text('{"version": 2, "width": 80, "height": 24}\n[0.1, "o", "a\\u202eb\\u200b\\u001b[1mc"]\n')
    assert read_cast(path).events[0].data == f"a{SUBSTITUTE}b{SUBSTITUTE}\x1b[1mc"


def test_a_font_that_kills_its_reader_kills_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What FreeType does with a damaged font is nobody's promise: it is tried in a child first."""
    (tmp_path / "own.ttf").write_bytes(b"\0\1\0\0" + bytes(400))
    with pytest.raises(InvalidInput, match=r"own\.ttf can't be read"):
        spans("\ue000", SANS, Letters(files=(tmp_path / "own.ttf",)))
    asked = []
    monkeypatch.setattr(confined, "_ask", lambda function, *more: asked.append(function) or ["Own", [65]])
    tried.cache_clear()
    assert tried(tmp_path / "own.ttf") == ("Own", frozenset((65,)))
    assert [each.__name__ for each in asked] == ["_tried"]
    tried.cache_clear()
