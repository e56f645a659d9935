"""Beats become acts: who goes where and when, and what an author asks for that can't be.

Pure bookkeeping of names, slots and seconds; nothing here knows a pixel, so that mistakes are found
without drawing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from explainers.errors import nearest
from explainers.kinds.diagram import acts
from explainers.kinds.diagram.acts import Act
from explainers.kinds.diagram.model import BeatParams, Fill, Merge, Move, Params, Split, Verbs
from explainers.kinds.diagram.names import Cast, Found
from explainers.storyboard.mistakes import Loc


@dataclass
class Script:
    """The acts of a whole shot, and the mistakes met on the way."""

    params: Params
    cast: Cast = field(init=False)
    acts: list[Act] = field(default_factory=list)
    mistakes: list[Found] = field(default_factory=list)
    where: dict[str, tuple[str, int | None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cast = Cast(self.params)
        self._focused = False
        for name, node in self.params.nodes.items():
            for slot, token in enumerate(node.holds):
                if token in self.where:
                    message = f"the token {token!r} is held twice"
                    self.mistakes.append(Found(("nodes", name, "holds", slot), "token-not-there", message))
                self.where[token] = (name, slot)

    # -- beats and steps -----------------------------------------------------------------------

    def beat(self, beat: BeatParams, loc: Loc, start_s: float, opening: bool = False) -> float:
        """Add a beat's acts; the time at which the last one is done."""
        steps: list[tuple[Verbs, Loc]] = [(beat, loc), *((one, (*loc, "then", i)) for i, one in enumerate(beat.then))]
        now = start_s + (acts.OPENING_S if opening else 0.0)
        if not steps[0][0].highlight and self._focused:
            self.acts.append(acts.Focus(start_s, acts.LOOK_S))
            self._focused = False
        focus: tuple[int, set[str], float] | None = None
        for step, where in steps:
            if step.highlight:
                self._settle(focus)
                focus = (len(self.acts), self._known(step.highlight, (*where, "highlight")), now)
            now = self._step(step, where, now)
        self._settle(focus)
        return now

    def _settle(self, focus: tuple[int, set[str], float] | None) -> None:
        """What moves while something is highlighted stays bright, and so does its way."""
        if focus is None:
            return
        index, names, start_s = focus
        bright = self.cast.expanded(names)
        for act in self.acts[index:]:
            bright |= _touched(act, self.cast)
        self.acts.insert(index, acts.Focus(start_s, acts.LOOK_S, frozenset(names), frozenset(bright)))
        self._focused = True

    def _step(self, step: Verbs, loc: Loc, start_s: float) -> float:
        done = self._looks(step, loc, start_s)
        looked = step.reveal or step.relabel or step.recolor or step.transform
        start = done if looked else start_s + (acts.LEAD_S if step.mark or step.highlight else 0.0)
        ends = [done]
        if step.empty:
            ends.append(self._empty(step.empty, loc, start))
        if step.split:
            ends.append(self._split(step.split, (*loc, "split"), start))
        if step.move:
            ends.append(self._move(step.move, (*loc, "move"), start))
        if step.merge:
            ends.append(self._merge(step.merge, (*loc, "merge"), start))
        if step.fill:
            ends.append(self._fill(step.fill, (*loc, "fill"), start))
        if step.reorder:
            ends.append(self._reorder(step, (*loc, "reorder"), start))
        ends += [self._links(step, loc, start), self._pulse(step, loc, start), self._write(step, loc, start)]
        return max(ends) + acts.REST_S

    def _looks(self, step: Verbs, loc: Loc, start_s: float) -> float:
        now = start_s
        for index, name in enumerate(step.reveal):
            if self._thing(name, (*loc, "reveal", index)):
                self._add(acts.Enter(now + index * acts.LAG_S, acts.ENTER_S, name))
        for index, name in enumerate(step.hide):
            if self._thing(name, (*loc, "hide", index)):
                self._add(acts.Leave(now, acts.LEAVE_S, name))
        badges = {edge.badge: name for name, edge in self.cast.edges.items() if edge.badge}
        for index, number in enumerate(step.mark):
            if number in badges:
                self._add(acts.Mark(now, acts.LOOK_S, badges[number]))
            else:
                self.mistakes.append(Found((*loc, "mark", index), "unknown-badge", f"no edge has the badge {number}"))
        for name in {*step.relabel, *step.recolor}:
            verb = "relabel" if name in step.relabel else "recolor"
            if name not in self.cast.nodes and name not in self.where:
                self._missing(name, [*self.cast.nodes, *self.where], (*loc, verb, name), "node or token")
                continue
        changes = sorted({*step.relabel, *step.recolor} & {*self.cast.nodes, *self.where})
        for name in changes:
            self._add(acts.Look(now, acts.LOOK_S, name, step.relabel.get(name), step.recolor.get(name)))
        for start, end in step.transform.items():
            known = [self._node(name, (*loc, "transform", start)) for name in (start, end)]
            if all(known):
                self._add(acts.Morph(now, acts.MORPH_S, start, end))
        return max([start_s, *(act.end_s for act in self.acts if act.start_s >= start_s and not isinstance(act, acts.Focus))])

    # -- tokens --------------------------------------------------------------------------------

    def _move(self, move: Move, loc: Loc, start_s: float) -> float:
        tokens = [token for i, token in enumerate(move.tokens) if self._token(token, (*loc, "tokens", i))]
        if move.into is not None and not self._node(move.into, (*loc, "into")):
            return start_s
        if not self._way((*move.along,), (*loc, "along")):
            return start_s
        if move.into is None and not move.along:
            self.mistakes.append(Found(loc, "missing-key", "a move goes along nodes or into one"))
            return start_s
        start = self._paint(tokens, move.role, start_s)
        return self._travels(tokens, move.along, move.into, loc, start)

    def _travels(
        self,
        tokens: Sequence[str],
        along: tuple[str, ...],
        into: str | None,
        loc: Loc,
        start_s: float,
        wish: Sequence[int] = (),
        order: Callable[[str], float] | None = None,
    ) -> float:
        """Send tokens on their way, freeing all their slots first; the time when the last is there."""
        ways: dict[str, tuple[str, ...]] = {}
        for index, token in enumerate(tokens):
            way = self._way_of(token, along, into, (*loc, "along" if along else "tokens", *(() if along else (index,))))
            if way is not None:
                ways[token] = way
        left = {token: self.where.pop(token) for token in ways}
        for node in dict.fromkeys(node for node, _ in left.values()):
            self._count(node, start_s)
        end, lag = start_s, 0.0
        slots: dict[str, int | None] = {}
        # They keep their order, whoever goes first.
        for token in sorted(ways, key=lambda one: (ways[one][0], left[one][1] or 0)):
            way = ways[token]
            wanted = wish[len(slots)] - 1 if len(wish) > len(slots) else left[token][1] if self._in_lanes(way) else None
            slot = self._slot(token, way[-1], wanted, (*loc, "tokens"))
            if slot == -1:
                return end
            slots[token] = slot
            self.where[token] = (way[-1], slot)
        # Those who travel do not count before they are there.
        arrived = dict.fromkeys(ways, False)
        for token in sorted(ways, key=order) if order else ways:
            way, slot, lanes = ways[token], slots[token], self._in_lanes(ways[token])
            duration = acts.travel_s(len(way) - 1)
            self._add(acts.Travel(start_s + lag, duration, token, way, slot))
            end = max(end, start_s + lag + duration)
            arrived[token] = True
            self._count(way[-1], start_s + lag + duration * 0.9, sum(not done for done in arrived.values()))
            lag += 0.0 if lanes else acts.TOKEN_LAG_S
        return end

    def _in_lanes(self, way: Sequence[str]) -> bool:
        return all((edge := self.cast.edge(a, b)) is not None and edge.lanes for a, b in _pairs(way))

    def _way_of(
        self, token: str, along: tuple[str, ...], into: str | None, loc: Loc
    ) -> tuple[str, ...] | None:
        here = self.where[token][0]
        if not along:
            return self.cast.way(here, into) if into else None
        way = along if along[0] == here else (here, *along)
        if along[0] != here and self.cast.edge(here, along[0]) is None:
            message = f"the token {token!r} is in {here!r}, not in {along[0]!r}, and no edge leads there"
            self.mistakes.append(Found(loc, "token-not-there", message, here))
            return None
        return (*way, into) if into and into != way[-1] else way

    def _split(self, split: Split, loc: Loc, start_s: float) -> float:
        for name, key in ((split.at, "at"), (split.to, "to"), (split.rest, "rest")):
            if name is not None and not self._node(name, (*loc, key)):
                return start_s
        present = [token for token, (node, _) in self.where.items() if node == split.at]
        leavers = []
        for index, token in enumerate(split.leave):
            if not self._token(token, (*loc, "leave", index)):
                continue
            if token not in present:
                message = f"the token {token!r} is in {self.where[token][0]!r}, not in {split.at!r}"
                self.mistakes.append(Found((*loc, "leave", index), "token-not-there", message, nearest(token, present)))
                continue
            leavers.append(token)
        rest = [token for token in present if token not in leavers]
        start = self._paint(leavers, split.role, start_s)
        ends = [start]
        if split.rest and rest:
            ends.append(self._travels(rest, (), split.rest, (*loc, "rest"), start))
            start += acts.TOKEN_LAG_S
        # The one nearest to the way out goes first, so that nobody overtakes.
        slots = {token: self.where[token][1] or 0 for token in leavers}
        order = {"right": lambda token: -slots[token], "left": slots.__getitem__}.get(split.by)
        if split.to:
            ends.append(self._travels(leavers, (), split.to, (*loc, "leave"), start, order=order))
        else:
            gone = sorted(leavers, key=order) if order else leavers
            ends += [self._gone(token, start + i * acts.TOKEN_LAG_S, split.by) for i, token in enumerate(gone)]
        return max(ends)

    def _merge(self, merge: Merge, loc: Loc, start_s: float) -> float:
        if not all([self._node(name, (*loc, "node", i)) for i, name in enumerate(merge.node)]):
            return start_s
        if not self._way((merge.node[0], *merge.along), (*loc, "along")):
            return start_s
        inside = sorted((merge.node.index(node), slot or 0, token) for token, (node, slot) in self.where.items() if node in merge.node)
        tokens = [token for _, _, token in inside]
        if not tokens:
            self.mistakes.append(Found((*loc, "node"), "token-not-there", f"there is no token in {merge.node[0]!r} to merge"))
            return start_s
        start = self._paint(tokens, merge.role, start_s)
        home, count = merge.node[0], len(tokens)
        for index, token in enumerate(tokens):
            way = (home,) if self.where[token][0] == home else (self.where[token][0], home)
            self._add(acts.Travel(start, acts.CLOSE_S, token, way, None, (index, count)))
        start += acts.CLOSE_S + acts.REST_S
        if not merge.along:
            return start
        duration, last = acts.travel_s(len(merge.along)), merge.along[-1]
        for token in tokens:
            del self.where[token]
        for name in merge.node:
            self._count(name, start)
        for index, token in enumerate(tokens):
            slot = self._slot(token, last, None, (*loc, "along"))
            if slot == -1:
                break
            dense = (index, count) if slot is None else None
            self._add(acts.Travel(start, duration, token, (home, *merge.along), slot, dense or (index, count)))
            self.where[token] = (last, slot)
        self._count(last, start + duration * 0.9)
        return start + duration

    def _fill(self, fill: Fill, loc: Loc, start_s: float) -> float:
        names = [(fill.node, "node"), *([(fill.from_, "from")] if fill.from_ else [])]
        if not all([self._node(name, (*loc, key)) for name, key in names]):
            return start_s
        end = start_s
        old = [token for token in fill.with_ if token in self.where]
        for index, token in enumerate(token for token in fill.with_ if token not in old):
            now = start_s + index * acts.TOKEN_LAG_S
            wish = fill.slots[index : index + 1]
            if fill.from_:
                self.where[token] = (fill.from_, None)
                self._add(acts.Appear(now, 0.1, token, fill.from_, None))
                end = max(end, self._travels([token], (), fill.node, (*loc, "with"), now, wish))
                continue
            slot = self._slot(token, fill.node, wish[0] - 1 if wish else None, (*loc, "with", index))
            if slot == -1:
                break
            self._add(acts.Appear(now, acts.ENTER_S, token, fill.node, slot))
            self.where[token] = (fill.node, slot)
            self._count(fill.node, now)
            end = max(end, now + acts.ENTER_S)
        return max(end, self._travels(old, (), fill.node, (*loc, "with"), start_s)) if old else end

    def _empty(self, names: Iterable[str], loc: Loc, start_s: float) -> float:
        ends = [start_s]
        for index, name in enumerate(names):
            if self._node(name, (*loc, "empty", index)):
                ends += [self._gone(token, start_s, None) for token, (node, _) in list(self.where.items()) if node == name]
        return max(ends)

    def _gone(self, token: str, start_s: float, by: str | None) -> float:
        node, _ = self.where.pop(token)
        duration = 0.6 if by else acts.LEAVE_S
        self._add(acts.Leave(start_s, duration, token, by))
        self._count(node, start_s)
        return start_s + duration

    def _reorder(self, step: Verbs, loc: Loc, start_s: float) -> float:
        reorder = step.reorder
        if reorder is None or not self._node(reorder.node, (*loc, "node")):
            return start_s
        present = {token: slot for token, (node, slot) in self.where.items() if node == reorder.node}
        if sorted(present) != sorted(reorder.order):
            strange = next((token for token in reorder.order if token not in present), None)
            message = f"{reorder.node!r} holds {', '.join(present) or 'no token'}; an order names each of them once"
            near = nearest(strange, present) if strange else None
            self.mistakes.append(Found((*loc, "order"), "token-not-there", message, near))
            return start_s
        for slot, token in zip(sorted(slot or 0 for slot in present.values()), reorder.order, strict=True):
            if present[token] != slot:
                way = (reorder.node, reorder.node)
                self._add(acts.Travel(start_s, acts.SHUFFLE_S, token, way, slot, arc=True))
            self.where[token] = (reorder.node, slot)
        return start_s + acts.SHUFFLE_S

    # -- lines, dots and formulas --------------------------------------------------------------

    def _links(self, step: Verbs, loc: Loc, start_s: float) -> float:
        known = [*self.where, *self.cast.nodes]
        for index, name in enumerate(step.unmap):
            if self._one_of(name, known, (*loc, "unmap", index), "token or node"):
                self._add(acts.Unlink(start_s, acts.LEAVE_S, name))
        if step.map is None:
            return start_s
        one, many = step.map.to, step.map.from_
        if len(one) not in (1, len(many)):
            message = f"{len(many)} lines point at {len(one)} things; as many, or one for all"
            self.mistakes.append(Found((*loc, "map", "to"), "wrong-count", message))
            return start_s
        good = [self._one_of(name, known, (*loc, "map", "from", i), "token or node") for i, name in enumerate(many)]
        good += [self._one_of(name, known, (*loc, "map", "to", i), "token or node") for i, name in enumerate(one)]
        end = start_s
        for index, name in enumerate(many if all(good) else ()):
            target = one[index] if len(one) > 1 else one[0]
            link = acts.Link(start_s + index * acts.TOKEN_LAG_S, acts.LINK_S, name, target, step.map.role)
            self._add(link)
            end = link.end_s
        return end

    def _pulse(self, step: Verbs, loc: Loc, start_s: float) -> float:
        if step.pulse is None or not self._way(step.pulse.along, (*loc, "pulse", "along")):
            return start_s
        duration = acts.travel_s(len(step.pulse.along) - 1)
        self._add(acts.Signal(start_s, duration, step.pulse.along, step.pulse.role))
        return start_s + duration

    def _write(self, step: Verbs, loc: Loc, start_s: float) -> float:
        terms: list[tuple[str, str]] = []
        for index, name in enumerate(step.write):
            node = self.cast.nodes.get(self.cast.parts.get(name, name))
            if node is None or not node.terms:
                formulas = [one for one, other in self.cast.nodes.items() if other.terms]
                self._missing(name, [*formulas, *self.cast.parts], (*loc, "write", index), "formula or term")
            elif name in self.cast.parts:
                terms.append((self.cast.parts[name], name.split(".", 1)[1]))
            else:
                terms += [(name, term) for term in node.terms]
        for index, (formula, term) in enumerate(terms):
            self._add(acts.Write(start_s + index * acts.TERM_LAG_S, acts.ENTER_S, formula, term))
        return start_s + (len(terms) - 1) * acts.TERM_LAG_S + acts.ENTER_S if terms else start_s

    # -- bookkeeping ---------------------------------------------------------------------------

    def _add(self, act: Act) -> None:
        self.acts.append(act)

    def _paint(self, tokens: Iterable[str], role: Any, start_s: float) -> float:
        if role is None:
            return start_s
        for token in tokens:
            self._add(acts.Look(start_s, acts.LOOK_S, token, None, role))
        return start_s + acts.LOOK_S

    def _count(self, node: str, t: float, under_way: int = 0) -> None:
        if self.cast.nodes[node].counter:
            filled = sum(1 for where, _ in self.where.values() if where == node) - under_way
            self._add(acts.Count(t, 0.0, node, filled))

    def _slot(self, token: str, node: str, wanted: int | None, loc: Loc) -> int | None:
        """A free slot, the wanted one if it is; None inside a node without slots; -1 where all are full."""
        slots = self.cast.slots(node)
        if not slots:
            return None
        taken = {slot for where, slot in self.where.values() if where == node}
        free = [slot for slot in range(slots) if slot not in taken]
        if not free:
            message = f"there is no room for {token!r}: {node!r} has {slots} slots and all are taken"
            self.mistakes.append(Found(loc, "too-many-tokens", message))
            return -1
        return wanted if wanted in free else free[0]

    def _token(self, name: str, loc: Loc) -> bool:
        if name in self.where:
            return True
        if name in self.cast.tokens:
            self.mistakes.append(Found(loc, "token-not-there", f"the token {name!r} is not on stage here"))
            return False
        return self._one_of(name, [*self.where], loc, "token")

    def _node(self, name: str, loc: Loc) -> bool:
        return self._one_of(name, [*self.cast.nodes], loc, "node")

    def _thing(self, name: str, loc: Loc) -> bool:
        return self._one_of(name, [*self.cast.things(), *self.where], loc, "node, group, edge, token or row")

    def _known(self, names: Iterable[str], loc: Loc) -> set[str]:
        return {name for index, name in enumerate(names) if self._thing(name, (*loc, index))}

    def _one_of(self, name: str, known: Sequence[str], loc: Loc, what: str) -> bool:
        if name not in known:
            self._missing(name, known, loc, what)
        return name in known

    def _missing(self, name: str, known: Sequence[str], loc: Loc, what: str) -> None:
        code = {"node": "unknown-node", "token": "unknown-token"}.get(what, "unknown-thing")
        self.mistakes.append(Found(loc, code, f"there is no {what} {name!r}", nearest(name, known)))

    def _way(self, way: Sequence[str], loc: Loc) -> bool:
        """Whether all nodes exist and edges lead from each to the next."""
        good = all([self._node(name, (*loc, index)) for index, name in enumerate(way)])
        for index, (start, end) in enumerate(_pairs(way) if good else ()):
            if self.cast.edge(start, end) is None:
                message = f"no edge leads from {start!r} to {end!r}"
                self.mistakes.append(Found((*loc, index + 1), "no-edge", message))
                good = False
        return good


