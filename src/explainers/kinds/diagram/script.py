"""Beats become acts: which token goes where and when, and what an author asks for that can't be.

Only names, slots and seconds are kept here and no geometry, so that mistakes are found without drawing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from explainers.errors import nearest
from explainers.kinds.diagram import acts
from explainers.kinds.diagram import params as verbs
from explainers.kinds.diagram.acts import Act
from explainers.kinds.diagram.graph import Graph
from explainers.storyboard.mistakes import Loc, Mistake
from explainers.storyboard.types import Role

_MOVING = ("empty", "decide", "split", "move", "merge", "fill", "reorder", "unmap", "map", "pulse", "write")
"""The verbs that act when looks have changed, in this order. `Script` has a method for each, which takes
what is written, its place in the shot and its start in seconds, and returns the time when it is done."""
_LATER = ("times", "pick", "strike")
"""Verbs of the same kind that act after those."""
_THING = "node, group, edge, token or row"
_FULL = -1
"""The slot of a token for which there is no room."""


class Script:
    """The acts of a shot, and the mistakes found on the way. `where` has every token's node and slot after
    the acts so far, without a slot (None) where tokens vanish inside."""

    def __init__(self, graph: Graph, opening_s: float = acts.OPENING_S):
        self.graph, self.opening_s = graph, opening_s
        self.acts: list[Act] = []
        self.mistakes: list[Mistake] = []
        self.where: dict[str, tuple[str, int | None]] = {}
        self._read: dict[tuple[str, int | None], str] = {}
        self._focused = False
        self.picked = {name: len(node.picks) for name, node in graph.nodes.items()}
        self.pieces: dict[str, int] = {}
        for name, node in graph.nodes.items():
            for index, token in enumerate(node.holds):
                if token in self.where:
                    message = f"the token {token!r} is held twice"
                    self._mistake(("nodes", name, "holds", index), "token-not-there", message)
                self.where[token] = graph.homes[token]

    def add_beat(self, beat: verbs.BeatParams, loc: Loc, start_s: float, end_s: float, opening: bool) -> None:
        """Add a beat's acts; where it is too short for them they are played faster."""
        steps: list[tuple[verbs.Verbs, Loc]] = [(beat, loc)]
        steps += [(step, (*loc, "then", index)) for index, step in enumerate(beat.then)]
        first, now = len(self.acts), start_s + (self.opening_s if opening else 0.0)
        if not beat.highlight and self._focused:
            self._add(acts.Focus(start_s, acts.LOOK_S))
            self._focused = False
        focus: tuple[int, set[str], float] | None = None
        for step, where in steps:
            if step.highlight:
                self._settle(focus)
                names = self._known(step.highlight, (*where, "highlight"), _THING)
                focus = len(self.acts), {*names}, now
            now = self._step(step, where, now)
        self._settle(focus)
        room = (end_s - start_s) * 0.96
        if now - start_s > room:
            share = room / (now - start_s)
            for index, act in enumerate(self.acts[first:], first):
                t = start_s + (act.start_s - start_s) * share
                self.acts[index] = replace(act, start_s=t, duration_s=act.duration_s * share)

    def _settle(self, focus: tuple[int, set[str], float] | None) -> None:
        """What moves while something is highlighted stays bright, and so does its path."""
        if focus is None:
            return
        index, names, start_s = focus
        bright = self.graph.expanded(names)
        for act in self.acts[index:]:
            bright |= _touched(act, self.graph)
        self.acts.insert(index, acts.Focus(start_s, acts.LOOK_S, frozenset(names), frozenset(bright)))
        self._focused = True

    def _step(self, step: verbs.Verbs, loc: Loc, start_s: float) -> float:
        first = len(self.acts)
        done = self._looks(step, loc, start_s)
        looked = step.reveal or step.relabel or step.recolor or step.transform
        start = done if looked else start_s + (acts.LEAD_S if step.mark or step.highlight else 0.0)
        ends = [done]
        for verb in (*_MOVING, *_LATER):
            if written := getattr(step, verb):
                ends.append(getattr(self, f"_{verb}")(written, (*loc, verb), start))
        for index, act in enumerate(self.acts[first:], first):
            if isinstance(act, acts.Mark):
                edge = self.graph.edges[act.edge]
                used = [
                    other.end_s
                    for other in self.acts[first:]
                    if isinstance(other, acts.Travel | acts.Signal)
                    and (edge.from_, edge.to) in pairwise(other.path)
                ]
                end = max(used or ends)
                self.acts[index] = replace(act, duration_s=max(acts.LOOK_S, end - act.start_s))
        return max(ends) + acts.REST_S

    def _looks(self, step: verbs.Verbs, loc: Loc, start_s: float) -> float:
        graph = self.graph
        for index, name in enumerate(self._known(step.reveal, (*loc, "reveal"), _THING)):
            self._add(acts.Enter(start_s + index * acts.LAG_S, acts.ENTER_S, name))
        for name in self._known(step.hide, (*loc, "hide"), _THING):
            self._add(acts.Leave(start_s, acts.LEAVE_S, name))
        badges: dict[int, list[str]] = {}
        for name, edge in graph.edges.items():
            if edge.badge:
                badges.setdefault(edge.badge, []).append(name)
        for index, number in enumerate(step.mark):
            for name in badges.get(number, ()):
                self._add(acts.Mark(start_s, acts.LOOK_S, name))
            if number not in badges:
                self._mistake((*loc, "mark", index), "unknown-badge", f"no edge has the badge {number}")
        for name in sorted({*step.relabel, *step.recolor}):
            verb = "relabel" if name in step.relabel else "recolor"
            if self._is(name, (*loc, verb, name), "node or token"):
                text, role = step.relabel.get(name), step.recolor.get(name)
                self._add(acts.Look(start_s, acts.LOOK_S, name, text, role))
        for start, end in step.transform.items():
            known = [self._is(name, (*loc, "transform", start)) for name in (start, end)]
            if all(known):
                self._add(acts.Morph(start_s, acts.MORPH_S, start, end))
        later = [act.end_s for act in self.acts if act.start_s >= start_s and not isinstance(act, acts.Focus)]
        return max([start_s, *later])

    # -- tokens --------------------------------------------------------------------------------

    def _move(self, move: verbs.Move, loc: Loc, start_s: float) -> float:
        tokens = self._known(move.tokens, (*loc, "tokens"), "token")
        if move.into is not None and not self._is(move.into, (*loc, "into")):
            return start_s
        if not self._leads(move.along, (*loc, "along")):
            return start_s
        if move.into is None and not move.along:
            self._mistake(loc, "missing-key", "a move goes along nodes or into one")
            return start_s
        start = self._paint(tokens, move.role, start_s)
        paths = {}
        for token in tokens:
            here, along = self.where[token][0], move.along
            if along and along[0] != here:
                if self.graph.edge(here, along[0]) is None:
                    message = (
                        f"the token {token!r} is in {here!r}, not in {along[0]!r}, and no edge leads there"
                    )
                    self._mistake((*loc, "along"), "token-not-there", message, here)
                    continue
                along = (here, *along)
            if not along and move.into:
                along = self.graph.path(here, move.into)
            paths[token] = (*along, move.into) if move.into and move.into != along[-1] else along
        return self._send(paths, (*loc, "tokens"), start)

    def _split(self, split: verbs.Split, loc: Loc, start_s: float) -> float:
        for name, key in ((split.at, "at"), (split.to, "to"), (split.rest, "rest")):
            if name is not None and not self._is(name, (*loc, key)):
                return start_s
        if split.to and "by" in split.model_fields_set:
            message = "'by' has no effect: it is the way out of the picture, and they go `to` a node"
            self._mistake((*loc, "by"), "no-effect", message)
        present = self._in(split.at)
        leavers = []
        for index, token in enumerate(split.leave):
            place = (*loc, "leave", index)
            if self._is(token, place, "token") and token not in present:
                message = f"the token {token!r} is in {self.where[token][0]!r}, not in {split.at!r}"
                self._mistake(place, "token-not-there", message, nearest(token, present))
            elif token in present:
                leavers.append(token)
        rest = [token for token in present if token not in leavers]
        start = self._paint(leavers, split.role, start_s)
        self._paint(rest, split.rest_role, start_s)
        if self.graph.nodes[split.at].shape == "gates":
            # Behind the bar nobody sees them change.
            start = start_s
        ends = [start]
        flies = split.to and any((edge := self.graph.edge(split.at, split.to)) and edge.arc for _ in (0,))
        if split.rest and rest:
            ends.append(
                self._send(self._paths(rest, split.rest), (*loc, "rest"), start + (0.1 if flies else 0.0))
            )
            start += 0.0 if flies else acts.TOKEN_LAG_S
        # The token nearest to the exit goes first, so that none overtakes another.
        slots = {token: self.where[token][1] or 0 for token in leavers}
        order = {"right": lambda token: -slots[token], "left": slots.__getitem__}.get(split.by)
        if split.to:
            ends.append(self._send(self._paths(leavers, split.to), (*loc, "leave"), start, order=order))
        else:
            gone = sorted(leavers, key=order) if order else leavers
            ends += [self._leave(t, start + i * acts.TOKEN_LAG_S, split.by) for i, t in enumerate(gone)]
        return max(ends)

    def _decide(self, decide: verbs.Decide, loc: Loc, start_s: float) -> float:
        """Readings roll into the gates from left to right; a moment later the gates open."""
        node, place = decide.at, (*loc, "at")
        if not self._is(node, place):
            return start_s
        if self.graph.nodes[node].shape != "gates":
            self._mistake(place, "no-gates", f"{node!r} has no gates; `shape: gates` gives a node some")
            return start_s
        present = {token: slot for token, (here, slot) in self.where.items() if here == node}
        for key, names in (("show", decide.show), ("out", decide.out or ()), ("roles", decide.roles)):
            for index, token in enumerate(names):
                if token not in present:
                    at = (*loc, key, index if key == "out" else token)
                    message = f"the token {token!r} is not at {node!r}"
                    self._mistake(at, "token-not-there", message, nearest(token, present))
                    return start_s
        now = start_s
        for index, token in enumerate(sorted(decide.show, key=lambda token: present[token] or 0)):
            t = start_s + index * acts.READ_LAG_S
            now = self._add(acts.Read(t, acts.READ_S, node, present[token] or 0, token, decide.show[token]))
            self._read[node, present[token]] = token
        if decide.out is None:
            if decide.roles:
                message = "'roles' has no effect: no gate opens without `out`, which may be an empty list"
                self._mistake((*loc, "roles"), "no-effect", message)
            return now
        now += acts.VERDICT_S if decide.show else 0.0
        for token, slot in present.items():
            leaves = token in decide.out
            role = decide.roles.get(token, "exit" if leaves else "text")
            self._add(acts.Gate(now, acts.LOOK_S, node, slot or 0, "out" if leaves else "down", role))
            self._read.setdefault((node, slot), token)
        return now + acts.LOOK_S

    def _merge(self, merge: verbs.Merge, loc: Loc, start_s: float) -> float:
        if len(self._known(merge.node, (*loc, "node"))) < len(merge.node):
            return start_s
        home, along = merge.node[0], merge.along
        if along[:1] != (home,):
            along = (home, *along)
        if not self._leads(along, (*loc, "along")):
            return start_s
        inside = sorted(
            (merge.node.index(node), slot or 0, token)
            for token, (node, slot) in self.where.items()
            if node in merge.node
        )
        tokens = [token for _, _, token in inside]
        if not tokens:
            self._mistake((*loc, "node"), "token-not-there", f"there is no token in {home!r} to merge")
            return start_s
        start, count = self._paint(tokens, merge.role, start_s), len(tokens)
        for index, token in enumerate(tokens):
            here = self.where[token][0]
            near = (home,) if here == home else (here, home)
            self._add(acts.Travel(start, acts.CLOSE_S, token, near, None, (index, count)))
        start += acts.CLOSE_S + acts.REST_S
        if merge.into is not None:
            return self._become(tokens, merge.into, along, loc, start)
        if len(along) < 2:
            return start
        path, last, duration = along, along[-1], acts.travel_s(len(along) - 1)
        for token in tokens:
            del self.where[token]
        for name in merge.node:
            self._count(name, start)
        for index, token in enumerate(tokens):
            slot = self._free_slot(token, last, None, (*loc, "along"))
            if slot == _FULL:
                break
            self._add(acts.Travel(start, duration, token, path, slot, (index, count)))
            self.where[token] = (last, slot)
        self._count(last, start + duration)
        return start + duration

    def _become(
        self, tokens: Sequence[str], one: str, along: tuple[str, ...], loc: Loc, start_s: float
    ) -> float:
        """Tokens that have closed ranks go, and one comes in their place and travels on."""
        if one in self.where and one not in tokens:
            self._mistake((*loc, "into"), "token-not-there", f"the token {one!r} is somewhere already")
            return start_s
        for token in tokens:
            if token != one:
                self._leave(token, start_s, None)
        home = along[0]
        self.where.pop(one, None)
        slot = self._free_slot(one, home, None, (*loc, "into"))
        if slot == _FULL:
            return start_s
        self.where[one] = (home, slot)
        end = self._add(acts.Appear(start_s, acts.ENTER_S, one, home, slot))
        self._count(home, start_s)
        return self._send({one: along}, (*loc, "along"), end) if len(along) > 1 else end

    def _fill(self, fill: verbs.Fill, loc: Loc, start_s: float) -> float:
        if not self._is(fill.node, (*loc, "node")):
            return start_s
        if fill.from_ and not self._is(fill.from_, (*loc, "from")):
            return start_s
        if not self._slots_fit(fill, loc):
            return start_s
        end, place = start_s, (*loc, "with")
        slots = {token: number - 1 for token, number in zip(fill.with_, fill.slots, strict=False)}
        old = [token for token in fill.with_ if token in self.where]
        for index, token in enumerate(token for token in fill.with_ if token not in old):
            bare = fill.from_ and not self.graph.slots(fill.from_)
            now = start_s + index * (acts.FOLLOW_LAG_S if bare else acts.TOKEN_LAG_S)
            at, wanted = (fill.from_, None) if fill.from_ else (fill.node, slots.get(token))
            slot = self._free_slot(token, at, wanted, (*place, fill.with_.index(token)))
            if slot == _FULL:
                break
            self.where[token] = (at, slot)
            shown_s = 0.1 if slot is None and fill.from_ else acts.ENTER_S
            self._add(acts.Appear(now, shown_s, token, at, slot))
            self._count(at, now)
            end = max(end, now + acts.ENTER_S)
            if fill.from_:
                # It is shown where it comes from, if that has a slot for it, before it leaves.
                now += 0.0 if slot is None else acts.ENTER_S
                wanted_slots = [slots[token]] if token in slots else []
                end = max(end, self._send(self._paths([token], fill.node), place, now, wanted_slots))
        if not old:
            return end
        wanted_slots = [slots[token] for token in old if token in slots]
        return max(end, self._send(self._paths(old, fill.node), place, start_s, wanted_slots))

    def _slots_fit(self, fill: verbs.Fill, loc: Loc) -> bool:
        """Whether the tokens are where they are to come from, and the slots that are named are free."""
        before = len(self.mistakes)
        for index, token in enumerate(fill.with_):
            here = self.where[token][0] if token in self.where else None
            if fill.from_ and here not in (None, fill.from_):
                message = f"the token {token!r} is in {here!r}, not in {fill.from_!r}"
                self._mistake((*loc, "with", index), "token-not-there", message, here)
        taken = {self.where[t][1]: t for t in self._in(fill.node) if t not in fill.with_}
        room = self.graph.slots(fill.node)
        for index, number in enumerate(fill.slots):
            message = ""
            if index >= len(fill.with_):
                message = f"slot {number} is for no token: {len(fill.with_)} in `with`"
            elif number > room:
                message = f"{fill.node!r} has {room or 'no'} slots, and no slot {number}"
            elif number in fill.slots[:index]:
                message = f"slot {number} is filled twice"
            elif number - 1 in taken:
                message = f"slot {number} of {fill.node!r} holds {taken[number - 1]!r}"
            if message:
                self._mistake((*loc, "slots", index), "no-slot", message)
        return len(self.mistakes) == before

    def _empty(self, names: Sequence[str], loc: Loc, start_s: float) -> float:
        ends = [start_s]
        for name in self._known(names, loc):
            ends += [self._leave(token, start_s, None) for token in self._in(name)]
        return max(ends)

    def _reorder(self, reorder: verbs.Reorder, loc: Loc, start_s: float) -> float:
        name = reorder.node
        if not self._is(name, (*loc, "node")):
            return start_s
        present = {token: self.where[token][1] for token in self._in(name)}
        if sorted(present) != sorted(reorder.order):
            strange = next((token for token in reorder.order if token not in present), None)
            message = f"{name!r} holds {', '.join(present) or 'no token'}; an order names each of them once"
            near = nearest(strange, present) if strange else None
            self._mistake((*loc, "order"), "token-not-there", message, near)
            return start_s
        for slot, token in zip(sorted(slot or 0 for slot in present.values()), reorder.order, strict=True):
            if present[token] != slot:
                self._add(acts.Travel(start_s, acts.SHUFFLE_S, token, (name, name), slot, arc=True))
            self.where[token] = (name, slot)
        return start_s + acts.SHUFFLE_S

    def _paths(self, tokens: Iterable[str], to: str) -> dict[str, tuple[str, ...]]:
        """The path of each token from where it is to a node."""
        return {token: self.graph.path(self.where[token][0], to) for token in tokens}

    def _send(
        self,
        paths: Mapping[str, tuple[str, ...]],
        loc: Loc,
        start_s: float,
        wanted_slots: Sequence[int] = (),
        order: Callable[[str], float] | None = None,
    ) -> float:
        """Send tokens on their paths, freeing all their slots first; the time when the last one arrives.

        The first ones get the `wanted_slots`, and a token in lanes stays in its lane.
        """
        left = {token: self.where.pop(token) for token in paths}
        for node in dict.fromkeys(node for node, _ in left.values()):
            self._count(node, start_s)
        lanes = {
            path: all((edge := self.graph.edge(a, b)) is not None and edge.lanes for a, b in pairwise(path))
            for path in paths.values()
        }
        flies = any(
            (edge := self.graph.edge(a, b)) and edge.arc for p in paths.values() for a, b in pairwise(p)
        )
        if flies and order is None:
            last = next(iter(paths.values()))[-1]
            sign = 1 if self.graph.nodes[last].side == "left" else -1
            slots_left = {token: left[token][1] or 0 for token in paths}
            order = lambda token: sign * slots_left[token]  # noqa: E731
        # They keep their order, whichever goes first; arcs are nested, so that the first to leave is nearest.
        nested = sorted(paths, key=order) if order and flies else None
        kept = sorted(paths, key=lambda t: (paths[t][0], left[t][1] or 0))
        for index, token in enumerate(nested or kept):
            path = paths[token]
            wanted = left[token][1] if lanes[path] else self._came_from(token, path[-1])
            if index < len(wanted_slots):
                wanted = wanted_slots[index]
            slot = self._free_slot(token, path[-1], wanted, loc)
            if slot == _FULL:
                return start_s
            self.where[token] = (path[-1], slot)
        end, lag, under_way = start_s, 0.0, len(paths)
        for token in sorted(paths, key=order) if order else paths:
            path = paths[token]
            hops = [self.graph.edge(a, b) for a, b in pairwise(path)]
            fly = any(edge is not None and edge.arc for edge in hops)
            down = all(edge is not None and edge.from_ == a for edge, a in zip(hops, path, strict=False))
            way = "fly" if fly else "fall" if lanes[path] and down else ""
            duration = acts.travel_s(len(hops))
            if way:
                duration = acts.FLY_S if fly else acts.FALL_S * max(1, len(hops))
            slot = self.where[token][1]
            if reader := self._read.get((path[-1], slot)):
                # Who comes back finds what was read of it, and another finds the gate empty.
                state = "back" if reader == token else ""
                self._add(acts.Gate(start_s + lag, acts.LEAVE_S, path[-1], slot or 0, state, "text"))
            self._add(acts.Travel(start_s + lag, duration, token, path, slot, way=way))
            end = max(end, start_s + lag + duration)
            # Those that travel do not count before they arrive.
            under_way -= 1
            self._count(path[-1], start_s + lag + duration, under_way)
            lag += {"fall": acts.FALL_LAG_S, "fly": acts.FLY_LAG_S}.get(way, acts.TOKEN_LAG_S)
            # Neighbours on arcs keep a little more apart, so that none touches another.
            near = {(left[token][1] or 0) - 1, (left[token][1] or 0) + 1}
            close = fly and any(other != token and (left[other][1] or 0) in near for other in paths)
            lag += acts.FLY_LAG_S * 1.1 if close else 0.0
            # Out of gates the next falls when the one before is seen.
            lag += acts.FALL_LAG_S if way == "fall" and self.graph.nodes[path[0]].shape == "gates" else 0.0
        return end

    def _came_from(self, token: str, node: str) -> int | None:
        """The gate at which a token was read, if it comes back there."""
        return next((slot for (at, slot), who in self._read.items() if (at, who) == (node, token)), None)

    def _leave(self, token: str, start_s: float, by: str | None) -> float:
        node, _ = self.where.pop(token)
        self._count(node, start_s)
        return self._add(acts.Leave(start_s, acts.DRIFT_S if by else acts.LEAVE_S, token, by))

    def _add(self, act: Act) -> float:
        """Add an act; the time when it is done."""
        self.acts.append(act)
        return act.end_s

    def _paint(self, tokens: Iterable[str], role: Role | None, start_s: float) -> float:
        if role is None:
            return start_s
        for token in tokens:
            self._add(acts.Look(start_s, acts.LOOK_S, token, None, role))
        return start_s + acts.LOOK_S

    def _count(self, node: str, t: float, under_way: int = 0) -> None:
        if self.graph.nodes[node].counter:
            self._add(acts.Count(t, 0.0, node, len(self._in(node)) - under_way))

    def _in(self, node: str) -> list[str]:
        """The tokens in a node."""
        return [token for token, (name, _) in self.where.items() if name == node]

    def _free_slot(self, token: str, node: str, wanted: int | None, loc: Loc) -> int | None:
        """A free slot, the wanted one if it is; None inside a node without slots."""
        slots = self.graph.slots(node)
        if not slots:
            return None
        taken = {self.where[other][1] for other in self._in(node)}
        free = [slot for slot in range(slots) if slot not in taken]
        if not free:
            message = f"there is no room for {token!r}: {node!r} has {slots} slots and all are taken"
            self._mistake(loc, "too-many-tokens", message)
            return _FULL
        return wanted if wanted in free else free[0]

    # -- lines, signals and formulas -----------------------------------------------------------

    def _unmap(self, names: Sequence[str], loc: Loc, start_s: float) -> float:
        lined = {act.start for act in self.acts if isinstance(act, acts.Link)}
        lined |= {
            end
            for name, count in self.picked.items()
            if count
            for end in (name, self.graph.nodes[name].of or name)
        }
        lined -= {act.start for act in self.acts if isinstance(act, acts.Unlink)}
        for index, name in enumerate(self._known(names, loc, "token or node")):
            if name not in lined:
                message = f"'unmap' has no effect: no line of a `map` or `pick` leads from {name!r}"
                self._mistake((*loc, index), "no-effect", message, nearest(name, lined))
            self._add(acts.Unlink(start_s, acts.LEAVE_S, name))
        return start_s

    def _map(self, written: verbs.Map, loc: Loc, start_s: float) -> float:
        starts, ends = written.from_, written.to
        if len(ends) not in (1, len(starts)):
            message = f"{len(starts)} lines point at {len(ends)} things; as many, or one for all"
            self._mistake((*loc, "to"), "wrong-count", message)
            return start_s
        known = self._known(starts, (*loc, "from"), "token or node")
        known += self._known(ends, (*loc, "to"), "token or node")
        if len(known) < len(starts) + len(ends):
            return start_s
        end_s = start_s
        for index, name in enumerate(starts):
            target = ends[index] if len(ends) > 1 else ends[0]
            t = start_s + index * acts.TOKEN_LAG_S
            end_s = self._add(acts.Link(t, acts.LINK_S, name, target, written.role))
        return end_s

    def _pulse(self, pulse: verbs.Pulse, loc: Loc, start_s: float) -> float:
        if not self._leads(pulse.along, (*loc, "along")):
            return start_s
        duration = acts.travel_s(len(pulse.along) - 1)
        return self._add(acts.Signal(start_s, duration, pulse.along, pulse.role))

    def _write(self, names: Sequence[str], loc: Loc, start_s: float) -> float:
        terms: list[tuple[str, str]] = []
        for index, name in enumerate(names):
            formula = self.graph.parts.get(name, name)
            node = self.graph.nodes.get(formula)
            if node is None or not node.terms:
                known = [other for other, node in self.graph.nodes.items() if node.terms]
                self._unknown(name, [*known, *self.graph.parts], (*loc, index), "formula or term")
            elif name != formula:
                terms.append((formula, name.split(".", 1)[1]))
            else:
                terms += [(name, term) for term in node.terms]
        end_s = start_s
        for index, (formula, term) in enumerate(terms):
            end_s = self._add(acts.Write(start_s + index * acts.TERM_LAG_S, acts.ENTER_S, formula, term))
        return end_s

    # -- bars, indices and strikes -------------------------------------------------------------

    def _times(self, times: Mapping[str, float], loc: Loc, start_s: float) -> float:
        end_s = start_s
        for name, written in times.items():
            place = (*loc, name)
            if not self._is(name, place):
                continue
            node, count = self.graph.nodes[name], float(written)
            most = 1 if node.times is None else int(float(node.times))
            if node.shape != "bar" or count != int(count) or not 0 <= count <= most:
                whole = f"0 to {most} whole pieces" if node.shape == "bar" else "no pieces: it is no bar"
                self._mistake(place, "wrong-count", f"{name!r} has {whole}, not {count:g}")
                continue
            before, self.pieces[name] = self.pieces.get(name, 0), int(count)
            took = acts.pieces_s(abs(int(count) - before))
            end_s = max(end_s, self._add(acts.Pieces(start_s, took, name, before, int(count))))
        return end_s

    def _pick(self, pick: verbs.Pick, loc: Loc, start_s: float) -> float:
        if not self._is(pick.index, (*loc, "index")):
            return start_s
        node = self.graph.nodes[pick.index]
        if node.shape != "index" or node.of not in self.graph.nodes:
            indices = [name for name, other in self.graph.nodes.items() if other.shape == "index"]
            self._unknown(pick.index, indices, (*loc, "index"), "index")
            return start_s
        end_s, present, role = start_s, self._in(node.of), pick.role or self.graph.nodes[node.of].role
        for number, token in enumerate(pick.tokens):
            place, entry = (*loc, "tokens", number), self.picked[pick.index]
            if token not in present:
                message = f"{node.of!r} holds no token {token!r}"
                self._mistake(place, "token-not-there", message, nearest(token, present))
            elif entry >= self.graph.slots(pick.index):
                message = f"{pick.index!r} has {entry} entries, and all of them point already"
                self._mistake(place, "too-many-tokens", message)
            else:
                self.picked[pick.index] = entry + 1
                slot, t = self.where[token][1] or 0, start_s + number * acts.PICK_LAG_S
                end_s = self._add(acts.Pick(t, acts.LINK_S, pick.index, entry, slot, role))
        return end_s

    def _strike(self, names: Sequence[str], loc: Loc, start_s: float) -> float:
        end_s = start_s
        for index, name in enumerate(self._known(names, loc, "token or node")):
            t = start_s + index * acts.TOKEN_LAG_S
            self._add(acts.Look(t, acts.STRIKE_S, name, None, "muted"))
            end_s = self._add(acts.Strike(t, acts.STRIKE_S, name))
        return end_s

    # -- mistakes ------------------------------------------------------------------------------

    def _mistake(self, loc: Loc, code: str, message: str, near: str | None = None) -> None:
        self.mistakes.append(Mistake(loc, code, message, did_you_mean=near))

    def _is(self, name: str, loc: Loc, what: str = "node") -> bool:
        """Whether a name is one of a `what`; if not, that is a mistake at `loc`."""
        nodes, here = [*self.graph.nodes], [*self.where]
        known = {"node": nodes, "token": here, _THING: [*self.graph.things(), *here]}.get(what, here + nodes)
        if what == "token" and name in self.graph.tokens - self.where.keys():
            self._mistake(loc, "token-not-there", f"the token {name!r} is not on stage here")
        elif name not in known:
            self._unknown(name, known, loc, what)
        return name in known

    def _known(self, names: Iterable[str], loc: Loc, what: str = "node") -> list[str]:
        """The names in a list at `loc` that are one of a `what`; each other name is a mistake."""
        return [name for index, name in enumerate(names) if self._is(name, (*loc, index), what)]

    def _unknown(self, name: str, known: Iterable[str], loc: Loc, what: str) -> None:
        code = f"unknown-{what}" if what in ("node", "token") else "unknown-thing"
        self._mistake(loc, code, f"there is no {what} {name!r}", nearest(name, known))

    def _leads(self, path: Sequence[str], loc: Loc) -> bool:
        """Whether all nodes exist and edges lead from each to the next."""
        good = len(self._known(path, loc)) == len(path)
        for index, (start, end) in enumerate(pairwise(path) if good else ()):
            if self.graph.edge(start, end) is None:
                self._mistake((*loc, index + 1), "no-edge", f"no edge leads from {start!r} to {end!r}")
                good = False
        return good


