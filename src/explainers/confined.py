"""Readers of files that may be anybody's, each in a process of its own that is held to what reading needs.

Pillow, FFmpeg, PDFium, resvg and Typst are large and written in C or Rust: who sends a file may know a flaw
of theirs, or ask for more than a machine has. So a reader runs in a child with limits on memory and time. It
gets an open file and not a name; where bubblewrap works it sees no network and of the disk only libraries.
What comes back is data, never Python's pickles: a child that was taken over can lie, and no more.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache, wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np

from explainers.errors import MOST_SHOWN, Diagnostic, InvalidInput, MissingDependency
from explainers.inputs import open_file

P = ParamSpec("P")
R = TypeVar("R")

SECONDS = 5.0
"""Processor time for reading a file; the clock, which other work slows, stops what waits."""
_WAITS = 12.0
"""Seconds on the clock for one of the processor."""
MEMORY = 2 * 1024**3
"""Bytes of address space of a reader, its libraries included: those take some 700 MiB, mostly untouched."""
_MOST_CALLS = 2000
"""Calls after which a child is replaced, so that what libraries keep does not add up."""
_SYSTEM = (
    "/usr",
    "/lib",
    "/lib64",
    "/lib32",
    "/bin",
    "/etc/ld.so.cache",
    "/etc/fonts",
    "/opt/hostedtoolcache",
)
_ARRAY = "\0array"


class Exceeded(InvalidInput):
    """A file took more time or memory than a reader has."""


def reader(read: Callable[Concatenate[Path, P], R] | None = None, seconds: float = SECONDS) -> Any:
    """Decorates a module's function of a path and of plain data: it runs in a confined child.

    The path is that of an open file, under the name it has. What it returns is plain data or NumPy arrays,
    with lists for tuples when it is back. InvalidInput, MissingDependency and ValueError come back as they
    are, other errors of libraries as OSError; a file that takes too much is Exceeded, with its name.
    """

    def decorate(read: Callable[Concatenate[Path, P], R]) -> Callable[Concatenate[Path, P], R]:
        @wraps(read)
        def confined(path: Path, *args: P.args, **kwargs: P.kwargs) -> R:
            if _SERVING:
                return read(path, *args, **kwargs)
            with open_file(path) as file:
                found: R = _ask(read, path.name, [*args], kwargs, seconds, file.fileno())
                return found

        return confined

    return decorate if read is None else decorate(read)


def call(function: Callable[..., Any], *args: Any, name: str, seconds: float = SECONDS) -> Any:
    """What a module's function of plain data gives, called in a confined child; `name` is for messages."""
    return function(*args) if _SERVING else _ask(function, name, [*args], {}, seconds)


# -- the parent's side ---------------------------------------------------------------------------------


def ready(*modules: str) -> None:
    """Begin, on the side, a child that imports what a file will be read with, where none is idle."""
    if not _SERVING and not _idle:
        child = _Child(modules)
        with _lock:
            _idle.append(child)


