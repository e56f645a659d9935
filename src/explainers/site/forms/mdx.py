"""MDX (Next.js, Docusaurus): a React component a video, imported where it stands."""

from __future__ import annotations

import json

from explainers.site.forms.base import Context, Form, component_name, relative_import
from explainers.site.forms.head import head_notes
from explainers.site.pages import figure_lines
from explainers.site.videos import Video

COMPONENT = """// Written by `explainers embed`.
import React from "react";

const html = HTML;

export default function NAME() {
  return React.createElement("div", { className: "xv-embed", dangerouslySetInnerHTML: { __html: html } });
}
"""


def _path(video: Video) -> str:
    return f"components/explainers/{component_name(video.name)}.jsx"


def _lines(video: Video, context: Context) -> list[str]:
    name = component_name(video.name)
    return [f'import {name} from "{relative_import(context.page, _path(video))}";', "", f"<{name} />"]


def _files(video: Video, context: Context) -> dict[str, str]:
    html = json.dumps("\n".join(figure_lines(video, context.urls)))
    source = COMPONENT.replace("HTML", html, 1).replace("NAME", component_name(video.name), 1)
    return {_path(video): source}


def _notes(videos: object, context: Context) -> list[str]:
    return head_notes(context, "Put the player")


FORM = Form("mdx", _lines, (".mdx", ".md"), comment="jsx", files=_files, notes=_notes)
