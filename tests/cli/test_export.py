"""`export`: a shot or a beat as a picture that loops, within a budget of bytes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from explainers.cli import run
from explainers.errors import RenderFailed, UsageError
from explainers.plan import load_plan
from explainers.project import find_project
from explainers.render.stills import write_loop

from small import SMALL, write_project  # isort: skip

README = Path(__file__).parents[2] / "README.md"


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_project(tmp_path, SMALL)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def length_ms(path: Path) -> int:
    with Image.open(path) as picture:
        total = 0
        for index in range(picture.n_frames):
            picture.seek(index)
            picture.load()
            total += picture.info["duration"]
        assert picture.info["loop"] == 0
        return total


@pytest.mark.parametrize("form", ["webp", "gif"])
@pytest.mark.parametrize(("shot", "seconds"), [("second", 3.0), ("second:one", 1.5)])
def test_a_shot_or_a_beat_loops_at_its_own_pace(
    root: Path, form: str, shot: str, seconds: float, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ["--as", form, "--fps", "10", "--width", "200", "--json"]
    assert run(["export", "small", "--shot", shot, *more]) == 0
    made = json.loads(capsys.readouterr().out)
    path = Path(made["file"])
    assert path == root / f"renders/small/stills/{shot.replace(':', '-')}.{form}"
    assert made["bytes"] == path.stat().st_size and made["width"] == 200
    assert length_ms(path) == pytest.approx(seconds * 1000)
    # What stands still is one picture.
    assert 1 < made["pictures"] < seconds * 10
    before = path.read_bytes()
    assert run(["export", "small", "--shot", shot, *more]) == 0
    assert path.read_bytes() == before


@pytest.mark.parametrize("form", ["webp", "gif"])
def test_a_loop_keeps_to_its_budget_or_says_that_it_can_t(root: Path, form: str) -> None:
    plan = load_plan(find_project(root), "small")
    path = root / f"a.{form}"
    best = write_loop(plan, plan.shot("second"), (0.0, 3.0), path, 320, 10, 1.0)
    share = best["bytes"] / 2**20 * 0.8
    smaller = write_loop(plan, plan.shot("second"), (0.0, 3.0), path, 320, 10, share)
    assert path.stat().st_size == smaller["bytes"] <= share * 2**20 < best["bytes"] <= 2**20
    before = path.read_bytes()
    with pytest.raises(RenderFailed, match="name a shorter beat"):
        write_loop(plan, plan.shot("second"), (0.0, 3.0), path, 320, 10, 0.0002)
    assert path.read_bytes() == before
    with pytest.raises(UsageError, match="40 s at most"):
        write_loop(plan, plan.shot("second"), (0.0, 41.0), path, 320, 10, 1.0)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--shot", "secnd"], "did you mean 'second'"),
        (["--shot", "second:tow"], "did you mean 'two'"),
        (["--shot", "second", "--as", "wepb"], "did you mean 'webp'"),
        (["--shot", "second", "-o", "a.gif"], "makes a .webp file, not a.gif"),
    ],
)
def test_a_wrong_word_is_told_with_the_nearest(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["export", "small", *arguments]) == 2
    assert words in capsys.readouterr().err


def test_the_readme_opens_with_a_loop_and_has_a_still_for_who_wants_less_motion() -> None:
    text = README.read_text(encoding="utf-8")
    loop, still = (README.parent / f"docs/stills/{name}.webp" for name in ("race-loop", "race"))
    assert text.index("docs/stills/race-loop.webp") < text.index("```sh")
    assert 'docs/stills/race.webp" media="(prefers-reduced-motion: reduce)"' in text
    assert loop.stat().st_size <= 3 * 2**20 and length_ms(loop) >= 8000
    with Image.open(still) as picture:
        assert getattr(picture, "n_frames", 1) == 1
