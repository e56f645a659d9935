"""What an author writes in a beat of a `diagram`: what happens, verb by verb."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from explainers.kinds.base import KindBeat
from explainers.kinds.diagram.params import Names, Side, Whole
from explainers.storyboard.types import Frozen, Label, Name, Role, ShortForm

Things = Annotated[tuple[str, ...], ShortForm(None)]
"""Names of nodes, groups, tokens, edges (`a -> b`), rows and terms (`table.row`, `formula.term`)."""


class NumberForm(ShortForm):
    """Lets one number stand for a list of one."""

    def _long(self, value: Any) -> Any:
        return [value] if isinstance(value, str | int) else value


class Move(Frozen):
    """Tokens travel."""

    tokens: Names
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
    role: Role = "exit"
    """The colour of the leavers."""


class Merge(Frozen):
    """Tokens close ranks to one batch and travel as one."""

    node: Names
    """The nodes whose tokens merge."""
    along: tuple[Name, ...] = ()
    """Where the batch goes."""
    role: Role | None = None
    """A colour it takes on."""


class Fill(Frozen):
    """Slots of a node are filled, one after another; tokens that are elsewhere travel there."""

    node: Name
    """The node."""
    with_: Names = Field(alias="with")
    """The tokens."""
    from_: Name | None = Field(default=None, alias="from")
    """Where new tokens come from."""
    slots: tuple[Whole, ...] = ()
    """The slots to fill, from 1; the first free ones where nothing is written."""


class Reorder(Frozen):
    """The tokens of a node change places."""

    node: Name
    """The node."""
    order: Names
    """All its tokens in their new order."""


class Map(Frozen):
    """Lines that point: each of `from` at its counterpart in `to` (or all at one)."""

    from_: Names = Field(alias="from")
    """Tokens or nodes."""
    to: Names
    """Tokens or nodes, as many, or one."""
    role: Role = "cache"
    """The lines' colour."""


class Pulse(Frozen):
    """A dot runs along edges: a signal, a request, a read."""

    along: tuple[Name, ...] = Field(min_length=2)
    """Through these nodes."""
    role: Role = "accent"
    """Its colour."""


class Verbs(KindBeat):
    """What happens in one step. All of it begins together, but tokens move after looks have changed."""

    reveal: Things = ()
    """Enter now; whatever a `reveal` names is not there before."""
    hide: Things = ()
    """Leave now."""
    highlight: Things = ()
    """A white outline; all else is dimmed and stays. Until the beat ends or the next step highlights."""
    mark: Annotated[tuple[Whole, ...], NumberForm(None)] = ()
    """Numbers of badges that become bright, with their edges."""
    transform: dict[Name, Name] = Field(default_factory=dict)
    """Nodes that become other nodes, travelling to their place."""
    relabel: dict[Name, Label] = Field(default_factory=dict)
    """New texts of tokens and nodes."""
    recolor: dict[Name, Role] = Field(default_factory=dict)
    """New roles of tokens and nodes."""
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


class BeatParams(Verbs):
    """A beat's verbs, and further steps one after another in `then`."""

    then: tuple[Verbs, ...] = ()
    """Steps that follow in the same beat, each when the one before is done."""
