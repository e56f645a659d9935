"""Words found in recordings, and recordings that say something else.

The two recordings were made by Kokoro-82M for these tests: three lines with 0.6 s of silence around each. In
`misread.flac` the first one says 3.8 for 8.3.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from explainers.cli import run
from explainers.project import Project
from explainers.voice.align import aligned, cuts, interpolated, resampled
from explainers.voice.lines import Line, Manner
from explainers.voice.takes import Takes, read_sound

from small import SMALL, write_project  # isort: skip

RECORDINGS = Path(__file__).parent / "recordings"
MANNER = Manner(pronounce={"DREX": "drecks"})
TEXTS = (
    "DREX writes +8.3 % more tokens per second.",
    "Easy tokens leave at once, after layer 40.",
    "The rest wait in a buffer for 13.46 ms.",
)
LINES = [Line("film", f"line-{number}", text, MANNER) for number, text in enumerate(TEXTS, 1)]
SPANS_S = ((0.6, 4.06), (4.66, 7.47), (8.07, 11.91))
"""Where the lines stand in `read.flac`, as they were put there."""


def test_a_long_recording_is_cut_into_its_lines() -> None:
    sound = read_sound(RECORDINGS / "read.flac")
    found = cuts(LINES, sound.samples, sound.rate)
    for one, (start, end) in zip(found, SPANS_S, strict=True):
        assert one.first / sound.rate == pytest.approx(start, abs=0.2)
        assert one.end / sound.rate == pytest.approx(end, abs=0.2)
        assert [word.token for word in one.heard] == list(one.line.said)
    # `drecks` is not in the dictionary: it is aligned, but not sure.
    assert [word.token for one in found for word in one.heard if not word.sure] == ["drecks"]


def test_a_recording_of_other_lines_is_not_cut_by_guessing() -> None:
    sound = read_sound(RECORDINGS / "read.flac")
    many = [Line("film", None, "Nothing of this is ever said there. " * 12, MANNER)]
    with pytest.raises(ValueError, match="could not be aligned"):
        cuts(many, sound.samples[: sound.rate], sound.rate)


FILM = f"""{SMALL.partition("shots:")[0]}voice: {{engine: rehearsal, pronounce: {{DREX: drecks}}}}
shots:
  - id: film
    kind: title
    heading: Three lines
    beats:
      - {{id: line-1, say: "DREX writes {{=+8.3 %}} more tokens per second."}}
      - {{id: line-2, say: "Easy tokens leave at once, after layer {{=40}}."}}
      - {{id: line-3, say: "The rest wait in a buffer for {{=13.46 ms}}."}}
"""


@pytest.fixture
def film(tmp_path: Path) -> Project:
    return write_project(tmp_path, FILM)


def test_the_command_cuts_takes_in_and_says_what_differs(
    film: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    here = ["--project", str(film.root), "voice", "cut", "small"]
    assert run([*here, str(RECORDINGS / "misread.flac")]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert "'plus three point eight' for 'plus eight point three'" in printed[0]
    assert printed[1].endswith("film.line-2: says its line") and printed[2].endswith("says its line")
    assert run(["--project", str(film.root), "check", "small", "--voice"]) == 1
    assert "the recording does not say its line: 'plus three point eight' for" in capsys.readouterr().out
    # The second line's words are where they are heard in the recording.
    takes = Takes(film.assets_dir("small") / "voice")
    line = Line("film", "line-2", TEXTS[1], MANNER)
    take = takes.take(line)
    assert take.engine == "own" and all(one.sure for one in take.heard)
    [once] = [one for one in take.heard if one.token == "once"]
    assert once.start_s == pytest.approx(1.13 + 0.11, abs=0.08)


def test_words_that_are_only_worked_out_are_not_sure() -> None:
    words = interpolated(("a", "longer", "one"), 3.0)
    assert [word.sure for word in words] == [False] * 3
    assert words[0].start_s == 0 and words[-1].end_s == pytest.approx(3.0)
    sound = read_sound(RECORDINGS / "read.flac")
    assert not any(word.sure for word in aligned(("satu", "dua"), sound.samples, sound.rate, "id"))


def test_another_rate_has_the_same_length() -> None:
    sound = read_sound(RECORDINGS / "read.flac")
    made = resampled(sound.samples, sound.rate, 44_100)
    assert len(made) == round(len(sound.samples) * 44_100 / sound.rate)
    again = resampled(made, 44_100, sound.rate)
    assert abs(again - sound.samples)[100:-100].max() < 1e-3
