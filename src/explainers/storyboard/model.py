"""What an author writes in `storyboard.yaml`, typed and frozen.

A shot holds the fields every shot has; what its kind adds stays unread beside them, in `own`, until
the plan knows the kind.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    WithJsonSchema,
)

from explainers.storyboard.parameters import Parameters
from explainers.storyboard.shot import Allow, Shot
from explainers.storyboard.types import (
    Frozen,
    Name,
    Seconds,
    ShortForm,
    ShownText,
    SourceName,
    TableName,
)
from explainers.theme import THEMES

MAX_SHOTS = 500


def _whole(text: Any) -> Any:
    return int(text) if isinstance(text, str) and text.isdecimal() else text


def _even(size: str) -> str:
    width, height = (int(side) for side in size.split("x"))
    if not (64 <= width <= 7680 and 64 <= height <= 7680) or width % 2 or height % 2:
        raise ValueError("an even width and height from 64 to 7680 pixels, such as 1920x1080")
    if width * height > 7680 * 4320:
        raise ValueError("a size of at most 7680x4320 pixels")
    return size


class Canvas(Frozen):
    """Size and rate of the final picture."""

    size: Annotated[str, Field(pattern=r"^\d{2,4}x\d{2,4}$"), AfterValidator(_even)] = "1920x1080"
    """Width and height in pixels, both even."""
    fps: Annotated[int, Field(ge=1, le=120)] = 60
    """Whole frames a second."""

    @property
    def width(self) -> int:
        return int(self.size.split("x")[0])

    @property
    def height(self) -> int:
        return int(self.size.split("x")[1])


class FactEntry(Frozen):
    """A number: a cell (or a column over rows) of a table, or an expression over other facts."""

    value: str | None = None
    """A column, an expression over columns of the row, or, without a table, over other facts."""
    table: TableName | None = None
    """The table, by its name in assets.yaml."""
    where: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)
    """What the row must hold, by column. Exactly one row must fit, unless `over` is set."""
    over: Literal["count", "sum", "mean", "median", "min", "max"] | None = None
    """Take all rows that fit, and make one number of them."""
    unit: str | None = None
    """The unit, such as tok/s."""
    format: str | None = None
    """How the number is written where a text names no format: `.1f`, `+.1%`, `clock`."""
    source: SourceName | None = None
    """A source from assets.yaml, for a number that leans on no table."""

    @property
    def is_whole(self) -> bool:
        """Whether it says enough to have a value: which one, and of what."""
        if self.table is None and (self.where or self.over):
            return False
        return self.value is not None or (self.table is not None and self.over == "count")


FactName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=100)]


class Poster(Frozen):
    """The frame shown before play: the end of a shot or of a beat, or a time."""

    shot: Name | None = None
    """A shot, shown as it ends."""
    beat: Name | None = None
    """A beat of that shot, shown as it ends."""
    at: Seconds | None = None
    """A time from the start of the video, in place of a shot."""


class Page(Frozen):
    """Where a page wants the video: hints for `embed`."""

    heading: str | None = None
    """The heading of the section whose placeholder the video answers."""
    words: str | None = None
    """Words that the placeholder holds, where a section has several."""


class Declares(Frozen):
    """What a page that shows the video must agree with; `check --page` compares."""

    title: ShownText | None = None
    """The work's title, as the page should write it."""
    venue: str | None = None
    """Where it was published or submitted, such as `submitted to NSDI 2026`."""
    figures: dict[str, ShownText] = Field(default_factory=dict)
    """Numbers by the words that name them on a page: `throughput: "{low:.0f}–{high:.0f} %"`."""


class Storyboard(Frozen):
    """The whole of one video."""

    storyboard: Annotated[Literal[1], BeforeValidator(_whole), WithJsonSchema({"const": 1})]
    """The version of this language: 1."""
    title: ShownText
    """The video's title."""
    description: ShownText | None = None
    """A sentence or two for the page, the manifest and search engines."""
    authors: tuple[str, ...] = ()
    """Names, in their order."""
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")] = "en"
    """The language of captions and chapters."""
    theme: Literal[tuple(THEMES)] | None = None  # type: ignore[valid-type]
    """Dark or light; the project's where nothing is written."""
    canvas: Canvas = Field(default_factory=Canvas)
    """Size and rate of the final picture."""
    parameters: Parameters
    """What `${name}` in any value stands for: given by a matrix, one row a video, or by defaults."""
    facts: dict[FactName, Annotated[FactEntry, ShortForm("value")]] = Field(default_factory=dict)
    """Numbers by name; `{name:format}` in a text writes one."""
    poster: Annotated[Poster, ShortForm("shot")] | None = None
    """The frame shown before play; the end of the first shot where nothing is written."""
    page: Page = Field(default_factory=Page)
    """Where a page wants the video: hints for `embed`."""
    declares: Declares = Field(default_factory=Declares)
    """What a page that shows the video must agree with."""
    allow: Allow = Field(default_factory=dict)
    """Findings of `check` to let pass in the whole video, by code, each with its reason."""
    shots: Annotated[tuple[Shot, ...], Field(min_length=1, max_length=MAX_SHOTS)]
    """The shots, in the order they are seen."""
