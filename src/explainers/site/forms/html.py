"""One `<figure>` block, which every Markdown engine that lets HTML through keeps as it is."""

from __future__ import annotations

from collections.abc import Sequence

from explainers.site.forms.base import MARKDOWN, Context, Form
from explainers.site.forms.head import head_notes
from explainers.site.pages import figure_lines
from explainers.site.videos import Video


def _notes(videos: Sequence[Video], context: Context) -> list[str]:
    return head_notes(context, "It plays as it is. For chapters that seek and the marked transcript, put")


FORM = Form("html", lambda video, context: figure_lines(video, context.urls), MARKDOWN[:-1], notes=_notes)
