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
from explainers.kinds.chart.data import axis_of, cells_of, lanes_of, names_on, outline_of, points_of
from explainers.kinds.chart.ground import Ground, axis_words, tick_words
from explainers.kinds.chart.heatmap import shades_of
from explainers.kinds.chart.params import LANES
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
    top = ground.heading_end
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
    if panel.mark == "heatmap":
        _plot_heatmap(ground, axes)
        return
    if panel.mark in LANES:
        _plot_lanes(ground, axes)
        _axis(ground, axes, "x")
        return
    for series in panel.series:
        points, color = points_of(panel, series, ground.tables), theme.color(series.role)
        xs, ys = [point.x for point in points], [point.y for point in points]
        known = [
            (point.x, point.low, point.high)
            for point in points
            if point.low is not None and point.high is not None
        ]
        at, low, high = np.array(known, dtype=np.float64).reshape(-1, 3).T
        if panel.mark in ("cdf", "histogram"):
            xs, ys = map(list, zip(*outline_of(panel, series, ground.tables), strict=True))
            axes.plot(xs, ys, "-", color=color, label=series.label)
            if panel.mark == "histogram":
                axes.fill_between(xs, ys, color=color, alpha=0.3, linewidth=0)
            continue
        style, marker = ("-", None) if panel.mark == "line" else ("", "o")
        drawn: Literal["steps-post", "default"] = "steps-post" if series.step else "default"
        axes.plot(xs, ys, style, marker=marker, color=color, drawstyle=drawn)
        if known and panel.mark == "line":
            axes.fill_between(at, low, high, color=color, alpha=0.2, linewidth=0)
        elif known:
            axes.vlines(at, low, high, color=color, linewidth=3 * ground.stage.scale)
        if series.label and points:
            text, end = f"  {series.label}", (xs[-1], ys[-1])
            axes.annotate(text, end, va="center", color=color, annotation_clip=False)
    if panel.mark in ("cdf", "histogram") and any(series.label for series in panel.series):
        axes.legend(frameon=False)
    for name in ("x", "y"):
        _axis(ground, axes, name)


def _plot_heatmap(ground: Ground, axes: Axes) -> None:
    panel, theme = ground.panel, ground.stage.theme
    cells = cells_of(panel, ground.tables)
    columns, rows = (names_on(panel, ground.tables, axis) for axis in ("x", "y"))
    shade = shades_of(panel.x.log, [value for value, _ in cells.values()], theme, panel.series[0].role)
    for (column, row), (value, words) in cells.items():
        x, y = columns.index(column), rows.index(row)
        axes.barh(y, 0.94, left=x - 0.47, height=0.94, color=shade(value))
        if words:
            inside = ground.stage.color_on(shade(value))
            axes.annotate(words, (x, y), ha="center", va="center", color=inside)
    axes.set_xticks(range(len(columns)), columns)
    axes.set_yticks(range(len(rows)), rows)
    axes.set_xlim(-0.5, len(columns) - 0.5)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.grid(visible=False)
    across, down = (axis_of(panel, name, ground.tables).label for name in ("x", "y"))
    axes.set_xlabel(across or "")
    size, muted = LABEL * ground.stage.scale, theme.color("muted")
    words = ", ".join(one for one in (down, panel.series[0].label) if one)
    axes.set_title(words, loc="left", fontsize=size, color=muted)


def _plot_lanes(ground: Ground, axes: Axes) -> None:
    panel, theme = ground.panel, ground.stage.theme
    lanes = lanes_of(panel, ground.tables)
    places, left = np.arange(float(len(lanes))), np.zeros(len(lanes))
    for index, series in enumerate(panel.series):
        values = np.array([lane.values[index] or 0.0 for lane in lanes])
        colors = [theme.color(lane.role or series.role) for lane in lanes]
        middle, heights = values[0], places
        if panel.mark == "stacked":
            axes.barh(places, values, left=left, height=0.62, color=colors)
            middle = left[0] + values[0] / 2
            left += values
        elif panel.mark == "grouped":
            thick = 0.8 / len(panel.series)
            heights = places - 0.4 + thick * (index + 0.5)
            axes.barh(heights, values, height=thick * 0.92, color=colors, label=series.label)
        else:
            axes.scatter(values, places, s=(20 * ground.stage.scale) ** 2, c=colors, zorder=3)
        for lane, height in zip(lanes, heights, strict=True):
            if (ends := lane.ranges[index]) is not None:
                axes.hlines(
                    height, *ends, color=theme.color("text"), linewidth=3 * ground.stage.scale, zorder=4
                )
        if series.label and panel.mark != "grouped":
            axes.annotate(series.label, (middle, -0.42), ha="center", color=colors[0], annotation_clip=False)
    if panel.mark == "grouped" and any(series.label for series in panel.series):
        axes.legend(frameon=False)
    axes.set_yticks(places, [lane.label for lane in lanes])
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")


def _axis(ground: Ground, axes: Axes, name: Literal["x", "y"]) -> None:
    """An axis' label, ends and number format; one that does not begin at zero says so."""
    axis = axis_of(ground.panel, name, ground.tables)
    side = getattr(axes, f"{name}axis")
    names = names_on(ground.panel, ground.tables, name) if axis.names else []
    if names:
        side.set_ticks(range(len(names)), names)
    if axis.log:
        getattr(axes, f"set_{name}scale")("log")
    low, high = getattr(axes, f"get_{name}lim")()
    if not axis.log and axis.low is None and axis.zero == "has" and not names:
        low, high = min(low, 0.0), max(high, 0.0)
    low = low if axis.low is None else float(axis.low)
    high = high if axis.high is None else float(axis.high)
    getattr(axes, f"set_{name}lim")(low, high)
    if axis.ticks:
        side.set_ticks([float(tick) for tick in axis.ticks])
    if not names:
        side.set_major_formatter(lambda value, _: tick_words(axis, [float(f"{value:.10g}")])[0])
        side.set_minor_formatter(lambda value, _: "")
    words = axis.label or "" if names else axis_words(axis, Scale(low, high, 0, 1, axis.log), [low]) or ""
    if name == "x":
        side.set_label_text(words)
    else:
        # As in the kind's own charts, no words stand on their side.
        size, color = LABEL * ground.stage.scale, ground.stage.theme.color("muted")
        axes.set_title(words, loc="left", fontsize=size, color=color)
