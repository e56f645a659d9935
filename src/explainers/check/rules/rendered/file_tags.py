"""A video file that browsers may show wrong, or can't seek in.

4:2:0 with the tags of BT.709, limited range and sRGB transfer (without them every player guesses the
colours), one stream, the index before the data, and a keyframe at least every five seconds and at each
chapter.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from explainers.check.delivered import Probed, probe, videos_of
from explainers.check.finding import Finding
from explainers.check.subject import Rendered

CODE: Final = "file-tags"
SEVERITY: Final = "error"

TAGS = {"color_primaries": 1, "color_trc": 13, "colorspace": 1, "color_range": 1}
"""BT.709 primaries, sRGB transfer, BT.709 matrix, limited range, in FFmpeg's numbers."""
KEYFRAME_S = 5.0


def find(subject: Rendered) -> Iterator[Finding]:
    for name in videos_of(subject):
        try:
            found = probe(subject.file(name))
        except (OSError, ValueError):
            continue
        for message, fix in _wrong(found, subject):
            yield subject.at_file(CODE, SEVERITY, f"{name} {message}", name, fix=fix)


def _wrong(found: Probed, subject: Rendered) -> Iterator[tuple[str, str]]:
    again = "render again"
    if found.streams != 1:
        yield f"has {found.streams} streams where one was made", again
    if found.pixels not in ("yuv420p", "yuv420p10le"):
        yield f"has pixels of {found.pixels}, which browsers may not show", again
    wrong = [tag for tag, value in TAGS.items() if found.tags[tag] != value]
    if wrong:
        said = ", ".join(f"{tag} {found.tags[tag]} for {TAGS[tag]}" for tag in wrong)
        yield f"is not tagged as it is made: {said}", again
    if not found.index_first:
        yield "has its index at the end, so that it can't play while it loads", "write it with faststart"
    yield from _keyframes(found, subject)


def _keyframes(found: Probed, subject: Rendered) -> Iterator[tuple[str, str]]:
    if not found.fps or not found.frames:
        return
    edges = [*found.keyframes, found.frames]
    if not found.keyframes or found.keyframes[0] != 0:
        yield "does not begin with a keyframe", "render again"
        return
    longest = max(after - before for before, after in pairwise(edges))
    if longest > KEYFRAME_S * found.fps + 1:
        yield f"has no keyframe for {float(longest / found.fps):.1f} s", "render again"
    keys = set(found.keyframes)
    for chapter in subject.manifest.chapters:
        frame = round(chapter.start_s * found.fps)
        if frame not in keys:
            yield f"has no keyframe where the chapter {chapter.title!r} begins", "render again"
