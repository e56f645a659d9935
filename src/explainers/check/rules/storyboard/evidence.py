"""Rules about where numbers and pictures come from."""

from __future__ import annotations

from collections.abc import Iterator

from explainers.assets.manifest import missing_file
from explainers.check.finding import Finding, Severity
from explainers.check.rules import rule
from explainers.check.subject import Words
from explainers.kinds.base import ShotPlan


@rule("provenance", "error")
def provenance(subject: Words) -> Iterator[Finding]:
    """Data or footage without a word on what kind of evidence it is.

    Every shot that shows data or footage says `measured`, `published`, `simulated` or `illustration` in its
    footer. The word comes from the source in assets.yaml; a file that no entry of assets.yaml describes has
    none.
    """
    declared = subject.manifest.files
    named = {(one.shot, one.name): one.loc for one in subject.plan.referred if one.to == "asset"}
    for shot in subject.plan.shots:
        undescribed = [name for name in shot.assets if name not in declared]
        for name in undescribed:
            message = f"nothing says where {name!r} is from, or whether it is measured, published or made up"
            loc = named.get((shot.id, name), subject.shot_locs[shot.id])
            fix = "describe it under files: in assets.yaml, or write a source: in the shot"
            if shot.provenance is None:
                yield subject.found("provenance", "error", message, loc, shot=shot.id, fix=fix)
        if shot.provenance is None and not undescribed and (shot.tables or shot.runs):
            message = "the shot shows data and does not say what kind of evidence they are"
            loc = (*subject.shot_locs[shot.id], "id")
            yield subject.found("provenance", "error", message, loc, shot=shot.id, fix="provenance: measured")


@rule("source-origin", "warning")
def source_origin(subject: Words) -> Iterator[Finding]:
    """A number from a source that can't be followed.

    Every fact leans on a table or names a source; that much the reader insists on. Here the source itself
    is looked at: one that says neither where it can be read (`url`, `repository`, `path`) nor that it is an
    illustration leaves a viewer, and an interviewer, with nothing to open.
    """
    for name, source in subject.plan.sources.items():
        if source.kind == "illustration" or source.url or source.repository or source.path:
            continue
        message = f"the source {name!r} says what it is, but not where it can be found"
        fix = "add a url, or a repository with path and commit"
        yield subject.found(
            "source-origin", "warning", message, ("sources", name), key=True, assets=True, fix=fix
        )


@rule("asset-missing", "error")
def asset_missing(subject: Words) -> Iterator[Finding]:
    """A declared file that is not there.

    A shot that shows it gets a slate, which a final video must not have: an error. Where every shot that
    shows it names a drawn stand-in, or none shows it, it is a warning. The reader itself refuses tables and
    runs that are missing, and files in use whose `sha256` is another than was declared.
    """
    folder = subject.plan.library.folder
    for name, entry in subject.manifest.files.items():
        mistake = missing_file((), name, folder)
        if mistake is None:
            continue
        slated = [shot for shot in _showing(name, subject) if not getattr(shot.params, "stand_in", None)]
        severity: Severity = "error" if slated else "warning"
        message = f"the file {name!r} is not there; it should show: {entry.shows}"
        fix = f"put it at {subject.plan.project.shown(folder / name)}"
        if mistake.code == "wrong-path":
            message, fix = mistake.message, f"expected {mistake.expected}"
        if slated:
            message += f"; {', '.join(shot.id for shot in slated)} would show a slate"
            fix += ", or give the shot a stand_in"
        loc = ("files", name)
        yield subject.found("asset-missing", severity, message, loc, key=True, assets=True, fix=fix)


def _showing(name: str, subject: Words) -> list[ShotPlan]:
    """The shots that would show a file."""
    named = {one.shot for one in subject.plan.referred if one.to == "asset" and one.name == name}
    return [shot for shot in subject.plan.shots if shot.id in named]
