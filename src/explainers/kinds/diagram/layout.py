"""Where nodes and groups lie: rows, columns and grids, nested, in design units.

Two passes: what every cell wants, from the inside out, then boxes from the outside in. Room that is left
over goes into the gaps first, up to a limit, and around the whole last; where room is missing the gaps
shrink first. Nodes that stand beside others come last.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import networkx  # type: ignore[import-untyped]

from explainers.kinds.diagram.params import Params, Place
from explainers.kinds.diagram.sizes import Size, Sizes
from explainers.kinds.diagram.wiring import ASIDE, PAIRED, WORDS_ROOM, loop_rooms, words_size
from explainers.stage import Box, around
from explainers.theme import LABEL, STRONG

GAPS = {"row": (36.0, 66.0, 150.0), "column": (22.0, 46.0, 72.0)}
"""The smallest, the natural and the largest gap between neighbours."""
FRAME_PAD, FRAME_GAP = 30.0, 110.0
HEADING = 74.0
"""Height of a group's heading."""
FREE = 0.4
"""How far what is nothing but room may shrink, as a share of what is written."""
DOCK = 0.2
"""The share of the frame that a docked panel takes."""
SLIM = 16.0
"""Room at the sides of the nodes of a panel in a narrow frame, and of their words to their edges."""
BESIDE_GAP, NOTE_GAP = 72.0, 28.0
"""Between a node and one placed beside it, with and without an edge between them."""
ALIGNED = {"start": 0.0, "center": 0.5, "end": 1.0}
"""The share of the room left over that lies before what is aligned."""


@dataclass
class Cell:
    """A node, or with an `axis` (`row`, `column`, `grid`) a place with cells in it."""

    name: str | None
    axis: str = ""
    cells: list[Cell] = field(default_factory=list)
    place: Place | None = None

    @property
    def framed(self) -> bool:
        return bool(self.place and self.place.label)

    @property
    def share(self) -> float | None:
        """Its share of the length of the place it is in, as a place or as nothing but room."""
        return (self.place.share or self.place.space) if self.place else None


@dataclass
class Layout:
    """The boxes of nodes and groups."""

    nodes: dict[str, Box]
    groups: dict[str, tuple[Box, Place]]


def tree(places: Sequence[str | Place], axis: str, turned: bool = False) -> Cell:
    """The outermost places side by side (`row`) or below each other (`column`).

    Where they are `turned`, their shares were meant for the other direction and don't count.
    """
    return Cell(None, axis, [_cell(p, turned) for p in places if isinstance(p, str) or not p.dock])


def dock_box(place: Place, width: float, height: float, top: float = 0.0) -> Box:
    """The panel of a docked place in a frame of that size, whose picture begins at `top`."""
    deep = (place.share or DOCK) * (width if place.dock in ("left", "right") else height)
    whole = Box(0.0, top, width, height)
    return {
        "left": whole._replace(right=deep),
        "right": whole._replace(left=width - deep),
        "top": whole._replace(bottom=top + deep),
        "bottom": whole._replace(top=height - deep),
    }[str(place.dock)]


def undocked(params: Params, body: Box, safe: Box, width: float, height: float) -> Box:
    """What docked panels leave of a body; under or over a panel it keeps the margins of words."""
    for place in params.place:
        if isinstance(place, Place) and place.dock:
            box = dock_box(place, width, height, body.top if width <= height else 0.0)
            inner = {"left": box.right, "top": box.bottom, "right": box.left, "bottom": box.top}[place.dock]
            closer = max if place.dock in ("left", "top") else min
            body = body._replace(**{place.dock: closer(getattr(body, place.dock), inner)})
            if place.dock in ("top", "bottom"):
                body = body._replace(left=max(body.left, safe.left), right=min(body.right, safe.right))
    return body


def _cell(place: str | Place, turned: bool = False) -> Cell:
    if isinstance(place, str):
        return Cell(place)
    axis = "" if place.space is not None else "column" if place.column else "grid" if place.grid else "row"
    kept = place.model_copy(update={"share": None, "space": None}) if turned else place
    return Cell(place.name, axis, [_cell(inner) for inner in place.nodes], kept)


