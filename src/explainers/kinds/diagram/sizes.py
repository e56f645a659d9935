"""How large nodes, tables and tokens want to be, and where slots and rows lie in them, in design units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from explainers.kinds.diagram.formula import Typeset
from explainers.kinds.diagram.graph import Graph
from explainers.kinds.diagram.measures import (
    STRIPS,
    bar_length,
    most_unit,
    strip_centers,
    strip_size,
    sum_room,
)
from explainers.kinds.diagram.params import Node, Params, Place, Verbs
from explainers.stage import Box, Point, Stage
from explainers.theme import LABEL, STRONG

LINE = 1.28
"""Leading of labels."""
PAD_X, BOX_HEIGHT, SECOND = 34.0, 84.0, 32
"""Room beside a label, height of a box with one line, size of a second line."""
SLOT_GAP, TRAY_PAD_X, TRAY_PAD_Y = 18.0, 20.0, 18.0
LABEL_GAP = 26.0
"""Between a node and a label outside it."""
COUNTER = 42
"""Size of a counter's digits."""
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
        brought = {token for step in steps if step.fill for token in step.fill.with_}
        tokens = self.graph.tokens | brought
        self._texts = {name: all_texts(params, steps, name) for name in tokens}
        self._token_sizes = {small: self._token_size(small) for small in (False, True)}
        self.unit = min(self._bar_unit(), most_unit(self))

    def _token_size(self, small: bool) -> tuple[float, float]:
        """One size for all tokens of a kind, so that every slot fits every token."""
        share, floor = (0.8, 64.0) if small else (1.0, 80.0 if self.narrow else 96.0)
        texts = [t for name, all_of in self._texts.items() if self.is_small(name) == small for t in all_of]
        lines = [line for text in texts for line in text.split("\n")]
        size = token_text(small)
        width = max((self.stage.text_width(line, size, STRONG, mono=True) for line in lines), default=0.0)
        height = 106.0 if len(lines) > len(texts) else 70.0
        return max(floor, width + (22 if small or self.narrow else 44)), height * share

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
        share = 0.92 if self.narrow and not beside else 0.72
        return self.stage.body.width * share / longest if longest else 0.0

    def label(self, name: str) -> str:
        """The label of a node, if it has one."""
        node = self.params.nodes[name]
        if node.label is not None:
            return node.label
        return "" if node.shape in ("text", "table", "formula") or node.bare else name

    def label_at(self, name: str) -> str:
        node = self.params.nodes[name]
        return node.label_at or ("right" if node.shape == "tray" else "center")

    def counter_width(self, name: str) -> float:
        """Width of a node's counter and the space before it; 0 without one."""
        if not self.params.nodes[name].counter:
            return 0.0
        slots = str(self.graph.slots(name))
        return self.stage.text_width(f"{slots}/{slots}", COUNTER, STRONG, mono=True) + 20

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
        room = node.width * self.stage.body.width if node.width else 460.0
        return self.stage.lines(node.text or node.label or "", room, LABEL)

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
        width, height = self._inside(name, node)
        width = node.width * body.width if node.width else width
        height = node.height * body.height if node.height else height
        side, text = self.label_at(name), self.label(name)
        if side == "center" or not text:
            return Size(width, height)
        label_width, label_height = self.text_size(text)
        if side in ("left", "right"):
            return Size(width, height, **{side: label_width + LABEL_GAP})
        return Size(width, height, **{side: label_height + 10})

    def _inside(self, name: str, node: Node) -> tuple[float, float]:
        if node.shape == "table":
            table = self.table(name)
            return table.width, table.height
        if node.shape == "formula":
            return self.typeset[name].width, self.typeset[name].height
        if node.shape == "text":
            lines = self.words(node)
            return max(self.stage.text_width(line, LABEL) for line in lines), len(lines) * LABEL * LINE
        width = height = 0.0
        if self.label_at(name) == "center" and self.label(name):
            width, height = self.text_size(self.label(name))
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
            return wide, high
        return max(width, wide), max(height, high + (10 if node.shape == "diamond" else 0))

    def _slot_grid(self, name: str) -> tuple[int, int]:
        """How many slots a node has side by side and below each other."""
        count = self.graph.slots(name)
        columns = min(self.params.nodes[name].columns or count, count)
        return columns, -(-count // columns)

    def _slot_room(self, name: str) -> tuple[float, float, float]:
        """The gap between two of a node's slots, and the room around them across and along."""
        node = self.params.nodes[name]
        high = 0.0 if node.bare else TRAY_PAD_Y if node.shape == "tray" else 8.0
        gap_share, share = (0.6, 0.7) if node.small or self.narrow else (1.0, 1.0)
        return SLOT_GAP * gap_share, TRAY_PAD_X * share, high * share

    def _slots_size(self, name: str) -> tuple[float, float]:
        """Width and height of a node's slots with the room around them."""
        width, height = self.token_size(self.params.nodes[name].small)
        columns, lines = self._slot_grid(name)
        gap, pad_x, pad_y = self._slot_room(name)
        return (
            columns * width + (columns - 1) * gap + 2 * pad_x,
            lines * height + (lines - 1) * gap + 2 * pad_y,
        )

    def slot_centers(self, name: str, box: Box) -> list[Point]:
        """The centres of a node's slots, evenly spread over its box, line by line."""
        if self.params.nodes[name].shape in STRIPS:
            return strip_centers(self, name, box)
        count = self.graph.slots(name)
        if not count:
            return []
        columns, lines = self._slot_grid(name)
        width, height = self.token_size(self.params.nodes[name].small)
        gap, pad_x, pad_y = self._slot_room(name)
        # Slots keep the same distance to each other and half of it to the frame, so that lanes line up.
        step_x = max(width + gap, (box.width - 2 * pad_x + gap) / columns)
        step_y = max(height + gap, (box.height - 2 * pad_y + gap) / lines) if lines > 1 else 0.0
        x, y = box.center
        return [
            (x + (i % columns - (columns - 1) / 2) * step_x, y + (i // columns - (lines - 1) / 2) * step_y)
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


def token_text(small: bool) -> float:
    """The size of a token's text; also a small one can be read in a narrow column."""
    return 35.0 if small else LABEL


def first_text(params: Params, name: str) -> str:
    """The text of a token before any beat: its name where nothing is written."""
    token = params.tokens.get(name)
    return token.text if token and token.text is not None else name


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
