"""The reference of storyboards as pages of Markdown, made from the models and the kinds' own words."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from explainers.assets.manifest import FileEntry, Origin, RunEntry, Source, TableEntry
from explainers.facts.expression import FUNCTIONS
from explainers.kinds import discover
from explainers.kinds.base import KindBeat, SceneKind
from explainers.storyboard import types
from explainers.storyboard.film import Moment, Music, ShotVoice, Voice
from explainers.storyboard.model import (
    Beat,
    Canvas,
    FactEntry,
    Page,
    Poster,
    Shot,
    Storyboard,
    TimedCue,
    Transition,
)
from explainers.storyboard.types import Quantity, Reference, ShortForm, Shown
from explainers.theme import THEMES

_HEAD = """# Storyboard reference

Made from the models in the code: what stands here is what the reader accepts.

A storyboard is YAML. Plain values stay as they are written: `1:30` is a duration only where a
duration is expected, and `on` is never a boolean. Unknown keys are errors.
"""

_FUNCTIONS = ", ".join(f"`{name}`" for name in FUNCTIONS)

_FACTS = f"""
In a text, `{{fact}}` writes a fact in its own format, `{{fact:+.1%}}` in another, and
`{{drex / off - 1:+.1%}}` works an expression out in place. `{{=Llama-2-70B}}` keeps digits that belong to a
name, and `{{{{` and `}}}}` are the brackets themselves. Any other digit in a title, statement, caption, axis
or bar text is a finding; labels (nodes, tokens, code) are free.

