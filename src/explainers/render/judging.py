"""The referee at the door: errors stop a render before it is drawn, and a final before it is published."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from explainers.check import Drawn, Finding, Report
    from explainers.plan import Plan
    from explainers.render.planner import Products
    from explainers.render.rendering import Judge

SLATED = "asset-missing"
"""The rule that a draft, and who allows slates, may break."""


class Gate:
    """What a plan has to pass on its way; `findings` are all there were, of which warnings don't stop it.

    `slates` may stand for missing files; with `no_check` nothing is looked at. `say` is told, line by line,
    what was let pass and why, what nobody could look at, and the errors of a draft.
    """

    def __init__(self, plan: Plan, slates: bool, no_check: bool, say: Callable[[str], None]):
        self.plan, self.slates, self.no_check, self.say = plan, slates, no_check, say
        self.findings: list[Finding] = []

    @property
    def warnings(self) -> int:
        """How many warnings there were."""
        return sum(one.severity == "warning" for one in self.findings)

    def judge_words(self) -> None:
        """Judge the words before anything is drawn; NotPassed with the findings where there are errors."""
        if self.no_check:
            return self.say(f"{self.plan.name}: not checked, as --no-check says")
        from explainers.check import judge

        report = judge(self.plan)
        self._pass(report, [one for one in report.errors if not (self.slates and one.code == SLATED)])
        return None

    @property
    def picture_judge(self) -> Judge | None:
        """Judges drawn shots before they are published: errors stop a final; of a draft they are told."""
        return None if self.no_check else self._judge_pictures

    def _judge_pictures(self, products: Products) -> None:
        from explainers.check import judge
        from explainers.check.memory import remembered
        from explainers.render.store import Store

        report = remembered(
            Store(self.plan.project.store_dir),
            self.plan,
            products.clip_keys,
            lambda: judge(self.plan, words=False, drawn_of=lambda plan: stored(plan, products)),
        )
        self._pass(report, report.errors if self.plan.quality == "final" else ())
        for one in report.errors:
            self.say(one.text())

    def _pass(self, report: Report, errors: Sequence[Finding]) -> None:
        self.findings += report.findings
        if errors:
            raise _refused(report, errors)
        for line in _beside(report):
            self.say(line)


def stored(plan: Plan, products: Products | None = None) -> Mapping[str, Drawn]:
    """What drawing the shots of a plan left in the store."""
    if not plan.project.store_dir.is_dir():
        return {}
    from explainers.check.stored import drawn_of
    from explainers.render.planner import products_of
    from explainers.render.store import Store

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


def _beside(report: Report) -> list[str]:
    """What was let pass and why, and what nobody could look at."""
    from explainers.check.formats import gap_line, silenced_lines

    lines = [line for one in report.silenced for line in silenced_lines(one)]
    return [*lines, *(gap_line(report, gap) for gap in report.not_checked)]
