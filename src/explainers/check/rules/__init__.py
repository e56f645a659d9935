"""The rules, one a file in the folder of its stage: found by looking, so that adding a file adds a rule.

A rule has `CODE`, `SEVERITY`, a docstring (its entry in the documentation; the first line is its title)
and `find(subject)`, which yields findings. A rule in `pictures` says in `NEEDS` what it judges:
`geometry`, `luminance`, or both. A stage's rules are imported when they are asked for.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

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
    found = [_rule(importlib.import_module(f"{package.__name__}.{name}"), stage) for name in names]
    return tuple(sorted(found, key=lambda rule: rule.code))


def _rule(module: Any, stage: Stage) -> Rule:
    doc = inspect.cleandoc(module.__doc__ or "")
    needs = tuple(getattr(module, "NEEDS", ()))
    return Rule(module.CODE, module.SEVERITY, stage, doc, module.find, needs)
