"""How reports are written: lines, JSON, SARIF; and the page of all rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from explainers.check.finding import Finding, NotChecked, Report, Silenced
from explainers.check.rules import rules, rules_of
from explainers.errors import counted, one_line

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
DOCS = "docs/checks.md"


def lines(report: Report) -> Iterator[str]:
    """A report as it is printed: findings, what was let pass and why, what was not looked at, the sum."""
    for finding in report.findings:
        yield finding.text()
    for one in report.silenced:
        yield from silenced_lines(one)
    for gap in report.not_checked:
        yield gap_line(report, gap)
    yield one_line(f"{report.video}: {summary(report)}")


def silenced_lines(silenced: Silenced) -> list[str]:
    """What was let pass, and why."""
    place = f"{silenced.finding.place}: " if silenced.finding.place else ""
    lines = (
        f"{place}let pass: {silenced.finding.message} [{silenced.finding.code}]",
        f"      because: {silenced.reason}",
    )
    return [*map(one_line, lines)]


def gap_line(report: Report, gap: NotChecked) -> str:
    """What was not looked at, and why."""
    shot = f"shot {gap.shot}: " if gap.shot else ""
    return one_line(f"{report.video}: not checked: {shot}{gap.what}; {gap.reason}")


def summary(report: Report) -> str:
    """The sum of a report in a line."""
    counts = [counted(len(report.errors), "error"), counted(len(report.warnings), "warning")]
    if report.silenced:
        counts.append(f"{len(report.silenced)} let pass")
    if report.not_checked:
        counts.append(f"{len(report.not_checked)} not checked")
    return f"{', '.join(counts)} ({counted(len(report.rules_run), 'rule')})"


def as_json(reports: Sequence[Report], strict: bool = False) -> dict[str, Any]:
    """All reports as plain data."""
    return {
        "check": 1,
        "passes": all(report.passes(strict) for report in reports),
        "videos": [
            {
                "video": report.video,
                "findings": [finding.as_json() for finding in report.findings],
                "silenced": [{**one.finding.as_json(), "reason": one.reason} for one in report.silenced],
                "not_checked": [
                    {"what": gap.what, "reason": gap.reason} | ({"shot": gap.shot} if gap.shot else {})
                    for gap in report.not_checked
                ],
                "rules": list(report.rules_run),
            }
            for report in reports
        ],
    }


def as_sarif(reports: Sequence[Report], version: str) -> dict[str, Any]:
    """All reports as a SARIF log: one run, a result a finding, silenced ones as suppressions."""
    results = []
    for report in reports:
        results += [_result(finding, None) for finding in report.findings]
        results += [_result(one.finding, one.reason) for one in report.silenced]
    driver = {
        "name": "explainers",
        "version": version,
        "rules": [
            {
                "id": rule.code,
                "shortDescription": {"text": rule.title},
                "fullDescription": {"text": rule.doc},
                "helpUri": f"{DOCS}#{rule.code}",
                "defaultConfiguration": {"level": rule.severity},
            }
            for rule in rules()
        ],
    }
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(finding: Finding, reason: str | None) -> dict[str, Any]:
    where = finding.where()
    text = (
        finding.message + (f" ({where})" if where else "") + (f". Fix: {finding.fix}" if finding.fix else "")
    )
    result: dict[str, Any] = {"ruleId": finding.code, "level": finding.severity, "message": {"text": text}}
    if finding.place:
        end = finding.place.column + max(1, finding.length)
        result["locations"] = [_location(finding.place, end)]
    if finding.related:
        result["relatedLocations"] = [
            {"id": index, "message": {"text": one.what}, **_location(one.place)}
            for index, one in enumerate(finding.related, 1)
        ]
    if reason is not None:
        result["suppressions"] = [{"kind": "inSource", "justification": reason}]
    return result


def _location(place: Any, end: int | None = None) -> dict[str, Any]:
    region = {"startLine": max(1, place.line), "startColumn": max(1, place.column)}
    if end is not None:
        region["endColumn"] = end
    return {"physicalLocation": {"artifactLocation": {"uri": place.file}, "region": region}}


_HEADINGS = {
    "storyboard": (
        "Words, facts and assets",
        "Judged before anything is drawn, without Manim, in well under a second.",
    ),
    "frames": (
        "Pictures",
        "Judged from what drawing a shot stored beside it: where every text stands at every rest, and how "
        "bright each part of each frame was. A shot that is not drawn as it is now is `not checked`, never "
        "passed.",
    ),
    "rendered": ("Delivered files", "Judged with `--rendered`, from the video's folder in `renders/`."),
    "page": ("The page", "Judged with `--page PAGE`, against the section that is about the video."),
}

_HEAD = """# Checks

`explainers check` judges a video before anybody sees it. Each finding has a code, a severity, a place
(`file:line:column`), where it concerns a picture the time and the region of the frame, and the fix. It
ends with 1 where there are errors, with `--strict` also where there are warnings.

A finding is let pass by its code with a reason, in a shot or for the whole video; the reason is printed
with every report:

```yaml
allow: {text-small: "axis ticks; the values stand in the statement"}
```

An allowance that lets nothing pass is reported (`unused-allowance`), and so is one of an unknown code
(`unknown-rule`). What the reader and the planner refuse (unknown keys, missing files, facts without a
source) is reported with their own codes and can't be let pass.

`--quality`, `--theme` and `--aspect` choose which drawn pictures are judged.

Rendering asks the same. Errors in words, facts and assets stop `explainers render` before anything is
drawn (a draft, and `--allow-slates`, may lack files), and errors in its pictures stop a final before it is
published; of a draft they are told. `--no-check` insists, and says that nothing was checked.

This page is made from the rules themselves: `explainers check --rules`.
"""


def page() -> str:
    """The page, as it is written to `docs/checks.md`."""
    parts = [_HEAD]
    for stage, (heading, words) in _HEADINGS.items():
        parts.append(f"## {heading}\n\n{words}\n")
        for rule in rules_of(stage):
            title, _, rest = rule.doc.partition("\n")
            body = f"\n{rest.strip()}\n" if rest.strip() else ""
            parts.append(f"### {rule.code}\n\n*{rule.severity}.* {title}\n{body}")
    return "\n".join(parts)
