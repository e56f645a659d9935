"""Parameters of a storyboard that is a template: `${name}` in any value is replaced before it is read.

The places of values stay those of the template, so that every message about a filled-in value points to
where it is used. Values are plain text: they can't bring keys, lists or other parameters with them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from explainers.errors import InvalidInput, nearest
from explainers.storyboard.document import Data, Document
from explainers.storyboard.mistakes import Loc, Mistake, mistakes_of
from explainers.storyboard.types import Frozen, Name, ShortForm

_USE = re.compile(r"\$\{([^{}\n]*)\}")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d+)?|\.\d+)([eE][+-]?\d{1,3})?")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
MAX_VALUE = 400
"""Characters of a value."""


class Parameter(Frozen):
    """What a template is given for each of its videos."""

    type: Literal["text", "number", "choice", "file", "run", "table"] = "text"
    """What a value must be: words, a number, one of `choices`, or the name of an asset, run or table."""
    choices: tuple[str, ...] = ()
    """The values of a `choice`."""
    default: str | None = None
    """The value where none is given."""

    def expected(self, value: str) -> str | None:
        """What was expected in place of `value`; None where it is good as far as can be seen from here."""
        if len(value) > MAX_VALUE:
            return f"at most {MAX_VALUE} characters"
        if _UNSEEN.search(value):
            return "one line without control characters"
        if self.type == "number" and not _NUMBER.fullmatch(value):
            return "a number"
        if self.type == "choice" and value not in self.choices:
            return ", ".join(self.choices)
        return None


Parameters = Annotated[dict[Name, Annotated[Parameter, ShortForm("type")]], Field(default_factory=dict)]


def parameters_of(document: Document) -> dict[str, Parameter]:
    """The parameters that a storyboard declares; InvalidInput where one is no declaration."""
    written = document.data.get("parameters") if isinstance(document.data, dict) else None
    found, mistakes = {}, []
    for name, raw in written.items() if isinstance(written, dict) else ():
        loc: Loc = ("parameters", name)
        data = {"type": raw} if isinstance(raw, str) else raw
        try:
            found[name] = each = Parameter.model_validate(data)
        except ValidationError as error:
            mistakes += [mistake.under(*loc) for mistake in mistakes_of(error, Parameter, data)]
            continue
        if each.type == "choice" and not each.choices:
            mistakes.append(Mistake(loc, "missing-key", f"the choice {name!r} has no choices"))
        if each.default is not None and (expected := each.expected(each.default)):
            message = f"{each.default!r} is no {each.type}"
            near = nearest(each.default, each.choices)
            mistakes.append(Mistake((*loc, "default"), "wrong-value", message, expected, near))
    if mistakes:
        raise InvalidInput(document.problem(mistake) for mistake in mistakes)
    return found


def without_values(document: Document) -> list[str]:
    """The parameters for which a storyboard has no default: it is a template that must be given values."""
    return [name for name, each in parameters_of(document).items() if each.default is None]


def filled(document: Document, values: Mapping[str, str] | None = None) -> Document:
    """The document with `values`, or defaults, in place of its parameters.

    InvalidInput for a parameter that is used and not declared, or that has no value. A document that
    declares none is given back as it is.
    """
    declared = parameters_of(document)
    known = {name: each.default for name, each in declared.items()} | dict(values or {})
    mistakes: list[Mistake] = []

    def filled_in(data: Data, loc: Loc) -> Data:
        if isinstance(data, dict):
            return {key: filled_in(value, (*loc, key)) for key, value in data.items()}
        if isinstance(data, list):
            return [filled_in(value, (*loc, index)) for index, value in enumerate(data)]
        return _text(data, loc) if isinstance(data, str) and "${" in data else data

    def _text(text: str, loc: Loc) -> str:
        def value(match: re.Match[str]) -> str:
            name = match[1].strip()
            if (given := known.get(name)) is not None:
                return given
            mistakes.append(_unfilled(name, declared, loc, match))
            return match[0]

        return _USE.sub(value, text)

    if not isinstance(document.data, dict):
        return document
    data: Any = {
        key: value if key == "parameters" else filled_in(value, (key,))
        for key, value in document.data.items()
    }
    if mistakes:
        raise InvalidInput(document.problem(mistake) for mistake in mistakes)
    return replace(document, data=data)


def _unfilled(name: str, declared: Mapping[str, Parameter], loc: Loc, match: re.Match[str]) -> Mistake:
    where: dict[str, Any] = {"offset": match.start(), "length": len(match[0])}
    if name in declared:
        expected = "a default, or `explainers batch VIDEO --matrix FILE` with a column of that name"
        return Mistake(loc, "no-value", f"the parameter {name!r} has no value", expected, **where)
    near = nearest(name, declared)
    message = f"there is no parameter {name!r}"
    return Mistake(loc, "unknown-parameter", message, ", ".join(declared) or None, near, **where)