def _touched(act: Act, graph: Graph) -> set[str]:
    """The names that an act brings into play."""
    match act:
        case acts.Travel() | acts.Signal():
            edges = {edge.name for a, b in pairwise(act.path) if (edge := graph.edge(a, b))}
            return {*act.path, *edges, *({act.token} if isinstance(act, acts.Travel) else ())}
        case acts.Read(node=name) | acts.Gate(node=name):
            return {name}
        case acts.Mark(edge=name):
            return {name, graph.edges[name].from_, graph.edges[name].to}
        case acts.Enter(name=name) | acts.Look(name=name) | acts.Write(node=name) | acts.Morph(end=name):
            return {name}
        case acts.Pieces(node=name) | acts.Strike(name=name):
            return {name}
        case acts.Pick(index=name):
            return {name, graph.nodes[name].of or name}
        case acts.Appear(token=first, node=last) | acts.Link(start=first, end=last):
            return {first, last}
    return set()


def script_of(
    graph: Graph, beats: Sequence[tuple[float, float, verbs.BeatParams | None]], carried: bool = False
) -> Script:
    """The script of beats given by start, end and verbs; None where a beat has none of them.

    A shot that is `carried` on from another begins a little later.
    """
    script = Script(graph, acts.CARRIED_S if carried else acts.OPENING_S)
    for index, (start_s, end_s, beat) in enumerate(beats):
        if beat is not None:
            script.add_beat(beat, ("beats", index), start_s, end_s, opening=index == 0)
    return script
