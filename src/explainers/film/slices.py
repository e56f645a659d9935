"""What of an H.264 stream has to be read to count its frames anew: `frame_num` in the slice headers.

After ITU-T H.264, 7.3.2.1.1 (sequence parameter set), 7.3.3 (slice header) and 7.4.1.1 (emulation
prevention). Only streams of the one encoder profile are read: progressive, and every frame is referred to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from explainers.errors import RenderFailed

SLICE, IDR, SEI, SPS = 1, 5, 6, 7
"""Types of units."""
START = b"\x00\x00\x00\x01"
"""What comes before a unit that begins a frame."""
_HIGH_PROFILE = 100
_HEAD = 16
"""Bytes of a slice in which its number is found: three short codes come before it."""


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


def kind_of(unit: bytes) -> int:
    """The type of a unit, such as SLICE."""
    return unit[0] & 31


@lru_cache(maxsize=8)
def number_bits(headers: bytes) -> int:
    """How many bits `frame_num` has in a stream with these headers; RenderFailed for other streams."""
    sps = [unit for unit in units(headers) if kind_of(unit) == SPS]
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
    mask = (1 << count) - 1
    shift = 8 * min(_HEAD, len(bare)) - bits.at - count
    head = int.from_bytes(bare[:_HEAD], "big") & ~(mask << shift) | (number & mask) << shift
    return _escaped(head.to_bytes(min(_HEAD, len(bare)), "big") + bare[_HEAD:])


def _bare(unit: bytes) -> bytes:
    return unit.replace(b"\x00\x00\x03", b"\x00\x00")


def _escaped(bare: bytes) -> bytes:
    return re.sub(rb"\x00\x00(?=[\x00-\x03])", b"\x00\x00\x03", bare)
