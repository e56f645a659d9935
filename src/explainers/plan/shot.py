"""One shot of the storyboard becomes a `ShotPlan`: its length, its footer, its captions and chapters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from explainers.assets import Source
from explainers.facts.expression import ExpressionError
from explainers.facts.tables import NoSuchRow
from explainers.fonts import Letters
from explainers.kinds.base import BeatPlan, SceneKind, ShotPlan, Stretch
from explainers.plan.model import CuePlan, LinePlan, Planned
from explainers.plan.resolve import Resolver, Text
from explainers.plan.speaking import paced, speech_of, timed_lines
from explainers.plan.timeline import captions, captions_of_line
from explainers.storyboard.film import Moment, Voice, shape_of
from explainers.storyboard.mistakes import Loc, Mistake
from explainers.storyboard.model import Drawn, Shot
from explainers.theme import Theme
from explainers.timing import frame_at, frame_spans, reading_s
from explainers.voice.takes import Takes

MIN_BEAT_S = 1.5
MIN_SHOT_S = 2.0
APART_S = 1000.0
"""Between the beats of a plan that asks what arrives in each of them."""


def shot_seconds(
    written: float | str, plan: ShotPlan, texts: Sequence[str], cue: str | None, kind: SceneKind
) -> float:
    """The shot's written duration; for `auto` the longest of its beats, its words and its kind's need.

    The beats of `plan` follow one another from 0; its own length is not known yet.
    """
    if not isinstance(written, str):
        return written
    beats_s = plan.beats[-1].end_s if plan.beats else 0.0
    reading = max(reading_s(" ".join(texts)), reading_s(cue or ""))
    return max(MIN_SHOT_S, beats_s, reading, kind.duration_s(plan))


def beats_too_long(ends_s: Sequence[float], duration: float | str, loc: Loc) -> list[Mistake]:
    """A mistake where the beats don't fit in the shot's written duration."""
    if isinstance(duration, str) or not ends_s or ends_s[-1] <= duration + 1e-6:
        return []
    first = next(index for index, end in enumerate(ends_s) if end > duration + 1e-6)
    message = f"the beats last {ends_s[-1]:.2f} s, the shot is written as {duration:g} s, this one is over"
    expected = "shorter beats, or duration: auto for the shot"
    return [Mistake((*loc, "beats", first), "beat-too-long", message, expected)]


CAREFUL = ("illustration", "simulated", "published", "measured")
"""Provenance words, the one that claims least first."""

SEPARATOR = " · "


def footer(
    names: Iterable[str],
    sources: Mapping[str, Source],
    runs_kinds: Iterable[str] = (),
    caveats: Iterable[str] = (),
    note: str | None = None,
    override: str | None = None,
    illustrated: Sequence[str] = (),
) -> tuple[str | None, str | None]:
    """The provenance word and the footer line beside it; None and None where a shot shows no evidence.

    The word is the one that claims least. Its sources come first, those of other kinds under their own word;
    and `override` is the author's own. `runs_kinds` are what the runs say of themselves, `illustrated`
    names what is drawn because a file is missing.
    """
    labels: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        source = sources[name]
        labels.setdefault(override or source.kind, []).append(source.label or source.citation)
    kinds = {*labels, *runs_kinds, *(["illustration"] if illustrated else [])}
    word = override or next((kind for kind in CAREFUL if kind in kinds), None)
    for name in illustrated:
        # The chip beside the line says "drawn" already.
        said = name.removeprefix("drawn ") if word == "illustration" else name
        labels.setdefault("illustration", []).append(said)
    named = {kind: ", ".join(dict.fromkeys(labels[kind])) for kind in reversed(CAREFUL) if kind in labels}
    parts = [named.pop(word)] if word in named else []
    parts += [f"{kind}: {words}" for kind, words in named.items()]
    parts += [*dict.fromkeys(caveats), *([note] if note else [])]
    return word, SEPARATOR.join(parts) or None


@dataclass(frozen=True)
class Frame:
    """What all shots of a video share."""

    video: str
    canvas: Stretch
    theme: Theme
    letters: Letters
    voice: Voice
    language: str
    takes: Takes | None = None
    """The takes that count; None where the film is silent."""


def plan_shot(
    shot: Shot, loc: Loc, kind: SceneKind, params: Any, beats: Sequence[Any], resolver: Resolver, frame: Frame
) -> Planned | None:
    """The plan of a shot whose own fields are read; None where mistakes were added to `resolver`."""
    params = resolver.model(params, loc)
    kinds_texts = list(resolver.texts)
    beats = [resolver.model(beat, (*loc, "beats", index)) for index, beat in enumerate(beats)]
    kinds_filled, resolver.filled = resolver.filled, []
    stand_in = params.drawn_stand_in
    if shot.drawn != Drawn() and not stand_in:
        expected = "a stand_in, which is drawn while files are missing"
        message = "no drawn picture stands in here: these words would never be said"
        resolver.mistakes.append(Mistake((*loc, "drawn"), "no-effect", message, expected, key=True))
    shot = filled_shot(shot, loc, resolver, bool(stand_in and resolver.missing))
    # The shot's common words come before its kind's, for whoever looks a text up by what it says.
    resolver.filled += kinds_filled
    hard = [mistake for mistake in resolver.mistakes if mistake.code != "typed-digit"]
    if hard or resolver.incomplete:
        return None
    try:
        return _planned(shot, loc, kind, params, beats, resolver, kinds_texts, frame)
    except ExpressionError as error:
        resolver.mistakes.append(
            Mistake(loc, error.mistake.code, error.mistake.message, error.mistake.expected)
        )
    except NoSuchRow as error:
        resolver.mistakes += [replace(mistake, loc=loc, key=False) for mistake in error.mistakes]
    return None


def _planned(
    shot: Shot,
    loc: Loc,
    kind: SceneKind,
    params: Any,
    beats: Sequence[Any],
    resolver: Resolver,
    kinds_texts: list[str],
    frame: Frame,
) -> Planned:
    """The plan of a shot whose values are all there. What a kind's hooks raise of tables is passed on."""
    # A beat without a statement of its own still has that of the shot to be read, where it is the first.
    opening = [shot.statement, *[None] * len(shot.beats)]
    spans_s = [(APART_S * index, APART_S * (index + 1)) for index in range(len(shot.beats))]
    draft = _draft(shot, kind, params, _beats(shot, beats, spans_s, frame.canvas), resolver, frame)
    arrivals = sorted(kind.arrivals_s(draft)) if beats else []
    least = [
        max(
            [
                kind.beat_s(own),
                reading_s(one.statement or said or ""),
                *(t - at for t in arrivals if at <= t < end),
            ]
        )
        for one, own, said, (at, end) in zip(shot.beats, beats, opening, spans_s, strict=False)
    ]
    lengths = [
        max(MIN_BEAT_S, reading_s(one.cue or ""), needed) if one.duration == "auto" else float(one.duration)
        for one, needed in zip(shot.beats, least, strict=True)
    ]
    speech = speech_of(shot, loc, resolver, frame.voice, frame.language)
    spoken_s = 0.0
    if frame.takes is not None:
        for one in speech:
            one.find(frame.takes)
        lengths, spoken_s = paced(shot, lengths, least, speech, frame.voice.pause, frame.canvas.fps)
    ends = [sum(lengths[: index + 1]) for index in range(len(lengths))]
    resolver.mistakes += beats_too_long(ends, shot.duration, loc)
    spans_s = [(end - length, end) for length, end in zip(lengths, ends, strict=True)]
    natural = _beats(shot, beats, spans_s, frame.canvas)
    texts = [text for text in (shot.title, shot.statement) if text] + kinds_texts
    draft = _draft(shot, kind, params, natural, resolver, frame)
    seconds = shot_seconds(shot.duration, draft, texts, shot.cue, kind)
    seconds = max(seconds, spoken_s) if shot.duration == "auto" else seconds
    planned = _timed(draft, lengths, seconds)
    word, line = _footer(shot, kind, planned, resolver)
    planned = replace(planned, provenance=word, footer=line)
    written = {text.loc: text for text in resolver.filled}
    for mistake in kind.mistakes(planned):
        mistake = mistake.under(*loc)
        text = written.get(mistake.loc)
        resolver.mistakes.append(_in_template(mistake, text) if text else mistake)
    lines = timed_lines(planned, speech)
    voiced = lines if frame.takes is not None else []
    return Planned(planned, _cues(shot, planned, voiced), _chapters(shot, planned), lines)


