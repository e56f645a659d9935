"""Two 60 s captures of 1080p60 beside each other, one of them at 4x: our way against one ffmpeg filter graph.

Both make the same picture with the same encoder settings; ours takes captures that are conformed already, and
the time of conforming is told beside it. Before timing, frames are compared: they must agree within 2 levels
on 99.9 % of the samples.

    python -m benchmarks.side_by_side [SECONDS]
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

import numpy as np
from av.video.frame import VideoFrame

from explainers import ffmpeg
from explainers.compositor.encoder import PROFILE, encode_picture
from explainers.footage.conform import Request, conform
from explainers.kinds import discover
from explainers.kinds._panes import PaneKind
from explainers.kinds._panes.content import START_S
from explainers.kinds._panes.footage import FootagePane
from explainers.kinds.base import ShotPlan, Stretch
from explainers.kinds.side_by_side import Params
from explainers.theme import INK

FPS = 60
SOURCES = {
    "one.mp4": "testsrc2=s=1920x1080:r=60:d={s}",
    "two.mp4": "testsrc2=s=1920x1080:r=60:d={s},hue=h=90,hflip",
}


def captures(folder: Path, seconds: float) -> dict[str, Path]:
    """Two recordings made by ffmpeg."""
    paths = {}
    for name, graph in SOURCES.items():
        paths[name] = folder / name
        source = ["-f", "lavfi", "-i", graph.format(s=seconds)]
        colors = ["-colorspace", "bt709", "-color_range", "tv"]
        encode = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p", *colors]
        ffmpeg.run([*source, *encode, "-y", str(paths[name])], f"making {name}")
    return paths


def shot(paths: dict[str, Path], seconds: float) -> ShotPlan:
    """The shot: the baseline in real time, the other at 4x."""
    panes = ({"file": "one.mp4", "label": "One"}, {"file": "two.mp4", "label": "Two", "speed": "4x"})
    params = Params.model_validate({"panes": panes, "clock": "own", "compared": False})
    canvas = Stretch(1920, 1080, FPS)
    frames = round((START_S + seconds) * FPS)
    plan = ShotPlan("bench", "pair", "side-by-side", frames, canvas, INK, params, title="Two captures")
    return replace(plan, assets=paths)


def _kind() -> PaneKind:
    kind = discover()["side-by-side"]
    assert isinstance(kind, PaneKind)
    return kind


def graph(plan: ShotPlan, ground: Path, seconds: float) -> list[str]:
    """ffmpeg's inputs and filter graph for the same picture over the still `ground`."""
    flags = "flags=bicubic+accurate_rnd+full_chroma_int"
    at = _kind().placed(plan)
    chains = []
    for index, (pane, speed) in enumerate(zip(at.panes, (1, 4), strict=True)):
        size = f"w={pane.right - pane.left}:h={pane.bottom - pane.top}"
        pad = f"tpad=start_duration={START_S}:start_mode=clone"
        scale = f"scale={size}:in_color_matrix=bt709:out_color_matrix=bt709:{flags}"
        chains.append(f"[{index}:v]setpts=PTS/{speed},fps={FPS}:round=up,{scale},setsar=1,{pad}[p{index}]")
    under = f"[2:v]scale=out_color_matrix=bt709:out_range=limited:{flags},format=yuv420p[g]"
    first, second = at.panes
    laid = f"[g][p0]overlay={first.left}:{first.top}[a];[a][p1]overlay={second.left}:{second.top}[v]"
    inputs = [part for name in SOURCES for part in ("-i", str(plan.assets[name]))]
    still = ["-loop", "1", "-framerate", str(FPS), "-t", str(START_S + seconds), "-i", str(ground)]
    return [*inputs, *still, "-filter_complex", ";".join([*chains, under, laid]), "-map", "[v]"]


def picture(plan: ShotPlan, media: dict[Request, Path]):  # type: ignore[no-untyped-def]
    """The picture without what counts or fades: what the filter graph can make too."""
    from explainers.footage.clips import ClipLayer
    from explainers.stage import Stage, chrome

    stage = Stage(plan.canvas, plan.theme, plan.duration_s)
    chrome(stage, plan)
    plan = replace(plan, media=media)
    at = _kind().placed(plan)
    for content, pane in zip(at.contents, at.panes, strict=True):
        assert isinstance(content, FootagePane)
        stage.drawn(ClipLayer(content.clip(pane), pane.left, pane.top))
    return stage.picture()


@dataclass
class Times:
    """Seconds: the best of each side's runs, and of conforming the captures once."""

    ours: float = float("inf")
    other: float = float("inf")
    conforming: float = 0.0


