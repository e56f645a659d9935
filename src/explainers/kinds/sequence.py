"""Who says what to whom, in which order: actors across, time down, an arrow for each message.

Each actor has a lifeline that brightens as time runs down it. Messages, notes, stops and restarts are
`steps`, one a row unless `at_once`; beats show them, and without beats that do they come one after another.
An actor is busy, and its lifeline thick, from a message to its `reply`. Frames around steps say what is
repeated or optional.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import Field, model_validator

from explainers.errors import RenderFailed, nearest
from explainers.kinds._plots import highlights, wrong_beats
from explainers.kinds.base import KindBeat, KindParams, SceneKind, ShotPlan
from explainers.storyboard.mistakes import Mistake, without_effect
from explainers.storyboard.types import Boolean, Frozen, Label, Name, Role, ShortForm
from explainers.theme import STRONG, mix
from explainers.timing import ease_out, linear

if TYPE_CHECKING:
    from explainers.stage import Stage

START_S, STEP_S, FLIGHT_S, APART_S = 0.5, 1.0, 0.6, 0.1
"""When the first step comes after its beat's start, what a step takes, how long a message flies, and how far
apart those in one row start."""
PAD, TAB, BUSY = 18.0, 54.0, 20.0
"""Inside of boxes; the height of a frame's words; the width of a busy lifeline."""
SIZES = (44.0, 42.0, 40.0, 38.0, 36.0)
LEADING = 1.16


class Actor(Frozen):
    """Who sends and receives."""

    label: Label
    """Its name on screen."""
    role: Role = "accent"
    """Its colour."""


class Step(Frozen):
    """What happens in a row: a message (`from` and `to`), a note `over` actors, a `stop` or a `start`."""

    id: Name
    """Its name for beats and frames."""
    from_: Name | None = Field(default=None, alias="from")
    """Who sends."""
    to: Name | None = None
    """Who receives; the sender itself for what it does alone."""
    over: Annotated[tuple[Name, ...], ShortForm(None)] = ()
    """The actors over whose lifelines a note lies."""
    stop: Name | None = None
    """An actor that stops here: its lifeline ends."""
    start: Name | None = None
    """An actor that comes back after a `stop`."""
    text: Label = ""
    """The words: on the message, in the note, beside the stop."""
    reply: Boolean = False
    """A dashed arrow that answers an earlier message; until it, its sender is busy."""
    lost: Boolean = False
    """The message does not arrive."""
    at_once: Boolean = False
    """It happens in the row of the step before it, not in one of its own."""
    role: Role | None = None
    """Its colour, where it is not its sender's."""

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        message = self.from_ is not None or self.to is not None
        if message + bool(self.over) + (self.stop is not None) + (self.start is not None) != 1:
            raise ValueError("one of: from with to, over, stop, start")
        if message and (self.from_ is None or self.to is None):
            raise ValueError("a message says both from and to")
        if self.over and not self.text:
            raise ValueError("a note says its text")
        return self

    @property
    def actors(self) -> tuple[str, ...]:
        """The actors that it names, in the order of its keys."""
        return tuple(one for one in (self.from_, self.to, *self.over, self.stop, self.start) if one)


class Around(Frozen):
    """A frame around steps that belong together."""

    label: Label
    """What they are: `loop until a majority answers`, `only after a timeout`."""
    first: Name
    """The first step in it."""
    last: Name
    """The last one."""


class Params(KindParams):
    """Actors and what happens between them."""

    actors: Annotated[dict[Name, Annotated[Actor, ShortForm("label")]], Field(min_length=2, max_length=8)]
    """Those who send and receive, from left to right."""
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=40)]
    """What happens, from top to bottom."""
    frames: dict[Name, Around] = Field(default_factory=dict)
    """Frames around steps: loops, alternatives."""

    @cached_property
    def rows(self) -> list[int]:
        """The row of each step."""
        found: list[int] = []
        for step in self.steps:
            found.append(found[-1] if found and step.at_once else (found[-1] + 1 if found else 0))
        return found


