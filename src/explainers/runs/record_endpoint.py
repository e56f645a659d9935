"""A base URL becomes the endpoint to post to, with the model that the server has."""

from __future__ import annotations

import json

from explainers.errors import Diagnostic, InvalidInput
from explainers.runs.record_http import Endpoint, EndpointUnreachable, client, public_url, request_headers

ASK_S = 30.0


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
    session = client(ASK_S)
    import aiohttp

    async with session:
        try:
            async with session.get(f"{base}/models", headers=request_headers(endpoint)) as answer:
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
