"""Words that are gone before they can be read.

Reading takes 15 characters a second and 0.8 s to find the place. A statement must stand that long, a
caption must not run faster than 21 characters a second, and a shot with a written duration must leave
time for the words its kind shows. `duration: auto` does all this by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from explainers.check.finding import Finding
from explainers.check.subject import Words
from explainers.kinds.base import ShotPlan
from explainers.timing import reading_s

CODE: Final = "reading-time"
SEVERITY: Final = "warning"

CAPTION_CHARACTERS_PER_S = 21.0
_SLACK_S = 0.05


def find(subject: Words) -> Iterator[Finding]:
    for shot in subject.plan.shots:
        yield from _statements(shot, subject)
    yield from _captions(subject)


def _statements(shot: ShotPlan, subject: Words) -> Iterator[Finding]:
    for text, beat, start, end in _stretches(shot):
        needed = reading_s(text)
        if end - start + _SLACK_S < needed:
            loc = next((one.loc for one in subject.of_shot(shot.id) if one.text == text), None)
            message = f"the statement stands {end - start:.1f} s and takes {needed:.1f} s to read"
            fix = f"duration: {needed:.1f}s or auto, or fewer words"
            where = loc or (*subject.shot_locs[shot.id], "id")
            yield subject.found(CODE, SEVERITY, message, where, shot=shot.id, beat=beat, fix=fix)


def _stretches(shot: ShotPlan) -> Iterator[tuple[str, str | None, float, float]]:
    """Each statement with its first beat and the times between which it stands."""
    if not shot.beats:
        if shot.statement:
            yield shot.statement, None, 0.0, shot.duration_s
        return
    now: tuple[str, str | None, float, float] | None = None
    for beat in shot.beats:
        text = beat.statement or shot.statement or ""
        if now is not None and now[0] == text:
            now = (*now[:3], beat.end_s)
            continue
        if now is not None and now[0]:
            yield now
        now = text, beat.id, beat.start_s, beat.end_s
    if now is not None and now[0]:
        yield (*now[:3], max(now[3], shot.duration_s))


def _captions(subject: Words) -> Iterator[Finding]:
    spoken = {text.text: text for text in subject.plan.texts if text.field in ("cue", "text")}
    told: set[str] = set()
    for cue in subject.plan.cues:
        words = cue.text.replace("\n", " ")
        rate = len(words) / max(1e-6, cue.end_s - cue.start_s)
        if rate <= CAPTION_CHARACTERS_PER_S:
            continue
        text = next((one for said, one in spoken.items() if words in " ".join(said.split())), None)
        loc = text.loc if text else (*subject.shot_locs[cue.shot_id], "id")
        if str(loc) in told:
            continue
        told.add(str(loc))
        message = (
            f"a caption runs at {rate:.0f} characters a second; {CAPTION_CHARACTERS_PER_S:.0f} can be read"
        )
        times: dict[str, Any] = {"start_s": round(cue.start_s, 3), "end_s": round(cue.end_s, 3)}
        fix = "fewer words, or more time"
        yield subject.found(CODE, SEVERITY, message, loc, shot=cue.shot_id, fix=fix, **times)
