"""The endpoint of a side: where a base URL leads, the model that the server has, and the HTTP client."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from explainers.errors import Diagnostic, ExplainersError, InvalidInput, MissingDependency

if TYPE_CHECKING:
    import aiohttp


ASK_S = 30.0
"""How long a server is waited for that is asked for its model."""


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

    @property
    def headers(self) -> dict[str, str]:
        """The key, where there is one."""
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}


def client(stall_s: float) -> aiohttp.ClientSession:
    """A client without a limit of its own; nothing for `stall_s` seconds is a timeout."""
    try:
        import aiohttp
    except ImportError:
        raise MissingDependency("recording needs aiohttp: pip install 'explainers[record]'") from None
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=stall_s, sock_read=stall_s)
    return aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0))


def public_url(url: str) -> str:
    """The URL without user, password and query: fit to be written down."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


async def resolved_endpoint(side: str, url: str, model: str | None, messages: bool) -> Endpoint:
    """The endpoint of `url`: as it is where it ends in `/completions`, else below `/v1`.

    A dataset of messages goes to chat, one of texts to completions. Raises InvalidInput for a URL that
    is none, EndpointUnreachable where the server must be asked for its model and can't be.
    """
    if not url.startswith(("http://", "https://")):
        raise InvalidInput(
            [Diagnostic("bad-url", f"{side}: {url!r} does not start with http:// or https://")]
        )
    base = url.rstrip("/")
    if base.endswith("/completions"):
        chat = base.endswith("/chat/completions")
        whole, base = base, base.removesuffix("/completions").removesuffix("/chat")
    else:
        base = base if base.endswith("/v1") else f"{base}/v1"
        chat = messages
        whole = f"{base}/chat/completions" if chat else f"{base}/completions"
    keys = (f"EXPLAINERS_{side.upper().replace('-', '_')}_API_KEY", "OPENAI_API_KEY")
    endpoint = Endpoint(side, whole, model or "", chat, keys)
    return endpoint if model else Endpoint(side, whole, await _model(endpoint, base), chat, keys)


async def _model(endpoint: Endpoint, base: str) -> str:
    async with client(ASK_S) as session:
        import aiohttp

        try:
            async with session.get(f"{base}/models", headers=endpoint.headers) as answer:
                body = await answer.text()
                if answer.status == 200:
                    return str(json.loads(body)["data"][0]["id"])
                reason = f"HTTP {answer.status}"
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            reason = type(error).__name__
        except (ValueError, KeyError, IndexError, TypeError):
            reason = "an answer without a model"
    message = f"{endpoint.side}: {public_url(base)}/models gave {reason}; is the server up? --model names one"
    raise EndpointUnreachable(message)