def _in_template(mistake: Mistake, text: Text) -> Mistake:
    """A mistake in a filled text, placed in the text as it is written; whole where it came with a fact."""
    if mistake.offset is None or text.template == text.text:
        return mistake
    piece = text.text[mistake.offset : mistake.offset + (mistake.length or 1)]
    offset = text.template.index(piece) if text.template.count(piece) == 1 else None
    return replace(mistake, offset=offset, length=mistake.length if offset is not None else None)


def filled_shot(shot: Shot, loc: Loc, resolver: Resolver, drawn: bool = False) -> Shot:
    """The shot with its common texts filled in; its note and sources count, its timed words too.

    While a picture is `drawn` in place of files, the words written for that are said instead.
    """
    # The words that are not said are filled in as well, so that their mistakes are found.
    unsaid = replace(resolver, texts=[], filled=[], facts=[], sources=[])
    # What is only heard is in no footer: a film looks the same with a voice and without.
    heard = replace(resolver, texts=[], facts=[], sources=[])

    def text(template: str | bool | None, *steps: str | int) -> str | bool | None:
        owner: Any = shot.drawn
        place: tuple[str | int, ...] = ("drawn", *steps)
        if len(steps) > 1:
            name = shot.beats[int(steps[1])].id if steps[0] == "beats" else ""
            owner, place = shot.drawn.beats.get(name), ("drawn", "beats", name, steps[-1])
        other = getattr(owner, str(steps[-1]), None)
        here = heard if steps[-1] == "say" else resolver
        ways = [(template, (*loc, *steps), here)]
        if other is not None:
            ways.append((other, (*loc, *place), here if drawn else unsaid))
            ways[0] = (template, (*loc, *steps), unsaid if drawn else here)
        # A chapter may be true or false in place of a title.
        found = [one if isinstance(one, bool) else who.text(one, at) for one, at, who in ways]
        return found[-1] if drawn else found[0]

    def waited(on: Moment | None, place: Loc) -> Moment | None:
        return on and on.model_copy(update={"words": heard.text(on.words, place)})

    beats = tuple(
        beat.model_copy(
            update={
                name: text(getattr(beat, name), "beats", index, name)
                for name in ("statement", "cue", "chapter", "say")
            }
            | {"on": waited(beat.on, (*loc, "beats", index, "on", "words"))}
        )
        for index, beat in enumerate(shot.beats)
    )
    cues = tuple(
        cue.model_copy(update={"text": text(cue.text, "cues", index, "text")})
        for index, cue in enumerate(shot.cues)
    )
    for index, name in enumerate(shot.source):
        resolver.source(name, (*loc, "source", index))
    names = ("title", "statement", "cue", "note", "chapter", "say")
    texts = {name: text(getattr(shot, name), name) for name in names}
    return shot.model_copy(update={**texts, "beats": beats, "cues": cues})


