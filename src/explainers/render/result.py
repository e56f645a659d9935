"""What a render did, shot by shot, and how it is told while it happens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from explainers.plan import Plan
    from explainers.render.tasks import Done


@dataclass(frozen=True)
class ShotOutcome:
    """Whether a shot was drawn or reused, and why."""

    id: str
    outcome: Literal["drawn", "reused"]
    reason: str
    frames: int


@dataclass(frozen=True)
class RenderResult:
    """A finished render. `counts` are equal on every machine; `seconds` say where the time went,
    added up over all workers."""

    video: str
    directory: Path
    fps: int
    shots: tuple[ShotOutcome, ...]
    files: tuple[str, ...]
    elapsed_s: float
    counts: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def frames(self) -> int:
        return sum(shot.frames for shot in self.shots)

    @property
    def duration_s(self) -> float:
        return self.frames / self.fps

    def as_json(self) -> dict[str, object]:
        """What `render --json` prints."""
        shots = [
            {"id": one.id, "outcome": one.outcome, "reason": one.reason, "frames": one.frames}
            for one in self.shots
        ]
        return {
            "video": self.video,
            "directory": str(self.directory),
            "duration_s": round(self.duration_s, 6),
            "frames": self.frames,
            "shots": shots,
            "elapsed_s": round(self.elapsed_s, 3),
        }


@dataclass(frozen=True)
class Progress:
    """A shot's frames done so far, of all its frames; `finished` once its products are stored.

    `expected_s` is what its tasks were expected to take of one worker, and `done_s` what of that is done.
    """

    shot_id: str
    done: int
    frames: int
    finished: bool = False
    expected_s: float = 0.0
    done_s: float = 0.0


Listener = Callable[[Progress], None]


def result_of(
    plan: Plan,
    done: Sequence[Done],
    directory: Path,
    outcomes: Sequence[ShotOutcome],
    files: Mapping[str, object],
    elapsed_s: float,
    times: Mapping[str, float],
) -> RenderResult:
    """The result, with the counts and seconds of all that was done added up."""
    counts: dict[str, int] = {}
    seconds: dict[str, float] = dict(times)
    for one in done:
        for name, count in one.counts.items():
            counts[name] = counts.get(name, 0) + count
        for name, spent in one.seconds.items():
            seconds[name] = seconds.get(name, 0.0) + spent
    return RenderResult(
        plan.name, directory, plan.canvas.fps, tuple(outcomes), tuple(files), elapsed_s, counts, seconds
    )
