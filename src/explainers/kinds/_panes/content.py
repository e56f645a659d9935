"""What is in a pane, whatever it is: its clock, its pixels, what must be conformed, and what is wrong."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from explainers.compositor.layer import Rect, Span
from explainers.errors import InvalidInput, MissingDependency
from explainers.footage.timeline import Area, Timeline, View, aspect_of, fitted, timeline, views
from explainers.kinds._panes.params import Part, Region, Spot, Timed
from explainers.kinds.base import BeatPlan, ShotPlan
from explainers.storyboard.mistakes import Loc, Mistake
from explainers.storyboard.types import Frozen

if TYPE_CHECKING:
    from explainers.footage.art import Art
    from explainers.footage.captured import Drawn
    from explainers.footage.conform import Request
    from explainers.stage import Box, Stage

START_S = 0.5
"""Footage begins to move when its pane has arrived."""
ZOOM_S = 0.8


def shown_file(fields: Any, shot: ShotPlan) -> str:
    """The file of a pane that is shown: what was `captured` where that is there, else its `file`."""
    captured: str | None = getattr(fields, "captured", None)
    file: str = captured if captured in shot.assets and captured is not None else fields.file
    return file


@dataclass
class Content(ABC):
    """One pane's content. `fields` are what the author wrote of it, at `loc` of the shot.

    Its file is read when something of it is asked for, InvalidInput where it can't be shown.
    """

    fields: Any
    shot: ShotPlan
    label: str | None = None
    loc: Loc = ()
    freezes: Sequence[Span] = ()

    name: ClassVar[str]
    """The kind that shows it alone."""
    reads: ClassVar[type[Frozen]]
    """The fields that mean something for it."""

    @property
    def file(self) -> str:
        """The file that is shown."""
        return shown_file(self.fields, self.shot)

    @property
    def there(self) -> bool:
        """Whether the file is there."""
        return self.file in self.shot.assets

    @property
    def path(self) -> Path:
        return self.shot.assets[self.file]

    @property
    def called(self) -> str:
        """Its name on stage: that of its run, else its label, else its file."""
        return getattr(self.fields, "run", None) or self.label or self.fields.file

    @cached_property
    def clock(self) -> Timeline | None:
        """Its clock; None of what stands still."""
        return None

    @property
    def pauses(self) -> str | None:
        """What must be said of pauses that were shortened."""
        return None

    @abstractmethod
    def fitted(self, area: Rect, scale: float) -> Rect:
        """The pixels it takes of an area, frame and all."""

    def pad(self, scale: float) -> int:
        """The pixels between its frame and what is in it."""
        return 0

    @abstractmethod
    def show(self, stage: Stage, pane: Rect, window: Box | None = None) -> None:
        """Put it on stage, where it was `fitted`, in a larger `window` where there is one."""

    def requests(self, pane: Rect) -> tuple[Request, ...]:
        """What must be conformed for it."""
        return ()

    def letters(self) -> str:
        """The letters that are in its picture and not in the storyboard."""
        return ""

    def caveats(self) -> Sequence[str]:
        """What viewers must know of its file."""
        return ()

    def mistakes(self) -> Iterator[Mistake]:
        """What is wrong with its file, and times and parts that are not in it."""
        if not self.there:
            return
        try:
            yield from self.wrong()
        except InvalidInput as error:
            yield from (Mistake((*self.loc, "file"), each.code, each.message) for each in error.problems)
        except MissingDependency:
            # Drawing says so, with the command that brings it.
            return

    @abstractmethod
    def wrong(self) -> Iterator[Mistake]:
        """`mistakes` of a file that is there; InvalidInput where it can't be read."""

    def playing(self, length_s: float) -> Timeline:
        """The clock of a capture of that length, by what the author wrote."""
        fields: Timed = self.fields
        until = min(fields.until if fields.until is not None else length_s, length_s)
        paces = [(pace.from_, pace.until, pace.speed) for pace in fields.paces]
        return timeline(min(fields.from_, until), until, fields.speed, paces, self.freezes, START_S)

    def out_of_range(self, length_s: float) -> Iterator[Mistake]:
        """Times outside a capture of that length."""
        fields: Timed = self.fields
        starts, ends = fields.from_, fields.until
        after = f"but the capture ends at {length_s:.2f} s"
        if starts >= length_s:
            yield self._outside("from", f"it begins at {starts:g} s, {after}", length_s)
        if ends is not None and ends > length_s + 0.05:
            yield self._outside("until", f"it ends at {ends:g} s, {after}", length_s)
        if ends is not None and ends <= starts:
            message = f"it ends at {ends:g} s, before it begins at {starts:g} s"
            yield self._outside("until", message, length_s)

    def _outside(self, key: str, message: str, length_s: float) -> Mistake:
        expected = f"a time from 0 to {length_s:.2f} s"
        return Mistake((*self.loc, key), "range-outside-footage", message, expected)


