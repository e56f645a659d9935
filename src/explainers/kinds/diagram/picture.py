"""The picture of a diagram: everything on stage, and the acts of its beats performed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from explainers.film.layer import Note
from explainers.film.track import Track
from explainers.kinds.diagram import acts
from explainers.kinds.diagram import lines as drawn_lines
from explainers.kinds.diagram.auto import layered
from explainers.kinds.diagram.formula import typeset_all
from explainers.kinds.diagram.layout import Layout, arrange
from explainers.kinds.diagram.looks import (
    BADGE_RADIUS,
    Emphasis,
    Look,
    badge_inks,
    colors,
    edge_inks,
    group_inks,
    heading_inks,
    label_inks,
    shape_inks,
)
from explainers.kinds.diagram.model import BeatParams, Params, Verbs
from explainers.kinds.diagram.names import Cast
from explainers.kinds.diagram.routes import Route, Router
from explainers.kinds.diagram.script import Script, script_of
from explainers.kinds.diagram.sizes import LINE, ROW_HEIGHT, TABLE_PAD, Sizes, all_texts
from explainers.kinds.diagram.timeline import Timeline, staged
from explainers.kinds.diagram.tokens import Figure, Ways, figure, slot_centers
from explainers.theme import LABEL, STRONG
from explainers.timing import ease_out

if TYPE_CHECKING:
    from explainers.kinds.base import ShotPlan
    from explainers.stage import Box, Handle, Stage

OPEN_S = 0.1
"""When the first things enter."""


def picture(shot: ShotPlan, stage: Stage) -> None:
    """Lay the diagram out, put everything on stage, and perform the beats."""
    beats = [(beat.start_s, beat.end_s, beat.params) for beat in shot.beats]
    Performance(stage, shot.params, beats, any(len(t or "") > 60 for t in (shot.statement, *(b.statement for b in shot.beats))))


class Performance:
    """One diagram on one stage. Building it adds every layer."""

    def __init__(self, stage: Stage, params: Params, beats: list[tuple[float, float, BeatParams | None]], low: bool = False):
        self.stage, self.params, self.cast = stage, params, Cast(params)
        self.script: Script = script_of(params, beats)
        self.acts = sorted(self.script.acts, key=lambda act: act.start_s)
        steps: list[Verbs] = [step for _, _, beat in beats if beat for step in (beat, *beat.then)]
        labels = [text for name in params.nodes for text in [params.nodes[name].label or "", *all_texts(params, steps, name)]]
        self.sizes = Sizes(stage, params, steps, typeset_all(params, labels))
        self.layout = self._arranged(low)
        self.boxes: dict[str, Box] = {**self.layout.nodes, **{name: box for name, (box, _) in self.layout.groups.items()}}
        self.boxes |= self._unframed()
        self.slots = {name: slot_centers(self.sizes, name, box) for name, box in self.layout.nodes.items()}
        self.routes = Router(self.cast, self.boxes, self.slots).routes()
        self.entered = self._entrances()
        self.timelines = self._timelines()
        self.tokens: dict[str, Figure] = {}
        self.handles: dict[str, list[Handle]] = {}
        self.yielding: dict[str, Handle] = {}
        self._set()
        self._perform()

    # -- layout --------------------------------------------------------------------------------

    def _arranged(self, low: bool) -> Layout:
        from explainers.stage import Box

        upright = self.stage.height >= self.stage.width
        places = (self.params.place_tall if upright else ()) or self.params.place or layered(self.params)
        body = self.stage.body
        # Two lines of statement reach further up than one.
        body = Box(body.left, body.top, body.right, body.bottom - (34 if low else 0))
        return arrange(self.sizes, places, upright, body)

    def _unframed(self) -> dict[str, Box]:
        """Boxes of groups without a frame: those of all their nodes together."""
        found: dict[str, Box] = {}
        for name, members in self.cast.members.items():
            inside = [self.layout.nodes[one] for one in members if one in self.layout.nodes]
            if name not in self.layout.groups and inside:
                whole = inside[0]
                for box in inside[1:]:
                    whole = whole.joined(box)
                found[name] = whole
        return found

    # -- who is there when ---------------------------------------------------------------------

    def _entrances(self) -> dict[str, float]:
        """When what is not there from the start comes: by its own name, its group's, its neighbour's or its ends'."""
        named = {act.name: act.start_s for act in reversed(self.acts) if isinstance(act, acts.Enter)}
        named |= {act.end: act.end_s for act in self.acts if isinstance(act, acts.Morph)}
        found = dict(named)
        for name, members in self.cast.members.items():
            if name in named:
                found |= {one: named[name] for one in members if one not in named}
        for name, node in self.params.nodes.items():
            if node.beside in found and name not in named:
                found[name] = found[node.beside]
        for name, edge in self.cast.edges.items():
            ends = [found[one] for one in (edge.from_, edge.to) if one in found]
            if ends and name not in named:
                found[name] = max(ends) + 0.15
        return found

    def _timelines(self) -> dict[str, Timeline]:
        """The looks over time of everything that has a name."""
        lines: dict[str, Timeline] = {}
        for name, node in self.params.nodes.items():
            lines[name] = Timeline(Look(self.sizes.label(name), node.role))
            for part, row in node.rows.items():
                lines[f"{name}.{part}"] = Timeline(Look("", row.role))
            for part in node.terms:
                lines[f"{name}.{part}"] = Timeline(Look("", node.roles.get(part, node.role)))
        for name, (_, place) in self.layout.groups.items():
            lines[name] = Timeline(Look(place.label or "", place.role))
        for name, edge in self.cast.edges.items():
            lines[name] = Timeline(Look(edge.label or "", edge.role or ""))
            lines[f"badge {name}"] = Timeline(Look(str(edge.badge), "text", "dim"))
        for name in self._all_tokens():
            token = self.params.tokens.get(name)
            text = token.text if token and token.text is not None else name
            lines[name] = Timeline(Look(text, token.role if token else "text"))
        self._change(lines)
        return lines

    def _all_tokens(self) -> list[str]:
        held = [token for node in self.params.nodes.values() for token in node.holds]
        come = [act.token for act in self.acts if isinstance(act, acts.Appear)]
        return list(dict.fromkeys([*held, *come]))

    def _change(self, lines: dict[str, Timeline]) -> None:
        marked: str | None = None
        for act in self.acts:
            if isinstance(act, acts.Look):
                to = {key: value for key, value in (("text", act.text), ("role", act.role)) if value is not None}
                lines[act.name].change(act.start_s, act.duration_s, **to)
            elif isinstance(act, acts.Mark):
                if marked:
                    lines[marked].change(act.start_s - 0.001, act.duration_s, emphasis="plain")
                lines[act.edge].change(act.start_s + 0.001, act.duration_s, emphasis="out")
                lines[f"badge {act.edge}"].change(act.start_s, act.duration_s, emphasis="plain")
                marked = act.edge
            elif isinstance(act, acts.Focus):
                for name, line in lines.items():
                    if not name.startswith("badge "):
                        line.change(act.start_s, act.duration_s, emphasis=self._emphasis(name, act))

    def _emphasis(self, name: str, focus: acts.Focus) -> Emphasis:
        if focus.outlined is None or focus.bright is None:
            return "plain"
        if name in focus.outlined:
            return "out"
        lit = focus.outlined | focus.bright
        if name in lit:
            return "plain"
        if name in self.cast.members and lit & set(self.cast.members[name]):
            return "plain"
        if name in self.cast.edges:
            edge = self.cast.edges[name]
            return "plain" if edge.from_ in lit and edge.to in lit else "dim"
        if name in self.cast.parts:
            siblings = {one for one, node in self.cast.parts.items() if node == self.cast.parts[name]}
            return "dim" if self.cast.parts[name] not in lit or siblings & focus.outlined else "plain"
        if name not in self.params.nodes and self._place_of(name, focus.start_s) in lit:
            return "plain"
        return "dim"

    def _place_of(self, token: str, t: float) -> str | None:
        here = next((node for node, what in self.params.nodes.items() if token in what.holds), None)
        for act in self.acts:
            if act.start_s > t + 1e-6:
                break
            if isinstance(act, acts.Appear) and act.token == token:
                here = act.node
            elif isinstance(act, acts.Travel) and act.token == token:
                here = act.way[-1]
        return here

    # -- putting everything on stage -----------------------------------------------------------

    def _set(self) -> None:
        for name, (box, place) in self.layout.groups.items():
            self._group(name, box, place)
        for name in self.cast.edges:
            self._edge(name)
        for name in self.layout.nodes:
            self._node(name)
        for name in self._all_tokens():
            self._token(name)
        self._enter_all()

    def _keep(self, name: str, *handles: Handle | None) -> None:
        self.handles.setdefault(name, []).extend(handle for handle in handles if handle is not None)

    def _noted(self, size: float, bold: bool = False) -> Callable[[Look], Note]:
        return lambda look: Note("text", look.text.replace("\n", " "), size, colors(self.stage.theme, look.role or "text", look.emphasis)[2], role=look.role)

    def _group(self, name: str, box: Box, place) -> None:  # type: ignore[no-untyped-def]
        line, lane = self.timelines[name], place.lane and self.stage.width > self.stage.height
        frame = staged(self.stage, line, lambda look: group_inks(self.stage, box, place, look), 0.0, solid=True)
        heading = staged(self.stage, line, lambda look: heading_inks(self.stage, box, place, look, lane), 1.5, self._noted(LABEL))
        self._keep(name, frame, heading)

    def _node(self, name: str) -> None:
        node, box, line = self.params.nodes[name], self.layout.nodes[name], self.timelines[name]
        shown = bool(self.slots[name]) or node.shape == "tray"
        # Tokens stand on what has slots, and pass behind what has none: they go through it.
        z = 3.0 if shown else 6.0
        size = self.sizes.token_size(node.small)
        from explainers.stage import around

        slots = [around(x, y, *size) for x, y in self.slots[name]]
        plain = Timeline(line.first._replace(text=""))
        plain._changes = [(t, d, {k: v for k, v in to.items() if k != "text"}) for t, d, to in line._changes]
        self._keep(name, staged(self.stage, plain, lambda look: shape_inks(self.stage, node, box, look, slots), z, solid=True))
        if node.shape == "text":
            self._words(name, box)
        elif node.shape == "table":
            self._table(name, box)
        elif node.terms:
            self._formula(name, box)
        else:
            label = staged(self.stage, line, lambda look: label_inks(self.stage, self.sizes, name, box, look), z + 0.3, self._noted(LABEL))
            self._keep(name, label)
            if label is not None and self.slots[name] and self.sizes.label_at(name) == "center":
                self.yielding[name] = label
        if node.counter:
            self._counter(name, box)

    def _words(self, name: str, box: Box) -> None:
        node, line = self.params.nodes[name], self.timelines[name]
        anchor, x = {"start": ("left", box.left), "center": ("center", box.center[0]), "end": ("right", box.right)}[node.align]
        text = node.text or node.label or ""
        width = node.width * self.stage.body.width if node.width else 460.0
        rows = self.stage.lines(text, width, LABEL)
        top = box.center[1] - len(rows) * LABEL * LINE / 2

        def inks(look: Look):  # type: ignore[no-untyped-def]
            color = self.stage.theme.color(look.role if look.emphasis != "dim" else "muted")
            style = self.stage.style(LABEL, STRONG if look.emphasis == "out" else 400, color)
            return [self.stage.middle_run(row, x, top + (i + 0.5) * LABEL * LINE, style, anchor) for i, row in enumerate(rows)]

        self._keep(name, staged(self.stage, line, inks, 8.0, lambda look: Note("text", text, LABEL, self.stage.theme.color(look.role), role=look.role)))

    def _table(self, name: str, box: Box) -> None:
        node = self.params.nodes[name]
        y = box.top + TABLE_PAD - 10 + ROW_HEIGHT / 2
        left, right = box.left + TABLE_PAD, box.right - TABLE_PAD
        if node.text:
            self._keep(name, self.stage.middle(node.text, left, y, LABEL, weight=STRONG, anchor="left", z=6.3))
            y += ROW_HEIGHT
        for part, row in node.rows.items():
            key, middle = f"{name}.{part}", y
            line = self.timelines[key]
            label = staged(self.stage, line, lambda look, r=row, m=middle: self._cell(r.label, left, m, "left", look, False), 6.3, lambda look, r=row: Note("text", r.label, LABEL))
            self._keep(key, label)
            if row.value:
                value = staged(self.stage, line, lambda look, r=row, m=middle: self._cell(r.value or "", right, m, "right", look, True), 6.3, lambda look, r=row: Note("text", r.value or "", LABEL, role=look.role))
                self._keep(key, value)
            y += ROW_HEIGHT

    def _cell(self, text: str, x: float, y: float, anchor: str, look: Look, value: bool):  # type: ignore[no-untyped-def]
        color = "muted" if look.emphasis == "dim" else look.role if value else "text"
        style = self.stage.style(LABEL, STRONG if value else 400, self.stage.theme.color(color))
        return [self.stage.middle_run(text, x, y, style, anchor)]

    def _formula(self, name: str, box: Box) -> None:
        typeset, node = self.sizes.typeset[name], self.params.nodes[name]
        x, y = {"start": box.left, "center": box.center[0] - typeset.width / 2, "end": box.right - typeset.width}[node.align], box.center[1]
        for term in node.terms:
            line = self.timelines[f"{name}.{term}"]

            def inks(look: Look, term: str = term):  # type: ignore[no-untyped-def]
                color = self.stage.theme.color("muted" if look.emphasis == "dim" else look.role)
                return [typeset.placed(term, x, y, color)]

            note = Note("shape", node.terms[term], 0.0, role=node.role)
            self._keep(f"{name}.{term}", staged(self.stage, line, inks, 8.0, lambda look, n=note: n))

    def _edge(self, name: str) -> None:
        edge, route, line = self.cast.edges[name], self.routes[name], self.timelines[name]
        handle = staged(self.stage, line, lambda look: edge_inks(self.stage, route, edge.role, edge.heads, edge.dashed, look.emphasis), 2.0)
        self._keep(name, handle)
        if edge.badge:
            x, y = _badge_place(route)
            badge = staged(self.stage, self.timelines[f"badge {name}"], lambda look: badge_inks(self.stage, int(look.text), x, y, look.emphasis), 9.0, lambda look: Note("text", look.text, 34.0), solid=True)
            self._keep(name, badge)
        if edge.label:
            self._keep(name, self._edge_label(name, route, edge.label, edge.role))

    def _edge_label(self, name: str, route: Route, text: str, role: str | None):  # type: ignore[no-untyped-def]
        (x0, y0), (x1, y1) = route.longest
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        anchor = "left" if route.vertical else "center"
        edge = self.cast.edges[name]
        if route.vertical:
            x += 22 + (BADGE_RADIUS if edge.badge else 0)
        else:
            y -= 38

        def inks(look: Look):  # type: ignore[no-untyped-def]
            color = self.stage.theme.color("muted" if look.emphasis == "dim" or not role else role)
            parts = text.split("\n")
            style = self.stage.style(LABEL, STRONG if role else 400, color)
            up = (len(parts) - 1) * LABEL * LINE
            up = up / 2 if route.vertical else up
            return [self.stage.middle_run(part, x, y - up + i * LABEL * LINE, style, anchor) for i, part in enumerate(parts)]

        return staged(self.stage, self.timelines[name], inks, 8.0, self._noted(LABEL))

    def _counter(self, name: str, box: Box) -> None:
        """How many slots are filled, under the label: it steps when a token arrives."""
        side, total = self.sizes.label_at(name), self.cast.slots(name)
        steps = [(act.start_s, act.filled) for act in self.acts if isinstance(act, acts.Count) and act.node == name]
        first = len(self.params.nodes[name].holds)
        label = self.sizes.label(name)
        lines = label.count("\n") + 1 if label else 0
        from explainers.kinds.diagram.sizes import LABEL_GAP

        x = box.right + LABEL_GAP if side == "right" else box.left - LABEL_GAP if side == "left" else box.center[0]
        anchor = {"right": "left", "left": "right"}.get(side, "center")
        y = box.center[1] + lines * LABEL * LINE / 2 + 15
        shown = Track(0.0).to(1.0, self.entered.get(name, OPEN_S), acts.ENTER_S, ease_out)

        def text_at(t: float) -> tuple[str, float, float, float]:
            filled = first
            for start, value in steps:
                filled = value if t >= start else filled
            return f"{filled}/{total}", x, y, shown.at(t)

        spans = [*((t, t + 0.02) for t, _ in steps), *shown.spans()]
        self.stage.number(text_at, spans, ["counter", name, steps, first, x, y, shown.keys()], 42, STRONG, "text", anchor, z=8.0)

    def _token(self, name: str) -> None:
        first = next((act for act in self.acts if isinstance(act, acts.Appear) and act.token == name), None)
        node = next((one for one, what in self.params.nodes.items() if name in what.holds), None)
        if node is not None:
            slot: int | None = self.params.nodes[node].holds.index(name)
        else:
            assert first is not None
            node, slot = first.node, first.slot
        inside = slot is None or not self.slots[node]
        home = self.layout.nodes[node].center if inside else self.slots[node][slot or 0]
        self.tokens[name] = figure(self.stage, self.sizes, name, home, self.timelines[name])

    # -- entering, leaving, travelling ---------------------------------------------------------

    def _enter_all(self) -> None:
        """What is there from the start enters in reading order, the rest when it is told to."""
        there = [name for name in self.handles if name not in self.entered and not self._written(name)]
        there.sort(key=lambda name: (self._spot(name)[1], self._spot(name)[0]))
        lag = min(0.04, 0.35 / max(1, len(there)))
        starts = {name: OPEN_S + index * lag for index, name in enumerate(there)}
        for name, handles in self.handles.items():
            if self._written(name):
                continue
            owner = self.cast.parts.get(name, name)
            t = self.entered.get(name, self.entered.get(owner, starts.get(name, OPEN_S)))
            edge = name in self.cast.edges
            if name in self.params.nodes and self.params.nodes[name].shape == "bar":
                # A bar grows; what it is called comes when it is there.
                handles[0].reveal(t, 0.7, "left")
                handles[0]._entered = True
                for handle in handles[1:]:
                    handle.enter(t + 0.4, dy=0)
                continue
            for handle in handles:
                handle.enter(t + (0.15 if edge and name in starts else 0), dy=0 if edge else 24)
        for name, token in self.tokens.items():
            self._enter_token(name, token)

    def _enter_token(self, name: str, token: Figure) -> None:
        come = [act for act in self.acts if isinstance(act, acts.Appear) and act.token == name]
        home = next((node for node, what in self.params.nodes.items() if name in what.holds), None)
        if home is not None:
            slot = self.params.nodes[home].holds.index(name)
            t = self.entered.get(home, OPEN_S + 0.3 + slot * 0.06)
            token.handle.enter(t, dy=24) if self.slots[home] else token.handle.hide()
        elif come and come[0].slot is None:
            token.handle.hide()
        elif come:
            token.handle.enter(come[0].start_s, dy=-30, duration_s=come[0].duration_s)

    def _written(self, name: str) -> bool:
        return any(isinstance(act, acts.Write) and f"{act.node}.{act.term}" == name for act in self.acts)

    def _spot(self, name: str) -> tuple[float, float]:
        owner = self.cast.parts.get(name, name)
        box = self.boxes.get(owner)
        if box is not None:
            return (box.left, box.top)
        return self.routes[owner].middle[0] if owner in self.routes else (0.0, 0.0)

    def _perform(self) -> None:
        ways = Ways(self.sizes, self.layout.nodes, self.slots, self.routes)
        links: list[tuple[str, Track, Track, acts.Link]] = []
        appeared: set[str] = set()
        for act in self.acts:
            if isinstance(act, acts.Travel):
                self._travel(act, ways)
            elif isinstance(act, acts.Appear):
                self._appear(act, appeared)
            elif isinstance(act, acts.Leave):
                self._leave(act)
            elif isinstance(act, acts.Write):
                for handle in self.handles.get(f"{act.node}.{act.term}", ()):
                    handle.enter(act.start_s, dy=20, duration_s=act.duration_s)
            elif isinstance(act, acts.Morph):
                self._morph(act)
            elif isinstance(act, acts.Signal):
                self._signal(act)
            elif isinstance(act, acts.Link):
                grown = Track(0.0).to(1.0, act.start_s, act.duration_s)
                links.append((act.start, Track(1.0), grown, act))
            elif isinstance(act, acts.Unlink):
                for start, shown, _, _ in links:
                    if start == act.start and shown.last > 0:
                        shown.to(0.0, act.start_s, act.duration_s)
        for _, shown, grown, act in links:
            self._link(act, shown, grown)
        for name, label in self.yielding.items():
            self._yield(name, label)

    def _yield(self, name: str, label: Handle) -> None:
        """A label inside a node with slots makes room while tokens stand on it."""
        events: list[tuple[float, int]] = [(OPEN_S, 1) for _ in self.params.nodes[name].holds]
        inside = set(self.params.nodes[name].holds)
        for act in self.acts:
            if isinstance(act, acts.Appear) and act.node == name and act.slot is not None:
                events.append((act.start_s, 1))
                inside.add(act.token)
            elif isinstance(act, acts.Travel) and not act.arc and len(act.way) > 1:
                if act.token in inside:
                    events.append((act.start_s + act.duration_s * 0.35, -1))
                    inside.discard(act.token)
                if act.way[-1] == name:
                    events.append((act.end_s - act.duration_s * 0.35, 1))
                    inside.add(act.token)
            elif isinstance(act, acts.Leave) and act.name in inside:
                events.append((act.end_s, -1))
                inside.discard(act.name)
        count = 0
        for t, step in sorted(events):
            before, count = count, count + step
            if bool(before) != bool(count):
                label.fade(t, 0.0 if count else 1.0, 0.2)

    def _travel(self, act: acts.Travel, ways: Ways) -> None:
        token = self.tokens[act.token]
        points = ways.of(token, act)
        hidden = not self.slots[act.way[0]] and len(act.way) > 1
        if hidden:
            token.handle.fade(act.start_s, 1.0, min(0.25, act.duration_s * 0.25))
        token.follow(points, act.start_s, act.duration_s)
        if act.slot is None and not self.slots[act.way[-1]]:
            # What is inside is not seen; it fades as it goes in.
            token.handle.fade(act.start_s + act.duration_s * 0.8, 0.0, act.duration_s * 0.2)

    def _appear(self, act: acts.Appear, appeared: set[str]) -> None:
        token = self.tokens[act.token]
        again = act.token in appeared or any(act.token in node.holds for node in self.params.nodes.values())
        appeared.add(act.token)
        if not again:
            return
        spot = self.slots[act.node][act.slot] if act.slot is not None else self.layout.nodes[act.node].center
        token.handle.move(act.start_s, spot[0] - token.home[0], spot[1] - token.home[1], 0.0)
        token.at = spot
        if act.slot is not None:
            token.handle.fade(act.start_s, 1.0, act.duration_s)

    def _leave(self, act: acts.Leave) -> None:
        if act.name in self.tokens:
            drift = {"left": (-260, 0), "right": (260, 0), "top": (0, -160), "bottom": (0, 160)}.get(act.by or "", (0, 0))
            token = self.tokens[act.name]
            if act.by:
                x, y = token.at
                token.follow([token.at, (x + drift[0], y + drift[1])], act.start_s, act.duration_s)
            token.handle.fade(act.start_s + (act.duration_s * 0.4 if act.by else 0), 0.0, act.duration_s * 0.6)
            return
        names = self.cast.expanded([act.name])
        gone: set[str] = names | {name for name, edge in self.cast.edges.items() if {edge.from_, edge.to} & names}
        gone |= {part for part, node in self.cast.parts.items() if node in names and act.name not in self.cast.parts}
        if act.name in self.cast.parts:
            gone = {act.name}
        for name in gone:
            for handle in self.handles.get(name, ()):
                handle.leave(act.start_s, duration_s=act.duration_s)

    def _morph(self, act: acts.Morph) -> None:
        theme = self.stage.theme
        before, after = self.params.nodes[act.start], self.params.nodes[act.end]
        pairs = tuple(colors(theme, node.role, "plain")[:2] for node in (before, after))
        drawn_lines.morph(self.stage, self.layout.nodes[act.start], self.layout.nodes[act.end], pairs, act.start_s, act.duration_s)  # type: ignore[arg-type]
        for index, handle in enumerate(self.handles[act.start]):
            handle.leave(act.start_s, duration_s=0.0 if index == 0 else act.duration_s * 0.4)
        gone = {name for name, edge in self.cast.edges.items() if act.start in (edge.from_, edge.to)}
        for name in gone:
            for handle in self.handles[name]:
                handle.leave(act.start_s)

    def _signal(self, act: acts.Signal) -> None:
        points = [self.boxes[act.way[0]].center] if act.way[0] in self.cast.members else []
        for before, after in zip(act.way, act.way[1:], strict=False):
            edge = self.cast.edge(before, after)
            if edge is not None:
                middle = self.routes[edge.name].middle
                points += list(middle if edge.from_ == before else reversed(middle))
        drawn_lines.dot(self.stage, points, self.stage.theme.color(act.role), act.start_s, act.duration_s)

    def _link(self, act: acts.Link, shown: Track, grown: Track) -> None:
        moves = [span for name in (act.start, act.end) if name in self.tokens for span in self.tokens[name].moves]
        color = self.stage.theme.color(act.role)
        depends = [act, shown.keys(), grown.keys(), moves, [tuple(self._where(n)(act.start_s)) for n in (act.start, act.end)]]
        drawn_lines.link(self.stage, self._where(act.start), self._where(act.end), color, shown, grown, moves, depends)

    def _where(self, name: str) -> drawn_lines.Where:
        if name in self.tokens:
            return self.tokens[name].box
        box = self.layout.nodes[name]
        return lambda t: box


def _badge_place(route: Route) -> tuple[float, float]:
    """In the middle of the longest stretch; beside it where the arrow is too short to be seen around it."""
    (x0, y0), (x1, y1) = route.badge_stretch
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    if len(route.middle) > 2 or abs(x1 - x0) + abs(y1 - y0) >= 5 * BADGE_RADIUS:
        return x, y
    return (x + BADGE_RADIUS + 20, y) if route.vertical else (x, y - BADGE_RADIUS - 20)


def names_of(acts_of: Iterable[acts.Act]) -> list[str]:
    """The kinds of acts in order, for tests and debugging."""
    return [type(act).__name__ for act in acts_of]
