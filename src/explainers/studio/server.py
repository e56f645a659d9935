"""The server: routes, what runs beside them, and how it begins and ends."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from explainers.errors import ExplainersError, UsageError
from explainers.site.serve import HOST, listen, server_of
from explainers.studio.endpoints import Pages, Pictures, Renders, Texts, refused
from explainers.studio.guard import Application, Guard, TooLarge
from explainers.studio.hub import watch
from explainers.studio.look import Desked
from explainers.studio.rendering import Render
from explainers.studio.session import Session

PORT = 8765
"""Where it listens; the next free port where that one is taken and none was asked for."""


def application(desked: Desked, first: str, token: str, port: int) -> Application:
    """The studio as an ASGI application, guarded."""
    session = Session(desked)
    render = Render(session.hub)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        watching = asyncio.create_task(watch(desked.project, session.changed))
        try:
            yield
        finally:
            watching.cancel()
            render.close()
            await session.close()

    app = Starlette(
        routes=_routes(session, render, first),
        lifespan=lifespan,
        exception_handlers={ExplainersError: refused, HTTPException: refused, TooLarge: _too_large},
    )
    return Guard(app, token, port)


def _routes(session: Session, render: Render, first: str) -> list[Route]:
    pages, pictures, texts = Pages(session, first), Pictures(session, first), Texts(session, first)
    renders = Renders(session, first, render)
    return [
        Route("/", pages.page),
        Route("/web/{path:path}", pages.web),
        Route("/font/{family}", pages.font),
        Route("/api/about", pages.about),
        Route("/api/view", pages.view),
        Route("/api/events", pages.events),
        Route("/api/at", pages.at, methods=["POST"]),
        Route("/api/still", pictures.still),
        Route("/api/film/{key}.mp4", pictures.film),
        Route("/api/kinds", pictures.kinds),
        Route("/api/kinds/{name}.webp", pictures.kind),
        Route("/api/schema", texts.schema),
        Route("/api/validate", texts.validate, methods=["POST"]),
        Route("/api/files", texts.files),
        Route("/api/file", texts.read),
        Route("/api/file", texts.save, methods=["PUT"]),
        Route("/api/cell", texts.cell, methods=["PUT"]),
        Route("/api/render", renders.last_render),
        Route("/api/render", renders.begin_render, methods=["POST"]),
        Route("/api/render", renders.cancel_render, methods=["DELETE"]),
        Route("/api/downloads", renders.downloads),
        Route("/download/{path:path}", renders.download),
    ]


async def _too_large(request: Request, error: Exception) -> Response:
    return Response("the request is too large", 413, headers={"connection": "close"})


def run(desked: Desked, first: str, port: int | None, ready: Callable[[str], None]) -> None:
    """Serve until interrupted; `ready` is given the URL once the port is ours.

    UsageError where the port that was asked for is taken.
    """
    listening = _listen(port)
    number = listening.getsockname()[1]
    token = token_of(desked.folder)
    app = application(desked, first, token, number)
    # The server raises it again once it has shut down: then this process ends as any other does.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    ready(f"http://{HOST}:{number}/{token}/")
    with listening:
        server_of(app).run(sockets=[listening])


def _listen(port: int | None) -> socket.socket:
    wanted = [port] if port is not None else [*range(PORT, PORT + 20), 0]
    for number in wanted:
        try:
            return listen(number)
        except OSError as error:
            why = error.strerror
    raise UsageError(f"port {port} can't be listened on: {why}; leave --port out for a free one")


def token_of(folder: Path) -> str:
    """The project's token: random, made once, in a file only its owner reads. A page that was open when
    the studio was ended goes on with the next one."""
    path = folder / "token"
    with contextlib.suppress(OSError):
        token = path.read_text(encoding="ascii").strip()
        if len(token) >= 32 and path.stat().st_mode & 0o077 == 0:
            return token
    folder.mkdir(parents=True, exist_ok=True)
    token = secrets.token_urlsafe(32)
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(token)
    return token
