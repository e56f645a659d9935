"""One sound for a whole film: takes placed to the sample, of an even loudness, put beside the pictures."""

from __future__ import annotations

import re
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
from explainers.voice.takes import Take, read_sound, write_sound

RATE = 48_000
LUFS, TRUE_PEAK_DB = -16.0, -1.5
"""Integrated loudness that a film has, and what its true peak is at most."""
_VERSION = "track/3"
_LIMIT_DB = -3.0
"""Where peaks are held, below the limit: a lossy encoder overshoots a little."""
_BETWEEN_DB = 3.0
"""How much higher than its samples a sound may be between them."""
_CLOSE = 0.2
TRACK = "track.flac"
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


def write_track(placed: Sequence[Placed], duration_s: float, path: Path, bed: Bed | None = None) -> None:
    """Write the film's sound as FLAC of 48,000 samples a second, exactly as long as its pictures."""
    with TemporaryDirectory(dir=path.parent) as folder:
        mixed = even(mix(placed, duration_s), Path(folder))
        if bed is not None:
            mixed = even(mixed + under(placed, len(mixed), bed, Path(folder)), Path(folder))
        write_sound(path, mixed, RATE)


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


def even(samples: Samples, folder: Path) -> Samples:
    """The sound at the loudness of films, its peaks held down where they must be; silence stays silence."""
    highest = float(np.abs(samples).max(initial=0.0))
    if not highest:
        return samples
    # Takes that overlap may be louder than full scale; the gain puts that right.
    samples = samples / max(1.0, highest)
    source, out = folder / "mixed.wav", folder / "even.wav"
    _write_wav(source, samples)
    gain, made = LUFS - _loudness(source), samples
    over = 20 * float(np.log10(min(1.0, highest))) + gain - _LIMIT_DB
    if over <= -_BETWEEN_DB:
        return np.asarray(samples * 10 ** (gain / 20), np.float32)
    # What is held down is missing in the loudness: about so much is made up for before it is measured.
    gain += max(0.0, over) / 16
    for _ in range(4):
        # At twice the rate what hides between two samples is below the limit.
        limiter = f"alimiter=limit={10 ** (_LIMIT_DB / 20):.6f}:attack=5:release=60:level=0:latency=1"
        chain = f"volume={gain:.4f}dB,aresample={2 * RATE},{limiter},aresample={RATE}"
        off = LUFS - _loudness(source, chain, out)
        if abs(off) <= _CLOSE:
            break
        gain += off
    made = read_sound(out).samples
    made = np.pad(made[: len(samples)], (0, max(0, len(samples) - len(made))))
    return np.asarray(made, np.float32)


def _write_wav(path: Path, samples: Samples) -> None:
    from scipy.io import wavfile

    wavfile.write(path, RATE, samples.astype(np.float32))


def measured(path: Path) -> tuple[float, float]:
    """Integrated loudness in LUFS and true peak in dB of a file with sound, by EBU R 128."""
    said = _metered(path, "ebur128=peak=true:metadata=1")
    peaks = re.findall(r"lavfi\.r128\.true_peaks?_ch\d=(-?[\d.]+|-?inf)", said)
    if not peaks:
        raise RenderFailed(f"the peaks of {path.name} can't be measured")
    highest = max(float(one) for one in peaks)
    return _integrated(path, said), 20 * float(np.log10(highest)) if highest > 0 else -200.0


def _loudness(path: Path, chain: str = "anull", out: Path | None = None) -> float:
    """Loudness in LUFS of a file after a chain of filters; what comes of it is written to `out`."""
    return _integrated(path, _metered(path, f"{chain},ebur128=metadata=1", out))


def _integrated(path: Path, said: str) -> float:
    found = re.findall(r"lavfi\.r128\.I=(-?[\d.]+)", said)
    if not found:
        raise RenderFailed(f"the loudness of {path.name} can't be measured")
    return float(found[-1])


def _metered(path: Path, chain: str, out: Path | None = None) -> str:
    made = ["-c:a", "pcm_f32le", "-fflags", "+bitexact", out] if out else ["-f", "null", "-"]
    filters = ["-map", "0:a", "-af", f"{chain},ametadata=mode=print:file=-"]
    return ffmpeg.run(["-y", "-i", path, *filters, *made], f"loudness of {path.name}")


def mux(video: Path, sound: Path, out: Path, codec: tuple[str, ...] | None) -> None:
    """Put a sound beside the pictures of a video, whose packets are copied; it is encoded here, once, or
    copied too where `codec` is None."""
    inputs: list[str | Path] = [
        "-y",
        "-i",
        video,
        "-i",
        sound,
        "-map",
        "0:v:0",
        "-map",
        "1:a:0",
        "-map_metadata",
        "0",
    ]
    coded = ["-c:v", "copy", *(codec or ("-c:a", "copy")), "-ac", "1"][: None if codec else -2]
    exact = ["-fflags", "+bitexact", "-movflags", "+faststart", "-strict", "-2"]
    ffmpeg.run([*inputs, *coded, *exact, out], f"the sound of {out.name}")
