"""Numbers in words, words of a line, and phrases found in it."""

from __future__ import annotations

import pytest

from explainers.voice.lines import END, START, Line, Manner, NoSuchPhrase, occurrences
from explainers.voice.spoken import spoken

ENGLISH = {
    "+8.3\u202f%": "plus eight point three percent",
    "\u22122.1 %": "minus two point one percent",
    "122.06 tok/s": "one hundred twenty-two point zero six tokens per second",
    "1 tok/s": "one token per second",
    "35:30": "thirty-five minutes thirty seconds",
    "1:02:03": "one hour two minutes three seconds",
    "0:07.5": "seven point five seconds",
    "13.46 ms": "thirteen point four six milliseconds",
    "1e-4": "ten to the minus four",
    "2.5e-3": "two point five times ten to the minus three",
    "3x3": "three by three",
    "640 × 360": "six hundred forty by three hundred sixty",
    "8x": "eight times",
    "p99": "p ninety-nine",
    "Llama-2-70B": "Llama two-seventy B",
    "70 GB": "seventy gigabytes",
    "10\u201315 %": "ten to fifteen percent",
    "1,204 requests.": "one thousand two hundred four requests.",
    "2,000,001": "two million one",
    "0.90": "zero point nine zero",
    "$5": "five dollars",
    "step-by-step": "step-by-step",
    "Of 12 it writes": "Of twelve it writes",
}
INDONESIAN = {
    "1.5": "satu koma lima",
    "+8.3 %": "plus delapan koma tiga persen",
    "121": "seratus dua puluh satu",
    "2,015": "dua ribu lima belas",
    "1:00": "satu menit",
}
CASES = [("en", *each) for each in ENGLISH.items()] + [("id", *each) for each in INDONESIAN.items()]


@pytest.mark.parametrize(("language", "text", "words"), CASES)
def test_numbers_are_said_in_words(language: str, text: str, words: str) -> None:
    assert spoken(text, language) == words


LINE = Line(
    "race",
    "leave",
    "DREX’s easy tokens leave at once: +8.3 % more (122.06 tok/s), and well-known ones leave too.",
    Manner(pronounce={"DREX": "drecks", "KV": "kay vee"}),
)


def test_a_word_is_shown_and_said_and_a_number_stays_one_word_with_its_unit() -> None:
    shown = [word.shown for word in LINE.words]
    assert shown[:4] == ["DREX’s", "easy", "tokens", "leave"]
    assert "+8.3 %" in shown and "(122.06 tok/s)," in shown
    assert LINE.words[0].said == ("drecks's",)
    assert LINE.voiced.startswith(
        "drecks’s easy tokens leave at once: plus eight point three percent more (one"
    )
    assert [LINE.text[word.start : word.start + len(word.shown)] for word in LINE.words] == shown


@pytest.mark.parametrize(
    ("phrase", "places"),
    [
        ("leave at once", [3]),
        ("LEAVE", [3, 26]),
        ("+8.3 %", [6]),
        ("8.3 %", [7]),
        ("known ones", [24]),
        ("well-known", [23]),
        (START, [0]),
        (END, [28]),
    ],
)
def test_phrases_are_found_folded_whole_and_in_parts(phrase: str, places: list[int]) -> None:
    assert occurrences(LINE, phrase) == places


@pytest.mark.parametrize(("phrase", "near"), [("leave at one", "leave at once"), ("+8.4 %", "+8.3 %")])
def test_a_phrase_that_is_not_said_names_the_nearest(phrase: str, near: str) -> None:
    with pytest.raises(NoSuchPhrase) as caught:
        occurrences(LINE, phrase)
    assert near in caught.value.near
