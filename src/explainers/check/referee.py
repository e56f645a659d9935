"""The judgement of a video: its rules run in their stages, what is let pass, what could not be looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from explainers.check.finding import Finding, NotChecked, Report, Silenced
from explainers.check.rules import Rule, rules, rules_of
from explainers.check.subject import Drawn, PageSubject, Pictures, Words
from explainers.errors import Diagnostic, InvalidInput, did_you_mean
from explainers.plan import Plan, load_plan, storyboard_of
from explainers.project import Project
from explainers.storyboard.document import Document
from explainers.storyboard.languages import languages
from explainers.storyboard.mistakes import Loc
from explainers.voice.takes import takes_of

DrawnOf = Callable[[Plan], Mapping[str, Drawn]]
"""Finds what drawing the shots of a plan left in the store."""


@dataclass
class _Findings:
    """What has been found so far."""

    findings: list[Finding] = field(default_factory=list)
    not_checked: list[NotChecked] = field(default_factory=list)
    rules_run: list[str] = field(default_factory=list)

    def run(self, rules: Iterable[Rule], subject: Any) -> None:
        for rule in rules:
            self.findings += rule.findings(subject)
            self.rules_run.append(rule.code)


def judged(
    project: Project,
    video: str,
    *,
    drawn_of: DrawnOf | None = None,
    rendered: bool = False,
    page: Path | None = None,
    quality: str = "final",
    theme: str | None = None,
    aspect: str | None = None,
    allow_code: bool | None = None,
    voice: bool | None = None,
    language: str | None = None,
    document: Document | None = None,
) -> tuple[Plan | InvalidInput, Report]:
    """The plan of a video, or why there is none, and the report: on its words always; on its pictures as far
    as `drawn_of` finds them; on its delivered files with `rendered`; on its agreement with a page with
    `page`; on its takes with `voice`, or where the project is spoken. Without a `language` it is judged in
    all of its languages. `document` is the storyboard's where that was read.

    UsageError for a video, quality, theme or aspect that does not exist, and for a page that can't be read.
    """
    how: dict[str, Any] = {"quality": quality, "theme": theme, "aspect": aspect}
    try:
        document = document or storyboard_of(project, video)
        more: dict[str, Any] = {"document": document, "takes": takes_of(project, video, voice)}
        plan = load_plan(
            project, video, allow_code=allow_code, strict=False, language=language, **more, **how
        )
    except InvalidInput as error:
        return error, unplanned(video, error)
    report = judge(plan, drawn_of=drawn_of, rendered=rendered, page=page)
    for other in languages(project.storyboard_path(video)) if language is None else ():
        more = {"voice": voice, "language": other, "document": document} | how
        there = check(project, video, drawn_of=drawn_of, allow_code=allow_code, **more)
        report = _and_in(report, other, there)
    return plan, report


def _and_in(report: Report, language: str, other: Report) -> Report:
    """A report with what is found in another language alone, in pictures as far as they are drawn. One
    of them may need an allowance alone."""
    known = {(finding.code, finding.place, finding.message) for finding in report.findings}
    more = [
        replace(finding, message=f"in {language}: {finding.message}")
        for finding in other.findings
        if (finding.code, finding.place, finding.message) not in known and finding.code != "unused-allowance"
    ]
    needed = {one.finding.code for one in other.silenced}
    kept = [
        finding
        for finding in report.findings
        if finding.code != "unused-allowance" or finding.message.partition(" ")[0] not in needed
    ]
    silenced = {one.finding.message: one for one in (*other.silenced, *report.silenced)}
    return replace(
        report,
        findings=tuple(sorted((*kept, *more), key=lambda one: one.sort_key)),
        silenced=tuple(silenced.values()),
    )


def check(project: Project, video: str, **how: Any) -> Report:
    """The report of `judged` alone."""
    return judged(project, video, **how)[1]


def judge(
    plan: Plan,
    *,
    words: bool = True,
    drawn_of: DrawnOf | None = None,
    rendered: bool = False,
    page: Path | None = None,
    burned: bool = False,
) -> Report:
    """Judge a plan: its `words`, its pictures as far as `drawn_of` finds them, its delivered files with
    `rendered`, its agreement with a `page`. With `burned` its captions are in the picture. UsageError for
    a page that can't be read."""
    read, found = Words(plan, burned), _Findings()
    if words:
        found.run(rules_of("storyboard"), read)
    if drawn_of is not None:
        _pictures(Pictures(read, drawn_of(plan)), found)
    if rendered:
        _rendered(read, found)
    if page is not None:
        _page(read, page, found)
    return _report(read, found)


def as_finding(problem: Diagnostic) -> Finding:
    """A problem of the reader or the plan, as a finding."""
    hints = [f"expected {problem.expected}"] if problem.expected else []
    hints += [f"did you mean {problem.did_you_mean!r}?"] if problem.did_you_mean else []
    shown = {"source_line": problem.source_line, "length": problem.length, "fix": "; ".join(hints) or None}
    return Finding(problem.code, "error", problem.message, problem.place, **shown)  # type: ignore[arg-type]


