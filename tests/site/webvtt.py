"""Captions read back from WebVTT: the lines of the transcript on a page."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from pathlib import Path

_TIMING = re.compile(r"(?:(\d+):)?(\d\d):(\d\d\.\d{3})[ \t]+-->[ \t]+(?:(\d+):)?(\d\d):(\d\d\.\d{3})")
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Cue:
    """Words with in and out times in seconds."""

    start_s: float
    end_s: float
    text: str


def read_cues(path: Path) -> tuple[Cue, ...]:
    """The cues of a WebVTT file, in order; blocks without a timing line are not cues."""
    text = path.read_text(encoding="utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    cues = []
    for block in re.split(r"\n{2,}", text):
        lines = block.strip("\n").split("\n")
        for index, line in enumerate(lines[:2]):
            if timing := _TIMING.match(line):
                words = html.unescape(_TAG.sub("", " ".join(lines[index + 1 :])))
                cues.append(Cue(_seconds(*timing.groups()[:3]), _seconds(*timing.groups()[3:]), words))
                break
    return tuple(cues)


def _seconds(hours: str | None, minutes: str | None, seconds: str | None) -> float:
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds or 0)
