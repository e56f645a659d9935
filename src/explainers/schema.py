"""The storyboard's JSON Schema (draft-07, as editors' YAML servers read it) and its reference page.

Both are made from the typed models, so that neither can say what the reader does not accept.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from explainers.kinds import discover
from explainers.kinds.base import SceneKind
from explainers.storyboard.model import Beat, Shot, Storyboard

DRAFT = "http://json-schema.org/draft-07/schema#"

Schema = dict[str, Any]


def storyboard_schema(kinds: Mapping[str, SceneKind] | None = None) -> Schema:
    """JSON Schema of a storyboard with the fields of every kind; of all kinds found without `kinds`."""
    kinds = discover() if kinds is None else kinds
    models: list[type[BaseModel]] = [Storyboard, Shot, Beat]
    for kind in kinds.values():
        models += [kind.params, kind.beat_params]
    refs, definitions = _definitions(models)
    for name, kind in kinds.items():
        shot, beat = _shot(refs, definitions, kind)
        definitions[f"shot-{name}"], definitions[f"beat-{name}"] = shot, beat
    root = definitions.pop(refs[Storyboard])
    definitions["shot"] = {
        "type": "object",
        "description": definitions[refs[Shot]].get("description", ""),
        "required": ["id", "kind"],
        "properties": {"kind": {"enum": sorted(kinds), "description": "The scene kind."}},
        "allOf": [_when(name) for name in sorted(kinds)],
    }
    root["properties"]["shots"]["items"] = {"$ref": "#/definitions/shot"}
    return {"$schema": DRAFT, "title": "Storyboard", **root, "definitions": _reached(root, definitions)}


def schema_text() -> str:
    """The schema as it is written to `docs/storyboard.schema.json`."""
    return json.dumps(storyboard_schema(), indent=2, ensure_ascii=False) + "\n"


def _definitions(models: Iterable[type[BaseModel]]) -> tuple[dict[type[BaseModel], str], Schema]:
    """The definition's name of each model, and all definitions in draft-07."""
    inputs = [(model, "validation") for model in dict.fromkeys(models)]
    keyed, schema = models_json_schema(inputs, ref_template="#/definitions/{model}")  # type: ignore[arg-type]
    refs = {model: str(keyed[model, "validation"]["$ref"]).rpartition("/")[2] for model, _ in inputs}
    return refs, {name: _draft7(one) for name, one in schema.get("$defs", {}).items()}


_MAPS = frozenset(("properties", "patternProperties", "definitions"))
"""Keywords whose value is a mapping of the author's names to schemas."""
_DATA = frozenset(("default", "const", "enum", "examples", "required", "title"))
_RENAMED = {
    "$defs": "definitions",
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
    "prefixItems": "items",
}
_FREE_TEXT = ["string", "number", "boolean"]


def _draft7(node: Any, numbers_beside: bool = False) -> Any:
    """A schema in draft-07's keywords, with plain scalars accepted wherever text is.

    `label: 8` and `note: true` are text to the reader, and a number and a boolean to an editor.
    `numbers_beside` says that another member of the same union has numbers in hand.
    """
    if isinstance(node, list):
        beside = any(isinstance(one, dict) and one.get("type") in ("number", "integer") for one in node)
        return [_draft7(one, beside) for one in node]
    if not isinstance(node, dict):
        return node
    found: Schema = {}
    for key, value in node.items():
        if key in ("title", "discriminator"):
            continue
        named = key in _MAPS and isinstance(value, dict)
        if key in _DATA:
            inner = value
        else:
            inner = {name: _draft7(one) for name, one in value.items()} if named else _draft7(value)
        found[_RENAMED.get(str(key), str(key))] = inner
    if "prefixItems" in node:
        found["additionalItems"] = False
    if found.get("type") == "string" and not numbers_beside and not {"enum", "const"} & found.keys():
        found["type"] = _FREE_TEXT[:2] if "pattern" in found else _FREE_TEXT
    if "$ref" in found and len(found) > 1:
        # Beside `$ref` draft-07 ignores every other keyword.
        found["allOf"] = [{"$ref": found.pop("$ref")}]
    return found


def _shot(refs: Mapping[type[BaseModel], str], definitions: Schema, kind: SceneKind) -> tuple[Schema, Schema]:
    """The schemas of a kind's shots and of their beats: the common fields and its own as one object."""
    first = kind.doc.partition("\n\n")[0].replace("\n", " ")
    beat = _merged(
        definitions[refs[Beat]], definitions[refs[kind.beat_params]], f"A beat of a {kind.name} shot."
    )
    shot = _merged(definitions[refs[Shot]], definitions[refs[kind.params]], first)
    shot["properties"]["kind"] = {"const": kind.name}
    shot["properties"]["beats"] = {
        **{key: value for key, value in shot["properties"]["beats"].items() if key != "items"},
        "items": {"$ref": f"#/definitions/beat-{kind.name}"},
    }
    return shot, beat


def _merged(common: Schema, own: Schema, description: str) -> Schema:
    return {
        "type": "object",
        "description": description,
        "required": [*common.get("required", []), *own.get("required", [])],
        "properties": {**common["properties"], **own.get("properties", {})},
        "additionalProperties": False,
    }


def _when(name: str) -> Schema:
    return {
        "if": {"properties": {"kind": {"const": name}}, "required": ["kind"]},
        "then": {"$ref": f"#/definitions/shot-{name}"},
    }


def _reached(root: Schema, definitions: Schema) -> Schema:
    """The definitions that are referred to, directly or not, sorted by name."""
    found: set[str] = set()
    waiting: list[Any] = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            name = str(node.get("$ref", "")).removeprefix("#/definitions/")
            if name in definitions and name not in found:
                found.add(name)
                waiting.append(definitions[name])
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
    return {name: definitions[name] for name in sorted(found)}
