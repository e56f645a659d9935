"""What a footage file holds, found out by opening it; a file that is no use is named with what is wrong.

Nothing is believed of a file but its content: an extension that says something else is an error, and so
is a file that ends before its own index says it should.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from explainers import ffmpeg
from explainers.confined import reader
from explainers.errors import Diagnostic, InvalidInput
from explainers.footage.containers import Structure, structure_of
from explainers.icc import has_own_colors
from explainers.inputs import MAX_PICTURE_PIXELS, open_file, picture, read_once

CODE = "bad-footage"

IMAGES = frozenset((".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp", ".ppm", ".pgm"))
"""Extensions of pictures; a folder of them is an image sequence."""

_NAMES = {
    "PNG image": {".png", ".apng"},
    "JPEG image": {".jpg", ".jpeg"},
    "GIF": {".gif"},
    "WebP image": {".webp"},
    "AVI video": {".avi"},
    "MP4 or QuickTime video": {".mp4", ".m4v", ".mov", ".3gp"},
    "Matroska or WebM video": {".mkv", ".webm"},
    "PDF": {".pdf"},
    "asciinema cast": {".cast"},
}
_SIGNATURES = {
    rb"\x89PNG": "PNG image",
    rb"\xff\xd8\xff": "JPEG image",
    rb"GIF8": "GIF",
    rb"RIFF.{4}WEBP": "WebP image",
    rb"RIFF.{4}AVI ": "AVI video",
    rb".{4}(ftyp|moov|mdat)": "MP4 or QuickTime video",
    rb"\x1aE\xdf\xa3": "Matroska or WebM video",
    rb"%PDF": "PDF",
    rb'\s*\{\s*"version"\s*:\s*[123]\b': "asciinema cast",
}
"""What a file holds, by a pattern of its first bytes."""
_HDR = {16: "PQ", 18: "HLG"}
_PRIMARIES = {4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "film", 9: "bt2020"}
_PRIMARIES |= {10: "smpte428", 11: "smpte431", 12: "smpte432", 22: "ebu3213"}
"""ffmpeg's numbers of primaries other than BT.709's, by the names its `colorspace` filter takes."""
_TRANSFERS = {1: "bt709", 4: "gamma22", 5: "gamma28", 6: "bt709", 7: "smpte240m", 8: "linear", 11: "bt709"}
_TRANSFERS |= {13: "srgb", 14: "bt709", 15: "bt709"}
"""Transfers likewise; BT.601, BT.709 and BT.2020 have the same one."""
_MATRICES = {1: "bt709", 4: "fcc", 5: "bt601", 6: "bt601", 7: "smpte240m", 9: "bt2020", 10: "bt2020"}
"""ffmpeg's numbers of YUV matrices, by the names its scaler takes."""


@dataclass(frozen=True)
class Media:
    """One capture. `width` and `height` are as it is shown: turned, with square pixels.

    `kind` is `video`, `frames` (a folder of pictures, `fps` of them a second) or `still`, whose duration
    is 0. `matrix` is None where there is nothing to convert; `limited` is the range of its luma. `colors` are
    primaries, transfer and the transfer to leave them in, where they are not a film's own. From `last_s` on
    its last picture stands still; `stream` is the number of the pictures among its streams. `broken_off` is a
    recording whose program ended before it was closed.
    """

    path: Path
    kind: Literal["video", "frames", "still"]
    width: int
    height: int
    duration_s: float = 0.0
    fps: float = 0.0
    alpha: bool = False
    matrix: str | None = None
    limited: bool = True
    decoder: str | None = None
    colors: tuple[str, str, str] | None = None
    files: tuple[Path, ...] = ()
    last_s: float = 0.0
    stream: int = 0
    broken_off: bool = False

    @property
    def caveats(self) -> tuple[str, ...]:
        """What viewers must know of it."""
        return (f"recording broke off at {self.duration_s:.1f} s",) if self.broken_off else ()


def bad(path: Path, what: str) -> InvalidInput:
    """The error of a file that can't be shown; `what` follows its name."""
    return InvalidInput([Diagnostic(CODE, f"{path.name} {what}")])


@read_once(256)
def probe(path: Path, frames_fps: float = 10.0) -> Media:
    """What is in `path`: a video, a picture, or a folder of pictures shown `frames_fps` a second.

    InvalidInput, with the file's name and what is wrong with it, where it can't be shown.
    """
    if path.is_dir():
        return _sequence(path, frames_fps)
    # What is not there, or empty, is said before anything is opened.
    content_of(path, "copy or record")
    fields = _probed(path)
    fields["colors"] = fields["colors"] and tuple(fields["colors"])
    return Media(path=path, **fields)


@reader
def _probed(path: Path) -> dict[str, Any]:
    """What is in a file, as the fields of Media."""
    media = _opened_as(path)
    names = (each.name for each in dataclasses.fields(media) if each.name not in ("path", "files"))
    return {name: getattr(media, name) for name in names}


