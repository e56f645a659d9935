"""Takes: what was spoken or recorded for a line, kept without loss beside the video's assets.

A take is a FLAC file in `assets/<video>/voice/`, named by its line and by a key over the words, the engine,
its voice and pace, or over the author's recording; its tags hold the words with their times and the engine's
version. So a film sounds the same on a machine that has no engine, and only lines that changed are spoken
again. The author's recording of a line has the line's name alone (`race.leave.wav`) and goes before engines.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from explainers import ffmpeg
from explainers.confined import reader, ready
from explainers.digest import digest_file, digest_value
from explainers.errors import ExplainersError, InvalidInput, RenderFailed, UsageError
from explainers.inputs import keep_inside, leads_out, outside
from explainers.project import Project
from explainers.scratch import Scratch
from explainers.voice.align import Heard, aligned, differences
from explainers.voice.engines import Samples, Speech, engine_of
from explainers.voice.lines import Line

RECORDINGS = (".wav", ".flac", ".m4a", ".mp3", ".ogg")
"""Endings of the author's recordings, the first that is there goes."""
OWN = "own"
"""The engine of a take that is the author's recording."""
_TAG = "explainers"
_TAKE = re.compile(r".+\.[0-9a-f]{12}\.flac")
_CLIPPED, _IN_A_ROW = 0.998, 4


@dataclass(frozen=True)
class Take:
    """A take of a line. `heard` are its tokens with their times; `differs` says what a recording says
    otherwise than the line, and `clipped` that it was recorded too loud."""

    path: Path
    text: str
    engine: str
    version: str
    duration_s: float
    heard: tuple[Heard, ...]
    differs: tuple[str, ...] = ()
    clipped: bool = False

    def moment(self, token: int) -> Heard:
        """The token that is heard at a place of the line; after the last one, the end of the take's words."""
        if token < len(self.heard):
            return self.heard[token]
        end = self.heard[-1].end_s if self.heard else self.duration_s
        return Heard("", end, end, all(one.sure for one in self.heard[-1:]))

    def sound(self) -> Speech:
        """Its samples and their rate."""
        return read_sound(self.path)


class NoTake(ExplainersError):
    """A line has no take, or only one of other words: `stale` is what that take says."""

    exit_code = 3

    def __init__(self, line: Line, stale: str | None):
        self.line, self.stale = line, stale
        said = f"only one that says {stale!r}" if stale else "none"
        super().__init__(f"the line of {line.name} has no take, {said}: explainers voice speak")


