"""The preview server: ranges as players ask for them, and nothing outside its folder."""

from __future__ import annotations

import http.client
from collections.abc import Iterator

import pytest
from browser import served

BODY = bytes(range(256)) * 40


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    root = tmp_path_factory.mktemp("served")
    (root / "film.mp4").write_bytes(BODY)
    (root / "empty.mp4").write_bytes(b"")
    (root / "a").mkdir()
    (root / "a" / "index.html").write_text("<p>here")
    (root.parent / "secret.txt").write_text("secret")
    (root / "link.txt").symlink_to(root.parent / "secret.txt")
    with served(root) as address:
        yield int(address.rsplit(":", 1)[1])


def ask(port: int, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request(
        method, path, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, {name.title(): value for name, value in answer.getheaders()}, body


def test_the_first_two_bytes_come_as_partial_content(port: int) -> None:
    status, headers, body = ask(port, "/film.mp4", Range="bytes=0-1")
    assert (status, body) == (206, BODY[:2])
    assert headers["Content-Range"] == f"bytes 0-1/{len(BODY)}"
    assert headers["Content-Type"] == "video/mp4" and headers["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-0", BODY[:1]),
        ("bytes=100-", BODY[100:]),
        ("bytes=-16", BODY[-16:]),
        ("bytes=10-99999", BODY[10:]),
        ("bytes=-99999", BODY),
    ],
)
def test_open_ranges_are_answered(port: int, header: str, part: bytes) -> None:
    status, _, body = ask(port, "/film.mp4", Range=header)
    assert (status, body) == (206, part)


@pytest.mark.parametrize("header", ["bytes=0-1,4-5", "bytes=x-1", "items=0-1", "bytes=5-2", "bytes=-"])
def test_what_is_no_single_range_gets_the_whole_file(port: int, header: str) -> None:
    status, headers, body = ask(port, "/film.mp4", Range=header)
    assert (status, body) == (200, BODY) and "Content-Range" not in headers


@pytest.mark.parametrize(
    ("path", "header"), [("/film.mp4", "bytes=10240-"), ("/film.mp4", "bytes=-0"), ("/empty.mp4", "bytes=0-")]
)
def test_a_range_after_the_end_is_refused(port: int, path: str, header: str) -> None:
    status, headers, _ = ask(port, path, Range=header)
    assert status == 416 and headers["Content-Range"].startswith("bytes */")


def test_a_range_of_another_version_gets_the_whole_file(port: int) -> None:
    tag = ask(port, "/film.mp4", "HEAD")[1]["Etag"]
    assert ask(port, "/film.mp4", Range="bytes=0-1", If_Range=tag)[0] == 206
    assert ask(port, "/film.mp4", Range="bytes=0-1", If_Range='"other"')[0] == 200
    assert ask(port, "/film.mp4", If_None_Match=tag)[0] == 304


def test_head_has_the_length_and_no_body(port: int) -> None:
    status, headers, body = ask(port, "/film.mp4", "HEAD")
    assert (status, headers["Content-Length"], body) == (200, str(len(BODY)), b"")


def test_a_folder_is_its_index(port: int) -> None:
    assert ask(port, "/a/")[2] == b"<p>here"
    status, headers, _ = ask(port, "/a?x=1")
    assert status == 307 and headers["Location"] == f"http://127.0.0.1:{port}/a/?x=1"


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/a/../../secret.txt",
        "/link.txt",
        "//etc/passwd",
        "/film.mp4%00",
        "/none",
    ],
)
def test_nothing_outside_the_folder_is_given(port: int, path: str) -> None:
    status, _, body = ask(port, path)
    assert status == 404 and b"secret" not in body


def test_a_redirect_never_leads_to_another_host(port: int) -> None:
    status, headers, _ = ask(port, "//a")
    assert status == 307 and headers["Location"].startswith(f"http://127.0.0.1:{port}/")


def test_only_get_and_head_are_answered(port: int) -> None:
    assert ask(port, "/film.mp4", "POST")[0] == 405
