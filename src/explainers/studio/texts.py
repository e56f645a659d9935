"""Texts and tables of a video: read, judged, and saved without touching what was not edited."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from explainers.studio.endpoints import FRESH, Asked, body_of, text_of
from explainers.studio.cells import with_cell
from explainers.studio.desk import Dropped
from explainers.studio.files import Refused, put, read_text, save_text, text_path
from explainers.studio.json_cells import with_value
from explainers.studio.view import NOW, SOON


class Texts(Asked):
    """The editor's endpoints, and the facts panel's."""

    async def schema(self, request: Request) -> Response:
        return JSONResponse(await self.session.ask(self.session.words, "schema", self.look(request), SOON))

    async def validate(self, request: Request) -> Response:
        text = text_of(await body_of(request), "text")
        job = self.session.ask(
            self.session.words,
            "validate",
            self.look(request),
            NOW,
            text=text,
            lane=request.query_params.get("lane"),
        )
        try:
            return JSONResponse(await job)
        except Dropped:
            return Response(status_code=204)

    async def files(self, request: Request) -> Response:
        """The texts of the video that the page may open, its storyboard first."""
        look = self.look(request)
        project, found = self.project, []
        for folder in (project.scene_dir(look.video), project.assets_dir(look.video)):
            for path in sorted(folder.rglob("*")):
                with contextlib.suppress(Refused):
                    text_path(project, look.video, project.shown(path))
                    found.append(project.shown(path))
        own = project.shown(project.storyboard_path(look.video))
        return JSONResponse([own, *(one for one in found if one != own)][:200])

    async def read(self, request: Request) -> Response:
        look = self.look(request)
        path = text_path(self.project, look.video, request.query_params.get("path", ""))
        return JSONResponse(vars(await asyncio.to_thread(read_text, path)), headers=FRESH)

    async def save(self, request: Request) -> Response:
        look, body = self.look(request), await body_of(request)
        path = text_path(self.project, look.video, request.query_params.get("path", ""))
        saved = await asyncio.to_thread(save_text, path, text_of(body, "text"), text_of(body, "version"))
        self.session.changed(look.video)
        return JSONResponse(vars(saved))

    async def cell(self, request: Request) -> Response:
        """Another value in a cell that holds `before`, so that two pages can't undo each other."""
        look, body = self.look(request), await body_of(request)
        view = await self.session.view(look)
        tables = {one["name"]: one for one in (view.state or {}).get("tables", ())}
        table = tables.get(text_of(body, "table"))
        row, column = body.get("row"), body.get("column")
        if table is None or not isinstance(row, int) or not isinstance(column, int):
            raise Refused("there is no such cell", 404)
        if not 0 <= row < len(table["rows"]) or not 0 <= column < len(table["columns"]):
            raise Refused("there is no such cell", 404)
        if table["rows"][row][column] != text_of(body, "before"):
            raise Refused("the cell has changed since", 409)
        path = text_path(self.project, look.video, table["file"])
        put(path, _changed(path, row, column, table["columns"][column], text_of(body, "value")))
        self.session.changed(look.video)
        return JSONResponse({"file": table["file"]})


def _changed(path: Path, row: int, column: int, name: str, value: str) -> bytes:
    """The bytes of a table's file with another value in one cell, whose column is called `name`."""
    raw, suffix = path.read_bytes(), path.suffix.lower()
    if suffix == ".json":
        return with_value(raw, row, name, value)
    return with_cell(raw, row, column, value, "\t" if suffix == ".tsv" else ",")
