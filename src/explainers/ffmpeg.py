"""The ffmpeg that `imageio-ffmpeg` brings: found, asked what it can, and run with a list of arguments.

Inputs are files of a known form: any other protocol or container is shut off, so that neither a storyboard
nor a file that is a list of other files (HLS, DASH, concat, SDP) makes ffmpeg open anything else.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from explainers.confined import limits, sandbox
from explainers.errors import MissingDependency, RenderFailed

PROTOCOLS = "file,pipe"
"""What ffmpeg may open."""

FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,flv,ogg,mpegts,mpeg,asf,gif,apng,ivf,h264,hevc,yuv4mpegpipe,"
    "mxf,nut,dv,wav,flac,mp3,png_pipe,jpeg_pipe,webp_pipe,bmp_pipe,tiff_pipe,ppm_pipe,pgm_pipe,lavfi"
)
"""Containers that hold their own pictures and sound. (lavfi is never in a file: our commands name it.)"""

REMEDY = "install it again with `pip install --force-reinstall imageio-ffmpeg`"
_SHOWN_LINES = 6


@cache
def executable() -> Path:
    """Path of the binary; MissingDependency where there is none for this machine."""
    try:
        import imageio_ffmpeg

        return Path(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError) as error:
        raise MissingDependency(f"no ffmpeg ({error}); {REMEDY}") from error


@cache
def version() -> str:
    """The version as ffmpeg prints it, such as `7.1`; MissingDependency where it does not start."""
    first = _ask("-version").splitlines()[0]
    found = re.match(r"ffmpeg version (\S+)", first)
    return found[1] if found else first


@cache
def encoders() -> frozenset[str]:
    """Names of the video encoders in the binary."""
    return frozenset(re.findall(r"^ V\S{5} (\w+)", _ask("-encoders"), re.MULTILINE))


def opened(path: Path) -> Any:
    """The video file at `path` as a PyAV container to read from, with the same things shut off."""
    import av

    # Opened as `file:`, so that no name of a file is taken for an address.
    options = {"protocol_whitelist": "file", "format_whitelist": FORMATS}
    if re.fullmatch(r"[\w. -]+", path.name):
        return av.open(f"file:{path}", container_options=options)
    # A name such as `a%d.gif` would be a pattern: it gets another for the moment of opening.
    with TemporaryDirectory(prefix="explainers-") as folder:
        neutral = Path(folder, f"input{ending(path)}")
        neutral.symlink_to(path.absolute())
        return av.open(f"file:{neutral}", container_options=options)


def ending(path: Path) -> str:
    """A file's extension as a name of our own may have it; none where it is no plain one."""
    found = re.fullmatch(r"\.\w{1,8}", path.suffix, re.ASCII)
    return found[0].lower() if found else ""


def pictures(container: Any) -> Any:
    """The video stream of an open container; None where there is none but covers and thumbnails."""
    from av.stream import Disposition

    still = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image
    return next((each for each in container.streams.video if not each.disposition & still), None)


@dataclass(frozen=True)
class Held:
    """What a run that reads a stranger's file is held to: it sees only `folder`, where it writes, and the
    open files `handles`, as `/proc/self/fd/N`; it has `memory` bytes and at most `seconds` for each core."""

    folder: Path
    handles: tuple[int, ...]
    seconds: float
    memory: int = 4 * 1024**3

    def before(self, program: Path) -> list[str]:
        """What stands before the program."""
        cores = os.cpu_count() or 1
        shut = sandbox(program, writable=(self.folder.absolute(),), dies=True)
        return [*limits(self.seconds * cores, self.memory), *shut]


def run(
    arguments: Sequence[str | Path], what: str, timeout_s: float | None = None, held: Held | None = None
) -> str:
    """Run ffmpeg with `arguments`; what it wrote to stdout.

    `what` says what is being made, for the message; `held` confines it. RenderFailed, with the end of
    ffmpeg's own words, where it exits with an error or takes longer than `timeout_s`, or than it is held to.
    """
    command = [str(executable()), "-hide_banner", "-nostdin", "-loglevel", "error"]
    for argument in map(str, arguments):
        # The lists hold for the one input that follows them. A list of pictures is one that we wrote.
        formats = f"concat,{FORMATS}" if command[-2:] == ["-safe", "0"] else FORMATS
        guards = ["-protocol_whitelist", PROTOCOLS, "-format_whitelist", formats]
        command += [*guards, argument] if argument == "-i" else [argument]
    if not os.access(command[0], os.X_OK):
        raise MissingDependency(f"ffmpeg does not start ({command[0]} is no program); {REMEDY}")
    timeout_s = held.seconds if held else timeout_s
    before = held.before(executable()) if held else []
    try:
        handles = held.handles if held else ()
        code, output, words = _finished([*_lifeline(), *before, *command], timeout_s, handles)
    except subprocess.TimeoutExpired:
        raise RenderFailed(f"{what}: ffmpeg did not finish within {timeout_s:.0f} s") from None
    except OSError as error:
        raise MissingDependency(f"ffmpeg does not start ({error.strerror}); {REMEDY}") from error
    if code != 0:
        said = "\n".join(words.strip().splitlines()[-_SHOWN_LINES:])
        raise RenderFailed(f"{what}: ffmpeg {_ended(code, bool(before))}\n{said}")
    return output


_running: set[subprocess.Popen[str]] = set()


def stop() -> None:
    """Kill every ffmpeg that this process has begun, in whichever thread."""
    for each in tuple(_running):
        _kill(each)


def _kill(each: subprocess.Popen[str]) -> None:
    """End a program and all that it began."""
    with suppress(OSError):
        os.killpg(each.pid, signal.SIGKILL)
    each.kill()


def _finished(
    command: Sequence[str], timeout_s: float | None, handles: Sequence[int] = ()
) -> tuple[int, str, str]:
    """Exit code and both outputs of a program; it does not outlive this call, however that ends."""
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command,
        stdout=pipe,
        stderr=pipe,
        text=True,
        errors="replace",
        pass_fds=handles,
        start_new_session=True,
    ) as each:
        _running.add(each)
        try:
            output, words = each.communicate(timeout=timeout_s)
        except BaseException:
            _kill(each)
            raise
        finally:
            _running.discard(each)
    return each.returncode, output, words


@cache
def _lifeline() -> tuple[str, ...]:
    """What makes a program end with the one that began it, even if that is killed. Linux has such a thing."""
    setpriv = shutil.which("setpriv")
    return (setpriv, "--pdeathsig", "KILL") if setpriv else ()


_SIGNALS = {128 + each: each for each in (signal.SIGKILL, signal.SIGXCPU, signal.SIGSEGV, signal.SIGABRT)}
"""What bubblewrap ends with where a signal has ended the program in it."""


def _ended(code: int, held: bool) -> str:
    if held and code in _SIGNALS:
        code = -_SIGNALS[code]
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"


def _ask(option: str) -> str:
    try:
        answer = subprocess.run(
            [str(executable()), "-hide_banner", option], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise MissingDependency(f"ffmpeg does not start ({error}); {REMEDY}") from error
    return answer.stdout