Expressions have numbers, fact names, `+ - * / **`, brackets and {_FUNCTIONS}.
A column whose name is not one word stands in backquotes. Formats are Python's for numbers (`.1f`, `,.0f`,
`+.1%`, `d`), `clock` for seconds as minutes and seconds (`clock.1` with tenths), and `words` or `Words` for
a small whole number as a word. A number is rounded once, where it is written.
"""

_TITLES = {
    Canvas: "Canvas",
    Poster: "Poster",
    Page: "Page",
    Beat: "Beats",
    TimedCue: "Captions with times",
    Transition: "Transitions",
    Voice: "Voice",
    Music: "Music",
    ShotVoice: "A shot's voice",
    Moment: "Waiting for words",
    TableEntry: "tables",
    Origin: "from, of a table or run",
    RunEntry: "runs",
    FileEntry: "files",
}

_ASSETS = """
The file stands in `assets/<video>/` and says where everything comes from, under `sources`, `tables`, `runs`
and `files`, each a mapping by name (`files` by path). This is an entry of `sources`.
"""

_DURATIONS = """
Durations are `4s`, `350ms`, `2min`, `0:12`, `1:02:03.5` or plain seconds. `auto` is as long as it takes to
read (15 characters a second and 0.8 s to find the place), at least the beats, and what the kind needs.
"""


def reference_pages() -> dict[str, str]:
    """Every page by its path below `docs/`: the index, one a topic, and one a kind."""
    kinds = discover()
    topics = {
        "storyboard/file.md": ("The file", (Storyboard, Canvas, Voice, Music, Poster, Page), ""),
        "storyboard/facts.md": ("Facts", (FactEntry,), _FACTS),
        "storyboard/shots.md": (
            "Shots and beats",
            (Shot, Beat, Moment, ShotVoice, TimedCue, Transition),
            _DURATIONS,
        ),
        "storyboard/assets.md": ("assets.yaml", (Source, TableEntry, Origin, RunEntry, FileEntry), _ASSETS),
    }
    pages = {path: _topic(*topic) for path, topic in topics.items()}
    pages |= {"storyboard/roles.md": _roles_page(), "storyboard/roles.svg": _roles_picture()}
    pages |= {f"kinds/{kind.name}.md": kind_page(kind) for kind in kinds.values()}
    links = [f"- [{title}]({path}): {_first(_doc(models[0]))}" for path, (title, models, _) in topics.items()]
    links.append("- [Roles](storyboard/roles.md): The colours, by what they mean, in every theme.")
    named = [f"- [{kind.name}](kinds/{kind.name}.md): {_first(kind.doc)}" for kind in kinds.values()]
    heading = "\n## Scene kinds\n\nEach kind adds its fields to the shot and to its beats.\n"
    return pages | {"storyboard.md": "\n".join([_HEAD, *links, heading, *named]) + "\n"}


_ROLE_MEANINGS = {
    "text": "words, and what has no colour of its own",
    "muted": "what is quiet: axes, sources, things of no interest now",
    "accent": "what is pointed at or runs: pulses, chips, the edge of a reveal",
    "baseline": "what something is compared with",
    "ours": "the system that the film is about; the brightest in the frame",
    "exit": "what leaves, is done, is let through",
    "stay": "what stays behind or is held",
    "buffer": "what waits",
    "cache": "memory, and what is kept in it",
    "warn": "what goes wrong or is lost",
    "layers": "layers of a network",
    "ramp": "a point where is decided",
    "a": "nothing: the first of several like things",
    "b": "nothing: the second",
    "c": "nothing: the third",
    "good": "what is better",
    "bad": "what is worse",
}


def _roles_page() -> str:
    """The page about roles: what each means, and its colour in every theme."""
    head = (
        "# Roles\n\nA storyboard names what a thing means, and the theme gives it a colour. `accent` and"
        " `cache`, or `a`, `b` and `c`, are told apart in every theme; roles with one colour are not to stand"
        " beside each other with two meanings.\n\n![Every role as a swatch, in every theme](roles.svg)\n"
    )
    table = [f"| role | means | {' | '.join(THEMES)} |", "|---" * (2 + len(THEMES)) + "|"]
    for role in get_args(types.Role):
        colors = " | ".join(f"`{theme.color(role)}`" for theme in THEMES.values())
        table.append(f"| `{role}` | {_ROLE_MEANINGS[role]} | {colors} |")
    return _joined([head, *table])


def _roles_picture() -> str:
    """Swatches of every role as an SVG picture, a column a theme: a shape and words in its colour."""
    roles, wide, row = get_args(types.Role), 340, 44
    parts = []
    for column, theme in enumerate(THEMES.values()):
        x, font = column * wide, 'font-family="sans-serif" font-size="17"'
        parts.append(
            f'<rect x="{x}" width="{wide}" height="{row * len(roles) + 52}" fill="{theme.background}"/>'
            f'<text x="{x + 24}" y="34" {font} fill="{theme.color("muted")}">{theme.name}</text>'
        )
        for index, role in enumerate(roles):
            y, color = 52 + index * row, theme.color(role)
            parts.append(
                f'<rect x="{x + 24}" y="{y}" width="96" height="30" rx="7" fill="{theme.fill(role)}" '
                f'stroke="{color}" stroke-width="2"/>'
                f'<text x="{x + 138}" y="{y + 21}" {font} fill="{color}">{role}</text>'
            )
    size = f"{wide * len(THEMES)} {row * len(roles) + 52}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}">\n' + "\n".join(parts) + "\n</svg>\n"
    )


def kind_page(kind: SceneKind) -> str:
    """One kind's page: its words, a sheet of its example, its fields, and the example itself."""
    sheet = f"![Stills of the example of {kind.name}]({kind.name}.webp)\n"
    example = f"## Example\n\n```yaml\n{kind.example.strip()}\n```\n"
    fields = _joined(["## Fields\n", *_fields_of(kind)])
    return _joined([f"# {kind.name}\n\n{kind.doc}\n", *([sheet] if kind.packaged else []), fields, example])


def _fields_of(kind: SceneKind) -> Iterable[str]:
    yield _table(kind.params)
    if kind.beat_params is not KindBeat:
        yield from ("On a beat:\n", _table(kind.beat_params))
    for model in dict.fromkeys([*_models_in(kind.params), *_models_in(kind.beat_params)]):
        yield from (f"`{model.__name__}`: {_doc(model)}\n", _table(model))


