"""Publishing into a video's folder: written beside it on the same disk, renamed file by file, manifest last.

Its manifest, and the words beside it: captions and chapters as WebVTT, and the transcript as Markdown.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from explainers import manifest as record
from explainers.digest import digest_bytes, digest_file
from explainers.errors import RenderFailed, one_line
from explainers.facts.ledger import Fact
from explainers.facts.tables import in_words
from explainers.facts.templates import Piece
from explainers.kinds.base import ShotPlan, Stretch
from explainers.manifest import MANIFEST, FileFacts, Listing, Manifest, manifest_in
from explainers.plan import ChapterPlan, CuePlan, Plan
from explainers.plan.model import LinePlan
from explainers.plan.resolve import Text
from explainers.render.visible_text import CaptionPlace, above_foot
from explainers.scratch import Scratch, reported, sync, write_synced
from explainers.timing import clock, timecode


class Publication:
    """Files on their way into `directory`; nothing has its name there before it is whole."""

    def __init__(self, directory: Path, folder: Path, model: type[Listing]):
        self.directory, self.folder, self._model = directory, folder, model
        self.files: dict[str, FileFacts] = {}
        self._new: dict[str, Path] = {}

    @cached_property
    def previous(self) -> Listing:
        """The manifest that is there, or an empty one."""
        return manifest_in(self.directory, self._model) or manifest_in(self.directory, Listing) or Listing()

    def stands(self, name: str) -> bool:
        """Keep the file that is there, if it still is what the manifest says; whether it is."""
        facts, path = self.previous.files.get(name), self.directory / name
        if facts is None or not is_file(path, facts):
            return False
        self.files[name] = facts
        return True

    def add(self, name: str, content: bytes | str) -> None:
        """Publish `content` under `name`, unless the file there has just that."""
        data = content.encode() if isinstance(content, str) else content
        self.files[name] = FileFacts(bytes=len(data), sha256=digest_bytes(data))
        if not is_file(self.directory / name, self.files[name]):
            write_synced(self.folder / name, data)
            self._new[name] = self.folder / name

    def add_file(self, name: str, path: Path) -> None:
        """Publish a copy of the file at `path`; one that lies in `folder` is moved."""
        if path.parent != self.folder:
            return self.add(name, path.read_bytes())
        sync(path)
        self.files[name] = FileFacts(bytes=path.stat().st_size, sha256=digest_file(path))
        self._new[name] = path
        return None

    def finish(self, manifest: Listing) -> None:
        """Rename everything in, the manifest last; then remove what the manifest before listed and this
        one does not."""
        data = (json.dumps(manifest.as_json(), indent=2, ensure_ascii=False) + "\n").encode()
        stale = set(self.previous.files) - set(self.files)
        for name, path in self._new.items():
            path.replace(self.directory / name)
        if self._new:
            # Before the manifest speaks of them, also where the power fails.
            sync(self.directory)
        path = self.directory / MANIFEST
        if not path.is_file() or path.read_bytes() != data:
            write_synced(self.folder / MANIFEST, data)
            (self.folder / MANIFEST).replace(path)
            sync(self.directory)
        for name in stale:
            if Path(name).name == name:
                (self.directory / name).unlink(missing_ok=True)


def is_file(path: Path, facts: FileFacts) -> bool:
    """Whether the file at `path` is there and just as its facts say."""
    return path.is_file() and path.stat().st_size == facts.bytes and digest_file(path) == facts.sha256


@contextmanager
def publishing(directory: Path, model: type[Listing] = Manifest) -> Iterator[Publication]:
    """A publication into `directory`, which is made, with a manifest of `model`; RenderFailed where the disk
    refuses.

    One process publishes into a folder at a time, so that its files are always of one render.
    """
    if directory.is_symlink():
        raise RenderFailed(f"{directory} is a link, perhaps to what is no video's; remove it")
    with reported("the folder", directory):
        directory.mkdir(parents=True, exist_ok=True)
        with _alone(directory):
            scratch = Scratch(directory / ".aside")
            scratch.clean()
            with scratch.folder("publication") as folder:
                yield Publication(directory, folder, model)


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Hold the folder's lock, which the system gives back when its holder dies."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def manifest_of(
    plan: Plan,
    renditions: Sequence[record.Rendition],
    files: Mapping[str, FileFacts],
    keys: Mapping[str, str],
    content_id: str,
    versions: Mapping[str, str],
    names: Mapping[str, str],
    results: Results | None = None,
    made_from: Mapping[str, Mapping[str, str]] | None = None,
) -> Manifest:
    """The record of what was made of a plan. `keys` are the shots' content keys by id, `names` the published
    files by what they are (`captions`, `chapters`, `poster_jpg` ...), `results` the sentences that pictures
    worked out, by shot, and `made_from` the parts of each picture's key."""
    canvas, said, parts = plan.canvas, sentences_of(plan), made_from or {}
    return Manifest(
        video=plan.name,
        title=plan.title,
        description=plan.description,
        authors=plan.authors,
        paper=_paper(plan),
        language=plan.language,
        page=record.Page(**plan.page.model_dump()),
        content_id=content_id,
        quality=plan.quality,
        theme=plan.theme.name,
        duration_s=round(plan.duration_s, 6),
        frames=plan.total_frames,
        fps=canvas.fps,
        width=canvas.width,
        height=canvas.height,
        renditions=tuple(renditions),
        poster=_poster(plan, names),
        captions=(record.Track(file=names["captions"], language=plan.language, cues=len(plan.cues)),),
        cues=tuple(
            record.Cue(start_s=round(cue.start_s, 6), end_s=round(cue.end_s, 6), text=cue.text)
            for cue in plan.cues
        ),
        chapters_file=names["chapters"],
        chapters=tuple(
            record.Chapter(start_s=round(chapter.start_s, 6), title=chapter.title)
            for chapter in plan.chapters
        ),
        words_file=names.get("words"),
        lines=tuple(
            record.Line(
                start_s=round(line.start_s, 6),
                end_s=round(line.start_s + line.take.duration_s, 6),
                text=line.line.text,
                said=" ".join(line.line.said),
                by=f"{line.take.engine} {line.take.version}",
                sources=plan.facts.sources_of(name for piece in line.line.pieces for name in piece.facts),
            )
            for line in plan.lines
            if line.take
        ),
        shots=tuple(
            _shot(plan, shot, keys[shot.id], (results or {}).get(shot.id, ())).model_copy(
                update={"sentences": said[shot.id], "made_from": short(parts.get(shot.id, {}))}
            )
            for shot in plan.shots
        ),
        numbers=tuple(_numbers(plan)),
        facts=facts_of(plan),
        inputs=tuple(_inputs(plan)),
        sources=tuple(
            record.Source(name=name, **source.model_dump(exclude_none=True))
            for name, source in plan.sources.items()
        ),
        files=dict(sorted(files.items())),
        versions=dict(sorted(versions.items())),
    )


