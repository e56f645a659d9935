import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from explainers.kinds import discover
from explainers.plan import load_plan
from explainers.reference import reference_pages
from explainers.schema import schema_text, storyboard_schema
from explainers.storyboard.reader import parse_document
from explainers.theme import THEMES, channels

SCHEMA = storyboard_schema()
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)


def as_an_editor_reads_it(data: Any) -> Any:
    """Scalars as YAML 1.2's core schema resolves them."""
    if isinstance(data, dict):
        return {key: as_an_editor_reads_it(value) for key, value in data.items()}
    if isinstance(data, list):
        return [as_an_editor_reads_it(value) for value in data]
    if isinstance(data, str) and data in ("true", "false"):
        return data == "true"
    if isinstance(data, str) and re.fullmatch(r"[-+]?\d+", data):
        return int(data)
    if isinstance(data, str) and re.fullmatch(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?", data):
        return float(data)
    return data


def errors(text: str, validator: jsonschema.Draft7Validator = VALIDATOR) -> list[str]:
    data = as_an_editor_reads_it(parse_document(text, Path("s"), "s").data)
    return [error.message for error in validator.iter_errors(data)]


def test_the_schema_is_draft_7() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    text = schema_text()
    for keyword in ("$defs", "prefixItems", "unevaluatedProperties", "discriminator", "dependentRequired"):
        assert f'"{keyword}"' not in text
    assert set(re.findall(r'"\$ref": "#/definitions/([^"]+)"', text)) == set(SCHEMA["definitions"])


@pytest.mark.parametrize("kind", discover().values(), ids=list(discover()))
def test_every_kind_s_example_is_valid_for_editors_and_for_the_reader(kind: Any, tmp_path: Path) -> None:
    assert errors(kind.example) == []
    assert load_plan(kind.write_example(tmp_path), kind.name).total_frames > 0


@pytest.mark.parametrize(
    ("shot", "message"),
    [
        ("{id: a, kind: title, heading: x, hedding: y}", "'hedding' was unexpected"),
        ("{id: a, kind: title}", "'heading' is a required property"),
        ("{id: a, kind: tilte, heading: x}", "'tilte' is not one of"),
        ("{id: a, kind: title, heading: x, duration: soon}", "is not valid under any"),
        ("{id: a, kind: title, heading: x, beats: [{id: b, show: x}]}", "'show' was unexpected"),
        ("{kind: title, heading: x}", "'id' is a required property"),
    ],
)
def test_the_schema_finds_what_the_reader_would(shot: str, message: str) -> None:
    found = errors(f"storyboard: 1\ntitle: x\nshots: [{shot}]")
    assert any(message in one for one in found), found


@pytest.mark.parametrize("duration", ["4s", "4", "0.5", "0:12", "1:02:03.5", "auto", "350ms"])
def test_durations_are_accepted_as_editors_read_them(duration: str) -> None:
    shot = f"{{id: a, kind: title, heading: 2025, duration: {duration}}}"
    assert errors(f"storyboard: 1\ntitle: x\nshots: [{shot}]") == []


def test_every_field_of_the_common_models_is_described() -> None:
    shots = [one for name, one in SCHEMA["definitions"].items() if name.startswith("shot-")]
    common = ("title", "statement", "duration", "cue", "cues", "chapter", "source", "note", "transition")
    assert all(shot["properties"][name]["description"] for shot in shots for name in common)


PAGES = reference_pages()


def test_what_is_in_docs_is_what_the_models_say() -> None:
    docs = Path(__file__).parents[1] / "docs"
    for name, text in {"storyboard.schema.json": schema_text(), **PAGES}.items():
        assert (docs / name).read_text(encoding="utf-8") == text, (
            f"run: explainers schema --docs docs ({name})"
        )


def test_the_reference_tells_every_kind_and_field() -> None:
    for kind in discover().values():
        text = PAGES[f"kinds/{kind.name}.md"]
        assert f"]({f'kinds/{kind.name}.md'})" in PAGES["storyboard.md"]
        assert all(f"| `{info.alias or name}` |" in text for name, info in kind.params.model_fields.items())


def test_the_roles_of_pointing_and_of_memory_are_told_apart_in_every_theme() -> None:
    for theme in THEMES.values():
        for one, other in (("accent", "cache"), ("layers", "cache"), ("a", "b"), ("b", "c"), ("good", "bad")):
            pairs = zip(channels(theme.color(one)), channels(theme.color(other)), strict=True)
            assert sum(abs(a - b) for a, b in pairs) > 60, (theme.name, one, other)
