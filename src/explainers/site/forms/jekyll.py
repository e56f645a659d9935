"""Jekyll: an include and no plugin, so that GitHub Pages builds it."""

from __future__ import annotations

from explainers.site.forms.base import MARKDOWN, Context, Form, head_lines
from explainers.site.pages import figure_lines
from explainers.site.videos import Video

INCLUDE = """{%- comment -%} A video by its `id`. Written by `explainers embed`. {%- endcomment -%}
{%- assign explainer_file = include.id | append: ".html" | prepend: "explainers/" -%}
{%- unless explainer_player -%}{%- assign explainer_player = true -%}
HEAD
{%- endunless %}
{% include {{ explainer_file }} %}
"""


def _files(video: Video, context: Context) -> dict[str, str]:
    head = "\n".join(head_lines(context.urls))
    return {
        "_includes/explainer.html": INCLUDE.replace("HEAD", head),
        f"_includes/explainers/{video.name}.html": "\n".join(figure_lines(video, context.urls)) + "\n",
    }


FORM = Form(
    "jekyll",
    lambda video, _: [f'{{% include explainer.html id="{video.name}" %}}'],
    MARKDOWN[:-1],
    files=_files,
)
