"""Cases: a project in one text file, with marks at the lines where a finding must be.

`-- scenes/x/storyboard.yaml --` begins a file; `storyboard.yaml`, `assets.yaml` and `data/...` alone stand
for the one video's. `# !code` at the end of a line says that a finding with that code must be there, and
`# !code:7` in that column; whatever is not marked must not be found.
"""

from __future__ import annotations

import re
import shutil
from collections import Counter
from pathlib import Path

from explainers.check import Drawn, Report
from explainers.compositor import geometry
from explainers.compositor.luminance import LuminanceWatch
from explainers.compositor.picture import Painter
from explainers.plan import Plan
from explainers.project import Project, find_project
from explainers.trust import trust

HERE = Path(__file__).parent
VIDEO = "video"

_FILE = re.compile(r"^-- (\S+) --$", re.MULTILINE)
_MARK = re.compile(r"\s+# ((?:!\S+ ?)+)$", re.MULTILINE)

Found = Counter[tuple[str, int, str, int]]
"""File, line, code and column (0 for any) of findings."""


def project_of(case: str, root: Path) -> Project:
    """A project in `root` whose one video is the case."""
    (root / "pyproject.toml").write_text("[tool.explainers]\nallow_code = true\n", encoding="utf-8")
    trust(root)
    parts = _FILE.split(case)
    for name, text in zip(parts[1::2], parts[2::2], strict=True):
        path = root / _path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_MARK.sub("", text.lstrip("\n")), encoding="utf-8")
    shutil.copy(HERE / "raw.py", root / "scenes" / VIDEO / "raw.py")
    return find_project(root)


def _path(name: str) -> str:
    if name == "storyboard.yaml":
        return f"scenes/{VIDEO}/{name}"
    return name if name.startswith(("scenes/", "page")) else f"assets/{VIDEO}/{name}"


def expected(case: str) -> Found:
    """The findings that a case marks."""
    found: Found = Counter()
    parts = _FILE.split(case)
    for name, text in zip(parts[1::2], parts[2::2], strict=True):
        for number, line in enumerate(text.lstrip("\n").split("\n"), 1):
            match = _MARK.search(line)
            for mark in match[1].split() if match else ():
                code, _, column = mark.removeprefix("!").partition(":")
                found[_path(name), number, code, int(column or 0)] += 1
    return found


def found_in(report: Report, marks: Found) -> Found:
    """The report's findings in the form of marks; columns only where the mark has one."""
    with_column = {mark[:3]: mark[3] for mark in marks if mark[3]}
    found: Found = Counter()
    for one in report.findings:
        assert one.place is not None, one.text()
        key = one.place.file, one.place.line, one.code
        found[(*key, one.place.column if key in with_column else 0)] += 1
    return found


def drawn(plan: Plan) -> dict[str, Drawn]:
    """Every shot drawn here and now, as building would have stored it."""
    from explainers.kinds import draw

    found = {}
    for shot in plan.shots:
        picture = draw(shot, plan.kinds)
        watch = LuminanceWatch(picture.width, picture.height, picture.fps)
        painter = Painter(picture)
        for frame in range(picture.duration_frames):
            watch.see(frame, painter.pixels, painter.paint(frame))
        times = geometry.rest_times(picture, [beat.end_s for beat in shot.beats])
        found[shot.id] = Drawn(geometry.describe(picture, times), watch.summary())
    return found
