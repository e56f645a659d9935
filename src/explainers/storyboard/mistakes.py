"""What is wrong with an author's value, before it is known where in the file the value stands.

A `Mistake` names a value by its path of keys and indices; a `Document` turns it into a `Diagnostic` with
file, line and column. A `Slip` is the same inside one text: an offset in its characters.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pydantic import BaseModel

from explainers.errors import Diagnostic

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
