"""What an author writes of one shot: the fields that every shot and beat has, whatever its scene kind."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema

from explainers.storyboard.types import Frozen, Name, Seconds, ShortForm, Shown, ShownText, SourceName

Provenance = Literal["measured", "published", "simulated", "illustration"]
"""How a picture's content came to be; the first word of a source footer."""


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


class _Open(Frozen):
    """A mapping whose further keys belong to the scene kind."""

    model_config = ConfigDict(extra="allow")

    @property
    def own(self) -> dict[str, Any]:
        """The keys that are the kind's, as read."""
        return dict(self.model_extra or {})


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
    chapter: ChapterTitle | None = None
    """Another chapter title than the shot's, or false for no chapter here."""
    source: Annotated[tuple[SourceName, ...], ShortForm(None)] = ()
    """Sources for the footer, beside those of the tables, runs and facts in the shot."""
    note: ShownText | None = None
    """Further words in the footer."""
    provenance: Provenance | None = None
    """The footer's first word, where the sources' own would say too much."""
    transition: Literal["cut"] | Transition = "cut"
    """How it is entered: `cut`, or `{fade: 0.4s}`."""
    allow: Allow = Field(default_factory=dict)
    """Findings of `check` to let pass in this shot, by code, each with its reason."""
