"""Versions of what draws and encodes, found without importing it: part of every key."""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

from explainers.digest import digest_file
from explainers.fonts import PACKAGES as FAMILIES
from explainers.fonts import font_files

PACKAGES = ("manim", "manimpango", "pycairo", "numpy", "av", "pillow", "matplotlib", "typst", "moviepy")
FOOTAGE = ("pypdfium2", "pyte", "wcwidth")
_TEXT = {
    "pango-1.0": "pango_version_string",
    "harfbuzz": "hb_version_string",
    "pixman-1": "pixman_version_string",
}
"""What lays out and paints text below Manim, with the function that tells the version."""

_AV_LIBRARIES = ("libx264", "libswscale", "libavcodec", "libavformat")


@cache
def versions() -> dict[str, str]:
    """Package versions by name, and `cairo` and `libx264` as they are installed here."""
    found = {"explainers": _version("explainers")}
    found |= {name: _version(name) for name in PACKAGES}
    return {**found, "cairo": _cairo(), **_text_libraries(), **_libraries()}


@cache
def footage_versions() -> dict[str, str]:
    """Versions of what the `footage` extra brings; `missing` where it is not installed."""
    return {name: _version(name) for name in FOOTAGE}


@cache
def drawing_versions() -> dict[str, str]:
    """The versions that can change a pixel; our own is not one, our sources are in the keys."""
    own = {name: value for name, value in versions().items() if name != "explainers"}
    return own | footage_versions()


@cache
def encoding_versions() -> dict[str, str]:
    """The versions that decide the bytes that pixels are encoded to."""
    return {name: value for name, value in versions().items() if name == "av" or name in _AV_LIBRARIES}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def _cairo() -> str:
    import cairo

    return cairo.cairo_version_string()


def _text_libraries() -> dict[str, str]:
    """The machine's own libraries, asked for their versions; `unknown` where one goes by another name."""
    found = {}
    for name, function in _TEXT.items():
        file = f"lib{name}.0.dylib" if sys.platform == "darwin" else f"lib{name}.so.0"
        try:
            ask = getattr(ctypes.CDLL(file), function)
        except (OSError, AttributeError):
            found[name.removesuffix("-1.0").removesuffix("-1")] = "unknown"
            continue
        ask.restype = ctypes.c_char_p
        found[name.removesuffix("-1.0").removesuffix("-1")] = ask().decode()
    return found


def _libraries() -> dict[str, str]:
    """PyAV's wheels carry their libraries under names that end in a digest and a version."""
    try:
        package = Path(str(distribution("av").locate_file("av")))
    except PackageNotFoundError:
        return {"libx264": "missing"}
    found = {}
    for folder in (package.with_name("av.libs"), package / ".dylibs"):
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            name = path.name.split("-")[0].split(".")[0]
            if name in _AV_LIBRARIES:
                found[name] = path.name.removeprefix(name).strip("-.")
    return found or {"libx264": _built_in()}


def _built_in() -> str:
    """Of a PyAV built against the machine's own libraries."""
    import av

    return " ".join(
        f"{name}={'.'.join(map(str, parts))}" for name, parts in sorted(av.library_versions.items())
    )


@cache
def font_digests() -> dict[str, str]:
    """Digest of every font file, by its name; MissingDependency where a font is not there."""
    return {path.name: digest_file(path) for family in FAMILIES for path in font_files(family)}
