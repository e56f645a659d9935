"""A Manim `Scene` of a file beside the storyboard, as it is: camera scenes and 3D too.

`scene: my_scenes.py:Attention` names the file and the class. A beat begins with the section of the scene that
has its id as its name (`self.next_section("keys")`), or the name in `section`; the first beat begins with the
scene. The beat's `duration` is how long the section has: where it needs less its last frame stays, where it
needs more that is refused with the lengths that all sections have. So cues, chapters and statements
stand where they are meant to.

The scene has the film's size, rate and ground; `self.theme.color("accent")` is a colour of the theme. Its
frames come in order only, and words in it are pixels, which the checks don't read.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from explainers.errors import RenderFailed
from explainers.kinds.base import KindBeat, KindParams, SceneKind, ShotPlan
from explainers.storyboard.mistakes import Mistake
from explainers.storyboard.types import CodeName

if TYPE_CHECKING:
    from explainers.stage import Stage

SCENES = """
from manim import Circle, Create, Dot, LaggedStart, Line, Scene, VGroup


class Descent(Scene):
    def construct(self):
        near, far = (self.theme.color(role) for role in ("ours", "accent"))
        land = VGroup(
            Circle(1, color=far, stroke_width=3, stroke_opacity=0.9 - 0.09 * ring, fill_opacity=0.09)
            .stretch(0.42 + 1.05 * ring, 0)
            .stretch(0.22 + 0.55 * ring, 1)
            for ring in range(8, -1, -1)
        )
        self.play(LaggedStart(*map(Create, land), lag_ratio=0.12), run_time=1.2)
        self.next_section("steps")
        x, y, steps = -6.0, 3.2, []
        for _ in range(9):
            # So much of the slope at once that a step overshoots across the valley, which is steeper.
            ahead = 0.55 * x, -0.64 * y
            steps.append(Line((x, y, 0), (*ahead, 0), color=near, stroke_width=7))
            x, y = ahead
        self.add(Dot((-6.0, 3.2, 0), 0.14, color=near))
        for step in steps:
            self.play(Create(step), run_time=0.2)
            self.add(Dot(step.get_end(), 0.14, color=near))


class Other(Scene):
    def construct(self):
        self.add(Circle(2, color="#E69F00"))
        self.wait(0.5)
        self.next_section("steps")
        self.wait(0.5)
"""
LATE_S = 0.07
"""So much later than its beat a section may begin: what rounding to whole frames takes."""


class Params(KindParams):
    """A scene."""

    scene: CodeName
    """The file and the class: `my_scenes.py:Attention`."""


class BeatParams(KindBeat):
    """A section of the scene."""

    section: str | None = None
    """The name of the section that begins with this beat; the beat's id where nothing is written."""


class ManimKind(SceneKind):
    params = Params
    beat_params = BeatParams
    example_code = {"slopes.py": SCENES}  # noqa: RUF012

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """The scene, its sections held until their beats begin. RenderFailed where they can't be."""
        from explainers.stage.scenes import sections_of

        scene = shot.code[shot.params.scene]
        canvas = stage.canvas
        found = sections_of(scene, canvas.width, canvas.height, canvas.fps, shot.theme)
        names = [name for name, _ in found[:-1]]
        begins = {(beat.params.section or beat.id): beat for beat in shot.beats}
        first = next(iter(begins), "")
        if strange := [name for name in begins if name not in names and name != first]:
            known = ", ".join(map(repr, names)) or "none"
            raise RenderFailed(
                f"{shot.id}: {shot.params.scene} has no section {strange[0]!r}; it has {known}"
            )
        starts = {name: beat.start_s for name, beat in begins.items() if name in names}
        if first not in names:
            found.insert(0, (first, 0.0))
        at = 0.0
        for (name, start), (following, end) in pairwise(found):
            at = max(at, starts.get(name, at)) + (end - start)
            limit = starts.get(following, shot.duration_s if not following else None)
            if limit is not None and at > limit + LATE_S:
                spans = pairwise(found)
                lengths = [f"{a or 'the beginning'} {t1 - t0:.2f}s" for (a, t0), (_, t1) in spans]
                raise RenderFailed(
                    f"{shot.id}: what begins with {name!r} ends {at - limit:.2f} s after its beats do: its "
                    f"sections take {', '.join(lengths)}; write these as durations of the beats"
                )
        stage.scene(scene, starts)

    def mistakes(self, shot: ShotPlan) -> Iterator[Mistake]:
        """A figure's function in place of a scene, and two beats with one section."""
        if not isinstance(shot.code.get(shot.params.scene, type), type):
            message = f"{shot.params.scene!r} is a function, and no Manim scene"
            yield Mistake(("scene",), "wrong-code", message, "a class, or `kind: matplotlib` for a figure")
        named = [beat.params.section or beat.id for beat in shot.beats]
        for index, name in enumerate(named):
            if name in named[:index]:
                yield Mistake(("beats", index), "same-section", f"a beat before begins with {name!r} already")
