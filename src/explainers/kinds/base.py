"""What every scene kind is: `SceneKind`, and what it is given when it draws, a `ShotPlan`.

A kind is one module in this package (or a package where it is large) that defines one subclass of
`SceneKind`. The module's docstring is the kind's documentation, and its name is the kind's name, with `-`
for `_`. `docs/write-a-kind.md` teaches it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from explainers.fonts import HOUSE, Letters
from explainers.project import STORYBOARD, Project, Settings
from explainers.storyboard.film import Camera, Layout
from explainers.storyboard.types import Frozen
from explainers.theme import Theme

if TYPE_CHECKING:
    from explainers.compositor.drawn import DrawnPicture
    from explainers.facts.tables import Table
    from explainers.footage.conform import Request
    from explainers.runs.model import Run
    from explainers.stage import Stage
    from explainers.storyboard.mistakes import Loc, Mistake


class KindParams(Frozen):
    """Base of a kind's own fields."""

    @property
    def drawn_stand_in(self) -> str | None:
        """The drawn picture that is seen while files are missing: what a field `stand_in` names."""
        return getattr(self, "stand_in", None)


class KindBeat(Frozen):
    """Base of a kind's own fields on a beat."""


@dataclass(frozen=True)
class Stretch:
    """Size and rate of the frames to draw. Width and height in pixels, `fps` whole frames a second."""

    width: int
    height: int
    fps: int


@dataclass(frozen=True)
class BeatPlan:
    """A beat with absolute times in its shot. `statement` is the one in force during the beat."""

    id: str
    start_s: float
    end_s: float
    params: Any
    statement: str | None = None
    camera: Camera | None = None

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s


@dataclass(frozen=True)
class Missing:
    """A file that assets.yaml declares and that is not there yet.

    `shows` is what it would show, `how` a few words on where to get it.
    """

    path: str
    shows: str
    how: str


@dataclass(frozen=True)
class ShotPlan:
    """Everything a picture is drawn from: nothing else may change a pixel.

    Texts have their facts filled in; `tables`, `runs`, `assets` and drawn `pictures` hold what the params
    refer to, by the name used there. `provenance` is the word on the chip before the footer (`measured`,
    `published`, `simulated`, `illustration`) or None. `carry` is None where the shot begins with a cut, and
    maps names of things here to what the shot before calls them. Files that are declared and not there are
    in `missing` and not in `assets`: the kind draws its stand-in or a slate for them.
    """

    video: str
    id: str
    kind: str
    duration_frames: int
    canvas: Stretch
    theme: Theme
    params: Any
    beats: tuple[BeatPlan, ...] = ()
    title: str | None = None
    statement: str | None = None
    footer: str | None = None
    provenance: str | None = None
    layout: Layout = field(default_factory=Layout)
    carry: Mapping[str, str] | None = None
    tables: Mapping[str, Table] = field(default_factory=dict)
    runs: Mapping[str, Run] = field(default_factory=dict)
    assets: Mapping[str, Path] = field(default_factory=dict)
    pictures: Mapping[str, DrawnPicture] = field(default_factory=dict)
    code: Mapping[str, Any] = field(default_factory=dict)
    """Manim scenes and functions for figures, by `file.py:Name`, that the params name."""
    missing: tuple[Missing, ...] = ()
    letters: Letters = HOUSE
    pane: float | None = None
    """Where it is a pane of another shot's picture: pixels in a design unit. It has no margins of its own."""
    media: Mapping[Any, Path] = field(default_factory=dict)
    """What build conformed, by the request of the kind's `footage`; empty until the shot is drawn."""

    @property
    def duration_s(self) -> float:
        return self.duration_frames / self.canvas.fps

    @property
    def slates(self) -> tuple[str, ...]:
        """The missing files for which it shows a slate; a drawn stand-in is none."""
        return () if self.params.drawn_stand_in else tuple(one.path for one in self.missing)

    def beat(self, beat_id: str) -> BeatPlan:
        """The beat of that id; KeyError where there is none."""
        for beat in self.beats:
            if beat.id == beat_id:
                return beat
        raise KeyError(beat_id)


