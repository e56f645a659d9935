"""The parts of a run: frozen tables of arrays. Times are seconds from the run's start.

Unknown times are NaN, unknown counts are -1, and what a log doesn't say at all is None.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

Kind = Literal["measured", "simulated"]

DATASET_SETTINGS = (
    *("dataset_sha256", "dataset_path", "hf_subset", "hf_split", "seed", "random_input_len"),
    *("random_output_len", "random_range_ratio", "random_prefix_len", "sharegpt_output_len"),
)
"""Settings by which a log states what its requests were; readers keep those that a log has."""

PASS_KINDS = ("prefill", "full", "shallow", "deep")
"""What a pass ran: a prompt, all layers, the layers up to the ramp, or those behind it."""

CANCELLED, NEVER_FINISHED = "cancelled", "never finished"
"""Errors of requests that did not fail: given up by the client, or still open when the log ends."""


@dataclass(frozen=True)
class Provenance:
    """Where a run comes from. `source` is `path@commit` or a file's name; `sha256` is of that file."""

    system: str = ""
    policy: str = ""
    label: str = ""
    model: str = ""
    hardware: str = ""
    dataset: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    sha256: str | None = None
    kind: Kind = "measured"


@dataclass(frozen=True)
class Totals:
    """Counts over the whole run; None is "the log does not say", never zero.

    `throughput_tok_s` is output tokens over `total_time_s`, as the source printed it where it did.
    `completed` and `failed` count requests where the source says how many of each there were.
    `prompt_tokens` are those of all requests: a log that leaves out failed ones does not say.
    """

    total_time_s: float | None = None
    requests: int | None = None
    output_tokens: int | None = None
    throughput_tok_s: float | None = None
    ee_tokens: int | None = None
    non_ee_tokens: int | None = None
    involuntary_exits: int | None = None
    involuntary_stays: int | None = None
    completed: int | None = None
    failed: int | None = None
    prompt_tokens: int | None = None


@dataclass(frozen=True, eq=False)
class Requests:
    """One row a request, in the order of the source. Arrays of shape (n,), times in seconds.

    `start_s` is when the server began to work on it. `errors[i]` is None where the request was completed;
    CANCELLED and NEVER_FINISHED are errors that are no failure.
    """

    ids: tuple[str, ...]
    arrival_s: FloatArray
    first_token_s: FloatArray
    finish_s: FloatArray
    prompt_tokens: IntArray
    output_tokens: IntArray
    start_s: FloatArray | None = None
    errors: tuple[str | None, ...] | None = None
    texts: tuple[str | None, ...] | None = None

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def ok(self) -> NDArray[np.bool_]:
        """True where the request was completed; shape (n,)."""
        if self.errors is None:
            return np.ones(len(self), dtype=np.bool_)
        return np.array([error is None for error in self.errors], dtype=np.bool_)


@dataclass(frozen=True, eq=False)
class Tokens:
    """When each output token came out: request i has `at_s[offsets[i]:offsets[i + 1]]`, ascending.

    `offsets` has shape (n + 1,). `exit_layers`, where known, is the layer each token left at, 0 for the
    last one (no early exit); `pieces` its text. Both run parallel to `at_s`.
    """

    offsets: IntArray
    at_s: FloatArray
    exit_layers: IntArray | None = None
    pieces: tuple[str, ...] | None = None

    def of(self, request: int) -> FloatArray:
        """Token times of one request, by its row; shape (its output tokens,)."""
        return self.at_s[self.offsets[request] : self.offsets[request + 1]]


@dataclass(frozen=True, eq=False)
class Iterations:
    """Passes through the model, in time order; shape (k,).

    `batch` counts the requests in the pass, `ramp_exits` the tokens that left at the ramp. The requests
    of pass j, by row, are `members[member_offsets[j]:member_offsets[j + 1]]`; `kinds[j]` is an index in
    PASS_KINDS.
    """

    start_s: FloatArray
    duration_s: FloatArray
    batch: IntArray
    ramp_exits: IntArray | None = None
    member_offsets: IntArray | None = None
    members: IntArray | None = None
    kinds: IntArray | None = None


@dataclass(frozen=True, eq=False)
class Progress:
    """Finished requests at some moments, ascending. `resolution_s` is the grain of the source's clock."""

    elapsed_s: FloatArray
    completed_requests: IntArray
    resolution_s: float = 0.0


@dataclass(frozen=True, eq=False)
class Counter:
    """Any other number over time, such as requests running; holds its value until the next moment."""

    at_s: FloatArray
    value: FloatArray
    unit: str = ""
