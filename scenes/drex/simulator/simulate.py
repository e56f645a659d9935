"""A reference simulator: batched early-exit decoding as discrete passes, one ramp, seeded.

    python scenes/drex/simulator/simulate.py --policy rebatching -o drex

Continuous batching: a free slot takes the next request that has arrived, which is prefilled by itself;
then passes over up to `batch` requests follow each other. Each token carries a confidence, drawn evenly
from 0 to 1; a request wants to leave at the ramp where it is above `1 - exit_probability`. What a pass does
there is the policy's:

- off, lazy, median, eager: the whole batch leaves or stays; leaving costs the shallow layers only;
- latency-only: requests leave one by one, and the pass goes through all layers for nothing;
- rebatching: those who want to leave do, the others wait in a buffer for company. The buffer is taken
  along by the next pass through all layers, or flushed by a pass of the deep layers alone once it holds
  a batch, once its oldest has waited for `deadline_passes`, or when nothing else is left to run.

A prefill gives no token, as in Sarathi-Serve's traces. Every run made here is marked `simulated`.
"""

from __future__ import annotations

import argparse
import sys
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from math import inf
from pathlib import Path
from statistics import median
from typing import Annotated, get_args, get_type_hints

import numpy as np

from explainers.errors import Diagnostic, InvalidInput, nearest
from explainers.runs import save_run
from explainers.runs.model import PASS_KINDS, Iterations, Provenance, Run, Totals
from explainers.runs.readers.drex import POLICIES
from explainers.runs.reading import LoggedRequest, assembled, totals_of

SIMULATED = "simulated, not measured"


@dataclass(frozen=True)
class Simulation:
    """Parameters; times in seconds a pass, lengths in tokens.

    `exit_share` (of tokens, 0 to 1), where given, sets the exit probability that leads to it under the
    policy. `threshold` None is automatic; `deadline_passes` None never flushes by age. `rate` is requests
    a second, evenly drawn (Poisson); `inf` sends all at 0.
    """

    policy: Annotated[str, ", ".join(POLICIES)] = "rebatching"
    requests: Annotated[int, "how many"] = 100
    batch: Annotated[int, "requests in a pass"] = 8
    mean_output_tokens: Annotated[float, "their mean length"] = 112.0
    max_output_tokens: Annotated[int, "the longest"] = 128
    prompt_tokens: Annotated[int, "length of each prompt"] = 400
    full_s: Annotated[float, "seconds of a pass through all layers"] = 0.063
    shallow_s: Annotated[float, "seconds of a pass up to the ramp"] = 0.036
    deep_s: Annotated[float, "seconds of a pass from the ramp on"] = 0.042
    prefill_s: Annotated[float, "seconds of a prefill"] = 0.113
    exit_probability: Annotated[float, "chance that a token wants to leave"] = 0.3
    exit_share: Annotated[float | None, "share of tokens that do leave; sets the chance"] = None
    threshold: Annotated[int | None, "how many must want to leave to split a batch; computed else"] = None
    deadline_passes: Annotated[int | None, "passes after which the buffer is flushed"] = None
    exit_layer: Annotated[int, "the layer of the ramp"] = 50
    rate: Annotated[float, "arrivals a second, or inf: all at once"] = inf
    seed: Annotated[int, "the same seed gives every policy the same requests"] = 0
    model: Annotated[str, "the model that is meant"] = ""
    hardware: Annotated[str, "the hardware that is meant"] = ""


def simulate(parameters: Simulation) -> Run:
    """The run of `parameters`: requests, every token with its exit layer, every pass.

    The same seed gives every policy the same lengths, arrivals and confidences. Raises InvalidInput for
    parameters out of range.
    """
    _check(parameters)
    resolved = _resolved(parameters)
    engine = Engine(resolved, _jobs(resolved))
    engine.run()
    rows = [_seen(job, resolved) for job in engine.jobs]
    requests, tokens = assembled(rows, zero_s=0.0)
    left = sum(sum(job.left) for job in engine.jobs)
    stated = Totals(
        total_time_s=engine.now_s,
        ee_tokens=left,
        non_ee_tokens=sum(len(job.left) for job in engine.jobs) - left,
        involuntary_exits=engine.involuntary_exits,
        involuntary_stays=engine.involuntary_stays,
    )
    return Run(
        provenance=_provenance(parameters, resolved),
        totals=totals_of(requests, stated),
        caveats=(SIMULATED,),
        requests=requests,
        tokens=tokens,
        iterations=engine.iterations(),
    )


