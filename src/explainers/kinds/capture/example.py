"""A small recorded page that loads, as a GIF drawn here."""

from __future__ import annotations

from collections.abc import Callable

EXAMPLE = """
storyboard: 1
title: A capture
shots:
  - id: demo
    kind: capture
    title: The page fills while the batch runs
    file: captures/page.gif
    label: Browser
    paces: [{from: 1s, until: 3s, speed: 2x}]
    clicks: [{at: 0.4s, point: [0.13, 0.82]}]
    statement: The first rows come before the batch is done.
    duration: 8s
    beats:
      - {id: start, duration: 2.5s}
      - {id: rows, duration: 3s, freeze: true, zoom: [0.05, 0.15, 0.6, 0.6],
         callout: {point: [0.3, 0.42], text: Rows arrive in order, side: right}}
      - {id: all, zoom: all, duration: 2.5s, box: [[0.05, 0.74, 0.2, 0.16]]}
"""
EXAMPLE = EXAMPLE.replace("callout: {point", "callout: [{point").replace("side: right}}", "side: right}]}")

_ASSETS = """
sources:
  demo: {kind: illustration, citation: A drawn page, label: a drawn page}
files:
  captures/page.gif: {shows: A page that fills, from: demo}
"""


def page_gif() -> bytes:
    """Four seconds of a drawn page at 10 frames a second, 640 x 360 pixels."""
    import io

    from PIL import Image, ImageDraw

    frames = []
    for number in range(40):
        image = Image.new("RGB", (640, 360), "#F4F6FA")
        draw = ImageDraw.Draw(image)
        draw.rectangle((0, 0, 640, 42), fill="#28324A")
        draw.rounded_rectangle((20, 10, 420, 32), 8, fill="#E8ECF4")
        for row in range(min(8, number // 4)):
            y = 66 + row * 24
            draw.rounded_rectangle((40, y, 40 + 240 + (row * 53) % 130, y + 12), 4, fill="#8E9BB5")
            draw.ellipse((560, y - 2, 576, y + 14), fill="#2E7D5B")
        draw.rounded_rectangle((40, 276, 150, 316), 8, fill="#1F6FB2" if number != 4 else "#154C7A")
        draw.rounded_rectangle((180, 290, 600, 302), 6, fill="#D4DAE6")
        draw.rounded_rectangle((180, 290, 180 + 420 * number // 39 or 181, 302), 6, fill="#1F6FB2")
        frames.append(image)
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=100, loop=0)
    return out.getvalue()


EXAMPLE_FILES: dict[str, str | Callable[[], bytes]] = {"assets.yaml": _ASSETS, "captures/page.gif": page_gif}
