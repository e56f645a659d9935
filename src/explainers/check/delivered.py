"""Delivered files: read for the rules that judge them, and traced to what they were made from."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from pathlib import Path
from random import SystemRandom
from typing import Any

import numpy as np

from explainers import ffmpeg
from explainers.assets.manifest import Source
from explainers.check.subject import Rendered, Words
from explainers.digest import digest_file
from explainers.errors import ExplainersError, UsageError
from explainers.facts.ledger import Fact
from explainers.inputs import ordinary
from explainers.manifest import MANIFEST, Manifest, Rendition, manifest_in
from explainers.plan import Plan, load_plan
from explainers.plan.model import LinePlan
from explainers.project import Project
from explainers.timing import clock
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
    with ordinary(path) as file:
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
    for name in (
        rendition.file
        for rendition in rendered.manifest.renditions
        if rendered.file(rendition.file).is_file()
    ):
        try:
            yield name, probe(rendered.file(name))
        except (OSError, ValueError) as error:
            yield name, error


_CONTENT = re.compile(r"content ([0-9a-f]{16,64})")

ContentOf = Callable[[Plan], str]
"""The content id that a render of a plan would have."""
PictureOf = Callable[[Plan, int], np.ndarray]
"""A frame of a plan, drawn anew: RGB, uint8 of shape (height, width, 3)."""

MOST_SAMPLES = 12
BLOCK, MOST_OFF = 8, 16.0
"""A block of pixels, and the mean difference of its luma, of 255, that encoding does not make."""


@dataclass(frozen=True)
class Origin:
    """Where one number of the storyboard comes from."""

    name: str
    text: str
    expression: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Verified:
    """What is known of a video file.

    `same_file` says that its bytes are those the manifest lists, `same_inputs` that rendering the
    storyboard today would make the same pictures, `same_pictures` that sampled frames of the file, in seconds
    `sampled_s`, are what was drawn of them now; None where that is not known, and `reasons` say why.

    The manifest may be a stranger's like the file itself. So numbers and sources are worked out from the
    inputs, and what only the manifest says is called its claim; `unknown` is what nobody here can tell.
    """

    video: str
    title: str
    content_id: str
    manifest: Path
    storyboard: str
    same_file: bool
    same_inputs: bool | None
    same_pictures: bool | None
    sampled_s: tuple[float, ...]
    reasons: tuple[str, ...]
    numbers: tuple[Origin, ...]
    sources: tuple[str, ...]
    versions: dict[str, str]
    unknown: tuple[str, ...]
    lines_said: tuple[Origin, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"manifest": str(self.manifest)}

    def lines(self) -> Iterator[str]:
        """The answer as it is printed."""
        yield f"{self.video}: {self.title}"
        yield f"  storyboard  {self.storyboard}"
        yield f"  content     {self.content_id}"
        yield f"  manifest    {self.manifest}"
        yield f"  this file   {'the one' if self.same_file else 'NOT the one'} that its manifest lists"
        state = {True: "still the same", False: "CHANGED since", None: "not checked"}[self.same_inputs]
        if self.same_inputs and self.reasons:
            state = "changed since, and still make the same pictures"
        yield f"  inputs      {state}"
        times = ", ".join(clock(at) for at in self.sampled_s)
        words = {True: "what the inputs give", False: "NOT what the inputs give", None: "not compared"}
        yield f"  pictures    {words[self.same_pictures]}{f', at {times}' if times else ''}"
        yield from (f"              {reason}" for reason in self.reasons)
        yield "numbers, from the inputs" if self.numbers else "no numbers"
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
        made = ", ".join(f"{name} {value}" for name, value in sorted(self.versions.items()))
        yield f"made, as the manifest claims, with {made}"
        yield "what this can't know"
        yield from (f"  {text}" for text in self.unknown)


def verify(
    path: Path, project: Project, content_of: ContentOf | None = None, picture_of: PictureOf | None = None
) -> Verified:
    """Say where the video at `path` comes from. Its manifest is looked for beside it, then in `renders/`.

    With `picture_of` a frame a shot, at most MOST_SAMPLES in all and each at a time that nobody can foresee,
    is drawn from the inputs and compared. UsageError where the file is no video, carries no content id, or no
    manifest knows it.
    """
    content = _content_id(path)
    folder, manifest, record = _manifest(content, path, project)
    listed = manifest.files.get(record.file)
    found = path.stat().st_size, digest_file(path)
    video = manifest.video
    plan, problem = _planned(manifest, project)
    same, reasons = _inputs(manifest, plan, project, content_of) if plan else (None, [problem])
    pictures = _compared(path, plan, record, picture_of) if plan and picture_of else _Compared()
    sources = {} if plan is None else {name: _source(one) for name, one in plan.sources.items()}
    return Verified(
        video=video,
        title=plan.title if plan else manifest.title,
        content_id=content,
        manifest=folder / MANIFEST,
        storyboard=f"scenes/{video}/storyboard.yaml",
        same_file=listed is not None and found == (listed.bytes, listed.sha256),
        same_inputs=same,
        same_pictures=pictures.same,
        sampled_s=tuple(pictures.at_s),
        reasons=(*reasons, *pictures.reasons),
        numbers=tuple(_number(fact, sources) for fact in plan.facts.facts.values()) if plan else (),
        sources=tuple(sources.values()),
        versions=manifest.versions,
        unknown=(
            f"the frames between the {len(pictures.at_s)} that were compared",
            "when, where and by whom the file was made",
            "whether the sources say what the tables and logs of the project hold",
        ),
        lines_said=tuple(_line(line, plan, sources) for line in plan.lines if line.take) if plan else (),
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


def _planned(manifest: Manifest, project: Project) -> tuple[Plan | None, str]:
    """The plan of the storyboard today, or why there is none."""
    try:
        takes = takes_of(project, manifest.video, voice=bool(manifest.lines))
        return load_plan(
            project, manifest.video, manifest.quality, manifest.theme, takes=takes, language=manifest.language
        ), ""
    except ExplainersError as error:
        first = str(error).splitlines()[0]
        return None, f"the storyboard can't be planned today, so nothing is compared: {first}"


def _inputs(
    manifest: Manifest, plan: Plan, project: Project, content_of: ContentOf | None
) -> tuple[bool | None, list[str]]:
    """Whether the storyboard would make these pictures today, and what is known to differ."""
    canvas = f"{manifest.width}x{manifest.height}"
    reasons = [*_files(manifest, project), *_facts(manifest, plan)]
    if f"{plan.canvas.width}x{plan.canvas.height}" != canvas:
        reasons.append(f"the canvas is {plan.canvas.width}x{plan.canvas.height}, it was {canvas}")
    if content_of is None:
        return (False if reasons else None), reasons
    same = content_of(plan) in {rendition.made_from for rendition in manifest.renditions}
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
            claim = record.text or record.value
            yield f"{fact.name} was {claim}, as the manifest claims; today it is {fact.text}"


@dataclass
class _Compared:
    """Whether sampled frames are what the inputs give, at which seconds, and what is to be said of it."""

    same: bool | None = None
    at_s: list[float] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


def _compared(path: Path, plan: Plan, record: Rendition, picture_of: PictureOf) -> _Compared:
    """Sampled frames of a file beside what is drawn of a plan now."""
    found, fps = _Compared(), plan.canvas.fps
    wanted = _samples(plan, record.captions == "burned")
    if not wanted:
        found.reasons.append("captions are in every frame of it, which are not drawn here")
    try:
        for frame, luma in zip(wanted, _lumas(path, wanted, fps), strict=True):
            found.at_s.append(frame / fps)
            off = math.inf if luma is None else _most_off(luma, picture_of(plan, frame))
            found.same = found.same is not False and off <= MOST_OFF
            if off > MOST_OFF:
                words = "has no frame of that size" if off == math.inf else "shows something else"
                found.reasons.append(f"at {clock(frame / fps)} the file {words}")
    except ExplainersError as error:
        return _Compared(None, [], [f"no frame can be drawn today: {str(error).splitlines()[0]}"])
    return found


def _samples(plan: Plan, burned: bool) -> list[int]:
    """A frame of each shot, or of some, in order; of those without a caption where captions are `burned`."""
    chance, fps, frames = SystemRandom(), plan.canvas.fps, []
    for shot in plan.shots:
        start = plan.start_frames[shot.id]
        known = [
            frame
            for frame in range(start, start + shot.duration_frames)
            if not burned or not any(cue.start_s <= frame / fps <= cue.end_s for cue in plan.cues)
        ]
        frames += [chance.choice(known)] if known else []
    return sorted(chance.sample(frames, min(MOST_SAMPLES, len(frames))))


def _lumas(path: Path, frames: Sequence[int], fps: int) -> Iterator[np.ndarray | None]:
    """The luma of frames of a file, in their order: of shape (height, width), 16 to 235; None for those that
    it does not have."""
    with ffmpeg.opened(path) as container:
        stream = container.streams.video[0]
        for wanted in frames:
            at = round(wanted / fps / stream.time_base)
            container.seek(at, stream=stream)
            shown = (each for each in container.decode(stream) if each.pts is not None and each.pts >= at)
            frame = next(shown, None)
            luma = None if frame is None else frame.to_ndarray(format="yuv420p")
            yield None if luma is None or frame is None else luma[: frame.height].astype(np.float32)


def _most_off(luma: np.ndarray, picture: np.ndarray) -> float:
    """The mean difference, of 255, of the block that differs most; infinity where sizes differ."""
    if luma.shape != picture.shape[:2]:
        return math.inf
    drawn = 16 + picture.astype(np.float32) @ (np.array([0.2126, 0.7152, 0.0722], np.float32) * 219 / 255)
    off = np.abs(luma - drawn)
    rows, columns = (side - side % BLOCK for side in off.shape)
    blocks = off[:rows, :columns].reshape(rows // BLOCK, BLOCK, columns // BLOCK, BLOCK)
    return float(blocks.mean(axis=(1, 3)).max())


def _number(record: Fact, sources: Mapping[str, str]) -> Origin:
    unit = f" {record.unit}" if record.unit else ""
    where = ", ".join(f"{column} = {value}" for column, value in (record.where or {}).items())
    table = f" of table {record.table}" if record.table else f" of run {record.run}" if record.run else ""
    origin = f"{record.expression or ''}{table}{f' where {where}' if where else ''}"
    named = tuple(sources.get(name, name) for name in record.sources)
    return Origin(record.name, f"{record.text}{unit}", origin, named)


def _line(one: LinePlan, plan: Plan, sources: Mapping[str, str]) -> Origin:
    """A line with the sources of its numbers, and who says it."""
    named = plan.facts.sources_of(name for piece in one.line.pieces for name in piece.facts)
    by = f" (by {one.take.engine} {one.take.version})" if one.take else ""
    said = f"{' '.join(one.line.said)}{by}"
    return Origin(clock(one.start_s), one.line.text, said, tuple(sources.get(name, name) for name in named))


def _source(record: Source) -> str:
    parts = [record.citation, record.url or record.repository, record.path]
    where = " ".join(part for part in parts if part) + (f" @ {record.commit[:12]}" if record.commit else "")
    return f"{where} ({record.kind})"
