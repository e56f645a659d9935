"""What every scene kind is made of, and what it is given when it draws.

A kind is one module here (or a package where it is large) with

- `Params(KindParams)`: its fields in the storyboard, beside the common ones;
- optionally `BeatParams(KindBeat)`: its verbs on a beat;
- `picture(shot, stage)`: adds layers to the stage; imports nothing heavy at module level;
- optionally `duration_s(params, beats) -> float`: how long an `auto` shot needs beyond reading time; a
  kind that needs them adds `runs`, `tables` or `assets` (paths by name) to its parameters, by name;
- optionally `beat_s(params) -> float`: how long the motion of an `auto` beat needs;
- optionally `called(params, beats) -> Iterable[str]`: names of what is seen (nodes, tokens such as `s1`),
  whose digits texts of the shot may use freely;
- optionally `mistakes(shot) -> Iterable[Mistake]`: what only the whole shot shows, such as a range outside
  a run, with `loc` from the shot;
- optionally `footer(params, runs) -> Sequence[str]`: parts of the footer line that only the kind knows, such
  as what a cell means; they stand between the sources and the runs' own caveats;
- optionally `file_texts(shot) -> Iterable[tuple[Loc, str]]`: texts it draws that are not the storyboard's but
  those of recordings, logs and tables, with `loc` from the shot, so that fonts are checked for them;
- optionally `caveats(params, assets) -> Sequence[str]`: the last parts of the footer line, what viewers must
  know of the shot's files, such as that a recording broke off; a file that can't be read has none;
- optionally `footage(shot) -> Sequence[Request]`: captures that must be conformed before it is drawn; their
  files are in the shot's `media` then. Manim is not imported for it;
- optionally `illustrated(params, assets) -> Sequence[str]`: what the footer names as illustration, where it
  is not just the shot's `stand_in` for files that are missing;
- `EXAMPLE`: a small storyboard in YAML that shows it, rendered in the tests, and `EXAMPLE_FILES`, the
  files it needs by their path below the video's assets folder (`assets.yaml`, `data/x.csv`), as text or
  as a function that makes the bytes.

The module's docstring is its documentation; its name is the kind's name, with `-` for `_`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explainers.fonts import HOUSE, Letters
from explainers.storyboard.types import Frozen
from explainers.theme import Theme

if TYPE_CHECKING:
    from explainers.facts.tables import Table
    from explainers.runs.model import Run


class KindParams(Frozen):
    """Base of a kind's own fields."""


class KindBeat(Frozen):
    """Base of a kind's own fields on a beat."""


@dataclass(frozen=True)
class Stretch:
    """Size and rate of the frames to draw. Width and height in pixels, `fps` whole frames a second."""

    width: int
    height: int
    fps: int


@dataclass(frozen=True)
class BeatPlan:
    """A beat with absolute times in its shot. `statement` is the one in force during the beat."""

    id: str
    start_s: float
    end_s: float
    params: Any
    statement: str | None = None

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s


@dataclass(frozen=True)
class Missing:
    """A file that assets.yaml declares and that is not there yet.

    `shows` is what it would show, `how` a few words on where to get it.
    """

    path: str
    shows: str
    how: str


@dataclass(frozen=True)
class ShotPlan:
    """Everything a picture is drawn from: nothing else may change a pixel.

    Texts have their facts filled in; `tables`, `runs` and `assets` hold what the params refer to, by
    the name used there. `provenance` is the footer's first word (`measured`, `published`,
    `simulated`, `illustration`) or None, and `footer` is the whole footer line. Files that are declared
    and not there are in `missing` and not in `assets`: the kind draws its stand-in or a slate for them.
    """

    video: str
    id: str
    kind: str
    duration_frames: int
    canvas: Stretch
    theme: Theme
    params: Any
    beats: tuple[BeatPlan, ...] = ()
    title: str | None = None
    statement: str | None = None
    footer: str | None = None
    provenance: str | None = None
    tables: Mapping[str, Table] = field(default_factory=dict)
    runs: Mapping[str, Run] = field(default_factory=dict)
    assets: Mapping[str, Path] = field(default_factory=dict)
    missing: tuple[Missing, ...] = ()
    letters: Letters = HOUSE
    media: Mapping[Any, Path] = field(default_factory=dict)
    """What build conformed, by the request of the kind's `footage`; empty until the shot is drawn."""

    @property
    def duration_s(self) -> float:
        return self.duration_frames / self.canvas.fps

    def beat(self, beat_id: str) -> BeatPlan:
        """The beat of that id; KeyError where there is none."""
        for beat in self.beats:
            if beat.id == beat_id:
                return beat
        raise KeyError(beat_id)
