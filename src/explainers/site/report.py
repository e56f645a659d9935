"""The report of a batch, `renders/index.html`: every video with its poster, what was drawn and why, what was
found, and where the time went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from explainers.project import Project
from explainers.scratch import Scratch, reported, write_synced
from explainers.site import text

PAGE = "index.html"


@dataclass(frozen=True)
class ReportedShot:
    """A shot, whether it was `drawn` or `reused`, and why."""

    id: str
    outcome: str
    reason: str
    frames: int


@dataclass(frozen=True)
class ReportedFinding:
    """Something the referee found, an `error` or a `warning`, with its rule's code and its place."""

    severity: str
    message: str
    code: str
    place: str


@dataclass(frozen=True)
class ReportedVideo:
    """A video of a batch. Without a `folder` it was not rendered, and `error` says why: it `failed`, or the
    batch did not get to it. `seconds` say where the time went."""

    video: str
    folder: Path | None = None
    error: str | None = None
    failed: bool = True
    duration_s: float = 0.0
    elapsed_s: float = 0.0
    shots: Sequence[ReportedShot] = ()
    findings: Sequence[ReportedFinding] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def drawn(self) -> int:
        """How many shots were drawn."""
        return sum(shot.outcome == "drawn" for shot in self.shots)

    @property
    def times(self) -> str:
        """Where the time went, in words; nothing of what took less than 0.05 s."""
        return ", ".join(f"{name} {spent:.1f} s" for name, spent in self.seconds.items() if spent >= 0.05)

    @property
    def counts(self) -> str:
        """How many errors and warnings there are, in words."""
        errors = sum(finding.severity == "error" for finding in self.findings)
        counts = {"error": errors, "warning": len(self.findings) - errors}
        return ", ".join(f"{count} {name}{'s' * (count != 1)}" for name, count in counts.items() if count)


def write_report(
    project: Project, videos: Sequence[ReportedVideo], elapsed_s: float, stopped: str | None = None
) -> None:
    """Write the page into the project's renders; RenderFailed where the disk refuses."""
    renders = project.root / "renders"
    page = report_page(videos, elapsed_s, stopped)
    with reported("the folder", renders):
        renders.mkdir(parents=True, exist_ok=True)
        with Scratch(renders / ".aside").folder("report") as folder:
            write_synced(folder / PAGE, page.encode())
            (folder / PAGE).replace(renders / PAGE)


def report_page(videos: Sequence[ReportedVideo], elapsed_s: float, stopped: str | None = None) -> str:
    """The page: one file without scripts; posters and videos are beside it, by relative addresses.

    `stopped` says what ended the batch before its time.
    """
    done = [video for video in videos if video.folder is not None]
    facts = [
        f"{len(done)} of {len(videos)} videos",
        f"{_minutes(sum(video.duration_s for video in done))} of video",
        f"{sum(video.drawn for video in done)} of {sum(len(video.shots) for video in done)} shots drawn",
        f"{elapsed_s:.1f} s",
    ]
    css = text.style("watch.css", "report.css")
    return text.page("report.html", style=css, facts=facts, stopped=stopped, videos=videos, minutes=_minutes)


def _minutes(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
