"""How long captures last and what is on screen when: sound, covers, gaps, killed recordings."""

from __future__ import annotations

import random
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from real import counting, made, moving

from explainers import ffmpeg
from explainers.compositor.layer import Rect
from explainers.errors import InvalidInput
from explainers.footage.conform import Frames, Request, conform
from explainers.footage.media import Media, probe
from explainers.kinds import discover
from explainers.kinds._panes.footage import FootagePane
from explainers.kinds.base import ShotPlan, Stretch
from explainers.kinds.capture import Params
from explainers.theme import INK


def levels(media: Media, folder: Path, from_s: float, until_s: float, times: list[float]) -> list[int]:
    """The numbers of the frames (of `counting`) at some seconds of a capture that is shown between two."""
    params = Params.model_validate({"file": "a.mp4", "from": from_s, "until": until_s})
    shot = ShotPlan("v", "s", "capture", 30, Stretch(640, 360, 30), INK, params, assets={"a.mp4": media.path})
    (request,) = FootagePane(params, shot).requests(Rect(0, 0, 64, 48))
    conform(request, folder / "conformed.mp4")
    frames = Frames(folder / "conformed.mp4", request.frames)
    seen = [frames.at(request.frame_at(t)) for t in times]
    return [round((int(np.frombuffer(frame.planes[0], np.uint8)[0]) - 20) / 3) for frame in seen]


def piped(path: Path, *arguments: str) -> Path:
    """A file written where nothing can be filled in afterwards, as of a program that is killed."""
    command = [ffmpeg.executable(), "-v", "error", *arguments, "pipe:1"]
    path.write_bytes(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    return path


SOUND = {
    "webm": ("-c:v", "libvpx", "-b:v", "2M", "-c:a", "libopus"),
    "mkv": ("-c:v", "copy", "-c:a", "aac"),
    "mp4": ("-c:v", "copy", "-c:a", "aac"),
    "mov": ("-c:v", "copy", "-c:a", "pcm_s16le"),
    "flv": ("-c:v", "copy", "-c:a", "aac"),
}


@pytest.mark.parametrize("suffix", SOUND)
@pytest.mark.parametrize("sound_s", [1.0, 9.0])
def test_a_video_lasts_as_long_as_its_pictures_or_its_container(
    tmp_path: Path, suffix: str, sound_s: float
) -> None:
    pictures = made(
        tmp_path / "plain.mp4", "-i", str(counting(tmp_path / "a.mp4", 10, 30)), "-qp", "1", "-bf", "0"
    )
    tone = ["-f", "lavfi", "-i", f"sine=d={sound_s}"]
    talk = made(tmp_path / f"talk.{suffix}", "-i", str(pictures), *tone, *SOUND[suffix])
    media = probe(talk)
    assert media.duration_s == pytest.approx(max(3.0, sound_s), abs=0.15)
    assert media.last_s == pytest.approx(2.9, abs=0.05) and not media.caveats
    if sound_s > 3:
        assert levels(media, tmp_path, 0.0, 9.0, [0.55, 2.95, 8.5]) == pytest.approx([5, 29, 29], abs=1)
        assert levels(media, tmp_path, 7.5, 9.0, [7.5, 8.9]) == pytest.approx([29, 29], abs=1)


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "mov"])
def test_a_cover_is_no_video(tmp_path: Path, suffix: str) -> None:
    film = counting(tmp_path / "film.mp4", 10, 20)
    Image.new("RGB", (200, 200), "red").save(tmp_path / "cover.png")
    inputs = ["-i", str(tmp_path / "cover.png"), "-i", str(film)]
    place = ["-map", "0", "-map", "1", "-c", "copy", "-disposition:v:0", "attached_pic"]
    if suffix == "mkv":
        inputs = [
            "-i",
            str(film),
            "-attach",
            str(tmp_path / "cover.png"),
            "-metadata:s:1",
            "mimetype=image/png",
        ]
        place = ["-c", "copy"]
    path = made(tmp_path / f"a.{suffix}", *inputs, *place)
    media = probe(path)
    assert (media.width, media.height, round(media.duration_s, 2)) == (64, 48, 2.0)
    assert levels(media, tmp_path, 0.0, 2.0, [0.05, 1.95]) == [0, 19]


