"""What an author writes: nodes, edges, places and tokens, verbs of beats, and changes for other frames."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from explainers.facts.numbers import NumberFormat
from explainers.kinds.base import KindBeat, KindParams
from explainers.storyboard.film import FrameShape
from explainers.storyboard.types import Boolean, Frozen, Label, Name, Number, Role, ShortForm, ShownText

Side = Literal["left", "right", "top", "bottom"]
LabelSide = Literal["center", "head", "left", "right", "top", "bottom"]
Shape = Literal[
    "box", "tray", "diamond", "plates", "gates", "text", "table", "formula", "bar", "memory", "index"
]

_EDGE = re.compile(r"\s*(\S+)\s*(->|=>|--|<->)\s*(\S+?)\s*(?::\s*(.*\S)\s*)?")
_ARROWS: dict[str, dict[str, Any]] = {
    "->": {},
    "=>": {"lanes": True},
    "--": {"heads": "none"},
    "<->": {"heads": "both"},
}


def _number(value: Any) -> Any:
    """A number written in YAML, which the reader keeps as text."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return value


def _math(value: Any) -> Any:
    if isinstance(value, str) and "#" in value:
        raise ValueError("a term of mathematics without #: formulas hold no code")
    return value


def _math_label(value: Any) -> Any:
    if isinstance(value, str):
        _math("".join(value.split("$")[1::2]))
    return value


