"""SGLang's `bench_serving` results: JSON Lines, a run a line, more with `--output-details`.

The totals are as seen in files. The per-request lists (`input_lens`, `output_lens`, `ttfts`, `itls`,
`generated_texts`, `errors`) are read as SGLang's documentation and source give them; no public file with
them was found to try. They hold no start times.
"""

from __future__ import annotations

from typing import Any

from explainers.runs.model import CUT_SHORT, Provenance, Run
from explainers.runs.readers._bench import bench_run, settings_of
from explainers.runs.readers._source import Refused, Source

NAME = "SGLang bench JSONL"


def read(source: Source) -> Run:
    """Raises Refused where no line is a SGLang result."""
    results = [each for each in source.objects if _is_result(each)]
    if not results:
        raise Refused("no JSON line with duration, completed and total_output_tokens_retokenized")
    result, caveats = source.chosen(results)
    if source.objects_cut:
        caveats = (*caveats, CUT_SHORT)
    return bench_run(result, _provenance(result, source), caveats)


def _is_result(value: dict[str, Any]) -> bool:
    ours = {"total_output_tokens_retokenized", "mean_e2e_latency_ms", "accept_length"} & set(value)
    return {"duration", "completed", "total_output_tokens"} <= set(value) and len(ours) >= 2


def _provenance(result: dict[str, Any], source: Source) -> Provenance:
    info = result.get("server_info")
    info = info if isinstance(info, dict) else {}
    states = info.get("internal_states")
    state = states[0] if isinstance(states, list) and states and isinstance(states[0], dict) else {}
    version = info.get("version") or state.get("version")
    return Provenance(
        system=f"SGLang {version}" if version else "SGLang",
        label=str(result.get("tag") or ""),
        model=str(info.get("model_path") or state.get("model_path") or ""),
        dataset=str(result.get("dataset_name") or ""),
        settings=settings_of(result, "request_rate", "max_concurrency"),
        source=source.path.name,
        sha256=source.sha256,
    )
