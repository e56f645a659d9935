"""What a video needs made: clips in segments, cross-fades and stills, each with its key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path

from explainers.kinds.base import SceneKind, ShotPlan
from explainers.plan import CuePlan, Plan
from explainers.render.fingerprint import DESCRIBING, Parts, code_digest, key_of, picture_parts
from explainers.timing import frame_at

SHEET_WIDTH = 480
"""Width in pixels of a still on the contact sheet."""

_BEFORE_LEAVING_S = 0.3
FIRST, LAST = "first frame", "last frame"
"""Names of the stills on both sides of a cut; no beat can have them."""

ARRIVED_S = 3.5
"""By then everything that a shot carries on has arrived."""
BEFORE = "shot before"
"""The part of a shot's key that stands for the shot it carries on."""


@dataclass(frozen=True)
class Fade:
    """The cross-fade from one shot to the next: 2 x `half` frames."""

    key: str
    before: ShotProducts
    after: ShotProducts
    half: int

    @property
    def frames(self) -> int:
        return 2 * self.half


@dataclass(frozen=True)
class ShotProducts:
    """One shot, what its key is made of, and what is wanted of it.

    `burned` are the captions that are drawn into it, and `code_folder` the folder its kind is a file in, if
    it is in one. `stills` go by beat id, "" for none, or by `FIRST` and `LAST`.
    """

    shot: ShotPlan
    code_folder: Path | None
    burned: tuple[CuePlan, ...]
    kind: SceneKind = field(repr=False)
    parts: Parts = field(repr=False)
    clip: Clip
    stills: Mapping[str, Still]
    before: ShotProducts | None = None
    """The shot before, where this one carries it on."""

    @cached_property
    def picture_key(self) -> str:
        return key_of("picture", self.parts)


@dataclass(frozen=True)
class Products:
    """All products of a video, in the order of the video: `fades` by the shot they lead to."""

    shots: tuple[ShotProducts, ...]
    fades: Mapping[str, Fade]
    poster: Still
    poster_shot: str

    @property
    def clip_keys(self) -> list[str]:
        """Keys of what is joined, in order."""
        return [one.key for one in self.joined]

    @property
    def content_id(self) -> str:
        """Stands for every frame of the video: the keys of what is joined, in order."""
        return key_of("video", self.clip_keys)

    def stills(self, poster: bool = True) -> dict[str, list[Still]]:
        """The stills that the contact sheet and the poster need, by shot."""
        wanted = {product.shot.id: list(product.stills.values()) for product in self.shots}
        if poster:
            wanted[self.poster_shot].append(self.poster)
        return wanted

    @cached_property
    def joined(self) -> list[Clip | Fade]:
        """What is joined, in order."""
        parts: list[Clip | Fade] = []
        for product in self.shots:
            if product.shot.id in self.fades:
                parts.append(self.fades[product.shot.id])
            parts.append(product.clip)
        return parts


def products_of(plan: Plan, burned: bool = False, fading: bool = True) -> Products:
    """The products of a plan; with `burned` its captions are part of the pictures, without `fading`
    every shot is whole."""
    transitions = plan.transitions if fading else ()
    into = {transition.after: transition.frames for transition in transitions}
    out_of = {transition.before: transition.frames for transition in transitions}
    shots: dict[str, ShotProducts] = {}
    for shot in plan.shots:
        kind, code = plan.kinds[shot.kind], code_folder(plan, shot)
        captions = tuple(_cues(plan, shot)) if burned else ()
        parts = picture_parts(shot, kind, captions, code)
        earlier = plan.carried_by(shot)
        carried = shots[earlier.id] if earlier else None
        if carried is not None:
            # The end of the shot before doesn't depend on what that one carries on itself.
            unmoved = {name: part for name, part in carried.parts.items() if name != BEFORE}
            parts[BEFORE] = key_of("carried", unmoved)
        picture = key_of("picture", parts)
        # What comes after things have travelled is the same whatever they came from.
        alone = key_of("picture", {name: part for name, part in parts.items() if name != BEFORE})
        # Footage, and scenes with a clock of their own, are slow to enter in the middle.
        whole = not kind.packaged or kind.shows_footage
        clip = clip_of(picture, shot, into.get(shot.id, 0), out_of.get(shot.id, 0), whole, alone)
        stills = _stills(picture, shot, out_of.get(shot.id, 0))
        shots[shot.id] = ShotProducts(shot, code, captions, kind, parts, clip, stills, carried)
    fades = {}
    for transition in transitions:
        before, after = shots[transition.before], shots[transition.after]
        how = code_digest("footage/clips.py", "compositor")
        key = key_of("fade", before.picture_key, after.picture_key, transition.frames, how)
        fades[transition.after] = Fade(key, before, after, transition.frames)
    shot, frame = plan.shot_at(plan.poster_frame)
    poster = still_of(shots[shot.id].picture_key, frame, shot.canvas.width)
    return Products(tuple(_beside_cuts([*shots.values()], into, out_of)), fades, poster, shot.id)


def beat_frames(shot: ShotPlan, cut_off: int = 0) -> dict[str, int]:
    """The frame that shows each beat at its fullest: near its end, before what leaves has begun to.

    A shot without beats has one, under the name "". `cut_off` frames at the end belong to a fade.
    """
    fps, last = shot.canvas.fps, shot.duration_frames - cut_off - 1
    if not shot.beats:
        return {"": max(0, last)}
    frames = {}
    for beat in shot.beats:
        calm_s = max((beat.start_s + beat.end_s) / 2, beat.end_s - _BEFORE_LEAVING_S)
        frames[beat.id] = max(0, min(last, frame_at(calm_s, fps) - 1))
    return frames


