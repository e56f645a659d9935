"""A linked poster in pure Markdown: it survives every sanitizer, GitHub and feeds; a script upgrades it."""

from __future__ import annotations

from collections.abc import Sequence

from explainers.site import text
from explainers.site.forms.base import MARKDOWN, Context, Form, head_lines
from explainers.site.urls import Urls
from explainers.site.videos import Video


def poster_link(video: Video, urls: Urls) -> str:
    """One line. No version in the poster's name: rendering again must not change the page."""
    m = video.manifest
    label = text.markdown(f"{text.isolated(m.title)} ({text.clock(m.duration_s)})")
    return f"[![{label}]({urls.file(video, m.poster.jpg)})]({urls.watch(m.video)})"


def _notes(videos: Sequence[Video], context: Context) -> list[str]:
    return [
        "To play on the page instead of the watch page, put these two lines in the site's <head> once:",
        *head_lines(context.urls),
    ]


FORM = Form("poster-link", lambda video, context: [poster_link(video, context.urls)], MARKDOWN, notes=_notes)
