"""A drive through the street that fills the frame; class by class it takes its colours.

The film opens on it, with its question, and closes on it, behind its number. Where the author's picture
and its label map are there, they are seen in place of the drawn street.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from explainers.kinds._pairs import Mapped, Pair, classes_of, pair_of, thing_of, wrong_classes
from explainers.kinds.base import KindBeat, SceneKind, ShotPlan
from explainers.storyboard.mistakes import Mistake
from explainers.storyboard.types import Label, Name, Seconds, ShownText
from explainers.theme import BODY, LABEL, REGULAR, STRONG

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from explainers.compositor.labels import LabelClass
    from explainers.stage import Handle, Stage

FPS = 30
COLOR_S = 0.7
"""How long a class takes to be in its colour."""
QUESTION, NUMBER = 78.0, 160.0
"""Sizes of the question and of the number."""
SIDE = 0.18
"""Where the street begins behind a number, as a share of the frame's width."""


class Params(Mapped):
    """The drive and the words before it."""

    start: Seconds = 0.0
    """The drawn street's moment at the start."""
    strength: float = 0.72
    """How strong a class's colour lies on the street, 0 to 1."""
    question: ShownText | None = None
    """Large words at the lower left; over a number, the question that it answers."""
    number: Label | None = None
    """The film's number, larger than anything."""
    lines: tuple[ShownText, ...] = ()
    """Words below."""
    credits: tuple[ShownText, ...] = ()
    """Words apart from them, lower still: where all of it is found, and whose it is."""


class BeatParams(KindBeat):
    """Classes take their colours with the beats; words come with theirs."""

    color: tuple[Name, ...] = ()
    """Classes, as the class table names them, that are in their colours from now on; `all` for all."""
    words: bool = False
    """Whether the question, or the number with its lines, comes now; with the shot where no beat says so."""


class DriveKind(SceneKind):
    params = Params
    beat_params = BeatParams

    def duration_s(self, shot: ShotPlan) -> float:
        """A while on the road."""
        return 5.0

    def mistakes(self, shot: ShotPlan) -> list[Mistake]:
        """Classes that the class table lacks."""
        found, names = wrong_classes(shot), {one.name for one in classes_of(shot.tables[shot.params.classes])}
        for index, beat in enumerate(shot.beats):
            for place, name in enumerate(beat.params.color):
                if name not in names and name != "all":
                    loc = ("beats", index, "color", place)
                    message = f"the class table has no {name!r}"
                    found.append(Mistake(loc, "unknown-name", message, ", ".join(sorted(names))))
        return found

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """The street, its colours, and the words on a gradient of the ground."""
        from explainers.compositor.layer import Note
        from explainers.compositor.patches import Classes, ScenePlaying, scene_labels
        from explainers.stage import Box
        from explainers.stage.chrome import pill, shaded, slate, source_top
        from explainers.stage.photos import covering, fitted, photo, pixel_rect

        params: Params = shot.params
        whole = Box(0.0, 0.0, stage.width, stage.height)
        classes = classes_of(shot.tables[params.classes])
        pair = pair_of(shot)
        if not isinstance(pair, Pair):
            slate(stage, fitted(stage.safe, 1.5), pair)
            return
        room = whole
        if params.number:
            # A number stands on the ground, with the street beside it, or above where the frame is not wide.
            wide, lines = stage.width > stage.height, _lines(stage, params)
            low = min(stage.height, _top(stage, params, lines) + 20.0)
            room = whole._replace(left=SIDE * stage.width) if wide else whole._replace(bottom=low)
        drawn, name = pair.drawn, thing_of(params)
        # Of a photo its foot is seen, where a street is: words stand over it.
        place = covering(room, pair.aspect, (0.5, 0.5 if drawn else 1.0))
        scene = shot.pictures[params.stand_in] if drawn and params.stand_in else None
        with stage.named(name, "picture"):
            if scene:
                playing = ScenePlaying(
                    pixel_rect(stage, place),
                    0.0,
                    stage.duration_s - 1 / stage.canvas.fps,
                    FPS,
                    note=Note("picture", "the drive", over=stage.theme.background),
                    stays=True,
                    scene=scene,
                    first_s=params.start,
                )
                stage.drawn(playing)
            else:
                photo(stage, pair.pixels, place, radius=0, text="the street")
        names, size = tuple(one.name for one in classes), (1152, 768)
        colored = Classes(
            pixel_rect(stage, place),
            pixel_rect(stage, whole),
            (lambda t: scene_labels(scene, t, names, *size)) if scene else (lambda t: pair.codes),
            playing.state if scene else (lambda t: 0.0),
            [one.color for one in classes],
            _shares(shot, classes),
            [(0.0, stage.duration_s)] if drawn else (),
            note=Note("picture", "classes", over=stage.theme.background),
        )
        with stage.named(name, "colors"):
            stage.drawn(colored)
        if shot.footer:
            with stage.named("source", "shade", pinned=True):
                shaded(stage, source_top(stage, shot) + 10.0, 19.0)
        _words(stage, params, _words_s(shot))
        colored_s = next((beat.start_s for beat in shot.beats if beat.params.color), 0.0)
        if said := params.map_words(drawn):
            with stage.named("map-words", "label"):
                label = pill(stage, said, stage.safe.right, stage.safe.top, z=31.0, anchor="right")
            label.enter(colored_s + 0.3, dy=12)


