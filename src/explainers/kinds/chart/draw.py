"""Drawing a chart shot: the panels' places, then each panel on its ground. Needs Manim."""

from __future__ import annotations

from explainers.kinds._plots import ENTER_S, Schedule, highlights
from explainers.kinds.base import BeatPlan, ShotPlan
from explainers.kinds.chart.ground import Ground
from explainers.kinds.chart.heatmap import draw_heatmap
from explainers.kinds.chart.params import LANES, Note, Panel, Params
from explainers.kinds.chart.plane import draw_plane
from explainers.kinds.chart.rows import draw_lanes
from explainers.stage import Box, Stage
from explainers.stage.chrome import plot_body
from explainers.stage.handle import Spotlight

BETWEEN, BELOW = 96.0, 44.0
"""Space between columns of panels, and between panels of one column."""


def draw(shot: ShotPlan, stage: Stage) -> None:
    """Everything of the shot below its title and above its statement."""
    params: Params = shot.params
    panels = params.all_panels
    schedule, spot = Schedule(shot.beats), Spotlight()
    boxes = boxes_of(panels, plot_body(stage, shot), _heights(shot, stage))
    for panel, box in zip(panels, boxes, strict=True):
        ground = Ground(stage, panel, shot.tables, box, schedule, spot, _notes(panel, panels, shot.beats))
        if panel.engine == "matplotlib":
            from explainers.kinds.chart.matplotlib_panel import draw_figure

            draw_figure(ground)
        elif panel.mark == "heatmap":
            draw_heatmap(ground)
        elif panel.mark in LANES:
            draw_lanes(ground)
        else:
            draw_plane(ground)
    spot.plan(highlights(shot))


def _heights(shot: ShotPlan, stage: Stage) -> list[float]:
    """How high each panel would like to be in a narrow frame, where all stand below each other; else none."""
    if stage.height < stage.width * 1.3:
        return []
    heights = []
    for panel in shot.params.all_panels:
        rows = len(panel.rows or shot.tables[panel.table or ""].rows)
        heights.append((150.0 + 104.0 * rows if panel.mark in LANES else 560.0) * panel.share)
    return heights


def boxes_of(panels: tuple[Panel, ...], body: Box, heights: list[float]) -> list[Box]:
    """A box for each panel: columns by their numbers, the panels of one below each other.

    With `heights` all panels stand below each other, in these proportions.
    """
    body = body._replace(top=body.top + 8)
    if heights:
        return body.rows(heights, BELOW)
    members: dict[int, list[int]] = {}
    for index, panel in enumerate(panels):
        members.setdefault(panel.column or index + 1, []).append(index)
    columns = [members[number] for number in sorted(members)]
    shares = [panels[column[0]].share if len(column) == 1 else 1.0 for column in columns]
    places = body.columns(shares, BETWEEN if body.width > 1300 else BETWEEN * 0.6)
    boxes: dict[int, Box] = {}
    for column, place in zip(columns, places, strict=True):
        heights = [panels[index].share for index in column]
        boxes |= dict(zip(column, place.rows(heights, BELOW), strict=True))
    return [boxes[index] for index in range(len(panels))]


def _notes(
    panel: Panel, panels: tuple[Panel, ...], beats: tuple[BeatPlan, ...]
) -> tuple[tuple[float, Note], ...]:
    """The beats' notes that belong to the panel: those that name it, the others in the first one."""
    found = []
    for beat in beats:
        note = beat.params.note if beat.params else None
        if note and (note.panel == panel.id if note.panel else panel is panels[0]):
            found.append((beat.start_s + ENTER_S, note))
    return tuple(found)
