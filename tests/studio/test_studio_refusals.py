"""Who is not let in, what is not given out, and what does not pile up."""

from __future__ import annotations

import http.client
import json
import socket
import time
from urllib.parse import quote, urlsplit

import pytest
import studio_live as live


def status_of(studio: live.Studio, path: str, headers: dict[str, str], method: str = "GET") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", studio.port, timeout=30)
    connection.request(method, path, headers=headers)
    status = connection.getresponse().status
    connection.close()
    return status


def test_only_its_own_page_is_answered(studio: live.Studio) -> None:
    path, own = urlsplit(studio.url).path, f"127.0.0.1:{studio.port}"
    assert status_of(studio, path, {}) == 200
    assert status_of(studio, path, {"Host": f"localhost:{studio.port}"}) == 200
    for host in ("evil.example", f"evil.example:{studio.port}", "127.0.0.1", f"127.0.0.1:{studio.port + 1}"):
        assert status_of(studio, path, {"Host": host}) == 403
    for origin in ("http://evil.example", f"https://{own}", f"http://localhost:{studio.port}", "null"):
        assert status_of(studio, path, {"Origin": origin}) == 403
    assert status_of(studio, f"{path}api/render", {}, "POST") == 403
    for wrong in ("/", "/api/about", "/" + "x" * 43 + "/", path[:-2] + "/", "/%00/"):
        assert status_of(studio, wrong, {}) == 403


def test_it_listens_on_the_loopback_alone(studio: live.Studio) -> None:
    with pytest.raises(OSError), socket.create_connection(("127.0.0.2", studio.port), timeout=2):
        pass


def test_nothing_outside_the_project_is_given_out(studio: live.Studio) -> None:
    secret = studio.root.parent / "secret.yaml"
    secret.write_text("secret: 1\n")
    link = studio.root / "assets/small/link.yaml"
    link.symlink_to(secret)
    code = studio.root / "scenes/small/own.py"
    code.write_text("raise SystemExit\n")
    try:
        for path in (
            "../secret.yaml",
            "scenes/small/../../../secret.yaml",
            str(secret),
            "assets/small/link.yaml",
            "scenes/small/own.py",
            "pyproject.toml",
            "scenes\\small\\storyboard.yaml",
            "scenes/small/storyboard.yaml\0",
        ):
            asked = f"api/file?video=small&path={quote(path)}"
            status, _, body = studio.ask(asked)
            assert status in (403, 404) and b"secret: 1" not in body, path
            assert studio.ask(asked, "PUT", {"text": "x", "version": ""})[0] in (403, 404)
        token = urlsplit(studio.url).path.strip("/").encode()
        for path in (
            "download/../pyproject.toml",
            "download/.studio/token",
            "web/../server.py",
            "download/%2e%2e/pyproject.toml",
        ):
            status, _, body = studio.ask(path)
            assert status in (403, 404) and token not in body, path
    finally:
        link.unlink()
        code.unlink()
    assert secret.read_text() == "secret: 1\n"


def test_a_body_of_50_mib_is_refused_without_being_read(studio: live.Studio) -> None:
    own, path = f"127.0.0.1:{studio.port}", f"{urlsplit(studio.url).path}api/validate?video=small"
    head = f"POST {path} HTTP/1.1\r\nHost: {own}\r\nOrigin: http://{own}\r\n"
    with socket.create_connection(("127.0.0.1", studio.port), timeout=10) as one:
        one.sendall(f"{head}Content-Length: {50 * 1024 * 1024}\r\n\r\n".encode())
        # Not a byte of the body is sent, and the answer is there.
        assert one.recv(100).startswith(b"HTTP/1.1 413")
    with socket.create_connection(("127.0.0.1", studio.port), timeout=10) as one:
        one.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        sent, chunk = 0, b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
        try:
            while sent < 50 * 1024 * 1024:
                one.sendall(chunk)
                sent += 0x10000
        except OSError:
            pass
        assert sent < 40 * 1024 * 1024
    assert studio.ask("api/about")[0] == 200


def test_films_and_downloads_are_served_in_ranges(studio: live.Studio) -> None:
    deadline = time.monotonic() + 120
    while not (films := studio.view()["films"]) or not films["opening"]["pieces"][0]["ready"]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    path = f"api/film/{films['opening']['pieces'][0]['key']}.mp4"
    whole = studio.ask(path)[2]
    status, headers, part = studio.ask(path, headers={"Range": "bytes=100-199"})
    assert (status, part) == (206, whole[100:200])
    assert headers["content-range"] == f"bytes 100-199/{len(whole)}"


def test_a_thousand_saves_are_one_or_a_few_plans(studio: live.Studio) -> None:
    # A page is open, so that saves matter.
    with socket.create_connection(("127.0.0.1", studio.port), timeout=60) as news:
        path = f"{urlsplit(studio.url).path}api/events?video=small"
        news.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{studio.port}\r\n\r\n".encode())
        assert news.recv(64).startswith(b"HTTP/1.1 200")
        before = studio.view()["revision"]
        began = time.monotonic()
        for number in range(1000):
            studio.storyboard.write_text(live.STORYBOARD.replace("First card", f"Card of {number:04d}"))
        took = time.monotonic() - began
        deadline = time.monotonic() + 20
        while True:
            with_last = studio.ask("api/file?video=small&path=scenes/small/storyboard.yaml")[2]
            view = studio.view()
            if b"Card of 0999" in with_last and not view["problems"] and view["revision"] > before:
                break
            assert time.monotonic() < deadline
        plans = json.loads(studio.ask("api/about")[2])["plans"]
        assert view["revision"] - before < 20 + 10 * took
        time.sleep(0.6)
        assert json.loads(studio.ask("api/about")[2])["plans"] <= plans + 2
