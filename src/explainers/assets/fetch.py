"""Downloading what assets.yaml names a URL for: https only, limited in size, checked, and resumable.

The only code of the project that uses the network, and only `explainers assets --fetch` calls it.
"""

from __future__ import annotations

import http.client
import os
import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from explainers.digest import digest_bytes, digest_file
from explainers.errors import ExplainersError
from explainers.inputs import put_file

LIMIT_BYTES = 512 * 1024 * 1024
"""The largest file that is fetched where no other limit is given."""
TIMEOUT_S = 30.0
PIECE = 256 * 1024
REDIRECTS = 5


class FetchFailed(ExplainersError):
    """A file could not be fetched; the message names the URL's host and what went wrong."""

    exit_code = 3


@dataclass(frozen=True)
class Fetched:
    """A finished download. `resumed_from` is how many bytes were there before."""

    path: Path
    bytes: int
    sha256: str
    resumed_from: int = 0


def fetch(
    url: str,
    path: Path,
    sha256: str | None = None,
    *,
    limit_bytes: int = LIMIT_BYTES,
    trust: ssl.SSLContext | None = None,
) -> Fetched:
    """Download `url` to `path`, which appears whole or not at all; what an interrupted download left in the
    user's cache is continued. `trust` are the certificates to trust; the system's by default.

    FetchFailed for another scheme than https, an answer that is no file, more than `limit_bytes`, or a
    file that does not hash to `sha256`; then nothing is kept of it.
    """
    try:
        partial = partial_of(url, path)
        partial.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.parent.mkdir(parents=True, exist_ok=True)
        there = partial.stat().st_size if partial.is_file() else 0
    except OSError as error:
        raise FetchFailed(f"{_host(url)}: {_plain(error)}") from error
    if there >= limit_bytes:
        partial.unlink()
        there = 0
    try:
        begun = _download(url, partial, there, limit_bytes, trust or ssl.create_default_context())
    except (OSError, http.client.HTTPException) as error:
        raise FetchFailed(
            f"{_host(url)}: {_plain(error)}; what has come is kept, fetch again to go on"
        ) from error
    except ValueError as error:
        # Of an address, or of a number in an answer: its own words say which.
        raise FetchFailed(f"{_host(url)}: {_plain(error)}") from error
    found = digest_file(partial)
    if sha256 is not None and found != sha256:
        partial.unlink()
        raise FetchFailed(
            f"{_host(url)} sent another file than was declared: its sha256 is {found}, not {sha256}"
        )
    try:
        with partial.open("rb") as source:
            put_file(path, source)
        partial.unlink()
    except OSError as error:
        raise FetchFailed(f"{path.name} can't be written: {_plain(error)}") from error
    return Fetched(path, path.stat().st_size, found, begun)


def partial_of(url: str, path: Path) -> Path:
    """Where an unfinished download is: in the user's own cache. What lies beside a file came with a project,
    and may be a link to anywhere."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "explainers/downloads" / f"{digest_bytes(f'{url} {path.absolute()}'.encode())}.part"


def _download(url: str, partial: Path, there: int, limit: int, trust: ssl.SSLContext) -> int:
    """Write to `partial`, going on after `there` bytes where the server can; how many were kept."""
    for _ in range(REDIRECTS + 1):
        connection, response = _ask(url, there, trust)
        try:
            if response.status in (301, 302, 303, 307, 308):
                url = urljoin(url, response.getheader("Location") or "")
                continue
            if response.status == 416 and there:
                # The server's file is shorter than what we have: it is another one.
                partial.unlink(missing_ok=True)
                there = 0
                continue
            if response.status not in (200, 206):
                raise FetchFailed(f"{_host(url)} answered {response.status} {response.reason}")
            if response.status == 206 and not (response.getheader("Content-Range") or "").startswith(
                f"bytes {there}-"
            ):
                raise FetchFailed(f"{_host(url)} sent another part of the file than was asked for")
            kept = there if response.status == 206 else 0
            _write(response, partial, kept, limit, url)
            return kept
        finally:
            connection.close()
    raise FetchFailed(f"{_host(url)} redirects more than {REDIRECTS} times")


def _ask(
    url: str, there: int, trust: ssl.SSLContext
) -> tuple[http.client.HTTPSConnection, http.client.HTTPResponse]:
    parts = urlsplit(url)
    # Checked for every redirect too: a page must not send us to another scheme.
    if parts.scheme != "https" or not parts.hostname:
        raise FetchFailed(f"{url!r} is not an https address; only https is fetched")
    connection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=TIMEOUT_S, context=trust)
    headers = {"User-Agent": "explainers", "Accept-Encoding": "identity"}
    if there:
        headers["Range"] = f"bytes={there}-"
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("GET", target, headers=headers)
        return connection, connection.getresponse()
    except BaseException:
        connection.close()
        raise


def _write(response: http.client.HTTPResponse, partial: Path, kept: int, limit: int, url: str) -> None:
    length = response.getheader("Content-Length")
    whole = kept + int(length) if length and length.isdecimal() else None
    if whole is not None and whole > limit:
        raise FetchFailed(f"{_host(url)}: {whole:,} bytes, more than the limit of {limit:,}")
    count = kept
    with partial.open("ab" if kept else "wb") as file:
        while piece := response.read(PIECE):
            count += len(piece)
            if count > limit:
                file.close()
                partial.unlink()
                raise FetchFailed(f"{_host(url)} sends more than the limit of {limit:,} bytes")
            file.write(piece)
    if whole is not None and count < whole:
        raise FetchFailed(f"{_host(url)} stopped after {count:,} of {whole:,} bytes; fetch again to go on")


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url


def _plain(error: BaseException) -> str:
    return str(error) or type(error).__name__
