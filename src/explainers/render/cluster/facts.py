"""What is installed on a machine, as far as it may change a pixel or a byte; and how two machines differ."""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import explainers
from explainers import ffmpeg
from explainers.digest import digest_file, digest_value
from explainers.errors import ExplainersError
from explainers.render.versions import font_digests, footage_versions, versions

_SHOWN = 4


@cache
def facts() -> Mapping[str, str]:
    """Versions, digests of fonts and of our own sources, by what they are of."""
    found = dict(versions() | footage_versions())
    found["explainers"] = f"{found['explainers']} with sources {_sources()[:12]}"
    found["Python"] = ".".join(map(str, sys.version_info[:2]))
    found["machine"] = f"{platform.system()} {platform.machine()}"
    try:
        found["ffmpeg"] = ffmpeg.version()
        found |= {f"the font {name}": digest[:12] for name, digest in font_digests().items()}
    except ExplainersError as error:
        found["missing"] = str(error)
    return found


def differences(here: Mapping[str, str], there: Mapping[str, str]) -> str | None:
    """How another machine differs from this one, in words; None where it does not."""
    names = sorted(name for name in {*here, *there} if here.get(name) != there.get(name))
    words = [f"{name} {there.get(name, 'missing')} (here {here.get(name, 'missing')})" for name in names]
    if len(words) > _SHOWN:
        words = [*words[:_SHOWN], f"and {len(words) - _SHOWN} more"]
    return ", ".join(words) or None


def _sources() -> str:
    root = Path(explainers.__file__).parent
    files = sorted(root.rglob("*.py"))
    return digest_value([[file.relative_to(root).as_posix(), digest_file(file)] for file in files])
