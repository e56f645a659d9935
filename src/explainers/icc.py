"""Pictures in sRGB: their colour profiles, and the colour chunks of a PNG, applied in one place.

(The colours of videos are converted by ffmpeg; see `footage.conform`.)
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from functools import lru_cache
from io import BytesIO
from itertools import chain, product
from typing import Any


def srgb(image: Any, over: str | None = "white") -> Any:
    """A picture as RGB in sRGB, turned upright, over the colour `over` where it is transparent.

    With None it stays transparent, and is RGBA where it was.

    The one place where a picture's colour profile is applied; ValueError for one that can't be. (Label maps
    are not colours but codes, and are not read through here.)
    """
    import numpy as np
    from PIL import Image, ImageOps

    profile = _profile(image)
    image = ImageOps.exif_transpose(image)
    clear = image.convert("RGBA").getchannel("A") if image.has_transparency_data else None
    if image.mode.startswith("I"):
        # Pillow cuts what is above 255 instead of scaling it.
        image = Image.fromarray((np.asarray(image).astype(np.int64).clip(0, 65535) // 257).astype(np.uint8))
    if image.mode != _pixels(image):
        image = image.convert(_pixels(image))
    image = _by_profile(image, profile) if profile else image.convert("RGB")
    if clear is not None:
        image.putalpha(clear)
    if clear is not None and over is not None:
        image = Image.alpha_composite(Image.new("RGBA", image.size, over), image).convert("RGB")
    return image


def has_own_colors(image: Any) -> bool:
    """Whether a picture's pixels are changed by `srgb` for the sake of its colour profile."""
    profile = _profile(image)
    return bool(profile) and _transform(profile, _pixels(image)) is not None


def _pixels(image: Any) -> str:
    """The mode in which a picture's profile is applied."""
    if image.mode in ("L", "LA", "1", "F") or image.mode.startswith("I"):
        return "L"
    return image.mode if image.mode in ("CMYK", "LAB") else "RGB"


def _by_profile(image: Any, profile: bytes) -> Any:
    from PIL import ImageCms

    transform = _transform(profile, image.mode)
    if transform is None:
        return image.convert("RGB")
    if transform.input_mode != image.mode:
        image = image.convert(transform.input_mode)
    return ImageCms.applyTransform(image, transform)


_SRGB = (0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06)
_SPOTS = {
    1: _SRGB,
    2: _SRGB,
    5: (*_SRGB[:4], 0.29, 0.6, 0.15, 0.06),
    12: (*_SRGB[:2], 0.68, 0.32, 0.265, 0.69),
}
_SPOTS |= {12: (*_SPOTS[12], 0.15, 0.06), 6: (*_SRGB[:2], 0.63, 0.34, 0.31, 0.595, 0.155, 0.07)}
_SPOTS |= {7: _SPOTS[6], 9: (*_SRGB[:2], 0.708, 0.292, 0.17, 0.797, 0.131, 0.046)}
"""White, red, green and blue (x and y) of the primaries in cICP chunks, by the numbers of H.273."""
_GAMMAS = {1: 0.0, 2: 0.0, 4: 2.2, 5: 2.8, 6: 0.0, 8: 1.0, 13: 0.0, 14: 0.0, 15: 0.0}
"""Transfers likewise; 0 is sRGB's, and BT.709's is shown as if it were that, as in videos."""


def _profile(image: Any) -> bytes | None:
    """A picture's ICC profile: its own, or what the colour chunks of a PNG say; None for sRGB."""
    info = image.info
    if tags := info.get("cicp"):
        spots, gamma = _SPOTS.get(tags[0]), _GAMMAS.get(tags[1])
        if spots is None or gamma is None:
            hdr = (
                "it is HDR" if tags[1] in (16, 18) else f"its colours (cICP {tags[0]}, {tags[1]}) are unknown"
            )
            raise ValueError(f"{hdr}; export the picture as sRGB")
    elif info.get("icc_profile") or "srgb" in info or not {"chromaticity", "gamma"} & set(info):
        return info.get("icc_profile")
    else:
        spots = info.get("chromaticity") or _SRGB
        gamma = 1 / (info.get("gamma") or 1 / 2.2)
        # 1 / 2.2 stands for sRGB, and 1 / 1.96 for BT.709.
        gamma = 0.0 if 1.9 < gamma < 2.5 else gamma
    if not gamma and max(abs(a - b) for a, b in zip(spots, _SRGB, strict=True)) < 0.006:
        return None
    return _written_profile(tuple(spots), gamma)


