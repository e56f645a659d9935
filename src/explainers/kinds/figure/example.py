"""A small two-part figure, as SVG."""

from __future__ import annotations

EXAMPLE = """
storyboard: 1
title: A figure
shots:
  - id: figure
    kind: figure
    title: Where the time goes
    file: figures/time.svg
    regions:
      left: [0, 0, 0.5, 1]
      right: [0.5, 0, 0.5, 1]
      top: [0.6, 0.1, 0.3, 0.4]
      peak: [0.66, 0.14, 0.1, 0.12]
    statement: Waiting shrinks, computing stays.
    beats:
      - {id: before, show: [left], duration: 2s}
      - {id: after, show: [right], duration: 2s}
      - {id: close, zoom: top, box: [peak], duration: 3s}
      - {id: whole, zoom: all, duration: 2s}
"""

_BARS = [(60, 150, "#5B6B8C"), (130, 210, "#0B6AA8"), (200, 96, "#5B6B8C"), (360, 150, "#5B6B8C")]
_BARS += [(430, 236, "#0B6AA8"), (500, 60, "#5B6B8C")]

SVG = "\n".join(
    [
        '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="340" viewBox="0 0 640 340">',
        *(
            f'<rect x="{x}" y="{290 - h}" width="46" height="{h}" rx="3" fill="{color}"/>'
            for x, h, color in _BARS
        ),
        '<path d="M40 290 H290 M340 290 H600" stroke="#16202E" stroke-width="2"/>',
        *(f'<path d="M{x} 30 V290" stroke="#16202E" stroke-width="2"/>' for x in (40, 340)),
        '<path d="M320 20 V320" stroke="#C8D0DE" stroke-width="1" stroke-dasharray="4 5"/>',
        "</svg>",
    ]
)

_ASSETS = """
sources:
  made-up: {kind: illustration, citation: A figure made up for this example, label: a made-up figure}
files:
  figures/time.svg: {shows: Two groups of bars, from: made-up}
"""

EXAMPLE_FILES = {"assets.yaml": _ASSETS, "figures/time.svg": SVG}
