"""One look at a video as it is now: what a page is given."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from explainers.studio.look import Look

SCRUB, NOW, THUMB, SOON, LATER = 1, 2, 4, 6, 8
"""Urgencies of jobs, the lowest first."""


@dataclass
class View:
    """One look as it is now. `state` is the last one planned; `problems` say why it is not newer."""

    look: Look
    revision: int = 0
    state: dict[str, Any] | None = None
    problems: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    judged: str = "nothing"
    films: dict[str, dict[str, Any]] = field(default_factory=dict)
    fresh: bool = False
    at: str | None = None
    """The shot under the playhead of the page that moved last."""

    def as_json(self) -> dict[str, Any]:
        """What a page is given."""
        return {
            "video": self.look.video,
            "revision": self.revision,
            "state": self.state,
            "problems": self.problems,
            "findings": self.findings,
            "judged": self.judged,
            "films": self.films,
        }

    def in_order(self, shots: list[str]) -> list[str]:
        """Shots from the one under the playhead on, round to the one before it."""
        start = shots.index(self.at) if self.at in shots else 0
        return shots[start:] + shots[:start]
