"""The rules, in the folder of their stage: found by looking, so that adding a file adds a rule.

A rule of a file of its own has `CODE`, `SEVERITY`, a docstring (its entry in the documentation; the first
line is its title) and `find(subject)`, which yields findings. Small rules of one subject share a file: each
is a function with the decorator `rule`, and its docstring. A rule in `frames` says in `NEEDS`, or `needs`,
what it judges: `geometry`, `luminance`, or both. A stage's rules are imported when they are asked for.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from explainers.check.finding import STAGES, Finding, Severity, Stage


@dataclass(frozen=True)
class Rule:
    """A rule as its module describes it. `needs` are the stored products it judges."""

    code: str
    severity: Severity
    stage: Stage
    doc: str
    find: Callable[[Any], Iterable[Finding]]
    needs: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return self.doc.partition("\n")[0].rstrip(".")


def rules() -> tuple[Rule, ...]:
    """All rules, by stage and then by code."""
    return tuple(rule for stage in STAGES for rule in rules_of(stage))


@cache
def rules_of(stage: Stage) -> tuple[Rule, ...]:
    """The rules of one stage, by code."""
    package = importlib.import_module(f"{__name__}.{stage}")
    names = [info.name for info in pkgutil.iter_modules(package.__path__)]
    modules = [importlib.import_module(f"{package.__name__}.{name}") for name in names]
    found = [rule for module in modules for rule in _rules_in(module, stage)]
    return tuple(sorted(found, key=lambda rule: rule.code))


Find = TypeVar("Find", bound=Callable[[Any], Iterable[Finding]])


def rule(code: str, severity: Severity, needs: tuple[str, ...] = ()) -> Callable[[Find], Find]:
    """Marks a function as a rule."""

    def marked(find: Find) -> Find:
        find.rule = code, severity, needs  # type: ignore[attr-defined]
        return find

    return marked


def _rules_in(module: Any, stage: Stage) -> Iterator[Rule]:
    if hasattr(module, "CODE"):
        doc = inspect.cleandoc(module.__doc__ or "")
        yield Rule(module.CODE, module.SEVERITY, stage, doc, module.find, tuple(getattr(module, "NEEDS", ())))
    for find in vars(module).values():
        if hasattr(find, "rule") and find.__module__ == module.__name__:
            code, severity, needs = find.rule
            yield Rule(code, severity, stage, inspect.cleandoc(find.__doc__ or ""), find, tuple(needs))
