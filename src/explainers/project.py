"""A project: the folder whose `pyproject.toml` has `[tool.explainers]`, and what that table sets."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from explainers.errors import Diagnostic, InvalidInput, Place, UsageError, did_you_mean, nearest, one_line
from explainers.inputs import MIB, leads_out, nfc, on_disk, read_bytes
from explainers.theme import THEMES
from explainers.trust import belongs_to_another, trusted

STORYBOARD = "storyboard.yaml"
"""The file that makes a folder in `scenes/` a video."""

QUALITIES = ("draft", "standard", "final")
FONTS = {".ttf": (b"\0\1\0\0", b"true"), ".otf": (b"OTTO",), ".ttc": (b"ttcf",)}
"""Endings of font files, and how such files begin."""
CLUSTER = ("store", "endpoint")

_NAME = re.compile(r"[^\W_](?:[\w .-]{0,98}[\w-])?")
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?|index\.html?", re.IGNORECASE)
NAME_RULE = (
    "letters, digits, spaces, dots, - and _, at most 100, a letter or digit first and no space or dot last; "
    "and no name that a page or a device has"
)
"""The rule of `is_video_name`, as messages say it."""


def is_video_name(name: str) -> bool:
    """Whether a video can have that name: folders have it, on every system, and it is part of addresses."""
    return bool(_NAME.fullmatch(nfc(name))) and not _DEVICES.fullmatch(name)


@dataclass(frozen=True)
class Settings:
    """What `[tool.explainers]` may hold.

    `theme` and `quality` are defaults for storyboards and commands that name none. `allow_code` lets
    the `.py` files beside this project's storyboards run: it is what the file asks for (`wants_code`), where
    the person at this machine trusts the folder. `fonts` are files of the project's, by their paths
    from its root, for letters that the house's fonts lack. `site` is read by the embedding commands;
    with `voice` films are spoken; `cluster` holds the `store` that a cluster's machines share, and the
    `endpoint` of an S3.
    """

    theme: str = next(iter(THEMES))
    quality: str = "final"
    allow_code: bool = False
    wants_code: bool = False
    voice: bool = False
    fonts: tuple[str, ...] = ()
    site: Mapping[str, Any] = field(default_factory=dict)
    cluster: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Project:
    """The root folder (absolute) and its settings. Every path of a video is found from here."""

    root: Path
    settings: Settings = field(default_factory=Settings)
    store: Path | None = None
    """Where products are kept, where that is not in the project: a revision shares the store of its own."""

    @property
    def scenes_dir(self) -> Path:
        return self.root / "scenes"

    @property
    def store_dir(self) -> Path:
        """Where products are kept by key, shared by all videos."""
        return self.store or self.root / "renders" / ".store"

    @property
    def font_files(self) -> tuple[Path, ...]:
        """The project's own fonts."""
        return tuple(self.root / name for name in self.settings.fonts)

    def videos(self) -> tuple[str, ...]:
        """Names of the folders in `scenes/` that hold a storyboard that can be read, sorted."""
        return tuple(name for name in self._folders() if self._wrong(name) is None)

    def refused(self) -> dict[str, str]:
        """Folders in `scenes/` that hold a storyboard and are no videos, with what is wrong about each."""
        return {name: wrong for name in self._folders() if (wrong := self._wrong(name)) is not None}

    def _folders(self) -> list[str]:
        # Links that lead nowhere are among them.
        return sorted(path.parent.name for path in self.scenes_dir.glob(f"*/{STORYBOARD}"))

    def _wrong(self, folder: str) -> str | None:
        path = self.scenes_dir / folder / STORYBOARD
        if not is_video_name(folder):
            return f"can't name a video: {NAME_RULE}"
        if not path.is_file():
            return f"has a {STORYBOARD} that is no file"
        if leads_out(self.root / "renders" / folder, self.root / "renders"):
            return "has a folder in renders/ that leads out of it"
        return None if os.access(path, os.R_OK) else f"has a {STORYBOARD} that can't be read"

    def scene_dir(self, video: str) -> Path:
        """The folder of a video's storyboard; UsageError where `video` can't name one."""
        if not is_video_name(video):
            raise UsageError(f"{one_line(video)!r} can't name a video: {NAME_RULE}")
        return _named(self.scenes_dir, video)

    def storyboard_path(self, video: str) -> Path:
        """The video's storyboard; UsageError, with the nearest name, where there is none."""
        path = self.scene_dir(video) / STORYBOARD
        if on_disk(path.parent.parent, f"{path.parent.name}/{STORYBOARD}") is None or not path.is_file():
            known = f"videos: {', '.join(self.videos()) or 'none yet'}"
            hint = did_you_mean(video, self.videos(), known)
            raise UsageError(f"no storyboard at scenes/{video}/{STORYBOARD}; {hint}")
        return path

    def assets_dir(self, video: str) -> Path:
        """Where the video's storyboard finds its data, runs, captures and figures."""
        return _named(self.root / "assets", self.scene_dir(video).name)

    def takes_dir(self, video: str) -> Path:
        """Where the takes of what it says are, and the author's recordings."""
        return self.assets_dir(video) / "voice"

    def renders_dir(self, video: str) -> Path:
        """Where the video's outputs go; UsageError where that is a link out of renders/."""
        folder = _named(self.root / "renders", self.scene_dir(video).name)
        if leads_out(folder, folder.parent):
            raise UsageError(f"renders/{folder.name} leads out of renders/, which alone may be a link")
        return folder

    def output(self, video: str, name: str) -> Path:
        """Where a picture `name` of the video goes, perhaps in a folder of its folder. Links in its place
        came with the project, and are taken away."""
        folder = self.renders_dir(video)
        path = folder / name
        for each in (path.parent, path):
            if each != folder and each.is_symlink():
                each.unlink()
        return path

    def shown(self, path: Path) -> str:
        """`path` as messages show it: from the root, with forward slashes."""
        try:
            return path.relative_to(self.root).as_posix()
        except ValueError:
            return path.as_posix()


