"""Pictures for pages: the poster as AVIF, the social picture, a silent loop and an animated picture."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from explainers import ffmpeg
from explainers.errors import RenderFailed
from explainers.manifest import Manifest, Shot
from explainers.render.rendition_encoder import BITEXACT, TAGGED
from explainers.theme import INK, THEMES

if TYPE_CHECKING:
    from PIL.Image import Image

SOCIAL = 1200, 630
LOOP_WIDTH, LOOP_S, LOOP_FPS = 640, 6.0, 30
ANIMATED_WIDTH, ANIMATED_S, ANIMATED_FPS = 560, 4.8, 10
ANIMATED_MIB = 1.0
"""The animated picture plays once and under five seconds: nobody can pause it."""

_EXCERPTS = 4
_AVIF_QUALITY, _SOCIAL_QUALITY = 70, 86


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


def poster_avif(source: Path, at_s: float, out: Path) -> None:
    """The poster as AVIF: a third of the JPEG's bytes."""
    frame_at(source, at_s).save(
        out, "AVIF", quality=_AVIF_QUALITY, subsampling="4:4:4", speed=6, max_threads=1
    )


def social_picture(source: Path, at_s: float, theme: str, out: Path) -> None:
    """1200x630 for links in chats: a wide frame loses a little above and below, a tall one gets margins."""
    from PIL import Image

    frame = frame_at(source, at_s)
    width, height = SOCIAL
    fill = frame.width / frame.height >= 1.6
    scale = max(width / frame.width, height / frame.height) if fill else height / frame.height
    size = round(frame.width * scale), round(frame.height * scale)
    picture = Image.new("RGB", SOCIAL, THEMES.get(theme, INK).background)
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
    import tempfile

    from PIL import Image

    with tempfile.TemporaryDirectory() as folder:
        ffmpeg.run(["-i", source, "-an", "-vf", graph, Path(folder) / "%04d.png"], "the animated picture")
        paths = sorted(Path(folder).glob("*.png"))
        return [Image.open(path).convert("RGB") for path in paths]
