"""Every engine speaks every line of this project's films, and numbers of every form: `make voices`.

Each take is listened to on this machine: do the words that were to be said stand in it, and the numbers? The
listener takes ninety for nineteen now and then, and hardly understands a plain voice: of natural ones it must
find 19 words in 20 and hear no more than one line in ten otherwise. Exit code 1 where not, and where an
engine is missing, says nothing, is clipped or takes too long.
"""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter

import numpy as np

from explainers.errors import ExplainersError
from explainers.plan import load_plan
from explainers.project import find_project
from explainers.voice.align import aligned, differences
from explainers.voice.engines import ENGINES, Engine
from explainers.voice.lines import Line, Manner

NUMBERS = (
    "It writes +8.3 % more, at 122.06 tok/s.",
    "It is done after 35:30, which is -13.46 ms a token.",
    "The rate is 1e-4, the kernel 3x3, and p99 is 1,204 ms.",
    "7 of 12 pairs are in range, $2.50 a million tokens.",
)
NATURAL = ("kokoro",)
MOST_S_A_WORD = 1.2


def main() -> int:
    """Print a line an engine; 1 where something is wrong."""
    lines = _lines()
    print(
        f"{len(lines)} lines\n\n| engine | spoken | words found | heard otherwise | faster than said |"
        "\n|---|---|---|---|---|"
    )
    return max(_spoken(engine, lines) for engine in ENGINES.values())


def _lines() -> list[Line]:
    project = find_project(Path(__file__).parent)
    found = [Line("numbers", str(index), text, Manner()) for index, text in enumerate(NUMBERS, 1)]
    for video in project.videos():
        found += [one.line for one in load_plan(project, video, "draft", allow_code=True).lines]
    return found


def _spoken(engine: Engine, lines: list[Line]) -> int:
    spoken, sure, tokens, made_s, took_s, wrong, other = 0, 0, 0, 0.0, 0.0, [], []
    for line in lines:
        started = perf_counter()
        try:
            speech = engine.speak(line)
        except ExplainersError as error:
            print(f"| {engine.name} | no: {error} | | | |")
            return 1
        took_s += perf_counter() - started
        length_s, loudest = len(speech.samples) / speech.rate, float(np.abs(speech.samples).max(initial=0.0))
        if not 0.02 < loudest <= 1.0 or length_s > 1.0 + MOST_S_A_WORD * len(line.said):
            wrong.append(f"{line.name}: {length_s:.1f} s for {len(line.said)} words, loudest {loudest:.2f}")
        spoken, tokens, made_s = spoken + 1, tokens + len(line.said), made_s + length_s
        language = line.manner.language
        sure += sum(one.sure for one in aligned(line.said, speech.samples, speech.rate, language))
        if found := differences(line.said, speech.samples, speech.rate, language):
            other.append(f"{line.name}: {', '.join(found)}")
    speed = f"{made_s / took_s:.1f}x"
    print(f"| {engine.name} | {spoken} | {sure} of {tokens} | {len(other)} | {speed} |", flush=True)
    for each in (*wrong, *(other if engine.name in NATURAL else ())):
        print(f"    {each}")
    unclear = sure < 0.95 * tokens or len(other) > 0.1 * len(lines)
    return 1 if wrong or (unclear and engine.name in NATURAL) else 0


if __name__ == "__main__":
    sys.exit(main())
