"""Running the embedding commands as a user does, in this process."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from typer.main import get_command

from explainers.cli import embed, options
from explainers.errors import ExplainersError


@dataclass(frozen=True)
class Ran:
    """Exit code and what was printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def explainers(*arguments: str | Path) -> Ran:
    """Run `explainers embed ...` or `explainers serve ...`; renditions only where `--renditions` is last."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, callback=options.common)
    embed.register(app)
    options.out.cache_clear()
    options.err.cache_clear()
    if arguments[-1] != "--renditions" and "apply" in arguments:
        arguments = *arguments, "--no-renditions"
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = get_command(app)([str(one) for one in arguments], standalone_mode=False)
        except ExplainersError as error:
            print(error, file=err)
            code = error.exit_code
    return Ran(code if isinstance(code, int) else 0, out.getvalue(), err.getvalue())


def apply(page: Path, renders: Path, *more: str | Path) -> Ran:
    """`embed apply` on a page in its own folder, without copying files unless asked."""
    return explainers(
        "embed", "apply", page, "--site", page.parent, "--renders", renders, "--no-files", *more
    )
