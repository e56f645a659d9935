"""A drive through the street that fills the frame; class by class it takes its colours.

The film opens on it, with its question, and closes on it, behind its number. Where the author's picture
and its label map are there, they are seen in place of the drawn street.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainers.kinds._pairs import Pair, Pictured, classes_of, pair_of, thing_of, wrong_classes
from explainers.kinds.base import KindBeat, SceneKind, ShotPlan
from explainers.storyboard.mistakes import Mistake
from explainers.storyboard.types import Label, Name, Seconds, ShownText
from explainers.theme import BODY, LABEL, REGULAR, STRONG

if TYPE_CHECKING:
    from explainers.compositor.labels import LabelClass
    from explainers.stage import Stage

FPS = 30
COLOR_S = 0.7
"""How long a class takes to be in its colour."""
QUESTION, NUMBER = 78.0, 160.0
"""Sizes of the question and of the number."""


class Params(Pictured):
    """The drive and the words before it."""

    start: Seconds = 0.0
    """The drawn street's moment at the start."""
    strength: float = 0.72
    """How strong a class's colour lies on the street, 0 to 1."""
    question: ShownText | None = None
    """Large words at the lower left."""
    number: Label | None = None
    """The film's number, larger than anything."""
    lines: tuple[ShownText, ...] = ()
    """Words below."""


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
        from explainers.stage.chrome import shaded, slate, source_top
        from explainers.stage.photos import covering, fitted, photo, pixel_rect

        params: Params = shot.params
        whole = Box(0.0, 0.0, stage.width, stage.height)
        classes = classes_of(shot.tables[params.classes])
        pair = pair_of(shot)
        if not isinstance(pair, Pair):
            slate(stage, fitted(stage.safe, 1.5), pair)
            return
        place, name, drawn = covering(whole, pair.aspect), thing_of(params), pair.drawn
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


def _words(stage: Stage, params: Params, when: float) -> None:
    """From the bottom up: quiet lines, the question or the number; under them a gradient of the ground."""
    from explainers.stage import Box, material
    from explainers.stage.chrome import shaded

    safe, ground = stage.safe, stage.theme.ground[2]
    wide = stage.width > stage.height
    placed: list[tuple[str, float, int, str, bool]] = []
    if params.number:
        placed.append((params.number, NUMBER if wide else 130.0, STRONG, "text", True))
    if params.question:
        size = QUESTION if wide else 66.0
        placed += [
            (one, size, STRONG, "text", False)
            for one in stage.lines(params.question, safe.width, size, STRONG)
        ]
    room = safe.width * (1.0 if params.question else 0.62) if wide else safe.width
    for index, line in enumerate(params.lines):
        size = float(BODY if params.number and index == 0 else LABEL)
        placed += [(one, size, REGULAR, "text", False) for one in stage.lines(line, room, size)]
    height = sum(size * 1.26 for _, size, _, _, _ in placed)
    # A number stands at the left of a wide frame, with the street beside it; all else below the street.
    beside = bool(params.number) and wide
    top = (stage.height - height) / 2 - 30.0 if beside else stage.height - (132.0 if wide else 170.0) - height
    # The film's own lines stand before its question comes; a number comes with its lines.
    lines_s = when if params.number else 0.2
    first = next((index for index, one in enumerate(placed) if one[2] == REGULAR), len(placed))
    lower = top + sum(size * 1.26 for _, size, _, _, _ in placed[:first])
    with stage.named("statement", pinned=True):
        if beside:
            side = material.fade(Box(0, 0, stage.width * 0.86, stage.height), ground, 0.97, 0.0)
            unders = [(stage.mobject(side, z=20.0), when)]
        else:
            unders = [(shaded(stage, lower, 20.0), 0.0)] if params.question else []
            unders.append((shaded(stage, top, 20.0), when))
    for under, come_s in unders:
        if come_s:
            under.hide().fade(come_s, 1.0, 0.5)
    y = top
    for index, (text, size, weight, role, mono) in enumerate(placed):
        y += size * 1.26
        with stage.named(f"words-{index + 1}", "label"):
            words = stage.words(
                text, safe.left, y - size * 0.3, size, weight, role, mono=mono, z=30.0, over=ground
            )
        begin = when if index < first else lines_s
        words.enter(
            begin + 0.15 + 0.1 * (index if params.number else index - first * (index >= first)), dy=24
        )
