"""Web renditions: decoded by an independent prober, within the budget, made once."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent.parent / "site"))
import embed_fixtures as fixtures

from explainers.compositor.join import codec_string
from explainers.errors import ExplainersError, RenderFailed, UsageError
from explainers.manifest import Manifest, Shot
from explainers.render.rendition_encoder import cambi, crop_ssim, text_crops
from explainers.render.renditions import web_renditions as as_it_earns
from explainers.render.web_pictures import excerpts, linked_poster, poster_files
from explainers.site.pages import figure_lines
from explainers.site.urls import Urls
from explainers.site.videos import load_video

web_renditions = partial(as_it_earns, least_saving=None)


def probe(path: Path, *wanted: str) -> Any:
    command = ["ffprobe", "-v", "error", "-of", "json", *wanted, str(path)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video's folder with web renditions in it."""
    folder = fixtures.make_renders(tmp_path_factory.mktemp("renders"), ("drex",)) / "drex"
    web_renditions(folder)
    return folder


def test_the_av1_file_is_what_the_record_says(made: Path) -> None:
    record = json.loads((made / "web/manifest.json").read_text())
    (one,) = record["renditions"]
    path = made / "web" / one["file"]
    (stream,) = probe(path, "-show_streams")["streams"]
    assert (stream["codec_name"], stream["pix_fmt"], stream["width"], stream["height"]) == (
        "av1",
        "yuv420p",
        640,
        360,
    )
    assert (stream["color_space"], stream["color_primaries"], stream["color_range"]) == (
        "bt709",
        "bt709",
        "tv",
    )
    assert stream["color_transfer"] == "iec61966-2-1"
    assert int(stream["nb_frames"]) == 180 and stream["avg_frame_rate"] == "30/1"
    assert one["codecs"].startswith("av01.0.0") and one["bytes"] == path.stat().st_size
    assert one["ssim_text"]["min"] >= 0.98


def test_chapters_begin_with_a_keyframe_and_the_index_stands_first(made: Path) -> None:
    path = made / "web/video.av1.mp4"
    packets = probe(path, "-show_entries", "packet=pts_time,flags")["packets"]
    assert {0.0, 3.0} <= {float(one["pts_time"]) for one in packets if "K" in one["flags"]}
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_the_joined_video_is_kept_where_it_is_small_enough(made: Path) -> None:
    record = json.loads((made / "web/manifest.json").read_text())
    assert [one["file"] for one in record["kept"]] == ["video.mp4"]


def test_pictures_have_their_sizes(made: Path) -> None:
    web = made / "web"
    with Image.open(web / "social.jpg") as social, Image.open(web / "poster-640.avif") as poster:
        assert social.size == (1200, 630) and poster.size == (640, 360)
        red, green, blue = poster.convert("RGB").getpixel((5, 5))  # type: ignore[misc]
        assert abs(red - 0x1F) < 12 and abs(green - 0x3A) < 12 and abs(blue - 0x5F) < 12
    with Image.open(web / "preview.webp") as moving:
        assert moving.n_frames > 20 and moving.info["loop"] == 1  # type: ignore[attr-defined]
        assert sum(_durations(web / "preview.webp")) <= 5000
    assert (web / "preview.webp").stat().st_size <= 2**20
    (loop,) = probe(web / "loop.mp4", "-show_streams")["streams"]
    assert loop["codec_name"] == "h264" and 3 < float(loop["duration"]) <= 6.5