def _check(parameters: Simulation) -> None:
    problems = []
    if parameters.policy not in POLICIES:
        problem = Diagnostic(
            "unknown-policy", f"there is no policy {parameters.policy!r}", expected=", ".join(POLICIES)
        )
        problems.append(replace(problem, did_you_mean=nearest(parameters.policy, POLICIES)))
    limits = {"requests": (1, 1_000_000), "batch": (1, 4096), "max_output_tokens": (1, 1_000_000)}
    limits |= {"exit_probability": (0, 1), "mean_output_tokens": (1, parameters.max_output_tokens)}
    if parameters.exit_share is not None:
        limits["exit_share"] = (0, 1)
    if parameters.threshold is not None:
        limits["threshold"] = (1, parameters.batch)
    if parameters.deadline_passes is not None:
        limits["deadline_passes"] = (1, 1_000_000)
    limits |= dict.fromkeys(("full_s", "shallow_s", "deep_s", "prefill_s"), (0, 3600))
    for name, (low, high) in limits.items():
        if not low <= getattr(parameters, name) <= high:
            message = f"{name} is {getattr(parameters, name)}, and must be from {low} to {high}"
            problems.append(Diagnostic("out-of-range", message))
    if not (parameters.rate > 0 and parameters.full_s > 0):
        problems.append(Diagnostic("out-of-range", "rate and full_s must be above 0"))
    if problems:
        raise InvalidInput(problems)


def _resolved(parameters: Simulation) -> Simulation:
    """Threshold and exit probability filled in."""
    threshold = parameters.threshold
    if threshold is None:
        times = (parameters.full_s, parameters.shallow_s, parameters.deep_s)
        threshold = automatic_threshold(*times, parameters.batch)
    probability = parameters.exit_probability
    if parameters.exit_share is not None:
        share = parameters.exit_share
        probability = probability_for_share(parameters.policy, share, parameters.batch, threshold)
    return replace(parameters, threshold=threshold, exit_probability=probability)


def _jobs(parameters: Simulation) -> list[Job]:
    hazard = _hazard(parameters.mean_output_tokens, parameters.max_output_tokens)
    gaps = np.random.default_rng([parameters.seed, 1]).exponential(1.0, parameters.requests)
    arrivals = np.cumsum(gaps / parameters.rate) if parameters.rate != inf else np.zeros(parameters.requests)
    jobs = []
    for row, arrival in enumerate(arrivals.tolist()):
        draw = np.random.default_rng([parameters.seed, 2, row])
        length = parameters.max_output_tokens
        if hazard > 0:
            length = min(length, int(draw.geometric(hazard)))
        # One confidence a token up to the cap, so that a policy can't shift another request's.
        jobs.append(Job(row, arrival, length, draw.random(parameters.max_output_tokens)[:length].tolist()))
    return jobs


def _hazard(mean: float, cap: int) -> float:
    """Chance to end at each token for which lengths, cut at `cap`, have that mean."""
    if mean >= cap:
        return 0.0
    low, high = 1e-9, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if (1 - (1 - middle) ** cap) / middle > mean:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _seen(job: Job, parameters: Simulation) -> LoggedRequest:
    row = LoggedRequest(f"s{job.row + 1}", job.arrival_s, job.start_s, job.token_s[0], job.token_s[-1])
    row.prompt_tokens, row.output_tokens = parameters.prompt_tokens, job.length
    row.token_s = job.token_s
    row.exit_layers = [parameters.exit_layer if each else 0 for each in job.left]
    return row


def _provenance(given: Simulation, resolved: Simulation) -> Provenance:
    shown = {each.name: getattr(resolved, each.name) for each in fields(Simulation)}
    hidden = {"policy", "model", "hardware"} | (set() if given.exit_share is not None else {"exit_share"})
    return Provenance(
        system="reference simulator",
        policy=given.policy,
        label=POLICIES[given.policy],
        model=given.model,
        hardware=given.hardware,
        dataset=f"{given.requests} drawn requests, seed {given.seed}",
        settings={
            name: f"{value:g}" if isinstance(value, float) else str(value)
            for name, value in shown.items()
            if name not in hidden
        },
        source="scenes/drex/simulator",
        kind="simulated",
    )


