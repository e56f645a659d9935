"""Jobs of the planning process: what a storyboard says, what is wrong with it, its facts and tables."""

from __future__ import annotations

import hashlib
from typing import Any

from explainers.errors import Diagnostic, InvalidInput
from explainers.facts.tables import NoSuchRow, Table
from explainers.inputs import on_disk
from explainers.plan import Plan
from explainers.plan.library import Library
from explainers.studio import booth
from explainers.studio.desk import Context
from explainers.studio.look import Look, StudioProject


def state(context: Context, studio: StudioProject, look: Look) -> tuple[dict[str, Any], dict[str, Any]]:
    """The storyboard as the page shows it, and the packed shot of each picture by its key there."""
    from explainers.render.planner import products_of
    from explainers.render.tasks import PackedShot

    plan = studio.plan(look, studio.project.settings.quality)
    products = products_of(plan)
    packed = {
        product.picture_key: PackedShot.of(
            product.shot, product.code_folder, before=product.before.shot if product.before else None
        )
        for product in products.shots
    }
    shown = {
        "title": plan.title,
        "theme": plan.theme.name,
        **_fields(plan.canvas, "width height fps"),
        "frames": plan.total_frames,
        "quality": plan.quality,
        "shots": [_shot(plan, index, product) for index, product in enumerate(products.shots)],
        "fades": [_fields(fade, "before after frames") for fade in plan.transitions],
        "cues": [
            {"start": cue.start_s, "end": cue.end_s, "text": cue.text, "shot": cue.shot_id}
            for cue in plan.cues
        ],
        "chapters": [{"start": chapter.start_s, "title": chapter.title} for chapter in plan.chapters],
        "facts": facts_of(plan),
        "tables": tables_of(plan),
    }
    return shown, packed


def _fields(thing: Any, names: str) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in names.split()}


def _shot(plan: Plan, index: int, product: Any) -> dict[str, Any]:
    from explainers.render.planner import beat_frames
    from explainers.timing import frame_at

    shot, loc = product.shot, ("shots", index)
    rests, fps = beat_frames(shot), shot.canvas.fps
    beats = [
        {
            **_fields(beat, "id statement"),
            "start": frame_at(beat.start_s, fps),
            "end": frame_at(beat.end_s, fps),
            "rest": rests[beat.id],
            "line": plan.document.place((*loc, "beats", number)).line,
        }
        for number, beat in enumerate(shot.beats)
    ]
    return {
        **_fields(shot, "id kind title statement"),
        "key": product.picture_key,
        "start": plan.start_frames[shot.id],
        "frames": shot.duration_frames,
        "rest": max(rests.values()),
        "line": plan.document.place((*loc, "id")).line,
        "beats": beats,
        "missing": [missing.path for missing in shot.missing],
    }


def findings(context: Context, studio: StudioProject, look: Look) -> list[dict[str, Any]]:
    """What the referee finds in the words alone."""
    from explainers.check import judge

    plan = studio.plan(look, studio.project.settings.quality)
    return [shown(finding) for finding in judge(plan).findings]


def shown(finding: Any) -> dict[str, Any]:
    """A finding as the page gets it."""
    return {**finding.as_json(), "source_line": finding.source_line, "length": finding.length}


def validate(context: Context, studio: StudioProject, look: Look, text: str) -> list[dict[str, Any]]:
    """The problems of a storyboard's text that is not saved."""
    try:
        plan = studio.plan(look, "draft", text)
    except InvalidInput as error:
        return [problem_shown(problem) for problem in error.problems]
    return [{**problem_shown(diagnostic), "severity": "warning"} for diagnostic in plan.diagnostics]


def problem_shown(problem: Diagnostic) -> dict[str, Any]:
    """A problem as the page gets it: its parts, and the text with the caret."""
    nowhere = {"file": None, "line": None, "column": None}
    place = _fields(problem.place, "file line column") if problem.place else nowhere
    parts = _fields(problem, "code message length expected did_you_mean source_line")
    return {**parts, **place, "severity": "error", "text": problem.text()}


