"""Everything of a diagram but its tokens, drawn and put on stage: groups, nodes, tables, formulas, edges."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from explainers.film.layer import Note
from explainers.kinds.diagram import acts
from explainers.kinds.diagram.edges import (
    BADGE_SIZE,
    badge_colors,
    badge_inks,
    badge_place,
    edge_inks,
    edge_label_inks,
)
from explainers.kinds.diagram.labels import cell_inks, label_inks, word_inks
from explainers.kinds.diagram.looks import Look, group_inks, heading_inks, shape_inks
from explainers.kinds.diagram.model import Place
from explainers.kinds.diagram.score import Score, badge_of
from explainers.kinds.diagram.sizes import COUNTER, LABEL_GAP, LINE
from explainers.kinds.diagram.timeline import Timeline, staged
from explainers.theme import LABEL, STRONG

if TYPE_CHECKING:
    from explainers.film.layer import Track
    from explainers.kinds.diagram.compose import Composition
    from explainers.stage import Box, Handle
    from explainers.stage.ink import Ink


class Scenery:
    """`handles` holds what each name shows; `yielding` the labels that make room for tokens."""

    def __init__(self, at: Composition, score: Score, lines: dict[str, Timeline]):
        self.stage, self.sizes, self.layout, self.slots = at.stage, at.sizes, at.layout, at.slots
        self.routes, self.score, self.lines = at.routes, score, lines
        self.nodes = at.sizes.params.nodes
        self.handles: dict[str, list[Handle]] = {}
        self.yielding: dict[str, Handle] = {}
        for name, (box, place) in at.layout.groups.items():
            self._group(name, box, place)
        for name in at.routes:
            self._edge(name)
        for name, box in at.layout.nodes.items():
            self._node(name, box)

    def _show(
        self,
        name: str,
        line: Timeline,
        inks: Callable[[Look], Sequence[Ink]],
        z: float,
        note: Callable[[Look], Note] | None = None,
        solid: bool = False,
    ) -> Handle | None:
        """Put a thing on stage under a name; None where it has no ink."""
        handle = staged(self.stage, line, inks, z, note, solid)
        self.handles.setdefault(name, []).extend([handle] if handle else [])
        return handle

    def _text(self, size: float, text: str | None = None) -> Callable[[Look], Note]:
        """The note of a text: the look's own, unless it is given."""

        def note(look: Look) -> Note:
            words = (look.text if text is None else text).replace("\n", " ")
            return Note("text", words, size * self.stage.zoom, role=look.role)

        return note

    def _group(self, name: str, box: Box, place: Place) -> None:
        line, lane = self.lines[name], place.lane and self.stage.width > self.stage.height
        frame = partial(group_inks, self.stage, box, place)
        self._show(name, line, frame, 0.0, lambda look: Note("frame", name), solid=True)
        self._show(name, line, partial(heading_inks, self.stage, box, lane), 1.5, self._text(LABEL))

    def _node(self, name: str, box: Box) -> None:
        from explainers.stage import around

        node, line = self.nodes[name], self.lines[name]
        # Tokens stand on what has slots, and pass behind what has none: they go through it.
        z = 3.0 if self.slots[name] else 6.0
        slots = [around(x, y, *self.sizes.token_size(node.small)) for x, y in self.slots[name]]
        shape = partial(shape_inks, self.stage, node, box, slots=slots)
        self._show(name, line.without_text(), shape, z, lambda look: Note("frame", name), solid=True)
        if node.shape == "text":
            words = partial(word_inks, self.stage, node, box)
            self._show(name, line, words, 8.0, self._text(LABEL, node.text or node.label or ""))
        elif node.shape == "table":
            self._table(name, box)
        elif node.terms:
            self._formula(name, box)
        else:
            inks = partial(label_inks, self.stage, self.sizes, name, box)
            label = self._show(name, line, inks, z + 0.3, self._text(LABEL))
            if label and self.slots[name] and self.sizes.label_at(name) == "center":
                self.yielding[name] = label

    def _table(self, name: str, box: Box) -> None:
        node, table = self.nodes[name], self.sizes.table(name)
        left, right = box.left + table.pad, box.right - table.pad
        for line, y in table.heading:
            heading = self.stage.middle(line, left, box.top + y, LABEL, weight=STRONG, anchor="left", z=6.3)
            self.handles[name].append(heading)
        for part, row in node.rows.items():
            key = f"{name}.{part}"
            y, value_y = (box.top + at for at in table.rows[part])
            if row.label:
                label = partial(cell_inks, self.stage, row.label, left, y, False, False)
                self._show(key, self.lines[key], label, 6.3, self._text(LABEL, row.label))
            if row.value:
                x = left if table.stacked else right
                value = partial(cell_inks, self.stage, row.value, x, value_y, True, not table.stacked)
                self._show(key, self.lines[key], value, 6.3, self._text(LABEL, row.value))

    def _formula(self, name: str, box: Box) -> None:
        typeset, node = self.sizes.typeset[name], self.nodes[name]
        spare = box.width - typeset.width
        x = box.left + spare * {"start": 0.0, "center": 0.5, "end": 1.0}[node.align]
        theme = self.stage.theme
        for term, code in node.terms.items():

            def inks(look: Look, term: str = term) -> list[Ink]:
                color = theme.color("muted" if look.emphasis == "dim" else look.role)
                return [typeset.placed(term, x, box.center[1], color)]

            def note(look: Look, code: str = code) -> Note:
                return Note("shape", code, color=theme.color(look.role), role=look.role)

            self._show(f"{name}.{term}", self.lines[f"{name}.{term}"], inks, 8.0, note)

    def _edge(self, name: str) -> None:
        edge, route, line = self.sizes.cast.edges[name], self.routes[name], self.lines[name]
        self._show(
            name, line, partial(edge_inks, self.stage, route, edge), 2.0, lambda look: Note("edge", name)
        )
        # Badges and words lie on their edges, and tokens pass over them.
        if edge.badge:
            badge = partial(badge_inks, self.stage, edge.badge, *badge_place(route))
            self._show(name, self.lines[badge_of(name)], badge, 4.6, self._badge_note, solid=True)
        if edge.label:
            self._show(name, line, partial(edge_label_inks, self.stage, route, edge), 4.7, self._text(LABEL))

    def _badge_note(self, look: Look) -> Note:
        disc = badge_colors(self.stage.theme, look)[0]
        return Note("text", look.text, BADGE_SIZE * self.stage.zoom, over=disc, role=look.role)

    def counter(self, name: str, shown: Track) -> None:
        """How many slots are filled, under the label: it steps when a token arrives."""
        box, side, total = self.layout.nodes[name], self.sizes.label_at(name), self.sizes.cast.slots(name)
        counts = [act for act in self.score.acts if isinstance(act, acts.Count) and act.node == name]
        steps = [(act.start_s, act.filled) for act in counts]
        first = len(self.nodes[name].holds)
        label = self.sizes.label(name)
        lines = label.count("\n") + 1 if label else 0
        # Under a label at the side, behind one above or below; a digit's cell begins left of its ink.
        x = {"right": box.right + LABEL_GAP - 3, "left": box.left - LABEL_GAP}.get(side, box.center[0])
        anchor = {"right": "left", "left": "right"}.get(side, "left" if label else "center")
        y = box.center[1] + lines * LABEL * LINE / 2 + 15
        if side in ("top", "bottom"):
            x += (
                (self.sizes.text_size(label, LABEL)[0] - self.sizes.counter_width(name)) / 2 + 20
                if label
                else 0
            )
            away = lines * LABEL * LINE / 2 + 12
            y = (box.top - away if side == "top" else box.bottom + away) + 15

        def text_at(t: float) -> tuple[str, float, float, float]:
            filled = first
            for start, value in steps:
                filled = value if t >= start else filled
            return f"{filled}/{total}", x, y, shown.at(t)

        spans = [*((t, t + 0.02) for t, _ in steps), *shown.spans()]
        note = Note(
            "text", f"0/{total}", COUNTER * self.stage.zoom, self.stage.theme.color("text"), role="text"
        )
        self.stage.number(text_at, spans, COUNTER, STRONG, "text", anchor, z=8.0, note=note)
