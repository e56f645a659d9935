"""What a video's storyboard draws on: `assets.yaml`, read and checked."""

from explainers.assets.manifest import (
    MANIFEST,
    FileEntry,
    Manifest,
    Origin,
    RunEntry,
    Source,
    TableEntry,
    read_manifest,
)

__all__ = ["MANIFEST", "FileEntry", "Manifest", "Origin", "RunEntry", "Source", "TableEntry", "read_manifest"]
