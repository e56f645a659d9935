"""What to record, what is told while it runs, and what comes out."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from pathlib import Path

from explainers.digest import digest_file
from explainers.errors import Diagnostic, InvalidInput
from explainers.runs.format import SUFFIX
from explainers.runs.model import Run
from explainers.runs.record_http import Endpoint, public_url


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
    asked: int
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
    problems = []
    for name, least in (("rate", 1e-9), ("max_tokens", 1), ("stall_s", 0.001), ("retries", 0), ("warmup", 0)):
        if not getattr(recording, name) >= least:
            problems.append(
                Diagnostic("out-of-range", f"{name} is {getattr(recording, name)}, must be positive")
            )
    if recording.concurrency is not None and recording.concurrency < 1:
        problems.append(
            Diagnostic("out-of-range", f"concurrency is {recording.concurrency}, must be 1 or more")
        )
    names = [side.name for side in recording.sides]
    if not names or len(set(names)) < len(names):
        problems.append(Diagnostic("same-name", f"sides need names of their own, not {', '.join(names)}"))
    for side in recording.sides:
        path = recording.out / f"{side.name}{SUFFIX}"
        if path.exists() and not (recording.resume or recording.overwrite):
            problems.append(Diagnostic("run-exists", f"{path} is already recorded; --overwrite replaces it"))
    if problems:
        raise InvalidInput(problems)
