"""What an author writes in a `diagram` shot: nodes, edges, places and tokens."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from explainers.kinds.base import KindParams
from explainers.storyboard.types import Boolean, Frozen, Label, Name, Number, Role, ShortForm, ShownText

Side = Literal["left", "right", "top", "bottom"]
Shape = Literal["box", "tray", "diamond", "text", "table", "formula", "bar"]

_EDGE = re.compile(r"\s*(\S+)\s*(->|=>|--|<->)\s*(\S+?)\s*(?::\s*(.*\S)\s*)?")
_ARROWS: dict[str, dict[str, Any]] = {
    "->": {},
    "=>": {"lanes": True},
    "--": {"heads": "none"},
    "<->": {"heads": "both"},
}


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def _number(value: Any) -> Any:
    """A number written in YAML, which the reader keeps as text."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return value


def _edge(value: Any) -> Any:
    """`a -> b: label` as a mapping; other texts are left for the error message."""
    if not isinstance(value, str):
        return value
    match = _EDGE.fullmatch(value)
    if match is None:
        raise ValueError("an edge such as a -> b, a => b (one arrow a slot), a -- b or a <-> b")
    start, arrow, end, label = match.groups()
    return {"from": start, "to": end, **_ARROWS[arrow], **({"label": label} if label else {})}


def _math(value: Any) -> Any:
    if isinstance(value, str) and "#" in value:
        raise ValueError("a term of mathematics without #: formulas hold no code")
    return value


def _math_label(value: Any) -> Any:
    if isinstance(value, str):
        for mathematics in value.split("$")[1::2]:
            _math(mathematics)
    return value


class EdgeForm(ShortForm):
    """Lets `a -> b: label` stand for an edge."""

    def _long(self, value: Any) -> Any:
        return _edge(value)


Whole = Annotated[int, BeforeValidator(_whole), Field(ge=1, le=64), WithJsonSchema({"type": "integer"})]
Share = Annotated[float, BeforeValidator(_number), Field(gt=0, le=1)]
Length = Annotated[float, BeforeValidator(_number), Field(ge=0, le=600)]
"""A distance in 1080ths of the frame's shorter side."""
Names = Annotated[tuple[Name, ...], ShortForm(None)]
Term = Annotated[Label, BeforeValidator(_math)]
MathLabel = Annotated[Label, BeforeValidator(_math_label)]
"""A label in which `$x$` is Typst mathematics."""


class Token(Frozen):
    """How a token looks; one that is not described shows its name."""

    text: Label | None = None
    """Its text; a second line, after a line break, is set smaller."""
    role: Role = "text"
    """Its colour."""
    small: Boolean = False
    """Drawn at two thirds of the size."""


class Row(Frozen):
    """A row of a table: words on the left, a value on the right."""

    label: ShownText
    """The words."""
    value: ShownText | None = None
    """The value, with facts."""
    role: Role = "text"
    """The value's colour."""


class Node(Frozen):
    """One thing in the diagram."""

    label: MathLabel | None = None
    """Its name on screen; `$x$` in it is Typst mathematics. Its own name where nothing is written."""
    shape: Shape = "box"
    """`tray` shows its tokens in slots; a `bar` is as long as its `length`."""
    role: Role = "text"
    """Its colour."""
    label_at: Literal["center", "left", "right", "top", "bottom"] | None = None
    """Where the label stands; inside, or right of a tray."""
    text: ShownText | None = None
    """A sentence: all of a `text` node, a table's heading, a second line elsewhere."""
    holds: tuple[Name, ...] = ()
    """The tokens in it from the start, by slot."""
    slots: Whole | None = None
    """How many tokens it has room for. Tokens stand on a node with slots and vanish inside others."""
    columns: Whole | None = None
    """Slots side by side before a new line of them begins."""
    small: Boolean = False
    """Its slots are for small tokens."""
    bare: Boolean = False
    """No frame and no empty slots, only the tokens."""
    counter: Boolean = False
    """Shows how many slots are filled, such as 2/4, under the label."""
    beside: Name | None = None
    """Placed next to this node and not in `place`."""
    side: Side = "right"
    """On which side of it."""
    apart: Length | None = None
    """How far from it, in 1080ths of the frame's shorter side."""
    width: Share | None = None
    """Its width as a share of the diagram's; natural where nothing is written."""
    height: Share | None = None
    """Its height as a share of the diagram's."""
    length: Number | None = None
    """A bar's length; all bars share one scale."""
    rows: dict[Name, Row] = Field(default_factory=dict)
    """A table's rows."""
    terms: dict[Name, Term] = Field(default_factory=dict)
    """A formula's terms in Typst's mathematics, one after another."""
    roles: dict[Name, Role] = Field(default_factory=dict)
    """Colours of single terms."""
    align: Literal["start", "center", "end"] = "center"
    """Where it stands in its place, if that is wider; and how a text is set."""