class SceneKind(ABC):
    """A reusable picture with typed parameters; a subclass says what is particular about it.

    Only `params` and `picture` are needed. Manim, MoviePy and whatever else is slow to import is imported
    inside `picture`, because every other method is called while a storyboard is only planned or checked.
    """

    params: ClassVar[type[KindParams]]
    """The kind's fields in the storyboard, beside the common ones."""
    beat_params: ClassVar[type[KindBeat]] = KindBeat
    """Its fields on a beat."""
    example: str = ""
    """A small storyboard in YAML that shows the kind, for the tests and the documentation. It may stand in a
    file: `example.yaml` in the folder of a package, `x.yaml` beside a module `x.py`."""
    example_files: ClassVar[Mapping[str, str | Callable[[], bytes]]] = {}
    """The files that the example needs, by their path below the video's assets folder (`assets.yaml`,
    `data/x.csv`), as text or as a function that makes the bytes."""
    example_code: ClassVar[Mapping[str, str]] = {}
    """The Python files beside the example's storyboard, where it needs any."""
    holds: ClassVar[tuple[str, ...]] = ()
    """Fields that hold a picture of another kind: a mapping with `kind` and that kind's own fields, which is
    read as its params. The same fields on a beat hold what its beats say."""
    source_share: ClassVar[float] = 1.0
    """The share of the safe area, at its right, to which the source keeps in a wide frame with words at the
    left, for a picture that reaches further down."""
    marks_cut_axes: ClassVar[bool] = False
    """Whether the picture itself marks an axis that does not begin at zero."""

    def __init__(self, name: str, doc: str, file: Path, packaged: bool = True):
        self.name, self.doc, self.file, self.packaged = name, doc, file, packaged
        beside = file.with_name("example.yaml") if file.stem == "__init__" else file.with_suffix(".yaml")
        if not self.example and beside.is_file():
            self.example = beside.read_text(encoding="utf-8")

    @abstractmethod
    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """Add the shot's layers to the stage; title, statement and footer are there already."""

    def beat_s(self, beat: Any) -> float:
        """Seconds that the motion of a beat of length `auto` needs."""
        return 0.0

    def arrivals_s(self, shot: ShotPlan) -> Iterable[float]:
        """When what moves has arrived and stood for a moment, in a plan whose beats lie far apart: a beat of
        length `auto` waits for what arrives in it."""
        return ()

    def duration_s(self, shot: ShotPlan) -> float:
        """Seconds that a shot of length `auto` needs, beyond reading time; its own length is not set yet."""
        return 0.0

    def names(self, params: Any, beats: Sequence[Any]) -> Iterable[str]:
        """Names of what is seen (nodes, tokens such as `s1`), whose digits texts may use freely."""
        return ()

    def mistakes(self, shot: ShotPlan) -> Iterable[Mistake]:
        """What only the whole shot shows to be wrong (a range outside a run); `loc` is from the shot."""
        return ()

    def footer(self, shot: ShotPlan) -> Sequence[str]:
        """Parts of the footer line that only the kind knows, such as what a cell means."""
        return ()

    def caveats(self, shot: ShotPlan) -> Sequence[str]:
        """The last parts of the footer line: what viewers must know of the shot's files, such as that a
        recording broke off."""
        return ()

    def said(self, shot: ShotPlan) -> Sequence[str]:
        """Caveats of runs that the picture itself says, at label size: the footer does not repeat them."""
        return ()

    def illustrated(self, shot: ShotPlan) -> Sequence[str]:
        """What the footer names as illustration: a `stand_in` whose file is not there."""
        stand_in: str | None = shot.params.drawn_stand_in
        drawn = stand_in is not None and (shot.missing or not shot.assets)
        return (f"drawn {stand_in.replace('-', ' ')}",) if stand_in and drawn else ()

    def file_texts(self, shot: ShotPlan) -> Iterable[tuple[Loc, str]]:
        """Texts in the picture that are not the storyboard's but those of recordings, logs and tables, with
        `loc` from the shot, so that fonts are checked for them."""
        return ()

    def footage(self, shot: ShotPlan) -> Sequence[Request]:
        """Captures that must be conformed before the shot is drawn; their files are in its `media` then."""
        return ()

    @property
    def shows_footage(self) -> bool:
        """Whether shots of this kind may hold footage, which is slow to enter in the middle."""
        return type(self).footage is not SceneKind.footage

    @property
    def code_files(self) -> Sequence[Path]:
        """The Python files of the kind's folder, sorted."""
        return sorted(self.file.parent.glob("*.py"))

    def write_example(self, root: Path) -> Project:
        """Makes a project in the empty folder `root` whose one video, named as the kind, is its example."""
        code = bool(self.example_code) or not self.packaged
        project = Project(root.resolve(), Settings(allow_code=code))
        files = {project.scenes_dir / self.name / STORYBOARD: self.example.lstrip("\n").encode()}
        for name, content in self.example_files.items():
            made = content.lstrip("\n").encode() if isinstance(content, str) else content()
            files[project.assets_dir(self.name) / name] = made
        for name, text in self.example_code.items():
            files[project.scenes_dir / self.name / name] = text.lstrip("\n").encode()
        if not self.packaged:
            files |= {project.scenes_dir / self.name / one.name: one.read_bytes() for one in self.code_files}
        for path, data in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        allowed = "allow_code = true\n" if code else ""
        (root / "pyproject.toml").write_text(f"[tool.explainers]\n{allowed}", encoding="utf-8")
        return project
