"""The lines of a shot: the beats they are said over, their lengths, and what waits for their words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any

from explainers.errors import nearest
from explainers.kinds.base import ShotPlan
from explainers.plan.model import LinePlan, Wait
from explainers.plan.resolve import Resolver
from explainers.storyboard.film import ShotVoice, Voice
from explainers.storyboard.mistakes import Loc, Mistake
from explainers.storyboard.model import Shot, Storyboard
from explainers.voice.engines import ENGINES
from explainers.voice.lines import Line, Manner, NoSuchPhrase, occurrences
from explainers.voice.spoken import TONGUES
from explainers.voice.takes import NoTake, Take, Takes


@dataclass
class Said:
    """A line, said from the beat of number `first` on; `waits` are beats by their numbers."""

    first: int
    line: Line
    waits: dict[int, Wait] = field(default_factory=dict)
    take: Take | None = None
    stale: str | None = None

    def find(self, takes: Takes) -> None:
        """Look for its take; without one it lasts as long as a rehearsal."""
        try:
            self.take = takes.take(self.line)
        except NoTake as error:
            self.stale = error.stale

    @property
    def duration_s(self) -> float:
        return self.take.duration_s if self.take else 0.4 * len(self.line.said)

    def moment_s(self, token: int) -> float:
        """When a token is heard, from the line's beginning."""
        return self.take.moment(token).start_s if self.take else 0.4 * token


def wrong_voices(storyboard: Storyboard) -> list[Mistake]:
    """Engines and voices that there are not, and pronunciations that hold no plain words."""
    chosen: list[tuple[Loc, Voice | ShotVoice, str]] = [
        (("voice",), storyboard.voice, storyboard.voice.engine)
    ]
    for index, shot in enumerate(storyboard.shots):
        chosen.append((("shots", index, "voice"), shot.voice, shot.voice.engine or storyboard.voice.engine))
    found = []
    for loc, voice, name in chosen:
        engine = ENGINES.get(name)
        if engine is None:
            if voice.engine:
                message, known = f"there is no voice engine {name!r}", ", ".join(ENGINES)
                found.append(
                    Mistake((*loc, "engine"), "unknown-name", message, known, nearest(name, ENGINES))
                )
        elif voice.voice and voice.voice not in engine.voices:
            message, known = f"{name} has no voice {voice.voice!r}", ", ".join(engine.voices)
            near = nearest(voice.voice, engine.voices)
            found.append(Mistake((*loc, "voice"), "unknown-name", message, known, near))
    for name, words in storyboard.voice.pronounce.items():
        if not words.strip() or any(letter.isdigit() for letter in words):
            message = f"{words!r} is not how {name!r} is said"
            expected = 'plain words, such as "kay vee"'
            found.append(Mistake(("voice", "pronounce", name), "wrong-type", message, expected))
    return found


def speech_of(shot: Shot, loc: Loc, resolver: Resolver, voice: Voice, language: str) -> list[Said]:
    """The lines of a shot whose texts are filled in, in order; mistakes are added to `resolver`."""
    manner = Manner(
        shot.voice.engine or voice.engine,
        shot.voice.voice or voice.voice,
        shot.voice.pace or voice.pace,
        language,
        voice.pronounce,
    )
    filled = {text.loc: text for text in resolver.filled}
    ways = ("say", "cue") if voice.from_ == "cues" else ("say",)
    found: list[Said] = []

    def add(owner: Any, beat: int | None, places: Mapping[str, list[Loc]]) -> bool:
        way = next((way for way in ways if getattr(owner, way)), None)
        if way is None:
            return False
        text = next((filled[place] for place in places[way] if place in filled), None)
        line = Line(
            shot.id,
            None if beat is None else shot.beats[beat].id,
            " ".join(getattr(owner, way).split()),
            manner,
            text.loc if text else loc,
            text.pieces if text else (),
        )
        if line.said:
            found.append(Said(beat or 0, line))
        return bool(line.said)

    first = bool(shot.beats and any(getattr(shot.beats[0], way) for way in ways))
    if first and shot.say:
        message = f"the shot's line and that of its first beat, {shot.beats[0].id!r}, begin together"
        expected = "one of them, or the shot's line in a beat of its own"
        resolver.mistakes.append(Mistake((*loc, "say"), "no-effect", message, expected))
    elif not first:
        add(shot, None, {way: [(*loc, way), (*loc, "drawn", way)] for way in ways})
    for index, beat in enumerate(shot.beats):
        places = {way: [(*loc, "beats", index, way), (*loc, "drawn", "beats", beat.id, way)] for way in ways}
        own = add(beat, index, places)
        if beat.on is not None:
            _wait(beat, index, (*loc, "beats", index, "on"), found, own, resolver)
    if (
        found
        and language.split("-")[0] not in TONGUES
        and any(c.isdigit() for s in found for c in s.line.voiced)
    ):
        message = f"numbers can't be said in the language {language!r} yet"
        resolver.mistakes.append(Mistake(found[0].line.loc, "no-language", message, ", ".join(TONGUES)))
    return found


