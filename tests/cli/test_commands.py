"""The command line: what it prints, and its exit codes."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image

from explainers import cli
from explainers.cli import render as watch
from explainers.digest import digest_file

from small import SMALL, write_project  # isort: skip

EXPLAINERS = [sys.executable, "-m", "explainers"]
BROKEN = SMALL.replace("heading: Another", "headng: Another")


@pytest.fixture
def here(small_project, monkeypatch):
    monkeypatch.chdir(small_project.root)
    return small_project


def output(capsys, *arguments: str) -> tuple[int, str, str]:
    code = cli.run(list(arguments))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_list_names_the_videos_and_whether_they_were_rendered(here, capsys):
    code, out, _ = output(capsys, "list")
    assert code == 0 and "small" in out and "not rendered" in out and "Two small cards" in out
    rows = json.loads(output(capsys, "list", "--json")[1])
    assert rows == [
        {
            "video": "small",
            "title": "Two small cards",
            "storyboard": "scenes/small/storyboard.yaml",
            "rendered": False,
            "quality": None,
            "duration_s": None,
        }
    ]


def test_kinds_names_them_and_shows_one_with_fields_and_example(here, capsys):
    assert "title" in output(capsys, "kinds")[1]
    shown = output(capsys, "kinds", "title")[1]
    assert "heading" in shown and "kind: title" in shown
    assert json.loads(output(capsys, "kinds", "title", "--json")[1])["params"]["properties"]["heading"]
    assert {"name": "title"}.items() <= next(
        one for one in json.loads(output(capsys, "kinds", "--json")[1]) if one["name"] == "title"
    ).items()


def test_the_schema_is_json_schema(here, capsys):
    assert json.loads(output(capsys, "schema")[1])["$schema"].startswith("http://json-schema.org/draft-07")


def test_the_doctor_finds_what_is_needed_here(capsys):
    code, out, _ = output(capsys, "doctor")
    assert code == 0 and "manim" in out and "libx264" in out and "MISSING" not in out
    assert all(one["fine"] for one in json.loads(output(capsys, "doctor", "--json")[1]))


def test_the_doctor_names_the_command_for_what_is_missing(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "moviepy", None)
    code, out, _ = output(capsys, "doctor")
    assert code == 4
    assert "pip install moviepy" in out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["render", "smal"], 2, "did you mean 'small'"),
        (["render", "small", "--shot", "secnd"], 2, "did you mean 'second'"),
        (["render", "small", "--quality", "drft"], 2, "did you mean 'draft'"),
        (["render", "small", "--captions", "loud"], 2, "track or burned"),
        (["render"], 2, "Missing argument"),
        (["rendr"], 2, "rendr"),
        (["still", "small"], 2, "--at TIME or --shot"),
        (["still", "small", "--at", "1h"], 2, "a duration such as"),
        (["still", "small", "--at", "99"], 2, "past the end"),
        (["still", "small", "--shot", "second:tow"], 2, "did you mean 'two'"),
        (["still", "small", "--at", "1", "-o", "x.gif"], 2, ".png, .jpg or .webp"),
        (["kinds", "titel"], 2, "did you mean 'title'"),
        (["new", "a/b"], 2, "letters, digits"),
        (["new", "small"], 2, "exists and is not empty"),
        (["batch", "smal"], 2, "did you mean 'small'"),
        (["--project", "/", "list"], 2, "no pyproject.toml"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_would_be_right(here, capsys, arguments, code, words):
    found, _, err = output(capsys, *arguments)
    assert found == code
    assert words in err
    assert "Traceback" not in err


def test_an_invalid_storyboard_ends_with_3_and_shows_the_place(here, capsys):
    here.storyboard_path("small").write_text(BROKEN)
    code, _, err = output(capsys, "render", "small")
    assert code == 3
    assert "scenes/small/storyboard.yaml:" in err and "did you mean 'heading'" in err and "^" in err


def test_an_unforeseen_mistake_is_short_and_says_how_to_see_more(here, capsys, monkeypatch):
    def fall(*_, **__):
        raise KeyError("x")

    monkeypatch.setattr("explainers.render.pipeline.load_plan", fall)
    code, _, err = output(capsys, "render", "small")
    assert code == 5 and "Traceback" not in err and "EXPLAINERS_TRACEBACK=1" in err
    monkeypatch.setenv("EXPLAINERS_TRACEBACK", "1")
    assert "Traceback" in output(capsys, "render", "small")[2]


def test_render_prints_exactly_what_machines_were_promised(here, capsys):
    code, out, err = output(capsys, "render", "small", "--json", "--explain", "-j1")
    answer = json.loads(out)
    assert code == 0
    assert set(answer) == {"video", "directory", "duration_s", "frames", "shots", "elapsed_s"}
    assert answer["video"] == "small" and answer["frames"] == 50 and answer["duration_s"] == 5.0
    assert Path(answer["directory"]) == here.renders_dir("small")
    assert answer["shots"][0] == {"id": "opening", "outcome": "drawn", "reason": "first render", "frames": 20}
    assert "opening  drawn  first render" in err
    assert "first render" not in output(capsys, "render", "small", "--explain")[1]
    assert json.loads(output(capsys, "list", "--json")[1])[0]["rendered"] is True


def test_profile_says_where_the_time_went(here, capsys):
    out = output(capsys, "render", "small", "--profile", "-j1")[1]
    for word in (
        "reading",
        "drawing",
        "converting",
        "encoding",
        "stitching",
        "publishing",
        "waiting",
        "whole",
    ):
        assert word in out


def test_a_render_goes_where_it_is_told(here, capsys, tmp_path):
    assert output(capsys, "render", "small", "-j1", "--out", str(tmp_path / "else"))[0] == 0
    assert (tmp_path / "else" / "video.mp4").is_file()
    assert not here.renders_dir("small").exists()


def test_a_still_is_the_frame_the_video_has(here, capsys, tmp_path):
    import av
    import numpy as np

    output(capsys, "render", "small", "-j1")
    answer = json.loads(
        output(capsys, "still", "small", "--at", "1.5", "-o", str(tmp_path / "s.png"), "--json")[1]
    )
    assert answer["frame"] == 15
    with av.open(str(here.renders_dir("small") / "video.mp4")) as video:
        frame = [one.to_ndarray(format="rgb24") for one in video.decode(video=0)][15]
    with Image.open(tmp_path / "s.png") as picture:
        still = np.asarray(picture.convert("RGB"))
    assert still.shape == frame.shape
    assert abs(still.astype(int) - frame.astype(int)).mean() < 3


def test_a_still_of_a_beat_shows_its_end(here, capsys):
    answer = json.loads(output(capsys, "still", "small", "--shot", "second:one", "--json")[1])
    assert answer["at_s"] == pytest.approx(3.1, abs=0.11)
    assert Path(answer["file"]).is_file()


def test_a_sheet_needs_no_video(here, capsys):
    assert output(capsys, "sheet", "small", "-j1")[0] == 0
    with Image.open(here.renders_dir("small") / "sheet.png") as sheet:
        assert sheet.width > 3 * 320
    assert not (here.renders_dir("small") / "video.mp4").exists()


def test_what_new_makes_renders_at_once_in_an_empty_folder(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert output(capsys, "new", "first")[0] == 0
    storyboard = tmp_path / "scenes" / "first" / "storyboard.yaml"
    modeline = storyboard.read_text().splitlines()[0]
    assert modeline.startswith("# yaml-language-server: $schema=")
    assert json.loads((storyboard.parent / modeline.split("=", 1)[1]).read_text())["$schema"]
    code, out, _ = output(capsys, "render", "first", "--quality", "draft", "-j1", "--json")
    assert code == 0
    assert len(json.loads(out)["shots"]) == 2
    # It is a film: something carries on, the camera moves once, and the referee has nothing to say.
    shots = yaml.safe_load(storyboard.read_text())["shots"]
    assert [shot.get("carry") for shot in shots] == [None, True]
    assert sum("camera" in beat for shot in shots for beat in shot["beats"]) == 1
    for beat in ("stand", "look"):
        at = ("--shot", f"closer:{beat}", "--quality", "draft", "-o", f"{beat}.png")
        assert output(capsys, "still", "first", *at)[0] == 0
    with Image.open("stand.png") as far, Image.open("look.png") as near:
        assert np.mean(np.asarray(far) != np.asarray(near)) > 0.3
    code, out, _ = output(capsys, "check", "first", "--quality", "draft", "--strict")
    assert code == 0 and "0 errors, 0 warnings" in out and "not checked" not in out


def test_a_batch_goes_on_when_told_and_its_exit_code_is_the_worst(here, capsys):
    write_project(here.root, BROKEN, "broken")
    code, out, _ = output(capsys, "batch", "--json", "-j1")
    assert code == 3
    assert [row["exit_code"] for row in json.loads(out)] == [3, None]
    code, out, _ = output(capsys, "batch", "--json", "-j1", "--keep-going")
    assert code == 3
    assert [row["exit_code"] for row in json.loads(out)] == [3, 0]
    assert "not rendered" in output(capsys, "batch")[1]


def test_watching_sees_a_saved_file_and_not_an_editors_own(tmp_path):
    (tmp_path / "storyboard.yaml").write_text("a")
    before = watch.snapshot([tmp_path])
    (tmp_path / ".storyboard.yaml.swp").write_text("x")
    (tmp_path / "storyboard.yaml~").write_text("x")
    assert watch.snapshot([tmp_path, tmp_path / "none"]) == before
    (tmp_path / "storyboard.yaml").write_text("ab")
    assert watch.snapshot([tmp_path]) != before


def test_watching_renders_again_and_outlives_a_mistake(here):
    process = subprocess.Popen(
        [*EXPLAINERS, "render", "small", "--watch", "-j1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=here.root,
        preexec_fn=_hears_interrupts,
    )
    lines = iter(process.stdout.readline, "")
    path = here.storyboard_path("small")
    _wait_for(lines, "waiting for changes")
    path.write_text(BROKEN)
    _wait_for(lines, "did you mean 'heading'")
    _wait_for(lines, "waiting for changes")
    path.write_text(SMALL.replace("heading: Another", "heading: One more"))
    _wait_for(lines, "1 of 2 shots drawn")
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=5) == 130


def test_ctrl_c_stops_within_two_seconds_and_leaves_nothing_running(here):
    here.storyboard_path("small").write_text(
        SMALL.replace("duration: 2s", "duration: 600s").replace(
            "size: 320x180, fps: 10", "size: 1280x720, fps: 60"
        )
    )
    process = subprocess.Popen(
        [*EXPLAINERS, "render", "small", "-j2"],
        stderr=subprocess.PIPE,
        text=True,
        cwd=here.root,
        start_new_session=True,
        preexec_fn=_hears_interrupts,
    )
    time.sleep(3)
    started = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=10)
    assert time.monotonic() - started < 2
    assert (process.returncode, err) == (130, "interrupted\n")
    # Killed, a process may take a moment to be gone.
    while _living(process.pid) and time.monotonic() - started < 3:
        time.sleep(0.05)
    assert not _living(process.pid)
    assert not list(here.root.rglob(".aside"))
    assert not here.renders_dir("small").exists()


def test_workers_end_when_their_parent_is_killed(here):
    here.storyboard_path("small").write_text(SMALL.replace("duration: 2s", "duration: 600s"))
    process = subprocess.Popen([*EXPLAINERS, "render", "small", "-j2"], cwd=here.root, start_new_session=True)
    time.sleep(2.5)
    process.kill()
    process.wait()
    deadline = time.monotonic() + 8
    while _living(process.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _living(process.pid)


def test_two_renders_at_once_share_the_store_and_give_one_video(here):
    command = [*EXPLAINERS, "render", "small", "-j1"]
    both = [subprocess.Popen(command, cwd=here.root, stderr=subprocess.PIPE) for _ in range(2)]
    assert [(one.communicate()[1], one.returncode) for one in both] == [(b"", 0)] * 2
    manifest = json.loads((here.renders_dir("small") / "manifest.json").read_text())
    for name, facts in manifest["files"].items():
        assert digest_file(here.renders_dir("small") / name) == facts["sha256"]
    assert not list(here.root.rglob(".aside"))


def test_looking_imports_neither_manim_nor_moviepy(here):
    code = """