def _written_profile(spots: tuple[float, ...], gamma: float) -> bytes:
    """An ICC profile of those primaries, with that gamma or sRGB's curve. ValueError where they are none."""
    import numpy as np

    xyz = [
        np.array([x / y, 1.0, (1 - x - y) / y]) for x, y in zip(spots[::2], spots[1::2], strict=True) if y > 0
    ]
    if len(xyz) != 4:
        raise ValueError("its primaries are no colours; export the picture as sRGB")
    d50 = np.array([0.9642, 1.0, 0.8249])
    cone = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
    adapt = np.linalg.inv(cone) @ np.diag((cone @ d50) / (cone @ xyz[0])) @ cone
    columns = np.stack(xyz[1:], 1)
    red, green, blue = (adapt @ (columns * np.linalg.solve(columns, xyz[0]))).T

    def fixed(values: Iterable[float]) -> bytes:
        return b"".join(struct.pack(">i", round(float(value) * 65536)) for value in values)

    srgb_curve = fixed((2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045))
    curve = b"para\0\0\0\0" + (b"\0\0\0\0" + fixed((gamma,)) if gamma else b"\0\3\0\0" + srgb_curve)
    tags = {b"wtpt": b"XYZ \0\0\0\0" + fixed(d50)}
    for letter, column in ((b"r", red), (b"g", green), (b"b", blue)):
        tags |= {letter + b"XYZ": b"XYZ \0\0\0\0" + fixed(column), letter + b"TRC": curve}
    table, body = struct.pack(">I", len(tags)), b""
    for key, data in tags.items():
        table += key + struct.pack(">II", 132 + 12 * len(tags) + len(body), len(data))
        body += data
    head = struct.pack(">I4sI", 128 + len(table) + len(body), b"lcms", 0x04300000) + b"mntrRGB XYZ "
    return head.ljust(36, b"\0") + b"acsp".ljust(32, b"\0") + fixed(d50).ljust(60, b"\0") + table + body


@lru_cache(maxsize=8)
def _transform(profile: bytes, mode: str) -> Any:
    """What makes sRGB of pixels of a profile; None where that would leave them as they are.

    ValueError for a profile that can't be read, or that is one of other pixels.
    """
    from PIL import Image, ImageCms

    fix = "export the picture as sRGB"
    try:
        opened = ImageCms.ImageCmsProfile(BytesIO(profile))
        space = opened.profile.xcolor_space.strip()
        wanted = {"GRAY": "L", "RGB": "RGB", "CMYK": "CMYK", "Lab": "LAB"}.get(space, space)
        if wanted != mode and (wanted, mode) != ("RGB", "L"):
            raise ValueError(f"its colour profile is one of {space}, and its pixels are {mode}; {fix}")
        made = ImageCms.buildTransform(
            opened,
            ImageCms.createProfile("sRGB"),
            wanted,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError) as error:
        raise ValueError(f"its colour profile can't be applied ({error}); {fix}") from None
    if wanted in ("L", "RGB"):
        # Many profiles are sRGB under another name: its pixels stay bit for bit.
        steps = bytes(range(0, 256, 15))
        levels = product(steps, repeat=len(wanted))
        cube = Image.frombytes(wanted, (len(steps) ** len(wanted), 1), bytes(chain.from_iterable(levels)))
        converted: Any = ImageCms.applyTransform(cube, made)
        pairs = zip(cube.convert("RGB").tobytes(), converted.tobytes(), strict=True)
        if max(abs(a - b) for a, b in pairs) <= 2:
            return None
    return made
