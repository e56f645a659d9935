"""Whose code may run, and whose products are used: decisions of the person at this machine, kept in their
own configuration.

`allow_code` in a project is a wish. It comes true for folders in `trusted.json` that still belong to whom
they belonged to, and, where they were pinned, whose code is what it was. Products in a store are used where
their records were written with this person's key: a store that came with a project is a claim, no proof.
"""

from __future__ import annotations

import contextlib
import hmac
import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from explainers.errors import Diagnostic, InvalidInput
from explainers.scratch import replacing

FOLDER = "EXPLAINERS_CONFIG"
"""The environment's name for the configuration's folder, in place of ~/.config/explainers."""

STORE_KEY = "EXPLAINERS_STORE_KEY"
"""The environment's name for the key of stores, in place of `store.key` in the configuration: the secret
that machines of a CI share."""


@dataclass(frozen=True)
class Trust:
    """That the code in a folder may run: who owned it then, and its code's digest where that is pinned."""

    folder: Path
    owner: int
    code: str | None = None

    @property
    def holds(self) -> bool:
        """Whether it is still that folder, with that code where it is pinned."""
        return owner_of(self.folder) == self.owner and self.code in (None, code_digest(self.folder))


def config_folder() -> Path:
    """Where the person's own configuration is."""
    if given := os.environ.get(FOLDER):
        return Path(given)
    given = os.environ.get("XDG_CONFIG_HOME")
    # A user without a home has no configuration either: nothing is found there, and nothing can be kept.
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home raises where there is none
    return (Path(given) if given else home / ".config") / "explainers"


def owner_of(folder: Path) -> int | None:
    """The number of the user whose folder it is; None where there is none."""
    try:
        return folder.stat().st_uid
    except OSError:
        return None


def belongs_to_another(folder: Path) -> bool:
    """Whether a folder is neither that of the user who runs this, nor of the one who became root for it."""
    if not hasattr(os, "getuid"):
        return False
    known = {os.getuid(), int(os.environ.get("SUDO_UID") or os.getuid())}
    return owner_of(folder) not in known


def code_files(root: Path, videos: Iterable[str] | None = None) -> list[Path]:
    """The Python files beside the storyboards of a project, or of some of its videos, sorted."""
    scenes = root / "scenes"
    folders = sorted(scenes.glob("*")) if videos is None else [scenes / video for video in videos]
    return [file for folder in folders for file in sorted(folder.glob("*.py"))]


def code_digest(root: Path, videos: Iterable[str] | None = None) -> str:
    """The digest of the code of a project, or of some of its videos: the files' names and what is in them."""
    from explainers.digest import digest_files

    return digest_files(root, code_files(root, videos))


def trusts() -> list[Trust]:
    """All that is trusted on this machine, by folder; InvalidInput where the record can't be read."""
    path = config_folder() / "trusted.json"
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        return [Trust(Path(one["folder"]), int(one["owner"]), one["code"]) for one in held]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError, KeyError) as error:
        message = f"{path} can't be read ({error}); remove it to trust nothing"
        raise InvalidInput([Diagnostic("bad-record", message)]) from None


def trusted(root: Path) -> bool:
    """Whether the code of the project in `root` may run."""
    return any(one.folder == root.resolve() and one.holds for one in trusts())


def trust(root: Path, pin: bool = False) -> Trust:
    """Let the code in a folder run from now on; with `pin` only as it is now."""
    root = root.resolve()
    made = Trust(root, owner_of(root) or 0, code_digest(root) if pin else None)
    _write([*(one for one in trusts() if one.folder != root), made])
    return made


def revoke(root: Path) -> bool:
    """Trust a folder no longer; whether it was trusted."""
    root = root.resolve()
    kept = [one for one in trusts() if one.folder != root]
    gone = len(kept) < len(trusts())
    _write(kept)
    return gone


def _write(kept: Iterable[Trust]) -> None:
    path = config_folder() / "trusted.json"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    entries = [
        {**asdict(one), "folder": str(one.folder)} for one in sorted(kept, key=lambda each: each.folder)
    ]
    with replacing(path) as made:
        made.write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")


# -- the key of stores -------------------------------------------------------------------------------


def store_key() -> str:
    """The key that records of products are written with: the environment's, else that of the configuration,
    made where there is none.

    Where it can't be kept, it is this command's and its children's alone. InvalidInput where what was given
    is too short to be a key.
    """
    given = os.environ.get(STORE_KEY)
    if given is None:
        path = config_folder() / "store.key"
        try:
            given = _kept_key(path)
        except OSError:
            given = os.environ[STORE_KEY] = secrets.token_hex(32)
    if len(given) < 16:
        where = STORE_KEY if STORE_KEY in os.environ else str(config_folder() / "store.key")
        message = f"the key in {where} has {len(given)} characters, and a key that nobody guesses has more"
        raise InvalidInput([Diagnostic("bad-key", message, expected="16 characters or more")])
    return given


def _kept_key(path: Path) -> str:
    with contextlib.suppress(FileNotFoundError):
        return path.read_text(encoding="utf-8", errors="replace").strip()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32))
    # Of two commands that make one at the same time, the key of the first is that of both.
    with contextlib.suppress(FileExistsError):
        os.link(made, path)
    made.unlink()
    return path.read_text(encoding="utf-8").strip()


def authenticator(key: str, text: str) -> str:
    """The HMAC of a text under a key, in hexadecimal."""
    return hmac.digest(key.encode("utf-8", "surrogateescape"), text.encode(), "sha256").hex()


def key_name(key: str) -> str:
    """What a key is called in records: it tells keys apart, and says nothing of the key."""
    return authenticator(key, "the name of this key")[:16]
