"""Content keys: the same meaning gives the same digest, on every machine and in every process."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from pydantic import BaseModel

from explainers.inputs import ordinary


def digest_bytes(data: bytes) -> str:
    """SHA-256 of `data`, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def digest_file(path: Path) -> str:
    """SHA-256 of a file's content, read in pieces."""
    with ordinary(path) as file:
        return digest_stream(file)


def digest_stream(file: BinaryIO) -> str:
    """SHA-256 of what an open file still holds."""
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def digest_files(root: Path, files: Iterable[Path]) -> str:
    """Digest of files in `root`: their paths from there and what is in them, in their order."""
    return digest_value([[file.relative_to(root).as_posix(), digest_file(file)] for file in files])


def digest_value(value: Any) -> str:
    """Digest of a value made of numbers, text, collections, dataclasses, models and arrays.

    A dataclass's fields that are not compared are not part of what it means.
    """
    return digest_bytes(
        json.dumps(_plain(value), sort_keys=True, ensure_ascii=False, allow_nan=True).encode(
            errors="surrogatepass"
        )
    )


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return {"float": value.hex()}
    if isinstance(value, BaseModel):
        body = {name: _plain(getattr(value, name)) for name in type(value).model_fields}
        return {"model": type(value).__qualname__, "body": body}
    if is_dataclass(value) and not isinstance(value, type):
        body = {f.name: _plain(getattr(value, f.name)) for f in fields(value) if f.compare}
        return {"data": type(value).__qualname__, "body": body}
    if isinstance(value, Mapping):
        return {"map": sorted([str(key), _plain(item)] for key, item in value.items())}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return {"set": sorted(json.dumps(_plain(item), sort_keys=True) for item in value)}
    if isinstance(value, np.ndarray):
        return {"array": digest_bytes(value.tobytes()), "shape": list(value.shape), "type": str(value.dtype)}
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, (bytes, bytearray)):
        return {"bytes": digest_bytes(bytes(value))}
    if isinstance(value, Path):
        return {"path": value.as_posix()}
    raise TypeError(f"a {type(value).__name__} has no digest")
