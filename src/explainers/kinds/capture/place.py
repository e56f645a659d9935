"""A capture and its pane, for build and for the picture alike; needs no Manim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from explainers.footage.views import Area
from explainers.kinds.capture.params import Params, Played

from explainers.errors import InvalidInput
from explainers.film.layer import Rect
from explainers.footage.conform import Request
from explainers.footage.media import CODE
from explainers.kinds.base import BeatPlan, ShotPlan
from explainers.kinds.capture.layout import centered, room
from explainers.kinds.capture.source import Capture, area_of, capture_of, clock_of, own_of
from explainers.storyboard.mistakes import Loc, Mistake, without_effect

STILL_S = 0.8
TIMES = ("from", "until", "speed", "paces")
"""What only means something where there is time."""


def placed(shot: ShotPlan) -> tuple[Capture, Rect]:
    """The capture of a shot and its pane in pixels of the frame."""
    params: Params = shot.params
    capture = capture_of(params, shot, shot.beats)
    told = (
        params.label
        or params.speed != 1
        or params.paces
        or any(b.params and b.params.freeze for b in shot.beats)
    )
    return capture, centered(room(shot, header=bool(told)).area, capture.aspect)


def requests(shot: ShotPlan) -> tuple[Request, ...]:
    """What build must conform for the shot."""
    if shot.params.file not in shot.assets:
        return ()
    capture, pane = placed(shot)
    return capture.requests((pane.right - pane.left, pane.bottom - pane.top))


def length_s(params: Params, beats: Sequence[BeatPlan], assets: Mapping[str, Path]) -> float:
    """Until the whole capture has been shown, and a moment more."""
    from explainers.footage.media import probe

    media = probe(assets[params.file], params.frames_fps)
    freezes = [(beat.start_s, beat.end_s) for beat in beats if beat.params and beat.params.freeze]
    return clock_of(params, media.duration_s, freezes).end_s + STILL_S if media.duration_s else 0.0


def wrong_footage(played: Played, shot: ShotPlan, loc: Loc = ()) -> Iterator[Mistake]:
    """What is wrong with a pane's file, its range and its regions."""
    from explainers.footage.media import probe

    if played.file not in shot.assets:
        return
    try:
        media = probe(shot.assets[played.file], played.frames_fps)
    except InvalidInput as error:
        yield from (Mistake((*loc, "file"), one.code, one.message) for one in error.problems)
        return
    if media.duration_s:
        yield from out_of_range(played, media.duration_s, loc)
    else:
        yield from without_effect(played, TIMES, "a picture that does not move", loc)
    if not shot.assets[played.file].is_dir():
        yield from without_effect(played, ("frames_fps",), "anything but a folder of pictures", loc)
    regions: list[tuple[Loc, Area]] = [((*loc, "crop"), played.crop)] if played.crop else []
    for index, beat in enumerate(shot.beats if not loc else ()):
        own = own_of(beat)
        here: Loc = ("beats", index)
        if own.zoom is not None and own.zoom != "all":
            regions.append(((*here, "zoom"), own.zoom))
        if own.spotlight:
            regions.append(((*here, "spotlight"), own.spotlight))
        regions += [((*here, "box", number), region) for number, region in enumerate(own.box)]
    for place, region in regions:
        left, top, right, bottom = area_of(region, media)
        if right - left < 8 or bottom - top < 8:
            message = f"nothing of the picture, {media.width}x{media.height} pixels, lies there"
            yield Mistake(place, CODE, message)


def caveats_of(played: Sequence[Played], assets: Mapping[str, Path]) -> list[str]:
    """What viewers must know of captures; nothing of files that can't be shown, which are errors."""
    from explainers.footage.media import probe

    found: list[str] = []
    for one in played:
        with suppress(InvalidInput):
            found += probe(assets[one.file], one.frames_fps).caveats if one.file in assets else ()
    return found


def out_of_range(played: Played, length: float, loc: Loc = ()) -> Iterator[Mistake]:
    """Times outside a capture of `length` seconds."""
    expected = f"a time from 0 to {length:.2f} s"
    if played.from_ >= length:
        message = f"it begins at {played.from_:g} s, but the capture ends at {length:.2f} s"
        yield Mistake((*loc, "from"), "range-outside-footage", message, expected)
    if played.until is not None and played.until > length + 0.05:
        message = f"it ends at {played.until:g} s, but the capture ends at {length:.2f} s"
        yield Mistake((*loc, "until"), "range-outside-footage", message, expected)
    if played.until is not None and played.until <= played.from_:
        message = f"it ends at {played.until:g} s, before it begins at {played.from_:g} s"
        yield Mistake((*loc, "until"), "range-outside-footage", message, expected)
