"""What is wrong with an author's value, before it is known where in the file the value stands.

A `Mistake` names a value by its path of keys and indices; a `Document` turns it into a `Diagnostic` with
file, line and column. A `Slip` is the same inside one text: an offset in its characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from explainers.errors import Diagnostic, nearest

Loc = tuple[str | int, ...]
"""Path to a value in a document: keys of mappings and indices of lists, outermost first."""


@dataclass(frozen=True)
class Slip:
    """Something wrong at characters `offset` to `offset + length` of one text."""

    code: str
    message: str
    offset: int = 0
    length: int = 1
    expected: str | None = None
    did_you_mean: str | None = None


@dataclass(frozen=True)
class Mistake:
    """Something wrong at `loc`. `key` points at the key and not at its value.

    `offset`, where it is not None, counts characters into the text at `loc`, `length` of them wrong.
    `elsewhere` is the problem where what is wrong lies in another file; `loc` only leans on it.
    """

    loc: Loc
    code: str
    message: str
    expected: str | None = None
    did_you_mean: str | None = None
    key: bool = False
    offset: int | None = None
    length: int | None = None
    elsewhere: Diagnostic | None = None

    def under(self, *loc: str | int) -> Mistake:
        """The same mistake, seen from `loc` further out."""
        return replace(self, loc=(*loc, *self.loc))


def without_effect(written: BaseModel, keys: Iterable[str], what: str, loc: Loc = ()) -> list[Mistake]:
    """A mistake for each of `keys` that was written in a model at `loc` and has no effect on `what`."""
    fields = type(written).model_fields
    found = {fields[name].alias or name for name in written.model_fields_set if name in fields}
    return [
        Mistake((*loc, key), "no-effect", f"{key!r} has no effect on {what}", key=True)
        for key in keys
        if key in found
    ]


def mistake_of(slip: Slip, loc: Loc) -> Mistake:
    """The mistake that a slip in the text at `loc` is."""
    return Mistake(
        loc, slip.code, slip.message, slip.expected, slip.did_you_mean, offset=slip.offset, length=slip.length
    )


def quoted(text: str) -> str:
    """`text` as a quoted scalar, in the quotes that need the fewest changes to it."""
    return "'" + text.replace("'", "''") + "'" if '"' in text or "\\" in text else f'"{text}"'


_EXPECTED = {
    "string_type": "text",
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "dict_type": "a mapping of keys to values",
    "mapping_type": "a mapping of keys to values",
    "model_type": "a mapping of keys to values",
    "model_attributes_type": "a mapping of keys to values",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "finite_number": "a finite number",
    "union_tag_not_found": "a mapping that says which it is",
}
_LIMITS = {
    "greater_than_equal": "a number of at least {ge}",
    "greater_than": "a number above {gt}",
    "less_than_equal": "a number of at most {le}",
    "less_than": "a number under {lt}",
    "multiple_of": "a multiple of {multiple_of}",
    "too_short": "at least {min_length} of them",
    "too_long": "at most {max_length} of them",
    "string_too_short": "at least {min_length} characters",
    "string_too_long": "at most {max_length} characters",
}
_PATTERNS = {
    r"^[A-Za-z0-9][A-Za-z0-9_.-]*$": "a name of letters, digits, - _ and .",
    r"^[A-Za-z_][A-Za-z0-9_]*$": "a name of letters, digits and _, so that it can stand in an expression",
    r"^\d{2,4}x\d{2,4}$": "a size such as 1920x1080",
}
_NOUN = re.compile(r"(an?|one of|true|at (least|most)|the|\d+ to) ", re.IGNORECASE)


@dataclass(frozen=True)
class _Told:
    """One of pydantic's errors, with its path freed of the names of union members."""

    loc: Loc
    member_of: Loc | None
    member: str
    mistake: Mistake


