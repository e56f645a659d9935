"""The facts panel's content: each number with its row, expression and source, and the tables themselves."""

from __future__ import annotations

from typing import Any

from explainers.facts.tables import NoSuchRow, Table
from explainers.plan import Plan
from explainers.plan.library import Library

MOST_ROWS = 200
"""Rows of a table that the page is given."""


def facts_of(plan: Plan) -> list[dict[str, Any]]:
    """Every fact with where its number is from; `rows` are numbers of rows in its table."""
    used, library = set(plan.facts_used), plan.library
    return [
        {
            "name": fact.name,
            "text": fact.text,
            "value": fact.value,
            "unit": fact.unit,
            "expression": fact.expression,
            "table": fact.table,
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
    return {
        "name": name,
        "kind": source.kind,
        "label": source.label or source.citation,
        "citation": source.citation,
        "url": source.url,
    }


def tables_of(plan: Plan) -> list[dict[str, Any]]:
    """Every declared table that can be read; cells of CSV, TSV and JSON files may be changed."""
    tables, library = [], plan.library
    for name, entry in library.manifest.tables.items():
        table = library.table(name)
        if table is None:
            continue
        path = library.folder / entry.file
        tables.append(
            {
                "name": name,
                "file": plan.project.shown(path),
                "editable": path.suffix.lower() in (".csv", ".tsv", ".json"),
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
