"""What lies across the shots of a video: captions and chapters, transitions, and the poster."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise, zip_longest

from explainers.errors import nearest
from explainers.plan.model import ChapterPlan, CuePlan, LinePlan, Planned, TransitionPlan
from explainers.storyboard.mistakes import Mistake
from explainers.storyboard.model import Storyboard, Transition
from explainers.timing import frame_at

LINE_CHARACTERS = 42
LINES = 2
_SENTENCE = re.compile(r"(?<=[.!?;:\u2026])\s+")


def captions(text: str, start_s: float, end_s: float, shot_id: str) -> list[CuePlan]:
    """`text` as consecutive captions that fill `start_s` to `end_s`, each as long as its share of it."""
    pieces = _pieces(text)
    total = sum(map(len, pieces))
    cues, at = [], 0
    for piece in pieces:
        begin, at = at, at + len(piece)
        span = end_s - start_s
        cues.append(
            CuePlan(start_s + span * begin / total, start_s + span * at / total, _lines(piece), shot_id)
        )
    return cues


def captions_of_line(one: LinePlan) -> list[CuePlan]:
    """The line of a take as captions, broken by sense, each from its first word on."""
    line, take = one.line, one.take
    if take is None:
        return captions(line.text, one.start_s, one.until_s, line.shot)
    ends = list(accumulate((len(word.said) for word in line.words), initial=0))
    starts = {word.start: token for word, token in zip(line.words, ends, strict=False)}
    cues: list[CuePlan] = []
    at, last = 0, min(one.until_s, one.start_s + take.duration_s)
    for piece in _pieces(line.text):
        at = line.text.index(piece.split(" ")[0], at)
        token = max((token for start, token in starts.items() if start <= at), default=0)
        start = one.start_s + (take.moment(token).start_s if cues else 0.0)
        if cues:
            cues[-1] = replace(cues[-1], end_s=start)
        cues.append(CuePlan(start, last, _lines(piece), line.shot))
        at += len(piece.split(" ")[0])
    return cues


def in_order(cues: Iterable[CuePlan]) -> tuple[CuePlan, ...]:
    """The cues by time, each ended by the next one, without those that would have no time."""
    ordered = sorted(cues, key=lambda cue: (cue.start_s, cue.end_s))
    kept = []
    for cue, following in zip_longest(ordered, ordered[1:]):
        end = min(cue.end_s, following.start_s) if following else cue.end_s
        if end - cue.start_s > 1e-6:
            kept.append(CuePlan(cue.start_s, end, cue.text, cue.shot_id))
    return tuple(kept)


def _pieces(text: str) -> list[str]:
    """Pieces that fit in a caption: whole sentences where they fit, even parts of one where not."""
    pieces: list[str] = []
    for sentence in _SENTENCE.split(" ".join(text.split())):
        parts = [sentence] if _fit(sentence) else _split(sentence)
        for part in parts:
            if pieces and len(parts) == 1 and _fit(f"{pieces[-1]} {part}"):
                pieces[-1] = f"{pieces[-1]} {part}"
            elif part:
                pieces.append(part)
    return pieces


def _fit(text: str) -> bool:
    return len(_wrapped(text)) <= LINES


def _split(sentence: str) -> list[str]:
    """The sentence in the fewest parts that fit, of about the same length."""
    words = [piece for word in sentence.split() for piece in _chopped(word)]
    for count in range(2, len(words) + 1):
        parts = _even(words, count)
        if all(_fit(part) for part in parts):
            return parts
    return words


def _even(words: Sequence[str], count: int) -> list[str]:
    target = (sum(map(len, words)) + len(words) - 1) / count
    parts: list[str] = []
    current = ""
    for word in words:
        longer = f"{current} {word}".strip()
        if (
            current
            and len(parts) < count - 1
            and len(longer) > target
            and len(longer) - target > target - len(current)
        ):
            parts.append(current)
            current = word
        else:
            current = longer
    return [*parts, current]


def _wrapped(text: str) -> list[str]:
    lines: list[str] = []
    for word in (piece for long in text.split() for piece in _chopped(long)):
        if lines and len(lines[-1]) + 1 + len(word) <= LINE_CHARACTERS:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _chopped(word: str) -> list[str]:
    return [word[at : at + LINE_CHARACTERS] for at in range(0, len(word), LINE_CHARACTERS)]


def _lines(piece: str) -> str:
    """One line where it fits, else two of about the same length."""
    if len(piece) <= LINE_CHARACTERS:
        return piece
    spaces = [at for at, character in enumerate(piece) if character == " "]
    good = [at for at in spaces if max(at, len(piece) - at - 1) <= LINE_CHARACTERS]
    if not good:
        return "\n".join(_wrapped(piece))
    middle = min(good, key=lambda at: abs(at - len(piece) / 2))
    return f"{piece[:middle]}\n{piece[middle + 1 :]}"


def poster_frame(storyboard: Storyboard, planned: Sequence[Planned], mistakes: list[Mistake]) -> int:
    """The poster's frame in the video: a time, or a shot or beat as it ends and before a fade leads out.

    Adds a mistake, and gives 0, where there is no such moment.
    """
    poster = storyboard.poster
    fps = planned[0].shot.canvas.fps
    if poster is not None and poster.at is not None:
        total = sum(one.shot.duration_frames for one in planned)
        if frame_at(poster.at, fps) < total:
            return frame_at(poster.at, fps)
        message = f"the poster's time is past the end of the video, {total / fps:.2f} s"
        mistakes.append(Mistake(("poster", "at"), "out-of-range", message))
        return 0
    wanted = (poster.shot if poster else None) or planned[0].shot.id
    start = 0
    for index, one in enumerate(planned):
        if one.shot.id == wanted:
            following = storyboard.shots[index + 1].transition if index + 1 < len(planned) else "cut"
            end = one.shot.duration_frames - _fade_frames(following, fps)
            return start + _end_of(one, poster.beat if poster else None, end, mistakes) - 1
        start += one.shot.duration_frames
    near = nearest(wanted, [one.shot.id for one in planned])
    message = f"there is no shot {wanted!r}"
    mistakes.append(Mistake(("poster", "shot"), "unknown-shot", message, did_you_mean=near))
    return 0


def _end_of(planned: Planned, beat: str | None, end: int, mistakes: list[Mistake]) -> int:
    """The frame, in the shot, at which the shot or its beat ends; `end` is the shot's last good one."""
    shot = planned.shot
    if beat is None:
        return max(1, end)
    for one in shot.beats:
        if one.id == beat:
            return max(1, min(end, frame_at(one.end_s, shot.canvas.fps)))
    near = nearest(beat, [beat.id for beat in shot.beats])
    message = f"the shot {shot.id!r} has no beat {beat!r}"
    mistakes.append(Mistake(("poster", "beat"), "unknown-beat", message, did_you_mean=near))
    return 1


