"""An executor on a Dask cluster: tasks go to its workers, files and products through a shared store.

Here: where a cluster and its store are, and the connection to its scheduler. Addresses are checked before
anything is begun; the connection is made within a bounded time, is quiet, and is closed whatever happens.
`shared_store` is the store both sides reach, `worker` is what runs on a worker, and `executor` works an
agenda off with them. Neither distributed nor fsspec is imported before an executor is made.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from explainers.errors import MissingDependency, RenderFailed, UsageError

if TYPE_CHECKING:
    from distributed import Client

SCHEME = "dask"
INSTALL = "install it with `pip install 'explainers[cluster]'`"
_EXPECTED = "expected dask://HOST:PORT, such as dask://10.0.0.5:8786"
_STORES = "expected file:///a/shared/folder or s3://bucket/prefix"


@dataclass(frozen=True)
class ClusterPlace:
    """The scheduler's `host` and `port`, the URL of the shared store, and its S3's address."""

    host: str
    port: int
    store: str
    endpoint: str | None = None

    @property
    def scheduler(self) -> str:
        """The scheduler as messages show it."""
        return f"{self.host}:{self.port}"


def place_of(address: str, store: str | None, endpoint: str | None = None) -> ClusterPlace:
    """The place of a cluster from what was typed. UsageError where that means nothing; MissingDependency
    where the packages for it are not installed."""
    host, port = _address(address)
    if store is None:
        raise UsageError(
            "a cluster needs a store that all its machines reach: --shared-store URL, or "
            'store = "URL" in [tool.explainers.cluster]; ' + _STORES
        )
    url = _store(store)
    _installed("distributed", "fsspec", *(["s3fs"] if url.startswith("s3:") else []))
    return ClusterPlace(host, port, url, endpoint or os.environ.get("AWS_ENDPOINT_URL") or None)


def _address(text: str) -> tuple[str, int]:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise UsageError(
            f"{text!r} is no address of a cluster: its port is not a number; {_EXPECTED}"
        ) from None
    if parts.scheme != SCHEME:
        raise UsageError(f"no executor {text!r}; {_EXPECTED}")
    lacking = "host" if not parts.hostname else "port" if not port else None
    if lacking or parts.path.strip("/") or parts.query or parts.username:
        what = f"it has no {lacking}" if lacking else "there is more than a host and a port"
        raise UsageError(f"{text!r} is no address of a cluster: {what}; {_EXPECTED}")
    assert parts.hostname and port
    return parts.hostname, port


def _store(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme == "s3":
        if not parts.netloc:
            raise UsageError(f"the shared store {text!r} names no bucket; {_STORES}")
        return text.rstrip("/")
    if parts.scheme == "file" and parts.netloc in ("", "localhost") and Path(parts.path).is_absolute():
        return "file://" + (parts.path.rstrip("/") or "/")
    raise UsageError(f"{text!r} is no address of a shared store; {_STORES}")


def _installed(*packages: str) -> None:
    from importlib.util import find_spec

    for package in packages:
        if find_spec(package) is None:
            raise MissingDependency(f"a cluster needs {package}, which is not installed; {INSTALL}")


CONNECT_S, GRACE_S = 10.0, 2.0


@contextmanager
def connected(place: ClusterPlace) -> Iterator[Client]:
    """A client of the scheduler. RenderFailed where there is none at that address."""
    import dask
    from distributed import Client

    # Its own words about a lost connection are many lines; ours are one.
    logger = logging.getLogger("distributed")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    secure = dask.config.get("distributed.comm.require-encryption", None)
    address = f"{'tls' if secure else 'tcp'}://{place.scheduler}"
    try:
        client = _client(Client, place, address)
        try:
            yield client
        finally:
            with suppress(Exception):
                client.close(timeout=1)
    finally:
        logger.setLevel(level)


def _client(client: type[Client], place: ClusterPlace, address: str) -> Client:
    answer: Queue[Client | Exception] = Queue()

    def connect() -> None:
        try:
            answer.put(client(address, timeout=CONNECT_S, set_as_default=False))
        except Exception as error:
            # No listener, one that is no scheduler, one that wants TLS: each raises something else.
            answer.put(error)

    # A server that says nothing would be waited for without end: on the side, it is left alone in time.
    threading.Thread(target=connect, daemon=True).start()
    try:
        found = answer.get(timeout=CONNECT_S + GRACE_S)
    except Empty:
        found = TimeoutError("what listens there does not answer")
    if isinstance(found, Exception):
        reason = " ".join(str(found).split()) or type(found).__name__
        start = "start one with `dask scheduler`"
        raise RenderFailed(f"no Dask scheduler at {place.scheduler}: {reason}; {start}")
    return found