class Takes:
    """The takes of a video in `folder`. Where they may be made, `say` hears what is spoken; else a line
    without one is a `NoTake`. `named` are recordings that stand elsewhere, by the names of their lines."""

    def __init__(self, folder: Path, make: bool = False, say: Callable[[str], None] | None = None):
        self.folder, self.make, self.say = folder, make, say
        self.made: list[Line] = []
        self.named: Mapping[str, Path] = {}

    def in_language(self, language: str) -> Takes:
        """Those of the film in another language, in a folder of that name; UsageError where it leads out."""
        if leads_out(self.folder / language, self.folder):
            raise UsageError(f"{self.folder.name}/{language} leads out of the folder of takes")
        return Takes(self.folder / language, self.make, self.say)

    def take(self, line: Line, again: bool = False) -> Take:
        """The take of a line, made where it is missing (or `again`) and may be. NoTake where there is none;
        MissingDependency, UsageError or RenderFailed where it can't be made."""
        recording = self.recording(line)
        digest = digest_file(recording) if recording else None
        path = self._path(line, digest)
        if path.is_file() and not again:
            return _read(path)
        if not self.make:
            raise NoTake(line, self._stale(line, path))
        speech = read_sound(recording) if recording else engine_of(line.manner.engine).speak(line)
        engine = line.manner.engine
        made_by = (OWN, str(digest)[:12]) if recording else (engine, engine_of(engine).version())
        if self.say is not None:
            self.say(f"{line.name}: {line.text}")
        self.made.append(line)
        return _written(path, line, speech, *made_by)

    def unused(self, lines: Iterable[Line]) -> tuple[list[Path], list[Path]]:
        """Takes that are of none of a film's lines any more, and recordings that have the name of none."""
        if not self.folder.is_dir():
            return [], []
        files = sorted(path for path in self.folder.iterdir() if path.suffix in RECORDINGS)
        names, used = set[str](), set(self.named.values())
        for line in lines:
            names.add(line.name)
            # The engine's take stays beside a recording, which may be deleted.
            recording = self.recording(line)
            used |= {
                self._path(line, None),
                *([self._path(line, digest_file(recording))] if recording else []),
            }
        takes = {path for path in files if _TAKE.fullmatch(path.name)}
        ours = [path for path in files if path in takes and path not in used]
        return ours, [path for path in files if path not in takes | used and path.stem not in names]

    def mark(self, line: Line, starts: Sequence[float]) -> Take:
        """The take of a line with its words where somebody tapped them: a second each, in their order."""
        take = self.take(line)
        ends = [*starts[1:], take.duration_s]
        heard = tuple(Heard(*word) for word in zip(line.said, starts, ends, strict=True))
        return _written(take.path, line, take.sound(), take.engine, take.version, heard)

    def recording(self, line: Line) -> Path | None:
        """The author's recording of a line; None where there is none, UsageError where it is no file."""
        if line.name in self.named:
            return self.named[line.name]
        for path in (self.folder / f"{line.name}{ending}" for ending in RECORDINGS):
            if os.path.lexists(path):
                if wrong := outside(path, self.folder) or ("" if path.is_file() else "is no file in"):
                    raise UsageError(f"{path.name} {wrong} the folder of takes")
                return path
        return None

    def _path(self, line: Line, recording: str | None) -> Path:
        """Where the engine's take of a line is, or that of the recording with a digest."""
        manner = line.manner
        by = [OWN, recording] if recording else [manner.engine, manner.voice, manner.pace, manner.language]
        key = digest_value(["take/1", line.voiced, *by])[:12]
        return self.folder / f"{line.name}.{key}.flac"

    def _stale(self, line: Line, path: Path) -> str | None:
        others = sorted(self.folder.glob(f"{line.name}.{'[0-9a-f]' * 12}.flac"))
        return next((_read(other).text for other in others if other != path), None)


def takes_of(
    project: Project,
    video: str,
    voice: bool | None = None,
    make: bool = False,
    say: Callable[[str], None] | None = None,
) -> Takes | None:
    """The takes of a video where `voice`, or else the project, says so; None for a silent film.

    UsageError where their folder leads out of the project's assets: nothing is written there.
    """
    if not (project.settings.voice if voice is None else voice):
        return None
    # What they are read with is imported while the storyboard is.
    ready(__name__, "av")
    return Takes(takes_folder(project, video), make, say)


def takes_folder(project: Project, video: str, language: str = "") -> Path:
    """Where a video's takes are; UsageError where that is outside of the project's assets, links followed."""
    folder = project.takes_dir(video) / language
    if leads_out(folder, project.root / "assets"):
        raise UsageError(f"{project.shown(folder)} leads out of the project's assets")
    keep_inside(project.assets_dir(video))
    return folder


