"""What an author writes in `storyboard.yaml`, typed and frozen.

A shot holds the fields every shot has; what its kind adds stays unread until the plan knows the kind.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
)

from explainers.errors import nearest
from explainers.storyboard.document import Document
from explainers.storyboard.film import Camera, Expectation, Layout, Music, On, ShotVoice, Voice
from explainers.storyboard.mistakes import Loc, Mistake, mistakes_of
from explainers.storyboard.parameters import Parameters
from explainers.storyboard.types import (
    Frozen,
    Name,
    RunName,
    Seconds,
    ShortForm,
    Shown,
    ShownText,
    Slo,
    SourceName,
    TableName,
    whole,
)
from explainers.theme import THEMES

Provenance = Literal["measured", "published", "simulated", "illustration"]
"""How a picture's content came to be; the word on the chip before a footer."""


def _chapter(value: Any) -> Any:
    if value in ("true", True):
        raise ValueError("a title, or false for no chapter")
    return False if value == "false" else value


Duration = Literal["auto"] | Seconds
"""A written duration, or `auto`: as long as it takes to read and to happen."""

ChapterTitle = Annotated[
    str | bool,
    BeforeValidator(_chapter),
    Shown("checked"),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"const": False}]}),
]


Allow = dict[str, Annotated[str, Field(min_length=3)]]
"""Findings that are let pass, by code, each with its reason."""


class TimedCue(Frozen):
    """A caption with written times, from the start of its shot."""

    at: Seconds
    """When it comes."""
    until: Seconds | None = None
    """When it goes; with the next caption or the end of the shot where nothing is written."""
    text: ShownText
    """The words."""


class Transition(Frozen):
    """How a shot is entered from the one before it."""

    fade: Seconds
    """A cross-fade of this length; it takes its time from the two shots' own last and first frames."""


def _true(value: Any) -> Any:
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


Carry = Annotated[bool | dict[str, str], BeforeValidator(_true)]
"""Whether a shot carries on the one before it, with the names that differ."""


class _Open(Frozen):
    """A mapping whose further keys belong to the scene kind."""

    model_config = ConfigDict(extra="allow")


class Beat(_Open):
    """A named step inside a shot. Captions, chapters and stills can point at it."""

    id: Name
    """Its name, once in the shot."""
    duration: Duration = "auto"
    """How long it lasts."""
    statement: ShownText | None = None
    """The shot's statement from this beat on."""
    cue: ShownText | None = None
    """A caption for the time of the beat; in the captions track, never in the picture."""
    chapter: ChapterTitle | None = None
    """A chapter that begins with this beat."""
    camera: Annotated[Camera, ShortForm("to")] | None = None
    """What the camera goes to: names of what is seen, or `all`."""
    say: ShownText | None = None
    """The line that is said from this beat on, where there is a voice."""
    on: On | None = None
    """Words of the line being said, at which this beat begins: the beat before holds until they are heard."""


class DrawnBeat(Frozen):
    """A beat's words while a drawn picture stands in."""

    statement: ShownText | None = None
    """The beat's statement then."""
    cue: ShownText | None = None
    """Its caption then."""
    say: ShownText | None = None
    """Its line then."""


class Drawn(Frozen):
    """A shot's words while a drawn picture stands in for files that are not there."""

    title: ShownText | None = None
    """The line at the top then."""
    statement: ShownText | None = None
    """The shot's sentence then."""
    chapter: ChapterTitle | None = None
    """The chapter's title then."""
    cue: ShownText | None = None
    """The shot's caption then."""
    note: ShownText | None = None
    """Further words in the footer then."""
    say: ShownText | None = None
    """The shot's line then."""
    beats: dict[Name, DrawnBeat] = Field(default_factory=dict)
    """The words of beats then, by their ids."""


class Shot(_Open):
    """One entry of a storyboard: an instance of a scene kind."""

    id: Name
    """Its name, once in the storyboard."""
    kind: Name
    """The scene kind; it brings further fields to the shot and to its beats."""
    title: ShownText | None = None
    """The line at the top; also the chapter's title."""
    statement: ShownText | None = None
    """The one sentence the shot says, in the picture."""
    duration: Duration = "auto"
    """How long it lasts; `auto` is reading time, the beats, and what the kind needs."""
    beats: tuple[Beat, ...] = ()
    """Its steps, one after another."""
    cue: ShownText | None = None
    """A caption from the shot's start until its first beat that has one, or its end."""
    cues: tuple[TimedCue, ...] = ()
    """Captions with times of their own."""
    say: ShownText | None = None
    """The line that is said from the shot's start on, where there is a voice."""
    voice: ShotVoice = ShotVoice()
    """Another voice for this shot."""
    chapter: ChapterTitle | None = None
    """Another chapter title than the shot's, or false for no chapter here."""
    source: Annotated[tuple[SourceName, ...], ShortForm(None)] = ()
    """Sources for the footer, beside those of the tables, runs and facts in the shot."""
    note: ShownText | None = None
    """Further words in the footer."""
    provenance: Provenance | None = None
    """The word on the chip before the footer, where the sources' own would say too much."""
    layout: Annotated[Layout, ShortForm("place")] = Layout()
    """How the frame is divided between words and picture."""
    carry: Carry = False
    """Whether what the shot before names too travels on into this one; a mapping names, by their names here,
    things that the shot before calls otherwise."""
    drawn: Drawn = Drawn()
    """Other words for the time in which a drawn picture stands in: what only the real thing supports is then
    not said."""
    expect: dict[str, Expectation] = Field(default_factory=dict)
    """What things are expected to do, by their names in the picture, for `check` to follow:
    `s2: {lands: out, before: wait}`. `lands`, `leaves` and `stays` name another thing, or `in-frame`; `moves`
    is left, right, up, down, any or never; `before` and `after` name a beat or another thing."""
    transition: Literal["cut"] | Transition = "cut"
    """How it is entered: `cut`, or `{fade: 0.4s}`."""
    allow: Allow = Field(default_factory=dict)
    """Findings of `check` to let pass in this shot, by code, each with its reason."""


