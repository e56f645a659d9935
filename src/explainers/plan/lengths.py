"""How long shots and beats last, in seconds, before they become frames."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from explainers.kinds import Kind
from explainers.kinds.base import BeatPlan
from explainers.storyboard.mistakes import Loc, Mistake
from explainers.timing import reading_s

MIN_BEAT_S = 1.5
MIN_SHOT_S = 2.0


def beat_seconds(
    written: float | str, cue: str | None, statement: str | None, kind: Kind, params: Any
) -> float:
    """The beat's written duration; for `auto` the time to read it, or to happen, whichever is longer."""
    if not isinstance(written, str):
        return written
    happens = getattr(kind.module, "beat_s", None)
    own = happens(params) if happens else 0.0
    return max(MIN_BEAT_S, reading_s(cue or ""), reading_s(statement or ""), own)


def shot_seconds(
    written: float | str,
    beats: Sequence[BeatPlan],
    texts: Sequence[str],
    cue: str | None,
    kind: Kind,
    params: Any,
    loaded: Mapping[str, Any],
) -> float:
    """The shot's written duration; for `auto` the longest of its beats, its words and its kind's need.

    `beats` follow one another from 0. `loaded` holds `runs` and `tables` for a kind whose `duration_s`
    asks for them by name.
    """
    if not isinstance(written, str):
        return written
    beats_s = beats[-1].end_s if beats else 0.0
    return max(
        MIN_SHOT_S,
        beats_s,
        reading_s(" ".join(texts)),
        reading_s(cue or ""),
        _kind_s(kind, params, beats, loaded),
    )


def _kind_s(kind: Kind, params: Any, beats: Sequence[BeatPlan], loaded: Mapping[str, Any]) -> float:
    hook = getattr(kind.module, "duration_s", None)
    if hook is None:
        return 0.0
    wanted = inspect.signature(hook).parameters
    return float(hook(params, tuple(beats), **{name: loaded[name] for name in loaded if name in wanted}))


def beats_too_long(ends_s: Sequence[float], duration: float | str, loc: Loc) -> list[Mistake]:
    """A mistake where the beats don't fit in the shot's written duration."""
    if isinstance(duration, str) or not ends_s or ends_s[-1] <= duration + 1e-6:
        return []
    first = next(index for index, end in enumerate(ends_s) if end > duration + 1e-6)
    message = f"the beats last {ends_s[-1]:.2f} s, the shot is written as {duration:g} s, this one is over"
    expected = "shorter beats, or duration: auto for the shot"
    return [Mistake((*loc, "beats", first), "beat-too-long", message, expected)]
