"""The fault campaign in its short form: thirty faults, every one survived."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SEED = "20260101"


def test_thirty_faults_are_survived(capsys: pytest.CaptureFixture[str]) -> None:
    # A process of its own: renders are forked from it, and a test runner has threads.
    command = [sys.executable, "-m", "faults", "--count", "30", "--seed", SEED, "--quiet"]
    done = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, timeout=900)
    with capsys.disabled():
        print(f"\n{done.stdout.strip().splitlines()[-1] if done.stdout else ''}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "30 of 30 faults survived" in done.stdout
