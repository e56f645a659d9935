"""The report of a batch, `renders/index.html`: every video with its poster, what was drawn and why, what was
found, and where the time went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from explainers.check.finding import Finding
from explainers.project import Project
from explainers.render.batch import Outcome
from explainers.render.progress import RenderResult
from explainers.scratch import Scratch, reported, write_synced
from explainers.site import text
from explainers.timing import clock

PAGE = "index.html"


def write_report(
    project: Project,
    outcomes: Sequence[Outcome],
    notes: Mapping[str, str],
    elapsed_s: float,
    stopped: str | None = None,
) -> None:
    """Write the page into the project's renders; RenderFailed where the disk refuses."""
    renders = project.root / "renders"
    page = report_page(outcomes, notes, elapsed_s, stopped)
    with reported("the folder", renders):
        renders.mkdir(parents=True, exist_ok=True)
        with Scratch(renders / ".aside").folder("report") as folder:
            write_synced(folder / PAGE, page.encode())
            (folder / PAGE).replace(renders / PAGE)


def report_page(
    outcomes: Sequence[Outcome], notes: Mapping[str, str], elapsed_s: float, stopped: str | None = None
) -> str:
    """The page: one file without scripts; posters and videos are beside it, by relative addresses.

    `notes` say, by video, why one was neither rendered nor failed; `stopped` what ended the batch early.
    """
    done = [outcome.result for outcome in outcomes if outcome.result]
    facts = [
        f"{len(done)} of {len(outcomes)} videos",
        f"{clock(sum(result.duration_s for result in done))} of video",
        f"{sum(map(_drawn, done))} of {sum(len(result.shots) for result in done)} shots drawn",
        f"{elapsed_s:.1f} s",
    ]
    # A variant is in a folder of its video's.
    folders = {
        outcome.video: "/".join(outcome.result.directory.parts[-1 - outcome.video.count("/") :])
        for outcome in outcomes
        if outcome.result
    }
    values = {"facts": facts, "stopped": stopped, "videos": outcomes, "notes": notes, "folders": folders}
    functions = {"clock": clock, "drawn": _drawn, "times": _times, "counts": _counts}
    return text.page("report.html", style=text.style("watch.css", "report.css"), **values, **functions)


def _drawn(result: RenderResult) -> int:
    return sum(shot.outcome == "drawn" for shot in result.shots)


def _times(result: RenderResult) -> str:
    """Where the time went, in words; nothing of what took less than 0.05 s."""
    return ", ".join(f"{name} {spent:.1f} s" for name, spent in result.seconds.items() if spent >= 0.05)


def _counts(findings: Sequence[Finding]) -> str:
    errors = sum(finding.severity == "error" for finding in findings)
    counts = {"error": errors, "warning": len(findings) - errors}
    return ", ".join(f"{count} {name}{'s' * (count != 1)}" for name, count in counts.items() if count)