def unplanned(video: str, error: InvalidInput) -> Report:
    """The report on a storyboard that can't be planned: all that is wrong with it, typed digits too."""
    reason = "the storyboard can't be planned until its errors are gone"
    problems = dict.fromkeys((*error.problems, *error.tolerated))
    findings = sorted(map(as_finding, problems), key=lambda one: one.sort_key)
    return Report(video, tuple(findings), not_checked=(NotChecked("claims, pictures and files", reason),))


def _pictures(pictures: Pictures, found: _Findings) -> None:
    """Rules run on the shots whose products are there; a shot without them is not checked."""
    drawn = {shot.id: pictures.drawn.get(shot.id, Drawn()) for shot in pictures.plan.shots}
    for rule in rules_of("frames"):
        if any(getattr(one, rule.needs) is not None for one in drawn.values()):
            found.run([rule], pictures)
    for shot_id, one in drawn.items():
        if lacking := [need for need in ("geometry", "luminance") if getattr(one, need) is None]:
            reason = f"no {' and no '.join(lacking)} in the store: the shot is not drawn as it is now"
            found.not_checked.append(NotChecked("its picture", reason, shot_id))
    for fade in pictures.plan.transitions:
        if drawn[fade.after].fade is None:
            reason = "no luminance in the store: the cross-fade is not drawn as it is now"
            found.not_checked.append(NotChecked("the cross-fade into it", reason, fade.after))


def _rendered(words: Words, found: _Findings) -> None:
    from explainers.check.delivered import read_delivered

    rendered = read_delivered(words)
    if rendered is None:
        folder = words.plan.project.shown(words.plan.project.renders_dir(words.plan.name))
        found.not_checked.append(NotChecked("the delivered files", f"there is no manifest in {folder}"))
        return
    found.run(rules_of("rendered"), rendered)


def _page(words: Words, path: Path, found: _Findings) -> None:
    from explainers.check.markdown import read_page

    page = read_page(path, words.plan.project.shown(path.resolve()))
    section = page.section_of(
        [words.plan.title, words.plan.storyboard.declares.title, words.plan.page.heading]
    )
    if section is None:
        reason = (
            f"no section of {page.display} is about {words.plan.title!r}; name it in page: {{heading: ...}}"
        )
        found.not_checked.append(NotChecked("agreement with the page", reason))
    found.run(rules_of("page"), PageSubject(words, page, section))


def _report(words: Words, found: _Findings) -> Report:
    """Findings in order, without those that the author lets pass with a reason."""
    allowed = {shot.id: shot.allow for shot in words.plan.storyboard.shots}
    findings, silenced = [], []
    for finding in sorted(dict.fromkeys(found.findings), key=lambda finding: finding.sort_key):
        reasons = {**words.plan.storyboard.allow, **allowed.get(finding.shot or "", {})}
        if finding.code in reasons:
            silenced.append(Silenced(finding, reasons[finding.code]))
        else:
            findings.append(finding)
    findings += _allowances(words, found, {(one.finding.shot, one.finding.code) for one in silenced})
    return Report(
        words.plan.name,
        tuple(sorted(findings, key=lambda finding: finding.sort_key)),
        tuple(silenced),
        tuple(found.not_checked),
        tuple(found.rules_run),
    )


def _allowances(words: Words, found: _Findings, used: set[tuple[str | None, str]]) -> Iterator[Finding]:
    """Findings about allowances of an unknown code, and about those that let nothing pass although their rule
    looked: an old excuse must not wait for a new fault. `used` are shot and code of what was let pass."""
    storyboard = words.plan.storyboard
    written: list[tuple[Loc, str | None, str]] = [(("allow", code), None, code) for code in storyboard.allow]
    for shot in storyboard.shots:
        written += [((*words.shot_locs[shot.id], "allow", code), shot.id, code) for code in shot.allow]
    # Most storyboards let nothing pass, and then no further rules need to be imported.
    known = {rule.code for rule in rules()} if written else set()
    not_drawn = {gap.shot for gap in found.not_checked if gap.shot}
    for loc, shot_id, code in written:
        place: dict[str, Any] = {"key": True, "shot": shot_id, "severity": "warning"}
        if code not in known:
            fix = did_you_mean(code, known, "`explainers check --rules` lists the codes")
            yield words.found(f"there is no rule {code!r}", loc, code="unknown-rule", fix=fix, **place)
            continue
        judged = code in found.rules_run and not (not_drawn if shot_id is None else shot_id in not_drawn)
        if judged and not any(one[1] == code and shot_id in (None, one[0]) for one in used):
            message = f"{code} finds nothing here to let pass"
            yield words.found(message, loc, code="unused-allowance", fix="remove it", **place)
