"""Colour profiles of pictures and colour tags of videos are converted, as a few lines of NumPy say."""

from __future__ import annotations

import struct
import zlib
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms
from real import made

from explainers import ffmpeg
from explainers.compositor.labels import LabelClass, read_labels, read_pixels
from explainers.errors import InvalidInput
from explainers.footage.art import open_art
from explainers.footage.conform import Frames, Request, conform
from explainers.footage.media import probe
from explainers.kinds.frames.draw import read_frames

D65, D50 = (0.3127, 0.3290), (0.34567, 0.35850)
PRIMARIES = {
    "bt709": ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060)),
    "smpte432": ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
    "bt2020": ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
    "smpte170m": ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070)),
    "bt470bg": ((0.640, 0.330), (0.290, 0.600), (0.150, 0.060)),
    "adobe": ((0.640, 0.330), (0.210, 0.710), (0.150, 0.060)),
}
CURVES = {
    "srgb": (
        lambda v: np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4),
        lambda v: np.where(v <= 0.0031308, v * 12.92, 1.055 * np.maximum(v, 0) ** (1 / 2.4) - 0.055),
    ),
    "bt709": (
        lambda v: np.where(v < 0.081, v / 4.5, ((v + 0.099) / 1.099) ** (1 / 0.45)),
        lambda v: np.where(v < 0.018, v * 4.5, 1.099 * np.maximum(v, 0) ** 0.45 - 0.099),
    ),
    "gamma22": (lambda v: v**2.2, lambda v: np.maximum(v, 0) ** (1 / 2.2)),
    "gamma28": (lambda v: v**2.8, lambda v: np.maximum(v, 0) ** (1 / 2.8)),
}
CURVES["bt2020-10"] = CURVES["bt709"]


def xyz(spot: tuple[float, float]) -> np.ndarray:
    return np.array([spot[0] / spot[1], 1.0, (1 - spot[0] - spot[1]) / spot[1]])


def to_xyz(name: str) -> np.ndarray:
    """Linear RGB of those primaries, with white at D65, to XYZ."""
    columns = np.stack([xyz(spot) for spot in PRIMARIES[name]], 1)
    return columns * np.linalg.solve(columns, xyz(D65))


def adapted() -> np.ndarray:
    """Bradford's matrix from D65 to D50."""
    cone = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
    return np.linalg.inv(cone) @ np.diag((cone @ xyz(D50)) / (cone @ xyz(D65))) @ cone


def converted(
    color: np.ndarray, source: str, curve: str, target: str = "bt709", left: str = "srgb"
) -> np.ndarray:
    """8-bit codes in other primaries and another curve, cut to what these can hold."""
    linear = np.linalg.solve(to_xyz(target), to_xyz(source) @ CURVES[curve][0](np.asarray(color) / 255))
    return np.round(CURVES[left][1](linear.clip(0, 1)) * 255)


