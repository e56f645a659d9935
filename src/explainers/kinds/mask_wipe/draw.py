"""Drawing a mask-wipe shot. Needs Manim; imported when the shot is drawn."""

from __future__ import annotations

from dataclasses import dataclass

from explainers.compositor.labels import colored, shares
from explainers.facts.numbers import THIN, written
from explainers.kinds._pairs import Pair, pair_of
from explainers.kinds.base import ShotPlan
from explainers.kinds.mask_wipe import HOLD_S, TRAVEL_S, Params, Step, steps_of
from explainers.stage import Box, Handle, Stage
from explainers.stage.chrome import body_over, illustration_mark, slate
from explainers.stage.legend import GAP, legend, share_bars, words_width
from explainers.stage.photos import fitted, photo
from explainers.theme import LABEL
from explainers.timing import ease_in_out

BETWEEN, OVER = 36.0, 62.0
"""Between the panes, and the height of the words over one."""
HEADING, LOWEST = 56.0, 470.0
"""Height of the legend's heading, and of the lowest place for all of it."""


@dataclass(frozen=True)
class _Panes:
    """Where the picture and its map are while they are a pair; the legend takes the map's place."""

    image: Box
    labels: Box
    legend: Box


def draw(shot: ShotPlan, stage: Stage) -> None:
    """Everything below the title and above the statement."""
    pair = pair_of(shot)
    body = body_over(stage, shot)
    if not isinstance(pair, Pair):
        panes = _panes(body, 1.5)
        slate(stage, panes.image, pair)
        slate(stage, panes.labels, pair[1:] or pair)
        return
    _Scene(shot, stage, pair, _panes(body, pair.aspect)).play()


def _panes(body: Box, aspect: float) -> _Panes:
    """Side by side or one over the other, whichever makes them larger."""
    beside = [
        fitted(one._replace(top=one.top + OVER), aspect, (0, 0)) for one in body.columns([1, 1], BETWEEN)
    ]
    below = [fitted(one._replace(top=one.top + OVER), aspect, (0, 0)) for one in body.rows([1, 1], BETWEEN)]
    image, labels = max((beside, below), key=lambda boxes: boxes[0].width)
    across = image.top == labels.top
    if across:
        drop = max(0.0, (body.bottom - image.bottom) / 2)
        image, labels = image.shifted(0, drop), labels.shifted(0, drop)
        shift = body.right - labels.right
        labels = labels.shifted(shift, 0) if body.width / body.height > 1.3 else labels
        place = Box(
            image.right + 56, image.top - OVER + 10, body.right, max(labels.bottom, body.bottom - drop)
        )
        place = place if place.height > LOWEST else place._replace(top=body.top, bottom=body.bottom)
    else:
        place = Box(body.left, labels.top - OVER + 10, body.right, body.bottom)
    return _Panes(image, labels, place)


