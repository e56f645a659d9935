"""vLLM's benchmark results (`vllm bench serve --save-result`, `benchmark_serving.py`).

One JSON object a run, appended one a line with `--append-result`. With `--save-detailed` it holds lists
with an entry a request (`start_times`, `ttfts`, `itls`, all seconds); the layouts before that held them
always, without `start_times`. A request's chunks come at start + ttft + running sum of itls.
"""

from __future__ import annotations

from typing import Any

from explainers.runs.model import CUT_SHORT, Provenance, Run
from explainers.runs.readers._bench import bench_run, settings_of
from explainers.runs.readers._source import Refused, Source

NAME = "vLLM benchmark JSON"


def read(source: Source) -> Run:
    """Raises Refused where no object has a duration, completed requests and a vLLM result's keys."""
    results = [each for each in source.objects if _is_result(each)]
    if not results:
        raise Refused("no JSON object with model_id, duration, completed and total_output_tokens")
    result, caveats = source.chosen(results)
    if source.objects_cut:
        caveats = (*caveats, CUT_SHORT)
    return bench_run(result, _provenance(result, source), caveats)


def _is_result(value: dict[str, Any]) -> bool:
    return {"duration", "completed", "model_id"} <= set(value) and (
        "total_output_tokens" in value or "total_output" in value
    )


def _provenance(result: dict[str, Any], source: Source) -> Provenance:
    server = result.get("server_config")
    server = server if isinstance(server, dict) else {}
    version = server.get("vllm_version")
    names = ("request_rate", "burstiness", "max_concurrency", "num_prompts", "backend", "date")
    return Provenance(
        system=f"vLLM {version}" if version else "vLLM benchmark client",
        model=str(server.get("model_root") or result["model_id"]),
        hardware=str(server.get("gpu_type") or ""),
        dataset=str(result.get("dataset_name") or ""),
        settings=settings_of(result, *names),
        source=source.path.name,
        sha256=source.sha256,
    )
