"""GenAI-Perf's `profile_export.json`, written by Perf Analyzer: requests with response timestamps in ns.

Read as its documentation and its own tests give it; no public export was found to try. It holds texts, not
token counts: a streamed response that carries text counts as one token, and the run says so.
"""

from __future__ import annotations

import json
from typing import Any

from explainers.runs.assemble import Seen, assembled, first_ns, totals_of
from explainers.runs.model import Provenance, Run, Totals
from explainers.runs.readers._source import Refused, Source

NAME = "GenAI-Perf profile export"

DAY_S = 86_400.0
ONE_A_RESPONSE = "one token a streamed response assumed; prompt lengths not in the log"


def read(source: Source) -> Run:
    """Raises Refused where the file holds no `experiments` with `requests`."""
    value = source.json
    experiments = value.get("experiments") if isinstance(value, dict) else None
    if not isinstance(experiments, list) or not experiments or "requests" not in experiments[0]:
        raise Refused("no JSON object with experiments that hold requests")
    experiment, caveats = source.chosen(experiments)
    zero_ns = first_ns(int(each["timestamp"]) for each in experiment["requests"])
    if not zero_ns:
        raise ValueError("no request has a timestamp")
    rows = [_seen(each, index, zero_ns) for index, each in enumerate(experiment["requests"])]
    requests, tokens = assembled(rows, zero_s=0.0)
    load = experiment.get("experiment") or {}
    provenance = Provenance(
        system=f"GenAI-Perf client ({value.get('service_kind') or 'unknown service'})",
        settings={str(load["mode"]): str(load.get("value"))} if load.get("mode") else {},
        source=source.path.name,
        sha256=source.sha256,
    )
    notes = (*caveats, ONE_A_RESPONSE)
    return Run(provenance, totals_of(requests, Totals()), notes, requests=requests, tokens=tokens)


def _seen(request: dict[str, Any], index: int, zero_ns: int) -> Seen:
    arrival_s = (int(request["timestamp"]) - zero_ns) / 1e9
    moments = [(int(each) - zero_ns) / 1e9 for each in request.get("response_timestamps", ())]
    outputs = request.get("response_outputs") or [None] * len(moments)
    if any(at - arrival_s > DAY_S for at in moments):
        raise ValueError(
            f"request {index} has a response {max(moments) - arrival_s:,.0f} s after it was sent"
        )
    if len(outputs) != len(moments):
        raise ValueError(f"request {index} has {len(moments)} response_timestamps and {len(outputs)} outputs")
    pairs = [(at, _text(each)) for at, each in zip(moments, outputs, strict=True)]
    # Without outputs every response counts; with them, only those that carry text.
    token_s = [at for at, text in pairs if text is None or text]
    pieces = [text or "" for _, text in pairs if text is None or text]
    row = Seen(str(index), arrival_s, output_tokens=len(token_s), token_s=token_s)
    if not moments:
        row.error = "no response"
        return row
    row.finish_s = moments[-1]
    if token_s:
        row.first_token_s = token_s[0]
        row.text = "".join(pieces) or None
    return row


def _text(output: Any) -> str | None:
    """Text of one response: Triton's `text_output`, or the deltas of OpenAI server-sent events."""
    if not isinstance(output, dict):
        return None
    if "text_output" in output:
        return str(output["text_output"])
    if "response" not in output:
        return None
    return "".join(_delta(line) for line in str(output["response"]).splitlines())


def _delta(line: str) -> str:
    body = line.strip().removeprefix("data:").strip()
    try:
        choice = json.loads(body)["choices"][0]
        return str(
            (choice.get("delta") or choice.get("message") or choice).get("content")
            or choice.get("text")
            or ""
        )
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return ""
