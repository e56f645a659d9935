"""Verdicts on pictures that were judged before: nothing is looked at twice that is as it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from explainers.check.finding import Finding, Related, Report, Silenced
from explainers.digest import digest_file, digest_value
from explainers.errors import Place
from explainers.plan import Plan
from explainers.render.store import Store


def remembered(store: Store, plan: Plan, pictures: list[str], judge: Callable[[], Report]) -> Report:
    """The report on drawn pictures, from memory where they, the words and the rules are the same.

    `pictures` are the keys of what is shown, in order. What could not be looked at is looked for again.
    """
    name = f"judged/{plan.name}/{plan.canvas.width}x{plan.canvas.height}@{plan.canvas.fps}-{plan.theme.name}"
    values = dict(plan.variant.values) if plan.variant else {}
    key = digest_value([pictures, _written(plan), values, _rules()])
    known = store.recall(name)
    if known.get("key") == key and isinstance(report := known.get("report"), dict):
        return _report(report)
    found = judge()
    if not found.not_checked:
        store.remember(name, {"key": key, "report": asdict(found)})
    return found


def _written(plan: Plan) -> list[str]:
    """Digests of what the author wrote: words, allowances, and the places in them."""
    project = plan.project
    files = project.storyboard_path(plan.video), project.assets_dir(plan.video) / "assets.yaml"
    return [digest_file(path) if path.is_file() else "" for path in files]


@cache
def _rules() -> str:
    """Digest of the referee's own code, and of what it measures with."""
    here = Path(__file__).parent
    files = [*sorted(here.rglob("*.py")), here.parent / "timing.py", here.parent / "theme.py"]
    return digest_value([digest_file(path) for path in files])


def _report(data: Mapping[str, Any]) -> Report:
    silenced = [Silenced(_finding(one["finding"]), one["reason"]) for one in data["silenced"]]
    findings = tuple(_finding(one) for one in data["findings"])
    return Report(data["video"], findings, tuple(silenced), (), tuple(data["rules_run"]))


def _finding(data: Mapping[str, Any]) -> Finding:
    place = Place(**data["place"]) if data["place"] else None
    related = tuple(Related(Place(**one["place"]), one["what"]) for one in data["related"])
    region = tuple(data["region"]) if data["region"] else None
    return Finding(**{**data, "place": place, "related": related, "region": region})