class BeatParams(KindBeat):
    """What happens in a beat."""

    show: tuple[Name, ...] = ()
    """Steps that happen now, one after another; those that no beat shows have happened at the start. Where no
    beat shows any, all of them happen one after another."""
    highlight: tuple[Name, ...] = ()
    """Actors and steps that stay bright while the others are dimmed."""


class SequenceKind(SceneKind):
    params = Params
    beat_params = BeatParams

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """Heads and lifelines stand; steps happen as the beats show them."""
        _Drawing(shot, stage).draw()

    def beat_s(self, beat: BeatParams) -> float:
        """A step after the other, and a moment to look."""
        return START_S + STEP_S * len(beat.show) + 0.8 if beat.show else 0.0

    def duration_s(self, shot: ShotPlan) -> float:
        """Every row once, where beats don't say when."""
        params: Params = shot.params
        last = max(happens(shot).values(), default=0.0)
        return last + STEP_S + 1.2 if params.steps else 0.0

    def names(self, params: Params, beats: Sequence[BeatParams]) -> set[str]:
        return {actor.label for actor in params.actors.values()}

    def mistakes(self, shot: ShotPlan) -> Iterator[Mistake]:
        """Names of nobody, replies to nothing, steps out of order, and fields without effect."""
        params: Params = shot.params
        actors, ids = list(params.actors), [step.id for step in params.steps]
        for index, step in enumerate(params.steps):
            loc = ("steps", index)
            for key in ("from", "to", "stop", "start"):
                name = step.from_ if key == "from" else getattr(step, key)
                if name is not None and name not in actors:
                    yield _unknown((*loc, key), "actor", name, actors)
            for place, name in enumerate(step.over):
                if name not in actors:
                    yield _unknown((*loc, "over", place), "actor", name, actors)
            if step.id in ids[:index] or step.id in params.actors:
                message = f"the name {step.id!r} is given twice"
                yield Mistake((*loc, "id"), "duplicate-id", message, "another name")
            if step.from_ is None:
                yield from without_effect(step, ("reply", "lost"), "what is no message", loc)
            if index == 0:
                yield from without_effect(step, ("at_once",), "the first step", loc)
        if all(name in actors for step in params.steps for name in step.actors):
            yield from _wrong_order(params)
        for name, around in params.frames.items():
            at = ("frames", name)
            wrong = [key for key in ("first", "last") if getattr(around, key) not in ids]
            for key in wrong:
                yield _unknown((*at, key), "step", getattr(around, key), ids)
            if not wrong and ids.index(around.first) > ids.index(around.last):
                yield Mistake((*at, "last"), "out-of-order", f"{around.last!r} comes before {around.first!r}")
            if name in ids or name in params.actors:
                yield Mistake(at, "duplicate-id", f"the name {name!r} is given twice", key=True)
        found = wrong_beats(shot, ids, "step")
        known = {*ids, *actors, *params.frames}
        yield from (one for one in found if _name_at(shot, one) not in known or "highlight" not in one.loc)
        yield from _wrong_beats(shot, ids)


def _name_at(shot: ShotPlan, mistake: Mistake) -> str:
    _, beat, key, place = mistake.loc
    return str(getattr(shot.beats[int(beat)].params, str(key))[int(place)])


def _unknown(loc: tuple[str | int, ...], what: str, name: str, known: Sequence[str]) -> Mistake:
    return Mistake(
        loc, "unknown-name", f"there is no {what} {name!r}", ", ".join(known), nearest(name, known)
    )


def _wrong_order(params: Params) -> Iterator[Mistake]:
    """Replies to nothing, actors that act while they are stopped, and steps in one row that meet."""
    stopped: set[str] = set()
    for index, step in enumerate(params.steps):
        loc = ("steps", index)
        if step.reply and params.steps and _request_of(params.steps, index) is None:
            message = f"nothing that {step.to!r} sent to {step.from_!r} is open here"
            yield Mistake((*loc, "reply"), "reply-to-nothing", message, "a message for each reply")
        for key, name in (
            ("from", step.from_),
            ("to", step.to if not step.lost else None),
            ("stop", step.stop),
        ):
            if name in stopped:
                message = f"{name!r} has stopped"
                yield Mistake((*loc, key), "has-stopped", message, f"`start: {name}` before, or `lost: true`")
        if step.start is not None and step.start not in stopped:
            yield Mistake(
                (*loc, "start"), "has-not-stopped", f"{step.start!r} has not stopped", "a stop before"
            )
        stopped |= {step.stop} if step.stop else set()
        stopped -= {step.start} if step.start else set()


