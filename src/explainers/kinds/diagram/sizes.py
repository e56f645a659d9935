"""How large nodes, tables and tokens want to be, and where slots and rows lie in them, in design units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from explainers.kinds.diagram.formula import Typeset
from explainers.kinds.diagram.graph import Graph, brought_by
from explainers.kinds.diagram.params import Node, Params, Place, Verbs, first_text
from explainers.kinds.diagram.strips import STRIPS, bar_length, most_unit, strip_centers, strip_size, sum_room
from explainers.stage import Box, Point, Stage
from explainers.theme import LABEL, REGULAR, STRONG

LINE = 1.28
"""Leading of labels."""
PAD_X, BOX_HEIGHT, SECOND = 34.0, 84.0, 32
"""Room beside a label, height of a box with one line, size of a second line."""
SLOT_GAP, TRAY_PAD_X, TRAY_PAD_Y = 18.0, 20.0, 18.0
CHIP_WIDTH, CHIP_HEIGHT, CHIP_TEXT = 132.0, 80.0, 44.0
"""Least width of a token, its height and the size of its text in a frame that is not narrow."""
LABEL_GAP = 26.0
"""Between a node and a label outside it."""
COUNTER, LARGE_COUNTER = 42, 106
"""Size of a counter's digits above or below a node, and at its side."""
GATES_HEIGHT, GATES_OUT, GATE_HEIGHT = 153.0, 26.0, 78.0
"""Height of a bar with gates, how far it reaches out of its column, and the height of a gate."""
NUMBER, NUMBER_ROOM = 32.0, 40.0
"""The size of the number of a slot, and the room over a slot for it."""
HEAD, HEAD_PAD, HEAD_FOOT = 62.0, 30.0, 15.0
"""Height of a label at the head of a node over its slots, the room at its left, and that under the slots."""
THIN, THIN_GAP, THICK = 24.0, 8.0, 80.0
"""Height of a thin layer, the gap after it, and the least height of the plate with the name."""
LARGE_WORDS = 54.0
"""The size of words that are a finding."""
GROUP_GAP = 24.0
"""The wider gap after a group of slots."""
ROW_HEIGHT, NARROW_ROW, TABLE_PAD, VALUE_GAP = 68.0, 54.0, 36.0, 48.0
"""Height of a table's row in a wide frame and in others, room around the rows, and before the values."""
STACKED_ROW, STACKED_PAD, STACKED_LEAST = 44.0, 24.0, 330.0
"""Height of a line, room around them and their least width, where values stand under their labels."""


@dataclass(frozen=True)
class Size:
    """Width and height, and the room needed outside of it at the left, top, right and bottom."""

    width: float
    height: float
    left: float = 0.0
    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0

    @property
    def whole_width(self) -> float:
        return self.left + self.width + self.right

    @property
    def whole_height(self) -> float:
        return self.top + self.height + self.bottom


@dataclass(frozen=True)
class Table:
    """A table's size, its heading's lines, and where rows stand: middles of lines from the top.

    `rows` holds the middle of a row's label and of its value.
    """

    width: float
    height: float
    heading: tuple[tuple[str, float], ...]
    rows: dict[str, tuple[float, float]]
    pad: float


