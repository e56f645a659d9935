"""Which videos a batch renders, and how each is read once the pool gets to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from explainers.check import Finding
from explainers.cli.options import say
from explainers.errors import InvalidInput, UsageError
from explainers.plan import load_plan
from explainers.plan.matrix import Variant, read_matrix
from explainers.project import Project
from explainers.render.batch import Order
from explainers.render.judging import Gate
from explainers.render.rendering import Rendering
from explainers.storyboard.parameters import without_values
from explainers.storyboard.reader import read_document


def templates(project: Project, videos: Iterable[str]) -> dict[str, str]:
    """The videos that can't be rendered without being given values, and what is to be done about each."""
    found = {}
    for video in videos:
        path = project.storyboard_path(video)
        try:
            names = without_values(read_document(path, project.shown(path)))
        except InvalidInput:
            # It is told when the video is read.
            continue
        if names:
            words = f"left out, since {', '.join(names)} {'has' if len(names) == 1 else 'have'} no value"
            found[video] = f"{words}: explainers batch {video} --matrix FILE"
    return found


@dataclass
class Reading:
    """How videos are read and judged; `found` is what the referee found in each."""

    project: Project
    quality: str
    code: bool | None
    slates: bool
    no_check: bool
    found: dict[str, list[Finding]] = field(default_factory=dict)

    def orders(self, videos: Iterable[str]) -> list[Order]:
        """The videos as they are."""
        return [Order(video, partial(self._begin, video)) for video in videos]

    def variants(self, videos: Sequence[str], matrix: Path) -> list[Order]:
        """The one video, a template, with each row of the matrix; UsageError where there are more videos."""
        if len(videos) != 1:
            raise UsageError(f"--matrix takes one video, the template; here are {len(videos)}")
        (video,) = videos
        rows = read_matrix(self.project, video, matrix)
        return [Order(f"{video}-{row.name}", partial(self._begin, video, row)) for row in rows]

    def _begin(self, video: str, variant: Variant | None = None) -> Rendering:
        plan = load_plan(
            self.project,
            video,
            self.quality,
            allow_code=self.code,
            strict=False,
            allow_slates=self.slates,
            variant=variant,
        )
        gate = Gate(plan, self.slates, self.no_check, say)
        self.found[plan.name] = gate.findings
        gate.judge_words()
        return Rendering(plan, judge=gate.picture_judge)
