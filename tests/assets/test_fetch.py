"""Downloads: https only, limited, checked, resumed, and never half there."""

from __future__ import annotations

import hashlib
import ssl
from pathlib import Path

import pytest
from loopback import Server

from explainers.assets.fetch import FetchFailed, fetch, partial_of

DATA = bytes(range(256)) * 4096


def _begun(url: str, path: Path) -> Path:
    """Where an interrupted download has left its part, in a folder that is there."""
    found = partial_of(url, path)
    found.parent.mkdir(parents=True, exist_ok=True)
    return found


def test_a_file_is_fetched_and_its_checksum_told(
    server: Server, trust: ssl.SSLContext, tmp_path: Path
) -> None:
    server.files["/street.jpg"] = DATA
    done = fetch(f"{server.url}/street.jpg", tmp_path / "captures/street.jpg", trust=trust)
    assert done.path.read_bytes() == DATA
    assert done.sha256 == hashlib.sha256(DATA).hexdigest()
    assert sorted(path.name for path in done.path.parent.iterdir()) == ["street.jpg"]


def test_only_https_is_fetched(tmp_path: Path) -> None:
    for url in ("http://127.0.0.1/x", "file:///etc/hosts", "ftp://127.0.0.1/x"):
        with pytest.raises(FetchFailed, match="only https"):
            fetch(url, tmp_path / "x")


def test_a_redirect_to_another_scheme_is_refused(
    server: Server, trust: ssl.SSLContext, tmp_path: Path
) -> None:
    server.redirects["/a"] = "http://127.0.0.1/a"
    with pytest.raises(FetchFailed, match="only https"):
        fetch(f"{server.url}/a", tmp_path / "a", trust=trust)


def test_a_redirect_on_the_same_server_is_followed(
    server: Server, trust: ssl.SSLContext, tmp_path: Path
) -> None:
    server.redirects["/a"] = "/b"
    server.files["/b"] = b"there"
    assert fetch(f"{server.url}/a", tmp_path / "a", trust=trust).path.read_bytes() == b"there"


def test_redirects_in_a_circle_end(server: Server, trust: ssl.SSLContext, tmp_path: Path) -> None:
    server.redirects["/a"] = "/a"
    with pytest.raises(FetchFailed, match="redirects"):
        fetch(f"{server.url}/a", tmp_path / "a", trust=trust)


def test_a_certificate_nobody_vouches_for_is_refused(server: Server, tmp_path: Path) -> None:
    server.files["/a"] = b"a"
    with pytest.raises(FetchFailed, match="certificate"):
        fetch(f"{server.url}/a", tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_an_interrupted_download_goes_on_where_it_stopped(
    server: Server, trust: ssl.SSLContext, tmp_path: Path
) -> None:
    server.files["/a"], server.cut_after["/a"] = DATA, 300_000
    with pytest.raises(FetchFailed, match="again"):
        fetch(f"{server.url}/a", tmp_path / "a", trust=trust)
    assert not (tmp_path / "a").exists()
    done = fetch(f"{server.url}/a", tmp_path / "a", hashlib.sha256(DATA).hexdigest(), trust=trust)
    assert done.path.read_bytes() == DATA
    assert done.resumed_from == 300_000
    assert server.asked == [("/a", None), ("/a", "bytes=300000-")]


def test_a_server_without_ranges_sends_all_of_it_again(
    server: Server, trust: ssl.SSLContext, tmp_path: Path
) -> None:
    server.ranges = False
    server.files["/a"] = DATA
    _begun(f"{server.url}/a", tmp_path / "a").write_bytes(b"something else")
    done = fetch(f"{server.url}/a", tmp_path / "a", trust=trust)
    assert done.path.read_bytes() == DATA
    assert done.resumed_from == 0


def test_what_is_longer_than_the_servers_file_is_thrown_away(
    server: Server, trust: ssl.SSLContext, tmp_path: Path
) -> None:
    server.files["/a"] = b"short"
    _begun(f"{server.url}/a", tmp_path / "a").write_bytes(b"longer than that")
    assert fetch(f"{server.url}/a", tmp_path / "a", trust=trust).path.read_bytes() == b"short"


@pytest.mark.parametrize("told", [True, False])
def test_nothing_larger_than_the_limit_is_kept(
    server: Server, trust: ssl.SSLContext, tmp_path: Path, told: bool
) -> None:
    server.files["/a"], server.lengths = DATA, told
    with pytest.raises(FetchFailed, match="limit of 1,000"):
        fetch(f"{server.url}/a", tmp_path / "a", limit_bytes=1000, trust=trust)
    assert list(tmp_path.iterdir()) == []


def test_another_file_than_declared_is_not_kept(
    server: Server, trust: ssl.SSLContext, tmp_path: Path
) -> None:
    server.files["/a"] = b"another"
    with pytest.raises(FetchFailed, match="another file than was declared"):
        fetch(f"{server.url}/a", tmp_path / "a", "0" * 64, trust=trust)
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_does_not_have_it_is_named_with_its_answer(
    server: Server, trust: ssl.SSLContext, tmp_path: Path
) -> None:
    with pytest.raises(FetchFailed, match=r"127\.0\.0\.1 answered 404"):
        fetch(f"{server.url}/nothing", tmp_path / "a", trust=trust)


def test_nothing_is_written_through_links_that_came_with_a_project(
    server: Server, trust: ssl.SSLContext, tmp_path: Path
) -> None:
    """A link beside the file, where an unfinished download would be looked for, and in place of the file."""
    canary, folder = tmp_path / "canary", tmp_path / "assets"
    folder.mkdir()
    canary.write_text("mine")
    server.files["/a"] = DATA
    for name in ("a.part", ".a", "a"):
        (folder / name).symlink_to(canary)
    assert fetch(f"{server.url}/a", folder / "a", trust=trust).resumed_from == 0
    assert canary.read_text() == "mine"
    assert not (folder / "a").is_symlink() and (folder / "a").read_bytes() == DATA