def schema(context: Context, studio: StudioProject, look: Look) -> dict[str, Any]:
    """The JSON Schema of storyboards, with the kinds of the video where its code may be run."""
    from explainers.kinds import discover
    from explainers.schema import storyboard_schema

    return storyboard_schema(discover(studio.code_folder(look)))


def kinds(context: Context, studio: StudioProject, look: Look) -> list[dict[str, Any]]:
    """Every scene kind, the video's own among them: what it is, its fields, and its example.

    `key` changes when the example may; it is empty where there is none.
    """
    from explainers.kinds import discover
    from explainers.render.fingerprint import source_digests
    from explainers.schema import storyboard_schema

    known = discover(studio.code_folder(look))
    definitions = storyboard_schema(known)["definitions"]
    common = set(definitions["shot-title"]["properties"]) - set(known["title"].params.model_fields)
    found = []
    for name, kind in known.items():
        properties = definitions[f"shot-{name}"]["properties"]
        needed = definitions[f"shot-{name}"].get("required", [])
        params = [
            {
                "name": field,
                "needed": field in needed,
                "says": str(schema.get("description", "")).partition("\n")[0],
                "type": _type(schema),
            }
            for field, schema in properties.items()
            if field not in common
        ]
        made_from = [kind.example, *sorted(source_digests(kind).items())]
        key = hashlib.sha256(repr(made_from).encode()).hexdigest()[:20] if kind.example else ""
        found.append({"name": name, "doc": kind.doc, "example": kind.example, "params": params, "key": key})
    return found


def _type(schema: dict[str, Any]) -> str:
    """A few words for a field's type."""
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    for union in ("anyOf", "oneOf"):
        if union in schema:
            words = dict.fromkeys(_type(one) for one in schema[union])
            return " | ".join(word for word in words if word != "null")
    kind = schema.get("type")
    if isinstance(kind, list):
        return "text"
    if "$ref" in schema or "allOf" in schema:
        return "mapping"
    return {"object": "mapping", "array": "list", "string": "text"}.get(str(kind), str(kind or "any"))


JOBS = {"state": state, "findings": findings, "validate": validate, "schema": schema, "kinds": kinds}
JOBS |= booth.JOBS


MOST_ROWS = 200
"""Rows of a table that the page is given."""


def facts_of(plan: Plan) -> list[dict[str, Any]]:
    """Every fact with where its number is from; `rows` are numbers of rows in its table."""
    used, library = set(plan.facts_used), plan.library
    return [
        {
            **_fields(fact, "name text value unit expression table"),
            "where": dict(fact.where),
            "rows": _rows(library.table(fact.table), fact.where) if fact.table else [],
            "sources": [_source(library, name) for name in fact.sources],
            "used": fact.name in used,
            "line": plan.document.place(("facts", fact.name), key=True).line,
        }
        for fact in plan.facts.facts.values()
    ]


def _rows(table: Table | None, where: Any) -> list[int]:
    if table is None:
        return []
    try:
        chosen = {id(row) for row in table.select(where)}
    except NoSuchRow:
        return []
    return [number for number, row in enumerate(table.rows) if id(row) in chosen]


def _source(library: Library, name: str) -> dict[str, Any]:
    source = library.manifest.sources[name]
    label = source.label or source.citation
    return {"name": name, "label": label, **_fields(source, "kind citation url")}


def tables_of(plan: Plan) -> list[dict[str, Any]]:
    """Every declared table that can be read; cells of files in plain CSV, TSV or JSON may be changed."""
    tables, library = [], plan.library
    for name, entry in library.manifest.tables.items():
        table = library.table(name)
        if table is None or entry.file is None:
            continue
        path = on_disk(library.folder, entry.file) or library.folder / entry.file
        tables.append(
            {
                "name": name,
                "file": plan.project.shown(path),
                "editable": table.file is not None and table.file.plain,
                "columns": list(table.columns),
                "units": dict(table.units),
                "rows": [[_cell(row[column]) for column in table.columns] for row in table.rows[:MOST_ROWS]],
                "more": max(0, len(table.rows) - MOST_ROWS),
                "source": _source(library, table.source),
            }
        )
    return tables


def _cell(value: Any) -> str:
    return "" if value is None else f"{value:.12g}" if isinstance(value, float) else str(value)
