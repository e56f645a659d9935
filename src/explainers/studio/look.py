"""What is looked at, a video in a theme and a shape, and how it is now: what a page is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explainers.project import Project
from explainers.storyboard.languages import languages
from explainers.theme import THEMES
from explainers.trust import authenticator, store_key
from explainers.voice.takes import takes_of

if TYPE_CHECKING:
    from explainers.plan import Plan

SHAPES = ("16:9", "1:1", "9:16")


@dataclass(frozen=True)
class Look:
    """A video, and the theme, shape and language it is shown in; None is what the storyboard says."""

    video: str
    theme: str | None = None
    aspect: str | None = None
    language: str | None = None

    @property
    def is_own(self) -> bool:
        """Whether it is the storyboard's own look."""
        return self == Look(self.video)

    @property
    def slug(self) -> str:
        """A short name for folders."""
        parts = self.theme or "own", (self.aspect or "own").replace(":", "x"), self.language
        return "-".join(part for part in parts if part)


def look_of(project: Project, video: str, given: Mapping[str, str]) -> Look:
    """A look from what a page asks for; words that mean nothing are left out. UsageError where there is no
    such video."""
    known = {"theme": THEMES, "aspect": SHAPES, "language": languages(project.storyboard_path(video))}
    return Look(video, **{name: given[name] for name, words in known.items() if given.get(name) in words})


@dataclass(frozen=True)
class StudioProject:
    """What a worker needs to plan by itself: the project and whether its code may be run."""

    project: Project
    allow_code: bool | None = None

    def plan(self, look: Look, quality: str, text: str | None = None) -> Plan:
        """The plan of a look, from the files, or from a storyboard's `text` that is not saved."""
        from explainers.plan import load_plan, storyboard_of

        project, video, aspect, code = self.project, look.video, look.aspect, self.allow_code
        document = storyboard_of(project, video, text)
        options: dict[str, Any] = {"aspect": aspect, "document": document, "takes": takes_of(project, video)}
        options["language"] = look.language
        return load_plan(project, video, quality, look.theme, allow_code=code, strict=False, **options)

    def code_folder(self, look: Look) -> Path | None:
        """The folder of a look's video where code beside its storyboard may be run."""
        allowed = self.project.settings.allow_code if self.allow_code is None else self.allow_code
        return self.project.scene_dir(look.video) if allowed else None

    @property
    def folder(self) -> Path:
        """Where the studio keeps what it can make again: under a name that nobody knows before, so that no
        project comes with what it shows."""
        name = authenticator(store_key(), "the studio's folder")[:32]
        return self.project.root / "renders" / ".studio" / name


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