def facts_of(plan: Plan) -> tuple[record.Fact, ...]:
    """Every number of a plan, as manifests hold it."""
    return tuple(
        record.Fact(
            **{name: getattr(fact, name) for name in record.Fact.model_fields if name != "where"},
            where=dict(fact.where),
        )
        for fact in plan.facts.facts.values()
    )


def sentences_of(plan: Plan) -> dict[str, tuple[record.Sentence, ...]]:
    """The words of each shot, with where and when they stand; without the numbers of beats in their fields,
    which move when others come before them."""
    found: dict[str, list[record.Sentence]] = {shot.id: [] for shot in plan.shots}
    starts: dict[tuple[str, str | None], float] = {}
    for shot in plan.shots:
        starts[shot.id, None] = start_s = plan.start_frames[shot.id] / plan.canvas.fps
        starts |= {(shot.id, beat.id): start_s + beat.start_s for beat in shot.beats}
    for text in plan.texts:
        if text.shot in found:
            steps = text.loc[4:] if text.loc[2:3] == ("beats",) else text.loc[2:]
            sentence = record.Sentence(
                field=".".join(map(str, steps)),
                beat=text.beat,
                template=text.template,
                text=text.text,
                facts=text.facts,
                seen=text.on_screen,
                at_s=round(starts.get((text.shot, text.beat), starts[text.shot, None]), 6),
            )
            found[text.shot].append(sentence)
    return {shot: tuple(sentences) for shot, sentences in found.items()}


_SHORT = 16


def short(parts: Mapping[str, str]) -> dict[str, str]:
    """The parts of a picture's key as manifests hold them: enough of each digest to tell states apart."""
    return {name: digest[:_SHORT] for name, digest in parts.items()}


def _poster(plan: Plan, names: Mapping[str, str]) -> record.Poster:
    shot, _ = plan.shot_at(plan.poster_frame)
    words = [plan.title, *(text for text in (shot.title, shot.statement) if text and text != plan.title)]
    return record.Poster(
        jpg=names["poster_jpg"],
        webp=names["poster_webp"],
        width=plan.canvas.width,
        height=plan.canvas.height,
        at_s=round(plan.poster_frame / plan.canvas.fps, 6),
        alt=". ".join(word.rstrip(".") for word in words) + ".",
    )