def _written(
    path: Path, line: Line, speech: Speech, engine: str, version: str, heard: tuple[Heard, ...] = ()
) -> Take:
    language, tokens = line.manner.language, line.said
    if heard:
        pass
    elif speech.times is not None:
        heard = tuple(Heard(token, *span) for token, span in zip(tokens, speech.times, strict=True))
    else:
        heard = aligned(tokens, speech.samples, speech.rate, language)
    # Engines say what they are given; what people say is listened to.
    differs = differences(tokens, speech.samples, speech.rate, language) if engine == OWN else ()
    words = [[one.token, round(one.start_s, 4), round(one.end_s, 4), one.sure] for one in heard]
    note = {
        "text": line.text,
        "engine": engine,
        "version": version,
        "words": words,
        "differs": differs,
        "clipped": is_clipped(speech.samples),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with Scratch(path.parent / ".aside").folder("take") as folder:
        write_sound(
            folder / path.name, speech.samples, speech.rate, {_TAG: json.dumps(note, ensure_ascii=False)}
        )
        (folder / path.name).replace(path)
    return _read(path)


def is_clipped(samples: Samples) -> bool:
    """Whether several samples in a row stand at full scale."""
    full = np.abs(samples) >= _CLIPPED
    runs = np.convolve(full, np.ones(_IN_A_ROW), "valid") if len(full) >= _IN_A_ROW else np.zeros(1)
    return bool((runs >= _IN_A_ROW).any())


def _read(path: Path) -> Take:
    facts = path.stat()
    return _take(path, facts.st_size, facts.st_mtime_ns)


@cache
def _take(path: Path, size: int, changed: int) -> Take:
    """The take at `path`, read once for each state of the file; RenderFailed where it is none."""
    try:
        duration_s, text = _note(path)
        note = json.loads(text)
        heard = tuple(Heard(*word) for word in note["words"])
        differs, clipped = tuple(note["differs"]), bool(note["clipped"])
        return Take(path, note["text"], note["engine"], note["version"], duration_s, heard, differs, clipped)
    except (OSError, ValueError, LookupError, TypeError, InvalidInput) as error:
        raise RenderFailed(f"{path} is no take ({error}): delete it, and explainers voice speak") from None


def read_sound(path: Path) -> Speech:
    """A sound file as mono samples. RenderFailed where it holds no sound that can be read."""
    try:
        samples, rate = _decoded(path)
    except (OSError, ValueError, LookupError, InvalidInput) as error:
        raise RenderFailed(f"{path} holds no sound that can be read: {error}") from None
    return Speech(np.asarray(samples, np.float32), int(rate))


@reader(seconds=60.0)
def _decoded(path: Path) -> tuple[Any, int]:
    """Mono samples and their rate."""
    import av

    with ffmpeg.opened(path) as container:
        if not container.streams.audio:
            raise ValueError("it has no audio")
        stream = container.streams.audio[0]
        rate = stream.rate
        mono = av.AudioResampler(format="flt", layout="mono", rate=rate)
        # What is decoded is let go at once, so that an hour fits into a reader's memory.
        parts = [
            made.to_ndarray().ravel() for frame in container.decode(stream) for made in mono.resample(frame)
        ]
        parts += [made.to_ndarray().ravel() for made in mono.resample(None)]
    return np.concatenate(parts or [np.zeros(0, np.float32)]), rate


@reader
def _note(path: Path) -> tuple[float, str]:
    """A take's length in seconds, and what is noted in it."""
    with ffmpeg.opened(path) as container:
        stream = container.streams.audio[0]
        tags = {name.lower(): value for name, value in container.metadata.items()}
        return float(stream.duration * stream.time_base), tags[_TAG]


def write_sound(path: Path, samples: Samples, rate: int, tags: dict[str, Any] | None = None) -> None:
    """Write mono samples as FLAC of sixteen bits, with tags; the same samples give the same bytes."""
    import av

    with av.open(str(path), "w", format="flac", options={"fflags": "+bitexact"}) as target:
        target.flags |= 0x0400
        target.metadata.update(tags or {})
        stream: Any = target.add_stream("flac", rate=rate, layout="mono")
        stream.codec_context.format = "s16"
        whole = np.clip(np.round(samples * 32767), -32768, 32767).astype(np.int16)
        for at in range(0, max(1, len(whole)), 4096):
            frame = av.AudioFrame.from_ndarray(whole[None, at : at + 4096], format="s16", layout="mono")
            frame.sample_rate, frame.pts = rate, at
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
