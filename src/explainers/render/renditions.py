"""Renditions for web pages, made from a finished video: AV1, a smaller H.264 where it needs one, pictures.

They stand in `web/` beside the manifest with a manifest of their own, which names the content they were
made from: a new render makes it out of date, and nothing is lost in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from explainers import ffmpeg
from explainers.digest import digest_value
from explainers.errors import RenderFailed, UsageError
from explainers.manifest import MANIFEST, WEB, Manifest, Shot, Web, manifest_in, read_manifest
from explainers.render.publication import filled_lines, is_file, publishing, webvtt
from explainers.render.rendition_encoder import (
    AV1,
    BITEXACT,
    H264,
    TAGGED,
    Codec,
    Encoded,
    Encoding,
    fitted,
    kept,
)
from explainers.render.store import Store
from explainers.theme import THEMES

if TYPE_CHECKING:
    from PIL.Image import Image

VERSION = "renditions/1"
"""Version of how they are made: part of the key that says whether they are up to date."""

HARD_LIMIT_MIB = 25.0
"""What a static host takes in one file (Cloudflare Pages: 25 MiB)."""

CODECS: tuple[Codec, ...] = (AV1, H264)
"""The table of what is made: AV1 comes first on a page, H.264 is for everybody else."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class WebResult:
    """What stands in `web/` now: `made` is False where it was up to date."""

    video: str
    directory: Path
    record: Web
    made: bool
    warnings: tuple[str, ...] = field(default=())


def web_renditions(
    directory: Path,
    max_mib: float = HARD_LIMIT_MIB,
    say: Say = lambda _: None,
    store: Store | None = None,
    jobs: int = 1,
) -> WebResult:
    """Make what pages need of the video in `directory`, unless it is there and up to date.

    No file is larger than `max_mib` MiB. Parts of the video whose pictures are in the `store` are not encoded
    again; `jobs` are encoded at a time, and the bytes don't depend on it. UsageError where there is no
    finished video; RenderFailed where the budget can't be met or ffmpeg fails.
    """
    manifest = _manifest(directory)
    key = _key(manifest, max_mib)
    before = manifest_in(directory / WEB, Web)
    if before and before.key == key and _stands(directory / WEB, before):
        return WebResult(manifest.video, directory / WEB, before, False, before.warnings)
    with (
        publishing(directory / WEB, Web) as publication,
        TemporaryDirectory(dir=publication.folder) as scratch,
    ):
        folder, source = publication.folder, directory / manifest.joined.file
        encoding = Encoding(source, manifest, folder, store or Store(Path(scratch)), jobs)
        encoded, warnings = _encode(encoding, max_mib, say)
        say("pictures")
        names = _pictures(source, manifest, folder)
        made = [one.record for one in encoded if one.path != source]
        for name in (*(one.file for one in made), *names.values()):
            publication.add_file(name, folder / name)
        names["descriptions"] = f"descriptions.{manifest.language}.vtt"
        publication.add(names["descriptions"], descriptions_vtt(manifest.shots))
        record = Web(
            key=key,
            made_from=manifest.content_id,
            max_mib=max_mib,
            renditions=tuple(made),
            kept=tuple(one.record for one in encoded if one.path == source),
            **names,
            warnings=tuple(warnings),
            files=dict(sorted(publication.files.items())),
        )
        publication.finish(record)
    return WebResult(manifest.video, directory / WEB, record, True, tuple(warnings))


def _manifest(directory: Path) -> Manifest:
    path = directory / MANIFEST
    if not path.is_file():
        raise UsageError(f"no finished video in {directory}; `explainers render {directory.name}` makes it")
    return read_manifest(path, Manifest)


def _key(manifest: Manifest, max_mib: float) -> str:
    facts = manifest.model_dump(
        mode="json", include={"content_id", "chapters", "poster", "shots", "theme", "language"}
    )
    return digest_value([VERSION, ffmpeg.version(), max_mib, [asdict(codec) for codec in CODECS], facts])


def _stands(folder: Path, record: Web) -> bool:
    return all(is_file(folder / name, facts) for name, facts in record.files.items())


def _encode(encoding: Encoding, max_mib: float, say: Say) -> tuple[list[Encoded], list[str]]:
    encoded, warnings = [], []
    manifest = encoding.manifest
    minutes = manifest.duration_s / 60
    for codec in CODECS:
        one = kept(encoding.source, codec, manifest.joined, minutes, max_mib)
        one = one or fitted(encoding, codec, max_mib, say)
        encoded.append(one)
        say(one.summary(minutes))
        name, quality = one.path.name, one.quality
        if (rate := one.mib / minutes) > codec.mib_per_minute:
            warnings.append(f"{name}: {rate:.1f} MiB a minute, over {codec.mib_per_minute:g}")
        if quality and quality.minimum < codec.least_ssim:
            least = f"{quality.minimum:.4f}, under {codec.least_ssim:g}"
            warnings.append(f"{name}: least SSIM of text {least}")
    if encoding.encoded:
        say(f"{encoding.encoded} parts encoded, {encoding.reused} as they were")
    return encoded, warnings


def _pictures(source: Path, manifest: Manifest, folder: Path) -> dict[str, str]:
    at_s = manifest.poster.at_s
    poster_avif(source, at_s, folder / "poster.avif")
    social_picture(source, at_s, manifest.theme, folder / "social.jpg")
    loop_preview(source, manifest, folder / "loop.mp4")
    animated_webp(source, manifest, folder / "preview.webp")
    return {"avif": "poster.avif", "social": "social.jpg", "loop": "loop.mp4", "animated": "preview.webp"}