class _Child:
    """A process that reads, and the socket that it is talked to by."""

    def __init__(self, modules: Sequence[str] = ()) -> None:
        self.calls = 0
        self.socket, theirs = socket.socketpair()
        with theirs:
            paths = [path for path in sys.path if path.startswith("/")]
            code = (
                f"import sys; sys.path[:] = {paths!r}; "
                f"from explainers import confined; confined._serve({theirs.fileno()}, {MEMORY}, {modules!r})"
            )
            command = [sys.executable, "-I", "-c", code]
            self.process = subprocess.Popen(
                [*sandbox(sys.prefix, sys.base_prefix, *paths), *command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=None if os.environ.get("EXPLAINERS_TRACEBACK") else subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                cwd="/",
                env=_environment(),
            )

    def end(self) -> None:
        """Kill it and whatever it began."""
        with suppress(OSError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.socket.close()


_SERVING = False
_idle: list[_Child] = []
_lock = threading.Lock()


def _forget() -> None:
    """After a fork the children are the parent's: here only their sockets are closed."""
    global _lock
    _lock = threading.Lock()
    while _idle:
        _idle.pop().socket.close()


os.register_at_fork(after_in_child=_forget)


def _environment() -> dict[str, str]:
    kept = ("PATH", "LANG", "LC_ALL", "TZ", "EXPLAINERS_TRACEBACK", "LD_LIBRARY_PATH")
    found = {name: os.environ[name] for name in kept if name in os.environ}
    # Threads of NumPy's linear algebra would take address space for nothing.
    return found | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "HOME": "/"}


def _ask(
    function: Any,
    name: str,
    args: list[Any],
    kwargs: dict[str, Any],
    seconds: float,
    handle: int | None = None,
) -> Any:
    facts = {"function": [function.__module__, function.__qualname__], "name": name, "seconds": seconds}
    # The folder for temporary files of the child is its own; what it is called tells nothing.
    request = json.dumps(facts | {"args": args, "kwargs": kwargs}, default=str).encode()
    with _lock:
        child = _idle.pop() if _idle else None
    if child is not None and child.process.poll() is not None:
        child.end()
        child = None
    child = child or _Child()
    try:
        # Its libraries are loaded with its first call.
        child.socket.settimeout(seconds * _WAITS + (0 if child.calls else 30))
        _send(child.socket, request, handle)
        answer, arrays = _received(child.socket)
        child.calls += 1
    except TimeoutError:
        child.end()
        raise _exceeded(name, f"{seconds:.0f} seconds") from None
    except (OSError, EOFError):
        with suppress(subprocess.TimeoutExpired):
            # Bubblewrap ends a little after the reader in it, with what that ended with.
            child.process.wait(1)
        child.end()
        code = child.process.returncode
        # A reader has no more processor time than it has time on the clock.
        what = f"{seconds:.0f} seconds" if code in _TOO_LONG else f"{MEMORY // 1024**2:,} MiB of memory"
        raise _exceeded(name, what) from None
    except BaseException:
        child.end()
        raise
    if child.calls >= _MOST_CALLS:
        child.end()
    else:
        with _lock:
            _idle.append(child)
    return _result(answer, arrays, name)


_TOO_LONG = (-signal.SIGXCPU, 128 + signal.SIGXCPU)


def _exceeded(name: str, what: str) -> Exceeded:
    message = f"{name} takes more than {what} to read, and is given up; make it smaller or simpler"
    return Exceeded([Diagnostic("too-costly", message)])


def _result(answer: Any, arrays: list[np.ndarray], name: str) -> Any:
    if not isinstance(answer, dict):
        raise OSError(f"the reader of {name} answers with something else")
    if "found" in answer:
        return _filled(answer["found"], arrays)
    kind, said = str(answer.get("error")), answer.get("said")
    if kind == "memory":
        raise _exceeded(name, f"{MEMORY // 1024**2:,} MiB of memory")
    if kind == "InvalidInput" and isinstance(said, list):
        raise InvalidInput(Diagnostic(str(code), str(message)) for code, message in said)
    raise {"MissingDependency": MissingDependency, "ValueError": ValueError}.get(kind, OSError)(str(said))


def _filled(value: Any, arrays: list[np.ndarray]) -> Any:
    """Plain data with its arrays in their places."""
    if isinstance(value, dict):
        return arrays[value[_ARRAY]] if _ARRAY in value else {k: _filled(v, arrays) for k, v in value.items()}
    return [_filled(each, arrays) for each in value] if isinstance(value, list) else value


# -- both sides ----------------------------------------------------------------------------------------

_HEAD = struct.Struct("<QQ")
_DTYPES = ("uint8", "uint16", "int32", "float32", "float64", "bool")


def _send(
    to: socket.socket, text: bytes, handle: int | None = None, arrays: Sequence[np.ndarray] = ()
) -> None:
    """A message: JSON, arrays as their types, shapes and bytes, and an open file."""
    table = json.dumps([[str(each.dtype), each.shape] for each in arrays]).encode()
    head = _HEAD.pack(len(text), len(table))
    if handle is None:
        to.sendall(head)
    else:
        socket.send_fds(to, [head], [handle])
    to.sendall(text + table)
    for each in arrays:
        to.sendall(np.ascontiguousarray(each).reshape(-1).view(np.uint8))  # type: ignore[arg-type]


def _received(source: socket.socket) -> tuple[Any, list[np.ndarray]]:
    """A message from a child. EOFError where it ends, OSError where it makes no sense or is too large."""
    lengths = _HEAD.unpack(_exactly(source, _HEAD.size))
    if sum(lengths) > MEMORY:
        raise OSError("too long an answer")
    text, table = (_exactly(source, length) for length in lengths)
    try:
        shapes, total = json.loads(table), 0
        arrays = []
        for kind, shape in shapes:
            if kind not in _DTYPES or not all(isinstance(n, int) and n >= 0 for n in shape):
                raise ValueError(kind)
            size = int(np.prod(shape, dtype=object)) * np.dtype(kind).itemsize
            if (total := total + size) > MEMORY:
                raise ValueError(shape)
            arrays.append(np.frombuffer(_exactly(source, size), kind).reshape(shape))
        return json.loads(text), arrays
    except (ValueError, TypeError, RecursionError) as error:
        raise OSError(f"no answer that can be read: {error}") from None


def _exactly(source: socket.socket, size: int) -> bytearray:
    data = bytearray(size)
    view = memoryview(data)
    while view:
        count = source.recv_into(view)
        if not count:
            raise EOFError
        view = view[count:]
    return data


# -- the child's side ----------------------------------------------------------------------------------


def _serve(handle: int, memory: int, modules: Sequence[str]) -> None:
    """A child's life: a request, an answer, and the next, until the socket closes."""
    global _SERVING
    _SERVING = True
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (memory, memory))
    for each in modules:
        importlib.import_module(each)
    with socket.socket(fileno=handle) as parent, suppress(EOFError, ConnectionError, KeyboardInterrupt):
        while True:
            head, handles, _, _ = socket.recv_fds(parent, _HEAD.size, 1)
            if not head:
                return
            head += bytes(_exactly(parent, _HEAD.size - len(head)))
            text, table = (_exactly(parent, length) for length in _HEAD.unpack(head))
            del table
            _reply(parent, json.loads(text), handles)


