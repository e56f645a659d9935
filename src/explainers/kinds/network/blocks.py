"""Where a network's blocks stand: one way from the picture that goes in to what comes out, edge to edge.

Every tensor is a block at one scale: its face is height by width, its depth follows its channels. The way
runs to the right, and down where the frame is upright; a layer that reads an earlier tensor stands beside
the way, on an arch. Pictures at both ends are cut by the frame; where the frame is about square, they stand
whole beside the way, which has the frame's height to itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from explainers.kinds.network.params import Layer, Params
from explainers.kinds.network.tensors import Sizes, Tensor
from explainers.stage import Box, Point, Stage

INPUT, OUTPUT = "input", "output"
DEPTH, RISE = 0.2, 0.6
"""How deep the block with the most channels is, to the input's height, and how much of it goes upwards."""
PICTURES = 0.34
"""The least share of the way that the pictures at its ends take."""
GAP, FAN_GAP, OP, PITCH = 32.0, 54.0, 92.0, 106.0
"""Between stops, on either side of branches, the room of a circle, and from one branch to the next."""
LABELS = 96.0
"""Room for the words beside branches."""
LANE = 56.0
"""Where the way runs down: the room at its right for the line of what comes along an arch."""
TURN, BESIDE = 80.0, 0.33
"""Where pictures stand beside the way: the height in which it turns to and from them, and their width at most
as a share of the frame's."""


@dataclass(frozen=True)
class Stop:
    """A place on the way: a picture, a block, branches, or what is done between two blocks.

    `layers` are what stands there; a block's tensor goes by `tensor`.
    """

    sort: Literal["input", "block", "fan", "op", "output"]
    layers: tuple[Layer, ...] = ()
    tensor: str = ""


@dataclass(frozen=True)
class Block:
    """A tensor: its front face, and how far its back lies to the right and up. `light` of its depth, as a
    share, came along an arch."""

    tensor: Tensor
    face: Box
    depth: Point
    light: float = 0.0

    @property
    def whole(self) -> Box:
        dx, dy = self.depth
        return Box(self.face.left, self.face.top - dy, self.face.right + dx, self.face.bottom)