class EdgeForm(ShortForm):
    """Lets `a -> b: label` stand for an edge."""

    def _long(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        match = _EDGE.fullmatch(value)
        if match is None:
            raise ValueError("an edge such as a -> b, a => b (one arrow a slot), a -- b or a <-> b")
        start, arrow, end, label = match.groups()
        return {"from": start, "to": end, **_ARROWS[arrow], **({"label": label} if label else {})}


Whole = Annotated[int, Field(ge=1, le=64), WithJsonSchema({"type": "integer"})]
Share = Annotated[float, BeforeValidator(_number), Field(gt=0, le=1)]
Length = Annotated[float, BeforeValidator(_number), Field(ge=0, le=600)]
"""A distance in 1080ths of the frame's shorter side."""
Names = Annotated[tuple[Name, ...], ShortForm(None)]
SomeNames = Annotated[Names, Field(min_length=1)]
Term = Annotated[Label, BeforeValidator(_math)]
MathLabel = Annotated[Label, BeforeValidator(_math_label)]
"""A label in which `$x$` is Typst mathematics."""
Things = Annotated[tuple[str, ...], ShortForm(None)]
"""Names of nodes, groups, tokens, edges (`a -> b`), rows and terms (`table.row`, `formula.term`)."""


class Token(Frozen):
    """How a token looks; one that is not described shows its name."""

    text: Label | None = None
    """Its text; a second line, after a line break, is set smaller."""
    role: Role = "text"
    """Its colour."""
    small: Boolean = False
    """Drawn at two thirds of the size."""
    tag: Label | None = None
    """Whose it is, in a darker cell at its left."""


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
    """`tray` shows its tokens in slots; `plates` are layers of a network, `gates` a bar with a gate a lane;
    a `bar` is as long as its `length`."""
    role: Role = "text"
    """Its colour."""
    label_at: LabelSide | None = None
    """Where the label stands; inside, or right of a tray. `head`: inside at the top, over the slots."""
    text: ShownText | None = None
    """A sentence: all of a `text` node, a table's heading, quiet words beside a counter, a second line
    elsewhere."""
    holds: tuple[Name, ...] = ()
    """The tokens in it from the start, by slot."""
    slots: Whole | None = None
    """How many tokens it has room for. Tokens stand on a node with slots and vanish inside others."""
    columns: Whole | None = None
    """Slots side by side before a new line of them begins."""
    small: Boolean = False
    """Its slots are for small tokens."""
    large: Boolean = False
    """Words that are a finding: large and strong."""
    bare: Boolean = False
    """No frame and no empty slots, only the tokens."""
    open: Boolean = False
    """No frame, only the empty slots and the tokens."""
    together: Boolean = False
    """Its slots stand together in its middle, however wide it is; else they spread over it."""
    grouped: Whole | None = None
    """A wider gap after every so many slots of a line."""
    numbered: Boolean = False
    """Numbers over its slots, from 1, as verbs count them."""
    counter: Boolean = False
    """Shows how many slots are filled, such as 2/4, under the label."""
    beside: Name | None = None
    """Placed next to this node and not in `place`."""
    side: Side = "right"
    """On which side of it."""
    apart: Length | None = None
    """How far from it, in 1080ths of the frame's shorter side; beside no node, how far its label stands from
    it."""
    width: Share | None = None
    """Its width as a share of the diagram's; natural where nothing is written."""
    height: Share | None = None
    """Its height as a share of the diagram's."""
    length: Number | None = None
    """A bar's length; all bars share one scale."""
    thin: Annotated[tuple[Annotated[int, Field(ge=0, le=12)], ...], Field(min_length=2, max_length=2)] = (
        2,
        1,
    )
    """How many thin layers lie above and below the plate with the name."""
    rows: dict[Name, Row] = Field(default_factory=dict)
    """A table's rows."""
    terms: dict[Name, Term] = Field(default_factory=dict)
    """A formula's terms in Typst's mathematics, one after another."""
    roles: dict[Name, Role] = Field(default_factory=dict)
    """Colours of single terms."""
    at: tuple[Whole, ...] = ()
    """The slots, from 1, in which the tokens it holds stand, such as places of a `memory` in any order."""
    of: Name | None = None
    """The memory that an `index` points into: a `memory` has numbered places, and an index holds the numbers
    of those it points at."""
    heads: tuple[Label, ...] = ()
    """What stands over the entries of an index, one after another."""
    picks: tuple[Name, ...] = ()
    """The tokens of its memory that an index points at from the start, one an entry."""
    times: Number | None = None
    """How many times a bar is drawn, its pieces end to end over a bracket."""
    each: tuple[Label, ...] = ()
    """Words in the pieces of a bar, one a piece."""
    format: NumberFormat | None = None
    """Writes a bar's length, or the sum of its pieces, behind its end; in a bar without pieces, inside."""
    unit: Label | None = None
    """The unit of that number."""
    against: Name | None = None
    """Another bar, whose end is drawn down to this one: the number is muted until this one is longer."""
    align: Literal["start", "center", "end"] = "center"
    """Where it stands in its place, if that is wider, or over or under another; and how a text is set."""


class Edge(Frozen):
    """A connection; `a -> b: label` is short for one."""

    from_: Name = Field(alias="from")
    """The node or group where it starts."""
    to: Name
    """The node or group where it ends."""
    label: Label | None = None
    """Words beside it."""
    role: Role | None = None
    """Its colour when it matters."""
    lanes: Boolean = False
    """One arrow a slot: tokens go through as a batch, each in its lane."""
    heads: Literal["end", "none", "both"] = "end"
    """Where it has arrowheads."""
    dashed: Boolean = False
    """A dashed line."""
    arc: Boolean = False
    """No line: tokens fly over it on nested arcs, and a badge stands where they leave."""
    bare: Boolean = False
    """No line: tokens alone show the way."""
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
    label: Label | None = None
    """A heading; it makes the group a frame."""
    text: ShownText | None = None
    """Quiet words under the heading of a docked group."""
    dock: Side | None = None
    """A panel along the whole of that edge of the frame, `share` of it deep; each of its nodes stands where
    its first edge leads to."""
    role: Role = "muted"
    """The frame's colour."""
    lane: Boolean = False
    """A lane: a band with its label at the left, or above in a narrow frame."""
    share: Share | None = None
    """Its share of the length of the place it is in."""
    gap: Length | None = None
    """Distance between its nodes, in 1080ths of the frame's shorter side; more where an edge's words need it.
    Even where nothing is written."""
    pad: Length | None = None
    """Room between its frame and what stands in it, in the same unit."""
    align: Literal["start", "center", "end"] = "center"
    """Where its nodes stand in it, if they do not fill its length."""
    space: Share | None = None
    """Nothing but room: a share of the length of the place it is in."""

    @property
    def name(self) -> str | None:
        return self.column or self.row or self.grid


class Placing(Frozen):
    """How a node lies in frames of one shape; what is not written stays."""

    label: MathLabel | None = None
    """Its name on screen, such as with another line break."""
    label_at: LabelSide | None = None
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
    bars: Share | None = None
    """The share of the diagram's width that the longest row of bars takes; most of it if not written."""
    near: Annotated[float, BeforeValidator(_number), Field(ge=1, le=2)] = 1.0
    """How many times as large as usual all is drawn in a wide frame, as far as there is room."""


class Move(Frozen):
    """Tokens travel."""

    tokens: SomeNames
    """Which."""
    along: tuple[Name, ...] = ()
    """Through these nodes, by their edges; the first may be where they are."""
    into: Name | None = None
    """To this node, by the shortest way of edges, or straight."""
    role: Role | None = None
    """A colour they take on before they leave."""


class Split(Frozen):
    """A batch parts: some of a node's tokens leave it, the rest stay or go on."""

    at: Name
    """The node where the batch is."""
    leave: Names
    """The tokens that leave."""
    to: Name | None = None
    """Where they go; out of the picture where nothing is written."""
    by: Side = "right"
    """The way out where there is no `to`."""
    rest: Name | None = None
    """Where the others go."""
    rest_role: Role | None = None
    """A colour that the others take on."""
    role: Role = "exit"
    """The colour of the leavers."""


class Decide(Frozen):
    """What is read at gates, and which of them open to the side or down."""

    at: Name
    """The node with the gates."""
    show: dict[Name, ShownText] = Field(default_factory=dict)
    """What stands in the gate of each token, such as a confidence, after its name where there is room."""
    out: Names | None = None
    """The tokens whose gates open to the side; all other gates open down. No gate opens where nothing is
    written."""
    roles: dict[Name, Role] = Field(default_factory=dict)
    """Colours of single gates that open against what is read in them."""


class Merge(Frozen):
    """Tokens close ranks to one batch and travel as one."""

    node: SomeNames
    """The nodes whose tokens merge."""
    into: Name | None = None
    """The one token that all of them become; they stay what they are where nothing is written."""
    along: tuple[Name, ...] = ()
    """Where the batch goes; the first may be where it is."""
    role: Role | None = None
    """A colour it takes on."""


class Fill(Frozen):
    """Slots of a node are filled, one after another; tokens that are elsewhere travel there."""

    node: Name
    """The node."""
    with_: SomeNames = Field(alias="with")
    """The tokens."""
    from_: Name | None = Field(default=None, alias="from")
    """Where new tokens come from."""
    slots: tuple[Whole, ...] = ()
    """The slots to fill, from 1; the first free ones where nothing is written."""


class Reorder(Frozen):
    """The tokens of a node change places."""

    node: Name
    """The node."""
    order: SomeNames
    """All its tokens in their new order."""


class Map(Frozen):
    """Lines that point: each of `from` at its counterpart in `to` (or all at one)."""

    from_: SomeNames = Field(alias="from")
    """Tokens or nodes."""
    to: SomeNames
    """Tokens or nodes, as many, or one."""
    role: Role = "cache"
    """The lines' colour."""


class Pulse(Frozen):
    """A dot runs along edges: a signal, a request, a read."""

    along: tuple[Name, ...] = Field(min_length=2)
    """Through these nodes."""
    role: Role = "accent"
    """Its colour."""


class Pick(Frozen):
    """The next entries of an index point at places of its memory; what lies there does not move."""

    index: Name
    """The index."""
    tokens: SomeNames
    """What lies in the places, one an entry; several entries may point at one place."""
    role: Role | None = None
    """The colour of the lines and entries; the memory's where nothing is written."""


class Verbs(KindBeat):
    """What happens in one step. All of it begins together, but tokens move after looks have changed."""

    reveal: Things = ()
    """Enter now; whatever a `reveal` names is not there before."""
    hide: Things = ()
    """Leave now."""
    highlight: Things = ()
    """A white outline; all else is dimmed and stays. Until the beat ends or the next step highlights."""
    mark: Annotated[tuple[Whole, ...], ShortForm(None)] = ()
    """Numbers of badges that become bright, with their edges."""
    transform: dict[Name, Name] = Field(default_factory=dict)
    """Nodes that become other nodes, travelling to their place."""
    relabel: dict[Name, MathLabel] = Field(default_factory=dict)
    """New texts of tokens and nodes."""
    recolor: dict[Name, Role] = Field(default_factory=dict)
    """New roles of tokens and nodes."""
    decide: Decide | None = None
    move: Move | None = None
    split: Split | None = None
    merge: Merge | None = None
    fill: Fill | None = None
    empty: Names = ()
    """Nodes whose tokens leave the picture."""
    reorder: Reorder | None = None
    map: Map | None = None
    unmap: Names = ()
    """Tokens or nodes whose lines go."""
    pulse: Pulse | None = None
    write: Things = ()
    """Formulas, or terms of them, that are written term by term."""
    times: dict[Name, Number] = Field(default_factory=dict)
    """How many pieces of a bar there are from now on; a bar that a `times` names has none before."""
    pick: Pick | None = None
    strike: Names = ()
    """Tokens or nodes that are struck through: what does not happen."""


class BeatParams(Verbs):
    """A beat's verbs, and further steps one after another in `then`."""

    then: tuple[Verbs, ...] = ()
    """Steps that follow in the same beat, each when the one before is done."""


def in_shape(params: Params, shape: FrameShape) -> Params:
    """The diagram with what is written for that shape in place of what is not."""
    arrangement = None if shape == "wide" else getattr(params, shape)
    if arrangement is None:
        return params
    placed = set(names_in(arrangement.place))
    nodes = {}
    for name, node in params.nodes.items():
        changes: dict[str, Any] = {"beside": None} if name in placed else {}
        if name in arrangement.nodes:
            changes |= arrangement.nodes[name].model_dump(exclude_none=True)
        nodes[name] = node.model_copy(update=changes)
    ends = {name: {"leave": one.leave, "enter": one.enter} for name, one in arrangement.edges.items()}
    edges = tuple(edge.model_copy(update=ends.get(edge.name, {})) for edge in params.edges)
    place = arrangement.place or params.place
    return params.model_copy(update={"nodes": nodes, "edges": edges, "place": place})


def first_text(params: Params, name: str) -> str:
    """The text of a token before any beat: its name where nothing is written."""
    token = params.tokens.get(name)
    return token.text if token and token.text is not None else name


def names_in(places: Sequence[str | Place]) -> Iterator[str]:
    """The nodes that stand in places, at any depth."""
    for place in places:
        if isinstance(place, str):
            yield place
        else:
            yield from names_in(place.nodes)
