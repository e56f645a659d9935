"""Captures conformed once: cropped, sized, at a constant rate, in the film's own colours; and their frames.

What comes out is H.264, 4:2:0, BT.709 in limited range, with square pixels, upright, opaque and without
sound; so near to lossless that nobody sees it (a constant quantiser of 6), and quick to decode. `Frames`
reads it by frame number: in order a frame costs one decode, else a short way from the keyframe before it.
"""

from __future__ import annotations

import os
import shutil
from contextlib import ExitStack
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from PIL import Image

from explainers import ffmpeg
from explainers.confined import reader
from explainers.errors import Diagnostic, InvalidInput, RenderFailed
from explainers.footage.media import CODE, Media
from explainers.icc import has_own_colors, srgb
from explainers.inputs import MAX_PICTURE_PIXELS, open_file, picture

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

GOP = 30
"""Frames from keyframe to keyframe: how far a decoder must go back for a single frame."""

_SEEK_LEAD_S = 4.0
_LEAST_S = 120.0
_SCALER = "flags=bicubic+accurate_rnd+full_chroma_int"
_X264 = (
    "qp=6:ipratio=1.0:threads=4:lookahead-threads=1:sliced-threads=0:scenecut=0:bframes=0:weightp=0:"
    "aq-mode=0:no-cabac=1:no-deblock=1:ref=1:me=hex:subme=1:trellis=0:no-psy=1:open-gop=0:mbtree=0"
)

Window = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels of the capture as it is shown."""


@dataclass(frozen=True)
class Request:
    """A stretch of a capture as the film needs it.

    `window` of it from `from_s` to `until_s`, `width` x `height` pixels (even), `rate` frames for each
    second of the capture, what is transparent in it over the colour `over`.
    """

    media: Media
    from_s: float
    until_s: float
    window: Window
    width: int
    height: int
    rate: Fraction
    over: str = "#000000"

    @property
    def frames(self) -> int:
        """How many frames it has: one for every moment that begins before the end."""
        return max(1, int((self.until_s - self.from_s) * self.rate + Fraction(999, 1000)))

    def frame_at(self, source_s: float) -> int:
        """The number of the frame on screen at a second of the capture."""
        return max(0, min(self.frames - 1, int((source_s - self.from_s) * self.rate + 1e-6)))

    def facts(self) -> list[Any]:
        """Everything but the file, as plain data, for content keys."""
        names = ("kind", "fps", "alpha", "matrix", "limited", "width", "height", "decoder")
        look: list[Any] = [getattr(self.media, name) for name in names]
        look += [self.media.colors] if self.media.colors else []
        span = [self.from_s, self.until_s, [self.rate.numerator, self.rate.denominator]]
        return [look, span, list(self.window), self.width, self.height, self.over]


def conform(request: Request, out: Path) -> None:
    """Write the MP4 of a request to `out`. InvalidInput, naming the capture, where ffmpeg can't read it."""
    name, media = request.media.path.name, request.media
    # The clock stops what would never end; a slow machine has a minute for each second.
    seconds = _LEAST_S + 60.0 * (request.until_s - request.from_s)
    try:
        with ExitStack() as opened:
            _beside(out).mkdir(exist_ok=True)
            handles: tuple[int, ...] = ()
            if media.kind != "frames":
                file = opened.enter_context(open_file(media.path))
                media, handles = replace(media, path=_neutral(file, media.path, out)), (file.fileno(),)
            held = ffmpeg.Held(out.parent, handles, seconds)
            ffmpeg.run(arguments(replace(request, media=media), out), f"conforming {name}", held=held)
    except RenderFailed as error:
        said = str(error).partition("\n")[2] or str(error)
        raise InvalidInput([Diagnostic(CODE, f"{name} can't be conformed: {said}")]) from None
    finally:
        shutil.rmtree(_beside(out), ignore_errors=True)
    if wrong := _wrong(request, out):
        raise RenderFailed(f"conforming {name}: ffmpeg says all is well, but what it wrote {wrong}")


def _wrong(request: Request, out: Path) -> str | None:
    """What is wrong with a conformed capture; None where it is whole. Exit codes say too little."""
    import av

    try:
        with ffmpeg.opened(out) as made:
            stream = made.streams.video[0]
            size = stream.codec_context.width, stream.codec_context.height
            said, there = stream.frames, sum(packet.size > 0 for packet in made.demux(stream))
    except (av.FFmpegError, IndexError, OSError):
        return "is no video"
    if size != (request.width, request.height):
        return f"has {size[0]}x{size[1]} pixels instead of {request.width}x{request.height}"
    return None if 0 < said == there else f"holds {there} of {said} frames"


