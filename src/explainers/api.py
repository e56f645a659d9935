"""Films from Python: `explainers.load("drex")`, and then `check`, `facts`, `still` and `render`.

The command line comes through here too. Nothing is imported before it is needed: a video that is only loaded
needs no Manim.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explainers.errors import UsageError
from explainers.project import Project, find_project

if TYPE_CHECKING:
    import numpy as np

    from explainers.check import Report
    from explainers.errors import InvalidInput
    from explainers.facts.ledger import Fact
    from explainers.plan import Plan
    from explainers.render.batch import Listener, Request
    from explainers.render.progress import RenderResult
    from explainers.render.workers import Executor


def load(
    video: str,
    project: Path | str | Project = ".",
    *,
    quality: str | None = None,
    theme: str | None = None,
    aspect: str | None = None,
    language: str | None = None,
    allow_code: bool | None = None,
    voice: bool | None = None,
) -> Video:
    """A video of a project, by the name of its folder in `scenes/`. `project` is its folder or one in it.

    `quality` is draft, standard or final, the project's own by default; `theme` and `aspect` lay the
    storyboard out anew, in `language`. Code beside it runs where the project is trusted, or with
    `allow_code`; its lines are spoken with `voice`, or where the project says so. UsageError where there is
    no such project, video, quality, theme, aspect or language; what is wrong in the storyboard is raised by
    what needs its plan.
    """
    from explainers.plan import Variant
    from explainers.render.batch import Request

    found = project if isinstance(project, Project) else find_project(Path(project))
    found.storyboard_path(video)
    variant = Variant(theme, aspect, language=language)
    quality = quality or found.settings.quality
    return Video(Request(found, video, quality, variant, allow_code=allow_code, voice=voice))


@dataclass(frozen=True)
class Video:
    """One video at one quality; its `request` is what the pipeline is asked for."""

    request: Request

    @cached_property
    def plan(self) -> Plan:
        """The resolved storyboard. InvalidInput with every problem in it, in assets.yaml, tables and runs."""
        from explainers.render.pipeline import planned

        return planned(self.request, judged=False)

    @property
    def facts(self) -> Mapping[str, Fact]:
        """Every number by name, with its `value`, `text`, `unit`, `expression`, `table` and `sources`."""
        return self.plan.facts.facts

    def check(self) -> Report:
        """What the referee says of its words, and of its pictures as far as they are drawn."""
        return self.judged()[1]

    def judged(self, rendered: bool = False, page: Path | None = None) -> tuple[Plan | InvalidInput, Report]:
        """The plan, or why there is none, and the report: with `rendered` on the pictures of its `video.mp4`,
        with `page` on what a page says of it too."""
        from explainers.check import judged
        from explainers.render.judging import drawn_of

        one, film = self.request, self.request.variant
        how: dict[str, Any] = {"quality": one.quality, "allow_code": one.allow_code, "voice": one.voice}
        how |= {"theme": film.theme, "aspect": film.aspect, "language": film.language}
        return judged(one.project, one.video, drawn_of=drawn_of, rendered=rendered, page=page, **how)

    def frame_at(self, shot: str | None = None, at_s: float | None = None) -> int:
        """The number of a frame: of `shot`, as `ID` near its end or `ID:BEAT`, or at a time in seconds.

        UsageError for both or neither, an unknown shot or beat, and a time outside the video.
        """
        from explainers.render.stills import frame_of

        if (shot is None) == (at_s is None):
            raise UsageError("a still is of a shot or at a time, one of them")
        if shot is not None:
            return frame_of(self.plan, shot)
        assert at_s is not None
        frame = int(at_s * self.plan.canvas.fps + 1e-6)
        if not 0 <= frame < self.plan.total_frames:
            length = f"{self.request.video} lasts {self.plan.duration_s:.3f} s"
            raise UsageError(f"{at_s:g} s is not in the video: {length}")
        return frame

    def still(self, shot: str | None = None, at_s: float | None = None) -> np.ndarray:
        """One exact frame as RGB, uint8 of shape (height, width, 3); errors as those of `frame_at`."""
        from explainers.render.stills import still

        return still(self.plan, self.frame_at(shot, at_s))

    def render(
        self,
        *,
        jobs: int | None = None,
        out: Path | str | None = None,
        check: bool = True,
        listener: Listener | None = None,
        executor: Executor | None = None,
    ) -> RenderResult:
        """Render it, drawing only what changed, into `renders/<video>` or `out`; by `jobs` processes, a core
        each by default, or by the workers of `executor`. InvalidInput, NotPassed (unless `check` is False)
        and RenderFailed say why not."""
        from explainers.render.pipeline import run

        wanted = replace(self.request, out=Path(out) if out is not None else None, check=check)
        made: RenderResult = run(wanted, jobs=jobs, executor=executor, listener=listener)
        return made