def against_graph(seconds: float, runs: int = 2) -> Times:
    """Ours and one ffmpeg filter graph with the same encoder settings, in turn."""
    with _prepared(seconds) as (folder, plan, film, ground, times):
        _compare(film, plan, ground, seconds)
        settings = ["-c:v", "libx264", *_options()]
        for _ in range(runs):
            times.ours = min(times.ours, _seconds(lambda: encode_picture(film, folder / "ours.mp4")))
            command = [*graph(plan, ground, seconds), *settings, "-y", str(folder / "graph.mp4")]
            times.other = min(times.other, _seconds(lambda command=command: ffmpeg.run(command, "the graph")))
        return times


def against_moviepy(seconds: float) -> Times:
    """Ours and MoviePy's composite of the same captures, in turn."""
    with _prepared(seconds) as (folder, plan, film, ground, times):
        times.ours = _seconds(lambda: encode_picture(film, folder / "ours.mp4"))
        times.other = _seconds(lambda: _composite(plan, ground, seconds, folder / "composite.mp4"))
        return times


@contextmanager
def _prepared(seconds: float):  # type: ignore[no-untyped-def]
    """Captures, the shot, its picture over conformed captures, the ground alone, and the times so far."""
    from PIL import Image

    from explainers.compositor.picture import still

    with tempfile.TemporaryDirectory(prefix="explainers-bench-") as name:
        folder, times = Path(name), Times()
        plan = shot(captures(folder, seconds), seconds)
        media: dict[Request, Path] = {}
        for number, request in enumerate(_kind().requests(plan)):
            path = media[request] = folder / f"conformed-{number}.mp4"
            times.conforming += _seconds(lambda request=request, path=path: conform(request, path))
        film = picture(plan, media)
        ground = folder / "ground.png"
        Image.fromarray(still(replace(film, layers=film.layers[:-2]), 0)).save(ground)
        yield folder, plan, film, ground, times


def _options() -> list[str]:
    """The encoder's settings as ffmpeg takes them."""
    options = PROFILE.options(FPS).items()
    return [part for key, value in options for part in (f"-{key}", value)]


def _composite(plan: ShotPlan, ground: Path, seconds: float, out: Path) -> None:
    """MoviePy's own way: each pane a clip that is resized and placed, all of them one composite."""
    from moviepy import CompositeVideoClip, ImageClip, VideoFileClip

    clips = [ImageClip(str(ground)).with_duration(START_S + seconds)]
    for name, pane, speed in zip(SOURCES, _kind().placed(plan).panes, (1, 4), strict=True):
        clip = VideoFileClip(str(plan.assets[name]), audio=False).with_speed_scaled(speed)
        size = pane.right - pane.left, pane.bottom - pane.top
        clips.append(clip.resized(size).with_start(START_S).with_position((pane.left, pane.top)))
    whole = CompositeVideoClip(clips, size=(1920, 1080)).with_duration(START_S + seconds)
    settings = {"fps": FPS, "codec": "libx264", "preset": PROFILE.preset, "audio": False, "logger": None}
    whole.write_videofile(str(out), ffmpeg_params=["-crf", str(PROFILE.crf)], **settings)


def _seconds(work: Callable[[], object]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started


def main(seconds: float = 60.0) -> None:
    times = against_graph(seconds)
    whole = times.ours + times.conforming
    print(f"side by side, {seconds:g} s of film at 1080p60")
    print(f"  one ffmpeg graph        {times.other:6.1f} s")
    print(f"  ours, conformed         {times.ours:6.1f} s   {times.ours / times.other:.2f}x of the graph")
    print(f"  ours, with conforming   {whole:6.1f} s   {whole / times.other:.2f}x of the graph")


def _compare(film, plan: ShotPlan, ground: Path, seconds: float) -> None:  # type: ignore[no-untyped-def]
    """Some frames of both, sample by sample."""
    from explainers.compositor.encoder import Counters, frames_of

    width, height = plan.canvas.width, plan.canvas.height
    worst = 1.0
    last = min(seconds, 6.0)
    wanted = sorted({int(share * last * FPS) + 30 for share in (0.1, 0.4, 0.8)})
    command = [str(ffmpeg.executable()), "-loglevel", "error", *graph(plan, ground, seconds)]
    command += ["-frames:v", str(wanted[-1] + 1), "-f", "rawvideo", "-pix_fmt", "yuv420p", "-"]
    size = width * height * 3 // 2
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        frame: VideoFrame | None = None
        for number, seen in enumerate(frames_of(film, 0, wanted[-1] + 1, Counters())):
            # A held frame is not given again.
            frame = seen or frame
            other = np.frombuffer(process.stdout.read(size), np.uint8)
            if number in wanted and frame is not None:
                mine = frame.to_ndarray().reshape(-1)
                near = float((np.abs(mine.astype(int) - other.astype(int)) <= 2).mean())
                worst = min(worst, near)
    assert worst >= 0.999, f"the two pictures differ: {worst:.4%} of the samples are within 2 levels"


if __name__ == "__main__":
    main(*(float(one) for one in sys.argv[1:2]))
