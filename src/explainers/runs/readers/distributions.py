"""Summaries that hold no moment of any request: known, and refused with that reason."""

from __future__ import annotations

from typing import Any, NoReturn

from explainers.errors import Diagnostic, InvalidInput
from explainers.runs.readers._source import Refused, Source

NAME = "summaries without times (inference-perf, GenAI-Perf, AIPerf)"


def read(source: Source) -> NoReturn:
    """Raises InvalidInput for a known summary, Refused for anything else; never gives a run."""
    value = source.json
    if not isinstance(value, dict):
        raise Refused("not one JSON object")
    if "load_summary" in value and {"successes", "failures"} & set(value):
        _refuse(source, "inference-perf life cycle metrics", "its per-request report")
    blocks = [each for each in value.values() if _is_distribution(each)]
    if len(blocks) >= 2 and {"request_latency", "request_throughput", "time_to_first_token"} & set(value):
        _refuse(source, "a GenAI-Perf or AIPerf summary", "profile_export.json or profile_export.jsonl")
    raise Refused("no load_summary, and no blocks of avg and p50")


def _is_distribution(block: Any) -> bool:
    return isinstance(block, dict) and "unit" in block and "avg" in block


def _refuse(source: Source, what: str, instead: str) -> NoReturn:
    message = (
        f"{source.path.name} is {what}: distributions only, with no time of any request, "
        f"so there is nothing to replay; use {instead}"
    )
    raise InvalidInput([Diagnostic("distributions-only", message)])
