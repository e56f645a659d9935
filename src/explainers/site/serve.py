"""A preview server on the loopback address. It answers Range requests: Safari plays nothing without them."""

from __future__ import annotations

import email.utils
import re
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote, urlsplit

HOST = "127.0.0.1"
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_PIECE = 1 << 16
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".vtt": "text/vtt; charset=utf-8",
    ".mp4": "video/mp4",
    ".avif": "image/avif",
    ".webp": "image/webp",
    ".xml": "application/xml",
}


def byte_range(header: str | None, size: int) -> tuple[int, int] | None:
    """First and last byte asked for, or None for all of the file; ValueError where there is no such part.

    Several ranges, other units and malformed headers are answered with the whole file, as RFC 9110 allows.
    """
    match = _RANGE.fullmatch(header.strip()) if header else None
    if not match or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if first == "":
        if int(last) == 0 or size == 0:
            raise ValueError("an empty range")
        return max(0, size - int(last)), size - 1
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise ValueError("a range after the end")
    return int(first), min(int(last or size - 1), size - 1)


class Handler(SimpleHTTPRequestHandler):
    """Static files of one folder, whole or in part; nothing outside it."""

    protocol_version = "HTTP/1.1"
    server_version = "explainers"
    root: Path

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a preview is quiet."""

    def _file(self) -> Path | None:
        path = unquote(urlsplit(self.path).path)
        if "\0" in path:
            return None
        found = (self.root / path.lstrip("/")).resolve()
        found = found / "index.html" if found.is_dir() else found
        return found if found.is_file() and found.resolve().is_relative_to(self.root) else None

    def _answer(self, body: bool) -> None:
        where = urlsplit(self.path)
        if not where.path.endswith("/") and (self.root / unquote(where.path).lstrip("/")).is_dir():
            query = f"?{where.query}" if where.query else ""
            # One slash in front: "//host" would lead to another site.
            self.send_response(HTTPStatus.MOVED_PERMANENTLY)
            self.send_header("Location", "/" + where.path.strip("/") + "/" + query)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        path = self._file()
        if path is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        with path.open("rb") as file:
            self._send(path, file, body)

    def _send(self, path: Path, file: IO[bytes], body: bool) -> None:
        stat = path.stat()
        tag = f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'
        if self.headers.get("If-None-Match") == tag:
            self.send_response(HTTPStatus.NOT_MODIFIED)
            self.send_header("ETag", tag)
            self.end_headers()
            return
        fresh = self.headers.get("If-Range") in (None, tag)
        try:
            part = byte_range(self.headers.get("Range") if fresh else None, stat.st_size)
        except ValueError:
            self.send_response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            self.send_header("Content-Range", f"bytes */{stat.st_size}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        first, last = part or (0, stat.st_size - 1)
        self.send_response(HTTPStatus.PARTIAL_CONTENT if part else HTTPStatus.OK)
        if part:
            self.send_header("Content-Range", f"bytes {first}-{last}/{stat.st_size}")
        for name, value in self._about(path, stat.st_mtime, tag, last - first + 1):
            self.send_header(name, value)
        self.end_headers()
        if body:
            self._copy(file, first, last - first + 1)

    def _about(self, path: Path, changed_s: float, tag: str, length: int) -> list[tuple[str, str]]:
        kind = TYPES.get(path.suffix.lower()) or self.guess_type(str(path))
        return [
            ("Content-Type", kind),
            ("Content-Length", str(length)),
            ("Accept-Ranges", "bytes"),
            ("Last-Modified", email.utils.formatdate(changed_s, usegmt=True)),
            ("ETag", tag),
            ("Cache-Control", "no-cache"),
            ("X-Content-Type-Options", "nosniff"),
        ]

    def _copy(self, file: IO[bytes], first: int, length: int) -> None:
        file.seek(first)
        try:
            while length > 0 and (piece := file.read(min(_PIECE, length))):
                self.wfile.write(piece)
                length -= len(piece)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True


def preview_server(root: Path, port: int = 0) -> ThreadingHTTPServer:
    """A server of `root` on the loopback address; port 0 takes a free one. The caller runs and closes it."""
    handler = type("FolderHandler", (Handler,), {"root": root.resolve()})
    server = ThreadingHTTPServer((HOST, port), handler)
    server.daemon_threads = True
    return server