def mistakes_of(
    error: ValidationError, model: type[BaseModel], data: Any, also_known: Iterable[str] = ()
) -> list[Mistake]:
    """The mistakes in `data` that kept it from being a `model`.

    `also_known` are keys that are allowed at the top beside the model's own, for suggestions.
    """
    told = [_told(one, model, data, tuple(also_known)) for one in _own_errors(error)]
    mistakes: list[Mistake] = []
    groups: dict[Loc, list[_Told]] = {}
    for one in told:
        if one.member_of is None:
            mistakes.append(one.mistake)
        else:
            groups.setdefault(one.member_of, []).append(one)
    for loc, group in groups.items():
        mistakes.extend(_of_union(group, loc, data))
    return mistakes


def _own_errors(error: ValidationError) -> list[Any]:
    """The errors, without the "too short" of a list that is so only because its entries are wrong."""
    errors = error.errors(include_url=False)
    deeper = [one["loc"] for one in errors]
    return [
        one
        for one in errors
        if one["type"] != "too_short"
        or not any(len(loc) > len(one["loc"]) and loc[: len(one["loc"])] == one["loc"] for loc in deeper)
    ]


def _told(error: Mapping[str, Any], model: type[BaseModel], data: Any, also_known: tuple[str, ...]) -> _Told:
    raw: tuple[Any, ...] = error["loc"]
    code = error["type"]
    last = raw[-1] if raw and code in ("missing", "extra_forbidden") else None
    on_key = bool(raw) and raw[-1] == "[key]"
    steps = raw[:-1] if last is not None or on_key else raw
    loc, member_of, member = _walk(steps, data)
    mistake = _mistake(error, code, loc, last, on_key, data)
    if code == "extra_forbidden":
        known = [*_fields(model, loc), *(also_known if not loc else ())]
        message = f"there is no key {last!r} here"
        near = nearest(str(last), known)
        first, _, rest = str(last).partition(" ")
        # The whole list helps only where no single word does.
        listed = None if near else ", ".join(known) or None
        if rest and first in known and error.get("input") is None:
            near, listed = None, f"{first}: {rest}"
        mistake = Mistake((*loc, str(last)), "unknown-key", message, listed, near, True)
    return _Told(loc, member_of, member, mistake)


def _walk(steps: tuple[Any, ...], data: Any) -> tuple[Loc, Loc | None, str]:
    """The path that exists in `data`, and the first union (by its path) with the member's name."""
    loc: list[str | int] = []
    member_of: Loc | None = None
    member = ""
    for step in steps:
        if (isinstance(data, dict) and step in data) or (
            isinstance(data, list) and isinstance(step, int) and step < len(data)
        ):
            data = data[step]
            loc.append(step)
        elif member_of is None and isinstance(step, str):
            member_of, member = tuple(loc), step
    return tuple(loc), member_of, member


def _mistake(error: Mapping[str, Any], code: str, loc: Loc, last: Any, on_key: bool, data: Any) -> Mistake:
    context = error.get("ctx") or {}
    value = _at(data, loc)
    name = next((f"{step!r}" for step in reversed(loc) if isinstance(step, str)), "this")
    if code == "missing":
        return Mistake(loc, "missing-key", f"{last!r} is missing here", did_you_mean=None)
    if on_key:
        return Mistake(loc, "bad-name", f"{loc[-1]!r} is not a name here", _expected(code, context), key=True)
    if "-" in code:
        inner = tuple(context.get("loc", ()))
        return Mistake(
            (*loc, *inner), code, error["msg"], context.get("expected"), context.get("did_you_mean")
        )
    if code in ("value_error", "assertion_error"):
        words = str(context.get("error", error["msg"]))
        if not _NOUN.match(words):
            return Mistake(loc, "wrong-value", words)
        return Mistake(loc, "wrong-type", f"{name} is {_shown(value)}", words)
    expected = _text_of(value) if code == "string_type" else _expected(code, context)
    near = None
    if code in ("literal_error", "enum") and isinstance(value, str):
        near = nearest(value, re.findall(r"'([^']*)'", str(context.get("expected", ""))))
    kind = "out-of-range" if code in _LIMITS else "wrong-type"
    return Mistake(loc, kind, f"{name} is {_shown(value, code)}", expected, near)