def test_posters_cost_a_phone_little_and_the_linked_one_looks_like_a_video(made: Path) -> None:
    record = json.loads((made / "web/manifest.json").read_text())
    types = ["image/avif", "image/webp", "image/jpeg"]
    assert [(one["width"], one["type"]) for one in record["posters"]] == [(640, one) for one in types]
    assert record["linked"] == "poster-play.jpg"
    with Image.open(made / "poster.jpg") as plain, Image.open(made / "web/poster-play.jpg") as linked:
        assert linked.size == plain.size
        middle, edge = linked.getpixel((320, 180)), linked.getpixel((320 - 39, 180))
        assert min(middle) > 200 and max(linked.getpixel((295, 180))) < 70 and min(edge) > 150  # type: ignore
        assert sum(linked.crop((560, 315, 640, 360)).convert("L").histogram()[200:]) > 60
        corners = zip(linked.getpixel((5, 5)), plain.getpixel((5, 5)), strict=True)  # type: ignore
        assert max(abs(a - b) for a, b in corners) < 9


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (3840, 2160), (640, 360)])
def test_a_poster_full_of_detail_is_still_within_the_bytes(tmp_path: Path, size: tuple[int, int]) -> None:
    frame = Image.effect_noise((240, 135), 90).resize(size, Image.Resampling.BICUBIC).convert("RGB")
    made = poster_files(frame, tmp_path)
    linked_poster(frame, 3725.2, tmp_path / "linked.jpg")
    names = [*(one.file for one in made), "linked.jpg"]
    assert all((tmp_path / name).stat().st_size <= 60_000 for name in names)
    assert {one.type for one in made} == {"image/avif", "image/webp", "image/jpeg"}
    assert all(300 < one.width <= min(size[0], 1280) for one in made)
    for one in made:
        with Image.open(tmp_path / one.file) as picture:
            assert picture.size == (one.width, one.height)


def _durations(path: Path) -> list[int]:
    found = []
    with Image.open(path) as picture:
        for number in range(picture.n_frames):  # type: ignore[attr-defined]
            picture.seek(number)
            picture.load()
            found.append(picture.info["duration"])
    return found


def test_a_second_run_makes_nothing_and_a_new_render_makes_all_anew(made: Path) -> None:
    before = (made / "web/video.av1.mp4").stat().st_mtime_ns
    assert not web_renditions(made).made
    assert (made / "web/video.av1.mp4").stat().st_mtime_ns == before
    manifest = made / "manifest.json"
    text = manifest.read_text()
    manifest.write_text(text.replace("id-drex", "id-other"))
    assert web_renditions(made).made
    assert json.loads((made / "web/manifest.json").read_text())["made_from"] == "id-other"
    manifest.write_text(text)


def test_the_same_video_gives_the_same_bytes(made: Path, tmp_path: Path) -> None:
    again = fixtures.make_renders(tmp_path, ("drex",)) / "drex"
    web_renditions(again)
    web_renditions(made)
    for path in sorted((made / "web").iterdir()):
        assert path.read_bytes() == (again / "web" / path.name).read_bytes(), path.name


def test_a_damaged_file_is_made_again(made: Path) -> None:
    path = made / "web/video.av1.mp4"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + b"x")
    assert web_renditions(made).made and path.read_bytes() == whole


def test_the_budget_is_met_by_lower_quality(tmp_path: Path) -> None:
    folder = fixtures.make_renders(tmp_path, ("drex",)) / "drex"
    fixtures.film(folder, "testsrc2=s=320x180:r=30:d=6,format=yuv420p")
    told: list[str] = []
    result = web_renditions(folder, max_mib=0.15, say=told.append)
    files = {one.file: folder / "web" / one.file for one in result.record.renditions}
    assert set(files) == {"video.av1.mp4", "video.h264.mp4"}
    assert all(path.stat().st_size <= 0.15 * 2**20 for path in files.values())
    assert sum("encoding at crf" in line for line in told) > 2
    assert result.warnings and "least SSIM of text" in result.warnings[0]


def test_av1_that_saves_too_little_is_not_made_and_says_why(tmp_path: Path) -> None:
    folder = fixtures.make_renders(tmp_path, ("drex",)) / "drex"
    told: list[str] = []
    result = as_it_earns(folder, say=told.append, least_saving=0.999)
    assert not result.record.renditions and [one.file for one in result.record.kept] == ["video.mp4"]
    assert any("smaller than H.264" in line and line.endswith("under 100%: not made") for line in told)


LIT = (
    "gradients=s=640x360:r=30:d=6:n=2:c0=0x0f172a:c1=0x20336a:x0=0:y0=0:x1=640:y1=360:speed=0.00001:seed=2,"
    "noise=c0s=1,format=yuv420p"
)
"""A lit ground with the finest dither, which AV1 leaves out for its few bytes."""


