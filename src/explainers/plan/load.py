"""From a video's name to its plan: read, resolve, collect everything that is wrong, and only then stop."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from explainers.errors import Diagnostic, InvalidInput, Place, UsageError, did_you_mean, nearest
from explainers.facts.ledger import Ledger, resolve
from explainers.facts.tables import Table
from explainers.fonts import letters_of
from explainers.kinds import Kinds, discover, own_code
from explainers.kinds.base import KindBeat, Missing, SceneKind, Stretch
from explainers.plan.library import Library, missing_assets
from explainers.plan.matrix import Row
from explainers.plan.model import Plan, Planned, Variant
from explainers.plan.resolve import Resolver
from explainers.plan.shot import Frame, filled_shot, plan_shot
from explainers.plan.speaking import wrong_voices
from explainers.plan.timeline import beside, poster_frame, transitions, wrong_carries
from explainers.project import QUALITIES, Project
from explainers.storyboard.document import Data, Document
from explainers.storyboard.film import Voice
from explainers.storyboard.languages import in_language, not_words
from explainers.storyboard.mistakes import Loc, Mistake, mistakes_of
from explainers.storyboard.model import (
    Beat,
    Canvas,
    FactEntry,
    Shot,
    Storyboard,
    read_storyboard,
    readable_parts,
)
from explainers.storyboard.parameters import filled
from explainers.storyboard.reader import parse_document, read_document
from explainers.storyboard.types import RunName
from explainers.theme import THEMES
from explainers.voice.takes import Takes
from explainers.voice.track import Bed

_CODE = (
    "it is a program that would run with all your rights, on your files and your network: read it, then "
    "allow it with --allow-code, or with allow_code = true in [tool.explainers] of pyproject.toml"
)


@dataclass
class ReadShot:
    """The kind's own part of a shot, where it could be read."""

    kind: SceneKind
    params: Any
    beats: list[Any]


_SMALLER = {"draft": (360, 15), "standard": (720, 30)}
"""The shorter side in pixels and the rate of the qualities below final."""

ASPECTS = {"16:9": (16, 9), "1:1": (1, 1), "9:16": (9, 16)}
"""Shapes a storyboard can be laid out in anew: width and height."""


SHAPES = {"16:9": "wide", "1:1": "square", "9:16": "upright"}
"""What each of them is called where a video is shown, and in the names of folders."""


def storyboard_of(project: Project, video: str, text: str | None = None) -> Document:
    """The document of a video's storyboard. It is read once: matrices, variants and plans all start from it.

    `text` stands in for what is in the file: what an editor holds and has not saved. UsageError for an
    unknown video; InvalidInput with every problem of a file that is no good YAML.
    """
    path = project.storyboard_path(video)
    display = project.shown(path)
    if text is not None:
        return parse_document(text, path, display)
    return read_document(path, display, project.scenes_dir)


def variants(
    project: Project, document: Document | None, wanted: str, row: Row | None = None, burned: bool = False
) -> list[Variant]:
    """The variants of a storyboard that `wanted` names, the film as the storyboard says it first.

    `wanted` is `all`, or themes and shapes with commas between them: each of the themes in each of the
    shapes, the storyboard's own among them. UsageError for a word that is neither. A storyboard that can't be
    read, or None, is one variant, whose mistakes are reported when it is planned.
    """
    names = [*THEMES, *ASPECTS] if wanted == "all" else [one.strip() for one in wanted.split(",")]
    for name in names:
        if name not in THEMES and name not in ASPECTS:
            known = [*THEMES, *ASPECTS, "all"]
            hint = did_you_mean(name, known)
            message = f"--variants takes themes and shapes, {', '.join(known)}; not {name!r}"
            raise UsageError(f"{message}{hint and '; ' + hint}")
    storyboard = None
    if document is not None:
        with contextlib.suppress(InvalidInput):
            storyboard, _ = read_storyboard(filled(document, row.values if row else None))
    if storyboard is None:
        return [Variant(burned=burned)]
    width, height = storyboard.canvas.width, storyboard.canvas.height
    shape = "wide" if width > height else "upright" if width < height else "square"
    own = storyboard.theme or project.settings.theme
    found = []
    for aspect in (None, *(one for one in ASPECTS if one in names and SHAPES[one] != shape)):
        for theme in (None, *(one for one in THEMES if one in names and one != own)):
            parts = aspect and SHAPES[aspect], theme
            found.append(Variant(theme, aspect, burned, "-".join(filter(None, parts))))
    return found


