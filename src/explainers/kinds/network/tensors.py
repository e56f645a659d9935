"""Tensor sizes, computed from the input's size and what the layers do; every contradiction is a mistake."""

from __future__ import annotations

from dataclasses import dataclass, field

from explainers.errors import nearest
from explainers.kinds.network.params import Layer, Params
from explainers.storyboard.mistakes import Loc, Mistake


@dataclass(frozen=True)
class Tensor:
    """Height, width, and channels where they are known."""

    height: int
    width: int
    channels: int | None = None

    @property
    def area(self) -> str:
        return f"{self.height}×{self.width}"

    def __str__(self) -> str:
        return self.area + (f"×{self.channels}" if self.channels else "")


@dataclass
class Sizes:
    """The tensor that each layer, and each tap as `layer.tap`, gives; who reads what; what can't be."""

    tensors: dict[str, Tensor] = field(default_factory=dict)
    reads: dict[str, tuple[str, ...]] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)


def sizes_of(params: Params, classes: int | None = None) -> Sizes:
    """Sizes from the input to the last layer. `classes` is how many the class table has."""
    sizes = Sizes({"input": Tensor(*params.size)})
    before = "input"
    for index, layer in enumerate(params.layers):
        loc: Loc = ("layers", index)
        if layer.id in sizes.tensors or layer.id == "output":
            sizes.mistakes.append(
                Mistake((*loc, "id"), "duplicate-id", f"a second layer is named {layer.id!r}")
            )
            continue
        sources = _sources(layer, before, sizes, loc)
        sizes.reads[layer.id] = sources
        known = [sizes.tensors[source] for source in sources if source in sizes.tensors]
        if len(known) == len(sources):
            _add(layer, known, params, sizes, loc)
        # A backbone's reader takes its last tap: the deepest.
        before = f"{layer.id}.{list(layer.taps)[-1]}" if layer.taps else layer.id
    last = params.layers[-1].id
    sizes.reads["output"] = (last,)
    if params.classes and last in sizes.tensors:
        _fits_output(sizes.tensors[last], params, classes, sizes)
    return sizes


def _sources(layer: Layer, before: str, sizes: Sizes, loc: Loc) -> tuple[str, ...]:
    names = layer.concat or ((layer.from_,) if layer.from_ else (before,))
    for index, name in enumerate(names):
        if name not in sizes.tensors:
            where = (*loc, "concat", index) if layer.concat else (*loc, "from")
            known = [one for one in sizes.tensors if one != layer.id]
            message = f"there is no tensor {name!r} before {layer.id!r}"
            sizes.mistakes.append(
                Mistake(where, "unknown-layer", message, ", ".join(known), nearest(name, known))
            )
    return names


def _add(layer: Layer, known: list[Tensor], params: Params, sizes: Sizes, loc: Loc) -> None:
    first = known[0]
    if layer.concat:
        for index, (name, one) in enumerate(zip(layer.concat, known, strict=True)):
            if (one.height, one.width) != (first.height, first.width):
                message = (
                    f"{name} is {one.area} and {layer.concat[0]} is {first.area}: they can't be put together"
                )
                sizes.mistakes.append(
                    Mistake((*loc, "concat", index), "wrong-size", message, "the same height and width")
                )
                return
        total = sum(one.channels or 0 for one in known) if all(one.channels for one in known) else None
        result = Tensor(first.height, first.width, total)
    elif layer.upsample:
        result = Tensor(first.height * layer.upsample, first.width * layer.upsample, first.channels)
    elif layer.taps:
        for name, tap in layer.taps.items():
            if params.size[0] % tap.stride or params.size[1] % tap.stride:
                message = f"a stride of {tap.stride} does not divide {params.size[0]}×{params.size[1]}"
                sizes.mistakes.append(Mistake((*loc, "taps", name, "stride"), "wrong-size", message))
                return
            tensor = Tensor(params.size[0] // tap.stride, params.size[1] // tap.stride, tap.channels)
            sizes.tensors[f"{layer.id}.{name}"] = tensor
        result = sizes.tensors[f"{layer.id}.{list(layer.taps)[-1]}"]
    else:
        result = Tensor(first.height, first.width, layer.channels)
    if layer.channels and not layer.concat:
        result = Tensor(result.height, result.width, layer.channels)
    sizes.tensors[layer.id] = result
    if layer.size and layer.size != (result.height, result.width, result.channels)[: len(layer.size)]:
        written = "×".join(map(str, layer.size))
        sizes.mistakes.append(
            Mistake((*loc, "size"), "wrong-size", f"{layer.id} comes out as {result}, not {written}")
        )


def _fits_output(last: Tensor, params: Params, classes: int | None, sizes: Sizes) -> None:
    """A label map has the picture's size and one channel a class."""
    loc: Loc = ("layers", len(params.layers) - 1)
    height, width = params.size[:2]
    if (last.height, last.width) != (height, width):
        message = f"the label map comes out as {last.area}, the picture is {height}×{width}"
        sizes.mistakes.append(Mistake(loc, "wrong-size", message))
    if classes is not None and last.channels is not None and last.channels != classes:
        message = f"{last.channels} channels come out, the class table has {classes} classes"
        sizes.mistakes.append(Mistake((*loc, "channels"), "wrong-size", message))
