"""Delivered files: read for the rules that judge them, and traced to what they were made from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from explainers.check.subject import Rendered, Words
from explainers.digest import digest_file
from explainers.errors import ExplainersError, InvalidInput, UsageError
from explainers.facts.numbers import written
from explainers.manifest import MANIFEST, Fact, Manifest, Rendition, Source, manifest_in
from explainers.plan import Plan, load_plan
from explainers.project import Project
from explainers.voice.takes import takes_of


def read_delivered(words: Words) -> Rendered | None:
    """The delivered files of a video; None where there is no readable manifest."""
    folder = words.plan.project.renders_dir(words.plan.name)
    manifest = manifest_in(folder, Manifest)
    return Rendered(words, folder, manifest) if manifest else None


@dataclass(frozen=True)
class Probed:
    """What a video file says of itself. Frame numbers count from 0; `tags` are FFmpeg's numbers."""

    codec: str
    pixels: str
    width: int
    height: int
    fps: Fraction
    frames: int
    steady: bool
    keyframes: tuple[int, ...]
    tags: Mapping[str, int]
    index_first: bool
    streams: int
    metadata: Mapping[str, str]


def probe(path: Path) -> Probed:
    """Look at a file's packets without decoding them. OSError or ValueError where it is no video."""
    import av

    with av.open(str(path)) as container:
        if not container.streams.video:
            raise ValueError(f"{path.name} holds no video")
        stream = container.streams.video[0]
        fps = Fraction(stream.average_rate or 0)
        times, keys = [], []
        for packet in container.demux(stream):
            if packet.pts is not None:
                times.append(packet.pts)
                if packet.is_keyframe:
                    keys.append(packet.pts)
        tick = Fraction(1, fps) / Fraction(stream.time_base or 1) if fps else Fraction(1)
        numbers = {pts: number for number, pts in enumerate(sorted(times))}
        context = stream.codec_context
        tags = {
            name: int(getattr(context, name) or 0)
            for name in ("color_primaries", "color_trc", "colorspace", "color_range")
        }
        return Probed(
            codec=context.name,
            pixels=str(context.pix_fmt),
            width=context.width,
            height=context.height,
            fps=fps,
            frames=len(times),
            steady=all(pts == number * tick for pts, number in numbers.items()),
            keyframes=tuple(numbers[pts] for pts in sorted(keys)),
            tags=tags,
            index_first=_index_first(path),
            streams=len(container.streams),
            metadata=dict(container.metadata),
        )


def _index_first(path: Path) -> bool:
    """Whether an MP4's index (moov) stands before its data (mdat), so that it plays while it loads."""
    with path.open("rb") as file:
        while head := file.read(8):
            if len(head) < 8:
                return False
            size, name = int.from_bytes(head[:4], "big"), head[4:]
            if name in (b"moov", b"mdat"):
                return name == b"moov"
            if size == 1:
                size = int.from_bytes(file.read(8), "big") - 8
            if size < 8:
                return False
            file.seek(size - 8, 1)
    return False


def probed_videos(rendered: Rendered) -> Iterator[tuple[str, Probed | Exception]]:
    """The manifest's renditions whose files are there: name, and what it says of itself or the error."""
    for name in (one.file for one in rendered.manifest.renditions if rendered.file(one.file).is_file()):
        try:
            yield name, probe(rendered.file(name))
        except (OSError, ValueError) as error:
            yield name, error


_CONTENT = re.compile(r"content ([0-9a-f]{16,64})")

ContentOf = Callable[[Plan], str]
"""The content id that a render of a plan would have."""


@dataclass(frozen=True)
class Origin:
    """Where one number of a video comes from."""

    name: str
    text: str
    expression: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Verified:
    """What is known of a video file.

    `same_file` says that its bytes are those the manifest lists, `same_inputs` that rendering the
    storyboard today would make the same pictures; None where that is not known, and `reasons` say why.
    """

    video: str
    title: str
    content_id: str
    manifest: Path
    storyboard: str
    same_file: bool
    same_inputs: bool | None
    reasons: tuple[str, ...]
    numbers: tuple[Origin, ...]
    sources: tuple[str, ...]
    versions: dict[str, str]
    lines_said: tuple[Origin, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"manifest": str(self.manifest)}

    def lines(self) -> Iterator[str]:
        """The answer as it is printed."""
        yield f"{self.video}: {self.title}"
        yield f"  storyboard  {self.storyboard}"
        yield f"  content     {self.content_id}"
        yield f"  manifest    {self.manifest}"
        yield f"  this file   {'as it was rendered' if self.same_file else 'NOT the file that was rendered'}"
        state = {True: "still the same", False: "CHANGED since", None: "not checked"}[self.same_inputs]
        if self.same_inputs and self.reasons:
            state = "changed since, and still make the same pictures"
        yield f"  inputs      {state}"
        yield from (f"              {reason}" for reason in self.reasons)
        yield "numbers" if self.numbers else "no numbers"
        for number in self.numbers:
            yield f"  {number.text:>12}  {number.name} = {number.expression}"
            yield from (f"{'':>16}{source}" for source in number.sources)
        if self.lines_said:
            yield "said"
        for line in self.lines_said:
            yield f"  {line.name:>12}  {line.text}"
            yield f"{'':>14}{line.expression}"
            yield from (f"{'':>16}{source}" for source in line.sources)
        if self.sources:
            yield "sources"
            yield from (f"  {source}" for source in self.sources)
        yield "made with " + ", ".join(f"{name} {value}" for name, value in sorted(self.versions.items()))


