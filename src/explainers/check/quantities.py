"""Numbers with units as people write them in prose: read, and compared by value.

`2-12x`, `8.3 %`, `1.5-fold`, `twice`, `66 ms`, `122 tok/s`. A number without a unit is no quantity: it
may be a year, a version or a part of a name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PERCENT, TIMES = "%", "×"

_UNITS: dict[str, tuple[str, str, float]] = {}
"""Unit as written, folded: how it is written here, what it measures, and how many base units it is."""

for _unit, _measures, _factor, _spellings in (
    (PERCENT, "change", 1.0, "% percent per-cent pct"),
    ("points", "points", 1.0, "pp percentage-points points"),
    (TIMES, "change", 1.0, "× x fold -fold times"),
    ("ms", "time", 0.001, "ms msec millisecond milliseconds"),
    ("s", "time", 1.0, "s sec secs second seconds"),
    ("min", "time", 60.0, "min mins minute minutes"),
    ("h", "time", 3600.0, "h hr hrs hour hours"),
    ("tok/s", "tokens a second", 1.0, "tok/s tokens/s tokens-per-second tps token/s"),
    ("req/s", "requests a second", 1.0, "req/s requests/s requests-per-second rps qps"),
    ("fps", "frames a second", 1.0, "fps frames/s frames-per-second"),
    ("MB", "bytes", 1e6, "mb megabytes"),
    ("MiB", "bytes", 2.0**20, "mib"),
    ("GB", "bytes", 1e9, "gb gigabytes"),
    ("GiB", "bytes", 2.0**30, "gib"),
    ("TB", "bytes", 1e12, "tb terabytes"),
    ("W", "power", 1.0, "w watt watts"),
    ("Hz", "frequency", 1.0, "hz"),
    ("kHz", "frequency", 1e3, "khz"),
    ("km", "length", 1000.0, "km kilometers kilometres"),
    ("m", "length", 1.0, "meters metres"),
):
    for _spelling in _spellings.split():
        _UNITS[_spelling] = (_unit, _measures, _factor)

_NUMBER = r"[+\-−±~≈]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[+\-−±~≈]?\d+(?:\.\d+)?"
_WORDS = sorted((re.escape(one).replace(r"\-", r"[\s-]") for one in _UNITS), key=len, reverse=True)
_UNIT = rf"(?P<unit>{'|'.join(_WORDS)})(?![\w/])"
_QUANTITY = re.compile(
    rf"(?<![\w.,'’/\-–])(?P<low>{_NUMBER})(?P<lowunit>\s?%|\s?×|x)?"
    rf"(?:\s?(?:–|—|-|to|\.\.\.?|…)\s?(?P<high>{_NUMBER}))?[\s\u202f\u00a0-]{{0,2}}{_UNIT}",
    re.IGNORECASE,
)
_DIMENSIONS = re.compile(r"\s?\d")
_MULTIPLES = {"twice": 2.0, "doubles": 2.0, "doubled": 2.0, "double": 2.0, "triples": 3.0, "tripled": 3.0}
_MULTIPLE = re.compile(rf"\b(?:{'|'.join(_MULTIPLES)})\b", re.IGNORECASE)


@dataclass(frozen=True)
class Quantity:
    """A number or a range with its unit; `offset` to `end` is where it stands in its text.

    `step` is the worth of the last digit written, in the unit: what rounding may have taken away.
    """

    low: float
    high: float
    unit: str
    text: str
    offset: int
    end: int
    step: float

    @property
    def measures(self) -> str:
        return _UNITS[self.unit.casefold()][1]

    def bounds(self) -> tuple[float, float, float]:
        """Low, high and step in base units; a change in percent or times as a factor: 8 % is 1.08."""
        factor = _UNITS[self.unit.casefold()][2]
        if self.unit == PERCENT:
            return 1 + self.low / 100, 1 + self.high / 100, self.step / 100
        return self.low * factor, self.high * factor, self.step * factor


def quantities(text: str) -> list[Quantity]:
    """The quantities in a text, in order."""
    found = []
    for match in _QUANTITY.finditer(text):
        unit = canonical(match["unit"])
        # `720 x 960` is a size, and the s of `1990s` no second.
        if unit == TIMES and _DIMENSIONS.match(text, match.end()):
            continue
        if unit == "s" and re.fullmatch(r"\d{4}s", match[0]):
            continue
        low, high = _value(match["low"]), _value(match["high"] or match["low"])
        step = min(_step(match["low"]), _step(match["high"] or match["low"]))
        found.append(Quantity(low, high, unit, match[0], match.start(), match.end(), step))
    for match in _MULTIPLE.finditer(text):
        value = _MULTIPLES[match[0].casefold()]
        found.append(Quantity(value, value, TIMES, match[0], match.start(), match.end(), 0.1))
    return sorted(found, key=lambda one: one.offset)


def canonical(unit: str) -> str:
    """The unit as it is written here; the same text where it is not known."""
    folded = re.sub(r"\s+", "-", unit.strip().casefold())
    return _UNITS[folded][0] if folded in _UNITS else unit


def same_dimension(one: str, other: str) -> bool:
    """Whether two units measure the same thing."""
    a, b = (_UNITS.get(canonical(unit).casefold()) for unit in (one, other))
    return a is not None and b is not None and a[1] == b[1]


def agree(one: Quantity, other: Quantity) -> bool | None:
    """Whether two quantities say the same, as far as their digits go; None where they can't be compared.

    8 % agrees with 8.3 %, 1.08x with 8 %, and 2-12x does not with 2-12 %.
    """
    if one.measures != other.measures:
        return None
    (low, high, step), (other_low, other_high, other_step) = one.bounds(), other.bounds()
    room = max(step, other_step) * 0.5 + 1e-9
    return abs(low - other_low) <= room and abs(high - other_high) <= room


def _value(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-").lstrip("+±~≈"))


def _step(text: str) -> float:
    _, point, decimals = text.partition(".")
    return 10.0 ** -len(decimals) if point else 1.0