def shaped(canvas: Canvas, aspect: str | None) -> Canvas:
    """The canvas with its shorter side kept and the longer one as `aspect` says; both even."""
    if aspect is None:
        return canvas
    across, down = ASPECTS[aspect]
    unit = min(canvas.width, canvas.height) / min(across, down)
    width, height = (2 * round(side * unit / 2) for side in (across, down))
    return canvas.model_copy(update={"size": f"{width}x{height}"})


def stretch(canvas: Canvas, quality: str) -> Stretch:
    """Size and rate at a quality; a smaller one keeps the canvas's shape, and both sides even."""
    if quality == "final":
        return Stretch(canvas.width, canvas.height, canvas.fps)
    side, fps = _SMALLER[quality]
    scale = min(1.0, side / min(canvas.width, canvas.height))
    return Stretch(
        2 * round(canvas.width * scale / 2), 2 * round(canvas.height * scale / 2), min(canvas.fps, fps)
    )


MAX_VIDEO_S = 3 * 3600.0
"""Seconds of a video: a mistake such as 10h for 10s is refused and not drawn for days."""


def load_plan(
    project: Project,
    video: str,
    quality: str = "final",
    theme: str | None = None,
    allow_code: bool | None = None,
    strict: bool = True,
    allow_slates: bool = True,
    aspect: str | None = None,
    row: Row | None = None,
    document: Document | None = None,
    only: str | None = None,
    takes: Takes | None = None,
    language: str | None = None,
) -> Plan:
    """The plan of a video at a quality: `draft`, `standard` or `final`, laid out in `aspect` where given.

    `row` gives the values of a template's parameters.

    UsageError for an unknown video, quality, theme or aspect. InvalidInput with every problem in the
    storyboard, assets.yaml, tables and runs. With `strict=False` typed digits are not among them but in the
    plan's `diagnostics`, or in the error's `tolerated`. `allow_code` stands in for the project's setting.
    Without `allow_slates` a missing file is a problem too, unless its shot names a drawn stand-in. `document`
    is the storyboard's where it has been read (`storyboard_of`). With `only` the
    plan is of the one shot of that id, and what is wrong with the others stops nothing. With `takes` lines
    have their voice, and beats last as long as it takes to say them; without, the film is silent. `language`
    is one of those in which the film is there; UsageError where it is not."""
    _one_of("quality", quality, QUALITIES)
    if theme is not None:
        _one_of("theme", theme, THEMES)
    if aspect is not None:
        _one_of("aspect", aspect, ASPECTS)
    document = document or storyboard_of(project, video)
    if language is not None:
        document = in_language(document, language, project.scenes_dir)
        takes = takes.in_language(language) if takes and document.translation else takes
    document = filled(document, row.values if row else None)
    code = project.settings.allow_code if allow_code is None else allow_code
    folder = project.scene_dir(video) if code else None
    loader = _Loader(project, video, document, discover(folder), strict, allow_slates, only, takes)
    with own_code(folder):
        plan = loader.plan(quality, theme, aspect)
    return replace(plan, row=row) if row else plan


def _one_of(what: str, word: str, known: Iterable[str]) -> None:
    if word not in known:
        hint = did_you_mean(word, known)
        raise UsageError(f"there is no {what} {word!r}: {', '.join(known)}{hint and '; ' + hint}")


