"""What all endpoints share: which look is asked about, what a request holds, and how a refusal is told."""

from __future__ import annotations

import json
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from explainers.errors import UsageError
from explainers.studio.files import Conflict, Refused
from explainers.studio.look import Look, look_of
from explainers.studio.session import Session

FOREVER = {"cache-control": "private, max-age=31536000, immutable"}
FRESH = {"cache-control": "no-cache"}


class Asked:
    """Endpoints over one session; `first` is the video shown where none is asked for."""

    def __init__(self, session: Session, first: str):
        self.session, self.first = session, first
        self.project = session.desked.project

    def look(self, request: Request) -> Look:
        """The look a request is about; UsageError where there is no such video."""
        asked = request.query_params
        video = asked.get("video") or self.first
        self.project.storyboard_path(video)
        return look_of(video, asked.get("theme"), asked.get("aspect"))


async def body_of(request: Request) -> dict[str, Any]:
    """The JSON object that a request holds; Refused where it holds none."""
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise Refused("the request holds no JSON", 400) from None
    if not isinstance(body, dict):
        raise Refused("the request holds no JSON object", 400)
    return body


def text_of(body: dict[str, Any], name: str) -> str:
    """A text of a request's object; Refused where it is none."""
    value = body.get(name)
    if not isinstance(value, str):
        raise Refused(f"the request lacks the text {name!r}", 400)
    return value


async def refused(request: Request, error: Exception) -> Response:
    """Whatever is refused, as JSON with a message."""
    if isinstance(error, HTTPException):
        return JSONResponse({"message": error.detail}, error.status_code)
    body: dict[str, Any] = {"message": str(error)}
    if isinstance(error, Conflict):
        body |= {"text": error.text, "version": error.version}
    status = 422
    if isinstance(error, Refused):
        status = error.status
    elif isinstance(error, UsageError):
        status = 404
    return JSONResponse(body, status)
