"""Held frames, written without encoding them.

x264 spends nearly as long on a picture that has not changed as on one that has. What it would write is known
beforehand: a slice that skips every macroblock. It is taken from x264 itself, once a size, and put between
its other frames, whose numbers (`frame_num` in the slice headers) count on from there.

After ITU-T H.264, 7.3.2.1.1 (sequence parameter set), 7.3.3 (slice header) and 7.4.1.1 (emulation
prevention). Only streams of the one encoder profile are read: progressive, and every frame is referred to.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from av.codec.context import Flags
from av.packet import Packet
from av.video.frame import VideoFrame

from explainers.errors import RenderFailed

SLICE, IDR, SEI, SPS = 1, 5, 6, 7
"""Types of units."""
START = b"\x00\x00\x00\x01"
"""What comes before a unit that begins a frame."""
_HIGH_PROFILE = 100
_HEAD = 16
"""Bytes of a slice in which its number is found: three short codes come before it."""
_PLAIN = 128


class FrameNumbers:
    """The frames of one stream in order: those that x264 made, and the held ones between them.

    `context` is the stream's, and `skipped` gives the headers and the slice of `skipped_slice` for such a
    stream. RenderFailed where x264 writes what is not expected of it.
    """

    def __init__(self, context: Any, skipped: Callable[[], tuple[bytes, bytes]]):
        self._context, self._skipped = context, skipped
        self._number = 0

    def encoded(self, packet: Packet) -> Packet:
        """A packet of x264, under its number among all frames."""
        kinds, found = _picture_units(packet)
        if kinds == [IDR]:
            self._number = 0
            return packet
        if kinds != [SLICE] or packet.is_keyframe:
            raise RenderFailed(f"the encoder wrote units of the types {kinds} as one frame")
        return self._next(found[0])

    def held(self) -> Packet:
        """A frame that looks as the one before does."""
        headers, skipped = self._skipped()
        if headers != bytes(self._context.extradata):
            raise RenderFailed("the encoder has other headers for a second stream of the same settings")
        return self._next(skipped)

    def _next(self, unit: bytes) -> Packet:
        self._number += 1
        return Packet(START + numbered(unit, self._number, _number_bits(bytes(self._context.extradata))))


def skipped_slice(context: Any) -> tuple[bytes, bytes]:
    """The headers of a new stream, and the slice that its encoder writes when a plain picture is held."""
    context.flags |= Flags.global_header
    plain = VideoFrame(context.width, context.height, "yuv420p")
    for plane in plain.planes:
        plane.update(bytes([_PLAIN]) * plane.buffer_size)
    packets = []
    for number in range(2):
        plain.pts = number
        packets += context.encode(plain)
    kinds, found = _picture_units(packets[-1])
    if len(packets) != 2 or kinds != [SLICE]:
        raise RenderFailed("the encoder does not answer each frame with one slice")
    return bytes(context.extradata or b""), found[0]


def _picture_units(packet: Packet) -> tuple[list[int], list[bytes]]:
    """The types of the units of a packet that hold samples, and the units."""
    found = [unit for unit in units(bytes(packet)) if unit[0] & 31 != SEI]
    return [unit[0] & 31 for unit in found], found


@dataclass
class Bits:
    """Bits of `data`, read from the first on."""

    data: bytes
    at: int = 0

    def take(self, count: int) -> int:
        """The next `count` bits as a number, u(n)."""
        end = self.at + count
        whole = int.from_bytes(self.data[: -(-end // 8)], "big")
        self.at = end
        return (whole >> (-end % 8)) & ((1 << count) - 1)

    def golomb(self) -> int:
        """The next Exp-Golomb code, ue(v)."""
        zeros = 0
        while not self.take(1):
            zeros += 1
            if self.at >= 8 * len(self.data):
                raise RenderFailed("the encoder's headers can't be read")
        return (1 << zeros) - 1 + self.take(zeros)


def units(stream: bytes) -> list[bytes]:
    """The units of a byte stream (annex B), without their start codes."""
    return [unit.rstrip(b"\x00") for unit in stream.split(START[1:])[1:]]


@lru_cache(maxsize=8)
def _number_bits(headers: bytes) -> int:
    """How many bits `frame_num` has in a stream with these headers; RenderFailed for other streams."""
    sps = [unit for unit in units(headers) if unit[0] & 31 == SPS]
    if len(sps) != 1:
        raise RenderFailed("the encoder wrote no headers, or more than one stream's")
    bits = Bits(_bare(sps[0]), 8)
    profile, _constraints, _level = bits.take(8), bits.take(8), bits.take(8)
    bits.golomb()
    if profile == _HIGH_PROFILE:
        chroma, luma_depth, chroma_depth = bits.golomb(), bits.golomb(), bits.golomb()
        if (chroma, luma_depth, chroma_depth) != (1, 0, 0) or bits.take(2):
            raise RenderFailed("the encoder's profile is not plain yuv420p")
    count = bits.golomb() + 4
    if bits.golomb() != 2:
        raise RenderFailed("the encoder orders frames otherwise than it writes them")
    return count


def numbered(unit: bytes, number: int, count: int) -> bytes:
    """The slice with `frame_num`, which has `count` bits, set to `number` (which wraps)."""
    bare = _bare(unit)
    bits = Bits(bare[:_HEAD], 8)
    for _ in ("first_mb_in_slice", "slice_type", "pic_parameter_set_id"):
        bits.golomb()
    size = min(_HEAD, len(bare))
    mask, shift = (1 << count) - 1, 8 * size - bits.at - count
    head = int.from_bytes(bare[:_HEAD], "big") & ~(mask << shift) | (number & mask) << shift
    return re.sub(rb"\x00\x00(?=[\x00-\x03])", b"\x00\x00\x03", head.to_bytes(size, "big") + bare[_HEAD:])


def _bare(unit: bytes) -> bytes:
    return unit.replace(b"\x00\x00\x03", b"\x00\x00")
