"""Colours of a terminal: the recording's own, or those of the film."""

from __future__ import annotations

from explainers.footage.cast import Cast, Colors
from explainers.theme import Theme

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
    palette = _DARK_PALETTE if theme.dark else _LIGHT_PALETTE
    # A program that paints its ground black means the terminal's own.
    own = (theme.panel, *palette[1:]) if theme.dark else palette
    return Colors(theme.color("text"), theme.panel, own)


def color_of(color: int | str | None, colors: Colors, default: str) -> str:
    """A colour of the 256, `#rrggbb` or None (the default), as `#RRGGBB`."""
    if color is None:
        return default
    if isinstance(color, str):
        return color
    if color < 16:
        return colors.palette[color]
    if color >= 232:
        return "#" + f"{(color - 232) * 10 + 8:02x}" * 3
    cube = (color - 16) // 36, (color - 16) // 6 % 6, (color - 16) % 6
    return "#" + "".join(f"{55 + 40 * level if level else 0:02x}" for level in cube)