def test_av1_that_bands_is_not_made_however_small_it_is(tmp_path: Path) -> None:
    folder = fixtures.make_renders(tmp_path, ("drex",)) / "drex"
    fixtures.film(folder, LIT)
    told: list[str] = []
    result = as_it_earns(folder, say=told.append)
    assert not result.record.renditions and not result.warnings
    (said,) = (line for line in told if line.endswith("not made"))
    found = re.search(r"(\d+)% smaller than H.264 .*, with bands, CAMBI ([\d.]+), over 5", said)
    assert found and int(found[1]) > 25 and float(found[2]) > 5
    # Made unasked it says so itself, and H.264 has none.
    forced = web_renditions(folder)
    assert [one.cambi is not None and one.cambi > 5 for one in forced.record.renditions] == [True]
    assert "video.av1.mp4: bands, CAMBI" in forced.warnings[0]
    assert (cambi(folder / "video.mp4", 48) or 0) < 1


def test_a_large_video_has_a_rendition_for_phones(tmp_path: Path) -> None:
    video = {**fixtures.VIDEOS["drex"], "size": (1280, 960)}
    folder = fixtures.make_video(tmp_path / "drex", "drex", **video)
    result = as_it_earns(folder, least_saving=0.999)
    (phone,) = result.record.renditions
    assert (phone.width, phone.height, phone.for_phones) == (960, 720, True)
    assert phone.ssim_text and phone.ssim_text.min > 0.98 and phone.cambi is not None and phone.cambi < 1
    (stream,) = probe(folder / "web" / phone.file, "-show_streams")["streams"]
    assert (stream["codec_name"], stream["width"], stream["height"]) == ("h264", 960, 720)
    assert int(stream["nb_frames"]) == 180 and stream["color_space"] == "bt709"
    shown = load_video(folder)
    assert [one.file for one in shown.sources_in_order] == [phone.file, "video.mp4"]
    figure = "\n".join(figure_lines(shown, Urls("/videos")))
    assert figure.count('media="(max-width: 480px)"') == 1
    assert figure.index("video.720.mp4") < figure.index("/video.mp4")


def test_a_budget_that_cannot_be_met_names_both_sizes(tmp_path: Path) -> None:
    folder = fixtures.make_renders(tmp_path, ("drex",)) / "drex"
    with pytest.raises(RenderFailed, match=r"over the budget of 0\.001 MiB"):
        web_renditions(folder, max_mib=0.001)
    assert not (folder / "web/manifest.json").exists()


def test_no_finished_video_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="explainers render"):
        web_renditions(tmp_path / "drex")


@pytest.mark.parametrize("content", ["{", "[]", '{"renditions": []}', '{"renditions": [{"file": "../x"}]}'])
def test_a_broken_manifest_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(ExplainersError, match="manifest"):
        web_renditions(tmp_path)


def test_names_of_codecs_come_from_the_files_own_record() -> None:
    assert codec_string(bytes([1, 0x64, 0, 0x28])) == "avc1.640028"
    assert codec_string(bytes([0x81, 0x08, 0x0C])) == "av01.0.08M.08"
    assert codec_string(bytes([0x81, 0x0D, 0x4C])) == "av01.0.13M.10"
    with pytest.raises(RenderFailed):
        codec_string(b"")


def test_excerpts_are_the_middles_of_the_longest_shots_in_order() -> None:
    times = ((0, 1), (1, 11), (11, 12), (12, 32), (32, 40), (40, 52))
    shots = tuple(Shot(id=f"at-{start}", start_s=start, end_s=end) for start, end in times)
    found = excerpts(Manifest.model_construct(shots=shots, duration_s=52), 6)
    assert found == [(5.25, 6.75), (21.25, 22.75), (35.25, 36.75), (45.25, 46.75)]


def test_ssim_is_one_for_the_same_and_less_for_a_blur() -> None:
    rng = np.random.default_rng(1)
    text = np.where(rng.random((360, 640)) > 0.7, 230, 20).astype(np.uint8)
    assert text_crops(text).all() and not text_crops(np.full((360, 640), 80, np.uint8)).any()
    assert np.allclose(crop_ssim(text, text), 1)
    blurred = ((text.astype(int) + np.roll(text, 1, 1)) // 2).astype(np.uint8)
    assert crop_ssim(text, blurred).max() < 0.95
