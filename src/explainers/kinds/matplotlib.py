"""A figure that a Matplotlib function of a file beside the storyboard draws, in the theme.

`figure: plots.py:latency` names the file and the function, `def latency(figure, given)`. It gets an empty
Matplotlib figure of the size that is free, in the film's type and colours, and `given`: the `tables` and
`values` that the shot names, the `theme`, and in `beat` the id of the beat it is drawn for (None before the
first). It is drawn once for each beat; where that is another picture, it takes the place of the one before.

Numbers come from `given`, so that they have their sources, and are read from the storyboard by `check`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from pydantic import Field

from explainers.kinds.base import KindBeat, KindParams, SceneKind, ShotPlan
from explainers.storyboard.mistakes import Mistake
from explainers.storyboard.types import CodeName, Name, Number, TableName
from explainers.theme import Theme

if TYPE_CHECKING:
    from explainers.stage import Stage

PLOTS = """
def latency(figure, given):
    rows, theme = given.tables["latency"], given.theme
    axes = figure.add_subplot()
    batch = [row["batch"] for row in rows]
    for name, role in (("plain", "baseline"), ("ours", "ours")):
        waits = [row[name] for row in rows]
        axes.fill_between(batch, waits, color=theme.color(role), alpha=0.16, linewidth=0)
        axes.plot(batch, waits, color=theme.color(role), linewidth=6, marker="o", markersize=14)
        said = f"   {name} {waits[-1]:.0f}"
        axes.annotate(said, (batch[-1], waits[-1]), color=theme.color(role), va="center")
    axes.set(xlim=(0, 78), ylim=(0, None), xlabel="requests in a batch", ylabel="ms a token")
    if given.beat == "limit":
        limit = given.values["limit"]
        axes.axhline(limit, color=theme.color("text"), linewidth=4, linestyle=(0, (2, 2)))
        axes.annotate(f"as fast as one reads: {limit:.0f}", (1, limit + 3), color=theme.color("text"))


def points(figure, given):
    figure.add_subplot().plot([1, 2, 3])
"""
_ASSETS = """
sources:
  made-up: {kind: illustration, citation: Numbers made up for this example, label: made-up numbers}
tables:
  latency: {file: data/latency.csv, source: made-up}
  limits: {file: data/limits.csv, source: made-up}
"""
FILES = {
    "assets.yaml": _ASSETS,
    "data/latency.csv": "batch,plain,ours\n4,38,36\n16,52,41\n32,81,49\n48,112,56\n64,148,62\n",
    "data/limits.csv": "name,ms\nreading,70\n",
}


class Params(KindParams):
    """A figure."""

    figure: CodeName
    """The file and the function: `plots.py:latency`."""
    tables: tuple[TableName, ...] = ()
    """Tables that it gets, as lists of mappings by column."""
    values: dict[Name, Number] = Field(default_factory=dict)
    """Numbers that it gets: facts, or expressions over facts."""


def _drawn(draw: Callable[[Any, Any], None], given: Given, figure: Any) -> None:
    draw(figure, given)


@dataclass(frozen=True)
class Given:
    """What a figure's function gets beside the figure."""

    tables: Mapping[str, list[Mapping[str, Any]]]
    values: Mapping[str, float]
    theme: Theme
    beat: str | None


class MatplotlibKind(SceneKind):
    params = Params
    beat_params = KindBeat
    example_files = FILES
    example_code = {"plots.py": PLOTS}  # noqa: RUF012

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """A tile for each beat, one after another in one place."""
        from explainers.compositor.layer import Note
        from explainers.kinds.chart.matplotlib_panel import figure_tile
        from explainers.stage.chrome import body_over

        params: Params = shot.params
        box, draw = stage.snapped(body_over(stage, shot)), shot.code[params.figure]
        tables = {name: list(shot.tables[name].rows) for name in params.tables}
        values = {name: float(value) for name, value in params.values.items()}
        tiles = {}
        for name in (None, *(beat.id for beat in shot.beats)):
            given = Given(tables, values, shot.theme, name)
            tiles[name or ""] = figure_tile(stage, box, partial(_drawn, draw, given))
        note = Note("picture", params.figure, over=stage.theme.background)
        with stage.named("figure"):
            handle = stage.place(tiles, box, 3.0, note, "")
        for beat in shot.beats:
            handle.become(beat.start_s, beat.id, 0.0)

    def mistakes(self, shot: ShotPlan) -> Iterator[Mistake]:
        """A Manim scene in place of a function."""
        if isinstance(shot.code.get(shot.params.figure), type):
            message = f"{shot.params.figure!r} is a class, and no function that draws a figure"
            yield Mistake(("figure",), "wrong-code", message, "a function, or `kind: manim` for a scene")
