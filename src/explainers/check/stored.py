"""What drawing a shot left in the store for the referee: its geometry and its luminance."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from explainers.check.subject import Drawn
from explainers.film.luminance import Luminance, load_luminance
from explainers.render.store import Store

GEOMETRY, LUMINANCE = "geometry.json", "luminance.npz"
"""Names of files in a clip's product."""

FORMAT = 1
"""The version of geometry that is read here."""


def drawn_of(
    store: Store, keys: Mapping[str, str], fades: Mapping[str, str] | None = None
) -> dict[str, Drawn]:
    """The stored products of shots: `keys` are their clips' by shot id, `fades` those of cross-fades."""
    found = {}
    for shot_id, key in keys.items():
        files, into = _files(store, key), _files(store, (fades or {}).get(shot_id))
        found[shot_id] = Drawn(
            _geometry(files.get(GEOMETRY)), _luminance(files.get(LUMINANCE)), _luminance(into.get(LUMINANCE))
        )
    return found


def _files(store: Store, key: str | None) -> Mapping[str, Path]:
    product = store.find(key) if key else None
    return product.files if product else {}


def _geometry(path: Path | None) -> dict[str, Any] | None:
    if path is None:
        return None
    found = json.loads(path.read_text(encoding="utf-8"))
    return found if found.get("geometry") == FORMAT else None


def _luminance(path: Path | None) -> Luminance | None:
    try:
        return load_luminance(path) if path is not None else None
    except ValueError:
        return None
