"""One sound for a whole film: takes placed to the sample, of an even loudness, put beside the pictures."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from explainers import ffmpeg
from explainers.digest import digest_file, digest_value
from explainers.errors import RenderFailed
from explainers.voice.align import resampled
from explainers.voice.engines import Samples
from explainers.voice.takes import Take, read_sound

RATE = 48_000
LUFS, TRUE_PEAK_DB = -16.0, -1.5
"""Integrated loudness that a film has, and what its true peak is at most."""
_VERSION = "track/4"
_LIMIT_DB = -3.0
"""Where peaks are held, below the limit: a lossy encoder overshoots a little."""
_BETWEEN_DB = 3.0
"""How much higher than its samples a sound may be between them."""
_CLOSE = 0.2
TRACK, TRACK_AAC = "track.flac", "track.m4a"
"""A film's sound without loss, and as it stands in its video."""
AAC = ("-c:a", "aac", "-b:a", "128k", "-aac_coder", "fast", "-flags:a", "+bitexact")
OPUS = ("-c:a", "libopus", "-b:a", "64k", "-flags:a", "+bitexact")
CODECS = {AAC: "mp4a.40.2", OPUS: "opus"}
"""RFC 6381 names of what is encoded to."""


@dataclass(frozen=True)
class Placed:
    """A take and the second of the film at which it begins."""

    take: Take
    start_s: float


@dataclass(frozen=True)
class Bed:
    """Music under the voice: `under` dB below it where nobody speaks, and `duck` dB lower while somebody
    does."""

    path: Path
    source: str
    under: float
    duck: float


def track_key(placed: Sequence[Placed], duration_s: float, bed: Bed | None = None) -> str:
    """The key of a film's sound: the bytes of takes and music, where they stand, how long it is, and what
    makes it."""
    what = [[digest_file(one.take.path), one.start_s] for one in placed]
    music = [[digest_file(bed.path), bed.under, bed.duck]] if bed else []
    return digest_value([_VERSION, ffmpeg.version(), what, duration_s, LUFS, TRUE_PEAK_DB, *music])


def write_track(mixed: Samples, placed: Sequence[Placed], folder: Path, bed: Bed | None = None) -> None:
    """Write the film's sound, with the voice as it is mixed, into `folder`: both forms of it, exactly as long
    as that. RenderFailed where the music can't be heard, or where ffmpeg fails."""
    exact = ("-fflags", "+bitexact")
    flac = ("-c:a", "flac", "-sample_fmt", "s16", "-flags:a", "+bitexact", *exact, folder / TRACK)
    with TemporaryDirectory(dir=folder) as name:
        scratch = Path(name)
        if bed is not None:
            _even(mixed, scratch, ("-c:a", "pcm_f32le", *exact, scratch / "even.wav"))
            voice = read_sound(scratch / "even.wav").samples
            mixed = voice + under(placed, len(voice), bed, scratch)
        _even(mixed, scratch, flac, (*AAC, *exact, folder / TRACK_AAC))