MAX_SHOTS = 500


def _even(size: str) -> str:
    width, height = (int(side) for side in size.split("x"))
    if not (64 <= width <= 7680 and 64 <= height <= 7680) or width % 2 or height % 2:
        raise ValueError("an even width and height from 64 to 7680 pixels, such as 1920x1080")
    if width * height > 7680 * 4320:
        raise ValueError("a size of at most 7680x4320 pixels")
    return size


class Canvas(Frozen):
    """Size and rate of the final picture."""

    size: Annotated[str, Field(pattern=r"^\d{2,4}x\d{2,4}$"), AfterValidator(_even)] = "1920x1080"
    """Width and height in pixels, both even."""
    fps: Annotated[int, Field(ge=1, le=120)] = 60
    """Whole frames a second."""

    @property
    def width(self) -> int:
        return int(self.size.split("x")[0])

    @property
    def height(self) -> int:
        return int(self.size.split("x")[1])


class FactEntry(Frozen):
    """A number: a cell (or a column over rows) of a table, what a run measured, or an expression over other
    facts."""

    value: str | None = None
    """A column, an expression over columns of the row, a metric of the run such as `itl.p99`, or, without
    table and run, an expression over other facts."""
    table: TableName | None = None
    """The table, by its name in assets.yaml."""
    run: RunName | None = None
    """The run, by its name in assets.yaml."""
    slo: Slo = Field(default_factory=dict)
    """For `goodput` and `slo_share` of a run: the most `ttft`, `tpot` and `e2e` that count, such as 200ms."""
    where: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)
    """What the row must hold, by column. Exactly one row must fit, unless `over` is set."""
    over: Literal["count", "sum", "mean", "median", "min", "max"] | None = None
    """Take all rows that fit, and make one number of them."""
    unit: str | None = None
    """The unit, such as tok/s; times of a run are in it where it is one of time, else in seconds."""
    format: str | None = None
    """How the number is written where a text names no format: `.1f`, `+.1%`, `clock`."""
    source: SourceName | None = None
    """A source from assets.yaml, for a number that leans on no table."""

    @property
    def is_whole(self) -> bool:
        """Whether it says enough to have a value: which one, and of what."""
        if self.table is None and (self.where or self.over):
            return False
        if self.run is not None and self.table is not None:
            return False
        return self.value is not None or (self.table is not None and self.over == "count")


FactName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=100)]


class Poster(Frozen):
    """The frame shown before play: the end of a shot or of a beat, or a time."""

    shot: Name | None = None
    """A shot, shown as it ends."""
    beat: Name | None = None
    """A beat of that shot, shown as it ends."""
    at: Seconds | None = None
    """A time from the start of the video, in place of a shot."""


class Page(Frozen):
    """Where a page wants the video: hints for `embed`."""

    heading: str | None = None
    """The heading of the section whose placeholder the video answers."""
    words: str | None = None
    """Words that the placeholder holds, where a section has several."""


class Declares(Frozen):
    """What a page that shows the video must agree with; `check --page` compares."""

    title: ShownText | None = None
    """The work's title, as the page should write it."""
    venue: str | None = None
    """Where it was published or submitted, such as `submitted to NSDI 2026`."""
    url: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = None
    """Where the work is to be read; the watch page links it."""
    figures: dict[str, ShownText] = Field(default_factory=dict)
    """Numbers by the words that name them on a page: `throughput: "{low:.0f}–{high:.0f} %"`."""


