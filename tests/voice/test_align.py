"""Words found in recordings, and recordings that say something else.

A long recording is made here by the eSpeak NG that comes with `explainers[voice]`: each line in its best
understood voice, with silence around.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from explainers.cli import run
from explainers.project import Project
from explainers.voice.align import aligned, cuts, interpolated, resampled
from explainers.voice.engines import Samples
from explainers.voice.lines import Line, Manner
from explainers.voice.takes import Takes, write_sound

from small import RATE, SMALL, said, write_project  # isort: skip

MANNER = Manner(pronounce={"DREX": "drecks"})
TEXTS = (
    "The buffer of DREX is full after 40 steps.",
    "Nothing has to move while they wait.",
    "Requests take 74 % longer.",
    "Each of them leaves when it is sure.",
)
LINES = [Line("film", f"line-{number}", text, MANNER) for number, text in enumerate(TEXTS, 1)]
SILENCE_S = 0.6


def recorded(*texts: str) -> tuple[Samples, list[tuple[float, float]]]:
    """One recording of all texts, and where each stands in it, in seconds."""
    silence = np.zeros(round(SILENCE_S * RATE), np.float32)
    parts, spans, at = [silence], [], SILENCE_S
    for text in texts:
        parts += [said(text), silence]
        spans.append((at, at + len(said(text)) / RATE))
        at = spans[-1][1] + SILENCE_S
    return np.concatenate(parts), spans


READ = [line.voiced for line in LINES]


def test_a_long_recording_is_cut_into_its_lines() -> None:
    sound, spans = recorded(*READ)
    for one, (start, end) in zip(cuts(LINES, sound, RATE), spans, strict=True):
        assert one.first / RATE == pytest.approx(start, abs=0.2)
        assert one.end / RATE == pytest.approx(end, abs=0.2)
        assert [word.token for word in one.heard] == list(one.line.said)
        # `drecks` is not in the dictionary: it is aligned, but not sure.
        assert [word.token for word in one.heard if not word.sure] == ["drecks"] * ("drecks" in one.line.said)


def test_a_recording_of_other_lines_is_not_cut_by_guessing() -> None:
    sound, _ = recorded(READ[1])
    many = [Line("film", None, "Nothing of this is ever said there. " * 12, MANNER)]
    with pytest.raises(ValueError, match="could not be aligned"):
        cuts(many, sound[:RATE], RATE)


FILM = f"""{SMALL.partition("shots:")[0]}voice: {{engine: rehearsal, pronounce: {{DREX: drecks}}}}
shots:
  - id: film
    kind: title
    heading: Four lines
    beats:
      - {{id: line-1, say: "The buffer of DREX is full after {{=40}} steps."}}
      - {{id: line-2, say: Nothing has to move while they wait.}}
      - {{id: line-3, say: "Requests take {{=74 %}} longer."}}
      - {{id: line-4, say: Each of them leaves when it is sure.}}
"""


@pytest.fixture
def film(tmp_path: Path) -> Project:
    return write_project(tmp_path, FILM)


def test_the_command_cuts_takes_in_and_says_what_differs(
    film: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    here, long = ["--project", str(film.root)], film.root / "long.wav"
    sound, spans = recorded(*READ[:2], READ[2].replace("seventy-four", "forty-seven"), READ[3])
    write_sound(long, sound, RATE)
    assert run([*here, "voice", "cut", "small", str(long)]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[2].endswith("film.line-3: 'forty seven' for 'seventy four'")
    assert all(line.endswith("says its line") for line in (printed[0], printed[1], printed[3]))
    assert run([*here, "check", "small", "--voice"]) == 1
    assert "the recording does not say its line: 'forty seven' for 'seventy four'" in capsys.readouterr().out
    # The last line's words are where they are heard in the recording.
    take = Takes(film.assets_dir("small") / "voice").take(LINES[3])
    assert take.engine == "own" and all(one.sure for one in take.heard)
    whole = aligned(LINES[3].said, said(READ[3]), RATE, "en")
    first = float(printed[3].split()[0])
    for one, other in zip(take.heard, whole, strict=True):
        assert first + one.start_s == pytest.approx(spans[3][0] + other.start_s, abs=0.08), one.token


def test_words_that_are_only_worked_out_are_not_sure() -> None:
    words = interpolated(("a", "longer", "one"), 3.0)
    assert [word.sure for word in words] == [False] * 3
    assert words[0].start_s == 0 and words[-1].end_s == pytest.approx(3.0)
    assert not any(word.sure for word in aligned(("satu", "dua"), said(READ[1]), RATE, "id"))


def test_another_rate_has_the_same_length() -> None:
    sound = said(READ[1])
    made = resampled(sound, RATE, 44_100)
    assert len(made) == round(len(sound) * 44_100 / RATE)
    again = resampled(made, 44_100, RATE)
    assert abs(again - sound)[100:-100].max() < 1e-3
