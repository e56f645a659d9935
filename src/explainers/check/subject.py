"""What rules are given to judge: the words of a storyboard, its drawn pictures, its files, a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explainers.assets import Manifest as AssetsManifest
from explainers.check.finding import Finding, Region, Related, Severity
from explainers.errors import Place
from explainers.facts.ledger import Fact
from explainers.kinds.base import ShotPlan
from explainers.manifest import Manifest
from explainers.plan import Plan
from explainers.plan.resolve import Text
from explainers.storyboard.mistakes import Loc, Mistake

if TYPE_CHECKING:
    from explainers.check.page import Page, Section
    from explainers.film.luminance import Luminance


@dataclass(frozen=True)
class Words:
    """A storyboard that could be planned, with its text and the places in it.

    `burned` says that the captions are drawn into the picture.
    """

    plan: Plan
    burned: bool = False

    @property
    def manifest(self) -> AssetsManifest:
        """What assets.yaml declares."""
        return self.plan.library.manifest

    @property
    def facts(self) -> Mapping[str, Fact]:
        return self.plan.facts.facts

    def of_shot(self, shot_id: str) -> list[Text]:
        """The texts of one shot."""
        return [text for text in self.plan.texts if text.shot == shot_id]

    @cached_property
    def shot_locs(self) -> Mapping[str, Loc]:
        """Where each shot stands in the document, by its id."""
        return {shot.id: ("shots", index) for index, shot in enumerate(self.plan.storyboard.shots)}

    def names_in(self, shot_id: str | None) -> frozenset[str]:
        """What the shot's picture shows by name, whose digits its texts may use."""
        for shot in self.plan.shots:
            if shot.id == shot_id:
                beats = [beat.params for beat in shot.beats]
                return frozenset(self.plan.kinds[shot.kind].names(shot.params, beats))
        return frozenset()

    def found(
        self,
        code: str,
        severity: Severity,
        message: str,
        loc: Loc = (),
        *,
        key: bool = False,
        offset: int | None = None,
        length: int | None = None,
        shot: str | None = None,
        beat: str | None = None,
        assets: bool = False,
        **more: Any,
    ) -> Finding:
        """A finding at `loc` of the storyboard, or with `assets` of assets.yaml.

        `offset` and `length` are characters of the text there. Its time is the shot's or the beat's,
        unless `start_s` is given.
        """
        document = self.plan.library.document if assets else self.plan.document
        if document is not None:
            problem = document.problem(Mistake(loc, code, message, key=key, offset=offset, length=length))
            more |= {"place": problem.place, "source_line": problem.source_line, "length": problem.length}
        if shot is not None and "start_s" not in more:
            start, end = self.times(shot, beat)
            more |= {"start_s": start, "end_s": end}
        return Finding(code, severity, message, shot=shot, beat=beat, **more)

    def at_text(self, code: str, severity: Severity, message: str, text: Text, **more: Any) -> Finding:
        """A finding at a text."""
        return self.found(code, severity, message, text.loc, shot=text.shot, beat=text.beat, **more)

    def times(self, shot_id: str, beat_id: str | None = None) -> tuple[float, float]:
        """Start and end of a shot, or of a beat in it, in seconds of the video."""
        shot = self.plan.shot(shot_id)
        start = self.plan.start_frames[shot_id] / shot.canvas.fps
        if beat_id is None:
            return round(start, 3), round(start + shot.duration_s, 3)
        beat = shot.beat(beat_id)
        return round(start + beat.start_s, 3), round(start + beat.end_s, 3)


Geometry = Mapping[str, Any]
"""A shot's geometry, as `film.geometry` describes it."""


@dataclass(frozen=True)
class Drawn:
    """What drawing a shot, and the cross-fade into it, left behind; None for what is not there."""

    geometry: Geometry | None = None
    luminance: Luminance | None = None
    fade: Luminance | None = None


@dataclass(frozen=True)
class Pictures:
    """The drawn shots of a video, by id, beside its words."""

    words: Words
    drawn: Mapping[str, Drawn]

    @property
    def plan(self) -> Plan:
        return self.words.plan

    def geometries(self) -> Iterator[tuple[ShotPlan, Geometry]]:
        """Every shot whose geometry is there, in order."""
        for shot in self.plan.shots:
            geometry = self.drawn.get(shot.id, Drawn()).geometry
            if geometry is not None:
                yield shot, geometry

    def at_box(
        self,
        code: str,
        severity: Severity,
        message: str,
        shot: ShotPlan,
        t: float,
        box: Sequence[float],
        **more: Any,
    ) -> Finding:
        """A finding at a box (pixels) of a shot's picture, `t` seconds into the shot.

        Its place is the text of the storyboard that says the words in `text`, else the shot.
        """
        geometry = self.drawn[shot.id].geometry or {}
        scale = float(geometry.get("scale", 1.0))
        left, top, right, bottom = (round(edge / scale, 1) for edge in box)
        region: Region = (left, top, right, bottom)
        start = self.plan.start_frames[shot.id] / shot.canvas.fps
        end = more.pop("until", None)
        loc = self._loc(shot, more.pop("text", ""))
        beat = next((one.id for one in shot.beats if one.start_s <= t < one.end_s), None)
        more.setdefault("start_s", round(start + t, 3))
        more.setdefault("end_s", round(start + end, 3) if end is not None else None)
        return self.words.found(code, severity, message, loc, shot=shot.id, beat=beat, region=region, **more)

    def _loc(self, shot: ShotPlan, words: str) -> Loc:
        """The text that says these words, or a line of them; the shot where none does."""
        own = self.words.of_shot(shot.id)
        for text in own:
            if words and text.seen and text.text == words:
                return text.loc
        for text in own:
            if len(words) > 3 and text.seen and words in " ".join(text.text.split()):
                return text.loc
        return (*self.words.shot_locs[shot.id], "id")


@dataclass(frozen=True)
class Rendered:
    """A video's delivered files, and what manifest.json in their `folder` says of them."""

    words: Words
    folder: Path
    manifest: Manifest

    @property
    def plan(self) -> Plan:
        return self.words.plan

    def file(self, name: str) -> Path:
        return self.folder / name

    def at_file(self, code: str, severity: Severity, message: str, name: str, **more: Any) -> Finding:
        """A finding about a delivered file."""
        place = Place(self.plan.project.shown(self.file(name)), 1, 1)
        return Finding(code, severity, message, place=place, **more)


@dataclass(frozen=True)
class PageSubject:
    """A page beside the words; `section` is the part of it that is about the video, where one is."""

    words: Words
    page: Page
    section: Section | None
    related: tuple[Related, ...] = field(default=())

    @property
    def plan(self) -> Plan:
        return self.words.plan

    def at_page(
        self, code: str, severity: Severity, message: str, offset: int, length: int, **more: Any
    ) -> Finding:
        """A finding at characters of the page."""
        place, line = self.page.place(offset)
        return Finding(code, severity, message, place=place, source_line=line, length=length, **more)

    def storyboard_place(self, loc: Loc, what: str = "the storyboard") -> Related:
        """The storyboard's side of a disagreement."""
        return Related(self.plan.document.place(loc), what)
