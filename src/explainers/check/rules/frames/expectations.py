"""What the author expects of named things in motion, judged from where they are seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from explainers.check.finding import Finding
from explainers.check.geometry import FAINT, Box, Samples, common, joined, samples_of
from explainers.check.rules import rule
from explainers.check.subject import Pictures
from explainers.errors import did_you_mean
from explainers.kinds.base import ShotPlan
from explainers.storyboard.film import IN_FRAME, Expectation
from explainers.theme import PLATES

_TRAILS = ("tail", "glow", "shadow")
"""Parts of a thing that are not where it is."""
FAR = 24.0
"""Units from which on something has moved."""
_WAYS = {"left": (0, -1), "right": (0, 1), "up": (1, -1), "down": (1, 1)}
"""The coordinate that a direction changes, and its sign."""


@rule("expect", "error")
def expect(subject: Pictures) -> Iterator[Finding]:
    """An expectation of the author's that the picture does not meet.

    `expect: {s2: {lands: out, before: wait}, buffer: {stays: in-frame}}` says of named things what they do:
    `lands` in another and rests there, `leaves` it, `stays` in it, `moves` left, right, up, down, any way or
    never; `before` or `after` a beat's start, or what another thing does. Things are followed ten times a
    second as they are seen, camera included; a thing is in another when its middle is. A name that nothing
    in the picture has is an error.
    """
    for shot, geometry in subject.geometries():
        expected = subject.plan.storyboard.shots[subject.words.shot_locs[shot.id][1]].expect  # type: ignore[index]
        if not expected:
            continue
        scene = _Scene(samples_of(geometry), shot, expected)
        for name, one in expected.items():
            for field, (message, fix) in scene.unmet(name, one):
                loc = subject.words.loc(shot.id, "expect", name, *([field] if field else []))
                yield subject.words.found(message, loc, key=not field, shot=shot.id, fix=fix)


@dataclass
class _Scene:
    """A shot's things over time, and what is expected of them."""

    samples: Samples
    shot: ShotPlan
    expected: dict[str, Expectation]

    def unmet(self, name: str, expectation: Expectation) -> Iterator[tuple[str, tuple[str, str | None]]]:
        """What is not as expected of a thing: the field ("" for its name), the message, the fix."""
        known = (*self.samples.names, IN_FRAME)
        if name not in self.samples.names:
            yield (
                "",
                (f"nothing in the picture has the name {name!r}", did_you_mean(name, self.samples.names)),
            )
            return
        fields = {field: getattr(expectation, field) for field in ("lands", "leaves", "stays")}
        wrong = [field for field, other in fields.items() if other and other not in known]
        for field in wrong:
            message = f"nothing in the picture has the name {fields[field]!r}"
            yield field, (message, did_you_mean(fields[field], known))
        times = {beat.id: beat.start_s for beat in self.shot.beats}
        for field in ("before", "after"):
            other = getattr(expectation, field)
            if other and other not in times and other not in self.samples.names:
                message = f"{other!r} is neither a beat of the shot nor a thing in the picture"
                wrong.append(field)
                yield field, (message, did_you_mean(other, (*times, *self.samples.names)))
        for field in ("lands", "leaves", "stays", "moves"):
            if (
                getattr(expectation, field)
                and field not in wrong
                and (found := self._fails(name, expectation, field))
            ):
                wrong.append(field)
                yield field, found
        when = None if wrong else self._happens(name, expectation)
        if when is not None:
            yield from self._out_of_turn(name, expectation, when, times)

    def _fails(self, name: str, expectation: Expectation, field: str) -> tuple[str, str | None] | None:
        other = getattr(expectation, field)
        if field == "stays":
            return self._strays(name, other)
        if field == "moves":
            far = self._moved(name, other)
            if other == "never":
                return (f"{name!r} moves by {far:.0f} units", None) if far >= FAR else None
            way = "" if other == "any" else f" {other}"
            least = f"and {FAR:.0f} are a move"
            return None if far >= FAR else (f"{name!r} moves {far:.0f} units{way}, {least}", None)
        if getattr(self, f"_{field}")(name, other) is not None:
            return None
        inside = [frame for frame in self.samples.grid if self._is_in(name, other, frame)]
        if not inside:
            return f"{name!r} is never in {other!r}: {self._nearest(name, other)}", None
        since = inside[0] / self.samples.fps
        if field == "leaves":
            return f"{name!r} is in {other!r} from {since:.1f} s on to the end", None
        stands = inside[0] == 0
        return f"{name!r} " + (
            f"is in {other!r} from the first frame on"
            if stands
            else f"passes {other!r} and does not rest in it"
        ), None

    def _out_of_turn(
        self, name: str, expectation: Expectation, when: float, times: dict[str, float]
    ) -> Iterator[tuple[str, tuple[str, str | None]]]:
        for field in ("before", "after"):
            other = getattr(expectation, field)
            if not other:
                continue
            if other in times:
                then: float | None = times[other]
            else:
                its = self.expected.get(other)
                then = self._happens(other, its) if its else None
                then = self._first(other) if then is None else then
            late = when - (then or 0.0)
            if (field == "before" and late > 1e-6) or (field == "after" and late < -1e-6):
                what = next(verb for verb in ("lands", "leaves", "moves") if getattr(expectation, verb))
                message = (
                    f"{name!r} {what} at {when:.1f} s of the shot, and {other!r} comes at {then or 0.0:.1f} s"
                )
                yield field, (message, f"{abs(late):.1f} s {'earlier' if late > 0 else 'later'}")

    # -- what happens ------------------------------------------------------------------------------------

    def _happens(self, name: str, expectation: Expectation) -> float | None:
        """When a thing has done what is expected of it, in seconds; None where it has not."""
        found = [
            self._lands(name, expectation.lands) if expectation.lands else None,
            self._leaves(name, expectation.leaves) if expectation.leaves else None,
            self._sets_out(name) if expectation.moves and expectation.moves != "never" else None,
        ]
        return max((frame / self.samples.fps for frame in found if frame is not None), default=None)

    def _lands(self, name: str, other: str) -> int | None:
        """The first frame at which it rests in another, having been outside."""
        outside = False
        grid = self.samples.grid
        for frame, following in zip(grid, [*grid[1:], grid[-1]], strict=True):
            if not self._is_in(name, other, frame):
                outside = True
            elif outside and self._box(name, frame) == self._box(name, following):
                return frame
        return None

    def _leaves(self, name: str, other: str) -> int | None:
        """The first frame at which it is not in another any more."""
        inside = False
        for frame in self.samples.grid:
            if self._is_in(name, other, frame):
                inside = True
            elif inside:
                return frame
        return None

    def _sets_out(self, name: str) -> int | None:
        start: Box | None = None
        for frame in self.samples.grid:
            box = self._box(name, frame)
            if start is not None and box is not None and _moved_by(start, box) >= FAR * self.samples.scale:
                return frame
            start = start or box
        return None

    def _strays(self, name: str, other: str) -> tuple[str, str | None] | None:
        frames = [
            frame for frame in self.samples.grid if frame >= (self._first(name) or 0.0) * self.samples.fps
        ]
        for frame in frames:
            if not self._is_in(name, other, frame):
                box = self._box(name, frame)
                at = f"at {frame / self.samples.fps:.1f} s of the shot"
                if box is None:
                    return f"{name!r} is gone {at}", None
                if other != IN_FRAME:
                    return f"{name!r} is not in {other!r} {at}", None
                by = max(-box[0], -box[1], box[2] - self.samples.size[0], box[3] - self.samples.size[1])
                return (
                    f"{name!r} is cut by the frame's edge {at}",
                    f"{by / self.samples.scale:.0f} units further in",
                )
        return None

    def _moved(self, name: str, way: str) -> float:
        """How many units a thing goes in a direction at most, from where it was before."""
        axis, sign = _WAYS.get(way, (None, 0))
        boxes = [box for frame in self.samples.grid if (box := self._box(name, frame)) is not None]
        far, least = 0.0, None
        for box in boxes:
            middle = _middle(box)
            if axis is None:
                far = max(far, _moved_by(boxes[0], box))
            else:
                place = sign * middle[axis]
                least = place if least is None else min(least, place)
                far = max(far, place - least)
        return far / self.samples.scale

    # -- where things are --------------------------------------------------------------------------------

    def _box(self, name: str, frame: int, parts: tuple[str, ...] = ()) -> Box | None:
        """The box around what is seen of a thing, or of some of its parts; None where nothing is."""
        found = []
        for one in self.samples.named(name):
            state = one.at(frame)
            if state.opacity >= FAINT and one.part not in _TRAILS and (not parts or one.part in parts):
                found.append(one.ink_at(frame))
        return joined(found) if found else None

    def _holder(self, name: str, frame: int) -> Box | None:
        if name == IN_FRAME:
            return 0.0, 0.0, float(self.samples.size[0]), float(self.samples.size[1])
        return self._box(name, frame, PLATES) or self._box(name, frame)

    def _is_in(self, name: str, other: str, frame: int) -> bool:
        box, holder = self._box(name, frame), self._holder(other, frame)
        if box is None or holder is None:
            return False
        if other == IN_FRAME:
            inside = common(box, (holder[0] - 1, holder[1] - 1, holder[2] + 1, holder[3] + 1))
            return inside == box
        x, y = _middle(box)
        return holder[0] <= x <= holder[2] and holder[1] <= y <= holder[3]

    def _first(self, name: str) -> float | None:
        firsts = [
            first for one in self.samples.named(name) for first, _ in one.when(FAINT, self.samples.frames)
        ]
        return min(firsts) / self.samples.fps if firsts else None

    def _nearest(self, name: str, other: str) -> str:
        """How near it comes to another, in words."""
        found = []
        for frame in self.samples.grid:
            box, holder = self._box(name, frame), self._holder(other, frame)
            if box is not None and holder is not None:
                x, y = _middle(box)
                across = max(holder[0] - x, x - holder[2], 0.0)
                down = max(holder[1] - y, y - holder[3], 0.0)
                found.append(((across**2 + down**2) ** 0.5, frame))
        if not found:
            return "they are never seen together"
        by, frame = min(found)
        return f"it comes as near as {by / self.samples.scale:.0f} units, at {frame / self.samples.fps:.1f} s"


def _middle(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _moved_by(one: Box, other: Box) -> float:
    (a, b), (c, d) = _middle(one), _middle(other)
    return max(abs(a - c), abs(b - d))
