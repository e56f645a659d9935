"""A small project on disk, and rendering and judging a plan, for tests of several rooms."""

from __future__ import annotations

import ctypes
import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from explainers.check import Drawn, Report, judge
from explainers.compositor.geometry import save
from explainers.plan import Plan, Variant
from explainers.project import Project, find_project
from explainers.render.drawing import picture_of
from explainers.render.planner import code_folder
from explainers.render.store import Store
from explainers.render.tasks import PackedShot
from explainers.voice.engines import Samples

SMALL = """\
storyboard: 1
title: "Two small cards"
description: "What it is about."
canvas: {size: 320x180, fps: 10}
facts:
  before: {table: runs, where: {run: before}, value: tok, unit: tok/s, format: .1f}
  after: {table: runs, where: {run: after}, value: tok, unit: tok/s, format: .1f}
  gain: {value: after / before - 1, format: "+.1%"}
shots:
  - id: opening
    kind: title
    duration: 2s
    heading: First card
    cue: "Words & <signs> --> escaped."
  - id: second
    kind: title
    title: "Second, {gain}"
    heading: Another
    statement: A statement.
    beats:
      - {id: one, duration: 1.5s, cue: "Beat one."}
      - {id: two, duration: 1.5s, cue: "Beat two.", chapter: Deeper}
    duration: 3s
"""
ASSETS = """\
sources:
  logs: {kind: measured, citation: The run logs of the system, label: run logs, url: https://example.org/logs}
tables:
  runs: {file: data/runs.csv, source: logs}
"""
TABLE = "run,tok\nbefore,100\nafter,108\n"


def write_project(root: Path, storyboard: str = SMALL, video: str = "small") -> Project:
    """A project with one video at `root`."""
    files = {
        "pyproject.toml": "[tool.explainers]\n",
        f"scenes/{video}/storyboard.yaml": storyboard,
        f"assets/{video}/assets.yaml": ASSETS,
        f"assets/{video}/data/runs.csv": TABLE,
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return find_project(root)


def render(plan: Plan, jobs: int | None = None, executor=None, listener=None, burned: bool = False, **more):
    """Render a plan, which nobody judges; `listener` is called with the progress of shots."""
    from explainers.render.pipeline import Listener, Request, run

    class Calls(Listener):
        def progress(self, video, progress):
            if listener is not None:
                listener(progress)

    request = Request.of(plan, variant=Variant(burned=burned), **more)
    return run(request, jobs=jobs, executor=executor, listener=Calls())


def geometries(plan: Plan) -> dict[str, Any]:
    """Where everything stands in the shots of a plan, carried on as in the film; no frame is drawn."""
    found = {}
    for shot in plan.shots:
        packed = PackedShot.of(shot, code_folder(plan, shot), before=plan.carried_by(shot))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "geometry.json"
            save(picture_of(packed, Store(plan.project.store_dir)), [beat.end_s for beat in shot.beats], path)
            found[shot.id] = json.loads(path.read_text())
    return found


def judged(plan: Plan) -> Report:
    """What the referee finds in the pictures of a plan."""
    drawn = {shot: Drawn(geometry) for shot, geometry in geometries(plan).items()}
    return judge(plan, words=False, drawn_of=lambda _: drawn)


RATE = 22_050
"""Samples a second of what is `said`."""


@cache
def said(text: str) -> Samples:
    """The sound of a text at `RATE`, by the eSpeak NG of `explainers[voice]`, in its clearest voice."""
    import espeakng_loader

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    assert library.espeak_Initialize(2, 0, espeakng_loader.get_data_path().encode(), 0) == RATE
    library.espeak_SetVoiceByName(b"en-us+f2")
    library.espeak_SetParameter(1, 140, 0)
    parts: list[np.ndarray] = []

    @ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
    def hear(sound: ctypes._Pointer[ctypes.c_short], count: int, _: object) -> int:
        parts.extend([np.ctypeslib.as_array(sound, (count,)).copy()] if sound and count else [])
        return 0

    library.espeak_SetSynthCallback(hear)
    library.espeak_Synth(text.encode(), len(text.encode()) + 1, 0, 0, 0, 1, None, None)
    return np.concatenate(parts).astype(np.float32) / 32768
