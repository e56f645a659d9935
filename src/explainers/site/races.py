"""Races on a site: the element with its table, a page for each race, and the files that all of them share.

What a race shows is in its `race.json`, which `race_data` writes beside the finished video.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files as package_files
from pathlib import Path
from typing import Any

from markupsafe import Markup

from explainers.site import text
from explainers.site.urls import Urls
from explainers.site.videos import RACE, RACES, Video

LETTERS = "race-sans.woff"
SHARED = ("race.js", "race_views.js", "race.css", LETTERS, "race-mono.woff")
"""Files of the element, beside the player."""
UNKNOWN = "–"


def shared_files() -> dict[str, str | Path]:
    """The element, its style and its type, by name."""
    return {name: text.asset(name) if name.endswith(".js") else asset_path(name) for name in SHARED}


def asset_path(name: str) -> Path:
    """A shipped file, which may be no text."""
    return Path(str(package_files("explainers.site") / "assets" / name))


def pages_of(video: Video) -> dict[str, str | Path]:
    """For each race of a video its page, and the element that takes the place of a link to that page."""
    files: dict[str, str | Path] = {}
    for shot, data in video.races.items():
        files[f"{RACES}/{shot}/index.html"] = race_page(data, "../../../", video.manifest.language)
        files[f"{RACES}/{shot}/race.html"] = "\n".join(element_lines(data, RACE)) + "\n"
    return files


def race_page(data: dict[str, Any], up: str, language: str = "en", made_alone: bool = False) -> str:
    """The page of a race; the shared files are in the folder `up` from it.

    So is the film's page, which it leads to unless it is `made_alone`.
    """
    race = Markup("\n".join(element_lines(data, RACE)))
    film = None if made_alone else f"{up}{data['video']}/index.html"
    return text.page("race_page.html", language=language, title=data["title"], up=up, race=race, film=film)


def race_lines(video: Video, shot: str, urls: Urls, on_pause: bool = False) -> list[str]:
    """The element of one race of a video for any page of the site."""
    return element_lines(video.races[shot], urls.file(video, f"{RACES}/{shot}/{RACE}"), on_pause)


def element_lines(data: dict[str, Any], src: str, on_pause: bool = False) -> list[str]:
    """`<explainer-race>` with the table that stands in it without scripts.

    With `on_pause` it is there while the film is paused over its race.
    """
    cards = data.get("cards") or {"cells": [], "runs": []}
    headings = [*_headings(data).values(), *(cell["heading"] for cell in cards["cells"][1:])]
    values = {"headings": headings, "rows": list(_rows(data)), "on_pause": on_pause}
    return text.page("race.html", src=src, data=data, **values).splitlines()


def race_link(video: Video, shot: str, urls: Urls, before: str = "", rst: bool = False) -> str:
    """A link to the race's page, in Markdown or reStructuredText; the page's script makes it a race.

    `before` the address stands what keeps an engine from taking it for a file of its own.
    """
    address = before + urls.file(video, f"{RACES}/{shot}/index.html")
    label = f"{video.races[shot]['title']}: the race, to play and to scrub"
    if rst:
        return f"`{text.one_line(label).replace('`', '')} <{address}>`__"
    return f"[{text.markdown(label)}]({address})"


def _rows(data: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Each run with its final counters and its card's figures, as headed; what is not known is a dash."""
    for run in data["runs"]:
        counters = run["counters"]
        cells = [run["end"] if run["arrives"] else UNKNOWN]
        cells += [last_text(counters[name]) if name in counters else UNKNOWN for name in _headings(data)]
        if cards := data.get("cards"):
            figures = cards["runs"][data["runs"].index(run)]["cells"][1:]
            cells += [
                f"{figure['text']} ({figure['change']})" if "change" in figure else figure["text"]
                for figure in figures
            ]
        yield run["label"] + (f" ({run['lost']})" if run["lost"] else ""), cells


def _headings(data: dict[str, Any]) -> dict[str, str]:
    """The counters that any run has, by name: what each is called."""
    found = {name: one["label"] for run in data["runs"] for name, one in run["counters"].items()}
    if "count" in found and data["unit"]:
        found["count"] = f"{data['unit']} done"
    return found


def last_text(found: dict[str, Any]) -> str:
    """A column's last value as it is written."""
    value, digits = sum(found["values"]), found.get("digits", 0)
    if value < 0:
        return str(found["words"][-1 - value])
    whole, rest = divmod(value, 10**digits)
    return f"{whole:,}" + (f".{rest:0{digits}d}" if digits else "") + str(found.get("unit", ""))
