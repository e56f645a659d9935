"""What a storyboard writes of a network shot: the layers, in the order data goes through them."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from explainers.kinds._pairs import Mapped
from explainers.kinds.base import KindBeat
from explainers.storyboard.types import Boolean, Frozen, Label, Name, TableName, whole

_SIZE = re.compile(r"(\d{1,5})\s*[x×]\s*(\d{1,5})(?:\s*[x×]\s*(\d{1,5}))?")


def _size(value: Any) -> Any:
    match = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return value
    return tuple(int(one) for one in match.groups() if one is not None)


def _kernel(value: Any) -> Any:
    match = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
    return int(match[1]) if match and match[1] == match[2] and not match[3] else whole(value)


Size = Annotated[
    tuple[int, ...],
    BeforeValidator(_size),
    Field(min_length=2, max_length=3),
    WithJsonSchema({"type": "string", "description": "height x width x channels, such as 384x576x3"}),
]
Count = Annotated[int, BeforeValidator(whole), Field(ge=1, le=65536), WithJsonSchema({"type": "integer"})]
Kernel = Annotated[
    int,
    BeforeValidator(_kernel),
    Field(ge=1, le=31),
    WithJsonSchema({"type": ["string", "integer"], "description": "3x3"}),
]


class Tap(Frozen):
    """A place inside a backbone where its tensor is taken."""

    stride: Count
    """How many input pixels one cell stands for, along each side."""
    channels: Count | None = None
    """How many channels it has there."""
    label: Label | None = None
    """Its words below the block; its stride where nothing is written."""

    @property
    def words(self) -> str:
        return self.label or f"stride {self.stride}"


class Branch(Frozen):
    """One of several layers that read the same tensor; their results are put together."""

    id: Name
    """Its name in beats."""
    label: Label | None = None
    """Its words; `rate 6` or `1×1` from its rate and kernel where nothing is written."""
    conv: Kernel | None = None
    """A convolution with a kernel of so many cells a side, such as 3x3."""
    rate: Count = 1
    """Distance between the kernel's taps, in cells."""

    @property
    def words(self) -> str:
        if self.label or self.conv is None:
            return self.label or self.id
        return f"rate {self.rate}" if self.rate > 1 else f"{self.conv}×{self.conv}"


class Layer(Frozen):
    """A step of the network: one of `taps`, `parallel`, `conv`, `upsample` or `concat`."""

    id: Name
    """Its name in beats, and in `from` and `concat`."""
    label: Label | None = None
    """Its words on screen."""
    from_: str | None = Field(default=None, alias="from")
    """What it reads: a layer, or `layer.tap`; the layer before it where nothing is written."""
    taps: dict[Name, Tap] = Field(default_factory=dict)
    """A backbone, and where it is tapped; what follows reads the last tap."""
    parallel: tuple[Branch, ...] = ()
    """Branches that read the same tensor."""
    conv: Kernel | None = None
    """A convolution, its result as large as what it reads."""
    times: Count = 1
    """So many of them, one after another."""
    upsample: Count | None = None
    """Enlarged by this factor."""
    concat: tuple[str, ...] = ()
    """Tensors put together, channel on channel: they must be of the same height and width."""
    channels: Count | None = None
    """Channels of its result."""
    size: Size | None = None
    """What its size must come out as, such as 24x36; another one is an error."""

    @model_validator(mode="after")
    def _one_sort(self) -> Layer:
        sorts = (self.taps, self.parallel, self.conv, self.upsample, self.concat)
        if sum(bool(one) for one in sorts) != 1:
            raise ValueError("one of taps, parallel, conv, upsample or concat")
        return self

    @property
    def words(self) -> str:
        if self.label:
            return self.label
        if self.upsample:
            return f"×{self.upsample}"
        if self.conv:
            return f"{self.conv}×{self.conv}" + (f", {self.times} times" if self.times > 1 else "")
        return "concat" if self.concat else self.id


class Params(Mapped):
    """The network: a picture's size, layers, and what comes out."""

    classes: TableName | None = None  # type: ignore[assignment]
    """The class table, where the network gives a label map."""
    size: Size
    """Height, width and channels of the picture that goes in."""
    layers: Annotated[tuple[Layer, ...], Field(min_length=1, max_length=24)]
    """The layers in order."""
    input_label: Label | None = None
    """Words under the picture that goes in."""
    output_label: Label | None = None
    """Words under what comes out."""


class BeatParams(KindBeat):
    """Layers come with the beat that reveals them, or with the layer before; without beats all are there."""

    reveal: tuple[Name, ...] = ()
    """Layers whose blocks come now, one after another, and `output`."""
    whole: Boolean = False
    """What goes in and what comes out move in until all of both is seen; the blocks between them leave."""
