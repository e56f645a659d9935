"""What a file server on the loopback has and was asked, and the certificate it shows; for tests only."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

PEM = Path(__file__).with_name("loopback.pem")


@dataclass
class Server:
    """What the server has by path, and what it was asked: path and Range header."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    cut_after: dict[str, int] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    ranges: bool = True
    lengths: bool = True