def transitions(
    storyboard: Storyboard, planned: Sequence[Planned], mistakes: list[Mistake]
) -> tuple[TransitionPlan, ...]:
    """The fades between shots; adds a mistake for one that leaves nothing of a shot beside it."""
    found = []
    taken_of = dict.fromkeys((one.shot.id for one in planned), 0)
    for index, (before, after) in enumerate(pairwise(planned), 1):
        fps = after.shot.canvas.fps
        frames = _fade_frames(storyboard.shots[index].transition, fps)
        if frames == 0:
            continue
        for one in (before.shot, after.shot):
            taken_of[one.id] += frames
            if taken_of[one.id] >= one.duration_frames:
                message = f"fades take all of the shot {one.id!r}, which lasts {one.duration_s:.2f} s"
                mistakes.append(Mistake(("shots", index, "transition"), "bad-transition", message))
        found.append(TransitionPlan(before.shot.id, after.shot.id, "fade", frames))
    return tuple(found)


def wrong_carries(storyboard: Storyboard, names: Sequence[frozenset[str]]) -> list[Mistake]:
    """What can't be carried on: in the first shot, across a fade, or by a name that neither shot has.

    `names` are those of each shot's things, none where its kind doesn't say.
    """
    found = []
    for index, shot in enumerate(storyboard.shots):
        loc = ("shots", index, "carry")
        if shot.carry is False or shot.carry == {}:
            continue
        if index == 0:
            found.append(Mistake(loc, "nothing-to-carry", "the first shot has none before it to carry on"))
        elif not isinstance(shot.transition, str):
            message = "a shot that carries on the one before begins where that ends, without a fade"
            found.append(Mistake((*loc[:2], "transition"), "carry-and-fade", message, "carry or transition"))
        elif isinstance(shot.carry, dict):
            for here, before in shot.carry.items():
                for name, known, where in (
                    (here, names[index], f"the shot {shot.id!r}"),
                    (before, names[index - 1], f"the shot before, {storyboard.shots[index - 1].id!r},"),
                ):
                    if known and name not in known:
                        message = f"{where} has nothing named {name!r}"
                        near = nearest(name, known)
                        named = ", ".join(sorted(known))
                        found.append(Mistake((*loc, here), "unknown-name", message, named, near))
    return found


def _fade_frames(transition: str | Transition, fps: int) -> int:
    """Frames a transition takes of each of its two shots: half of its length."""
    return 0 if isinstance(transition, str) else frame_at(transition.fade / 2, fps)


def beside(
    planned: Sequence[Planned],
) -> tuple[tuple[CuePlan, ...], tuple[ChapterPlan, ...], tuple[LinePlan, ...]]:
    """Captions, chapters and lines with times of the whole video."""
    cues: list[CuePlan] = []
    lines: list[LinePlan] = []
    chapters = []
    start = 0
    for one in planned:
        fps = one.shot.canvas.fps
        offset = start / fps
        cues += [CuePlan(cue.start_s + offset, cue.end_s + offset, cue.text, cue.shot_id) for cue in one.cues]
        lines += [line.later(offset) for line in one.lines]
        for frame, title in one.chapters:
            chapters.append(ChapterPlan((start + frame) / fps, start + frame, title))
        start += one.shot.duration_frames
    return in_order(cues), tuple(chapters), tuple(lines)
