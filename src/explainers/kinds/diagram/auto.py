"""A place for every node where the author wrote none: layers along the edges, few crossings."""

from __future__ import annotations

from explainers.kinds.diagram.params import Params, Place


def layered(params: Params) -> tuple[Place, ...]:
    """Columns of nodes, each right of all it depends on; edges that run back in a cycle are ignored."""
    import networkx  # type: ignore[import-untyped]

    free = [name for name, node in params.nodes.items() if node.beside is None]
    graph = networkx.DiGraph()
    graph.add_nodes_from(free)
    for edge in params.edges:
        if edge.from_ in free and edge.to in free and edge.from_ != edge.to:
            graph.add_edge(edge.from_, edge.to)
            if not networkx.is_directed_acyclic_graph(graph):
                graph.remove_edge(edge.from_, edge.to)
    layers = [sorted(layer, key=free.index) for layer in networkx.topological_generations(graph)]
    for index, layer in enumerate(layers[1:], 1):
        before = {name: at for at, name in enumerate(layers[index - 1])}
        # A node stands beside the middle of what leads to it: the barycentre rule.
        layer.sort(
            key=lambda name: _middle(
                [before[one] for one in graph.predecessors(name) if one in before], free.index(name)
            )
        )
    return tuple(Place(column=f"layer-{index + 1}", nodes=tuple(layer)) for index, layer in enumerate(layers))


def _middle(places: list[int], otherwise: int) -> float:
    return sum(places) / len(places) if places else float(otherwise)
