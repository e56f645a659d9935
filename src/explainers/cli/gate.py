"""The referee at the door: errors stop a render before it is drawn, and a final before it is published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from explainers.build.products import Products
    from explainers.build.render import Judge
    from explainers.check import Drawn, Finding, Report
    from explainers.plan import Plan

NoCheck = Annotated[
    bool, typer.Option("--no-check", help="Render although `explainers check` finds errors, unlooked at.")
]
SLATED = "asset-missing"
"""The rule that a draft, and who allows slates, may break."""


def judge_words(plan: Plan, slates: bool, no_check: bool) -> None:
    """Judge the words before anything is drawn; NotPassed with the findings where there are errors.

    `slates` may stand for missing files.
    """
    if no_check:
        return _say([f"{plan.video}: not checked, as --no-check says"])
    from explainers.check import judge

    report = judge(plan)
    errors = [one for one in report.errors if not (slates and one.code == SLATED)]
    if errors:
        raise _refused(report, errors)
    return _say(_rest(report))


def picture_judge(plan: Plan, no_check: bool) -> Judge | None:
    """What judges drawn shots before they are published: errors stop a final; of a draft they are told."""
    if no_check:
        return None

    def look(products: Products) -> None:
        from explainers.check import judge

        report = judge(plan, words=False, drawn_of=lambda plan: stored(plan, products))
        if report.errors and plan.quality == "final":
            raise _refused(report, report.errors)
        _say([*(one.text() for one in report.errors), *_rest(report)])

    return look


def stored(plan: Plan, products: Products | None = None) -> Mapping[str, Drawn]:
    """What drawing the shots of a plan left in the store."""
    if not plan.project.store_dir.is_dir():
        return {}
    from explainers.build.products import products_of
    from explainers.check.stored import drawn_of
    from explainers.store import Store

    found = products or products_of(plan)
    keys = {one.shot.id: one.clip.key for one in found.shots}
    fades = {shot_id: fade.key for shot_id, fade in found.fades.items()}
    return drawn_of(Store(plan.project.store_dir), keys, fades)


def _refused(report: Report, errors: Iterable[Finding]) -> Exception:
    from explainers.check.formats import summary
    from explainers.errors import NotPassed

    lines = [one.text() for one in errors]
    lines.append(f"{report.video}: {summary(report)}; nothing is published. --no-check insists")
    return NotPassed("\n".join(lines))


def _rest(report: Report) -> list[str]:
    """What does not stop a render: what was let pass and why, what nobody could look at, warnings by number."""
    from explainers.check.formats import gap_line, silenced_lines

    lines = [line for one in report.silenced for line in silenced_lines(one)]
    lines += [gap_line(report, gap) for gap in report.not_checked]
    if count := len(report.warnings):
        shown = f"`explainers check {report.video}` shows {'it' if count == 1 else 'them'}"
        lines.append(f"{report.video}: {count} warning{'s' * (count > 1)}; {shown}")
    return lines


def _say(lines: Iterable[str]) -> None:
    """Print on stderr; what a render prints on stdout is its result alone."""
    for line in lines:
        from explainers.cli.options import err

        err().print(line, markup=False)