def _text_of(value: Any) -> str:
    """What was expected in place of `value`; the quoted text where YAML made a mapping or a list of one."""
    text = None
    if isinstance(value, dict) and len(value) == 1:
        [(key, inner)] = value.items()
        text = f"{{{key}}}" if inner is None else f"{key}: {inner}" if isinstance(inner, str) else None
    elif isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        text = f"[{', '.join(value)}]"
    return "text" if text is None else f"text, in quotes: {quoted(text)}"


def _expected(code: str, context: Mapping[str, Any]) -> str:
    if code in _EXPECTED:
        return _EXPECTED[code]
    if code in _LIMITS:
        return _LIMITS[code].format(**context)
    if code in ("literal_error", "enum", "union_tag_invalid"):
        return str(context.get("expected") or context.get("expected_tags")).replace("'", "")
    if code == "string_pattern_mismatch":
        pattern = str(context.get("pattern"))
        return _PATTERNS.get(pattern, f"text of the form {pattern}")
    return "a whole number" if code.startswith("int") else "a number" if "float" in code else "another value"


def _shown(value: Any, code: str = "") -> str:
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if code in ("string_too_short", "string_too_long"):
        return f"{len(value)} characters long"
    text = str(value)
    return repr(text if len(text) <= 60 else text[:57] + "...")


def _at(data: Any, loc: Loc) -> Any:
    for step in loc:
        data = data[step]
    return data


def _of_union(group: list[_Told], loc: Loc, data: Any) -> list[Mistake]:
    """One union, told by what its members said: the member that came furthest, or all of them as one."""
    members: dict[str, list[_Told]] = {}
    for one in group:
        members.setdefault(one.member, []).append(one)
    entered = [
        told for told in members.values() if any(one.mistake.loc != loc or _inside(one) for one in told)
    ]
    if entered:
        return [one.mistake for one in min(entered, key=len)]
    first = group[0].mistake
    told_sentences = [one.mistake for one in group if not one.mistake.expected]
    if told_sentences:
        return told_sentences[:1]
    expected = dict.fromkeys(one.mistake.expected for one in group if one.mistake.expected)
    near = next((one.mistake.did_you_mean for one in group if one.mistake.did_you_mean), None)
    return [Mistake(loc, first.code, first.message, " or ".join(expected), near)]


def _inside(told: _Told) -> bool:
    """Whether the member fitted well enough to complain of what is in it."""
    return told.mistake.code in ("missing-key", "unknown-key")


def _fields(model: type[BaseModel], loc: Loc) -> list[str]:
    """The keys allowed in the mapping at `loc`, by walking the annotations."""
    found = [model]
    for step in loc:
        found = [inner for one in found for inner in _step(one, step)]
    names = [field.alias or name for one in _models(found) for name, field in one.model_fields.items()]
    return list(dict.fromkeys(names))


def _step(annotation: Any, step: str | int) -> Iterator[Any]:
    for one in _members(annotation):
        if isinstance(one, type) and issubclass(one, BaseModel):
            for name, field in one.model_fields.items():
                if step in (field.alias, name):
                    yield field.annotation
        elif get_args(one):
            yield get_args(one)[-1] if isinstance(step, str) else get_args(one)[0]


def _members(annotation: Any) -> Iterator[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _members(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for one in get_args(annotation):
            yield from _members(one)
    else:
        yield annotation


def _models(annotations: Iterable[Any]) -> Iterator[type[BaseModel]]:
    for annotation in annotations:
        for one in _members(annotation):
            if isinstance(one, type) and issubclass(one, BaseModel):
                yield one
