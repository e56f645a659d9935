"""Rules about captions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from explainers.check.finding import Finding
from explainers.check.rules import rule
from explainers.check.subject import Words
from explainers.plan.captions import LINE_CHARACTERS, LINES


@rule("captions-complete", "warning")
def captions_complete(subject: Words) -> Iterator[Finding]:
    """A shot without captions.

    The video has no sound: captions are what is read aloud to a viewer who can't see it. Every shot says
    something in at least one cue.
    """
    said = {cue.shot_id for cue in subject.plan.cues}
    for shot in subject.plan.shots:
        if shot.id not in said:
            message = f"the shot {shot.id!r} has no caption"
            loc = (*subject.shot_locs[shot.id], "id")
            yield subject.found(
                "captions-complete",
                "warning",
                message,
                loc,
                shot=shot.id,
                fix="cue: what is seen, in a sentence",
            )


@rule("caption-lines", "error")
def caption_lines(subject: Words) -> Iterator[Finding]:
    """A caption that does not fit in two lines.

    Captions have two lines of 42 characters. The planner breaks them so; a word longer than a line, such as
    an address, can't be broken well and is chopped. Here it is found before a viewer does.
    """
    for text in subject.plan.texts:
        if text.field == "cue" or "cues" in text.loc:
            for word in text.text.split():
                if len(word) > LINE_CHARACTERS:
                    message = f"a word of {len(word)} characters does not fit in a caption's line of 42"
                    at = {"offset": text.template.find(word), "length": len(word)}
                    where = at if word in text.template else {}
                    yield subject.at_text("caption-lines", "error", message, text, fix="shorten it", **where)
    for cue in subject.plan.cues:
        lines = cue.text.split("\n")
        if len(lines) > LINES:
            message = f"a caption has {len(lines)} lines, more than {LINES}"
            loc = subject.shot_locs[cue.shot_id]
            times: dict[str, Any] = {"start_s": round(cue.start_s, 3), "end_s": round(cue.end_s, 3)}
            yield subject.found(
                "caption-lines", "error", message, loc, shot=cue.shot_id, fix="split the cue", **times
            )
