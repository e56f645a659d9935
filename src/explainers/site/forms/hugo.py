"""Hugo: a shortcode, which is not touched by Goldmark's rule against raw HTML."""

from __future__ import annotations

from explainers.site.forms.base import MARKDOWN, Context, Form, head_lines
from explainers.site.pages import figure_lines
from explainers.site.videos import Video

SHORTCODE = """{{- /* A video by its name: {{< explainer "drex" >}}. Written by `explainers embed`. */ -}}
{{- if not (.Page.Store.Get "explainers-player") }}{{ .Page.Store.Set "explainers-player" true -}}
HEAD
{{- end }}
{{ partial (printf "explainers/%s.html" (.Get 0)) . }}
"""


def _files(video: Video, context: Context) -> dict[str, str]:
    head = "\n".join(head_lines(context.urls))
    return {
        "layouts/shortcodes/explainer.html": SHORTCODE.replace("HEAD", head),
        f"layouts/partials/explainers/{video.name}.html": "\n".join(figure_lines(video, context.urls)) + "\n",
    }


FORM = Form("hugo", lambda video, _: [f'{{{{< explainer "{video.name}" >}}}}'], MARKDOWN[:-1], files=_files)
