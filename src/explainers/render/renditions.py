"""Renditions for web pages, made from a finished video: AV1, a smaller H.264 where it needs one, pictures.

They stand in `web/` beside the manifest with a manifest of their own, which names the content they were
made from: a new render makes it out of date, and nothing is lost in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from explainers import ffmpeg
from explainers.digest import digest_value
from explainers.errors import UsageError
from explainers.manifest import MANIFEST, WEB, Manifest, Shot, Web, manifest_in, read_manifest
from explainers.render.publication import is_file, publishing
from explainers.render.rendition_encoder import (
    AV1,
    H264,
    MIB,
    Codec,
    Encoded,
    Encoding,
    Shelf,
    Unkept,
    fitted,
    kept,
)
from explainers.render.rendition_pictures import animated_webp, loop_preview, poster_avif, social_picture
from explainers.render.tracks import escaped
from explainers.timing import timecode

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
    shelf: Shelf | None = None,
    jobs: int = 1,
) -> WebResult:
    """Make what pages need of the video in `directory`, unless it is there and up to date.

    No file is larger than `max_mib` MiB. Parts of the video whose pictures are on the `shelf` are not encoded
    again; `jobs` are encoded at a time, and the bytes don't depend on it. UsageError where there is no
    finished video; RenderFailed where the budget can't be met or ffmpeg fails.
    """
    manifest = _manifest(directory)
    key = _key(manifest, max_mib)
    before = manifest_in(directory / WEB, Web)
    if before and before.key == key and _stands(directory / WEB, before):
        return WebResult(manifest.video, directory / WEB, before, False, before.warnings)
    with publishing(directory / WEB, Web) as publication, TemporaryDirectory(dir=publication.folder) as aside:
        source = directory / manifest.joined.file
        encoding = Encoding(source, manifest, publication.folder, shelf or Unkept(Path(aside)), jobs)
        encoded, warnings = _encode(encoding, max_mib, say)
        say("pictures")
        names = _pictures(source, manifest, publication.folder)
        for one in encoded:
            if one.path.parent == publication.folder:
                publication.add_file(one.path.name, one.path)
        for name in names.values():
            publication.add_file(name, publication.folder / name)
        names["descriptions"] = f"descriptions.{manifest.language}.vtt"
        publication.add(names["descriptions"], descriptions_vtt(manifest.shots))
        record = Web(
            key=key,
            made_from=manifest.content_id,
            max_mib=max_mib,
            renditions=tuple(one.record() for one in encoded if one.path.parent == publication.folder),
            kept=tuple(one.record() for one in encoded if one.path.parent != publication.folder),
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
        own = kept(encoding.source, codec, manifest.joined, minutes, max_mib)
        one = own or fitted(encoding, codec, max_mib, say)
        encoded.append(one)
        say(one.summary(minutes))
        rate = one.bytes / MIB / minutes
        if rate > codec.mib_per_minute:
            warnings.append(f"{one.path.name}: {rate:.1f} MiB a minute, over {codec.mib_per_minute:g}")
        if one.quality and one.quality.minimum < codec.least_ssim:
            warnings.append(
                f"{one.path.name}: least SSIM of text {one.quality.minimum:.4f}, under {codec.least_ssim:g}"
            )
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
    """What is seen, shot by shot, for readers that speak descriptions: title and statement."""
    blocks = []
    for shot in shots:
        words = [escaped(text).replace("\n", " ") for text in (shot.title, shot.statement) if text]
        if words:
            times = f"{timecode(shot.start_s, hours=True)} --> {timecode(shot.end_s, hours=True)}"
            blocks.append(f"{times}\n{'. '.join(word.rstrip('.') for word in words)}.")
    return "\n\n".join(["WEBVTT", *blocks]) + "\n"