def _shot(plan: Plan, shot: ShotPlan, key: str, results: Sequence[record.Result]) -> record.Shot:
    start, fps = plan.start_frames[shot.id], plan.canvas.fps
    return record.Shot(
        id=shot.id,
        kind=shot.kind,
        title=shot.title,
        statement=shot.statement,
        provenance=shot.provenance,
        start_s=round(start / fps, 6),
        end_s=round((start + shot.duration_frames) / fps, 6),
        frames=shot.duration_frames,
        beats=tuple(
            record.Beat(id=beat.id, start_s=round(beat.start_s, 6), statement=beat.statement)
            for beat in shot.beats
        ),
        results=tuple(results),
        slates=shot.slates,
        sources=_sources(plan, shot),
        key=key,
    )


def _paper(plan: Plan) -> record.Paper | None:
    declared = plan.storyboard.declares
    if declared.title is None and declared.url is None:
        return None
    return record.Paper(title=declared.title or plan.title, venue=declared.venue, url=declared.url)


def _sources(plan: Plan, shot: ShotPlan) -> tuple[str, ...]:
    """The sources of what the picture is made from, in the order in which they are named."""
    declared = plan.library.manifest
    runs = (declared.runs[known].source for name in shot.runs if (known := declared.run_named(name)))
    return tuple(dict.fromkeys((*runs, *(table.source for table in shot.tables.values()))))


def _numbers(plan: Plan) -> Iterator[record.Number]:
    """Every computed number of texts, where it is first to be read in its shot; then facts that a picture
    draws, from when their shot begins."""
    starts = {shot.id: plan.start_frames[shot.id] / plan.canvas.fps for shot in plan.shots}
    found: dict[tuple[str, str, str], record.Number] = {}
    for text in plan.texts:
        for piece in text.pieces:
            if piece.value is not None and text.shot is not None:
                at_s = round(_first_read(plan, text, piece, starts[text.shot]), 3)
                words = " ".join(text.text.split())
                expression = " ".join(piece.source.split())
                one = record.Number(
                    start_s=at_s, text=piece.shown, words=words, expression=expression, facts=piece.facts
                )
                known = found.get(key := (piece.shown, words, expression))
                found[key] = one if known is None or at_s < known.start_s else known
    for each in plan.referred:
        if each.to == "fact" and each.shot is not None:
            at_s, written = round(starts[each.shot], 3), plan.facts.facts[each.name].text
            one = record.Number(start_s=at_s, text=written, expression=each.name, facts=(each.name,))
            found.setdefault((written, str(at_s), each.name), one)
    yield from sorted(found.values(), key=lambda one: one.start_s)


def _first_read(plan: Plan, text: Text, piece: Piece, start_s: float) -> float:
    """When a number comes: with its caption, with its beat, or with its shot, which begins at `start_s`."""
    if text.shot and not text.on_screen:
        for cue in plan.cues:
            line = " ".join(cue.text.split())
            if cue.shot_id == text.shot and piece.shown in line and line in " ".join(text.text.split()):
                return cue.start_s
    beats = plan.shot(text.shot).beats if text.shot else ()
    return start_s + next((beat.start_s for beat in beats if beat.id == text.beat), 0.0)


def _inputs(plan: Plan) -> Iterator[record.Input]:
    """Every file of the project that was read, with its SHA-256; of a folder, the files in it."""
    found = {}
    for path in plan.inputs:
        for file in sorted(path.rglob("*")) if path.is_dir() else (path,):
            if file.is_file() and file.is_relative_to(plan.project.root):
                found[plan.project.shown(file)] = digest_file(file)
    return (record.Input(path=path, sha256=digest) for path, digest in sorted(found.items()))


# -- the words beside a video -------------------------------------------------------------------------

Results = Mapping[str, Sequence[record.Result]]
"""The sentences that pictures worked out, by shot."""


def captions_vtt(
    cues: Sequence[CuePlan], canvas: Stretch, places: Sequence[CaptionPlace] | None = None
) -> str:
    """The captions, each at its place, or above the statement."""
    places = [CaptionPlace(above_foot(cue.text, canvas)) for cue in cues] if places is None else places
    placed = zip(cues, places, strict=True)
    return webvtt((cue.start_s, cue.end_s, cue.text, place.settings) for cue, place in placed)


def chapters_vtt(chapters: Sequence[ChapterPlan], duration_s: float) -> str:
    """The chapters; each lasts until the next one begins, the last until the video ends."""
    ends = (*(chapter.start_s for chapter in chapters[1:]), duration_s)
    return webvtt((one.start_s, end, one.title, "") for one, end in zip(chapters, ends, strict=False))


def words_vtt(lines: Sequence[LinePlan]) -> str:
    """The lines said, a cue a line, with the time of each word: `<00:00:01.000>word`."""
    blocks = ["WEBVTT"]
    for one in (each for each in lines if each.take):
        take, token, words = one.take, 0, []
        for word in one.line.words:
            shown = word.shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            if take is not None and word.said and token:
                shown = f"<{timecode(one.start_s + take.moment(token).start_s, hours=True)}>{shown}"
            words.append(shown)
            token += len(word.said)
        end = min(one.until_s, one.start_s + (take.duration_s if take else 0.0))
        times = f"{timecode(one.start_s, hours=True)} --> {timecode(end, hours=True)}"
        blocks.append(f"{times}\n{' '.join(words)}")
    return "\n\n".join(blocks) + "\n"