def _opened_as(path: Path) -> Media:
    found = content_of(path, "copy or record")
    suffix = path.suffix.lower()
    named = next((name for name, suffixes in _NAMES.items() if suffix in suffixes), None)
    if found and named and found != named:
        raise bad(path, f"is named as {named} but holds {found}; give it the right extension")
    if found in ("PDF", "asciinema cast"):
        kind = "figure" if found == "PDF" else "terminal"
        raise bad(path, f"holds {found}, not footage; show it with the kind {kind}")
    if suffix in IMAGES and found not in ("GIF",):
        return _still(path)
    return _video(path)


def content_of(path: Path, again: str) -> str | None:
    """What a file holds by its first bytes, in words; None where they say nothing.

    InvalidInput for one that is not there, or empty; `again` is what to do with that.
    """
    if not path.is_file():
        raise bad(path, "is not there")
    if path.stat().st_size == 0:
        raise bad(path, f"is empty: it has no bytes; {again} it again")
    with open_file(path) as file:
        head = file.read(64)
    if head[8:12] in (b"avif", b"heic"):
        return None
    return next((name for pattern, name in _SIGNATURES.items() if re.match(pattern, head, re.DOTALL)), None)


def natural(path: Path) -> list[Any]:
    """Sorts `frame-2` before `frame-10`."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", path.name)]


def _sequence(folder: Path, fps: float) -> Media:
    files = sorted((file for file in folder.iterdir() if file.suffix.lower() in IMAGES), key=natural)
    if not files:
        raise bad(folder, f"holds no pictures; an image sequence is a folder of {', '.join(sorted(IMAGES))}")
    first = probe(files[0])
    for file in files[1:]:
        size = tuple(_size(file))
        if size != (first.width, first.height):
            sizes = f"{file.name} is {size[0]}x{size[1]}, {files[0].name} is {first.width}x{first.height}"
            raise bad(folder, f"holds pictures of different sizes: {sizes}")
    size, times = (first.width, first.height), (len(files) / fps, fps)
    last = (len(files) - 1) / fps
    return Media(folder, "frames", *size, *times, first.alpha, files=tuple(files), last_s=last)


def _still(path: Path) -> Media:
    width, height = _picture_size(path)
    with picture(path) as image:
        try:
            has_own_colors(image)
        except ValueError as error:
            raise bad(path, f"can't be shown in its own colours: {error}") from None
        if getattr(image, "n_frames", 1) > 1 and path.suffix.lower() == ".webp":
            raise bad(path, "is an animated WebP, which can't be read; save it as GIF or MP4")
        alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    return Media(path, "still", width, height, alpha=alpha)


@reader
def _size(path: Path) -> tuple[int, int]:
    return _picture_size(path)


def _picture_size(path: Path) -> tuple[int, int]:
    from PIL import UnidentifiedImageError

    try:
        with picture(path) as image:
            image.load()
            turned = image.getexif().get(0x0112, 1) >= 5
            return (image.height, image.width) if turned else image.size
    except UnidentifiedImageError:
        raise bad(path, "is no picture that can be read") from None
    except (OSError, SyntaxError, ValueError) as error:
        raise bad(path, f"is cut short or damaged ({error}); copy it again") from None


def _video(path: Path) -> Media:
    import av

    structure = structure_of(path)
    if structure.cut:
        raise bad(path, "is cut short: it has fewer bytes than it says; record or copy it again")
    # What is wrong where nothing can be read at all.
    lost = bad(path, "is cut short: its index (moov) is missing; record or copy it again")
    lost = bad(path, "broke off before its first picture was written") if structure.unfinished else lost
    hopeless = structure.unfinished or not structure.indexed
    try:
        with ffmpeg.opened(path) as container:
            stream = ffmpeg.pictures(container)
            if stream is None and hopeless:
                raise lost
            if stream is None:
                cover = ", only a cover picture" if container.streams.video else ""
                raise bad(path, f"holds no video{cover}")
            return _opened(path, container, stream, structure)
    except (av.FFmpegError, OSError) as error:
        words = getattr(error, "log", None)
        said = words[2] if words else (error.strerror or str(error))
        if hopeless:
            raise lost from None
        raise bad(path, f"is no video that can be read ({said.strip()})") from None


def _opened(path: Path, container: Any, stream: Any, structure: Structure) -> Media:
    said = stream.codec_context.width, stream.codec_context.height
    if said[0] * said[1] > MAX_PICTURE_PIXELS:
        most = f"{MAX_PICTURE_PIXELS:,} pixels at most are read"
        raise bad(path, f"says it has {said[0]} x {said[1]} pixels; {most}")
    frame = next(container.decode(stream), None)
    if frame is None:
        raise bad(path, "broke off before its first picture" if structure.unfinished else "holds no frame")
    colors = _colors(path, frame, stream.codec_context)
    aspect = float(stream.sample_aspect_ratio or 1) or 1.0
    width, height = round(frame.width * aspect), frame.height
    if frame.rotation % 180:
        width, height = height, width
    fps = float(stream.average_rate or stream.guessed_rate or 0) or 25.0
    duration, last = _lengths(path, container, stream, structure, 1 / fps)
    hidden = stream.codec_context.name == "vp9" and stream.metadata.get("alpha_mode") == "1"
    components = frame.format.components
    alpha = hidden or any(component.is_alpha for component in components)
    rgb = frame.format.is_rgb or frame.format.has_palette
    full = int(frame.color_range) == 2 or frame.format.name.startswith("yuvj")
    return Media(
        path,
        "video",
        width,
        height,
        duration,
        fps,
        alpha,
        None if rgb else _matrix(path, int(frame.colorspace), frame.height),
        not full,
        # ffmpeg's own VP9 decoder does not see the alpha channel.
        "libvpx-vp9" if hidden else None,
        colors,
        last_s=last,
        stream=stream.index,
        broken_off=structure.unfinished,
    )


def _colors(path: Path, frame: Any, codec: Any) -> tuple[str, str, str] | None:
    """The colours of a video as `Media` has them, by its tags; what does not say has the film's own.

    BT.709's transfer is shown as it is, as players do, and what is neither that nor sRGB's becomes sRGB's.
    """
    unspecified = (0, 2, 3)
    primaries, transfer = (
        next((n for source in (frame, codec) if (n := int(getattr(source, name))) not in unspecified), 2)
        for name in ("color_primaries", "color_trc")
    )
    if hdr := _HDR.get(transfer):
        raise bad(path, f"is HDR ({hdr}); export it as SDR, or its colours would be wrong")
    for what, number, known in (("primaries", primaries, _PRIMARIES), ("transfer", transfer, _TRANSFERS)):
        if number not in (1, 2, *known):
            raise bad(path, f"has colour {what} that can't be converted ({number}); export it as BT.709")
    given = _TRANSFERS.get(transfer, "bt709")
    left = given if given in ("bt709", "srgb") else "srgb"
    if primaries in (1, 2) and given == left:
        return None
    return _PRIMARIES.get(primaries, "bt709"), given, left


def _matrix(path: Path, code: int, height: int) -> str:
    """The YUV matrix; what does not say is BT.601 in standard definition and BT.709 above, as players do."""
    if code not in _MATRICES and code not in (0, 2, 3):
        raise bad(path, f"has a colour matrix that can't be converted ({code}); export it as BT.709")
    return _MATRICES.get(code) or ("bt601" if height < 720 else "bt709")


def _tail(container: Any, stream: Any, length_s: float) -> Iterator[Any]:
    """Packets of all streams that have a time, at least those of the last two seconds."""
    start, found = stream.start_time or 0, False
    for place in (*((length_s - 2.0,) if length_s > 4 else ()), 0.0):
        container.seek(int(place / float(stream.time_base)) + start, stream=stream)
        for packet in container.demux():
            found |= packet.pts is not None and packet.stream.index == stream.index
            if packet.pts is not None:
                yield packet
        if found:
            return


def _lengths(
    path: Path, container: Any, stream: Any, structure: Structure, frame_s: float
) -> tuple[float, float]:
    """Seconds of video, and when its last picture appears; InvalidInput where the file ends too soon.

    Pictures that end before the container says stay on screen until then: a screen that does not change is
    recorded as no pictures at all. Of a recording that was never closed there is what can be read.
    """
    base, zero = float(stream.time_base), (container.start_time or 0) / 1_000_000
    said = (container.duration or 0) / 1_000_000 if structure.timed else 0.0
    pictures_said = float(stream.duration * base) if stream.duration else 0.0
    size = path.stat().st_size
    beyond = any(entry.pos + entry.size > size for entry in stream.index_entries)
    if beyond and not structure.unfinished:
        raise bad(path, "is cut short: its index points past its end; record or copy it again")
    last = pictures_end = any_end = 0.0
    for packet in _tail(container, stream, pictures_said or said):
        ours = packet.stream.index == stream.index
        if ours and packet.is_corrupt:
            # Every picture that appears before this one is decoded before it, and so is whole.
            break
        at = float(packet.pts * packet.time_base) - zero
        end = at + (float(packet.duration * packet.time_base) if packet.duration else frame_s * ours)
        any_end = max(any_end, end)
        if ours:
            last, pictures_end = max(last, at), max(pictures_end, end)
    if structure.unfinished:
        return pictures_end, last
    # Matroska was found to be as large as it says; others can only be asked how long they should be.
    must, reached = (pictures_said, pictures_end) if pictures_said else (said, any_end)
    if not structure.sized and reached < must - max(1.0, must * 0.05):
        raise bad(path, f"is cut short: it should last {must:.1f} s but ends after {reached:.1f} s")
    if pictures_end <= 0 and said <= 0:
        raise bad(path, "has no duration")
    return max(pictures_end, said), last
