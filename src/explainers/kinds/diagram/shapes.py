"""A diagram in another shape of frame: the same nodes, laid out as its `square` or `upright` says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from explainers.kinds.diagram.params import Arrangement, Params, Place

Shape = Literal["wide", "square", "upright"]
SHAPES: tuple[Literal["square", "upright"], ...] = ("square", "upright")


def shape_of(width: float, height: float) -> Shape:
    """The shape of a frame; a little wider than high is still square."""
    return "wide" if width > height * 1.2 else "square" if width > height * 0.8 else "upright"


def in_shape(params: Params, shape: Shape) -> Params:
    """The diagram with what is written for that shape in place of what is not."""
    arrangement = None if shape == "wide" else getattr(params, shape)
    if arrangement is None:
        return params
    placed = set(names_in(arrangement.place))
    nodes = {}
    for name, node in params.nodes.items():
        changes: dict[str, Any] = {"beside": None} if name in placed else {}
        if name in arrangement.nodes:
            changes |= arrangement.nodes[name].model_dump(exclude_none=True)
        nodes[name] = node.model_copy(update=changes)
    ends = {name: {"leave": one.leave, "enter": one.enter} for name, one in arrangement.edges.items()}
    edges = tuple(edge.model_copy(update=ends.get(edge.name, {})) for edge in params.edges)
    place = arrangement.place or params.place
    return params.model_copy(update={"nodes": nodes, "edges": edges, "place": place})


def arrangements(params: Params) -> Iterator[tuple[Literal["square", "upright"], Arrangement]]:
    """The shapes for which something is written."""
    for shape in SHAPES:
        if (arrangement := getattr(params, shape)) is not None:
            yield shape, arrangement


def names_in(places: Sequence[str | Place]) -> Iterator[str]:
    """The nodes that stand in places."""
    for place in places:
        if isinstance(place, str):
            yield place
        else:
            yield from names_in(place.nodes)
