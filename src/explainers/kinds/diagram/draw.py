"""The picture of a diagram: everything put on stage, entering in reading order, and the acts performed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from explainers.compositor.layer import Note, Track
from explainers.kinds.base import BeatPlan
from explainers.kinds.diagram import acts, inks, motion, plates
from explainers.kinds.diagram.composition import composed
from explainers.kinds.diagram.graph import Graph
from explainers.kinds.diagram.motion import FADED, BandLayer, DotLayer, LinkLayer, MorphLayer, Sprite, free
from explainers.kinds.diagram.params import Params, Place, Verbs, in_shape
from explainers.kinds.diagram.picks import Strips
from explainers.kinds.diagram.pieces import Bars
from explainers.kinds.diagram.routing import STACKED, badge_spot
from explainers.kinds.diagram.schedule import Look, Schedule, Timeline, badge_of
from explainers.kinds.diagram.script import script_of
from explainers.kinds.diagram.sizes import COUNTER, LINE
from explainers.stage import Box, Handle, Stage, around, ink, material
from explainers.stage.ink import Ink
from explainers.stage.text import TextRun
from explainers.storyboard.film import shape_of
from explainers.theme import LABEL, STRONG
from explainers.timing import ease_in, ease_in_out, ease_out

OPEN_S = 0.1
"""When the first things enter."""
_DRIFT = {"left": (-260, 0), "right": (260, 0), "top": (0, -160), "bottom": (0, 160)}


Draw = Callable[[Look], Sequence[Ink]]
Describe = Callable[[Look], Note]
"""What a look is drawn with, and its note."""


class Drawing:
    """One diagram on one stage; making it adds every layer.

    `at` says where everything lies, `handles` holds what each name shows, `sprites` the tokens, and
    `yielding` the labels that make room for tokens.
    """

    def __init__(
        self, stage: Stage, params: Params, beats: Sequence[BeatPlan], body: Box, carried: bool = False
    ):
        self.carried = carried
        params = in_shape(params, shape_of(stage.width, stage.height))
        self.params, self.graph = params, Graph(params)
        spans = [(beat.start_s, beat.end_s, beat.params) for beat in beats]
        steps: list[Verbs] = [step for _, _, beat in spans if beat for step in (beat, *beat.then)]
        self.schedule = Schedule(self.graph, script_of(self.graph, spans, carried).acts)
        self.acts = self.schedule.acts
        self.at = at = composed(stage, params, steps, body)
        self.stage, self.sizes = at.stage, at.sizes
        headings = {name: (place.label or "", place.role) for name, (_, place) in at.layout.groups.items()}
        self.timelines = self.schedule.timelines(at.sizes, headings)
        self.handles: dict[str, list[Handle]] = {}
        self.yielding: dict[str, Handle] = {}
        bars, strips = Bars(self), Strips(self)
        self.makers: dict[str, Bars | Strips] = {"bar": bars, "memory": strips, "index": strips}
        for name, (box, place) in at.layout.groups.items():
            self._group(name, box, place)
        for name in at.routes:
            self._edge(name)
        for name in at.layout.nodes:
            self._node(name, at.boxes[name])
            if self.params.nodes[name].shape == "gates":
                self._gates(name, at.boxes[name])
        self.sprites = {name: self._sprite(name) for name in self.schedule.places}
        self._enter_all()
        self._perform()

    # -- what is on stage ----------------------------------------------------------------------

    def _show(
        self, name: str, draw: Draw, z: float, note: Describe, part: str = "", **more: Any
    ) -> Handle | None:
        """Put a part of a thing on stage under its name, see `_staged`; None where it has no ink."""
        with self.stage.named(name, part):
            handle = self._staged(name, draw, z, note, **more)
        self.handles.setdefault(name, []).extend([handle] if handle else [])
        return handle

    def _staged(
        self,
        name: str,
        draw: Draw,
        z: float,
        note: Describe,
        solid: bool = False,
        line: Timeline | None = None,
    ) -> Handle | None:
        """A handle that shows a timeline (the name's if none is given), each look made into a tile once.

        Where `solid`, looks cover each other: a new one fades in over the old one instead of through it.
        """
        timeline = line or self.timelines[name]
        moments = timeline.moments()
        looks = {look.key: look for look in (timeline.first, *(look for _, _, look in moments))}
        drawn = {key: parts for key, look in looks.items() if (parts := list(draw(look)))}
        if not drawn:
            return None
        now = timeline.first.key
        tiles = {key: ink.raster(parts, self.stage.scale) for key, parts in drawn.items()}
        box = ink.bounds(next(iter(drawn.values())))
        handle = self.stage.place(tiles, box, z, None, now if now in drawn else "none")
        for key, layer in handle.looks.items():
            # A note has the colour in which its words are really set.
            runs = [part.style.color for part in drawn[key] if isinstance(part, TextRun)]
            described = note(looks[key])
            layer.note = replace(described, color=runs[0]) if runs else described
        for t, duration, look in moments:
            is_text = not solid and all(layer.note.kind == "text" for layer in handle.layers if layer.note)
            if is_text and now in drawn and look.key in drawn:
                # Words never dissolve over words: the same ones change at once, others when these are gone.
                same = looks[now].text == look.text
                half = duration / 2
                handle.looks[now].track("share").to(0.0, t + half * same, 0.0 if same else half)
                handle.looks[look.key].track("share").to(1.0, t + half, 0.0 if same else half)
            else:
                _cross_fade(handle, now, look.key, t, duration, solid)
            now = look.key
        return handle

    def _text(self, text: str | None = None) -> Callable[[Look], Note]:
        """The note of a label: the look's own text, unless it is given."""

        def note(look: Look) -> Note:
            words = (look.text if text is None else text).replace("\n", " ")
            return Note("text", words, LABEL * self.stage.zoom, role=look.role)

        return note

    def _group(self, name: str, box: Box, place: Place) -> None:
        lane = place.lane and self.stage.width > self.stage.height
        frame = partial(inks.group_inks, self.stage, box, place)
        self._show(name, frame, 0.0, lambda look: Note("frame", name), "panel", solid=True)
        draw: Draw = partial(inks.heading_inks, self.stage, box, lane)
        if place.dock:
            nodes = [self.at.boxes[member] for member in self.graph.groups[name]]
            draw = partial(plates.dock_heading, self.stage, box, place, nodes)
        self._show(name, draw, 1.5, self._text(), "label")

    def _edge(self, name: str) -> None:
        edge, route = self.graph.edges[name], self.at.routes[name]
        nodes = [self.params.nodes.get(end) for end in (edge.from_, edge.to)]
        stacked = edge.lanes and route.vertical and any(node and node.shape in STACKED for node in nodes)
        arrows = partial(inks.edge_inks, self.stage, route, edge, stacked)
        self._show(name, arrows, 0.9 if stacked else 2.0, lambda look: Note("edge", name), "line")
        # Badges and words lie on their edges, and tokens pass over them.
        if edge.badge:
            place = badge_spot(route, edge, self.at.boxes[edge.from_])
            line = self.timelines[badge_of(name)]
            # What flies passes over the badge of its arc.
            z = 5.7 if edge.arc else 4.6
            disc = partial(plates.badge_inks, self.stage, place)
            self._show(name, disc, z, lambda look: Note("shape", name), "badge", solid=True, line=line)
            number = partial(plates.badge_number, self.stage, edge.badge, place)
            self._show(name, number, z + 0.05, self._badge_note, "number", line=line)
        if edge.label:
            words = partial(inks.edge_label_inks, self.stage, self.at.words[name], edge)
            self._show(name, words, 4.7, self._text(), "label")

    def _badge_note(self, look: Look) -> Note:
        disc, _ = plates.badge_colors(self.stage.theme, look)
        return Note("text", look.text, plates.BADGE_SIZE * self.stage.zoom, over=disc, role=look.role)

    def _gates(self, name: str, bar: Box) -> None:
        """The gates of a bar and what is read in them, as the acts of the script have it."""
        ramp = self.params.nodes[name].role
        for slot, (x, _) in enumerate(self.at.slots[name]):
            frame, read = Timeline(Look("", ramp)), Timeline(Look("", "text"))
            changes = [
                a
                for a in self.acts
                if isinstance(a, acts.Read | acts.Gate) and (a.node, a.slot) == (name, slot)
            ]
            for act in changes:
                if isinstance(act, acts.Read):
                    whose = self.timelines[act.token].first.text.split("\n")[0]
                    text = f"{whose}{plates.APART}{act.text}"
                    read.change(act.start_s, act.duration_s, text=text, role="text")
                elif act.state == "back":
                    frame.change(act.start_s, act.duration_s, text="", role=ramp)
                    read.change(act.start_s, act.duration_s, role="text")
                elif act.state:
                    frame.change(act.start_s, act.duration_s, text=act.state, role=act.role)
                    read.change(act.start_s, act.duration_s, role=act.role)
                else:
                    frame.change(act.start_s, act.duration_s, text="", role=ramp)
                    read.change(act.start_s, act.duration_s, text="")
            box = plates.gate_box(bar, x, self.sizes.gate_width(name, self.at.layout.nodes[name]))
            gate = partial(plates.gate_inks, self.stage, box, ramp)
            part = f"gate {slot + 1}"
            self._show(name, gate, 6.6, lambda look: Note("shape", name), part, solid=True, line=frame)
            words = partial(plates.gate_text, self.stage, box)
            self._show(name, words, 6.7, self._text(), f"value {slot + 1}", line=read)

    def _node(self, name: str, box: Box) -> None:
        if maker := self.makers.get(self.params.nodes[name].shape):
            maker.add(name, box)
            return
        node, centers = self.params.nodes[name], self.at.slots[name]
        # Tokens stand on what has slots, and pass behind what has none: they go through it. Those on an arc
        # fly over plates, and come from behind a bar with gates.
        z = {"plates": 5.5, "gates": 6.5}.get(node.shape, 3.0 if centers else 6.0)
        scale = self.sizes.slot_scale(name, self.at.layout.nodes[name]) if centers else 1.0
        width, height = (side * scale for side in self.sizes.token_size(node.small))
        # A little smaller than a token, so that no dashes show around one that stands there.
        slots = [around(x, y, width - 6.0 * scale, height - 6.0 * scale) for x, y in centers]
        docked = any(name in place.nodes for place in self.graph.docks)
        frame: Draw = partial(inks.shape_inks, self.stage, node, box, slots, docked)
        if node.shape == "plates":
            lanes = [
                x
                for edge, route in self.at.routes.items()
                if name in self.graph.ends(edge)
                for x in ([line[0][0] for line in route.lines] if self.graph.edges[edge].lanes else [])
            ]
            slabs = self.sizes.slabs(name, box)
            frame = partial(plates.plate_inks, self.stage, box, slabs, sorted({*lanes}))
        line = self.timelines[name].without_text()
        self._show(name, frame, z, lambda look: Note("frame", name), "panel", solid=True, line=line)
        if node.numbered:
            numbers = partial(inks.number_inks, self.stage, slots)
            places = " ".join(str(number) for number in range(1, len(slots) + 1))
            self._show(name, numbers, z + 0.1, self._text(places), "numbers", line=line)
        if node.shape == "text":
            words = partial(inks.word_inks, self.sizes, node, box)
            self._show(name, words, 8.0, self._text(node.text or node.label or ""), "label")
        elif node.shape == "table":
            self._table(name, box)
        elif node.terms:
            self._formula(name, box)
        else:
            draw = partial(inks.label_inks, self.sizes, name, box)
            label = self._show(name, draw, z + 0.05 if z > 5 else z + 0.3, self._text(), "label")
            if label and centers and self.sizes.label_at(name) == "center":
                self.yielding[name] = label

    def _table(self, name: str, box: Box) -> None:
        table, stacked = self.sizes.table(name), self.sizes.stacked
        left, right = box.left + table.pad, box.right - table.pad
        for line, y in table.heading:
            heading = self.stage.middle(line, left, box.top + y, LABEL, weight=STRONG, anchor="left", z=6.3)
            self.handles[name].append(heading)
        for part, row in self.params.nodes[name].rows.items():
            key = f"{name}.{part}"
            y, value_y = (box.top + middle for middle in table.rows[part])
            value_x, anchor = (left, "left") if stacked else (right, "right")
            label = partial(inks.cell_inks, self.stage, row.label, (left, y), False, "left")
            value = partial(inks.cell_inks, self.stage, row.value or "", (value_x, value_y), True, anchor)
            for part_name, text, cell in (("label", row.label, label), ("value", row.value, value)):
                if text:
                    self._show(key, cell, 6.3, self._text(text), part_name)

    def _formula(self, name: str, box: Box) -> None:
        typeset, node, theme = self.sizes.typeset[name], self.params.nodes[name], self.stage.theme
        x = box.left + (box.width - typeset.width) * {"start": 0.0, "center": 0.5, "end": 1.0}[node.align]
        for term, code in node.terms.items():

            def draw(look: Look, term: str = term) -> list[Ink]:
                color = theme.color("muted" if look.emphasis == "dim" else look.role)
                return [typeset.placed(term, x, box.center[1], color)]

            def note(look: Look, code: str = code) -> Note:
                return Note("shape", code, color=theme.color(look.role), role=look.role)

            self._show(f"{name}.{term}", draw, 8.0, note, "label")

    def _sprite(self, name: str) -> Sprite:
        """A token at its first place."""
        stage, small = self.stage, self.sizes.is_small(name)
        x, y = self._spot(*self.schedule.places[name])
        # A whole pixel for its home keeps the text crisp wherever it rests.
        home = (round(x * stage.scale) / stage.scale, round(y * stage.scale) / stage.scale)
        size, token = self.sizes.token_size(small), self.params.tokens.get(name)
        box = around(*home, *size)

        def note(look: Look) -> Note:
            fill = plates.chip_fill(stage.theme, look)
            words = look.text.replace("\n", " ")
            return Note("text", words, self.sizes.token_text(small) * stage.zoom, over=fill, role=look.role)

        draw = partial(plates.chip_inks, self.sizes, box, small, token.tag if token else None)
        mine = [act for act in self.acts if isinstance(act, acts.Travel) and act.token == name]
        with stage.named(name, "chip"):
            handle = self._staged(name, draw, 5.0, note, solid=True)
        assert handle is not None
        sprite = Sprite(handle, home, size, home, low=[handle])
        shadow, dark = plates.chip_shadow(stage.theme, box), stage.theme.dark

        def beside(part: str, ink: Ink, z: float) -> Handle:
            with stage.named(name, part):
                return stage.mobject(ink, z=z)

        sprite.low.append(beside("shadow", shadow, 4.9))
        flown = {self._role_at(name, act.start_s) for act in mine if act.way == "fly"}
        if flown:
            with stage.named(name, "flying chip"):
                high = self._staged(name, draw, 6.0, note, solid=True)
            assert high is not None
            sprite.high = [high.hide(), beside("flying shadow", shadow, 5.9).hide()]
        for role in sorted(flown):
            light = material.glow(
                home, size[0] * 1.15, size[1] * 1.7, stage.theme.color(role), 0.42 if dark else 0.16
            )
            # What shines and trails as it moves has no name: it is no part that carries on.
            sprite.tails[f"light {role}"] = stage.mobject(light, z=5.85).hide()
        for role in sorted({self._tail_role(act) for act in mine if act.way == "fall"}):
            inner, strength = box.inset(size[0] * 0.08, 0), 0.6 if dark else 0.4
            streaks = material.tail(inner, stage.theme.color(role), "top", 96.0, strength)
            sprite.tails[role] = stage.mobject(streaks, z=4.8).hide()
        sprite.scale = self._token_scale(self.schedule.places[name][0])
        for one in [*sprite.low, *sprite.high]:
            for layer in one.layers:
                layer.track("scale").initial = sprite.scale
        for one in sprite.all:
            for layer in one.layers:
                layer.pivot = (home[0] * stage.scale, home[1] * stage.scale)
        return sprite

    def _tail_role(self, act: acts.Travel) -> str:
        """The colour of a fall's tail: that of where it leads, or of the layers."""
        role = self.params.nodes[act.path[-1]].role
        return role if role == "buffer" else "layers"

    def _token_scale(self, node: str) -> float:
        """How large tokens are in a node."""
        slots = self.graph.slots(node)
        return self.sizes.slot_scale(node, self.at.layout.nodes[node]) if slots else 1.0

    def _spot(self, node: str, slot: int | None) -> tuple[float, float]:
        """Where a token is in a node: on a slot, or in the middle where it has none."""
        slots = self.at.slots[node]
        return self.at.layout.nodes[node].center if slot is None or not slots else slots[slot]

    def _counter(self, name: str, shown: Track) -> None:
        """How many slots are filled, under the label: it steps when a token arrives."""
        box, side, total = self.at.layout.nodes[name], self.sizes.label_at(name), self.graph.slots(name)
        size, gap = self.sizes.counter_size(name), self.sizes.label_gap(name)
        steps = [(a.start_s, a.filled) for a in self.acts if isinstance(a, acts.Count) and a.node == name]
        first, label = len(self.params.nodes[name].holds), self.sizes.label(name)
        height = (label.count("\n") + 1) * LABEL * LINE if label else 0.0
        # Under a label at the side, behind one above or below; a digit's cell begins left of its ink.
        x = {"right": box.right + gap - 3, "left": box.left - gap}.get(side, box.center[0])
        anchor = {"right": "left", "left": "right"}.get(side, "left" if label else "center")
        y = box.center[1] + (height / 2 + 15 if size == COUNTER else 66.0)
        if side in ("top", "bottom"):
            x += (self.sizes.text_size(label)[0] - self.sizes.counter_width(name)) / 2 + 20 if label else 0
            away = height / 2 + 12
            y = (box.top - away if side == "top" else box.bottom + away) + 15

        def text_at(t: float) -> tuple[str, float, float, float]:
            filled = next((filled for start, filled in reversed(steps) if t >= start), first)
            return f"{filled}/{total}", x, y, shown.at(t)

        spans = [*((t, t + 0.02) for t, _ in steps), *shown.spans()]
        color = self.stage.theme.color("text")
        note = Note("text", f"0/{total}", size * self.stage.zoom, color, role="text")
        with self.stage.named(name, "value"):
            self.stage.number(text_at, spans, size, STRONG, "text", anchor, z=8.0, note=note)

    # -- how they enter ------------------------------------------------------------------------

    def _enter_all(self) -> None:
        """What is there from the start stands, or enters in reading order in a shot that carries on from
        another; the rest enters when it is revealed."""
        entered, nodes = self.schedule.entered, self.params.nodes
        names = [name for name in self.handles if name not in self.schedule.written]
        there = sorted((name for name in names if name not in entered), key=self._top_left)
        lag = min(0.08, 1.0 / max(1, len(there)))
        starts = {name: OPEN_S + index * lag for index, name in enumerate(there)}
        for name in names:
            is_edge, owner = name in self.graph.edges, self.graph.parts.get(name, name)
            t = entered.get(name, entered.get(owner, starts.get(name, OPEN_S)))
            t += 0.15 if is_edge and name in starts else 0.0
            if name in nodes and nodes[name].shape in self.makers:
                self.makers[nodes[name].shape].enter(name, t)
                continue
            if name in starts and not self.carried:
                continue
            dock = next((one for one in self.graph.docks if name == one.name or name in one.nodes), None)
            if dock is not None and dock.name and name in starts:
                # A panel comes in from its edge of the frame, its parts after it.
                box = self.at.boxes[dock.name]
                dx, dy = {"left": (-1, 0), "right": (1, 0), "top": (0, -1), "bottom": (0, 1)}[str(dock.dock)]
                for handle in self.handles[name]:
                    if dy < 0 and box.top > 0:
                        # Under the words of a high frame it would come through them.
                        handle.enter(t, dy=-28, duration_s=0.4)
                    else:
                        handle.enter(t, dx * box.width, dy * box.height, duration_s=0.7, fade_s=0.0)
                continue
            for handle in self.handles[name]:
                handle.enter(t, dy=0 if is_edge else 28, duration_s=0.4)
        for name, node in nodes.items():
            if node.counter:
                stands = name not in entered and not self.carried
                shown = Track(1.0 if stands else 0.0)
                if not stands:
                    shown.to(1.0, entered.get(name, starts.get(name, OPEN_S)), acts.ENTER_S, ease_out)
                self._counter(name, shown)
        for name, sprite in self.sprites.items():
            place, slot = self.schedule.places[name]
            hidden = not self.at.slots[place] or nodes[place].shape == "gates"
            if name in self.graph.homes and not hidden:
                if place in entered or self.carried:
                    t = entered.get(place, OPEN_S + 0.3 + (slot or 0) * 0.08)
                    for handle in sprite.low:
                        handle.enter(t, dy=28, duration_s=0.4)
            elif name in self.graph.homes or slot is None:
                for handle in sprite.low:
                    handle.hide()
            else:
                brought = self.schedule.brought[name]
                far = -0.3 if self.sizes.is_small(name) else -0.7
                for handle in sprite.low:
                    handle.enter(brought.start_s, dy=far * sprite.size[1], duration_s=brought.duration_s)
                sprite.trail("layers", brought.start_s, brought.duration_s)

    def _top_left(self, name: str) -> tuple[float, float]:
        """Where a thing begins, top first, for reading order."""
        box = self.at.boxes.get(self.graph.parts.get(name, name))
        if box is not None:
            return box.top, box.left
        x, y = self.at.routes[name].middle[0]
        return y, x

    # -- the acts ------------------------------------------------------------------------------

    def _perform(self) -> None:
        links: list[tuple[acts.Link, Track]] = []
        left: set[str] = set()
        appeared = set(self.graph.homes)
        makers = {id(maker): maker for maker in self.makers.values()}.values()
        for act in self.acts:
            for maker in makers:
                maker.perform(act)
            match act:
                case acts.Travel():
                    self._travel(act)
                case acts.Appear():
                    if act.token in appeared:
                        self._appear(act)
                    appeared.add(act.token)
                case acts.Leave():
                    self._leave(act)
                    left.add(act.name)
                case acts.Enter() if act.name in left:
                    for handle in self._handles_of(act.name):
                        handle.fade(free(handle, act.start_s), 1.0, act.duration_s)
                case acts.Write():
                    for handle in self.handles[f"{act.node}.{act.term}"]:
                        handle.enter(free(handle, act.start_s), dy=20, duration_s=act.duration_s)
                case acts.Morph():
                    self._morph(act)
                case acts.Signal():
                    hops = zip(act.path, act.path[1:], strict=False)
                    points = [point for hop in hops for point in motion.edge_points(self.at, *hop)]
                    color = self.stage.theme.color(act.role)
                    self.stage.drawn(DotLayer(points, color, self.stage.scale, act.start_s, act.duration_s))
                case acts.Link():
                    links.append((act, Track(1.0)))
                case acts.Focus() | acts.Unlink():
                    for link, shown in links:
                        self._fade_link(link, shown, act)
        for link, shown in links:
            grown = Track(0.0).to(1.0, link.start_s, link.duration_s)
            start, end = (self.sprites.get(n) or self.at.layout.nodes[n] for n in (link.start, link.end))
            color = self.stage.theme.color(link.role)
            homes = {self.schedule.place_of(name, link.start_s) for name in (link.start, link.end)}
            within = (
                homes.pop() if len(homes) == 1 and {link.start, link.end} <= self.sprites.keys() else None
            )
            beside = self.sizes.label_at(within) if within else None
            self.stage.drawn(LinkLayer(start, end, color, self.stage.scale, shown, grown, beside))
        for name, label in self.yielding.items():
            self._yield(name, label)

    def _travel(self, act: acts.Travel) -> None:
        sprite = self.sprites[act.token]
        start_s, duration_s, last = act.start_s, act.duration_s, act.path[-1]
        points = motion.travel_points(self.at, sprite, act)
        gates = [self.params.nodes[end].shape == "gates" for end in (act.path[0], last)]
        if gates[0] and len(act.path) > 1:
            sprite.fade(start_s, 1.0, 0.0)
        elif not self.at.slots[act.path[0]] and len(act.path) > 1:
            sprite.fade(start_s, 1.0, min(0.25, duration_s * 0.25))
        sprite.lift(start_s, act.way == "fly")
        sprite.resize(self._token_scale(last), start_s + duration_s * 0.2, duration_s * 0.6)
        easing = ease_in if act.way == "fall" else ease_in_out
        start_s = sprite.follow(points, start_s, duration_s, easing)
        if act.way == "fall":
            role = self._tail_role(act)
            sprite.trail(role, start_s, duration_s, 0.5 if gates[0] else 0.0)
            if gates[0]:
                # The streaks begin in the gate it came through.
                (x, _), floor = points[0], self.at.boxes[act.path[0]].bottom
                gate = Box(x - sprite.size[0] * 0.42, floor - 4, x + sprite.size[0] * 0.42, floor + 4)
                streaks = material.tail(gate, self.stage.theme.color(role), "top", 50.0, 0.3)
                streak = self.stage.mobject(streaks, z=6.65).hide()
                streak.fade(start_s + duration_s * 0.3, 1.0, 0.15).fade(start_s + duration_s, 0.0, 0.3)
        elif act.way == "fly":
            role, strength = self._role_at(act.token, act.start_s), 1.0 if self.stage.theme.dark else 0.6
            color, scale = self.stage.theme.color(role), self.stage.scale
            edge = self.at.boxes[last].top - 6.0
            band = BandLayer(points, color, scale, start_s, duration_s, sprite.size[1] * 0.8, edge, strength)
            self.stage.drawn(band)
            sprite.trail(f"light {role}", start_s, duration_s)
            # It stays above its band until that is gone.
            sprite.lift(start_s + duration_s * (1.0 if gates[1] else FADED), False)
        if gates[1] or (act.slot is None and not self.at.slots[last]):
            # What is inside is hidden; it fades as it goes in, or is behind a bar.
            lasts = 0.0 if gates[1] else duration_s * 0.2
            sprite.fade(start_s + duration_s - lasts, 0.0, lasts)

    def _role_at(self, token: str, t: float) -> str:
        """The colour of a token at a time."""
        timeline = self.timelines[token]
        return next(
            (look.role for at, _, look in reversed(timeline.moments()) if at <= t), timeline.first.role
        )

    def _appear(self, act: acts.Appear) -> None:
        """A token that was there before comes back, maybe somewhere else."""
        sprite = self.sprites[act.token]
        sprite.jump(self._spot(act.node, act.slot), act.start_s)
        if act.slot is not None:
            sprite.fade(act.start_s, 1.0, act.duration_s)

    def _leave(self, act: acts.Leave) -> None:
        if act.name not in self.sprites:
            for handle in self._handles_of(act.name):
                handle.leave(free(handle, act.start_s), duration_s=act.duration_s)
            return
        sprite = self.sprites[act.name]
        if act.by:
            (x, y), (dx, dy) = sprite.at, _DRIFT[act.by]
            sprite.follow([sprite.at, (x + dx, y + dy)], act.start_s, act.duration_s)
        wait = act.duration_s * 0.4 if act.by else 0.0
        sprite.fade(act.start_s + wait, 0.0, act.duration_s - wait)

    def _handles_of(self, name: str) -> list[Handle]:
        """The handles of a thing with its members, rows and edges."""
        names = {name} if name in self.graph.parts else self.graph.expanded([name])
        names |= {edge.name for edge in self.graph.edges.values() if {edge.from_, edge.to} & names}
        names |= {part for part, node in self.graph.parts.items() if node in names}
        return [handle for name in self.handles if name in names for handle in self.handles[name]]

    def _morph(self, act: acts.Morph) -> None:
        """A node's frame travels and becomes another's; its words go, and its edges with them."""
        nodes, boxes, theme = self.params.nodes, self.at.layout.nodes, self.stage.theme
        before, after = (inks.colors(theme, Look("", nodes[name].role)) for name in (act.start, act.end))
        outline, fill, _ = zip(before, after, strict=True)
        start, end, time = boxes[act.start], boxes[act.end], (act.start_s, act.duration_s)
        self.stage.drawn(MorphLayer(start, end, outline, fill, self.stage.scale, *time))
        for index, handle in enumerate(self.handles[act.start]):
            handle.leave(free(handle, act.start_s), duration_s=0.0 if index == 0 else act.duration_s * 0.4)
        for name, edge in self.graph.edges.items():
            for handle in self.handles[name] if act.start in (edge.from_, edge.to) else ():
                handle.leave(free(handle, act.start_s))

    def _fade_link(self, link: acts.Link, shown: Track, act: acts.Focus | acts.Unlink) -> None:
        """A line is dimmed with the things it ties together, and gone when it is let go."""
        if isinstance(act, acts.Unlink):
            if act.start == link.start:
                shown.to(0.0, act.start_s, act.duration_s)
        elif shown.last > 0.0:
            places = {self.schedule.place_of(name, act.start_s) for name in (link.start, link.end)}
            lit = None if act.outlined is None or act.bright is None else act.outlined | act.bright
            bright = lit is None or lit & {link.start, link.end, *places}
            shown.to(1.0 if bright else 0.3, act.start_s, act.duration_s)

    def _yield(self, name: str, label: Handle) -> None:
        """A label inside a node with slots makes room while tokens stand on it."""
        count = 0
        for t, step in self.schedule.visits(name, OPEN_S):
            before, count = count, count + step
            if bool(before) != bool(count):
                label.fade(free(label, t), 0.0 if count else 1.0, 0.2)


def _cross_fade(handle: Handle, old: str, new: str, t: float, duration_s: float, solid: bool) -> None:
    order = list(handle.looks)
    covers = solid and new in order and old in order
    upper = covers and order.index(new) > order.index(old)
    if new in handle.looks:
        handle.looks[new].track("share").to(1.0, t, duration_s if upper or not covers else 0.0)
    if old in handle.looks:
        start, length = (t + duration_s, 0.0) if upper else (t, duration_s)
        handle.looks[old].track("share").to(0.0, start, length)