PREFILL, FULL, SHALLOW, DEEP = range(len(PASS_KINDS))


@dataclass
class Job:
    """A request at work: `token_s` and `left` (out at the ramp) grow by one entry a token."""

    row: int
    arrival_s: float
    length: int
    confidences: list[float]
    start_s: float = 0.0
    token_s: list[float] = field(default_factory=list)
    left: list[bool] = field(default_factory=list)

    @property
    def done(self) -> bool:
        return len(self.token_s) >= self.length


class Engine:
    """Runs jobs to their ends. `parameters` has its threshold and probability filled in."""

    def __init__(self, parameters: Simulation, jobs: list[Job]):
        self.parameters = parameters
        self.jobs = jobs
        self.now_s = 0.0
        self.involuntary_exits = 0
        self.involuntary_stays = 0
        self._bar = 1 - parameters.exit_probability
        self._threshold = parameters.threshold or 1
        self._waiting = deque(jobs)
        self._ready: deque[Job] = deque()
        self._buffer: list[Job] = []
        self._buffer_age = 0
        self._passes: list[tuple[float, float, int, int, list[int]]] = []

    def run(self) -> None:
        """Pass after pass, until nothing waits, runs or sits in the buffer."""
        while self._waiting or self._ready or self._buffer:
            if self._must_flush():
                self._deep_pass()
                continue
            self._admit()
            if self._ready:
                size = min(self.parameters.batch, len(self._ready))
                self._decode_pass([self._ready.popleft() for _ in range(size)])
            elif not self._buffer:
                self.now_s = self._waiting[0].arrival_s

    def iterations(self) -> Iterations:
        """The passes so far, as arrays."""
        start, duration, kind, exits, members = zip(*self._passes, strict=True)
        batch = np.array([len(each) for each in members], dtype=np.int64)
        return Iterations(
            start_s=np.array(start),
            duration_s=np.array(duration),
            batch=batch,
            ramp_exits=np.array(exits, dtype=np.int64),
            member_offsets=np.concatenate(([0], np.cumsum(batch))),
            members=np.array([row for each in members for row in each], dtype=np.int64),
            kinds=np.array(kind, dtype=np.int64),
        )

    def _must_flush(self) -> bool:
        if not self._buffer:
            return False
        deadline = self.parameters.deadline_passes
        late = deadline is not None and self._buffer_age >= deadline
        arrived = bool(self._waiting) and self._waiting[0].arrival_s <= self.now_s
        alone = not self._ready and not arrived
        return late or alone or len(self._buffer) >= self.parameters.batch

    def _admit(self) -> None:
        """Fill the batch with requests that have arrived; each is prefilled by a pass of its own."""
        while len(self._ready) < self.parameters.batch and self._waiting:
            if self._waiting[0].arrival_s > self.now_s:
                return
            job = self._waiting.popleft()
            job.start_s = self.now_s
            self._pass(PREFILL, self.parameters.prefill_s, [job])
            self._ready.append(job)

    def _decode_pass(self, batch: list[Job]) -> None:
        confidences = [job.confidences[len(job.token_s)] for job in batch]
        out = leaves(self.parameters.policy, confidences, self._bar, self._threshold)
        self._count_unwilling(confidences, out)
        leaving = [job for job, exits in zip(batch, out, strict=True) if exits]
        staying = [job for job, exits in zip(batch, out, strict=True) if not exits]
        start_s, ramp_s = self.now_s, self.now_s + self.parameters.shallow_s
        if self.parameters.policy == "latency-only" or not leaving:
            along = self._take_buffer()
            self._pass(FULL, self.parameters.full_s, batch + along, len(leaving))
            self._emit(leaving, ramp_s if leaving else start_s, left=True)
            self._emit(staying + along, self.now_s, left=False)
        else:
            self._pass(SHALLOW, self.parameters.shallow_s, batch, len(leaving))
            self._emit(leaving, self.now_s, left=True)
            self._buffer += staying
            self._buffer_age += bool(self._buffer)

    def _deep_pass(self) -> None:
        batch = self._take_buffer()
        self._pass(DEEP, self.parameters.deep_s, batch)
        self._emit(batch, self.now_s, left=False)

    def _take_buffer(self) -> list[Job]:
        taken, self._buffer, self._buffer_age = self._buffer, [], 0
        return taken

    def _emit(self, jobs: list[Job], at_s: float, left: bool) -> None:
        for job in jobs:
            job.token_s.append(at_s)
            job.left.append(left)
            if not job.done:
                self._ready.append(job)

    def _pass(self, kind: int, duration_s: float, jobs: list[Job], exits: int = 0) -> None:
        self._passes.append((self.now_s, duration_s, kind, exits, [job.row for job in jobs]))
        self.now_s += duration_s

    def _count_unwilling(self, confidences: list[float], out: list[bool]) -> None:
        if self.parameters.policy == "off":
            return
        for confidence, exits in zip(confidences, out, strict=True):
            wants = confidence > self._bar
            self.involuntary_exits += exits and not wants
            self.involuntary_stays += wants and not exits