class Storyboard(Frozen):
    """The whole of one video."""

    storyboard: Annotated[Literal[1], BeforeValidator(whole), WithJsonSchema({"const": 1})]
    """The version of this language: 1."""
    title: ShownText
    """The video's title."""
    description: ShownText | None = None
    """A sentence or two for the page, the manifest and search engines."""
    authors: tuple[str, ...] = ()
    """Names, in their order."""
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")] = "en"
    """The language of captions and chapters."""
    theme: Literal[tuple(THEMES)] | None = None  # type: ignore[valid-type]
    """Dark or light; the project's where nothing is written."""
    canvas: Canvas = Field(default_factory=Canvas)
    """Size and rate of the final picture."""
    parameters: Parameters
    """What `${name}` in any value stands for: given by a matrix, one row a video, or by defaults."""
    facts: dict[FactName, Annotated[FactEntry, ShortForm("value")]] = Field(default_factory=dict)
    """Numbers by name; `{name:format}` in a text writes one."""
    poster: Annotated[Poster, ShortForm("shot")] | None = None
    """The frame shown before play; the end of the first shot where nothing is written."""
    voice: Voice = Field(default_factory=Voice)
    """Who says the lines, and how."""
    music: Annotated[Music, ShortForm("file")] | None = None
    """A bed of music under the voice; silence where nothing is written."""
    page: Page = Field(default_factory=Page)
    """Where a page wants the video: hints for `embed`."""
    declares: Declares = Field(default_factory=Declares)
    """What a page that shows the video must agree with."""
    allow: Allow = Field(default_factory=dict)
    """Findings of `check` to let pass in the whole video, by code, each with its reason."""
    shots: Annotated[tuple[Shot, ...], Field(min_length=1, max_length=MAX_SHOTS)]
    """The shots, in the order they are seen."""


_FACT_NAME: TypeAdapter[str] = TypeAdapter(FactName)


def read_storyboard(document: Document) -> tuple[Storyboard | None, list[Mistake]]:
    """The storyboard in `document`, or None, and what is wrong with it so far.

    Kinds, facts and references are the plan's to check; here it is the fields every shot has.
    """
    try:
        storyboard = Storyboard.model_validate(document.data)
    except ValidationError as error:
        return None, mistakes_of(error, Storyboard, document.data)
    return storyboard, _consistency(storyboard)


def readable_parts(data: Any) -> tuple[dict[str, FactEntry], dict[int, Shot], frozenset[str]]:
    """The facts and shots (by index) of a storyboard that could be read, and the facts that could not.

    For a storyboard with mistakes: what is good in it is still checked in the same run.
    """
    facts: dict[str, FactEntry] = {}
    shots: dict[int, Shot] = {}
    data = data if isinstance(data, dict) else {}
    written = data.get("facts")
    written = written if isinstance(written, dict) else {}
    for name, entry in written.items():
        with suppress(ValidationError):
            _FACT_NAME.validate_python(name)
            facts[name] = FactEntry.model_validate({"value": entry} if isinstance(entry, str) else entry)
    raw = data.get("shots")
    for index, shot in enumerate(raw if isinstance(raw, list) else ()):
        with suppress(ValidationError):
            shots[index] = Shot.model_validate(shot)
    return facts, shots, frozenset(written.keys() - facts.keys())


def _consistency(storyboard: Storyboard) -> list[Mistake]:
    mistakes = _repeated([shot.id for shot in storyboard.shots], ("shots",), "shot")
    for index, shot in enumerate(storyboard.shots):
        beats = [beat.id for beat in shot.beats]
        mistakes += _repeated(beats, ("shots", index, "beats"), "beat")
        for name in shot.drawn.beats:
            if name not in beats:
                loc: Loc = ("shots", index, "drawn", "beats", name)
                message, known = f"the shot has no beat {name!r}", ", ".join(beats) or None
                mistakes.append(Mistake(loc, "unknown-name", message, known, nearest(name, beats), key=True))
    for name, fact in storyboard.facts.items():
        loc = ("facts", name)
        if fact.run is not None and fact.table is not None:
            message = f"the fact {name!r} names a table and a run"
            mistakes.append(Mistake((*loc, "run"), "two-origins", message, "one of both", key=True))
        elif fact.slo and fact.run is None:
            message = f"the fact {name!r} has an `slo` and no run"
            mistakes.append(
                Mistake((*loc, "slo"), "missing-key", message, "run: a run of assets.yaml", key=True)
            )
        elif fact.table is None and (fact.where or fact.over):
            mistakes.append(Mistake(loc, "missing-key", f"the fact {name!r} picks rows but names no table"))
        elif not fact.is_whole:
            mistakes.append(
                Mistake(loc, "missing-key", f"the fact {name!r} has no value", "a column or an expression")
            )
    if storyboard.shots[0].transition != "cut":
        message = "the first shot is entered from nothing"
        mistakes.append(Mistake(("shots", 0, "transition"), "bad-transition", message, "cut"))
    return mistakes + _poster(storyboard)


def _repeated(ids: list[str], loc: Loc, what: str) -> list[Mistake]:
    seen: Counter[str] = Counter()
    mistakes = []
    for index, each in enumerate(ids):
        seen[each] += 1
        if seen[each] > 1:
            message = f"a second {what} has the id {each!r}"
            mistakes.append(Mistake((*loc, index, "id"), "duplicate-id", message))
    return mistakes


def _poster(storyboard: Storyboard) -> list[Mistake]:
    poster = storyboard.poster
    if poster is None or (
        (poster.shot is None) != (poster.at is None) and (poster.beat is None or poster.shot)
    ):
        return []
    return [
        Mistake(("poster",), "wrong-type", "a poster is one frame", "a shot, a shot and a beat, or a time")
    ]
