"""Beats become acts: who goes where and when, and what an author asks for that can't be.

Pure bookkeeping of names, slots and seconds; nothing here knows a pixel, so that mistakes are found
without drawing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from explainers.kinds.diagram import acts
from explainers.kinds.diagram.acts import Act
from explainers.kinds.diagram.graph import Cast, Found
from explainers.kinds.diagram.journeys import Journeys
from explainers.kinds.diagram.params import Params
from explainers.kinds.diagram.verbs import BeatParams, Verbs
from explainers.storyboard.mistakes import Loc


@dataclass
class Script(Journeys):
    """The acts of a whole shot, beat by beat."""

    focused: bool = False

    def beat(self, beat: BeatParams, loc: Loc, start_s: float, opening: bool = False) -> float:
        """Add a beat's acts; the time at which the last one is done."""
        steps: list[tuple[Verbs, Loc]] = [
            (beat, loc),
            *((one, (*loc, "then", i)) for i, one in enumerate(beat.then)),
        ]
        now = start_s + (acts.OPENING_S if opening else 0.0)
        if not steps[0][0].highlight and self.focused:
            self.acts.append(acts.Focus(start_s, acts.LOOK_S))
            self.focused = False
        focus: tuple[int, set[str], float] | None = None
        for step, where in steps:
            if step.highlight:
                self._settle(focus)
                focus = (len(self.acts), self.known(step.highlight, (*where, "highlight")), now)
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
        self.focused = True

    def _step(self, step: Verbs, loc: Loc, start_s: float) -> float:
        done = self._looks(step, loc, start_s)
        looked = step.reveal or step.relabel or step.recolor or step.transform
        start = done if looked else start_s + (acts.LEAD_S if step.mark or step.highlight else 0.0)
        ends = [done]
        if step.empty:
            ends.append(self.empty(step.empty, loc, start))
        if step.split:
            ends.append(self.split(step.split, (*loc, "split"), start))
        if step.move:
            ends.append(self.move(step.move, (*loc, "move"), start))
        if step.merge:
            ends.append(self.merge(step.merge, (*loc, "merge"), start))
        if step.fill:
            ends.append(self.fill(step.fill, (*loc, "fill"), start))
        if step.reorder:
            ends.append(self.reorder(step.reorder, (*loc, "reorder"), start))
        ends += [self._links(step, loc, start), self._pulse(step, loc, start), self._write(step, loc, start)]
        return max(ends) + acts.REST_S

    def _looks(self, step: Verbs, loc: Loc, start_s: float) -> float:
        now = start_s
        for index, name in enumerate(step.reveal):
            if self.thing(name, (*loc, "reveal", index)):
                self.add(acts.Enter(now + index * acts.LAG_S, acts.ENTER_S, name))
        for index, name in enumerate(step.hide):
            if self.thing(name, (*loc, "hide", index)):
                self.add(acts.Leave(now, acts.LEAVE_S, name))
        badges = {edge.badge: name for name, edge in self.cast.edges.items() if edge.badge}
        for index, number in enumerate(step.mark):
            if number in badges:
                self.add(acts.Mark(now, acts.LOOK_S, badges[number]))
            else:
                self.mistakes.append(
                    Found((*loc, "mark", index), "unknown-badge", f"no edge has the badge {number}")
                )
        for name in {*step.relabel, *step.recolor}:
            verb = "relabel" if name in step.relabel else "recolor"
            if name not in self.cast.nodes and name not in self.where:
                self.missing(name, [*self.cast.nodes, *self.where], (*loc, verb, name), "node or token")
                continue
        changes = sorted({*step.relabel, *step.recolor} & {*self.cast.nodes, *self.where})
        for name in changes:
            self.add(acts.Look(now, acts.LOOK_S, name, step.relabel.get(name), step.recolor.get(name)))
        for start, end in step.transform.items():
            known = [self.node(name, (*loc, "transform", start)) for name in (start, end)]
            if all(known):
                self.add(acts.Morph(now, acts.MORPH_S, start, end))
        return max(
            [
                start_s,
                *(
                    act.end_s
                    for act in self.acts
                    if act.start_s >= start_s and not isinstance(act, acts.Focus)
                ),
            ]
        )

    def _links(self, step: Verbs, loc: Loc, start_s: float) -> float:
        known = [*self.where, *self.cast.nodes]
        for index, name in enumerate(step.unmap):
            if self.one_of(name, known, (*loc, "unmap", index), "token or node"):
                self.add(acts.Unlink(start_s, acts.LEAVE_S, name))
        if step.map is None:
            return start_s
        one, many = step.map.to, step.map.from_
        if len(one) not in (1, len(many)):
            message = f"{len(many)} lines point at {len(one)} things; as many, or one for all"
            self.mistakes.append(Found((*loc, "map", "to"), "wrong-count", message))
            return start_s
        good = [
            self.one_of(name, known, (*loc, "map", "from", i), "token or node") for i, name in enumerate(many)
        ]
        good += [
            self.one_of(name, known, (*loc, "map", "to", i), "token or node") for i, name in enumerate(one)
        ]
        end = start_s
        for index, name in enumerate(many if all(good) else ()):
            target = one[index] if len(one) > 1 else one[0]
            link = acts.Link(start_s + index * acts.TOKEN_LAG_S, acts.LINK_S, name, target, step.map.role)
            self.add(link)
            end = link.end_s
        return end

    def _pulse(self, step: Verbs, loc: Loc, start_s: float) -> float:
        if step.pulse is None or not self.way(step.pulse.along, (*loc, "pulse", "along")):
            return start_s
        duration = acts.travel_s(len(step.pulse.along) - 1)
        self.add(acts.Signal(start_s, duration, step.pulse.along, step.pulse.role))
        return start_s + duration

    def _write(self, step: Verbs, loc: Loc, start_s: float) -> float:
        terms: list[tuple[str, str]] = []
        for index, name in enumerate(step.write):
            node = self.cast.nodes.get(self.cast.parts.get(name, name))
            if node is None or not node.terms:
                formulas = [one for one, other in self.cast.nodes.items() if other.terms]
                self.missing(name, [*formulas, *self.cast.parts], (*loc, "write", index), "formula or term")
            elif name in self.cast.parts:
                terms.append((self.cast.parts[name], name.split(".", 1)[1]))
            else:
                terms += [(name, term) for term in node.terms]
        for index, (formula, term) in enumerate(terms):
            self.add(acts.Write(start_s + index * acts.TERM_LAG_S, acts.ENTER_S, formula, term))
        return start_s + (len(terms) - 1) * acts.TERM_LAG_S + acts.ENTER_S if terms else start_s


def _touched(act: Act, cast: Cast) -> set[str]:
    """The names that an act brings into play."""
    if isinstance(act, acts.Travel):
        edges = [edge.name for a, b in pairwise(act.way) if (edge := cast.edge(a, b))]
        return {act.token, *act.way, *edges}
    if isinstance(act, acts.Signal):
        edges = [edge.name for a, b in pairwise(act.way) if (edge := cast.edge(a, b))]
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
                replace(
                    act, start_s=start_s + (act.start_s - start_s) * share, duration_s=act.duration_s * share
                )
                for act in script.acts[first:]
            ]
    return script