def _topic(title: str, models: Sequence[type[BaseModel]], more: str) -> str:
    """A page about several models: the first one is its subject, the others are sections."""
    first, *others = models
    parts = [f"# {title}\n\n{_doc(first)}\n{more}", _table(first)]
    return _joined(
        [*parts, *(f"## {_TITLES[model]}\n\n{_doc(model)}\n\n{_table(model)}" for model in others)]
    )


def _joined(parts: Iterable[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(parts)).rstrip() + "\n"


def _first(doc: str) -> str:
    return " ".join(doc.split("\n\n")[0].split())


def _doc(model: type[BaseModel]) -> str:
    return inspect.cleandoc(model.__doc__ or "")


def _table(model: type[BaseModel]) -> str:
    if not model.model_fields:
        return ""
    rows = ["| key | value | default | |", "|---|---|---|---|"]
    for name, info in model.model_fields.items():
        value = _words(info.annotation, tuple(info.metadata))
        words = " ".join((info.description or "").split())
        rows.append(f"| `{info.alias or name}` | {_cell(value)} | {_cell(_default(info))} | {_cell(words)} |")
    return "\n".join(rows) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _default(info: Any) -> str:
    if info.is_required():
        return "**required**"
    value = info.default
    if value in (None, PydanticUndefined, (), {}, "") or isinstance(value, BaseModel):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


_ALIASES = (
    (types.Seconds, "duration"),
    (types.Boolean, "true or false"),
    (types.Role, "role"),
    (types.Name, "name"),
)
_REFERRED = {
    "table": "table",
    "run": "run",
    "asset": "asset path",
    "source": "source",
    "picture": "drawn picture",
    "code": "`file.py:Name`",
}
_PLAIN = {str: "text", int: "whole number", float: "number", bool: "true or false", Any: "anything"}


def _words(annotation: Any, metadata: tuple[Any, ...] = ()) -> str:
    """A type in the author's words."""
    for alias, word in _ALIASES:
        inner, *said = (get_args(alias)) if get_origin(alias) is Annotated else (alias,)
        if annotation == alias or (said and annotation == inner and all(one in metadata for one in said[:1])):
            return word
    for one in metadata:
        if isinstance(one, Shown):
            return "text" if one.digits == "checked" else "label"
        if isinstance(one, Quantity):
            return "number or expression"
        if isinstance(one, Reference):
            return _REFERRED[one.to]
        if isinstance(one, ShortForm):
            long = _words(annotation)
            return long if one.key is None else f"{one.key}, or {long}"
    origin = get_origin(annotation)
    arguments = get_args(annotation)
    if origin is Annotated:
        return _words(arguments[0], tuple(arguments[1:]))
    if origin in (Union, UnionType):
        return " or ".join(_words(argument) for argument in arguments if argument is not type(None))
    if origin is Literal:
        return ", ".join(f"`{argument}`" for argument in arguments)
    if origin in (list, tuple):
        return _list_words(arguments)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return f"mapping of {_words(arguments[1])} by name"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"{{{', '.join(info.alias or name for name, info in annotation.model_fields.items())}}}"
    return _PLAIN.get(annotation, "text")


def _list_words(arguments: tuple[Any, ...]) -> str:
    if len(arguments) == 1 or arguments[1] is Ellipsis:
        model = arguments[0]
        named = {Shot: "shots", Beat: "beats"}.get(model)
        return f"list of {named or _words(model)}"
    return f"[{', '.join(_words(argument) for argument in arguments)}]"


def _models_in(model: type[BaseModel]) -> Iterable[type[BaseModel]]:
    """The models that a model's fields are made of, each once, outermost first."""
    found: dict[type[BaseModel], None] = {}
    waiting = [info.annotation for info in model.model_fields.values()]
    while waiting:
        one: Any = waiting.pop(0)
        if isinstance(one, type) and get_origin(one) is None and issubclass(one, BaseModel):
            if one not in found:
                found[one] = None
                waiting += [info.annotation for info in one.model_fields.values()]
        else:
            waiting += [inner for inner in get_args(one) if not isinstance(inner, str)]
    return found
