"""The report of a batch, `renders/index.html`: every video with its poster, what was drawn and why, what was
found, and where the time went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from explainers.project import Project
from explainers.scratch import Scratch, reported, write_synced
from explainers.site import text
from explainers.site.watch import fill

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
    done = [one for one in videos if one.folder is not None]
    facts = [
        f"{len(done)} of {len(videos)} videos",
        f"{_clock(sum(one.duration_s for one in done))} of video",
        f"{sum(one.drawn for one in done)} of {sum(len(one.shots) for one in done)} shots drawn",
        f"{elapsed_s:.1f} s",
    ]
    return fill(
        "report.html",
        css=("watch.css", "report.css"),
        facts="".join(f"<li>{text.html(fact)}</li>" for fact in facts),
        stopped=f'<pre class="error">{text.html_lines(stopped)}</pre>' if stopped else "",
        videos="\n".join(_article(one) for one in videos),
    )


def _article(one: ReportedVideo) -> str:
    """One video's part of the page."""
    parts = ["<article>", _poster(one), "<div>", f"<h2>{text.html(one.video)}</h2>"]
    if one.error and one.failed:
        parts.append(f'<pre class="error">{text.html_lines(one.error)}</pre>')
    elif one.error:
        parts.append(f'<p class="note">{text.html(one.error)}</p>')
    if one.folder is not None:
        parts += [_summary(one), _shots(one.shots)]
    return "\n".join(part for part in [*parts, _findings(one.findings), "</div>", "</article>"] if part)


def _poster(one: ReportedVideo) -> str:
    if one.folder is None:
        return ""
    where = text.html(one.folder.name)
    picture = f'<img src="{where}/poster.jpg" alt="Poster of {text.html(one.video)}" loading="lazy">'
    return f'<a class="poster" href="{where}/video.mp4">{picture}</a>'


def _summary(one: ReportedVideo) -> str:
    frames = sum(shot.frames for shot in one.shots)
    facts = f"{_clock(one.duration_s)}, {frames:,} frames, {one.drawn} of {len(one.shots)} shots drawn"
    spent = [f"{name} {seconds:.1f} s" for name, seconds in one.seconds.items() if seconds >= 0.05]
    times = f' <span class="note">({text.html(", ".join(spent))})</span>' if spent else ""
    return f"<p>{text.html(facts)}, {one.elapsed_s:.1f} s{times}</p>"


def _shots(shots: Sequence[ReportedShot]) -> str:
    rows = [
        f'<tr><th scope="row">{text.html(shot.id)}</th><td>{shot.outcome}</td>'
        f'<td>{text.html(shot.reason)}</td><td class="number">{shot.frames:,}</td></tr>'
        for shot in shots
    ]
    head = '<tr><th scope="col">Shot</th><th scope="col">Outcome</th><th scope="col">Why</th>'
    head += '<th scope="col">Frames</th></tr>'
    table = f"<table><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table>"
    return f'<details><summary>{len(rows)} shots</summary><div class="scroll">{table}</div></details>'


def _findings(findings: Sequence[ReportedFinding]) -> str:
    if not findings:
        return ""
    errors = sum(one.severity == "error" for one in findings)
    counts = {"error": errors, "warning": len(findings) - errors}
    head = ", ".join(f"{count} {name}{'s' * (count != 1)}" for name, count in counts.items() if count)
    listed = "".join(
        f'<li class="{one.severity}">{text.html(one.message)} <code>{text.html(one.code)}</code>'
        f"{f' <span class=note>{text.html(one.place)}</span>' if one.place else ''}</li>"
        for one in findings
    )
    return f"<details><summary>{head}</summary><ul>{listed}</ul></details>"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
