"""Who is there when, and how each thing looks over time: read from the acts before anything is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from explainers.kinds.diagram import acts
from explainers.kinds.diagram.graph import Graph
from explainers.kinds.diagram.looks import Emphasis, Look
from explainers.kinds.diagram.params import Params
from explainers.kinds.diagram.sizes import Sizes
from explainers.kinds.diagram.timeline import Timeline


class Score:
    """The acts of a shot, sorted by start, and what follows from them.

    `entered` says when things come that are not there from the start; `tokens` are all that ever come.
    """

    def __init__(self, params: Params, graph: Graph, script: Sequence[acts.Act]):
        self.params, self.graph = params, graph
        self.acts = sorted(script, key=lambda act: act.start_s)
        self.entered = self._entrances()
        self.written = {f"{act.node}.{act.term}" for act in self.acts if isinstance(act, acts.Write)}
        held = [token for node in params.nodes.values() for token in node.holds]
        come = [act.token for act in self.acts if isinstance(act, acts.Appear)]
        self.tokens = list(dict.fromkeys([*held, *come]))

    def _entrances(self) -> dict[str, float]:
        """By its own name, its group's, its neighbour's or its ends'."""
        named = {act.name: act.start_s for act in reversed(self.acts) if isinstance(act, acts.Enter)}
        named |= {act.end: act.end_s for act in self.acts if isinstance(act, acts.Morph)}
        found = dict(named)
        for name, members in self.graph.groups.items():
            if name in named:
                found |= {one: named[name] for one in members if one not in named}
        for name, node in self.params.nodes.items():
            if node.beside in found and name not in named:
                found[name] = found[node.beside]
        for name, edge in self.graph.edges.items():
            ends = [found[one] for one in (edge.from_, edge.to) if one in found]
            if ends and name not in named:
                found[name] = max(ends) + 0.15
        return found

    def place_of(self, token: str, t: float) -> str | None:
        """The node in which a token is, or to which it is going, at a time."""
        here = next((node for node, what in self.params.nodes.items() if token in what.holds), None)
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
        inside = set(self.params.nodes[node].holds)
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

    def timelines(self, sizes: Sizes, headings: Mapping[str, tuple[str, str]]) -> dict[str, Timeline]:
        """The looks over time of everything that has a name; `headings` are the groups' texts and roles."""
        lines: dict[str, Timeline] = {}
        for name, node in self.params.nodes.items():
            lines[name] = Timeline(Look(sizes.label(name), node.role))
            lines |= {f"{name}.{part}": Timeline(Look("", row.role)) for part, row in node.rows.items()}
            lines |= {
                f"{name}.{part}": Timeline(Look("", node.roles.get(part, node.role))) for part in node.terms
            }
        lines |= {name: Timeline(Look(*heading)) for name, heading in headings.items()}
        for name, edge in self.graph.edges.items():
            lines[name] = Timeline(Look(edge.label or "", edge.role or ""))
            lines[badge_of(name)] = Timeline(Look(str(edge.badge), "text", "dim"))
        for name in self.tokens:
            token = self.params.tokens.get(name)
            text = token.text if token and token.text is not None else name
            lines[name] = Timeline(Look(text, token.role if token else "text"))
        self._change(lines)
        return lines

    def _change(self, lines: dict[str, Timeline]) -> None:
        marked: str | None = None
        for act in self.acts:
            if isinstance(act, acts.Look):
                to = {
                    key: value for key, value in (("text", act.text), ("role", act.role)) if value is not None
                }
                lines[act.name].change(act.start_s, act.duration_s, **to)
            elif isinstance(act, acts.Mark):
                # A hair before and after: what is highlighted at the same time has a say in between.
                if marked:
                    lines[marked].change(act.start_s - 0.001, act.duration_s, emphasis="plain")
                lines[act.edge].change(act.start_s + 0.001, act.duration_s, emphasis="out")
                lines[badge_of(act.edge)].change(act.start_s, act.duration_s, emphasis="plain")
                marked = act.edge
            elif isinstance(act, acts.Focus):
                for name in [one for one in lines if not one.startswith("badge ")]:
                    lines[name].change(act.start_s, act.duration_s, emphasis=self.emphasis(name, act))

    def emphasis(self, name: str, focus: acts.Focus) -> Emphasis:
        """How a thing stands out while something is highlighted."""
        if focus.outlined is None or focus.bright is None:
            return "plain"
        if name in focus.outlined:
            return "out"
        lit = focus.outlined | focus.bright
        if name in self.graph.parts:
            table = self.graph.parts[name]
            siblings = {one for one, node in self.graph.parts.items() if node == table}
            return "plain" if table in lit and (name in lit or not siblings & focus.outlined) else "dim"
        return "plain" if name in lit or self._in_light(name, lit, focus.start_s) else "dim"

    def _in_light(self, name: str, lit: frozenset[str], t: float) -> bool:
        """Whether a group, edge or token belongs to something that is not dimmed."""
        if name in self.graph.groups:
            return bool(lit & set(self.graph.groups[name]))
        if name in self.graph.edges:
            edge = self.graph.edges[name]
            return edge.from_ in lit and edge.to in lit
        return name not in self.params.nodes and self.place_of(name, t) in lit


def badge_of(edge: str) -> str:
    """The name under which an edge's badge has its looks."""
    return f"badge {edge}"
