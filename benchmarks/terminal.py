"""A ten-minute terminal recording at 16x, at 1080p60: frames a second, from the cast to the MP4.

The recording is made up here: typing, a log that scrolls in bursts, a full-screen program that repaints
itself twice a second, and pauses.

    python -m benchmarks.terminal
"""

from __future__ import annotations

import json
import random
import tempfile
from pathlib import Path
from time import perf_counter, process_time

from explainers.kinds import draw
from explainers.kinds.base import ShotPlan, Stretch
from explainers.kinds.terminal import Params
from explainers.theme import INK

MINUTES, SPEED, FPS = 10, 16, 60
COLUMNS, ROWS = 100, 30


def recording(path: Path) -> int:
    """Writes the cast; how many events it has."""
    chance = random.Random(7)
    events: list[list[object]] = []
    at = 0.0
    while at < MINUTES * 60:
        for letter in f"run --seed {chance.randrange(1000)} --layers {chance.randrange(80)}":
            events.append([at, "o", letter])
            at += 0.06
        events.append([at, "o", "\r\n"])
        for step in range(chance.randrange(200, 500)):
            number, share = chance.randrange(9999), chance.random()
            text = f"\x1b[36m[{step:5d}]\x1b[0m tokens {number:5d}  \x1b[32mok\x1b[0m  {share:.6f}"
            events.append([at, "o", text + "\r\n"])
            at += chance.choice((0.01, 0.02, 0.1))
        events.append([at, "o", "\x1b[?1049h"])
        for _ in range(40):
            rows = (
                f"\x1b[{row};1H\x1b[3{row % 7 + 1}m{'|' * chance.randrange(60):60s}\x1b[0m"
                for row in range(1, ROWS)
            )
            events.append([at, "o", "".join(rows)])
            at += 0.5
        events.append([at, "o", "\x1b[?1049l$ "])
        at += 4.0
    header = {"version": 2, "width": COLUMNS, "height": ROWS}
    lines = (header, *([round(one, 4), code, text] for one, code, text in events))  # type: ignore[call-overload]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return len(events)


def main() -> None:
    from explainers.compositor.encoder import encode_picture

    with tempfile.TemporaryDirectory(prefix="explainers-bench-") as name:
        path = Path(name) / "long.cast"
        count = recording(path)
        params = Params.model_validate({"file": "long.cast", "speed": f"{SPEED}x", "label": "Terminal"})
        frames = int((MINUTES * 60 / SPEED + 1) * FPS)
        shot = ShotPlan(
            "bench", "long", "terminal", frames, Stretch(1920, 1080, FPS), INK, params, title="Ten minutes"
        )
        shot = ShotPlan(**{**vars(shot), "assets": {"long.cast": path}})
        started, busy = perf_counter(), process_time()
        picture = draw(shot)
        opened = perf_counter()
        counters = encode_picture(picture, Path(name) / "long.mp4")
        done, busy = perf_counter(), process_time() - busy
    spent = counters.seconds
    print(f"terminal, {MINUTES} minutes at {SPEED}x, {count} events, {frames} frames of 1920x1080")
    print(f"  reading and laying out  {opened - started:6.1f} s")
    print(f"  drawing                 {spent['drawing']:6.1f} s")
    print(f"  converting              {spent['converting']:6.1f} s")
    print(f"  encoding                {spent['encoding']:6.1f} s")
    print(
        f"  frames a second         {frames / (done - started):6.0f}   (drawing and converting alone: ",
        end="",
    )
    print(f"{frames / (opened - started + spent['drawing'] + spent['converting']):.0f})")
    print(f"  processor time {busy:.1f} s: {frames / busy:.0f} frames a second of one core to itself")
    print(f"  drawn {counters.drawn}, held {counters.held}")


if __name__ == "__main__":
    main()
