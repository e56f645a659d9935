"""Renders from the page, and the files they made."""

from __future__ import annotations

import asyncio
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from explainers.manifest import MANIFEST, Listing, manifest_in
from explainers.project import QUALITIES
from explainers.studio.endpoints import FRESH, Asked, body_of
from explainers.studio.files import Refused, inside
from explainers.studio.rendering import Render, folder_of
from explainers.studio.session import Session


class Renders(Asked):
    """The render panel's endpoints, over the one render there is."""

    def __init__(self, session: Session, first: str, render: Render):
        super().__init__(session, first)
        self.render = render

    async def last_render(self, request: Request) -> Response:
        return JSONResponse(self.render.facts, headers=FRESH)

    async def begin_render(self, request: Request) -> Response:
        body = await body_of(request)
        quality = body.get("quality") or self.project.settings.quality
        if quality not in QUALITIES:
            raise Refused("a quality is draft, standard or final", 400)
        self.render.begin(self.session.desked, self.look(request), quality)
        return JSONResponse(self.render.facts)

    async def cancel_render(self, request: Request) -> Response:
        await asyncio.to_thread(self.render.cancel)
        return JSONResponse(self.render.facts)

    async def downloads(self, request: Request) -> Response:
        folder = folder_of(self.project, self.look(request))
        manifest = manifest_in(folder, Listing)
        found = [folder / name for name in [*(manifest.files if manifest else ()), MANIFEST]]
        return JSONResponse(
            [
                {"name": path.name, "path": self.project.shown(path), "bytes": path.stat().st_size}
                for path in found
                if path.is_file()
            ]
        )

    async def download(self, request: Request) -> Response:
        relative = request.path_params["path"]
        path = inside(self.project.root / "renders", relative)
        if any(part.startswith(".") for part in Path(relative).parts):
            raise Refused("that is not a rendered file")
        return FileResponse(path, filename=path.name, headers=FRESH)
