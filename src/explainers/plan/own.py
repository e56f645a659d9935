"""What each shot's scene kind adds to it, read from the raw data, so that no mistake hides another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from explainers.errors import nearest
from explainers.kinds import Kind
from explainers.project import Project
from explainers.storyboard.document import Data
from explainers.storyboard.mistakes import Loc, Mistake
from explainers.storyboard.shot import Beat, Shot
from explainers.storyboard.wording import mistakes_of

_CODE = (
    "it is a program that would run with all your rights, on your files and your network: read it, then "
    "allow it with --allow-code, or with allow_code = true in [tool.explainers] of pyproject.toml"
)


@dataclass
class ReadShot:
    """The kind's own part of a shot, where it could be read."""

    kind: Kind
    params: Any
    beats: list[Any]


@dataclass
class OwnFields:
    """Reads the kinds' own fields of a video's shots, and collects what is wrong with them."""

    project: Project
    video: str
    kinds: Mapping[str, Kind]
    mistakes: list[Mistake] = field(default_factory=list)

    def of(self, data: Data) -> dict[int, ReadShot]:
        """Those of every shot of a storyboard's data that could be read, by the shot's index."""
        shots = data.get("shots") if isinstance(data, dict) else None
        found = {}
        for index, raw in enumerate(shots if isinstance(shots, list) else ()):
            if isinstance(raw, dict) and isinstance(raw.get("kind"), str):
                read = self._read_kind(raw, ("shots", index))
                if read is not None:
                    found[index] = read
        return found

    def _read_kind(self, raw: dict[str, Any], loc: Loc) -> ReadShot | None:
        kind = self.kinds.get(raw["kind"])
        if kind is None:
            near = nearest(raw["kind"], self.kinds)
            message = f"there is no scene kind {raw['kind']!r}{self._beside(raw['kind'])}"
            self.mistakes.append(
                Mistake((*loc, "kind"), "unknown-kind", message, ", ".join(self.kinds) or None, near)
            )
            return None
        params = self._own(kind.Params, raw, Shot.model_fields, loc)
        raw_beats = raw.get("beats")
        beats = [
            self._own(kind.beat_model, one, Beat.model_fields, (*loc, "beats", index))
            for index, one in enumerate(raw_beats if isinstance(raw_beats, list) else ())
            if isinstance(one, dict)
        ]
        return None if params is None or None in beats else ReadShot(kind, params, beats)

    def _own(self, model: type[Any], raw: dict[str, Any], common: Iterable[str], loc: Loc) -> Any:
        common = tuple(common)
        own = {key: value for key, value in raw.items() if key not in common}
        try:
            return model.model_validate(own)
        except ValidationError as error:
            self.mistakes += [mistake.under(*loc) for mistake in mistakes_of(error, model, own, common)]
            return None

    def _beside(self, name: str) -> str:
        """A hint where a file beside the storyboard would bring the kind but was not run."""
        for file in self.project.scene_dir(self.video).glob("*.py"):
            if file.stem.replace("_", "-") == name:
                return f"; {self.project.shown(file)} may bring it, but {_CODE}"
        return ""
