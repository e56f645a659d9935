"""One streamed request to an OpenAI-compatible endpoint, and when each piece of it came.

Server-sent events are cut out of the bytes as they arrive; every event in one read has that read's moment.
Nothing is parsed that need not be: 200 streams at once must not slow the clock that times them.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

Clock = Callable[[], float]


@dataclass
class Heard:
    """What a stream said. `at_s` and `pieces` have an entry a piece of text, on the caller's clock."""

    at_s: list[float] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    prompt_tokens: int | None = None
    output_tokens: int | None = None
    finished: bool = False
    error: str | None = None


async def listen(chunks: AsyncIterator[bytes], clock: Clock, heard: Heard) -> None:
    """Hear a stream out, into `heard`, which keeps what came before an exception of `chunks`.

    An event that is no JSON, or an error event, ends it with `error` set; so does a stream that stops
    without `[DONE]` and without a finish reason.
    """
    rest = b""
    async for chunk in chunks:
        now_s = clock()
        lines = (rest + chunk).split(b"\n")
        rest = lines.pop()
        for line in lines:
            if not _take(heard, line, now_s):
                return
    if rest.strip() and not _take(heard, rest, clock()):
        return
    if not heard.finished:
        heard.error = f"stream ended after {len(heard.at_s)} pieces without [DONE]"


def _take(heard: Heard, line: bytes, now_s: float) -> bool:
    """Take in one line of the stream; False where nothing after it counts."""
    if not line.startswith(b"data:"):
        return True
    body = line[5:].strip()
    if body == b"[DONE]":
        heard.finished = True
        return False
    try:
        event = json.loads(body)
        if event.get("error"):
            heard.error = f"error in the stream: {_words(event['error'])}"
            return False
        _take_event(heard, event, now_s)
    except (ValueError, AttributeError, TypeError, KeyError) as error:
        heard.error = f"malformed chunk after {len(heard.at_s)} pieces: {type(error).__name__}"
        return False
    return True


def _take_event(heard: Heard, event: dict[str, Any], now_s: float) -> None:
    for choice in event.get("choices") or ():
        delta = choice.get("delta")
        text = _text(delta) if delta is not None else choice.get("text")
        if text:
            heard.at_s.append(now_s)
            heard.pieces.append(str(text))
        if choice.get("finish_reason"):
            heard.finished = True
    usage = event.get("usage")
    if usage:
        heard.prompt_tokens = usage.get("prompt_tokens")
        heard.output_tokens = usage.get("completion_tokens")


def _text(delta: dict[str, Any]) -> str | None:
    """Text of a chat delta; reasoning is written token by token like the rest, so it counts."""
    return delta.get("content") or delta.get("reasoning_content") or delta.get("reasoning")


def _words(error: Any) -> str:
    text = error.get("message", error) if isinstance(error, dict) else error
    return str(text)[:200]
