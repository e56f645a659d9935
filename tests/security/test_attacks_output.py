"""One command for each attack of `attacks_output`; secrets of servers, and what is forged in a video."""

from __future__ import annotations

import http.client
import json
import os
import re
import tomllib
import webbrowser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from attacks_output import ATTACKS, Attack, Ground
from small import render, write_project

import explainers.assets.fetch as fetching
from explainers import trust
from explainers.check.delivered import verify
from explainers.cli.studio import _open
from explainers.errors import control_character, json_text, one_line
from explainers.plan import load_plan
from explainers.project import is_video_name
from explainers.render.stills import still
from explainers.render.store import RECORD, Store
from explainers.site.serve import listen, preview, server_of

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name[:40])
def test_an_attack_is_held_back(attack: Attack, tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    attack.lay(ground)
    assert attack.run(ground) is None


def test_a_product_of_another_key_is_none_and_stays_where_it_is(tmp_path: Path) -> None:
    key, theirs, ours = "ab" * 32, Store(tmp_path, "their secret, long"), Store(tmp_path)
    with theirs.making(key) as folder:
        (folder / "clip.mp4").write_text("forged")
        theirs.keep(key, folder)
    assert ours.find(key) is None and ours.foreign == 1
    record = tmp_path / key[:2] / key / RECORD
    # With our key's name written over theirs it is damaged, and no product either.
    forged = json.loads(record.read_text()) | {"by": trust.key_name(ours.secret)}
    record.write_text(json.dumps(forged))
    assert ours.find(key) is None and ours.foreign == 1
    with ours.making(key) as folder:
        (folder / "clip.mp4").write_text("made here")
        assert ours.keep(key, folder).files["clip.mp4"].read_text() == "made here"


def test_a_product_that_uses_itself_is_none(tmp_path: Path) -> None:
    store, key = Store(tmp_path), "cd" * 32
    folder = tmp_path / key[:2] / key
    folder.mkdir(parents=True)
    (folder / RECORD).write_bytes(store.sealed({"key": key, "files": {}, "notes": {}, "uses": [key]}))
    assert store.find(key) is None


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(trust.FOLDER, str(tmp_path / "config"))
    key = trust.store_key()
    assert trust.store_key() == key and (tmp_path / "config/store.key").stat().st_mode & 0o077 == 0
    monkeypatch.setenv(trust.STORE_KEY, "a secret of the CI's")
    assert trust.store_key() == "a secret of the CI's"


def test_a_forged_video_is_known_by_its_pictures_and_replaced(tmp_path: Path) -> None:
    """The file, its manifest and the digests in it are all the stranger's, and fit each other."""
    project = write_project(tmp_path / "project")
    shown = render(load_plan(project, "small", "draft")).directory
    good = (shown / "video.mp4").read_bytes()
    path = project.assets_dir("small") / "data/runs.csv"
    table = path.read_text()
    path.write_text(table.replace("108", "190"))
    board = project.storyboard_path("small")
    board.write_text(board.read_text().replace("First card", "Forged card").replace("Another", "Forged"))
    render(load_plan(project, "small", "draft"))
    forged = shown / "video.mp4"
    manifest = json.loads((shown / "manifest.json").read_text())
    path.write_text(table)
    board.write_text(board.read_text().replace("Forged card", "First card").replace("Forged", "Another"))
    plan = load_plan(project, "small", "draft")
    found = verify(forged, project, None, still)
    assert found.same_pictures is False and any("shows something else" in one for one in found.reasons)
    texts = [re.split(r"\s", one.text)[0] for one in found.numbers]
    assert texts == ["100.0", "108.0", "+8.0"]
    # A content id that fits the inputs, over the stranger's pictures.
    text = (shown / "manifest.json").read_text().replace(manifest["content_id"], plan_content(plan))
    (shown / "manifest.json").write_text(text)
    assert render(plan).directory == shown and forged.read_bytes() == good


def plan_content(plan) -> str:
    from explainers.render.planner import products_of

    return products_of(plan).content_id


def test_the_preview_gives_no_hidden_files_and_answers_this_machines_names(tmp_path: Path) -> None:
    import threading

    (tmp_path / ".env").write_text("secret")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/config").write_text("secret")
    (tmp_path / "index.html").write_text("page")
    listening = listen(0)
    port, server = listening.getsockname()[1], server_of(preview(tmp_path))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        asked = {path: _asked(port, path) for path in ("/.env", "/.git/config", "/%2eenv", "/a/..%2f.env")}
        assert {path: status for path, (status, body) in asked.items()} == dict.fromkeys(asked, 404)
        assert not any(b"secret" in body for _, body in asked.values())
        assert _asked(port, "/") == (200, b"page") and _asked(port, "/", "localhost")[0] == 200
        assert _asked(port, "/", "evil.example")[0] == 400
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


def _asked(port: int, path: str, host: str = "127.0.0.1") -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", path, headers={"Host": f"{host}:{port}"})
    answer = connection.getresponse()
    return answer.status, answer.read()


ADDRESSES = ("https://[::1/x", "https://127.0.0.1:99999/x", "https://a..b\u2028/x", "https://")


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("redirected", [False, True])
def test_an_address_that_means_nothing_is_called_that(
    address: str, redirected: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = fetching._ask

    def answer(url: str, *more: Any) -> tuple[Any, Any]:
        if not url.startswith("https://first/"):
            return ask(url, *more)
        moved = SimpleNamespace(status=302, getheader=lambda name: address)
        return SimpleNamespace(close=lambda: None), moved

    monkeypatch.setattr(fetching, "_ask", answer)
    with pytest.raises(fetching.FetchFailed):
        fetching.fetch("https://first/" if redirected else address, tmp_path / "file")
    assert not (tmp_path / "file").exists()


def test_no_argument_of_the_browser_holds_the_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    _open("http://127.0.0.1:1/secret-token/", tmp_path / "open.html")
    assert opened == [(tmp_path / "open.html").as_uri()]
    assert (tmp_path / "open.html").stat().st_mode & 0o077 == 0
    assert "secret-token" in (tmp_path / "open.html").read_text()


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("drex", True), ("1", True), ("v1.2 final_x", True), ("caf\u00e9", True), ("cafe\u0301", True),
        ("\u0441\u0435\u0433", True), ("a-", True), ("", False), (".", False), ("..", False),
        (".store", False),
        ("-x", False), ("_x", False), ("a/b", False), ("a\\b", False), ("a:b", False), ("con", False),
        ("NUL.x", False), ("index.html", False), ("a ", False), ("a.", False), ("a\nb", False),
        ("a\u202eb", False), ("x" * 101, False), ("a\udcffb", False), ("<b>", False),
    ],
)  # fmt: skip
def test_names_of_videos_have_one_rule(name: str, good: bool) -> None:
    assert is_video_name(name) is good


