"""The rules, one a file: found by looking, so that adding a file adds a rule.

A rule has `CODE`, `SEVERITY`, `STAGE`, a docstring (its entry in the documentation; the first line is
its title) and `find(subject)`, which yields findings. A rule of the stage `pictures` says in `NEEDS`
what it judges: `geometry`, `luminance`, or both.
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


@cache
def rules() -> tuple[Rule, ...]:
    """All rules, by stage and then by code."""
    names = sorted(info.name for info in pkgutil.iter_modules(__path__))
    found = [_rule(importlib.import_module(f"{__name__}.{name}")) for name in names if name[0] != "_"]
    return tuple(sorted(found, key=lambda rule: (STAGES.index(rule.stage), rule.code)))


def rules_of(stage: Stage) -> tuple[Rule, ...]:
    """The rules of one stage."""
    return tuple(rule for rule in rules() if rule.stage == stage)


def _rule(module: Any) -> Rule:
    doc = inspect.cleandoc(module.__doc__ or "")
    needs = tuple(getattr(module, "NEEDS", ()))
    return Rule(module.CODE, module.SEVERITY, module.STAGE, doc, module.find, needs)
