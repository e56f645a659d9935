"""The server: routes, what runs beside them, how it begins and ends, and who may speak to it.

Only pages that it served itself may, with its token, in requests of a sane size. A page elsewhere can make a
browser send requests to 127.0.0.1, or point a name of its own at it. So the host must be a loopback name
with our port, the origin ours, and the path begin with the token.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from explainers.errors import ExplainersError, UsageError
from explainers.site.serve import HOST, listen, server_of
from explainers.studio.endpoints import Endpoints, refused
from explainers.studio.look import StudioProject
from explainers.studio.rendering import Render
from explainers.studio.session import Session, watch

PORT = 8765
"""Where it listens; the next free port where that one is taken and none was named."""

MAX_BODY = 4 * 1024 * 1024
"""Bytes of a request; a storyboard has at most two million."""

HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    # The editor writes its own style sheet; nothing comes from elsewhere, and nothing goes there.
    "content-security-policy": "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
    "style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}


class TooLarge(Exception):
    """A body that went on past the limit; the application answers it with 413."""


class Guard:
    """Lets requests through to `app` with the token taken off their path; others get a short answer."""

    def __init__(self, app: ASGIApp, token: str, port: int):
        self.app, self.token = app, token
        self.hosts = {f"{name}:{port}" for name in (HOST, "localhost")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)
        if scope["type"] != "http":
            return None
        received = 0

        async def limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > MAX_BODY:
                raise TooLarge
            return message

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        prefix = f"/{self.token}"
        if refusal := self._refusal(scope):
            # What is still coming is not read.
            short = PlainTextResponse(refusal[1], refusal[0], headers={"connection": "close"})
            return await short(scope, receive, guarded)
        if scope["path"] == prefix:
            return await RedirectResponse(f"{prefix}/")(scope, receive, guarded)
        return await self.app({**scope, "path": scope["path"][len(prefix) :]}, limited, guarded)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        if host not in self.hosts:
            return 403, "this studio answers to 127.0.0.1 and localhost alone"
        elsewhere = headers.get("sec-fetch-site") in ("cross-site", "same-site")
        if origin is not None and (origin != f"http://{host}" or elsewhere):
            return 403, "this page may not speak to the studio"
        first = scope["path"].lstrip("/").partition("/")[0]
        if not secrets.compare_digest(first.encode(), self.token.encode()):
            message = (
                "the token is missing or another studio's; open the URL that `explainers studio` printed"
            )
            return 403, message
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > MAX_BODY:
            return 413, f"more than {MAX_BODY:,} bytes"
        if scope["method"] not in ("GET", "HEAD") and origin is None:
            return 403, "a change needs the page's own origin"
        return None


def application(studio: StudioProject, first: str, token: str, port: int) -> ASGIApp:
    """The studio as an ASGI application, guarded."""
    session = Session(studio)
    render = Render(session.hub.tell)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        watching = asyncio.create_task(watch(studio.project, session.changed))
        try:
            yield
        finally:
            watching.cancel()
            render.close()
            await session.close()

    handlers = {ExplainersError: refused, HTTPException: refused, TooLarge: _too_large}
    routes = Endpoints(session, render, first).routes()
    return Guard(Starlette(routes=routes, lifespan=lifespan, exception_handlers=handlers), token, port)


async def _too_large(request: Request, error: Exception) -> Response:
    return Response("the request is too large", 413, headers={"connection": "close"})


def run(studio: StudioProject, first: str, port: int | None, ready: Callable[[str], None]) -> None:
    """Serve until interrupted; `ready` is given the URL once the port is ours.

    UsageError where the port that was named is taken.
    """
    listening = _listen(port)
    number = listening.getsockname()[1]
    # New each time, and in no file: what lies in a folder of the project may have come with the project.
    token = secrets.token_urlsafe(32)
    app = application(studio, first, token, number)
    # The server raises it again once it has shut down: then this process ends as any other does.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    ready(f"http://{HOST}:{number}/{token}/")
    with listening:
        server_of(app).run(sockets=[listening])


def _listen(port: int | None) -> socket.socket:
    for number in [port] if port is not None else [*range(PORT, PORT + 20), 0]:
        try:
            return listen(number)
        except OSError as error:
            why = error.strerror
    raise UsageError(f"port {port} can't be listened on: {why}; leave --port out for a free one")
