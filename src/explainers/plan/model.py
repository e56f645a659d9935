"""The plan of one video. Frames count from 0 over the whole video, seconds are frames over the rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate
from pathlib import Path

from explainers.assets import Source
from explainers.errors import Diagnostic
from explainers.facts.ledger import Ledger
from explainers.kinds import Kinds
from explainers.kinds.base import ShotPlan, Stretch
from explainers.plan.library import Library
from explainers.plan.matrix import Row
from explainers.plan.resolve import Referred, Text
from explainers.project import Project
from explainers.storyboard.document import Document
from explainers.storyboard.mistakes import Loc
from explainers.storyboard.model import Page, Storyboard
from explainers.theme import Theme
from explainers.voice.lines import Line
from explainers.voice.takes import Take
from explainers.voice.track import Bed


@dataclass(frozen=True)
class Variant:
    """Which film of a storyboard: its theme and shape, None for what the storyboard says, and whether there
    is a rendition with `burned` captions, drawn into the picture. `folder` is where it is published inside of
    the video's folder, where a player finds it; nothing for the folder itself. `language` is one that stands
    in a file beside the storyboard."""

    theme: str | None = None
    aspect: str | None = None
    burned: bool = False
    folder: str = ""
    language: str | None = None


OWN = Variant()
"""The film as the storyboard says it."""


@dataclass(frozen=True)
class CuePlan:
    """A caption of at most two lines; cues of a plan are in order and never overlap."""

    start_s: float
    end_s: float
    text: str
    shot_id: str


@dataclass(frozen=True)
class Wait:
    """A beat that begins at words of a line: at the first of its `places`, or the one that was chosen."""

    beat: str
    start_s: float
    words: str
    places: tuple[int, ...]
    chosen: int
    loc: Loc

    @property
    def token(self) -> int:
        """The token of the line at which the beat begins."""
        return self.places[self.chosen]


@dataclass(frozen=True)
class LinePlan:
    """A line with its times, in the shot or, in a plan, in the video. It must be over at `until_s`.

    `take` is None where the voice doesn't count or there is none; `stale` is what an older take says.
    """

    line: Line
    start_s: float
    until_s: float
    take: Take | None = None
    stale: str | None = None
    waits: tuple[Wait, ...] = ()

    def later(self, seconds: float) -> LinePlan:
        """The same, so much later."""
        waits = tuple(replace(one, start_s=one.start_s + seconds) for one in self.waits)
        start, until = self.start_s + seconds, self.until_s + seconds
        return replace(self, start_s=start, until_s=until, waits=waits)


@dataclass
class Planned:
    """A shot's plan and what is beside its picture, with times in the shot."""

    shot: ShotPlan
    cues: list[CuePlan] = field(default_factory=list)
    chapters: list[tuple[int, str]] = field(default_factory=list)
    lines: list[LinePlan] = field(default_factory=list)


@dataclass(frozen=True)
class ChapterPlan:
    """A chapter; it lasts until the next one begins."""

    start_s: float
    start_frame: int
    title: str


@dataclass(frozen=True)
class TransitionPlan:
    """A cross-fade in place of the last `frames` of shot `before` and the first `frames` of `after`."""

    before: str
    after: str
    kind: str
    frames: int


@dataclass(frozen=True)
class Plan:
    """A resolved storyboard: what is drawn, in which frames, and what is written beside the video.

    `shots` hold all that may change a pixel; captions and chapters are not in them. `sources` are those
    in use, by their name in assets.yaml, in the order of their first use. `diagnostics` are typed digits,
    where the plan was asked to let them pass, and files that are not the ones declared. `inputs` are the
    files that were read, and declared ones that are awaited. `lines` are what is said; the film is `voiced`
    where takes count.

    What the plan was read from stays with it, so that nobody reads it again: the `document` with its
    places, the `library` of what it refers to, and every text, filled in, and reference in it.
    """

    video: str
    project: Project
    storyboard: Storyboard
    title: str
    description: str | None
    authors: tuple[str, ...]
    language: str
    quality: str
    canvas: Stretch
    theme: Theme
    shots: tuple[ShotPlan, ...]
    transitions: tuple[TransitionPlan, ...]
    facts: Ledger
    facts_used: tuple[str, ...]
    sources: Mapping[str, Source]
    cues: tuple[CuePlan, ...]
    chapters: tuple[ChapterPlan, ...]
    poster_frame: int
    page: Page
    kinds: Kinds = field(repr=False)
    document: Document = field(repr=False)
    library: Library = field(repr=False)
    texts: tuple[Text, ...] = field(default=(), repr=False)
    referred: tuple[Referred, ...] = field(default=(), repr=False)
    diagnostics: tuple[Diagnostic, ...] = ()
    inputs: tuple[Path, ...] = ()
    lines: tuple[LinePlan, ...] = field(default=(), repr=False)
    voiced: bool = False
    bed: Bed | None = None
    recordings: Mapping[str, Path] = field(default_factory=dict)
    row: Row | None = None

    @property
    def name(self) -> str:
        """What its outputs are called: the video, and the row's name where it is made from a template."""
        return f"{self.video}-{self.row.name}" if self.row else self.video

    @cached_property
    def start_frames(self) -> Mapping[str, int]:
        """The first frame of each shot, by its id."""
        ends = accumulate((shot.duration_frames for shot in self.shots), initial=0)
        return {shot.id: start for shot, start in zip(self.shots, ends, strict=False)}

    @cached_property
    def total_frames(self) -> int:
        """Frames of the whole video: exactly the sum of the shots'."""
        return sum(shot.duration_frames for shot in self.shots)

    @property
    def duration_s(self) -> float:
        return self.total_frames / self.canvas.fps

    def shot(self, shot_id: str) -> ShotPlan:
        """The shot of that id; KeyError where there is none."""
        for shot in self.shots:
            if shot.id == shot_id:
                return shot
        raise KeyError(shot_id)

    def carried_by(self, shot: ShotPlan) -> ShotPlan | None:
        """The shot that this one carries on; None where it begins with a cut."""
        index = self.shots.index(shot)
        return self.shots[index - 1] if shot.carry is not None and index else None

    def shot_at(self, frame: int) -> tuple[ShotPlan, int]:
        """The shot on screen at a frame of the video, and the frame's number in it.

        IndexError outside the video.
        """
        if not 0 <= frame < self.total_frames:
            raise IndexError(f"frame {frame} of {self.total_frames}")
        for shot in self.shots:
            if frame < shot.duration_frames:
                return shot, frame
            frame -= shot.duration_frames
        raise AssertionError
