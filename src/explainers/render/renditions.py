"""Renditions for web pages, made from a finished video: AV1, a smaller H.264 where it needs one, pictures.

They stand in `web/` beside the manifest with a manifest of their own, which names the content they were
made from: a new render makes it out of date, and nothing is lost in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from explainers import ffmpeg
from explainers.digest import digest_file, digest_value
from explainers.errors import UsageError
from explainers.manifest import MANIFEST, WEB, Line, Manifest, Shot, Web, manifest_in, read_manifest
from explainers.render.publication import filled_lines, is_file, publishing, webvtt
from explainers.render.rendition_encoder import AV1, H264, PHONE, Codec, Encoded, Encoding, fitted, kept
from explainers.render.store import Store
from explainers.render.web_pictures import pictures
from explainers.voice.track import AAC, OPUS, TRACK, mux
from explainers.voice.track import CODECS as SOUNDS

VERSION = "renditions/4"
"""Version of how they are made: part of the key that says whether they are up to date."""

HARD_LIMIT_MIB = 25.0
"""What a static host takes in one file (Cloudflare Pages: 25 MiB)."""

CODECS: tuple[Codec, ...] = (AV1, H264, PHONE)
"""The table of what is made: AV1 comes first on a page where it earns its place, H.264 is for everybody else,
and a smaller one for phones."""

LEAST_SAVING = 0.25
"""How much smaller than H.264 AV1 must be where text is as clear, or it is not made: it takes minutes."""

MOST_BANDING = 5.0
"""The CAMBI from which on bands are seen. AV1 with more is not made, unless H.264 has as much."""

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
    least_saving: float | None = LEAST_SAVING,
) -> WebResult:
    """Make what pages need of the video in `directory`, unless it is there and up to date.

    No file is larger than `max_mib` MiB. Parts of the video whose pictures are in the `store` are not encoded
    again; `jobs` are encoded at a time, and the bytes don't depend on it. AV1 that is not `least_saving`
    smaller than H.264 on a sample of parts, or has bands there, is not made; None makes it unasked.
    UsageError where there is no finished video; RenderFailed where the budget can't be met or ffmpeg fails.
    """
    manifest = _manifest(directory)
    key = _key(manifest, max_mib, least_saving)
    before = manifest_in(directory / WEB, Web)
    # A folder that came with its record is no proof that it was made here.
    made_here, name = {"web": digest_value(before.as_json()) if before else ""}, f"web/{manifest.video}"
    known = store is None or store.recall(name) == made_here
    if before and before.key == key and known and _stands(directory / WEB, before):
        return WebResult(manifest.video, directory / WEB, before, False, before.warnings)
    with (
        publishing(directory / WEB, Web) as publication,
        TemporaryDirectory(dir=publication.folder) as scratch,
    ):
        folder, source = publication.folder, directory / manifest.joined.file
        encoding = Encoding(source, manifest, folder, store or Store(Path(scratch)), jobs, say)
        sound = manifest.joined.sound
        room = _SOUND_MIB_PER_MINUTE * manifest.duration_s / 60 if sound else 0.0
        encoded, warnings = _encode(encoding, max_mib - room, least_saving, say)
        encoded = [_with_sound(one, sound, source, encoding.store) for one in encoded] if sound else encoded
        say("pictures")
        names, posters = pictures(source, manifest, folder)
        made = [one.record for one in encoded if one.path != source]
        for name in (*(one.file for one in made), *(poster.file for poster in posters), *names.values()):
            publication.add_file(name, folder / name)
        names["descriptions"] = f"descriptions.{manifest.language}.vtt"
        publication.add(names["descriptions"], descriptions_vtt(manifest.shots, manifest.lines))
        record = Web(
            key=key,
            made_from=manifest.content_id,
            max_mib=max_mib,
            renditions=tuple(made),
            kept=tuple(one.record for one in encoded if one.path == source),
            **names,
            posters=posters,
            warnings=tuple(warnings),
            files=dict(sorted(publication.files.items())),
        )
        publication.finish(record)
    if store is not None:
        store.remember(name, {"web": digest_value(record.as_json())})
    return WebResult(manifest.video, directory / WEB, record, True, tuple(warnings))


def _manifest(directory: Path) -> Manifest:
    path = directory / MANIFEST
    if not path.is_file():
        raise UsageError(f"no finished video in {directory}; `explainers render {directory.name}` makes it")
    return read_manifest(path, Manifest)


def _key(manifest: Manifest, max_mib: float, least_saving: float | None) -> str:
    facts = manifest.model_dump(
        mode="json", include={"content_id", "chapters", "poster", "shots", "theme", "language"}
    )
    heard = [manifest.joined.sound, [line.text for line in manifest.lines]]
    sound = heard if manifest.joined.sound else []
    return digest_value(
        [VERSION, ffmpeg.version(), max_mib, least_saving, [asdict(codec) for codec in CODECS], facts, *sound]
    )


def _stands(folder: Path, record: Web) -> bool:
    return all(is_file(folder / name, facts) for name, facts in record.files.items())


def _encode(
    encoding: Encoding, max_mib: float, least_saving: float | None, say: Say
) -> tuple[list[Encoded], list[str]]:
    encoded, warnings = [], []
    manifest = encoding.manifest
    minutes = manifest.duration_s / 60
    for codec in CODECS:
        if not codec.is_for(manifest) or (codec is AV1 and not _earns(encoding, least_saving, say)):
            continue
        one = None if codec.side else kept(encoding.source, codec, manifest.joined, minutes, max_mib)
        one = one or fitted(encoding, codec, max_mib, say)
        encoded.append(one)
        say(one.summary(minutes))
        name, quality = one.path.name, one.quality
        if (rate := one.mib / minutes) > codec.mib_per_minute:
            warnings.append(f"{name}: {rate:.1f} MiB a minute, over {codec.mib_per_minute:g}")
        if quality and quality.minimum < codec.least_ssim:
            least = f"{quality.minimum:.4f}, under {codec.least_ssim:g}"
            warnings.append(f"{name}: least SSIM of text {least}")
        if quality and quality.banding and round(quality.banding, 1) > MOST_BANDING:
            warnings.append(f"{name}: bands, CAMBI {quality.banding:.1f}, over {MOST_BANDING:g}")
    if encoding.encoded:
        say(f"{encoding.encoded} parts encoded, {encoding.reused} as they were")
    return encoded, warnings


def _earns(encoding: Encoding, least_saving: float | None, say: Say) -> bool:
    """Whether AV1 saves enough for its minutes and shows no bands, by a sample of the video; None takes it
    for granted. It keeps the fine dither of lit grounds only at a quality that saves nothing."""
    if least_saving is None:
        return True
    say("AV1: a sample against H.264")
    saving, bands, others = encoding.compared(AV1, H264)
    why = f"under {least_saving:.0%}" if saving < least_saving else ""
    if bands is None:
        why = why or "its bands can't be measured"
    elif round(bands, 1) > max(MOST_BANDING, round(others or 0, 1)):
        why = why or f"with bands, CAMBI {bands:.1f}, over {MOST_BANDING:g}"
    verdict = f", {why}: not made" if why else ""
    say(f"AV1: {saving:.0%} smaller than H.264 at the same clearness of text{verdict}")
    return not why


_SOUND_MIB_PER_MINUTE = 1.0
"""Room in the budget that is kept for sound."""


def _with_sound(encoded: Encoded, sound: str, joined: Path, store: Store) -> Encoded:
    """The rendition with the film's sound: Opus beside AV1, from the takes where the store still has their
    track, and elsewhere what the joined video has."""
    if encoded.path == joined:
        return encoded
    track = store.find(sound)
    opus = OPUS if encoded.record.is_av1 and track else None
    silent = encoded.path.rename(encoded.path.with_name(f"silent-{encoded.path.name}"))
    mux(silent, track.files[TRACK] if opus and track else joined, encoded.path, opus)
    silent.unlink()
    codecs = f"{encoded.record.codecs}, {SOUNDS[opus or AAC]}"
    changed = {
        "codecs": codecs,
        "sound": sound,
        "bytes": encoded.path.stat().st_size,
        "sha256": digest_file(encoded.path),
    }
    return replace(encoded, record=encoded.record.model_copy(update=changed))


_TOGETHER_S = 0.5
"""What comes within that time is one description: nobody could read the first of it alone."""


def descriptions_vtt(shots: Iterable[Shot], lines: Sequence[Line] = ()) -> str:
    """What is in the picture, for readers that speak descriptions: titles, statements and results, and in
    quotes the lines that are said, each from when it comes until the next does, or until its shot ends."""
    cues = []
    for shot in shots:
        said = [
            (line.start_s, f"“{line.text}”") for line in lines if shot.start_s <= line.start_s < shot.end_s
        ]
        moments: list[tuple[float, list[str]]] = []
        for start, text in sorted([*shot.words(), *said], key=lambda each: each[0]):
            if moments and start - moments[-1][0] < _TOGETHER_S:
                moments[-1][1].append(text)
            else:
                moments.append((start, [text]))
        ends = [*(start for start, _ in moments), shot.end_s][1:]
        for (start, texts), end in zip(moments, ends, strict=True):
            if (line := " ".join(piece for text in texts for piece in filled_lines(text))) and end > start:
                cues.append((start, end, line, ""))
    return webvtt(cues)