class _Scene:
    def __init__(self, shot: ShotPlan, stage: Stage, pair: Pair, panes: _Panes):
        self.shot, self.stage, self.pair, self.panes = shot, stage, pair, panes
        self.params: Params = shot.params
        self.opacity = 1.0
        self.seen = ""
        self.words: dict[str, Handle] = {}
        # A drawn picture's map is exact: nobody predicted it.
        self.mapped = self.params.drawn_label if pair.drawn else self.params.labels_label
        self.image = photo(stage, pair.pixels, panes.image, z=3, text=self.params.image_label)
        self.labels = photo(
            stage, colored(pair.codes, pair.classes), panes.labels, z=4, flat=True, text=self.mapped
        )
        for layer in self.labels.layers:
            layer.reveal_from = "right"
        self.labels.enter(0.5, dx=32, dy=0)
        if pair.drawn:
            illustration_mark(stage, panes.image)
        self._captions()

    def _captions(self) -> None:
        params, image, labels = self.params, self.panes.image, self.panes.labels
        for name, text, box in (
            ("image", params.image_label, image),
            ("pair", self.mapped, labels),
            ("labels", self.mapped, image),
            ("overlay", params.overlay_label, image),
        ):
            self.words[name] = self.stage.words(text, box.left + 2, box.top - 20, LABEL, role="muted")
        self.words["pair"].enter(0.6, dy=0)
        for name in ("labels", "overlay"):
            self.words[name].hide()
        self.seen = "image"

    def play(self) -> None:
        for step in steps_of(self.shot.beats).values():
            if step.join_s is not None:
                self._join(step.join_s)
            if step.show == "wipe":
                self._wipe(step)
            else:
                self._fade(step.start_s, {"image": 0.0, "labels": 1.0}.get(step.show, step.opacity))
                self._say(step.show, step.start_s)

    def _join(self, start_s: float) -> None:
        """The map travels onto the picture, and the legend comes."""
        image, labels = self.panes.image, self.panes.labels
        self.words["pair"].leave(start_s)
        self.labels.move(start_s, image.left - labels.left, image.top - labels.top, TRAVEL_S)
        self._say("labels", start_s + TRAVEL_S * 0.7)
        self._legend(start_s + TRAVEL_S * 0.6)

    def _fade(self, start_s: float, opacity: float) -> None:
        if opacity != self.opacity:
            self.labels.fade(start_s, opacity, 0.8)
            self.opacity = opacity

    def _wipe(self, step: Step) -> None:
        """From the map to the picture and back, with a line on the edge; faster where time is short."""
        start_s, sweep = step.start_s, step.sweep_s
        self._fade(start_s, 1.0)
        image = self.panes.image
        line = self.stage.line(
            [(image.left, image.top), (image.left, image.bottom)], "#FFFFFF", 4, z=8
        ).hide()
        there, back = start_s + HOLD_S / 2, start_s + HOLD_S / 2 + sweep + HOLD_S
        line.fade(there, 1.0, 0.15)
        for begin, reveal, dx in ((there, 0.0, image.width), (back, 1.0, 0.0)):
            for layer in self.labels.layers:
                layer.track("reveal").to(reveal, begin, sweep, ease_in_out)
            line.move(begin, dx, 0, sweep, ease_in_out)
        line.fade(back + sweep, 0.0, 0.2)
        self._say("image", there + sweep * 0.5)
        self._say("labels", back + sweep * 0.5)

    def _say(self, name: str, when: float) -> None:
        """The words over the pane become others."""
        if name != self.seen:
            self.words[self.seen].fade(when, 0.0, 0.2)
            self.words[name].fade(when + 0.1, 1.0, 0.25)
            self.seen = name

    def _legend(self, start_s: float) -> None:
        stage, pair, box = self.stage, self.pair, self.panes.legend
        values = shares(pair.codes, len(pair.classes))
        order = list(range(len(values)))
        if self.params.shares:
            order.sort(key=lambda index: -values[index])
            heading = stage.words(
                "Share of pixels", box.right, box.top + 32, LABEL, role="muted", anchor="right"
            )
            heading.enter(start_s + 0.2, dy=0)
        classes = [pair.classes[index] for index in order]
        rows = legend(stage, classes, box._replace(top=box.top + HEADING))
        for index, row in enumerate(rows):
            row.swatch.enter(start_s + 0.05 * index, dy=16)
            row.words.enter(start_s + 0.05 * index, dy=16)
        if self.params.shares:
            texts = [_percent(values[index], self.params.format) for index in order]
            after = words_width(stage, classes) + GAP * 1.4
            share_bars(stage, rows, [values[index] for index in order], texts, after, start_s + 0.4)


def _percent(share: float, spec: str) -> str:
    """A share in percent; one that is there and rounds to nothing is written as less than the last digit."""
    text = written(share * 100, spec)
    if share > 0 and not any(digit in text for digit in "123456789"):
        text = f"<{text[:-1]}1"
    return f"{text}{THIN}%"
