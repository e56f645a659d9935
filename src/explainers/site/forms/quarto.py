"""Quarto: an extension with one shortcode; formats other than HTML get the linked poster."""

from __future__ import annotations

import json

from explainers.site.forms.base import MARKDOWN, Context, Form, head_lines
from explainers.site.pages import figure_lines
from explainers.site.videos import Video

EXTENSION = """title: Explainers
author: explainers
version: 1.0.0
quarto-required: ">=1.2.0"
contributes:
  shortcodes:
    - explainer.lua
"""

LUA = """-- A video by its name: {{< explainer drex >}}. Written by `explainers embed`.
return {
  ["explainer"] = function(args)
    local name = pandoc.utils.stringify(args[1])
    local path = quarto.utils.resolve_path(name .. ".json")
    local file = assert(io.open(path, "r"), "explainers: no video " .. name)
    local video = quarto.json.decode(file:read("*a"))
    file:close()
    if quarto.doc.is_format("html") then
      return pandoc.RawBlock("html", video.html)
    end
    local image = pandoc.Image({ pandoc.Str(video.title) }, video.poster)
    return pandoc.Para({ pandoc.Link({ image }, video.watch) })
  end
}
"""


def _files(video: Video, context: Context) -> dict[str, str]:
    urls = context.urls
    body = {
        "title": video.manifest.title,
        "html": "\n".join([*head_lines(urls), *figure_lines(video, urls)]),
        "poster": urls.file(video, video.manifest.poster.jpg),
        "watch": urls.watch(video.name),
    }
    return {
        "_extensions/explainer/_extension.yml": EXTENSION,
        "_extensions/explainer/explainer.lua": LUA,
        f"_extensions/explainer/{video.name}.json": json.dumps(body, ensure_ascii=False, indent=1) + "\n",
    }


FORM = Form("quarto", lambda video, _: [f"{{{{< explainer {video.name} >}}}}"], MARKDOWN[:-1], files=_files)
