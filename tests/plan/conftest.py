"""A project in a temporary folder, and two kinds that exist only here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Literal

import pytest

from explainers.errors import InvalidInput
from explainers.kinds import Kinds
from explainers.kinds.base import KindBeat, KindParams, SceneKind, ShotPlan
from explainers.plan import Plan, load_plan
from explainers.project import Project
from explainers.storyboard.mistakes import Mistake
from explainers.storyboard.types import (
    AssetPath,
    Boolean,
    Frozen,
    Label,
    Number,
    RunName,
    Seconds,
    ShownText,
    SourceName,
    TableName,
)

ASSETS = """
sources:
  logs: {kind: measured, citation: The run logs of the system, label: run logs}
  paper: {kind: published, citation: Liu et al. 2025}
  drawn: {kind: illustration, citation: Drawn for this video}
tables:
  runs: {file: data/runs.csv, source: logs, units: {tok: tok/s}}
  figures: {file: data/figures.csv, source: paper}
runs:
  off: {file: runs/off.run.jsonl, source: logs}
files:
  figures/net.png: {shows: The network, from: drawn}
"""
FILES = {
    "data/runs.csv": "run,tok,time_s\noff,112.75,2129.86\ndrex,122.06,2026\n",
    "data/figures.csv": "name,value\nlow,2\nhigh,12\n",
    "figures/net.png": "not looked at",
    "runs/off.run.jsonl": '{"format": "run/1"}\n',
}
FACTS = """
facts:
  off: {table: runs, where: {run: off}, value: tok}
  drex: {table: runs, where: {run: drex}, value: tok}
  gain: drex / off - 1
"""


class Node(Frozen):
    label: Label | None = None
    words: ShownText | None = None


class CardParams(KindParams):
    heading: ShownText
    lines: tuple[Label, ...] = ()


class MixedParams(KindParams):
    nodes: dict[str, Node] = {}  # noqa: RUF012
    limit: Number | None = None
    scale: tuple[Number, Number] | None = None
    table: TableName | None = None
    column: str = "tok"
    tables: dict[TableName, str] = {}  # noqa: RUF012
    pane: RunName | None = None
    picture: AssetPath | None = None
    cited: SourceName | None = None
    side: Literal["left", "right"] | Node | None = None
    quiet: Boolean = False
    range: tuple[Seconds, Seconds] | None = None
    needs: Seconds = 0.0


class MixedBeat(KindBeat):
    spoken: ShownText | None = None
    takes: Seconds = 0.0


class Card(SceneKind):
    params = CardParams

    def picture(self, shot: ShotPlan, stage: Any) -> None:
        """Nothing is drawn here."""


class Mixed(Card):
    params = MixedParams
    beat_params = MixedBeat

    def beat_s(self, beat: MixedBeat) -> float:
        return beat.takes

    def duration_s(self, shot: ShotPlan) -> float:
        return shot.params.needs + len(shot.runs)

    def mistakes(self, shot: ShotPlan) -> Iterable[Mistake]:
        if shot.params.table:
            shot.tables[shot.params.table].column(shot.params.column)
        if shot.params.range and shot.params.range[1] > 60:
            yield Mistake(("range", 1), "range-outside-run", "the range ends after the run, at 60 s")


KINDS = Kinds(
    {
        name: kind(name, f"A kind for tests, {name}.", Path(__file__))
        for name, kind in (("card", Card), ("mixed", Mixed))
    },
    {},
)

Load = Callable[..., Plan]


class FakeProvenance:
    kind = "measured"


class FakeRun:
    provenance = FakeProvenance()
    caveats = ("totals measured, steady rate between",)


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Plans a storyboard text with the kinds and assets above; further files by path."""
    monkeypatch.setattr("explainers.plan.load.discover", lambda folder=None: KINDS)
    monkeypatch.setattr("explainers.plan.library.load_run", lambda path: FakeRun())
    project = Project(tmp_path)

    def write(shots: str, head: str = FACTS, assets: str = ASSETS, **options: Any) -> Plan:
        texts = {project.assets_dir("demo") / name: text for name, text in FILES.items()}
        texts[project.assets_dir("demo") / "assets.yaml"] = assets
        storyboard = (
            shots if "storyboard:" in shots else f"storyboard: 1\ntitle: Demo\n{head}\nshots:\n{shots}"
        )
        texts[project.scenes_dir / "demo" / "storyboard.yaml"] = storyboard
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return load_plan(project, "demo", **options)

    return write


@pytest.fixture
def codes(load: Load) -> Callable[..., list[str]]:
    """The codes of the problems of a storyboard, in the order they are shown."""

    def of(*arguments: Any, **options: Any) -> list[str]:
        with pytest.raises(InvalidInput) as caught:
            load(*arguments, **options)
        assert all(one.place for one in caught.value.problems)
        return [one.code for one in caught.value.problems]

    return of