def arguments(request: Request, out: Path) -> list[str]:
    """ffmpeg's arguments for a request."""
    seek = max(0.0, request.from_s - _SEEK_LEAD_S) if request.media.kind == "video" else 0.0
    inputs = _sequence(request.media, out) if request.media.kind == "frames" else ["-i", request.media.path]
    # Frames before the place are kept: one that stays on screen for long may be the one that is there.
    jump = ["-noaccurate_seek", "-ss", f"{seek:.6f}"] if seek else []
    decoder = ["-c:v", request.media.decoder] if request.media.decoder else []
    read = [*jump, "-max_pixels", str(MAX_PICTURE_PIXELS), *decoder, *map(str, inputs)]
    graph, source = ",".join(filters(request, seek)), f"[0:{request.media.stream}]"
    if request.media.alpha:
        color = f"color=c={request.over}:s={request.width}x{request.height}:r={request.rate}"
        laid = f"[under][over]overlay=shortest=1:format=rgb,{_to_bt709('yuv420p')},setsar=1"
        graph = f"{color},format=rgb24[under];{source}{graph}[over];{laid}"
    else:
        graph = f"{source}{graph}"
    return [*read, "-filter_complex", f"{graph}[out]", "-map", "[out]", *_encoding(request), "-y", str(out)]


def filters(request: Request, seek_s: float = 0.0) -> list[str]:
    """The filter chain from the capture's frames to the request's; with alpha it ends in RGBA."""
    left, top, right, bottom = request.window
    media = request.media
    # `round=up` shows each frame from its own time on until the next one's: what was on screen then.
    start = request.from_s - seek_s
    # A list of pictures has times in 25ths of a second; theirs are their numbers.
    chain = [f"settb=1/90000,setpts=N*90000/{media.fps:.9g}"] if media.kind == "frames" else []
    chain += [f"fps=fps={request.rate}:round=up:start_time={start:.6f}", f"trim=end_frame={request.frames}"]
    if (left, top, right, bottom) != (0, 0, media.width, media.height):
        # ffmpeg counts stored pixels, which may not be square; shares of its own width and height are safe.
        w, h = (right - left) / media.width, (bottom - top) / media.height
        x, y = left / media.width, top / media.height
        chain.append(f"crop=w=iw*{w:.9f}:h=ih*{h:.9f}:x=iw*{x:.9f}:y=ih*{y:.9f}")
    size = f"w={request.width}:h={request.height}"
    if media.alpha:
        chain += [f"scale={size}:{_scaling(media)}", "format=rgba", *_recolored(media), "setsar=1"]
        return [*chain, "setpts=PTS-STARTPTS"]
    chain += [f"scale={size}:{_scaling(media)}:out_color_matrix=bt709:out_range=limited", *_recolored(media)]
    chain.append("format=yuv420p")
    # Where a capture's last frame ends early it stays on screen, so that no frame is missing.
    stays = ["tpad=stop=-1:stop_mode=clone", f"trim=end_frame={request.frames}"]
    return [*chain, "setsar=1", "setpts=PTS-STARTPTS", *stays]


def _recolored(media: Media) -> list[str]:
    """What turns a video's own primaries and transfer into the film's: nothing else does that.

    The chain arrives in BT.709's matrix and limited range, or in RGBA, and goes on so.
    """
    if media.colors is None:
        return []
    primaries, given, left = media.colors
    convert = [
        "format=yuv444p10",
        "colorspace=ispace=bt709:irange=tv:space=bt709:range=tv:primaries=bt709:clipgamut=rgb:"
        f"iprimaries={primaries}:itrc={given}:trc={left}:format=yuv444p10",
    ]
    if not media.alpha:
        return convert
    # The filter knows no transparency: it goes round it.
    into, back = _to_bt709("yuv444p10"), "scale=in_color_matrix=bt709:in_range=limited,format=gbrp"
    colors = ",".join([into, *convert[1:], back])
    around = f"split[colors][clear];[clear]alphaextract[alpha];[colors]{colors}[done]"
    return [f"{around};[done][alpha]alphamerge,format=rgba"]


def _scaling(media: Media) -> str:
    if media.matrix is None:
        return _SCALER
    return f"in_color_matrix={media.matrix}:in_range={'limited' if media.limited else 'full'}:{_SCALER}"


def _to_bt709(pixels: str) -> str:
    return f"scale=out_color_matrix=bt709:out_range=limited:{_SCALER},format={pixels}"


def _encoding(request: Request) -> list[str]:
    colors = ["-color_primaries", "bt709", "-color_trc", "iec61966-2-1", "-colorspace", "bt709"]
    return [
        *["-an", "-sn", "-dn", "-map_metadata", "-1", "-fflags", "+bitexact", "-flags", "+bitexact+cgop"],
        *["-c:v", "libx264", "-preset", "ultrafast", "-g", str(GOP), "-x264-params", _X264],
        *["-pix_fmt", "yuv420p", "-color_range", "tv", *colors, "-video_track_timescale", "90000"],
        # One tick a frame: a frame's number is its time, whatever the rate was in the capture.
        *["-r", str(request.rate), "-frames:v", str(request.frames), "-movflags", "+faststart"],
    ]


