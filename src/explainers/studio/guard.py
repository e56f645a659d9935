"""Who may speak to the studio: pages it served itself, with its token, in requests of a sane size.

A page elsewhere can make a browser send requests to 127.0.0.1, or point a name of its own at it. So
the host must be a loopback name with our port, the origin ours, and the path begin with the token.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

MAX_BODY = 4 * 1024 * 1024
"""Bytes of a request; a storyboard has at most two million."""

HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (
        b"content-security-policy",
        # The editor writes its own style sheet; nothing comes from elsewhere, and nothing goes there.
        b"default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; style-src 'self' "
        b"'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
)


class TooLarge(Exception):
    """A body that went on past the limit; the application answers it with 413."""


class Guard:
    """Lets requests through to `app` with the token taken off their path; others get a short answer."""

    def __init__(self, app: Application, token: str, port: int):
        self.app, self.token = app, token
        self.hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)
        if scope["type"] != "http":
            return None
        refusal = self._refusal(scope)
        if refusal:
            return await _answer(send, *refusal)
        prefix = f"/{self.token}"
        if scope["path"] == prefix:
            return await _answer(send, 307, "", location=f"{prefix}/".encode())
        inner = {**scope, "path": scope["path"][len(prefix) :]}
        seen = 0

        async def limited() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > MAX_BODY:
                raise TooLarge
            return message

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), *HEADERS]}
            await send(message)

        await self.app(inner, limited, guarded)
        return None

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        host = headers.get("host", "")
        if host not in self.hosts:
            return 403, "this studio answers to 127.0.0.1 and localhost alone"
        origin = headers.get("origin")
        if origin is not None and origin != f"http://{host}":
            return 403, "this page may not speak to the studio"
        if headers.get("sec-fetch-site") in ("cross-site", "same-site") and origin is not None:
            return 403, "this page may not speak to the studio"
        first = scope["path"].lstrip("/").partition("/")[0]
        if not secrets.compare_digest(first.encode(), self.token.encode()):
            return (
                403,
                "the token is missing or another studio's; open the URL that `explainers studio` printed",
            )
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > MAX_BODY:
            return 413, _LARGE
        if scope["method"] not in ("GET", "HEAD") and origin is None:
            return 403, "a change needs the page's own origin"
        return None


_LARGE = f"more than {MAX_BODY:,} bytes"


async def _answer(send: Send, status: int, text: str, location: bytes | None = None) -> None:
    """A short answer, after which the connection is closed: what is still coming is not read."""
    body = text.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
        *([(b"location", location)] if location else []),
        *HEADERS,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
