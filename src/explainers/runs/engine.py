"""The simulator's clock: which requests run in which pass, and when each token comes out."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from explainers.runs.model import PASS_KINDS, Iterations
from explainers.runs.policies import leaves

if TYPE_CHECKING:
    from explainers.runs.simulate import Simulation

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
