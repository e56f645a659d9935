"""What `doctor` looks at."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module

NEEDED_ENCODERS = ("libx264",)
PYTHON = (3, 11)


@dataclass(frozen=True)
class Finding:
    """One thing that is needed: what was found, whether it will do, and the command that brings it."""

    name: str
    found: str
    fine: bool
    remedy: str = ""


def findings() -> list[Finding]:
    """Everything a render needs, looked at here and now."""
    return [*_python(), *_packages(), *_footage(), *_fonts(), *_encoders()]


def _python() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("python", version, sys.version_info >= PYTHON, "install Python 3.11 or later")


def _packages() -> Iterator[Finding]:
    from explainers.render.versions import versions

    imports = {
        "manim": "manim",
        "manimpango": "manimpango",
        "pycairo": "cairo",
        "av": "av",
        "moviepy": "moviepy",
    }
    for name, version in versions().items():
        module = imports.get(name)
        problem = _import_problem(module) if module else None
        fine = version != "missing" and problem is None
        yield Finding(name, problem or version, fine, _remedy(name))


def _footage() -> Iterator[Finding]:
    """What terminal recordings and PDF figures need; nothing else does, so its absence is no fault."""
    from explainers.render.versions import footage_versions

    for name, version in footage_versions().items():
        found = version if version != "missing" else "missing; terminal recordings and PDF figures need it"
        yield Finding(name, found, True, "pip install 'explainers[footage]'")


def _import_problem(module: str) -> str | None:
    try:
        import_module(module)
    except Exception as error:
        # An import may fail in any way: a missing shared library is an OSError or an ImportError.
        return f"{type(error).__name__}: {error}"
    return None


_BUILT = "`make setup`, or libcairo2-dev, libpango1.0-dev, pkg-config, a C compiler and then pip install"


def _remedy(name: str) -> str:
    if name in ("pycairo", "cairo", "manim", "manimpango"):
        return f"{_BUILT} {name}"
    return f"pip install {name}"


def _fonts() -> Iterator[Finding]:
    from explainers.fonts import PACKAGES, font_files

    for family, package in PACKAGES.items():
        found, problem = _tried(lambda family=family: font_files(family)[0].name)  # type: ignore[misc]
        yield Finding(f"font {family}", found or problem, bool(found), f"pip install {package}")


def _encoders() -> Iterator[Finding]:
    from explainers import ffmpeg

    found, problem = _tried(ffmpeg.version)
    yield Finding("ffmpeg", found or problem, bool(found), "pip install --force-reinstall imageio-ffmpeg")
    for name in NEEDED_ENCODERS:
        there = bool(found) and name in ffmpeg.encoders()
        remedy = "unset IMAGEIO_FFMPEG_EXE, or point it at an ffmpeg that has it"
        yield Finding(f"encoder {name}", "in ffmpeg" if there else "not in ffmpeg", there, remedy)


def _tried(look: Callable[[], str]) -> tuple[str, str]:
    try:
        return look(), ""
    except Exception as error:
        return "", str(error)
