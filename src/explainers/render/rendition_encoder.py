"""A joined video encoded anew, in parts, until size and quality fit; and how clear the text in it still is.

A part goes by the bytes of its packets in the joined video. Shots are joined by stream copy, so a shot that
was not drawn again has the bytes it had, wherever it stands now. Clearness is SSIM of the crops that hold
text-like edges, against what they were made from; banding is CAMBI, of what was made.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import numpy as np

from explainers import ffmpeg
from explainers.compositor.join import Part as JoinedPart
from explainers.compositor.join import join
from explainers.digest import digest_file, digest_value
from explainers.errors import RenderFailed
from explainers.manifest import Manifest, Rendition, TextQuality, WebRendition
from explainers.render.store import Product, Store

MIB = 2**20


@dataclass(frozen=True)
class Codec:
    """An encoder and its range of quality. `crf` is where it starts; larger is smaller and worse.

    `family` is how its codec strings begin, `halving` by how much crf grows for half the bytes, roughly.
    `side` is the length in pixels of the shorter side, None for the video's own.
    """

    name: str
    family: str
    file: str
    arguments: tuple[str, ...]
    crf: int
    best_crf: int
    worst_crf: int
    halving: float
    mib_per_minute: float
    least_ssim: float = 0.98
    side: int | None = None

    def is_for(self, manifest: Manifest) -> bool:
        """Whether the video is large enough for a rendition of this size."""
        return self.side is None or min(manifest.width, manifest.height) > self.side

    def size(self, manifest: Manifest) -> tuple[int, int] | None:
        """Width and height, both even; None for the video's own."""
        if self.side is None:
            return None
        scale = self.side / min(manifest.width, manifest.height)
        return 2 * round(manifest.width * scale / 2), 2 * round(manifest.height * scale / 2)


# Parts are encoded side by side, and the bytes must not depend on the machine's cores.
_ALONE = "-threads", "1"
# More bits for dark, smooth gradients, whose dither would be left out otherwise, and bands would be seen.
_SVT_AV1 = "enable-variance-boost=1:variance-boost-strength=3"
_X264 = (
    "-x264-params",
    "aq-mode=3:aq-strength=1.0:deblock=-1,-1:psy-rd=0.7,0.2",
    "-profile:v",
    "high",
    "-refs",
    "4",
)
AV1 = Codec(
    "AV1",
    "av01",
    "video.av1.mp4",
    ("-c:v", "libsvtav1", "-preset", "8", "-svtav1-params", f"scm=1:film-grain=0:tune=0:lp=1:{_SVT_AV1}"),
    crf=44,
    best_crf=16,
    worst_crf=60,
    halving=9,
    mib_per_minute=5,
)
H264 = Codec(
    "H.264",
    "avc1",
    "video.h264.mp4",
    ("-c:v", "libx264", "-preset", "slow", "-tune", "animation", *_X264, *_ALONE),
    crf=20,
    best_crf=14,
    worst_crf=40,
    halving=6,
    mib_per_minute=8,
)

PHONE = replace(H264, name="H.264 for phones", file="video.720.mp4", mib_per_minute=5, side=720)


@dataclass(frozen=True)
class Encoded:
    """A file of the video with its record and its quality, which is None for the joined video itself."""

    path: Path
    codec: Codec
    record: WebRendition
    quality: Quality | None = None

    @property
    def mib(self) -> float:
        return self.record.bytes / MIB

    def summary(self, minutes: float) -> str:
        """One line: size, rate, achieved quality."""
        size = (
            f"{self.codec.name}: {self.path.name} {self.mib:.2f} MiB, {self.mib / minutes:.2f} MiB a minute"
        )
        if self.quality is None:
            return f"{size}, the joined video itself"
        least = f"SSIM of text {self.quality.mean:.4f}, at least {self.quality.minimum:.4f}"
        bands = "not measured" if self.quality.banding is None else f"{self.quality.banding:.1f}"
        return f"{size}, crf {self.record.crf}, {least} ({self.quality.crops} crops), CAMBI {bands}"