class Edge(Frozen):
    """A connection; `a -> b: label` is short for one."""

    from_: Name = Field(alias="from")
    """The node or group where it starts."""
    to: Name
    """The node or group where it ends."""
    label: MathLabel | None = None
    """Words beside it."""
    role: Role | None = None
    """Its colour when it matters."""
    lanes: Boolean = False
    """One arrow a slot: tokens go through as a batch, each in its lane."""
    heads: Literal["end", "none", "both"] = "end"
    """Where it has arrowheads."""
    dashed: Boolean = False
    """A dashed line."""
    leave: Side | None = None
    """The side it leaves from."""
    enter: Side | None = None
    """The side it arrives at."""
    badge: Whole | None = None
    """A number on it, bright from the beat that marks it."""

    @property
    def name(self) -> str:
        """How verbs call it."""
        return f"{self.from_} -> {self.to}"


class Place(Frozen):
    """Nodes below each other, side by side, or in a grid; with a label they are a group in a frame."""

    column: Name | None = None
    """Below each other; the group's name."""
    row: Name | None = None
    """Side by side; the group's name."""
    grid: Name | None = None
    """In lines of `columns`; the group's name."""
    columns: Whole = 2
    """The width of a grid."""
    nodes: tuple[Name | Place, ...] = ()
    """What stands in it: nodes and further places."""
    label: MathLabel | None = None
    """A heading; it makes the group a frame."""
    role: Role = "muted"
    """The frame's colour."""
    lane: Boolean = False
    """A lane: a band with its label at the left, or above in a narrow frame."""
    share: Share | None = None
    """Its share of the length of the place it is in."""
    gap: Length | None = None
    """Distance between its nodes; even where nothing is written."""
    space: Share | None = None
    """Nothing but room: a share of the length of the place it is in."""

    @property
    def name(self) -> str | None:
        return self.column or self.row or self.grid


class Placing(Frozen):
    """How a node lies in frames of one shape; what is not written stays."""

    label: Label | None = None
    """Its name on screen, such as with another line break."""
    label_at: Literal["center", "left", "right", "top", "bottom"] | None = None
    """Where the label stands."""
    columns: Whole | None = None
    """Slots side by side before a new line of them begins."""
    beside: Name | None = None
    """Placed next to this node and not in `place`."""
    side: Side | None = None
    """On which side of it."""
    apart: Length | None = None
    """How far from it."""
    width: Share | None = None
    """Its width as a share of the diagram's."""
    height: Share | None = None
    """Its height as a share of the diagram's."""


class Ends(Frozen):
    """Where an edge begins and ends in frames of one shape."""

    leave: Side | None = None
    """The side it leaves from; any that suits where nothing is written."""
    enter: Side | None = None
    """The side it arrives at."""


class Arrangement(Frozen):
    """Where things lie in frames of one shape."""

    place: tuple[Name | Place, ...] = ()
    """Where everything stands: below each other if upright, side by side if square. A node named here does
    not stand beside another."""
    nodes: dict[Name, Placing] = Field(default_factory=dict)
    """What is different of single nodes."""
    edges: dict[ShownText, Ends] = Field(default_factory=dict)
    """The ends of single edges, each called `a -> b`."""


class Params(KindParams):
    """A diagram: what there is, how it is connected, where it stands, and what is on its way."""

    nodes: dict[Name, Annotated[Node, ShortForm("label")]]
    """The nodes by name."""
    edges: tuple[Annotated[Edge, EdgeForm(None)], ...] = ()
    """The connections, each `a -> b`, `a => b`, `a -- b`, `a <-> b`, or a mapping."""
    place: tuple[Name | Place, ...] = ()
    """What stands side by side; where nothing is written a layered layout follows the edges."""
    square: Arrangement | None = None
    """What lies elsewhere in a square frame. Without it `place` is turned if that leaves the type larger."""
    upright: Arrangement | None = None
    """What lies elsewhere in an upright frame."""
    tokens: dict[Name, Annotated[Token, ShortForm("text")]] = Field(default_factory=dict)
    """Looks of tokens."""
