"""What is wrong with an author's value, before it is known where in the file the value stands.

A `Mistake` names a value by its path of keys and indices; a `Document` turns it into a `Diagnostic` with
file, line and column. In one text it is an offset in its characters, see `in_text`.
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

    def further(self, characters: int) -> Mistake:
        """The same mistake in a text that has so many more characters before this one."""
        return replace(self, offset=characters + (self.offset or 0))

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


def in_text(
    code: str,
    message: str,
    offset: int = 0,
    length: int = 1,
    expected: str | None = None,
    did_you_mean: str | None = None,
) -> Mistake:
    """Something wrong at characters `offset` to `offset + length` of one text, which `under` places."""
    return Mistake((), code, message, expected, did_you_mean, offset=offset, length=length)


def quoted(text: str) -> str:
    """`text` as a quoted scalar, in the quotes that need the fewest changes to it."""
    return "'" + text.replace("'", "''") + "'" if '"' in text or "\\" in text else f'"{text}"'


_MAPPING, _LIST = "a mapping of keys to values", "a list"
_EXPECTED = {
    "string_type": "text",
    "finite_number": "a finite number",
    "union_tag_not_found": "a mapping that says which it is",
    **dict.fromkeys(("bool_parsing", "bool_type"), "true or false"),
    **dict.fromkeys(("dict_type", "mapping_type", "model_type", "model_attributes_type"), _MAPPING),
    **dict.fromkeys(("list_type", "tuple_type", "set_type"), _LIST),
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


def mistakes_of(
    error: ValidationError, model: type[BaseModel], data: Any, also_known: Iterable[str] = ()
) -> list[Mistake]:
    """The mistakes in `data` that kept it from being a `model`, in the author's words.

    `also_known` are keys that are allowed at the top beside the model's own, for suggestions. A validator of
    a kind may raise a ValueError: a noun ("a size such as 3x4") is what was expected, a sentence is shown as
    it is. With `PydanticCustomError("some-code", "sentence")` it names its own code.
    """
    known = tuple(also_known)
    mistakes: list[Mistake] = []
    unions: dict[Loc, dict[str, list[Mistake]]] = {}
    for each in _without_consequences(error):
        mistake, union, member = _mistake_of(each, model, data, known)
        if union is None:
            mistakes.append(mistake)
        else:
            unions.setdefault(union, {}).setdefault(member, []).append(mistake)
    return mistakes + [found for loc, members in unions.items() for found in _of_union(members, loc)]


def _without_consequences(error: ValidationError) -> list[Any]:
    """The errors, without the "too short" of a list that is so only because its entries are wrong."""
    errors = error.errors(include_url=False)
    within = {each["loc"][:end] for each in errors for end in range(len(each["loc"]))}
    return [each for each in errors if each["type"] != "too_short" or each["loc"] not in within]


def _mistake_of(
    error: Mapping[str, Any], model: type[BaseModel], data: Any, also_known: tuple[str, ...]
) -> tuple[Mistake, Loc | None, str]:
    """One of pydantic's errors as a mistake, with the path of the first union on its way, and the member of
    that union which complains."""
    raw, code = error["loc"], error["type"]
    last = raw[-1] if raw and code in ("missing", "extra_forbidden") else None
    on_key = bool(raw) and raw[-1] == "[key]"
    found: list[str | int] = []
    union, member, value = None, "", data
    # Names of union members stand in pydantic's paths, and are not in the data.
    for step in raw[:-1] if last is not None or on_key else raw:
        inside = isinstance(value, list) and isinstance(step, int) and step < len(value)
        if inside or (isinstance(value, dict) and step in value):
            value = value[step]
            found.append(step)
        elif union is None and isinstance(step, str):
            union, member = tuple(found), step
    loc = tuple(found)
    if code == "missing":
        return Mistake(loc, "missing-key", f"{last!r} is missing here"), union, member
    if code == "extra_forbidden":
        empty = error.get("input") is None
        keys = [*_fields(model, loc), *(also_known if not loc else ())]
        return _unknown_key(str(last), loc, keys, empty), union, member
    return _wrong_value(error, loc, on_key, value), union, member


def _unknown_key(key: str, loc: Loc, known: list[str], empty: bool) -> Mistake:
    near = nearest(key, known)
    # The whole list helps only where no single word does.
    listed = None if near else ", ".join(known) or None
    first, _, rest = key.partition(" ")
    if rest and first in known and empty:
        near, listed = None, f"{first}: {rest}"
    return Mistake((*loc, key), "unknown-key", f"there is no key {key!r} here", listed, near, True)


def _wrong_value(error: Mapping[str, Any], loc: Loc, on_key: bool, value: Any) -> Mistake:
    code, context = error["type"], error.get("ctx") or {}
    name = next((f"{step!r}" for step in reversed(loc) if isinstance(step, str)), "this")
    if on_key:
        return Mistake(loc, "bad-name", f"{loc[-1]!r} is not a name here", _expected(code, context), key=True)
    if "-" in code:
        where = (*loc, *context.get("loc", ()))
        return Mistake(where, code, error["msg"], context.get("expected"), context.get("did_you_mean"))
    if code in ("value_error", "assertion_error"):
        words = str(context.get("error", error["msg"]))
        if _NOUN.match(words):
            return Mistake(loc, "wrong-type", f"{name} is {_shown(value)}", words)
        return Mistake(loc, "wrong-value", words)
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
    elif isinstance(value, list) and value and all(isinstance(each, str) for each in value):
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


def _of_union(members: Mapping[str, list[Mistake]], loc: Loc) -> list[Mistake]:
    """The mistakes of a union: those of the member that came furthest, or those of all as one."""
    entered = [
        found
        for found in members.values()
        if any(each.loc != loc or each.code in ("missing-key", "unknown-key") for each in found)
    ]
    if entered:
        return min(entered, key=len)
    found = [mistake for each in members.values() for mistake in each]
    if sentences := [each for each in found if not each.expected]:
        return sentences[:1]
    expected = " or ".join(dict.fromkeys(str(each.expected) for each in found))
    near = next((each.did_you_mean for each in found if each.did_you_mean), None)
    return [Mistake(loc, found[0].code, found[0].message, expected, near)]


def _fields(model: type[BaseModel], loc: Loc) -> list[str]:
    """The keys allowed in the mapping at `loc`, by the models' annotations."""
    found: list[Any] = [model]
    for step in loc:
        found = [inner for annotation in found for inner in _step(annotation, step)]
    models = [each for annotation in found for each in _members(annotation) if _is_model(each)]
    return list(
        dict.fromkeys(field.alias or name for each in models for name, field in each.model_fields.items())
    )


def _step(annotation: Any, step: str | int) -> Iterator[Any]:
    for member in _members(annotation):
        if _is_model(member):
            fields = member.model_fields.items()
            yield from (field.annotation for name, field in fields if step in (field.alias, name))
        elif get_args(member):
            yield get_args(member)[-1] if isinstance(step, str) else get_args(member)[0]


def _members(annotation: Any) -> Iterator[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _members(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for member in get_args(annotation):
            yield from _members(member)
    else:
        yield annotation


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
