"""A storyboard compiler for research videos: `explainers.load(video)` is where Python begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from explainers.api import Video, load

__version__ = "0.2.0"
__all__ = ["Video", "__version__", "load"]


def __getattr__(name: str) -> Any:
    # Whoever imports a room of the package does not need this one.
    if name in ("Video", "load"):
        from explainers import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
