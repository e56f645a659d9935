"""Two endpoints driven with the same prompts, the same arrivals and the same sampling, and recorded.

One after the other by default (one GPU), or together. Every finished request goes to a journal at once,
so that Ctrl-C keeps what was recorded and `resume` goes on; what failed is in the run with its error.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

from explainers.digest import digest_file
from explainers.errors import Diagnostic, InvalidInput
from explainers.record.client import Sampling, Session
from explainers.record.dataset import Prompt, arrivals_s, read_prompts
from explainers.record.endpoint import Endpoint, public_url, resolved_endpoint
from explainers.record.journal import SUFFIX as PART_SUFFIX
from explainers.record.journal import open_journal, run_of
from explainers.runs.format import SUFFIX, save_run
from explainers.runs.load import load_run
from explainers.runs.model import Run

TICK_S = 0.25


@dataclass(frozen=True)
class Side:
    """One endpoint: a base URL (`http://host:8000/v1`) or the whole path, and what to call it.

    `model` None asks the server; `label` is what a race calls the run.
    """

    url: str
    name: str
    model: str | None = None
    label: str = ""
    hardware: str = ""


@dataclass(frozen=True)
class Recording:
    """What to record. `rate` in requests a second (inf: all at once), `concurrency` None is no limit.

    `stall_s` seconds without a byte end a request as stalled; `warmup` requests are sent first and left
    out; `limit` takes the first prompts only.
    """

    dataset: Path
    sides: tuple[Side, ...]
    out: Path
    rate: float = inf
    concurrency: int | None = None
    max_tokens: int = 128
    temperature: float = 0.0
    seed: int = 0
    limit: int | None = None
    warmup: int = 1
    retries: int = 2
    stall_s: float = 60.0
    together: bool = False
    keep_text: bool = True
    resume: bool = False
    overwrite: bool = False


@dataclass(frozen=True)
class Update:
    """A line of the live table."""

    side: str
    elapsed_s: float
    requests: int
    done: int
    running: int
    errors: int
    tokens: int

    @property
    def tokens_per_s(self) -> float:
        return self.tokens / self.elapsed_s if self.elapsed_s > 0 else 0.0


@dataclass(frozen=True)
class Recorded:
    """Files written, with their runs; `interrupted` where Ctrl-C ended it (then `resume` goes on)."""

    runs: tuple[tuple[Path, Run], ...]
    interrupted: bool


def comparable_settings(recording: Recording, endpoint: Endpoint) -> dict[str, str]:
    """What makes two recordings comparable, as text; never a key."""
    values = {
        "url": public_url(endpoint.url),
        "model": endpoint.model,
        "dataset_sha256": digest_file(recording.dataset),
        "limit": recording.limit,
        "rate": recording.rate,
        "concurrency": recording.concurrency,
        "max_tokens": recording.max_tokens,
        "temperature": recording.temperature,
        "seed": recording.seed,
        "warmup": recording.warmup,
    }
    return {name: str(value) for name, value in values.items() if value is not None}


def check(recording: Recording) -> None:
    """Raises InvalidInput with everything that is wrong with the settings."""
    problems: list[tuple[str, str]] = []
    for name, least in (("rate", 1e-9), ("max_tokens", 1), ("stall_s", 0.001), ("retries", 0), ("warmup", 0)):
        if not getattr(recording, name) >= least:
            problems.append(("out-of-range", f"{name} is {getattr(recording, name)}, must be positive"))
    if recording.concurrency is not None and recording.concurrency < 1:
        problems.append(("out-of-range", f"concurrency is {recording.concurrency}, must be 1 or more"))
    names = [side.name for side in recording.sides]
    if not names or len(set(names)) < len(names):
        problems.append(("same-name", f"sides need names of their own, not {', '.join(names)}"))
    for side in recording.sides:
        path = recording.out / f"{side.name}{SUFFIX}"
        if path.exists() and not (recording.resume or recording.overwrite):
            problems.append(("run-exists", f"{path} is already recorded; --overwrite replaces it"))
    if problems:
        raise InvalidInput(Diagnostic(code, message) for code, message in problems)


def record(recording: Recording, on_update: Callable[[Update], None] | None = None) -> Recorded:
    """Record all sides and write `<out>/<name>.run.jsonl` for each.

    Raises InvalidInput for bad settings, datasets or existing files, MissingDependency without aiohttp,
    EndpointUnreachable where a server does not answer at all.
    """
    check(recording)
    prompts = read_prompts(recording.dataset, recording.limit)
    written: dict[Path, Run] = {}
    interrupted = False
    try:
        _run(_record(recording, prompts, on_update, written))
    except KeyboardInterrupt:
        interrupted = True
    except ExceptionGroup as group:
        raise group.exceptions[0] from None
    paths = [recording.out / f"{side.name}{SUFFIX}" for side in recording.sides]
    return Recorded(tuple((path, written[path]) for path in paths if path in written), interrupted)


def _run(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end, in a thread of its own where this one has a loop already, as a notebook's has."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


async def _record(
    recording: Recording,
    prompts: list[Prompt],
    on_update: Callable[[Update], None] | None,
    written: dict[Path, Run],
) -> None:
    jobs = [_record_side(recording, side, prompts, on_update, written) for side in recording.sides]
    if recording.together:
        async with asyncio.TaskGroup() as group:
            for job in jobs:
                group.create_task(job)
        return
    for index, job in enumerate(jobs):
        try:
            await job
        except BaseException:
            for unstarted in jobs[index + 1 :]:
                unstarted.close()
            raise


async def _record_side(
    recording: Recording,
    side: Side,
    prompts: list[Prompt],
    on_update: Callable[[Update], None] | None,
    written: dict[Path, Run],
) -> None:
    path = recording.out / f"{side.name}{SUFFIX}"
    part = path.with_name(f"{side.name}{PART_SUFFIX}")
    if recording.resume and path.exists() and not part.exists():
        written[path] = load_run(path)
        return
    endpoint = await resolved_endpoint(side.name, side.url, side.model, prompts[0].messages is not None)
    settings = comparable_settings(recording, endpoint)
    journal = open_journal(part, settings, recording.resume)
    sampling = Sampling(recording.max_tokens, recording.temperature, recording.seed)
    limits = (recording.concurrency, recording.retries, recording.stall_s, recording.keep_text)
    session = Session(endpoint, sampling, journal, *limits)
    finished = {each["id"] for each in journal.done}
    moments = arrivals_s(len(prompts), recording.rate, recording.seed).tolist()
    left = [
        (prompt, at_s) for prompt, at_s in zip(prompts, moments, strict=True) if prompt.id not in finished
    ]
    ticker = asyncio.create_task(_tick(session, len(prompts), len(finished), on_update))
    try:
        await session.run([prompt for prompt, _ in left], [at_s for _, at_s in left], recording.warmup)
    finally:
        ticker.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await ticker
        journal.close()
        whole = len(journal.done) == len(prompts)
        if journal.done:
            order = [prompt.id for prompt in prompts]
            words = (
                side.label or side.name,
                side.hardware,
                f"{recording.dataset.name}, {len(prompts)} prompts",
            )
            written[path] = run_of(journal, order, endpoint, settings, words)
            save_run(written[path], path)
        if whole or not journal.done:
            part.unlink(missing_ok=True)


async def _tick(
    session: Session, requests: int, already: int, on_update: Callable[[Update], None] | None
) -> None:
    """Tell of the progress now and then; once more when cancelled at the end."""
    while on_update is not None:
        try:
            await asyncio.sleep(TICK_S)
        finally:
            done, elapsed_s = already + session.done, session.now_s() if session.zero else 0.0
            counts = (requests, done, session.running, session.errors, session.tokens)
            on_update(Update(session.endpoint.side, elapsed_s, *counts))