def _request_of(steps: Sequence[Step], reply: int) -> int | None:
    """The latest message that the reply at `reply` can answer, and that no reply before it does."""
    open_: list[int] = []
    for index, step in enumerate(steps[: reply + 1]):
        if step.from_ is None or step.from_ == step.to:
            continue
        if not step.reply:
            open_ += [] if step.lost else [index]
            continue
        answered = [one for one in open_ if (steps[one].from_, steps[one].to) == (step.to, step.from_)]
        if index == reply:
            return answered[-1] if answered else None
        if answered:
            open_.remove(answered[-1])
    return None


def _wrong_beats(shot: ShotPlan, ids: list[str]) -> Iterator[Mistake]:
    """Steps that are shown twice, or before one that stands above them."""
    rows = dict(zip(ids, shot.params.rows, strict=True))
    latest: str | None = None
    shown: set[str] = set()
    for index, beat in enumerate(shot.beats):
        for place, name in enumerate(beat.params.show):
            loc = ("beats", index, "show", place)
            if name in shown:
                yield Mistake(loc, "shown-before", f"{name!r} has happened", "each step once")
            elif name in rows and latest is not None and rows[name] < rows[latest]:
                message = f"{name!r} stands above {latest!r}, which happens before: time runs down"
                yield Mistake(loc, "out-of-order", message, "the order of `steps`")
            shown.add(name)
            latest = name if name in rows else latest


def happens(shot: ShotPlan) -> dict[str, float]:
    """When each step happens, in seconds; before 0 what has happened at the start."""
    params: Params = shot.params
    steps = {step.id: step for step in params.steps}
    if not any(beat.params.show for beat in shot.beats):
        found, t = {}, START_S
        for index, step in enumerate(params.steps):
            t += (APART_S if step.at_once else STEP_S) if index else 0.0
            found[step.id] = t
        return found
    found = dict.fromkeys(steps, -10.0)
    for beat in shot.beats:
        t = beat.start_s + START_S
        for index, name in enumerate(beat.params.show):
            t += (APART_S if steps[name].at_once else STEP_S) if index else 0.0
            found[name] = t
    return found


@dataclass
class _Row:
    """A row of steps: its height above and below the line that its arrows lie on."""

    above: float = 0.0
    below: float = 0.0
    y: float = 0.0


