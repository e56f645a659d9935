"""Sends the prompts of a session to one endpoint at their moments, and keeps what came back, and when.

Server-sent events are cut out of the bytes as they arrive; every event in one read has that read's moment.
Nothing is parsed that need not be: 200 streams at once must not slow the clock that times them.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from explainers.record.dataset import Prompt
from explainers.record.endpoint import Endpoint, EndpointUnreachable, client, public_url
from explainers.record.journal import Journal

RETRIED = frozenset({429, 500, 502, 503, 504})
BACKOFF_S = (0.2, 1.0, 5.0)
LONGEST_WAIT_S = 30.0
WRITE_EVERY_S = 0.02

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


Outcome = tuple[Prompt, float, float, float, Heard, int]
"""Prompt, arrival, start, end, what was heard, and how often it was sent again."""


@dataclass(frozen=True)
class Sampling:
    """What is asked for, the same on both sides."""

    max_tokens: int = 128
    temperature: float = 0.0
    seed: int = 0


@dataclass
class Session:
    """One stretch of recording. Counts are for the live table; `zero` is the clock's start."""

    endpoint: Endpoint
    sampling: Sampling
    journal: Journal
    concurrency: int | None = None
    retries: int = 2
    stall_s: float = 60.0
    keep_text: bool = True
    zero: float = 0.0
    running: int = 0
    errors: int = 0
    tokens: int = 0
    done: int = 0
    _client: Any = field(default=None, repr=False)
    _unwritten: deque[Outcome] = field(default_factory=deque, repr=False)

    def now_s(self) -> float:
        """Seconds on the recording's clock, which goes on where the last session ended."""
        return time.perf_counter() - self.zero + self.journal.offset_s

    async def run(self, prompts: list[Prompt], at_s: list[float], warmup: int) -> None:
        """Send `prompts` at `at_s`, on the recording's clock. Raises EndpointUnreachable, and no other
        error of the endpoint: those are recorded.
        """
        async with client(self.stall_s) as self._client:
            await self._warm_up(prompts[:warmup])
            slots = asyncio.Semaphore(self.concurrency or len(prompts) or 1)
            self.zero = time.perf_counter()
            begin_s = self.journal.offset_s - (at_s[0] if at_s else 0.0)
            writer = asyncio.create_task(self._write_down())
            try:
                async with asyncio.TaskGroup() as group:
                    for prompt, moment in zip(prompts, at_s, strict=True):
                        group.create_task(self._one(prompt, begin_s + moment, slots))
            finally:
                writer.cancel()
                while self._unwritten:
                    self._write_one()

    async def _write_down(self) -> None:
        """Put finished requests in the journal, one between two looks at the network.

        Two hundred streams that end at once would else keep each other's last tokens waiting.
        """
        while True:
            while self._unwritten:
                self._write_one()
                await asyncio.sleep(0)
            await asyncio.sleep(WRITE_EVERY_S)

    def _write_one(self) -> None:
        prompt, arrival_s, start_s, over_s, heard, retried = self._unwritten.popleft()
        self.journal.add(self._record(prompt, arrival_s, start_s, over_s, heard, retried))

    async def _warm_up(self, prompts: list[Prompt]) -> None:
        import aiohttp

        for prompt in prompts:
            try:
                await self._ask(prompt)
            except (aiohttp.ClientError, OSError, TimeoutError) as error:
                where = f"{self.endpoint.side}: {public_url(self.endpoint.url)}"
                raise EndpointUnreachable(f"{where} did not answer: {self._words(error)}") from None

    async def _one(self, prompt: Prompt, arrival_s: float, slots: asyncio.Semaphore) -> None:
        await asyncio.sleep(arrival_s - self.now_s())
        async with slots:
            self.running += 1
            start_s, heard, retried = self.now_s(), Heard(error="not sent"), 0
            try:
                heard, retried = await self._with_retries(prompt)
            finally:
                self.running -= 1
        self.done += 1
        self.errors += heard.error is not None
        self.tokens += heard.output_tokens or len(heard.at_s)
        self._unwritten.append((prompt, arrival_s, start_s, self.now_s(), heard, retried))

    async def _with_retries(self, prompt: Prompt) -> tuple[Heard, int]:
        """The last attempt's outcome and how many went before it. What began to stream is not sent again."""
        import aiohttp

        for attempt in range(self.retries + 1):
            wait_s = BACKOFF_S[min(attempt, len(BACKOFF_S) - 1)]
            try:
                heard, status, after_s = await self._ask(prompt)
                if status not in RETRIED:
                    return heard, attempt
                wait_s = max(wait_s, after_s)
            except TimeoutError:
                return Heard(error=f"stalled: nothing for {self.stall_s:g} s"), attempt
            except (aiohttp.ClientError, OSError) as error:
                heard = Heard(error=f"no connection: {self._words(error)}")
            if attempt < self.retries:
                await asyncio.sleep(min(wait_s, LONGEST_WAIT_S))
        return heard, self.retries

    async def _ask(self, prompt: Prompt) -> tuple[Heard, int, float]:
        """What was heard, the HTTP status, and the seconds the server asks to wait."""
        import aiohttp

        heard, headers = Heard(), self.endpoint.headers | {"Content-Type": "application/json"}
        async with self._client.post(self.endpoint.url, data=self._body(prompt), headers=headers) as answer:
            if answer.status != 200:
                words = self._clean((await answer.content.read(500)).decode("utf-8", "replace"))
                heard.error = f"HTTP {answer.status} {answer.reason}: {words}".strip()[:300]
                return heard, answer.status, _seconds(answer.headers.get("Retry-After"))
            try:
                await listen(answer.content.iter_any(), self.now_s, heard)
            except TimeoutError:
                heard.error = f"stalled after {len(heard.at_s)} pieces: nothing for {self.stall_s:g} s"
            except (aiohttp.ClientError, OSError) as error:
                heard.error = f"connection cut after {len(heard.at_s)} pieces: {self._words(error)}"
        if heard.error:
            heard.error = self._clean(heard.error)
        return heard, answer.status, 0.0

    def _body(self, prompt: Prompt) -> bytes:
        what: dict[str, Any] = (
            {"messages": prompt.as_messages} if self.endpoint.chat else {"prompt": prompt.as_text}
        )
        what |= {"model": self.endpoint.model, "stream": True, "stream_options": {"include_usage": True}}
        what |= {"max_tokens": prompt.max_tokens or self.sampling.max_tokens}
        what |= {"temperature": self.sampling.temperature, "seed": self.sampling.seed}
        return json.dumps(what).encode()

    def _clean(self, words: str) -> str:
        return words.replace(self.endpoint.key, "***") if self.endpoint.key else words

    def _words(self, error: BaseException) -> str:
        return self._clean(str(error) or type(error).__name__)[:200]

    def _record(
        self, prompt: Prompt, arrival_s: float, start_s: float, over_s: float, heard: Heard, retried: int
    ) -> dict[str, Any]:
        finish_s = heard.at_s[-1] if heard.at_s and not heard.error else over_s
        record: dict[str, Any] = {
            "id": prompt.id,
            "arrival_s": round(arrival_s, 6),
            "start_s": round(start_s, 6),
        }
        record |= {"finish_s": round(finish_s, 6), "at_s": [round(at_s, 6) for at_s in heard.at_s]}
        record |= {"prompt_tokens": heard.prompt_tokens, "output_tokens": heard.output_tokens}
        record |= {"error": heard.error, "retries": retried}
        return record | ({"pieces": heard.pieces} if self.keep_text else {})


def _seconds(value: str | None) -> float:
    try:
        return max(0.0, float(value or 0))
    except ValueError:
        return 0.0


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
