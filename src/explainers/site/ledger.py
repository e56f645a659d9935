"""What embedding has put into a site, kept in one file at its root: so that all of it can be taken back.

`.explainers.json` belongs to the site's sources, as the pages do. A file that was changed since is the
author's: it is neither overwritten nor removed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from explainers.digest import digest_bytes, digest_file
from explainers.errors import Diagnostic, InvalidInput, Place

NAME = ".explainers.json"


def _inner(path: str) -> str:
    if path.startswith("/") or "\\" in path or ".." in path.split("/") or not path:
        raise ValueError("a path inside the site's folder, with forward slashes")
    return path


InnerPath = Annotated[str, AfterValidator(_inner)]
"""A path from the site's folder, and nothing outside of it: others may have written the ledger."""


class Written(BaseModel):
    """A file that was written: its SHA-256, and the video it is for (empty: for all)."""

    model_config = ConfigDict(frozen=True)

    sha256: str
    video: str = ""


class Ledger(BaseModel):
    """The videos in each page, the files that were written and those that got the player's lines.

    All paths are from the site's folder, with forward slashes.
    """

    embed: int = 1
    pages: dict[InnerPath, list[str]] = Field(default_factory=dict)
    files: dict[InnerPath, Written] = Field(default_factory=dict)
    heads: list[InnerPath] = Field(default_factory=list)

    @property
    def used(self) -> set[str]:
        """The videos that some page shows."""
        return {video for videos in self.pages.values() for video in videos}

    @property
    def text(self) -> str:
        """The file's content."""
        body: dict[str, Any] = self.model_dump(mode="json")
        body["pages"] = dict(sorted(body["pages"].items()))
        body["files"] = dict(sorted(body["files"].items()))
        return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def read_ledger(site: Path) -> Ledger:
    """The site's ledger; an empty one where there is none. InvalidInput where it can't be read."""
    path = site / NAME
    if not path.is_file():
        return Ledger()
    try:
        return Ledger.model_validate_json(path.read_bytes())
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
        raise InvalidInput(
            [Diagnostic("bad-ledger", each, Place(str(path), 1, 1)) for each in problems]
        ) from None


@dataclass
class Account:
    """The ledger as it was and as it becomes, with what is to be removed on the way."""

    site: Path
    before: Ledger
    after: Ledger
    gone: list[Path] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    """Files that would be removed, if they had not been changed."""

    @classmethod
    def of(cls, site: Path) -> Account:
        before = read_ledger(site)
        return cls(site, before, before.model_copy(deep=True))

    def is_ours(self, path: str) -> bool:
        """Whether a file is as it was written, and really in the site."""
        written, file = self.before.files.get(path), self.site / path
        if written is None or not file.is_file() or not file.resolve().is_relative_to(self.site.resolve()):
            return False
        return digest_file(file) == written.sha256

    def page(self, path: str, videos: Iterable[str]) -> None:
        """Record which videos a page shows now."""
        self.after.pages.pop(path, None)
        if named := sorted(set(videos)):
            self.after.pages[path] = named

    def write(self, files: Mapping[str, str | Path], video: str = "") -> None:
        """Record what is written now, for a video or for all."""
        for path, content in files.items():
            digest = digest_file(content) if isinstance(content, Path) else digest_bytes(content.encode())
            self.after.files[path] = Written(sha256=digest, video=video)

    def settle(self, planned: Iterable[str], renewed: Iterable[str] = ()) -> None:
        """Let go of files that no page needs any longer: of videos in no page, and of the `renewed` folders
        what is not `planned`."""
        used, wanted, folders = self.after.used, set(planned), tuple(f"{folder}/" for folder in renewed)
        for path, written in list(self.after.files.items()):
            needed = written.video in used if written.video else bool(used)
            if path in wanted or (needed and not path.startswith(folders)):
                continue
            del self.after.files[path]
            if self.is_ours(path):
                self.gone.append(self.site / path)
            elif (self.site / path).is_file():
                self.kept.append(path)

    @property
    def ledger_file(self) -> tuple[Path, str] | None:
        """The ledger to be written; None where nothing is left to be remembered."""
        rest = self.after.pages or self.after.files or self.after.heads
        return (self.site / NAME, self.after.text) if rest else None
