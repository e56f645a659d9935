"""A panel drawn by Matplotlib, in the theme's colours and fonts, as one tile. Needs Matplotlib."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from explainers.compositor.layer import Note, Tile, blank
from explainers.errors import RenderFailed
from explainers.fonts import Letters, font_files, spans
from explainers.kinds._plots import ENTER_S
from explainers.kinds.chart.data import lanes_of, points_of
from explainers.kinds.chart.ground import Ground, axis_words, tick_words
from explainers.scratch import neutral_folder
from explainers.stage import Box, Stage
from explainers.stage.axes import Scale
from explainers.theme import LABEL, SANS, Theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DPI = 72.0
"""At 72 dots an inch a point is a pixel, so design units are Matplotlib's points times the stage's scale."""


def draw_figure(ground: Ground) -> None:
    """The whole panel as one picture that fades in."""
    stage, panel = ground.stage, ground.panel
    top = ground.heading()
    box = stage.snapped(ground.box._replace(top=top))
    tile = figure_tile(stage, box, lambda figure: _plot(ground, figure.add_subplot()))
    note = Note("picture", panel.heading or "", over=stage.theme.background)
    picture = stage.place({"plain": tile}, box, 3.0, note)
    picture.enter(ground.start_s + ENTER_S, dy=0)
    ground.spot.add(ground.names(*(one.id for one in panel.series)), picture)


def figure_tile(stage: Stage, box: Box, plot: Callable[[Figure], None]) -> Tile:
    """What `plot` draws into an empty figure of the box's size, in the theme's colours and fonts."""
    with neutral_folder():
        import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    width, height = round(box.width * stage.scale), round(box.height * stage.scale)
    with matplotlib.rc_context(_look(stage.theme, stage.scale)):
        figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, layout="constrained")
        canvas = FigureCanvasAgg(figure)
        plot(figure)
        _only_house_letters(figure, stage.letters)
        canvas.draw()
        pixels = np.asarray(canvas.buffer_rgba()).astype(np.uint16)
    tile = blank(width, height, round(box.left * stage.scale), round(box.top * stage.scale))
    # Matplotlib gives straight alpha, Cairo wants colours multiplied by it, in the order BGRA.
    alpha = pixels[:, :, 3:4]
    tile.pixels[:, :, :3] = ((pixels[:, :, 2::-1] * alpha + 127) // 255).astype(np.uint8)
    tile.pixels[:, :, 3:4] = alpha.astype(np.uint8)
    return tile


def _only_house_letters(figure: Figure, letters: Letters) -> None:
    """RenderFailed for a text that needs more than the sans: Matplotlib neither joins nor turns letters."""
    from matplotlib.text import Text

    for text in figure.findobj(Text):
        if any(face is None or face.family != SANS for face, _ in spans(text.get_text(), SANS, letters)):
            raise RenderFailed(
                f"`engine: matplotlib` has only {SANS}'s letters: leave it out for {text.get_text()!r}"
            )


def _look(theme: Theme, scale: float) -> dict[str, Any]:
    """Matplotlib's settings for the theme; nothing of the user's own remains."""
    import matplotlib

    _register_fonts()
    axes = ("axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color")
    return {
        **matplotlib.rcParamsDefault,
        **dict.fromkeys(axes, theme.color("muted")),
        **dict.fromkeys(("figure.facecolor", "axes.facecolor"), "none"),
        **dict.fromkeys(("axes.linewidth", "grid.linewidth"), 2 * scale),
        **dict.fromkeys(("axes.spines.top", "axes.spines.right"), False),
        **dict.fromkeys(("axes.grid", "axes.axisbelow", "axes.unicode_minus"), True),
        **dict.fromkeys(("xtick.major.size", "ytick.major.size"), 0),
        **dict.fromkeys(("xtick.major.pad", "ytick.major.pad"), 12 * scale),
        "font.family": SANS,
        "font.size": LABEL * scale,
        "grid.color": theme.line,
        "lines.linewidth": 5 * scale,
        "lines.markersize": 20 * scale,
        "text.color": theme.color("text"),
        # A `$` is a `$`: Matplotlib's mathematics would be a language of its own inside of labels.
        "text.parse_math": False,
    }


@cache
def _register_fonts() -> None:
    # It announces the making of its own font cache, which is nobody's concern here.
    logging.getLogger("matplotlib").setLevel(logging.WARNING)
    from matplotlib import font_manager

    for path in font_files(SANS):
        font_manager.fontManager.addfont(str(path))


def _plot(ground: Ground, axes: Axes) -> None:
    panel, theme = ground.panel, ground.stage.theme
    flat = panel.mark in ("line", "scatter")
    if not flat:
        _plot_lanes(ground, axes)
    for series in panel.series if flat else ():
        points, color = points_of(panel, series, ground.tables), theme.color(series.role)
        xs, ys = [point.x for point in points], [point.y for point in points]
        style, marker = ("-", None) if panel.mark == "line" else ("", "o")
        axes.plot(xs, ys, style, marker=marker, color=color)
        if series.label and points:
            text, end = f"  {series.label}", (xs[-1], ys[-1])
            axes.annotate(text, end, va="center", color=color, annotation_clip=False)
    for name in ("x", "y") if flat else ("x",):
        _axis(ground, axes, name)


def _plot_lanes(ground: Ground, axes: Axes) -> None:
    panel, theme = ground.panel, ground.stage.theme
    lanes = lanes_of(panel, ground.tables)
    places, left = list(range(len(lanes))), np.zeros(len(lanes))
    for index, series in enumerate(panel.series):
        values = np.array([lane.values[index] or 0.0 for lane in lanes])
        colors = [theme.color(lane.role or series.role) for lane in lanes]
        middle = values[0]
        if panel.mark == "stacked":
            axes.barh(places, values, left=left, height=0.62, color=colors)
            middle = left[0] + values[0] / 2
            left += values
        else:
            axes.scatter(values, places, s=(20 * ground.stage.scale) ** 2, c=colors, zorder=3)
        if series.label:
            axes.annotate(series.label, (middle, -0.42), ha="center", color=colors[0], annotation_clip=False)
    axes.set_yticks(places, [lane.label for lane in lanes])
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")


def _axis(ground: Ground, axes: Axes, name: Literal["x", "y"]) -> None:
    """An axis' label, ends and number format; one that does not begin at zero says so."""
    axis = ground.panel.x if name == "x" else ground.panel.y
    side = getattr(axes, f"{name}axis")
    low, high = getattr(axes, f"get_{name}lim")()
    if axis.log:
        getattr(axes, f"set_{name}scale")("log")
    elif axis.low is None and axis.zero == "has":
        low, high = min(low, 0.0), max(high, 0.0)
    low = low if axis.low is None else float(axis.low)
    high = high if axis.high is None else float(axis.high)
    getattr(axes, f"set_{name}lim")(low, high)
    if axis.ticks:
        side.set_ticks([float(tick) for tick in axis.ticks])
    side.set_major_formatter(lambda value, _: tick_words(axis, [float(f"{value:.10g}")])[0])
    side.set_minor_formatter(lambda value, _: "")
    words = axis_words(axis, Scale(low, high, 0, 1, axis.log), [low]) or ""
    if name == "x":
        side.set_label_text(words)
    else:
        # As in the kind's own charts, no words stand on their side.
        size, color = LABEL * ground.stage.scale, ground.stage.theme.color("muted")
        axes.set_title(words, loc="left", fontsize=size, color=color)