import sys
from explainers import cli
for arguments in (["--help"], ["list"], ["kinds"], ["schema"]):
    assert cli.run(arguments) == 0
heavy = [name for name in ("manim", "moviepy", "scipy", "matplotlib") if name in sys.modules]
sys.exit(", ".join(heavy) or None)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=here.root, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_help_imports_nothing_that_works(here):
    code = """
import sys
from explainers import cli
assert cli.run(["--help"]) == 0
heavy = ("numpy", "pydantic", "rich", "explainers.render", "explainers.plan", "explainers.check")
sys.exit(", ".join(name for name in heavy if name in sys.modules) or None)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=here.root, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_render_that_draws_nothing_imports_neither_manim_nor_moviepy(here, capsys):
    output(capsys, "render", "small", "-j1")
    code = """
import sys
from explainers import cli
assert cli.run(["render", "small"]) == 0
sys.exit(", ".join(name for name in ("manim", "moviepy", "av", "PIL") if name in sys.modules) or None)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=here.root, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "nothing drawn" in done.stdout


def _wait_for(lines, words: str) -> None:
    for line in lines:
        if words in line:
            return
    raise AssertionError(f"{words!r} was never said")


def _living(session: int) -> list[str]:
    """Processes of a session that still run; a finished one that nobody has asked after does not."""
    found = subprocess.run(
        ["ps", "-o", "stat=,pid=,args=", "-s", str(session)], capture_output=True, text=True
    )
    return [line for line in found.stdout.splitlines() if not line.startswith("Z")]


def _hears_interrupts() -> None:
    # Whoever starts the tests in the background makes their children deaf to Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