def _wait(beat: Any, index: int, loc: Loc, found: list[Said], own: bool, resolver: Resolver) -> None:
    """Note that a beat waits for words of the line that is being said; a mistake where it can't."""
    words, occurrence = beat.on.words, beat.on.occurrence

    def wrong(message: str, expected: str | None = None, near: str | None = None, place: Loc = ()) -> None:
        resolver.mistakes.append(Mistake((*loc, *place), "unknown-words", message, expected, near))

    if own or not found:
        why = "begins its own line" if own else "is not said over"
        return wrong(
            f"the beat {beat.id!r} {why}: there are no words to wait for", "a line that began before"
        )
    said = found[-1]
    try:
        places = occurrences(said.line, words)
    except NoSuchPhrase as error:
        return wrong(f"the line never says {words!r}: {said.line.text!r}", None, error.near, ("words",))
    if occurrence is not None and occurrence > len(places):
        return wrong(f"{words!r} is said {len(places)} times", f"1 to {len(places)}", None, ("occurrence",))
    said.waits[index] = Wait(beat.id, 0.0, words, tuple(places), (occurrence or 1) - 1, (*loc, "words"))
    return None


def paced(
    shot: Shot,
    lengths: Sequence[float],
    least: Sequence[float],
    speech: Sequence[Said],
    pause_s: float,
    fps: int,
) -> tuple[list[float], float]:
    """The beats' lengths in seconds so that every line has its time, and what a shot without beats needs.

    A beat before one that waits ends with its words: it holds longer, or is read for less, but moves as
    long as it must (`least`). Otherwise the last beat of a line that has no written length is stretched, to
    whole frames.
    """
    lengths = list(lengths)
    ends = [*(one.first for one in speech[1:]), len(lengths)]
    for one, end in zip(speech, ends, strict=False):
        at = 0.0
        for beat in range(one.first, end):
            wait = one.waits.get(beat + 1)
            if wait is not None and shot.beats[beat].duration == "auto":
                lengths[beat] = max(least[beat], 1 / fps, one.moment_s(wait.token) - at)
            at += lengths[beat]
        short = one.duration_s + pause_s - at
        free = [beat for beat in range(one.first, end) if shot.beats[beat].duration == "auto"]
        if short > 0 and free:
            lengths[free[-1]] = ceil((lengths[free[-1]] + short) * fps - 1e-6) / fps
    alone = speech[0].duration_s + pause_s if speech and not lengths else 0.0
    return lengths, ceil(alone * fps - 1e-6) / fps


def timed_lines(plan: ShotPlan, speech: Sequence[Said]) -> list[LinePlan]:
    """The lines with their times in the shot, and those of the beats that wait for their words."""
    starts = [beat.start_s for beat in plan.beats] or [0.0]
    found = []
    for number, one in enumerate(speech, 1):
        until = starts[speech[number].first] if number < len(speech) else plan.duration_s
        waits = tuple(replace(wait, start_s=starts[index]) for index, wait in one.waits.items())
        found.append(LinePlan(one.line, starts[one.first], until, one.take, one.stale, waits))
    return found
