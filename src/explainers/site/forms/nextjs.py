"""The two habits of a Next.js site whose remark-html drops raw HTML: a token, and an animated picture."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from explainers.errors import UsageError
from explainers.site import text
from explainers.site.forms.base import MARKDOWN, Context, Form
from explainers.site.forms.head import head_notes
from explainers.site.pages import figure_lines
from explainers.site.videos import Video


def token(video: str) -> str:
    """`[VIDEO_DREX]` for `drex`."""
    return f"[VIDEO_{re.sub(r'[^A-Z0-9]+', '_', video.upper()).strip('_')}]"


def replacement(video: Video, context: Context) -> str:
    """The one line that turns the token in the rendered HTML into the player."""
    inside = re.escape(token(video.name)[1:-1])
    html = json.dumps("".join(figure_lines(video, context.urls)), ensure_ascii=False)
    return f"content = content.replace(/(?:<p>)?\\[{inside}\\](?:<\\/p>)?/g, () => {html})"


def _notes(videos: Sequence[Video], context: Context) -> list[str]:
    lines = ["Where the rendered HTML is in `content`, paste one line a video:"]
    lines += [replacement(video, context) for video in videos]
    return [*lines, *head_notes(context, "And")]


def _animated(video: Video, context: Context) -> list[str]:
    animated = video.web.animated if video.web else None
    if not animated:
        raise UsageError(
            f"{video.name} has no animated preview; `explainers embed renditions {video.name}` makes one"
        )
    label = text.markdown(f"{text.isolated(video.manifest.title)} (preview)")
    return [f"![{label}]({context.markdown}{context.urls.file(video, animated)})"]


TOKEN = Form("token", lambda video, _: [token(video.name)], MARKDOWN[:-1], notes=_notes)
ANIMATED = Form("animated", _animated, MARKDOWN)
