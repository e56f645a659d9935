"""A poster without words for those who can't see it.

The poster's alternative text is made of the video's title and of what the poster's shot says in its
title and statement. A shot that says nothing, in a video without a description, leaves a bare title.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from explainers.check.finding import Finding
from explainers.check.subject import Words

CODE: Final = "poster-alt"
SEVERITY: Final = "warning"


def find(subject: Words) -> Iterator[Finding]:
    plan = subject.plan
    shot, _ = plan.shot_at(plan.poster_frame)
    words = [word for word in (shot.title, shot.statement, plan.description) if word and word != plan.title]
    if not words:
        message = "the poster has no alternative text but the video's title"
        fix = "a description: for the video, or a statement in the poster's shot"
        loc = ("poster",) if plan.storyboard.poster else ("title",)
        yield subject.found(CODE, SEVERITY, message, loc, shot=shot.id, fix=fix)