def test_what_is_not_seen_is_written_out() -> None:
    text = "a\x1b[2J\u202eb\u200b\U000e0041\n\udcff"
    assert one_line(text) == "a\\u001b[2J\\u202eb\\u200b\\U000e0041\\n\\udcff"
    assert json.loads(json_text(text)) == text and json_text(text).isascii()
    assert (
        control_character("\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f ok") is None
    )
    assert control_character("family \U0001f468\u200d\U0001f469 \u0645\u06cc\u200c\u0634") is None


def test_the_lock_holds_every_dependency_with_a_version_that_is_allowed() -> None:
    from packaging.requirements import Requirement

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *(line for extra in extras for line in extra)]
    text = (ROOT / "requirements.lock").read_text()
    pinned: dict[str, list[str]] = {}
    for entry in re.split(r"\n(?=\S)", text.strip()):
        match = re.match(r"([\w.-]+)(?:\[.*?\])?==(\S+)", entry)
        assert match and entry.count("--hash=sha256:") >= 1, entry[:80]
        pinned.setdefault(match[1].lower(), []).append(match[2])
    for line in wanted:
        need = Requirement(line)
        if need.name != "explainers":
            versions = pinned[re.sub(r"[-_.]+", "-", need.name).lower()]
            assert all(need.specifier.contains(version) for version in versions), (line, versions)
    assert os.sep not in text.replace("\\\n", "")
