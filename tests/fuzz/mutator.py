"""Small harm done to real files: bytes, lines and words changed, moved, repeated, and made extreme."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

EXTREMES = (
    *("0", "-1", "1e308", "-1e308", "1e-320", "1e999", "nan", "inf", "NaN", "Infinity", "9" * 400),
    *("9" * 5000, "9**9**9", "1/0", "0**-1", "(-8)**0.5", "24:00:00", "9" * 300 + ":00:00", "7680x7680"),
    *("true", "null", "~", "[]", "{}", "''", "[[[[[[]]]]]]", "&a [*a, *a]", "!!python/name:os.system"),
    *("../../etc/passwd", "/etc/passwd", "/dev/zero", "file:///etc/passwd", "http://localhost/x", "a\x00b"),
    *("\x1b[2J", "\u202e", "\ud7ff", "\ufeff", "é" * 300, "{", "}", "{{", "{x", "{x:.999999999f}", "{=1}"),
    *("__import__('os')", "().__class__", "x.y", "x[0]", "lambda: 0", "`", "`x`", '#read("/etc/passwd")'),
    *("-" * 200, "(" * 200, "+1" * 200, "a" * 2000, "\t", "\r", "\n\n", "---\n", "- " * 60, "? ", "|\n"),
)
_WORD = re.compile(rb"[A-Za-z0-9_.+-]+")
_NUMBER = re.compile(rb"\d+(?:\.\d+)?")
MOST = 4 * 1024 * 1024
"""Bytes that an input may have; what makes it has to fit into the child's memory too."""


def mutated(seed: bytes, others: Sequence[bytes], random: Random) -> bytes:
    """`seed` with one to six changes; some take a piece of one of `others`."""
    data = seed
    for _ in range(random.choice((1, 1, 1, 2, 3, 6))):
        data = random.choice(_CHANGES)(data, others, random)[:MOST]
    return data


def _extreme(random: Random) -> bytes:
    return random.choice(EXTREMES).encode("utf-8", "surrogatepass")


def _flip(data: bytes, _others: Sequence[bytes], random: Random) -> bytes:
    if not data:
        return b"\x80"
    at = random.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << random.randrange(8))]) + data[at + 1 :]


def _cut(data: bytes, _others: Sequence[bytes], random: Random) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def _remove(data: bytes, _others: Sequence[bytes], random: Random) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + data[at + random.choice((1, 2, 8, 64, 512)) :]


def _insert(data: bytes, _others: Sequence[bytes], random: Random) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + _extreme(random) + data[at:]


def _number(data: bytes, _others: Sequence[bytes], random: Random) -> bytes:
    return _replaced(data, _NUMBER, random, _extreme(random))


def _word(data: bytes, _others: Sequence[bytes], random: Random) -> bytes:
    return _replaced(data, _WORD, random, _extreme(random))


def _swap(data: bytes, others: Sequence[bytes], random: Random) -> bytes:
    words = _WORD.findall(random.choice(others)) if others else []
    return _replaced(data, _WORD, random, random.choice(words)) if words else data


def _replaced(data: bytes, what: re.Pattern[bytes], random: Random, by: bytes) -> bytes:
    found = list(what.finditer(data))
    if not found:
        return data + by
    one = random.choice(found)
    return data[: one.start()] + by + data[one.end() :]


def _lines(data: bytes, _others: Sequence[bytes], random: Random) -> bytes:
    """A line goes, comes twice, comes many times, or moves."""
    lines = data.split(b"\n")
    at = random.randrange(len(lines))
    line = lines.pop(at)
    # A line of mebibytes comes twice at most.
    times = min(random.choice((0, 2, 2, 300)), max(2, MOST // (len(line) + 1)))
    lines[random.choice((at, random.randrange(len(lines) + 1))) : 0] = [line] * times
    return b"\n".join(lines)


def _indent(data: bytes, _others: Sequence[bytes], random: Random) -> bytes:
    lines = data.split(b"\n")
    at = random.randrange(len(lines))
    lines[at] = random.choice((b" ", b"  ", b"\t", b"    ")) + lines[at]
    return b"\n".join(lines)


def _splice(data: bytes, others: Sequence[bytes], random: Random) -> bytes:
    """The beginning of this one and the end of another."""
    other = random.choice(others) if others else data
    return data[: random.randrange(len(data) + 1)] + other[random.randrange(len(other) + 1) :]


_CHANGES: tuple[Callable[[bytes, Sequence[bytes], Random], bytes], ...] = (
    *(_flip, _cut, _remove, _insert, _number, _number, _word, _word, _swap, _swap, _lines, _indent, _splice),
)
