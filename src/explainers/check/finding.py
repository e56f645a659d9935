"""What the referee reports: findings, what was let pass and why, and what could not be looked at."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from explainers.errors import Place, one_line

Severity = Literal["error", "warning"]
Stage = Literal["storyboard", "frames", "rendered", "page"]

STAGES: tuple[Stage, ...] = ("storyboard", "frames", "rendered", "page")
"""In the order they are judged: words need no drawing; the others need products, files, a page."""

_WIDTH = 110
"""Characters of a source line that are shown."""

Region = tuple[float, float, float, float]
"""Left, top, right, bottom in design units: pixels of a frame whose shorter side is 1080."""


@dataclass(frozen=True)
class Related:
    """Another place that a finding is about."""

    place: Place
    what: str


@dataclass(frozen=True)
class Finding:
    """One thing wrong, with the rule's stable `code`.

    `place` is in a file the author wrote. Times are seconds from the start of the video, `region` is
    where in the frame. `source_line` and `length` show the place; `fix` says what would put it right.
    """

    code: str
    severity: Severity
    message: str
    place: Place | None = None
    shot: str | None = None
    beat: str | None = None
    start_s: float | None = None
    end_s: float | None = None
    region: Region | None = None
    fix: str | None = None
    source_line: str | None = None
    length: int = 1
    related: tuple[Related, ...] = ()

    @property
    def sort_key(self) -> tuple[Any, ...]:
        place = self.place or Place("", 0, 0)
        return self.severity != "error", place, self.start_s or 0.0, self.code, self.message

    def text(self) -> str:
        """The finding as shown: place, source line with caret, time, region, the other places, the fix."""
        head = f"{self.place}: " if self.place else ""
        lines = [f"{head}{self.severity}: {self.message} [{self.code}]"]
        if self.place and self.source_line is not None:
            lines += self._source_lines(self.place, self.source_line)
        if where := self.where():
            lines.append(f"      {where}")
        lines += [f"      {one.what}: {one.place}" for one in self.related]
        if self.fix:
            lines.append(f"      fix: {self.fix}")
        return "\n".join(map(one_line, lines))

    def _source_lines(self, place: Place, source: str) -> list[str]:
        """The line with a caret under the place; of a long line, the stretch around it."""
        gutter, column, source = f"{place.line:>5} | ", place.column, source.rstrip()
        if len(source) > _WIDTH:
            start = max(0, column - 1 - _WIDTH // 3)
            cut = source[start : start + _WIDTH]
            column -= start - bool(start)
            source = ("…" if start else "") + cut + ("…" if start + _WIDTH < len(source) else "")
        caret = "^" * max(1, min(self.length, len(source) - column + 1))
        return [f"{gutter}{source}", " " * (len(gutter) + column - 1) + caret]

    def where(self) -> str:
        """Shot, time and region in words; empty where the finding has none."""
        parts = [f"shot {self.shot}" + (f", beat {self.beat}" if self.beat else "")] if self.shot else []
        if self.start_s is not None:
            until = f" to {self.end_s:.2f} s" if self.end_s is not None else " s"
            parts.append(f"at {self.start_s:.2f}{until}")
        if self.region:
            left, top, right, bottom = (round(edge) for edge in self.region)
            parts.append(f"x {left} to {right}, y {top} to {bottom}")
        return ", ".join(parts)

    def as_json(self) -> dict[str, Any]:
        """What `--json` prints of it; keys without a value are left out."""
        data: dict[str, Any] = {"code": self.code, "severity": self.severity, "message": self.message}
        if self.place:
            data |= asdict(self.place)
        names = ("shot", "beat", "start_s", "end_s", "fix")
        data |= {name: value for name in names if (value := getattr(self, name)) is not None}
        if self.region:
            data["region"] = [round(edge, 1) for edge in self.region]
        if self.related:
            data["related"] = [{**asdict(one.place), "what": one.what} for one in self.related]
        return data


@dataclass(frozen=True)
class Silenced:
    """A finding that the author lets pass, and the reason given."""

    finding: Finding
    reason: str


@dataclass(frozen=True)
class NotChecked:
    """What could not be looked at, and why. It is never counted as passed."""

    what: str
    reason: str
    shot: str | None = None


@dataclass(frozen=True)
class Report:
    """The judgement of one video."""

    video: str
    findings: tuple[Finding, ...] = ()
    silenced: tuple[Silenced, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()
    rules_run: tuple[str, ...] = field(default=())

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity == "error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity == "warning")

    def passes(self, strict: bool = False) -> bool:
        """Whether nothing stands against it; with `strict` warnings do."""
        return not (self.findings if strict else self.errors)
