"""The endpoint of a side, and the HTTP client that asks it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from explainers.errors import ExplainersError, MissingDependency

if TYPE_CHECKING:
    import aiohttp


class EndpointUnreachable(ExplainersError):
    """The endpoint did not answer the first request."""


@dataclass(frozen=True)
class Endpoint:
    """Where a side's requests go. `key_names` are the environment variables its key may be in."""

    side: str
    url: str
    model: str
    chat: bool
    key_names: tuple[str, ...] = ("OPENAI_API_KEY",)

    @property
    def key(self) -> str | None:
        """The API key, from the environment only; it is sent and never kept."""
        return next((os.environ[name] for name in self.key_names if os.environ.get(name)), None)


def client(stall_s: float) -> aiohttp.ClientSession:
    """A client without a limit of its own; nothing for `stall_s` seconds is a timeout."""
    try:
        import aiohttp
    except ImportError:
        raise MissingDependency("recording needs aiohttp: pip install 'explainers[record]'") from None
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=stall_s, sock_read=stall_s)
    return aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0))


def request_headers(endpoint: Endpoint) -> dict[str, str]:
    """The key, where there is one."""
    return {"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else {}


def public_url(url: str) -> str:
    """The URL without user, password and query: fit to be written down."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", ""))