class Sizes:
    """Sizes of all nodes and tokens of a diagram.

    `typeset` holds its formulas as drawn; `stacked` puts the values of tables below their labels, which
    takes less width.
    """

    def __init__(
        self,
        stage: Stage,
        params: Params,
        steps: Sequence[Verbs],
        typeset: Mapping[str, Typeset],
        stacked: bool = False,
    ):
        self.stage, self.params, self.typeset, self.stacked = stage, params, typeset, stacked
        self.graph = Graph(params)
        self.narrow = stage.width <= stage.height
        brought = brought_by(steps)
        tokens = self.graph.tokens | brought
        self._texts = {name: all_texts(params, steps, name) for name in tokens}
        self._token_sizes = {small: self._token_size(small) for small in (False, True)}
        self.unit = min(self._bar_unit(), most_unit(self))

    def _token_size(self, small: bool) -> tuple[float, float]:
        """One size for all tokens of a kind, so that every slot fits every token."""
        lanes = [self.slot_grid(name)[0] for name in self.params.nodes if self.graph.slots(name)]
        wide = (
            CHIP_WIDTH
            if max(lanes, default=0) <= 4 or any(n.small for n in self.params.nodes.values())
            else 96.0
        )
        floor = 48.0 if small else 80.0 if self.narrow else wide
        texts = [t for name, all_of in self._texts.items() if self.is_small(name) == small for t in all_of]
        lines = [line for text in texts for line in text.split("\n")]
        size = self.token_text(small)
        width = max((self.stage.text_width(line, size, STRONG, mono=True) for line in lines), default=0.0)
        height = 106.0 if len(lines) > len(texts) else 66.0 if small else 70.0 if self.narrow else CHIP_HEIGHT
        width += 12 if small else 22 if self.narrow else 52
        return max(floor, width) + self.tag_width(small), height

    def tag_width(self, small: bool = False) -> float:
        """Width of the cells that say whose a token is; 0 where no token has one."""
        tags = [t.tag for t in self.params.tokens.values() if t.tag and t.small == small]
        widths = [self.stage.text_width(tag, SECOND, mono=True) for tag in tags]
        return max(widths) + 26 if widths else 0.0

    def token_text(self, small: bool) -> float:
        """The size of a token's text; also a small one can be read in a narrow column."""
        return 35.0 if small else LABEL if self.narrow else CHIP_TEXT

    def is_small(self, token: str) -> bool:
        described = self.params.tokens.get(token)
        return bool(described and described.small)

    def token_size(self, small: bool) -> tuple[float, float]:
        return self._token_sizes[small]

    def _bar_unit(self) -> float:
        """Design units of a bar's length of one: the longest row of bars takes two thirds of the width, or
        nearly all of a narrow frame's."""
        nodes = self.params.nodes
        lengths = {name: bar_length(node) for name, node in nodes.items() if node.shape == "bar"}
        rows = [sum(lengths.get(name, 0.0) for name in names) for names in _rows(self.params.place)]
        longest = max([*rows, *lengths.values()], default=0.0)
        beside = any(self.label_at(name) in ("left", "right") for name in nodes)
        share = self.params.bars or (0.92 if self.narrow and not beside else 0.72)
        return self.stage.body.width * share / longest if longest else 0.0

    def label(self, name: str) -> str:
        """The label of a node, if it has one."""
        node = self.params.nodes[name]
        if node.label is not None:
            return node.label
        return "" if node.shape in ("text", "table", "formula") or node.bare else name

    def label_at(self, name: str) -> str:
        node = self.params.nodes[name]
        return node.label_at or {"tray": "right", "gates": "head", "plates": "head"}.get(node.shape, "center")

    def label_gap(self, name: str) -> float:
        """How far a label at a side stands from its node."""
        node = self.params.nodes[name]
        return node.apart if node.apart is not None and node.beside is None else LABEL_GAP

    def counter_size(self, name: str) -> float:
        """The size of a node's counter: large at its side, where nothing is in the way."""
        beside = self.label_at(name) in ("left", "right") and not self.narrow
        return LARGE_COUNTER if beside else COUNTER

    def counter_width(self, name: str) -> float:
        """Width of a node's counter and the space before it; 0 without one."""
        if not self.params.nodes[name].counter:
            return 0.0
        slots = str(self.graph.slots(name))
        return self.stage.text_width(f"{slots}/{slots}", self.counter_size(name), STRONG, mono=True) + 20

    def aside(self, name: str) -> list[str]:
        """The lines of the quiet words beside a node's large counter."""
        node = self.params.nodes[name]
        large = node.counter and self.counter_size(name) == LARGE_COUNTER
        return self.stage.lines(node.text, 230.0, LABEL) if node.text and large else []

    def text_size(self, text: str) -> tuple[float, float]:
        """Width and height of a label with the line breaks written in it."""
        lines = text.split("\n")
        widths = [
            self.typeset[line].width if line in self.typeset else self.stage.text_width(line, LABEL, STRONG)
            for line in lines
        ]
        return max(widths), len(lines) * LABEL * LINE

    def words(self, node: Node) -> list[str]:
        """The lines of a node that is nothing but text."""
        room = node.width * self.stage.body.width if node.width else 600.0 if node.large else 460.0
        size, weight = self.word_look(node)
        return self.stage.lines(node.text or node.label or "", room, size, weight)

    def word_look(self, node: Node) -> tuple[float, int]:
        """Size and weight of a node that is nothing but text."""
        return (LARGE_WORDS, STRONG) if node.large and not self.narrow else (LABEL, REGULAR)

    def node(self, name: str) -> Size:
        """What a node wants, with the room for what stands outside of it."""
        node, size = self.params.nodes[name], self._with_label(name)
        right, bottom = sum_room(self, node)
        return replace(size, right=size.right + right, bottom=size.bottom + bottom) if bottom else size

    def _with_label(self, name: str) -> Size:
        """What a node wants, with the room for a label outside of it."""
        if self.params.nodes[name].shape in STRIPS:
            width, height = strip_size(self, name)
            share = self.params.nodes[name].width
            return Size(share * self.stage.body.width if share else width, height)
        node, body = self.params.nodes[name], self.stage.body
        width, least = self._inside(name, node)
        width = node.width * body.width if node.width else width
        height = node.height * body.height if node.height else least
        if node.shape in ("plates", "gates"):
            # Below that, a name would lie on gates or thin layers.
            height = max(height, least)
        side, text = self.label_at(name), self.label(name)
        if side in ("center", "head") or not text:
            return Size(width, height)
        label_width, label_height = self.text_size(text)
        if side in ("left", "right"):
            aside = max((self.stage.text_width(line, LABEL) for line in self.aside(name)), default=0.0)
            counter = self.counter_width(name) + (aside + 34 if aside else 0)
            return Size(width, height, **{side: max(label_width, counter) + self.label_gap(name)})
        return Size(width, height, **{side: label_height + 10})

    def _inside(self, name: str, node: Node) -> tuple[float, float]:
        if node.shape == "table":
            table = self.table(name)
            return table.width, table.height
        if node.shape == "formula":
            return self.typeset[name].width, self.typeset[name].height
        if node.shape == "text":
            lines = self.words(node)
            size, weight = self.word_look(node)
            widths = (self.stage.text_width(line, size, weight) for line in lines)
            return max(widths), len(lines) * size * LINE
        width = height = 0.0
        if self.label_at(name) in ("center", "head") and self.label(name):
            width, height = self.text_size(self.label(name))
        if node.shape == "plates":
            thin = sum(node.thin) * sum(self.thin)
            return width + 2 * PAD_X, max(THICK, height + 32) + thin
        if node.shape == "gates":
            wide, _ = self._slots_size(name)
            # Its words shrink a little before the bar grows.
            return max(width * 0.78 + 2 * HEAD_PAD, wide), GATES_HEIGHT
        height = max(BOX_HEIGHT, height + 36)
        if node.text:
            width, height = max(width, self.stage.text_width(node.text, SECOND)), height + SECOND * LINE
        if node.shape == "bar":
            return bar_length(node) * self.unit, height
        if node.shape == "diamond":
            width, height = max(260.0, width * 1.55 + 90), height + 34
        else:
            width = max(150.0, width + 2 * PAD_X)
        if not self.graph.slots(name):
            return width, height
        wide, high = self._slots_size(name)
        if node.shape == "tray":
            return wide, high + self._head(name)
        return max(width, wide), max(height, high + (10 if node.shape == "diamond" else 0))

    def slot_grid(self, name: str) -> tuple[int, int]:
        """How many slots a node has side by side and below each other."""
        count = self.graph.slots(name)
        columns = min(self.params.nodes[name].columns or count, count)
        return columns, -(-count // columns)

    def _head(self, name: str) -> float:
        """The height of a label over a node's slots, inside of it."""
        node = self.params.nodes[name]
        return HEAD if self.label_at(name) == "head" and node.shape == "tray" and self.label(name) else 0.0

    def named_part(self, name: str, box: Box) -> Box:
        """The part of a node that carries its name: one plate among thin ones, else all of it."""
        node = self.params.nodes.get(name)
        if node is None or node.shape != "plates":
            return box
        above, below = (count * sum(self.thin) for count in node.thin)
        return Box(box.left, box.top + above, box.right, max(box.top + above + 1, box.bottom - below))

    @property
    def thin(self) -> tuple[float, float]:
        """The height of a thin layer and of the gap after it; a narrow frame has less room for them."""
        return (THIN * 0.6, THIN_GAP * 0.75) if self.narrow else (THIN, THIN_GAP)

    def slabs(self, name: str, box: Box) -> list[Box]:
        """The layers of a node of plates, from top to bottom."""
        named, (height, gap) = self.named_part(name, box), self.thin
        above, below = self.params.nodes[name].thin
        tops = [box.top + index * (height + gap) for index in range(above)]
        under = [named.bottom + gap + index * (height + gap) for index in range(below)]
        thin = [[box._replace(top=top, bottom=top + height) for top in half] for half in (tops, under)]
        return [*thin[0], named, *thin[1]]

    def gates_box(self, name: str, box: Box) -> Box:
        """What a node covers: a bar with gates reaches out of its column."""
        return box.inset(-GATES_OUT, 0) if self.params.nodes[name].shape == "gates" else box

    def gate_width(self, name: str, box: Box) -> float:
        """The width of a gate: a token fits through, and a bar remains between two."""
        width = self.token_size(self.params.nodes[name].small)[0] + 40
        return min(width, 0.84 * box.width / self.slot_grid(name)[0])

    def slot_scale(self, name: str, box: Box) -> float:
        """How large tokens are in a node of that box: smaller where they would not fit side by side."""
        columns, _ = self.slot_grid(name)
        gap, pad, _ = self._slot_room(name)
        room = box.width - 2 * pad - (columns - 1) * gap - self._group_gaps(name, columns)
        width, height = self.token_size(self.params.nodes[name].small)
        head = self._head(name)
        under = (
            (box.height - head - HEAD_FOOT - 6 - self.number_room(name)) / height
            if head and self.slot_grid(name)[1] == 1
            else 1.0
        )
        return min(1.0, room / (columns * width), under)

    def number_room(self, name: str) -> float:
        """The room over each slot for its number."""
        return NUMBER_ROOM if self.params.nodes[name].numbered else 0.0

    def _group_gaps(self, name: str, columns: int) -> float:
        grouped = self.params.nodes[name].grouped
        return (columns - 1) // grouped * GROUP_GAP if grouped else 0.0

    def _slot_room(self, name: str) -> tuple[float, float, float]:
        """The gap between two of a node's slots, and the room around them across and along."""
        node = self.params.nodes[name]
        if node.open and node.small:
            return SLOT_GAP * 0.5, 2.0, 0.0
        high = 0.0 if node.bare or node.open else TRAY_PAD_Y if node.shape == "tray" else 8.0
        close = node.small or self.narrow or (node.shape == "tray" and self.label_at(name) == "head")
        gap_share, share = (0.6, 0.7) if close else (1.0, 1.0)
        return SLOT_GAP * gap_share, TRAY_PAD_X * share, high * share

    def _slots_size(self, name: str) -> tuple[float, float]:
        """Width and height of a node's slots with the room around them."""
        width, height = self.token_size(self.params.nodes[name].small)
        columns, lines = self.slot_grid(name)
        gap, pad_x, pad_y = self._slot_room(name)
        return (
            columns * width + (columns - 1) * gap + 2 * pad_x + self._group_gaps(name, columns),
            lines * (height + self.number_room(name)) + (lines - 1) * gap + 2 * pad_y,
        )

    def slot_centers(self, name: str, box: Box) -> list[Point]:
        """The centres of a node's slots, evenly spread over its box or together in its middle, line by
        line."""
        if self.params.nodes[name].shape in STRIPS:
            return strip_centers(self, name, box)
        count = self.graph.slots(name)
        if not count:
            return []
        columns, lines = self.slot_grid(name)
        scale = self.slot_scale(name, box)
        width, height = (side * scale for side in self.token_size(self.params.nodes[name].small))
        number = self.number_room(name)
        height += number
        gap, pad_x, pad_y = self._slot_room(name)
        head, groups = self._head(name), self._group_gaps(name, columns)
        # Slots keep the same distance to each other and half of it to the frame, so that lanes line up.
        step_x = max(width + gap, (box.width - 2 * pad_x + gap - groups) / columns)
        if self.params.nodes[name].together:
            step_x = width + gap
        step_y = max(height + gap, (box.height - head - 2 * pad_y + gap) / lines) if lines > 1 else 0.0
        x, y = box.center
        if head:
            y = box.bottom - HEAD_FOOT - (height + (lines - 1) * step_y) / 2
        y += number / 2
        every = self.params.nodes[name].grouped or columns
        return [
            (
                x
                + (i % columns - (columns - 1) / 2) * step_x
                + i % columns // every * GROUP_GAP
                - groups / 2,
                y + (i // columns - (lines - 1) / 2) * step_y,
            )
            for i in range(count)
        ]

    def table(self, name: str) -> Table:
        """The layout of a table node. Values stand right of the labels, or below them where `stacked`."""
        node, width = self.params.nodes[name], self.stage.text_width
        labels = [width(row.label, LABEL) for row in node.rows.values()]
        values = [width(row.value, LABEL, STRONG) for row in node.rows.values() if row.value]
        if not self.stacked:
            inside = max(labels, default=0.0) + (max(values) + VALUE_GAP if values else 0.0)
            heading = [node.text] if node.text else []
            step, pad = NARROW_ROW if self.narrow else ROW_HEIGHT, TABLE_PAD
            y = pad - 10 + step / 2
        else:
            inside = max([STACKED_LEAST, *labels, *values])
            heading = self.stage.lines(node.text, inside, LABEL, STRONG) if node.text else []
            step, pad = STACKED_ROW, STACKED_PAD
            y = pad - 8 + step / 2
        inside = max([inside, *(width(line, LABEL, STRONG) for line in heading)])
        lines = tuple((line, y + index * step) for index, line in enumerate(heading))
        y += len(heading) * step
        rows = {}
        for part, row in node.rows.items():
            below = step if self.stacked and row.label and row.value else 0.0
            rows[part] = (y, y + below)
            y += step + below
        return Table(inside + 2 * pad, y - step / 2 + pad - 10, lines, rows, pad)


def all_texts(params: Params, steps: Iterable[Verbs], name: str) -> list[str]:
    """The first text of a token or node and all it is given later."""
    return [first_text(params, name), *(step.relabel[name] for step in steps if name in step.relabel)]


def _rows(places: Iterable[str | Place]) -> Iterator[list[str]]:
    """The nodes of every row, each row by itself."""
    for place in places:
        if isinstance(place, Place):
            if place.row:
                yield [name for name in place.nodes if isinstance(name, str)]
            yield from _rows(place.nodes)