class _Drawing:
    """Lays a sequence out and puts it on stage."""

    def __init__(self, shot: ShotPlan, stage: Stage):
        from explainers.stage.chrome import plot_body
        from explainers.stage.handle import Spotlight

        self.shot, self.stage, self.params = shot, stage, shot.params
        self.body, self.times, self.light = plot_body(stage, shot), happens(shot), Spotlight()
        self.index = {name: place for place, name in enumerate(self.params.actors)}
        self.size = self.head_size = SIZES[-1]
        self._place()

    # -- places --------------------------------------------------------------------------------

    def _place(self) -> None:
        """The actors' columns and the rows' heights: the largest words that leave every row its room."""
        count, body, stage = len(self.params.actors), self.body, self.stage
        most = min(340.0, (body.width - 20.0 * (count - 1)) / count)
        least = min(SIZES[-1], stage.least_label)
        for self.size in (*SIZES, least):
            labels = [
                stage.lines(one.label, most - 2 * PAD, self.size, STRONG)
                for one in self.params.actors.values()
            ]
            widest = max(stage.text_width(line, self.size, STRONG) for lines in labels for line in lines)
            self.head = min(most, max(160.0, widest + 2 * PAD + 12))
            self.labels = labels
            self.head_height = max(len(lines) for lines in labels) * self.size * LEADING + 34
            step = (body.width - self.head) / (count - 1)
            self.xs = [body.left + self.head / 2 + place * step for place in range(count)]
            rows = self._rows()
            needed = sum(row.above + row.below for row in rows) + self.head_height
            if needed + 16 * len(rows) <= body.height:
                break
        else:
            if needed > body.height:
                message = f"{len(rows)} rows need {needed:.0f} units of height, of {body.height:.0f}"
                raise RenderFailed(f"{self.shot.id}: {message}; shorter words, or two shots")
        spare = min(76.0, (body.height - needed) / (len(rows) + 0.5))
        y = body.top + self.head_height
        for row in rows:
            row.y = y + spare + row.above
            y = row.y + row.below
        self.rows, self.bottom = rows, min(body.bottom, y + max(20.0, spare * 0.5))

    def _rows(self) -> list[_Row]:
        rows = [_Row() for _ in range(self.params.rows[-1] + 1)]
        for step, place in zip(self.params.steps, self.params.rows, strict=True):
            row, lines = rows[place], len(self._lines(step))
            high = lines * self.size * LEADING
            if step.over:
                row.above, row.below = max(row.above, high / 2 + 14), max(row.below, high / 2 + 14)
            elif step.from_ is None or step.from_ == step.to:
                row.above, row.below = max(row.above, high / 2, 18.0), max(row.below, high / 2, 30.0)
            else:
                row.above, row.below = max(row.above, high + 10), max(row.below, 14.0)
        for first, last in self._framed():
            rows[first].above += TAB
            rows[last].below += PAD
        return rows

    def _framed(self) -> list[tuple[int, int]]:
        """First and last row of every frame."""
        rows = dict(zip((step.id for step in self.params.steps), self.params.rows, strict=True))
        return [(rows[frame.first], rows[frame.last]) for frame in self.params.frames.values()]

    def _reach(self, step: Step) -> tuple[float, float]:
        """Where the words of a step may lie: left and right."""
        places = sorted(self.index[name] for name in step.actors)
        left, right = self.xs[places[0]], self.xs[places[-1]]
        if step.over:
            return max(self.body.left, left - self.head / 2), min(self.body.right, right + self.head / 2)
        if left != right:
            # Between the sender and its neighbour on the way, where no other lifeline runs through them.
            sender = self.index[step.actors[0]]
            near = self.xs[sender + (1 if self.index[step.actors[1]] > sender else -1)]
            return min(self.xs[sender], near) + BUSY, max(self.xs[sender], near) - BUSY
        # Beside its lifeline: to the right, and to the left of the last one.
        room = self.xs[1] - self.xs[0] - 2 * BUSY
        side = 62.0 if step.from_ else 30.0
        return (
            (left - side - room + 60, left - side)
            if self._turned(step)
            else (left + side, left + side + room - 60)
        )

    def _turned(self, step: Step) -> bool:
        return self.index[step.actors[0]] == len(self.xs) - 1

    def _lines(self, step: Step) -> list[str]:
        left, right = self._reach(step)
        pad = PAD if step.over else 0.0
        return self.stage.lines(step.text, right - left - 2 * pad, self.size) if step.text else []

    def _role(self, step: Step) -> str:
        return step.role or self.params.actors[step.actors[0]].role

    # -- drawing -------------------------------------------------------------------------------

    def draw(self) -> None:
        for place, name in enumerate(self.params.actors):
            self._actor(name, self.xs[place], self.labels[place])
        for name, around in self.params.frames.items():
            self._frame(name, around)
        for step, row in zip(self.params.steps, self.params.rows, strict=True):
            with self.stage.named(step.id):
                self._step(step, self.rows[row].y)
        self.light.plan(highlights(self.shot))

    def _actor(self, name: str, x: float, lines: list[str]) -> None:
        """The head, the faint lifeline, and the bright one that follows what happens."""
        from explainers.compositor.layer import Note
        from explainers.stage import Box, material, shapes

        stage, theme, top = self.stage, self.stage.theme, self.body.top
        color = theme.color(self.params.actors[name].role)
        fill = mix(theme.panel, color, 0.24 if theme.dark else 0.12)
        box = Box(x - self.head / 2, top, x + self.head / 2, top + self.head_height)
        with stage.named(name, "panel"):
            panel = stage.mobject(
                material.Shadow(box, 16, 14, 5, 0.5 if theme.dark else 0.16),
                material.plate(box, fill, color, 16, 3),
                z=6, note=Note("frame", name),
            )  # fmt: skip
        with stage.named(name, "label"):
            for index, line in enumerate(lines):
                y = box.center[1] + (index - (len(lines) - 1) / 2) * self.size * LEADING
                stage.middle(line, x, y, self.size, weight=STRONG, over=fill, z=11)
        with stage.named(name, "line"):
            faint = shapes.route(
                [(x, box.bottom), (x, self.bottom)], mix(theme.background, color, 0.4), 2.5, dashed=True
            )
            reach, safe = (self.xs[1] - self.xs[0]) / 2 - 8, stage.safe
            lane = Box(max(safe.left, x - reach), box.center[1], min(safe.right, x + reach), self.bottom)
            tint = material.fade(lane, color, 0.15, 0.125, "top")
            lights = [panel, stage.mobject(faint, z=1), stage.mobject(tint, z=0.2)]
            for start, end in self._alive(name):
                lights.append(self._growing([(x, start), (x, end)], color, 4.0, start, end, 2.0))
            for start, end in self._busy(name):
                bar = material.plate(
                    Box(x - BUSY / 2, start, x + BUSY / 2, end),
                    mix(theme.background, color, 0.55),
                    color,
                    6,
                    2.5,
                )
                lights.append(self._growing(bar, color, 0, start, end, 3.0))
        self.light.add([name, *(step.id for step in self.params.steps if name in step.actors)], *lights)

    def _alive(self, name: str) -> list[tuple[float, float]]:
        """The stretches of a lifeline in which its actor runs."""
        found, start = [], self.body.top + self.head_height
        for step, row in zip(self.params.steps, self.params.rows, strict=True):
            if step.stop == name:
                found.append((start, self.rows[row].y))
                start = -1.0
            elif step.start == name:
                start = self.rows[row].y
        return [*found, (start, self.bottom)] if start >= 0 else found

    def _busy(self, name: str) -> Iterator[tuple[float, float]]:
        """The stretches from a message to the reply to it."""
        for index, step in enumerate(self.params.steps):
            if step.reply and step.from_ == name:
                first = _request_of(self.params.steps, index)
                assert first is not None
                yield self.rows[self.params.rows[first]].y - 6, self.rows[self.params.rows[index]].y + 6

    def _growing(self, what: Any, color: str, stroke: float, start: float, end: float, z: float) -> Any:
        """What is uncovered downwards as time comes to each of the rows beside it."""
        from explainers.stage import shapes

        ink = shapes.route(what, color, stroke) if isinstance(what, list) else what
        handle = self.stage.mobject(ink, z=z)
        (layer,) = handle.layers
        layer.reveal_from, track = "top", layer.track("reveal")
        track.initial, at = 0.0, 0.0
        rows = zip(self.params.steps, self.params.rows, strict=True)
        events = [(max(0.0, self.times[step.id]), self.rows[row].y) for step, row in rows]
        last = max(y for _, y in events)
        for t, y in events:
            share = 1.0 if y >= last else min(1.0, max(0.0, (y + 6 - start) / (end - start)))
            if share > at:
                if t <= 0 and not track.keys():
                    track.initial = share
                else:
                    track.to(share, max(t, track.keys()[-1][0] if track.keys() else t), FLIGHT_S, linear)
                at = share
        return handle

    def _step(self, step: Step, y: float) -> None:
        if step.over:
            self._note(step, y)
        elif step.from_ is None:
            self._mark(step, y)
        else:
            self._message(step, y)

    def _words(self, step: Step, y: float, anchor: str, x: float, over: str = "") -> list[Any]:
        """The words of a step about the height `y`."""
        lines = self._lines(step)
        first = y - (len(lines) - 1) / 2 * self.size * LEADING
        with self.stage.named(step.id, "label"):
            found = [
                self.stage.middle(
                    line, x, first + i * self.size * LEADING, self.size, anchor=anchor, over=over, z=12
                )
                for i, line in enumerate(lines)
            ]
        return found

    def _come(
        self, step: Step, handles: Sequence[Any], dx: float = 0.0, dy: float = 0.0, after: float = 0.0
    ) -> None:
        """Handles enter when their step happens, and belong to it and to its actors."""
        for handle in handles:
            if self.times[step.id] >= 0:
                handle.enter(self.times[step.id] + after, dx, dy, 0.35)
        self.light.add(
            [step.id, *step.actors],
            *(
                handle
                for handle in handles
                if not any(layer.note and layer.note.kind == "text" for layer in handle.layers)
            ),
        )

    def _message(self, step: Step, y: float) -> None:
        """The arrow is drawn behind a light that flies with the message."""
        from explainers.compositor.layer import Note
        from explainers.stage import material, shapes

        assert step.from_ and step.to
        start, end = self.xs[self.index[step.from_]], self.xs[self.index[step.to]]
        color, t = self.stage.theme.color(self._role(step)), self.times[step.id]
        if start == end:
            self._alone(step, start, y, color)
            return
        way = 1 if end > start else -1
        edge = BUSY / 2 + 1
        goal = end - way * edge if not step.lost else start + (end - start) * 0.72
        points = [(start + way * edge, y), (goal, y)]
        with self.stage.named(step.id, "line"):
            arrow = self.stage.mobject(
                shapes.arrow(points, color, 4, dashed=step.reply), z=5, note=Note("edge", step.id)
            )
            if t >= 0:
                arrow.reveal(t, FLIGHT_S, "left" if way > 0 else "right", ease_out)
                self._light(points, color, t)
            if step.lost:
                cross = self.stage.mobject(*_cross(goal + way * 22, y, self.stage.theme.color("warn")), z=6)
                self._come(step, [cross], after=FLIGHT_S)
        self.light.add([step.id], arrow)
        middle = sum(self._reach(step)) / 2
        high = len(self._lines(step)) * self.size * LEADING
        self._come(step, self._words(step, y - 10 - high / 2, "center", middle), dx=-24 * way, after=0.12)
        if step.reply or not self.stage.theme.dark:
            return
        with self.stage.named(step.id, "glow"):
            glow = self.stage.mobject(material.glow((goal, y), 46, 46, color, 0.5), z=1.5)
            if t >= 0:
                glow.hide().fade(t + FLIGHT_S * 0.8, 1.0, 0.15).fade(t + FLIGHT_S + 0.4, 0.0, 0.5)
            else:
                glow.hide()

    def _light(self, points: Sequence[tuple[float, float]], color: str, t: float) -> None:
        """The message itself on its way: a disc with a tail."""
        from explainers.stage import Box, material, shapes

        (x, y), (end, _) = points
        side = "left" if end > x else "right"
        body = Box(x - 9, y - 9, x + 9, y + 9)
        reach = min(90.0, abs(end - x) / 2)
        dot = self.stage.mobject(material.tail(body, color, side, reach), shapes.disc(x, y, 9, color), z=7)
        dot.hide().fade(t, 1.0, 0.05).move(t, end - x, 0, FLIGHT_S, ease_out).fade(
            t + FLIGHT_S - 0.1, 0.0, 0.2
        )

    def _alone(self, step: Step, x: float, y: float, color: str) -> None:
        """What an actor does by itself: an arrow that comes back to its lifeline."""
        from explainers.compositor.layer import Note
        from explainers.stage import shapes

        way = -1 if self._turned(step) else 1
        near, far = x + way * (BUSY / 2 + 1), x + way * 52
        points = [(near, y - 16), (far, y - 16), (far, y + 20), (near, y + 20)]
        with self.stage.named(step.id, "line"):
            arrow = self.stage.mobject(shapes.arrow(points, color, 4, 14), z=5, note=Note("edge", step.id))
        words = self._words(step, y + 2, "right" if way < 0 else "left", x + way * 68)
        self._come(step, [arrow, *words], dx=-24 * way)

    def _mark(self, step: Step, y: float) -> None:
        """Where an actor stops or comes back."""
        from explainers.stage import shapes

        x, theme = self.xs[self.index[step.actors[0]]], self.stage.theme
        color = theme.color(step.role or ("warn" if step.stop else "exit"))
        with self.stage.named(step.id, "mark"):
            inks = _cross(x, y, color) if step.stop else (shapes.disc(x, y, 12, color),)
            mark = self.stage.mobject(*inks, z=7)
        way = -1 if self._turned(step) else 1
        words = self._words(step, y, "right" if way < 0 else "left", x + way * 36)
        self._come(step, [mark, *words], dx=-24 * way)

    def _note(self, step: Step, y: float) -> None:
        """A plate over the lifelines of its actors."""
        from explainers.compositor.layer import Note
        from explainers.stage import Box, material

        theme, lines = self.stage.theme, self._lines(step)
        left, right = self._reach(step)
        wide = max(self.stage.text_width(line, self.size) for line in lines) + 2 * PAD
        middle, color = (left + right) / 2, theme.color(self._role(step))
        wide = max(wide, right - left - self.head + 60 if len(step.over) > 1 else 0.0)
        high = len(lines) * self.size * LEADING + 24
        box = Box(middle - wide / 2, y - high / 2, middle + wide / 2, y + high / 2)
        fill = mix(theme.panel, color, 0.14)
        with self.stage.named(step.id, "panel"):
            plate = self.stage.mobject(
                material.plate(box, fill, color, 10, 2.5), z=8, note=Note("frame", step.id)
            )
        self._come(step, [plate, *self._words(step, y, "center", middle, fill)], dy=24)

    def _frame(self, name: str, around: Around) -> None:
        """A frame around steps, with its words in its upper left corner."""
        from explainers.compositor.layer import Note
        from explainers.stage import Box, material

        ids = [step.id for step in self.params.steps]
        steps = self.params.steps[ids.index(around.first) : ids.index(around.last) + 1]
        rows = [
            self.rows[row]
            for step, row in zip(self.params.steps, self.params.rows, strict=True)
            if step in steps
        ]
        reaches = [self._extent(step) for step in steps]
        stage, theme = self.stage, self.stage.theme
        left, right = min(one for one, _ in reaches), max(one for _, one in reaches)
        top, bottom = rows[0].y - rows[0].above, rows[-1].y + rows[-1].below
        box = Box(
            max(self.stage.safe.left - 40, left - 34),
            top,
            min(self.stage.safe.right + 40, right + 34),
            bottom,
        )
        color, fill = theme.color("muted"), mix(theme.panel, theme.color("muted"), 0.1)
        wide = stage.text_width(around.label, self.size) + 2 * PAD
        tab = Box(box.left, box.top, box.left + wide, box.top + TAB - 6)
        t = min(self.times[step.id] for step in steps)
        with stage.named(name, "panel"):
            frame = material.plate(box, color, color, 12, 2.5, 0.0, 0.07)
            handle = stage.mobject(frame, z=0.5, note=Note("frame", name))
            plate = stage.mobject(material.plate(tab, fill, color, 12, 2.5), z=4)
        with stage.named(name, "label"):
            words = stage.middle(around.label, tab.center[0], tab.center[1], self.size, over=fill, z=12)
        if t >= 0:
            for one in (handle, plate, words):
                one.enter(t - 0.15, 0, 24)
        self.light.add([name, *(step.id for step in steps)], handle)

    def _extent(self, step: Step) -> tuple[float, float]:
        """Left and right of all that a step draws."""
        xs = [self.xs[self.index[name]] for name in step.actors]
        if len(set(xs)) > 1:
            return min(xs), max(xs)
        left, right = self._reach(step)
        if step.over:
            return left, right
        wide = max((self.stage.text_width(line, self.size) for line in self._lines(step)), default=0.0)
        return (right - wide, xs[0] + BUSY) if self._turned(step) else (xs[0] - BUSY, left + wide)


def _cross(x: float, y: float, color: str, reach: float = 15.0) -> tuple[Any, Any]:
    """Two strokes that cross at (`x`, `y`)."""
    from explainers.stage import shapes

    return (
        shapes.route([(x - reach, y - reach), (x + reach, y + reach)], color, 6),
        shapes.route([(x - reach, y + reach), (x + reach, y - reach)], color, 6),
    )
