"""A contact sheet of findings: the frame at each one's time, its region marked, its words below."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from explainers.check.finding import Finding, Report
from explainers.fonts import Pen
from explainers.plan import Plan
from explainers.theme import design_scale

if TYPE_CHECKING:
    from PIL.Image import Image

    from explainers.compositor.picture import Picture

COLUMNS, WIDTH, GAP, SIZE, MOST = 3, 640, 24, 20, 60
"""Cells a row, their width in pixels, the space between them, the type size, the most cells."""

_COLORS = {"error": "#FF5A36", "warning": "#F0E442"}
_LINES = 3


def write_sheet(plan: Plan, report: Report, path: Path) -> Path | None:
    """Draw the findings that have a time in the video to a PNG at `path`; None where there are none."""
    shown = [finding for finding in report.findings if finding.start_s is not None and finding.shot][:MOST]
    if not shown:
        return None
    from PIL import Image

    pen, stills = Pen(SIZE, plan.shots[0].letters), _stills(plan, shown)
    cells = [_cell(finding, still, pen) for finding, still in zip(shown, stills, strict=True)]
    columns = min(COLUMNS, len(cells))
    high = max(cell.height for cell in cells)
    rows = -(-len(cells) // columns)
    size = GAP + columns * (WIDTH + GAP), GAP + rows * (high + GAP)
    sheet = Image.new("RGB", size, "#20242E")
    for number, cell in enumerate(cells):
        row, column = divmod(number, columns)
        sheet.paste(cell, (GAP + column * (WIDTH + GAP), GAP + row * (high + GAP)))
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path, "PNG")
    return path


def _stills(plan: Plan, findings: Sequence[Finding]) -> list[Image]:
    """The frame of each finding, `WIDTH` pixels wide; each shot is laid out once."""
    from PIL import Image

    from explainers.compositor.picture import still
    from explainers.kinds import draw

    drawn: dict[str, Picture] = {}
    stills = []
    for finding in findings:
        shot_id = finding.shot or ""
        if shot_id not in drawn:
            drawn[shot_id] = draw(plan.shot(shot_id), plan.kinds)
        fps = plan.canvas.fps
        middle = finding.start_s or 0.0
        if finding.region is None and finding.end_s is not None:
            middle = (middle + finding.end_s) / 2
        frame = round(middle * fps) - plan.start_frames[shot_id]
        frame = min(max(0, frame), plan.shot(shot_id).duration_frames - 1)
        image = Image.fromarray(still(drawn[shot_id], frame))
        high = round(image.height * WIDTH / image.width)
        stills.append(image.resize((WIDTH, high), Image.Resampling.LANCZOS))
    return stills


def _cell(finding: Finding, still: Image, pen: Pen) -> Image:
    """A still with its region marked, over the finding's words."""
    from PIL import Image, ImageDraw

    cell = Image.new("RGB", (WIDTH, still.height + 12 + (_LINES + 1) * (SIZE + 8)), "#20242E")
    cell.paste(still, (0, 0))
    draw = ImageDraw.Draw(cell)
    color = _COLORS[finding.severity]
    if finding.region:
        scale = design_scale(still.width, still.height)
        left, top, right, bottom = (edge * scale for edge in finding.region)
        box = (
            max(0, left - 4),
            max(0, top - 4),
            min(WIDTH - 1, right + 4),
            min(still.height - 1, bottom + 4),
        )
        if box[0] < box[2] and box[1] < box[3]:
            draw.rectangle(box, outline=color, width=3)
    place = f"{finding.place}" if finding.place else ""
    y = still.height + 10
    pen.write(cell, (0, y), pen.cut(f"{finding.code}  {finding.start_s:.2f} s  {place}", WIDTH, ""), color)
    for line in _wrapped(finding.message, pen):
        y += SIZE + 8
        pen.write(cell, (0, y), line, "#E6EDF7")
    return cell


def _wrapped(text: str, pen: Pen) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and pen.width(f"{lines[-1]} {word}") <= WIDTH:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return [pen.cut(line, WIDTH, "") for line in lines[:_LINES]]
