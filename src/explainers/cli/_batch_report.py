"""The page that a batch leaves behind, also where it is stopped in the middle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter

from explainers.check import Finding
from explainers.cli._batch_view import NOT_RENDERED
from explainers.errors import ExplainersError
from explainers.project import Project
from explainers.render.batch import Outcome
from explainers.site.report import ReportedFinding, ReportedShot, ReportedVideo, write_report


@dataclass
class BatchReport:
    """What a batch of `videos` has come to so far: `outcomes` and what the referee `found`, by video.

    `started` is when the batch was, by `perf_counter`; `left_out` says why others are not in it.
    """

    project: Project
    videos: Sequence[str]
    found: Mapping[str, Sequence[Finding]]
    started: float
    left_out: Mapping[str, str] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    @contextmanager
    def written(self) -> Iterator[None]:
        """Write the page when what is done inside ends, however it ends."""
        try:
            yield
        except KeyboardInterrupt:
            self._write("The batch was interrupted.")
            raise
        except ExplainersError as error:
            self._write(f"The batch was stopped: {error}")
            raise
        self._write(None)

    def _write(self, stopped: str | None) -> None:
        videos = [self._reported(video) for video in self.videos]
        videos += [ReportedVideo(video, error=why, failed=False) for video, why in self.left_out.items()]
        write_report(self.project, videos, perf_counter() - self.started, stopped)

    def _reported(self, video: str) -> ReportedVideo:
        outcome = self.outcomes.get(video, Outcome(video))
        findings = [
            ReportedFinding(one.severity, one.message, one.code, str(one.place or ""))
            for one in self.found.get(video, ())
        ]
        result = outcome.result
        if result is None:
            left = NOT_RENDERED
            if (self.project.renders_dir(video) / "manifest.json").is_file():
                left += "; the video that is there is of an earlier render"
            said = str(outcome.error) if outcome.error else left
            return ReportedVideo(video, error=said, failed=outcome.error is not None, findings=findings)
        return ReportedVideo(
            video,
            result.directory,
            duration_s=result.duration_s,
            elapsed_s=result.elapsed_s,
            shots=[ReportedShot(one.id, one.outcome, one.reason, one.frames) for one in result.shots],
            findings=findings,
            seconds=result.seconds,
        )