def verify(path: Path, project: Project, content_of: ContentOf | None = None) -> Verified:
    """Say where the video at `path` comes from. Its manifest is looked for beside it, then in `renders/`.

    UsageError where the file is no video, carries no content id, or no manifest knows it.
    """
    content = _content_id(path)
    folder, manifest, record = _manifest(content, path, project)
    listed = manifest.files.get(record.file)
    found = path.stat().st_size, digest_file(path)
    video = manifest.video
    same, reasons = _inputs(content, manifest, project, content_of)
    sources = {one.name: _source(one) for one in manifest.sources}
    return Verified(
        video=video,
        title=manifest.title,
        content_id=content,
        manifest=folder / MANIFEST,
        storyboard=f"scenes/{video}/storyboard.yaml",
        same_file=listed is not None and found == (listed.bytes, listed.sha256),
        same_inputs=same,
        reasons=tuple(reasons),
        numbers=tuple(_number(one, sources) for one in manifest.facts),
        sources=tuple(sources.values()),
        versions=manifest.versions,
        lines_said=tuple(
            Origin(
                f"{one.start_s:.2f} s",
                one.text,
                one.said,
                tuple(sources.get(name, name) for name in one.sources),
            )
            for one in manifest.lines
        ),
    )


def _content_id(path: Path) -> str:
    try:
        metadata = probe(path).metadata
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} is no video that can be read: {error}") from None
    for value in metadata.values():
        if match := _CONTENT.search(value):
            return match[1]
    raise UsageError(
        f"{path} carries no content id; it was not rendered here, or its metadata were taken off"
    )


def _manifest(content: str, path: Path, project: Project) -> tuple[Path, Manifest, Rendition]:
    """The folder, the manifest and the rendition that a content id belongs to."""
    folders = [path.resolve().parent, *(project.renders_dir(video) for video in project.videos())]
    folders += sorted(one.parent for one in (project.root / "renders").glob(f"*/{MANIFEST}"))
    for folder in dict.fromkeys(folders):
        manifest = manifest_in(folder, Manifest)
        for record in manifest.renditions if manifest else ():
            if manifest and record.made_from == content:
                return folder, manifest, record
    raise UsageError(
        f"no manifest in {project.root / 'renders'} knows the content {content[:16]} of {path.name}"
    )


def _inputs(
    content: str, manifest: Manifest, project: Project, content_of: ContentOf | None
) -> tuple[bool | None, list[str]]:
    """Whether the storyboard would make these pictures today, and what is known to differ."""
    try:
        canvas = f"{manifest.width}x{manifest.height}"
        takes = takes_of(project, manifest.video, voice=bool(manifest.lines))
        plan = load_plan(project, manifest.video, manifest.quality, manifest.theme, takes=takes)
    except (InvalidInput, ExplainersError) as error:
        first = str(error).splitlines()[0]
        return None, [f"the storyboard can't be planned today: {first}"]
    reasons = [*_files(manifest, project), *_facts(manifest, plan)]
    if f"{plan.canvas.width}x{plan.canvas.height}" != canvas:
        reasons.append(f"the canvas is {plan.canvas.width}x{plan.canvas.height}, it was {canvas}")
    if content_of is None:
        return (False if reasons else None), reasons
    same = content_of(plan) in {one.made_from for one in manifest.renditions}
    if not same and not reasons:
        reasons.append("the words, the data or the programs that draw them are others than they were")
    return same, reasons


def _files(manifest: Manifest, project: Project) -> Iterator[str]:
    """Input files that are others than the manifest lists, where it lists them."""
    for one in manifest.inputs:
        path = project.root / one.path
        if not path.is_file():
            yield f"{one.path} is gone"
        elif digest_file(path) != one.sha256:
            yield f"{one.path} has changed"


def _facts(manifest: Manifest, plan: Plan) -> Iterator[str]:
    for record in manifest.facts:
        fact = plan.facts.facts.get(record.name)
        if fact is None:
            yield f"the fact {record.name!r} is no longer in the storyboard"
        elif fact.value != record.value:
            yield f"{fact.name} was {written(float(record.value), fact.format)}, today it is {fact.text}"


def _number(record: Fact, sources: Mapping[str, str]) -> Origin:
    unit = f" {record.unit}" if record.unit else ""
    where = ", ".join(f"{column} = {value}" for column, value in (record.where or {}).items())
    table = f" of table {record.table}" if record.table else ""
    origin = f"{record.expression or ''}{table}{f' where {where}' if where else ''}"
    named = tuple(sources.get(name, name) for name in record.sources)
    return Origin(record.name, f"{record.text}{unit}", origin, named)


def _source(record: Source) -> str:
    parts = [record.citation, record.url or record.repository, record.path]
    where = " ".join(part for part in parts if part) + (f" @ {record.commit[:12]}" if record.commit else "")
    return f"{where} ({record.kind})"