def _stills(picture: str, shot: ShotPlan, cut_off: int) -> dict[str, Still]:
    width = min(SHEET_WIDTH, shot.canvas.width)
    return {beat: still_of(picture, frame, width) for beat, frame in beat_frames(shot, cut_off).items()}


def _beside_cuts(
    shots: Sequence[ShotProducts], into: Mapping[str, int], out_of: Mapping[str, int]
) -> Iterator[ShotProducts]:
    """The shots with stills of their first and last frames too, where there is a cut beside them."""
    for index, one in enumerate(shots):
        shot, width = one.shot, min(SHEET_WIDTH, one.shot.canvas.width)
        first, last = into.get(shot.id, 0), shot.duration_frames - out_of.get(shot.id, 0) - 1
        begins = {FIRST: still_of(one.picture_key, first, width)} if index else {}
        ends = {LAST: still_of(one.picture_key, last, width)} if index + 1 < len(shots) else {}
        if last in (still.frame for still in one.stills.values()):
            ends = {}
        yield replace(one, stills={**begins, **one.stills, **ends})


def _cues(plan: Plan, shot: ShotPlan) -> Iterable[CuePlan]:
    """The captions that stand during a shot, with times in the shot."""
    start_s = plan.start_frames[shot.id] / shot.canvas.fps
    for cue in plan.cues:
        begin, end = max(0.0, cue.start_s - start_s), min(shot.duration_s, cue.end_s - start_s)
        if begin < end:
            yield CuePlan(begin, end, cue.text, cue.shot_id)


def code_folder(plan: Plan, shot: ShotPlan) -> Path | None:
    """The folder of the storyboard where the kind of the shot, or of the one that it carries on, or a drawn
    picture, scene or figure in them, is code there."""
    drawn = [one for one in (shot, plan.carried_by(shot)) if one is not None]
    packaged = all(plan.kinds[one.kind].packaged for one in drawn)
    pictures = plan.kinds.own_pictures
    own = not packaged or any(one.code or not pictures.isdisjoint(one.pictures) for one in drawn)
    return plan.project.scene_dir(plan.video) if own else None


CLIP, STILL = "clip.mp4", "still.png"
GEOMETRY, LUMINANCE = "geometry.json", "luminance.npz"
"""Names of files in products."""

SHORTEST_S, LONGEST_S = 1.5, 4.0
"""Lengths of segments in seconds: shorter ones cost more keyframes than they save drawing."""


@dataclass(frozen=True)
class Segment:
    """Frames `first` to `end_exclusive` of a shot, encoded alone; `keyframes` are numbers in the shot.

    Its product points to one under the digest of the pixels, which other shots and other states of this
    one may point to as well.
    """

    key: str
    first: int
    end_exclusive: int
    keyframes: tuple[int, ...]

    @property
    def frames(self) -> int:
        return self.end_exclusive - self.first


@dataclass(frozen=True)
class Clip(Segment):
    """A shot's frames in `segments`. Its product uses those of its segments, and holds what checking needs;
    `geometry` is the key of where everything stands in the shot."""

    segments: tuple[Segment, ...]
    geometry: str


@dataclass(frozen=True)
class Still:
    """One frame of a shot as PNG, `width` pixels wide."""

    key: str
    frame: int
    width: int


def clip_of(
    picture: str, shot: ShotPlan, into: int, out_of: int, whole: bool, alone: str | None = None
) -> Clip:
    """The clip of a shot's picture, without the frames that belong to the fades `into` and `out_of` it; one
    segment where it is to be `whole`. `alone` is the key of the picture without what it carries on: segments
    after that has arrived go by it."""
    arrived = frame_at(ARRIVED_S, shot.canvas.fps)
    first, end = into, shot.duration_frames - out_of
    starts = {frame_at(beat.start_s, shot.canvas.fps) for beat in shot.beats}
    # Every beat gets a keyframe, so that making one a chapter does not change a picture.
    keyframes = tuple(sorted(frame for frame in starts if first < frame < end))
    cuts = (first, end) if whole else cuts_of(first, end, keyframes, shot.canvas.fps)
    segments = []
    for begin, until in pairwise(cuts):
        inside = tuple(frame for frame in keyframes if begin < frame < until)
        drawn = picture if begin < arrived else alone or picture
        segments.append(Segment(key_of("segment", drawn, begin, until, inside), begin, until, inside))
    # What describes a picture is no part of what draws it, and may change alone.
    geometry = key_of("geometry", picture, code_digest(*DESCRIBING))
    # The segments are part of the key: where they are cut decides the bytes.
    key = key_of("clip", picture, first, end, keyframes, [segment.key for segment in segments], geometry)
    return Clip(key, first, end, keyframes, tuple(segments), geometry)


def cuts_of(first: int, end: int, keyframes: Iterable[int], fps: int) -> tuple[int, ...]:
    """Where a clip is cut into segments: its first frame, cuts, and its end.

    Cuts are where beats begin, but for those that would leave less than `SHORTEST_S`; what is left longer
    than `LONGEST_S` is cut evenly. They depend on the clip alone, not on who draws it.
    """
    shortest, longest = round(SHORTEST_S * fps), max(1, round(LONGEST_S * fps))
    cuts = [first]
    for frame in keyframes:
        if frame - cuts[-1] >= shortest and end - frame >= shortest:
            cuts.append(frame)
    cuts.append(end)
    fine = [first]
    for begin, until in pairwise(cuts):
        parts = max(1, -(-(until - begin) // longest))
        fine += [begin + (until - begin) * part // parts for part in range(1, parts + 1)]
    return tuple(fine)


def still_of(picture: str, frame: int, width: int) -> Still:
    """A frame of a picture, `width` pixels wide."""
    return Still(key_of("still", picture, frame, width), frame, width)
