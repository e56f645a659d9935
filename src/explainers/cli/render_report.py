"""What `render` says when it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainers.cli.options import err, out, show_json

if TYPE_CHECKING:
    from explainers.project import Project
    from explainers.render import RenderResult
    from explainers.render.renditions import WebResult


def show_render(
    result: RenderResult,
    project: Project,
    warnings: int,
    explain: bool,
    profile: bool,
    as_json: bool,
    web: WebResult | None = None,
) -> None:
    """Print what a render did; with `as_json` its result alone on stdout, and the rest on stderr."""
    console = err() if as_json else out()
    if explain:
        width = max(len(one.id) for one in result.shots)
        for one in result.shots:
            console.print(f"{one.id:<{width}}  {one.outcome}  {one.reason}", markup=False)
    if profile:
        _show_profile(result, as_json)
    if as_json:
        return show_json(result.as_json() | ({"web": web.record.as_json()} if web else {}))
    drawn = sum(one.outcome == "drawn" for one in result.shots)
    made = f"{drawn} of {len(result.shots)} shots drawn" if drawn else "nothing drawn"
    minutes, seconds = divmod(int(result.duration_s + 0.5), 60)
    where = project.shown(result.directory)
    console.print(
        f"{where}: {minutes}:{seconds:02d}, {result.frames} frames, {made}, {result.elapsed_s:.1f} s",
        markup=False,
    )
    if warnings:
        console.print(
            f"{warnings} warning{'s' * (warnings > 1)}: explainers check {result.video}", markup=False
        )
    return None


def _show_profile(result: RenderResult, as_json: bool) -> None:
    console = err() if as_json else out()
    console.print("where the time went (workers added up):")
    for name, seconds in result.seconds.items():
        console.print(f"  {name:<12} {seconds:8.2f} s", markup=False)
    console.print(f"  {'whole':<12} {result.elapsed_s:8.2f} s", markup=False)
    for name, count in sorted(result.counts.items()):
        console.print(f"  {name.replace('_', ' '):<16} {count:>8}", markup=False)
