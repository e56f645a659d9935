"""Prompts to send: a dataset read, and the moments at which they are sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

import numpy as np

from explainers.errors import Diagnostic, InvalidInput, Place
from explainers.runs.model import FloatArray


@dataclass(frozen=True)
class Prompt:
    """One request to send: text, or chat messages. `max_tokens` overrides the recording's."""

    id: str
    text: str | None = None
    messages: tuple[Mapping[str, Any], ...] | None = None
    max_tokens: int | None = None

    @property
    def as_text(self) -> str:
        """For a completions endpoint: messages are put one under another."""
        if self.text is not None:
            return self.text
        return "\n".join(str(each.get("content", "")) for each in self.messages or ())

    @property
    def as_messages(self) -> list[Mapping[str, Any]]:
        """For a chat endpoint: a text is one message of the user."""
        return list(self.messages) if self.messages else [{"role": "user", "content": self.text or ""}]


def read_prompts(path: Path, limit: int | None = None) -> list[Prompt]:
    """Prompts of a JSON Lines file: `prompt` or `messages` on each line, `id` and `max_tokens` if wanted.

    A line may also be a JSON string. Ids default to the line's number. Raises InvalidInput, with the
    line, for anything else, for two lines of one id and for an empty file.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput([Diagnostic("unreadable", f"{path} can't be read: {error}")]) from error
    prompts: list[Prompt] = []
    seen: set[str] = set()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        prompt = _prompt(line, number, Place(str(path), number, 1))
        if prompt.id in seen:
            raise InvalidInput(
                [Diagnostic("same-id", f"a second {prompt.id!r}", Place(str(path), number, 1))]
            )
        seen.add(prompt.id)
        prompts.append(prompt)
        if limit is not None and len(prompts) == limit:
            break
    if not prompts:
        raise InvalidInput([Diagnostic("no-prompts", f"{path.name} holds no prompt")])
    return prompts


def _prompt(line: str, number: int, place: Place) -> Prompt:
    try:
        value = json.loads(line)
    except ValueError as error:
        raise InvalidInput([Diagnostic("bad-json", f"this line is not JSON: {error}", place)]) from error
    if isinstance(value, str):
        value = {"prompt": value}
    text = value.get("prompt") if isinstance(value, dict) else None
    messages = value.get("messages") if isinstance(value, dict) else None
    if isinstance(text, str) and text:
        chosen: dict[str, Any] = {"text": text}
    elif isinstance(messages, list) and messages and all(isinstance(each, dict) for each in messages):
        chosen = {"messages": tuple(messages)}
    else:
        expected = 'a line such as {"id": "a", "prompt": "..."} or {"messages": [...]}'
        raise InvalidInput([Diagnostic("bad-prompt", "this line has no prompt", place, expected=expected)])
    most = value.get("max_tokens")
    if most is not None and not (isinstance(most, int) and most > 0):
        raise InvalidInput([Diagnostic("bad-prompt", f"max_tokens is {most!r}, not a count", place)])
    return Prompt(str(value.get("id", number)), max_tokens=most, **chosen)


def arrivals_s(count: int, rate: float, seed: int) -> FloatArray:
    """When each prompt is sent: Poisson arrivals of `rate` a second, the first at 0; all at 0 for inf."""
    if rate == inf:
        return np.zeros(count)
    gaps = np.random.default_rng(seed).exponential(1.0 / rate, count)
    gaps[0] = 0.0
    return np.asarray(np.cumsum(gaps), dtype=np.float64)
