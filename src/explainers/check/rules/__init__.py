"""The rules, in the folder of their stage: found by looking, so that adding a file or a function adds a rule.

A rule is a function with the decorator `rule`. It yields findings; its docstring is its entry in the
documentation, with the title as the first line. A stage's rules are imported when they are first needed.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal, TypeVar

from explainers.check.finding import STAGES, Finding, Severity, Stage

Need = Literal["geometry", "luminance"]


@dataclass(frozen=True)
class Rule:
    """A rule with its code and worst severity; `needs` is the stored product that one of `frames` judges."""

    code: str
    severity: Severity
    stage: Stage
    doc: str
    find: Callable[[Any], Iterable[Finding]]
    needs: Need = "geometry"

    @property
    def title(self) -> str:
        return self.doc.partition("\n")[0].rstrip(".")

    def findings(self, subject: Any) -> Iterator[Finding]:
        """What the rule finds, under its code; a finding is no worse than the rule."""
        for one in self.find(subject):
            mild = "warning" in (self.severity, one.severity)
            yield replace(one, code=self.code, severity="warning" if mild else "error")


def rules() -> tuple[Rule, ...]:
    """All rules, by stage and then by code."""
    return tuple(rule for stage in STAGES for rule in rules_of(stage))


@cache
def rules_of(stage: Stage) -> tuple[Rule, ...]:
    """The rules of one stage, by code."""
    package = importlib.import_module(f"{__name__}.{stage}")
    names = [info.name for info in pkgutil.iter_modules(package.__path__)]
    modules = [importlib.import_module(f"{package.__name__}.{name}") for name in names]
    return tuple(
        sorted((rule for one in modules for rule in _rules_in(one, stage)), key=lambda one: one.code)
    )


Find = TypeVar("Find", bound=Callable[[Any], Iterable[Finding]])


def rule(code: str, severity: Severity, needs: Need = "geometry") -> Callable[[Find], Find]:
    """Marks a function as a rule."""

    def marked(find: Find) -> Find:
        find.rule = code, severity, needs  # type: ignore[attr-defined]
        return find

    return marked


def _rules_in(module: Any, stage: Stage) -> Iterator[Rule]:
    for find in vars(module).values():
        if hasattr(find, "rule") and find.__module__ == module.__name__:
            code, severity, needs = find.rule
            yield Rule(code, severity, stage, inspect.cleandoc(find.__doc__ or ""), find, needs)
