"""Serving with Starlette on the loopback address: the preview of a folder, and the server under the studio.

A preview answers Range requests, because Safari plays no video without them.
"""

from __future__ import annotations

import mimetypes
import os
import re
import socket
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import FileResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import NotModifiedResponse, StaticFiles

from explainers.inputs import open_beneath

HOST = "127.0.0.1"
_RANGE = re.compile(rb"bytes=(?:(\d+)-(\d*)|-\d+)")
_TYPES = {
    ".js": "text/javascript",
    ".md": "text/markdown",
    ".vtt": "text/vtt",
    ".avif": "image/avif",
    ".webp": "image/webp",
}
"""Types that older tables of the machine lack, or spell in another way."""


class Folder(StaticFiles):
    """The files of one folder, whole or in part, and nothing outside it; caches always ask again."""

    def __init__(self, root: Path):
        self._root = root.resolve()
        super().__init__(directory=self._root, html=True)
        for suffix, kind in _TYPES.items():
            mimetypes.add_type(kind, suffix)

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        # What is hidden is for programs: keys, the history of a repository, a store.
        hidden = any(part.startswith(".") and part != "." for part in re.split(r"[/\\]", path))
        return ("", None) if hidden else super().lookup_path(path)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        # Several ranges, other units and malformed headers get the whole file, as RFC 9110 allows.
        headers = [(name, value) for name, value in scope["headers"] if name != b"range" or _is_range(value)]
        await super().__call__({**scope, "headers": headers}, receive, send)

    def file_response(
        self, full_path: Any, stat_result: os.stat_result, scope: Any, status_code: int = 200
    ) -> Response:
        # What was found by name is opened once, below the folder, and sent from there.
        try:
            handle = open_beneath(self._root, Path(full_path), os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
        except OSError:
            raise HTTPException(404) from None
        kind = mimetypes.guess_type(full_path)[0] or "application/octet-stream"
        response = _Opened(f"/dev/fd/{handle}", status_code, media_type=kind, stat_result=os.fstat(handle))
        response.handle = handle
        response.headers["cache-control"] = "no-cache"
        response.headers["x-content-type-options"] = "nosniff"
        if self.is_not_modified(response.headers, Headers(scope=scope)):
            os.close(handle)
            return NotModifiedResponse(response.headers)
        return response


class _Opened(FileResponse):
    """A file that is open already, and closed when it was sent."""

    handle = -1

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            os.close(self.handle)


def _is_range(header: bytes) -> bool:
    match = _RANGE.fullmatch(header.strip())
    return match is not None and not (match[2] and int(match[2]) < int(match[1]))


LOOPBACK = (HOST, "localhost", "[::1]")


def preview(root: Path) -> Starlette:
    """An application that shows a folder, under names of this machine alone: a page elsewhere may give the
    loopback address a name."""
    hosts = Middleware(TrustedHostMiddleware, allowed_hosts=[*LOOPBACK], www_redirect=False)
    return Starlette(routes=[Mount("/", Folder(root))], middleware=[hosts])


def listen(port: int) -> socket.socket:
    """A socket that listens on the loopback address; port 0 takes a free one. OSError where it is taken.

    Browsers may connect from here on; they are answered as soon as a server runs.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen(128)
    except OSError:
        listening.close()
        raise
    return listening


def server_of(app: Any) -> uvicorn.Server:
    """A quiet server of an ASGI application; `run(sockets=[...])` serves until interrupted."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=30,
        ws="none",
    )
    return uvicorn.Server(config)