@dataclass
class Windowed(Content):
    """Content that is seen through a window: `beats` may zoom into it and point at parts of it.

    Parts are regions in shares of it or in its own units, or names of `regions`.
    """

    beats: Sequence[BeatPlan] = ()
    regions: Mapping[str, Region] = field(default_factory=dict)

    @property
    @abstractmethod
    def size(self) -> tuple[float, float]:
        """Width and height in its own units."""

    def area(self, part: Part | None) -> Area:
        """A part in its own units, cut at its edges; all of it for None."""
        width, height = self.size
        if part is None:
            return 0.0, 0.0, width, height
        region = self.regions[part] if isinstance(part, str) else part
        x, y, wide, high = region
        sx, sy = self.size if max(region) <= 1 else (1.0, 1.0)
        return x * sx, y * sy, min(width, (x + wide) * sx), min(height, (y + high) * sy)

    def point(self, spot: Spot) -> tuple[float, float]:
        """A point in its own units."""
        sx, sy = self.size if max(spot) <= 1 else (1.0, 1.0)
        return spot[0] * sx, spot[1] * sy

    def aligned(self, area: Area, inside: Area) -> Area:
        """The area as a window comes to rest on it."""
        return area

    @cached_property
    def whole(self) -> Area:
        """What is seen where nothing is zoomed into."""
        return self.aligned(self.area(self.fields.crop), self.area(None))

    @property
    def aspect(self) -> float:
        return aspect_of(self.whole)

    @cached_property
    def views(self) -> tuple[View, ...]:
        moves = []
        for beat in self.beats:
            zoom = beat.params.zoom
            if zoom is not None:
                target = self.whole
                if zoom != "all":
                    target = self.aligned(fitted(self.area(zoom), self.aspect, self.whole), self.whole)
                moves.append((beat.start_s, min(ZOOM_S, beat.duration_s), target))
        return views(self.whole, moves, self.shot.duration_s)

    @abstractmethod
    def moving_size(self, view: View, pane: tuple[int, int]) -> tuple[int, int]:
        """The pixels that the reach of a moving view needs for the sharpest moment of the move."""

    def drawn(self, art: Art, pane: tuple[int, int]) -> list[Drawn]:
        """Every view of a still picture, drawn for its own pixels."""
        from explainers.footage.captured import Drawn

        keys = [(view.reach, self.moving_size(view, pane) if view.moves else pane) for view in self.views]
        found = {key: Drawn(key[0], art.raster(*key)) for key in dict.fromkeys(keys)}
        return [found[key] for key in keys]

    def parts(self) -> Iterator[tuple[Loc, Part]]:
        """Every part that is written, with its place; the whole, `zoom: all`, is none."""
        if self.fields.crop:
            yield (*self.loc, "crop"), self.fields.crop
        for name, region in self.regions.items():
            yield ("regions", name), region
        for index, beat in enumerate(self.beats):
            params = beat.params
            if params.zoom is not None and params.zoom != "all":
                yield ("beats", index, "zoom"), params.zoom
            if params.spotlight is not None:
                yield ("beats", index, "spotlight"), params.spotlight
            for key in ("show", "box"):
                for number, part in enumerate(getattr(params, key, ())):
                    yield ("beats", index, key, number), part
