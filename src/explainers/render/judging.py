"""What a video has to pass: the referee before it is drawn, and before it is published.

The policies stand here. Errors in the words stop every render, except missing files where slates are
allowed. Errors in the pictures stop a final; in a draft they are only reported. Verdicts on pictures that
have not changed are remembered.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from explainers.digest import digest_file, digest_value
from explainers.errors import NotPassed
from explainers.plan import Plan
from explainers.render.fingerprint import code_digest
from explainers.render.planner import GEOMETRY, LUMINANCE, Products, products_of
from explainers.render.store import Store

if TYPE_CHECKING:
    from explainers.check import Drawn, Finding, Report
    from explainers.compositor.luminance import Luminance

SLATED = "asset-missing"
"""The rule that a draft, and who allows slates, may break."""


class Referee:
    """Judges a plan and what was drawn of it; everything found is added to `findings`.

    `slates` may stand for missing files; without `check` nothing is judged. `say` is called with each line
    to report: what was let pass and why, what could not be checked, and the errors of a draft.
    """

    def __init__(
        self, plan: Plan, slates: bool, check: bool, say: Callable[[str], None], findings: list[Finding]
    ):
        self.plan, self.slates, self.check, self.say, self.findings = plan, slates, check, say, findings

    def judge_words(self, burned: bool = False) -> None:
        """Judge the words before anything is drawn; NotPassed with the findings where there are errors, but
        in a draft, where they are said.

        With `burned` the captions are drawn as well.
        """
        if not self.check:
            return
        from explainers.check import judge

        report = judge(self.plan, burned=burned)
        if self.plan.quality == "draft":
            # A draft is there to be looked at: what is wrong with its words is said, and stops nothing.
            self._pass(report, ())
            for error in report.errors:
                self.say(error.text())
            return
        self._pass(report, [error for error in report.errors if not (self.slates and error.code == SLATED)])

    def judge_pictures(self, products: Products) -> None:
        """Judge drawn shots before they are published; NotPassed where errors stand against a final."""
        if not self.check:
            return
        from explainers.check import judge

        report = _remembered(
            Store(self.plan.project.store_dir),
            self.plan,
            products.clip_keys,
            lambda: judge(self.plan, words=False, drawn_of=lambda plan: drawn_of(plan, products)),
        )
        self._pass(report, report.errors if self.plan.quality == "final" else ())
        for error in report.errors:
            self.say(error.text())

    def _pass(self, report: Report, errors: Sequence[Finding]) -> None:
        from explainers.check import formats

        self.findings += report.findings
        if errors:
            lines = [error.text() for error in errors]
            lines.append(
                f"{report.video}: {formats.summary(report)}; nothing is published. --no-check insists"
            )
            raise NotPassed("\n".join(lines))
        for silenced in report.silenced:
            for line in formats.silenced_lines(silenced):
                self.say(line)
        for gap in report.not_checked:
            self.say(formats.gap_line(report, gap))


def drawn_of(plan: Plan, products: Products | None = None) -> Mapping[str, Drawn]:
    """What drawing the shots of a plan left in the store for the referee, by shot: geometry and luminance."""
    if not plan.project.store_dir.is_dir():
        return {}
    from explainers.check import Drawn

    store, found = Store(plan.project.store_dir), {}
    products = products or products_of(plan)
    for product in products.shots:
        fade = products.fades.get(product.shot.id)
        files, into = _files(store, product.clip.key), _files(store, fade.key if fade else None)
        found[product.shot.id] = Drawn(
            _geometry(files.get(GEOMETRY)), _luminance(files.get(LUMINANCE)), _luminance(into.get(LUMINANCE))
        )
    return found


def geometries_of(store: Store, products: Products) -> dict[str, Any]:
    """Where everything stands in the shots of a plan, by shot, as far as it is in the store."""
    found = (
        (product.shot.id, _geometry(_files(store, product.clip.key).get(GEOMETRY)))
        for product in products.shots
    )
    return {shot: geometry for shot, geometry in found if geometry is not None}


def _files(store: Store, key: str | None) -> Mapping[str, Path]:
    product = store.find(key) if key else None
    return product.files if product else {}


def _geometry(path: Path | None) -> dict[str, Any] | None:
    if path is None:
        return None
    from explainers.check.geometry import FORMAT

    found = json.loads(path.read_text(encoding="utf-8"))
    return found if found.get("geometry") == FORMAT else None


def _luminance(path: Path | None) -> Luminance | None:
    from explainers.compositor.luminance import load_luminance

    try:
        return load_luminance(path) if path is not None else None
    except ValueError:
        return None


def _remembered(store: Store, plan: Plan, pictures: list[str], judge: Callable[[], Report]) -> Report:
    """The report on drawn pictures, from memory where they, the words and the rules are the same.

    `pictures` are the keys of what is shown, in order. What could not be looked at is looked for again.
    """
    name = f"judged/{plan.name}/{plan.canvas.width}x{plan.canvas.height}@{plan.canvas.fps}-{plan.theme.name}"
    values = dict(plan.row.values) if plan.row else {}
    key = digest_value([pictures, _written(plan), values, _rules()])
    known = store.recall(name)
    if known.get("key") == key and isinstance(report := known.get("report"), dict):
        from explainers.check import Report

        return TypeAdapter(Report).validate_python(report)
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
    return code_digest("check", "plan", "facts", "timing.py", "theme.py")
