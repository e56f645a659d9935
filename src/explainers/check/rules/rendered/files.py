"""Rules about the files themselves."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from explainers.check.delivered import Probed, probed_videos
from explainers.check.finding import Finding
from explainers.check.rules import rule
from explainers.check.subject import Rendered
from explainers.digest import digest_file
from explainers.voice.track import LUFS, TRUE_PEAK_DB, measured


@rule("file-changed", "error")
def file_changed(subject: Rendered) -> Iterator[Finding]:
    """A delivered file that is not the one the manifest lists.

    A file that was edited by hand, cut off in a copy, or replaced: its size or sha256 is not what was written
    when it was made.
    """
    for name, facts in subject.manifest.files.items():
        path = subject.file(name)
        if Path(name).name != name:
            continue
        if not path.is_file():
            yield subject.at_file(f"{name} is listed and not there", name)
        elif path.stat().st_size != facts.bytes or digest_file(path) != facts.sha256:
            yield subject.at_file(f"{name} is not the file that was rendered", name)


TAGS = {"color_primaries": 1, "color_trc": 13, "colorspace": 1, "color_range": 1}
"""BT.709 primaries, sRGB transfer, BT.709 matrix, limited range, in FFmpeg's numbers."""
KEYFRAME_S = 5.0


@rule("file-tags", "error")
def file_tags(subject: Rendered) -> Iterator[Finding]:
    """A video file that browsers may show wrong, or can't seek in.

    4:2:0 with the tags of BT.709, limited range and sRGB transfer (without them every player guesses the
    colours), one stream of pictures and one of sound at most, the index before the data, and a keyframe at
    least every five seconds and at each chapter.
    """
    sounds = {rendition.file: bool(rendition.sound) for rendition in subject.manifest.renditions}
    for name, found in probed_videos(subject):
        for message, fix in _wrong(found, subject, sounds[name]) if isinstance(found, Probed) else ():
            yield subject.at_file(f"{name} {message}", name, fix=fix)


def _wrong(found: Probed, subject: Rendered, sound: bool) -> Iterator[tuple[str, str]]:
    again = "render again"
    if found.streams != 1 + sound:
        yield f"has {found.streams} streams where {1 + sound} {'were' if sound else 'was'} made", again
    if found.pixels not in ("yuv420p", "yuv420p10le"):
        yield f"has pixels of {found.pixels}, which browsers may not show", again
    wrong = [tag for tag, value in TAGS.items() if found.tags[tag] != value]
    if wrong:
        tags = ", ".join(f"{tag} {found.tags[tag]} for {TAGS[tag]}" for tag in wrong)
        yield f"is not tagged as it is made: {tags}", again
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


@rule("frame-count", "error")
def frame_count(subject: Rendered) -> Iterator[Finding]:
    """A video whose frames do not add up.

    The file must have exactly the frames of its shots, at one steady rate and as long as the storyboard
    says; and the manifest must say the same.
    """
    manifest, plan = subject.manifest, subject.plan
    shots = sum(shot.frames for shot in manifest.shots)
    if shots != manifest.frames:
        message = f"the shots have {shots} frames together, the manifest says {manifest.frames}"
        yield subject.at_file(message, "manifest.json")
    same_rate = manifest.fps == plan.canvas.fps
    if same_rate and manifest.frames != plan.total_frames:
        message = f"the render has {manifest.frames} frames, the storyboard {plan.total_frames}"
        yield subject.at_file(message, "manifest.json")
    for name, found in probed_videos(subject):
        if not isinstance(found, Probed):
            yield subject.at_file(f"{name} can't be read: {found}", name)
            continue
        if found.frames != manifest.frames:
            message = f"{name} has {found.frames} frames, the manifest says {manifest.frames}"
            yield subject.at_file(message, name)
        if not found.steady or found.fps != manifest.fps:
            message = f"{name} does not run at a steady {manifest.fps} frames a second"
            yield subject.at_file(message, name)


MAX_MIB = 25.0


@rule("size-budget", "error")
def size_budget(subject: Rendered) -> Iterator[Finding]:
    """A video too heavy for a page.

    25 MiB a file, or what `max_mib` in `[tool.explainers.site]` says: more is slow on a phone, and some hosts
    refuse it.
    """
    written = subject.plan.project.settings.site.get("max_mib", MAX_MIB)
    limit = float(written) if isinstance(written, (int, float)) else MAX_MIB
    for name, _ in probed_videos(subject):
        mib = subject.file(name).stat().st_size / 2**20
        if mib > limit:
            message = f"{name} has {mib:.1f} MiB, more than the {limit:g} of the budget"
            fix = "a rendition with less, or max_mib in [tool.explainers.site]"
            yield subject.at_file(message, name, fix=fix)


@rule("loudness", "error")
def loudness(subject: Rendered) -> Iterator[Finding]:
    """A voice that is louder or softer than films are, or whose peaks are cut off when it is played.

    -16 LUFS within one, and a true peak of at most -1.5 dB, measured by EBU R 128 in the delivered file.
    """
    for name in (rendition.file for rendition in subject.manifest.renditions if rendition.sound):
        if not subject.file(name).is_file():
            continue
        found, peak = measured(subject.file(name))
        if abs(found - LUFS) > 1:
            yield subject.at_file(f"{name} has a loudness of {found:.1f} LUFS, not {LUFS:g}", name)
        if peak > TRUE_PEAK_DB:
            yield subject.at_file(f"{name} has a true peak of {peak:.1f} dB, over {TRUE_PEAK_DB:g}", name)
