"""Storyboards are data: whatever is in a file is refused in bounded time and memory, with its place."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest

from hostile import plan, project  # isort: skip
from small import ASSETS, SMALL, TABLE  # isort: skip

BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
WIDE = "storyboard: 1\ntitle: x\nshots: [" + ", ".join(["{id: a, kind: title}"] * 30_000) + "]\n"
LONG_LINE = f"storyboard: 1\ntitle: {'x' * 900_000} 12\nshots: []\n"


def shown(storyboard: str, before: str, after: str) -> str:
    assert before in storyboard
    return storyboard.replace(before, after)


STORYBOARDS = {
    "an alias bomb": (BOMB, "small/storyboard.yaml:1:5: an anchor"),
    "nesting without end": ("a: " + "[" * 200_000, "nested deeper than 40 levels"),
    "nesting by lines": ("- " * 100_000, "nested deeper than 40 levels"),
    "a hundred thousand entries": (WIDE, "too-large"),
    "100 MB": (b"a: b\n" * 20_000_000, "100,000,000 bytes, more than the 1,048,576"),
    "a line of a megabyte": (LONG_LINE, "small/storyboard.yaml:2:8"),
    "a Python object": (SMALL + "x: !!python/object/apply:os.system [id]\n", "yaml-tag"),
    "a huge power": (shown(SMALL, "after / before - 1", "9**9**9**9"), "the result is too large"),
    "a huge number": (shown(SMALL, "after / before - 1", "9" * 400), "not a finite number"),
    "a long expression": (shown(SMALL, "after / before - 1", "1" + "+1" * 400), "at most 500"),
    "a call into Python": (shown(SMALL, "after / before - 1", "__import__(1)"), "no function '__import__'"),
    "an attribute": (shown(SMALL, "after / before - 1", "after.__class__"), "no fact 'after.__class__'"),
    "a huge format": (shown(SMALL, 'format: "+.1%"', 'format: ".999999999f"'), "bad-format"),
    "a huge canvas": (shown(SMALL, "320x180", "9999x9999"), "from 64 to 7680 pixels"),
    "a huge square": (shown(SMALL, "320x180", "7680x7680"), "7680x4320"),
    "a huge rate": (shown(SMALL, "fps: 10", "fps: 100000"), "at most 120"),
    "a huge duration": (shown(SMALL, "duration: 2s", "duration: " + "9" * 400 + ":00:00"), "wrong-"),
    "a video of days": (shown(SMALL, "duration: 2s", "duration: 23:00:00"), "3 hours in all"),
    "an escape to the terminal": (shown(SMALL, "First card", '"\\e[2Jgone"'), "U+001B"),
    "text turned round": (shown(SMALL, "First card", '"\\u202Egone"'), "U+202E"),
    "a null": (shown(SMALL, "First card", '"a\\0b"'), "U+0000"),
    "half a character": (b"storyboard: 1\ntitle: \xff\xfe\n", "storyboard.yaml:2:8: byte 0xff is not UTF-8"),
}


@pytest.mark.parametrize("name", STORYBOARDS)
def test_a_hostile_storyboard_is_refused_with_its_place(name: str, tmp_path: Path) -> None:
    storyboard, words = STORYBOARDS[name]
    answer = plan(project(tmp_path, storyboard=storyboard))
    assert answer.code == 3, answer.said[:2000]
    assert words in answer.said
    assert "storyboard.yaml:" in answer.said
    assert "Traceback" not in answer.said and "\x1b" not in answer.said
    assert len(answer.said) < 100_000


DEEP = '[{"run": ' + "[" * 100_000 + "]" * 100_000 + "}]"
TABLES = {
    "100 MB": (b"run,tok\n" + b"before,1\n" * 11_000_000, "more than the 8,388,608"),
    "half a million cells": (b"a,b\n" + b"1,1\n" * 300_000, "more than 500,000 cells"),
    "an escape": (TABLE + "x\x1b[2J,1\n", "runs.csv:4:1: the character U+001B"),
    "a number without end": (TABLE.replace("100", "1e999"), "runs.csv:2:1: 1e999 is too large"),
    "a quote without end": (TABLE + '"x' * 1000, "not CSV"),
    "not UTF-8": (b"run,tok\n\xff,1\n", "not UTF-8"),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_hostile_table_is_refused_with_its_place(name: str, tmp_path: Path) -> None:
    table, words = TABLES[name]
    answer = plan(project(tmp_path, table=table))
    assert answer.code == 3, answer.said[:2000]
    assert words in answer.said
    assert "assets/small/data/runs.csv:" in answer.said
    assert "Traceback" not in answer.said and "\x1b" not in answer.said


@pytest.mark.parametrize("text", [DEEP, '[{"run": "before", "tok": ' + "9" * 5000 + "}]", '[{"tok": 1e999}]'])
def test_a_hostile_json_table_is_refused(text: str, tmp_path: Path) -> None:
    root = project(tmp_path, assets=ASSETS.replace("runs.csv", "runs.json"))
    (root / "assets/small/data/runs.json").write_text(text)
    answer = plan(root)
    assert answer.code == 3 and "bad-table" in answer.said, answer.said[:2000]


STORYBOARD = "scenes/small/storyboard.yaml"

# -- paths --------------------------------------------------------------------------------------------

PATHS = {
    "upwards": ("../../../etc/passwd", "leads out of the video's assets folder"),
    "from the root": ("/etc/passwd", "leads out of the video's assets folder"),
    "a device": ("/dev/zero", "leads out of the video's assets folder"),
    "an address": ("https://example.org/runs.csv", "is an address"),
    "another protocol": ("file:///etc/passwd", "is an address"),
    "a long name": ("x" * 5000, "can't be the path of a file"),
    "control characters": ('"a\\nb\\e[2J"', "U+001B"),
}


@pytest.mark.parametrize("name", PATHS)
def test_a_path_stays_in_the_assets_folder(name: str, tmp_path: Path) -> None:
    path, words = PATHS[name]
    answer = plan(project(tmp_path, assets=ASSETS.replace("data/runs.csv", path)))
    assert answer.code == 3, answer.said[:2000]
    assert words in answer.said and "assets/small/assets.yaml:4:" in answer.said


def test_links_that_lead_out_are_refused_wherever_they_are(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "runs.csv").write_text(TABLE)
    (secret / "storyboard.yaml").write_text(SMALL)
    for number, (link, target) in enumerate(
        {
            "assets/small/data/runs.csv": secret / "runs.csv",
            "assets/small/data": secret,
            "scenes/small/storyboard.yaml": secret / "storyboard.yaml",
            "scenes/small": secret,
            "assets/small/assets.yaml": secret / "runs.csv",
        }.items()
    ):
        root = project(tmp_path / str(number))
        path = root / link
        path.rename(path.with_name("aside")) if path.is_dir() else path.unlink()
        path.symlink_to(target)
        answer = plan(root)
        assert answer.code == 3 and "leads out of" in answer.said, (link, answer.said)


def test_an_assets_folder_that_is_a_link_out_is_refused(tmp_path: Path) -> None:
    root = project(tmp_path / "project")
    (root / "assets/small").rename(tmp_path / "elsewhere")
    (root / "assets/small").symlink_to(tmp_path / "elsewhere")
    answer = plan(root)
    assert answer.code == 3 and "assets/small leads out of the project's assets" in answer.said


def test_a_link_inside_the_folder_is_a_file_like_any_other(tmp_path: Path) -> None:
    root = project(tmp_path)
    table = root / "assets/small/data/runs.csv"
    table.rename(table.with_name("real.csv"))
    table.symlink_to("real.csv")
    assert plan(root).code == 0


def test_pipes_sockets_and_devices_are_refused_and_not_waited_for(tmp_path: Path) -> None:
    for number, make in enumerate((os.mkfifo, _socket)):
        for name in ("assets/small/data/runs.csv", "assets/small/assets.yaml", STORYBOARD):
            root = project(tmp_path / f"{number}-{Path(name).stem}")
            (root / name).unlink()
            make(root / name)
            answer = plan(root)
            assert answer.code in (2, 3), (name, answer.said)
            assert "a pipe" in answer.said or "a socket" in answer.said or "no storyboard at" in answer.said


def _socket(path: Path) -> None:
    # The names of sockets are short; a relative one is.
    before = Path.cwd()
    os.chdir(path.parent)
    try:
        socket.socket(socket.AF_UNIX).bind(path.name)
    finally:
        os.chdir(before)


def test_links_in_a_circle_are_refused(tmp_path: Path) -> None:
    root = project(tmp_path)
    table = root / "assets/small/data/runs.csv"
    table.unlink()
    table.symlink_to("runs.csv")
    answer = plan(root)
    assert answer.code == 3 and "runs.csv" in answer.said


def test_ten_thousand_mistakes_are_told_in_bounded_time(tmp_path: Path) -> None:
    facts = "".join(f"  fact_{n}: unknown_{n} + other_{n}\n" for n in range(990))
    answer = plan(project(tmp_path, storyboard=shown(SMALL, "facts:\n", f"facts:\n{facts}")))
    assert answer.code == 3
    assert "more problems" in answer.said


def test_mistakes_of_json_are_the_same_without_steering_characters(tmp_path: Path) -> None:
    assert json.dumps("\x1b") not in plan(project(tmp_path, storyboard='title: "\\e"\n')).said