def _beats(
    shot: Shot, params: Sequence[Any], spans_s: Sequence[tuple[float, float]], canvas: Stretch
) -> list[BeatPlan]:
    plans, statement = [], shot.statement
    for beat, own, (start, end) in zip(shot.beats, params, spans_s, strict=True):
        statement = beat.statement or statement
        goes = beat.camera and beat.camera.shape in (None, shape_of(canvas.width, canvas.height))
        plans.append(BeatPlan(beat.id, start, end, own, statement, beat.camera if goes else None))
    return plans


def _draft(
    shot: Shot, kind: SceneKind, params: Any, beats: Sequence[BeatPlan], resolver: Resolver, frame: Frame
) -> ShotPlan:
    """The shot's plan without a length and a footer, for the hooks that say what these need."""
    return ShotPlan(
        video=frame.video,
        id=shot.id,
        kind=kind.name,
        duration_frames=0,
        canvas=frame.canvas,
        theme=frame.theme,
        params=params,
        beats=tuple(beats),
        title=shot.title,
        statement=shot.statement,
        layout=shot.layout,
        carry={} if shot.carry is True else (shot.carry or None),
        tables=resolver.tables,
        runs=resolver.runs,
        assets=resolver.assets,
        pictures=resolver.pictures,
        code=resolver.code,
        missing=tuple(resolver.missing),
        letters=frame.letters,
    )


