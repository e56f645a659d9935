"""The path below which an engine serves its site, as the engine's own configuration states it.

GitHub's project pages are the common case: a page at `/my-lab/work/` finds nothing at `/videos/`.
"""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import yaml

from explainers.errors import Diagnostic, InvalidInput, Place


@dataclass(frozen=True)
class Stated:
    """What a configuration says of the path: `/my-lab`, empty for the root, None where it is computed."""

    path: str | None
    place: Place
    source: str

    def refused(self, message: str, expected: str) -> InvalidInput:
        """The error that shows the line of the configuration."""
        length = len(self.source.strip())
        return InvalidInput([Diagnostic("site-path", message, self.place, self.source, length, expected)])


def stated_path(site: Path, patterns: Sequence[str], keys: Sequence[str]) -> Stated | None:
    """The path that the configuration of `site` states, or None where it states none.

    The configuration is what matches `patterns`, of which the last files win; of `keys` the first that is
    there counts. InvalidInput where the configuration can't be read: its path would be a guess.
    """
    found: dict[str, Stated] = {}
    for file in (file for pattern in patterns for file in sorted(site.glob(pattern))):
        if file.suffix in _READERS and file.is_file():
            found |= _read(file, keys)
    return next((found[key] for key in keys if key in found), None)


def _read(file: Path, keys: Sequence[str]) -> dict[str, Stated]:
    """What the file states, by key; a key with two different values depends on something: it is computed."""
    found: dict[str, Stated] = {}
    text = file.read_text(encoding="utf-8", errors="replace")
    lines = text.splitlines()
    for name, value, number in _READERS[file.suffix](file, text):
        # Hugo's keys have no case; no engine has two that differ in nothing else.
        key = next((key for key in keys if key.casefold() == name.casefold()), None)
        if key:
            line = lines[number - 1] if 0 < number <= len(lines) else ""
            place = Place(str(file), number, len(line) - len(line.lstrip()) + 1)
            stated = Stated(None if value is None else path_of(value), place, line)
            same = key not in found or found[key].path == stated.path
            found[key] = stated if same else replace(stated, path=None)
    return found


def path_of(address: str) -> str:
    """`/my-lab` of an address or a path, percent-encoded; empty for the root."""
    parts = [part for part in urlsplit(address.strip()).path.split("/") if part]
    return "".join("/" + quote(unquote(part), safe="~:@!$*+,;=()") for part in parts)


_Value = tuple[str, str | None, int]
"""A key with those it is in (`website.site-url`), its text or None where it is computed, and its line."""


def _unreadable(file: Path, line: int, column: int, why: str) -> InvalidInput:
    message = f"the site's configuration can't be read, so the path of its addresses is not known: {why}"
    return InvalidInput([Diagnostic("bad-site-config", message, Place(str(file), line, column))])


def _nested(tree: Any, text: str, before: str = "") -> Iterator[_Value]:
    """The texts in mappings of mappings; the line is the first that gives such a key a value."""
    for key, value in tree.items() if isinstance(tree, dict) else ():
        if isinstance(value, str):
            found = re.search(rf"""^.*{re.escape(key)}["']?\s*[:=].*$""", text, re.M)
            yield before + key, value, text.count("\n", 0, found.start()) + 1 if found else 1
        else:
            yield from _nested(value, text, f"{before}{key}.")


def _toml(file: Path, text: str) -> Iterator[_Value]:
    try:
        return _nested(tomllib.loads(text), text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+), column (\d+)", str(error))
        raise _unreadable(file, *((int(at[1]), int(at[2])) if at else (1, 1)), str(error)) from None


def _json(file: Path, text: str) -> Iterator[_Value]:
    try:
        return _nested(json.loads(text), text)
    except json.JSONDecodeError as error:
        raise _unreadable(file, error.lineno, error.colno, error.msg) from None


def _yaml(file: Path, text: str) -> Iterator[_Value]:
    try:
        # Nodes only: tags such as MkDocs's `!ENV` stay what they are, and nothing is constructed.
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise _unreadable(file, line, column, str(getattr(error, "problem", error))) from None
    return _yaml_values(node)


