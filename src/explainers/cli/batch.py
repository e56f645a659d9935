"""The command `batch`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from explainers.cli.options import (
    AllowCode,
    AllowSlates,
    AsJson,
    ExecutorAddress,
    Jobs,
    NoCheck,
    Quality,
    SharedStoreUrl,
    Variants,
    code_allowed,
    executor_of,
    the_project,
)
from explainers.errors import ExplainersError, InvalidInput, UsageError

if TYPE_CHECKING:
    from explainers.project import Project
    from explainers.render.pipeline import Outcome, Request


def register(app: typer.Typer) -> None:
    app.command()(batch)


def batch(
    videos: Annotated[
        list[str] | None, typer.Argument(help="Videos; all of the project's where none is named.")
    ] = None,
    matrix: Annotated[
        Path | None,
        typer.Option(help="Render one storyboard, a template, once for each row of this CSV file."),
    ] = None,
    quality: Quality = None,
    variants: Variants = None,
    jobs: Jobs = None,
    executor: ExecutorAddress = None,
    shared_store: SharedStoreUrl = None,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Go on with the other videos after a failure.")
    ] = False,
    allow_slates: AllowSlates = False,
    allow_code: AllowCode = False,
    no_check: NoCheck = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only what failed.")] = False,
    as_json: AsJson = False,
) -> int:
    """Render all videos, or those named, with one pool of workers; the exit code is the worst there was."""
    from explainers.render.forkserver import warm_up_for

    started, project = perf_counter(), the_project()
    names = list(dict.fromkeys(videos or project.videos()))
    for name in videos or ():
        project.storyboard_path(name)
    refused = {} if videos else project.refused()
    drawing = executor_of(executor, shared_store, jobs, project)
    if drawing is None:
        # Before anything else is imported: workers are made ready meanwhile.
        warm_up_for(project, names, jobs)
    from explainers.cli._progress import show_outcomes, shown_batch
    from explainers.plan import variants as named
    from explainers.render.pipeline import Request, run_all

    request = Request(
        project,
        "",
        quality or project.settings.quality,
        allow_code=code_allowed(allow_code),
        allow_slates=allow_slates,
        check=not no_check,
    )
    requests = [replace(request, video=name).read() for name in names]
    left_out = {} if videos or matrix else templates(requests)
    if matrix is not None:
        requests = _rows(requests, matrix)
    requests = [request for request in requests if request.video not in left_out]
    if variants is not None:
        requests = [
            replace(request, variant=each)
            for request in requests
            for each in named(project, request.document, variants, request.row)
        ]
    left_out |= {folder: f"left out, since it {why}" for folder, why in refused.items()}
    report = BatchReport(project, [request.name for request in requests], started, left_out)
    with report.written(), shown_batch(len(requests), quiet or as_json, jobs) as listener:
        listener.checked = not no_check
        outcomes = run_all(
            requests,
            jobs=jobs,
            executor=drawing,
            keep_going=keep_going,
            listener=listener,
            outcomes=report.outcomes,
        )
    page = project.shown(project.root / "renders" / "index.html")
    worst = show_outcomes(outcomes, "videos", page, perf_counter() - started, left_out, quiet, as_json)
    return worst or (3 if refused else 0)


def _rows(requests: Sequence[Request], matrix: Path) -> list[Request]:
    """The one video, a template, with each row of the matrix; UsageError where there are more videos."""
    from explainers.plan import storyboard_of
    from explainers.plan.matrix import read_matrix

    if len(requests) != 1:
        raise UsageError(f"--matrix takes one video, the template; here are {len(requests)}")
    (template,) = requests
    document = template.document or storyboard_of(template.project, template.video)
    return [
        replace(template, row=row) for row in read_matrix(template.project, template.video, document, matrix)
    ]


def templates(requests: Iterable[Request]) -> dict[str, str]:
    """The videos that can't be rendered without being given values, and what is to be done about each."""
    from explainers.storyboard.parameters import without_values

    found = {}
    for request in requests:
        names: list[str] = []
        # Wrong declarations are reported when the video is planned.
        with suppress(InvalidInput):
            names = without_values(request.document) if request.document else []
        if names:
            words = f"left out, since {', '.join(names)} {'has' if len(names) == 1 else 'have'} no value"
            found[request.video] = f"{words}: explainers batch {request.video} --matrix FILE"
    return found


@dataclass
class BatchReport:
    """The page that a batch of `videos` leaves behind, also where it is stopped in the middle: `outcomes` are
    what it has come to so far.

    `started` is when the batch was, by `perf_counter`; `left_out` says why others are not in it.
    """

    project: Project
    videos: Sequence[str]
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
        from explainers.cli._progress import NOT_RENDERED
        from explainers.render.pipeline import Outcome
        from explainers.site.report import write_report

        outcomes = [self.outcomes.get(video, Outcome(video)) for video in (*self.videos, *self.left_out)]
        notes = dict(self.left_out)
        for video in self.videos:
            there = (self.project.root / "renders" / video / "manifest.json").is_file()
            notes[video] = NOT_RENDERED + "; the video that is there is of an earlier render" * there
        write_report(self.project, outcomes, notes, perf_counter() - self.started, stopped)
