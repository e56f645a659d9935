"""One module a log format, found by looking: a new format is a new file here.

A reader module has a `NAME` (how it is spoken of) and `read(source) -> Run`. It raises `Refused` with
the reason where the content is not its format, and InvalidInput where it is, but broken. A reader gives what
the log says; what can't be so is taken out behind it, for all of them (see `runs.reconcile`). Names that
start with `_` are not readers. Formats are told apart by content: no reader looks at a file's name.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from pathlib import Path
from types import ModuleType

from explainers.errors import Diagnostic, InvalidInput
from explainers.runs.model import Run
from explainers.runs.readers._source import Refused, Source
from explainers.runs.reconcile import reconciled


@cache
def readers() -> tuple[ModuleType, ...]:
    """Every reader, by name."""
    names = sorted(each.name for each in pkgutil.iter_modules(__path__) if not each.name.startswith("_"))
    return tuple(importlib.import_module(f"{__name__}.{name}") for name in names)


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
            return reconciled(reader.read(source), path.name)
        except Refused as refused:
            reasons.append(f"{reader.NAME}: {refused}")
        except RecursionError:
            raise InvalidInput(
                [Diagnostic("bad-log", f"{path.name} is nested too deep to be a log")]
            ) from None
        except (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError) as error:
            what = f"no {error.args[0]!r}" if isinstance(error, KeyError) else str(error)
            message = f"{path.name} looks like {reader.NAME}, but can't be read: {what}"
            raise InvalidInput([Diagnostic("bad-log", message)]) from error
    tried = "".join(f"\n      {reason}" for reason in reasons)
    raise InvalidInput([Diagnostic("unknown-log", f"no reader knows {path.name}; tried{tried}")])
