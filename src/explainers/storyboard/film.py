"""What makes shots a film: where their words stand, what the camera looks at, what carries on, what is
expected to happen."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from explainers.storyboard.types import Frozen, Name, Seconds, ShortForm, ShownText

ZOOM = 2.5
"""How far the camera goes in at most."""

FrameShape = Literal["wide", "square", "upright"]


def shape_of(width: float, height: float) -> FrameShape:
    """The shape of a frame; a little wider than high is still square."""
    return "wide" if width > height * 1.2 else "square" if width > height * 0.8 else "upright"


Place = Literal["top", "left", "right", "corner", "bleed", "picture", "number"]
PLACES: tuple[Place, ...] = get_args(Place)


class Layout(Frozen):
    """How a shot divides the frame between its words and its picture."""

    place: Place = "top"
    """`top`: title at the top left, statement at the bottom. `left`, `right`: the statement in a column
    beside the picture. `corner`: the statement at the top right, the whole frame is the picture's. `bleed`:
    the picture fills the frame, the statement stands on a gradient. `picture`: no words. `number`: words
    under a number."""
    share: Annotated[float, Field(ge=0.15, le=0.9)] | None = None
    """The share of the frame's width that the words may take."""


class Camera(Frozen):
    """What the camera goes to in a beat, and stays with until another beat sends it elsewhere."""

    to: Annotated[tuple[str, ...], ShortForm(None)]
    """Names of what is seen (nodes, groups, tracks, bars), or `all` for the whole picture."""
    zoom: Annotated[float, Field(ge=1.0, le=ZOOM)] = ZOOM
    """How far it goes in at most; what is named fills 88 % of the frame at most."""
    shape: FrameShape | None = None
    """The shape of frame in which it goes there; in all of them without it."""


IN_FRAME = "in-frame"
"""Stands for the frame where a thing is named."""


class Expectation(Frozen):
    """What a named thing does in a shot. `check` follows it through the drawn picture, as it is seen.

    A thing is in another when its middle is. `in-frame` stands for the whole frame.
    """

    lands: str | None = None
    """What it comes to rest in, having been outside of it."""
    leaves: str | None = None
    """What it goes out of, having been in it; it may also fade there."""
    stays: str | None = None
    """What it is in from when it is first seen to the shot's end; `in-frame`: no part of it is cut off."""
    moves: Literal["left", "right", "up", "down", "any", "never"] | None = None
    """Which way it goes, by 24 units at least; `never`: it stands still."""
    before: str | None = None
    """A beat before whose start it has happened, or another thing that comes, or does what is expected of it,
    later."""
    after: str | None = None
    """A beat from whose start on it happens, or another thing that comes, or does what is expected of it,
    first."""

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        happens = [self.lands, self.leaves, None if self.moves == "never" else self.moves]
        if not any((*happens, self.stays, self.moves)):
            raise ValueError("what it does: lands, leaves, stays or moves")
        if (self.before or self.after) and not any(happens):
            raise ValueError("something that happens beside before and after: lands, leaves or moves")
        return self


Pace = Annotated[float, Field(ge=0.5, le=2.0)]
"""How fast is spoken; 1 is the voice's own pace."""


class ShotVoice(Frozen):
    """Another voice for one shot; what is not written is the video's."""

    engine: Name | None = None
    """The engine: `kokoro`, `espeak-ng` or `rehearsal`."""
    voice: Name | None = None
    """One of the engine's voices."""
    pace: Pace | None = None
    """How fast is spoken; 1 is the voice's own pace."""


class Voice(Frozen):
    """Who says the lines, and how. Takes count only with `--voice`, or `voice = true` in the project."""

    model_config = ConfigDict(populate_by_name=True)

    engine: Name = "kokoro"
    """The engine: `kokoro`, `espeak-ng` or `rehearsal`. The author's recordings go before it."""
    voice: Name | None = None
    """One of the engine's voices; its first where nothing is written."""
    pace: Pace = 1.0
    """How fast is spoken; 1 is the voice's own pace."""
    pause: Seconds = 0.4
    """The silence after a line, before what follows begins."""
    from_: Annotated[Literal["cues"] | None, Field(alias="from")] = None
    """`cues`: the cues are said where there is no `say`."""
    pronounce: dict[str, str] = Field(default_factory=dict)
    """How names are said, in plain words of the language: `{KV: "kay vee"}`."""
    takes: dict[str, str] = Field(default_factory=dict)
    """Own recordings elsewhere below the assets, by the line's name: `{race.wait: recordings/3.wav}`."""


class Music(Frozen):
    """A bed of music under the voice, lower while something is said; heard only where takes count."""

    file: str
    """A sound file below the video's assets. `files` in assets.yaml says whose it is, with its licence."""
    under: Annotated[float, Field(ge=6, le=40)] = 14.0
    """How many dB it is under the voice where nobody speaks."""
    duck: Annotated[float, Field(ge=0, le=30)] = 8.0
    """How many dB it goes down further while a line is said."""


def _fact_alone(value: Any) -> Any:
    """`{gain}`, which YAML reads as a mapping with a key alone, as the fact that it means."""
    if isinstance(value, dict) and len(value) == 1 and next(iter(value.values())) in (None, ""):
        return f"{{{next(iter(value))}}}"
    return value


class Moment(Frozen):
    """When words of the line are heard."""

    words: ShownText
    """The words, or a fact such as `{gain}`; `$start` and `$end` are the line's own."""
    occurrence: Annotated[int, Field(ge=1)] | None = None
    """Which time, where the line says them more than once: 1 is the first."""


On = Annotated[Moment, ShortForm("words"), BeforeValidator(_fact_alone)]
"""What a beat waits for."""