class _Loader:
    """Holds what the steps of one load share; `mistakes` are in the storyboard's document."""

    def __init__(
        self,
        project: Project,
        video: str,
        document: Document,
        kinds: Kinds,
        strict: bool,
        allow_slates: bool,
        only: str | None = None,
        takes: Takes | None = None,
    ):
        self.only = only
        self.project, self.video, self.document, self.kinds = project, video, document, kinds
        self.strict, self.allow_slates, self.takes = strict, allow_slates, takes
        self.library = Library(project, video)
        self.mistakes: list[Mistake] = []
        self.tolerated: list[Mistake] = []

    def plan(self, quality: str, theme: str | None, aspect: str | None) -> Plan:
        storyboard, mistakes = read_storyboard(self.document)
        self.mistakes += mistakes
        indices = range(len(storyboard.shots)) if storyboard else range(0)
        if storyboard is not None and self.only is not None:
            indices = range(*self._where(storyboard, self.only))
            [alone] = [storyboard.shots[index] for index in indices]
            # Alone it is entered from nothing and carries nothing on.
            alone = alone.model_copy(update={"transition": "cut", "carry": False})
            storyboard = storyboard.model_copy(update={"shots": (alone,), "poster": None})
        own = self._kinds_fields(self.document.data, indices if self.only else None)
        canvas = stretch(shaped(storyboard.canvas if storyboard else Canvas(), aspect), quality)
        chosen = THEMES[theme or (storyboard and storyboard.theme) or self.project.settings.theme]
        recordings = self._recordings(storyboard) if storyboard else {}
        if self.takes is not None:
            self.takes.named = recordings
        language, voice = (storyboard.language, storyboard.voice) if storyboard else ("en", Voice())
        letters = letters_of(language, self.project.font_files)
        frame = Frame(self.video, canvas, chosen, letters, voice, language, self.takes)
        self.mistakes += wrong_voices(storyboard) if storyboard else []
        if storyboard is None:
            facts, shots, unreadable = readable_parts(self.document.data)
            self._shots(shots, own, self._facts(facts, unreadable), frame)
            raise self._invalid(self._problems())
        ledger = self._facts(storyboard.facts)
        words = Resolver(self.library, ledger)
        title = words.text(storyboard.title, ("title",))
        description = words.text(storyboard.description, ("description",))
        self._take(words)
        bed = self._bed(storyboard)
        planned, resolvers = self._shots(
            dict(zip(indices, storyboard.shots, strict=True)), own, ledger, frame
        )
        if (seconds := sum(one.shot.duration_frames for one in planned) / canvas.fps) > MAX_VIDEO_S:
            message = f"the video would last {seconds / 3600:,.1f} hours"
            expected = f"shots of {MAX_VIDEO_S / 3600:g} hours in all at most"
            self.mistakes.append(Mistake(("shots",), "too-long", message, expected, key=True))
        if len(planned) == len(storyboard.shots):
            poster = poster_frame(storyboard, planned, self.mistakes)
            crossings = transitions(storyboard, planned, self.mistakes)
            self.mistakes += wrong_carries(storyboard, [resolver.names for resolver in resolvers])
        if problems := self._problems():
            raise self._invalid(problems)
        cues, chapters, lines = beside(planned)
        texts = tuple(text for one in (words, *resolvers) for text in one.filled)
        translated = [self.document.translation.path] if self.document.translation else []
        if self.only is None:
            self.mistakes += not_words(self.document, [text.loc for text in texts])
            said_by_name = {line.line.name for line in lines}
            for name in storyboard.voice.takes.keys() - said_by_name:
                message, near = f"there is no line {name!r}", nearest(name, said_by_name)
                self.mistakes.append(
                    Mistake(("voice", "takes", name), "unknown-name", message, None, near, key=True)
                )
        if problems := self._problems():
            raise self._invalid(problems)
        said = lines if self.takes is not None else ()
        heard = [name for one in said for piece in one.line.pieces for name in piece.facts]
        leaned_on = [name for one in (words, *resolvers) for name in one.sources] + [
            *ledger.sources_of(heard)
        ]
        if bed is not None and self.takes is not None:
            leaned_on.append(bed.source)
        return Plan(
            video=self.video,
            project=self.project,
            storyboard=storyboard,
            title=title or "",
            description=description,
            authors=storyboard.authors,
            language=storyboard.language,
            quality=quality,
            canvas=canvas,
            theme=chosen,
            shots=tuple(one.shot for one in planned),
            transitions=crossings,
            facts=ledger,
            facts_used=tuple(
                dict.fromkeys([name for one in (words, *resolvers) for name in one.facts] + heard)
            ),
            sources={name: self.library.manifest.sources[name] for name in dict.fromkeys(leaned_on)},
            cues=cues,
            chapters=chapters,
            lines=lines,
            voiced=self.takes is not None,
            bed=bed if self.takes is not None else None,
            recordings=recordings,
            poster_frame=poster,
            page=storyboard.page,
            kinds=self.kinds,
            document=self.document,
            library=self.library,
            texts=texts,
            referred=tuple(name for resolver in resolvers for name in resolver.referred),
            diagnostics=tuple(
                dict.fromkeys((*map(self.document.problem, self.tolerated), *self.library.findings))
            ),
            inputs=tuple(
                dict.fromkeys(
                    (
                        self.document.path,
                        *translated,
                        *self.library.inputs,
                        *(line.take.path for line in lines if line.take),
                    )
                )
            ),
        )

    @staticmethod
    def _where(storyboard: Storyboard, shot_id: str) -> tuple[int, int]:
        """The place of a shot, and the one behind it; UsageError where there is none."""
        known = [shot.id for shot in storyboard.shots]
        if shot_id not in known:
            hint = did_you_mean(shot_id, known, f"shots: {', '.join(known)}")
            raise UsageError(f"there is no shot {shot_id!r}; {hint}")
        return known.index(shot_id), known.index(shot_id) + 1

    def _kinds_fields(self, data: Data, only: range | None = None) -> dict[int, ReadShot]:
        """The kinds' own fields of every shot (or of those of `only`) where they could be read, by its
        index."""
        shots = data.get("shots") if isinstance(data, dict) else None
        found = {}
        for index, raw in enumerate(shots if isinstance(shots, list) else ()):
            wanted = only is None or index in only
            if wanted and isinstance(raw, dict) and isinstance(raw.get("kind"), str):
                read = self._kind_fields(raw, ("shots", index))
                if read is not None:
                    found[index] = read
        return found

    def _kind_fields(self, raw: dict[str, Any], loc: Loc) -> ReadShot | None:
        kind = self._kind(raw["kind"], loc)
        held = self._held(kind, raw, loc) if kind else None
        if kind is None or held is None:
            return None
        params = self._validated(kind.params, held, Shot, loc)
        raw_beats = held.get("beats")
        beats = [
            self._validated(kind.beat_params, beat, Beat, (*loc, "beats", index))
            for index, beat in enumerate(raw_beats if isinstance(raw_beats, list) else ())
            if isinstance(beat, dict)
        ]
        return None if params is None or None in beats else ReadShot(kind, params, beats)

    def _held(self, kind: SceneKind, raw: dict[str, Any], loc: Loc) -> dict[str, Any] | None:
        """The shot with the params and beat params of other kinds in the fields that hold them.

        None where what is held can't be read.
        """
        count = len(self.mistakes)
        found = dict(raw)
        written = raw.get("beats")
        beats: list[Any] = list(written) if isinstance(written, list) else []
        beats = [dict(beat) if isinstance(beat, dict) else beat for beat in beats]
        for key in kind.holds:
            inner = raw.get(key)
            if not isinstance(inner, dict):
                continue
            name = inner.get("kind")
            if not isinstance(name, str):
                message = "'kind' is missing here"
                self.mistakes.append(Mistake((*loc, key), "missing-key", message, "the name of a scene kind"))
                continue
            other = self._kind(name, (*loc, key))
            if other is None:
                continue
            if other.holds:
                message = f"a {name} can't stand in a {kind.name}"
                self.mistakes.append(Mistake((*loc, key, "kind"), "wrong-kind", message, "any other kind"))
                continue
            fields = {field: value for field, value in inner.items() if field != "kind"}
            found[key] = self._validated(other.params, fields, KindBeat, (*loc, key))
            for index, beat in enumerate(beats):
                if isinstance(beat, dict) and isinstance(beat.get(key, {}), dict):
                    at = (*loc, "beats", index, key)
                    beat[key] = self._validated(other.beat_params, beat.get(key, {}), KindBeat, at)
        if beats:
            found["beats"] = beats
        return found if len(self.mistakes) == count else None

    def _kind(self, name: str, loc: Loc) -> SceneKind | None:
        kind = self.kinds.get(name)
        if kind is None:
            message, near = f"there is no scene kind {name!r}", nearest(name, self.kinds)
            for file in self.project.scene_dir(self.video).glob("*.py"):
                if file.stem.replace("_", "-") == name:
                    message += f"; {self.project.shown(file)} may bring it, but {_CODE}"
            expected = ", ".join(self.kinds) or None
            self.mistakes.append(Mistake((*loc, "kind"), "unknown-kind", message, expected, near))
        return kind

    def _validated(self, model: type[Any], raw: dict[str, Any], common: type[BaseModel], loc: Loc) -> Any:
        """The fields of `raw` that are not in the `common` model, as `model`; None where they are wrong."""
        shared = tuple(common.model_fields)
        fields = {key: value for key, value in raw.items() if key not in shared}
        try:
            return model.model_validate(fields)
        except ValidationError as error:
            self.mistakes += [mistake.under(*loc) for mistake in mistakes_of(error, model, fields, shared)]
            return None

    def _invalid(self, problems: Iterable[Diagnostic]) -> InvalidInput:
        return InvalidInput(problems, map(self.document.problem, self.tolerated))

    def _problems(self) -> list[Diagnostic]:
        problems = [self.document.problem(mistake) for mistake in self.mistakes] + self.library.problems
        nowhere = Place("", 0, 0)
        return sorted(dict.fromkeys(problems), key=lambda problem: problem.place or nowhere)

    def _take(self, resolver: Resolver) -> None:
        for mistake in resolver.mistakes:
            typed = mistake.code == "typed-digit" and not self.strict
            (self.tolerated if typed else self.mistakes).append(mistake)

    def _recordings(self, storyboard: Storyboard) -> dict[str, Path]:
        """The recordings that the storyboard names, by the names of their lines."""
        found = {}
        for name, file in storyboard.voice.takes.items():
            loc: Loc = ("voice", "takes", name)
            path = self.library.asset(file)
            if isinstance(path, Mistake):
                self.mistakes.append(replace(path, loc=loc))
            elif isinstance(path, Missing):
                self.mistakes += missing_assets({path: loc})
            else:
                found[name] = path
        return found

    def _bed(self, storyboard: Storyboard) -> Bed | None:
        """The music under the voice: a file that is there, and of which the licence is known."""
        if (music := storyboard.music) is None:
            return None
        found, declared = self.library.asset(music.file), self.library.manifest.files.get(music.file)
        source = self.library.manifest.sources.get(declared.from_) if declared else None
        if isinstance(found, Mistake):
            self.mistakes.append(replace(found, loc=("music", "file")))
        elif isinstance(found, Missing):
            self.mistakes += missing_assets({found: ("music", "file")})
        elif declared is None or not (declared.licence or (source and source.licence)):
            message = f"whose {music.file!r} is, and that it may be played, is not said"
            expected = f"files: {{{music.file}: {{shows: ..., from: ..., licence: ...}}}} in assets.yaml"
            self.mistakes.append(Mistake(("music", "file"), "no-licence", message, expected))
        else:
            return Bed(found, declared.from_, music.under, music.duck)
        return None

    def _facts(self, facts: Mapping[str, FactEntry], unreadable: Iterable[str] = ()) -> Ledger:
        declared = self.library.manifest.tables
        named = {entry.table for entry in facts.values() if entry.table}
        tables = {name: self.library.table(name) for name in sorted(named & declared.keys())}
        missing = {name for name, table in tables.items() if table is None}
        if self.library.unreadable:
            missing |= named
        # Tables that no fact uses are not read, but a wrong name may well mean one of them.
        good = {name: table for name, table in tables.items() if table is not None}
        of_runs: dict[str, Table] = {}
        references = Resolver(self.library, Ledger())
        for name, entry in facts.items():
            if entry.run is not None and entry.table is None:
                references.value(entry.run, RunName, (), ("facts", name, "run"))
                run = self.library.manifest.run_named(entry.run)
                table = self.library.metrics(run, entry.slo, entry.unit) if run else None
                of_runs |= {name: table} if table is not None else {}
        self._take(references)
        ledger, mistakes = resolve(facts, good, missing, declared, unreadable, of_runs)
        self.mistakes += mistakes
        resolver = Resolver(self.library, ledger)
        for name, entry in facts.items():
            if entry.source:
                resolver.source(entry.source, ("facts", name, "source"))
        self._take(resolver)
        return ledger

    def _shots(
        self, shots: Mapping[int, Shot], own: Mapping[int, ReadShot], ledger: Ledger, frame: Frame
    ) -> tuple[list[Planned], list[Resolver]]:
        planned, resolvers = [], []
        for index, shot in shots.items():
            read = own.get(index)
            beat_ids = tuple(beat.id for beat in shot.beats)
            known = {"drawn": self.kinds.pictures, "brought": self.kinds.code}
            resolver = Resolver(self.library, ledger, shot_id=shot.id, beat_ids=beat_ids, **known)  # type: ignore[arg-type]
            if self.kinds.version is None and any(self.project.scene_dir(self.video).glob("*.py")):
                resolver.code_hint = f"; code beside the storyboard may bring it, but {_CODE}"
            loc: Loc = ("shots", index)
            one = None
            if read is None:
                filled_shot(shot, loc, resolver)
            else:
                resolver.names = frozenset(read.kind.names(read.params, read.beats))
                one = plan_shot(shot, loc, read.kind, read.params, read.beats, resolver, frame)
                if not self.allow_slates and not read.params.drawn_stand_in:
                    self.mistakes += missing_assets(resolver.missing)
            self._take(resolver)
            resolvers.append(resolver)
            if one is not None:
                planned.append(one)
        return planned, resolvers
