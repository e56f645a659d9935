"""Code beside a storyboard runs where the person at this machine trusts its folder, and nothing else does."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from small import write_project

from explainers import trust
from explainers.cli import run
from explainers.errors import InvalidInput, UsageError
from explainers.project import find_project

CODE = """from pathlib import Path
Path("{canary}").write_text("ran")
from explainers.kinds.base import KindParams, SceneKind
class Params(KindParams):
    \"\"\"Nothing.\"\"\"
class Square(SceneKind):
    params = Params
    def picture(self, shot, stage):
        stage.words("square", 100, 300)
"""
BOARD = """\
storyboard: 1
title: T
canvas: {size: 320x180, fps: 10}
shots: [{id: a, kind: square, duration: 1s}]
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(trust.FOLDER, str(tmp_path / "config"))
    return tmp_path / "config"


@pytest.fixture
def cloned(tmp_path: Path, config: Path) -> tuple[Path, Path]:
    """A project that wants its code to run, and the file that its code writes."""
    root, canary = tmp_path / "project", tmp_path / "canary"
    write_project(root, BOARD, "v")
    (root / "pyproject.toml").write_text("[tool.explainers]\nallow_code = true\n")
    (root / "scenes/v/square.py").write_text(CODE.format(canary=canary))
    return root, canary


@pytest.mark.parametrize(
    "command",
    [
        ["render", "v"],
        ["check", "v"],
        ["still", "v", "--at", "0s"],
        ["batch"],
        ["sheet", "v"],
        ["studio", "v"],
    ],
)
def test_a_cloned_project_does_not_trust_itself(
    cloned: tuple[Path, Path], command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    root, canary = cloned
    assert run(["--project", str(root), *command]) == 2
    said = capsys.readouterr().err
    assert "scenes/v/square.py" in said and f"explainers trust {root}" in said
    assert not canary.exists()


@pytest.mark.parametrize("command", [["list"], ["kinds"], ["schema"], ["assets"], ["store", "stats"]])
def test_other_commands_go_on_without_it(cloned: tuple[Path, Path], command: list[str]) -> None:
    root, canary = cloned
    run(["--project", str(root), *command])
    assert not canary.exists()


def test_what_is_trusted_runs_until_it_is_revoked(
    cloned: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    root, canary = cloned
    assert run(["trust", str(root)]) == 0
    assert "scenes/v/square.py" in capsys.readouterr().out
    assert find_project(root).settings.allow_code
    assert run(["--project", str(root), "check", "v"]) in (0, 1) and canary.exists()
    assert run(["trust", "--list"]) == 0 and str(root) in capsys.readouterr().out
    assert run(["trust", "--revoke", str(root)]) == 0
    assert not find_project(root).settings.allow_code
    assert run(["trust", "--revoke", str(root)]) == 2


def test_pinned_code_is_trusted_as_it_was(cloned: tuple[Path, Path]) -> None:
    root, _ = cloned
    trust.trust(root, pin=True)
    assert find_project(root).settings.allow_code
    (root / "scenes/v/square.py").write_text("print('another')\n")
    assert not find_project(root).settings.allow_code


def test_a_folder_that_changed_hands_is_trusted_no_longer(
    cloned: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, _ = cloned
    trust.trust(root)
    monkeypatch.setattr(trust, "owner_of", lambda folder: 4711)
    assert not trust.trusted(root)


def test_a_project_above_in_somebody_elses_folder_is_refused(
    cloned: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, _ = cloned
    monkeypatch.setattr(trust, "owner_of", lambda folder: 4711)
    with pytest.raises(UsageError, match="belongs to somebody else"):
        find_project(root / "scenes")
    assert find_project(root).root == root


def test_a_broken_record_is_told(config: Path) -> None:
    config.mkdir()
    (config / "trusted.json").write_text("[{]")
    with pytest.raises(InvalidInput, match=r"trusted\.json can't be read"):
        trust.trusts()


def test_nothing_of_the_folder_a_command_runs_in_is_imported_or_read(tmp_path: Path) -> None:
    """Modules, settings of Manim and Matplotlib, and a named pipe in place of one."""
    root, canary = tmp_path / "project", tmp_path / "canary"
    write_project(root)
    for name in ("signal", "struct", "numpy", "sitecustomize", "manim", "threading", "_posixshmem"):
        (root / f"{name}.py").write_text(f'open({str(canary)!r}, "w").write({name!r})\n')
    os.mkfifo(root / "manim.cfg")
    os.mkfifo(root / "matplotlibrc")
    command = [sys.executable, "-P", "-m", "explainers", "render", "small", "-j", "2", "--no-check"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert not canary.exists(), canary.read_text()


def test_manim_is_imported_in_a_folder_of_ours() -> None:
    """It looks for its settings where it is imported: outside of the stage, only after the stage is."""
    source = Path(trust.__file__).parent
    bad = []
    for path in source.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if path.is_relative_to(source / "stage") or "manim" not in text:
            continue
        names = [
            (node.lineno, name)
            for node in ast.walk(ast.parse(text))
            for name in _imports(node)
            if node.col_offset == 0 or not _for_types(text, node.lineno)
        ]
        first = min((line for line, name in names if name.startswith("explainers.stage")), default=10**9)
        bad += [
            f"{path.name}:{line}"
            for line, name in names
            if name.partition(".")[0] == "manim" and line < first
        ]
    assert not bad


def _imports(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [each.name for each in node.names] if isinstance(node, ast.Import) else []


def _for_types(text: str, line: int) -> bool:
    """Whether a line stands under `if TYPE_CHECKING`, and is not run."""
    above = [each for each in text.split("\n")[: line - 1] if each and not each[0].isspace()]
    return bool(above) and above[-1].startswith("if TYPE_CHECKING")
