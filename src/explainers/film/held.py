"""Held frames, written without encoding them.

x264 spends nearly as long on a picture that has not changed as on one that has. What it would write is known
beforehand: a slice that skips every macroblock. It is taken from x264 itself, once a size, and put between
its other frames, which are counted on past it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from av.codec.context import Flags
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from explainers.errors import RenderFailed
from explainers.film.encoder import Profile, set_up
from explainers.film.slices import IDR, SEI, SLICE, START, kind_of, number_bits, numbered, units

_PLAIN = 128


class Counted:
    """The frames of one stream in order: those that x264 made, and the held ones between them.

    `context` is the stream's, of `profile`. RenderFailed where x264 writes what is not expected of it.
    """

    def __init__(self, context: Any, fps: int, profile: Profile):
        self._context = context
        self._make = context.width, context.height, fps, profile
        self._number = 0

    def encoded(self, packet: Packet) -> Packet:
        """A packet of x264, under its number among all frames."""
        kinds, found = units_of(packet)
        if kinds == [IDR]:
            self._number = 0
            return packet
        if kinds != [SLICE] or packet.is_keyframe:
            raise RenderFailed(f"the encoder wrote units of the types {kinds} as one frame")
        return self._next(found[0])

    def held(self) -> Packet:
        """A frame that looks as the one before does."""
        headers, skipped = skipped_slice(*self._make)
        if headers != bytes(self._context.extradata):
            raise RenderFailed("the encoder has other headers for a second stream of the same settings")
        return self._next(skipped)

    def _next(self, unit: bytes) -> Packet:
        self._number += 1
        return Packet(START + numbered(unit, self._number, number_bits(bytes(self._context.extradata))))


def units_of(packet: Packet) -> tuple[list[int], list[bytes]]:
    """The types of the units of a packet that hold samples, and the units."""
    found = [unit for unit in units(bytes(packet)) if kind_of(unit) != SEI]
    return [kind_of(unit) for unit in found], found


@lru_cache(maxsize=8)
def skipped_slice(width: int, height: int, fps: int, profile: Profile) -> tuple[bytes, bytes]:
    """The headers of a stream of this size, and the slice x264 writes when a plain picture is held."""
    context = VideoCodecContext.create("libx264", "w")
    context.options = profile.options(fps)
    context.flags |= Flags.global_header
    set_up(context, width, height, fps)
    plain = VideoFrame(width, height, "yuv420p")
    for plane in plain.planes:
        plane.update(bytes([_PLAIN]) * plane.buffer_size)
    packets = []
    for number in range(2):
        plain.pts = number
        packets += context.encode(plain)
    kinds, found = units_of(packets[-1])
    if len(packets) != 2 or kinds != [SLICE]:
        raise RenderFailed("the encoder does not answer each frame with one slice")
    return bytes(context.extradata or b""), found[0]
