"""Panes beside each other: one clock or their own, equal speeds, a freeze at the end, counters from runs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from av.video.frame import VideoFrame
from footage_shots import drawn, example, planned, problems_in

sys.path.insert(0, str(Path(__file__).parent.parent / "footage"))

from real import counting

from explainers.compositor.encoder import Counters, frames_of
from explainers.compositor.layer import Rect
from explainers.compositor.luminance import LuminanceWatch
from explainers.compositor.yuv import YuvFrame
from explainers.kinds import discover
from explainers.kinds._panes import PaneKind
from explainers.kinds._panes.content import START_S
from explainers.kinds.base import ShotPlan
from explainers.runs import save_run
from explainers.runs.model import TOKENS_STEADY, WHOLE_SECONDS, Progress, Provenance, Run, Totals
from explainers.runs.replay import cast_text, replay

SHOT = """
- id: pair
  kind: side-by-side
  duration: 6s
  panes:
    - {file: a.mp4, label: One%s}
    - {file: b.mp4, label: Two%s}
%s
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("footage")
    return {"a.mp4": counting(folder / "a.mp4"), "b.mp4": counting(folder / "b.mp4", 30, 36)}


def panes_of(shot: ShotPlan) -> tuple[Rect, ...]:
    """The pixels of the panes."""
    kind = discover()[shot.kind]
    assert isinstance(kind, PaneKind)
    return kind.placed(shot).panes


def grey(number: int) -> float:
    return (20 + 3 * number - 16) * 255 / 219


