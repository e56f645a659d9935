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
from functools import cache
from pathlib import Path
from typing import Any

from explainers.errors import MissingDependency, RenderFailed

PROTOCOLS = "file,pipe"
"""What ffmpeg may open."""

FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,flv,ogg,mpegts,mpeg,asf,gif,apng,ivf,h264,hevc,yuv4mpegpipe,"
    "mxf,nut,dv,wav,flac,mp3,png_pipe,jpeg_pipe,webp_pipe,bmp_pipe,tiff_pipe,ppm_pipe,pgm_pipe,image2,lavfi"
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

    # Opened as `file:`, so that no name of a file is taken for an address or a pattern.
    options = {"protocol_whitelist": "file", "format_whitelist": FORMATS}
    return av.open(f"file:{path}", container_options=options)


def pictures(container: Any) -> Any:
    """The video stream of an open container; None where there is none but covers and thumbnails."""
    from av.stream import Disposition

    still = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image
    return next((each for each in container.streams.video if not each.disposition & still), None)


def run(arguments: Sequence[str | Path], what: str, timeout_s: float | None = None) -> str:
    """Run ffmpeg with `arguments`; what it wrote to stdout.

    `what` says what is being made, for the message. RenderFailed, with the end of ffmpeg's own words,
    where it exits with an error or takes longer than `timeout_s`.
    """
    command = [str(executable()), "-hide_banner", "-nostdin", "-loglevel", "error"]
    for argument in map(str, arguments):
        # The lists hold for the one input that follows them. A list of pictures is one that we wrote.
        formats = f"concat,{FORMATS}" if command[-2:] == ["-safe", "0"] else FORMATS
        guards = ["-protocol_whitelist", PROTOCOLS, "-format_whitelist", formats]
        command += [*guards, argument] if argument == "-i" else [argument]
    if not os.access(command[0], os.X_OK):
        raise MissingDependency(f"ffmpeg does not start ({command[0]} is no program); {REMEDY}")
    try:
        code, output, words = _finished([*_lifeline(), *command], timeout_s)
    except subprocess.TimeoutExpired:
        raise RenderFailed(f"{what}: ffmpeg did not finish within {timeout_s:.0f} s") from None
    except OSError as error:
        raise MissingDependency(f"ffmpeg does not start ({error.strerror}); {REMEDY}") from error
    if code != 0:
        said = "\n".join(words.strip().splitlines()[-_SHOWN_LINES:])
        raise RenderFailed(f"{what}: ffmpeg {_ended(code)}\n{said}")
    return output


_running: set[subprocess.Popen[str]] = set()


def stop() -> None:
    """Kill every ffmpeg that this process has begun, in whichever thread."""
    for each in tuple(_running):
        each.kill()


def _finished(command: Sequence[str], timeout_s: float | None) -> tuple[int, str, str]:
    """Exit code and both outputs of a program; it does not outlive this call, however that ends."""
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, errors="replace") as each:
        _running.add(each)
        try:
            output, words = each.communicate(timeout=timeout_s)
        except BaseException:
            each.kill()
            raise
        finally:
            _running.discard(each)
    return each.returncode, output, words


@cache
def _lifeline() -> tuple[str, ...]:
    """What makes a program end with the one that began it, even if that is killed. Linux has such a thing."""
    setpriv = shutil.which("setpriv")
    return (setpriv, "--pdeathsig", "KILL") if setpriv else ()


def _ended(code: int) -> str:
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"


def _ask(option: str) -> str:
    try:
        answer = subprocess.run(
            [str(executable()), "-hide_banner", option], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise MissingDependency(f"ffmpeg does not start ({error}); {REMEDY}") from error
    return answer.stdout