def kept(source: Path, codec: Codec, joined: Rendition, minutes: float, max_mib: float) -> Encoded | None:
    """The joined video as it is, where it is of this codec and within the budget: nothing beats no loss."""
    size = source.stat().st_size
    fits = size <= min(max_mib, codec.mib_per_minute * minutes) * MIB
    if not fits or not joined.codecs.startswith(codec.family):
        return None
    fields = joined.model_dump(include={"codecs", "width", "height", "fps", "sha256", "sound"})
    return Encoded(source, codec, WebRendition(file=source.name, bytes=size, **fields))


TAGGED = "setparams=color_primaries=bt709:color_trc=iec61966-2-1:colorspace=bt709:range=tv"
"""The filter that labels frames as what they are. Options of the encoder are overruled by the frames' own."""

BITEXACT = ("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-movflags", "+faststart")
PARTS = "3"
"""Version of how parts are encoded and measured."""
_ATTEMPTS = 4
_MARGIN = 0.003
"""Quality is measured against the joined video, which itself is not lossless."""


def fitted(encoding: Encoding, codec: Codec, max_mib: float, say: Callable[[str], None]) -> Encoded:
    """The best of at most four encodes: within `max_mib`, then text at least as clear as the codec's least.

    RenderFailed where even the worst quality is over the budget.
    """
    crf, tried = codec.crf, dict[int, Encoded]()
    while crf not in tried and len(tried) < _ATTEMPTS:
        say(f"{codec.name}: encoding at crf {crf}")
        tried[crf] = one = encoding.encode(codec, crf)
        over = one.mib / max_mib
        if over > 1:
            # Larger steps each time, and the last try is the smallest there is.
            step = len(tried) * max(1, math.ceil(codec.halving * math.log2(over * 1.05)))
            crf = codec.worst_crf if len(tried) == _ATTEMPTS - 1 else min(codec.worst_crf, crf + step)
        elif one.quality and one.quality.minimum < codec.least_ssim + _MARGIN:
            room = codec.halving * math.log2(1 / over)
            crf = max(codec.best_crf, crf - max(1, min(6, int(room))))
    fitting = [one for one in tried.values() if one.mib <= max_mib]
    if not fitting:
        least = min(one.mib for one in tried.values())
        raise RenderFailed(
            f"{codec.file}: {least:.3g} MiB at its smallest, over the budget of {max_mib:g} MiB"
        )
    clear = [one for one in fitting if one.quality and one.quality.minimum >= codec.least_ssim + _MARGIN]
    best = min(clear, key=lambda one: one.mib) if clear else max(fitting, key=lambda one: one.mib)
    for one in tried.values():
        if one is not best:
            one.path.unlink()
    record = best.record.model_copy(update={"file": codec.file})
    return replace(best, path=best.path.rename(encoding.folder / codec.file), record=record)


