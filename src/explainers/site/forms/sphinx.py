"""Sphinx: raw HTML for the web and a linked poster for every other builder; nothing to install."""

from __future__ import annotations

from explainers.site.forms.base import Context, Form, head_lines
from explainers.site.pages import figure_lines
from explainers.site.text import one_line
from explainers.site.videos import Video


def _lines(video: Video, context: Context) -> list[str]:
    urls, m = context.urls, video.manifest
    figure = [f"   {line}" for line in (*head_lines(urls), *figure_lines(video, urls))]
    watch = urls.absolute(urls.watch(m.video)) or urls.watch(m.video)
    title = (
        one_line(m.title).replace("\\", "\\\\").replace("`", "\\`").replace("<", "\\<").replace("*", "\\*")
    )
    other = ["   " + f"`Watch: {title} <{watch}>`__".replace("|", "\\|")]
    return [".. raw:: html", "", *figure, "", ".. only:: not html", "", *other]


FORM = Form("sphinx", _lines, (".rst",), comment="rst")