def _named(folder: Path, video: str) -> Path:
    """The folder of a video in `folder`, as the disk spells it, or where it would be."""
    try:
        return on_disk(folder, video) or folder / video
    except (OSError, ValueError):
        return folder / video


def find_project(start: Path) -> Project:
    """The project of `start` or of the nearest folder above it.

    UsageError where no `pyproject.toml` with `[tool.explainers]` is found, or where it lies above `start` in
    somebody else's folder; InvalidInput where that table holds a key or value that means nothing.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        path = folder / "pyproject.toml"
        if not path.is_file():
            continue
        try:
            text = read_bytes(path, path.name, MIB).decode("utf-8")
            tool = tomllib.loads(text.replace("\r\n", "\n")).get("tool")
            table = tool.get("explainers") if isinstance(tool, dict) else None
        except UnicodeDecodeError:
            raise _unreadable("not-utf-8", f"{path.name} is not UTF-8", path) from None
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise _unreadable("toml-syntax", f"{path.name}: {error}", path) from None
        if table is not None:
            if folder != start and belongs_to_another(folder) and not trusted(folder):
                raise UsageError(
                    f"the project above this folder, {folder}, belongs to somebody else; "
                    f"name it with --project, or trust it with `explainers trust {folder}`"
                )
            if leads_out(folder / "renders" / ".store", folder / "renders"):
                raise UsageError("renders/.store leads out of renders/, which alone may be a link")
            return Project(folder, _settings(table, path, text))
    raise UsageError(f"no pyproject.toml with [tool.explainers] in {start} or above it")


def _of_texts(value: Any, names: tuple[str, ...]) -> bool:
    return isinstance(value, dict) and all(
        key in names and isinstance(text, str) for key, text in value.items()
    )


def _one_of(*words: str) -> Callable[[Any], str | None]:
    return lambda value: None if value in words else " or ".join(words)


def _fonts(value: Any) -> str | None:
    good = isinstance(value, list) and all(isinstance(name, str) for name in value)
    return None if good else "a list of font files, by their paths from the project"


_EXPECTED: dict[str, Callable[[Any], str | None]] = {
    "theme": _one_of(*THEMES),
    "quality": _one_of(*QUALITIES),
    "allow_code": lambda value: None if isinstance(value, bool) else "true or false",
    "voice": lambda value: None if isinstance(value, bool) else "true or false",
    "fonts": _fonts,
    "site": lambda value: None if isinstance(value, dict) else "a table",
    "cluster": lambda value: None if _of_texts(value, CLUSTER) else "a table of store, endpoint",
}
"""A check for every setting: None, or the words for what was expected."""


def _settings(table: Any, path: Path, text: str) -> Settings:
    if not isinstance(table, dict):
        raise _unreadable("wrong-type", "tool.explainers is not a table", path)
    problems: list[Diagnostic] = []
    for key, value in table.items():
        line, source = _line_of(key, text)
        found: list[tuple[str, str, str, str | None]] = []
        if key not in _EXPECTED:
            message = f"[tool.explainers] has no setting {key!r}"
            found.append(("unknown-key", message, ", ".join(_EXPECTED), nearest(key, _EXPECTED)))
        elif expected := _EXPECTED[key](value):
            near = nearest(value, expected.split(" or ")) if isinstance(value, str) else None
            found.append(("wrong-type", f"{key} = {value!r}", expected, near))
        elif key == "fonts":
            for name in value:
                wrong, near = _wrong_font(path.parent, name)
                if wrong:
                    found.append(("bad-font", f"{name!r} in fonts {wrong}", _FONT_FILE, near))
        place = Place(str(path), line, 1)
        for code, message, expected, near in found:
            problems.append(Diagnostic(code, message, place, source, len(key), expected, near))
    if problems:
        raise InvalidInput(problems)
    wants = table.get("allow_code", False)
    read = {**table, "fonts": tuple(table.get("fonts", ())), "wants_code": wants}
    return Settings(**{**read, "allow_code": wants and trusted(path.parent)})


def _unreadable(code: str, message: str, path: Path) -> InvalidInput:
    return InvalidInput([Diagnostic(code, message, Place(str(path), 1, 1))])


_FONT_FILE = f"a file of the project that ends in {', '.join(FONTS)}"


def _wrong_font(root: Path, name: str) -> tuple[str | None, str | None]:
    """What is wrong with a font that the settings name, and the nearest name of a file that is there."""
    path = (root / name).resolve()
    if not path.is_relative_to(root):
        return "is outside the project", None
    if path.suffix.lower() not in FONTS:
        return "does not end as a font does", None
    if not path.is_file():
        beside = path.parent.iterdir() if path.parent.is_dir() else ()
        there = [str(Path(name).parent / each.name) for each in beside if each.suffix.lower() in FONTS]
        return "is not there", nearest(name, sorted(there))
    with path.open("rb") as file:
        begin = file.read(4)
    known = {each for begins in FONTS.values() for each in begins}
    return (None if begin in known else "is not a font", None)


def _line_of(key: str, text: str) -> tuple[int, str]:
    """Line number and text of a setting; TOML's reader keeps no places, so it is looked for."""
    inside = False
    for number, line in enumerate(text.split("\n"), 1):
        stripped = line.strip()
        if stripped.startswith("["):
            if stripped == f"[tool.explainers.{key}]":
                return number, line
            inside = stripped == "[tool.explainers]"
        elif inside and stripped.split("=")[0].strip().strip("\"'") == key:
            return number, line
    return 1, text.split("\n")[0]