def filled_lines(text: str) -> list[str]:
    """The lines of a text that hold something."""
    return [one_line(line) for line in re.split(r"[\r\n]", text) if line.strip()]


def webvtt(cues: Iterable[tuple[float, float, str, str]]) -> str:
    """A WebVTT file of cues: start and end in seconds, text, settings.

    In a text there is no markup, no arrow that would read as a timing line, and no empty line.
    """
    blocks = ["WEBVTT"]
    for start_s, end_s, text, settings in cues:
        payload = (
            "\n".join(filled_lines(text)).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        )
        times = f"{timecode(start_s, hours=True)} --> {timecode(end_s, hours=True)}"
        blocks.append(f"{times}{settings}\n{payload}")
    return "\n\n".join(blocks) + "\n"


def transcript(plan: Plan, results: Results | None = None) -> str:
    """Title, a section a shot with its time, statements and captions, then the facts and sources."""
    lines = [f"# {_plain(plan.title)}", ""]
    if plan.description:
        lines += [_plain(plan.description), ""]
    for shot in plan.shots:
        lines += _section(plan, shot, (results or {}).get(shot.id, ()))
    if facts := [fact for name, fact in plan.facts.facts.items() if name in plan.facts_used]:
        lines += ["## Numbers", "", *(_fact(plan, fact) for fact in facts), ""]
    if plan.sources:
        lines += ["## Sources", ""]
        for source in plan.sources.values():
            link = f" {_link(source.url)}" if source.url else ""
            lines.append(f"- {_plain(source.citation)} ({source.kind}).{link}")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _section(plan: Plan, shot: ShotPlan, results: Sequence[record.Result]) -> list[str]:
    start_s = plan.start_frames[shot.id] / shot.canvas.fps
    times = f"{clock(start_s)} to {clock(start_s + shot.duration_s)}"
    lines = [f"## {_plain(shot.title or _heading(shot))}", "", f"*{times}*", ""]
    statements = [shot.statement, *(beat.statement for beat in shot.beats), *(one.text for one in results)]
    for statement in dict.fromkeys(text for text in statements if text):
        lines += [f"**{_plain(statement)}**", ""]
    if spoken := " ".join(cue.text.replace("\n", " ") for cue in plan.cues if cue.shot_id == shot.id):
        lines += [_plain(spoken), ""]
    if shot.footer or shot.provenance:
        word = f" ({shot.provenance})" if shot.provenance else ""
        lines += [f"Source{word}: {_plain(shot.footer)}" if shot.footer else f"Source: {shot.provenance}", ""]
    return lines


def _heading(shot: ShotPlan) -> str:
    """The words of a shot without a title: its large line where its kind has one, else its id."""
    heading = getattr(shot.params, "heading", None)
    return heading if isinstance(heading, str) else shot.id


def _fact(plan: Plan, fact: Fact) -> str:
    unit = f" {fact.unit}" if fact.unit else ""
    origin = f"table {fact.table}, {fact.expression}" if fact.table else fact.expression
    origin = f"run {fact.run} ({fact.origin}), {fact.expression}" if fact.run else origin
    where = ", ".join(f"{column} = {in_words(value)}" for column, value in fact.where.items())
    places = [
        plan.sources[name].label or plan.sources[name].citation
        for name in fact.sources
        if name in plan.sources
    ]
    details = "; ".join(part for part in (origin, where, ", ".join(places)) if part)
    return f"- {fact.name}: {_plain(fact.text + unit)}" + (f" ({_plain(details)})" if details else "")


def _plain(text: str) -> str:
    """Text that Markdown takes as words, in one line: no markup, no HTML, no address that becomes a link."""
    escaped = re.sub(r"([\\`*_\[\]|#!~$@])", r"\\\1", one_line(text.replace("\n", " ")))
    escaped = escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    escaped = re.sub(r"(?i)\b(https?|ftp|mailto|xmpp)(:)|\b(www)(\.)", _unlinked, escaped)
    return re.sub(r"^(\s*(?:\d+)?)([-+=.)])", r"\1\\\2", escaped)


def _unlinked(found: re.Match[str]) -> str:
    return f"{found[1]}&#58;" if found[1] else f"{found[3]}&#46;"


def _link(url: str) -> str:
    """An address as a link, where it is one of the web; else as words."""
    if not re.match(r"(?i)https?://[^\s/?#]", url):
        return _plain(url)
    return f"<{quote(url, safe=_IN_ADDRESSES)}>"


_IN_ADDRESSES = "%:/?#[]@!$&'()*+,;=~"
