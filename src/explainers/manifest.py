"""The manifests: one model for whoever writes them and whoever reads them.

`manifest.json` beside a video, `manifest/1`, is the written record of what was delivered and what it was
made from; `web/manifest.json`, `renditions/1`, that of what was made from the video for pages. There is no
clock in either. What a reader does not know it leaves alone, and what an older render did not write has a
default.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    field_validator,
    model_serializer,
)

from explainers.errors import Diagnostic, InvalidInput, Place
from explainers.inputs import content

MANIFEST = "manifest.json"
WEB = "web"
"""The folder of what was made for pages; it has a manifest too."""
SHOTS = "shots"
"""The folder of shots that were rendered alone; its manifest lists them."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def _plain_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError("a plain file name: letters, digits, '.', '_' and '-', no folder")
    return name


FileName = Annotated[str, AfterValidator(_plain_name)]
"""A file beside the manifest. Nothing with a slash: a manifest can't reach out of its folder."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")]
Rate = int | float
"""Frames a second."""


class FileFacts(_Record):
    """Size and SHA-256 of a file as published."""

    bytes: int
    sha256: str


class Listing(_Record):
    """What every manifest has: the files that belong to it, by name."""

    files: dict[str, FileFacts] = {}

    def as_json(self) -> dict[str, Any]:
        """The record as it is written, the files last."""
        body = self.model_dump(mode="json")
        return {**{name: value for name, value in body.items() if name != "files"}, "files": body["files"]}


class Rendition(_Record):
    """One file of the video; `codecs` is its RFC 6381 string, `captions` whether they are in the picture, and
    `made_from` the content id of the frames it holds. `sound` is the key of its sound, if it has one."""

    file: FileName
    type: Annotated[str, Field(pattern=r"^[a-z]+/[a-z0-9.+-]+$")] = "video/mp4"
    codecs: Annotated[str, Field(pattern=r"^[A-Za-z0-9., -]+$")]
    width: int
    height: int
    fps: Rate
    captions: str = "track"
    bytes: int
    sha256: str
    made_from: str = ""
    sound: str = ""

    @model_serializer(mode="wrap")
    def _silence_unsaid(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        body: dict[str, Any] = handler(self)
        if not self.sound:
            body.pop("sound", None)
        return body

    @property
    def is_av1(self) -> bool:
        return self.codecs.startswith("av01")


class TextQuality(_Record):
    """SSIM of the parts of frames that hold text."""

    mean: float
    min: float


class WebRendition(Rendition):
    """A rendition for pages; without `crf` and `ssim_text` it is the joined video itself. `for_phones` says
    that it is smaller than the video. `cambi` is the banding where it is worst, None where not measured."""

    crf: int | None = None
    ssim_text: TextQuality | None = None
    cambi: float | None = None
    for_phones: bool = False


class Poster(_Record):
    """The picture before play, its time in the video, and what it shows in words."""

    jpg: FileName
    webp: FileName | None = None
    width: int
    height: int
    at_s: float = 0.0
    alt: str = ""


class Track(_Record):
    """A captions track in one language, and how many cues it has."""

    file: FileName
    language: Language = "en"
    default: bool = True
    cues: int = 0


class Cue(_Record):
    """A caption of at most two lines, with its times in the video."""

    start_s: float
    end_s: float
    text: str

    @property
    def line(self) -> str:
        """The words in one line."""
        return " ".join(self.text.split())


class Chapter(_Record):
    start_s: float
    title: str


def sentence(words: str) -> str:
    """Words on one line, with a full stop where they end in none."""
    line = " ".join(words.split())
    return line if line.endswith((".", "!", "?", "…", ":")) else f"{line}."


class Beat(_Record):
    """A beat, with its start in its shot and the statement that stands during it."""

    id: str
    start_s: float
    statement: str | None = None


class Result(_Record):
    """A sentence that a picture worked out, with the time in its shot at which it comes."""

    start_s: float
    text: str


class Sentence(_Record):
    """Words of the storyboard as written and as filled in, with the facts in them: `seen` in the picture, or
    said in captions, from `at_s` in the video. `field` is its name in the shot or beat."""

    field: str
    beat: str | None = None
    template: str
    text: str
    facts: tuple[str, ...] = ()
    seen: bool = True
    at_s: float = 0.0


class Shot(_Record):
    """`slates` are the missing files that it shows a slate for; None where an older render did not say.
    `sources` are those of the tables and runs that its picture is made from; `sentences` are its words with
    numbers in them, and `made_from` the digests, by name, of what may change a pixel of it."""

    id: str
    kind: str = ""
    title: str | None = None
    statement: str | None = None
    provenance: str | None = None
    start_s: float
    end_s: float
    frames: int = 0
    beats: tuple[Beat, ...] = ()
    results: tuple[Result, ...] = ()
    slates: tuple[str, ...] | None = None
    sources: tuple[str, ...] = ()
    key: str = ""
    sentences: tuple[Sentence, ...] = ()
    made_from: dict[str, str] = {}

    def words(self) -> list[tuple[float, str]]:
        """What is to be read in the picture, in order, with its time in the video: the title, every statement
        once, from when it stands, and the sentences that the picture worked out."""
        first = self.beats[0].statement if self.beats else None
        opening = [self.title, self.statement or first]
        said = {text for text in opening if text}
        found: list[tuple[float, str]] = []
        for beat in self.beats:
            if beat.statement and beat.statement not in said:
                said.add(beat.statement)
                found.append((self.start_s + beat.start_s, sentence(beat.statement)))
        for result in self.results:
            found.append((self.start_s + result.start_s, sentence(result.text)))
        lead = " ".join(dict.fromkeys(sentence(text) for text in opening if text))
        return [*([(self.start_s, lead)] if lead else []), *sorted(found, key=lambda each: each[0])]


class Fact(_Record):
    """A number on screen, how it was computed and from what."""

    name: str
    value: Any = None
    text: str | None = None
    unit: str | None = None
    format: str | None = None
    expression: str | None = None
    table: str | None = None
    where: dict[str, Any] | None = None
    run: str | None = None
    origin: str | None = None
    sources: tuple[str, ...] = ()


class Line(_Record):
    """A line that is said, with its time in the video, and the sources of its numbers."""

    start_s: float
    end_s: float
    text: str
    said: str = ""
    by: str = ""
    sources: tuple[str, ...] = ()


class Number(_Record):
    """A computed number where it is to be read: when in the video, as `text` within `words`, and from which
    expression over which facts. `words` are empty where a picture draws the number without a sentence."""

    start_s: float
    text: str
    words: str = ""
    expression: str
    facts: tuple[str, ...] = ()


class Input(_Record):
    """A file of the project that the video was made from."""

    path: str
    sha256: str


class Source(_Record):
    """A source as assets.yaml declares it; what else is said there is kept."""

    model_config = ConfigDict(frozen=True, extra="allow")

    name: str
    kind: str | None = None
    label: str | None = None
    citation: str | None = None
    url: str | None = None
    repository: str | None = None
    path: str | None = None
    commit: str | None = None


class Page(_Record):
    """The author's hint where the video belongs: a section's heading, and words of its placeholder."""

    heading: str | None = None
    words: str | None = None


class Paper(_Record):
    """The work that the video explains, as the storyboard declares it."""

    title: str
    venue: str | None = None
    url: str | None = None

    @property
    def year(self) -> str | None:
        """The year that the venue names."""
        found = re.findall(r"(?<![\d.])(?:19|20)\d\d(?![\d.])", self.venue or "")
        return found[-1] if found else None


class Manifest(Listing):
    """`manifest/1`. `content_id` stands for every frame of the video, `inputs` are the files it was made
    from, and `versions` the programs that made it."""

    manifest: str = "manifest/1"
    video: FileName
    title: str
    description: str | None = None
    authors: tuple[str, ...] = ()
    paper: Paper | None = None
    language: Language = "en"
    page: Page = Page()
    content_id: str = ""
    quality: str = "final"
    theme: str = "ink"
    duration_s: float
    frames: int = 0
    fps: Rate = 0
    width: int
    height: int
    renditions: Annotated[tuple[Rendition, ...], Field(min_length=1)]
    poster: Poster
    captions: tuple[Track, ...] = ()
    cues: tuple[Cue, ...] = ()
    chapters_file: FileName | None = None
    chapters: tuple[Chapter, ...] = ()
    words_file: FileName | None = None
    lines: tuple[Line, ...] = ()
    shots: tuple[Shot, ...] = ()
    facts: tuple[Fact, ...] = ()
    numbers: tuple[Number, ...] = ()
    inputs: tuple[Input, ...] = ()
    sources: tuple[Source, ...] = ()
    versions: dict[str, str] = {}

    @field_validator("captions", mode="before")
    @classmethod
    def _one_track(cls, value: Any) -> Any:
        return [{"file": value}] if isinstance(value, str) else value

    @field_validator("page", mode="before")
    @classmethod
    def _no_page(cls, value: Any) -> Any:
        return value or {}

    @property
    def joined(self) -> Rendition:
        """The joined video without captions in the picture."""
        return next((each for each in self.renditions if each.captions != "burned"), self.renditions[0])

    def as_json(self) -> dict[str, Any]:
        """The record as it is written; of a source, what is said of it; of lines, where there are any."""
        body = super().as_json()
        for name in () if self.lines else ("words_file", "lines"):
            del body[name]
        return body | {"sources": [each.model_dump(mode="json", exclude_none=True) for each in self.sources]}


class PosterSize(_Record):
    """The poster in one size and format."""

    file: FileName
    type: str
    width: int
    height: int


class Web(Listing):
    """`renditions/1`: what was made from the video of the content id `made_from`, for pages. `kept` are files
    of the video itself that need no other rendition."""

    manifest: str = "renditions/1"
    key: str = ""
    made_from: str
    max_mib: float = 0.0
    renditions: tuple[WebRendition, ...] = ()
    kept: tuple[WebRendition, ...] = ()
    posters: tuple[PosterSize, ...] = ()
    linked: FileName | None = None
    social: FileName | None = None
    loop: FileName | None = None
    animated: FileName | None = None
    descriptions: FileName | None = None
    warnings: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The record as it is written; the joined video has no quality of its own."""
        plain = {"crf", "ssim_text", "cambi"}
        body = super().as_json()
        for name in ("renditions", "kept"):
            for each in body[name]:
                for key in [key for key in plain if each[key] is None]:
                    del each[key]
        return body


Read = TypeVar("Read", bound=Listing)


def read_manifest(path: Path, model: type[Read]) -> Read:
    """The manifest at `path`. OSError where there is none; InvalidInput with everything wrong in it."""
    try:
        return model.model_validate_json(content(path))
    except ValidationError as error:
        raise InvalidInput([_problem(path, each) for each in error.errors()]) from None


def manifest_in(folder: Path, model: type[Read]) -> Read | None:
    """The manifest in `folder`; None where there is none that can be read."""
    try:
        return read_manifest(folder / MANIFEST, model)
    except (OSError, InvalidInput):
        return None


def _problem(path: Path, error: Any) -> Diagnostic:
    where = ".".join(str(part) for part in error["loc"])
    return Diagnostic("bad-manifest", f"{where or 'manifest'}: {error['msg']}", Place(str(path), 1, 1))
