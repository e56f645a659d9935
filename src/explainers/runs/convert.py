"""A log becomes a `run/1` file, with the words about it that a log does not hold."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from explainers.errors import Diagnostic, InvalidInput
from explainers.runs.format import SUFFIX, save_run
from explainers.runs.load import load_run
from explainers.runs.model import Run
from explainers.runs.readers import read_log

WORDS = ("system", "policy", "label", "model", "hardware", "dataset", "source")


def convert(path: Path, out: Path, part: int | None = None, **words: str) -> Run:
    """Write the run at `path` to `out` (`.run.jsonl` is put behind it) and give it back.

    `words` replace fields of its provenance: system, policy, label, model, hardware, dataset, source.
    Raises InvalidInput for an unknown word, and what reading raises.
    """
    if strange := sorted(set(words) - set(WORDS)):
        raise InvalidInput([Diagnostic("unknown-word", f"{strange[0]!r} is not one of {', '.join(WORDS)}")])
    run = read_log(path, part) if part is not None else load_run(path)
    changes: dict[str, Any] = dict(words)
    run = replace(run, provenance=replace(run.provenance, **changes))
    save_run(run, out if out.name.endswith(SUFFIX) else out.with_name(out.name + SUFFIX))
    return run