def _pairs(way: Sequence[str]) -> list[tuple[str, str]]:
    return list(zip(way, way[1:], strict=False))


def _touched(act: Act, cast: Cast) -> set[str]:
    """The names that an act brings into play."""
    if isinstance(act, acts.Travel):
        edges = [edge.name for a, b in _pairs(act.way) if (edge := cast.edge(a, b))]
        return {act.token, *act.way, *edges}
    if isinstance(act, acts.Signal):
        edges = [edge.name for a, b in _pairs(act.way) if (edge := cast.edge(a, b))]
        return {*act.way, *edges}
    if isinstance(act, acts.Mark):
        edge = cast.edges[act.edge]
        return {act.edge, edge.from_, edge.to}
    if isinstance(act, acts.Enter | acts.Look):
        return {act.name}
    if isinstance(act, acts.Appear):
        return {act.token, act.node}
    if isinstance(act, acts.Link):
        return {act.start, act.end}
    if isinstance(act, acts.Write):
        return {act.node}
    return {act.end} if isinstance(act, acts.Morph) else set()


def beat_seconds(beat: BeatParams) -> float:
    """How long a beat's acts take, seen alone: every name it uses is taken to be where it must be."""
    return sum(_step_seconds(step) for step in (beat, *beat.then))


def _step_seconds(step: Verbs) -> float:
    looks = max(
        [len(step.reveal) * acts.LAG_S + acts.ENTER_S if step.reveal else 0.0]
        + [acts.LOOK_S if step.relabel or step.recolor or step.mark or step.highlight else 0.0]
        + [acts.MORPH_S if step.transform else 0.0]
    )
    moves = [0.0]
    if step.move:
        moves.append(acts.travel_s(max(1, len(step.move.along))) + len(step.move.tokens) * acts.TOKEN_LAG_S)
    if step.split:
        moves.append(acts.LOOK_S + acts.travel_s(2) + (len(step.split.leave) + 1) * acts.TOKEN_LAG_S)
    if step.merge:
        moves.append(acts.CLOSE_S + acts.REST_S + acts.travel_s(len(step.merge.along)) + acts.LOOK_S)
    if step.fill:
        moves.append((acts.travel_s(2) if step.fill.from_ else acts.ENTER_S) + len(step.fill.with_) * acts.TOKEN_LAG_S)
    if step.reorder:
        moves.append(acts.SHUFFLE_S)
    if step.map:
        moves.append(acts.LINK_S + len(step.map.from_) * acts.TOKEN_LAG_S)
    if step.pulse:
        moves.append(acts.travel_s(len(step.pulse.along) - 1))
    if step.write:
        moves.append(acts.ENTER_S + 2 * len(step.write) * acts.TERM_LAG_S)
    return looks + max(moves) + acts.LEAD_S + acts.REST_S


def script_of(params: Params, beats: Sequence[tuple[float, float, BeatParams | None]]) -> Script:
    """The script of beats given by start, end and verbs; a beat that is too short is played faster."""
    script = Script(params)
    for index, (start_s, end_s, beat) in enumerate(beats):
        if beat is None:
            continue
        first = len(script.acts)
        done = script.beat(beat, ("beats", index), start_s, opening=index == 0)
        room = (end_s - start_s) * 0.96
        if done - start_s > room:
            share = room / (done - start_s)
            script.acts[first:] = [
                replace(act, start_s=start_s + (act.start_s - start_s) * share, duration_s=act.duration_s * share)
                for act in script.acts[first:]
            ]
    return script
