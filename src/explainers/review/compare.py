"""Two states of a video compared: which shots changed and why, which numbers, what no longer holds.

What is compared is data; pictures are looked at afterwards, of shots that changed alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from textwrap import shorten
from typing import Any, Literal

from explainers.check.finding import Finding, Report
from explainers.facts.tables import Cell, in_words
from explainers.manifest import Fact, Sentence
from explainers.review.state import Place, ShotState, State

Cause = Literal["fact", "table row", "text", "asset", "code", "storyboard", "shot before", "unknown"]

CLAIMS = frozenset(
    ("claim-sign", "claim-multiple", "expect", "no-such-row", "not-a-number", "unknown-column")
)
"""The codes of findings by which a sentence, or a number in it, does not hold any more."""

_LONGEST = 100
"""Characters of an expression that are shown."""
_CODE = re.compile(r"the source of |kind$|picture |fonts$|letters$|installed versions$")


@dataclass(frozen=True)
class Reason:
    """Why a shot changed: the cause, its name, and what it was and is now, where words can say that."""

    cause: Cause
    name: str
    before: str | None = None
    after: str | None = None

    def __str__(self) -> str:
        if self.before is None and self.after is None:
            return f"{self.cause} {self.name}".strip()
        return f"{self.cause} {self.name}: {self.before or 'nothing'} → {self.after or 'nothing'}"


@dataclass(frozen=True)
class ShotChange:
    """A shot whose picture changed, was added or removed, with its reasons and its lengths in seconds."""

    id: str
    change: Literal["changed", "added", "removed"]
    reasons: tuple[Reason, ...] = ()
    before_s: float | None = None
    after_s: float | None = None


@dataclass(frozen=True)
class Use:
    """Where a number is met: seen in the picture, said in captions, or drawn in a picture without words."""

    place: Place
    how: Literal["seen", "said", "drawn"]
    at_s: float
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True)
class NumberChange:
    """A number with what it was and is, where it comes from, and where it is met."""

    name: str
    before: str | None
    after: str | None
    origin: str = ""
    uses: tuple[Use, ...] = ()


@dataclass
class Comparison:
    """All that differs between two states. `claims` are new findings by which words don't hold any more, and
    `findings` all other new ones; `judged` says that both states could be judged. `redrawn` are shots that
    have other code behind them and look the same, known once pictures were compared."""

    old: State
    new: State
    shots: list[ShotChange] = field(default_factory=list)
    numbers: list[NumberChange] = field(default_factory=list)
    words: list[Use] = field(default_factory=list)
    results: list[Use] = field(default_factory=list)
    claims: tuple[Finding, ...] = ()
    findings: tuple[Finding, ...] = ()
    gone: tuple[Finding, ...] = ()
    judged: bool = True
    redrawn: list[str] = field(default_factory=list)

    @property
    def video(self) -> str:
        return self.new.video

    @property
    def holds(self) -> bool:
        """Whether no claim has stopped holding and no error is new."""
        return not self.claims and not any(finding.severity == "error" for finding in self.findings)

    @property
    def differs(self) -> bool:
        return bool(
            self.shots
            or self.numbers
            or self.words
            or self.results
            or self.claims
            or self.findings
            or self.gone
        )

    def as_json(self) -> dict[str, Any]:
        """All of it as plain data."""
        return {
            "video": self.video,
            "old": self.old.name,
            "new": self.new.name,
            "holds": self.holds,
            "length_s": {"before": round(self.old.duration_s, 6), "after": round(self.new.duration_s, 6)},
            "shots": [asdict(shot) for shot in self.shots],
            "redrawn": self.redrawn,
            "numbers": [_plain(asdict(number)) for number in self.numbers],
            "words": [_plain(asdict(word)) for word in self.words],
            "results": [_plain(asdict(one)) for one in self.results],
            "judged": self.judged,
            "claims": [claim.as_json() for claim in self.claims],
            "findings": [finding.as_json() for finding in self.findings],
            "gone": [one.as_json() for one in self.gone],
        }


def _plain(value: Any) -> Any:
    if isinstance(value, Place):
        return value._asdict()
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, (list, tuple)) else value


def compare(old: State, new: State) -> Comparison:
    """What differs between two states of a video."""
    found = Comparison(old, new)
    found.numbers = [*_facts(old, new), *_cells(old, new)]
    found.shots = list(_shots(old, new)) if not unplanned(old) and not unplanned(new) else []
    found.words = list(_words(old, new)) if not unplanned(new) else []
    judge(found)
    return found


def judge(found: Comparison) -> None:
    """Set what is new among the findings; once more, after pictures were drawn and judged too."""
    found.judged = found.old.report is not None and found.new.report is not None
    if found.new.report is None:
        return
    fresh = new_findings(found.old.findings, found.new.findings)
    if found.old.report is None:
        # A manifest holds no findings; what makes a claim wrong now was not published with it.
        fresh = tuple(one for one in fresh if one.code in CLAIMS)
    failed = unplanned(found.new)
    found.claims = tuple(one for one in fresh if one.code in CLAIMS or (failed and one.severity == "error"))
    found.findings = tuple(one for one in fresh if one not in found.claims)
    found.gone = new_findings(found.new.findings, found.old.findings) if found.judged and not failed else ()


def unplanned(state: State) -> bool:
    """Whether there is a storyboard that can't be planned."""
    return state.plan is None and state.report is not None


