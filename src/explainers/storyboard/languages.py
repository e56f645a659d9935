"""A storyboard in another language: a file beside it, with the same shots and beats and other words.

`storyboard.id.yaml` beside `storyboard.yaml` has the form of the storyboard and of it only words: a shot is
found by its id, a beat and whatever else has an id too, other entries of lists by their number from 1. So a
translator has one file without anything that a film is made of, the storyboard stays as short as it is, and
every text of every kind of scene can stand in another language. Numbers come from the same facts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from explainers.errors import InvalidInput, UsageError, did_you_mean, nearest
from explainers.storyboard.document import Data, Document
from explainers.storyboard.mistakes import Loc, Mistake
from explainers.storyboard.reader import read_document

_FILE = re.compile(r"storyboard\.([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\.yaml")
_TOP = ("title", "description", "poster", "voice", "facts", "shots")
"""What of a storyboard may stand in another language."""
_FIXED = frozenset(("id", "kind"))
_OF_A_FACT = ("format", "unit")


def languages(storyboard: Path) -> dict[str, Path]:
    """The files of other languages beside a storyboard, by language."""
    found = {}
    for path in sorted(storyboard.parent.glob("storyboard.*.yaml")):
        if match := _FILE.fullmatch(path.name):
            found[match[1]] = path
    return found


def in_language(document: Document, language: str, inside: Path | None = None) -> Document:
    """The storyboard with its words in a language; each place of such a word is in the language's file.

    The storyboard's own language is the storyboard. UsageError where there is no file of the language;
    InvalidInput where it is no good YAML, or says what there is nothing of in the storyboard.
    """
    own = document.data.get("language", "en") if isinstance(document.data, dict) else "en"
    if language == own:
        return document
    there = languages(document.path)
    if language not in there:
        known = ", ".join((str(own), *there))
        hint = did_you_mean(language, there)
        message = f"the film is not there in {language!r} but in {known}; its words would stand in"
        raise UsageError(f"{message} storyboard.{language}.yaml beside the storyboard{hint and '; ' + hint}")
    path = there[language]
    display = f"{document.display.removesuffix(document.path.name)}{path.name}"
    words = read_document(path, display, inside)
    merge = _Merge(words)
    data = merge.into(document.data, words.data, (), ())
    if merge.mistakes:
        raise InvalidInput(words.problem(mistake) for mistake in merge.mistakes)
    assert isinstance(data, dict), "words were merged into a mapping"
    return replace(document, data=data | {"language": language}, elsewhere=merge.places, translation=words)


def not_words(document: Document, texts: Iterable[Loc]) -> Iterator[Mistake]:
    """What a language's file says of places that hold no words of the film: `texts` are those that do.

    Only words may differ between languages, never what a number is or where something stands.
    """
    known = set(texts)
    for loc in document.elsewhere:
        free = loc[0] in ("voice", "facts", "poster") or "drawn" in loc
        if not free and loc not in known and not any(text[: len(loc)] == loc for text in known):
            message = "no words of the film stand here: they are the same in every language"
            yield Mistake(loc, "no-words", message, "words that are shown or said")


class _Merge:
    """Puts words in the place of others; `mistakes` are at places of their file."""

    def __init__(self, words: Document):
        self.words = words
        self.mistakes: list[Mistake] = []
        self.places: dict[Loc, Loc] = {}

    def into(self, data: Data, words: Data, loc: Loc, there: Loc) -> Data:
        """`data` with `words` in it; they stand at `there` in their file, and at `loc` in the storyboard."""
        if isinstance(words, dict) and isinstance(data, dict):
            return self._mapping(data, words, loc, there)
        if isinstance(words, dict) and isinstance(data, list):
            return self._list(data, words, loc, there)
        if isinstance(words, list) and isinstance(data, list) and len(words) <= len(data):
            merged: list[Any] = list(data)
            for number, word in enumerate(words):
                merged[number] = self.into(data[number], word, (*loc, number), (*there, number))
            return merged
        if isinstance(words, str) and isinstance(data, str):
            self.places[loc] = there
            return words
        forms = (dict, "a mapping"), (list, f"a list of {len(data or ())}"), (str, "a text")
        what = next((form for kind, form in forms if isinstance(data, kind)), "nothing")
        expected = f"{what}, as in the storyboard"
        self.mistakes.append(
            Mistake(there, "other-form", "this is not what the storyboard has here", expected)
        )
        return data

    def _mapping(self, data: dict[str, Any], words: dict[str, Any], loc: Loc, there: Loc) -> Data:
        merged = dict(data)
        for key, word in words.items():
            place: Loc = (*there, key)
            of_voice, of_a_fact = loc[:1] == ("voice",), loc[:1] == ("facts",) and len(loc) == 2
            allowed = _TOP if not loc else _OF_A_FACT if of_a_fact else None
            if (allowed and key not in allowed) or (loc and key in _FIXED):
                message = f"{key!r} is the same in every language"
                self._wrong(place, "not-words", message, ", ".join(allowed or ()) or None)
            elif key in data:
                merged[key] = self.into(data[key], word, (*loc, key), place)
            elif of_voice or of_a_fact or (not loc and key == "voice"):
                # Another language has another voice, and pronounces other names.
                merged[key] = word
                self.places[(*loc, key)] = place
            else:
                near = nearest(key, data)
                self._wrong(place, "unknown-key", f"the storyboard has no {key!r} here", None, near)
        return merged

    def _list(self, data: list[Any], words: dict[str, Any], loc: Loc, there: Loc) -> Data:
        ids = {
            str(one["id"]): number for number, one in enumerate(data) if isinstance(one, dict) and "id" in one
        }
        numbers = {str(number): number - 1 for number in range(1, len(data) + 1)}
        merged = list(data)
        for key, word in words.items():
            number = ids.get(key, numbers.get(key))
            if number is None:
                known = ", ".join(ids) or f"numbers from 1 to {len(data)}"
                message = f"the storyboard has no {key!r} here"
                self._wrong((*there, key), "unknown-name", message, known, nearest(key, ids))
            else:
                merged[number] = self.into(data[number], word, (*loc, number), (*there, key))
        return merged

    def _wrong(
        self, place: Loc, code: str, message: str, expected: str | None, near: str | None = None
    ) -> None:
        self.mistakes.append(Mistake(place, code, message, expected, near, key=True))
