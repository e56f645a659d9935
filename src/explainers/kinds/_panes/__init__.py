"""What the kinds that show files share: a pane holds footage, a terminal recording or a figure.

`content` says what is in a pane, and `footage`, `cast` and `sheet` are the three there are; `places` says
where panes stand, `marks` draws what stands over and around them, and `row` puts several beside each other.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

from explainers.errors import InvalidInput
from explainers.kinds._panes.places import Placed, room
from explainers.kinds.base import SceneKind, ShotPlan
from explainers.storyboard.mistakes import Loc, Mistake

if TYPE_CHECKING:
    from explainers.compositor.layer import Span
    from explainers.footage.conform import Request
    from explainers.kinds._panes.content import Content
    from explainers.stage import Stage


class PaneKind(SceneKind):
    """A kind whose shots are panes; this class places and draws a pane that is alone in its frame."""

    still_s: ClassVar[float] = 0.0
    """How long everything stands still after the last pane has been shown."""
    static_s: ClassVar[float] = 0.0
    """How long a shot lasts in which nothing moves by itself."""

    @abstractmethod
    def contents(self, shot: ShotPlan) -> Sequence[Content]:
        """What is in the shot's panes. They read their files when they need them."""

    def has_header(self, shot: ShotPlan) -> bool:
        """Whether there is a row of words above the pane."""
        return True

    def placed(self, shot: ShotPlan) -> Placed:
        """The panes in their places, for conforming and drawing alike.

        InvalidInput, naming the file, where a pane can't be shown.
        """
        (content,) = self.contents(shot)
        area, scale = room(shot, header=self.has_header(shot))
        return Placed((content,), (content.fitted(area, scale),), scale)

    @abstractmethod
    def draw(self, shot: ShotPlan, stage: Stage, placed: Placed) -> None:
        """What stands over and around the panes, which are drawn already."""

    def ready(self, shot: ShotPlan) -> bool:
        """Whether every pane's file is there."""
        return all(content.there for content in self.contents(shot))

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        if not self.ready(shot):
            from explainers.stage.chrome import slate

            slate(stage, stage.body, shot.missing)
            return
        from explainers.kinds._panes.marks import box_of

        placed = self.placed(shot)
        windows = placed.windows or (None,) * len(placed.panes)
        for content, pane, window in zip(placed.contents, placed.panes, windows, strict=True):
            with stage.named(content.called, "panel"):
                content.show(stage, pane, window and stage.snapped(box_of(window, stage)))
        self.draw(shot, stage, placed)

    def requests(self, shot: ShotPlan) -> tuple[Request, ...]:
        """What must be conformed before the shot can be drawn; nothing while a file is missing."""
        if not self.ready(shot):
            return ()
        placed = self.placed(shot)
        pairs = zip(placed.contents, placed.panes, strict=True)
        return tuple(request for content, pane in pairs for request in content.requests(pane))

    def duration_s(self, shot: ShotPlan) -> float:
        """Until every pane has been shown, and a moment more."""
        if not self.ready(shot):
            return 0.0
        try:
            clocks = [clock for content in self.contents(shot) if (clock := content.clock)]
        except InvalidInput:
            # `mistakes` says what is wrong with a file, at its place in the storyboard.
            return 0.0
        return max(clock.end_s for clock in clocks) + self.still_s if clocks else self.static_s

    def file_texts(self, shot: ShotPlan) -> Iterable[tuple[Loc, str]]:
        """What programs wrote in terminal recordings."""
        for content in self.contents(shot):
            with suppress(InvalidInput):
                if content.there and (letters := content.letters()):
                    yield (*content.loc, "file"), letters

    def caveats(self, shot: ShotPlan) -> list[str]:
        """What viewers must know of the files; nothing of those that can't be shown, which are errors."""
        found: list[str] = []
        for content in self.contents(shot):
            with suppress(InvalidInput):
                found += content.caveats() if content.there else ()
        return found

    def mistakes(self, shot: ShotPlan) -> list[Mistake]:
        """Files that can't be shown, and times and parts outside them."""
        return [mistake for content in self.contents(shot) for mistake in content.mistakes()]


def freezes(shot: ShotPlan) -> list[Span]:
    """When the shot's panes stand still, in seconds of the shot."""
    return [(beat.start_s, beat.end_s) for beat in shot.beats if beat.params.freeze]
