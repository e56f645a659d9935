"""Small real footage, made by ffmpeg when a test asks for it."""

from __future__ import annotations

from pathlib import Path

from explainers import ffmpeg

COLOR = (192, 64, 32)
"""What `plain` is filled with, as RGB."""


def made(path: Path, *arguments: str) -> Path:
    """A file written by ffmpeg."""
    ffmpeg.run([*arguments, "-y", str(path)], f"making {path.name}")
    return path


def moving(path: Path, size: str = "320x180", rate: int = 30, seconds: float = 2, *encode: str) -> Path:
    """A moving test picture; H.264 where nothing else is said."""
    encode = encode or ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
    return made(path, "-f", "lavfi", "-i", f"testsrc2=s={size}:r={rate}:d={seconds}", *encode)


def plain(path: Path, matrix: str, full: bool, pixels: str = "yuv420p", size: str = "320x240") -> Path:
    """One colour, really converted with a matrix and a range, and tagged with them."""
    red, green, blue = COLOR
    reach, tag = ("full", "pc") if full else ("limited", "tv")
    graph = f"color=c=0x{red:02X}{green:02X}{blue:02X}:s={size}:r=25:d=0.4,format=rgb24"
    graph += f",scale=out_color_matrix={matrix}:out_range={reach},format={pixels}"
    space = {"bt601": "smpte170m", "bt709": "bt709"}[matrix]
    encode = ["-c:v", "libx264", "-qp", "1", "-colorspace", space, "-color_range", tag]
    return made(path, "-f", "lavfi", "-i", graph, *encode)


def counting(path: Path, rate: int = 30, frames: int = 60) -> Path:
    """Frame n is grey of level 20 + 3 n: a frame says which one it is."""
    graph = f"color=c=black:s=64x48:r={rate}:d={frames / rate},format=yuv420p,geq=lum='20+3*N':cb=128:cr=128"
    encode = ["-c:v", "libx264", "-qp", "1", "-pix_fmt", "yuv420p", "-color_range", "tv"]
    return made(path, "-f", "lavfi", "-i", graph, *encode)
