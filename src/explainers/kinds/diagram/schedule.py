"""How each thing looks over time, and who is there when: read from the acts before anything is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from explainers.kinds.diagram import acts
from explainers.kinds.diagram.graph import Graph
from explainers.kinds.diagram.params import first_text
from explainers.storyboard.mistakes import Mistake

if TYPE_CHECKING:
    from explainers.kinds.diagram.sizes import Sizes

Emphasis = Literal["plain", "out", "lit", "dim"]
"""As it is, outlined (look here), lit in its own colour (it happens here), and dimmed (still there)."""


class Look(NamedTuple):
    """What a thing shows at a time: its text, its role, and how it stands out."""

    text: str
    role: str
    emphasis: Emphasis = "plain"

    @property
    def key(self) -> str:
        return f"{self.emphasis} {self.role} {self.text}"


@dataclass
class Timeline:
    """The looks of one thing: the first one, and changes with a time and a duration in seconds."""

    first: Look
    _changes: list[tuple[float, float, dict[str, Any]]] = field(default_factory=list)

    def change(self, t: float, duration_s: float, **to: str) -> None:
        """From `t` on, `text`, `role` or `emphasis` is this."""
        self._changes.append((t, duration_s, to))

    def without_text(self) -> Timeline:
        """The same changes of role and emphasis alone, for the frame around a text."""
        changes = [(t, d, {k: v for k, v in to.items() if k != "text"}) for t, d, to in self._changes]
        return Timeline(self.first._replace(text=""), changes)

    def moments(self) -> list[tuple[float, float, Look]]:
        """Every real change in order: when, how long, and to what. Changes never overlap."""
        found: list[tuple[float, float, Look]] = []
        look, free = self.first, 0.0
        changes = sorted(self._changes, key=lambda change: change[0])
        for index, (t, duration, to) in enumerate(changes):
            look = look._replace(**to)
            if index + 1 < len(changes) and changes[index + 1][0] - t < 1e-6:
                continue
            if look != (found[-1][2] if found else self.first):
                start = max(t, free)
                found.append((start, duration, look))
                free = start + duration
        return found


class Schedule:
    """The acts of a shot, sorted by start, and what follows from them.

    `entered` says when things come that are not there from the start, and `written` names the terms that
    are written, `counted` the bars whose pieces come by a verb. `places` has the first node and slot of every
    token, `brought` the first act of those that no node holds from the start.
    """

    def __init__(self, graph: Graph, script: Sequence[acts.Act]):
        self.graph = graph
        self.acts = sorted(script, key=lambda act: act.start_s)
        self.entered = self._entrances()
        self.counted = {act.node for act in self.acts if isinstance(act, acts.Pieces)}
        self.written = {f"{act.node}.{act.term}" for act in self.acts if isinstance(act, acts.Write)}
        self.places: dict[str, tuple[str, int | None]] = {**graph.homes}
        self.brought: dict[str, acts.Appear] = {}
        for act in self.acts:
            if isinstance(act, acts.Appear):
                self.places.setdefault(act.token, (act.node, act.slot))
                self.brought.setdefault(act.token, act)

    def _entrances(self) -> dict[str, float]:
        """When things enter that are revealed: themselves, with their group, neighbour or ends."""
        named = {act.name: act.start_s for act in reversed(self.acts) if isinstance(act, acts.Enter)}
        named |= {act.end: act.end_s for act in self.acts if isinstance(act, acts.Morph)}
        found = dict(named)
        for name, members in self.graph.groups.items():
            if name in named:
                found |= {member: named[name] for member in members if member not in named}
        for name, node in self.graph.nodes.items():
            if node.beside in found and name not in named:
                found[name] = found[node.beside]
        for name, edge in self.graph.edges.items():
            ends = [found[end] for end in (edge.from_, edge.to) if end in found]
            if ends and name not in named:
                found[name] = max(ends) + 0.15
        return found

    def place_of(self, token: str, t: float) -> str | None:
        """The node in which a token is, or to which it is going, at a time."""
        here = self.graph.homes[token][0] if token in self.graph.homes else None
        for act in self.acts:
            if act.start_s > t + 1e-6:
                break
            if isinstance(act, acts.Appear) and act.token == token:
                here = act.node
            elif isinstance(act, acts.Travel) and act.token == token:
                here = act.path[-1]
        return here

    def visits(self, node: str, open_s: float) -> list[tuple[float, int]]:
        """When tokens come to a node (1) and leave it (-1), in order."""
        inside = set(self.graph.nodes[node].holds)
        events = [(open_s, 1) for _ in inside]
        for act in self.acts:
            if isinstance(act, acts.Appear) and act.node == node and act.slot is not None:
                events.append((act.start_s, 1))
                inside.add(act.token)
            elif isinstance(act, acts.Travel) and not act.arc and len(act.path) > 1:
                if act.token in inside:
                    events.append((act.start_s + act.duration_s * 0.35, -1))
                    inside.discard(act.token)
                if act.path[-1] == node:
                    events.append((act.end_s - act.duration_s * 0.35, 1))
                    inside.add(act.token)
            elif isinstance(act, acts.Leave) and act.name in inside:
                events.append((act.end_s, -1))
                inside.discard(act.name)
        return sorted(events)

    def covered(self) -> Iterator[Mistake]:
        """Labels written in the middle of a node, on which tokens stand from its beginning to its end."""
        for name, node in self.graph.nodes.items():
            if node.label_at != "center" or not self.graph.slots(name) or node.label == "":
                continue
            counts = accumulate(step for _, step in self.visits(name, 0.0))
            if node.holds and 0 not in counts:
                message = f"tokens stand on the label of {name!r} from start to end: it is never visible"
                fix = "head, left, right, top or bottom"
                yield Mistake(("nodes", name, "label_at"), "no-effect", message, fix)

    def timelines(self, sizes: Sizes, headings: Mapping[str, tuple[str, str]]) -> dict[str, Timeline]:
        """The looks over time of everything that has a name; `headings` are the groups' texts and roles."""
        looks: dict[str, Look] = {}
        for name, node in self.graph.nodes.items():
            looks[name] = Look(sizes.label(name), node.role)
            looks |= {f"{name}.{part}": Look("", row.role) for part, row in node.rows.items()}
            looks |= {f"{name}.{term}": Look("", node.roles.get(term, node.role)) for term in node.terms}
        looks |= {name: Look(*heading) for name, heading in headings.items()}
        for name, edge in self.graph.edges.items():
            looks[name] = Look(edge.label or "", edge.role or "")
            looks[badge_of(name)] = Look(str(edge.badge), "text", "dim")
        for name in self.places:
            token = sizes.params.tokens.get(name)
            looks[name] = Look(first_text(sizes.params, name), token.role if token else "text")
        timelines = {name: Timeline(look) for name, look in looks.items()}
        self._change(timelines)
        return timelines

    def _change(self, timelines: Mapping[str, Timeline]) -> None:
        for act in self.acts:
            t, duration = act.start_s, act.duration_s
            if isinstance(act, acts.Look):
                to = {"text": act.text, "role": act.role}
                timelines[act.name].change(t, duration, **{k: v for k, v in to.items() if v is not None})
            elif isinstance(act, acts.Mark):
                # A hair after: what is highlighted at the same time has a say before.
                badge, change = timelines[badge_of(act.edge)], acts.LOOK_S * 0.6
                timelines[act.edge].change(t + 0.001, change, emphasis="out")
                timelines[act.edge].change(act.end_s, change, emphasis="plain")
                for end in self.graph.ends(act.edge):
                    self._change_end(timelines, act, end)
                badge.change(t, change, emphasis="out")
                # At once: half-way between dark and bright a number could not be read.
                badge.change(act.end_s, 0.0, emphasis="plain")
            elif isinstance(act, acts.Focus):
                for name, timeline in timelines.items():
                    if not name.startswith("badge "):
                        timeline.change(t, duration, emphasis=self._emphasis(name, act))

    def _change_end(self, timelines: Mapping[str, Timeline], act: acts.Mark, end: str) -> None:
        """What an edge with a badge joins stands out while its step happens: plates, trays and panels' nodes.

        A panel's node takes on the edge's colour.
        """
        node, docked = self.graph.nodes.get(end), any(end in place.nodes for place in self.graph.docks)
        outlined = [
            focus
            for focus in self.acts
            if isinstance(focus, acts.Focus) and focus.outlined and end in focus.outlined
        ]
        if node is None or not (docked or node.shape in ("tray", "plates")):
            return
        if any(act.start_s - acts.LOOK_S <= focus.start_s < act.end_s for focus in outlined):
            # What is highlighted keeps its white outline.
            return
        role = self.graph.edges[act.edge].role if docked else None
        change = acts.LOOK_S * 0.6
        timelines[end].change(act.start_s + 0.001, change, emphasis="lit", **({"role": role} if role else {}))
        timelines[end].change(act.end_s, change, emphasis="plain", **({"role": node.role} if role else {}))

    def _emphasis(self, name: str, focus: acts.Focus) -> Emphasis:
        """How a thing stands out while something is highlighted."""
        if focus.outlined is None or focus.bright is None:
            return "plain"
        if name in focus.outlined:
            return "out"
        lit, parts = focus.outlined | focus.bright, self.graph.parts
        if name in parts:
            siblings = {part for part, node in parts.items() if node == parts[name]}
            shown = parts[name] in lit and (name in lit or not siblings & focus.outlined)
        elif name in self.graph.groups:
            shown = name in lit or bool(lit & set(self.graph.groups[name]))
        elif name in self.graph.edges:
            edge = self.graph.edges[name]
            shown = name in lit or (edge.from_ in lit and edge.to in lit)
        elif name in self.graph.nodes:
            shown = name in lit
        else:
            shown = name in lit or self.place_of(name, focus.start_s) in lit
        return "plain" if shown else "dim"


def badge_of(edge: str) -> str:
    """The name under which an edge's badge has its looks."""
    return f"badge {edge}"