def descriptions_vtt(shots: Iterable[Shot]) -> str:
    """What is in the picture, shot by shot, for readers that speak descriptions: title and statement."""
    cues = []
    for shot in shots:
        texts = [" ".join(filled_lines(text)) for text in (shot.title, shot.statement) if text]
        if texts:
            sentences = ". ".join(text.rstrip(".") for text in texts)
            cues.append((shot.start_s, shot.end_s, f"{sentences}.", ""))
    return webvtt(cues)


# -- pictures for pages -------------------------------------------------------------------------------

SOCIAL = 1200, 630
LOOP_WIDTH, LOOP_S, LOOP_FPS = 640, 6.0, 30
ANIMATED_WIDTH, ANIMATED_S, ANIMATED_FPS = 560, 4.8, 10
ANIMATED_MIB = 1.0
"""The animated picture plays once and under five seconds: nobody can pause it."""

_EXCERPTS = 4
_AVIF_QUALITY, _SOCIAL_QUALITY = 70, 86


def frame_at(source: Path, at_s: float) -> Image:
    """The frame on screen at `at_s`, as RGB."""
    import av

    with av.open(str(source)) as container:
        stream = container.streams.video[0]
        container.seek(int(at_s / float(stream.time_base or 1)), stream=stream)
        last = None
        for frame in container.decode(stream):
            if last is not None and (frame.time or 0.0) > at_s + 1e-6:
                break
            last = frame
        if last is None:
            raise RenderFailed(f"{source.name} has no frame at {at_s:g} s")
        return last.to_image()


def poster_avif(source: Path, at_s: float, out: Path) -> None:
    """The poster as AVIF: a third of the JPEG's bytes."""
    frame_at(source, at_s).save(
        out, "AVIF", quality=_AVIF_QUALITY, subsampling="4:4:4", speed=6, max_threads=1
    )


def social_picture(source: Path, at_s: float, theme: str, out: Path) -> None:
    """1200x630 for links in chats: a wide frame loses a little above and below, a tall one gets margins."""
    from PIL import Image

    frame = frame_at(source, at_s)
    width, height = SOCIAL
    fill = frame.width / frame.height >= 1.6
    scale = max(width / frame.width, height / frame.height) if fill else height / frame.height
    size = round(frame.width * scale), round(frame.height * scale)
    picture = Image.new("RGB", SOCIAL, THEMES.get(theme, THEMES["ink"]).background)
    picture.paste(
        frame.resize(size, Image.Resampling.LANCZOS), ((width - size[0]) // 2, (height - size[1]) // 2)
    )
    picture.save(out, "JPEG", quality=_SOCIAL_QUALITY, subsampling=0, optimize=True, progressive=True)


def excerpts(manifest: Manifest, length_s: float) -> list[tuple[float, float]]:
    """Start and end of stretches that show the video: the middles of its longest shots, in order."""
    shots = manifest.shots or (Shot(id="all", start_s=0.0, end_s=manifest.duration_s),)
    longest = sorted(shots, key=lambda shot: shot.start_s - shot.end_s)[:_EXCERPTS]
    each = length_s / len(longest)
    stretches = []
    for shot in sorted(longest, key=lambda shot: shot.start_s):
        middle, half = (shot.start_s + shot.end_s) / 2, min(each, shot.end_s - shot.start_s) / 2
        stretches.append((middle - half, middle + half))
    return stretches


def _cut(manifest: Manifest, length_s: float, width: int, fps: int) -> str:
    """The filter graph that joins the excerpts, made small."""
    parts = excerpts(manifest, length_s)
    wanted = "+".join(f"between(t,{start:.3f},{end:.3f})" for start, end in parts)
    width = min(width, manifest.width)
    # Excerpts are picked, counted anew and only then thinned out, so that each keeps its own pace.
    return f"select='{wanted}',setpts=N/({manifest.fps}*TB),fps={fps},scale={width}:-2:flags=lanczos"


def loop_preview(source: Path, manifest: Manifest, out: Path) -> None:
    """A few seconds without sound, small, H.264: for cards and lists."""
    graph = _cut(manifest, LOOP_S, LOOP_WIDTH, int(min(LOOP_FPS, manifest.fps)))
    video = ["-c:v", "libx264", "-preset", "slow", "-crf", "26", "-threads", "4", "-pix_fmt", "yuv420p"]
    ffmpeg.run(
        ["-y", "-i", source, "-an", "-vf", f"{graph},{TAGGED}", *video, *BITEXACT, out], "the loop preview"
    )


def animated_webp(source: Path, manifest: Manifest, out: Path) -> None:
    """An animated picture of at most `ANIMATED_MIB`: it plays once and rests on its last frame.

    RenderFailed where even the lowest quality is larger.
    """
    frames = _frames(source, _cut(manifest, ANIMATED_S, ANIMATED_WIDTH, ANIMATED_FPS))
    for quality in (75, 60, 45, 30, 15):
        data = BytesIO()
        every_ms = 1000 // ANIMATED_FPS
        frames[0].save(
            data,
            "WEBP",
            save_all=True,
            append_images=frames[1:],
            duration=every_ms,
            loop=1,
            quality=quality,
            method=4,
        )
        if data.tell() <= ANIMATED_MIB * 2**20:
            out.write_bytes(data.getvalue())
            return
    raise RenderFailed(
        f"{out.name}: {data.tell() / 2**20:.2f} MiB at its smallest, over {ANIMATED_MIB:g} MiB"
    )


def _frames(source: Path, graph: str) -> list[Image]:
    """The frames a filter graph gives, as RGB pictures."""
    from PIL import Image

    with TemporaryDirectory() as folder:
        ffmpeg.run(["-i", source, "-an", "-vf", graph, Path(folder) / "%04d.png"], "the animated picture")
        paths = sorted(Path(folder).glob("*.png"))
        return [Image.open(path).convert("RGB") for path in paths]