def _reply(parent: socket.socket, request: Any, handles: Sequence[int]) -> None:
    module, name = request["function"]
    arrays: list[np.ndarray] = []
    try:
        function: Any = importlib.import_module(module)
        for part in name.split("."):
            function = getattr(function, part)
        used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used + request["seconds"]) + 1, most))
        with tempfile.TemporaryDirectory(prefix="explainers-reader-") as folder:
            args = request["args"]
            if handles:
                path = Path(folder, request["name"])
                path.symlink_to(f"/proc/self/fd/{handles[0]}")
                args = [path, *args]
            found = getattr(function, "__wrapped__", function)(*args, **request["kwargs"])
        answer: dict[str, Any] = {"found": _without_arrays(found, arrays)}
    except MemoryError:
        answer = {"error": "memory"}
    except InvalidInput as error:
        problems = [[one.code, one.message] for one in error.problems]
        answer = {"error": "InvalidInput", "said": problems[:MOST_SHOWN]}
    except MissingDependency as error:
        answer = {"error": "MissingDependency", "said": str(error)}
    except Exception as error:
        kind = "ValueError" if isinstance(error, ValueError) else "OSError"
        answer = {"error": kind, "said": str(error) or type(error).__name__}
    finally:
        for each in handles:
            os.close(each)
    _send(parent, json.dumps(answer).encode(), None, arrays)


def _without_arrays(value: Any, arrays: list[np.ndarray]) -> Any:
    """A value as JSON takes it; the arrays in it are put into the list."""
    if isinstance(value, np.ndarray):
        arrays.append(value)
        return {_ARRAY: len(arrays) - 1}
    if isinstance(value, dict):
        return {str(name): _without_arrays(each, arrays) for name, each in value.items()}
    return [_without_arrays(each, arrays) for each in value] if isinstance(value, (list, tuple)) else value


# -- what holds them -----------------------------------------------------------------------------------


@cache
def bubblewrap() -> tuple[str | None, str]:
    """The program that shuts a child off, where it works, and what is in force in words."""
    found = shutil.which("bwrap")
    if found is None:
        return None, "limits of memory and time; with bubblewrap also no network and no files"
    command = [found, "--ro-bind", "/", "/", "--unshare-all", "true"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
        said = done.stderr.strip() if done.returncode else ""
    except (OSError, subprocess.TimeoutExpired) as error:
        said = str(error)
    if said or done.returncode:
        return None, f"limits of memory and time; bubblewrap does not work here ({said})"
    return found, "bubblewrap (no network, no files), limits of memory and time"


def sandbox(*readable: str | Path, writable: Sequence[Path] = (), dies: bool = False) -> list[str]:
    """What stands before a command so that it sees no network, and of the disk only the system's libraries
    and these paths; nothing where bubblewrap does not work. With `dies` it ends with who begins it."""
    program, _ = bubblewrap()
    if program is None:
        return []
    command = [program, "--unshare-all", "--new-session", "--cap-drop", "ALL"]
    command += ["--die-with-parent"] if dies else []
    for path in _SYSTEM:
        # /lib is often a link into /usr: it stays one.
        if Path(path).is_symlink():
            command += ["--symlink", str(Path(path).readlink()), path]
        elif Path(path).exists():
            command += ["--ro-bind", path, path]
    command += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]
    seen = set()
    for each in readable:
        for path in (str(each), os.path.realpath(each)):
            if path not in seen and Path(path).exists() and not path.startswith("/usr/"):
                seen.add(path)
                command += ["--ro-bind", path, path]
    for each in writable:
        command += ["--bind", str(each), str(each)]
    return [*command, "--chdir", "/", "--"]


@cache
def limits(seconds: float, memory: int) -> tuple[str, ...]:
    """What stands before a command that is held to processor time and memory; nothing without `prlimit`."""
    program = shutil.which("prlimit")
    if program is None:
        return ()
    return (program, f"--cpu={int(seconds) + 1}", f"--as={memory}", "--core=0", "--")
