"""A linked poster in pure Markdown: it survives every sanitizer, GitHub and feeds; a script upgrades it."""

from __future__ import annotations

from collections.abc import Sequence

from explainers.site import text
from explainers.site.forms.base import MARKDOWN, Context, Form
from explainers.site.forms.head import head_notes
from explainers.site.urls import Urls
from explainers.site.videos import Video


def poster_link(video: Video, urls: Urls, before: str = "") -> str:
    """One line. No version in the poster's name: rendering again must not change the page."""
    m = video.manifest
    label = text.markdown(f"{text.isolated(m.title)} ({text.clock(m.duration_s)})")
    return f"[![{label}]({before}{urls.file(video, m.poster.jpg)})]({before}{urls.watch(m.video)})"


def _notes(videos: Sequence[Video], context: Context) -> list[str]:
    return head_notes(context, "To play on the page instead of the watch page, put these lines")


FORM = Form(
    "poster-link",
    lambda video, context: [poster_link(video, context.urls, context.markdown)],
    MARKDOWN,
    notes=_notes,
)