@dataclass
class Layout:
    """The blocks by their tensors' names, circles and pictures by their layers'; `under` is done last."""

    upright: bool
    beside: bool = False
    """Whether pictures stand beside the way, what goes in over what comes out."""
    left: float = 0.0
    """Where the way runs down: the left edge of its room."""
    stops: list[Stop] = field(default_factory=list)
    blocks: dict[str, Block] = field(default_factory=dict)
    circles: dict[str, Box] = field(default_factory=dict)
    pictures: dict[str, Box] = field(default_factory=dict)
    under: tuple[Layer, ...] = ()
    arches: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By a layer beside the way: the block it reads, and the one that reads it."""

    def box(self, stop: Stop) -> Box:
        """All that stands at a stop."""
        if stop.sort in (INPUT, OUTPUT):
            return self.pictures[stop.sort]
        if stop.sort == "op":
            return self.circles[stop.layers[0].id]
        if stop.sort == "block":
            return self.blocks[stop.tensor].whole
        boxes = [self.blocks[one.id].whole for one in stop.layers[0].parallel]
        return boxes[0].joined(boxes[-1])


def way_of(params: Params, sizes: Sizes) -> tuple[list[Stop], dict[str, tuple[str, str]], tuple[Layer, ...]]:
    """The stops from what goes in to what comes out, the layers beside the way with the blocks that they lead
    from and to, and the layers after the last block."""
    stops, arches, before, plain = [Stop("input")], dict[str, tuple[str, str]](), INPUT, True
    for layer in params.layers:
        reads = sizes.reads[layer.id]
        if layer.taps:
            stops += [Stop("block", (layer,), f"{layer.id}.{name}") for name in layer.taps]
        elif layer.parallel:
            stops.append(Stop("fan", (layer,)))
        elif layer.concat or (layer.conv and plain and reads == (before,)):
            stops.append(Stop("block", (layer,), layer.id))
        elif reads != (before,):
            readers = [to for to, all_ in sizes.reads.items() if layer.id in all_]
            arches[layer.id] = (reads[0], [*readers, OUTPUT][0])
            continue
        elif stops[-1].sort == "op":
            stops[-1] = Stop("op", (*stops[-1].layers, layer))
        else:
            stops.append(Stop("op", (layer,)))
        plain = plain and bool(layer.conv)
        before = f"{layer.id}.{list(layer.taps)[-1]}" if layer.taps else layer.id
    under = stops.pop().layers if stops[-1].sort == "op" and len(stops) > 1 else ()
    if params.classes:
        stops.append(Stop("output"))
    known = {stop.tensor for stop in stops}
    for name, (source, target) in arches.items():
        arches[name] = (source if source in known else INPUT, target if target in known else OUTPUT)
    return stops, arches, under


def layout_of(stage: Stage, params: Params, sizes: Sizes, top: float, bottom: float) -> Layout:
    """The way between `top` and `bottom`, over the whole width of the frame."""
    upright = stage.width <= stage.height
    stops, arches, under = way_of(params, sizes)
    square = upright and stage.height < 1.3 * stage.width
    # Branches at an end, and arches from or to it, lead to a picture on the way itself.
    near = {stops[1].sort, stops[-2 if stops[-1].sort == OUTPUT else -1].sort}
    plain = "fan" not in near and not {INPUT, OUTPUT} & {end for ends in arches.values() for end in ends}
    made = Layout(upright, square and plain, stage.safe.left, stops, under=under, arches=arches)
    _Placed(stage, params, sizes, made, top, bottom).place()
    return made


class _Placed:
    """Places stops along the way at the largest scale at which all have room."""

    def __init__(self, stage: Stage, params: Params, sizes: Sizes, made: Layout, top: float, bottom: float):
        self.stage, self.params, self.sizes, self.made = stage, params, sizes, made
        self.top, self.bottom = top, bottom
        height, width = params.size[:2]
        self.size = width, height
        self.along_room = (bottom - top) if made.upright else stage.width
        thick = [self._tensor(stop).channels or 1 for stop in made.stops if stop.sort in ("block", "fan")]
        self.most = max(thick, default=1)
        # The picture takes most of the height; words about it stand below.
        scale = 0.62 * stage.width / width
        if not made.upright:
            scale = min(0.6 * stage.height, bottom - top - 120) / height
        if made.beside:
            scale = min(BESIDE * stage.width / width, 0.4 * (bottom - top) / height)
        pictures = PICTURES if not made.upright else 0.3 if not made.beside else 0.0
        for _ in range(60):
            if self.along_room - self._length(scale) >= pictures * self.along_room:
                break
            scale *= 0.96
        self.scale = scale

    def _tensor(self, stop: Stop) -> Tensor:
        return self.sizes.tensors[stop.tensor or stop.layers[0].id]

    def _depth(self, tensor: Tensor, scale: float) -> Point:
        channels = tensor.channels or 0.25 * self.most
        dx = DEPTH * self.size[1] * scale * channels / self.most
        return max(4.0, dx), max(2.4, dx * RISE)

    def _span(self, stop: Stop, scale: float) -> float:
        """How long a stop is along the way."""
        if stop.sort == "op":
            return OP if not self.made.upright else 84.0
        tensor = self._tensor(stop)
        dx, dy = self._depth(tensor, scale)
        if self.made.upright:
            return tensor.height * scale + dy + (64.0 if stop.sort == "fan" else 0.0)
        return tensor.width * scale + dx + (LABELS if stop.sort == "fan" else 0.0)

    def _gap(self, before: Stop, after: Stop) -> float:
        if self.made.beside and (before.sort == INPUT or after.sort == OUTPUT):
            return TURN
        if "fan" in (before.sort, after.sort):
            return FAN_GAP
        return 12.0 if "op" in (before.sort, after.sort) else GAP

    def _length(self, scale: float) -> float:
        inner = [stop for stop in self.made.stops if stop.sort not in (INPUT, OUTPUT)]
        gaps = [self._gap(a, b) for a, b in zip(self.made.stops, self.made.stops[1:], strict=False)]
        return sum(self._span(stop, scale) for stop in inner) + sum(gaps)

    def place(self) -> None:
        made, scale = self.made, self.scale
        width, height = (one * scale for one in self.size)
        long, across = (height, width) if made.upright else (width, height)
        rest = self.along_room - self._length(scale)
        ends = 2 if made.stops[-1].sort == OUTPUT else 1
        shown = min(long, rest * (0.56 if ends == 2 else 1.0)) if not made.beside else 0.0
        last = min(long, rest - shown) if ends == 2 and not made.beside else 0.0
        spare = max(0.0, rest - shown - last)
        spread = spare / max(1, len(made.stops) - 1)
        start = self.top if made.upright else 0.0
        safe = self.stage.safe
        self.right = safe.right - (LANE if made.arches else 0.0)
        if made.beside:
            made.left = across + 22.0
        self.middle = (made.left + self.right) / 2 if made.upright else self.bottom - 110.0 - across / 2
        # Where the way runs down, the pictures leave room for their sizes at the right.
        middle = min(self.middle, safe.right - 190.0 - across / 2) if made.upright else self.middle
        if made.beside:
            middle = across / 2
        first = start + shown if not made.beside else start + long
        made.pictures[INPUT] = self._box(first - long, first, middle, across)
        at, before = start + shown, made.stops[0]
        for stop in made.stops[1:]:
            at += self._gap(before, stop) + spread
            if stop.sort == OUTPUT:
                # Under an upright way there are words: the picture ends over them.
                end = min(at + long, self.bottom) if made.upright else at + long
                at = at if not made.beside else self.bottom - long
                end = end if not made.beside else self.bottom
                made.pictures[OUTPUT] = self._box(at, end, middle, across)
            else:
                self._put(stop, at)
                at += self._span(stop, scale)
            before = stop
        self._arches()

    def _box(self, start: float, end: float, middle: float, across: float) -> Box:
        if self.made.upright:
            return self.stage.snapped(Box(middle - across / 2, start, middle + across / 2, end))
        return self.stage.snapped(Box(start, middle - across / 2, end, middle + across / 2))

    def _face(self, tensor: Tensor, left: float, middle_y: float) -> Box:
        wide, tall = tensor.width * self.scale, tensor.height * self.scale
        return self.stage.snapped(Box(left, middle_y - tall / 2, left + wide, middle_y + tall / 2))

    def _put(self, stop: Stop, at: float) -> None:
        made, middle = self.made, self.middle
        if stop.sort == "op":
            side = 70.0
            x, y = (middle, at + OP / 2 - 4) if made.upright else (at + OP / 2, middle)
            made.circles[stop.layers[0].id] = Box(x - side / 2, y - side / 2, x + side / 2, y + side / 2)
            return
        tensor = self._tensor(stop)
        dx, dy = depth = self._depth(tensor, self.scale)
        wide, tall = tensor.width * self.scale, tensor.height * self.scale
        if stop.sort == "fan":
            branches = stop.layers[0].parallel
            for index, branch in enumerate(branches):
                place = index - (len(branches) - 1) / 2
                if made.upright:
                    pitch = min(190.0, (self.right - made.left) / len(branches))
                    x = middle + place * pitch - (wide + dx) / 2
                    face = self._face(tensor, x, at + dy + tall / 2)
                else:
                    room = self.bottom - self.top - 330.0
                    pitch = max(tall + 16.0, min(PITCH, room / len(branches)))
                    face = self._face(tensor, at, middle + 14.0 + place * pitch)
                made.blocks[branch.id] = Block(tensor, face, depth)
            return
        light = 0.0
        layer = stop.layers[0]
        if layer.concat and tensor.channels:
            early = [self.sizes.tensors[name].channels or 0 for name in layer.concat if name in made.arches]
            light = sum(early) / tensor.channels
        if made.upright:
            face = self._face(tensor, middle - wide / 2, at + dy + tall / 2)
        else:
            face = self._face(tensor, at, middle)
        made.blocks[stop.tensor] = Block(tensor, face, depth, light)

    def _arches(self) -> None:
        """Blocks beside the way, each between the one that it reads and the one that reads it."""
        made = self.made
        for name, (source, target) in made.arches.items():
            tensor = self.sizes.tensors[name]
            depth = self._depth(tensor, self.scale)
            wide, tall = tensor.width * self.scale, tensor.height * self.scale
            known = made.pictures | {one: block.whole for one, block in made.blocks.items()}
            ends = [known[one] for one in (source, target)]
            if made.upright:
                y = (ends[0].bottom + ends[1].top) / 2
                if source in made.blocks:
                    y = made.blocks[source].face.center[1]
                face = self._face(tensor, self.stage.safe.right - wide - depth[0], y)
            else:
                x = ends[0].right + 0.32 * (ends[1].left - ends[0].right) - wide / 2
                face = self._face(tensor, max(x, ends[0].right + 20.0), self.top + depth[1] + 46.0 + tall / 2)
            made.blocks[name] = Block(tensor, face, depth)
