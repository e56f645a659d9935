"""The endpoints: the page and its news, its pictures, the editor and the facts panel, and renders."""

from __future__ import annotations

import asyncio
import contextlib
import json
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from explainers.errors import UsageError
from explainers.manifest import MANIFEST, Listing, manifest_in
from explainers.project import QUALITIES
from explainers.storyboard.languages import languages
from explainers.studio.desk import Dropped
from explainers.studio.files import Conflict, Refused, change_cell, inside, read_text, save_text, text_path
from explainers.studio.look import NOW, SCRUB, SOON, THUMB, Look, look_of
from explainers.studio.rendering import Render, folder_of
from explainers.studio.session import Session
from explainers.theme import THEMES

WEB = Path(__file__).parent / "web"
FOREVER = {"cache-control": "private, max-age=31536000, immutable"}
FRESH = {"cache-control": "no-cache"}
NEWS = {"cache-control": "no-store", "x-accel-buffering": "no"}


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
    status = error.status if isinstance(error, Refused) else 404 if isinstance(error, UsageError) else 422
    return JSONResponse(body, status)


class Endpoints:
    """Endpoints over one session and its one render; `first` is the video shown where none is named."""

    def __init__(self, session: Session, render: Render, first: str):
        self.session, self.render, self.first = session, render, first
        self.project = session.studio.project

    def routes(self) -> list[Route]:
        """What answers to which path and method."""
        return [
            Route("/", self.page),
            Route("/web/{path:path}", self.web),
            Route("/font/{family}", self.font),
            Route("/api/about", self.about),
            Route("/api/view", self.view),
            Route("/api/events", self.events),
            Route("/api/at", self.at, methods=["POST"]),
            Route("/api/still", self.still),
            Route("/api/film/{key}.mp4", self.film),
            Route("/api/kinds", self.kinds),
            Route("/api/kinds/{name}.webp", self.kind),
            Route("/api/schema", self.schema),
            Route("/api/validate", self.validate, methods=["POST"]),
            Route("/api/files", self.files),
            Route("/api/file", self.read),
            Route("/api/file", self.save, methods=["PUT"]),
            Route("/api/cell", self.cell, methods=["PUT"]),
            Route("/api/lines", self.lines),
            Route("/api/take/{name}", self.take),
            Route("/api/take/{name}", self.change_take, methods=["PUT", "DELETE", "POST"]),
            Route("/api/render", self.last_render),
            Route("/api/render", self.begin_render, methods=["POST"]),
            Route("/api/render", self.cancel_render, methods=["DELETE"]),
            Route("/api/downloads", self.downloads),
            Route("/download/{path:path}", self.download),
        ]

    def look(self, request: Request) -> Look:
        """The look a request is about; UsageError where there is no such video."""
        query = request.query_params
        return look_of(self.project, query.get("video") or self.first, query)

    def text_path(self, request: Request, path: str | None = None) -> Path:
        """A text file of the request's video, by its path or the one that the request names."""
        query = request.query_params
        return text_path(self.project, self.look(request).video, path or query.get("path", ""))

    # The page itself, the state of what is looked at, and its news.

    async def page(self, request: Request) -> Response:
        return FileResponse(WEB / "index.html", headers=FRESH)

    async def web(self, request: Request) -> Response:
        return FileResponse(inside(WEB, request.path_params["path"]), headers=FRESH)

    async def font(self, request: Request) -> Response:
        """The video's own type, so that the page is set in it too."""
        from explainers.fonts import PACKAGES, font_files

        family = request.path_params["family"]
        if family not in PACKAGES:
            raise Refused(f"there is no font {family!r}", 404)
        return FileResponse(font_files(family)[0], headers=FRESH)

    async def about(self, request: Request) -> Response:
        videos = list(self.project.videos())
        about = {"videos": videos, "first": self.first, "plans": self.session.plans, "themes": [*THEMES]}
        there = {video: [*languages(self.project.storyboard_path(video))] for video in videos}
        return JSONResponse(about | {"languages": there}, headers=FRESH)

    async def view(self, request: Request) -> Response:
        return JSONResponse((await self.session.view(self.look(request))).as_json(), headers=FRESH)

    async def events(self, request: Request) -> Response:
        news = self.session.hub.news(self.look(request))
        return StreamingResponse(news, media_type="text/event-stream", headers=NEWS)

    async def at(self, request: Request) -> Response:
        view = self.session.views.get(self.look(request))
        if view is not None:
            view.at = request.query_params.get("shot")
        return Response(status_code=204)

    # Stills, animatics, and the examples of scene kinds.

    async def still(self, request: Request) -> Response:
        query = request.query_params
        try:
            keys = tuple(query["key"].split("~"))
            frame, half = int(query["frame"]), int(query.get("half", 0))
            width = int(query["width"]) if "width" in query else None
        except (KeyError, ValueError):
            raise Refused("a still is asked for by key and frame", 400) from None
        if frame < 0 or len(keys) > 2 or (width is not None and not 16 <= width <= 4096):
            raise Refused("there is no such still", 404)
        lane, form = query.get("lane"), "PNG" if width is None else "WEBP"
        urgency = SCRUB if lane else THUMB
        try:
            image = await self.session.stills.still(keys, frame, half, width, form, lane, urgency)
        except KeyError:
            raise Refused("that picture has changed since", 404) from None
        except Dropped:
            return Response(status_code=204)
        return Response(image, media_type=f"image/{form.lower()}", headers=FOREVER)

    async def film(self, request: Request) -> Response:
        path = inside(self.session.studio.folder / "films", f"{request.path_params['key']}.mp4")
        return FileResponse(path, media_type="video/mp4", headers=FOREVER)

    async def kinds(self, request: Request) -> Response:
        return JSONResponse(await self.session.ask(self.session.planning, "kinds", self.look(request), SOON))

    async def kind(self, request: Request) -> Response:
        from explainers.kinds import discover

        name, key = request.path_params["name"], request.query_params.get("key", "")
        folder = self.session.studio.code_folder(self.look(request))
        if name not in discover(folder) or not key.isalnum():
            raise Refused(f"there is no scene kind {name!r}", 404)
        path = self.session.studio.folder / "kinds" / f"{name}-{key}.webp"
        if not path.is_file():
            await self.session.animatics.desk.answer(
                "example", urgency=NOW, path=path, kind=name, folder=folder
            )
        return FileResponse(path, media_type="image/webp", headers=FOREVER)

    # The editor and the facts panel.

    async def schema(self, request: Request) -> Response:
        return JSONResponse(await self.session.ask(self.session.planning, "schema", self.look(request), SOON))

    async def validate(self, request: Request) -> Response:
        text, lane = text_of(await body_of(request), "text"), request.query_params.get("lane")
        session, look = self.session, self.look(request)
        try:
            return JSONResponse(await session.ask(session.planning, "validate", look, text=text, lane=lane))
        except Dropped:
            return Response(status_code=204)

    async def files(self, request: Request) -> Response:
        """The texts of the video that the page may open, its storyboard first."""
        video, project = self.look(request).video, self.project
        found = [project.shown(project.storyboard_path(video))]
        for folder in (project.scene_dir(video), project.assets_dir(video)):
            for path in sorted(folder.rglob("*")):
                with contextlib.suppress(Refused):
                    text_path(project, video, project.shown(path))
                    found.append(project.shown(path))
        return JSONResponse(list(dict.fromkeys(found))[:200])

    async def read(self, request: Request) -> Response:
        file = await asyncio.to_thread(read_text, self.text_path(request))
        return JSONResponse(vars(file), headers=FRESH)

    async def save(self, request: Request) -> Response:
        look, body, path = self.look(request), await body_of(request), self.text_path(request)
        saved = await asyncio.to_thread(save_text, path, text_of(body, "text"), text_of(body, "version"))
        self.session.changed(look.video)
        return JSONResponse(vars(saved))

    async def cell(self, request: Request) -> Response:
        """Another value in a cell that holds `before`, so that two pages can't undo each other."""
        look, body = self.look(request), await body_of(request)
        state = (await self.session.view(look)).state or {}
        tables = {table["name"]: table for table in state.get("tables", ())}
        table = tables.get(text_of(body, "table"))
        row, column = body.get("row"), body.get("column")
        if table is None or not isinstance(row, int) or not isinstance(column, int):
            raise Refused("there is no such cell", 404)
        if not 0 <= row < len(table["rows"]) or not 0 <= column < len(table["columns"]):
            raise Refused("there is no such cell", 404)
        if table["rows"][row][column] != text_of(body, "before"):
            raise Refused("the cell has changed since", 409)
        path = self.text_path(request, table["file"])
        change_cell(path, row, column, table["columns"][column], text_of(body, "value"))
        self.session.changed(look.video)
        return JSONResponse({"file": table["file"]})

    # The booth: lines, and what was recorded of them.

    async def lines(self, request: Request) -> Response:
        found = await self.session.ask(self.session.planning, "lines", self.look(request))
        return JSONResponse(found, headers=FRESH)

    async def take(self, request: Request) -> Response:
        name = request.path_params["name"]
        path = await self.session.ask(self.session.planning, "sound", self.look(request), line_name=name)
        return FileResponse(path, media_type="audio/flac", headers=FRESH)

    async def change_take(self, request: Request) -> Response:
        """A recording (PUT), none any more (DELETE), or the seconds at which its words were tapped (POST)."""
        look = self.look(request)
        facts: dict[str, Any] = {"line_name": request.path_params["name"]}
        job = {"PUT": "keep", "DELETE": "drop", "POST": "mark"}[request.method]
        if job == "keep":
            facts["sound"] = await request.body()
        elif job == "mark":
            starts = (await body_of(request)).get("starts")
            if not isinstance(starts, list) or not all(isinstance(one, int | float) for one in starts):
                raise Refused("the request lacks the list 'starts'", 400)
            facts["starts"] = starts
        line = await self.session.ask(self.session.planning, job, look, **facts)
        self.session.changed(look.video)
        return JSONResponse(line)

    # The render panel, over the one render there is.

    async def last_render(self, request: Request) -> Response:
        return JSONResponse(self.render.facts, headers=FRESH)

    async def begin_render(self, request: Request) -> Response:
        quality = (await body_of(request)).get("quality") or self.project.settings.quality
        if quality not in QUALITIES:
            raise Refused("a quality is draft, standard or final", 400)
        self.render.begin(self.session.studio, self.look(request), quality)
        return JSONResponse(self.render.facts)

    async def cancel_render(self, request: Request) -> Response:
        await asyncio.to_thread(self.render.cancel)
        return JSONResponse(self.render.facts)

    async def downloads(self, request: Request) -> Response:
        folder, shown = folder_of(self.project, self.look(request)), self.project.shown
        manifest = manifest_in(folder, Listing)
        files = [folder / name for name in [*(manifest.files if manifest else ()), MANIFEST]]
        return JSONResponse(
            [
                {"name": path.name, "path": shown(path), "bytes": path.stat().st_size}
                for path in files
                if path.is_file()
            ]
        )

    async def download(self, request: Request) -> Response:
        relative = request.path_params["path"]
        path = inside(self.project.root / "renders", relative)
        if any(part.startswith(".") for part in Path(relative).parts):
            raise Refused("that is not a rendered file")
        return FileResponse(path, filename=path.name, headers=FRESH)
