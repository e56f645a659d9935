"""How large the house is. Totals may grow with a line in the changelog; median and share may not worsen."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src"
PYTHON = sorted(path for folder in ("src", "scenes") for path in (ROOT / folder).rglob("*.py"))

MOST_FILES, MOST_LINES = 351, 82_000
LEAST_MEDIAN = 175
MOST_WITH_ONE_IMPORTER = 0.225
"""The share of files that exactly one other module imports."""

UNCLEAR = frozenset(("words", "recording", "pictures", "asked", "seen", "told", "own", "past", "walk"))
UNCLEAR |= {"aside", "forks", "uncollected", "restless", "book", "score", "scenery"}


def test_the_house_does_not_grow_unnoticed() -> None:
    lines = [len(path.read_text(encoding="utf-8").splitlines()) for path in PYTHON]
    assert len(lines) <= MOST_FILES and sum(lines) <= MOST_LINES
    assert median(lines) >= LEAST_MEDIAN


def test_most_files_serve_more_than_one_other() -> None:
    alone = [name for name, importers in _importers().items() if len(importers) == 1]
    assert len(alone) / len(PYTHON) <= MOST_WITH_ONE_IMPORTER, sorted(alone)


def test_no_module_has_an_unclear_name_and_no_two_in_a_room_have_the_same() -> None:
    modules = [path.parent if path.stem == "__init__" else path for path in PYTHON]
    assert not [path for path in modules if path.stem in UNCLEAR]
    names = defaultdict(list)
    for path in modules:
        if path.stem not in ("params", "draw"):
            names[(*path.parent.relative_to(ROOT).parts[:3], path.stem)].append(path)
    assert not [paths for paths in names.values() if len(paths) > 1]


def _importers() -> dict[str, set[str]]:
    """The modules of the package, and which others import each."""
    modules = {_name(path): path for path in PYTHON if path.is_relative_to(SOURCE)}
    found: dict[str, set[str]] = {name: set() for name in modules}
    for name, path in modules.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for imported in _imported(node):
                full = next((one for one in (imported, imported.rpartition(".")[0]) if one in found), None)
                if full and full != name:
                    found[full].add(name)
    return found


def _name(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and not node.level:
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []
