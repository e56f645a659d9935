"""The static folder of all videos: media, player, watch pages, index, sitemap and oEmbed, for any host."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from explainers.site.figure import figure_lines
from explainers.site.jsonld import oembed
from explainers.site.settings import SiteSettings
from explainers.site.sitemap import sitemap
from explainers.site.urls import Urls
from explainers.site.videos import MANIFEST, Video
from explainers.site.watch import asset, embed_page, index_page, watch_page


def site_files(videos: Sequence[Video], settings: SiteSettings, urls: Urls) -> dict[str, str | Path]:
    """Every file of the folder by its path in it; `urls` are those of the finished site.

    Pages point at their neighbours relatively, so that the folder may move; only what must be
    absolute (JSON-LD, Open Graph, the sitemap) is, and only where the site's base is known.
    """
    style = asset("player.css").replace("/videos/", f"/{settings.folder}/")
    files: dict[str, str | Path] = {"player.js": asset("player.js"), "player.css": style}
    for video in videos:
        files |= _video_files(video, settings, urls)
    files["index.html"] = index_page(videos, settings, urls)
    if listed := sitemap(videos, settings, urls):
        files["sitemap.xml"] = listed
    return files


def _video_files(video: Video, settings: SiteSettings, urls: Urls) -> dict[str, str | Path]:
    here = f"{video.name}/"
    files: dict[str, str | Path] = {here + name: video.path(name) for name in video.files()}
    files[here + MANIFEST] = video.folder / MANIFEST
    for variant in video.variants:
        for name in variant.files():
            files[f"{here}{variant.folder.name}/{name}"] = variant.path(name)
    files[here + "index.html"] = watch_page(video, settings, urls)
    files[here + "embed.html"] = embed_page(video, settings, urls)
    # What the script puts in place of a linked poster; its URLs are right from any page of the site.
    files[here + "player.html"] = "\n".join(figure_lines(video, urls)) + "\n"
    if described := oembed(video, settings, urls):
        files[here + "oembed.json"] = json.dumps(described, ensure_ascii=False, indent=1) + "\n"
    return files
