"""Colours of a terminal: the recording's own, or those of the film."""

from __future__ import annotations

from functools import lru_cache

from explainers.footage.cast import Cast, Colors
from explainers.theme import INK, Theme

_NAMES = ("black", "red", "green", "brown", "blue", "magenta", "cyan", "white")
_LIGHT_PALETTE = (
    *("#24292F", "#B3261E", "#116329", "#7A5200", "#0550AE", "#8250DF", "#0B6A78", "#5B6675"),
    *("#3F4752", "#CF3A30", "#1A7F37", "#8A6100", "#1268C4", "#A040C8", "#0E8090", "#30363D"),
)
_DARK_PALETTE = (
    *("#22304F", "#F47067", "#57C38A", "#E3B341", "#6CB6FF", "#DCA0E8", "#56D4DD", "#C9D3E4"),
    *("#7084A8", "#FF938A", "#7EE0A8", "#F2CC60", "#96D0FF", "#EBC0F5", "#8DE9F0", "#FFFFFF"),
)


def colors_of(cast: Cast, theme: Theme) -> Colors:
    """The recording's own colours, or those of the film."""
    if cast.colors:
        return cast.colors
    palette = _DARK_PALETTE if theme.name == INK.name else _LIGHT_PALETTE
    # A program that paints its ground black means the terminal's own.
    own = palette if theme.name != INK.name else (theme.panel, *palette[1:])
    return Colors(theme.color("text"), theme.panel, own)


def color_named(name: str, colors: Colors, default: str) -> str:
    """A colour of the emulator, `default`, a name or hexadecimal digits, as `#RRGGBB`."""
    if name == "default":
        return default
    if _is_hex(name):
        return f"#{name}"
    # pyte writes one of its bright colours with a slip of the pen.
    bright = name.startswith(("bright", "bfight"))
    plain = name[6:] if bright else name
    plain = "brown" if plain == "yellow" else plain
    return colors.palette[_NAMES.index(plain) + 8 * bright] if plain in _NAMES else default


@lru_cache(maxsize=4096)
def _is_hex(name: str) -> bool:
    return len(name) == 6 and all(one in "0123456789abcdefABCDEF" for one in name)
