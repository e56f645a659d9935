"""How large nodes and tokens want to be, in design units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explainers.kinds.diagram.graph import Graph
from explainers.kinds.diagram.params import Node, Params, Place, Verbs
from explainers.kinds.diagram.tables import Table, table_of
from explainers.theme import LABEL, STRONG

if TYPE_CHECKING:
    from explainers.kinds.diagram.formula import Typeset
    from explainers.stage import Stage

LINE = 1.28
"""Leading of labels."""
PAD_X, BOX_HEIGHT, SECOND = 34.0, 84.0, 32
"""Room beside a label, height of a box with one line, size of a second line."""
SLOT_GAP, TRAY_PAD_X, TRAY_PAD_Y = 18.0, 20.0, 18.0
LABEL_GAP = 26.0
"""Between a node and a label outside it."""
COUNTER = 42
"""Size of a counter's digits."""


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


class Sizes:
    """Sizes of all nodes and tokens of a diagram.

    `typeset` holds its formulas as drawn; `stacked` puts the values of tables below their labels.
    """

    def __init__(
        self,
        stage: Stage,
        params: Params,
        verbs: Iterable[Verbs],
        typeset: Mapping[str, Typeset],
        stacked: bool = False,
    ):
        self.stage, self.params, self.graph, self.typeset = stage, params, Graph(params), typeset
        self._texts = _token_texts(params, verbs)
        self.stacked = stacked
        self.narrow = stage.width <= stage.height
        self.token = self._token_size(small=False)
        self.small_token = self._token_size(small=True)
        self.unit = self._bar_unit()

    def _token_size(self, small: bool) -> tuple[float, float]:
        """One size for all tokens of a kind, so that every slot fits every token."""
        share, floor = (0.8, 64.0) if small else (1.0, 80.0 if self.narrow else 96.0)
        size = token_text(small)
        texts = [t for name, all_of in self._texts.items() for t in all_of if self.is_small(name) == small]
        width = max(
            [self.stage.text_width(line, size, STRONG, mono=True) for t in texts for line in t.split("\n")]
            or [0]
        )
        two = any("\n" in text for text in texts)
        return max(floor, width + (22 if small or self.narrow else 44)), (106.0 if two else 70.0) * share

    def is_small(self, token: str) -> bool:
        described = self.params.tokens.get(token)
        return bool(described and described.small)

    def token_size(self, small: bool) -> tuple[float, float]:
        return self.small_token if small else self.token

    def _bar_unit(self) -> float:
        """Design units of a bar's length of one: the longest row of bars takes two thirds of the width, or
        nearly all of a narrow frame's."""
        rows = [sum(self._length(name) for name in names) for names in _rows(self.params.place)]
        longest = max([*rows, *(self._length(name) for name in self.params.nodes)], default=0.0)
        beside = any(self.label_at(name) in ("left", "right") for name in self.params.nodes)
        share = 0.92 if self.narrow and not beside else 0.72
        return self.stage.body.width * share / longest if longest else 0.0

    def _length(self, name: str) -> float:
        node = self.params.nodes.get(name)
        return float(node.length) if node and node.shape == "bar" and node.length is not None else 0.0

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

    def text_size(self, text: str, size: float, weight: int = STRONG) -> tuple[float, float]:
        """Width and height of a label with the line breaks written in it."""
        lines = text.split("\n")
        widths = [
            self.typeset[line].width if line in self.typeset else self.stage.text_width(line, size, weight)
            for line in lines
        ]
        return max(widths), len(lines) * size * LINE

    def node(self, name: str) -> Size:
        """What a node wants, with the room for a label outside of it."""
        node = self.params.nodes[name]
        width, height = self._inside(name, node)
        body = self.stage.body
        width = node.width * body.width if node.width else width
        height = node.height * body.height if node.height else height
        margins = dict.fromkeys(("left", "top", "right", "bottom"), 0.0)
        side, text = self.label_at(name), self.label(name)
        if side != "center" and text:
            label_width, label_height = self.text_size(text, LABEL)
            if node.counter and side in ("left", "right"):
                label_height += LABEL * LINE
            margins[side] = label_width + LABEL_GAP if side in ("left", "right") else label_height + 10
        return Size(width, height, **margins)

    def _inside(self, name: str, node: Node) -> tuple[float, float]:
        if node.shape == "table":
            table = self.table(name)
            return table.width, table.height
        if node.shape == "formula":
            formula = self.typeset[name]
            return formula.width, formula.height
        if node.shape == "text":
            lines = self.stage.lines(node.text or node.label or "", text_room(self.stage, node), LABEL)
            return max(self.stage.text_width(line, LABEL) for line in lines), len(lines) * LABEL * LINE
        label_width, label_height = (
            self.text_size(self.label(name), LABEL) if self.label(name) else (0.0, 0.0)
        )
        if self.label_at(name) != "center":
            label_width = label_height = 0.0
        height = max(BOX_HEIGHT, label_height + 36) + (SECOND * LINE if node.text else 0)
        if node.text:
            label_width = max(label_width, self.stage.text_width(node.text, SECOND))
        if node.shape == "bar":
            return float(node.length or 0) * self.unit, height
        if node.shape == "diamond":
            width, height = max(260.0, label_width * 1.55 + 90), height + 34
        else:
            width = max(150.0, label_width + 2 * PAD_X)
        slots = self.graph.slots(name)
        if slots:
            slots_width, slots_height = self.slots_size(name)
            wide, high = slots_width, slots_height + (10 if node.shape == "diamond" else 0)
            width, height = (wide, high) if node.shape == "tray" else (max(width, wide), max(height, high))
        return width, height

    def slots_size(self, name: str) -> tuple[float, float]:
        """Width and height of a node's slots with the room around them."""
        node = self.params.nodes[name]
        width, height = self.token_size(node.small)
        columns = min(node.columns or 64, self.graph.slots(name))
        lines = -(-self.graph.slots(name) // columns)
        gap = self.slot_gap(node)
        pad_x, pad_y = self.pads(name)
        return columns * width + (columns - 1) * gap + 2 * pad_x, lines * height + (
            lines - 1
        ) * gap + 2 * pad_y

    def slot_gap(self, node: Node) -> float:
        """Between two of a node's slots."""
        return SLOT_GAP * (0.6 if node.small or self.narrow else 1.0)

    def pads(self, name: str) -> tuple[float, float]:
        """Room around a node's slots, left and right, above and below."""
        node = self.params.nodes[name]
        share = 0.7 if node.small or self.narrow else 1.0
        high = 0.0 if node.bare else TRAY_PAD_Y if node.shape == "tray" else 8.0
        return TRAY_PAD_X * share, high * share

    def table(self, name: str) -> Table:
        """The layout of a table node."""
        return table_of(self.stage, self.params.nodes[name], self.stacked)


def token_text(small: bool) -> float:
    """The size of a token's text; also a small one can be read in a narrow column."""
    return 35.0 if small else LABEL


def text_room(stage: Stage, node: Node) -> float:
    """The width at which a text node's lines break."""
    return node.width * stage.body.width if node.width else 460.0


def all_texts(params: Params, verbs: Iterable[Verbs], name: str) -> list[str]:
    """The first text of a token or node and all it is given later."""
    token = params.tokens.get(name)
    first = token.text if token and token.text is not None else name
    return [first, *(step.relabel[name] for step in verbs if name in step.relabel)]


def _rows(places: Iterable[str | Place]) -> Iterator[list[str]]:
    """The nodes of every row, each row by itself."""
    for place in places:
        if isinstance(place, Place):
            if place.row:
                yield [one for one in place.nodes if isinstance(one, str)]
            yield from _rows(place.nodes)


def _token_texts(params: Params, verbs: Iterable[Verbs]) -> dict[str, list[str]]:
    steps = list(verbs)
    names = {*params.tokens, *(t for node in params.nodes.values() for t in node.holds)}
    names |= {token for step in steps if step.fill for token in step.fill.with_}
    return {name: all_texts(params, steps, name) for name in sorted(names)}
