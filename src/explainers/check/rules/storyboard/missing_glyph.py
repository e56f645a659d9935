"""Letters that no font of the video has: one finding for each script.

Whatever is drawn as text is looked at: the words of the storyboard, footers, what a kind takes from
recordings, logs and tables, and captions where they are burned in. Fonts of the machine are never used,
because the picture would not be the same everywhere. What a font lacks comes from the project's own (`fonts`
in `[tool.explainers]`) or from the extra `explainers[fonts]`; without them a text is not drawn, and a
terminal shows a box. The icons of a prompt have private codes that mean something else in every font, so only
a font of the project's can say what they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from explainers.check.finding import Finding
from explainers.check.subject import Words
from explainers.fonts import Missing, missing
from explainers.storyboard.mistakes import Loc

CODE: Final = "missing-glyph"
SEVERITY: Final = "error"


@dataclass
class _Lacking:
    """The letters of one script that are missing, and where the first of them stands."""

    loc: Loc
    shot: str
    beat: str | None
    where: dict[str, Any]
    characters: dict[str, None] = field(default_factory=dict)
    texts: int = 0


def find(subject: Words) -> Iterator[Finding]:
    letters = subject.plan.shots[0].letters
    allowing = {shot.id for shot in subject.plan.storyboard.shots if CODE in shot.allow}
    found: dict[tuple[str, str | None], _Lacking] = {}
    for loc, shot, beat, text, template in _drawn(subject):
        for one in missing([text], letters):
            at = template.find(one.characters[0])
            where = {"offset": at, "length": len(one.characters[0])} if at >= 0 else {}
            # What one shot lets pass is no excuse for the others.
            key = one.script, shot if shot in allowing else None
            lacking = found.setdefault(key, _Lacking(loc, shot, beat, where))
            lacking.characters.update(dict.fromkeys(one.characters))
            lacking.texts += 1
    for (script, _), lacking in found.items():
        whole = Missing(script, tuple(lacking.characters))
        message = whole.message + (f", in {lacking.texts} texts" if lacking.texts > 1 else "")
        yield subject.found(
            CODE, SEVERITY, message, lacking.loc, shot=lacking.shot, beat=lacking.beat, fix=whole.remedy,
            **lacking.where,
        )  # fmt: skip


def _drawn(subject: Words) -> Iterator[tuple[Loc, str, str | None, str, str]]:
    """Place, shot, beat, words and template of everything that is drawn as text."""
    for text in subject.plan.texts:
        caption = subject.burned and (text.field == "cue" or "cues" in text.loc)
        if text.shot and (text.seen or caption):
            yield text.loc, text.shot, text.beat, text.text, text.template
    for shot in subject.plan.shots:
        loc = subject.shot_locs[shot.id]
        slates = (words for one in shot.missing for words in (one.shows, one.how))
        for words in (shot.footer or "", *slates):
            yield (*loc, "id"), shot.id, None, words, ""
        for place, words in subject.plan.kinds[shot.kind].file_texts(shot):
            yield (*loc, *place), shot.id, None, words, ""
