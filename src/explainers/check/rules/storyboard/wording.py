"""Rules about single texts: what they are written with, and whether they can be drawn and read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from explainers.check.finding import Finding
from explainers.check.rules import rule
from explainers.check.subject import Words
from explainers.facts.templates import fill
from explainers.fonts import Missing, missing
from explainers.kinds.base import ShotPlan
from explainers.plan.timeline import LINE_CHARACTERS, LINES
from explainers.storyboard.document import Document
from explainers.storyboard.mistakes import Loc, quoted
from explainers.timing import reading_s


@rule("typed-digit", "error")
def typed_digit(subject: Words) -> Iterator[Finding]:
    """A typed number in the picture.

    A digit in a title, statement, caption, axis or bar text that does not come from a fact has no source,
    and nobody notices when the data change. Write `{fact:format}`; where the digit is part of a name
    (`GPT-{=4}`), write it as a literal. Percentiles (`p99`), versions (`v0.6`, `1.2.3`) and repositories
    (`org/name-2`) are names by themselves. Labels of structure (nodes, tokens, code) are exempt.
    """
    for text in subject.plan.texts:
        if text.digits == "checked":
            filled = fill(text.template, subject.plan.facts, "checked", subject.names_in(text.shot))
            for mistake in filled.mistakes:
                if mistake.code == "typed-digit":
                    yield subject.at_text(mistake.message, text, mistake, fix=mistake.expected)


@rule("untranslated", "warning")
def untranslated(subject: Words) -> Iterator[Finding]:
    """Words that a film in another language has only in its first one.

    They are not in the language's file. Where they are the same in both, such as names, they stand there
    too, so that it can be seen that nobody forgot them.
    """
    document = subject.plan.document
    if document.translation is None:
        return
    there = set(document.elsewhere)
    for text in subject.plan.texts:
        translated = any(text.loc[:end] in there for end in range(1, len(text.loc) + 1))
        if not translated and re.search(r"[^\W\d_]{2}", re.sub(r"\{[^{}]*\}", "", text.template)):
            name = document.translation.display
            message = f"{text.text!r} is not in {name}"
            yield subject.found(
                message, text.loc, shot=text.shot, beat=text.beat, fix=f"its words, in {name}"
            )


@rule("poster-alt", "warning")
def poster_alt(subject: Words) -> Iterator[Finding]:
    """A poster without words for those who can't see it.

    The poster's alternative text is made of the video's title and of what the poster's shot says in its
    title and statement. A shot that says nothing, in a video without a description, leaves a bare title.
    """
    plan = subject.plan
    shot, _ = plan.shot_at(plan.poster_frame)
    if not any(text and text != plan.title for text in (shot.title, shot.statement, plan.description)):
        message = "the poster has no alternative text but the video's title"
        fix = "a description: for the video, or a statement in the poster's shot"
        loc = ("poster",) if plan.storyboard.poster else ("title",)
        yield subject.found(message, loc, shot=shot.id, fix=fix)


@rule("captions-complete", "warning")
def captions_complete(subject: Words) -> Iterator[Finding]:
    """A shot without captions.

    The video has no sound: captions are what is read aloud to a viewer who can't see it. Every shot says
    something in at least one cue.
    """
    captioned = {cue.shot_id for cue in subject.plan.cues}
    for shot in subject.plan.shots:
        if shot.id not in captioned:
            message = f"the shot {shot.id!r} has no caption"
            yield subject.found(message, shot=shot.id, fix="cue: what is seen, in a sentence")


@rule("caption-lines", "error")
def caption_lines(subject: Words) -> Iterator[Finding]:
    """A caption that does not fit in two lines.

    Captions have two lines of 42 characters. The planner breaks them so; a word longer than a line, such as
    an address, can't be broken well and is chopped. Here it is found before a viewer does.
    """
    for text in subject.plan.texts:
        for word in text.text.split() if text.field == "cue" or "cues" in text.loc else ():
            if len(word) > LINE_CHARACTERS:
                message = f"a word of {len(word)} characters does not fit in a caption's line of 42"
                at = text.template.find(word)
                where: dict[str, Any] = {"offset": at, "length": len(word)} if at >= 0 else {}
                yield subject.at_text(message, text, fix="shorten it", **where)
    for cue in subject.plan.cues:
        lines = cue.text.split("\n")
        if len(lines) > LINES:
            message = f"a caption has {len(lines)} lines, more than {LINES}"
            loc, seconds = subject.shot_locs[cue.shot_id], (cue.start_s, cue.end_s)
            yield subject.found(message, loc, shot=cue.shot_id, fix="split the cue", seconds=seconds)


CAPTION_CHARACTERS_PER_S = 21.0
_SLACK_S = 0.05


@rule("reading-time", "warning")
def reading_time(subject: Words) -> Iterator[Finding]:
    """Words that are gone before they can be read.

    Reading takes 15 characters a second and 0.8 s to find the place. A statement must stand that long, a
    caption must not run faster than 21 characters a second, and a shot with a written duration must leave
    time for the words its kind shows. `duration: auto` does all this by itself.
    """
    for shot in subject.plan.shots:
        for text, beat, start, end in _statements(shot):
            needed = reading_s(text)
            if end - start + _SLACK_S < needed:
                loc = next((one.loc for one in subject.of_shot(shot.id) if one.text == text), ())
                message = f"the statement stands {end - start:.1f} s and takes {needed:.1f} s to read"
                fix = f"duration: {needed:.1f}s or auto, or fewer words"
                yield subject.found(message, loc, shot=shot.id, beat=beat, fix=fix)
    yield from _fast_captions(subject)


def _statements(shot: ShotPlan) -> Iterator[tuple[str, str | None, float, float]]:
    """Each statement with its first beat and the times between which it stands."""
    if not shot.beats and shot.statement:
        yield shot.statement, None, 0.0, shot.duration_s
    standing: list[tuple[str, str, float, float]] = []
    for beat in shot.beats:
        text = beat.statement or shot.statement or ""
        if standing and standing[-1][0] == text:
            standing[-1] = (*standing[-1][:3], beat.end_s)
        else:
            standing.append((text, beat.id, beat.start_s, beat.end_s))
    for text, beat_id, start, end in standing:
        if text:
            yield text, beat_id, start, max(end, shot.duration_s) if beat_id == standing[-1][1] else end


def _fast_captions(subject: Words) -> Iterator[Finding]:
    spoken = {text.text: text for text in subject.plan.texts if text.field in ("cue", "text")}
    reported: set[Loc] = set()
    for cue in subject.plan.cues:
        words = cue.text.replace("\n", " ")
        rate = len(words) / max(1e-6, cue.end_s - cue.start_s)
        text = next((one for whole, one in spoken.items() if words in " ".join(whole.split())), None)
        loc = text.loc if text else subject.loc(cue.shot_id)
        if rate > CAPTION_CHARACTERS_PER_S and loc not in reported:
            reported.add(loc)
            most = f"{CAPTION_CHARACTERS_PER_S:.0f} can be read"
            message = f"a caption runs at {rate:.0f} characters a second; {most}"
            fix, seconds = "fewer words, or more time", (cue.start_s, cue.end_s)
            yield subject.found(message, loc, shot=cue.shot_id, fix=fix, seconds=seconds)


_SHOWN_OF_ASSETS = frozenset(("citation", "label", "shows", "credit", "note", "licence"))


@rule("comment-in-text", "warning")
def comment_in_text(subject: Words) -> Iterator[Finding]:
    """A comment begins right after a text.

    In YAML a ` #` ends an unquoted value, and what follows is a comment: `The fix for #412` is read as
    `The fix for`. That is found after every text that is shown, and after any other value where the `#`
    touches a word, as it does in `GPU #2` and does not in `# a remark`.
    """
    shown = {text.loc for text in subject.plan.texts}
    shots = {loc: shot for shot, loc in subject.shot_locs.items()}
    for loc in subject.plan.document.comments:
        if (cut := _cut(subject.plan.document, loc, loc in shown)) is not None:
            yield subject.found(cut[0], loc, shot=shots.get(loc[:2]), fix=cut[1])
    if (assets := subject.plan.library.document) is not None:
        for loc in assets.comments:
            if (cut := _cut(assets, loc, loc[-1] in _SHOWN_OF_ASSETS)) is not None:
                yield subject.found(cut[0], loc, fix=cut[1], assets=True)


def _cut(document: Document, loc: Loc, shown: bool) -> tuple[str, str] | None:
    """What is read of the value at `loc` and how to write it, where a comment may have been text."""
    comment = document.cut_off(loc)
    if not (shown or comment[1:2].strip()):
        return None
    read: Any = document.data
    for step in loc:
        read = read[step]
    text = read if isinstance(read, str) else ""
    what = f"the text is {text!r}" if text else "the value is empty"
    whole = quoted(f"{text} {comment}".strip())
    alone = f"{quoted(text)} {comment}" if text and shown else f"# {comment[1:]}"
    return f"{what}: what follows the # is a comment", f"{whole}, or, if it is a comment, {alone}"


@dataclass
class _Lacking:
    """The letters of one script that are missing, and where the first of them stands."""

    loc: Loc
    where: dict[str, Any]
    characters: dict[str, None] = field(default_factory=dict)
    texts: int = 0


@rule("missing-glyph", "error")
def missing_glyph(subject: Words) -> Iterator[Finding]:
    """Letters that no font of the video has: one finding for each script.

    Whatever is drawn as text is looked at: the words of the storyboard, footers, what a kind takes from
    recordings, logs and tables, and captions where they are burned in. Fonts of the machine are never used,
    because the picture would not be the same everywhere. What a font lacks comes from the project's own
    (`fonts` in `[tool.explainers]`) or from the extra `explainers[fonts]`; without them a text is not drawn,
    and a terminal shows a box. The icons of a prompt have private codes that mean something else in every
    font, so only a font of the project's can say what they are.
    """
    letters = subject.plan.shots[0].letters
    allowing = {shot.id for shot in subject.plan.storyboard.shots if "missing-glyph" in shot.allow}
    found: dict[tuple[str, str | None], _Lacking] = {}
    for loc, shot, beat, text, template in _drawn(subject):
        for one in missing([text], letters):
            at = template.find(one.characters[0])
            where = {"offset": at, "length": len(one.characters[0])} if at >= 0 else {}
            # What one shot lets pass is no excuse for the others.
            key = one.script, shot if shot in allowing else None
            lacking = found.setdefault(key, _Lacking(loc, {"shot": shot, "beat": beat, **where}))
            lacking.characters.update(dict.fromkeys(one.characters))
            lacking.texts += 1
    for (script, _), lacking in found.items():
        whole = Missing(script, tuple(lacking.characters))
        message = whole.message + (f", in {lacking.texts} texts" if lacking.texts > 1 else "")
        yield subject.found(message, lacking.loc, fix=whole.remedy, **lacking.where)


def _drawn(subject: Words) -> Iterator[tuple[Loc, str, str | None, str, str]]:
    """Place, shot, beat, words and template of everything that is drawn as text."""
    for text in subject.plan.texts:
        caption = subject.burned and (text.field == "cue" or "cues" in text.loc)
        if text.shot and (text.on_screen or caption):
            yield text.loc, text.shot, text.beat, text.text, text.template
    for shot in subject.plan.shots:
        slates = (words for one in shot.missing for words in (one.shows, one.how))
        for words in (shot.footer or "", *slates):
            yield subject.loc(shot.id), shot.id, None, words, ""
        for place, words in subject.plan.kinds[shot.kind].file_texts(shot):
            yield (*subject.shot_locs[shot.id], *place), shot.id, None, words, ""
