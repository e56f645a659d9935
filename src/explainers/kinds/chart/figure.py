"""A panel drawn by Matplotlib, in the theme's colours and fonts, as one tile. Needs Matplotlib."""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from explainers.errors import RenderFailed
from explainers.film.layer import Note as Told
from explainers.film.layer import Tile, blank
from explainers.fonts import Letters, font_files, spans
from explainers.kinds.chart.data import lanes_of, points_of
from explainers.kinds.chart.ground import ENTER_S, Ground, tick_words
from explainers.stage import Box
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
    tile = _tile(ground, box)
    note = Told("picture", panel.heading or "", over=stage.theme.background)
    picture = stage.place({"plain": tile}, box, 3.0, note)
    picture.enter(ground.start_s + ENTER_S, dy=0)
    ground.spot.add(ground.names(*(one.id for one in panel.series)), picture)


def _tile(ground: Ground, box: Box) -> Tile:
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    stage = ground.stage
    width, height = round(box.width * stage.scale), round(box.height * stage.scale)
    with matplotlib.rc_context(_look(stage.theme, stage.scale)):
        figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, layout="constrained")
        canvas = FigureCanvasAgg(figure)
        _plot(ground, figure.add_subplot())
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
    muted = theme.color("muted")
    return {
        **matplotlib.rcParamsDefault,
        "font.family": SANS,
        "font.size": LABEL * scale,
        "figure.facecolor": "none",
        "axes.facecolor": "none",
        "axes.edgecolor": muted,
        "axes.labelcolor": muted,
        "axes.linewidth": 2 * scale,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": theme.line,
        "grid.linewidth": 2 * scale,
        "xtick.color": muted,
        "ytick.color": muted,
        "xtick.major.size": 0,
        "ytick.major.size": 0,
        "xtick.major.pad": 12 * scale,
        "ytick.major.pad": 12 * scale,
        "lines.linewidth": 5 * scale,
        "lines.markersize": 20 * scale,
        "text.color": theme.color("text"),
        "axes.unicode_minus": True,
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
    if panel.mark in ("line", "scatter"):
        for series in panel.series:
            points = points_of(panel, series, ground.tables)
            xs, ys = [point.x for point in points], [point.y for point in points]
            style = "-" if panel.mark == "line" else ""
            axes.plot(
                xs, ys, style, marker="o" if panel.mark == "scatter" else None, color=theme.color(series.role)
            )
            if series.label and points:
                axes.annotate(
                    f"  {series.label}",
                    (xs[-1], ys[-1]),
                    va="center",
                    color=theme.color(series.role),
                    annotation_clip=False,
                )
    else:
        _plot_lanes(ground, axes)
    _axes(ground, axes)


def _plot_lanes(ground: Ground, axes: Axes) -> None:
    panel, theme = ground.panel, ground.stage.theme
    lanes = lanes_of(panel, ground.tables)
    places = list(range(len(lanes)))
    left = np.zeros(len(lanes))
    for index, series in enumerate(panel.series):
        values = np.array([lane.values[index] or 0.0 for lane in lanes])
        colors = [theme.color(lane.role or series.role) for lane in lanes]
        if panel.mark == "stacked":
            axes.barh(places, values, left=left, height=0.62, color=colors)
            middle = left[0] + values[0] / 2
            left += values
        else:
            middle = values[0]
            axes.scatter(values, places, s=(20 * ground.stage.scale) ** 2, c=colors, zorder=3)
        if series.label:
            axes.annotate(series.label, (middle, -0.42), ha="center", color=colors[0], annotation_clip=False)
    axes.set_yticks(places, [lane.label for lane in lanes])
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")


def _axes(ground: Ground, axes: Axes) -> None:
    """Labels, ends and number formats; an axis that does not begin at zero says so."""
    panel = ground.panel
    flat = panel.mark in ("line", "scatter")
    for name, axis in (("x", panel.x), *((("y", panel.y),) if flat else ())):
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
        if not axis.log:
            side.set_major_formatter(
                lambda value, _, axis=axis: tick_words(axis, [float(f"{value:.10g}")])[0]
            )
        cut = axis.zero == "has" and not axis.log and not low <= 0 <= high
        said = [
            axis.label or "",
            "log scale" if axis.log else f"axis starts at {tick_words(axis, [low])[0]}" if cut else "",
        ]
        words = ", ".join(one for one in said if one)
        if name == "x":
            side.set_label_text(words)
        else:
            # As in the kind's own charts, no words stand on their side.
            axes.set_title(
                words,
                loc="left",
                fontsize=LABEL * ground.stage.scale,
                color=ground.stage.theme.color("muted"),
            )
