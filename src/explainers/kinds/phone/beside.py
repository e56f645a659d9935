"""Beside the device: the names of its screens, and cards with what goes out and comes back. Needs Manim."""

from __future__ import annotations

from explainers.film.layer import Note
from explainers.kinds.phone import CARD_S
from explainers.kinds.phone.params import Card, Params
from explainers.stage import Box, Group, Handle, Stage
from explainers.theme import BODY, LABEL, STRONG

STEP, CARD_GAP, PADDING = 66.0, 26.0, 24.0
LINE = LABEL * 1.25
DIM = 0.45


class Beside:
    """Steps above, cards below; the card's arrow crosses the air between it and the device."""

    def __init__(self, stage: Stage, params: Params, place: Box, device: Box, arrows: bool):
        self.stage, self.params, self.place, self.device = stage, params, place, device
        self.arrows = arrows
        self.steps: list[tuple[Handle, Handle]] = []
        self.labels = [one.label for one in params.screens]
        listed = STEP * sum(1 for one in self.labels if one)
        self.boxes = self._boxes(place._replace(top=place.top + listed + (28 if listed else 0)))
        self.at = 0

    def _boxes(self, room: Box) -> dict[str, Box]:
        boxes, y = {}, room.top
        for card in self.params.cards:
            lines = len(card.code) + len(self._lines(card, room.width))
            height = PADDING * 2 + LINE * (1 + lines) - 6
            boxes[card.id] = self.stage.snapped(Box(room.left, y, room.right, y + height))
            y += height + CARD_GAP
        return boxes

    def _lines(self, card: Card, width: float) -> list[str]:
        return self.stage.lines(card.text, width - 2 * PADDING, LABEL) if card.text else []

    def free(self) -> Box | None:
        """A box in whose lower left corner the mark of a drawing fits, if there is one below the cards."""
        last = max((box.bottom for box in self.boxes.values()), default=self.place.top)
        wide = self.stage.text_width(self.params.drawn_note, LABEL) + 40 <= self.place.width
        if not wide or self.place.bottom - last < 66:
            return None
        return Box(self.place.left - 16, self.place.top, self.place.right, self.place.bottom + 16)

    def open(self, drawn: bool) -> None:
        """The names of the screens, the first one bright."""
        y = self.place.top + 46
        for index, label in enumerate(self.labels):
            if not label:
                self.steps.append((self.stage.words("", 0, 0), self.stage.words("", 0, 0)))
                continue
            number = self.stage.words(str(index + 1), self.place.left, y, BODY, STRONG, "accent", mono=True)
            room = self.place.width - 62
            size = BODY * min(1.0, room / self.stage.text_width(label, BODY, STRONG))
            words = self.stage.words(label, self.place.left + 62, y, size, STRONG)
            for handle in (number, words):
                handle.enter(0.3 + 0.12 * index, dx=24, dy=0)
                if index:
                    handle.fade(0.9 + 0.12 * index, DIM)
            self.steps.append((number, words))
            y += STEP

    def step(self, index: int, when: float) -> None:
        """Another screen's name is bright."""
        for place, opacity in ((self.at, DIM), (index, 1.0)):
            for handle in self.steps[place]:
                handle.fade(when, opacity)
        self.at = index

    def points_to_device(self, name: str) -> bool:
        return any(card.id == name and card.to == "device" for card in self.params.cards)

    def reveal(self, name: str, when: float) -> float:
        """A card comes with its arrow; the time when it is there."""
        card = next(one for one in self.params.cards if one.id == name)
        box, stage = self.boxes[name], self.stage
        parts: list[Handle | Group] = [
            stage.panel(box, stage.theme.line, stage.theme.panel, z=4, note=Note("shape", card.heading))
        ]
        y = box.top + PADDING + LABEL * 0.82
        parts.append(
            stage.words(card.heading, box.left + PADDING, y, LABEL, role="muted", z=6, over=stage.theme.panel)
        )
        for line in card.code:
            y += LINE
            parts.append(
                stage.words(
                    line, box.left + PADDING, y, LABEL, STRONG, mono=True, z=6, over=stage.theme.panel
                )
            )
        for line in self._lines(card, box.width):
            y += LINE
            parts.append(stage.words(line, box.left + PADDING, y, LABEL, z=6, over=stage.theme.panel))
        outward = card.to == "card"
        if self.arrows:
            ends = [(self.device.right + 10, box.center[1]), (box.left - 10, box.center[1])]
            arrow = stage.arrow(ends if outward else ends[::-1], "accent", 5)
            arrow.reveal(when if outward else when + 0.5, 0.5, "left" if outward else "right")
        for part in parts:
            part.enter(when + (0.4 if outward else 0.0), dx=24, dy=0)
        return when + CARD_S + 0.4