def _sequence(media: Media, out: Path) -> list[str]:
    """A list of the pictures for ffmpeg's concat reader, under names of our own in a folder beside `out`."""
    folder, seconds = _beside(out), 1 / media.fps
    folder.mkdir(exist_ok=True)
    lines = ["ffconcat version 1.0"]
    for number, file in enumerate(media.files):
        name = f"{number}{ffmpeg.ending(file)}"
        if (pixels := _own_colors(file)) is not None:
            # ffmpeg ignores a picture's colour profile.
            name = f"{number}.png"
            Image.fromarray(pixels).save(folder / name, compress_level=1)
        else:
            _linked(file, folder / name)
        lines += [f"file '{name}'", f"duration {seconds:.9f}"]
    listing = folder / "list.txt"
    listing.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return ["-f", "concat", "-safe", "0", "-i", str(listing)]


@reader
def _own_colors(path: Path) -> np.ndarray | None:
    """A picture in sRGB where its own colours are others."""
    with picture(path) as image:
        return np.asarray(srgb(image)) if has_own_colors(image) else None


def _linked(file: Path, link: Path) -> None:
    """The file under another name on the disk of `link`, or a copy of it: ffmpeg sees no other folder."""
    with open_file(file) as source:
        try:
            os.link(f"/proc/self/fd/{source.fileno()}", link)
        except OSError:
            with link.open("wb") as copy:
                shutil.copyfileobj(source, copy)


def _neutral(file: BinaryIO, path: Path, out: Path) -> Path:
    """A name of our own for an open file, which is all that ffmpeg gets of it."""
    link = _beside(out) / f"input{ffmpeg.ending(path)}"
    handle = Path(f"/proc/self/fd/{file.fileno()}")
    link.symlink_to(handle if handle.exists() else path.absolute())
    return link


def _beside(out: Path) -> Path:
    """The folder for what is read, under names of our own."""
    return out.with_suffix(".in")


class Frames:
    """The frames of an MP4 that `conform` wrote. A number beyond the end gives the last frame.

    Raises RenderFailed where the file can't be decoded.
    """

    def __init__(self, path: Path, count: int):
        from av.video.reformatter import VideoReformatter

        self.path, self.count = path, count
        self._container: Any = None
        self._frames: Any = None
        self._at = -1
        self._frame: VideoFrame | None = None
        self._reformatter = VideoReformatter()

    def at(self, number: int) -> VideoFrame:
        """Frame `number` as yuv420p, BT.709, limited range; valid until the next one is asked for."""
        import av

        number = max(0, min(number, self.count - 1))
        if self._frame is not None and number == self._at:
            return self._frame
        if self._container is None or number < self._at or number > self._at + GOP:
            self._go_to(number)
        try:
            while self._at < number:
                self._frame = next(self._frames)
                self._at = self._number(self._frame)
        except (StopIteration, av.FFmpegError) as error:
            if self._frame is None:
                raise RenderFailed(f"{self.path.name} gives no frame {number} ({error})") from None
            self._at = number
        assert self._frame is not None
        return self._frame

    def bgra(self, number: int) -> np.ndarray:
        """Frame `number` as BGRA, uint8 of shape (height, width, 4): a new array."""
        from av.video.reformatter import ColorRange, Colorspace, Interpolation

        frame = self.at(number)
        # swscale leaves out the last pixels of rows whose length is no multiple of 8.
        width = -(-frame.width // 16) * 16
        made = self._reformatter.reformat(
            frame if width == frame.width else _widened(frame, width),
            format="bgra",
            src_colorspace=Colorspace.ITU709,
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.MPEG,
            dst_color_range=ColorRange.JPEG,
            interpolation=Interpolation.BICUBIC,
            threads=1,
        )
        plane = made.planes[0]
        rows = np.frombuffer(plane, np.uint8).reshape(made.height, plane.line_size)  # type: ignore[call-overload]
        return np.ascontiguousarray(rows[:, : frame.width * 4]).reshape(frame.height, frame.width, 4)

    def _go_to(self, number: int) -> None:
        import av

        if self._container is None:
            self._container = av.open(str(self.path))
            stream = self._container.streams.video[0]
            # Decoding a few frames ahead on another core; the frames are the same for any number of them.
            stream.thread_type, stream.codec_context.thread_count = "FRAME", 2
            self._tick = 1 / (float(stream.average_rate) * float(stream.time_base))
        stream = self._container.streams.video[0]
        self._container.seek(int(number * self._tick + 0.5), stream=stream, backward=True)
        self._frames = self._container.decode(stream)
        self._at, self._frame = -1, None

    def _number(self, frame: VideoFrame) -> int:
        return round((frame.pts or 0) / self._tick)


def _widened(frame: VideoFrame, width: int) -> VideoFrame:
    """A yuv420p frame with its last column repeated until it is `width` pixels wide."""
    from av.video.frame import VideoFrame

    wide = VideoFrame(width, frame.height, "yuv420p")
    for source, target in zip(frame.planes, wide.planes, strict=True):
        rows = np.frombuffer(source, np.uint8).reshape(-1, source.line_size)[:, : source.width]  # type: ignore[call-overload]
        copy = np.frombuffer(target, np.uint8).reshape(-1, target.line_size)[:, : target.width]  # type: ignore[call-overload]
        copy[:, : source.width], copy[:, source.width :] = rows, rows[:, -1:]
    return wide
