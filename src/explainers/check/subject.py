"""What rules are given to judge: the words of a storyboard, its drawn pictures, its files, a page."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from explainers.assets import Manifest as AssetsManifest
from explainers.check.finding import Finding, Region, Related
from explainers.check.geometry import SeenText, texts_of
from explainers.errors import Place
from explainers.facts.ledger import Fact
from explainers.facts.templates import Piece
from explainers.kinds.base import ShotPlan
from explainers.manifest import Manifest
from explainers.plan import Plan
from explainers.plan.resolve import Text
from explainers.storyboard.mistakes import Loc, Mistake

if TYPE_CHECKING:
    from explainers.check.markdown import Page, Section
    from explainers.compositor.luminance import Luminance


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

    def loc(self, shot_id: str, *steps: str | int) -> Loc:
        """The place of a value in a shot; of the shot's id without `steps`."""
        return (*self.shot_locs[shot_id], *(steps or ("id",)))

    def found(
        self,
        message: str,
        loc: Loc = (),
        *,
        key: bool = False,
        offset: int | None = None,
        length: int | None = None,
        shot: str | None = None,
        beat: str | None = None,
        assets: bool = False,
        seconds: tuple[float, float] | None = None,
        **more: Any,
    ) -> Finding:
        """A finding at `loc` of the storyboard (without one, at the shot), or with `assets` of assets.yaml.

        `offset` and `length` are characters of the text there. Its time in the video is `seconds`, else the
        beat's or the shot's. Its code is that of the rule that yields it.
        """
        document = self.plan.library.document if assets else self.plan.document
        if document is not None:
            loc = loc or (self.loc(shot) if shot else ())
            problem = document.problem(Mistake(loc, "", message, key=key, offset=offset, length=length))
            more |= {"place": problem.place, "source_line": problem.source_line, "length": problem.length}
        if shot is not None and "start_s" not in more:
            start, end = seconds or self.times(shot, beat)
            more |= {"start_s": round(start, 3), "end_s": round(end, 3)}
        return Finding(
            more.pop("code", ""), more.pop("severity", "error"), message, shot=shot, beat=beat, **more
        )

    def at_text(self, message: str, text: Text, piece: Piece | Mistake | None = None, **more: Any) -> Finding:
        """A finding at a text, or at a piece of it."""
        if piece is not None:
            more |= {"offset": piece.offset, "length": piece.length}
        return self.found(message, text.loc, shot=text.shot, beat=text.beat, **more)

    def times(self, shot_id: str, beat_id: str | None = None) -> tuple[float, float]:
        """Start and end of a shot, or of a beat in it, in seconds of the video."""
        shot = self.plan.shot(shot_id)
        start = self.plan.start_frames[shot_id] / shot.canvas.fps
        if beat_id is None:
            return start, start + shot.duration_s
        beat = shot.beat(beat_id)
        return start + beat.start_s, start + beat.end_s


def parts_of(params: Any, path: Loc = ()) -> Iterator[tuple[Loc, BaseModel]]:
    """Every model inside a kind's params with its path, the params themselves first."""
    inner: Iterable[tuple[str | int, Any]] = ()
    if isinstance(params, BaseModel):
        yield path, params
        inner = ((name, getattr(params, name)) for name in type(params).model_fields)
    elif isinstance(params, Mapping):
        inner = params.items()
    elif isinstance(params, (list, tuple)):
        inner = enumerate(params)
    for step, value in inner:
        yield from parts_of(value, (*path, step))


_FACTOR = re.compile(r"(\d+(?:\.\d+)?)\s*[x×]?")


def speed_of(part: Any) -> float | None:
    """The factor that a part's field `speed` sets; None where it has no speed of its own."""
    value = getattr(part, "speed", None) if isinstance(part, BaseModel) else None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    match = _FACTOR.fullmatch(value.strip()) if isinstance(value, str) else None
    return float(match[1]) if match else None


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
        self, message: str, shot: ShotPlan, t: float, box: Sequence[float], words: str = "", **more: Any
    ) -> Finding:
        """A finding at a box (pixels) of a shot's picture, `t` seconds into the shot, `until` another time.

        Its place is the text of the storyboard that says these `words`, else the panel or pane of which words
        stand nearest, else the shot.
        """
        scale = float((self.drawn[shot.id].geometry or {}).get("scale", 1.0))
        left, top, right, bottom = (round(edge / scale, 1) for edge in box)
        start, until = self.plan.start_frames[shot.id] / shot.canvas.fps, more.pop("until", None)
        more |= {"start_s": round(start + t, 3), "end_s": None if until is None else round(start + until, 3)}
        beat = next((beat.id for beat in shot.beats if beat.start_s <= t < beat.end_s), None)
        region: Region = (left, top, right, bottom)
        return self.words.found(
            message, self._loc(shot, words, box), shot=shot.id, beat=beat, region=region, **more
        )

    def at_text(self, message: str, shot: ShotPlan, text: SeenText, **more: Any) -> Finding:
        """A finding at a text in a shot's picture."""
        return self.at_box(message, shot, text.t, text.box, text.words, **more)

    def _loc(self, shot: ShotPlan, words: str, box: Sequence[float]) -> Loc:
        """The text that says these words, or a line of them; the shot where none does."""
        own = self.words.of_shot(shot.id)
        for text in own:
            if words and text.on_screen and text.text == words:
                return text.loc
        for text in own:
            if len(words) > 3 and text.on_screen and words in " ".join(text.text.split()):
                return text.loc
        return self._panel_loc(shot, own, box) or self.words.loc(shot.id)

    def _panel_loc(self, shot: ShotPlan, own: Sequence[Text], box: Sequence[float]) -> Loc:
        """The panel or pane of which words stand nearest; empty for most of the frame."""
        inside = {
            text.text: text.loc[:4]
            for text in own
            if len(text.loc) > 4 and text.loc[2] in ("panels", "panes")
        }
        geometry = self.drawn[shot.id].geometry
        if geometry is None or len(set(inside.values())) < 2 or box[3] - box[1] > 0.6 * geometry["height"]:
            return ()
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2

        def away(text: SeenText) -> float:
            left, top, right, bottom = text.box
            return math.hypot(max(left - x, x - right, 0.0), max(top - y, y - bottom, 0.0))

        near = min((text for text in texts_of(geometry) if text.words in inside), key=away, default=None)
        return inside[near.words] if near else ()


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

    def at_file(self, message: str, name: str, fix: str = "render again", **more: Any) -> Finding:
        """A finding about a delivered file."""
        place = Place(self.plan.project.shown(self.file(name)), 1, 1)
        return Finding("", "error", message, place=place, fix=fix, **more)


@dataclass(frozen=True)
class PageSubject:
    """A page beside the words; `section` is the part of it that is about the video, where one is."""

    words: Words
    page: Page
    section: Section | None

    @property
    def plan(self) -> Plan:
        return self.words.plan

    def at_page(
        self,
        message: str,
        offset: int,
        length: int,
        fix: str,
        *,
        loc: Loc = (),
        related: tuple[Related, ...] = (),
    ) -> Finding:
        """A finding at characters of the page; `loc` is the storyboard's side of a disagreement."""
        place, line = self.page.place(offset)
        if loc:
            related = (Related(self.plan.document.place(loc), "the storyboard"),)
        return Finding(
            "", "error", message, place=place, source_line=line, length=length, fix=fix, related=related
        )