def _yaml_values(node: yaml.Node | None, before: str = "") -> Iterator[_Value]:
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        if isinstance(value, yaml.MappingNode):
            yield from _yaml_values(value, f"{before}{key.value}.")
            continue
        plain = isinstance(value, yaml.ScalarNode) and value.tag.startswith("tag:yaml.org,2002:")
        empty = value.tag == "tag:yaml.org,2002:null"
        yield (
            f"{before}{key.value}",
            ("" if empty else value.value) if plain else None,
            key.start_mark.line + 1,
        )


def _python(file: Path, text: str) -> Iterator[_Value]:
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise _unreadable(file, error.lineno or 1, error.offset or 1, error.msg) from None
    for node in ast.walk(tree):
        for target in node.targets if isinstance(node, ast.Assign) else ():
            if isinstance(target, ast.Name) and isinstance(node, ast.Assign):
                value = node.value.value if isinstance(node.value, ast.Constant) else None
                yield target.id, value if isinstance(value, str) else None, node.lineno


def _javascript(file: Path, text: str) -> Iterator[_Value]:
    """Keys of object literals and assignments to members. Only what is written as a text has a value."""
    tokens = list(_tokens(text))
    constants = {
        tokens[at][0]: value
        for at in range(1, len(tokens) - 2)
        if tokens[at - 1][0] in ("const", "let", "var") and (value := _literal(tokens, at + 2)) is not None
    }
    inside: list[str | None] = []
    for at, (word, line) in enumerate(tokens):
        after = tokens[at + 1][0] if at + 1 < len(tokens) else ""
        before = tokens[at - 1][0] if at else ""
        if word in "{[(":
            named = tokens[at - 2][0].strip("\"'") if before == ":" and at > 1 else ""
            inside.append(named if named.isidentifier() else None)
        elif word in "}])" and inside:
            inside.pop()
        elif (after == ":" and before in ("{", ",")) or (after == "=" and before == "."):
            value = _literal(tokens, at + 2)
            named = tokens[at + 2][0] if at + 2 < len(tokens) else ""
            if value is None and _ends(tokens, at + 3):
                value = constants.get(named)
            yield _dotted(inside, word.strip("\"'")), value, line
        elif before in ("{", ",") and after in (",", "}") and inside and word not in "{[()]}":
            yield _dotted(inside, word), constants.get(word), line


def _dotted(inside: list[str | None], word: str) -> str:
    return ".".join([*(name for name in inside if name), word])


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    """Words, texts and signs of JavaScript or TypeScript with their lines; comments and room left out."""
    from pygments.lexers.javascript import TypeScriptLexer
    from pygments.token import Comment, String, Whitespace

    line, template = 1, ""
    for kind, word in TypeScriptLexer(stripnl=False, ensurenl=False).get_tokens(text):
        if kind in String.Backtick or kind in String.Interpol:
            template += word
        else:
            if template:
                yield template, line
                template = ""
            if word.strip() and kind not in Comment and kind not in Whitespace:
                yield word, line
        line += word.count("\n")
    if template:
        yield template, line


def _literal(tokens: list[tuple[str, int]], at: int) -> str | None:
    """The text that stands at a token, where it is all of the value."""
    word = tokens[at][0] if at < len(tokens) else ""
    quoted = len(word) > 1 and word[0] in "\"'`" and word[-1] == word[0] and "${" not in word
    return word[1:-1] if quoted and _ends(tokens, at + 1) else None


def _ends(tokens: list[tuple[str, int]], at: int) -> bool:
    """Whether a value that starts before the token ends there, with no operator, call or member after it."""
    if at >= len(tokens):
        return True
    word, line = tokens[at]
    return word in (",", "}", ")", "]", ";", "as", "satisfies") or (
        line > tokens[at - 1][1] and word[0] not in ".?|&+([<=:"
    )


_READERS: dict[str, Callable[[Path, str], Iterator[_Value]]] = {
    ".toml": _toml,
    ".json": _json,
    ".py": _python,
    **dict.fromkeys((".yml", ".yaml"), _yaml),
    **dict.fromkeys((".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"), _javascript),
}
