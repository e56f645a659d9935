"""Two runs become a storyboard with one race in it: by itself a video, in a project a beginning."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explainers.errors import Diagnostic, InvalidInput, nearest
from explainers.project import STORYBOARD, find_project
from explainers.scratch import replacing, reported, write_files

if TYPE_CHECKING:
    from explainers.project import Project
    from explainers.runs import Run

PICTURES = ("requests", "lanes", "stream", "latency")
NUMBERS = ("output_tokens", "throughput", "early_exit_share")
DIFFERENT = "--different-datasets"
LONGEST_NAME = 24
"""Letters of a run's name in assets.yaml."""


@dataclass(frozen=True)
class RaceWords:
    """What the author says of a race; None and empty take what the runs say.

    `speed` is written as in a storyboard, `views` are those of the race, `labels` what each run is called.
    """

    title: str | None = None
    labels: Sequence[str] = ()
    views: Sequence[str] = ()
    speed: str = "auto"
    unit: str = "requests"
    different_datasets: bool = False
    request: str | None = None


def write_race(project: Project, video: str, sources: tuple[Path, Path], words: RaceWords) -> list[Path]:
    """The storyboard, assets.yaml and both runs (as `run/1`) of a new video; the files made.

    Raises InvalidInput where a log is not read, or where both are known to be of different datasets.
    """
    from explainers.runs import load_run, save_run

    runs = (load_run(sources[0]), load_run(sources[1]))
    same = _checked_datasets(runs, words)
    _check_request(sources, runs, words.request)
    labels = _labels(sources, runs, words)
    folder = project.assets_dir(video)
    names = names_of(labels)
    made = [
        save_run(run, folder / "runs" / f"{name}.run.jsonl") for run, name in zip(runs, names, strict=True)
    ]
    texts = {
        folder / "assets.yaml": _assets(sources, runs, names),
        project.scene_dir(video) / STORYBOARD: _storyboard(runs, names, labels, same, words),
    }
    return [*write_files(texts), *made]


def _checked_datasets(runs: tuple[Run, Run], words: RaceWords) -> bool | None:
    from explainers.runs.summary import same_dataset

    same, reason = same_dataset(*runs)
    if same is False and not words.different_datasets:
        message = f"the two runs had different datasets: {reason}"
        expected = f"runs of one dataset, or {DIFFERENT}, which the footer then says"
        raise InvalidInput([Diagnostic("different-datasets", message, expected=expected)])
    return same


def _check_request(sources: tuple[Path, Path], runs: tuple[Run, Run], request: str | None) -> None:
    """InvalidInput where one of the runs has no request of this id, with ids that it has."""
    for source, run in zip(sources, runs, strict=True):
        ids = run.requests.ids if run.requests else ()
        if request is not None and request not in ids:
            message = f"{source.name} has no request {request!r}"
            few = ", ".join(ids[:6]) + (f" and {len(ids) - 6} more" if len(ids) > 6 else "")
            near = nearest(request, ids)
            expected = f"{near!r}, or another of {few}" if near else few or "a log that names its requests"
            raise InvalidInput([Diagnostic("unknown-request", message, expected=expected)])


def _labels(sources: Sequence[Path], runs: Sequence[Run], words: RaceWords) -> list[str]:
    """The panes' labels: the author's, the runs' own where they differ, else the files' names."""
    if words.labels:
        return list(words.labels)
    return distinct([run.label for run in runs]) or labels_of_files(sources) or ["Left", "Right"]


def labels_of_files(sources: Sequence[Path]) -> list[str]:
    """The files' names without their endings and without what all have at their beginning and end, such as
    `vllm` and `sglang` of `bench-vllm-8b.json` and `bench-sglang-8b.json`; empty where they are all the
    same."""
    stems = [path.name.removesuffix(".gz").removesuffix(".run.jsonl") for path in sources]
    return distinct([stem.rsplit(".", 1)[0] if "." in stem else stem for stem in stems])


def distinct(labels: Sequence[str]) -> list[str]:
    """Labels without the parts that all of them begin and end with, if they are names of files; empty where
    two are the same."""
    if len(set(labels)) < len(labels) or not all(labels):
        return []
    if any(" " in label for label in labels):
        return list(labels)
    parts = [re.split(r"([-_.]+)", label) for label in labels]
    for side in (0, -1):
        while all(len(each) > 2 for each in parts) and len({each[side] for each in parts}) == 1:
            parts = [each[2:] if side == 0 else each[:-2] for each in parts]
    return ["".join(each) for each in parts]


def names_of(labels: Sequence[str]) -> list[str]:
    """Short names for assets.yaml, each once."""
    names: list[str] = []
    for index, label in enumerate(labels):
        plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in label.lower())
        name = re.sub("-+", "-", plain)[:LONGEST_NAME].strip("-")
        name = name if re.match("[a-z]", name) else f"run-{name}".strip("-")
        names.append(name if name not in names else f"{name}-{index + 1}")
    return names


def _assets(sources: Sequence[Path], runs: Sequence[Run], names: Sequence[str]) -> str:
    # By its fields: two runs of one source share it.
    fields: dict[str, str] = {}
    used = []
    for name, source, run in zip(names, sources, runs, strict=True):
        kind = run.provenance.kind
        label = run.provenance.system or source.name
        citation = run.provenance.source or source.name
        written = f"kind: {kind}, label: {quoted_text(label)}, citation: {quoted_text(citation)}"
        used.append(fields.setdefault(written, name))
    lines = ["# Where every number and picture of this video comes from.", "sources:"]
    lines += [f"  {name}: {{{written}}}" for written, name in fields.items()]
    lines += ["", "runs:"]
    for name, source_name in zip(names, used, strict=True):
        lines.append(f"  {name}: {{file: {quoted_text(f'runs/{name}.run.jsonl')}, source: {source_name}}}")
    return "\n".join(lines) + "\n"


def _storyboard(
    runs: tuple[Run, Run], names: Sequence[str], labels: Sequence[str], same: bool | None, words: RaceWords
) -> str:
    title = words.title or (
        "Same dataset, two systems" if same and not words.different_datasets else "Two runs, one clock"
    )
    views = list(words.views) or ["requests"]
    if not any(view in NUMBERS for view in views):
        views += [view for view in NUMBERS if all(map(_KNOWN[view], runs))]
    right_role = "ours" if runs[1].provenance.policy == "rebatching" else "accent"
    lines = [
        "storyboard: 1",
        f"title: {quoted_text(literal_text(title))}",
        "shots:",
        "  - id: race",
        "    kind: race",
        f"    title: {quoted_text(literal_text(title))}",
        f"    clock: {{speed: {quoted_text(words.speed)}}}",
        "    panes:",
        f"      - {{run: {names[0]}, label: {quoted_text(without_braces(labels[0]))}}}",
        f"      - {{run: {names[1]}, label: {quoted_text(without_braces(labels[1]))}, role: {right_role}}}",
        f"    views: [{', '.join(views)}]",
        f"    unit: {quoted_text(words.unit)}",
        *([f"    request: {quoted_text(without_braces(words.request))}"] if words.request else []),
        *lead_lines(runs, labels[1]),
        *(["    different_datasets: true"] if words.different_datasets else []),
    ]
    return "\n".join(lines) + "\n"


_KNOWN: dict[str, Callable[[Run], bool]] = {
    "output_tokens": lambda run: run.knows_tokens,
    "throughput": lambda run: run.knows_tokens,
    "early_exit_share": lambda run: run.early_exit_share_at(run.end_s) is not None,
}


def lead_lines(runs: tuple[Run, Run], label: str) -> list[str]:
    """A sentence that is true whoever leads, and how it ended.

    Runs that did not complete all their requests are compared by those they did; what has no times is not
    claimed to be so "so far".
    """
    from explainers.runs.summary import unequal_work

    unequal = unequal_work(*runs) is not None
    if not unequal and all(run.knows_tokens for run in runs) and runs[0].totals.output_tokens != 0:
        measure, timed = "{throughput} tokens / s", all(run.knows_token_times for run in runs)
    elif all(run.knows_completed for run in runs):
        measure, timed = "{requests:more} done", all(run.knows_finishes for run in runs)
    else:
        return []
    sooner = 0.0 if unequal else runs[0].end_s - runs[1].end_s
    time, after = "time" if sooner > 0 else "-time", "sooner" if sooner > 0 else "later"
    # A hundredth of the race is more than rounding can make.
    ended = f", done {{{time}:{_spec(runs)} {after}" if abs(sooner) >= 0.01 * runs[0].end_s else ""
    name = literal_text(label)
    return [
        "    lead:",
        f"      running: {quoted_text(f'{name}: {measure} so far' if timed else f'{name}: {measure}')}",
        f"      result: {quoted_text(f'{name}: {measure}{ended}')}",
    ]


def _spec(runs: tuple[Run, Run]) -> str:
    """The end of a time in a sentence: its format, the brace, and the unit where it is in seconds."""
    from explainers.kinds.race.clock import decimals

    digits = decimals(max(run.end_s for run in runs))
    return f".{digits}f}} s" if digits else "clock}"


def literal_text(words: str) -> str:
    """Words as a storyboard takes them where digits are checked: the author wrote them on purpose."""
    plain = without_braces(words)
    return f"{{={plain}}}" if any(letter.isdigit() for letter in plain) else plain


def without_braces(words: str) -> str:
    """Without braces, which a storyboard would read as facts."""
    return words.replace("{", "(").replace("}", ")")


def quoted_text(words: str) -> str:
    """A YAML text: JSON's quotes are YAML's."""
    return json.dumps(words, ensure_ascii=False)


VIDEO = "race"


def rendered_race(
    sources: tuple[Path, Path],
    output: Path,
    words: RaceWords,
    quality: str,
    theme: str | None,
    jobs: int | None,
    quiet: bool,
) -> dict[str, Any]:
    """Render the race of two logs to `output`, which is replaced at once; facts about it for machines."""
    from explainers.cli._progress import shown_progress
    from explainers.plan import load_plan
    from explainers.render.pipeline import Request, run
    from explainers.runs.load import run_path

    with tempfile.TemporaryDirectory(prefix="explainers-race-") as folder:
        root = Path(folder)
        (root / "pyproject.toml").write_text("[tool.explainers]\n", encoding="utf-8")
        project = find_project(root)
        write_race(project, VIDEO, (run_path(sources[0]), run_path(sources[1])), words)
        try:
            plan = load_plan(project, VIDEO, quality, theme)
        except InvalidInput as error:
            raise InvalidInput([_without_place(problem) for problem in error.problems]) from None
        with shown_progress(quiet, jobs) as listener:
            result = run(Request.of(plan), jobs=jobs, listener=listener)
        with reported("the race", output), replacing(output) as made:
            shutil.copyfile(result.directory / "video.mp4", made)
    return {"file": str(output), "duration_s": result.duration_s, "frames": result.frames}


def _without_place(problem: Diagnostic) -> Diagnostic:
    """The problem without the place in a storyboard that nobody wrote; with the run that it is about."""
    named = re.search(r"run: ([\w-]+)", problem.source_line or "")
    return replace(
        problem, message=(f"{named[1]}: " if named else "") + problem.message, place=None, source_line=None
    )
