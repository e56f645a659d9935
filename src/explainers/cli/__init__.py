"""The command line: arguments in, messages and an exit code out. The only room that prints.

Each module here with a `register(app)` adds its commands; none imports anything heavy before it runs.
"""

from __future__ import annotations

import contextlib
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

INTERRUPTED, FAILED, MISSING, USAGE = 130, 5, 4, 2


def main(arguments: list[str] | None = None) -> None:
    """Run a command and exit with its code: 0 done, 1 findings, 2 usage, 3 invalid storyboard or asset,
    4 missing dependency, 5 render failed, 130 interrupted."""
    code = run(arguments)
    if code == INTERRUPTED:
        # Threads that are in the middle of something would be waited for.
        os._exit(code)
    # What ends now need not be searched for garbage first, which would take a while.
    gc.freeze()
    gc.disable()
    sys.exit(code)


def run(arguments: list[str] | None = None) -> int:
    """Run a command; its exit code. Errors are printed to stderr, without a traceback."""
    _streams_open()
    # Libraries that look for programs when they are imported fail where there is no PATH.
    os.environ.setdefault("PATH", os.defpath)
    try:
        code = _run(arguments)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # Whoever read our output has enough; Python would complain once more at exit.
        _to_nowhere(sys.stdout)
        return 0
    except OSError as error:
        # Only what was still to be printed is left to fail here.
        _to_nowhere(sys.stdout)
        _say(f"standard output can't be written: {error.strerror or error}")
        return FAILED


def _run(arguments: list[str] | None) -> int:
    try:
        from typer.exceptions import Abort, Exit, TyperException

        from explainers.errors import ExplainersError, InvalidInput, NotPassed, one_line
        from explainers.scratch import private_temporary_folder
    except (ImportError, MemoryError) as error:
        print(f"explainers can't be loaded: {error or 'there is no memory left'}", file=sys.stderr)
        return MISSING
    try:
        private_temporary_folder()
        result = application()(arguments, standalone_mode=False)
        code = result if isinstance(result, int) else 0
        if code == INTERRUPTED:
            _say("interrupted")
        return code
    except (InvalidInput, NotPassed) as error:
        # Made of lines that are one line each, whatever was in the input.
        _say(str(error))
        return error.exit_code
    except ExplainersError as error:
        # What a name has put in a line of its own stands further in than anything of ours.
        _say(str(error).replace("\n", "\n    "))
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
        raise
    except Exception as error:
        if os.environ.get("EXPLAINERS_TRACEBACK"):
            traceback.print_exc()
        if words := _not_ours(error):
            _say(one_line(words))
            return FAILED
        _say(one_line(f"{type(error).__name__}: {error}"))
        if not os.environ.get("EXPLAINERS_TRACEBACK"):
            _say("This is a mistake in explainers; EXPLAINERS_TRACEBACK=1 shows where.")
        return FAILED


def _not_ours(error: BaseException) -> str | None:
    """What to say of an error that the machine has made, and no mistake in this package; None of others."""
    chain = [error]
    while len(chain) < 8 and (cause := chain[-1].__cause__ or chain[-1].__context__) is not None:
        chain.append(cause)
    if any(isinstance(one, MemoryError) for one in chain):
        return "there is not enough memory left for this; free some, or use fewer --jobs"
    if isinstance(error, UnicodeEncodeError):
        letter = error.object[error.start]
        return f"a name or a text holds {letter!a}, which is no character and can't be written"
    if isinstance(error, OSError) and error.errno is not None:
        names = [str(name) for name in (error.filename, error.filename2) if name is not None]
        return f"{' and '.join(names) or 'the system'}: {error.strerror or error}"
    scarce = any(words in str(error) for words in ("memory", "failed to map"))
    if isinstance(error, ImportError) and (isinstance(error.__cause__, OSError) or scarce):
        return f"a library can't be loaded: {error}"
    return None


def _streams_open() -> None:
    """Standard streams that were closed lead nowhere, so that no file that is opened later takes their place;
    and what a terminal can't show is written out."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))
        reconfigure = getattr(getattr(sys, name), "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _to_nowhere(stream: Any) -> None:
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


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

    # Where nothing can be said, the exit code says it.
    with contextlib.suppress(OSError):
        print(printable(text), file=sys.stderr, flush=True)
