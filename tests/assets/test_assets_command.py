"""`explainers assets`: what is there, what is missing, what has changed, and fetching it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from loopback import PEM, Server

from explainers.cli import run

STORYBOARD = "storyboard: 1\ntitle: T\nshots: [{id: a, kind: title, heading: H}]\n"


def project(root: Path, files: str) -> Path:
    (root / "pyproject.toml").write_text("[tool.explainers]\n")
    (root / "scenes/v").mkdir(parents=True)
    (root / "scenes/v/storyboard.yaml").write_text(STORYBOARD)
    (root / "assets/v/captures").mkdir(parents=True)
    (root / "assets/v/assets.yaml").write_text(
        f"sources: {{author: {{kind: measured, citation: The author}}}}\nfiles:\n{files}"
    )
    return root


def entry(path: str, more: str = "") -> str:
    return f"  {path}: {{shows: a street, from: author{more}}}\n"


def listed(root: Path, capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, dict[str, str]]:
    run(["--project", str(root), "assets", "v", "--json", *more])
    (video,) = json.loads(capsys.readouterr().out)
    return {one["path"]: one for one in video["files"]}


def test_each_declared_file_is_present_missing_or_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    right = hashlib.sha256(b"here").hexdigest()
    files = entry("captures/here.jpg", f", sha256: {right}") + entry(
        "captures/other.jpg", f", sha256: {right}"
    )
    root = project(tmp_path, files + entry("captures/gone.jpg", ", note: ask Daniel"))
    (root / "assets/v/captures/here.jpg").write_bytes(b"here")
    (root / "assets/v/captures/other.jpg").write_bytes(b"other")
    found = listed(root, capsys)
    assert {path: one["state"] for path, one in found.items()} == {
        "captures/here.jpg": "present",
        "captures/other.jpg": "changed",
        "captures/gone.jpg": "missing",
    }
    assert found["captures/gone.jpg"]["how"] == "ask Daniel"


def test_missing_files_are_listed_with_what_they_show_and_no_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = project(tmp_path, entry("captures/gone.jpg", ", note: ask Daniel"))
    assert run(["--project", str(root), "assets"]) == 0
    out = capsys.readouterr().out
    assert "v: 1 missing" in out
    assert "captures/gone.jpg  a street" in out
    assert "ask Daniel" in out


def test_fetch_downloads_what_is_missing_and_has_a_url(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(PEM))
    server.files["/street.jpg"] = b"a street"
    files = entry("captures/street.jpg", f", url: '{server.url}/street.jpg'") + entry("captures/own.jpg")
    found = listed(project(tmp_path, files), capsys, "--fetch")
    assert found["captures/street.jpg"]["state"] == "present"
    assert found["captures/own.jpg"]["state"] == "missing"
    assert [path for path, _ in server.asked] == ["/street.jpg"]
    listed(tmp_path, capsys, "--fetch")
    assert len(server.asked) == 1


def test_a_download_that_fails_is_told_and_fails_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(PEM))
    root = project(tmp_path, entry("captures/street.jpg", f", url: '{server.url}/street.jpg'"))
    assert run(["--project", str(root), "assets", "--fetch"]) == 3
    assert "answered 404" in capsys.readouterr().out


def test_without_fetch_nothing_is_asked_of_the_network(
    tmp_path: Path, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    listed(project(tmp_path, entry("captures/street.jpg", f", url: '{server.url}/street.jpg'")), capsys)
    assert server.asked == []


def test_a_url_that_is_not_https_is_a_mistake_with_a_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = project(tmp_path, entry("captures/street.jpg", ", url: 'http://example.org/street.jpg'"))
    assert run(["--project", str(root), "assets"]) == 3
    assert "assets/v/assets.yaml:3" in capsys.readouterr().err


def test_a_path_that_leads_out_of_the_folder_is_never_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(PEM))
    server.files["/x"] = b"x"
    root = project(tmp_path, entry("../../outside.jpg", f", url: '{server.url}/x'"))
    assert run(["--project", str(root), "assets", "--fetch"]) == 3
    assert server.asked == []
    assert not (tmp_path / "outside.jpg").exists()