def layered(params: Params) -> tuple[Place, ...]:
    """Places where the author wrote none: columns of nodes, each right of all it depends on.

    Edges that run back in a cycle are ignored.
    """
    free = [name for name, node in params.nodes.items() if node.beside is None]
    graph = networkx.DiGraph()
    graph.add_nodes_from(free)
    for edge in params.edges:
        if edge.from_ in free and edge.to in free and edge.from_ != edge.to:
            graph.add_edge(edge.from_, edge.to)
            if not networkx.is_directed_acyclic_graph(graph):
                graph.remove_edge(edge.from_, edge.to)
    columns: list[list[str]] = []
    for layer in networkx.topological_generations(graph):
        before = {name: index for index, name in enumerate(columns[-1])} if columns else {}

        def height(name: str, before: dict[str, int] = before) -> float:
            """A node stands beside the middle of what leads to it: the barycentre rule."""
            places = [before[other] for other in graph.predecessors(name) if other in before]
            return sum(places) / len(places) if places else float(free.index(name))

        column = sorted(layer, key=free.index)
        columns.append(sorted(column, key=height) if columns else column)
    return tuple(Place(column=f"layer-{index}", nodes=tuple(c)) for index, c in enumerate(columns, 1))


class Arranger:
    """Measures cells and gives them boxes. `beside` holds the nodes that stand next to another."""

    def __init__(self, sizes: Sizes):
        self.sizes, self.nodes = sizes, sizes.params.nodes
        self.layout = Layout({}, {})
        self.beside: dict[str, list[str]] = {}
        for name, node in self.nodes.items():
            if node.beside:
                self.beside.setdefault(node.beside, []).append(name)
        headings = [self._heading_width(label) for label in _lane_labels(sizes.params.place)]
        self.lane_heading = max(headings, default=0.0) + 40

    # -- what cells want -----------------------------------------------------------------------

    def needed(self, root: Cell) -> tuple[float, float]:
        """Width and height below which the diagram would have to be squeezed: those with the smallest
        gaps, and enough for every share of it."""
        size, row = self._size(root, slack=0), root.axis == "row"
        width, height = size.whole_width, size.whole_height
        for cell in root.cells:
            inner = self._size(cell, slack=0)
            if row and cell.axis == "column":
                # What is left free within a column is a share of the whole height, and shrinks first.
                free = FREE * sum(child.place.space or 0.0 for child in cell.cells if child.place)
                height = max(height, inner.height / max(0.1, 1.0 - free) + size.top + size.bottom)
            if cell.place and cell.place.share and row:
                width = max(width, inner.width / cell.place.share + size.left + size.right)
            elif cell.place and cell.place.share:
                height = max(height, inner.height / cell.place.share + size.top + size.bottom)
        return width, height

    def _size(self, cell: Cell, slack: int = 1) -> Size:
        """The size with the smallest (`slack` 0), the natural (1) or the largest gaps (2)."""
        if not cell.axis:
            return self._node_size(cell.name) if cell.name else Size(0, 0)
        inner = [self._size(child, slack) for child in cell.cells]
        if not inner:
            return Size(0, 0)
        measure = self._grid_size if cell.axis == "grid" else self._line_size
        size = measure(cell, inner, slack)
        if not cell.framed:
            return size
        inside = _pad(cell)
        heading, pad = self._heading(cell), 2 * inside
        if self._is_lane(cell):
            return Size(size.whole_width + pad + heading, size.whole_height + pad)
        return Size(max(size.whole_width, heading) + pad, size.whole_height + pad + HEADING - inside / 2)

    def _node_size(self, name: str) -> Size:
        size = self.sizes.node(name)
        room = {"left": size.left, "top": size.top, "right": size.right, "bottom": size.bottom}
        for other in self.beside.get(name, ()):
            side, needed = self.nodes[other].side, self._node_size(other)
            along = needed.whole_width if side in ("left", "right") else needed.whole_height
            room[side] += along + self._beside_gap(name, other)
        for loop, outside in loop_rooms(self.sizes, name).items():
            room[loop] += outside
        return Size(size.width, size.height, **room)

    def _line_size(self, cell: Cell, inner: Sequence[Size], slack: int) -> Size:
        row, axis = cell.axis == "row", "row" if cell.axis == "row" else "column"
        gap = FRAME_GAP if slack == 2 and cell.framed and not row else GAPS[axis][slack]
        if cell.place and cell.place.gap is not None:
            gap = cell.place.gap
        between = sum(max(gap, room) for room in self._rooms(cell, inner))
        left, right = max(size.left for size in inner), max(size.right for size in inner)
        top, bottom = max(size.top for size in inner), max(size.bottom for size in inner)
        if not row:
            # Words beside upright edges reach out of a column.
            half = max(size.width for size in inner) / 2
            for index in range(len(inner) - 1):
                reach = [ASIDE + PAIRED / 2 + width - half for width, _ in self._words(cell, index)]
                right = max([right, *reach[:1]])
                left = max([left, *reach[1:]])
        if row:
            width, height = sum(size.width for size in inner) + between, max(size.height for size in inner)
            return Size(width, height, inner[0].left, top, inner[-1].right, bottom)
        width, height = max(size.width for size in inner), sum(size.height for size in inner) + between
        return Size(width, height, left, inner[0].top, right, inner[-1].bottom)

    def _grid_size(self, cell: Cell, inner: Sequence[Size], slack: int) -> Size:
        widths, heights = self._tracks(cell, inner)
        gap_x, gap_y = GAPS["row"][slack], GAPS["column"][slack]
        return Size(sum(widths) + gap_x * (len(widths) - 1), sum(heights) + gap_y * (len(heights) - 1))

    @staticmethod
    def _tracks(cell: Cell, inner: Sequence[Size]) -> tuple[list[float], list[float]]:
        """The widths of a grid's columns and the heights of its lines."""
        count = min(cell.place.columns if cell.place else 2, len(inner))
        lines = [inner[at : at + count] for at in range(0, len(inner), count)]
        widths = [max(size.whole_width for size in inner[column::count]) for column in range(count)]
        return widths, [max(size.whole_height for size in line) for line in lines]

    def _is_lane(self, cell: Cell) -> bool:
        return bool(cell.place and cell.place.lane and self.sizes.stage.width > self.sizes.stage.height)

    def _heading(self, cell: Cell) -> float:
        """The width of a group's heading; lanes have equal ones, so that their nodes line up."""
        if self._is_lane(cell):
            return self.lane_heading
        return self._heading_width((cell.place and cell.place.label) or "")

    def _heading_width(self, label: str) -> float:
        return self.sizes.stage.text_width(label, LABEL, STRONG)

    def _rooms(self, cell: Cell, inner: Sequence[Size]) -> list[float]:
        """The room that must be left between neighbours in a line for what stands beside them."""
        rooms = []
        for index, (size, after) in enumerate(pairwise(inner)):
            words = self._words(cell, index)
            if cell.axis == "row":
                room = size.right + after.left
                wide = max((width + 2 * WORDS_ROOM for width, _ in words), default=0.0)
                rooms.append(max(room + 20 if room else 0.0, wide))
                continue
            room = size.bottom + after.top
            needed = max([room + 8 if room else 0.0, *(height + WORDS_ROOM for _, height in words)])
            for side in ("left", "right"):
                above, below = (self._overhang(child, side) for child in cell.cells[index : index + 2])
                if above and below:
                    needed = max(needed, above[1] + below[0] + 14)
            rooms.append(needed)
        return rooms

    def _words(self, cell: Cell, index: int) -> list[tuple[float, float]]:
        """Width and height of the words of edges between a cell and the next one in its line."""
        before, after = (self._names(child) for child in cell.cells[index : index + 2])
        return [
            words_size(self.sizes, edge)
            for edge in self.sizes.graph.edges.values()
            if edge.label and ({edge.from_, edge.to} & before and {edge.from_, edge.to} & after)
        ]

    def _names(self, cell: Cell) -> set[str]:
        """The nodes and places in a cell, at any depth."""
        inner = {name for child in cell.cells for name in self._names(child)}
        return inner | {cell.name} if cell.name else inner

    def _overhang(self, cell: Cell, side: str) -> tuple[float, float] | None:
        """How far what stands at a node's left or right reaches over its top and bottom; None for nothing."""
        if cell.axis or cell.name is None:
            return None
        size, found = self.sizes.node(cell.name), []
        if self.sizes.label_at(cell.name) == side and (label := self.sizes.label(cell.name)):
            counter = LABEL * 1.4 if self.nodes[cell.name].counter else 0
            more = (self.sizes.text_size(label)[1] + counter - size.height) / 2
            found.append((more, more))
        for other in self.beside.get(cell.name, ()):
            if self.nodes[other].side == side:
                beside = self._node_size(other)
                more = (beside.height - size.height) / 2
                found.append((more + beside.top, more + beside.bottom))
        return (max(top for top, _ in found), max(bottom for _, bottom in found)) if found else None

    def _beside_gap(self, name: str, other: str) -> float:
        apart = self.nodes[other].apart
        if apart is not None:
            return apart
        return BESIDE_GAP if self.sizes.graph.edge(name, other) else NOTE_GAP

    # -- where they lie ------------------------------------------------------------------------

    def arrange(self, root: Cell, body: Box) -> Layout:
        """Boxes for all nodes, the whole centred in `body`."""
        size, widest = self._size(root), self._size(root, slack=2)
        width, height = body.width - size.left - size.right, body.height - size.top - size.bottom
        if not any(cell.share for cell in root.cells):
            width = min(width, widest.width)
        columns = root.cells if root.axis == "row" else []
        if not any(child.share for cell in columns for child in cell.cells if cell.axis == "column"):
            # Shares within a column are those of the whole height.
            height = min(height, widest.height)
        left = body.left + size.left + (body.width - width - size.left - size.right) / 2
        top = body.top + size.top + (body.height - height - size.top - size.bottom) / 2
        self._put(root, Box(left, top, left + width, top + height))
        self._put_beside()
        self._put_docked()
        return self.layout

    def _put_docked(self) -> None:
        """Panels along edges of the frame. Along a side each node stands at the height of what its first
        edge leads to; above and below they stand side by side."""
        stage, boxes, graph = self.sizes.stage, self.layout.nodes, self.sizes.graph
        for place in self.sizes.params.place:
            if isinstance(place, str) or not place.dock or not place.name:
                continue
            # In a frame that is not wide, words stand over the picture, and the panel begins under them.
            top = stage.body.top if stage.width <= stage.height else 0.0
            box = dock_box(place, stage.width, stage.height, top)
            self.layout.groups[place.name] = (box, place)
            names = [name for name in place.nodes if isinstance(name, str)]
            height = max((self.sizes.node(name).height for name in names), default=0.0)
            inner = box.inset(0.128 * box.width if place.dock in ("left", "right") else stage.safe.left, 0)
            if self.sizes.narrow and place.dock in ("left", "right"):
                # A narrow panel has no room to spare: its nodes end where the margin begins.
                inner, safe = box.inset(SLIM, 0), stage.safe
                inner = inner._replace(
                    left=max(inner.left, safe.left - 8.0), right=min(inner.right, safe.right + 8.0)
                )
            even = inner.columns([1.0] * len(names), 20.0) if names else []
            for index, name in enumerate(names):
                if place.dock in ("top", "bottom"):
                    y = box.bottom - height / 2 - 24
                    boxes[name] = Box(even[index].left, y - height / 2, even[index].right, y + height / 2)
                    continue
                ends = [
                    edge.to if edge.from_ == name else edge.from_
                    for edge in graph.edges.values()
                    if name in (edge.from_, edge.to)
                ]
                y = box.top + box.height * (index + 0.5) / len(names)
                if ends and ends[0] in boxes:
                    y = self.sizes.named_part(ends[0], boxes[ends[0]]).center[1]
                y = min(max(y, box.top + height / 2 + 30), box.bottom - height / 2 - 30)
                boxes[name] = Box(inner.left, y - height / 2, inner.right, y + height / 2)

    def _put(self, cell: Cell, box: Box) -> None:
        """Give a cell its box, and its cells theirs."""
        if not cell.axis:
            if cell.name:
                self.layout.nodes[cell.name] = self._fitted(cell.name, box)
            return
        inner = [self._size(child) for child in cell.cells]
        if cell.framed and cell.place and cell.name:
            self.layout.groups[cell.name] = (box, cell.place)
            pad = _pad(cell)
            left, top = box.left + pad, box.top + pad
            if self._is_lane(cell):
                left += self._heading(cell)
            else:
                top = box.top + HEADING + pad / 2
            size = Size(0, 0) if cell.axis == "grid" or not inner else self._line_size(cell, inner, 1)
            right, bottom = box.right - pad - size.right, box.bottom - pad - size.bottom
            box = Box(left + size.left, top + size.top, right, bottom)
        if inner and cell.axis == "grid":
            self._put_grid(cell, inner, box)
        elif inner:
            self._put_line(cell, inner, box)

    def _put_line(self, cell: Cell, inner: Sequence[Size], box: Box) -> None:
        row = cell.axis == "row"
        length = box.width if row else box.height
        sized = list(zip(cell.cells, inner, strict=True))
        lengths = [self._length(child, size, row, length) for child, size in sized]
        gaps = self._gaps(cell, length - sum(lengths), self._rooms(cell, inner))
        over = sum(lengths) + sum(gaps) - length
        spaces = [not child.axis and child.name is None for child, _ in sized]
        if over > 0 and (free := sum(n for n, space in zip(lengths, spaces, strict=True) if space)):
            # Where room is missing, what is nothing but room gives way first.
            left = max(FREE, 1.0 - over / free)
            lengths = [n * left if space else n for n, space in zip(lengths, spaces, strict=True)]
        total: float = sum(lengths)
        if total > 0 and total + sum(gaps) > length:
            squeeze = max(0.3, (length - sum(gaps)) / total)
            lengths = [wanted * squeeze for wanted in lengths]
        at = box.left if row else box.top
        at += (length - sum(lengths) - sum(gaps)) * ALIGNED[cell.place.align if cell.place else "center"]
        for (child, size), wanted, gap in zip(sized, lengths, [*gaps, 0.0], strict=True):
            if row:
                height = box.height if child.axis in ("column", "grid") else min(size.height, box.height)
                middle = (box.top + box.bottom) / 2
                self._put(child, Box(at, middle - height / 2, at + wanted, middle + height / 2))
            else:
                self._put(child, Box(box.left, at, box.right, at + wanted))
            at = at + wanted + gap

    def _length(self, cell: Cell, size: Size, row: bool, length: float) -> float:
        """How much of a line's length a cell takes."""
        if cell.share:
            return cell.share * length
        if row:
            return size.width
        # A place below others takes the room its own gaps would like; a node keeps its size.
        return min(self._size(cell, slack=2).height, length) if cell.axis == "column" else size.height

    @staticmethod
    def _gaps(cell: Cell, left_over: float, rooms: Sequence[float]) -> list[float]:
        if cell.place and cell.place.gap is not None:
            return [max(cell.place.gap, room) for room in rooms]
        if not rooms:
            return []
        axis = "row" if cell.axis == "row" else "column"
        smallest, _, largest = GAPS[axis]
        if cell.framed and axis == "column":
            largest = FRAME_GAP
        if any(child.share for child in cell.cells):
            # Who gives shares means the whole length: nothing is left over around it.
            largest = max(largest, left_over)
        # Equal gaps look calm; a gap that must hold something may be wider than the others.
        gap = min(largest, max(smallest, left_over / len(rooms)))
        for _ in range(4):
            wide = [room for room in rooms if room > gap]
            narrow = len(rooms) - len(wide)
            if not wide or not narrow:
                break
            gap = min(largest, max(smallest, (left_over - sum(wide)) / narrow))
        return [max(gap, room) for room in rooms]

    def _put_grid(self, cell: Cell, inner: Sequence[Size], box: Box) -> None:
        widths, heights = self._tracks(cell, inner)
        left, gap_x = _spread(box.left, box.width, widths, GAPS["row"])
        y, gap_y = _spread(box.top, box.height, heights, GAPS["column"])
        for line, height in enumerate(heights):
            x, first = left, line * len(widths)
            cells = cell.cells[first : first + len(widths)]
            for child, size, width in zip(cells, inner[first:], widths, strict=False):
                middle, start = y + height / 2, x + size.left
                end = start + (width - size.left - size.right)
                self._put(child, Box(start, middle - size.height / 2, end, middle + size.height / 2))
                x += width + gap_x
            y += height + gap_y

    def _fitted(self, name: str, box: Box) -> Box:
        """A node fills the width of its place, but for words, bars and what has its own width."""
        node = self.nodes[name]
        if node.shape not in ("text", "formula", "bar") and node.width is None:
            return box
        width = min(self.sizes.node(name).width, box.width)
        left = {"start": box.left, "center": box.center[0] - width / 2, "end": box.right - width}[node.align]
        return Box(left, box.top, left + width, box.bottom)

    def _put_beside(self) -> None:
        """Give boxes to nodes that stand beside others; nearest first, so that chains hang together."""
        boxes, waiting = self.layout.nodes, [name for name, node in self.nodes.items() if node.beside]
        taken: dict[tuple[str, str], float] = {}
        while ready := [name for name in waiting if self.nodes[name].beside in boxes]:
            for name in ready:
                waiting.remove(name)
                node, size = self.nodes[name], self._node_size(name)
                anchor, side = str(node.beside), node.side
                label = getattr(self.sizes.node(anchor), side)
                # Several on one side stand behind each other, the label of their neighbour before them.
                away = taken.get((anchor, side), label) + self._beside_gap(anchor, name)
                boxes[name] = _next_to(
                    self.sizes.named_part(anchor, boxes[anchor]), side, away, size, node.align
                )
                along = size.whole_width if side in ("left", "right") else size.whole_height
                taken[anchor, side] = away + along


