"""The command line: arguments in, messages and an exit code out. The only room that prints.

Each module here with a `register(app)` adds its commands; none imports anything heavy before it runs.
"""

from __future__ import annotations

import gc
import os
import pkgutil
import sys
import traceback
from importlib import import_module
from types import ModuleType
from typing import Any

FIRST = ("look", "new", "render", "stills", "batch", "studio", "check", "embed", "runs", "record")
"""The order of `--help`; modules that are not named here come after them."""

INTERRUPTED, FAILED, USAGE = 130, 5, 2


def main(arguments: list[str] | None = None) -> None:
    """Run a command and exit with its code: 0 done, 1 findings, 2 usage, 3 invalid storyboard or asset,
    4 missing dependency, 5 render failed, 130 interrupted."""
    code = run(arguments)
    if code == INTERRUPTED:
        # Threads that are in the middle of something would be waited for.
        sys.stdout.flush()
        os._exit(code)
    # What ends now need not be searched for garbage first, which would take a while.
    gc.freeze()
    gc.disable()
    sys.exit(code)


def run(arguments: list[str] | None = None) -> int:
    """Run a command; its exit code. Errors are printed to stderr, without a traceback."""
    from typer.exceptions import Abort, Exit, TyperException

    from explainers.errors import ExplainersError

    try:
        result = application()(arguments, standalone_mode=False)
        code = result if isinstance(result, int) else 0
        if code == INTERRUPTED:
            _say("interrupted")
        return code
    except ExplainersError as error:
        _say(str(error))
        return error.exit_code
    except TyperException as error:
        # Usage errors show the command's usage with their message.
        show = getattr(error, "show", None)
        show() if show else _say(str(error))
        return USAGE
    except (KeyboardInterrupt, Abort):
        _say("interrupted")
        return INTERRUPTED
    except Exit as stop:
        return stop.exit_code
    except BrokenPipeError:
        # Whoever read our output has enough; Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        _say(f"{type(error).__name__}: {error}")
        if os.environ.get("EXPLAINERS_TRACEBACK"):
            traceback.print_exc()
        else:
            _say("This is a mistake in explainers; EXPLAINERS_TRACEBACK=1 shows where.")
        return FAILED


def application() -> Any:
    """The command line as a Click command."""
    import typer
    from typer.main import get_command

    from explainers.cli import options

    app = typer.Typer(
        name="explainers",
        help="A storyboard compiler for research videos.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        callback=options.common,
    )
    for group in groups():
        group.register(app)
    return get_command(app)


def groups() -> list[ModuleType]:
    """The modules that add commands, in the order of `--help`; a name with `_` before it adds none."""
    names = [info.name for info in pkgutil.iter_modules(__path__) if not info.name.startswith("_")]
    names.sort(key=lambda name: (FIRST.index(name) if name in FIRST else len(FIRST), name))
    modules = [import_module(f"{__name__}.{name}") for name in names]
    return [module for module in modules if hasattr(module, "register")]


def _say(text: str) -> None:
    from explainers.errors import printable

    print(printable(text), file=sys.stderr, flush=True)
