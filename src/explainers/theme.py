"""Colours by role and type sizes by use. Kinds name roles; only this file and its themes name hues.

Sizes are design units: pixels of a 1920x1080 frame.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

DISPLAY, TITLE, BODY, LABEL, FOOTER = 96, 60, 46, 36, 28
"""Type sizes in design units."""

REGULAR, STRONG = 400, 650
"""The two font weights."""

CHROME = ("title", "statement", "source")
"""Names of what every shot has in the same place."""
PLATES = ("panel", "plate", "chip", "card", "tray", "slab")
"""Parts on which the rest of a thing stands."""


def design_scale(width: int, height: int) -> float:
    """Pixels in a design unit, for a frame of that size.

    The shorter side is 1080 units. An upright frame has 1000 across: it is shown 360 CSS pixels wide on a
    phone, where a label of 36 units is then 13 of them.
    """
    return width / 1000 if height > width else min(width, height) / 1080


def least_label(width: float, height: float) -> float:
    """The smallest label in design units: 12.5 CSS pixels where a video of that shape is shown.

    That is 700 CSS pixels wide for a wide one, 480 for a square and 360 for an upright one.
    """
    return 12.6 / (700 if width > height else 480 if width == height else 360) * width


SANS, MONO = "Inter", "JetBrains Mono"
"""Words, and code, tokens and clocks."""


@dataclass(frozen=True)
class Theme:
    """A name and a colour, `#RRGGBB`, for every role.

    `fills` are the quiet insides of outlined shapes; where a role has none it is mixed from the
    role's colour and the background.
    """

    name: str
    background: str
    panel: str
    line: str
    roles: Mapping[str, str]
    fills: Mapping[str, str]
    ground: tuple[str, str, str]
    """The lit ground: its colour where the light is, half the way out, and at the edge."""

    @property
    def dark(self) -> bool:
        """Whether it is light on dark, and so belongs on dark pages."""
        return _luminance(self.background) < 0.2

    def color(self, role: str) -> str:
        """The colour of `role`; a KeyError names a role that does not exist."""
        return self.roles[role]

    def fill(self, role: str, share: float = 0.2) -> str:
        """The inside of a shape of `role`: its own fill, or `share` of its colour on the background."""
        return self.fills.get(role) or mix(self.background, self.roles[role], share)


def channels(color: str) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255, of `#RRGGBB`."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def hex_color(values: Iterable[Any]) -> str:
    """Red, green and blue, 0 to 255, as `#RRGGBB`."""
    return "#" + "".join(f"{int(value):02X}" for value in values)


def mix(base: str, over: str, share: float) -> str:
    """`share` of `over` laid on `base`, channel by channel in sRGB."""
    pairs = zip(channels(base), channels(over), strict=True)
    return hex_color(round(b + (o - b) * share) for b, o in pairs)


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio of two colours, 1 to 21."""
    lights = sorted((_luminance(one), _luminance(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def linear(color: str) -> list[float]:
    """Red, green and blue of `#RRGGBB` as linear light, 0 to 1."""
    values = (value / 255 for value in channels(color))
    return [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values]


def _luminance(color: str) -> float:
    red, green, blue = linear(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


INK = Theme(
    name="ink",
    background="#0F172A",
    panel="#16213C",
    line="#33456E",
    roles={
        "text": "#E6EDF7",
        "muted": "#94A3BF",
        "accent": "#56B4E9",
        "baseline": "#94A3BF",
        "ours": "#E69F00",
        "exit": "#1FB98A",
        "stay": "#D48DB4",
        "buffer": "#F0E442",
        "cache": "#8AA6FF",
        "warn": "#F0803C",
        "layers": "#56B4E9",
        "ramp": "#D48DB4",
        "a": "#56B4E9",
        "b": "#E69F00",
        "c": "#D48DB4",
        "good": "#1FB98A",
        "bad": "#F0803C",
    },
    fills={"text": "#1D2A4B", "muted": "#16213C", "baseline": "#7183A8", "ours": "#241F17"},
    ground=("#20336A", "#0F172A", "#090F1E"),
)

PAPER = Theme(
    name="paper",
    background="#FFFFFF",
    panel="#F1F4F9",
    line="#A9B5C8",
    roles={
        "text": "#16202E",
        "muted": "#52617A",
        "accent": "#0B6AA8",
        "baseline": "#52617A",
        "ours": "#A15B00",
        "exit": "#00734F",
        "stay": "#9C3D75",
        "buffer": "#7A6A00",
        "cache": "#3D51B5",
        "warn": "#B8460B",
        "layers": "#0B6AA8",
        "ramp": "#9C3D75",
        "a": "#0B6AA8",
        "b": "#A35C00",
        "c": "#9C3D75",
        "good": "#00734F",
        "bad": "#B8460B",
    },
    fills={"text": "#E7ECF4", "muted": "#F1F4F9", "baseline": "#808DA4", "ours": "#FFF6E6"},
    ground=("#F3F7FD", "#FFFFFF", "#F7F9FC"),
)

THEMES = {theme.name: theme for theme in (INK, PAPER)}
"""Every theme by its name; the first is used where nothing names another. A new one needs no other line."""