def _timed(plan: ShotPlan, lengths: Sequence[float], seconds: float) -> ShotPlan:
    """The plan with its length, and its beats, in whole frames; the last beat lasts as long as the shot."""
    fps = plan.canvas.fps
    frames = max(1, frame_at(seconds, fps))
    spans = frame_spans(lengths, fps)
    if spans:
        spans[-1] = (spans[-1][0], max(frames, spans[-1][0]))
    beats = (
        replace(beat, start_s=start / fps, end_s=end / fps)
        for beat, (start, end) in zip(plan.beats, spans, strict=True)
    )
    return replace(plan, duration_frames=frames, beats=tuple(beats))


def _footer(shot: Shot, kind: SceneKind, plan: ShotPlan, resolver: Resolver) -> tuple[str | None, str | None]:
    runs = [run for run in plan.runs.values() if run is not None]
    said = kind.said(plan)
    caveats = (caveat for run in runs for caveat in run.caveats if caveat not in said)
    return footer(
        resolver.sources,
        resolver.library.manifest.sources,
        [run.provenance.kind for run in runs],
        [*kind.footer(plan), *caveats, *kind.caveats(plan)],
        shot.note,
        shot.provenance,
        kind.illustrated(plan),
    )


def _cues(shot: Shot, plan: ShotPlan, voiced: Sequence[LinePlan]) -> list[CuePlan]:
    """The captions of a shot: what is said where there is a voice, and elsewhere its cues."""
    written: list[tuple[float, float, str]] = []
    timed = sorted(shot.cues, key=lambda cue: cue.at)
    for one, following in zip_longest(timed, timed[1:]):
        end = following.at if following else plan.duration_s
        written.append((one.at, min(one.until or end, plan.duration_s), one.text))
    beats = zip(plan.beats, shot.beats, strict=True)
    written += [(beat.start_s, beat.end_s, one.cue) for beat, one in beats if one.cue]
    if shot.cue:
        written.append((0.0, min((start for start, _, _ in written), default=plan.duration_s), shot.cue))
    said = [(one.start_s, one.until_s) for one in voiced]
    written = [cue for cue in written if not any(start <= cue[0] < end for start, end in said)]
    cues = [cue for start, end, text in written if end > start for cue in captions(text, start, end, plan.id)]
    return cues + [cue for one in voiced for cue in captions_of_line(one)]


def _chapters(shot: Shot, plan: ShotPlan) -> list[tuple[int, str]]:
    chapters = []
    title = shot.title if shot.chapter is None else shot.chapter
    if isinstance(title, str):
        chapters.append((0, title))
    for one, beat in zip(shot.beats, plan.beats, strict=True):
        if isinstance(one.chapter, str):
            chapters.append((frame_at(beat.start_s, plan.canvas.fps), one.chapter))
    return chapters