def test_a_song_with_a_cover_is_no_video_either(tmp_path: Path) -> None:
    Image.new("RGB", (64, 64), "red").save(tmp_path / "cover.png")
    song = ["-f", "lavfi", "-i", "sine=d=1", "-i", str(tmp_path / "cover.png"), "-map", "0", "-map", "1"]
    made(tmp_path / "a.mp4", *song, "-c:v", "copy", "-c:a", "aac", "-disposition:v:0", "attached_pic")
    with pytest.raises(InvalidInput, match="no video, only a cover picture"):
        probe(tmp_path / "a.mp4")


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
@pytest.mark.parametrize("encode", [("-bf", "0"), ("-bf", "3")])
def test_a_killed_recording_gives_the_pictures_it_has(
    tmp_path: Path, suffix: str, encode: tuple[str, ...]
) -> None:
    noise = "if(lt(X,32),20+3*N,255*random(0))"
    graph = f"color=c=black:s=64x48:r=10:d=7,format=yuv420p,geq=lum='{noise}':cb=128:cr=128"
    encode = ("-f", "lavfi", "-i", graph, "-c:v", "libx264", "-qp", "6", "-g", "10", *encode)
    if suffix == "mp4":
        whole = made(tmp_path / "whole.mp4", *encode, "-movflags", "frag_keyframe+empty_moov")
        assert not probe(whole).caveats
    else:
        whole = piped(tmp_path / "whole.mkv", *encode, "-cluster_time_limit", "900", "-f", "matroska")
    data = whole.read_bytes()
    for share in (0.35, 0.6, 0.81):
        killed = tmp_path / f"killed-{share}.{suffix}"
        killed.write_bytes(data[: int(len(data) * share) // 7 * 7 + 3])
        media = probe(killed)
        assert media.caveats == (f"recording broke off at {media.duration_s:.1f} s",)
        assert share * 7 - 1.6 < media.last_s < media.duration_s < share * 7 + 1
        times = [n / 10 + 0.05 for n in range(int(media.last_s * 10) - 2)]
        assert levels(media, tmp_path, 0.0, media.duration_s, times) == list(range(len(times)))


def test_a_cut_copy_of_a_whole_file_is_refused(tmp_path: Path) -> None:
    film = counting(tmp_path / "film.mp4", 10, 40)
    for suffix, how in (("mkv", ()), ("mp4", ()), ("fast.mp4", ("-movflags", "+faststart"))):
        data = made(tmp_path / f"whole.{suffix}", "-i", str(film), "-c", "copy", *how).read_bytes()
        for share in (0.3, 0.6, 0.9):
            path = tmp_path / f"cut-{share}.{suffix}"
            path.write_bytes(data[: int(len(data) * share)])
            with pytest.raises(InvalidInput, match="is cut short"):
                probe(path)


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "webm"])
def test_a_picture_that_stays_long_is_there_wherever_one_begins(tmp_path: Path, suffix: str) -> None:
    """Screen recorders write a picture only where something changes."""
    seeded = random.Random(suffix)
    kept = sorted({0, *seeded.sample(range(1, 300), 7)})
    chosen = "+".join(f"eq(n,{n})" for n in kept)
    graph = f"color=c=black:s=64x48:r=10:d=30,format=yuv420p,select='{chosen}',geq=lum='20+3*N':cb=128:cr=128"
    codec = ["-c:v", "libvpx", "-b:v", "2M"] if suffix == "webm" else ["-c:v", "libx264", "-qp", "1"]
    made(tmp_path / f"a.{suffix}", "-f", "lavfi", "-i", graph, "-fps_mode", "vfr", *codec)
    media = probe(tmp_path / f"a.{suffix}")
    assert media.last_s == pytest.approx(kept[-1] / 10, abs=0.02)
    for _ in range(6):
        begin = seeded.uniform(0, media.last_s)
        times = [
            t
            for t in (begin, begin + 0.7)
            if t < media.duration_s and all(abs(t * 10 - n) > 0.5 for n in kept)
        ]
        shown = [sum(n / 10 <= t for n in kept) - 1 for t in times]
        assert levels(media, tmp_path, begin, begin + 1, times) == shown, (kept, begin)


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "gif", "webm"])
def test_a_video_of_one_frame_is_shown(tmp_path: Path, suffix: str) -> None:
    codec = {"gif": "gif", "webm": "libvpx"}.get(suffix, "libx264")
    path = made(
        tmp_path / f"a.{suffix}",
        "-f",
        "lavfi",
        "-i",
        "testsrc=s=63x47:r=30:d=0.0333",
        "-c:v",
        codec,
        "-pix_fmt",
        PIXELS.get(suffix, "yuv444p"),
    )
    media = probe(path)
    assert (media.kind, media.width, media.height) == ("video", 63, 47) and 0 < media.duration_s < 0.2
    conform(
        request := Request(media, 0.0, media.duration_s, (0, 0, 63, 47), 64, 48, Fraction(30)),
        tmp_path / "o.mp4",
    )
    assert np.ptp(Frames(tmp_path / "o.mp4", request.frames).bgra(0)) > 100