def new_findings(old: Iterable[Finding], new: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that are not among the old ones. Lines move and measures vary, so that one is known by its
    code, its shot and its words; numbers count only inside quotes, where they are the author's."""
    left = Counter(map(_identity, old))
    found = []
    for one in new:
        left[_identity(one)] -= 1
        if left[_identity(one)] < 0:
            found.append(one)
    return tuple(found)


def only_new(old: Report | None, new: Report) -> Report:
    """A report without what was found before; everything in it where there is no older one."""
    return replace(new, findings=new_findings(old.findings if old else (), new.findings), silenced=())


def _identity(finding: Finding) -> tuple[str | None, ...]:
    parts = re.split(r"('[^']*'|\"[^\"]*\")", finding.message)
    words = (part if index % 2 else re.sub(r"[\d.,:]+", "#", part) for index, part in enumerate(parts))
    return finding.code, finding.severity, finding.shot, finding.beat, "".join(words)


# -- shots ---------------------------------------------------------------------------------------------


def _shots(old: State, new: State) -> Iterator[ShotChange]:
    for shot_id, after in new.shots.items():
        before = old.shots.get(shot_id)
        if before is None:
            yield ShotChange(shot_id, "added", after_s=_seconds(after))
        elif _differs(before, after):
            reasons = tuple(_reasons(shot_id, old, new))
            yield ShotChange(shot_id, "changed", reasons, _seconds(before), _seconds(after))
    for shot_id, before in old.shots.items():
        if shot_id not in new.shots:
            yield ShotChange(shot_id, "removed", before_s=_seconds(before))


def _differs(before: ShotState, after: ShotState) -> bool:
    if before.parts and after.parts:
        # The sizes of two states may differ: a final that was published, and a draft to compare it with.
        return any(
            before.parts.get(n) != after.parts.get(n) for n in {*before.parts, *after.parts} - {"canvas"}
        )
    return before.key != after.key


def _seconds(state: ShotState) -> float:
    return round(state.shot.duration_s, 6)


def _reasons(shot: str, old: State, new: State) -> Iterator[Reason]:
    """Why a shot changed, the cause that is nearest to the data first; each thing once."""
    before, after = old.shots[shot], new.shots[shot]
    if not before.parts or not after.parts:
        yield Reason("unknown", "(the older manifest does not say what its shots are made from)")
        return
    names = [
        n for n in dict.fromkeys((*after.parts, *before.parts)) if before.parts.get(n) != after.parts.get(n)
    ]
    leaned = {*after.numbers, *before.numbers}
    touched: set[str] = set()
    texts: list[Reason] = []
    for place in _places(shot, old, new):
        was, now = old.sentences.get(place), new.sentences.get(place)
        if was and now and was.template == now.template and was.text == now.text:
            continue
        touched.add(_part(place))
        leaned |= {fact for one in (was, now) if one and one.seen for fact in one.facts}
        seen = any(one is not None and one.seen for one in (was, now))
        if seen and (was is None or now is None or was.template != now.template):
            name = f"{place.beat} {place.field}" if place.beat else place.field
            texts.append(Reason("text", name, was.template if was else None, now.template if now else None))
    facts = [one for one in sorted(leaned) if _value(old.numbers.get(one)) != _value(new.numbers.get(one))]
    yield from (
        Reason("fact", fact, shown(old.numbers.get(fact)), shown(new.numbers.get(fact))) for fact in facts
    )
    yield from dict.fromkeys(_rows(names, facts, before, after, old, new))
    yield from texts
    for name in names:
        group, _, thing = name.partition(" ")
        if group in ("asset", "run"):
            yield Reason("asset", thing)
        elif name == "shot before":
            yield Reason("shot before", "")
        elif _CODE.match(name):
            yield Reason("code", name.removeprefix("the source of "))
        elif group != "table" and name not in ("canvas", "footer", "provenance") and name not in touched:
            if name == "duration":
                yield Reason("storyboard", "length", f"{_seconds(before):g} s", f"{_seconds(after):g} s")
            elif not (facts and name.startswith(("params.", "beat "))):
                yield Reason("storyboard", name.removeprefix("params."))


def _places(shot: str, old: State, new: State) -> list[Place]:
    return [place for place in dict.fromkeys((*new.sentences, *old.sentences)) if place.shot == shot]


def _part(place: Place) -> str:
    """The part of a picture's key that holds a sentence."""
    if place.beat is not None:
        return f"beat {place.beat}"
    first = place.field.partition(".")[0]
    return first if first in ("title", "statement") else f"params.{first}"


def _rows(
    names: Sequence[str],
    facts: Sequence[str],
    before: ShotState,
    after: ShotState,
    old: State,
    new: State,
) -> Iterator[Reason]:
    """The rows behind what changed: of tables that the kind draws from, and of the facts."""
    for name in names:
        if name.startswith("table "):
            table = name.removeprefix("table ")
            cells = list(cell_changes(table, old, new))
            for cell in cells:
                yield Reason("table row", cell.name, cell.before, cell.after)
            if not cells:
                yield Reason("table row", f"{table} (other columns or units)")
    for one in facts:
        for fact in _leaves(one, new.numbers):
            # Of a table that the picture draws from, every cell is named already.
            if f"table {fact.table}" not in names and _value(old.numbers.get(fact.name)) != _value(fact):
                yield Reason("table row", f"{fact.table}, {where(fact)}".rstrip(", "))


def _leaves(name: str, facts: Mapping[str, Fact], depth: int = 20) -> Iterator[Fact]:
    """The facts with a table that a fact rests on, itself where it has one."""
    fact = facts.get(name)
    if fact is None or depth == 0:
        return
    if fact.table:
        yield fact
        return
    for word in re.findall(r"[A-Za-z_]\w*", fact.expression or ""):
        if word != name:
            yield from _leaves(word, facts, depth - 1)


# -- numbers and words ---------------------------------------------------------------------------------


def _text(sentence: Sentence | None) -> str | None:
    return sentence.text if sentence else None


def _value(fact: Fact | None) -> Any:
    return None if fact is None else (fact.value, fact.unit)


def shown(fact: Fact | None) -> str | None:
    """A fact's value as it is written, with its unit."""
    if fact is None:
        return None
    return f"{fact.text if fact.text is not None else fact.value}{f' {fact.unit}' if fact.unit else ''}"


def where(fact: Fact) -> str:
    """The row that a fact picks, in words."""
    return ", ".join(f"{column} = {in_words(value)}" for column, value in (fact.where or {}).items())


def _facts(old: State, new: State) -> Iterator[NumberChange]:
    if unplanned(old) or unplanned(new):
        return
    for name in dict.fromkeys((*new.numbers, *old.numbers)):
        was, now = old.numbers.get(name), new.numbers.get(name)
        if _value(was) == _value(now):
            continue
        fact = now or was
        assert fact is not None
        row = f"{fact.table}, {where(fact)}".rstrip(", ") if fact.table else f"= {fact.expression}"
        uses = sorted(_uses(name, old, new), key=lambda one: one.at_s)
        before, after = shown(was), shown(now)
        if before == after and was and now:
            # The value moved by less than its own format shows.
            before, after = f"{was.value:.6g}", f"{now.value:.6g}"
        yield NumberChange(name, before, after, shorten(row, _LONGEST, placeholder=" …"), tuple(uses))


def _uses(fact: str, old: State, new: State) -> Iterator[Use]:
    for place in dict.fromkeys((*new.sentences, *old.sentences)):
        was, now = old.sentences.get(place), new.sentences.get(place)
        one = now or was
        if one is not None and any(fact in each.facts for each in (was, now) if each):
            how: Literal["seen", "said"] = "seen" if one.seen else "said"
            yield Use(place, how, one.at_s, _text(was), _text(now))
    for shot_id, state in new.shots.items():
        if fact in state.numbers:
            yield Use(Place(shot_id, None, state.shot.kind), "drawn", state.start_s)


def _cells(old: State, new: State) -> Iterator[NumberChange]:
    """Cells of tables that shots draw from."""
    for table in sorted({*old.rows, *new.rows}):
        drawn = tuple(
            Use(Place(shot_id, None, one.shot.kind), "drawn", one.start_s)
            for shot_id, one in new.shots.items()
            if table in one.tables
        )
        for change in cell_changes(table, old, new) if drawn else ():
            yield NumberChange(change.name, change.before, change.after, f"table {table}", drawn)


def cell_changes(table: str, old: State, new: State) -> Iterator[NumberChange]:
    """The cells of a table that differ, and rows that came or went. A row is known by the first column that
    has another value in each, or by its number where there is none."""
    before, after = old.rows.get(table), new.rows.get(table)
    if before is None or after is None:
        return
    key = _key_column(before, after)
    was, now = _by_key(before, key), _by_key(after, key)
    for name, row in now.items():
        if name not in was:
            yield NumberChange(f"{table}, {name}", None, "a new row")
            continue
        for column in dict.fromkeys((*row, *was[name])):
            if row.get(column) != was[name].get(column):
                cells = _cell(was[name].get(column)), _cell(row.get(column))
                yield NumberChange(f"{table}, {name}, {column}", *cells)
    for name in was:
        if name not in now:
            yield NumberChange(f"{table}, {name}", "a row", None)


def _key_column(*states: Sequence[Mapping[str, Cell]]) -> str | None:
    for column in states[0][0] if states[0] else ():
        if all(len({row.get(column) for row in rows}) == len(rows) for rows in states):
            return column
    return None


def _by_key(rows: Sequence[Mapping[str, Cell]], key: str | None) -> dict[str, Mapping[str, Cell]]:
    if key is None:
        return {f"row {index}": row for index, row in enumerate(rows, 1)}
    return {f"{key} = {_cell(row[key])}": row for row in rows}


def _cell(cell: Cell) -> str | None:
    return f"{cell:.10g}" if isinstance(cell, float) else cell


def _words(old: State, new: State) -> Iterator[Use]:
    """Sentences that the author wrote otherwise, or that came or went; of shots in both states."""
    for place in dict.fromkeys((*new.sentences, *old.sentences)):
        was, now = old.sentences.get(place), new.sentences.get(place)
        one = now or was
        if one is None or place.shot not in old.shots or place.shot not in new.shots:
            continue
        if was is None or now is None or was.template != now.template:
            yield Use(place, "seen" if one.seen else "said", one.at_s, _text(was), _text(now))


def result_changes(found: Comparison) -> list[Use]:
    """Sentences that pictures worked out themselves and that differ, of shots whose results are known."""
    changes = []
    for shot_id, after in found.new.shots.items():
        before = found.old.shots.get(shot_id)
        if before is None or before.results == after.results:
            continue
        place = Place(shot_id, None, "worked out")
        gone = [text for text in before.results if text not in after.results]
        come = [text for text in after.results if text not in before.results]
        for index in range(max(len(gone), len(come))):
            was, now = (texts[index] if index < len(texts) else None for texts in (gone, come))
            changes.append(Use(place, "seen", after.start_s, was, now))
    return changes
