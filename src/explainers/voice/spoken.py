"""Numbers, units and signs as a reader says them: `+8.3 %` is "plus eight point three percent".

There is one way through a text, and a table a language: adding a language is adding a `Tongue`. What is not
a number is left as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Tongue:
    """What a language calls things. `whole` names a whole number from 0 on; `one` are units after the number
    one, where a language says them otherwise then."""

    whole: Callable[[int], str]
    digits: tuple[str, ...]
    signs: Mapping[str, str]
    units: Mapping[str, str]
    one: Mapping[str, str] = field(default_factory=dict)
    clock: tuple[str, str, str] = ("hours", "minutes", "seconds")


_ENGLISH_NAMES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_ENGLISH = _ENGLISH_NAMES.split()
_TENS = ["_", "_", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred"))


def _english(number: int) -> str:
    if number < 20:
        return _ENGLISH[number]
    if number < 100:
        tens, rest = divmod(number, 10)
        return _TENS[tens] + (f"-{_ENGLISH[rest]}" if rest else "")
    size, name = next(one for one in _SCALES if number >= one[0])
    count, rest = divmod(number, size)
    return f"{_english(count)} {name}" + (f" {_english(rest)}" if rest else "")


_INDONESIAN_NAMES = "nol satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas"
_INDONESIAN = _INDONESIAN_NAMES.split()
_RIBU = (
    *((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta")),
    *((1000, "ribu"), (100, "ratus"), (10, "puluh")),
)


def _indonesian(number: int) -> str:
    if number < 12:
        return _INDONESIAN[number]
    if number < 20:
        return f"{_INDONESIAN[number - 10]} belas"
    size, name = next(one for one in _RIBU if number >= one[0])
    count, rest = divmod(number, size)
    # A hundred and a thousand alone have a word of their own.
    head = f"se{name}" if count == 1 and size in (100, 1000) else f"{_indonesian(count)} {name}"
    return head + (f" {_indonesian(rest)}" if rest else "")


def _table(text: str) -> dict[str, str]:
    """What is written and how it is said, pairs with `; ` between them."""
    return dict(pair.split(" ", 1) for pair in text.split("; "))


_UNITS = _table(
    "% percent; ms milliseconds; µs microseconds; us microseconds; ns nanoseconds; s seconds; min minutes; "
    "h hours; tok tokens; req requests; it/s iterations per second; img images; B bytes; kB kilobytes; "
    "KB kilobytes; MB megabytes; GB gigabytes; TB terabytes; KiB kibibytes; MiB mebibytes; GiB gibibytes; "
    "Hz hertz; kHz kilohertz; MHz megahertz; GHz gigahertz; fps frames per second; px pixels; "
    "mm millimetres; cm centimetres; m metres; km kilometres; kg kilograms; W watts; kW kilowatts; "
    "J joules; dB decibels; °C degrees Celsius; ° degrees; FLOPS floating point operations per second; "
    "pp percentage points"
)
_ONE = {
    unit: name.removesuffix("s") for unit, name in _UNITS.items() if name.endswith("s") and " " not in name
}
_ENGLISH_SIGNS = _table(
    "+ plus; - minus; . point; x by; to to; times times; power ten to the; per per; $ dollars; € euros; "
    "£ pounds; ~ about; ≈ about; < less than; > more than; ≤ at most; ≥ at least; = equals; & and"
)
_INDONESIAN_UNITS = _table(
    "% persen; ms milidetik; s detik; min menit; h jam; tok token; req permintaan; img gambar; B bita; "
    "MB megabita; GB gigabita; px piksel; m meter; km kilometer; kg kilogram; °C derajat Celsius; "
    "° derajat; fps bingkai per detik"
)
_INDONESIAN_SIGNS = _table(
    "+ plus; - minus; . koma; x kali; to sampai; times kali; power sepuluh pangkat; per per; $ dolar; "
    "€ euro; £ pound; ~ sekitar; ≈ sekitar; < kurang dari; > lebih dari; ≤ paling banyak; ≥ paling sedikit; "
    "= sama dengan; & dan"
)

TONGUES: dict[str, Tongue] = {
    "en": Tongue(_english, tuple(_ENGLISH[:10]), _ENGLISH_SIGNS, _UNITS, _ONE),
    "id": Tongue(
        _indonesian,
        tuple(_INDONESIAN[:10]),
        _INDONESIAN_SIGNS,
        _INDONESIAN_UNITS,
        clock=("jam", "menit", "detik"),
    ),
}
"""The languages whose numbers can be said, by their code."""

_SPACE = "[ \u00a0\u2009\u202f]"
_UNIT = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_PLAIN = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_NUMBER = re.compile(
    rf"(?P<money>[$€£])?(?P<sign>(?<![A-Za-z0-9])[+\-\u2212](?={_PLAIN}))?"
    rf"(?:(?P<clock>\d+:\d\d(?::\d\d)?(?:\.\d+)?)|(?P<plain>{_PLAIN})(?:[eE](?P<power>[+\-\u2212]?\d+))?)"
    rf"(?:(?P<times>[x×])(?![\w])|{_SPACE}?(?P<unit>{_UNIT})(?:/(?P<per>{_UNIT}))?(?![\w/]))?"
)
_SIGNS = re.compile(r"[~≈<>≤≥=&]")
_JOINED = re.compile(rf"\S+(?:{_SPACE}[x×]{_SPACE}\S+)?")
_BETWEEN = re.compile(rf"(?<=\d){_SPACE}?[x×]{_SPACE}?(?=\d)")
_RANGE = re.compile(r"(?<=[\d%])\u2013(?=[\d+\-\u2212])")
_NAME = re.compile(r"(?<=[A-Za-z])[-_]?(?=\d)|(?<=\d)[-_](?=[A-Za-z])|(?<=\d)(?=[A-Z]{1,2}\b)")


def spoken(text: str, language: str = "en") -> str:
    """`text` with every number, unit and sign in words of the language; KeyError where there is no table.

    Clocks (`35:30`) are minutes and seconds, `1e-4` is ten to the minus four, `3x3` three by three, `8x`
    eight times, and digits of a name (`p99`, `Llama-2-70B`) are numbers between its letters.
    """
    tongue = TONGUES[language.split("-")[0]]
    # A number and its unit are taken first: the B of `70B` is bytes only where a space or nothing says so.
    signs = tongue.signs
    text = _RANGE.sub(f" {signs['to']} ", _BETWEEN.sub(f" {signs['x']} ", text))
    text = _SIGNS.sub(lambda found: f" {signs[found[0]]} ", text)
    parts, at = [], 0
    for found in _NUMBER.finditer(text):
        named = found.start() and (text[found.start() - 1].isalpha() or text[found.start() - 1] in "-_")
        if named and found["sign"] is None and re.search(r"[A-Za-z][-_\d]*$", text[: found.start()]):
            continue
        parts += [text[at : found.start()], f" {_said(found, tongue)} "]
        at = found.end()
    rest = "".join([*parts, text[at:]])
    rest = re.sub(r"\d+", lambda found: tongue.whole(int(found[0])), _NAME.sub(" ", rest))
    return re.sub(r"\s+(?=[,.;:!?)])|(?<=[(])\s+", "", " ".join(rest.split()))


def tokens(text: str) -> list[tuple[int, int]]:
    """Where each word of a text begins and ends; a number is one word with its unit, whatever is between."""
    spans = [found.span() for found in _JOINED.finditer(text)]
    for number in _NUMBER.finditer(text):
        first, last = number.span()
        over = [span for span in spans if span[0] < last and span[1] > first]
        if len(over) > 1:
            spans[spans.index(over[0]) : spans.index(over[-1]) + 1] = [(over[0][0], over[-1][1])]
    return spans


def _said(found: re.Match[str], tongue: Tongue) -> str:
    words = [tongue.signs["+" if found["sign"] == "+" else "-"]] if found["sign"] else []
    unit = found["unit"]
    if found["clock"]:
        words.append(_clock(found["clock"], tongue))
    else:
        words.append(_power(found, tongue) if found["power"] else _decimal(found["plain"], tongue))
    if found["money"]:
        words.append(tongue.signs[found["money"]])
    if found["times"]:
        words.append(tongue.signs["times"])
    if unit:
        single = found["plain"] == "1" and unit in tongue.one
        words.append(tongue.one[unit] if single else tongue.units.get(unit, unit))
    if found["per"]:
        per = found["per"]
        words += [tongue.signs["per"], tongue.one.get(per, tongue.units.get(per, per))]
    return " ".join(words)


def _decimal(text: str, tongue: Tongue) -> str:
    whole, _, fraction = text.replace(",", "").partition(".")
    if len(whole) > 15 or (len(whole) > 1 and whole[0] == "0"):
        said = " ".join(tongue.digits[int(digit)] for digit in whole)
    else:
        said = tongue.whole(int(whole or "0"))
    digits = [tongue.digits[int(digit)] for digit in fraction]
    return " ".join([said, *([tongue.signs["."], *digits] if digits else [])])


def _power(found: re.Match[str], tongue: Tongue) -> str:
    exponent = int(found["power"].replace("\u2212", "-"))
    sign = f"{tongue.signs['-']} " if exponent < 0 else ""
    power = f"{tongue.signs['power']} {sign}{tongue.whole(abs(exponent))}"
    if found["plain"] == "1":
        return power
    return f"{_decimal(found['plain'], tongue)} {tongue.signs['times']} {power}"


def _clock(text: str, tongue: Tongue) -> str:
    parts = text.split(":")
    said: list[str] = []
    for part, name in zip(parts, tongue.clock[-len(parts) :], strict=True):
        whole, _, fraction = part.partition(".")
        number = _decimal(str(int(whole)) + (f".{fraction}" if fraction else ""), tongue)
        if float(part) or (not said and part is parts[-1]):
            unit = next(key for key, names in tongue.units.items() if names == name)
            said += [number, tongue.one.get(unit, name) if number == tongue.digits[1] else name]
    return " ".join(said)
