"""The verbs that bring tokens from one place to another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from explainers.errors import nearest
from explainers.kinds.diagram import acts
from explainers.kinds.diagram.book import Book
from explainers.kinds.diagram.graph import Found
from explainers.kinds.diagram.verbs import Fill, Merge, Move, Reorder, Split
from explainers.storyboard.mistakes import Loc


class Journeys(Book):
    """Each verb takes its params, their place in the shot and its start; it gives the time it is done."""

    def move(self, move: Move, loc: Loc, start_s: float) -> float:
        tokens = [token for i, token in enumerate(move.tokens) if self.token(token, (*loc, "tokens", i))]
        if move.into is not None and not self.node(move.into, (*loc, "into")):
            return start_s
        if not self.way((*move.along,), (*loc, "along")):
            return start_s
        if move.into is None and not move.along:
            self.mistakes.append(Found(loc, "missing-key", "a move goes along nodes or into one"))
            return start_s
        start = self.paint(tokens, move.role, start_s)
        return self.travels(tokens, move.along, move.into, loc, start)

    def travels(
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
            way = self.way_of(
                token, along, into, (*loc, "along" if along else "tokens", *(() if along else (index,)))
            )
            if way is not None:
                ways[token] = way
        left = {token: self.where.pop(token) for token in ways}
        for node in dict.fromkeys(node for node, _ in left.values()):
            self.count(node, start_s)
        end, lag = start_s, 0.0
        slots: dict[str, int | None] = {}
        # They keep their order, whoever goes first.
        for token in sorted(ways, key=lambda one: (ways[one][0], left[one][1] or 0)):
            way = ways[token]
            wanted = left[token][1] if self.in_lanes(way) else None
            if len(slots) < len(wish):
                wanted = wish[len(slots)] - 1
            slot = self.slot(token, way[-1], wanted, (*loc, "tokens"))
            if slot == -1:
                return end
            slots[token] = slot
            self.where[token] = (way[-1], slot)
        # Those who travel do not count before they are there.
        arrived = dict.fromkeys(ways, False)
        for token in sorted(ways, key=order) if order else ways:
            way, slot, lanes = ways[token], slots[token], self.in_lanes(ways[token])
            duration = acts.travel_s(len(way) - 1)
            self.add(acts.Travel(start_s + lag, duration, token, way, slot))
            end = max(end, start_s + lag + duration)
            arrived[token] = True
            self.count(way[-1], start_s + lag + duration * 0.9, sum(not done for done in arrived.values()))
            lag += 0.0 if lanes else acts.TOKEN_LAG_S
        return end

    def split(self, split: Split, loc: Loc, start_s: float) -> float:
        for name, key in ((split.at, "at"), (split.to, "to"), (split.rest, "rest")):
            if name is not None and not self.node(name, (*loc, key)):
                return start_s
        present = [token for token, (node, _) in self.where.items() if node == split.at]
        leavers = []
        for index, token in enumerate(split.leave):
            if not self.token(token, (*loc, "leave", index)):
                continue
            if token not in present:
                message = f"the token {token!r} is in {self.where[token][0]!r}, not in {split.at!r}"
                self.mistakes.append(
                    Found((*loc, "leave", index), "token-not-there", message, nearest(token, present))
                )
                continue
            leavers.append(token)
        rest = [token for token in present if token not in leavers]
        start = self.paint(leavers, split.role, start_s)
        ends = [start]
        if split.rest and rest:
            ends.append(self.travels(rest, (), split.rest, (*loc, "rest"), start))
            start += acts.TOKEN_LAG_S
        # The one nearest to the way out goes first, so that nobody overtakes.
        slots = {token: self.where[token][1] or 0 for token in leavers}
        order = {"right": lambda token: -slots[token], "left": slots.__getitem__}.get(split.by)
        if split.to:
            ends.append(self.travels(leavers, (), split.to, (*loc, "leave"), start, order=order))
        else:
            gone = sorted(leavers, key=order) if order else leavers
            ends += [self.gone(token, start + i * acts.TOKEN_LAG_S, split.by) for i, token in enumerate(gone)]
        return max(ends)

    def merge(self, merge: Merge, loc: Loc, start_s: float) -> float:
        if not self.nodes(merge.node, (*loc, "node")):
            return start_s
        if not self.way((merge.node[0], *merge.along), (*loc, "along")):
            return start_s
        inside = sorted(
            (merge.node.index(node), slot or 0, token)
            for token, (node, slot) in self.where.items()
            if node in merge.node
        )
        tokens = [token for _, _, token in inside]
        if not tokens:
            self.mistakes.append(
                Found((*loc, "node"), "token-not-there", f"there is no token in {merge.node[0]!r} to merge")
            )
            return start_s
        start = self.paint(tokens, merge.role, start_s)
        home, count = merge.node[0], len(tokens)
        for index, token in enumerate(tokens):
            way = (home,) if self.where[token][0] == home else (self.where[token][0], home)
            self.add(acts.Travel(start, acts.CLOSE_S, token, way, None, (index, count)))
        start += acts.CLOSE_S + acts.REST_S
        if not merge.along:
            return start
        duration, last = acts.travel_s(len(merge.along)), merge.along[-1]
        for token in tokens:
            del self.where[token]
        for name in merge.node:
            self.count(name, start)
        for index, token in enumerate(tokens):
            slot = self.slot(token, last, None, (*loc, "along"))
            if slot == -1:
                break
            dense = (index, count) if slot is None else None
            self.add(acts.Travel(start, duration, token, (home, *merge.along), slot, dense or (index, count)))
            self.where[token] = (last, slot)
        self.count(last, start + duration * 0.9)
        return start + duration

    def fill(self, fill: Fill, loc: Loc, start_s: float) -> float:
        if not self.node(fill.node, (*loc, "node")):
            return start_s
        if fill.from_ and not self.node(fill.from_, (*loc, "from")):
            return start_s
        if not self._slots_fit(fill, loc):
            return start_s
        end = start_s
        wishes = dict(zip(fill.with_, fill.slots, strict=False))
        old = [token for token in fill.with_ if token in self.where]
        for index, token in enumerate(token for token in fill.with_ if token not in old):
            now = start_s + index * acts.TOKEN_LAG_S
            wish = [wishes[token]] if token in wishes else []
            at = fill.from_ or fill.node
            wanted = wish[0] - 1 if wish and not fill.from_ else None
            slot = self.slot(token, at, wanted, (*loc, "with", fill.with_.index(token)))
            if slot == -1:
                break
            self.where[token] = (at, slot)
            shown_s = 0.1 if slot is None and fill.from_ else acts.ENTER_S
            self.add(acts.Appear(now, shown_s, token, at, slot))
            self.count(at, now)
            end = max(end, now + acts.ENTER_S)
            if fill.from_:
                # It is seen where it comes from, if that has a slot for it, before it leaves.
                now += 0.0 if slot is None else acts.ENTER_S
                end = max(end, self.travels([token], (), fill.node, (*loc, "with"), now, wish))
        if not old:
            return end
        wish = [wishes[token] for token in old if token in wishes]
        return max(end, self.travels(old, (), fill.node, (*loc, "with"), start_s, wish))

    def _slots_fit(self, fill: Fill, loc: Loc) -> bool:
        """Whether the tokens can come from where they are said to and go to the slots that are named."""
        before = len(self.mistakes)
        for index, token in enumerate(fill.with_):
            here = self.where[token][0] if token in self.where else None
            if fill.from_ and here not in (None, fill.from_):
                message = f"the token {token!r} is in {here!r}, not in {fill.from_!r}"
                self.mistakes.append(Found((*loc, "with", index), "token-not-there", message, here))
        taken = {
            slot: token
            for token, (node, slot) in self.where.items()
            if node == fill.node and token not in fill.with_
        }
        room = self.cast.slots(fill.node)
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
                self.mistakes.append(Found((*loc, "slots", index), "no-slot", message))
        return len(self.mistakes) == before

    def empty(self, names: Iterable[str], loc: Loc, start_s: float) -> float:
        ends = [start_s]
        for index, name in enumerate(names):
            if self.node(name, (*loc, "empty", index)):
                ends += [
                    self.gone(token, start_s, None)
                    for token, (node, _) in list(self.where.items())
                    if node == name
                ]
        return max(ends)

    def gone(self, token: str, start_s: float, by: str | None) -> float:
        node, _ = self.where.pop(token)
        duration = 0.6 if by else acts.LEAVE_S
        self.add(acts.Leave(start_s, duration, token, by))
        self.count(node, start_s)
        return start_s + duration

    def reorder(self, reorder: Reorder, loc: Loc, start_s: float) -> float:
        if not self.node(reorder.node, (*loc, "node")):
            return start_s
        present = {token: slot for token, (node, slot) in self.where.items() if node == reorder.node}
        if sorted(present) != sorted(reorder.order):
            strange = next((token for token in reorder.order if token not in present), None)
            message = (
                f"{reorder.node!r} holds {', '.join(present) or 'no token'}; an order names each of them once"
            )
            near = nearest(strange, present) if strange else None
            self.mistakes.append(Found((*loc, "order"), "token-not-there", message, near))
            return start_s
        for slot, token in zip(sorted(slot or 0 for slot in present.values()), reorder.order, strict=True):
            if present[token] != slot:
                way = (reorder.node, reorder.node)
                self.add(acts.Travel(start_s, acts.SHUFFLE_S, token, way, slot, arc=True))
            self.where[token] = (reorder.node, slot)
        return start_s + acts.SHUFFLE_S
