"""Words found in sound: a text known beforehand is aligned with its recording on this machine.

PocketSphinx (BSD-2-Clause) brings an English model in its wheel; it is of the extra `explainers[voice]`.
Words that it does not know, and all words where it can't be used, get times by their length alone and are not
sure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from importlib.util import find_spec
from itertools import groupby
from math import gcd
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainers.voice.lines import Line
from explainers.voice.spoken import spoken

RATE = 16_000
"""Samples a second that the model listens to."""
FRAME_S = 0.01
_SILENT = 2048
_PATIENCE = 1e-80
"""How unlikely a way through the sound may be beside the best one and still be followed."""
KEPT_S = 0.12
"""Silence that is kept before and after a line that is cut out of a recording."""

_LETTERS = (
    "A=AH B=B C=K D=D E=EH F=F G=G H=HH I=IH J=JH K=K L=L M=M N=N O=AA P=P Q=K R=R S=S T=T U=AH V=V W=W "
    "X=K,S Y=IY Z=Z"
)
_SOUNDS = {pair[0]: pair[2:].split(",") for pair in _LETTERS.split()}
_NUMBERS = frozenset(
    word for number in (*range(20), *range(20, 100, 10)) for word in spoken(str(number)).split()
) | {"hundred", "thousand", "million", "billion", "point", "plus", "minus"}


_UNITS, _TEENS, _TENS = (
    " | ".join(spoken(str(number)) for number in numbers)
    for numbers in (range(1, 10), range(10, 20), range(20, 100, 10))
)
_SAID = "/0.9/ {} | /0.1/ <NULL>"
_GRAMMAR = f"""#JSGF V1.0;
grammar line;
<unit> = {_UNITS};
<small> = zero | <unit> | {_TEENS} | ({_TENS}) [<unit>];
<hundreds> = <small> [hundred [<small>]];
<scaled> = <hundreds> (thousand | million | billion);
<number> = [plus | minus] (<hundreds> | <scaled>+ [<hundreds>]) [point (zero | <unit>)+];
public <line> = """
"""Numbers as they are said: with their words in any order, one would be heard in the word after it."""


@dataclass(frozen=True)
class Heard:
    """A token with its time in seconds; it is not `sure` where its time is only worked out from lengths."""

    token: str
    start_s: float
    end_s: float
    sure: bool = True


def can_align(language: str) -> bool:
    """Whether words of the language can be found in sound here."""
    return language.split("-")[0] == "en" and find_spec("pocketsphinx") is not None


def interpolated(tokens: Sequence[str], duration_s: float) -> tuple[Heard, ...]:
    """Times by the tokens' lengths alone, from 0 to the sound's end; none is sure."""
    ends = np.cumsum([0, *(len(token) + 2 for token in tokens)]) * duration_s
    ends = ends / max(1, sum(len(token) + 2 for token in tokens))
    return tuple(
        Heard(token, float(start), float(end), False)
        for token, start, end in zip(tokens, ends, ends[1:], strict=False)
    )


def resampled(samples: NDArray[np.float32], rate: int, wanted: int) -> NDArray[np.float32]:
    """Mono sound at another rate, of the same length in seconds to the sample, by its spectrum."""
    if rate == wanted or not len(samples):
        return samples
    # Whole periods of both rates, as many as are transformed fast, with silence around, so that the end does
    # not ring into the beginning.
    step = rate // gcd(rate, wanted)
    before = step * -(-_SILENT // step)
    least = -(-(2 * before + len(samples)) // step)
    # The least number that is a power of two, or that times 3, 5, 9, 15 or 25.
    periods = min(odd << (-(-least // odd) - 1).bit_length() for odd in (1, 3, 5, 9, 15, 25))
    padded = np.pad(samples, (before, periods * step - before - len(samples)))
    count = len(padded) * wanted // rate
    made = np.fft.irfft(np.fft.rfft(padded)[: count // 2 + 1], count) * np.float32(count / len(padded))
    first = before * wanted // rate
    return np.asarray(made[first : first + round(len(samples) * wanted / rate)], np.float32)


@cache
def _decoder(patient: bool) -> Any:
    """What listens. A `patient` one aligns a long recording beyond words that were misread; it is slow, and
    would take minutes with a grammar."""
    from pocketsphinx import Config, Decoder, get_model_path

    config = Config(lm=None, dict=get_model_path("en-us/cmudict-en-us.dict"), loglevel="FATAL")
    config["hmm"] = get_model_path("en-us/en-us")
    if patient:
        config["beam"] = config["pbeam"] = config["wbeam"] = _PATIENCE
    return Decoder(config)


def _known(tokens: Sequence[str], decoder: Any) -> frozenset[str]:
    """The tokens that the dictionary has; the others are added, letter by letter."""
    known = set()
    for token in dict.fromkeys(tokens):
        if decoder.lookup_word(token):
            if token not in _added:
                known.add(token)
            continue
        sounds = [sound for letter in token.upper() for sound in _SOUNDS.get(letter, [])]
        decoder.add_word(token, " ".join(sounds or ["AH"]), True)
        _added.add(token)
    return frozenset(known)


_added: set[str] = set()


def _decoded(decoder: Any, samples: NDArray[np.float32], rate: int) -> list[tuple[str, float, float]]:
    sound = (np.clip(resampled(samples, rate, RATE), -1, 1) * 32767).astype("<i2")
    decoder.start_utt()
    decoder.process_raw(sound.tobytes(), full_utt=True)
    decoder.end_utt()
    found = []
    for one in decoder.seg() or ():
        word = one.word.partition("(")[0]
        if word and not word.startswith(("<", "[", "+")):
            found.append((word, one.start_frame * FRAME_S, (one.end_frame + 1) * FRAME_S))
    return found


def aligned(
    tokens: Sequence[str], samples: NDArray[np.float32], rate: int, language: str
) -> tuple[Heard, ...]:
    """When each token of a known text is heard; interpolated ones where that can't be found out."""
    duration_s = len(samples) / rate
    if not tokens or not can_align(language):
        return interpolated(tokens, duration_s)
    for patient in (False, True):
        decoder = _decoder(patient)
        known = _known(tokens, decoder)
        try:
            decoder.set_align_text(" ".join(tokens))
            found = _decoded(decoder, samples, rate)
        except RuntimeError:
            continue
        if [word for word, _, _ in found] == list(tokens):
            return tuple(
                Heard(word, start, min(end, duration_s), word in known) for word, start, end in found
            )
    return interpolated(tokens, duration_s)


