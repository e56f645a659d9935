"""A scene kind that puts down exactly what it is told, right or wrong: for testing the checks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from explainers.kinds.base import KindParams, SceneKind, ShotPlan
from explainers.storyboard.types import AssetPath, Frozen, Label, RunName, Seconds, TableName

if TYPE_CHECKING:
    from explainers.stage import Stage


class Word(Frozen):
    """A line of text with its left edge at `x` and its baseline at `y`."""

    text: Label
    x: float
    y: float
    size: float = 46.0
    color: str = "#E6EDF7"
    comes: Seconds = 0.0
    goes: Seconds | None = None
    z: float = 10.0


class Patch(Frozen):
    """A rectangle; with `flashes` it comes and goes that many times a second, `during` seconds long."""

    left: float
    top: float
    right: float
    bottom: float
    color: str
    kind: str = ""
    label: str = ""
    z: float = 5.0
    flashes: float = 0.0
    during: Seconds = 1.0
    drifts: float = 0.0


class Thing(Frozen):
    """A named panel with or without words; from `at` on it travels by (`dx`, `dy`) for `takes` seconds.

    With `comes` it enters then; with `cut` it is clipped at its right by that many units; `dim` is an opacity
    that it is taken to at `at`.
    """

    name: str = ""
    part: str = "panel"
    box: tuple[float, float, float, float]
    words: Label = ""
    color: str = "#22304E"
    comes: Seconds = 0.0
    goes: Seconds | None = None
    at: Seconds = 0.0
    dx: float = 0.0
    dy: float = 0.0
    takes: Seconds = 0.0
    cut: float = 0.0
    dim: float = 1.0
    aside: float = 0.0
    """Units by which the words stand further right than the panel's middle."""
    z: float = 6.0


class Axis(Frozen):
    """An axis that may begin anywhere."""

    low: float = 0.0
    cut: Label | None = None


class Pane(Frozen):
    """A pane with a speed of its own."""

    label: Label
    speed: float = 1.0


class Params(KindParams):
    """Everything is optional."""

    words: tuple[Word, ...] = ()
    patches: tuple[Patch, ...] = ()
    panes: tuple[Pane, ...] = ()
    bars: tuple[Label, ...] = ()
    axis: Axis = Axis()
    speed: float | None = None
    runs: tuple[RunName, ...] = ()
    table: TableName | None = None
    picture: AssetPath | None = None
    things: tuple[Thing, ...] = ()
    moves: Annotated[Seconds, Field(description="How long a dot keeps moving.")] = 0.0


class Raw(SceneKind):
    params = Params

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """The words and patches where they were put."""
        params: Params = shot.params
        for thing in params.things:
            with stage.named(thing.name, thing.part):
                _put(thing, stage)
        for word in params.words:
            handle = stage.words(word.text, word.x, word.y, word.size, role=word.color, z=word.z)
            if word.comes:
                handle.enter(word.comes, dy=0, duration_s=0.1)
            if word.goes is not None:
                handle.leave(word.goes, duration_s=0.1)
        for patch in params.patches:
            stage.drawn(_patch(patch, stage))
        if params.moves:
            stage.panel(_box(300, 900, 340, 940), fill="#56B4E9").move(0.0, 900, 0, params.moves)


def _put(thing: Thing, stage: Stage) -> None:
    """A thing's panel and its words, which are a part of their own."""
    from explainers.compositor.patches import Clipped

    box, first = _box(*thing.box), len(stage.layers)
    handles = [stage.panel(box, fill=thing.color, z=thing.z)]
    if thing.words:
        with stage.named(thing.name, "label"):
            handles.append(
                stage.middle(thing.words, box.center[0] + thing.aside, box.center[1], z=thing.z + 1)
            )
    for handle in handles:
        if thing.comes:
            handle.enter(thing.comes, dy=0, duration_s=0.3)
        if thing.dim < 1:
            handle.fade(thing.at, thing.dim, 0.2)
        if thing.takes:
            handle.move(thing.at, thing.dx, thing.dy, thing.takes)
        if thing.goes is not None:
            handle.leave(thing.goes, duration_s=0.2)
    if thing.cut:
        from explainers.compositor.layer import Rect

        edges = (box.left, box.top, box.right - thing.cut, box.bottom)
        whole = Rect(*(round(edge * stage.scale) for edge in edges))
        stage.layers[first:] = [Clipped(layer, whole, 0.0) for layer in stage.layers[first:]]


def _box(left: float, top: float, right: float, bottom: float) -> Any:
    from explainers.stage import Box

    return Box(left, top, right, bottom)


def _patch(patch: Patch, stage: Stage) -> Any:
    from explainers.compositor.layer import Layer, Note, Rect
    from explainers.theme import channels

    corners = patch.left, patch.top, patch.right, patch.bottom
    left, top, right, bottom = (round(edge * stage.scale) for edge in corners)

    class PatchLayer(Layer):
        z = patch.z
        note = Note(patch.kind, patch.label, color=patch.color) if patch.kind else None

        def state(self, t: float) -> Any:
            # Half a frame is added, so that a change never falls between two frames.
            t += 0.5 / stage.canvas.fps
            if patch.flashes:
                phase = math.floor(t * patch.flashes * 2)
                return ("on",) if phase % 2 == 1 and t < patch.during else None
            return ("at", round(t * patch.drifts)) if patch.drifts else ("on",)

        def box(self, state: Any) -> Rect:
            return Rect(left, top, right, bottom)

        def paint(self, ctx: Any, state: Any) -> None:
            shade = 1.0 if state[0] == "on" else 0.6 + 0.4 * (state[1] % 2)
            ctx.set_source_rgb(*(value / 255 * shade for value in channels(patch.color)))
            ctx.rectangle(left, top, right - left, bottom - top)
            ctx.fill()

        def spans(self) -> list[tuple[float, float]]:
            return [(0.0, stage.duration_s)] if patch.flashes or patch.drifts else []

    return PatchLayer()


EXAMPLE = ""
