"""Two endpoints driven with the same prompts, the same arrivals and the same sampling, and recorded.

One after the other by default (one GPU), or together. Every finished request goes to a journal at once,
so that Ctrl-C keeps what was recorded and `resume` goes on; what failed is in the run with its error.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from explainers.runs.format import SUFFIX, save_run
from explainers.runs.load import load_run
from explainers.runs.model import Run
from explainers.runs.record_client import Sampling, Session
from explainers.runs.record_dataset import Prompt, arrivals_s, read_prompts
from explainers.runs.record_endpoint import resolved_endpoint
from explainers.runs.record_journal import SUFFIX as PART_SUFFIX
from explainers.runs.record_journal import open_journal
from explainers.runs.record_run import run_of
from explainers.runs.recording import Recorded, Recording, Side, Update, check, comparable_settings

__all__ = ["Recorded", "Recording", "Side", "Update", "record"]

TICK_S = 0.25


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
    session: Session, asked: int, already: int, on_update: Callable[[Update], None] | None
) -> None:
    """Tell of the progress now and then; once more when cancelled at the end."""
    while on_update is not None:
        try:
            await asyncio.sleep(TICK_S)
        finally:
            done, elapsed_s = already + session.done, session.now_s() if session.zero else 0.0
            counts = (asked, done, session.running, session.errors, session.tokens)
            on_update(Update(session.endpoint.side, elapsed_s, *counts))
