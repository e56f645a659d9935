"""One codec at a time: encode, look at size and quality, and choose the next quality until both fit."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from explainers import ffmpeg
from explainers.digest import digest_file, digest_value
from explainers.errors import RenderFailed
from explainers.film import join as joining
from explainers.manifest import Manifest
from explainers.render.rendition_codecs import MIB, Codec, Encoded
from explainers.render.rendition_parts import Part, cut, parts_of
from explainers.render.rendition_quality import Quality, text_quality, together
from explainers.render.rendition_shelf import Kept, Shelf

TAGGED = "setparams=color_primaries=bt709:color_trc=iec61966-2-1:colorspace=bt709:range=tv"
"""The filter that labels frames as what they are. Options of the encoder are overruled by the frames' own."""

BITEXACT = ("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-movflags", "+faststart")
PARTS = "1"
"""Version of how parts are encoded and measured."""
_ATTEMPTS = 4
_MARGIN = 0.003
"""Quality is measured against the joined video, which itself is not lossless."""


def fitted(encoding: Encoding, codec: Codec, max_mib: float, told: Callable[[str], None]) -> Encoded:
    """The best of at most four encodes: within `max_mib`, then text at least as clear as the codec's least.

    RenderFailed where even the worst quality is over the budget.
    """
    crf, tried = codec.crf, dict[int, Encoded]()
    while crf not in tried and len(tried) < _ATTEMPTS:
        told(f"{codec.name}: encoding at crf {crf}")
        tried[crf] = one = encoding.encode(codec, crf)
        over = one.bytes / MIB / max_mib
        if over > 1:
            # Larger steps each time, and the last try is the smallest there is.
            step = len(tried) * max(1, math.ceil(codec.halving * math.log2(over * 1.05)))
            crf = codec.worst_crf if len(tried) == _ATTEMPTS - 1 else min(codec.worst_crf, crf + step)
        elif one.quality and one.quality.minimum < codec.least_ssim + _MARGIN:
            room = codec.halving * math.log2(1 / over)
            crf = max(codec.best_crf, crf - max(1, min(6, int(room))))
    fitting = [one for one in tried.values() if one.bytes <= max_mib * MIB]
    if not fitting:
        least = min(one.bytes for one in tried.values()) / MIB
        raise RenderFailed(
            f"{codec.file}: {least:.3g} MiB at its smallest, over the budget of {max_mib:g} MiB"
        )
    clear = [one for one in fitting if one.quality and one.quality.minimum >= codec.least_ssim + _MARGIN]
    best = min(clear, key=lambda one: one.bytes) if clear else max(fitting, key=lambda one: one.bytes)
    for one in tried.values():
        if one is not best:
            one.path.unlink()
    return replace(best, path=best.path.rename(encoding.folder / codec.file))


@dataclass
class Encoding:
    """A joined video to be encoded into `folder`, part by part, `jobs` of them at a time.

    Parts that are on the `shelf` are not encoded again: they are `reused`, and the others `encoded`.
    """

    source: Path
    manifest: Manifest
    folder: Path
    shelf: Shelf
    jobs: int
    encoded: int = 0
    reused: int = 0

    @cached_property
    def parts(self) -> list[Part]:
        return parts_of(self.source, self.manifest)

    def encode(self, codec: Codec, crf: int) -> Encoded:
        """Encode once, look at what came out, and measure it: ffmpeg's exit code alone says too little."""
        kept = self._encoded_parts(codec, crf)
        out = self.folder / f"{crf}-{codec.file}"
        joined = joining.join([joining.Part(one.files[codec.file], part.frames) for one, part in kept], out)
        if joined.frames != self.manifest.frames:
            raise RenderFailed(
                f"{out.name} has {joined.frames} frames where {self.manifest.frames} were sent"
            )
        qualities = [one.notes["text"] for one, _ in kept if one.notes["text"]]
        qualities = qualities or [one.notes["everywhere"] for one, _ in kept]
        quality = together([Quality(**one) for one in qualities])
        size = joined.width, joined.height, float(joined.fps)
        return Encoded(
            out, codec.name, joined.codec, *size, out.stat().st_size, digest_file(out), crf, quality
        )

    def _encoded_parts(self, codec: Codec, crf: int) -> list[tuple[Kept, Part]]:
        keys = {part: self._key(part, codec, crf) for part in self.parts}
        found = {part: self.shelf.find(key) for part, key in keys.items()}
        missing = [part for part, one in found.items() if one is None]
        self.encoded += len(missing)
        self.reused += len(found) - len(missing)
        with TemporaryDirectory(dir=self.folder) as aside, _pool(self.jobs) as pool:
            cuts = dict(cut(self.source, missing, Path(aside)))
            # The longest first, so that none is left alone at the end.
            longest = sorted(missing, key=lambda part: -part.frames)
            made = pool.map(lambda part: self._made(part, cuts[part], keys[part], codec, crf), longest)
            found |= dict(zip(longest, made, strict=True))
        return [(one, part) for part, one in found.items() if one is not None]

    def _key(self, part: Part, codec: Codec, crf: int) -> str:
        told = part.digest, part.frames, part.keyframes, codec.arguments, crf, self.manifest.fps
        return digest_value(["rendition part", PARTS, ffmpeg.version(), *told])

    def _made(self, part: Part, source: Path, key: str, codec: Codec, crf: int) -> Kept:
        fps = self.manifest.fps
        starts = ",".join(f"{frame / fps:.6f}" for frame in (0, *part.keyframes))
        keyframes = ["-force_key_frames", starts, "-g", str(round(5 * fps))]
        # The video is BT.709 already: converting again would only cost.
        picture = ["-an", "-vf", TAGGED, "-pix_fmt", "yuv420p"]
        with self.shelf.making(key) as folder:
            out = folder / codec.file
            arguments = [*picture, *codec.arguments, "-crf", str(crf), *keyframes, *BITEXACT]
            ffmpeg.run(["-y", "-i", source, *arguments, out], f"{codec.name} at crf {crf}")
            text, everywhere = text_quality(source, out, fps)
            notes = {"text": asdict(text) if text else None, "everywhere": asdict(everywhere)}
            return self.shelf.keep(key, folder, notes)


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
