"""A file or folder becomes a run: `run/1` at once, any other log through the readers.

`runs.readers` has one function a log format, found by looking. Formats are told apart by content: no reader
looks at a file's name. What can't be so is taken out behind all of them, by `runs.reconcile`.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from explainers.errors import Diagnostic, InvalidInput, control_character
from explainers.inputs import open_file
from explainers.runs import readers as formats
from explainers.runs.format import SUFFIX, read_run, save_run, text_of
from explainers.runs.model import Run
from explainers.runs.reading import READERS, Reader, Refused, Source
from explainers.runs.reconcile import reconciled

WAYS_OUT = (
    "one of these formats; for any other log a mapping file (….map.yaml) that says where it holds ttft and "
    "itls, or plain events (time, request, event)"
)
WORDS = ("system", "policy", "label", "model", "hardware", "dataset", "source")
MOST_LETTERS = 500
"""A longer model's name is none."""


def run_path(path: Path) -> Path:
    """`path`, or, where there is no such thing, `path` with `.run.jsonl` behind it."""
    spelled_out = path.with_name(path.name + SUFFIX)
    return spelled_out if not path.exists() and spelled_out.exists() else path


def load_run(path: Path) -> Run:
    """The run at `path`; `.run.jsonl` may be left out. A raw log is read as `read_log` does.

    Raises InvalidInput where there is no such file, or no reader knows it.
    """
    path = run_path(path)
    if not path.exists():
        raise InvalidInput([Diagnostic("no-such-run", f"there is no run at {path}")])
    if path.is_file() and is_run_file(path):
        return _legible(reconciled(read_run(path, text_of(path)), path.name), path.name)
    return read_log(path)


def is_run_file(path: Path) -> bool:
    """Whether the file starts as a `run/N` header does."""
    with open_file(path) as file:
        return re.match(rb'(\xef\xbb\xbf)?\s*\{\s*"format"\s*:\s*"run/', file.read(256)) is not None


@cache
def readers() -> tuple[Reader, ...]:
    """Every reader, by its function's name."""
    for module in pkgutil.iter_modules(formats.__path__):
        importlib.import_module(f"{formats.__name__}.{module.name}")
    return tuple(READERS[name] for name in sorted(READERS))


def read_log(path: Path, part: int | None = None) -> Run:
    """The run in the log file or output folder at `path`.

    `part` (from 1) chooses one where results were appended to one file; without it, the last. Raises
    InvalidInput that names every reader and why it refused, or what is broken in the format it is.
    """
    if not path.exists():
        raise InvalidInput([Diagnostic("no-such-run", f"there is no log at {path}")])
    source = Source(path, part)
    reasons: list[str] = []
    for reader in readers():
        try:
            return _legible(reconciled(reader.read(source), path.name), path.name)
        except Refused as refused:
            reasons.append(f"{reader.format}: {refused}")
        except RecursionError:
            message = f"{path.name} is nested too deep to be a log"
            raise InvalidInput([Diagnostic("bad-log", message)]) from None
        except (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError) as error:
            what = f"no {error.args[0]!r}" if isinstance(error, KeyError) else str(error)
            message = f"{path.name} looks like {reader.format}, but can't be read: {what}"
            raise InvalidInput([Diagnostic("bad-log", message)]) from error
    tried = "".join(f"\n      {reason}" for reason in reasons)
    message = f"no reader knows {path.name}; tried{tried}"
    raise InvalidInput([Diagnostic("unknown-log", message, expected=WAYS_OUT)])


def _legible(run: Run, name: str) -> Run:
    """A run whose provenance can be shown as it is; InvalidInput for words that hide something."""
    for word in WORDS:
        text = getattr(run.provenance, word) or ""
        if len(text) > MOST_LETTERS:
            message = f"the {word} in {name} has {len(text):,} characters, more than {MOST_LETTERS}"
            raise InvalidInput([Diagnostic("too-large", message)])
        if strange := control_character(text):
            message = f"the {word} in {name} holds U+{ord(strange):04X}, which can't be seen or drawn"
            raise InvalidInput([Diagnostic("control-character", message)])
    return run


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
    save_run(run, out)
    return run
