"""The connection to a Dask scheduler: made within a bounded time, quiet, and closed whatever happens."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import Empty, Queue
from typing import TYPE_CHECKING

from explainers.errors import RenderFailed
from explainers.render.cluster.place import ClusterPlace

if TYPE_CHECKING:
    from distributed import Client

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
        said = " ".join(str(found).split()) or type(found).__name__
        start = "start one with `dask scheduler`"
        raise RenderFailed(f"no Dask scheduler at {place.scheduler}: {said}; {start}")
    return found