PIXELS = {"gif": "rgb8", "webm": "yuv420p"}


@pytest.mark.parametrize("suffix", ["jpg", "png", "tiff", "webp"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_in_a_sequence_are_upright_as_alone(tmp_path: Path, suffix: str, orientation: int) -> None:
    from explainers.footage.art import open_art

    image = Image.new("RGB", (48, 32), "black")
    image.paste((230, 40, 40), (0, 0, 24, 16))
    image.paste((40, 230, 40), (24, 0, 48, 16))
    exif = Image.Exif()
    exif[0x0112] = orientation
    for n in (1, 2):
        image.save(tmp_path / f"{n}.{suffix}", exif=exif, quality=100)
    media, alone = probe(tmp_path), probe(tmp_path / f"1.{suffix}")
    size = (media.width, media.height)
    assert size == (alone.width, alone.height) == ((48, 32) if orientation < 5 else (32, 48))
    request = Request(media, 0.0, 0.2, (0, 0, *size), *size, Fraction(10))
    (folder := tmp_path / "out").mkdir()
    conform(request, folder / "o.mp4")
    played = Frames(folder / "o.mp4", request.frames).bgra(1).astype(int)
    still = open_art(tmp_path / f"1.{suffix}").raster((0.0, 0.0, *map(float, size)), size).astype(int)
    assert np.abs(played - still)[:, :, :3].mean() < 12


def test_the_footer_says_that_a_recording_broke_off(tmp_path: Path) -> None:

    film = moving(
        tmp_path / "whole.mp4",
        "320x180",
        10,
        4,
        "-c:v",
        "libx264",
        "-g",
        "10",
        "-movflags",
        "frag_keyframe+empty_moov",
    )
    (tmp_path / "killed.mp4").write_bytes(film.read_bytes()[: film.stat().st_size * 3 // 4])
    files = {"whole.mp4": film, "killed.mp4": tmp_path / "killed.mp4"}
    said = [f"recording broke off at {probe(files['killed.mp4']).duration_s:.1f} s"]
    assert caveats("capture", {"file": "killed.mp4"}, files) == said
    assert caveats("capture", {"file": "whole.mp4"}, files) == []
    panes = [{"file": "whole.mp4", "label": "a"}, {"file": "killed.mp4", "label": "b"}]
    assert caveats("side-by-side", {"panes": panes}, files) == said
    assert caveats("quad", {"panes": panes * 2}, files) == said * 2


def caveats(kind: str, params: dict[str, Any], files: dict[str, Path]) -> list[str]:
    found = discover()[kind]
    shot = ShotPlan(
        "v", "s", kind, 0, Stretch(640, 360, 15), INK, found.params.model_validate(params), assets=files
    )
    return list(found.caveats(shot))
