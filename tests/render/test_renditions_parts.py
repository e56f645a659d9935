"""Renditions are encoded in parts: again only where pictures changed, and alike however many at a time."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from functools import partial
from pathlib import Path

import av
import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "site"))
import embed_fixtures as fixtures

from explainers.compositor.join import Part, join
from explainers.errors import RenderFailed
from explainers.ffmpeg import executable
from explainers.manifest import Manifest, read_manifest
from explainers.render.rendition_encoder import cut, parts_of
from explainers.render.renditions import web_renditions as as_it_earns
from explainers.render.store import Store

FRAMES = 3 * fixtures.FPS

web_renditions = partial(as_it_earns, least_saving=None)


LOOKS = {"plain": "null", "turned": "hue=h=90", "mirrored": "hflip"}


def clip(path: Path, look: str, *more: str) -> Path:
    """Three seconds of a test picture in one of its looks, encoded alone."""
    graph = f"testsrc2=s=320x180:r={fixtures.FPS}:d=3,{LOOKS[look]},format=yuv420p"
    encode = ["-c:v", "libx264", "-crf", "20", "-g", "60", "-bf", "0", "-threads", "1", *more]
    command = [str(executable()), "-v", "error", "-y", "-f", "lavfi", "-i", graph, *encode, str(path)]
    subprocess.run(command, check=True, capture_output=True)
    return path


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("clips")
    return {name: clip(folder / f"{name}.mp4", name) for name in LOOKS}


def video(folder: Path, first: Path, second: Path) -> Path:
    """A finished video of two shots in `folder`."""
    fixtures.make_renders(folder.parent, (folder.name,))
    join([Part(first, FRAMES), Part(second, FRAMES)], folder / "video.mp4")
    return folder


def manifest(folder: Path) -> Manifest:
    return read_manifest(folder / "manifest.json", Manifest)


def test_parts_end_with_their_shots_and_go_by_their_bytes(clips: dict[str, Path], tmp_path: Path) -> None:
    folder = video(tmp_path / "drex", clips["plain"], clips["mirrored"])
    other = video(tmp_path / "other/drex", clips["turned"], clips["mirrored"])
    parts, others = (parts_of(one / "video.mp4", manifest(one)) for one in (folder, other))
    assert [(part.first, part.frames) for part in parts] == [(0, FRAMES), (FRAMES, FRAMES)]
    assert parts[0].digest != others[0].digest and parts[1].digest == others[1].digest


def test_only_parts_that_changed_are_encoded_again(clips: dict[str, Path], tmp_path: Path) -> None:
    store, told = Store(tmp_path / "store"), list[str]()
    folder = video(tmp_path / "drex", clips["plain"], clips["mirrored"])
    web_renditions(folder, say=told.append, store=store, jobs=2)
    tries = sum("encoding at crf" in line for line in told)
    assert f"{2 * tries} parts encoded, 0 as they were" in told
    video(folder, clips["plain"], clips["turned"])
    record = folder / "manifest.json"
    record.write_text(record.read_text(encoding="utf-8").replace("id-drex", "id-new"), encoding="utf-8")
    told.clear()
    web_renditions(folder, say=told.append, store=store, jobs=2)
    # Other pictures may need fewer tries.
    tries = sum("encoding at crf" in line for line in told)
    assert tries and f"{tries} parts encoded, {tries} as they were" in told
    # The same as from nothing, one at a time.
    fresh = video(tmp_path / "fresh/drex", clips["plain"], clips["turned"])
    web_renditions(fresh)
    made = [(one / "web/video.av1.mp4").read_bytes() for one in (folder, fresh)]
    assert made[0] == made[1]


def test_frames_that_are_sent_out_of_order_are_joined_in_theirs(tmp_path: Path) -> None:
    files = [(clip(tmp_path / f"{name}.mp4", name, "-bf", "3"), FRAMES) for name in ("plain", "mirrored")]
    join([Part(*one) for one in files], out := tmp_path / "joined.mp4")
    with av.open(str(out)) as container:
        stream = container.streams.video[0]
        times = [frame.pts * stream.time_base for frame in container.decode(stream)]
    assert times == [Fraction(number, fixtures.FPS) for number in range(2 * FRAMES)]
    # What is cut from it again decodes to the same pictures.
    parts = parts_of(out, manifest(fixtures.make_renders(tmp_path, ("drex",)) / "drex"))
    for (path, _), (_, again) in zip(files, cut(out, parts, tmp_path), strict=True):
        assert pictures(path) == pictures(again)


def pictures(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray().tobytes() for frame in container.decode(container.streams.video[0])]


def test_parts_that_do_not_fit_each_other_are_refused(clips: dict[str, Path], tmp_path: Path) -> None:
    other = clip(tmp_path / "other.mp4", "plain", "-profile:v", "baseline")
    with pytest.raises(RenderFailed, match="codec settings differs"):
        join([Part(clips["plain"], FRAMES), Part(other, FRAMES)], tmp_path / "joined.mp4")
    with pytest.raises(RenderFailed, match="has 90 frames where 91 were planned"):
        join([Part(clips["plain"], FRAMES + 1)], tmp_path / "joined.mp4")
