"""Captures, figures, logs and formulas that are something else than they say, or far too much of it."""

from __future__ import annotations

import gzip
import json
import struct
import subprocess
import zlib
from pathlib import Path

import av
import pytest

from explainers import ffmpeg, inputs
from explainers.compositor.labels import read_pixels
from explainers.errors import InvalidInput, RenderFailed
from explainers.footage.art import open_art
from explainers.footage.cast import read_cast
from explainers.footage.media import probe
from explainers.kinds.diagram.params import Node
from explainers.kinds.frames.draw import read_frames
from explainers.runs import load_run


@pytest.fixture(scope="module")
def secret(tmp_path_factory) -> Path:
    """A real video that lies outside any assets folder."""
    path = tmp_path_factory.mktemp("outside") / "secret.ts"
    ffmpeg.run(["-f", "lavfi", "-i", "color=red:s=64x64:d=1", "-y", path], "the secret")
    return path


def playlists(secret: Path) -> dict[str, str]:
    """Lists that make ffmpeg read another file, each in the form of a reader of its own."""
    head = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXTINF:1.0,\n"
    dash = (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
        'profiles="urn:mpeg:dash:profile:isoff-on-demand:2011" mediaPresentationDuration="PT1S"><Period>'
        '<AdaptationSet contentType="video"><Representation id="1" bandwidth="1" mimeType="video/mp4">'
        f"<BaseURL>file://{secret}</BaseURL></Representation></AdaptationSet></Period></MPD>"
    )
    return {
        "hls": f"{head}file://{secret}\n#EXT-X-ENDLIST\n",
        "concat": f"ffconcat version 1.0\nfile '{secret}'\n",
        "dash": dash,
        "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n",
    }


@pytest.mark.parametrize("form", ["hls", "concat", "dash", "sdp"])
@pytest.mark.parametrize("suffix", [".mp4", ".ts", ".m3u8", ".dat"])
def test_a_list_of_other_files_is_no_capture(form: str, suffix: str, secret: Path, tmp_path: Path) -> None:
    path = tmp_path / f"capture{suffix}"
    path.write_text(playlists(secret)[form])
    with pytest.raises(InvalidInput, match=path.name):
        probe(path)
    with pytest.raises(InvalidInput, match=path.name):
        read_frames(path, [0.0], (64, 64))
    with pytest.raises(RenderFailed):
        ffmpeg.run(["-i", path, "-y", tmp_path / "out.mp4"], "the clip")
    assert not (tmp_path / "out.mp4").exists()


def test_without_the_list_of_formats_such_a_list_would_be_followed(secret: Path, tmp_path: Path) -> None:
    """What the tests above guard against is real: ffmpeg as it is shows the other file."""
    path = tmp_path / "capture.m3u8"
    path.write_text(playlists(secret)["hls"])
    command = [ffmpeg.executable(), "-v", "error", "-nostdin", "-protocol_whitelist", "file", "-i", path]
    subprocess.run([*command, "-y", tmp_path / "out.mp4"], check=True)
    assert (tmp_path / "out.mp4").stat().st_size > 0


@pytest.mark.parametrize("name", ["http://127.0.0.1:9/x.mp4", "concat:a.mp4|b.mp4", "pipe:0", "-i"])
def test_a_file_name_is_never_an_address(name: str, tmp_path: Path) -> None:
    with pytest.raises((av.FFmpegError, OSError)):
        ffmpeg.opened(tmp_path / name)


def png(path: Path, width: int, height: int) -> Path:
    """A PNG that says it is so large, with next to nothing in it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    return path


@pytest.mark.parametrize("size", [(60_000, 60_000), (12_000, 11_000)])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked(size, tmp_path: Path) -> None:
    path = png(tmp_path / "figure.png", *size)
    for read in (probe, read_pixels, open_art):
        with pytest.raises(InvalidInput, match=r"figure\.png.*120,000,000 pixels"):
            read(path)


def test_postscript_is_not_run_whatever_it_is_called(tmp_path: Path) -> None:
    path = tmp_path / "figure.png"
    path.write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) (r) file\nshowpage\n")
    for read in (probe, read_pixels, open_art):
        with pytest.raises(InvalidInput, match=r"figure\.png"):
            read(path)


def svg(path: Path, body: str, before: str = "") -> Path:
    size = 'width="20" height="20" xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink"'
    path.write_text(f'<?xml version="1.0"?>{before}<svg {size}>{body}</svg>')
    return path


def test_an_svg_does_not_show_files_beside_it(tmp_path: Path, secret: Path) -> None:
    ffmpeg.run(["-i", secret, "-frames:v", "1", "-y", tmp_path / "secret.png"], "a picture")
    links = [f"file://{tmp_path}/secret.png", f"{tmp_path}/secret.png", "secret.png", "../secret.png"]
    for link in links:
        path = svg(tmp_path / "figure.svg", f'<image x:href="{link}" width="20" height="20"/>')
        try:
            pixels = open_art(path).raster((0, 0, 20, 20), (20, 20))
        except InvalidInput:
            continue
        assert (pixels == 255).all(), link


def test_entities_of_an_svg_do_not_multiply(tmp_path: Path) -> None:
    lines = ['<!ENTITY a0 "xxxxxxxxxx">']
    lines += [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)]
    path = svg(tmp_path / "figure.svg", "<text>&a11;</text>", f"<!DOCTYPE svg [{''.join(lines)}]>")
    with pytest.raises(InvalidInput, match=r"figure\.svg"):
        open_art(path).raster((0, 0, 20, 20), (20, 20))


def test_a_log_is_unpacked_up_to_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explainers.runs.format.MAX_BYTES", 1_000_000)
    path = tmp_path / "run.jsonl.gz"
    path.write_bytes(gzip.compress(b" " * 50_000_000))
    with pytest.raises(InvalidInput, match="unpacks to more than the 1,000,000 bytes"):
        load_run(path)
    path.write_bytes(gzip.compress(b'{"format": "run/1"}' * 99)[:-9])
    with pytest.raises(InvalidInput, match="cut short"):
        load_run(path)


@pytest.mark.parametrize("name", ["log.run.jsonl", "log.json", "log.cast"])
def test_files_of_a_hundred_megabytes_are_refused_unread(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(300 * inputs.MIB)
    with pytest.raises(InvalidInput, match="too-large"):
        (read_cast if name.endswith("cast") else load_run)(path)


@pytest.mark.parametrize("text", ["[" * 99_999, '{"a":' * 99_999, '{"format": "run/1", "x": ' + "[" * 99_999])
def test_logs_and_recordings_nested_without_end_are_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text(text)
    with pytest.raises(InvalidInput):
        load_run(path)
    path.write_text(json.dumps({"version": 2, "width": 80, "height": 24}) + "\n" + text)
    with pytest.raises(InvalidInput):
        read_cast(path)


@pytest.mark.parametrize("field", [{"label": '$#read("/etc/passwd")$'}, {"terms": {"a": "#while true {}"}}])
def test_formulas_hold_no_code(field) -> None:
    with pytest.raises(ValueError, match="formulas hold no code"):
        Node.model_validate(field)


def test_a_number_sign_outside_mathematics_is_a_character_like_any_other() -> None:
    assert Node.model_validate({"label": "issue #1, $x$"}).label == "issue #1, $x$"