def under(placed: Iterable[Placed], count: int, bed: Bed, folder: Path) -> Samples:
    """The music for so many samples of a film: of an even loudness, repeated where it is too short, lower
    while a line is said. RenderFailed where its file holds no sound."""
    sound = read_sound(bed.path)
    music = resampled(sound.samples, sound.rate, RATE)
    if not np.abs(music).max(initial=0.0):
        raise RenderFailed(f"{bed.path.name} is silent: no music to put under the voice")
    # It is written to be measured, and may be louder than full scale until then.
    music = music / max(1.0, float(np.abs(music).max()))
    _write_wav(folder / "bed.wav", music)
    gain = LUFS - bed.under - measured(folder / "bed.wav")[0]
    whole, join = music, min(RATE, len(music) // 4)
    rise = np.linspace(0, 1, join, dtype=np.float32)
    while len(whole) < count:
        across = whole[len(whole) - join :] * np.sqrt(1 - rise) + music[:join] * np.sqrt(rise)
        whole = np.concatenate([whole[: len(whole) - join], across, music[join:]])
    whole = whole[:count] * np.float32(10 ** (gain / 20))
    # In dB, at a hundred points a second: down a third of a second before a line, up a second after it.
    at = np.arange(0, count + RATE // 100, RATE // 100) / RATE
    down = np.zeros(len(at))
    for one in placed:
        end = one.start_s + one.take.duration_s
        down = np.maximum(down, np.interp(at, [one.start_s - 0.35, one.start_s, end, end + 1], [0, 1, 1, 0]))
    level = 10 ** (np.interp(np.arange(count) / RATE, at, -bed.duck * down) / 20)
    ends = np.minimum(1, np.minimum(np.arange(count), np.arange(count)[::-1]) / RATE)
    return np.asarray(whole * level * ends, np.float32)


def mix(placed: Iterable[Placed], duration_s: float) -> Samples:
    """The takes at their samples; silence between them."""
    mixed = np.zeros(round(duration_s * RATE), np.float32)
    for one in placed:
        speech = one.take.sound()
        samples = resampled(speech.samples, speech.rate, RATE)
        first = round(one.start_s * RATE)
        end = min(len(mixed), first + len(samples))
        mixed[first:end] += samples[: end - first]
    return mixed


def _even(samples: Samples, folder: Path, *outs: Sequence[str | Path]) -> None:
    """Write the sound to each of `outs`, as ffmpeg is told of them, at the loudness of films, its peaks held
    down where they must be; silence stays silence."""
    highest, gain, limiter = float(np.abs(samples).max(initial=0.0)), 0.0, ""
    source = folder / "mixed.wav"
    # Takes that overlap may be louder than full scale; the gain puts that right.
    _write_wav(source, samples / max(1.0, highest))
    if highest:
        gain = LUFS - _loudness(source)
        over = 20 * float(np.log10(min(1.0, highest))) + gain - _LIMIT_DB
        if over > -_BETWEEN_DB:
            # At twice the rate what hides between two samples is below the limit.
            held = f"limit={10 ** (_LIMIT_DB / 20):.6f}:attack=5:release=60:level=0:latency=1"
            limiter = f",aresample={2 * RATE},alimiter={held},aresample={RATE}"
            # What is held down is missing in the loudness: about so much is made up for before measuring.
            gain += max(0.0, over) / 16
    length = f"apad=whole_len={len(samples)},atrim=end_sample={len(samples)}"
    for _ in range(4):
        off = LUFS - _loudness(source, f"volume={gain:.4f}dB{limiter},{length},aformat=flt,", *outs)
        if not limiter or abs(off) <= _CLOSE:
            return
        gain += off


def _write_wav(path: Path, samples: Samples) -> None:
    """Write mono sound as WAV of floating-point numbers, which the standard library does not know."""
    data = samples.astype("<f4").tobytes()
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 3, 1, RATE, 4 * RATE, 4, 32)
    head = struct.pack("<4sI4s", b"RIFF", 4 + len(form) + 8 + len(data), b"WAVE")
    path.write_bytes(head + form + struct.pack("<4sI", b"data", len(data)) + data)


def measured(path: Path) -> tuple[float, float]:
    """Integrated loudness in LUFS and true peak in dB of a file with sound, by EBU R 128."""
    said = _metered(path, "", "ebur128=peak=true:")
    peaks = re.findall(r"lavfi\.r128\.true_peaks?_ch\d=(-?[\d.]+|-?inf)", said)
    if not peaks:
        raise RenderFailed(f"the peaks of {path.name} can't be measured")
    highest = max(float(one) for one in peaks)
    return _integrated(path, said), 20 * float(np.log10(highest)) if highest > 0 else -200.0


def _loudness(path: Path, chain: str = "", *outs: Sequence[str | Path]) -> float:
    """Loudness in LUFS of a file after a chain of filters; what comes of it is written to `outs`.

    It is measured at half the rate, in half the time: what is lost weighs some thousandths of a LUFS.
    """
    return _integrated(path, _metered(path, chain, f"aresample={RATE // 2},ebur128=", *outs))


def _integrated(path: Path, said: str) -> float:
    found = re.findall(r"lavfi\.r128\.I=(-?[\d.]+)", said)
    if not found:
        raise RenderFailed(f"the loudness of {path.name} can't be measured")
    return float(found[-1])


def _metered(path: Path, chain: str, meter: str, *outs: Sequence[str | Path]) -> str:
    """What a meter says of a file after a chain of filters, while that is written to `outs`."""
    meter += "metadata=1,ametadata=mode=print:file=-"
    graph = f"[0:a]{chain}asplit={len(outs) + 1}[o]" + "".join(f"[o{n}]" for n in range(len(outs)))
    made = [each for n, out in enumerate(outs) for each in ("-map", f"[o{n}]", *out)]
    graph += f";[o]{meter}[metered]"
    commands = ["-filter_complex", graph, *made, "-map", "[metered]", "-f", "null", "-"]
    return ffmpeg.run(["-y", "-i", path, *commands], f"the loudness of {path.name}")


def mux(video: Path, sound: Path, out: Path, codec: tuple[str, ...] | None) -> None:
    """Put a sound beside the pictures of a video, whose packets are copied; it is encoded here, once, or
    copied too where `codec` is None."""
    inputs: list[str | Path] = ["-y", "-i", video, "-i", sound, "-map_metadata", "0"]
    inputs += ["-map", "0:v:0", "-map", "1:a:0"]
    coded = ["-c:v", "copy", *(codec or ("-c:a", "copy")), "-ac", "1"][: None if codec else -2]
    exact = ["-fflags", "+bitexact", "-movflags", "+faststart", "-strict", "-2"]
    ffmpeg.run([*inputs, *coded, *exact, out], f"the sound of {out.name}")