def _pad(cell: Cell) -> float:
    """The room inside a group's frame."""
    return FRAME_PAD if cell.place is None or cell.place.pad is None else cell.place.pad


def _lane_labels(places: Sequence[str | Place]) -> Iterator[str]:
    """The labels of all lanes."""
    for place in places:
        if isinstance(place, Place):
            if place.lane and place.label:
                yield place.label
            yield from _lane_labels(place.nodes)


def _spread(
    start: float, length: float, tracks: Sequence[float], gaps: tuple[float, float, float]
) -> tuple[float, float]:
    """Where a grid's tracks begin in a length, and the gap between them."""
    left_over, count = length - sum(tracks), len(tracks) - 1
    gap = min(gaps[2], max(gaps[0], left_over / count)) if count else 0.0
    return start + (left_over - gap * count) / 2, gap


def _next_to(box: Box, side: str, away: float, size: Size, align: str = "center") -> Box:
    """A box of that size whose outermost part begins `away` from a side of another.

    Over and under it `align` says which of their edges are in line.
    """
    if side in ("top", "bottom") and align != "center":
        half = (box.width - size.width) / 2 * (-1 if align == "start" else 1)
        box = box.shifted(half, 0)
    x, y = {
        "right": (box.right + away + size.left + size.width / 2, box.center[1]),
        "left": (box.left - away - size.right - size.width / 2, box.center[1]),
        "bottom": (box.center[0], box.bottom + away + size.top + size.height / 2),
        "top": (box.center[0], box.top - away - size.bottom - size.height / 2),
    }[side]
    return around(x, y, size.width, size.height)