@dataclass
class Encoding:
    """A joined video to be encoded into `folder`, part by part, `jobs` of them at a time.

    Parts that are in the `store` are not encoded again: they are `reused`, and the others `encoded`.
    """

    source: Path
    manifest: Manifest
    folder: Path
    store: Store
    jobs: int
    say: Callable[[str], None] = lambda _: None
    encoded: int = 0
    reused: int = 0

    @cached_property
    def parts(self) -> list[Part]:
        return parts_of(self.source, self.manifest)

    def encode(self, codec: Codec, crf: int) -> Encoded:
        """Encode once, look at what came out, and measure it: ffmpeg's exit code alone says too little."""
        products = self._encoded_parts(codec, crf)
        out = self.folder / f"{crf}-{codec.file}"
        joined = join([JoinedPart(one.files[codec.file], part.frames) for part, one in products.items()], out)
        if joined.frames != self.manifest.frames:
            raise RenderFailed(
                f"{out.name} has {joined.frames} frames where {self.manifest.frames} were sent"
            )
        quality = _measured(products.values())
        record = WebRendition(
            file=out.name,
            codecs=joined.codec,
            width=joined.width,
            height=joined.height,
            fps=float(joined.fps),
            bytes=out.stat().st_size,
            sha256=digest_file(out),
            crf=crf,
            ssim_text=TextQuality(mean=quality.mean, min=quality.minimum),
            cambi=quality.banding,
            for_phones=codec.side is not None,
        )
        return Encoded(out, codec, record, quality)

    def compared(self, codec: Codec, other: Codec) -> tuple[float, float | None, float | None]:
        """How much smaller a codec's files are than another's where text is as clear (0.25 is a quarter), and
        the banding of both.

        Measured on a sample of parts, at the quality that each codec starts with. The other's bytes grow by
        its SSIM between two encodes, or beyond them.
        """
        sample = [self.parts[len(self.parts) * at // 6] for at in (1, 3, 5)]
        sample = list(dict.fromkeys(sample))
        one = self._sampled(sample, codec, codec.crf)
        better, worse = (self._sampled(sample, other, other.crf + more) for more in (0, 8))
        rise = better[1].mean - worse[1].mean
        share = (one[1].mean - worse[1].mean) / rise if rise > 0 else 0.0
        logarithm = math.log(worse[0]) + max(-1.0, min(2.0, share)) * math.log(better[0] / worse[0])
        return 1 - one[0] / math.exp(logarithm), one[1].banding, better[1].banding

    def _sampled(self, parts: Sequence[Part], codec: Codec, crf: int) -> tuple[int, Quality]:
        """Bytes and quality of some parts."""
        products = self._encoded_parts(codec, crf, parts)
        size = sum(product.files[codec.file].stat().st_size for product in products.values())
        return size, _measured(products.values())

    def _encoded_parts(
        self, codec: Codec, crf: int, parts: Sequence[Part] | None = None
    ) -> dict[Part, Product]:
        keys = {part: self._key(part, codec, crf) for part in parts or self.parts}
        found = {part: self.store.find(key) for part, key in keys.items()}
        missing = [part for part, one in found.items() if one is None]
        self.encoded += len(missing)
        self.reused += len(found) - len(missing)
        with TemporaryDirectory(dir=self.folder) as folder, _pool(self.jobs) as pool:
            cuts = dict(cut(self.source, missing, Path(folder)))
            # The longest first, so that none is left alone at the end.
            longest = sorted(missing, key=lambda part: -part.frames)
            made = pool.map(
                lambda part: self._encoded_part(part, cuts[part], keys[part], codec, crf), longest
            )
            for done, (part, product) in enumerate(zip(longest, made, strict=True), 1):
                found[part] = product
                # Every quarter of a long video: a line a part would be dozens.
                if done * 4 // len(longest) > (done - 1) * 4 // len(longest) and len(longest) > 4:
                    self.say(f"{codec.name}: {done} of {len(longest)} parts")
        return {part: one for part, one in found.items() if one is not None}

    def _key(self, part: Part, codec: Codec, crf: int) -> str:
        of = part.digest, part.frames, part.keyframes, codec.arguments, codec.side, crf, self.manifest.fps
        return digest_value(["rendition part", PARTS, ffmpeg.version(), *of])

    def _encoded_part(self, part: Part, source: Path, key: str, codec: Codec, crf: int) -> Product:
        fps = self.manifest.fps
        starts = ",".join(f"{frame / fps:.6f}" for frame in (0, *part.keyframes))
        keyframes = ["-force_key_frames", starts, "-g", str(round(5 * fps))]
        # The video is BT.709 already: converting again would only cost.
        size = codec.size(self.manifest)
        scaled = f"scale={size[0]}:{size[1]}:flags=lanczos,{TAGGED}" if size else TAGGED
        picture = ["-an", "-vf", scaled, "-pix_fmt", "yuv420p"]
        with self.store.making(key) as folder:
            out = folder / codec.file
            arguments = [*picture, *codec.arguments, "-crf", str(crf), *keyframes, *BITEXACT]
            ffmpeg.run(["-y", "-i", source, *arguments, out], f"{codec.name} at crf {crf}")
            text, everywhere = text_quality(source, out, fps, size)
            notes: dict[str, Any] = {"text": asdict(text) if text else None, "everywhere": asdict(everywhere)}
            notes["banding"] = cambi(out, max(1, round(EVERY_S * fps)))
            return self.store.keep(key, folder, notes)


def _measured(products: Iterable[Product]) -> Quality:
    """The quality of parts together: of their text, or of everything where no part holds any."""
    notes = [product.notes for product in products]
    measured = [note["text"] for note in notes if note["text"]] or [note["everywhere"] for note in notes]
    bands = [note["banding"] for note in notes]
    banding = None if None in bands else max(bands)
    return replace(together([Quality(**one) for one in measured]), banding=banding)


@contextmanager
def _pool(jobs: int) -> Iterator[ThreadPoolExecutor]:
    """Threads that are not waited for where something fails: what they have begun is killed."""
    pool = ThreadPoolExecutor(jobs)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        ffmpeg.stop()
        raise
    pool.shutdown()


# -- parts, and the quality of each ------------------------------------------------------------------

LONGEST_S = 8.0
"""From this length on a part ends with the next keyframe; with the shot it always does."""


@dataclass(frozen=True)
class Part:
    """Frames `first` to `first + frames` of the joined video. `keyframes` are numbers in the part, of frames
    that viewers jump to."""

    first: int
    frames: int
    digest: str
    keyframes: tuple[int, ...] = ()


def parts_of(source: Path, manifest: Manifest) -> list[Part]:
    """The parts of a joined video, in order; RenderFailed where it has not the manifest's frames."""
    fps = manifest.fps
    jumps = sorted({round(chapter.start_s * fps) for chapter in manifest.chapters})
    starts = {round(shot.start_s * fps) for shot in manifest.shots}
    firsts: list[int] = []
    digests = []
    number, due = 0, True
    with av.open(str(source)) as container:
        for number, packet in enumerate(_packets(container), 1):
            frame = number - 1
            due = due or frame in starts or frame - firsts[-1] >= LONGEST_S * fps
            if due and (packet.is_keyframe or not firsts):
                firsts.append(frame)
                digests.append(hashlib.sha256())
                due = False
            digests[-1].update(bytes(packet))
    if number != manifest.frames:
        raise RenderFailed(f"{source.name} has {number} frames where the manifest has {manifest.frames}")
    parts = []
    for first, end, digest in zip(firsts, [*firsts[1:], number], digests, strict=True):
        inside = tuple(frame - first for frame in jumps if first < frame < end)
        parts.append(Part(first, end - first, digest.hexdigest(), inside))
    return parts


def cut(source: Path, parts: Iterable[Part], folder: Path) -> Iterator[tuple[Part, Path]]:
    """Copy parts of a joined video into files of their own, in one pass; each is given when it is whole."""
    wanted = {part.first: part for part in parts}
    with av.open(str(source)) as container:
        packets = enumerate(_packets(container))
        for number, packet in packets:
            if number in wanted:
                part = wanted[number]
                out = folder / f"{part.digest[:16]}-{part.first}.mp4"
                with av.open(str(out), "w", format="mp4") as target:
                    _copy([packet, *(next(packets)[1] for _ in range(part.frames - 1))], target)
                yield part, out


def _copy(packets: list[Any], target: Any) -> None:
    """Write packets that follow each other, the first of them at time 0."""
    model = packets[0].stream
    stream = target.add_stream_from_template(model, opaque=True)
    stream.time_base = model.time_base
    shift = packets[0].pts
    for packet in packets:
        packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
        packet.stream = stream
        target.mux(packet)


def _packets(container: Any) -> Iterator[Any]:
    # The last one only flushes the decoder.
    return (packet for packet in container.demux(container.streams.video[0]) if packet.dts is not None)


EVERY_S = 1.6
"""A frame is compared every so many seconds."""

_COLUMNS, _ROWS = 12, 12
_EDGE, _EDGES = 48, 0.04
"""A step in luma that is an edge, and the share of edges that makes a crop text."""

_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


@dataclass(frozen=True)
class Quality:
    """Mean and least SSIM over crops; `crops` is how many were compared. `banding` is the CAMBI of the part
    with the most bands, None where it can't be measured."""

    mean: float
    minimum: float
    crops: int
    banding: float | None = None


def text_quality(
    reference: Path, made: Path, fps: float, size: tuple[int, int] | None = None
) -> tuple[Quality | None, Quality]:
    """SSIM over sampled frames: of crops with text, None where no frame holds any, and of all crops.

    `size` is that of what was made, where it is not the reference's, which is scaled to it.
    """
    step = max(1, round(EVERY_S * fps))
    pairs = zip(_lumas(reference, step, size), _lumas(made, step), strict=True)
    crops = [(crop_ssim(before, after), text_crops(before)) for before, after in pairs]
    found = np.concatenate([values[text] for values, text in crops])
    everywhere = _quality(np.concatenate([values.ravel() for values, _ in crops]))
    return _quality(found) if found.size else None, everywhere


def cambi(path: Path, step: int) -> float | None:
    """The mean banding of the luma of each `step`-th frame, as CAMBI: 0 is none, 5 can be seen.

    None where ffmpeg can't say: the picture is under 180 lines, or its build is without libvmaf.
    """
    with TemporaryDirectory() as folder:
        log = Path(folder) / "log.json"
        measure = f"libvmaf=feature=name=cambi:log_fmt=json:log_path={log}"
        graph = f"[0:v]select=not(mod(n\\,{step})),split[a][b];[a][b]{measure}"
        try:
            ffmpeg.run(["-i", path, "-lavfi", graph, "-f", "null", "-"], "measure banding")
        except RenderFailed:
            return None
        found = [frame["metrics"]["cambi"] for frame in json.loads(log.read_text())["frames"]]
    return round(sum(found) / len(found), 3)


def together(qualities: Sequence[Quality]) -> Quality:
    """The quality of what was measured in parts."""
    crops = sum(quality.crops for quality in qualities)
    mean = sum(quality.mean * quality.crops for quality in qualities) / crops
    return Quality(round(mean, 5), min(quality.minimum for quality in qualities), crops)


def _quality(values: np.ndarray) -> Quality:
    return Quality(round(float(values.mean()), 5), round(float(values.min()), 5), int(values.size))


def _lumas(path: Path, step: int, size: tuple[int, int] | None = None) -> Iterator[np.ndarray]:
    """The luma plane of each `step`-th frame, uint8 of shape (height, width)."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for number, frame in enumerate(container.decode(stream)):
            if number % step == 0:
                if size:
                    frame = frame.reformat(*size, interpolation="LANCZOS")
                plane = frame.planes[0]
                rows = np.frombuffer(bytes(plane), np.uint8).reshape(frame.height, plane.line_size)
                yield rows[:, : frame.width].copy()


def text_crops(luma: np.ndarray) -> np.ndarray:
    """Which crops of the grid hold text-like edges: bool of shape (rows, columns)."""
    steps = np.abs(np.diff(luma.astype(np.int16), axis=1)) > _EDGE
    return _mean_of_crops(steps.astype(np.float32)) > _EDGES


def crop_ssim(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """SSIM of each crop of the grid, float32 of shape (rows, columns), from windows of 8x8 every 4 pixels."""
    height, width = (side // 4 * 4 for side in before.shape)
    a, b = before[:height, :width].astype(np.float32), after[:height, :width].astype(np.float32)
    sums = [_windows(values) for values in (a, b, a * a, b * b, a * b)]
    mean_a, mean_b, square_a, square_b, product = (one / 64 for one in sums)
    var_a, var_b, covariance = square_a - mean_a**2, square_b - mean_b**2, product - mean_a * mean_b
    above = (2 * mean_a * mean_b + _C1) * (2 * covariance + _C2)
    return _mean_of_crops(above / ((mean_a**2 + mean_b**2 + _C1) * (var_a + var_b + _C2)))


def _windows(values: np.ndarray) -> np.ndarray:
    blocks = values.reshape(values.shape[0] // 4, 4, values.shape[1] // 4, 4).sum((1, 3))
    return np.asarray(blocks[1:, 1:] + blocks[:-1, 1:] + blocks[1:, :-1] + blocks[:-1, :-1])


def _mean_of_crops(values: np.ndarray) -> np.ndarray:
    rows = np.linspace(0, values.shape[0], _ROWS + 1).astype(int)[:-1]
    columns = np.linspace(0, values.shape[1], _COLUMNS + 1).astype(int)[:-1]
    sums = np.add.reduceat(np.add.reduceat(values, rows, 0), columns, 1)
    counts = np.add.reduceat(np.add.reduceat(np.ones_like(values), rows, 0), columns, 1)
    return np.asarray(sums / counts)