def differences(
    tokens: Sequence[str], samples: NDArray[np.float32], rate: int, language: str
) -> tuple[str, ...]:
    """What a recording says otherwise than its line: missing words, and numbers that are others.

    It is listened to with a grammar in which every word may be left out and a number may be another;
    empty where it says the line, or where nothing here can listen to it.
    """
    if not tokens or not can_align(language):
        return ()
    decoder = _decoder(False)
    _known(tokens, decoder)
    steps = []
    for number, run in groupby(tokens, key=lambda token: token in _NUMBERS):
        words = [*run]
        steps += (
            [f"({' '.join(words)} | <number>)"] if number else [f"({_SAID.format(word)})" for word in words]
        )
    decoder.add_jsgf_string("line", f"{_GRAMMAR}{' '.join(steps)};\n")
    decoder.activate_search("line")
    heard = [word for word, _, _ in _decoded(decoder, samples, rate)]
    meant, said = _numbers_whole(tokens), _numbers_whole(heard)
    found = []
    for what, first, last, start, end in SequenceMatcher(None, meant, said, autojunk=False).get_opcodes():
        wanted, other = " ".join(meant[first:last]), " ".join(said[start:end])
        if what == "replace":
            found.append(f"{other!r} for {wanted!r}")
        elif what != "equal":
            found.append(f"{wanted!r} is missing" if wanted else f"{other!r} is too much")
    return tuple(found)


def _numbers_whole(tokens: Sequence[str]) -> list[str]:
    """The tokens, those of a number together."""
    runs = groupby(tokens, key=lambda token: token in _NUMBERS)
    return [each for number, run in runs for each in ([" ".join(run)] if number else run)]


@dataclass(frozen=True)
class Cut:
    """The part of a recording that says a line, in samples, and its tokens' times in it."""

    line: Line
    first: int
    end: int
    heard: tuple[Heard, ...]


def cuts(lines: Sequence[Line], samples: NDArray[np.float32], rate: int) -> list[Cut]:
    """Where each line of a film stands in one long recording of all of them, read in their order.

    ValueError where the recording could not be aligned with the lines.
    """
    tokens = [token for line in lines for token in line.said]
    heard = aligned(tokens, samples, rate, lines[0].manner.language if lines else "en")
    if tokens and not any(one.sure for one in heard):
        raise ValueError("the recording could not be aligned with the lines, in their order")
    found, at = [], 0
    for line in lines:
        own = heard[at : at + len(line.said)]
        before = heard[at - 1].end_s if at else 0.0
        at += len(line.said)
        after = heard[at].start_s if at < len(heard) else len(samples) / rate
        start = max(own[0].start_s - KEPT_S, (before + own[0].start_s) / 2)
        end = min(own[-1].end_s + KEPT_S, (own[-1].end_s + after) / 2)
        times = tuple(Heard(one.token, one.start_s - start, one.end_s - start, one.sure) for one in own)
        found.append(Cut(line, round(start * rate), round(end * rate), times))
    return found