def leaves(policy: str, confidences: Sequence[float], bar: float, threshold: int) -> list[bool]:
    """Which of a batch leave at the ramp, in its order.

    `threshold` is how many must want to before rebatching splits the batch; other policies ignore it.
    """
    wants = [confidence > bar for confidence in confidences]
    if policy == "latency-only":
        return wants
    if policy == "rebatching":
        return wants if sum(wants) >= min(threshold, len(wants)) else [False] * len(wants)
    together = {
        "off": False,
        "lazy": all(wants),
        "eager": any(wants),
        "median": bool(wants) and median(confidences) > bar,
    }[policy]
    return [together] * len(wants)


def share_leaving(policy: str, exit_probability: float, batch: int, threshold: int) -> float:
    """Share (0 to 1) of tokens that leave early in full batches where each wants to with that probability.

    From a fixed sample of batches, so that it is the same on every machine.
    """
    sample = np.random.default_rng(0).random((4000, batch)).tolist()
    left = sum(sum(leaves(policy, each, 1 - exit_probability, threshold)) for each in sample)
    return left / (4000 * batch)


def probability_for_share(policy: str, share: float, batch: int, threshold: int) -> float:
    """The exit probability that makes that share of tokens leave early under `policy`.

    The share must be from 0 to 1 and is met within 0.0005 where the policy can meet it.
    """
    if policy == "off" or share <= 0:
        return 0.0
    low, high = 0.0, 1.0
    for _ in range(20):
        middle = (low + high) / 2
        if share_leaving(policy, middle, batch, threshold) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def automatic_threshold(full_s: float, shallow_s: float, deep_s: float, batch: int) -> int:
    """How many must leave before splitting a batch pays: the cost of two passes over one, in requests.

    `(shallow + deep - full) / deep` of the batch, rounded up, at least 1.
    """
    if deep_s <= 0:
        return 1
    cost = (shallow_s + deep_s - full_s) / deep_s * batch
    return max(1, min(batch, int(np.ceil(cost - 1e-9))))


def main(arguments: Sequence[str] | None = None) -> int:
    """Simulate one run and write it; the exit code is 3 where a parameter is out of range."""
    parser = argparse.ArgumentParser(description="Simulate batched early-exit decoding under a policy.")
    parser.add_argument("-o", "--output", type=Path, required=True, help="where the run goes")
    for name, hint in get_type_hints(Simulation, include_extras=True).items():
        (plain, words), default = get_args(hint), getattr(Simulation, name)
        sort = next((one for one in get_args(plain) if one is not type(None)), plain)
        shown = words if default in (None, "") else f"{words} ({default})"
        option = "--" + name.removesuffix("_s").removesuffix("_passes").replace("_", "-")
        parser.add_argument(option, dest=name, type=sort, default=default, help=shown)
    given = vars(parser.parse_args(arguments))
    output = given.pop("output")
    try:
        path = save_run(simulate(Simulation(**given)), output)
    except (InvalidInput, OSError) as error:
        print(error, file=sys.stderr)
        return 3
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
