"""Tasks: what one worker does in one go, as data that can be sent, and what it tells when it is done."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from explainers.compositor.drawn import DrawnPicture
from explainers.fonts import Letters
from explainers.render.planner import Clip, Segment, Still

if TYPE_CHECKING:
    from explainers.footage.conform import Request
    from explainers.kinds.base import ShotPlan
    from explainers.plan import CuePlan
    from explainers.theme import Theme

OnFrames = Callable[[int], None]
"""Is called with how many frames of a task are done."""


@dataclass(frozen=True)
class PackedShot:
    """A packed shot with the captions that are drawn into it and the shot that it carries on, the files they
    show, and the folder whose kinds must be loaded to unpack them."""

    packed: bytes = field(repr=False)
    code_folder: Path | None
    files: tuple[Path, ...] = ()

    @staticmethod
    def of(
        shot: ShotPlan,
        code_folder: Path | None = None,
        burned: Sequence[CuePlan] = (),
        before: ShotPlan | None = None,
    ) -> PackedShot:
        packed, files = pack((shot, tuple(burned), before))
        return PackedShot(packed, code_folder, files)

    def unpacked(self) -> tuple[ShotPlan, tuple[CuePlan, ...], ShotPlan | None]:
        """The shot, the captions, and the shot before; the code of `code_folder` is loaded."""
        from explainers.kinds import discover

        shot, burned, before = unpack(self.packed, self.files, discover(self.code_folder).pictures)
        return shot, burned, before


@dataclass(frozen=True)
class DrawTask:
    """Draw of a shot what is given: a segment, stills, and where everything stands (the key `geometry`).

    With `known` the shot was drawn before: its pixels may be in the store under their digest. With `alone`
    all of it lies after what the shot carries on has arrived, so that the shot before need not be laid out.
    """

    light: ClassVar[bool] = False
    shot_id: str
    packed: PackedShot
    store: Path
    picture: str
    segment: Segment | None = None
    stills: tuple[Still, ...] = ()
    geometry: str | None = None
    known: bool = False
    alone: bool = False
    needs: tuple[str, ...] = ()

    @property
    def frames(self) -> int:
        return self.segment.frames if self.segment else 0

    @property
    def makes(self) -> tuple[str, ...]:
        keys = [self.segment.key] if self.segment else []
        keys += [self.geometry] if self.geometry else []
        return (*keys, *(still.key for still in self.stills))

    @property
    def group(self) -> str:
        return self.picture


@dataclass(frozen=True)
class Making:
    """What tasks have in common that make one product, for the shot they are reported under."""

    light: ClassVar[bool] = False
    shot_id: str
    store: Path
    key: str

    @property
    def frames(self) -> int:
        return 0

    @property
    def needs(self) -> tuple[str, ...]:
        return ()

    @property
    def makes(self) -> tuple[str, ...]:
        return (self.key,)

    @property
    def group(self) -> str:
        return self.key


@dataclass(frozen=True)
class ClipTask(Making):
    """Put a clip together from its segments, and what checking needs from theirs."""

    light: ClassVar[bool] = True
    clip: Clip

    @property
    def needs(self) -> tuple[str, ...]:
        return (self.clip.geometry, *(segment.key for segment in self.clip.segments))


@dataclass(frozen=True)
class FadeTask(Making):
    """Draw the cross-fade into a shot, `half` frames on either side of the cut; its `media` come first."""

    before: PackedShot
    after: PackedShot
    half: int
    media: tuple[str, ...] = ()

    @property
    def frames(self) -> int:
        return 2 * self.half

    @property
    def needs(self) -> tuple[str, ...]:
        return self.media


@dataclass(frozen=True)
class ConformTask(Making):
    """Conform a capture that a shot shows."""

    request: Request


@dataclass(frozen=True)
class PosterTask(Making):
    """Encode a still as the video's poster."""

    light: ClassVar[bool] = True
    still: str

    @property
    def needs(self) -> tuple[str, ...]:
        return (self.still,)


@dataclass(frozen=True)
class SheetTask(Making):
    """Put the contact sheet together: `cells` are the key of a still, its name and its time in the video."""

    light: ClassVar[bool] = True
    cells: tuple[tuple[str, str, str], ...]
    title: str
    theme: Theme = field(hash=False)
    letters: Letters

    @property
    def needs(self) -> tuple[str, ...]:
        return tuple(key for key, _, _ in self.cells)


Task = DrawTask | ClipTask | FadeTask | ConformTask | PosterTask | SheetTask
"""Each names the products it `makes` and those it `needs`, by key; those of one `group` have their layout in
common. A `light` one costs less than sending it away. With its store, a task is all a worker needs: every
file it reads is in it as a `Path`, and what it makes does not depend on where that is."""


@dataclass
class Done:
    """What a task did. `counts` are the same on every machine; `seconds` are where its time went."""

    shot_id: str
    elapsed_s: float = 0.0
    counts: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


def pack(value: Any) -> tuple[bytes, tuple[Path, ...]]:
    """The bytes of a value, which hold no path of this machine, and the paths they are nothing without.

    Drawn pictures are in them by name.

    The same value gives the same bytes wherever its files lie.
    """
    held = io.BytesIO()
    packer = _Packer(held, protocol=5)
    packer.dump(value)
    return held.getvalue(), tuple(packer.paths)


def unpack(packed: bytes, paths: Sequence[Path], pictures: Mapping[str, DrawnPicture] | None = None) -> Any:
    """The value again, with `paths` in place of those it was packed with, in their order, and `pictures`
    by their names."""
    return _Unpacker(io.BytesIO(packed), paths, pictures or {}).load()


class _Packer(pickle.Pickler):
    def __init__(self, file: io.BytesIO, protocol: int):
        super().__init__(file, protocol)
        self.paths: dict[Path, int] = {}

    def persistent_id(self, value: Any) -> int | str | None:
        if isinstance(value, DrawnPicture):
            return value.name
        return self.paths.setdefault(value, len(self.paths)) if isinstance(value, Path) else None


class _Unpacker(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, paths: Sequence[Path], pictures: Mapping[str, DrawnPicture]):
        super().__init__(file)
        self._paths, self._pictures = paths, pictures

    def persistent_load(self, of: Any) -> Path | DrawnPicture:
        return self._pictures[of] if isinstance(of, str) else self._paths[of]
