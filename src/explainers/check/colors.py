"""How colours look to people with a colour-vision deficiency, and how far apart two of them are.

The matrices are those of Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation
of Color Vision Deficiency", IEEE TVCG 2009, at full severity; they act on linear RGB. Distances are CIE
1976 Lab, D65.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explainers.theme import channels

VISIONS: dict[str, NDArray[np.float64]] = {
    "normal vision": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_WHITE = np.array([0.95047, 1.0, 1.08883])


def closest(one: str, other: str) -> tuple[float, str]:
    """The smallest Lab distance of two colours over all visions, and the vision."""
    distances = [(distance(one, other, vision), vision) for vision in VISIONS]
    return min(distances)


def distance(one: str, other: str, vision: str = "normal vision") -> float:
    """Lab distance of two colours, `#RRGGBB`, as a vision sees them."""
    matrix = VISIONS[vision]
    a, b = (_lab(np.clip(matrix @ _linear(color), 0, 1)) for color in (one, other))
    return float(np.linalg.norm(a - b))


def _linear(color: str) -> NDArray[np.float64]:
    values = np.array(channels(color)) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def _lab(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    ratios = _TO_XYZ @ linear / _WHITE
    f = np.where(ratios > 0.008856, np.cbrt(ratios), 7.787 * ratios + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])
