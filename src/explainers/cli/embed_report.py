"""What the embedding commands say, and the writing they do at the end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from explainers.cli.options import err, out, show_json

if TYPE_CHECKING:
    from explainers.site.apply import PagePlan
    from explainers.site.files import Planned


def finish(
    plans: tuple[PagePlan, ...],
    files: tuple[Planned, ...],
    notes: tuple[str, ...],
    said: tuple[str, ...],
    dry_run: bool,
    check: bool,
    as_json: bool,
) -> int:
    """Say what is to be done, do it unless told not to, and give the exit code."""
    from explainers.site.files import write

    stale = [one for one in files if not one.is_current]
    changed = [plan for plan in plans if plan.changes]
    left = [one for plan in plans for one in plan.left if not one.harmless]
    if as_json:
        show_json(_as_json(plans, stale, notes))
    else:
        _report(plans, stale, said, dry_run)
    if not dry_run and not check:
        for one in stale:
            write(one.path, one.content)
        for plan in changed:
            write(plan.page.path, plan.text)
    if not as_json and not check and (changed or stale or dry_run):
        for note in notes:
            out().print(note, markup=False)
    if check:
        return 1 if stale or changed or left else 0
    return 1 if left and not dry_run else 0


def _report(plans: tuple[PagePlan, ...], stale: list[Planned], said: tuple[str, ...], dry_run: bool) -> None:
    for line in said:
        err().print(line, markup=False)
    for plan in plans:
        for change in plan.changes:
            why = f" ({change.why})" if change.why else ""
            err().print(f"{plan.page.path}:{change.line}: {change.video} {change.how}{why}", markup=False)
        for one in plan.left:
            err().print(f"{plan.page.path}:{one.line}: left: {one.what}: {one.why}", markup=False)
        if dry_run and plan.changes:
            print(plan.diff())
    for line in _folders(stale):
        err().print(line, markup=False)
    if not stale and not any(plan.changes for plan in plans):
        err().print("nothing to do", markup=False)


def _folders(files: list[Planned]) -> list[str]:
    """One line a folder: how many files and bytes go into it."""
    into: dict[Path, list[Planned]] = {}
    for one in files:
        into.setdefault(one.path.parent, []).append(one)
    return [
        f"{folder}: {len(new)} files, {sum(one.bytes for one in new) / 2**20:.1f} MiB"
        for folder, new in into.items()
    ]


def _as_json(plans: tuple[PagePlan, ...], stale: list[Planned], notes: tuple[str, ...]) -> dict[str, object]:
    return {
        "embed": 1,
        "changes": [
            {"page": str(plan.page.path), "line": c.line, "video": c.video, "how": c.how, "why": c.why}
            for plan in plans
            for c in plan.changes
        ],
        "left": [
            {"page": str(plan.page.path), "line": one.line, "what": one.what, "why": one.why}
            for plan in plans
            for one in plan.left
        ],
        "files": [str(one.path) for one in stale],
        "notes": list(notes),
    }
