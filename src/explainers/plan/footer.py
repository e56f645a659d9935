"""The footer of a shot: what kind of evidence it shows, and where that is from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from explainers.assets import Source

CAREFUL = ("illustration", "simulated", "published", "measured")
"""Provenance words, the one that claims least first."""

SEPARATOR = " · "


def footer(
    names: Iterable[str],
    sources: Mapping[str, Source],
    runs_kinds: Iterable[str] = (),
    caveats: Iterable[str] = (),
    note: str | None = None,
    override: str | None = None,
    illustrated: Iterable[str] = (),
) -> tuple[str | None, str | None]:
    """The provenance word and the footer line of a shot; None and None where it shows no evidence.

    Sources of different kinds are named each under its own; the word is the one that claims least,
    and `override` is the author's own. `runs_kinds` are what the runs say of themselves, `illustrated`
    names what is drawn because a file is missing.
    """
    labels: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        source = sources[name]
        labels.setdefault(override or source.kind, []).append(source.label or source.citation)
    for name in illustrated:
        labels.setdefault("illustration", []).append(name)
    kinds = {*labels, *runs_kinds}
    word = override or next((kind for kind in CAREFUL if kind in kinds), None)
    named = {kind: ", ".join(dict.fromkeys(labels[kind])) for kind in reversed(CAREFUL) if kind in labels}
    parts = [f"{kind}: {words}" for kind, words in named.items()]
    if word and word not in labels:
        parts.insert(0, word)
    parts += [*dict.fromkeys(caveats), *([note] if note else [])]
    return word, SEPARATOR.join(parts) or None