def _words_s(shot: ShotPlan) -> float:
    return next((beat.start_s for beat in shot.beats if beat.params.words), 0.0)


def _shares(shot: ShotPlan, classes: tuple[LabelClass, ...]) -> list:
    """How strong each class is over time."""
    from explainers.compositor.layer import Track

    tracks = []
    for one in classes:
        beats = [beat for beat in shot.beats if {one.name, "all"} & set(beat.params.color)]
        strength = shot.params.strength
        if beats and beats[0].start_s == 0.0:
            tracks.append(Track(strength))
        else:
            tracks.append(Track(0.0))
            if beats:
                tracks[-1].to(strength, beats[0].start_s, COLOR_S)
    return tracks


def _ground(stage: Stage, top: float) -> Handle:
    """The ground under a number: a shade on the street behind words, and whole where there is none."""
    from explainers.stage import Box, material

    def alpha_at(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        wide = stage.width > stage.height
        share = np.clip((x / stage.width - 0.46) / 0.36 if wide else (top + 20.0 - y) / 170.0, 0.0, 1.0)
        # It is whole where the street's picture begins.
        most = 0.87 + 0.13 * np.clip((0.42 - x / stage.width) / 0.24, 0.0, 1.0) if wide else 1.0
        return most * (1.0 - share * share * (3 - 2 * share))

    box = Box(0.0, 0.0, stage.width, stage.height)
    return stage.mobject(material.Field(box, stage.theme.ground[2], alpha_at), z=20.0)


@dataclass(frozen=True)
class _Line:
    """A line of words; `above` is the space over it, `part` what it belongs to."""

    text: str
    size: float
    part: str
    above: float = 0.0

    @property
    def height(self) -> float:
        return self.size * 1.26 + self.above


def _lines(stage: Stage, params: Params) -> list[_Line]:
    """All lines from the top: the question and the number, the lines, the credits."""
    wide = stage.width > stage.height
    room = stage.safe.width * (1.0 if not params.number else 0.53) if wide else stage.safe.width
    size = (BODY if params.number else QUESTION) if wide else (BODY if params.number else 66.0)
    found = []
    if params.question:
        across = room if params.number else stage.safe.width
        broken = stage.lines(params.question, across, size, STRONG)
        found += [_Line(line, float(size), "question") for line in broken]
    if params.number:
        found.append(_Line(params.number, NUMBER if wide else 130.0, "number"))
    across = room if params.number or not wide else stage.safe.width * (1.0 if params.question else 0.62)
    for part, texts in (("lines", params.lines), ("credits", params.credits)):
        for index, text in enumerate(texts):
            size = float(BODY if params.number and part == "lines" and not index else LABEL)
            above = 34.0 if part == "credits" and not index else 0.0
            for row, line in enumerate(stage.lines(text, across, size)):
                found.append(_Line(line, size, part, above * (not row)))
    return found


def _top(stage: Stage, params: Params, lines: list[_Line]) -> float:
    """Where the words begin: a number stands at the left of a wide frame; all else below the street."""
    wide, height = stage.width > stage.height, sum(line.height for line in lines)
    if params.number and wide:
        return (stage.height - height) / 2 - 30.0
    return stage.height - (132.0 if wide else 170.0) - height


def _words(stage: Stage, params: Params, when: float) -> None:
    """The question or the number, and quiet lines below; under them a gradient of the ground."""
    from explainers.stage.chrome import shaded

    ground, placed = stage.theme.ground[2], _lines(stage, params)
    top = _top(stage, params, placed)
    lower = top + sum(line.height for line in placed if line.part in ("question", "number"))
    # The film's own lines stand before its question comes; a number comes with its lines.
    lines_s = when if params.number else 0.2
    with stage.named("statement", pinned=True):
        if params.number:
            unders = [(_ground(stage, top), 0.0)]
        else:
            unders = [(shaded(stage, lower, 20.0), 0.0), (shaded(stage, top, 20.0), when)]
    for under, come_s in unders:
        if come_s:
            under.hide().fade(come_s, 1.0, 0.5)
    y, first = top, sum(line.part in ("question", "number") for line in placed)
    for index, line in enumerate(placed):
        y += line.height
        number = line.part == "number"
        with stage.named(f"words-{index + 1}", "label"):
            words = stage.words(
                line.text,
                stage.safe.left,
                y - line.size * 0.3,
                line.size,
                STRONG if line.part in ("question", "number") else REGULAR,
                "muted" if line.part == "credits" else "text",
                mono=number,
                z=30.0,
                over=ground,
            )
        begin, turn = (when, index) if index < first else (lines_s, index - first * (not params.number))
        if not (params.number and line.part == "question"):
            words.enter(begin + 0.15 + 0.1 * turn, dy=24)
