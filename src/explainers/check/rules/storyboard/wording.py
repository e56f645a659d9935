"""Rules about single texts: typed digits, a poster without words for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from explainers.check.finding import Finding
from explainers.check.rules import rule
from explainers.check.subject import Words
from explainers.facts.templates import fill


@rule("typed-digit", "error")
def typed_digit(subject: Words) -> Iterator[Finding]:
    """A typed number in the picture.

    A digit in a title, statement, caption, axis or bar text that does not come from a fact has no source,
    and nobody notices when the data change. Write `{fact:format}`; where the digit is part of a name
    (`GPT-{=4}`), write it as a literal. Labels of structure (nodes, tokens, code) are exempt.
    """
    for text in subject.plan.texts:
        if text.digits != "checked":
            continue
        for slip in fill(text.template, subject.plan.facts, "checked", subject.names_in(text.shot)).slips:
            if slip.code == "typed-digit":
                where: dict[str, Any] = {"offset": slip.offset, "length": slip.length}
                yield subject.at_text("typed-digit", "error", slip.message, text, fix=slip.expected, **where)


@rule("poster-alt", "warning")
def poster_alt(subject: Words) -> Iterator[Finding]:
    """A poster without words for those who can't see it.

    The poster's alternative text is made of the video's title and of what the poster's shot says in its
    title and statement. A shot that says nothing, in a video without a description, leaves a bare title.
    """
    plan = subject.plan
    shot, _ = plan.shot_at(plan.poster_frame)
    words = [word for word in (shot.title, shot.statement, plan.description) if word and word != plan.title]
    if not words:
        message = "the poster has no alternative text but the video's title"
        fix = "a description: for the video, or a statement in the poster's shot"
        loc = ("poster",) if plan.storyboard.poster else ("title",)
        yield subject.found("poster-alt", "warning", message, loc, shot=shot.id, fix=fix)
