"""Pictures for pages, made from a finished video: posters in several sizes, one that looks like a video
wherever it is linked, a social picture, a loop and an animated preview.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from explainers import ffmpeg
from explainers.errors import RenderFailed
from explainers.fonts import Pen
from explainers.manifest import Manifest, PosterSize, Shot
from explainers.render.rendition_encoder import BITEXACT, TAGGED
from explainers.theme import THEMES
from explainers.timing import clock

if TYPE_CHECKING:
    from PIL.Image import Image

SOCIAL = 1200, 630
LOOP_WIDTH, LOOP_S, LOOP_FPS = 640, 6.0, 30
ANIMATED_WIDTH, ANIMATED_S, ANIMATED_FPS = 560, 4.8, 10
ANIMATED_MIB = 1.0
"""The animated picture plays once and under five seconds: nobody can pause it."""

_EXCERPTS = 4
_SOCIAL_QUALITY = 86

POSTER_WIDTHS = 640, 1280
POSTER_BYTES = 60_000
"""What a poster may cost on a phone, which takes one of the largest width where its pixels are small."""
MARK, MARK_EDGE = "#0F172A", "#FFFFFF"
"""Colours of the play mark: dark with a light edge, so that it is seen on every picture."""
_QUALITIES = 86, 74, 62, 50


def pictures(source: Path, manifest: Manifest, folder: Path) -> tuple[dict[str, str], tuple[PosterSize, ...]]:
    """All pictures for pages of a video, in `folder`: names by what they are, and the posters by size."""
    frame = frame_at(source, manifest.poster.at_s)
    linked_poster(frame, manifest.duration_s, folder / "poster-play.jpg")
    social_picture(frame, manifest.theme, folder / "social.jpg")
    loop_preview(source, manifest, folder / "loop.mp4")
    animated_webp(source, manifest, folder / "preview.webp")
    names = {
        "linked": "poster-play.jpg",
        "social": "social.jpg",
        "loop": "loop.mp4",
        "animated": "preview.webp",
    }
    return names, poster_files(frame, folder)


def frame_at(source: Path, at_s: float) -> Image:
    """The frame on screen at `at_s`, as RGB."""
    import av

    with av.open(str(source)) as container:
        stream = container.streams.video[0]
        container.seek(int(at_s / float(stream.time_base or 1)), stream=stream)
        last = None
        for frame in container.decode(stream):
            if last is not None and (frame.time or 0.0) > at_s + 1e-6:
                break
            last = frame
        if last is None:
            raise RenderFailed(f"{source.name} has no frame at {at_s:g} s")
        return last.to_image()


def poster_files(frame: Image, folder: Path) -> tuple[PosterSize, ...]:
    """The poster in each of `POSTER_WIDTHS`, as AVIF, WebP and JPEG of at most `POSTER_BYTES` each."""
    formats: dict[str, tuple[str, Callable[[Image, int], bytes]]] = {
        "avif": ("image/avif", partial(_saved, "AVIF", subsampling="4:4:4", speed=6, max_threads=1)),
        "webp": ("image/webp", partial(_saved, "WEBP", method=4)),
        "jpg": ("image/jpeg", partial(_saved, "JPEG", subsampling=0, optimize=True, progressive=True)),
    }
    made: list[PosterSize] = []
    for suffix, (kind, save) in formats.items():
        for width in sorted({min(width, frame.width) for width in POSTER_WIDTHS}):
            data, (wide, high) = _within(_narrowed(frame, width), save)
            if made and made[-1].type == kind and made[-1].width >= wide:
                continue
            name = f"poster-{wide}.{suffix}"
            (folder / name).write_bytes(data)
            made.append(PosterSize(file=name, type=kind, width=wide, height=high))
    return tuple(made)


def linked_poster(frame: Image, duration_s: float, out: Path) -> None:
    """The poster for a link in Markdown, with a play mark and the length in the picture itself: it looks
    like a video on every page, whatever its styles. JPEG of at most `POSTER_BYTES`."""
    from PIL import Image, ImageDraw

    picture = _narrowed(frame, min(frame.width, POSTER_WIDTHS[-1]))
    unit = min(picture.width, picture.height) / 100
    # Drawn four times as large: Pillow's shapes have no smooth edges.
    size = picture.width * 4, picture.height * 4
    mark = Image.new("L", size, 0)
    edge = Image.new("L", size, 0)
    x, y, radius = size[0] / 2, size[1] / 2, 11 * unit * 4
    ImageDraw.Draw(edge).ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    inner = radius * 0.93
    ImageDraw.Draw(mark).ellipse((x - inner, y - inner, x + inner, y + inner), fill=255)
    side = radius * 0.42
    corners = [(x - side * 0.8, y - side), (x - side * 0.8, y + side), (x + side * 1.1, y)]
    ImageDraw.Draw(mark).polygon(corners, fill=0)
    edge, mark = (one.resize(picture.size, Image.Resampling.LANCZOS) for one in (edge, mark))
    picture.paste(MARK_EDGE, mask=edge)
    picture.paste(MARK, mask=mark)
    pen, words = Pen(max(12, round(6 * unit))), clock(duration_s)
    pad, margin = 1.6 * unit, 3 * unit
    right, bottom = picture.width - margin, picture.height - margin
    left, top = right - pen.width(words) - 2 * pad, bottom - pen.size * 1.25 - pad
    ImageDraw.Draw(picture).rounded_rectangle((left, top, right, bottom), 1.2 * unit, MARK, MARK_EDGE, 1)
    pen.write(picture, (left + pad, top + pad / 2), words, MARK_EDGE)
    data, _ = _within(picture, partial(_saved, "JPEG", subsampling=0, optimize=True, progressive=True))
    out.write_bytes(data)


def _narrowed(frame: Image, width: int) -> Image:
    from PIL import Image

    return frame.resize((width, round(frame.height * width / frame.width)), Image.Resampling.LANCZOS)


def _saved(kind: str, picture: Image, quality: int, **options: object) -> bytes:
    data = BytesIO()
    # AVIF looks the same at lower numbers than JPEG and WebP do.
    picture.save(data, kind, quality=quality - 20 if kind == "AVIF" else quality, **options)
    return data.getvalue()


def _within(picture: Image, save: Callable[[Image, int], bytes]) -> tuple[bytes, tuple[int, int]]:
    """The picture in the best of the qualities that keep it within `POSTER_BYTES`, and its size: where none
    does, it is made smaller until one does."""
    while True:
        for quality in _QUALITIES:
            data = save(picture, quality)
            if len(data) <= POSTER_BYTES:
                return data, picture.size
        picture = _narrowed(picture, round(picture.width * 0.8))


def social_picture(frame: Image, theme: str, out: Path) -> None:
    """1200x630 for links in chats: a wide frame loses a little above and below, a tall one gets margins."""
    from PIL import Image

    width, height = SOCIAL
    fill = frame.width / frame.height >= 1.6
    scale = max(width / frame.width, height / frame.height) if fill else height / frame.height
    size = round(frame.width * scale), round(frame.height * scale)
    picture = Image.new("RGB", SOCIAL, THEMES.get(theme, THEMES["ink"]).background)
    picture.paste(
        frame.resize(size, Image.Resampling.LANCZOS), ((width - size[0]) // 2, (height - size[1]) // 2)
    )
    picture.save(out, "JPEG", quality=_SOCIAL_QUALITY, subsampling=0, optimize=True, progressive=True)


def excerpts(manifest: Manifest, length_s: float) -> list[tuple[float, float]]:
    """Start and end of stretches that show the video: the middles of its longest shots, in order."""
    shots = manifest.shots or (Shot(id="all", start_s=0.0, end_s=manifest.duration_s),)
    longest = sorted(shots, key=lambda shot: shot.start_s - shot.end_s)[:_EXCERPTS]
    each = length_s / len(longest)
    stretches = []
    for shot in sorted(longest, key=lambda shot: shot.start_s):
        middle, half = (shot.start_s + shot.end_s) / 2, min(each, shot.end_s - shot.start_s) / 2
        stretches.append((middle - half, middle + half))
    return stretches


def _cut(manifest: Manifest, length_s: float, width: int, fps: int) -> str:
    """The filter graph that joins the excerpts, made small."""
    parts = excerpts(manifest, length_s)
    wanted = "+".join(f"between(t,{start:.3f},{end:.3f})" for start, end in parts)
    width = min(width, manifest.width)
    # Excerpts are picked, counted anew and only then thinned out, so that each keeps its own pace.
    return f"select='{wanted}',setpts=N/({manifest.fps}*TB),fps={fps},scale={width}:-2:flags=lanczos"


def loop_preview(source: Path, manifest: Manifest, out: Path) -> None:
    """A few seconds without sound, small, H.264: for cards and lists."""
    graph = _cut(manifest, LOOP_S, LOOP_WIDTH, int(min(LOOP_FPS, manifest.fps)))
    video = ["-c:v", "libx264", "-preset", "slow", "-crf", "26", "-threads", "4", "-pix_fmt", "yuv420p"]
    ffmpeg.run(
        ["-y", "-i", source, "-an", "-vf", f"{graph},{TAGGED}", *video, *BITEXACT, out], "the loop preview"
    )


def animated_webp(source: Path, manifest: Manifest, out: Path) -> None:
    """An animated picture of at most `ANIMATED_MIB`: it plays once and rests on its last frame.

    RenderFailed where even the lowest quality is larger.
    """
    frames = _frames(source, _cut(manifest, ANIMATED_S, ANIMATED_WIDTH, ANIMATED_FPS))
    for quality in (75, 60, 45, 30, 15):
        data = BytesIO()
        every_ms = 1000 // ANIMATED_FPS
        frames[0].save(
            data,
            "WEBP",
            save_all=True,
            append_images=frames[1:],
            duration=every_ms,
            loop=1,
            quality=quality,
            method=4,
        )
        if data.tell() <= ANIMATED_MIB * 2**20:
            out.write_bytes(data.getvalue())
            return
    raise RenderFailed(
        f"{out.name}: {data.tell() / 2**20:.2f} MiB at its smallest, over {ANIMATED_MIB:g} MiB"
    )


def _frames(source: Path, graph: str) -> list[Image]:
    """The frames a filter graph gives, as RGB pictures."""
    from PIL import Image

    with TemporaryDirectory() as folder:
        ffmpeg.run(["-i", source, "-an", "-vf", graph, Path(folder) / "%04d.png"], "the animated picture")
        paths = sorted(Path(folder).glob("*.png"))
        return [Image.open(path).convert("RGB") for path in paths]
