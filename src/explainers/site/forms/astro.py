"""Astro: a component a video, imported where it stands in an `.mdx` page."""

from __future__ import annotations

from explainers.site.forms.base import Context, Form, component_name, head_lines, relative_import
from explainers.site.pages import figure_lines
from explainers.site.videos import Video


def _path(video: Video) -> str:
    return f"src/components/explainers/{component_name(video.name)}.astro"


def _lines(video: Video, context: Context) -> list[str]:
    name = component_name(video.name)
    return [f'import {name} from "{relative_import(context.page, _path(video))}";', "", f"<{name} />"]


def _files(video: Video, context: Context) -> dict[str, str]:
    css, script = head_lines(context.urls)
    body = [css, script.replace("<script ", "<script is:inline "), *figure_lines(video, context.urls)]
    return {_path(video): "\n".join(["---", "// Written by `explainers embed`.", "---", *body, ""])}


FORM = Form("astro", _lines, (".mdx",), comment="jsx", files=_files)
