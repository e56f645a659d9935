"""The types a storyboard's fields are made of.

The YAML reader keeps every plain scalar as written; these types say what it means. `Shown`,
`Reference` and `Quantity` are markers: the plan walks a kind's params, finds them at any depth, fills
facts in, loads what is referred to, and reports what is not there with its line and column.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    WithJsonSchema,
)
from pydantic import GetJsonSchemaHandler as GetJsonSchema
from pydantic_core import CoreSchema, core_schema

from explainers.inputs import nfc


class Frozen(BaseModel):
    """Base of everything an author writes: unknown keys are errors, values never change.

    The string under a field is its description in the reference and in editors.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        populate_by_name=False,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        defer_build=True,
    )


@dataclass(frozen=True)
class Shown:
    """Text that is drawn. `digits` says whether a typed digit is a finding (never for labels)."""

    digits: Literal["checked", "structural"]


@dataclass(frozen=True)
class Reference:
    """The name of something that must exist: a table, a run, an asset file, a source, a drawn picture, or a
    class or function of a `.py` beside the storyboard."""

    to: Literal["table", "run", "asset", "source", "picture", "code"]
    optional: bool = False
    """A declared file that need not be there: what else is shown stays, and no slate stands for it."""


@dataclass(frozen=True)
class Quantity:
    """A number, or an expression over facts that gives one; the plan replaces it by the number."""


@dataclass(frozen=True)
class ShortForm:
    """Lets a text stand for a mapping with that text under `key`, or a text for a list of one.

    `Annotated[Poster, ShortForm("shot")]` reads `poster: race` as `poster: {shot: race}`;
    `Annotated[tuple[X, ...], ShortForm(None)]` reads one `x` as `[x]`.
    """

    key: str | None

    def _long(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return [value] if self.key is None else {self.key: value}

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._long, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchema) -> dict[str, Any]:
        return {"anyOf": [{"type": "string"}, handler(schema)]}


_TIMECODE = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{2}(?:\.\d+)?)")
_SECONDS = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|min)?")


def parse_duration(text: Any) -> float:
    """Seconds of `4s`, `350ms`, `0:12`, `1:02:03.5` or a bare number; ValueError otherwise."""
    if isinstance(text, (int, float)) and not isinstance(text, bool):
        return float(text)
    written = str(text).strip()
    if match := _TIMECODE.fullmatch(written):
        hours, minutes, seconds = match.groups()
        if float(seconds) >= 60 or (hours is not None and int(minutes) >= 60):
            raise ValueError("a timecode whose seconds and minutes are under 60")
        return float(hours or 0) * 3600 + float(minutes) * 60 + float(seconds)
    if match := _SECONDS.fullmatch(written):
        return float(match[1]) * {"ms": 0.001, "s": 1.0, "min": 60.0, None: 1.0}[match[2]]
    raise ValueError("a duration such as 4s, 350ms or 0:12")


def whole(value: Any) -> Any:
    """The whole number that a text is; anything else as it is."""
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise ValueError("true or false")


_DURATION_SCHEMA = {
    "anyOf": [
        {"type": "number", "minimum": 0},
        {"type": "string", "pattern": r"^\d+(\.\d+)?\s*(ms|s|min)?$|^(\d+:)?\d{1,2}:\d{2}(\.\d+)?$"},
    ],
    "description": "a duration: 4s, 350ms, 0:12",
}

Seconds = Annotated[
    float, BeforeValidator(parse_duration), Field(ge=0, le=86400), WithJsonSchema(_DURATION_SCHEMA)
]

Slo = dict[Literal["ttft", "tpot", "e2e"], Seconds]
"""What a request is held to: the most time to its first token, per token after it, and until its end."""
Boolean = Annotated[bool, BeforeValidator(_boolean), WithJsonSchema({"type": "boolean"})]

ShownText = Annotated[str, Shown("checked"), Field(max_length=2000)]
"""Words on screen: `{fact:format}` is filled in, any other digit must stand in `{=literal}`."""

Label = Annotated[str, Shown("structural"), Field(max_length=500)]
"""A structural label (node, token, code): facts are filled in, digits are free."""

TableName = Annotated[str, Reference("table")]
FilePath = Annotated[str, AfterValidator(nfc)]
"""A path below the video's assets folder, compared as names are: with composed accents."""
RunName = Annotated[FilePath, Reference("run")]
AssetPath = Annotated[FilePath, Reference("asset")]
OptionalAsset = Annotated[FilePath, Reference("asset", optional=True)]
SourceName = Annotated[str, Reference("source")]
PictureName = Annotated[str, Reference("picture"), Field(max_length=100)]
"""A drawn picture, which a `.py` beside the storyboard brings."""
CodeName = Annotated[
    str, Reference("code"), Field(pattern=r"^[A-Za-z0-9_]+\.py:[A-Za-z_][A-Za-z0-9_]*$", max_length=200)
]
"""A class or function of a `.py` beside the storyboard: `plots.py:latency`."""

Number = Annotated[
    float | str,
    Quantity(),
    WithJsonSchema({"type": ["number", "string"], "description": "a number, or an expression over facts"}),
]
"""A number on a scale: written, or an expression over facts; a kind always sees a float."""

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=100)]

Role = Literal[
    "text", "muted", "accent", "baseline", "ours", "exit", "stay", "buffer", "cache", "warn", "layers",
    "ramp", "a", "b", "c", "good", "bad"
]  # fmt: skip
"""A meaning that the theme gives a colour; storyboards never name a hue. `a`, `b`, `c`, `good` and `bad` mean
nothing but what a picture says with them."""
