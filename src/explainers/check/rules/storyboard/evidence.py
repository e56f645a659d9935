"""Rules about where numbers and pictures come from, and what is declared and not shown."""

from __future__ import annotations

from collections.abc import Iterator

from explainers.assets.manifest import MINE, missing_file
from explainers.check.claims import leaves
from explainers.check.finding import Finding, Severity
from explainers.check.rules import rule
from explainers.check.subject import Words
from explainers.facts.expression import ExpressionError, parse
from explainers.facts.templates import fill
from explainers.footage.svg import Unreadable, read_svg


@rule("provenance", "error")
def provenance(subject: Words) -> Iterator[Finding]:
    """Data or footage without a word on what kind of evidence it is.

    Every shot that shows data or footage says `measured`, `published`, `simulated` or `illustration` in its
    footer. The word comes from the source in assets.yaml; a file that no entry of assets.yaml describes has
    none.
    """
    named = {
        (reference.shot, reference.name): reference.loc
        for reference in subject.plan.referred
        if reference.to == "asset"
    }
    for shot in subject.plan.shots:
        if shot.provenance is not None:
            continue
        undescribed = [name for name in shot.assets if name not in subject.manifest.files]
        for name in undescribed:
            message = f"nothing says where {name!r} is from, or whether it is measured, published or made up"
            loc = named.get((shot.id, name), subject.shot_locs[shot.id])
            fix = "describe it under files: in assets.yaml, or write a source: in the shot"
            yield subject.found(message, loc, shot=shot.id, fix=fix)
        if not undescribed and (shot.tables or shot.runs):
            message = "the shot shows data and does not say what kind of evidence they are"
            yield subject.found(message, shot=shot.id, fix="provenance: measured")


@rule("source-origin", "warning")
def source_origin(subject: Words) -> Iterator[Finding]:
    """A number from a source that can't be followed.

    Every fact leans on a table or names a source; that much the reader insists on. Here the source itself
    is looked at: one that says neither where it can be read (`url`, `repository`, `path`) nor that it is an
    illustration or the authors' `own` leaves a viewer, and an interviewer, with nothing to open.
    """
    for name, source in subject.plan.sources.items():
        if not (
            source.kind == "illustration" or source.own or source.url or source.repository or source.path
        ):
            message = f"the source {name!r} says what it is, but not where it can be found"
            fix = "add a url, or a repository with path and commit; `own: true` where it is the authors' own"
            yield subject.found(message, ("sources", name), key=True, assets=True, fix=fix)


@rule("asset-missing", "error")
def asset_missing(subject: Words) -> Iterator[Finding]:
    """A declared file that is not there.

    A shot that shows it gets a slate, which a final video must not have: an error. Where every shot that
    shows it names a drawn stand-in, or none shows it, it is a warning; what a pane calls `captured` may be
    missing. The reader itself refuses tables and runs that are missing, and files in use whose `sha256` is
    another than was declared.
    """
    plan, folder = subject.plan, subject.plan.library.folder
    for name, entry in subject.manifest.files.items():
        mistake = missing_file((), name, folder)
        if mistake is None:
            continue
        references = [
            reference for reference in plan.referred if reference.to == "asset" and reference.name == name
        ]
        if references and all(reference.optional for reference in references):
            continue
        showing = {reference.shot for reference in references}
        slated = [shot.id for shot in plan.shots if shot.id in showing and not shot.params.drawn_stand_in]
        severity: Severity = "error" if slated else "warning"
        message = f"the file {name!r} is not there; it should show: {entry.shows}"
        fix = f"put it at {plan.project.shown(folder / name)}"
        if mistake.code == "wrong-path":
            message, fix = mistake.message, f"expected {mistake.expected}"
        if slated:
            message += f"; {', '.join(slated)} would show a slate"
            fix += ", or give the shot a stand_in"
        loc = ("files", name)
        yield subject.found(message, loc, key=True, assets=True, fix=fix, severity=severity)


@rule("unused", "warning")
def unused(subject: Words) -> Iterator[Finding]:
    """A fact, source, table, run or file that nothing uses.

    What is declared and never shown is either forgotten in the picture or left over from an earlier cut.
    """
    storyboard, manifest = subject.plan.storyboard, subject.manifest
    facts = _used_facts(subject)
    for name in storyboard.facts:
        if name not in facts:
            message = f"the fact {name!r} is used nowhere"
            yield subject.found(message, ("facts", name), key=True, fix="show it, or remove it")
    used: dict[str, set[str | None]] = {to: set() for to in ("table", "run", "asset", "source")}
    for reference in subject.plan.referred:
        if reference.to in used:
            used[reference.to].add(reference.name)
    # A fact that is not shown still uses its table: one thing left over is one finding.
    used["table"] |= {entry.table for entry in storyboard.facts.values()}
    used["run"] |= {entry.run for entry in storyboard.facts.values()}
    used["run"] |= {
        run for name in used["table"] & manifest.tables.keys() for run in manifest.tables[name or ""].runs
    }
    used["run"] = {manifest.run_named(name or "") for name in used["run"]}
    sources = used["source"] | {entry.source for entry in storyboard.facts.values()}
    sources |= {entry.source for group in (manifest.tables, manifest.runs) for entry in group.values()}
    sources |= {entry.from_ for entry in manifest.files.values()}
    groups = {"tables": used["table"], "runs": used["run"], "files": used["asset"], "sources": sources}
    for group, names in groups.items():
        fix = "name it where it is leant on, or remove it" if group == "sources" else "use it, or remove it"
        for name in getattr(manifest, group):
            if name not in names and getattr(manifest, group)[name] is not MINE:
                message = f"the {group.removesuffix('s')} {name!r} is used nowhere"
                yield subject.found(message, (group, name), key=True, assets=True, fix=fix)


def _used_facts(subject: Words) -> set[str]:
    used = {name for text in subject.plan.texts for name in text.facts}
    used |= {reference.name for reference in subject.plan.referred if reference.to == "fact"}
    for figure in subject.plan.storyboard.declares.figures.values():
        used |= {name for piece in fill(figure, subject.plan.facts).pieces for name in piece.facts}
    waiting = list(used)
    while waiting:
        fact = subject.facts.get(waiting.pop())
        if fact is None or fact.measured or not fact.expression:
            continue
        try:
            inner = set(parse(fact.expression).names) - used
        except ExpressionError:
            inner = set(leaves(fact.expression, subject.facts)) - used
        used |= inner
        waiting += inner
    return used


@rule("not-drawn", "warning")
def not_drawn(subject: Words) -> Iterator[Finding]:
    """A part of a drawing that the renderer leaves out, or draws otherwise than the file says.

    Animations, fonts that the file brings, style rules beyond plain CSS: what stands in an SVG and does not
    come out as it is written. Lost text and what is taken from other files are errors already when the file
    is read.
    """
    first = {
        reference.name: reference for reference in reversed(subject.plan.referred) if reference.to == "asset"
    }
    for reference in subject.plan.referred:
        path = subject.plan.library.folder / reference.name
        if first.get(reference.name) is not reference or path.suffix.lower() != ".svg" or not path.is_file():
            continue
        try:
            losses = read_svg(path).losses
        except Unreadable:
            continue
        for loss in losses:
            if not loss.grave:
                yield subject.found(
                    f"{path.name} {loss.what}", reference.loc, shot=reference.shot, fix=loss.fix
                )
