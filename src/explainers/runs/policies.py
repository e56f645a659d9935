"""Early-exit policies: their names, and who leaves at the ramp.

Each token carries a confidence, drawn evenly from 0 to 1; a request wants to leave where its confidence
is above the bar `1 - exit_probability`.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import numpy as np

POLICIES = {
    "off": "No early exit",
    "lazy": "All must agree",
    "median": "Median vote",
    "latency-only": "Latency only",
    "eager": "Any may exit",
    "rebatching": "DREX",
}
"""A policy's name in logs, and what a picture calls it."""


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
