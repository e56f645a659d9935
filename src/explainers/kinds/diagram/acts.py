"""What beats come down to: single acts with times, by name and without any geometry.

Times are seconds from the shot's start. A `Travel` knows the nodes on its path and its slot there; where
those lie is the picture's business.
"""

from __future__ import annotations

from dataclasses import dataclass

from explainers.kinds.diagram.params import BeatParams, Verbs
from explainers.storyboard.types import Role

ENTER_S, LOOK_S, LEAVE_S, DRIFT_S = 0.45, 0.35, 0.3, 0.6
"""How long things enter, change their look, leave, and drift off by a side."""
LAG_S, TOKEN_LAG_S, TERM_LAG_S = 0.1, 0.18, 0.4
"""Between things that enter together, tokens on one edge, and terms of a formula."""
FOLLOW_LAG_S = 0.22
"""Between tokens that come out of one point: each has gone on by most of its own width."""
CLOSE_S, MORPH_S, SHUFFLE_S, LINK_S = 0.45, 0.8, 1.4, 0.5
LEAD_S, REST_S, OPENING_S, CARRIED_S = 0.2, 0.15, 0.9, 1.1
"""Before tokens move in a step, after it, and before the first step of a shot; and of one that carries on
from another, whose things first travel and then rest for a moment."""


FALL_S, FALL_LAG_S, FLY_S, FLY_LAG_S = 0.35, 0.06, 0.8, 0.09
"""A fall through one edge's lanes, a flight on an arc, and the lags between those who fall and who fly."""
READ_S, READ_LAG_S, VERDICT_S = 0.3, 0.08, 0.4
"""A reading rolls into a gate, the lag to the next gate, and the wait before gates open."""


def travel_s(hops: int) -> float:
    """How long a token is under way over so many edges."""
    return min(2.6, 0.65 + 0.45 * hops)


@dataclass(frozen=True)
class Act:
    """Something that happens from `start_s`, over `duration_s` seconds."""

    start_s: float
    duration_s: float

    @property
    def end_s(self) -> float:
        return self.start_s + self.duration_s


@dataclass(frozen=True)
class Enter(Act):
    """A node, group, edge, row or token comes on stage."""

    name: str


@dataclass(frozen=True)
class Leave(Act):
    """A node, group, edge, row or token goes; a token may drift off `by` a side."""

    name: str
    by: str | None = None


@dataclass(frozen=True)
class Focus(Act):
    """What is outlined and what stays as it is; all else is dimmed. Both None: nothing is dimmed."""

    outlined: frozenset[str] | None = None
    bright: frozenset[str] | None = None


@dataclass(frozen=True)
class Mark(Act):
    """The step of an edge's badge happens, and is done at the end."""

    edge: str


@dataclass(frozen=True)
class Read(Act):
    """A reading of a token appears in a gate of a node."""

    node: str
    slot: int
    token: str
    text: str


@dataclass(frozen=True)
class Gate(Act):
    """A gate of a node opens `out` or `down`, goes `back` to how it was, or with no state loses its reading
    too."""

    node: str
    slot: int
    state: str
    role: Role


@dataclass(frozen=True)
class Look(Act):
    """A node or token takes on a text or a role; None leaves it as it is."""

    name: str
    text: str | None = None
    role: Role | None = None


@dataclass(frozen=True)
class Appear(Act):
    """A token enters in a slot of a node; None: inside it."""

    token: str
    node: str
    slot: int | None


@dataclass(frozen=True)
class Travel(Act):
    """A token goes along `path` (its present node first) to a slot of the last node; None: inside it.

    `dense` is its index and the size of the batch it travels in, where ranks are closed.
    """

    token: str
    path: tuple[str, ...]
    slot: int | None
    dense: tuple[int, int] | None = None
    arc: bool = False
    way: str = ""
    """`fall` in lanes, `fly` on an arc."""


@dataclass(frozen=True)
class Count(Act):
    """So many slots of a node are filled from here on."""

    node: str
    filled: int


@dataclass(frozen=True)
class Link(Act):
    """A line grows from one token or node to another."""

    start: str
    end: str
    role: Role


@dataclass(frozen=True)
class Unlink(Act):
    """The lines from a token or node go."""

    start: str


@dataclass(frozen=True)
class Signal(Act):
    """A dot runs through nodes."""

    path: tuple[str, ...]
    role: Role


@dataclass(frozen=True)
class Write(Act):
    """A term of a formula is written."""

    node: str
    term: str


PIECE_S, PIECE_LAG_S, PICK_LAG_S, STRIKE_S = 0.4, 0.1, 0.12, 0.3
"""How long a piece of a bar grows, between two pieces, between two picks, and how long a strike takes."""


def pieces_s(count: int) -> float:
    """How long so many pieces of a bar take to come."""
    return PIECE_S + max(0, count - 1) * PIECE_LAG_S


@dataclass(frozen=True)
class Pieces(Act):
    """A bar has `count` pieces from here on; those it did not have come one after another."""

    node: str
    before: int
    count: int


@dataclass(frozen=True)
class Pick(Act):
    """An entry of an index points at a slot of its memory."""

    index: str
    entry: int
    slot: int
    role: Role


@dataclass(frozen=True)
class Strike(Act):
    """A token or node is struck through."""

    name: str


@dataclass(frozen=True)
class Morph(Act):
    """One node becomes another."""

    start: str
    end: str


def beat_s(beat: BeatParams) -> float:
    """How long a beat's acts take, by itself: every name it uses is taken to be where it must be."""
    return sum(_step_s(step) for step in (beat, *beat.then))


def _step_s(step: Verbs) -> float:
    looks, moves = [0.0], [0.0]
    if step.reveal:
        looks.append(len(step.reveal) * LAG_S + ENTER_S)
    if step.relabel or step.recolor or step.mark or step.highlight:
        looks.append(LOOK_S)
    if step.transform:
        looks.append(MORPH_S)
    if step.decide:
        moves.append(len(step.decide.show) * READ_LAG_S + READ_S + VERDICT_S + LOOK_S)
    if move := step.move:
        moves.append(travel_s(max(1, len(move.along))) + len(move.tokens) * TOKEN_LAG_S)
    if step.split:
        moves.append(LOOK_S + travel_s(2) + (len(step.split.leave) + 1) * TOKEN_LAG_S)
    if step.merge:
        moves.append(CLOSE_S + REST_S + travel_s(len(step.merge.along)) + LOOK_S)
    if fill := step.fill:
        moves.append(
            len(fill.with_) * FOLLOW_LAG_S + travel_s(2)
            if fill.from_
            else len(fill.with_) * TOKEN_LAG_S + ENTER_S
        )
    if step.reorder:
        moves.append(SHUFFLE_S)
    if step.map:
        moves.append(LINK_S + len(step.map.from_) * TOKEN_LAG_S)
    if step.pulse:
        moves.append(travel_s(len(step.pulse.along) - 1))
    if step.times:
        moves.append(max(pieces_s(int(float(count))) for count in step.times.values()))
    if step.pick:
        moves.append(LINK_S + len(step.pick.tokens) * PICK_LAG_S)
    if step.strike:
        moves.append(STRIKE_S + len(step.strike) * TOKEN_LAG_S)
    if step.write:
        moves.append(ENTER_S + 2 * len(step.write) * TERM_LAG_S)
    return max(looks) + max(moves) + LEAD_S + REST_S
