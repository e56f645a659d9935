"""A reference simulator: batched early-exit decoding as discrete passes, one ramp, seeded.

Continuous batching: a free slot takes the next request that has arrived, which is prefilled by itself;
then passes over up to `batch` requests follow each other. What a pass does at the ramp is the policy's:

- off, lazy, median, eager: the whole batch leaves or stays; leaving costs the shallow layers only;
- latency-only: requests leave one by one, and the pass goes through all layers for nothing;
- rebatching: those who want to leave do, the others wait in a buffer for company. The buffer is taken
  along by the next pass through all layers, or flushed by a pass of the deep layers alone once it holds
  a batch, once its oldest has waited for `deadline_passes`, or when nothing else is left to run.

A prefill gives no token, as in Sarathi-Serve's traces. Every run made here is marked `simulated`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from math import inf

import numpy as np

from explainers.errors import Diagnostic, InvalidInput, nearest
from explainers.runs.engine import Engine, Job
from explainers.runs.model import Provenance, Run, Totals
from explainers.runs.policies import POLICIES, automatic_threshold, probability_for_share
from explainers.runs.reading import LoggedRequest, assembled, totals_of

SIMULATED = "simulated, not measured"


@dataclass(frozen=True)
class Simulation:
    """Parameters; times in seconds a pass, lengths in tokens.

    `exit_share` (of tokens, 0 to 1), where given, sets the exit probability that leads to it under the
    policy. `threshold` None is automatic; `deadline_passes` None never flushes by age. `rate` is requests
    a second, evenly drawn (Poisson); `inf` sends all at 0.
    """

    policy: str = "rebatching"
    requests: int = 100
    batch: int = 8
    mean_output_tokens: float = 112.0
    max_output_tokens: int = 128
    prompt_tokens: int = 400
    full_s: float = 0.063
    shallow_s: float = 0.036
    deep_s: float = 0.042
    prefill_s: float = 0.113
    exit_probability: float = 0.3
    exit_share: float | None = None
    threshold: int | None = None
    deadline_passes: int | None = None
    exit_layer: int = 50
    rate: float = inf
    seed: int = 0
    model: str = ""
    hardware: str = ""


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
        source="explainers runs simulate",
        kind="simulated",
    )