def profile(name: str, curve: str, gray: bool = False) -> bytes:
    """An ICC profile with those primaries, written by hand."""

    def fixed(values: np.ndarray) -> bytes:
        return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(float(v) * 65536)) for v in values)

    steps = CURVES[curve][0](np.linspace(0, 1, 1024))
    trc = b"curv\0\0\0\0" + struct.pack(">I", 1024) + np.round(steps * 65535).astype(">u2").tobytes()
    words = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"Made\0" + b"\0" * 78
    tags = {b"desc": words, b"cprt": b"text\0\0\0\0none\0", b"wtpt": fixed(xyz(D50))}
    if gray:
        tags[b"kTRC"] = trc
    else:
        columns = (adapted() @ to_xyz(name)).T
        tags |= {b"rXYZ": fixed(columns[0]), b"gXYZ": fixed(columns[1]), b"bXYZ": fixed(columns[2])}
        tags |= {b"rTRC": trc, b"gTRC": trc, b"bTRC": trc}
    table, body = struct.pack(">I", len(tags)), b""
    for key, data in tags.items():
        table += key + struct.pack(">II", 132 + 12 * len(tags) + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    space = b"GRAY" if gray else b"RGB "
    head = struct.pack(
        ">I4sI4s4s4s", 132 + len(table) - 4 + len(body), b"lcms", 0x02400000, b"mntr", space, b"XYZ "
    )
    head += b"\0" * 12 + b"acsp" + b"\0" * 28 + fixed(xyz(D50))[8:]
    return head.ljust(128, b"\0") + table + body


def shown(path: Path) -> np.ndarray:
    """The middle of a picture as a figure or a capture shows it, and as a photo does: the same."""
    art = open_art(path)
    pixels = art.raster((0, 0, art.width, art.height), (int(art.width), int(art.height)))[:, :, 2::-1]
    assert np.abs(pixels.astype(int) - read_pixels(path)).max() <= 1
    return pixels[pixels.shape[0] // 2, pixels.shape[1] // 2].astype(int)


channel = st.integers(0, 255)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.tuples(channel, channel, channel),
    st.sampled_from(["smpte432", "bt2020", "adobe", "smpte170m"]),
    st.sampled_from(["srgb", "gamma22", "bt709"]),
    st.sampled_from(
        [("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("TIFF", "RGB"), ("WEBP", "RGB"), ("JPEG", "RGB")]
    ),
)
def test_a_pictures_profile_is_applied(
    tmp_path: Path, color: tuple[int, int, int], name: str, curve: str, form: tuple[str, str]
) -> None:
    path = tmp_path / f"a.{form[0].lower()}"
    image = Image.new("RGB", (16, 12), color)
    image = image.quantize(4) if form[1] == "P" else image.convert(form[1])
    how = (
        {"lossless": True}
        if form[0] == "WEBP"
        else {"quality": 100, "subsampling": 0}
        if form[0] == "JPEG"
        else {}
    )
    image.save(path, form[0], icc_profile=profile(name, curve), **how)
    with Image.open(path) as opened:
        stored = np.asarray(opened.convert("RGB"))[6, 8]
    # Dark codes of steep curves lie many steps apart.
    assert np.abs(shown(path) - converted(stored, name, curve)).max() <= 3


def test_srgb_under_any_name_changes_no_bit(tmp_path: Path) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (40, 50, 3), np.uint8)
    for given_ in (
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
        profile("bt709", "srgb"),
    ):
        Image.fromarray(pixels).save(tmp_path / "a.png", icc_profile=given_)
        assert np.array_equal(read_pixels(tmp_path / "a.png"), pixels)


def test_gray_and_deep_pictures_keep_their_tones(tmp_path: Path) -> None:
    Image.new("L", (8, 8), 100).save(tmp_path / "a.png", icc_profile=profile("", "gamma28", gray=True))
    assert shown(tmp_path / "a.png") == pytest.approx(converted(np.full(3, 100), "bt709", "gamma28"), abs=1)
    Image.new("L", (8, 8), 100).save(tmp_path / "b.png", icc_profile=profile("smpte432", "gamma28"))
    assert shown(tmp_path / "b.png") == pytest.approx(converted(np.full(3, 100), "bt709", "gamma28"), abs=1)
    Image.fromarray(np.full((8, 8), 100 * 257, np.uint16)).save(tmp_path / "c.png")
    assert shown(tmp_path / "c.png").tolist() == [100, 100, 100]


def test_inks_are_shown_as_light(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    Image.new("CMYK", (16, 16), (0, 255, 255, 0)).save(path, quality=100)
    assert shown(path) == pytest.approx((255, 0, 0), abs=3)
    Image.new("CMYK", (16, 16), (0, 255, 255, 0)).save(path, icc_profile=profile("smpte432", "srgb"))
    with pytest.raises(InvalidInput, match="one of RGB, and its pixels are CMYK"):
        open_art(path)


def test_what_shines_through_is_converted_before_it_is_laid_over_its_ground(tmp_path: Path) -> None:
    image = Image.new("RGBA", (8, 8), (233, 54, 40, 128))
    image.save(tmp_path / "a.png", icc_profile=profile("smpte432", "srgb"))
    red = converted(np.array([233, 54, 40]), "smpte432", "srgb")
    assert shown(tmp_path / "a.png") == pytest.approx(255 + (red - 255) * 128 / 255, abs=2)


@pytest.mark.parametrize(
    "bad", [b"no profile", profile("smpte432", "srgb")[:200], profile("", "srgb", gray=True)]
)
def test_a_profile_that_is_no_use_is_named(tmp_path: Path, bad: bytes) -> None:
    Image.new("RGB", (8, 8), "red").save(tmp_path / "a.png", icc_profile=bad)
    for read in (open_art, read_pixels, probe):
        with pytest.raises(InvalidInput, match=r"a\.png.*colour profile.*export the picture as sRGB"):
            read(tmp_path / "a.png")


def test_codes_of_a_label_map_are_no_colours(tmp_path: Path) -> None:
    classes = (LabelClass("Red", "", "#E93628"), LabelClass("Green", "", "#74FB4D"))
    Image.new("RGB", (8, 8), "#E93628").save(tmp_path / "a.png", icc_profile=profile("smpte432", "srgb"))
    assert not read_labels(tmp_path / "a.png", classes).any()


def conformed(path: Path, folder: Path, over: str = "#000000") -> np.ndarray:
    """The middle of the first frame as a film shows it."""
    media = probe(path)
    size = (0, 0, media.width, media.height)
    request = Request(media, 0.0, media.duration_s, size, 64, 48, Fraction(10), over)
    conform(request, folder / "out.mp4")
    assert not (folder / "out.frames").exists()
    return Frames(folder / "out.mp4", request.frames).bgra(0)[24, 32, 2::-1].astype(int)


def test_pictures_of_a_sequence_are_converted_too(tmp_path: Path) -> None:
    (tmp_path / "frames").mkdir()
    for number in range(3):
        image = Image.new("RGB", (64, 48), (180, 100, 80))
        image.save(tmp_path / f"frames/{number}.png", icc_profile=profile("smpte432", "srgb"))
    want = converted(np.array([180, 100, 80]), "smpte432", "srgb")
    assert np.abs(conformed(tmp_path / "frames", tmp_path) - want).max() <= 3


SHOWN = [(192, 64, 32), (40, 120, 200), (30, 140, 60), (250, 250, 250), (128, 128, 128), (12, 20, 30)]
TAGS = [
    ("smpte432", "bt709", "bt709", "yuv420p"),
    ("smpte432", "srgb", "bt709", "yuv444p"),
    ("smpte432", "bt709", "bt709", "yuv420p10le"),
    ("bt2020", "bt2020-10", "bt2020", "yuv420p10le"),
    ("bt2020", "bt2020-10", "bt2020", "yuv420p"),
    ("smpte170m", "bt709", "bt601", "yuv420p"),
    ("bt470bg", "gamma28", "bt601", "yuv420p"),
    ("bt709", "gamma22", "bt709", "yuv420p"),
    ("bt709", "srgb", "bt709", "yuv420p"),
    ("bt709", "bt709", "bt709", "yuv420p"),
]


def tagged(path: Path, stored: np.ndarray, tags: tuple[str, str, str, str], *encode: str) -> Path:
    """A video of one colour, its codes as they are given, with those tags."""
    primaries, transfer, matrix, pixels = tags
    red, green, blue = (int(value) for value in stored)
    graph = f"color=c=0x{red:02X}{green:02X}{blue:02X}:s=128x96:r=10:d=0.3,format=gbrp"
    graph += f",scale=out_color_matrix={matrix}:out_range=limited:flags=accurate_rnd+full_chroma_int"
    graph += f",format={pixels}"
    space = {"bt709": "bt709", "bt601": "smpte170m", "bt2020": "bt2020nc"}[matrix]
    trc = {"srgb": "iec61966-2-1"}.get(transfer, transfer)
    by_number = {"gamma22": "bt470m", "gamma28": "bt470bg"}.get(trc, trc)
    graph += f",setparams=color_primaries={primaries}:color_trc={by_number}:colorspace={space}"
    encode = encode or ("-c:v", "libx264", "-qp", "1")
    names = ["-color_primaries", primaries, "-color_trc", trc, "-colorspace", space]
    return made(path, "-f", "lavfi", "-i", graph, *encode, *names, "-pix_fmt", pixels)


@pytest.mark.parametrize("tags", TAGS, ids="-".join)
@pytest.mark.parametrize("color", SHOWN)
def test_a_videos_colour_tags_are_followed(
    tmp_path: Path, tags: tuple[str, str, str, str], color: tuple
) -> None:
    primaries, transfer = tags[:2]
    left = "bt709" if transfer in ("bt709", "bt2020-10") else "srgb"
    stored = converted(np.array(color), "bt709", left, primaries, transfer)
    want = converted(stored, primaries, transfer, "bt709", left)
    path = tagged(tmp_path / "a.mp4", stored, tags)
    # Steps of eight bits are wide where the primaries are.
    near = 6 if primaries == "bt2020" else 4
    assert np.abs(conformed(path, tmp_path) - want).max() <= near
    # A drive's frames take the same way.
    assert np.abs(read_frames(path, [0.0], (40, 30))[0][15, 20].astype(int) - want).max() <= near


def test_a_video_that_shines_through_is_converted_too(tmp_path: Path) -> None:
    stored = converted(np.array([192, 64, 32]), "bt709", "bt709", "smpte432", "bt709")
    tags = ("smpte432", "bt709", "bt709", "yuva444p10le")
    path = tagged(tmp_path / "a.mov", stored, tags, "-c:v", "prores_ks", "-profile:v", "4444")
    media = probe(path)
    assert media.alpha
    assert media.colors == ("smpte432", "bt709", "bt709")
    assert np.abs(conformed(path, tmp_path) - [192, 64, 32]).max() <= 4


def test_tags_that_can_not_be_followed_are_named(tmp_path: Path) -> None:
    path = made(
        tmp_path / "a.mkv",
        *["-f", "lavfi", "-i", "color=s=64x48:d=0.2,setparams=color_trc=log100", "-c:v", "libx264"],
        *["-color_trc", "log100"],
    )
    with pytest.raises(InvalidInput, match=r"a\.mkv has colour transfer that can't be converted"):
        probe(path)


def test_plain_tags_and_none_leave_a_video_as_it_is(tmp_path: Path) -> None:
    for tags in ([], ["-color_primaries", "bt709", "-color_trc", "bt709"], ["-color_trc", "smpte170m"]):
        ffmpeg.run(["-f", "lavfi", "-i", "color=s=64x48:d=0.2", *tags, "-y", tmp_path / "a.mp4"], "a clip")
        assert probe(tmp_path / "a.mp4").colors is None


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def with_chunks(path: Path, color: tuple[int, ...], *chunks: bytes) -> Path:
    """A PNG of one colour with chunks behind its header."""
    Image.new("RGB", (8, 8), color).save(path)
    data = path.read_bytes()
    path.write_bytes(data[:33] + b"".join(chunks) + data[33:])
    return path


def chroma(name: str, gamma: float) -> tuple[bytes, ...]:
    spots = [round(value * 100000) for spot in (D65, *PRIMARIES[name]) for value in spot]
    return chunk(b"cHRM", struct.pack(">8I", *spots)), chunk(
        b"gAMA", struct.pack(">I", round(100000 / gamma))
    )


@pytest.mark.parametrize("color", [(233, 54, 40), (116, 251, 77), (100, 110, 120), (30, 140, 160)])
def test_colour_chunks_of_a_png_are_followed(tmp_path: Path, color: tuple[int, int, int]) -> None:
    path, sure = tmp_path / "a.png", np.array(color)
    for number, name in ((12, "smpte432"), (9, "bt2020"), (6, "smpte170m"), (5, "bt470bg")):
        want = converted(sure, name, "srgb")
        for transfer in (1, 13):
            with_chunks(path, color, chunk(b"cICP", bytes([number, transfer, 0, 1])))
            assert np.abs(shown(path) - want).max() <= 2
        assert np.abs(shown(with_chunks(path, color, *chroma(name, 2.2))) - want).max() <= 2
    gamma = with_chunks(path, color, chunk(b"cICP", bytes([12, 5, 0, 1])))
    assert np.abs(shown(gamma) - converted(sure, "smpte432", "gamma28")).max() <= 3
    assert (
        np.abs(
            shown(with_chunks(path, color, *chroma("bt709", 2.8))) - converted(sure, "bt709", "gamma28")
        ).max()
        <= 3
    )


def test_colour_chunks_that_say_srgb_or_bt709_change_no_bit(tmp_path: Path) -> None:
    for chunks in ([chunk(b"cICP", bytes([1, 1, 0, 1]))], chroma("bt709", 2.2), chroma("bt709", 1.96)):
        assert shown(with_chunks(tmp_path / "a.png", (12, 130, 201), *chunks)).tolist() == [12, 130, 201]


def test_hdr_pictures_are_named(tmp_path: Path) -> None:
    path = with_chunks(tmp_path / "a.png", (9, 9, 9), chunk(b"cICP", bytes([9, 16, 0, 1])))
    for read in (open_art, read_pixels, probe):
        with pytest.raises(InvalidInput, match=r"a\.png.*it is HDR; export the picture as sRGB"):
            read(path)
