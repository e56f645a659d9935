"""Files of the project as the page may see and change them: inside it, and nowhere else."""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from explainers.digest import digest_bytes
from explainers.errors import ExplainersError
from explainers.project import Project

TEXTS = (".yaml", ".yml", ".csv", ".tsv", ".json", ".md", ".txt")
"""Files the page may open. Python beside a storyboard is code, and is edited elsewhere."""

MAX_BYTES = 2 * 1024 * 1024
_LINE = re.compile(r"\r\n?|\n")


class Refused(ExplainersError):
    """The page asked for something it may not have; `status` is HTTP's."""

    def __init__(self, message: str, status: int = 403):
        super().__init__(message)
        self.status = status


class Conflict(Refused):
    """The file is no longer what the page began with."""

    def __init__(self, text: str, version: str):
        super().__init__("the file has changed on disk since it was opened here", 409)
        self.text, self.version = text, version


@dataclass(frozen=True)
class TextFile:
    """A text and its version: the digest of the file's bytes."""

    text: str
    version: str


def inside(folder: Path, path: str) -> Path:
    """The path of a file that is really inside `folder`, links followed; Refused where it is not."""
    if "\\" in path or "\0" in path or path.startswith("/") or ".." in path.split("/"):
        raise Refused(f"{path!r} is not a path inside the project")
    found = (folder / path).resolve()
    if not found.is_relative_to(folder.resolve()):
        raise Refused(f"{path!r} leads out of the project")
    if not found.is_file():
        raise Refused(f"there is no file {path!r}", 404)
    return found


def text_path(project: Project, video: str, path: str) -> Path:
    """A text file of a video, by its path from the project's root: its storyboard, or one of its assets."""
    for folder in (project.scene_dir(video), project.assets_dir(video)):
        # The folders themselves may be links to another disk; what is in them may not lead out.
        if path.startswith(shown := f"{project.shown(folder)}/"):
            found = inside(folder, path.removeprefix(shown))
            break
    else:
        raise Refused(f"{path!r} is no file of {video}")
    if found.suffix.lower() not in TEXTS:
        raise Refused(f"{found.name} is not one of the files edited here: {', '.join(TEXTS)}")
    if found.stat().st_size > MAX_BYTES:
        raise Refused(f"{path!r} has more than {MAX_BYTES:,} bytes", 413)
    return found


def read_text(path: Path) -> TextFile:
    """A file's text with plain line ends, without a byte order mark."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(f"{path.name} is not UTF-8", 415) from None
    return TextFile(_LINE.sub("\n", text), digest_bytes(raw))


def save_text(path: Path, text: str, version: str) -> TextFile:
    """Put an edited text in a file's place at once; lines that were not edited keep their bytes.

    Conflict where the file is not of `version` any more.
    """
    raw = path.read_bytes()
    if digest_bytes(raw) != version:
        now = read_text(path)
        raise Conflict(now.text, now.version)
    put(path, merged(raw, text))
    return read_text(path)


def put(path: Path, raw: bytes) -> None:
    """Replace a file's bytes in one step, with its permissions kept."""
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        Path(aside).chmod(path.stat().st_mode & 0o7777)
        Path(aside).replace(path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise


def merged(raw: bytes, text: str) -> bytes:
    """`text` with the line ends, and the byte order mark, that the same lines have in `raw`."""
    mark = raw.startswith(b"\xef\xbb\xbf")
    old = raw.decode("utf-8-sig")
    lines, ends = _LINE.split(old), _LINE.findall(old)
    if set(ends) <= {"\n"}:
        return b"\xef\xbb\xbf" * mark + text.encode()
    new = text.split("\n")
    usual = max(set(ends), key=ends.count)
    kept = [usual] * len(new)
    for old_at, new_at, size in SequenceMatcher(None, lines, new, autojunk=False).get_matching_blocks():
        for step in range(size):
            if old_at + step < len(ends):
                kept[new_at + step] = ends[old_at + step]
    kept[-1] = ""
    joined = "".join(line + end for line, end in zip(new, kept, strict=True))
    return b"\xef\xbb\xbf" * mark + joined.encode()
