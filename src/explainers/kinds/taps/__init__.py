"""A convolution's taps over a picture, at true scale: what a kernel reads at each rate.

The picture is the network's input, with the cells of the tensor that the kernel reads. Beats spread the
taps to a `rate`; each is a window on what it reads, as far from the next as the rate says, and a rate that
was left stays as a dotted ring. A tap outside of the picture is hollow: it reads padding. A small map says
where in the network this happens. Outside of the input a drawn picture goes on, darker: the network does
not see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from explainers.kinds._example_pictures import bay_files
from explainers.kinds._pairs import Pictured, wrong_classes
from explainers.kinds.base import KindBeat, SceneKind, ShotPlan
from explainers.kinds.network.params import Count, Kernel, Size
from explainers.storyboard.mistakes import Mistake, without_effect
from explainers.storyboard.types import Frozen, Label, ShownText, TableName

if TYPE_CHECKING:
    from explainers.stage import Stage

DARKEN_S, SPREAD_S = 0.9, 0.7
"""When the picture is darkened at the latest, and how long taps take to another rate."""


class Inside(Frozen):
    """Where in the network the taps are."""

    layer: Label
    """The layer whose branches they are, such as `ASPP`."""
    branches: Annotated[int, Field(ge=1, le=8)] = 5
    """How many branches it has; the rates of the beats are its last ones."""
    words: Label | None = None
    """What the layer does, said in the small map."""


class Params(Pictured):
    """The picture and the kernel."""

    classes: TableName | None = None  # type: ignore[assignment]
    """The class table, where the small map shows what comes out."""
    size: Size
    """Height and width of the network's input, such as 384x576."""
    stride: Count = 16
    """How many pixels of the input one cell stands for, along each side."""
    conv: Kernel = 3
    """The kernel, such as 3x3."""
    at: Annotated[tuple[float, float], Field(min_length=2, max_length=2)] = (0.5, 0.5)
    """Where the kernel's middle lies, as shares of the picture's width and height."""
    inside: Inside | None = None
    """The small map of the network."""
    outside: ShownText = "outside the picture: zero"
    """What is said of taps that read padding."""

    @property
    def cells(self) -> tuple[int, int]:
        """Columns and rows of the tensor."""
        return self.size[1] // self.stride, self.size[0] // self.stride

    @property
    def middle(self) -> tuple[int, int]:
        """Column and row of the kernel's middle."""
        (columns, rows), (x, y) = self.cells, self.at
        return min(columns - 1, int(x * columns)), min(rows - 1, int(y * rows))

    def is_outside(self, rate: float) -> bool:
        """Whether a tap lies outside of the picture at a rate."""
        half = (self.conv // 2) * rate
        return any(
            at - half < 0 or at + half > count - 1 for at, count in zip(self.middle, self.cells, strict=True)
        )


class BeatParams(KindBeat):
    """The taps spread with the beats."""

    rate: Count | None = None
    """How many cells lie between two taps from now on; they begin at 1."""


EXAMPLE_FILES = bay_files()


class TapsKind(SceneKind):
    params = Params
    beat_params = BeatParams
    example_files = EXAMPLE_FILES

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """The picture with its cells, then the taps as the beats spread them."""
        from explainers.kinds.taps.draw import draw

        draw(shot, stage)

    def beat_s(self, beat: BeatParams) -> float:
        """The way, and time to see what is read."""
        return SPREAD_S + 1.2 if beat.rate else 0.0

    def duration_s(self, shot: ShotPlan) -> float:
        """The cells are seen."""
        return 3.0

    def names(self, params: Params, beats: Sequence[BeatParams]) -> set[str]:
        """Kernels as they are written: texts may speak of a `3×3`."""
        return {f"{params.conv}×{params.conv}"}

    def mistakes(self, shot: ShotPlan) -> list[Mistake]:
        """A stride that does not divide the picture, an even kernel, a middle that is not in the picture."""
        params: Params = shot.params
        found = wrong_classes(shot) if params.classes else []
        if params.image is None and params.stand_in is None:
            found.append(Mistake((), "missing-key", "nothing to show", "an image, or a stand_in"))
        if params.classes is None:
            found += without_effect(params, ("labels",), "taps without `classes`")
        if len(params.size) > 2:
            found.append(Mistake(("size",), "wrong-size", "the input's height and width", "384x576"))
        if params.size[0] % params.stride or params.size[1] % params.stride:
            message = f"a stride of {params.stride} does not divide {params.size[0]}×{params.size[1]}"
            found.append(Mistake(("stride",), "wrong-size", message))
        if params.conv % 2 == 0 or params.conv < 3:
            message = f"a kernel of {params.conv} cells has no middle with taps around it"
            found.append(Mistake(("conv",), "out-of-range", message, "3x3, 5x5"))
        for place, share in enumerate(params.at):
            if not 0 <= share <= 1:
                message = f"{share:g} lies outside of the picture"
                found.append(Mistake(("at", place), "out-of-range", message, "a share from 0 to 1"))
        rates = [beat.params.rate or 1 for beat in shot.beats]
        if not found and not any(params.is_outside(rate) for rate in rates):
            found += without_effect(params, ("outside",), "taps that all lie in the picture")
        used = len({rate for rate in rates if rate > 1})
        if params.inside and used > params.inside.branches:
            message = f"{used} rates, and {params.inside.layer} has {params.inside.branches} branches"
            found.append(Mistake(("inside", "branches"), "out-of-range", message, "a branch for each rate"))
        return found
