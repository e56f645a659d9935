"""The agenda: what is ready, in which order, nothing twice, and what a failure takes with it."""

from dataclasses import dataclass, field

import pytest

from explainers.errors import RenderFailed
from explainers.render.scheduler import Agenda
from explainers.render.tasks import Done


@dataclass(frozen=True)
class Step:
    """As much of a task as an agenda looks at."""

    shot_id: str
    makes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    frames: int = 0
    shot: str = ""

    @property
    def group(self) -> str:
        return self.shot or self.shot_id


@dataclass
class Listener:
    """Goes on after a failure, and notes what it is told; `then` follows a task of that name."""

    then: dict[str, Step] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)

    def progressed(self, task, frames):
        self.told.append(f"{task.shot_id} {frames}")

    def finished(self, task, done):
        self.told.append(f"{task.shot_id} done")
        return [self.then[task.shot_id]] if task.shot_id in self.then else []

    def failed(self, task, error):
        self.told.append(f"{task.shot_id} failed: {error}")


def finish(agenda: Agenda, task: Step) -> None:
    agenda.finished(task, Done(task.shot_id))


def names(agenda: Agenda) -> list[str]:
    taken = []
    while (task := agenda.next()) is not None:
        taken.append(task.shot_id)
    return taken


def test_the_longest_comes_first_and_equals_in_the_order_they_came():
    agenda, listener = Agenda(), Listener()
    for name, estimate_s in [("a", 1), ("b", 3), ("c", 1), ("d", 2)]:
        agenda.add(Step(name), estimate_s, listener)
    assert names(agenda) == ["b", "d", "a", "c"]


def test_what_needs_a_product_waits_for_the_task_that_makes_it():
    agenda, listener = Agenda(), Listener()
    capture, shot = Step("capture", makes=("k",)), Step("shot", makes=("s",), needs=("k",))
    agenda.add(capture, 1, listener)
    agenda.add(shot, 9, listener)
    assert agenda.next() is capture
    assert agenda.next() is None
    assert agenda.owes("k") and agenda.owes(["x", "s"])
    finish(agenda, capture)
    assert agenda.next() is shot and not agenda.owes("k")


def test_a_finished_task_may_bring_another():
    agenda = Agenda()
    listener = Listener(then={"first": Step("second")})
    agenda.add(first := Step("first"), 1, listener)
    agenda.next()
    finish(agenda, first)
    assert names(agenda) == ["second"]


def test_what_needs_a_failed_product_fails_for_the_same_reason_and_the_rest_goes_on():
    agenda, one, other = Agenda(), Listener(), Listener()
    capture = Step("capture", makes=("k",))
    agenda.add(capture, 5, one)
    agenda.add(Step("shot", makes=("s",), needs=("k",)), 1, one)
    agenda.add(Step("join", needs=("s",)), 1, other)
    agenda.add(Step("free"), 1, other)
    assert agenda.next() is capture
    agenda.failed(capture, RenderFailed("no such file"))
    assert one.told == ["capture failed: no such file", "shot failed: no such file"]
    assert other.told == ["join failed: no such file"]
    assert str(agenda.lost(["x", "s"])) == "no such file"
    assert names(agenda) == ["free"]


def test_a_client_that_raises_ends_everything():
    class Strict(Listener):
        def failed(self, task, error):
            raise error

    agenda = Agenda()
    agenda.add(task := Step("a"), 1, Strict())
    agenda.next()
    with pytest.raises(RenderFailed, match="broken"):
        agenda.failed(task, RenderFailed("broken"))


def test_a_dropped_client_keeps_what_others_wait_for():
    agenda, one, other = Agenda(), Listener(), Listener()
    agenda.add(Step("shared", makes=("k",)), 1, one)
    agenda.add(Step("own", makes=("o",)), 2, one)
    agenda.add(Step("user", needs=("k",)), 1, other)
    agenda.drop(one)
    assert names(agenda) == ["shared"] and not agenda.owes("o")


def test_a_task_of_a_lost_worker_is_handed_out_again():
    agenda = Agenda()
    agenda.add(task := Step("a", makes=("k",)), 1, Listener())
    assert agenda.next() is task
    agenda.put_back(task)
    assert agenda.owes("k") and agenda.next() is task


def test_whoever_has_begun_a_shot_goes_on_with_it_and_others_begin_another():
    agenda, listener = Agenda(), Listener()
    long, short = (
        [Step(f"l{n}", shot="long") for n in range(3)],
        [Step(f"s{n}", shot="short") for n in range(2)],
    )
    for task in short:
        agenda.add(task, 1, listener)
    for task in long:
        agenda.add(task, 9, listener)
    one, other = agenda.next(), agenda.next()
    assert (one, other) == (long[0], short[0])
    finish(agenda, other)
    assert agenda.next(after=other) is short[1]
    finish(agenda, short[1])
    # Only when no shot is left that nobody is at does it help with the long one.
    assert agenda.next(after=short[1]) is long[1]
