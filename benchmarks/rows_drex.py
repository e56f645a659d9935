"""The DREX video at 1080p60: cold, unchanged, and after small edits."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from benchmarks.limit import limit
from benchmarks.measure import EXPLAINERS, Row, Timing, median, run
from benchmarks.renditions import drawn_lumas, text_ssim
from explainers.plan import load_plan
from explainers.project import find_project
from explainers.voice.takes import read_sound, write_sound

ROOT = Path(__file__).parents[1]
STORYBOARD, RUNS_CSV = "scenes/drex/storyboard.yaml", "assets/drex/data/runs.csv"
SAMPLES = 90
RENDER = [EXPLAINERS, "render", "drex", "--allow-code"]
EDITS = (
    (
        "one caption changed, timing the same",
        2.0,
        STORYBOARD,
        "Four requests reach the ramp together",
        [f"Four requests {word} the ramp together" for word in ("meet", "near", "find")],
    ),
    (
        "one statement changed in a 10 s shot",
        6.0,
        STORYBOARD,
        'statement: "Split from',
        [f'statement: "{word} from' for word in ("Parted", "Divided", "Cut")],
    ),
    (
        "one bar's value changed in a 7 s shot",
        6.0,
        RUNS_CSV,
        ",112.58,",
        [f",{value}," for value in ("111.58", "110.58", "109.58")],
    ),
)
"""What is edited, its goal in seconds, the file, the words in it, and what they become, a new one each run:
one that was there before would be found in the store."""


def whole() -> Iterator[Row]:
    """Empty store, one worker and two, against real time and against encoding the raw frames."""
    with _project() as folder:
        one = run([*RENDER, "--jobs", "1"], folder)
        shutil.rmtree(folder / "renders")
        two = run([*RENDER, "--jobs", "2"], folder)
        video = folder / "renders/drex"
        length_s = float(json.loads((video / "manifest.json").read_bytes())["duration_s"])
        least = limit(video / "video.mp4")
        clear = _clearness(folder)
    took = f"{two.wall_s:.1f} s"
    ratio, work = length_s / two.wall_s, f"the DREX video, {length_s:.0f} s, empty store, two workers"
    yield Row(work, took, f"real time {length_s:.0f} s", f"{ratio:.1f}x faster", ratio, "at least", 2, "x")
    ratio = two.wall_s / least.two_cores_s
    cores = f"{least.two_cores_s:.1f} s on two cores, {least.one_core_s:.1f} s on one"
    raw = f"encoding its raw frames once: {cores}"
    yield Row("the same", took, raw, f"{ratio:.2f}x its time", ratio, "at most", 2, "x")
    ratio = one.wall_s / two.wall_s
    against, faster = f"one worker {one.wall_s:.1f} s", f"{ratio:.2f}x faster"
    yield Row("two workers", took, against, faster, ratio, "at least", 1.7, "x")
    yield clear


def _clearness(folder: Path) -> Row:
    """How clear text is in the joined video, against the frames as they are drawn."""
    plan = load_plan(find_project(folder), "drex")
    drawn = dict(drawn_lumas(plan, plan.total_frames // SAMPLES))
    found = text_ssim(folder / "renders/drex/video.mp4", drawn)
    words = "least SSIM of crops with text in its `video.mp4`"
    against = f"the frames as drawn, {found.size} crops of {len(drawn)} frames"
    least, mean = float(found.min()), float(found.mean())
    return Row(words, f"{least:.4f}", against, f"mean {mean:.4f}", least, "at least", 0.99, "")


def edits() -> Iterator[Row]:
    """Nothing changed, and three small edits, beside the cold render."""
    with _project() as folder:
        cold = run(RENDER, folder)
        yield _row(
            "nothing changed, whole process", median([run(RENDER, folder) for _ in range(5)]), cold, 1.0
        )
        for work, goal, name, old, new in EDITS:
            yield _row(work, median([_edited(folder / name, old, words) for words in new]), cold, goal)


def voice() -> Iterator[Row]:
    """The spoken video after a new recording of one line, as long as the take before it."""
    command = [*RENDER, "--voice"]
    with _project() as folder:
        take = min((folder / "assets/drex/voice").glob("*.flac"))
        line, sound = take.name.rsplit(".", 2)[0], read_sound(take)

        def recorded(gain: float) -> Timing:
            write_sound(take.with_name(f"{line}.flac"), sound.samples * np.float32(gain), sound.rate)
            return run(command, folder)

        cold = run(command, folder)
        yield _row("a line recorded again", median([recorded(gain) for gain in (0.9, 0.8, 0.7)]), cold, 3)


def renditions() -> Iterator[Row]:
    """Web renditions made anew, and after an edit of one shot."""
    command = [*RENDER, "--renditions", "web"]
    with _project() as folder:
        cold = run(command, folder)
        _, _, name, old, new = EDITS[2]
        yield _row(
            "web renditions after one bar's value", _edited(folder / name, old, new[0], command), cold, 120
        )


def _row(work: str, timing: Timing, cold: Timing, goal: float) -> Row:
    against, ratio = f"the cold render {cold.wall_s:.1f} s", cold.wall_s / timing.wall_s
    took = f"{timing.wall_s:.1f} s"
    return Row(work, took, against, f"{ratio:.0f}x faster", timing.wall_s, "at most", goal, " s")


def _edited(path: Path, old: str, new: str, command: list[str] = RENDER) -> Timing:
    """One render after an edit; the file is as it was afterwards."""
    before = path.read_text(encoding="utf-8")
    if before.count(old) != 1:
        raise RuntimeError(f"{path.name} holds {old!r} {before.count(old)} times")
    path.write_text(before.replace(old, new), encoding="utf-8")
    timing = run(command, _root_of(path))
    path.write_text(before, encoding="utf-8")
    run(RENDER, _root_of(path))
    return timing


def _root_of(path: Path) -> Path:
    return next(folder for folder in path.parents if (folder / "pyproject.toml").is_file())


@contextmanager
def _project() -> Iterator[Path]:
    """A copy of this project without renders."""
    with tempfile.TemporaryDirectory(prefix="explainers-bench-") as name:
        folder = Path(name)
        for part in ("scenes", "assets", "pyproject.toml"):
            source = ROOT / part
            (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / part)
        yield folder
