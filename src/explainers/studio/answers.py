"""The page, what it shows, and its pictures."""

from __future__ import annotations

import asyncio
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse

from explainers.studio.endpoints import FOREVER, FRESH, Asked
from explainers.studio.desk import Dropped
from explainers.studio.files import Refused, inside
from explainers.studio.view import NOW, SCRUB, SOON, THUMB

WEB = Path(__file__).parent / "web"


class Pages(Asked):
    """The page itself, the state of what is looked at, and its news."""

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
        about = {"videos": videos, "first": self.first, "plans": self.session.plans}
        return JSONResponse(about, headers=FRESH)

    async def view(self, request: Request) -> Response:
        return JSONResponse((await self.session.view(self.look(request))).as_json(), headers=FRESH)

    async def events(self, request: Request) -> Response:
        look = self.look(request)
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(self.session.hub.news(look), media_type="text/event-stream", headers=headers)

    async def at(self, request: Request) -> Response:
        view = self.session.views.get(self.look(request))
        if view is not None:
            view.at = request.query_params.get("shot")
        return Response(status_code=204)


class Pictures(Asked):
    """Stills, animatics, and the examples of scene kinds."""

    async def still(self, request: Request) -> Response:
        asked = request.query_params
        try:
            keys = tuple(asked["key"].split("~"))
            frame, half = int(asked["frame"]), int(asked.get("half", 0))
            width = int(asked["width"]) if "width" in asked else None
        except (KeyError, ValueError):
            raise Refused("a still is asked for by key and frame", 400) from None
        if frame < 0 or len(keys) > 2 or (width is not None and not 16 <= width <= 4096):
            raise Refused("there is no such still", 404)
        lane, form = asked.get("lane"), "PNG" if width is None else "WEBP"
        urgency = SCRUB if lane else THUMB
        try:
            image = await self.session.stills.still(keys, frame, half, width, form, lane, urgency)
        except KeyError:
            raise Refused("that picture has changed since", 404) from None
        except Dropped:
            return Response(status_code=204)
        return Response(image, media_type=f"image/{form.lower()}", headers=FOREVER)

    async def film(self, request: Request) -> Response:
        path = inside(self.session.desked.folder / "films", f"{request.path_params['key']}.mp4")
        return FileResponse(path, media_type="video/mp4", headers=FOREVER)

    async def kinds(self, request: Request) -> Response:
        return JSONResponse(await self.session.ask(self.session.words, "kinds", self.look(request), SOON))

    async def kind(self, request: Request) -> Response:
        from explainers.kinds import discover

        name, key = request.path_params["name"], request.query_params.get("key", "")
        if name not in discover() or not key.isalnum():
            raise Refused(f"there is no scene kind {name!r}", 404)
        path = self.session.desked.folder / "kinds" / f"{name}-{key}.webp"
        if not path.is_file():
            job = self.session.animatics.desk.ask("example", urgency=NOW, path=path, kind=name)
            await asyncio.wrap_future(job)
        return FileResponse(path, media_type="image/webp", headers=FOREVER)