def test_both_panes_show_the_same_moment_and_the_shorter_one_stops(
    tmp_path: Path, files: dict[str, Path]
) -> None:
    shot = drawn(tmp_path, SHOT % ("", "", ""), files)
    first, second = panes_of(shot.shot)
    assert (first.right - first.left, first.top) == (second.right - second.left, second.top)
    for t, numbers in ((START_S + 1.0, (30, 30)), (5.0, (59, 35))):
        frame = shot.frame(t)
        for pane, number in zip((first, second), numbers, strict=True):
            middle = frame[(pane.top + pane.bottom) // 2, (pane.left + pane.right) // 2, 1]
            assert int(middle) == pytest.approx(grey(number), abs=2)
    assert "ended" not in shot.words(1.5) and "ended" in shot.words(2.0)
    assert "real time" in shot.words(1.0)


def test_compared_panes_of_unequal_speed_are_an_error(tmp_path: Path, files: dict[str, Path]) -> None:
    found = problems_in(tmp_path / "x", SHOT % ("", ", speed: 4x", ""), files)
    assert [one.code for one in found] == ["unequal-speed"]
    assert "plays at 4x while pane 1 plays at 1x" in found[0].message
    paces = ", paces: [{from: 0.2s, until: 0.6s, speed: 2x}]"
    assert [one.code for one in problems_in(tmp_path / "y", SHOT % (paces, "", ""), files)] == [
        "unequal-speed"
    ]
    shared = problems_in(tmp_path / "z", SHOT % ("", ", speed: 4x", "  compared: false"), files)
    assert [one.code for one in shared] == ["unequal-speed"], "one clock can't tell two speeds"


def test_panes_that_are_not_compared_tell_their_own_times(tmp_path: Path, files: dict[str, Path]) -> None:
    shot = drawn(tmp_path, SHOT % ("", ", speed: 0.5x", "  compared: false\n  clock: own"), files)
    words = shot.words(1.5)
    assert "0.5×" in words and words.count("0:01") == 1 and words.count("0:00") == 1


def test_terminals_figures_and_footage_mix(tmp_path: Path, files: dict[str, Path]) -> None:
    (tmp_path / "c.cast").write_text(
        "\n".join(
            map(json.dumps, ({"version": 2, "width": 20, "height": 5}, [0.0, "o", "hi"], [1.0, "o", "!"]))
        )
    )
    (tmp_path / "d.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40"/>')
    panes = "[{file: a.mp4, label: A}, {file: c.cast, label: B}, {file: d.svg, label: C}]"
    more = {"a.mp4": files["a.mp4"], "c.cast": tmp_path / "c.cast", "d.svg": tmp_path / "d.svg"}
    shot = drawn(tmp_path / "v", f"- {{id: x, kind: side-by-side, duration: 4s, panes: {panes}}}", more)
    assert {"A", "B", "C"} <= set(shot.words(2.0))
    tops = {pane.top for pane in panes_of(shot.shot)}
    assert len(tops) == 1
    assert len(shot.frame(2.0)) == 360


def test_a_wrong_file_is_told_at_its_pane(tmp_path: Path, files: dict[str, Path]) -> None:
    (tmp_path / "b.mp4").write_text("nothing")
    found = problems_in(tmp_path / "x", SHOT % ("", "", ""), {**files, "b.mp4": tmp_path / "b.mp4"})
    assert [one.code for one in found] == ["bad-footage"] and "b.mp4" in found[0].message


CASTS = "panes: [{file: a.cast, label: A}, {file: b.cast, label: B}], duration: 4s"
HERE = "lines: [{pane: 2, lines: [2, 3]}], callout: [{pane: 2, line: 3, column: 9, text: look}]"


def test_lines_of_a_terminal_among_several_are_pointed_at(tmp_path: Path) -> None:
    for name in ("a.cast", "b.cast"):
        (tmp_path / name).write_text('{"version": 2, "width": 20, "height": 5}\n[0, "o", "a"]\n')
    files = {name: tmp_path / name for name in ("a.cast", "b.cast")}
    shot = "- {id: x, kind: side-by-side, %s, beats: [{id: one, duration: 2s}, {id: two, %s}]}"
    found = drawn(tmp_path / "v", shot % (CASTS, HERE), files)
    assert "look" in found.words(3.0) and "look" not in found.words(1.0)
    changed = np.abs(found.frame(3.0).astype(int) - found.frame(1.0).astype(int)).max(2) > 40
    ys, xs = np.nonzero(changed)
    left, top, right, bottom = panes_of(found.shot)[1]
    assert left - 4 <= xs.min() and xs.max() <= right + 4 and top <= ys.min() and ys.max() <= bottom
    for old, new, code in (
        ("[2, 3]", "[2, 6]", "out-of-range"),
        ("line: 3", "line: 9", "out-of-range"),
        ("{pane: 2, lines", "{pane: 3, lines", "unknown-name"),
    ):
        problems = problems_in(tmp_path / code, shot % (CASTS, HERE.replace(old, new)), files)
        assert [one.code for one in problems] == [code] and problems[0].place


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("b.mp4", ("idle_limit", "size", "page", "frames_fps")),
        ("b.cast", ("crop", "frames_fps", "page")),
        ("b.svg", ("from", "until", "speed", "paces", "frames_fps", "idle_limit", "size", "page")),
    ],
)
def test_a_field_that_means_nothing_for_its_file_is_refused(
    tmp_path: Path, files: dict[str, Path], name: str, refused: tuple[str, ...]
) -> None:
    (tmp_path / "b.cast").write_text(
        '{"version": 2, "width": 20, "height": 5}\n[0, "o", "a"]\n[9, "o", "b"]\n'
    )
    (tmp_path / "b.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40"/>')
    (tmp_path / "b.mp4").symlink_to(files["b.mp4"])
    values = {"from": "0.1s", "until": "1s", "speed": "1x", "paces": "[]", "frames_fps": "5", "page": "1"}
    values |= {"idle_limit": "1s", "size": "80x24", "crop": "[0, 0, 0.5, 1]"}
    fields = "".join(f", {key}: {value!s}" for key, value in values.items())
    shot = (SHOT % ("", fields, "  compared: false\n  clock: own")).replace("file: b.mp4", f"file: {name}")
    found = problems_in(tmp_path / "v", shot, {"a.mp4": files["a.mp4"], name: tmp_path / name})
    assert [one.code for one in found] == ["no-effect"] * len(refused)
    assert all(f"'{key}'" in "".join(one.message for one in found) for key in refused)


def seen(frames: Iterable[VideoFrame | None]) -> Iterator[np.ndarray]:
    """What is on screen at each frame; a held one is not given again."""
    now = np.empty(0)
    for frame in frames:
        now = now if frame is None else frame.to_ndarray()
        yield now


def test_footage_that_goes_straight_to_the_encoder_looks_as_it_does_painted(
    tmp_path: Path, files: dict[str, Path]
) -> None:
    picture = drawn(tmp_path, SHOT % ("", "", ""), files).picture
    counters, watch = Counters(), LuminanceWatch(picture.width, picture.height, picture.fps)
    from explainers.compositor.layer import Rect
    from explainers.compositor.picture import Painter

    everything = [Rect(0, 0, picture.width, picture.height)]
    painted = Painter(picture)
    for number, frame in enumerate(seen(frames_of(picture, 0, 90, counters, watch))):
        if number not in (3, 40, 89):
            continue
        painted.paint(number)
        other = YuvFrame(painted.pixels)
        other.update(everything)
        apart = np.abs(frame.astype(int) - other.frame.to_ndarray().astype(int))
        assert (apart <= 2).mean() > 0.999
    blocks = watch.summary()
    assert len(blocks.frames) > 60, "what went past the surface was seen all the same"


def test_a_frame_does_not_depend_on_where_drawing_began(tmp_path: Path, files: dict[str, Path]) -> None:
    picture = drawn(tmp_path, SHOT % ("", "", ""), files).picture
    whole = list(seen(frames_of(picture, 0, 80, Counters())))
    late = list(seen(frames_of(picture, 60, 80, Counters())))
    assert all(np.array_equal(one, other) for one, other in zip(whole[60:], late, strict=True))


def test_four_panes_make_a_square(tmp_path: Path) -> None:
    shot = example("quad", tmp_path)
    panes = panes_of(shot.shot)
    assert panes[0].top == panes[1].top < panes[2].top == panes[3].top
    assert panes[0].left == panes[2].left < panes[1].left == panes[3].left


def test_high_frames_stack_their_panes(tmp_path: Path, files: dict[str, Path]) -> None:
    shot = planned(tmp_path, SHOT % ("", "", ""), files, "1080x1920").shots[0]
    first, second = panes_of(shot)
    assert first.left == second.left and first.bottom < second.top


def test_the_example_freezes_one_pane_first(tmp_path: Path) -> None:
    words = example("side-by-side", tmp_path).words(5.0)
    assert words.count("ended") == 1 and "shown at 2×" in words


def made_up_run(end_s: float, tokens: int, progress: bool = True) -> Run:
    """A run with totals, and a few finished requests over time."""
    seconds, counts = np.array([0.0, end_s / 2, end_s]), np.array([0, 3, 8])
    timeline = Progress(seconds, counts, 1.0) if progress else None
    totals = Totals(total_time_s=end_s, requests=8, output_tokens=tokens)
    return Run(Provenance(system="made up"), totals, (TOKENS_STEADY, WHOLE_SECONDS), progress=timeline)


@pytest.fixture(scope="module")
def replays(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two runs, their replays, and what declares them."""
    folder = tmp_path_factory.mktemp("runs")
    found = {}
    for name, end_s, tokens in (("off", 20.0, 4000), ("drex", 22.0, 5000)):
        path = save_run(made_up_run(end_s, tokens), folder / f"{name}.run.jsonl")
        found[f"runs/{name}.run.jsonl"] = path
        found[f"{name}.cast"] = folder / f"{name}.cast"
        found[f"{name}.cast"].write_text(cast_text(replay(path, columns=30), size=(30, 6)))
    found["totals.run.jsonl"] = save_run(
        Run(Provenance(system="made up"), Totals(total_time_s=20.0, requests=8)), folder / "totals.run.jsonl"
    )
    found["assets.yaml"] = folder / "assets.yaml"
    found["assets.yaml"].write_text(ASSETS)
    return found


ASSETS = """
sources: {logs: {kind: measured, citation: Made-up logs, label: made-up logs}}
runs:
  off: {file: runs/off.run.jsonl, source: logs}
  drex: {file: runs/drex.run.jsonl, source: logs}
  totals: {file: totals.run.jsonl, source: logs}
files:
  off.cast: {shows: One run, from: logs}
  drex.cast: {shows: Another run, from: logs}
  captures/drex.cast: {shows: The session itself, from: logs}
"""
COUNTED = """
- id: pair
  kind: side-by-side
  %s
  panes:
    - {file: off.cast, label: One, run: off, speed: 5x%s}
    - {file: drex.cast, label: Two, run: drex, role: ours, speed: 5x%s}
"""


@pytest.mark.parametrize("layout", ["title: Two", "layout: bleed"])
def test_counters_are_what_the_run_says_at_the_time_of_the_clock(
    tmp_path: Path, replays: dict[str, Path], layout: str
) -> None:
    shot = drawn(tmp_path, COUNTED % (layout, "", ""), replays)
    for t in (0.0, START_S + 1.0, START_S + 2.5, START_S + 3.9, START_S + 4.2, 5.8):
        run_s = max(0.0, t - START_S) * 5
        expected = [
            f"{int(min(run_s, end_s) / end_s * tokens + 1e-6):,}"
            for end_s, tokens in ((20, 4000), (22, 5000))
        ]
        words = shot.words(t)
        assert t < 0.5 or all(word in words for word in expected), (t, expected, words)
    assert sum("constant rate between totals" in word for word in shot.words(3.0)) == 2
    assert "logs replayed" in (shot.shot.footer or "") and "steady" not in (shot.shot.footer or "")


def test_a_run_begins_where_its_pane_begins(tmp_path: Path, replays: dict[str, Path]) -> None:
    later = ", from: 4s", ", from: 4s"
    shot = drawn(tmp_path, COUNTED % ("counters: [output_tokens, throughput]", *later), replays)
    words = shot.words(START_S + 2.0)
    assert {"2,000", "2,272", "200.0", "227.3"} <= set(words), "10 of 20 and of 22 seconds of the runs"


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        ("counters: [early_exit_share]", "unknown-to-run", "does not tell early_exit_share"),
        ("counters: [output_token]", "wrong-type", "output_tokens"),
    ],
)
def test_what_a_run_can_not_tell_is_refused(
    tmp_path: Path, replays: dict[str, Path], change: str, code: str, said: str
) -> None:
    found = problems_in(tmp_path, COUNTED % (change, "", ""), replays)
    assert {one.code for one in found} == {code}
    assert said in found[0].message + str(found[0].expected) + str(found[0].did_you_mean)


def test_counters_need_a_clock_that_is_the_runs(
    tmp_path: Path, replays: dict[str, Path], files: dict[str, Path]
) -> None:
    def codes(name: str, text: str, **more: Path) -> list[tuple[str, str]]:
        return [(one.code, one.message) for one in problems_in(tmp_path / name, text, {**replays, **more})]

    [(code, message)] = codes("idle", COUNTED % ("title: A", ", idle_limit: 1s", ", idle_limit: 30s"))
    assert code == "other-clock" and "pauses cut to 1 s" in message
    text = (COUNTED % ("title: A", "", "")).replace("run: off", "run: totals")
    [(code, message)] = codes("totals", text)
    assert code == "unknown-to-run" and "'totals'" in message
    (tmp_path / "long.cast").write_text('{"version": 2, "width": 9, "height": 3}\n[70, "o", "a"]\n')
    text = (COUNTED % ("title: A", "", "")).replace("file: off.cast", "file: long.cast")
    [(code, message)] = codes("long", text, **{"long.cast": tmp_path / "long.cast"})
    assert code == "other-clock" and "70.0 s" in message and "20.0 s" in message
    (tmp_path / "d.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40"/>')
    text = (
        (COUNTED % ("title: A", "", ""))
        .replace("file: off.cast", "file: d.svg")
        .replace("off, speed: 5x", "off")
    )
    [(code, message)] = codes("figure", text, **{"d.svg": tmp_path / "d.svg"})
    assert code == "no-effect" and "does not move" in message
    [(code, message)] = codes("without", SHOT % ("", "", "  counters: [throughput]"), **files)
    assert code == "no-effect" and "panes without a run" in message


def test_what_was_captured_takes_the_replays_place_when_it_is_there(
    tmp_path: Path, replays: dict[str, Path]
) -> None:
    text = COUNTED % ("title: A", "", ", captured: captures/drex.cast")
    before = drawn(tmp_path / "before", text, replays).shot
    assert "logs replayed" in (before.footer or "") and not before.missing
    (tmp_path / "own.cast").write_text(
        '{"version": 2, "width": 20, "height": 5}\n[0, "o", "session"]\n[21, "o", "!"]\n'
    )
    more = {**replays, "captures/drex.cast": tmp_path / "own.cast"}
    content = panes_content(planned(tmp_path / "after", text, more).shots[0])
    assert [one.path.name for one in content] == ["off.cast", "drex.cast"]
    assert content[1].path.parent.name == "captures" and content[1].cast.replayed is False
    [problem] = problems_in(tmp_path / "typo", text.replace("captures/drex", "captures/dreks"), replays)
    assert problem.code == "missing-file"


def panes_content(shot: ShotPlan) -> Any:
    return discover()[shot.kind].contents(shot)  # type: ignore[attr-defined]


@pytest.mark.parametrize("size", ["960x540", "540x540", "540x960"])
@pytest.mark.parametrize("layout", ["bleed", "picture"])
def test_windows_reach_the_edges_and_what_is_in_them_stays_inside(
    tmp_path: Path, replays: dict[str, Path], size: str, layout: str
) -> None:
    words = '  statement: "Replayed from logs\\nTwo runs on one clock"\n' if layout == "bleed" else ""
    shot = planned(tmp_path, COUNTED % (f"layout: {layout}\n{words}", "", ""), replays, size).shots[0]
    kind = discover()[shot.kind]
    assert isinstance(kind, PaneKind)
    placed, (width, height) = kind.placed(shot), map(int, size.split("x"))
    margin = round(96 * placed.scale)
    assert (
        min(each.left for each in placed.windows) < 0 and max(each.right for each in placed.windows) > width
    )
    for window, pane, foot in zip(placed.windows, placed.panes, placed.feet, strict=True):
        assert window.left <= pane.left and pane.right <= window.right + 2
        assert window.top <= pane.top < pane.bottom <= window.bottom == foot.top < foot.bottom < height
        assert foot.left >= margin and foot.right <= width - margin
    one, other = placed.windows
    assert one.right <= other.left or (one.left == other.left and placed.feet[0].bottom <= other.top)


def test_windows_stand_from_the_first_frame_on_and_a_late_frame_is_the_same_alone(
    tmp_path: Path, replays: dict[str, Path]
) -> None:
    shot = drawn(tmp_path, COUNTED % ("layout: bleed\n  statement: Words", "", ""), replays)
    assert {"One", "Two", "0:00"} <= set(shot.words(0.0))
    whole = list(seen(frames_of(shot.picture, 0, 90, Counters())))
    late = list(seen(frames_of(shot.picture, 70, 90, Counters())))
    assert all(np.array_equal(one, other) for one, other in zip(whole[70:], late, strict=True))
    named = {(layer.name, layer.part) for layer in shot.picture.layers}
    assert {("drex", part) for part in ("panel", "label", "value", "bar")} <= named
    assert all(layer.pinned for layer in shot.picture.layers if layer.name == "clock")
