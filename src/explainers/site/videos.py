"""Finished videos, as `renders/<video>/manifest.json` describes them: what every embed is made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from explainers.errors import Diagnostic, InvalidInput, Place, UsageError, nearest
from explainers.manifest import (
    MANIFEST,
    WEB,
    Manifest,
    PosterSize,
    Rendition,
    Web,
    WebRendition,
    read_manifest,
)
from explainers.theme import INK, THEMES

TRANSCRIPT = "transcript.md"


@dataclass(frozen=True)
class Video:
    """A manifest, its folder, what was made for the web, and its other themes and shapes."""

    manifest: Manifest
    folder: Path
    web: Web | None = None
    variants: tuple[Video, ...] = ()

    @property
    def name(self) -> str:
        return self.manifest.video

    @property
    def tone(self) -> str:
        """Whether its theme belongs on a `dark` or a `light` page."""
        return "dark" if THEMES.get(self.manifest.theme, INK).dark else "light"

    @property
    def shape(self) -> str:
        """`wide`, `square` or `upright`."""
        m = self.manifest
        return "wide" if m.width > m.height else "upright" if m.width < m.height else "square"

    @cached_property
    def sources_in_order(self) -> tuple[Rendition, ...]:
        """Renditions as a page lists them: the one for phones before larger files, AV1 first, H.264 last.

        A rendition for the web takes the place of the joined video of the same codec; one with captions
        in the picture is none for a page, whose track would show them twice.
        """
        made = self.web.renditions if self.web else ()
        families = {one.codecs.split(".")[0] for one in made if not one.for_phones}
        own = [one for one in self.manifest.renditions if one.captions != "burned"]
        kept = [*made, *(one for one in own if one.codecs.split(".")[0] not in families)]
        listed = sorted(kept or own, key=lambda one: (not one.is_av1, -one.width * one.height))
        phone = self.phone_source
        at = next((i for i, one in enumerate(listed) if phone and one.bytes > phone.bytes), 0)
        others = [one for one in listed if one is not phone]
        return (*others[:at], phone, *others[at:]) if phone else tuple(listed)

    @property
    def phone_source(self) -> WebRendition | None:
        """The smaller rendition, for narrow screens."""
        return next((one for one in self.web.renditions if one.for_phones), None) if self.web else None

    @property
    def smallest_source(self) -> Rendition | None:
        """What is played where data is to be saved; None where there is too little to choose from."""
        sources = self.sources_in_order
        return min(sources, key=lambda source: source.bytes) if len(sources) > 2 else None

    @property
    def poster_file(self) -> str:
        """The picture before play, as small as a phone wants it."""
        jpegs = [one.file for one in self.web.posters if one.type == "image/jpeg"] if self.web else []
        return jpegs[-1] if jpegs else self.manifest.poster.jpg

    @property
    def posters_by_type(self) -> dict[str, list[PosterSize]]:
        """The poster's sizes, small before large, by format, the smallest files first."""
        found: dict[str, list[PosterSize]] = {}
        for one in self.web.posters if self.web else ():
            found.setdefault(one.type, []).append(one)
        return found

    @property
    def linked_poster(self) -> str:
        """The picture for a link; its play mark is in it once the renditions are made."""
        return (self.web.linked if self.web else None) or self.manifest.poster.jpg

    def path(self, name: str) -> Path:
        """Where a file of the video is: made for the web, or beside the manifest."""
        made = self.folder / WEB / name
        return made if self.web and made.is_file() else self.folder / name

    def files(self) -> list[str]:
        """Every file a page of the video can ask for."""
        m, web = self.manifest, self.web
        wanted = [*(one.file for one in self.sources_in_order), m.poster.jpg, m.poster.webp, m.chapters_file]
        wanted += [track.file for track in m.captions]
        if web:
            wanted += [one.file for one in web.posters]
            wanted += [web.linked, web.social, web.loop, web.animated, web.descriptions]
        if (self.folder / TRANSCRIPT).is_file():
            wanted.append(TRANSCRIPT)
        return list(dict.fromkeys(name for name in wanted if name))


def load_video(folder: Path) -> Video:
    """The video in `folder`, with its variants: the same video in another theme or shape, in folders of it.

    InvalidInput where a manifest is broken or a file is missing.
    """
    video = _load(folder)
    variants = [_load(path.parent) for path in sorted(folder.glob(f"*/{MANIFEST}")) if _may_vary(path.parent)]
    kept: dict[tuple[str, str], Video] = {}
    for one in variants:
        look = one.manifest.theme, one.shape
        if one.name == video.name and look != (video.manifest.theme, video.shape):
            kept.setdefault(look, one)
    return replace(video, variants=tuple(kept.values()))


def _may_vary(folder: Path) -> bool:
    return folder.name != WEB and not folder.name.startswith(".")


def _load(folder: Path) -> Video:
    path, made = folder / MANIFEST, folder / WEB / MANIFEST
    manifest = read_manifest(path, Manifest)
    web = read_manifest(made, Web) if made.is_file() else None
    if web and web.made_from != manifest.content_id:
        web = None
    video = Video(manifest, folder, web)
    missing = [name for name in video.files() if not video.path(name).is_file()]
    if missing:
        place = Place(str(path), 1, 1)
        raise InvalidInput([Diagnostic("missing-file", f"{name} is not there", place) for name in missing])
    return video


def load_videos(renders: Path, names: Sequence[str] = ()) -> tuple[Video, ...]:
    """The videos in `renders`, sorted by name; only `names` where some are given.

    UsageError where a named video has not been rendered.
    """
    found = {path.parent.name: path.parent for path in sorted(renders.glob(f"*/{MANIFEST}"))}
    for name in names:
        if name not in found:
            near = nearest(name, found)
            hint = f"; did you mean {near!r}?" if near else f"; rendered: {', '.join(found) or 'none yet'}"
            raise UsageError(f"no finished video {name!r} in {renders}{hint}")
    return tuple(load_video(folder) for name, folder in found.items() if not names or name in names)
