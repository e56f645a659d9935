"""Captures conformed once: cropped, sized, at a constant rate, in the film's own colours.

What comes out is H.264, 4:2:0, BT.709 in limited range, with square pixels, upright, opaque and without
sound; so near to lossless that nobody sees it (a constant quantiser of 6), and quick to decode.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from explainers import ffmpeg
from explainers.errors import Diagnostic, InvalidInput, RenderFailed
from explainers.footage.media import CODE, Media
from explainers.icc import has_own_colors, srgb
from explainers.inputs import picture

GOP = 30
"""Frames from keyframe to keyframe: how far a decoder must go back for a single frame."""

_SEEK_LEAD_S = 4.0
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
        one = self.media
        look: list[Any] = [
            one.kind,
            one.fps,
            one.alpha,
            one.matrix,
            one.limited,
            one.width,
            one.height,
            one.decoder,
        ]
        look += [one.colors] if one.colors else []
        span = [self.from_s, self.until_s, [self.rate.numerator, self.rate.denominator]]
        return [look, span, list(self.window), self.width, self.height, self.over]


def conform(request: Request, out: Path) -> None:
    """Write the MP4 of a request to `out`. InvalidInput, naming the capture, where ffmpeg can't read it."""
    name = request.media.path.name
    try:
        ffmpeg.run(arguments(request, out), f"conforming {name}")
    except RenderFailed as error:
        said = str(error).partition("\n")[2] or str(error)
        raise InvalidInput([Diagnostic(CODE, f"{name} can't be conformed: {said}")]) from None
    finally:
        shutil.rmtree(_converted(out), ignore_errors=True)
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
    read = [*jump, *_decoder(request.media), *map(str, inputs)]
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
    one = request.media
    # `round=up` shows each frame from its own time on until the next one's: what was on screen then.
    start = request.from_s - seek_s
    # A list of pictures has times in 25ths of a second; theirs are their numbers.
    chain = [f"settb=1/90000,setpts=N*90000/{one.fps:.9g}"] if one.kind == "frames" else []
    chain += [f"fps=fps={request.rate}:round=up:start_time={start:.6f}", f"trim=end_frame={request.frames}"]
    if (left, top, right, bottom) != (0, 0, one.width, one.height):
        # ffmpeg counts stored pixels, which may not be square; shares of its own width and height are safe.
        w, h = (right - left) / one.width, (bottom - top) / one.height
        x, y = left / one.width, top / one.height
        chain.append(f"crop=w=iw*{w:.9f}:h=ih*{h:.9f}:x=iw*{x:.9f}:y=ih*{y:.9f}")
    size = f"w={request.width}:h={request.height}"
    if one.alpha:
        chain += [f"scale={size}:{_scaling(one)}", "format=rgba", *_recolored(one), "setsar=1"]
        return [*chain, "setpts=PTS-STARTPTS"]
    chain += [f"scale={size}:{_scaling(one)}:out_color_matrix=bt709:out_range=limited", *_recolored(one)]
    chain += ["format=yuv420p"]
    return [*chain, "setsar=1", "setpts=PTS-STARTPTS", "tpad=stop=-1:stop_mode=clone", _cut(request)]


def _cut(request: Request) -> str:
    # Where a capture's last frame ends early it stays on screen, so that no frame is missing.
    return f"trim=end_frame={request.frames}"


def _recolored(media: Media) -> list[str]:
    """What turns a video's own primaries and transfer into the film's: the one place where that is done.

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
    flags = "flags=bicubic+accurate_rnd+full_chroma_int"
    if media.matrix is None:
        return flags
    return f"in_color_matrix={media.matrix}:in_range={'limited' if media.limited else 'full'}:{flags}"


def _to_bt709(pixels: str) -> str:
    flags = "flags=bicubic+accurate_rnd+full_chroma_int"
    return f"scale=out_color_matrix=bt709:out_range=limited:{flags},format={pixels}"


def _encoding(request: Request) -> list[str]:
    colors = ["-color_primaries", "bt709", "-color_trc", "iec61966-2-1", "-colorspace", "bt709"]
    return [
        *["-an", "-sn", "-dn", "-map_metadata", "-1", "-fflags", "+bitexact", "-flags", "+bitexact+cgop"],
        *["-c:v", "libx264", "-preset", "ultrafast", "-g", str(GOP), "-x264-params", _X264],
        *["-pix_fmt", "yuv420p", "-color_range", "tv", *colors, "-video_track_timescale", "90000"],
        # One tick a frame: a frame's number is its time, whatever the rate was in the capture.
        *["-r", str(request.rate), "-frames:v", str(request.frames), "-movflags", "+faststart"],
    ]


def _decoder(media: Media) -> Sequence[str]:
    return ["-c:v", media.decoder] if media.decoder else []


def _sequence(media: Media, out: Path) -> list[str]:
    """A list of the pictures for ffmpeg's concat reader, written beside `out`."""
    listing = out.with_suffix(".frames.txt")
    seconds = 1 / media.fps
    lines = ["ffconcat version 1.0"]
    for number, file in enumerate(media.files):
        with picture(file) as image:
            if has_own_colors(image):
                # ffmpeg ignores a picture's colour profile.
                file = _converted(out) / f"{number}.png"
                file.parent.mkdir(exist_ok=True)
                srgb(image).save(file, compress_level=1)
        quoted = str(file.resolve()).replace("'", "'\\''")
        lines += [f"file '{quoted}'", f"duration {seconds:.9f}"]
    listing.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return ["-f", "concat", "-safe", "0", "-i", str(listing)]


def _converted(out: Path) -> Path:
    """The folder for pictures of a sequence that had colours of their own."""
    return out.with_suffix(".frames")
